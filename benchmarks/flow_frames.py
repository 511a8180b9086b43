"""Make up refunds, and orders, as frames of records, with known noise, known defects and what is true.

The same seed and size give the same frames. References of Odoo's documents are written the way people and
connectors write them (see :data:`benchmarks.generate.NOISE`); defects are drawn apart from the noise.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from benchmarks.generate import NOISE, order_name, written
from recon_app.models.record import FIELDS, NO_INT, RecordType

_FIRST_DAY, _LAST_DAY = 20_400, 20_759
_PIECE = 1_000_000
_INTEGERS = {spec.name for spec in FIELDS if spec.integer} | {"id", "key"}
AMBIGUOUS, MATCHED = "ambiguous", "matched"
#: Share of orders with each defect, and the kind that must be found.
ORDER_DEFECTS = {
    "not_in_odoo": (0.010, "missing"),
    "imported_twice": (0.005, "duplicate"),
    "discount_lost": (0.005, "amount"),
    "other_quantity": (0.005, "amount"),
    "shipping_lost": (0.003, "amount"),
    "other_sku": (0.005, "field"),
    "cancelled_in_shop": (0.003, "field"),
}
#: The same of refunds.
REFUND_DEFECTS = {
    "not_booked": (0.010, "missing"),
    "not_paid": (0.005, "missing"),
    "not_in_shop": (0.003, "missing"),
    "short_credit_note": (0.005, "amount"),
    "paid_too_much": (0.003, "amount"),
    "paid_twice": (0.005, "duplicate"),
    "booked_twice": (0.003, "duplicate"),
    "draft": (0.005, "field"),
}
#: Share of pairs that nothing tells apart.
TIES = 0.003


@dataclass
class Made:
    """Frames with their truth.

    Attributes:
        frames: Records by type.
        shop: Ids of the shop's records that are judged.
        others: Ids of the other records that are judged.
        link: True link of each judged record.
        kind: What should be said of each link.
    """

    frames: dict[RecordType, pd.DataFrame] = field(default_factory=dict)
    shop: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    link: dict[int, int] = field(default_factory=dict)
    kind: dict[int, str] = field(default_factory=dict)


class _Maker:
    """Collects records column by column."""

    def __init__(self, reads: Mapping[RecordType, Sequence[str]], seed: int) -> None:
        self.chance = random.Random(seed)
        self.made = Made()
        self._reads = reads
        self._rows: dict[RecordType, list[dict[str, Any]]] = {kind: [] for kind in reads}
        self.last = 0

    def add(self, kind: RecordType, link: int = -1, *, shop: bool = False, **values: Any) -> int:
        """Add a record; one with a link is judged."""
        self.last += 1
        extra = values.pop("extra", None)
        if extra is not None:
            values["extra"] = json.dumps(extra, separators=(",", ":"))
        self._rows[kind].append(values | {"id": self.last, "key": self.last * 7919})
        if link >= 0:
            (self.made.shop if shop else self.made.others).append(self.last)
            self.made.link[self.last] = link
        return self.last

    def done(self) -> Made:
        """All records as frames, mixed."""
        for kind, fields in self._reads.items():
            rows = self._rows[kind]
            self.chance.shuffle(rows)
            columns = {}
            for name in ("id", "key", *dict.fromkeys(fields)):
                blank: Any = NO_INT if name in _INTEGERS else "made_up" if name == "source" else ""
                values = [row.get(name, blank) for row in rows]
                columns[name] = pd.Series(values, dtype="int64" if name in _INTEGERS else object)
            self.made.frames[kind] = pd.DataFrame(columns)
        return self.made

    def drawn(self, count: int, defects: Mapping[str, tuple[float, str]]) -> list[str]:
        """A defect for each of so many things, "" for none, at the known rates."""
        names = [name for name, (share, _) in defects.items() for _ in range(int(count * share))]
        names += [""] * (count - len(names))
        self.chance.shuffle(names)
        return names

    def noisy(self, number: int) -> str:
        """The name of an order as somebody wrote it."""
        point = self.chance.random()
        for noise, share in NOISE.items():
            point -= share
            if point < 0:
                dice = self.chance.randrange(2**31), self.chance.randrange(2**31)
                return written(noise, order_name(number)[3:], *dice)
        return order_name(number)


def orders(reads: Mapping[RecordType, Sequence[str]], count: int, seed: int) -> Made:
    """Make so many orders of a shop with their sale orders in Odoo."""
    maker = _Maker(reads, seed)
    ties = int(count * TIES)
    for number, defect in enumerate(maker.drawn(count - 2 * ties, ORDER_DEFECTS)):
        _order(maker, number, defect)
    for pair in range(ties):
        _tied_orders(maker, count - 2 * (pair + 1))
    return maker.done()


def _basket(chance: random.Random) -> list[tuple[str, int, int]]:
    """SKU, quantity and price of some different products."""
    numbers = chance.sample(range(500), chance.choice((1, 1, 2, 3)))
    return [(f"SKU-{number:03}", chance.choice((1, 1, 1, 2)), 500 + 10 * number) for number in numbers]


def _order(maker: _Maker, number: int, defect: str) -> None:
    chance, basket = maker.chance, _basket(maker.chance)
    discount = 300 if defect == "discount_lost" or chance.random() < 0.1 else 0
    shipping = 495 if defect == "shipping_lost" or chance.random() < 0.5 else 0
    day = chance.randint(_FIRST_DAY, _LAST_DAY)
    maker.made.kind[number] = ORDER_DEFECTS[defect][1] if defect else MATCHED
    _shop_order(maker, number, basket, discount, shipping, day, gone=defect == "cancelled_in_shop")
    if defect == "not_in_odoo":
        return
    if defect == "other_quantity":
        sku, many, price = basket[0]
        basket = [(sku, many + 1, price), *basket[1:]]
    if defect == "other_sku":
        basket = [(f"{basket[0][0]}-X", *basket[0][1:]), *basket[1:]]
    lines = [*basket]
    lines += [("DISC", 1, -discount)] if discount and defect != "discount_lost" else []
    lines += [("SHIP", 1, shipping)] if shipping and defect != "shipping_lost" else []
    for _ in range(2 if defect == "imported_twice" else 1):
        _sale_order(maker, number, maker.noisy(number), lines, day)


def _shop_order(
    maker: _Maker, number: int, basket: list[tuple[str, int, int]], discount: int, shipping: int, day: int,
    *, gone: bool = False,
) -> None:  # fmt: skip
    name, goods = order_name(number), sum(many * price for _, many, price in basket)
    total = goods - discount + shipping
    extra = {"subtotal": goods - discount, "shipping": shipping or None, "discount": discount or None,
             "cancelled_at": "2026-10-30" if gone else None}  # fmt: skip
    kept = {key: value for key, value in extra.items() if value is not None}
    maker.add(
        RecordType.ORDER, number, shop=True, ref=name, ident=name[1:], status="paid", day=day,
        at=day * 86_400, amount=total, currency="EUR", open=0, extra=kept,
    )  # fmt: skip
    for sku, many, price in basket:
        maker.add(
            RecordType.ORDER_LINE, ref=name, grp=name[1:], sku=sku, quantity=many * _PIECE, day=day,
            amount=many * price, text=sku, extra={"price": price, "requires_shipping": "true"},
        )  # fmt: skip


def _sale_order(maker: _Maker, number: int, ref: str, lines: list[tuple[str, int, int]], day: int) -> None:
    sale = f"S{maker.last:07}"  # the numbers of records are unique
    total = sum(many * price for _, many, price in lines)
    maker.add(
        RecordType.SALE_ORDER, number, grp=sale, ref=ref, status="sale", day=day, at=day * 86_400,
        amount=total, currency="EUR", extra={"untaxed": total, "tax": 0, "invoice_status": "invoiced"},
    )  # fmt: skip
    for sku, many, price in lines:
        maker.add(
            RecordType.SALE_ORDER_LINE, grp=sale, sku=sku, ref2=f"[{sku}] {sku}", status="sale",
            quantity=many * _PIECE, unit="Units", amount=many * price, currency="EUR", text=sku,
            extra={"price_unit": price},
        )  # fmt: skip


def _tied_orders(maker: _Maker, first: int) -> None:
    """Two orders of the same day and price; the sale orders name neither."""
    basket, day = _basket(maker.chance), maker.chance.randint(_FIRST_DAY, _LAST_DAY)
    for number in (first, first + 1):
        maker.made.kind[number] = AMBIGUOUS
        _shop_order(maker, number, basket, 0, 0, day)
        _sale_order(maker, number, order_name(first)[:-2], basket, day)


def refunds(reads: Mapping[RecordType, Sequence[str]], count: int, seed: int) -> Made:
    """Make so many refunds with their payments and credit notes."""
    maker = _Maker(reads, seed)
    ties = int(count * TIES)
    for number, defect in enumerate(maker.drawn(count - 2 * ties, REFUND_DEFECTS)):
        _refund(maker, number, defect)
    for pair in range(ties):
        _tied_refunds(maker, count - 2 * (pair + 1))
    return maker.done()


def _refund(maker: _Maker, number: int, defect: str) -> None:
    chance = maker.chance
    sold, day = chance.randint(2_000, 30_000), chance.randint(_FIRST_DAY, _LAST_DAY - 40)
    amount = sold if chance.random() < 0.5 else chance.randint(500, sold - 100)
    maker.made.kind[number] = REFUND_DEFECTS[defect][1] if defect else MATCHED
    sale = _refunded_order(maker, number, sold, day, 0 if defect == "not_in_shop" else amount)
    when = day + chance.randint(1, 20)
    if defect != "not_in_shop":
        _shop_refund(maker, number, amount, when)
    if defect != "not_paid":
        more = 100 + chance.randint(1, 300) if defect == "paid_too_much" else 0
        for _ in range(2 if defect == "paid_twice" else 1):
            _paid(maker, number, amount + more, when + chance.randint(0, 2))
    if defect != "not_booked":
        less = chance.randint(1, 400) if defect == "short_credit_note" else 0
        for _ in range(2 if defect == "booked_twice" else 1):
            _credit_note(maker, number, sale, amount - less, when + chance.randint(0, 2), defect == "draft")


def _refunded_order(maker: _Maker, number: int, sold: int, day: int, refunded: int) -> str:
    name, sale = order_name(number), f"S{number:07}"
    maker.add(
        RecordType.ORDER, ref=name, ident=name[1:], day=day, amount=sold, refunded=refunded, open=0,
        currency="EUR", status="partially_refunded" if refunded else "paid", account="shopify_payments",
    )  # fmt: skip
    maker.add(
        RecordType.PAYMENT_LINE, ref=name, category="charge", day=day, at=day * 86_400, amount=sold, fee=0,
        net=sold, currency="EUR", account="shopify_payments", ident=f"c{number}",
    )  # fmt: skip
    maker.add(RecordType.SALE_ORDER, grp=sale, ref=maker.noisy(number), status="sale", day=day)
    maker.add(
        RecordType.INVOICE, grp=f"INV/{number:07}", ref=name, ref2=sale, category="invoice", day=day,
        amount=sold, currency="EUR", status="posted/paid", open=0,
    )  # fmt: skip
    return sale


def _shop_refund(maker: _Maker, number: int, amount: int, day: int) -> None:
    name = order_name(number)
    maker.add(
        RecordType.REFUND, number, shop=True, ref=name, grp=name[1:], ident=f"R{maker.last}", day=day,
        at=day * 86_400 + maker.chance.randrange(86_400), amount=-amount, currency="EUR", category="refund",
        source="shopify_bulk_refunds",
    )  # fmt: skip


def _paid(maker: _Maker, number: int, amount: int, day: int) -> None:
    maker.add(
        RecordType.PAYMENT_LINE, number, ref=order_name(number), category="refund", day=day,
        at=day * 86_400 + maker.chance.randrange(86_400), amount=-amount, fee=0, net=-amount, currency="EUR",
        account="shopify_payments", ident=f"r{maker.last}",
    )  # fmt: skip


def _credit_note(maker: _Maker, number: int, sale: str, amount: int, day: int, draft: bool) -> None:
    """A credit note that names its order in one of the ways of Odoo's connectors, or as somebody wrote it."""
    style, ref = maker.chance.random(), maker.noisy(number)
    text = f"Reversal of: INV/{number:07}, {ref}" if style < 0.6 else ref
    extra = {"reversal_of": f"INV/{number:07}"} if style < 0.6 else {}
    maker.add(
        RecordType.INVOICE, number, grp="" if draft else f"RINV/{maker.last:07}", ref=text,
        ref2=sale if style < 0.8 else "", category="credit_note", day=day, amount=-amount, currency="EUR",
        status="draft" if draft else "posted/paid", open=0, extra=extra,
    )  # fmt: skip


def _tied_refunds(maker: _Maker, first: int) -> None:
    """Two refunds of one order, the same amount on the same day; only one of them was paid."""
    chance, amount = maker.chance, maker.chance.randint(500, 4_000)
    day = chance.randint(_FIRST_DAY, _LAST_DAY - 40)
    sale = _refunded_order(maker, first, amount * 3, day, amount * 2)
    for number in (first, first + 1):
        maker.made.kind[number] = AMBIGUOUS
    when = maker.chance.randint(1, 9) + day
    name = order_name(first)
    for number in (first, first + 1):
        maker.add(
            RecordType.REFUND, number, shop=True, ref=name, grp=name[1:], ident=f"R{maker.last}", day=when,
            at=when * 86_400, amount=-amount, currency="EUR", category="refund",
            source="shopify_bulk_refunds",
        )  # fmt: skip
    _paid(maker, first, amount, when)
    for _ in range(2):
        maker.add(
            RecordType.INVOICE, grp=f"RINV/{maker.last:07}", ref=name, ref2=sale, category="credit_note",
            day=when, amount=-amount, currency="EUR", status="posted/paid", open=0,
        )  # fmt: skip


Maker = Callable[[Mapping[RecordType, Sequence[str]], int, int], Made]
