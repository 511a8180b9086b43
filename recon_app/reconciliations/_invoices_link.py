"""Which orders, documents and payments belong together: whatever one names of another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.models.record import Category, RecordType
from recon_app.reconciliations import _covered as covered
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._base import Inputs
from recon_app.reconciliations._goods_cases import Texts
from recon_app.reconciliations._invoices_ties import MARGIN, Facts, Named, grouped
from recon_app.reconciliations._money_notes import reversed_number

#: Statuses of orders in Odoo that nobody confirmed.
_OFFERS = frozenset({"draft", "sent", *money.CANCELLED})
_DIGIT = re.compile(r"[0-9]")
#: What orders of the shop are called in remarks.
ORDERS = ("order of the shop", "orders of the shop")
#: A reference that more records have in common, and no order of the shop, names no order: "Spring 2026".
_SHARED = 5


@dataclass(frozen=True)
class Books:
    """The records that are compared, each with its group.

    Attributes:
        orders: Orders of the shop.
        sales: Confirmed orders in Odoo, with ``to_invoice`` (their invoice status) and ``billed`` (whether
            Odoo calls them invoiced).
        documents: Invoices and credit notes that are not cancelled, with state, reverses (the number of
            the invoice that a credit note reverses) and unlinked (whether Odoo knows none).
        payments: Customers' payments that moved money.
        count: Number of groups.
        tied: By group the names that several of its records have, so that nobody can tell which is meant.
        remarks: What was left out.
    """

    orders: pd.DataFrame
    sales: pd.DataFrame
    documents: pd.DataFrame
    payments: pd.DataFrame
    count: int
    tied: Mapping[int, Sequence[str]]
    remarks: list[str]


def books(inputs: Inputs) -> Books:
    """Take the records that count and group them; the group is the column ``group``."""
    orders, remarks = money.orders_once(inputs.frames)
    sales = inputs.frames[RecordType.SALE_ORDER]
    sales = sales[~sales["status"].isin(_OFFERS)].reset_index(drop=True)
    sold = money.parsed(sales)
    status, billed = money.texts(sold, "invoice_status"), [bool(each.get("invoices")) for each in sold]
    sales = sales.assign(to_invoice=status, billed=(status == "invoiced") | np.array(billed, np.bool_))
    documents = _documents(inputs.frames[RecordType.INVOICE])
    payments = _payments(inputs.frames[RecordType.ODOO_PAYMENT])
    orders = _of_their_days(orders, (sales, documents), remarks)
    frames = (orders, sales, documents, payments)
    starts = np.cumsum([0, *(len(frame) for frame in frames)])
    tokens = (
        *_order_tokens(orders),
        *_sale_tokens(sales, sold, orders),
        *_document_tokens(documents, sales, orders),
        *_payment_tokens(payments, documents, sales, orders),
    )
    named = (Named(int(starts[kind]) + row, name, own) for kind, row, name, own in tokens)
    found = grouped(named, Facts.of(frames))
    parts = np.split(found.group, starts[1:-1])
    orders, sales, documents, payments = (
        frame.assign(group=part) for frame, part in zip(frames, parts, strict=True)
    )
    count = int(found.group.max(initial=-1)) + 1
    return Books(orders, sales, documents, payments, count, found.tied, remarks)


def _of_their_days(orders: pd.DataFrame, others: Sequence[pd.DataFrame], remarks: list[str]) -> pd.DataFrame:
    """Orders of the days that Odoo's files cover: another store may have given the same names years ago."""
    days = covered.span(*(frame["day"].to_numpy(np.int64) for frame in others))
    day = orders["day"].to_numpy(np.int64)
    far = covered.beyond(day, days, MARGIN, MARGIN)
    if days is not None:
        remarks += covered.left_out(day[far], *ORDERS, covered.only("Odoo's orders and invoices", days))
    mine: pd.DataFrame = orders[~far].reset_index(drop=True)
    return mine


def _documents(documents: pd.DataFrame) -> pd.DataFrame:
    state = money.states(documents)
    extra = money.parsed(documents)
    reverses = money.texts(extra, "reversal_of")
    told = list(map(reversed_number, documents["ref"]))
    reverses = np.where(reverses == "", np.array(told, object), reverses)
    unlinked = np.array([bool(each.get("no_reversal")) for each in extra], np.bool_) & (reverses == "")
    frame = documents.assign(state=state, reverses=reverses, unlinked=unlinked)
    kept = ~frame["state"].isin(money.CANCELLED) & (frame["category"] != str(Category.OTHER))
    return frame[kept].reset_index(drop=True)


def _payments(payments: pd.DataFrame) -> pd.DataFrame:
    state = payments["status"].str.casefold()
    drafts = payments["grp"].str.startswith("Draft (").to_numpy(bool) | (state == money.DRAFT).to_numpy(bool)
    kept = ~state.isin(money.CANCELLED).to_numpy(bool) & ~drafts
    # payments of vendors are no customer's
    kept &= (payments["category"] != str(Category.OTHER)).to_numpy(bool)
    kept &= (payments["amount"] != 0).to_numpy(bool)
    return payments[kept].reset_index(drop=True)


