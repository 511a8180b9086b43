"""Receipts: what was ordered from vendors, what arrived, what was billed."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.case import BridgeLine
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _asks, _receipts_words
from recon_app.reconciliations._base import Facts, Inputs, Progress, Reconciliation, Result

_GOODS = ("sku", "ref", "ref2", "grp", "status", "unit", "quantity", "done", "source")


class Receipts(Reconciliation):
    """One case per purchase order and product; several lines of one product are one case.

    Both panes are Odoo's: order lines at the left, moves at the right. The difference is arrived less
    ordered; where bills are in question, billed less arrived. What Odoo only plans to receive never counts
    as arrived, for it is filled in from the order.
    """

    id = "receipts"
    title = "Receipts"
    reads: ClassVar = {
        RecordType.PURCHASE_ORDER_LINE: (*_GOODS, "invoiced", "due", "amount", "currency"),
        RecordType.STOCK_MOVE: (*_GOODS, "location", "location_to", "day"),
    }
    pairs: ClassVar = ((Side.ODOO, Side.GOODS),)
    titles: ClassVar = {Side.ODOO: "Ordered", Side.GOODS: "Arrived"}
    absent: ClassVar = {Side.ODOO: "Not ordered", Side.GOODS: "Nothing arrived"}
    asks: ClassVar = (_asks.UNIT, _asks.EXPORTED_AT)
    columns: ClassVar = {
        Side.ODOO: (
            Column("grp", "Order", role=Role.KEY, width=12),
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("text", "Product", width=24),
            Column("due", "Expected", ColumnType.DATE, width=10),
            Column("invoiced", "Billed", ColumnType.QUANTITY, width=9),
            Column("quantity", "Ordered", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("done", "Arrived by the line", ColumnType.QUANTITY, width=9, shown=False),
            Column("unit", "Unit", width=8),
            Column("status", "Status", width=10, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.GOODS: (
            Column("done", "Arrived", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("quantity", "Planned", ColumnType.QUANTITY, width=9),
            Column("grp", "Receipt", role=Role.KEY, width=14),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("status", "Status", width=10),
            Column("sku", "SKU", role=Role.KEY, width=16, shown=False),
            Column("unit", "Unit", width=8),
            Column("file", "File and row", width=24, shown=False),
        ),
    }
    words: ClassVar = _receipts_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Compare what was ordered with what arrived and what was billed."""
        from recon_app.reconciliations._receipts_run import reconcile

        return reconcile(inputs, progress)

    def bridge(self, facts: Facts) -> tuple[BridgeLine, ...]:
        """Lead from what was ordered to what arrived."""
        return _receipts_words.bridge(facts)
