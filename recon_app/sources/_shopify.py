"""What Shopify's export files have in common, and what a spreadsheet program does to them."""

from __future__ import annotations

import re

import numpy as np

from recon_app.models.record import NO_INT
from recon_app.sources._base import Chunk, Ints

# 5375180000000 re-saved by a spreadsheet program: the digits behind are lost.
_ROUNDED_ID = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
# The same in a column of product codes, where 3E5 may be a code; spreadsheet programs write the sign.
_ROUNDED_CODE = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
_EXPORT_AGAIN = "export from Shopify again and import that file, not one saved by a spreadsheet program"


def moments(chunk: Chunk, name: str, *, required: bool = False) -> tuple[Ints, Ints]:
    """Days as written and seconds in UTC of Shopify's ``YYYY-MM-DD HH:MM:SS ±HHMM``.

    Shopify always writes the offset, which changes with daylight saving inside one file; a time that
    has lost it cannot be placed and would not be known again in the next export, so it is a fault.
    """
    days, at = chunk.moments(name, required=required)
    lost = np.flatnonzero((days != NO_INT) & (at == NO_INT)).tolist()
    if lost:
        cells = chunk.text(name)
        for index in lost:
            chunk.problem(index, name, f"{cells[index]!r} has lost its time zone", _EXPORT_AGAIN)
    return days, at


def identifiers(chunk: Chunk, name: str, *, required: bool = False) -> list[str]:
    """Cells byte for byte; an id that a spreadsheet program has rounded is a fault."""
    cells = chunk.text(name)
    together = "".join(cells)
    if ("E" in together or "e" in together) or (required and not all(cells)):
        for index, cell in enumerate(cells):
            if _ROUNDED_ID.fullmatch(cell):
                chunk.problem(index, name, f"{cell!r} has lost its digits", _EXPORT_AGAIN, "E_ID_DAMAGED")
            elif required and not cell:
                chunk.problem(index, name, "is empty", _EXPORT_AGAIN, "E_ID_EMPTY")
    return cells


def codes(chunk: Chunk, *names: str, protected: bool = False) -> list[str]:
    """Product codes and barcodes byte for byte; one that a spreadsheet program has rounded is a fault.

    Args:
        chunk: The rows.
        names: Names of the column, the first that the file has counts.
        protected: Whether Shopify puts an apostrophe before all-digit codes, which is then left out.
    """
    cells = chunk.text(*names)
    for index, cell in enumerate(cells):
        if "+" in cell and _ROUNDED_CODE.fullmatch(cell):
            chunk.problem(
                index, chunk.name(*names), f"{cell!r} has lost its digits", _EXPORT_AGAIN, "E_ID_DAMAGED"
            )
    return [cell.removeprefix("'") for cell in cells] if protected else cells


def variants(chunk: Chunk) -> list[str]:
    """Option values with `` / `` between them, "" for a product that has a single variant."""
    options = [chunk.text(f"Option{number} Value") for number in (1, 2, 3)]
    joined = (" / ".join(filter(None, values)) for values in zip(*options, strict=True))
    return ["" if text == "Default Title" else text for text in joined]
