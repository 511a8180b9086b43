"""What Shopify's export files have in common, and what a spreadsheet program does to them."""

from __future__ import annotations

import re

import numpy as np

from recon_app.models.record import NO_INT
from recon_app.sources._base import Chunk, Ints

# 5375180000000 re-saved by a spreadsheet program: the digits behind are lost.
_ROUNDED_ID = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
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
                chunk.problem(index, name, f"{cell!r} has lost its digits", _EXPORT_AGAIN)
            elif required and not cell:
                chunk.problem(index, name, "is empty", _EXPORT_AGAIN)
    return cells
