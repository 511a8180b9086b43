"""Product variants from Shopify's Admin interface."""

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
    of,
    packed,
    text,
    word,
)


class ShopifyBulkProducts(BulkSource):
    """One record is one variant."""

    id = "shopify_bulk_products"
    title = "Products from Shopify Admin data"
    record_type = RecordType.SHOP_PRODUCT
    kinds = ("ProductVariant",)
    key = ("ident",)
    progress = ("grp", "ref2", "sku", "barcode", "text", "status", "available", "extra")
    parents = ("Product",)
    kept = ("handle", "title", "status")
    quantity_words = (("available", "inventoryQuantity"),)

    def rows(self, item: Object, parent: Object, values: Values) -> Iterator[Row]:
        """The variants of a product, or the object itself when it is one."""
        if kind_of(item) == "Product":
            for variant in children(item, "variants"):
                yield _row(variant, item, values)
        elif kind_of(item) == "ProductVariant":
            yield _row(item, parent or of(item, "product"), values)


def _row(variant: Object, product: Object, values: Values) -> Row:
    title = text(variant, "title")
    return {
        "ident": text(variant, "id"),
        "grp": text(product, "handle") or text(product, "id"),
        "ref2": "" if title == "Default Title" else title,
        "sku": text(variant, "sku") or text(variant, "inventoryItem", "sku"),
        "barcode": text(variant, "barcode"),
        "status": word(product, "status"),
        "available": values.quantity(variant, "inventoryQuantity"),
        "text": text(product, "title") or text(variant, "displayName"),
        "extra": packed(
            {
                "price": text(variant, "price"),
                "compare_at": text(variant, "compareAtPrice"),
                "policy": word(variant, "inventoryPolicy"),
                "tracked": text(variant, "inventoryItem", "tracked").casefold(),
                "inventory_item": text(variant, "inventoryItem", "id"),
            }
        ),
    }
