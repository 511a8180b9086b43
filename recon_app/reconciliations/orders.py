"""Orders: each order of the shop is in Odoo once, with the same lines, amounts and tax."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.ask import one_of
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _asks, _orders_words
from recon_app.reconciliations._base import Inputs, Progress, Reconciliation, Result

_STATUS = one_of(
    "order_status",
    "order_status.Shopify=paid",
    *("pending", "authorized", "partially_paid", "paid", "partially_refunded", "refunded"),
    about="Shopify",
)


class Orders(Reconciliation):
    """One case per order: the shop's order, and the sale orders that name it.

    Which financial status an order must have before it has to be in Odoo is an answer, as is what a line of
    a sale order stands for that is no product of the shop. The difference is Odoo less shop.
    """

    id = "orders"
    title = "Orders"
    reads: ClassVar = {
        RecordType.ORDER: (
            *("ident", "ref", "ref2", "grp", "account", "status", "day", "at", "amount", "currency", "open"),
            *("refunded", "extra", "source"),
        ),
        RecordType.ORDER_LINE: (
            *("ref", "grp", "sku", "day", "quantity", "unit", "amount", "text", "extra", "source"),
        ),
        RecordType.REFUND: ("ref", "sku", "day", "status", "quantity", "unit", "source"),
        RecordType.SALE_ORDER: ("ref", "ref2", "grp", "status", "day", "at", "amount", "currency", "extra"),
        RecordType.SALE_ORDER_LINE: (
            *(
                "ref",
                "ref2",
                "grp",
                "sku",
                "status",
                "quantity",
                "done",
                "unit",
                "amount",
                "currency",
                "text",
            ),
            *("extra", "source"),
        ),
        RecordType.INVOICE: ("category", "ref", "ref2", "grp", "status"),
        RecordType.TRANSFER: ("ref", "grp", "status"),
        RecordType.KIT_COMPONENT: ("sku", "ref2", "grp", "status", "quantity", "unit", "extra"),
    }
    pairs: ClassVar = ((Side.SHOP, Side.ODOO),)
    asks: ClassVar = (_STATUS, _asks.ORDER_LINE, _asks.UNIT, _asks.EXPORTED_AT)
    columns: ClassVar = {
        Side.SHOP: (
            Column("ref", "Order", role=Role.KEY, width=12),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("status", "Payment", width=14),
            Column("amount", "Total", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("currency", "Cur.", role=Role.COMPARED, width=5, shown=False),
            Column("open", "Open", ColumnType.MONEY, width=9),
            Column("refunded", "Refunded", ColumnType.MONEY, width=9),
            Column("account", "Gateway", width=16, shown=False),
            Column("sku", "SKU", width=16, shown=False),
            Column("quantity", "Quantity", ColumnType.QUANTITY, width=9, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.ODOO: (
            Column("ref", "Customer reference", role=Role.KEY, width=14),
            Column("grp", "Sale order", role=Role.KEY, width=12),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("status", "Status", width=10),
            Column("amount", "Total", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("currency", "Cur.", role=Role.COMPARED, width=5, shown=False),
            Column("ref2", "Source", width=14, shown=False),
            Column("sku", "SKU", width=16, shown=False),
            Column("quantity", "Quantity", ColumnType.QUANTITY, width=9, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
    }
    words: ClassVar = _orders_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Compare the orders of both sides."""
        from recon_app.reconciliations._orders_run import reconcile

        return reconcile(inputs, progress)
