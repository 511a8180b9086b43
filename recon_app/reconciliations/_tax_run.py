"""The run over taxes: by rate and month on each side, and order by order between the sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.cases import Legs
from recon_app.engine.tax import half_up
from recon_app.engine.zones import last_day, month_name
from recon_app.models.case import Kind
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.panel import Panel
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._needed import needed
from recon_app.reconciliations._tax_months import Month, compare
from recon_app.reconciliations._tax_months import rows as rows_of
from recon_app.reconciliations._tax_orders import order_cases
from recon_app.reconciliations._tax_records import ALL, of_odoo, of_shop, percent, posted
from recon_app.reconciliations._tax_words import finding, percentage

_NAMED = 6


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Tax", 0, 2)
    result = Result(cases=money.case_table([]), legs=Legs.none(), support=Legs.none())
    orders, remarks = money.orders_once(inputs.frames)
    documents = posted(inputs)
    result.remarks += remarks + needed(
        inputs.frames, "the taxes of both sides are", RecordType.ORDER, RecordType.INVOICE
    )
    items = inputs.frames[RecordType.JOURNAL_ITEM]
    by_rate, whole = of_odoo(documents, items)
    sides = (of_shop(orders), by_rate, whole)
    rows = [row for taxed in sides for row in rows_of(taxed)]
    compare(rows)
    progress("Tax", 1, 2)
    tables = [_rate_cases(rows, result), order_cases(orders, documents, result, len(rows))]
    if len(documents) and not len(by_rate.tax):
        result.remarks.append(
            "No journal item shows a tax, so Odoo's taxes are told for all rates together; export journal "
            "items with the columns Taxes and Originator Tax."
        )
    result.cases = pd.concat(tables, ignore_index=True)
    result.panels = list(_panels(rows))
    return result


_KINDS = {"rate_appeared": Kind.FIELD, "rate_gone": Kind.FIELD}


def _rate_cases(rows: list[Month], result: Result) -> pd.DataFrame:
    """One case per side, currency, rate and month."""
    rows.sort(key=lambda row: (row.currency, row.side, row.rate != ALL, row.rate, row.month))
    for number, row in enumerate(rows):
        result.notes[number] = _note(row)
    kind = [str(_KINDS.get(row.code, Kind.AMOUNT) if row.code else Kind.MATCHED) for row in rows]
    shop = np.array(
        [row.tax if row.side == Side.SHOP and row.rate == ALL else NO_INT for row in rows], np.int64
    )
    odoo = np.array(
        [row.tax if row.side == Side.ODOO and row.rate == ALL else NO_INT for row in rows], np.int64
    )
    return money.case_table(
        [f"tax {row.side} {row.currency} {row.rate} {month_name(row.month)}" for row in rows],
        kind=np.array(kind, object),
        cause=np.array([row.code for row in rows], object),
        rule="rate_and_month",
        grp=np.array([f"{_WORDS[row.side]}, {row.rate}" for row in rows], object),
        day=np.array([last_day(row.month) for row in rows], np.int64),
        delta=np.array([row.delta for row in rows], np.int64),
        currency=np.array([row.currency for row in rows], object),
        sum_shop=shop,
        sum_odoo=odoo,
    )


_WORDS = {Side.SHOP: "Shop", Side.ODOO: "Odoo"}


def _note(row: Month) -> dict[str, Any]:
    share = percent(row.rate)
    before = row.before
    return {
        "side": _WORDS[row.side],
        "rate": row.rate,
        "month": month_name(row.month),
        "tax": row.tax,
        "single": row.single,
        "base": row.base,
        "records": row.records,
        "counted": row.counted,
        "expected": half_up(share * row.base) if share is not None and row.counted else None,
        "before": None
        if before is None
        else {"tax": before.tax, "single": before.single, "base": before.base},
        "named": row.names[:_NAMED],
    }


_COLUMNS = (
    Column("month", "Month", role=Role.KEY, width=9),
    Column("rate", "Rate", role=Role.KEY, width=14),
    Column("records", "Records", ColumnType.NUMBER, width=9),
    Column("base", "Taxed", ColumnType.MONEY, width=13),
    Column("tax", "Tax", ColumnType.MONEY, Role.COMPARED, width=12),
    Column("ratio", "Tax / taxed", role=Role.COMPARED, width=11),
    Column("currency", "Cur.", width=5),
    Column("finding", "What changed", width=44),
)


def _panels(rows: list[Month]) -> Iterator[Panel]:
    """A table per side and currency, month by month."""
    for side in (Side.SHOP, Side.ODOO):
        for currency in sorted({row.currency for row in rows if row.side == side}):
            mine = [row for row in rows if row.side == side and row.currency == currency]
            mine.sort(key=lambda row: (row.month, row.rate != ALL, row.rate))
            yield Panel(
                f"Tax by rate and month, {_WORDS[side]}, {currency}",
                _COLUMNS,
                tuple(map(_line, mine)),
                tuple(place for place, row in enumerate(mine) if row.rate == ALL),
                "A ratio that jumps from one month to the next shows a tax that is missing or counted twice.",
            )


def _line(row: Month) -> Mapping[str, int | str]:
    ratio = row.ratio
    shown: dict[str, int | str] = {
        "month": month_name(row.month),
        "rate": row.rate,
        "records": row.records,
        "tax": row.tax,
        "currency": row.currency,
        "ratio": percentage(ratio) if ratio is not None else "",
        "finding": finding(row.code) if row.code else "",
    }
    return shown | ({"base": row.base} if row.counted else {})
