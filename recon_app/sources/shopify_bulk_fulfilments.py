"""Fulfilments of orders from Shopify's Admin interface, with their tracking numbers."""

from __future__ import annotations

from collections.abc import Iterator

from recon_app.models.record import RecordType
from recon_app.sources._shopify_bulk import (
    BulkSource,
    Object,
    Row,
    Values,
    children,
    kind_of,
    packed,
    text,
    word,
)


class ShopifyBulkFulfilments(BulkSource):
    """One record is one fulfilled line, or a fulfilment whose lines are not in the file."""

    id = "shopify_bulk_fulfilments"
    title = "Fulfilments from Shopify Admin data"
    record_type = RecordType.FULFILMENT
    kinds = ("Fulfillment",)
    key = ("ident", "account", "sku")
    progress = ("status", "ref2", "location", "quantity", "extra")
    parents = ("Order",)
    kept = ("name",)
    quantity_words = (("quantity", "fulfilled quantity"),)

    def rows(self, item: Object, parent: Object, values: Values) -> Iterator[Row]:
        """The fulfilments of an order, or the object itself when it is one."""
        if kind_of(item) == "Order":
            for each in children(item, "fulfillments"):
                yield from _rows(each, item, values)
        elif kind_of(item) == "Fulfillment":
            yield from _rows(item, parent or item.get("order") or {}, values)


def _rows(item: Object, order: Object, values: Values) -> Iterator[Row]:
    """Records of a fulfilment; ``account`` is the id of the order's line."""
    tracking = children(item, "trackingInfo")
    common: Row = {
        "ident": text(item, "id"),
        "ref": text(order, "name"),
        "ref2": ", ".join(filter(None, (text(each, "number") for each in tracking))),
        "grp": text(order, "id"),
        "status": word(item, "status"),
        "when": text(item, "createdAt"),
        "location": text(item, "location", "name"),
        "extra": packed(
            {
                "carrier": ", ".join(dict.fromkeys(text(each, "company") for each in tracking)),
                "shipment": word(item, "displayStatus"),
            }
        ),
    }
    lines = children(item, "fulfillmentLineItems")
    for line in lines:
        yield {
            **common,
            "account": text(line, "lineItem", "id"),
            "sku": text(line, "lineItem", "sku"),
            "quantity": values.quantity(line, "quantity"),
            "text": text(line, "lineItem", "name"),
        }
    if not lines:
        yield common
