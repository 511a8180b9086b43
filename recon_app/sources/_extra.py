"""The ``extra`` field: JSON objects of further values, made column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring

import numpy as np

from recon_app.models.record import NO_INT
from recon_app.sources._base import Ints


def json_objects(columns: Mapping[str, Sequence[str] | Ints]) -> list[str]:
    """One JSON object per row with the values it has; "" for rows that have none.

    Args:
        columns: Texts ("" = none) or int64 values (NO_INT = none) by JSON key, all of one length.
    """
    parts = [_parts(key, column) for key, column in columns.items()]
    bodies = (",".join(filter(None, row)) for row in zip(*parts, strict=True))
    return [f"{{{body}}}" if body else "" for body in bodies]


def _parts(key: str, column: Sequence[str] | Ints) -> list[str]:
    start = f"{encode_basestring(key)}:"
    if isinstance(column, np.ndarray):
        return [f"{start}{value}" if value != NO_INT else "" for value in column.tolist()]
    encoded = {text: f"{start}{encode_basestring(text)}" if text else "" for text in set(column)}
    return [encoded[text] for text in column]


def nonzero(minor: Ints) -> Ints:
    """Values with zero as none: terms that are not there need not be written."""
    return np.where(minor == 0, np.int64(NO_INT), minor)
