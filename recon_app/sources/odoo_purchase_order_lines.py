"""Lines of purchase orders exported from Odoo (``purchase.order.line``)."""

from __future__ import annotations

from recon_app.models.record import RecordType
from recon_app.sources._odoo import cells
from recon_app.sources._odoo_goods_fields import PURCHASE_ORDER_LINE, PURCHASE_STATES
from recon_app.sources._odoo_order_lines import OdooOrderLines


class OdooPurchaseOrderLines(OdooOrderLines):
    """One record per line; what was received may be more than what was ordered."""

    id = "odoo_purchase_order_lines"
    title = "Odoo purchase order lines"
    record_type = RecordType.PURCHASE_ORDER_LINE
    states = PURCHASE_STATES
    outward = True
    done_word = "received"
    names = PURCHASE_ORDER_LINE
    needs = (("order",), ("quantity", "total_quantity"))
    marks = cells(
        "Received Qty | Billed Qty | Total Quantity | Order Reference/Vendor Reference | Expected Arrival | "
        "qty_received | date_planned"
    )
    never = cells(
        "Delivery Quantity | Invoiced Quantity | Vendor Reference | Order Deadline | Untaxed Amount | "
        "qty_delivered | amount_total | amount_untaxed | Demand | product_packaging_id | Debit"
    )
    summed = ("quantity", "total_quantity", "done", "invoiced", "subtotal", "total")
