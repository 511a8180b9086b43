"""Stock: what Shopify can sell, what Odoo has, what was counted, by product and place."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.case import BridgeLine
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import Side
from recon_app.reconciliations import _asks, _stock_words
from recon_app.reconciliations._base import Facts, Inputs, Progress, Reconciliation, Result
from recon_app.reconciliations._stock_reads import READS


class Stock(Reconciliation):
    """One case per SKU and Shopify location, and one per counted SKU, place and lot.

    The difference is Shopify less Odoo, and counted less Odoo: Odoo is always the left pane.
    """

    id = "stock"
    title = "Stock"
    reads: ClassVar = READS
    pairs: ClassVar = ((Side.ODOO, Side.SHOP), (Side.ODOO, Side.COUNT))
    apart: ClassVar = True
    asks: ClassVar = _asks.OF_STOCK
    columns: ClassVar = {
        Side.SHOP: (
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("text", "Product", width=24),
            Column("location", "Location", role=Role.KEY, width=18),
            Column("quantity", "On hand", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("reserved", "Committed", ColumnType.QUANTITY, width=9),
            Column("available", "Available", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("incoming", "Incoming", ColumnType.QUANTITY, width=9, shown=False),
            Column("ref2", "Variant", width=14, shown=False),
            Column("lot", "Lot", width=12, shown=False),
            Column("barcode", "Barcode", width=14, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.ODOO: (
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("text", "Product", width=24),
            Column("location", "Location", role=Role.KEY, width=18),
            Column("lot", "Lot", width=12),
            Column("quantity", "On hand", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("reserved", "Reserved", ColumnType.QUANTITY, width=9),
            Column("available", "Available", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("unit", "Unit", width=8),
            Column("grp", "Package / owner", width=16, shown=False),
            Column("amount", "Value", ColumnType.MONEY, width=11, shown=False),
            Column("currency", "Cur.", width=5, shown=False),
            Column("barcode", "Barcode", width=14, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.COUNT: (
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("text", "Product", width=24),
            Column("location", "Location", role=Role.KEY, width=18),
            Column("lot", "Lot", role=Role.KEY, width=12),
            Column("counted", "Counted", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("unit", "Unit", width=8),
            Column("day", "Counted at", ColumnType.DATE, width=10),
            Column("account", "By", width=14),
            Column("grp", "Sheet", width=10, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
    }
    words: ClassVar = _stock_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Compare the figures of each product at each place and bridge what differs."""
        from recon_app.reconciliations._stock_run import reconcile

        return reconcile(inputs, progress)

    def bridge(self, facts: Facts) -> tuple[BridgeLine, ...]:
        """Lead from Odoo's figure to Shopify's, or from what Odoo has to what was counted."""
        return _stock_words.bridge(facts)
