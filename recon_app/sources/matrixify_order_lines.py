"""Lines of orders exported from Shopify with Matrixify."""

from __future__ import annotations

from recon_app.models.record import RecordType
from recon_app.sources import _shopify
from recon_app.sources._base import Batch, Chunk
from recon_app.sources._extra import json_objects
from recon_app.sources._matrixify import LINE_ITEM, MatrixifyRows


class MatrixifyOrderLines(MatrixifyRows):
    """One record is one product line."""

    id = "matrixify_order_lines"
    title = "Order lines of a Matrixify export"
    record_type = RecordType.ORDER_LINE
    key = ("grp", "ref", "ident", "sku", "text")
    progress = ("status", "quantity", "amount", "extra")
    line_type = LINE_ITEM
    amount_word = "Line: Total"
    quantity_word = "Line: Quantity"

    def convert(self, rows: Chunk, currency: list[str]) -> Batch:
        """Turn lines into normalised fields."""
        return {
            "ident": _shopify.identifiers(rows, "Line: ID"),
            "status": [word.casefold() for word in rows.text("Line: Fulfillment Status")],
            "amount": rows.money("Line: Total", currency),
            "currency": currency,
            "sku": _shopify.codes(rows, "Line: SKU", "Line: Variant SKU", protected=True),
            "barcode": _shopify.codes(rows, "Line: Variant Barcode", protected=True),
            "quantity": rows.quantities("Line: Quantity"),
            "text": rows.text("Line: Name", "Line: Title"),
            "extra": json_objects(
                {
                    "price": rows.money("Line: Price", currency),
                    "discount": rows.money("Line: Discount", currency),
                    "variant": _shopify.identifiers(rows, "Line: Variant ID"),
                }
            ),
        }
