"""Shopify: the inventory export (``inventory_export_1.csv``), in the three layouts seen from 2020 to 2026.

* One column per location, whose header is the location's name: the cells are what is available.
* One row per variant and location (2023): Incoming, Unavailable, Committed, Available, On hand.
* The same with notes in the header cells (2024 and later): ``Available (not editable)``, ``On hand
  (current)``; ``On hand (new)`` is for imports and always empty in an export.

``not stocked`` says that the location does not keep the variant, which is not a stock of 0; a blank cell
says nothing. On hand = Available + Committed + Unavailable (1,538 of 1,538 rows of a real export), goods on
the way in are not in it. Figures may be negative.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import repeat

import numpy as np

from recon_app.models.problem import FileRejected, Problem
from recon_app.models.record import NO_INT, RecordType
from recon_app.sources import _shopify
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, Source, chunks, clean_header
from recon_app.sources._extra import json_objects, nonzero
from recon_app.sources._goods import Sums, known

_NOT_STOCKED = "not stocked"
# Columns that describe the variant; what else a file without a column Location has, are locations.
_VARIANT = frozenset(
    name.casefold()
    for name in (
        "Handle",
        "Title",
        *(f"Option{number} {part}" for number in (1, 2, 3) for part in ("Name", "Value", "Linked To")),
        "SKU",
        "Barcode",
        "HS Code",
        "COO",
        "Bin name",
    )
)
# Header cells by field, the newer one first.
_FIGURES = {
    "quantity": ("On hand (current)", "On hand"),
    "available": ("Available (not editable)", "Available"),
    "reserved": ("Committed (not editable)", "Committed"),
    "incoming": ("Incoming (not editable)", "Incoming"),
    "unavailable": ("Unavailable (not editable)", "Unavailable"),
}
_FOREIGN = frozenset({"vendor", "body (html)", "variant sku", "status", "lineitem name"})


class ShopifyInventory(Source):
    """One record is one variant at one location."""

    id = "shopify_inventory"
    title = "Shopify inventory"
    record_type = RecordType.INVENTORY_LEVEL
    key = ("grp", "ref2", "location")
    snapshot = "location"
    progress = ("sku", "text", "status", "quantity", "available", "reserved", "incoming", "extra")
    required = ("Handle", "Title", "Option1 Name", "Option1 Value", "SKU")

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of a variant and those of its stock."""
        header = self._header(file)
        names = {cell.casefold() for cell in header}
        return bool(names) and not names & _FOREIGN and bool(_stock_columns(header))

    def _header(self, file: InputFile) -> list[str]:
        index = file.header_index(self.required)
        return [] if index is None else [clean_header(cell) for cell in file.head_rows[index]]

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert row by row, or cell by cell where each location has its column.

        Raises:
            FileRejected: two columns are of one location.
        """
        del options  # the format leaves nothing to ask
        header = self._header(file)
        locations = [] if _by_row(header) else _stock_columns(header)
        if len(set(locations)) < len(locations):
            raise FileRejected(
                Problem(None, None, "two columns are of one location", "rename one and export again")
            )
        stock = _Stock(reading)
        for chunk in chunks(file, self.required, reading):
            yield stock.by_column(chunk, locations) if locations else stock.by_row(chunk)
        stock.note()


def _by_row(header: list[str]) -> bool:
    return "location" in {cell.casefold() for cell in header}


def _stock_columns(header: list[str]) -> list[str]:
    """The columns of figures, or of locations where there is no column Location."""
    if _by_row(header):
        figures = {name.casefold() for names in _FIGURES.values() for name in names}
        return [cell for cell in header if cell.casefold() in figures]
    return [cell for cell in header if cell and cell.casefold() not in _VARIANT]


class _Stock:
    """Turns rows into records and remembers what is to be told about the file."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._sums = Sums()
        self._variant_of: dict[str, tuple[str, str]] = {}
        self._shared: set[str] = set()
        self._not_stocked = self._planned = 0

    def by_row(self, chunk: Chunk) -> Batch:
        """Records of rows that name their location."""
        figures = {
            field: _figures(chunk, name)
            for field, names in _FIGURES.items()
            if (name := chunk.name(*names)) is not None
        }
        self._prove(chunk, figures)
        self._sums.add({_FIGURES[field][-1]: values for field, values in figures.items()})
        self._planned += sum(map(bool, chunk.text("On hand (new)")))
        shown = [chunk.text(*_FIGURES[field]) for field in figures]
        unavailable = figures.pop("unavailable", np.full(len(chunk), NO_INT, np.int64))
        return {
            "row": chunk.rows,
            **self._variants(chunk),
            "location": chunk.text("Location"),
            "status": self._statuses([_NOT_STOCKED in cells for cells in zip(*shown, strict=True)]),
            **figures,
            "extra": json_objects({"unavailable": nonzero(unavailable), "bin": chunk.text("Bin name")}),
        }

    def by_column(self, chunk: Chunk, locations: list[str]) -> Batch:
        """Records of cells: all locations of the first row, then those of the second."""
        cells = [chunk.text(name) for name in locations]
        available = np.stack([_figures(chunk, name) for name in locations], axis=1)
        for name, values in zip(locations, available.T, strict=True):
            self._sums.add({f"Available at {name}": values})
        statuses = self._statuses([cell == _NOT_STOCKED for row in zip(*cells, strict=True) for cell in row])
        times = len(locations)
        variants = self._variants(chunk)
        return {
            "row": np.repeat(chunk.rows, times),
            **{name: [cell for cell in column for _ in range(times)] for name, column in variants.items()},
            "location": [name for names in repeat(locations, len(chunk)) for name in names],
            "status": statuses,
            "available": available.reshape(-1),
        }

    def _variants(self, chunk: Chunk) -> dict[str, list[str]]:
        handles, variants, skus = chunk.text("Handle"), _shopify.variants(chunk), _shopify.codes(chunk, "SKU")
        for sku, variant in zip(skus, zip(handles, variants, strict=True), strict=True):
            if sku and self._variant_of.setdefault(sku, variant) != variant:
                self._shared.add(sku)
        return {"grp": handles, "ref2": variants, "sku": skus, "text": chunk.text("Title")}

    def _statuses(self, not_stocked: list[bool]) -> list[str]:
        self._not_stocked += sum(not_stocked)
        return [_NOT_STOCKED if flag else "" for flag in not_stocked]

    def _prove(self, chunk: Chunk, figures: Mapping[str, Ints]) -> None:
        parts = [figures[name] for name in ("available", "reserved", "unavailable") if name in figures]
        if "quantity" not in figures or len(parts) < 3:
            return
        on_hand = figures["quantity"]
        stocked = known(on_hand, *parts)
        closes = on_hand[stocked] == sum(part[stocked] for part in parts)
        self._reading.identity("On hand = Available + Committed + Unavailable", closes, chunk.rows[stocked])

    def note(self) -> None:
        """Tell the sums, and what must not be taken for a stock of 0."""
        notes = self._reading.notes
        self._sums.note(self._reading)
        if self._not_stocked:
            notes.append(f"Figures that are `not stocked`, which is not 0: {self._not_stocked} records")
        if self._shared:
            notes.append(
                f"SKUs that more than one variant has: {len(self._shared)}, first {min(self._shared)}"
            )
        if self._planned:
            notes.append(f"`On hand (new)` is filled in {self._planned} rows: it is a plan and is not read")


def _figures(chunk: Chunk, name: str) -> Ints:
    """Millionths of a column, none for blank and ``not stocked`` cells."""
    cells = chunk.text(name)
    return chunk.quantities(name, texts=["" if cell == _NOT_STOCKED else cell for cell in cells])
