"""Money is exact: it is read as it was written, and what does not fit is refused (SET-06, FX-03)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.core import get_global
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.money import ODD_EXPONENTS, Money, MoneyError, exponent, format_minor, parse_minor

#: Currencies that anyone uses today, by Babel's table of territories.
USED = sorted(
    {
        code
        for history in get_global("territory_currencies").values()
        for code, _, until, tender in history
        if until is None and tender
    }
)
#: Where Babel (that is, Unicode) and ISO 4217 differ: Unicode gives the decimals that are seen in daily
#: life, ISO 4217 those that banks and payment platforms send, which is what files hold.
UNICODE_SAYS_NONE = {
    "AFN",
    "ALL",
    "IQD",
    "IRR",
    "KPW",
    "LAK",
    "LBP",
    "MGA",
    "MMK",
    "RSD",
    "SOS",
    "SYP",
    "YER",
}

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD", "CLF"])


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1000", "JPY", 1000),
        ("1000.00", "JPY", 1000),
        ("1.005", "KWD", 1005),
        ("100.00", "USD", 10000),
        ("-12.5", "EUR", -1250),
        ("+.5", "EUR", 50),
        ("5.", "EUR", 500),
        ("-0", "EUR", 0),
        ("0012.30", "EUR", 1230),
        ("90071992547409.93", "EUR", 9007199254740993),
    ],
)
def test_set_06_the_currency_gives_the_scale(text: str, currency: str, minor: int) -> None:
    assert parse_minor(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [("1000.5", "JPY"), ("1.005", "USD"), ("0.001", "EUR"), ("1.0005", "KWD"), ("1.00501", "KWD")],
)
def test_fx_03_more_decimals_than_the_currency_has_are_never_rounded(text: str, currency: str) -> None:
    with pytest.raises(MoneyError, match=f"has more decimals than {currency} has"):
        parse_minor(text, currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "-",
        "1,00",
        "1 000",
        "1e3",
        "nan",
        "inf",
        "0x10",
        "--1",
        "1.2.3",
        "١٢",
        "1_000",
        " 1",
        "1\n",
        "€1",
    ],
)
def test_only_plain_decimals_are_amounts(text: str) -> None:
    with pytest.raises(MoneyError, match="is not an amount"):
        parse_minor(text, "EUR")


@pytest.mark.parametrize("currency", ["", "EU", "EURO", "eur", "E1R", "ÄÖÜ", "EUR\n"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(MoneyError, match="is not a three-letter currency code"):
        exponent(currency)
    with pytest.raises(MoneyError, match="is not a three-letter currency code"):
        parse_minor("1", currency)


@given(st.integers(-(10**15), 10**15), CURRENCIES)
def test_what_was_written_is_read_again(minor: int, currency: str) -> None:
    text = format_minor(minor, currency)
    assert parse_minor(text, currency) == minor
    assert len(text.partition(".")[2]) == exponent(currency)
    assert Money.parse(text, currency) == Money(minor, currency)
    assert str(Money(minor, currency)) == f"{text} {currency}"


@given(st.from_regex(r"[+-]?[0-9]{1,15}(\.[0-9]{0,5})?", fullmatch=True), CURRENCIES)
def test_what_is_read_is_worth_the_same(text: str, currency: str) -> None:
    exact = Decimal(text) * 10 ** exponent(currency)
    if exact == exact.to_integral_value():
        assert parse_minor(text, currency) == int(exact)
    else:
        with pytest.raises(MoneyError):
            parse_minor(text, currency)


@given(st.text(max_size=12), CURRENCIES)
def test_any_text_is_an_amount_or_an_error(text: str, currency: str) -> None:
    try:
        minor = parse_minor(text, currency)
    except MoneyError:
        return
    assert parse_minor(format_minor(minor, currency), currency) == minor


def test_absurd_amounts_are_refused_quickly() -> None:
    with pytest.raises(MoneyError):
        parse_minor("9" * 5000, "EUR")
    assert parse_minor("9" * 40, "EUR") == (10**40 - 1) * 100


@pytest.mark.parametrize("currency", USED)
def test_decimals_agree_with_babel_where_it_follows_iso_4217(currency: str) -> None:
    if currency in UNICODE_SAYS_NONE:
        assert (get_currency_precision(currency), exponent(currency)) == (0, 3 if currency == "IQD" else 2)
    else:
        assert exponent(currency) == get_currency_precision(currency)


def test_every_odd_currency_is_used_or_a_unit_of_account() -> None:
    assert set(ODD_EXPONENTS) - set(USED) == {"CLF", "UYI", "UYW"}


@given(st.integers(), st.integers())
def test_only_one_currency_is_added(a: int, b: int) -> None:
    assert Money(a, "EUR") + Money(b, "EUR") == Money(a + b, "EUR")
    assert Money(a, "EUR") - Money(b, "EUR") == Money(a - b, "EUR")
    assert -Money(a, "EUR") == Money(-a, "EUR")
    with pytest.raises(MoneyError, match="cannot add USD to EUR"):
        Money(a, "EUR") + Money(b, "USD")
    with pytest.raises(MoneyError, match="cannot add USD to EUR"):
        Money(a, "EUR") - Money(b, "USD")
