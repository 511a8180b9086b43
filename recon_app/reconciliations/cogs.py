"""Costs of deliveries: whether what was delivered has a cost, and an entry in the books."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _asks, _cogs_words
from recon_app.reconciliations._base import Inputs, Progress, Reconciliation, Result


class Cogs(Reconciliation):
    """One case per delivery and product, one per product without a cost: the inputs of the cost of sales.

    Only what the files show is said: a product without a cost, a delivery that no entry names while others
    have one. The value is that of today's cost.
    """

    id = "cogs"
    title = "Costs of deliveries"
    reads: ClassVar = {
        RecordType.STOCK_MOVE: (
            *(
                "sku",
                "ref",
                "ref2",
                "grp",
                "status",
                "day",
                "location",
                "location_to",
                "unit",
                "done",
                "source",
            ),
        ),
        RecordType.ODOO_PRODUCT: ("sku", "ref2", "unit", "extra"),
        RecordType.JOURNAL_ITEM: ("grp", "ref", "text", "status", "day", "amount", "currency"),
    }
    pairs: ClassVar = ((Side.GOODS, Side.ODOO),)
    titles: ClassVar = {Side.GOODS: "Delivered", Side.ODOO: "Booked"}
    absent: ClassVar = {Side.GOODS: "Not delivered", Side.ODOO: "No entry"}
    asks: ClassVar = (_asks.UNIT,)
    columns: ClassVar = {
        Side.GOODS: (
            Column("grp", "Delivery", role=Role.KEY, width=18),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("ref", "Source", role=Role.KEY, width=14),
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("done", "Delivered", ColumnType.QUANTITY, width=10),
            Column("unit", "Unit", width=8, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.ODOO: (
            Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("grp", "Entry", role=Role.KEY, width=18),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("text", "Label", width=24),
            Column("file", "File and row", width=24, shown=False),
        ),
    }
    words: ClassVar = _cogs_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Look for the cost and the entry of each delivery."""
        from recon_app.reconciliations._cogs_run import reconcile

        return reconcile(inputs, progress)
