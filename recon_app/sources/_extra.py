"""The ``extra`` field: JSON objects of further values, made column by column."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring

import numpy as np

from recon_app.models.record import NO_INT
from recon_app.sources._base import Ints

_REPEATS = 4  # times that a value occurs on average, from where on looking up is faster than writing it


def json_objects(columns: Mapping[str, Sequence[object] | Ints]) -> list[str]:
    """One JSON object per row with the values it has; "" for rows that have none.

    Args:
        columns: Values by JSON key, all of one length: int64 (NO_INT = none), or anything hashable that
            JSON can hold ("", None and () = none).
    """
    parts = [_parts(key, column) for key, column in columns.items()]
    if parts[0] and all(part.count(part[0]) == len(part) for part in parts):
        body = "".join(part[0] for part in parts)
        return [f"{{{body[1:]}}}" if body else ""] * len(parts[0])
    return [f"{{{body[1:]}}}" if body else "" for body in map("".join, zip(*parts, strict=True))]


def _parts(key: str, column: Sequence[object] | Ints) -> list[str]:
    """The members of one key, each with a comma before it."""
    start = f",{encode_basestring(key)}:"
    if isinstance(column, np.ndarray):
        if (column == NO_INT).all():
            return [""] * len(column)
        return [f"{start}{value}" if value != NO_INT else "" for value in column.tolist()]
    different = set(column)
    if len(different) * _REPEATS > len(column) and {*map(type, different)} == {str}:
        return [f"{start}{encode_basestring(cell)}" if cell else "" for cell in column]  # type: ignore[arg-type]
    encoded = {value: f"{start}{_value(value)}" for value in different}
    encoded.update(dict.fromkeys((None, "", ()), ""))
    return list(map(encoded.__getitem__, column))


def _value(value: object) -> str:
    return encode_basestring(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def nonzero(minor: Ints) -> Ints:
    """Values with zero as none: terms that are not there need not be written."""
    return np.where(minor == 0, np.int64(NO_INT), minor)
