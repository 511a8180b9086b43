"""Which order a payment to a customer is of, through the credit note that it pays.

Odoo writes the number or the reference of the credit note into such a payment (``RINV/2026/00004``,
``Reversal of: INV/2026/00017, damaged``). The order stands on the invoice that is reversed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from recon_app.models.record import NO_INT, Category
from recon_app.reconciliations._goods_cases import Texts
from recon_app.reconciliations._money_cases import parsed

_REVERSAL = re.compile(r"(?:Reversal of:?|Storno von:?|Extourne de\s?:?)\s*([^,]+)", re.IGNORECASE)


def reversed_number(text: str) -> str:
    """The number of the invoice that the reference of a credit note says it reverses, "" for none."""
    found = _REVERSAL.search(text)
    return found[1].strip() if found else ""


def with_orders(payments: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Payments to customers with the order in ``ref2`` where they name a credit note and no order.

    Args:
        payments: Payments of Odoo; with ``extra``, what they are reconciled with counts too.
        documents: Invoices and credit notes of Odoo.
    """
    amount, named = payments["amount"].to_numpy(np.int64), (payments["ref2"] != "").to_numpy(bool)
    rows = np.flatnonzero((amount < 0) & (amount != NO_INT) & ~named)
    if not len(rows) or not len(documents):
        return payments
    mine = payments.iloc[rows]
    order = _orders(mine, _invoices(documents), _notes(documents))
    if not any(order):
        return payments
    ref2 = payments["ref2"].to_numpy(object).copy()
    ref2[rows] = order
    return payments.assign(ref2=ref2)


def _orders(payments: pd.DataFrame, invoices: Mapping[str, str], notes: Mapping[str, str]) -> Texts:
    """The order of each payment, "" where nothing or more than one is told."""
    memos = payments["ref"].tolist()
    paid = (
        [each.get("invoices", ()) for each in parsed(payments)] if "extra" in payments else [()] * len(memos)
    )
    found = []
    for memo, numbers in zip(memos, paid, strict=True):
        told = {notes.get(number, "") for number in numbers or (memo,)}
        (order,) = told if len(told) == 1 else ("",)
        found.append(order or invoices.get(reversed_number(memo), ""))
    return np.array(found, object)


def _invoices(documents: pd.DataFrame) -> dict[str, str]:
    """What each invoice says is its order; a number that stands for several orders says nothing."""
    mine = documents[(documents["category"] == str(Category.INVOICE)).to_numpy(bool)]
    return _agreed(mine["grp"].tolist(), mine["ref"].tolist())


def _notes(documents: pd.DataFrame) -> dict[str, str]:
    """The order of the invoice that each credit note reverses."""
    mine = documents[(documents["category"] == str(Category.CREDIT_NOTE)).to_numpy(bool)]
    invoices, extra = _invoices(documents), parsed(mine)
    orders = [
        str(each.get("reversal_ref") or "")
        or invoices.get(str(each.get("reversal_of") or "") or reversed_number(ref), "")
        for ref, each in zip(mine["ref"].tolist(), extra, strict=True)
    ]
    return _agreed(mine["grp"].tolist(), orders)


def _agreed(numbers: list[str], orders: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, order in zip(numbers, orders, strict=True):
        if number and order:
            found[number] = order if found.get(number, order) == order else ""
    return found
