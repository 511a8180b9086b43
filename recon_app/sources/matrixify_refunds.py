"""Refunded lines of orders exported from Shopify with Matrixify, with what became of the goods.

A refund is one or more rows of one ``Refund: ID``: lines, shipping, and adjustments, which have no product.
It does not prove that money moved; the transactions do.
"""

from __future__ import annotations

import numpy as np

from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources import _shopify
from recon_app.sources._base import Batch, Chunk, Ints
from recon_app.sources._extra import json_objects, nonzero
from recon_app.sources._matrixify import REFUND, MatrixifyRows, outward, unsigned


class MatrixifyRefunds(MatrixifyRows):
    """One record is one refunded line, shipping charge or adjustment."""

    id = "matrixify_refunds"
    title = "Refunds of a Matrixify export"
    record_type = RecordType.REFUND
    key = ("grp", "ident", "ref2", "sku", "text")
    progress = ("status", "location", "extra")
    line_type = REFUND
    amount_word = "Refunds"
    quantity_word = "refunded quantity"

    def convert(self, rows: Chunk, currency: list[str]) -> Batch:
        """Turn refund rows into normalised fields."""
        day, at = _shopify.moments(rows, "Refund: Created At")
        types = rows.text("Line: Type")
        return {
            "category": [Category.REFUND.value] * len(rows),
            "ident": _shopify.identifiers(rows, "Refund: ID"),
            "ref2": _shopify.identifiers(rows, "Line: ID"),
            "status": [_key(cell) for cell in rows.text("Refund: Restock Type")],
            "day": day,
            "at": at,
            "amount": _amounts(rows, types, currency),
            "currency": currency,
            "sku": _shopify.codes(rows, "Line: SKU", "Line: Variant SKU", protected=True),
            "barcode": _shopify.codes(rows, "Line: Variant Barcode", protected=True),
            "location": rows.text("Refund: Restock Location"),
            "quantity": unsigned(rows.quantities("Line: Quantity")),
            "text": rows.text("Line: Name", "Line: Title"),
            "extra": json_objects(
                {
                    "type": types,
                    "restock": [word.casefold() for word in rows.text("Refund: Restock")],
                    "tax": nonzero(unsigned(rows.money("Line: Tax Total", currency))),
                    "note": rows.text("Refund: Note"),
                }
            ),
        }


def _key(word: str) -> str:
    return "_".join(word.replace("-", " ").casefold().split())


def _amounts(rows: Chunk, types: list[str], currency: list[str]) -> Ints:
    """What the merchant pays back, negative; an adjustment may go either way and keeps its sign."""
    totals = outward(rows.money("Line: Total", currency))
    adjustments = rows.money("Refund Adjustment: Amount", currency)
    adjusting = np.array(["adjustment" in cell.casefold() for cell in types], np.bool_)
    return np.where(adjusting & (adjustments != NO_INT), adjustments, totals)
