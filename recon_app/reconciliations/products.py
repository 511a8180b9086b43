"""Products: whether the codes that every other comparison stands on are sound on both sides."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.ask import one_of
from recon_app.models.column import Column, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _asks, _products_words
from recon_app.reconciliations._base import Inputs, Progress, Reconciliation, Result
from recon_app.reconciliations._products_policy import FINDINGS, WORD

_ITEM = ("sku", "barcode", "grp", "ref2", "text", "status")

_CHECK = one_of(
    WORD, "product_check.barcode_differs=warn", "block", "warn", "off", "-", about="|".join(FINDINGS)
)


class Products(Reconciliation):
    """One case per finding, and one per product that is the same on both sides and that nothing blocks.

    A product with several findings stands in several cases. Findings that the policy calls warnings have the
    kind ``tolerance``: they are true and shown, and need nobody's work.
    """

    id = "products"
    title = "Product data"
    reads: ClassVar = {
        RecordType.SHOP_PRODUCT: (*_ITEM, "extra", "source"),
        RecordType.INVENTORY_LEVEL: ("sku", "grp", "ref2", "text"),
        RecordType.ORDER_LINE: ("sku", "text"),
        RecordType.ODOO_PRODUCT: (*_ITEM, "unit", "extra"),
        RecordType.STOCK_QUANT: ("sku", "barcode", "ref2", "text", "unit", "quantity"),
        RecordType.KIT_COMPONENT: ("sku", "ref2", "grp", "status"),
    }
    pairs: ClassVar = ((Side.ODOO, Side.SHOP),)
    asks: ClassVar = (_CHECK, _asks.UNIT)
    columns: ClassVar = {
        Side.SHOP: (
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("text", "Product", role=Role.COMPARED, width=26),
            Column("ref2", "Variant", role=Role.COMPARED, width=16),
            Column("barcode", "Barcode", role=Role.COMPARED, width=15),
            Column("status", "Status", role=Role.COMPARED, width=10),
            Column("grp", "Handle", width=18, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.ODOO: (
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("text", "Product", role=Role.COMPARED, width=26),
            Column("barcode", "Barcode", role=Role.COMPARED, width=15),
            Column("status", "Status", role=Role.COMPARED, width=10),
            Column("unit", "Unit", width=8),
            Column("file", "File and row", width=24, shown=False),
        ),
    }
    words: ClassVar = _products_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Find what is wrong with the codes, barcodes and units of products."""
        from recon_app.reconciliations._products_run import reconcile

        return reconcile(inputs, progress)
