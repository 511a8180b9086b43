"""Quantities are exact: they are read as they were written, and what does not fit is refused (UOM)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.quantity import (
    Quantity,
    QuantityError,
    amount_of,
    format_quantity,
    parse_quantity,
    unit_of,
)


@pytest.mark.parametrize(
    ("text", "millionths"),
    [("0", 0), ("-0.00", 0), ("12", 12_000_000), ("1.5", 1_500_000), ("-.000001", -1), ("3.", 3_000_000)],
)
def test_a_plain_decimal_is_read_exactly(text: str, millionths: int) -> None:
    assert parse_quantity(text) == millionths


@pytest.mark.parametrize("text", ["", ".", "1,5", "1e3", "NaN", "1_000", "१", "0.0000001", "not stocked"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(QuantityError):
        parse_quantity(text)


@given(st.integers(-(10**18), 10**18))
def test_writing_and_reading_give_the_same(millionths: int) -> None:
    assert parse_quantity(format_quantity(millionths)) == millionths


def test_one_of_a_unit_is_said_in_the_singular() -> None:
    assert [amount_of(many, "Units") for many in (10**6, -(10**6), 0, 1_500_000)] == [
        *("1 Unit", "-1 Unit", "0 Units", "1.5 Units"),
    ]
    assert amount_of(10**6, "Dozens") == "1 Dozen"
    assert amount_of(10**6, "Gross") == "1 Gross"
    assert str(Quantity(10**6, "Units")) == "1 Unit"
    assert [unit_of(many, "Units") for many in (-(10**6), 2 * 10**6)] == ["Unit", "Units"]
