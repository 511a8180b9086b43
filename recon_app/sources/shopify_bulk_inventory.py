"""Inventory levels from Shopify's Admin interface: figures of an item at a location.

on_hand = available + committed + reserved + damaged + safety_stock + quality_control, as the page about
inventory management apps of shopify.dev says; incoming is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._shopify_bulk import (
    BulkSource,
    Object,
    Row,
    Values,
    children,
    kind_of,
    of,
    packed,
    text,
)

_FIGURES = {
    "on_hand": "quantity",
    "available": "available",
    "committed": "reserved",
    "incoming": "incoming",
}
_HELD = ("reserved", "damaged", "safety_stock", "quality_control")


class ShopifyBulkInventory(BulkSource):
    """One record is one item at one location."""

    id = "shopify_bulk_inventory"
    title = "Inventory from Shopify Admin data"
    record_type = RecordType.INVENTORY_LEVEL
    kinds = ("InventoryLevel",)
    fields = ("quantities",)
    key = ("grp", "location")
    snapshot = "location"
    progress = ("ident", "sku", "barcode", "text", "quantity", "available", "reserved", "incoming", "extra")
    parents = ("InventoryItem", "ProductVariant", "Location")
    kept = ("sku", "barcode", "displayName", "inventoryItem", "variant", "name")
    quantity_words = (("quantity", "on_hand"), ("available", "available"), ("reserved", "committed"))

    def rows(self, item: Object, parent: Object, values: Values) -> Iterator[Row]:
        """The levels of an item, variant or location, or the object itself when it is one."""
        if kind_of(item) == "InventoryLevel":
            yield _row(item, parent, values)
        for holder in (item, of(item, "inventoryItem")):
            for level in children(holder, "inventoryLevels"):
                yield _row(level, item, values)


def _row(level: Object, holder: Object, values: Values) -> Row:
    """The record of a level; ``holder`` is the item, variant or location that it was found under."""
    own = of(level, "item") or (holder if kind_of(holder) == "InventoryItem" else of(holder, "inventoryItem"))
    variant = of(own, "variant") or (holder if kind_of(holder) == "ProductVariant" else {})
    figures = {
        text(each, "name"): values.quantity(each, "quantity") for each in children(level, "quantities")
    }
    if not figures:
        figures = {"available": values.quantity(level, "available")}
    _prove(figures, values)
    held = {name: figures.get(name, NO_INT) for name in _HELD}
    place = text(level, "location", "name") or text(level, "location", "id")
    return {
        "ident": text(level, "id"),
        "grp": text(own, "id") or text(variant, "id") or text(level, "__parentId"),
        "location": place or (text(holder, "name") if kind_of(holder) == "Location" else ""),
        "sku": text(own, "sku") or text(variant, "sku"),
        "barcode": text(variant, "barcode"),
        "text": text(variant, "displayName"),
        **{field: figures.get(name, NO_INT) for name, field in _FIGURES.items()},
        "extra": packed(held),
    }


def _prove(figures: Mapping[str, int], values: Values) -> None:
    parts = [figures.get(name, NO_INT) for name in ("available", "committed", *_HELD)]
    if NO_INT not in (figures.get("on_hand", NO_INT), *parts):
        values.identity("on_hand = available + committed + what is held", figures["on_hand"] == sum(parts))
