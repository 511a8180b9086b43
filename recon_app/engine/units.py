"""Quantities in different units of measure as whole numbers of one common fraction of the reference unit.

A dozen of which half is sold is not 0.5 and not 0.50: 7 of 12 pieces are 7/12 of a dozen exactly. Columns
are therefore compared as numerators over one denominator (rules UOM-01 and UOM-02); nothing is divided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from recon_app.models.record import NO_INT

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
_MOST = 2**62


@dataclass(frozen=True)
class Reduced:
    """A column in its reference unit.

    Attributes:
        numerators: Millionths of ``1 / denominator`` of the reference unit; NO_INT for none.
        denominator: The same for all rows, at least 1.
        unknown: Rows whose unit nobody gave a ratio for; they have no numerator.
        too_large: Rows that do not fit a whole number of 64 bits; they have no numerator.
    """

    numerators: Ints
    denominator: int
    unknown: Mask
    too_large: Mask


def denominator(ratios: Mapping[str, Fraction]) -> int:
    """The smallest number by which every ratio becomes whole."""
    return lcm(*(ratio.denominator for ratio in ratios.values())) if ratios else 1


def reduce(millionths: Ints, units: Sequence[str], ratios: Mapping[str, Fraction], common: int) -> Reduced:
    """Express quantities in their reference unit.

    Args:
        millionths: Quantities in their own units, NO_INT for none.
        units: Unit of each row, as the file writes it.
        ratios: How many reference units one of each unit is: ``{"Units": 1, "Dozens": 12}``.
        common: A multiple of the denominators of all ratios, see :func:`denominator`.

    Returns:
        The quantities over the denominator ``common``.

    Raises:
        ValueError: ``common`` is no multiple of a ratio's denominator.
    """
    factors = {}
    for unit in set(units):
        scaled = ratios[unit] * common if unit in ratios else Fraction(0)
        if scaled.denominator != 1:
            raise ValueError(f"{common} does not make the ratio of {unit!r} whole")
        factors[unit] = scaled.numerator
    count = len(units)
    factor = np.fromiter(map(factors.__getitem__, units), np.int64, count)
    unknown = np.zeros(count, np.bool_)
    if not factors.keys() <= ratios.keys():
        nameless = {unit: unit not in ratios for unit in factors}
        unknown = np.fromiter(map(nameless.__getitem__, units), np.bool_, count)
    there = millionths != NO_INT
    limit = _MOST // np.maximum(np.abs(factor), 1)
    too_large = there & (np.abs(np.where(there, millionths, 0)) > limit)
    usable = there & ~unknown & ~too_large
    numerators = np.where(usable, np.where(usable, millionths, 0) * factor, NO_INT)
    return Reduced(numerators, common, unknown, too_large)
