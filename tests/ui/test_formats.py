"""How values look: money without floats, dates, foreign text; a word and an icon for everything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.case import Kind, State
from recon_app.models.column import Column, ColumnType
from recon_app.models.money import parse_minor
from recon_app.models.record import Origin, Record, RecordType, Side
from recon_app.ui import formats, icons, words


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (128_431_022, "EUR", "1,284,310.22"),
        (-1250, "EUR", "\N{MINUS SIGN}12.50"),
        (5, "EUR", "0.05"),
        (0, "EUR", "0.00"),
        (10_000, "JPY", "10,000"),
        (1_234_567, "KWD", "1,234.567"),
        (1250, "no code", "1,250"),
    ],
)
def test_money(minor: int, currency: str, text: str) -> None:
    assert formats.money(minor, currency) == text


def test_a_difference_carries_its_sign() -> None:
    assert formats.money(1250, "EUR", sign=True) == "+12.50"
    assert formats.money(-1250, "EUR", sign=True) == "\N{MINUS SIGN}12.50"
    assert formats.money(0, "EUR", sign=True) == "0.00"


@given(st.integers(-(2**62), 2**62), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_money_on_screen_is_exact(minor: int, currency: str) -> None:
    shown = formats.money(minor, currency)
    assert parse_minor(shown.replace(",", "").replace("\N{MINUS SIGN}", "-"), currency) == minor


def test_dates_are_iso() -> None:
    assert formats.day(20_000) == "2024-10-04"
    assert formats.day(10**9) == "1000000000"
    assert formats.stamp("no date") == "no date"


def make(**values: int | str) -> Record:
    return Record(1, RecordType.PAYMENT_LINE, Origin("", "a.csv", "x", 7), values)


def test_fields_are_shown_by_their_type() -> None:
    found = make(amount=-1250, currency="EUR", day=20_000, foreign_amount=900, foreign_currency="JPY")
    assert formats.value(found, Column("amount", "", ColumnType.MONEY)) == "\N{MINUS SIGN}12.50"
    assert formats.value(found, Column("foreign_amount", "", ColumnType.MONEY)) == "900"
    assert formats.value(found, Column("day", "", ColumnType.DATE)) == "2024-10-04"
    assert formats.value(found, Column("file", "")) == "a.csv, row 7"
    assert formats.value(found, Column("text", "")) == ""
    assert formats.plain(found, Column("amount", "", ColumnType.MONEY)) == "-12.50"


def test_line_breaks_of_foreign_text_do_not_break_a_row() -> None:
    assert formats.value(make(text="a\nb\tc"), Column("text", "")) == "a b c"


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2", "@x"])
def test_what_is_copied_is_never_a_formula(text: str) -> None:
    assert formats.plain(make(text=text), Column("text", "")) == f"'{text}"


def test_an_identifier_keeps_its_zeros() -> None:
    assert formats.plain(make(ref="0012"), Column("ref", "")) == "0012"


def test_every_kind_state_and_side_has_a_word_and_an_icon() -> None:
    for kind in Kind:
        assert words.KIND[kind]
        assert words.KIND_SHORT[kind]
        assert (icons.FOLDER / f"{words.kind_icon(kind)}.svg").is_file()
    for state in State:
        assert words.STATE[state]
        assert (icons.FOLDER / f"{words.state_icon(state)}.svg").is_file()
    for side in Side:
        assert words.absent(side).startswith("Not ")
        assert (icons.FOLDER / f"side-{side.value}.svg").is_file()


def test_a_missing_record_names_the_side() -> None:
    assert words.kind_word(Kind.MISSING, {Side.ODOO}) == "Not in Odoo"
    assert words.kind_word(Kind.MISSING, {Side.BANK, Side.SHOP}) == "Not in the shop and at the bank"
    assert words.kind_word(Kind.AMOUNT, {Side.ODOO}) == "Amount differs"
    assert words.kind_icon(Kind.MISSING, right_missing=True) == "kind-left-only"
    assert words.kind_icon(Kind.MISSING, left_missing=True) == "kind-right-only"
    assert words.kind_icon(Kind.MISSING) == "kind-missing"


def test_sentences_show_negative_amounts_with_the_minus_of_the_tables() -> None:
    text = "Odoo: re-order #A-12, -974.38 EUR, 2026-10-12\n(rows 3-5 KPI)"
    assert formats.sentence(text) == "Odoo: re-order #A-12, \u2212974.38 EUR, 2026-10-12 (rows 3-5 KPI)"
