"""What Odoo booked of refunds: credit notes, payments to customers, and invoices of exchanged goods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.engine.orders import agreed, among, looked_up, order_hashes, orders_of
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.reconciliations._covered import span
from recon_app.reconciliations._money_notes import reversed_number
from recon_app.reconciliations._refunds_records import parsed, plain

_DEAD = frozenset({"cancel", "canceled", "cancelled", "rejected", "reject"})


@dataclass
class Booked:
    """Documents and payments of Odoo.

    Attributes:
        notes: Credit notes: id, order (hash), name (of the order, as written), amount (negative), currency,
            day, draft, paid (Odoo's word), number, reverses (number of the invoice), tax (positive or
            NO_INT), key.
        payments: Payments to customers: id, order, name, amount (negative), currency, day, number, notes
            (numbers of the credit notes they pay), key.
        invoices: Invoices of the orders that have a credit note: id, order, amount, currency, day, number.
        lines: Lines of each credit note: product, amount and taxes; empty where the file does not tell.
        cancelled: Credit notes that were cancelled: id and order.
        orders: Hashes of all orders of the shop that documents and payments name.
        span: First and last day of the documents, or of the payments without any; None without both.
    """

    notes: pd.DataFrame
    payments: pd.DataFrame
    invoices: pd.DataFrame
    lines: list[list[Any]]
    cancelled: pd.DataFrame
    orders: Ints
    span: tuple[int, int] | None


def booked(frames: Mapping[RecordType, pd.DataFrame], of_number: pd.Series, known: Ints) -> Booked:
    """All credit notes and payments to customers.

    Args:
        frames: Invoices and payments of Odoo.
        of_number: Order of the shop by number of Odoo's sale order.
        known: Hashes of the orders that other files name.
    """
    documents = frames[RecordType.INVOICE]
    notes, invoices = (
        plain(documents[(documents["category"] == str(kind)).to_numpy(bool)])
        for kind in (Category.CREDIT_NOTE, Category.INVOICE)
    )
    notes = notes.sort_values("key", ignore_index=True)
    invoices["order"] = _orders_of_invoices(invoices, of_number, known)
    extra = parsed(notes)
    state, paid = _states(notes)
    notes["order"], notes["name"] = _orders(notes, extra, invoices, of_number, known)
    notes["draft"], notes["paid"], notes["number"] = state == "draft", paid, notes["grp"]
    notes["tax"] = np.abs(np.array([int(each.get("tax", 0)) for each in extra], np.int64))
    untold = np.array(["tax" not in each for each in extra], np.bool_)
    notes["tax"] = notes["tax"].where(~untold, NO_INT)
    dead = pd.Series(state, dtype=object).isin(_DEAD).to_numpy(bool)
    usable = ~dead & (notes["amount"] != NO_INT).to_numpy(bool) & (notes["amount"] < 0).to_numpy(bool)
    sold = invoices[among(invoices["order"], notes["order"][notes["order"] != 0].to_numpy(np.int64))]
    alive = ~pd.Series(_states(sold)[0], dtype=object).isin([*_DEAD, "draft"]).to_numpy(bool)
    payments = _payments(frames[RecordType.ODOO_PAYMENT], notes, of_number, known)
    told = documents if len(documents) else frames[RecordType.ODOO_PAYMENT]
    return Booked(
        notes[usable].reset_index(drop=True),
        payments,
        sold[alive].reset_index(drop=True),
        [each.get("lines", []) for each, counts in zip(extra, usable.tolist(), strict=True) if counts],
        notes[dead][["id", "order"]].reset_index(drop=True),
        pd.unique(np.concatenate([frame["order"] for frame in (notes, invoices, payments)])),
        span(told["day"].to_numpy(np.int64)),
    )


def _states(documents: pd.DataFrame) -> tuple[Any, Any]:
    """State and payment state; an export without the state shows a draft by its lack of a number."""
    pairs = [status.partition("/")[::2] for status in documents["status"].tolist()]
    states = [
        "draft" if number.startswith("Draft (") else state
        for (state, _), number in zip(pairs, documents["grp"].tolist(), strict=True)
    ]
    return np.array(states, object), np.array([paid for _, paid in pairs], object)


def _orders_of_invoices(invoices: pd.DataFrame, of_number: pd.Series, known: Ints) -> Ints:
    """Order of each invoice, by its own reference, else by the sale order it comes from."""
    own = order_hashes(invoices["ref"])
    found = np.where(among(own, known), own, 0)
    rest = np.flatnonzero((found == 0) & (invoices["ref2"] != "").to_numpy(bool))
    found[rest] = orders_of(invoices["ref2"].iloc[rest].reset_index(drop=True), of_number, known)
    return found


def _orders(
    notes: pd.DataFrame,
    extra: list[dict[str, Any]],
    invoices: pd.DataFrame,
    of_number: pd.Series,
    known: Ints,
) -> tuple[Ints, list[str]]:
    """Order of each credit note and how it is written; 0 for one that names none of the shop's.

    What it reverses says most, then where it comes from, then its own reference.
    """
    texts = notes["ref"].tolist()
    worded = list(map(reversed_number, texts))
    number = [str(each.get("reversal_of") or words) for each, words in zip(extra, worded, strict=True)]
    named = [str(each.get("reversal_ref", "")) for each in extra]
    notes["reverses"] = number
    mine = (invoices["grp"].isin(set(number)) & (invoices["grp"] != "")).to_numpy(bool)
    by_invoice = agreed(invoices["grp"][mine], invoices["order"][mine])
    order = looked_up(notes["reverses"], by_invoice) if len(notes) else np.array([], np.int64)
    order = _named(order, (named, notes["ref2"].tolist(), texts), of_number, known)
    name = [
        one or origin or text for one, origin, text in zip(named, notes["ref2"].tolist(), texts, strict=True)
    ]
    return order, name


def _named(order: Ints, columns: Iterable[list[str]], of_number: pd.Series, known: Ints) -> Ints:
    """Fill the orders that are not known yet from references, the one that says most first."""
    order = order.copy()
    rest = np.flatnonzero(order == 0).tolist()
    if not rest:
        return order
    every = pd.concat(
        [part for column in columns for part in _pieces([column[row] for row in rest])], ignore_index=True
    )
    code, texts = pd.factorize(every)
    unique = pd.Series(texts, dtype=object)
    written = np.where(unique != "", orders_of(unique, of_number, known), 0)[code]
    # an order that no file has is still not another one
    marked = np.where(unique.str.startswith("#"), order_hashes(unique), 0)[code]
    steps = np.concatenate([written.reshape(-1, len(rest)), marked.reshape(-1, len(rest))])
    first = (steps != 0).argmax(axis=0)
    order[rest] = steps[first, np.arange(len(rest))]
    return order


def _pieces(texts: list[str]) -> list[pd.Series]:
    """Texts, and the first and last of several that a comma parts."""
    several = [text.split(",") if "," in text else [""] for text in texts]
    first, last = ([parts[place].strip() for parts in several] for place in (0, -1))
    return [pd.Series(part, dtype=object) for part in (texts, first, last)]


def _payments(payments: pd.DataFrame, notes: pd.DataFrame, of_number: pd.Series, known: Ints) -> pd.DataFrame:
    """Payments to customers that are posted."""
    out = (payments["amount"] < 0).to_numpy(bool) & (payments["amount"] != NO_INT).to_numpy(bool)
    out &= (payments["category"] != str(Category.OTHER)).to_numpy(bool)
    mine = plain(payments[out]).sort_values("key", ignore_index=True)
    alive = ~mine["status"].isin([*_DEAD, "draft"]).to_numpy(bool)
    alive &= np.array([not number.startswith("Draft (") for number in mine["grp"]], np.bool_)
    mine = mine[alive].reset_index(drop=True)
    paid = [list(each.get("invoices", ())) for each in parsed(mine)]
    of_note = agreed(notes["grp"], notes["order"])
    of_note = of_note[of_note.index != ""]
    first = pd.Series([next((name for name in names), "") for names in paid], dtype=object)
    order = looked_up(first, of_note) if len(mine) else np.array([], np.int64)
    order = _named(order, (mine["ref2"].tolist(), mine["ref"].tolist()), of_number, known)
    mine["order"], mine["notes"], mine["number"] = order, paid, mine["grp"]
    mine["name"] = mine["ref2"].where(mine["ref2"] != "", mine["ref"])
    return mine
