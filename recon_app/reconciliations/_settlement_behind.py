"""Records that stand behind a case without being compared: orders, journal items, invoices, credit notes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.cases import Ints, Legs, by_time
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, Category, RecordType, Side
from recon_app.reconciliations import _settlement_scope as scope
from recon_app.reconciliations._base import Result


def attach(
    result: Result,
    case: Mapping[Side, Ints],
    entries: Mapping[Side, pd.DataFrame],
    frames: Mapping[RecordType, pd.DataFrame],
    taken: Ints,
) -> None:
    """Put orders, journal items, invoices and credit notes behind the cases they belong to.

    Args:
        result: Gets the supporting legs and what the orders say.
        case: Case of each entry.
        entries: Entries that are compared one by one.
        frames: All records.
        taken: Ids of journal items that are compared, one by one or with a payout.
    """
    orders = frames[RecordType.ORDER]
    if not len(orders) + len(frames[RecordType.INVOICE]) + len(frames[RecordType.JOURNAL_ITEM]):
        return
    charge_of, refund_of = _cases_by_order(case, entries)
    of_order = _mapped(scope.order_refs(orders["ref"].tolist()), charge_of)
    _judge_orders(result, orders, of_order)
    booked = entries[Side.ODOO]
    latest = by_time(booked)[::-1]
    of_entry = dict(zip(booked["grp"].iloc[latest], case[Side.ODOO][latest].tolist(), strict=True))
    of_entry.pop("", None)
    items = frames[RecordType.JOURNAL_ITEM]
    compared = items["id"].isin(taken).to_numpy(bool)
    of_item = np.where(compared, -1, _mapped(items["grp"].tolist(), of_entry))
    invoices = frames[RecordType.INVOICE]
    of_invoice = _invoice_cases(invoices, frames[RecordType.SALE_ORDER], charge_of, refund_of)
    orders_compared = len(frames[RecordType.SHOP_TRANSACTION]) == 0
    parts = [] if orders_compared else [_behind(Side.SHOP, of_order, orders)]
    parts += [_behind(Side.ODOO, of_item, items), _behind(Side.ODOO, of_invoice, invoices)]
    result.support = Legs.concat(*parts)


def _cases_by_order(
    case: Mapping[Side, Ints], entries: Mapping[Side, pd.DataFrame]
) -> tuple[dict[str, int], dict[str, int]]:
    """First case of each order's charge and of its refund; the platform's word counts before the shop's."""
    charge: dict[str, int] = {}
    refund: dict[str, int] = {}
    for side in (Side.SHOP, Side.PLATFORM):
        frame = entries[side]
        keys = scope.order_refs(frame["ref"].tolist())
        latest = by_time(frame)[::-1]  # the earliest is written last
        out = (frame["amount"] < 0).to_numpy(bool)[latest]
        for rows, found in ((latest[~out].tolist(), charge), (latest[out].tolist(), refund)):
            found.update(
                zip([keys[row] for row in rows], case[side][rows].tolist(), strict=True) if rows else ()
            )
    charge.pop("", None)
    refund.pop("", None)
    return charge, refund


def _mapped(keys: Sequence[str], cases: Mapping[str, int]) -> Ints:
    return np.fromiter((cases.get(key, -1) for key in keys), np.int64, len(keys))


def _behind(side: Side, case: Ints, frame: pd.DataFrame) -> Legs:
    found = case >= 0
    return Legs.of_side(side, case[found], frame["id"].to_numpy(np.int64)[found])


def _invoice_cases(
    invoices: pd.DataFrame,
    sale_orders: pd.DataFrame,
    charge_of: Mapping[str, int],
    refund_of: Mapping[str, int],
) -> Ints:
    """Cases of customer invoices by their order, of credit notes by the order that they refund.

    A credit note without a refund stands behind the charge of its order.
    """
    order_of_sale = _told_once(sale_orders["grp"].tolist(), scope.order_refs(sale_orders["ref"].tolist()))
    known = {*charge_of, *refund_of}
    own = zip(invoices["ref2"], *_order_refs(invoices, "ref2", "ref"), strict=True)
    orders = [
        next((ref for ref in (order_of_sale.get(sale, ""), origin, reference) if ref in known), "")
        for sale, origin, reference in own
    ]
    order_of_invoice = _told_once(invoices["grp"].tolist(), orders)
    cases = np.full(len(invoices), -1, np.int64)
    category = invoices["category"].to_numpy(object)
    credit = category == str(Category.CREDIT_NOTE)
    plain = category == str(Category.INVOICE)
    cases[plain] = _mapped(orders, charge_of)[plain]
    rows = np.flatnonzero(credit)
    extras = [json.loads(text) if text else {} for text in invoices["extra"].iloc[rows]]
    named = scope.order_refs([str(extra.get("reversal_ref", "")) for extra in extras])
    for row, extra, reversal in zip(rows.tolist(), extras, named, strict=True):
        reversed_order = order_of_invoice.get(str(extra.get("reversal_of", "")), "")
        for order in (reversal, reversed_order, orders[row]):
            if order in known:
                cases[row] = refund_of.get(order, charge_of.get(order, -1))
                break
    return cases


def _told_once(names: Sequence[str], orders: Sequence[str]) -> dict[str, str]:
    """Order of each name, without the names of which several documents tell different orders."""
    found: dict[str, str] = {}
    several = {
        name for name, order in zip(names, orders, strict=True) if found.setdefault(name, order) != order
    }
    return {name: order for name, order in found.items() if name not in several}


def _order_refs(frame: pd.DataFrame, *fields: str) -> tuple[list[str], ...]:
    return tuple(scope.order_refs(frame[field].tolist()) for field in fields)


def _judge_orders(result: Result, orders: pd.DataFrame, case: Ints) -> None:
    """Orders that are not fully paid: open, not broken (rules PAY-01 and EDT-01)."""
    kind, cause, delta = (result.cases[name].to_numpy(copy=True) for name in ("kind", "cause", "delta"))
    open_amount = orders["open"].to_numpy(np.int64)
    status = orders["status"].str.lower()
    owed = (case >= 0) & (open_amount != NO_INT) & (open_amount > 0)
    owed &= status.isin({"partially_paid", "paid"}).to_numpy(bool)
    home: NDArray[np.bool_] = orders["currency"].to_numpy(object) == _at(
        result.cases["currency"].to_numpy(object), case
    )
    for index in np.flatnonzero(owed).tolist():
        number = int(case[index])
        if kind[number] != str(Kind.MATCHED):
            continue
        extra = json.loads(orders["extra"].iloc[index] or "{}")
        if extra.get("paid_at"):
            kind[number], cause[number] = str(Kind.AMOUNT), "order_edited"
            # in another currency the amount is told, and not counted with the case's
            delta[number] = -open_amount[index] if home[index] else NO_INT
        elif status.iloc[index] == "partially_paid":
            kind[number], cause[number] = str(Kind.TIMING), "part_paid"
        note = result.notes.setdefault(number, {})
        note["open"] = int(open_amount[index])
        note["open_currency"] = str(orders["currency"].iloc[index])
    result.cases = result.cases.assign(kind=kind, cause=cause, delta=delta)


def _at(values: NDArray[np.object_], places: Ints) -> NDArray[np.object_]:
    return values[np.maximum(places, 0)] if len(values) else np.full(len(places), "", object)
