"""The rows of Shopify's orders export, which hold orders and their lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from recon_app.models.record import NO_INT
from recon_app.sources._base import Chunk, InputFile, Ints, Mask, Reading, chunks, clean_header

_REQUIRED = (
    "Name",
    "Financial Status",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Created at",
    "Lineitem quantity",
    "Lineitem price",
)


def is_orders_export(file: InputFile) -> bool:
    """Whether one of the first rows has the columns of an orders export."""
    return file.header_index(_REQUIRED) is not None


def order_rows(file: InputFile, reading: Reading) -> Iterator[Chunk]:
    """The rows of whole orders, some hundreds at a time."""
    total = _total_position(file)
    return chunks(file, _REQUIRED, reading, starts=lambda row: len(row) > total and row[total] != "")


def _total_position(file: InputFile) -> int:
    index = file.header_index(_REQUIRED)
    names = [] if index is None else [clean_header(cell).casefold() for cell in file.head_rows[index]]
    return names.index("total") if names else 0


def order_starts(rows: Chunk) -> list[int]:
    """Positions of the first row of each order: the one with a Total."""
    names, totals = rows.text("Name"), rows.text("Total")
    starts = []
    for index, (name, total) in enumerate(zip(names, totals, strict=True)):
        if total or not index:
            starts.append(index)
        elif name != names[index - 1]:
            rows.problem(
                index,
                "Name",
                f"{name!r} has no Total here and the row above is of {names[index - 1]!r}",
                "keep the rows of an order together, as Shopify exports them",
            )
    return starts


def line_currencies(rows: Chunk, starts: Sequence[int], currency: Sequence[str]) -> list[str]:
    """The currency of each row's order."""
    spans = zip(currency, pairwise([*starts, len(rows)]), strict=True)
    return [code for code, (start, end) in spans for _ in range(start, end)]


def tips(rows: Chunk) -> Mask:
    """Which lines are tips: they have the name Tip and no SKU, and are not in Subtotal."""
    named = zip(rows.text("Lineitem name"), rows.text("Lineitem sku"), strict=True)
    return np.array([name == "Tip" and not sku for name, sku in named], np.bool_)


def whole_quantities(rows: Chunk) -> Ints:
    """Lineitem quantity, which Shopify writes without decimals; blanks as 0."""
    cells = rows.text("Lineitem quantity")
    values = [int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 10 else -1 for cell in cells]
    for index, (value, cell) in enumerate(zip(values, cells, strict=True)):
        if value < 0 and cell:
            rows.problem(index, "Lineitem quantity", f"{cell!r} is not a whole number", "export it again")
    return np.maximum(np.array(values, np.int64), 0)


def zeroed(minor: Ints) -> Ints:
    """Amounts with blanks as 0."""
    return np.where(minor == NO_INT, np.int64(0), minor)
