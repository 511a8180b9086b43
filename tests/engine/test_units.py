"""Units of measure are compared exactly (UOM-01, UOM-02)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.units import Reduced, denominator, reduce
from recon_app.models.quantity import parse_quantity
from recon_app.models.record import NO_INT

DOZEN = {"Units": Fraction(1, 12), "Dozens": Fraction(1)}


def column(*texts: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([parse_quantity(text) if text else NO_INT for text in texts], np.int64)


def fraction(found: Reduced, row: int) -> Fraction:
    """The exact quantity of a row in the reference unit."""
    return Fraction(int(found.numerators[row]), found.denominator * 10**6)


def test_uom_01_one_unit_of_a_dozen_is_a_twelfth() -> None:
    found = reduce(column("1", "0.08"), ["Units", "Dozens"], DOZEN, denominator(DOZEN))
    assert fraction(found, 0) == Fraction(1, 12)
    assert fraction(found, 1) * 12 == Fraction("0.96")  # what a rounded quantity comes back as
    assert found.numerators[0] != found.numerators[1]


def test_uom_02_a_purchase_in_rounded_dozens_is_not_what_was_needed() -> None:
    ratios = {"Units": Fraction(1), "Dozens": Fraction(12)}
    found = reduce(column("200", "16.67"), ["Units", "Dozens"], ratios, denominator(ratios))
    assert fraction(found, 1) - fraction(found, 0) == Fraction("0.04")


def test_a_unit_that_nobody_explained_has_no_figure() -> None:
    found = reduce(column("1", "2", ""), ["Units", "Boxes", "Units"], DOZEN, 12)
    assert found.unknown.tolist() == [False, True, False]
    assert found.numerators.tolist()[1:] == [NO_INT, NO_INT]


def test_what_does_not_fit_is_said_and_not_wrapped() -> None:
    found = reduce(np.array([2**61], np.int64), ["Dozens"], {"Dozens": Fraction(12)}, 1)
    assert found.too_large.tolist() == [True]
    assert found.numerators.tolist() == [NO_INT]


def test_a_denominator_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not make"):
        reduce(column("1"), ["Units"], DOZEN, 5)


@given(
    st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=20),
    st.fractions(min_value=Fraction(1, 144), max_value=1000, max_denominator=144),
)
def test_a_reduced_quantity_is_the_exact_product(values: list[int], ratio: Fraction) -> None:
    ratios = {"unit": ratio}
    found = reduce(np.array(values, np.int64), ["unit"] * len(values), ratios, denominator(ratios))
    assert [fraction(found, row) for row in range(len(values))] == [
        Fraction(value, 10**6) * ratio for value in values
    ]
