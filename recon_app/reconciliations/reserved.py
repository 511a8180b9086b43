"""Reservations: what the stock of Odoo holds reserved against its open move lines."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.case import BridgeLine
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _asks, _reserved_words
from recon_app.reconciliations._base import Facts, Inputs, Progress, Reconciliation, Result

_PLACE = ("sku", "ref2", "location", "lot", "unit", "reserved")


class Reserved(Reconciliation):
    """One case per product, location and lot with a reservation (STK-07).

    Both panes are Odoo's: open move lines at the left, quants at the right. The difference is what quants
    hold reserved less what open move lines reserve: what is too much is reserved for nothing.
    """

    id = "reserved"
    title = "Reservations"
    reads: ClassVar = {
        RecordType.STOCK_QUANT: (*_PLACE, "quantity", "amount", "currency"),
        RecordType.STOCK_MOVE_LINE: (*_PLACE, "status"),
    }
    pairs: ClassVar = ((Side.ODOO, Side.GOODS),)
    titles: ClassVar = {Side.ODOO: "Open transfers", Side.GOODS: "Stock"}
    absent: ClassVar = {Side.ODOO: "In no open transfer", Side.GOODS: "Not in stock"}
    asks: ClassVar = (_asks.UNIT,)
    columns: ClassVar = {
        Side.ODOO: (
            Column("grp", "Transfer", role=Role.KEY, width=14),
            Column("status", "Status", width=10),
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("location", "Location", role=Role.KEY, width=16, shown=False),
            Column("lot", "Lot", role=Role.KEY, width=12, shown=False),
            Column("reserved", "Promised", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("unit", "Unit", width=8),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.GOODS: (
            Column("reserved", "Reserved", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("quantity", "On hand", ColumnType.QUANTITY, width=9),
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("text", "Product", width=22),
            Column("location", "Location", role=Role.KEY, width=16),
            Column("lot", "Lot", role=Role.KEY, width=12),
            Column("unit", "Unit", width=8),
            Column("grp", "Package", width=14, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
    }
    words: ClassVar = _reserved_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Compare what is reserved with what is promised."""
        from recon_app.reconciliations._reserved_run import reconcile

        return reconcile(inputs, progress)

    def bridge(self, facts: Facts) -> tuple[BridgeLine, ...]:
        """Lead from the open move lines to what is reserved."""
        return _reserved_words.bridge(facts)
