"""Lines of sale orders exported from Odoo (``sale.order.line``)."""

from __future__ import annotations

from recon_app.models.record import RecordType
from recon_app.sources._odoo import cells
from recon_app.sources._odoo_fields import ORDER_STATES
from recon_app.sources._odoo_goods_fields import SALE_ORDER_LINE
from recon_app.sources._odoo_order_lines import OdooOrderLines


class OdooSaleOrderLines(OdooOrderLines):
    """One record per line; the delivered quantity of a kit counts kits."""

    id = "odoo_sale_order_lines"
    title = "Odoo sale order lines"
    record_type = RecordType.SALE_ORDER_LINE
    states = ORDER_STATES
    outward = False
    done_word = "delivered"
    names = SALE_ORDER_LINE
    needs = (("order",), ("quantity",))
    marks = cells(
        "Delivery Quantity | Invoiced Quantity | Quantity To Invoice | Order Reference/Customer Reference | "
        "Order Status | qty_delivered | qty_to_invoice | is_delivery"
    )
    never = cells(
        "Received Qty | Billed Qty | Total Quantity | Order Date | Untaxed Amount | qty_received | "
        "product_qty | amount_total | amount_untaxed | Demand | Debit"
    )
    summed = ("quantity", "done", "invoiced", "subtotal", "total")
