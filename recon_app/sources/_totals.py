"""Rows of totals, which people add below the records of an export; they are no records."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_NAMES = re.compile(
    r"(grand |sub ?)?totals?|sum|gesamt(summe)?|summe|somme|totale|totaal|suma( total)?"
    r"|total general|zwischensumme"
)
_FIGURE = re.compile(r"[A-Z$€£¥]{0,3}\s?[(+\u2212-]*\d[\d.,'\u2019\s]*[)%-]?\s?[A-Z$€£¥]{0,3}")


def names_total(cell: str) -> bool:
    """Whether a cell is a word for a total."""
    bare = unicodedata.normalize("NFKD", cell)
    word = "".join(char for char in bare if not unicodedata.combining(char)).casefold()
    return _NAMES.fullmatch(word.strip(" =:.*").replace("-", " ")) is not None


def is_total(row: Iterable[str]) -> bool:
    """Whether a row has a word for a total and nothing else but figures, one at least."""
    cells = filter(None, map(str.strip, row))
    if not names_total(next(cells, "")):
        return False
    figures = [_FIGURE.fullmatch(cell) is not None for cell in cells]
    return bool(figures) and all(figures)
