"""Shopify: the products export (``products_export_1.csv``), with the classic and the new column names.

One row per variant. The first row of a product carries its values (Title, Status ...), the rows below it
only its Handle and the variant's values; rows with a Handle and a picture only are more pictures. All-digit
SKUs and barcodes have an apostrophe before them (every one of some 680 in four real exports). Stores with
more than one location have no column with a quantity. Prices are in the store's currency, which the file
does not name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import compress

import numpy as np

from recon_app.models.record import RecordType
from recon_app.sources import _shopify
from recon_app.sources._base import Batch, Chunk, InputFile, Mask, Reading, Source, chunks
from recon_app.sources._extra import json_objects
from recon_app.sources._goods import Sums

_CLASSIC = ("Handle", "Title", "Option1 Value", "Variant SKU", "Variant Price")
# Names of the template that the admin offers since 2025 and of files that merchants make from it.
_NEW = ("URL handle", "Title", "Option1 value", "SKU", "Price")
_HANDLE = ("Handle", "URL handle")
_SKU = ("Variant SKU", "SKU")
_BARCODE = ("Variant Barcode", "Variant Barcodes", "Barcode")
_PRICE = ("Variant Price", "Price")
_QUANTITY = ("Variant Inventory Qty", "Inventory quantity")
# Amounts of money without a currency: kept as they are, but they must be numbers.
_AMOUNTS = {
    "price": _PRICE,
    "compare_at": ("Variant Compare At Price", "Compare-at price"),
    "cost": ("Cost per item",),
}
_PRODUCT_VALUES = {
    "title": ("Title",),
    "status": ("Status",),
    "published": ("Published", "Published on online store"),
    "gift_card": ("Gift Card",),
}


class ShopifyProducts(Source):
    """One record is one variant."""

    id = "shopify_products"
    title = "Shopify products"
    record_type = RecordType.SHOP_PRODUCT
    key = ("grp", "ref2")
    snapshot = "grp"  # an export has all variants of a product
    progress = ("sku", "barcode", "text", "status", "available", "extra")

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of a product's variants."""
        return self._required(file) is not None

    def _required(self, file: InputFile) -> tuple[str, ...] | None:
        return next((names for names in (_CLASSIC, _NEW) if file.header_index(names) is not None), None)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the rows that are variants."""
        del options  # the format leaves nothing to ask
        products = _Products(reading)
        for chunk in chunks(file, self._required(file) or _CLASSIC, reading):
            yield products.batch(chunk)
        products.note()


class _Products:
    """Turns rows into variants; remembers the product that goes on, and what is to be told."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._sums = Sums()
        self._handle = ""
        self._values: dict[str, str] = {}
        self._seen: set[tuple[str, str]] = set()
        self._skus: dict[str, int] = {}
        self._pictures = self._without_sku = self._twice = 0

    def batch(self, chunk: Chunk) -> Batch:
        """The variants of some rows."""
        handles, variants = chunk.text(*_HANDLE), _shopify.variants(chunk)
        carried = self._carried(chunk, handles)
        some = _variant_rows(chunk)
        self._pictures += int((~some).sum())
        skus = _shopify.codes(chunk, *_SKU, protected=True)
        quantity = chunk.name(*_QUANTITY)
        available = None if quantity is None else chunk.quantities(quantity)[some]
        self._remember(*(list(compress(column, some)) for column in (handles, variants, skus)))
        columns = {
            "grp": handles,
            "ref2": variants,
            "sku": skus,
            "barcode": _shopify.codes(chunk, *_BARCODE, protected=True),
            "text": carried["title"],
            "status": _words(carried["status"]),
            "extra": json_objects(self._extra(chunk, carried)),
        }
        batch: Batch = {"row": chunk.rows[some]}
        batch |= {name: list(compress(column, some)) for name, column in columns.items()}
        if available is not None:
            self._sums.add({"available": available})
            batch["available"] = available
        return batch

    def _carried(self, chunk: Chunk, handles: list[str]) -> dict[str, list[str]]:
        """The values of each row's product, from its first row."""
        columns = {name: chunk.text(*titles) for name, titles in _PRODUCT_VALUES.items()}
        carried: dict[str, list[str]] = {name: [] for name in columns}
        for index, handle in enumerate(handles):
            if not handle:
                chunk.problem(index, chunk.name(*_HANDLE), "is empty", "every row needs its product's handle")
            if handle != self._handle:
                self._handle, self._values = handle, {}
            for name, column in columns.items():
                if column[index]:
                    self._values[name] = column[index]
                carried[name].append(self._values.get(name, ""))
        return carried

    def _extra(self, chunk: Chunk, carried: Mapping[str, list[str]]) -> dict[str, list[str]]:
        amounts = {}
        for key, names in _AMOUNTS.items():
            name = chunk.name(*names)
            if name is not None:
                chunk.quantities(name)  # what is no number is a fault
                amounts[key] = chunk.text(name)
        return {
            **amounts,
            "tracker": chunk.text("Variant Inventory Tracker", "Inventory tracker"),
            "policy": _words(chunk.text("Variant Inventory Policy", "Continue selling when out of stock")),
            "fulfilment": chunk.text("Variant Fulfillment Service", "Fulfillment service"),
            "published": _words(carried["published"]),
            "gift_card": ["" if word == "false" else word for word in _words(carried["gift_card"])],
        }

    def _remember(self, handles: list[str], variants: list[str], skus: list[str]) -> None:
        for identity, sku in zip(zip(handles, variants, strict=True), skus, strict=True):
            self._twice += identity in self._seen
            self._seen.add(identity)
            self._without_sku += not sku
            if sku:
                self._skus[sku] = self._skus.get(sku, 0) + 1

    def note(self) -> None:
        """Tell what was left out and what will be hard to match."""
        notes = self._reading.notes
        self._sums.note(self._reading)
        shared = sorted(sku for sku, count in self._skus.items() if count > 1)
        if self._pictures:
            notes.append(f"Rows with a picture only, which are no variants: {self._pictures}")
        if self._without_sku:
            notes.append(f"Variants without a SKU: {self._without_sku}")
        if shared:
            notes.append(f"SKUs that more than one variant has: {len(shared)}, first {shared[0]}")
        if self._twice:
            notes.append(f"Rows that repeat a variant (same handle and options): {self._twice}")


def _variant_rows(chunk: Chunk) -> Mask:
    cells = (chunk.text("Option1 Value"), chunk.text(*_SKU), chunk.text(*_PRICE))
    return np.array([any(row) for row in zip(*cells, strict=True)], np.bool_)


def _words(cells: list[str]) -> list[str]:
    """Words in lower case: the new names come with ``Active`` and ``TRUE``."""
    return [cell.casefold() for cell in cells]
