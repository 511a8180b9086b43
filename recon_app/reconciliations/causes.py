"""Causes: why stock differs, told together with the money of the orders behind it.

One case is one difference of stock, of a count, or a chargeback whose goods are gone, for which records of
orders, returns, receipts or transfers give an exact explanation. Causes are ranked from certain to weak; two
that explain a difference equally well are both named and none is chosen.
"""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _asks, _causes_words
from recon_app.reconciliations._base import Inputs, Progress, Reconciliation, Result
from recon_app.reconciliations._stock_reads import READS

_MONEY = ("ref", "category", "status", "day", "amount", "currency", "ident")
_FILE = Column("file", "File and row", width=24, shown=False)


class Causes(Reconciliation):
    """Differences of stock with their causes; the difference is Shopify less Odoo, or counted less Odoo."""

    id = "causes"
    title = "Causes"
    reads: ClassVar = {
        **READS,
        RecordType.ORDER: (*READS[RecordType.ORDER], "status"),
        RecordType.PAYMENT_LINE: _MONEY,
        RecordType.SHOP_TRANSACTION: _MONEY,
        RecordType.ODOO_PAYMENT: _MONEY,
        RecordType.INVOICE: (*_MONEY, "ref2"),
        RecordType.PURCHASE_ORDER_LINE: ("sku", "grp", "done", "invoiced"),
        RecordType.BILL: ("ref2",),
        RecordType.STOCK_MOVE: (*READS[RecordType.STOCK_MOVE], "day"),
    }
    pairs: ClassVar = ((Side.ODOO, Side.SHOP), (Side.ODOO, Side.COUNT), (Side.ODOO, Side.PLATFORM))
    apart: ClassVar = True
    asks: ClassVar = _asks.OF_STOCK
    columns: ClassVar = {
        Side.SHOP: (
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("text", "Product", width=24),
            Column("location", "Location", role=Role.KEY, width=14),
            Column("quantity", "On hand", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("reserved", "Committed", ColumnType.QUANTITY, width=9),
            Column("available", "Available", ColumnType.QUANTITY, Role.COMPARED, width=9),
            _FILE,
        ),
        Side.PLATFORM: (
            Column("ref", "Order", role=Role.KEY, width=10),
            Column("category", "Type", width=12),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("currency", "Cur.", width=5),
            _FILE,
        ),
        Side.ODOO: (
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("location", "Location", role=Role.KEY, width=14),
            Column("quantity", "On hand", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("reserved", "Reserved", ColumnType.QUANTITY, width=9),
            Column("available", "Available", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("unit", "Unit", width=8),
            _FILE,
        ),
        Side.COUNT: (
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("location", "Location", role=Role.KEY, width=14),
            Column("counted", "Counted", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("account", "By", width=12),
            _FILE,
        ),
    }
    words: ClassVar = _causes_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Explain the differences of stock by what became of orders, receipts and transfers."""
        from recon_app.reconciliations._causes_run import reconcile

        return reconcile(inputs, progress)
