"""What sources of goods have in common: sums of quantities, which a file cannot add up across units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress

import numpy as np

from recon_app.models.quantity import format_quantity
from recon_app.models.record import NO_INT
from recon_app.sources._base import Batch, Ints, Mask, Reading

#: Millionths of one unit.
ONE = 1_000_000


class Sums:
    """Control totals of quantities, unit by unit; they are notes, for totals of a file are money."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str], int] = {}

    def add(self, columns: Mapping[str, Ints], units: Sequence[str] | str = "") -> None:
        """Add columns of millionths to the sums of their names."""
        different = [units] if isinstance(units, str) else list(dict.fromkeys(units))
        cells = np.asarray(units, dtype=object)
        for unit in different:
            here = cells == unit if len(different) > 1 else True
            for name, values in columns.items():
                known = (values != NO_INT) & here
                if known.any():
                    key = (name, unit)
                    self._sums[key] = self._sums.get(key, 0) + int(values[known].sum())

    def note(self, reading: Reading) -> None:
        """Tell the sums, one note per quantity."""
        shown: dict[str, list[str]] = {}
        for (name, unit), value in self._sums.items():
            shown.setdefault(name, []).append(f"{format_quantity(value)} {unit}".strip())
        reading.notes.extend(f"Sum of {name}: {', '.join(parts)}" for name, parts in shown.items())


def known(*columns: Ints) -> Mask:
    """Where all columns have a value."""
    every = np.ones(len(columns[0]), np.bool_)
    for column in columns:
        every &= column != NO_INT
    return every


def selected(batch: Batch, mask: Mask) -> Batch:
    """The records that the mask keeps."""
    return {
        name: column[mask] if isinstance(column, np.ndarray) else list(compress(column, mask))
        for name, column in batch.items()
    }
