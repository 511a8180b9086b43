"""Order lines from Shopify's Admin interface."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recon_app.models.record import RecordType
from recon_app.sources._base import Batch, Reading
from recon_app.sources._shopify_bulk import (
    BulkSource,
    Object,
    Row,
    Values,
    bag,
    children,
    kind_of,
    packed,
    text,
)

_AMOUNTS = ("discountedTotalSet", "originalTotalSet")


class ShopifyBulkOrderLines(BulkSource):
    """One record is one line; code discounts of the order are not in its amount."""

    id = "shopify_bulk_order_lines"
    title = "Order lines from Shopify Admin data"
    record_type = RecordType.ORDER_LINE
    kinds = ("LineItem",)
    key = ("ident",)
    progress = ("quantity", "amount", "extra")
    parents = ("Order",)
    kept = ("name", "currencyCode", "createdAt")
    quantity_words = (("quantity", "quantity"),)

    def rows(self, item: Object, parent: Object, values: Values) -> Iterator[Row]:
        """The lines of an order, or the object itself when it is a line."""
        if kind_of(item) == "Order":
            for line in children(item, "lineItems"):
                yield _row(line, item, values)
        elif kind_of(item) == "LineItem":
            yield _row(item, parent or {"id": text(item, "__parentId")}, values)

    def prove(self, batch: Batch, reading: Reading) -> None:
        """Add lines to the control totals."""
        reading.total("lines", list(map(str, batch["currency"])), np.asarray(batch["amount"]))


def _row(line: Object, order: Object, values: Values) -> Row:
    name = next((name for name in _AMOUNTS if bag(line, name)), _AMOUNTS[0])
    currency = values.currency(text(order, "currencyCode"), text(bag(line, name), "currencyCode"))
    return {
        "ident": text(line, "id"),
        "ref": text(order, "name"),
        "grp": text(order, "id"),
        "when": text(order, "createdAt"),
        "amount": values.minor(line, name, currency),
        "currency": currency,
        "sku": text(line, "sku") or text(line, "variant", "sku"),
        "barcode": text(line, "variant", "barcode"),
        "quantity": values.quantity(line, "quantity"),
        "text": text(line, "name") or text(line, "title"),
        "extra": packed(
            {
                "price": values.minor(line, "originalUnitPriceSet", currency),
                "current_quantity": values.quantity(line, "currentQuantity"),
                "unfulfilled": values.quantity(line, "unfulfilledQuantity"),
                "variant": text(line, "variant", "id"),
            }
        ),
    }
