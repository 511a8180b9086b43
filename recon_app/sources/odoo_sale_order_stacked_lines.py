"""Lines of sale orders that stand below their orders in an export of the orders (``sale.order``)."""

from __future__ import annotations

from recon_app.models.record import RecordType
from recon_app.sources._base import Batch, Reading
from recon_app.sources._extra import json_objects
from recon_app.sources._goods import Sums
from recon_app.sources._odoo import cells
from recon_app.sources._odoo_fields import ORDER_STATES
from recon_app.sources._odoo_goods_fields import SALE_ORDER_STACKED
from recon_app.sources._odoo_stacked import Lines, OdooStacked, ordered


class OdooSaleOrderStackedLines(OdooStacked):
    """One record per line."""

    id = "odoo_sale_order_stacked_lines"
    title = "Lines in Odoo sale orders"
    record_type = RecordType.SALE_ORDER_LINE
    beside = "odoo_sale_orders"
    key = ("grp", "sku", "ref2")
    progress = ("barcode", "ref", "status", "amount", "quantity", "done", "invoiced", "unit", "text", "extra")
    names = SALE_ORDER_STACKED
    never = cells(
        "Vendor | Vendor Reference | Order Deadline | Billing Status | Order Lines/Received Qty | "
        "partner_ref | date_approve | order_line/qty_received"
    )
    marks = cells("Order Lines/Product | Order Lines/Product/Internal Reference | order_line/product_id")

    def convert(self, lines: Lines, reading: Reading, sums: Sums) -> Batch:
        """Turn some lines into normalised fields."""
        part = lines.part
        currencies = part.currencies("currency", "company_currency")
        amounts = lines.money("line_subtotal", currencies)
        if part.has("line_subtotal"):
            reading.total("amount", lines.carried(currencies), amounts)
        return {
            **ordered(lines, currencies, sums, "delivered"),
            "ref": lines.carried(part.text("customer_ref")),
            "status": lines.carried(part.keys(ORDER_STATES, "state")),
            "amount": amounts,
            "extra": json_objects(
                {
                    "price": lines.numbers("line_price"),
                    "discount": ["" if cell == "0" else cell for cell in lines.numbers("line_discount")],
                    "total": lines.money("line_total", currencies),
                    "taxes": lines.several("line_taxes"),
                    "delivery": [
                        cell.casefold() in ("true", "1") or None for cell in lines.text("line_delivery")
                    ],
                }
            ),
        }
