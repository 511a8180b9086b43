"""Columns: screens and exports are built from them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ColumnType(StrEnum):
    """How a value is shown and aligned."""

    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    NUMBER = "number"
    QUANTITY = "quantity"  # millionths


class Role(StrEnum):
    """What the comparison does with a column, shown as an icon in its header."""

    KEY = "key"
    COMPARED = "compared"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a pane.

    Attributes:
        field: Name of the record field (see :data:`recon_app.models.record.FIELDS`), or "file".
        title: Header, short and plain.
        type: How it is shown.
        role: What the comparison does with it.
        width: First width in average characters.
        shown: Whether it is visible before the user chooses.
    """

    field: str
    title: str
    type: ColumnType = ColumnType.TEXT
    role: Role = Role.SHOWN
    width: int = 12
    shown: bool = True
