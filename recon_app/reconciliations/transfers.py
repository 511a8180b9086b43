"""Transfers: goods that were sent to another warehouse through a transit location, and their arrival."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.ask import one_of
from recon_app.models.case import BridgeLine
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _asks, _transfers_words
from recon_app.reconciliations._base import Facts, Inputs, Progress, Reconciliation, Result

_TRANSIT = one_of("transit", "transit.WH/Transit=yes", "yes", "no")


class Transfers(Reconciliation):
    """One case per transfer and product: its leg into transit and its leg out of it (STK-06).

    Both panes are Odoo's: what was sent at the left, what was received at the right. The difference is
    received less sent, so what is in transit is negative; cases are grouped by how long it is. Up to seven
    days are timing.
    """

    id = "transfers"
    title = "Transfers"
    reads: ClassVar = {
        RecordType.STOCK_MOVE: (
            *("sku", "ref", "ref2", "grp", "status", "day", "location", "location_to", "unit"),
            *("quantity", "done", "source"),
        ),
    }
    pairs: ClassVar = ((Side.ODOO, Side.GOODS),)
    titles: ClassVar = {Side.ODOO: "Sent", Side.GOODS: "Received"}
    absent: ClassVar = {Side.ODOO: "Not sent", Side.GOODS: "Not received"}
    asks: ClassVar = (_TRANSIT, _asks.UNIT, _asks.EXPORTED_AT)
    columns: ClassVar = {
        Side.ODOO: (
            Column("grp", "Transfer", role=Role.KEY, width=14),
            Column("ref", "Source", role=Role.KEY, width=14),
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("location", "From", width=16),
            Column("location_to", "By", width=20, shown=False),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("quantity", "Planned", ColumnType.QUANTITY, width=9, shown=False),
            Column("done", "Sent", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("unit", "Unit", width=8),
            Column("status", "Status", width=10, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.GOODS: (
            Column("done", "Received", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("quantity", "Planned", ColumnType.QUANTITY, width=9),
            Column("grp", "Transfer", role=Role.KEY, width=14),
            Column("location_to", "To", width=16),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("status", "Status", width=10),
            Column("ref", "Source", role=Role.KEY, width=14, shown=False),
            Column("sku", "SKU", role=Role.KEY, width=16, shown=False),
            Column("unit", "Unit", width=8),
            Column("file", "File and row", width=24, shown=False),
        ),
    }
    words: ClassVar = _transfers_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Compare what was sent with what was received."""
        from recon_app.reconciliations._transfers_run import reconcile

        return reconcile(inputs, progress)

    def bridge(self, facts: Facts) -> tuple[BridgeLine, ...]:
        """Lead from what was sent to what was received."""
        return _transfers_words.bridge(facts)
