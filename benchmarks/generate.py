"""Make up a shop's payments with known noise and known defects, and write down what is true.

Three CSV files: Shopify Payments transactions (19 columns), an Odoo 18 payments export (labels) and the
truth. The same seed and size give the same bytes. Noise and defects are drawn independently of each other.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Random = np.random.Generator

SHOPIFY, ODOO, TRUTH = "payment_transactions_export_1.csv", "account.payment.csv", "truth.csv"

#: Share of the Odoo payments whose memo is written in each way; the others carry the order name as it is.
NOISE = {
    "no_hash": 0.12,
    "case": 0.04,
    "blanks": 0.05,
    "prefix": 0.05,
    "suffix": 0.05,
    "cut": 0.02,
    "typo": 0.02,
    "swap": 0.02,
}
#: Share of the plain payments with each defect, and the kind that a reconciliation should report.
DEFECTS = {
    "not_in_odoo": (0.010, "missing"),
    "not_on_platform": (0.005, "missing"),
    "net_booked": (0.005, "amount"),
    "digits_swapped": (0.004, "amount"),
    "other_amount": (0.003, "amount"),
    "booked_twice": (0.004, "duplicate"),
    "booked_late": (0.005, "timing"),
    "wrong_currency": (0.002, "field"),
}
#: Shares of the orders: in a pair that nothing tells apart, captured in two parts, rightly paid twice,
#: refunded.
TIED, SPLIT, TWICE, REFUNDED = 0.002, 0.01, 0.003, 0.09

_FIRST_DAY = date(2026, 1, 5)
_DAYS = 90
_FIRST_ORDER = 1_000_000
_BOOKED_WITHIN = 2  # days until Odoo has the payment
_LATE = (12, 28)  # days of a late booking
_CURRENCIES = ("USD", "EUR")
_SHOPIFY_HEADER = (
    "Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,Payout ID,Available On,"
    "Amount,Fee,Net,Checkout,Payment Method Name,Presentment Amount,Presentment Currency,Currency,"
    "Business Entity Name,Business Entity ID"
)
_ODOO_HEADER = (
    "Number,Date,Journal,Payment Method,Customer/Vendor,Payment Type,Partner Type,Amount,Amount Signed,"
    "Currency,Memo,Payment Reference,State,Is Reconciled,Is Matched With a Bank Statement,Journal Entry,"
    "Reconciled Invoices,Outstanding Account"
)


@dataclass
class Lines:
    """Payments of one side, one array item a payment.

    Attributes:
        order: Position of the order.
        amount: Signed minor units.
        currency: Position in the list of currencies.
        day: Days since the first day.
        link: Number of the true link that the payment belongs to.
    """

    order: Ints
    amount: Ints
    currency: Ints
    day: Ints
    link: Ints

    def __len__(self) -> int:
        return len(self.link)

    def _columns(self) -> tuple[Ints, ...]:
        return self.order, self.amount, self.currency, self.day, self.link

    def take(self, rows: Ints) -> Lines:
        """Some of the payments."""
        return Lines(*(column[rows] for column in self._columns()))

    def add(self, other: Lines) -> Lines:
        """The payments of both."""
        pairs = zip(self._columns(), other._columns(), strict=True)
        return Lines(*(np.concatenate(pair) for pair in pairs))


@dataclass
class Shop:
    """Both sides with the truth.

    Attributes:
        platform: Lines of the platform.
        odoo: Payments in Odoo.
        memos: Memo of each payment in Odoo.
        kind: For each link what a reconciliation should report.
    """

    platform: Lines
    odoo: Lines
    memos: list[str]
    kind: list[str]


def generate(folder: Path, orders: int, seed: int = 2026) -> tuple[Path, Path, Path]:
    """Write the three files for a number of orders and return their paths."""
    random = np.random.default_rng([seed, orders])
    shop = _newest_first(random, invent(random, orders))
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / SHOPIFY, folder / ODOO, folder / TRUTH
    _write(paths[0], _SHOPIFY_HEADER, _shopify_rows(random, shop.platform))
    _write(paths[1], _ODOO_HEADER, _odoo_rows(shop.odoo, shop.memos))
    _write(paths[2], "side,row,link,kind", _truth_rows(shop))
    return paths


def invent(random: Random, orders: int) -> Shop:
    """Make up both sides: right payments first, then defects, then noise, then ties."""
    tied, split, twice, refunded = _shapes(random, orders)
    charges = _charges(random, orders, tied)
    refunds = _refunds(random, charges, refunded)
    platform = charges.add(charges.take(twice)).add(_second_parts(random, charges, split)).add(refunds)
    platform.amount[split] -= platform.amount[-len(refunds) - len(split) : -len(refunds)]
    odoo = charges.add(charges.take(twice)).add(refunds)
    odoo.day = odoo.day + random.integers(0, _BOOKED_WITHIN, len(odoo), endpoint=True)
    kind = ["matched"] * (orders + len(refunds))
    plain = np.setdiff1d(odoo.link, np.concatenate([tied, tied + 1, split, twice]))
    platform, odoo = _with_defects(random, platform, odoo, kind, random.permutation(plain))
    memos = _memos(random, odoo)
    return _with_ties(random, Shop(platform, odoo, memos, kind), tied)


def _shapes(random: Random, orders: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Orders that are the first of a tied pair, split, paid twice, and refunded; none is two of them."""
    # the two numbers of a tied pair differ in their last digit only
    blocks = random.permutation(orders // 10)
    pairs = int(orders * TIED / 2)
    tied = blocks[:pairs] * 10 + random.integers(0, 8, pairs)
    free = random.permutation(np.setdiff1d(np.arange(orders), np.concatenate([tied, tied + 1])))
    cuts = np.cumsum([int(orders * share) for share in (SPLIT, TWICE, REFUNDED)])
    split, twice, refunded, _ = np.split(free, cuts)
    return tied, split, twice, refunded


def _charges(random: Random, orders: int, tied: Ints) -> Lines:
    amount = np.exp(random.normal(4.1, 0.8, orders) + np.log(100)).astype(np.int64) + 500
    # a quarter of the orders is one of 500 usual baskets, popular by Zipf's law
    baskets = random.integers(9, 200, 500) * 100 + 95
    usual = random.random(orders) < 0.25
    weight = 1 / np.arange(1, len(baskets) + 1)
    amount[usual] = random.choice(baskets, int(usual.sum()), p=weight / weight.sum())
    order = np.arange(orders)
    day = order * _DAYS // orders
    currency = (random.random(orders) < 0.15).astype(np.int64)
    for column in (amount, currency, day):
        column[tied + 1] = column[tied]
    return Lines(order, amount, currency, day, order.copy())


def _refunds(random: Random, charges: Lines, refunded: Ints) -> Lines:
    refunds = charges.take(refunded)
    part = np.where(random.random(len(refunds)) < 0.5, 1.0, random.uniform(0.1, 0.9, len(refunds)))
    refunds.amount = -np.maximum((refunds.amount * part).astype(np.int64), 1)
    refunds.day = refunds.day + random.integers(1, 20, len(refunds), endpoint=True)
    refunds.link = np.arange(len(refunds)) + len(charges)
    return refunds


def _second_parts(random: Random, charges: Lines, split: Ints) -> Lines:
    """The second captures of split payments; Odoo books the sum."""
    parts = charges.take(split)
    parts.amount = np.maximum((parts.amount * random.uniform(0.2, 0.45, len(parts))).astype(np.int64), 1)
    parts.day = parts.day + 1
    return parts


def _fees(amount: Ints) -> Ints:
    return np.where(amount > 0, (amount * 29 + 500) // 1000 + 30, 0)


def _with_defects(
    random: Random, platform: Lines, odoo: Lines, kind: list[str], links: Ints
) -> tuple[Lines, Lines]:
    """Spoil the first of the links, which have one payment on each side."""
    row = np.full(len(kind), -1)
    row[odoo.link] = np.arange(len(odoo))
    chosen = _shares(links, [share for share, _ in DEFECTS.values()], list(DEFECTS))
    for name, spoilt in chosen.items():
        for link in spoilt.tolist():
            kind[link] = DEFECTS[name][1]
    at = {name: row[spoilt] for name, spoilt in chosen.items()}
    amount = odoo.amount
    amount[at["net_booked"]] -= np.maximum(_fees(amount[at["net_booked"]]), 30)
    amount[at["digits_swapped"]] = _swapped_digits(random, amount[at["digits_swapped"]])
    amount[at["other_amount"]] += random.integers(1, 900, len(at["other_amount"])) * 5 + 1
    odoo.currency[at["wrong_currency"]] ^= 1
    odoo.day[at["booked_late"]] += random.integers(*_LATE, len(at["booked_late"]), endpoint=True)
    again = odoo.take(at["booked_twice"])
    again.day = again.day + random.integers(0, _BOOKED_WITHIN, len(again), endpoint=True)
    odoo = odoo.take(np.flatnonzero(~np.isin(odoo.link, chosen["not_in_odoo"]))).add(again)
    return platform.take(np.flatnonzero(~np.isin(platform.link, chosen["not_on_platform"]))), odoo


def _shares(items: Ints, shares: Sequence[float], names: Sequence[str]) -> dict[str, Ints]:
    """Cut the first items into named parts of given shares of all items."""
    cuts = np.cumsum([int(len(items) * share) for share in shares])
    return dict(zip(names, np.split(items, cuts), strict=False))


def _swapped_digits(random: Random, amount: Ints) -> Ints:
    """Swap two neighbouring different digits of each amount, or add one unit where there are none."""
    swapped = []
    for minor in amount.tolist():
        digits = str(abs(minor))
        places = [n for n in range(len(digits) - 1) if digits[n] != digits[n + 1] and digits[n + 1] != "0"]
        if places:
            n = places[int(random.integers(len(places)))]
            digits = digits[:n] + digits[n + 1] + digits[n] + digits[n + 2 :]
        else:
            digits = str(abs(minor) + 1)
        swapped.append(int(digits) if minor > 0 else -int(digits))
    return np.array(swapped, dtype=np.int64)


def order_name(order: int) -> str:
    """The name that the shop gives to an order."""
    return f"#RD{_FIRST_ORDER + order}"


def _memos(random: Random, odoo: Lines) -> list[str]:
    """Order names as people and connectors write them; payments of one link mostly in the same way."""
    edges = np.cumsum(list(NOISE.values()))
    drawn = random.random(int(odoo.link.max(initial=-1)) + 1)[odoo.link]
    own = random.random(len(odoo)) < 0.2
    drawn[own] = random.random(int(own.sum()))
    style = np.searchsorted(edges, drawn, side="right").tolist()
    numbers = (odoo.order + _FIRST_ORDER).tolist()
    dice = random.integers(0, 2**31, (len(odoo), 2)).tolist()
    names = list(NOISE)
    return [
        written(names[s], str(number), *dies) if s < len(names) else f"#RD{number}"
        for s, number, dies in zip(style, numbers, dice, strict=True)
    ]


_FORMS = {
    "no_hash": ("RD{}",),
    "case": ("#rd{}", "#Rd{}", "rd{}"),
    "blanks": (" #RD{}", "#RD{} ", "#RD {}", "# RD{}"),
    "prefix": ("SHOP/RD{}", "Order {}", "{}", "WEB-#RD{}", "#{}"),
    "suffix": ("#RD{}-A", "#RD{}/1", "RD{} (web)", "#RD{}-R2"),
}


def written(noise: str, number: str, die: int, other: int) -> str:
    """One memo with one kind of noise; two dice choose its details."""
    forms = _FORMS.get(noise)
    if forms:
        return forms[die % len(forms)].format(number)
    place = die % len(number)
    if noise == "cut":
        return f"#RD{number[: len(number) - 1 - die % 3]}"
    if noise == "typo":
        digit = str((int(number[place]) + 1 + other % 9) % 10)
        return f"#RD{number[:place]}{digit}{number[place + 1 :]}"
    return f"#RD{_swapped_characters(number, place, other)}"


def _swapped_characters(number: str, place: int, other: int) -> str:
    """Swap two different neighbours, or else the first pair of different characters."""
    start = place % (len(number) - 1)
    spots = [*range(start, len(number) - 1), *range(start)]
    for n in spots:
        if number[n] != number[n + 1]:
            return number[:n] + number[n + 1] + number[n] + number[n + 2 :]
    return number[:-1] + str((int(number[-1]) + 1 + other % 9) % 10)


def _with_ties(random: Random, shop: Shop, tied: Ints) -> Shop:
    """Give both payments of a tied pair the same memo: none, or the name without its last digit.

    In a third of the pairs one of the two payments is missing, and nothing says which.
    """
    shape = random.integers(0, 3, len(tied)).tolist()
    drop = set()
    rows = {
        int(shop.odoo.link[row]): row for row in np.flatnonzero(np.isin(shop.odoo.link, [*tied, *(tied + 1)]))
    }
    for first, form in zip(tied.tolist(), shape, strict=True):
        pair = rows[first], rows[first + 1]
        memo = "" if form == 0 else order_name(first)[:-1]
        for link, row in zip((first, first + 1), pair, strict=True):
            shop.memos[row] = memo
            shop.kind[link] = "ambiguous"
        shop.odoo.day[pair[1]] = shop.odoo.day[pair[0]]
        if form == 2:
            drop.add(pair[int(random.integers(2))])
    kept = [row for row in range(len(shop.odoo)) if row not in drop]
    odoo = shop.odoo.take(np.array(kept, dtype=np.int64))
    return Shop(shop.platform, odoo, [shop.memos[row] for row in kept], shop.kind)


def _newest_first(random: Random, shop: Shop) -> Shop:
    """Order both sides as the systems export them."""
    platform = np.lexsort((random.random(len(shop.platform)), -shop.platform.day))
    odoo = np.lexsort((random.random(len(shop.odoo)), -shop.odoo.day))
    memos = [shop.memos[row] for row in odoo.tolist()]
    return Shop(shop.platform.take(platform), shop.odoo.take(odoo), memos, shop.kind)


def _decimals(minor: Ints) -> list[str]:
    return [
        f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}" for value in minor.tolist()
    ]


def _dates(days: Ints) -> list[str]:
    texts = [(_FIRST_DAY + timedelta(days=day)).isoformat() for day in range(int(days.max(initial=0)) + 1)]
    return [texts[day] for day in days.tolist()]


def _shopify_rows(random: Random, lines: Lines) -> Iterable[Sequence[str]]:
    fee = _fees(lines.amount)
    seconds = random.integers(0, 86_400, len(lines)).tolist()
    brand = random.integers(0, 3, len(lines)).tolist()
    columns = zip(
        _dates(lines.day),
        seconds,
        lines.order.tolist(),
        brand,
        _dates(lines.day + 2),
        (lines.day + 7_000_000_000).tolist(),
        _decimals(lines.amount),
        _decimals(fee),
        _decimals(lines.amount - fee),
        _decimals(np.abs(lines.amount)),
        lines.currency.tolist(),
        strict=True,
    )
    for day, second, order, card, paid, payout, amount, cost, net, shown, currency in columns:
        code = _CURRENCIES[currency]
        yield (
            f"{day} {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d} +0000",
            "refund" if amount[0] == "-" else "charge",
            order_name(order),
            ("visa", "master", "american_express")[card],
            "online",
            "paid",
            paid,
            str(payout * 2 + currency),
            paid,
            amount,
            cost,
            net,
            f"#{68_000_000_000_000 + order}",
            "card",
            shown,
            code,
            code,
            "Red Door Ltd",
            "4711",
        )


def _odoo_rows(lines: Lines, memos: list[str]) -> Iterable[Sequence[str]]:
    columns = zip(
        range(len(lines), 0, -1),
        _dates(lines.day),
        _decimals(np.abs(lines.amount)),
        _decimals(lines.amount),
        lines.currency.tolist(),
        memos,
        lines.order.tolist(),
        strict=True,
    )
    for number, day, amount, signed, currency, memo, order in columns:
        entry = f"PSHOP/2026/{number:05d}"
        yield (
            entry,
            day,
            "Shopify Payments",
            "Manual Payment (Shopify Payments)",
            f"Customer {order * 7919 % 20011}",
            "Send" if signed[0] == "-" else "Receive",
            "Customer",
            amount,
            signed,
            _CURRENCIES[currency],
            memo,
            "",
            "In Process",
            "True",
            "",
            entry,
            "",
            "101471 Shopify Payments Outstanding Receipts",
        )


def _truth_rows(shop: Shop) -> Iterable[Sequence[str]]:
    for side, lines in (("platform", shop.platform), ("odoo", shop.odoo)):
        for row, link in enumerate(lines.link.tolist(), start=1):
            yield side, str(row), str(link), shop.kind[link]


def _write(path: Path, header: str, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def main() -> None:
    """Write the files of one size into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2026)
    arguments = parser.parse_args()
    for path in generate(arguments.folder, arguments.orders, arguments.seed):
        print(path)


if __name__ == "__main__":
    main()