# Which frame, which row of it, what it names (i: an invoice, o: an order of the shop, s: an order in Odoo),
# and whether that is its own name.
_Token = tuple[int, int, str, bool]


def _order_tokens(orders: pd.DataFrame) -> Iterator[_Token]:
    for row, ref in enumerate(money.references(orders["ref"].tolist())):
        yield 0, row, f"o:{ref}" if ref else "", True


def _telling(refs: Sequence[str], known: Collection[str]) -> list[str]:
    """References that name an order: those of the shop, and those that few records have; "" for others."""
    count = Counter(refs)
    return [ref if ref in known or count[ref] <= _SHARED else "" for ref in refs]


def _sale_tokens(
    sales: pd.DataFrame, extra: Sequence[Mapping[str, Any]], orders: pd.DataFrame
) -> Iterator[_Token]:
    in_shop = set(money.references(orders["ref"].tolist()))
    refs = _telling(money.references(sales["ref"].tolist()), in_shop)
    for row, (ref, number) in enumerate(zip(refs, sales["grp"], strict=True)):
        yield 1, row, f"s:{number}" if number else "", True
        yield 1, row, f"o:{ref}" if ref else "", False
        for invoice in extra[row].get("invoices", ()):
            yield 1, row, f"i:{invoice}", False


def _document_tokens(documents: pd.DataFrame, sales: pd.DataFrame, orders: pd.DataFrame) -> Iterator[_Token]:
    known = set(sales["grp"])
    in_shop = set(money.references(orders["ref"].tolist())) | set(money.references(sales["ref"].tolist()))
    refs = _telling(money.references(documents["ref"].tolist()), in_shop)
    folded = _folded(documents["ref2"])
    columns = (documents[name].tolist() for name in ("grp", "state", "ref2", "reverses"))
    for row, (number, state, origin, reverses) in enumerate(zip(*columns, strict=True)):
        if number and state != money.DRAFT:
            yield 2, row, f"i:{number}", True
        if reverses:
            yield 2, row, f"i:{reverses}", False
        elif _DIGIT.search(refs[row]):
            yield 2, row, f"o:{refs[row]}", False
        for part in _parts(origin):
            of_shop = part not in known and folded[part] in in_shop
            yield 2, row, f"o:{folded[part]}" if of_shop else f"s:{part}", False


def _payment_tokens(
    payments: pd.DataFrame, documents: pd.DataFrame, sales: pd.DataFrame, orders: pd.DataFrame
) -> Iterator[_Token]:
    extra = money.parsed(payments)
    invoices = set(documents["grp"]) - {""}
    named = [frame["ref"].tolist() for frame in (orders, sales, documents)]
    known = {ref for refs in named for ref in money.references(refs)} - {""}
    memos = money.references(payments["ref"].tolist())
    folded = _folded(payments["ref2"])
    columns = (payments[name].tolist() for name in ("ref", "ref2"))
    for row, (memo, others) in enumerate(zip(*columns, strict=True)):
        paid = extra[row].get("invoices", ())
        for number in paid:
            yield 3, row, f"i:{number}", False
        if paid:
            continue  # Odoo says itself what was paid
        name = f"i:{memo}" if memo in invoices else f"o:{memos[row]}" if memos[row] in known else ""
        yield 3, row, name, False
        for part in _parts(others):
            yield 3, row, f"o:{folded[part]}" if folded[part] in known else "", False


def _folded(column: pd.Series) -> dict[str, str]:
    """What each name between commas is as a reference of an order."""
    every = sorted({part for text in set(column) for part in _parts(text)})
    return dict(zip(every, money.references(every), strict=True))


def _parts(text: str) -> list[str]:
    """Names between commas."""
    return [part for piece in text.split(",") if (part := piece.strip())] if text else []


def names(found: Books) -> tuple[Texts, Texts]:
    """What each group is called, and what tells it from all others whatever else is loaded."""
    called = np.full(found.count, "", object)
    for frame, field in (
        (found.payments, "grp"),
        (found.documents, "grp"),
        (found.sales, "grp"),
        (found.orders, "ref"),
    ):
        code, values = frame["group"].to_numpy(np.int64), frame[field].to_numpy(object)
        first = money.first_text(code, values, values != "", found.count)
        called = np.where(first != "", first, called)
    folded = np.array(money.references(called.tolist()), object)
    keys = np.full(found.count, "", object)
    # two groups of one name would be one case
    own_key = (called == "") | pd.Series(folded).duplicated(keep=False).to_numpy()
    for frame in (found.payments, found.documents, found.sales, found.orders):
        code = frame["group"].to_numpy(np.int64)
        own = frame["key"].to_numpy(np.int64).astype(str).astype(object)
        first = money.first_text(code, own, own_key[code], found.count)
        keys = np.where(first != "", first, keys)
    return called, np.where(own_key, keys, folded)


def group_of(frame: pd.DataFrame) -> Ints:
    """The group of each record."""
    return frame["group"].to_numpy(np.int64)
