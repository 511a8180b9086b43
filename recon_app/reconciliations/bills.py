"""Bills: what was ordered from vendors, what arrived and what was billed, in money."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _asks, _bills_words
from recon_app.reconciliations._base import Inputs, Progress, Reconciliation, Result


class Bills(Reconciliation):
    """One case per purchase order with its bills, or per orders of one bill.

    The receipts compare quantities line by line; here is what they are worth. The difference is what was
    billed less what it should be, without tax.
    """

    id = "bills"
    title = "Bills"
    reads: ClassVar = {
        RecordType.PURCHASE_ORDER: ("grp", "status", "day", "amount", "currency"),
        RecordType.PURCHASE_ORDER_LINE: (
            *("sku", "ref2", "grp", "status", "due", "amount", "currency", "unit"),
            *("quantity", "done", "invoiced", "extra", "source"),
        ),
        RecordType.BILL: (
            *(
                "category",
                "ref",
                "ref2",
                "grp",
                "status",
                "day",
                "due",
                "amount",
                "currency",
                "open",
                "extra",
            ),
        ),
    }
    pairs: ClassVar = ((Side.GOODS, Side.ODOO),)
    titles: ClassVar = {Side.GOODS: "Ordered and received", Side.ODOO: "Billed"}
    absent: ClassVar = {Side.GOODS: "Not ordered", Side.ODOO: "Not billed"}
    asks: ClassVar = (_asks.EXPORTED_AT,)
    columns: ClassVar = {
        Side.GOODS: (
            Column("grp", "Order", role=Role.KEY, width=12),
            Column("sku", "SKU", width=16),
            Column("quantity", "Ordered", ColumnType.QUANTITY, width=9),
            Column("done", "Received", ColumnType.QUANTITY, width=9),
            Column("invoiced", "Billed", ColumnType.QUANTITY, width=9),
            Column("amount", "Price", ColumnType.MONEY, Role.COMPARED, width=12),
            Column("due", "Expected", ColumnType.DATE, width=10, shown=False),
            Column("status", "Status", width=14, shown=False),
            Column("currency", "Cur.", role=Role.COMPARED, width=5, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.ODOO: (
            Column("amount", "With tax", ColumnType.MONEY, Role.COMPARED, width=12),
            Column("grp", "Bill", role=Role.KEY, width=18),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("ref", "Vendor's ref", width=12),
            Column("open", "To pay", ColumnType.MONEY, width=12),
            Column("status", "Status", width=14),
            Column("currency", "Cur.", role=Role.COMPARED, width=5, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
    }
    words: ClassVar = _bills_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Compare bills with what was ordered and what arrived."""
        from recon_app.reconciliations._bills_run import reconcile

        return reconcile(inputs, progress)
