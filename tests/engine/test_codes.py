"""Codes that look alike, and what spreadsheet programs make of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.codes import (
    barcode_fault,
    damage,
    difference,
    folded,
    gtin,
    looks_numeric,
    may_have_been,
)


def test_id_02_identifiers_are_text() -> None:
    skus = ["00123", "123", "73928e05", "4.687E+11"]
    assert len(set(skus)) == 4
    assert [looks_numeric(sku) for sku in skus] == [False, False, True, False]
    assert [damage(sku) for sku in skus] == ["", "", "", "has lost digits"]


@pytest.mark.parametrize(
    ("one", "other", "ways"),
    [
        ("CF-001", "cf-001", ("case",)),
        (" CF-050 ", "CF-050", ("blanks",)),
        ("CF\u00a0050", "CF050", ("blanks",)),
        ("00123", "123", ("leading zeros",)),
        (" 00123", "123", ("blanks", "leading zeros")),
        ("CF-001", "CF\u2013001", ("dashes",)),
        ("CF_001", "cf001", ("case", "dashes")),
        ("-00 a", "A", ("case", "blanks", "leading zeros", "dashes")),
        ("CF-001", "CF-001", ()),
        ("CF-001", "CF-010", ()),
        ("000", "0", ("leading zeros",)),
    ],
)
def test_what_tells_two_codes_apart(one: str, other: str, ways: tuple[str, ...]) -> None:
    assert difference(one, other) == ways
    assert difference(other, one) == ways


@given(st.text("aA0 -1", max_size=6), st.text("aA0 -1", max_size=6))
def test_codes_that_fold_to_one_differ_in_some_way(one: str, other: str) -> None:
    assert bool(difference(one, other)) == (one != other and folded(one) == folded(other))


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("4.687E+11", "has lost digits"),
        ("4,687E+11", "has lost digits"),
        ("1234567890123450000", "may have lost its last digits"),
        ("1234567890123456", ""),
        ("123.0", "was turned into a number"),
        ("1-Mar", "was turned into a date"),
        ("Mar-26", "was turned into a date"),
        ("MARS-26", ""),
        ("73928e05", ""),
        ("", ""),
    ],
)
def test_damage_by_a_spreadsheet_program(code: str, what: str) -> None:
    assert damage(code) == what


@pytest.mark.parametrize(
    ("damaged", "code", "fits"),
    [
        ("4.687E+11", "468700012345", True),
        ("4.69E+11", "468700012345", True),
        ("4.687E+11", "468712345678", True),  # a cell with three decimals
        ("4.687E+11", "46870001234", False),
        ("4.687E+11", "CF-001", False),
        ("123.0", "123", True),
        ("123.0", "1230", False),
        ("1-Mar", "MAR1", False),
    ],
)
def test_what_a_damaged_code_may_have_been(damaged: str, code: str, fits: bool) -> None:
    assert may_have_been(damaged, code) is fits


@pytest.mark.parametrize(
    ("barcode", "fault"),
    [
        ("4006381333931", ""),
        ("4006381333932", "has a wrong check digit"),
        ("036000291452", ""),
        ("36000291452", "has lost its leading zeros"),
        ("96385074", ""),
        ("4.00638E+12", "has lost digits"),
        ("10614141000415", ""),
        ("X-17", ""),
        ("12345", ""),
        ("23467", ""),  # its last digit would be right
        ("100023459", "has lost its leading zeros"),
        ("\u0661\u0667", ""),
    ],
)
def test_check_digits(barcode: str, fault: str) -> None:
    assert barcode_fault(barcode) == fault


def test_upc_and_ean_of_one_article_are_one_barcode() -> None:
    assert gtin("036000291452") == gtin(" 0036000291452")
    assert gtin("12345") == "12345"
