"""The run over bills of vendors: what was ordered, what arrived and what was billed, in money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.cases import Legs, missing_bits
from recon_app.engine.normalise import Ints
from recon_app.models.case import Kind
from recon_app.models.counted import counted
from recon_app.models.money import exponent
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.reconciliations import _covered as covered
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._bills_words import NEXT
from recon_app.reconciliations._goods_cases import Mask, Texts
from recon_app.reconciliations._needed import needed
from recon_app.reconciliations._receipts_run import NOT_ORDERED_YET

#: What arrived so long ago and is not billed is an accrual that somebody should ask about.
_ACCRUED = 30
#: A bill comes so many days before or after the goods are expected.
_ABOUT = 7
_NAMED = 6  # bills that a sentence can name


@dataclass(frozen=True)
class _Records:
    """Confirmed order lines, and bills that name an order; ``group`` says which belong together."""

    lines: pd.DataFrame
    orders: pd.DataFrame
    bills: pd.DataFrame
    count: int


@dataclass(frozen=True)
class _Figures:
    """Minor units of the currency per group, without tax, costs positive.

    Attributes:
        ordered: Of the order lines. arrived: what arrived at their prices. counted: what they call billed at
            their prices.
        over: What is billed of lines and did not arrive; under: what arrived of lines and is not billed.
        billed: Posted bills less their credit notes. drafted: draft bills. owed: what is open, with tax.
        bills: Number of posted bills; drafts: of draft ones.
        twins: Whether two bills are equal.
        known: Whether the lines say what arrived and what was billed. mixed: whether currencies differ.
        day: Latest day of the bills. due: latest expected day.
        tied: Whether several orders have one name. too_large: how many lines come to more than any amount.
    """

    currency: Texts
    mixed: Mask
    known: Mask
    told: Mask
    priced: Mask
    ordered: Ints
    arrived: Ints
    counted: Ints
    over: Ints
    under: Ints
    billed: Ints
    drafted: Ints
    owed: Ints
    bills: Ints
    drafts: Ints
    twins: Mask
    day: Ints
    due: Ints
    tied: Mask
    too_large: int


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Bills", 0, 1)
    result = Result(cases=money.case_table([]), legs=Legs.none(), support=Legs.none())
    result.remarks += needed(inputs.frames, "bills are", RecordType.PURCHASE_ORDER_LINE)
    if result.remarks:
        return result
    found = _records(inputs, result.remarks)
    of = _figures(found)
    now = goods.today(inputs.answers, of.day[of.day != NO_INT])
    has_bills = len(inputs.frames[RecordType.BILL]) > 0
    steps = _steps(of, now, bills=has_bills and bool((of.bills + of.drafts).any()))
    kind, cause, every = money.judged(found.count, *((mask, what, why) for mask, what, why, _ in steps))
    delta = np.zeros(found.count, np.int64)
    for mask, _, why, values in steps:
        chosen = mask & (cause == why)
        delta[chosen] = values[chosen]
    result.remarks += needed(inputs.frames, "what vendors bill is", RecordType.BILL)
    if found.count and not of.known.any():
        result.remarks.append(
            "No order line says what arrived and what was billed; export them with the columns Received Qty "
            "and Billed Qty."
        )
    if of.too_large:
        many = counted(of.too_large, "order line comes", "order lines come")
        result.remarks.append(f"{many} to more than any amount can be, and counts as not known.")
    listed = _of_their_days(of, cause, inputs.frames[RecordType.BILL], result.remarks)
    listed &= _that_say_enough(of, cause, result.remarks)
    _fill(result, found, of, (listed, kind, cause, delta), every, now)
    return result


def _of_their_days(of: _Figures, cause: Texts, bills: pd.DataFrame, remarks: list[str]) -> Mask:
    """Orders whose bills can be among the loaded ones."""
    days = covered.span(bills["day"].to_numpy(np.int64))
    beyond = (cause == "bill_missing") & covered.beyond(of.due, days, _ABOUT, _ABOUT)
    if days is not None:
        why = covered.only("Odoo's bills", days)
        name = "purchase order that is called billed"
        remarks += covered.left_out(
            of.due[beyond], name, name.replace("order that is", "orders that are"), why
        )
    kept: Mask = ~beyond
    return kept


def _that_say_enough(of: _Figures, cause: Texts, remarks: list[str]) -> Mask:
    """All but orders whose bills agree only because they say nothing."""
    silent = (cause == "") & ~of.told
    why = "a bill does not say its amount without tax; export the bills with the column Untaxed Amount"
    remarks += covered.left_out(of.due[silent], "purchase order", "purchase orders", why)
    kept: Mask = ~silent
    return kept


def _fill(
    result: Result,
    found: _Records,
    of: _Figures,
    judged: tuple[Mask, Texts, Texts, Ints],
    every: list[list[str]],
    now: int,
) -> None:
    """Turn groups into cases with their records and notes."""
    listed, kind, cause, delta = judged
    names = _names(found)
    age = np.where((of.due == NO_INT) | (now == NO_INT), NO_INT, np.maximum(now - of.due, 0))
    work = listed & (kind != str(Kind.MATCHED))
    result.cases = money.case_table(
        np.array([f"bills{goods.SEPARATOR}{name}" for name in names], object)[listed],
        kind=kind[listed],
        cause=cause[listed],
        rule="bill_names_order",
        missing=np.where(cause == "bill_missing", missing_bits(Side.ODOO), 0).astype(np.int64)[listed],
        grp=np.where(work, goods.age_words(age), "").astype(object)[listed],
        day=np.where(of.day != NO_INT, of.day, of.due)[listed],
        delta=np.where(of.mixed, NO_INT, delta)[listed],
        currency=of.currency[listed],
        sum_odoo=np.where(of.mixed, NO_INT, of.billed)[listed],
    )
    number = goods.numbered(listed)
    result.legs = Legs.concat(
        money.legs(Side.GOODS, _group(found.lines), found.lines["id"], number),
        money.legs(Side.ODOO, _group(found.bills), found.bills["id"], number),
    )
    result.support = money.legs(Side.ODOO, _group(found.orders), found.orders["id"], number)
    for row in np.flatnonzero(work).tolist():
        result.notes[int(number[row])] = _note(found, of, row, names[row], str(cause[row]), every[row])


def _group(frame: pd.DataFrame) -> Ints:
    return frame["group"].to_numpy(np.int64)


def _records(inputs: Inputs, remarks: list[str]) -> _Records:
    lines = goods.told_once(inputs.frames[RecordType.PURCHASE_ORDER_LINE])
    lines = lines[~lines["status"].isin(NOT_ORDERED_YET) & (lines["grp"] != "")].reset_index(drop=True)
    bills = inputs.frames[RecordType.BILL]
    state = money.states(bills)
    bills = bills.assign(state=state)[~np.isin(state, list(money.CANCELLED))].reset_index(drop=True)
    known = set(lines["grp"])
    names = [
        [part for piece in origin.split(",") if (part := piece.strip()) in known] for origin in bills["ref2"]
    ]
    ours = np.array([bool(part) for part in names], np.bool_)
    _tell_others(bills[~ours], remarks)
    bills, names = bills[ours].reset_index(drop=True), [part for part in names if part]
    orders = inputs.frames[RecordType.PURCHASE_ORDER]
    orders = orders[orders["grp"].isin(known)].reset_index(drop=True)
    pairs = [
        *enumerate(lines["grp"]),
        *((len(lines) + row, part) for row, parts in enumerate(names) for part in parts),
    ]
    start = len(lines) + len(bills)
    pairs += [(start + row, name) for row, name in enumerate(orders["grp"])]
    nodes = np.array([node for node, _ in pairs], np.int64)
    group = money.joined(nodes, [name for _, name in pairs], start + len(orders))
    of_lines, of_bills, of_orders = np.split(group, [len(lines), start])
    return _Records(
        lines.assign(group=of_lines),
        orders.assign(group=of_orders),
        bills.assign(group=of_bills),
        int(group.max(initial=-1)) + 1,
    )


def _tell_others(bills: pd.DataFrame, remarks: list[str]) -> None:
    for currency, part in bills.groupby("currency"):
        total = money.signed(-sum(minor for minor in part["amount"] if minor != NO_INT), str(currency))
        many = counted(
            len(part),
            f"bill of {total} names no purchase order that is loaded and was",
            f"bills of {total} name no purchase order that is loaded and were",
        )
        remarks.append(f"{many} left out.")


def _figures(found: _Records) -> _Figures:
    lines, bills, count = found.lines, found.bills, found.count
    line, bill = _group(lines), _group(bills)
    extra = money.parsed(bills)
    untaxed = money.numbers(extra, "untaxed")
    draft = (bills["state"] == money.DRAFT).to_numpy(bool)
    values, priced = _values(lines)
    lost = np.zeros(len(lines), np.bool_)
    for name, worth in values.items():
        lost |= priced & (worth == NO_INT) & (lines[name].to_numpy(np.int64) != NO_INT)

    def total(minor: Ints) -> Ints:
        return money.total(line, minor, np.ones(len(lines), np.bool_), count)

    both = (values["done"] != NO_INT) & (values["invoiced"] != NO_INT)
    gap = np.where(both, values["invoiced"] - values["done"], 0)
    said, told = ~goods.any_of(line, ~both, count), ~goods.any_of(bill, untaxed == NO_INT, count)
    currency, mixed = _currencies(found)
    cost = np.where(untaxed == NO_INT, NO_INT, -untaxed)
    return _Figures(
        currency=currency,
        mixed=mixed,
        known=said,
        told=told,
        priced=said & told,
        ordered=total(values["quantity"]),
        arrived=total(values["done"]),
        counted=total(values["invoiced"]),
        over=total(np.maximum(gap, 0)),
        under=total(np.maximum(-gap, 0)),
        billed=money.total(bill, cost, ~draft, count),
        drafted=money.total(bill, cost, draft, count),
        owed=-money.total(bill, bills["open"].to_numpy(np.int64), ~draft, count),
        bills=money.tally(bill, ~draft, count),
        drafts=money.tally(bill, draft, count),
        twins=_twins(bills, ~draft, count),
        day=goods.latest(bill, bills["day"].to_numpy(np.int64), count),
        due=goods.latest(line, lines["due"].to_numpy(np.int64), count),
        tied=_tied(found),
        too_large=int(lost.sum()),
    )


def _tied(found: _Records) -> Mask:
    """Groups in which several orders have one name."""
    again = found.orders["grp"].duplicated().to_numpy(bool)
    return goods.any_of(_group(found.orders), again, found.count)


def _currencies(found: _Records) -> tuple[Texts, Mask]:
    code = np.concatenate([_group(found.lines), _group(found.bills)])
    currency = np.concatenate(
        [found.lines["currency"].to_numpy(object), found.bills["currency"].to_numpy(object)]
    )
    return money.one_currency(code, currency, found.count)


def _twins(bills: pd.DataFrame, posted: Mask, count: int) -> Mask:
    """Groups with two posted bills of one amount, that of the vendor's reference or without one."""
    mine = bills[posted & (bills["amount"] < 0)]
    again = mine.duplicated(["group", "amount", "currency"])
    return goods.any_of(mine["group"].to_numpy(np.int64), again.to_numpy(bool), count)


