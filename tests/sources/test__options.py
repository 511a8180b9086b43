"""Options of an import: an unknown name and a value that cannot be are refused, whatever the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.core import get_global
from babel.numbers import get_territory_currencies

from recon_app import registry
from recon_app.models.problem import UsageError
from recon_app.sources import _options
from recon_app.store.imports import EXPORTED_AT

SOURCES = Path(_options.__file__).parent
#: How the code of sources names an option: where it is asked for, and where it is read.
NAMED = re.compile(
    r"""(?:AnswerNeeded\(|options\.get\(|\.ask\(\s*question,|questions\.append\(AnswerNeeded\()"""
    r"""\s*(PREFIX \+ |_PREFIX \+ )?"([a-z_.]+)\""""
)


def check(**options: str) -> None:
    """Check options, a double underscore standing for the dot."""
    given = {name.replace("__", "."): value for name, value in options.items()}
    _options.check(given, registry.sources().values())


def named() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCES.glob("*.py")):
        for prefix, name in NAMED.findall(path.read_text(encoding="utf-8")):
            yield path.stem, f"mapping.{name}" if prefix else name


def test_every_option_that_a_source_asks_for_or_reads_is_known() -> None:
    found = set(named())
    assert len(found) > 40, "the pattern no longer finds them"
    known = _options.known(registry.sources().values())
    assert [(where, name) for where, name in sorted(found) if name not in known] == []


def test_a_name_that_no_source_knows_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match=r"there is no option 'date_ordr'; there are .*date_order, .*zone"):
        check(date_ordr="dmy")
    with pytest.raises(UsageError, match=r"'mapping\.colour'; there are mapping\.account.*, mapping\.date,"):
        check(mapping__colour="Farbe")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("date_order", "dym", "ymd, dmy, mdy, excel, unix or unix_ms"),
        ("decimal_mark", ",", "comma or dot"),
        ("encoding", "latin-99", "an encoding: utf-8, cp1252"),
        ("currency", "EURO", "a currency code such as EUR"),
        ("currency", "EUU", "a currency code such as EUR"),
        ("zone", "Nowhere", "a time zone such as Europe/Berlin"),
        ("timezone", "Europe/Berlinn", "a time zone such as Europe/Berlin"),
        ("timezone", "", "a time zone such as Europe/Berlin"),
        ("exported_at", "2026-11-23T09:30", "a time with its zone, as in 2026-11-23T09:30\\+01:00"),
        ("personal", "yes", "keep"),
        ("snapshot", "half", "whole or part"),
        ("sheet", "", "a text"),
        ("fees", "plus", "positive or negative"),
        ("documents", "mine", "customer or vendor$"),
        ("amount_unit", "cents", "hundredths or whole, or rupees or paise"),
        ("mapping.amount_unit", "cents", "major or minor"),
        ("mapping.header_row", "first", "a whole number"),
        ("mapping.date_order", "dym", "ymd, dmy, mdy"),
        ("mapping.delimiter", "tabulator", "one character"),
    ],
)
def test_a_value_that_cannot_be_is_refused(name: str, value: str, words: str) -> None:
    with pytest.raises(UsageError, match=f"the option {re.escape(name)} cannot be .*; it must be {words}"):
        check(**{name: value})


def test_every_currency_of_today_can_be_told() -> None:
    for territory in get_global("territory_currencies"):
        assert set(get_territory_currencies(territory)) <= _options.CURRENCIES


def test_what_can_be_is_taken() -> None:
    check()
    check(date_order="dmy", encoding="latin-1", currency="eur", zone="none", timezone="Asia/Kolkata")
    check(**{EXPORTED_AT: "2026-11-23T09:30+01:00"})
    check(zone="CET", fees="negative", payout_sign="positive", documents="vendor", amount_unit="paise")
    check(mapping__date="Datum|Uhrzeit", mapping__currency="Währung", mapping__currency_code="CHF")
    check(mapping__delimiter="tab", delimiter=";", mapping__barcode="EAN", mapping__header_row="3")
