"""Lines of purchase orders that stand below their orders in an export of the orders (``purchase.order``)."""

from __future__ import annotations

from recon_app.models.record import RecordType
from recon_app.sources._base import Batch, Reading
from recon_app.sources._goods import Sums
from recon_app.sources._odoo import cells
from recon_app.sources._odoo_goods import negated
from recon_app.sources._odoo_goods_fields import PURCHASE_ORDER_STACKED, PURCHASE_STATES
from recon_app.sources._odoo_stacked import Lines, OdooStacked, ordered


class OdooPurchaseOrderStackedLines(OdooStacked):
    """One record per line; its amount is negative, for the money goes to the vendor."""

    id = "odoo_purchase_order_stacked_lines"
    title = "Lines in Odoo purchase orders"
    record_type = RecordType.PURCHASE_ORDER_LINE
    beside = "odoo_purchase_orders"
    key = ("grp", "sku", "ref2")
    progress = ("barcode", "ref", "status", "due", "amount", "quantity", "done", "invoiced", "unit", "text")
    names = PURCHASE_ORDER_STACKED
    never = cells(
        "Customer | Customer Reference | Order Date | Delivery Status | Order Lines/Delivery Quantity | "
        "client_order_ref | order_line/qty_delivered | order_line/product_uom_qty"
    )
    marks = cells("Order Lines/Product | Order Lines/Product/Internal Reference | order_line/product_id")

    def convert(self, lines: Lines, reading: Reading, sums: Sums) -> Batch:
        """Turn some lines into normalised fields."""
        part = lines.part
        currencies = part.currencies("currency", "company_currency")
        amounts = negated(lines.money("line_subtotal", currencies))
        if part.has("line_subtotal"):
            reading.total("amount", lines.carried(currencies), amounts)
        return {
            **ordered(lines, currencies, sums, "received"),
            "ref": lines.carried(part.text("vendor_ref")),
            "status": lines.carried(part.keys(PURCHASE_STATES, "state")),
            "due": lines.carried_ints(part.moments("planned")[0]),
            "amount": amounts,
        }