def _values(lines: pd.DataFrame) -> tuple[dict[str, Ints], Mask]:
    """What the quantities of each line are worth at the price of the order, without tax; which have a price.

    Odoo rounds a line's price x quantity to the minor unit, halves away from zero. A line without a price is
    worth its part of the subtotal.
    """
    extra = money.parsed(lines)
    price = [_exact(each.get("price"), each.get("discount")) for each in extra]
    amount = np.abs(lines["amount"].to_numpy(np.int64))
    quantity = lines["quantity"].to_numpy(np.int64)
    scale = {code: 10 ** exponent(code) for code in set(lines["currency"]) if code}
    factor = [scale.get(code, 100) for code in lines["currency"]]
    found = {}
    for name in ("quantity", "done", "invoiced"):
        many = lines[name].to_numpy(np.int64)
        found[name] = np.array(
            [
                _worth(*row)
                for row in zip(many.tolist(), price, factor, amount.tolist(), quantity.tolist(), strict=True)
            ],
            np.int64,
        )
    known = amount != NO_INT  # which is its own absolute value
    found["quantity"] = np.where(known, amount, found["quantity"])
    has_price = np.array([each is not None for each in price], np.bool_)
    return found, has_price | (known & (quantity > 0))


def _exact(price: Any, discount: Any) -> Fraction | None:
    try:
        return Fraction(Decimal(str(price))) * (1 - Fraction(Decimal(str(discount or 0))) / 100)
    except (InvalidOperation, ValueError):
        return None


