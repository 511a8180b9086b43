"""Record fields as SQL columns and as numpy columns: NULL in the one is "" or NO_INT in the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recon_app.models.record import FIELDS, NO_INT

NAMES = tuple(field.name for field in FIELDS)
#: Integer columns of the table ``record``.
INTEGERS = frozenset({"id", "key", "digest", *(field.name for field in FIELDS if field.integer)})
#: All field names for an INSERT or SELECT.
COLUMNS = ", ".join(f'"{name}"' for name in NAMES)
#: All fields with their types for a CREATE TABLE.
TYPED = ", ".join(f'"{name}" {"INTEGER" if name in INTEGERS else "TEXT"}' for name in NAMES)


def literal(value: str | int) -> str:
    """A value as SQL writes it; a text must not hold NUL."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(int(value))


def blank(name: str) -> str:
    """SQL literal that stands for "no value" outside the store."""
    return str(NO_INT) if name in INTEGERS else "''"


def selected(names: Sequence[str]) -> str:
    """SQL list of columns in which "no value" is never NULL."""
    return ", ".join(f'coalesce("{name}", {blank(name)})' for name in names)


def columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, NDArray[Any]]:
    """Turn rows of :func:`selected`, at least one, into int64 and object arrays."""
    return {
        name: np.array(values, dtype=np.int64 if name in INTEGERS else object)
        for name, values in zip(names, zip(*rows, strict=True), strict=True)
    }
