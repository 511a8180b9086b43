"""Lines of documents from Odoo's exports of the documents themselves, where they stand below each.

A link to many records makes rows of its own below its document; of them, those with a product are lines.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import ClassVar, TypeVar

import numpy as np

from recon_app.sources._base import Batch, InputFile, Ints, Reading
from recon_app.sources._goods import Sums
from recon_app.sources._odoo import OdooSource, Part
from recon_app.sources._odoo_goods import code_of_display
from recon_app.sources._values import without_float_noise

_Cell = TypeVar("_Cell")


class OdooStacked(OdooSource):
    """One record per line that names a product."""

    needs: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("number",),
        ("line_product", "line_sku"),
        ("line_quantity",),
    )
    never = frozenset()
    summed = ()

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the lines."""
        sums = Sums()
        for part in self.parts(file, options, reading):
            yield self.convert(Lines(part), reading, sums)
        sums.note(reading)

    @abstractmethod
    def convert(self, lines: Lines, reading: Reading, sums: Sums) -> Batch:
        """Turn some lines into normalised fields and add them to the sums."""


class Lines:
    """The lines of some documents, and for each the values of its document.

    Attributes:
        part: The documents.
        rows: Number of each line's row.
    """

    def __init__(self, part: Part) -> None:
        self.part = part
        named = "line_product" if part.has("line_product") else "line_sku"
        self._places, self._owners = part.lines(named)
        self.rows: Ints = part.line_numbers()[self._places]

    def text(self, name: str) -> list[str]:
        """Cells of a field of the lines."""
        cells = self.part.line_cells(name)
        return [cells[place] for place in self._places.tolist()]

    def several(self, name: str) -> list[str]:
        """All values of a link of the lines to many records: further ones stand on rows below the line."""
        cells = self.part.line_cells(name)
        ends = [*self._places.tolist(), len(cells)]
        return [", ".join(filter(None, cells[start:end])) for start, end in pairwise(ends)]

    def numbers(self, name: str) -> list[str]:
        """Numbers of the lines as text, without float noise: prices, which have no currency here."""
        return [text.removesuffix(".0") for text in without_float_noise(self.text(name))]

    def quantities(self, name: str) -> Ints:
        """Millionths of a quantity of the lines."""
        return self.part.line_quantities(name)[self._places]

    def money(self, name: str, currencies: Sequence[str]) -> Ints:
        """Minor units of an amount of the lines; ``currencies`` are those of the documents."""
        return self.part.line_money(name, currencies)[self._places]

    def carried(self, values: Sequence[_Cell]) -> list[_Cell]:
        """The value of each line's document."""
        return [values[owner] for owner in self._owners.tolist()]

    def carried_ints(self, values: Ints) -> Ints:
        """The number of each line's document."""
        return values[np.asarray(self._owners)]

    def products(self) -> dict[str, list[str]]:
        """Fields sku and ref2: the product's code, else how it is called in the file."""
        shown = self.text("line_product")
        own = self.part.has("line_sku")
        codes = self.text("line_sku") if own else [code_of_display(cell) for cell in shown]
        return {"sku": codes, "ref2": ["" if code else cell for code, cell in zip(codes, shown, strict=True)]}


def ordered(lines: Lines, currencies: Sequence[str], sums: Sums, done_word: str) -> Batch:
    """Fields that lines of sale and purchase orders have in common."""
    units = lines.text("line_unit")
    quantity, done, invoiced = (
        lines.quantities(name) for name in ("line_quantity", "line_done", "line_invoiced")
    )
    sums.add({"ordered": quantity, done_word: done, "invoiced": invoiced}, units)
    described = lines.text("line_description")
    return {
        "row": lines.rows,
        **lines.products(),
        "barcode": lines.text("line_barcode"),
        "grp": lines.carried(lines.part.text("number")),
        "currency": lines.carried(currencies),
        "unit": units,
        "quantity": quantity,
        "done": done,
        "invoiced": invoiced,
        "text": [
            text or product for text, product in zip(described, lines.text("line_product"), strict=True)
        ],
    }
