"""The run over fulfilment: what the shop says was sent against what Odoo delivered, and the tracking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.aliases import applied
from recon_app.engine.cases import Legs, missing_bits
from recon_app.engine.chain import Chain
from recon_app.engine.normalise import Ints
from recon_app.models.case import Kind
from recon_app.models.counted import counted
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._covered import left_out
from recon_app.reconciliations._fulfilment_figures import Figures, figures
from recon_app.reconciliations._fulfilment_tracking import Tracking, tracking
from recon_app.reconciliations._fulfilment_words import next_actions
from recon_app.reconciliations._goods_cases import Mask, Texts
from recon_app.reconciliations._orders_records import NEVER, Orders, orders, outside, untold

Frames = Mapping[RecordType, pd.DataFrame]

#: Days that one side may lag behind the other.
_USUAL = 2
#: So many names are written out.
_NAMED = 5
#: Days after which an order that nobody sent needs a person.
_LONG = 30


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Fulfilment", 0, 3)
    result = Result(cases=goods.case_table([]), legs=Legs.none(), support=Legs.none())
    frames = applied(inputs.frames, inputs.aliases)
    result.remarks = _not_imported(frames)
    if result.remarks:
        return result
    found = orders(frames)
    told = figures(frames, found, inputs.answers)
    progress("Fulfilment: tracking", 1, 3)
    numbers = tracking(told, found, inputs.answers)
    items = _items(told, found, numbers, inputs.answers)
    progress("Fulfilment: cases", 2, 3)
    kind, cause = _judged(items)
    listed = items.listed
    number = goods.numbered(listed)
    result.cases = goods.case_table(
        _names(told.table, found)[listed],
        kind=kind[listed],
        cause=cause[listed],
        rule="order_and_sku",
        missing=_missing(kind, cause)[listed],
        grp=np.where(kind != str(Kind.MATCHED), goods.age_words(items.age), "").astype(object)[listed],
        day=items.day[listed],
        delta=items.delta[listed],
        currency=items.currency[listed],
        value=goods.worth(items.delta, told.table["amount"].to_numpy(), told.table["ordered"].to_numpy())[
            listed
        ],
        unit=told.unit,
    )
    odd = listed & ((kind != str(Kind.MATCHED)) | items.several)
    result.legs = _legs(told, number)
    result.support = _support(told, number, listed & (kind != str(Kind.MATCHED)))
    _add_notes(result, items, told, found, numbers, cause, np.flatnonzero(odd))
    result.proposals = numbers.proposals
    result.remarks = [*found.remarks, *told.remarks, *numbers.remarks, *_unread(frames), *_left_out(found)]
    result.remarks += untold(frames, found)
    return result


def _not_imported(frames: Frames) -> list[str]:
    found = []
    lines = len(frames[RecordType.ORDER_LINE]) + len(frames[RecordType.FULFILMENT])
    if not len(frames[RecordType.ORDER]) or not lines:
        found.append("No orders of the shop with lines were imported: import the orders export of Shopify.")
    if not len(frames[RecordType.SALE_ORDER_LINE]):
        found.append(
            "No lines of sale orders were imported: export the sale orders of Odoo with Order Lines/Product/"
            "Internal Reference, Quantity and Delivery Quantity."
        )
    return found


def _unread(frames: Frames) -> list[str]:
    """What was left out because no file has it."""
    if len(frames[RecordType.STOCK_MOVE]) or len(frames[RecordType.TRANSFER]):
        return []
    return ["No transfers or stock moves were imported, so deliveries that are still open are not known."]


def _left_out(found: Orders) -> list[str]:
    """Orders that the comparison of orders speaks of, not this one."""
    remarks = []
    code = found.shop["code"].to_numpy(np.int64)
    same = np.flatnonzero(np.bincount(code, minlength=found.count) > 1)
    if len(same):
        names = sorted({str(ref) for ref in found.shop["ref"][np.isin(code, same)]})
        more = " …" if len(names) > _NAMED else ""
        are = counted(len(same), "name is that", "names are those")
        remarks.append(
            f"{are} of several orders of the shop ({', '.join(names[:_NAMED])}{more}); these were left out."
        )
    alive = _bool(found.sales[found.sales["alive"]], found.count)
    day, outside_files = outside(found)
    beyond = outside_files & ~alive & _bool(found.shop, found.count)
    return remarks + left_out(
        day[beyond], "order", "orders", "they are older or newer than the sale orders in the files"
    )


@dataclass(frozen=True)
class _Judgeable:
    """What is known of the items beside their figures.

    Attributes:
        table: See :class:`Figures`, with the quantities as figures: none counts as 0.
        fulfilled: NO_INT where nobody says.
        delivered: NO_INT where nobody says.
        delta: Delivered less fulfilled; NO_INT where one of them is not known.
        ordered: What was ordered, as far as it is known.
        wanted: Ordered less cancelled.
        listed: Items that are cases.
        no_sale: Items of orders that Odoo does not have.
        cancelled: Items of which something was cancelled in the shop.
        untracked: Items that stand for an order whose tracking is missing.
        tracked_apart: The same for other tracking numbers on both sides.
        several: Items that were sent in several parcels.
        age: Days since the older of the two sides, NO_INT for unknown.
        day: The day of the order.
        currency: Of the order.
    """

    table: pd.DataFrame
    fulfilled: Ints
    delivered: Ints
    delta: Ints
    ordered: Ints
    wanted: Ints
    listed: Mask
    no_sale: Mask
    cancelled: Mask
    untracked: Mask
    tracked_apart: Mask
    several: Mask
    age: Ints
    day: Ints
    currency: Texts


def _items(told: Figures, found: Orders, numbers: Tracking, answers: Mapping[str, str]) -> _Judgeable:
    table, code = told.table, told.table["code"].to_numpy(np.int64)
    in_shop, in_odoo = table["in_shop"].to_numpy(bool), table["in_odoo"].to_numpy(bool)
    alive = _bool(found.sales[found.sales["alive"]], found.count)
    in_files = _bool(found.shop, found.count)
    fulfilled = np.where(in_shop, table["fulfilled"].to_numpy(np.int64), 0)
    delivered = np.where(in_odoo, table["delivered"].to_numpy(np.int64), 0)
    ordered = table["ordered"].to_numpy(np.int64)
    # an order whose lines are in no file asked for what was sent, or for what Odoo has of it
    asked = np.maximum(goods.figure(fulfilled), goods.figure(table["sold"].to_numpy(np.int64)))
    ordered = np.where(ordered == NO_INT, np.where(in_shop, asked, 0), ordered)
    cancelled = _cancelled(table, found, fulfilled, ordered)
    known = (fulfilled != NO_INT) & (delivered != NO_INT)
    delta = np.where(known, delivered - fulfilled, NO_INT)
    some = (goods.figure(fulfilled) > 0) | (goods.figure(delivered) > 0)
    listed = in_files[code] & (some | (in_shop & in_odoo)) & (in_shop | in_odoo)
    listed &= alive[code] | (goods.figure(fulfilled) > 0)
    day, beyond = outside(found)
    several = np.bincount(found.shop["code"].to_numpy(np.int64), minlength=found.count) > 1
    listed &= ~(several | (beyond & ~alive))[code]
    first = _first_items(code, listed & in_shop & in_odoo & (delta == 0) & some, found.count)
    return _Judgeable(
        table=table,
        fulfilled=fulfilled,
        delivered=delivered,
        delta=delta,
        ordered=ordered,
        wanted=np.maximum(ordered - cancelled, 0),
        listed=listed,
        no_sale=~alive[code],
        cancelled=cancelled > 0,
        untracked=first & numbers.missing[code],
        tracked_apart=first & numbers.apart[code],
        several=numbers.several[code] & some,
        age=_ages(told, day[code], delta, answers),
        day=day[code],
        currency=_currency(found)[code],
    )


def _bool(frame: pd.DataFrame, count: int) -> Mask:
    code = frame["code"].to_numpy(np.int64)
    return goods.any_of(code[code >= 0], np.ones(int((code >= 0).sum()), np.bool_), count)


def _currency(found: Orders) -> Texts:
    code, words = found.shop["code"].to_numpy(np.int64), found.shop["currency"].to_numpy(object)
    return money.one_currency(code, words, found.count)[0]


def _first_items(code: Ints, chosen: Mask, count: int) -> Mask:
    """The first chosen item of each order: what is true of the whole order is said once."""
    rows = np.flatnonzero(chosen)
    first = np.full(count, len(code), np.int64)
    np.minimum.at(first, code[rows], rows)
    found = np.zeros(len(code) + 1, np.bool_)
    found[first] = True
    return found[:-1]


def _cancelled(table: pd.DataFrame, found: Orders, fulfilled: Ints, ordered: Ints) -> Ints:
    """What was cancelled before it was sent: refunded so, or the rest of an order that nobody waits for."""
    code = table["code"].to_numpy(np.int64)
    shop = found.shop
    whole = (shop["refunded"] > 0) & (shop["refunded"] == shop["amount"])
    over = shop["cancelled"] | shop["status"].isin(NEVER) | whole
    ended = _bool(shop[over.to_numpy(bool)], found.count) & ~_bool(shop[~over.to_numpy(bool)], found.count)
    rest = np.maximum(ordered - goods.figure(fulfilled), 0)
    told = table["cancelled"].to_numpy(np.int64)
    return np.where(ended[code], rest, told)


def _ages(told: Figures, day: Ints, delta: Ints, answers: Mapping[str, str]) -> Ints:
    """Days since the side that is ahead moved, or since the order where none is."""
    sent, came = (told.table[name].to_numpy(np.int64) for name in ("sent_day", "delivered_day"))
    since = np.where((delta < 0) & (sent != NO_INT), sent, day)
    since = np.where((delta > 0) & (delta != NO_INT) & (came != NO_INT), came, since)
    done = told.moves["day"].to_numpy(np.int64)[(told.moves["status"] == "done").to_numpy(bool)]
    today = goods.today(answers, day, sent, came, done)
    return np.where((since != NO_INT) & (today != NO_INT), np.maximum(today - since, 0), NO_INT)


def _judged(items: _Judgeable) -> tuple[Texts, Texts]:
    """Kind and cause of each item, the gravest last."""
    table, delta = items.table, items.delta
    in_shop, in_odoo = table["in_shop"].to_numpy(bool), table["in_odoo"].to_numpy(bool)
    waiting = table["open"].to_numpy(np.int64)
    fulfilled, delivered = goods.figure(items.fulfilled), goods.figure(items.delivered)
    left = np.maximum(items.wanted - fulfilled, 0)
    both, agree = in_shop & in_odoo & ~items.no_sale, delta == 0
    old = (items.age != NO_INT) & (items.age > _LONG)
    late = (items.age == NO_INT) | (items.age > _USUAL)
    behind, ahead = (delta < 0) & (delta != NO_INT), delta > 0
    partly = both & (items.fulfilled == NO_INT)
    return goods.judged(
        len(table),
        (both & agree & (left > 0), Kind.TIMING, "back_order"),
        (both & agree & (left > 0) & (fulfilled == 0), Kind.TIMING, "not_shipped_yet"),
        (both & agree & (left > 0) & old, Kind.FIELD, "back_order"),
        (both & agree & (left > 0) & old & (fulfilled == 0), Kind.FIELD, "not_shipped_yet"),
        (items.untracked, Kind.FIELD, "tracking_missing"),
        (items.tracked_apart, Kind.FIELD, "tracking_differs"),
        (both & agree & (fulfilled > items.wanted) & ~items.cancelled, Kind.FIELD, "more_than_ordered"),
        (both & agree & items.cancelled & (waiting > left), Kind.FIELD, "refunded_open_delivery"),
        (both & behind & ~late, Kind.TIMING, "fulfilled_not_delivered"),
        (both & behind & late, Kind.AMOUNT, "fulfilled_not_delivered"),
        (both & ahead & ~late, Kind.TIMING, "delivered_not_fulfilled"),
        (both & ahead & late, Kind.AMOUNT, "delivered_not_fulfilled"),
        (both & ahead & items.cancelled & (delivered > items.wanted), Kind.AMOUNT, "cancelled_after_pick"),
        (partly, Kind.TIMING, "partly_fulfilled"),
        (partly & (delivered == 0), Kind.AMOUNT, "fulfilled_not_delivered"),
        (partly & (delivered >= items.wanted), Kind.AMOUNT, "delivered_not_fulfilled"),
        (in_shop & ~in_odoo, Kind.MISSING, "line_missing"),
        (in_odoo & ~in_shop, Kind.MISSING, "line_extra"),
        (in_shop & items.no_sale, Kind.MISSING, "order_not_imported"),
        (both & (items.delivered == NO_INT), Kind.FIELD, "delivered_unknown"),
        (table["unknown"].to_numpy(bool), Kind.FIELD, "unknown_unit"),
    )


def _missing(kind: Texts, cause: Texts) -> Ints:
    bits = np.where(cause == "line_extra", missing_bits(Side.SHOP), missing_bits(Side.ODOO))
    return np.where(kind == str(Kind.MISSING), bits, 0).astype(np.int64)


def _names(table: pd.DataFrame, found: Orders) -> Texts:
    """What keys of cases are made from."""
    names = np.array([*found.names, ""], object)
    joined = names[table["code"].to_numpy(np.int64)] + goods.SEPARATOR * 2 + table["sku"].to_numpy(object)
    return np.asarray(joined, object)


def _legs(told: Figures, number: Ints) -> Legs:
    """The lines of both sides; those of components stand with the kit that they are."""
    parts = []
    for side, frame in ((Side.SHOP, told.shop), (Side.ODOO, told.odoo)):
        case = number[frame["item"].to_numpy(np.int64)] if len(number) else np.array([], np.int64)
        ids = frame["id"].to_numpy(np.int64)
        parts.append(Legs.of_side(side, case[case >= 0], ids[case >= 0]))
    return Legs.concat(*parts)


def _support(told: Figures, number: Ints, odd: Mask) -> Legs:
    """Fulfilments and moves of the cases that are more than a match, else transfers of their orders."""
    first = _first_items(told.table["code"].to_numpy(np.int64), odd, _codes(told))
    of_code = np.full(_codes(told) + 1, -1, np.int64)
    rows = np.flatnonzero(first)
    of_code[told.table["code"].to_numpy(np.int64)[rows]] = number[rows]
    item = told.moves["item"].to_numpy(np.int64)
    of_item = np.append(np.where(odd, number, -1), -1)
    parts = [(Side.ODOO, of_item[item], told.moves)]
    sent = told.sent[~told.sent["id"].isin(set(told.shop["id"]))]
    for side, frame in ((Side.SHOP, sent), (Side.ODOO, told.transfers)):
        parts.append((side, of_code[frame["code"].to_numpy(np.int64)], frame))
    return Legs.concat(
        *(
            Legs.of_side(side, case[case >= 0], frame["id"].to_numpy(np.int64)[case >= 0])
            for side, case, frame in parts
        )
    )


def _codes(told: Figures) -> int:
    frames = (told.table, told.sent, told.transfers)
    return 1 + max(int(frame["code"].max()) if len(frame) else -1 for frame in frames)


def _add_notes(
    result: Result,
    items: _Judgeable,
    told: Figures,
    found: Orders,
    numbers: Tracking,
    cause: Texts,
    rows: Ints,
) -> None:
    """The figures of each case that is more than a match."""
    number = goods.numbered(items.listed)
    wanted = set(told.table["code"].iloc[rows])
    sales = found.sales[found.sales["alive"] & found.sales["code"].isin(wanted)]
    known = sales.groupby("code")["grp"].agg(sorted).to_dict()
    name = dict(zip(found.shop["code"], found.shop["ref"], strict=True))
    ages = goods.age_words(items.age)
    columns = {each: told.table[each].to_numpy(np.int64) for each in _NOTED}
    waiting = told.transfers[told.transfers["open"] & told.transfers["code"].isin(wanted)]
    open_transfers = waiting.groupby("code")["grp"].agg(sorted).to_dict()
    code, sku = told.table["code"].to_numpy(np.int64), told.table["sku"].to_numpy(object)
    for row in rows.tolist():
        order = int(code[row])
        note: dict[str, Any] = {
            "order": str(name.get(order, found.names[order])),
            "sku": str(sku[row]),
            "sales": known.get(order, []),
            "fulfilled": _int(items.fulfilled[row]),
            "delivered": _int(items.delivered[row]),
            **{each: _int(values[row]) for each, values in columns.items()},
            "wanted": int(items.wanted[row]),
            "cancelled": int(items.ordered[row] - items.wanted[row]),
            "transfers": open_transfers.get(order, [])[:5],
            "age": _int(items.age[row]),
            "bucket": str(ages[row]),
            "tracking": {"shop": numbers.shop.get(order, []), "odoo": numbers.odoo.get(order, [])},
            "parcels": int(numbers.parcels[order]),
        }
        note["broken_at"] = _broken(note)
        note["next"] = next_actions(str(cause[row]), note)
        result.notes[int(number[row])] = note


_NOTED = ("ordered", "sold", "open", "returned", "back", "invoiced", "kept")


def _broken(note: Mapping[str, Any]) -> str | None:
    """The step at which the chain from ordered to billed breaks; None where a figure of it is not known."""
    ordered, delivered, kept, billed = (note[each] for each in ("ordered", "delivered", "kept", "invoiced"))
    if None in (ordered, delivered, kept, billed):
        return None
    # Odoo's quantities are without returns and credit notes
    back = max(delivered - kept, 0)
    credited = min(back, max(delivered - billed, 0))
    return Chain(ordered, note["cancelled"], delivered, back, billed + credited, credited).broken_at


def _int(value: Any) -> int | None:
    return None if value == NO_INT else int(value)