def _worth(many: int, price: Fraction | None, factor: int, amount: int, quantity: int) -> int:
    """What a quantity is worth; NO_INT where that is not known, or more than any amount can be."""
    if many == NO_INT:
        return NO_INT
    if price is None:
        if quantity <= 0 or amount == NO_INT:
            return NO_INT
        price, factor = Fraction(amount, 1) / quantity * 10**6, 1
    exact = price * factor * many / 10**6
    return goods.nearest(exact.numerator, exact.denominator)


_Step = tuple[Mask, Kind, str, Ints]


def _steps(of: _Figures, now: int, *, bills: bool) -> Sequence[_Step]:
    """Causes and differences, the gravest last."""
    zero = np.zeros(len(of.ordered), np.int64)
    some = of.bills + of.drafts > 0
    old = (of.due == NO_INT) | (now == NO_INT) | (now - of.due > _ACCRUED)
    surplus = of.billed - of.counted
    linked = of.priced & (of.bills > 0) & (of.counted != 0)
    apart = of.priced & (of.bills > 0) & (of.counted == 0) & (of.billed != 0)
    missing = of.known & (of.counted > 0) & ~some
    twice = of.twins & (of.billed > of.ordered)
    return (
        (of.under > 0, Kind.TIMING, "received_not_billed", -of.under),
        ((of.under > 0) & old, Kind.AMOUNT, "received_not_billed", -of.under),
        (of.drafts > 0, Kind.FIELD, "draft_bill", zero),
        (apart, Kind.FIELD, "bill_not_linked", of.billed),
        (missing & bills, Kind.MISSING, "bill_missing", -of.counted),
        (linked & (surplus != 0), Kind.AMOUNT, "bill_price_differs", surplus),
        (of.over > 0, Kind.AMOUNT, "billed_not_received", of.over),
        (twice, Kind.DUPLICATE, "billed_twice", of.billed - of.ordered),
        (of.mixed, Kind.FIELD, "other_currency", zero),
        (of.tied, Kind.AMBIGUOUS, "same_name", np.full(len(zero), NO_INT, np.int64)),
        (~of.known & ~of.mixed & bool(of.known.any()), Kind.AMBIGUOUS, "quantities_not_known", zero),
    )


def _names(found: _Records) -> Texts:
    name = found.lines["grp"].to_numpy(object)
    return money.first_text(_group(found.lines), name, name != "", found.count)


_FIGURES = ("ordered", "arrived", "counted", "over", "under", "billed", "drafted", "owed")


def _note(found: _Records, of: _Figures, row: int, name: str, cause: str, every: list[str]) -> dict[str, Any]:
    mine = found.bills[found.bills["group"] == row].sort_values(["day", "grp", "key"])
    values = {figure: int(getattr(of, figure)[row]) for figure in _FIGURES}
    return {
        "order": name,
        "figures": {figure: value for figure, value in values.items() if value},
        "bills": [number for number in mine["grp"] if number][:_NAMED],
        "also": [why for why in every if why != cause],
        "next": list(dict.fromkeys(NEXT[why] for why in (cause, *every) if why in NEXT)),
    }
