"""Fulfilment: what the shop says was sent, what Odoo delivered, and the tracking number of both."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.ask import one_of
from recon_app.models.case import BridgeLine
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _asks, _fulfilment_words
from recon_app.reconciliations._base import Facts, Inputs, Progress, Reconciliation, Result

_TRACKING = one_of("tracking", "tracking.Odoo=yes", "yes", "no", about="Shopify|Odoo")


class Fulfilment(Reconciliation):
    """One case per order and product: ordered, fulfilled in the shop, delivered in Odoo.

    The difference is delivered less fulfilled. Tracking numbers belong to whole orders and are told once for
    each. What both sides have not sent is timing, grouped by how old the order is.
    """

    id = "fulfilment"
    title = "Fulfilment"
    reads: ClassVar = {
        RecordType.ORDER: (
            *("ident", "ref", "ref2", "grp", "account", "status", "day", "at", "amount", "currency", "open"),
            *("refunded", "extra", "source"),
        ),
        RecordType.ORDER_LINE: (
            *("ref", "grp", "sku", "day", "status", "quantity", "unit", "amount", "text", "extra", "source"),
        ),
        RecordType.FULFILMENT: (
            *("ident", "ref", "ref2", "grp", "sku", "day", "status", "quantity", "unit", "source"),
        ),
        RecordType.REFUND: ("ref", "grp", "sku", "day", "status", "quantity", "unit", "source"),
        RecordType.SALE_ORDER: ("ref", "ref2", "grp", "status", "day", "at", "amount", "currency", "extra"),
        RecordType.SALE_ORDER_LINE: (
            *("ref", "ref2", "grp", "sku", "status", "quantity", "done", "invoiced", "unit", "amount"),
            *("currency", "text", "extra", "source"),
        ),
        RecordType.TRANSFER: ("ref", "ref2", "grp", "status", "day", "location", "location_to"),
        RecordType.STOCK_MOVE: (
            *("sku", "ref", "ref2", "grp", "status", "day", "location", "location_to", "unit", "quantity"),
            *("done", "extra", "source"),
        ),
        RecordType.KIT_COMPONENT: ("sku", "ref2", "grp", "status", "quantity", "unit", "extra"),
    }
    pairs: ClassVar = ((Side.SHOP, Side.ODOO),)
    asks: ClassVar = (_TRACKING, _asks.ORDER_LINE, _asks.UNIT, _asks.EXPORTED_AT)
    columns: ClassVar = {
        Side.SHOP: (
            Column("ref", "Order", role=Role.KEY, width=12),
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("text", "Product", width=24),
            Column("quantity", "Ordered", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("status", "Fulfilment", width=12),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("ref2", "Tracking", width=16, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.ODOO: (
            Column("grp", "Sale order", role=Role.KEY, width=12),
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("quantity", "Ordered", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("done", "Delivered", ColumnType.QUANTITY, Role.COMPARED, width=9),
            Column("invoiced", "Invoiced", ColumnType.QUANTITY, width=9),
            Column("unit", "Unit", width=8),
            Column("status", "Status", width=10),
            Column("ref", "Customer reference", width=14, shown=False),
            Column("ref2", "Tracking", width=16, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
    }
    words: ClassVar = _fulfilment_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Compare what was sent with what was delivered."""
        from recon_app.reconciliations._fulfilment_run import reconcile

        return reconcile(inputs, progress)

    def bridge(self, facts: Facts) -> tuple[BridgeLine, ...]:
        """Lead from what was sent to what was delivered."""
        return _fulfilment_words.bridge(facts)
