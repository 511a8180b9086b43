"""Fulfilled lines of orders exported from Shopify with Matrixify, with their tracking numbers."""

from __future__ import annotations

from recon_app.models.record import RecordType
from recon_app.sources import _shopify
from recon_app.sources._base import Batch, Chunk
from recon_app.sources._extra import json_objects
from recon_app.sources._matrixify import FULFILMENT, MatrixifyRows, unsigned


class MatrixifyFulfilments(MatrixifyRows):
    """One record is one fulfilled line."""

    id = "matrixify_fulfilments"
    title = "Fulfilments of a Matrixify export"
    record_type = RecordType.FULFILMENT
    key = ("grp", "ident", "account", "sku", "text")
    progress = ("status", "ref2", "day", "at", "location", "quantity", "extra")
    line_type = FULFILMENT
    quantity_word = "fulfilled quantity"

    def convert(self, rows: Chunk, currency: list[str]) -> Batch:
        """Turn fulfilment rows into normalised fields; ``account`` is the line's id."""
        del currency  # goods only
        created = rows.name("Fulfillment: Created At", "Fulfillment: Processed At") or ""
        day, at = _shopify.moments(rows, created)
        return {
            "ident": _shopify.identifiers(rows, "Fulfillment: ID"),
            "ref2": rows.text("Fulfillment: Tracking Number"),
            "account": _shopify.identifiers(rows, "Line: ID"),
            "status": [word.casefold() for word in rows.text("Fulfillment: Status")],
            "day": day,
            "at": at,
            "sku": _shopify.codes(rows, "Line: SKU", "Line: Variant SKU", protected=True),
            "barcode": _shopify.codes(rows, "Line: Variant Barcode", protected=True),
            "location": rows.text("Fulfillment: Location"),
            "quantity": unsigned(rows.quantities("Line: Quantity")),
            "text": rows.text("Line: Name", "Line: Title"),
            "extra": json_objects(
                {
                    "carrier": rows.text("Fulfillment: Tracking Company"),
                    "shipment": [word.casefold() for word in rows.text("Fulfillment: Shipment Status")],
                }
            ),
        }
