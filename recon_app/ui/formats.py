"""How values look on screen: grouped digits, a true minus sign, ISO dates.

Money never passes through a float. Parsing is never done here: the screen's locale says nothing about files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from PySide6.QtCore import QLocale

from recon_app.models.column import Column, ColumnType
from recon_app.models.money import MoneyError, exponent, format_minor
from recon_app.models.quantity import format_quantity
from recon_app.models.record import Category, Record

MINUS = "\N{MINUS SIGN}"
_EPOCH = date(1970, 1, 1)
#: The minus of an amount with its currency, as services write it.
_MINUS = re.compile(r"(?<![\w-])-(?=[0-9.]+ [A-Z]{3}\b)")
_LINE_BREAKS = str.maketrans("\t\r\n\v\f", "     ")


class _Marks:
    """Separators of the user's locale, looked up once."""

    def __init__(self, locale: QLocale) -> None:
        self.group = locale.groupSeparator() or ","
        self.point = locale.decimalPoint() or "."


_marks = _Marks(QLocale())


def number(value: int) -> str:
    """Write an integer with grouped digits: ``1,368``."""
    text = f"{abs(value):,}".replace(",", _marks.group)
    return MINUS + text if value < 0 else text


def money(minor: int, currency: str, *, sign: bool = False) -> str:
    """Write minor units with grouped digits and without the currency, which its column or total names.

    Args:
        minor: Minor units.
        currency: ISO 4217 code; decides the decimals. An unknown code shows minor units as they are.
        sign: Also write a plus sign, for differences.
    """
    try:
        digits = exponent(currency)
    except MoneyError:
        return number(minor)
    whole, rest = divmod(abs(minor), 10**digits)
    text = f"{whole:,}".replace(",", _marks.group)
    if digits:
        text = f"{text}{_marks.point}{rest:0{digits}d}"
    if minor < 0:
        return MINUS + text
    return "+" + text if sign and minor > 0 else text


def quantity(millionths: int, *, sign: bool = False) -> str:
    """Write millionths with grouped digits and no needless zeros: ``1,234.5``."""
    whole, point, rest = format_quantity(abs(millionths)).partition(".")
    text = f"{int(whole):,}".replace(",", _marks.group) + (_marks.point + rest if point else "")
    if millionths < 0:
        return MINUS + text
    return "+" + text if sign and millionths > 0 else text


def per_cent(share: Fraction) -> str:
    """Write a share with one decimal, never rounded up: 99.97 % is not 100 %."""
    tenths = int(share * 1000)
    return f"{tenths // 10}.{tenths % 10} %"


def difference(figure: int, currency: str, unit: str) -> str:
    """Write a difference with its sign: a quantity where there is a unit, else money."""
    return quantity(figure, sign=True) if unit else money(figure, currency, sign=True)


def plain_difference(figure: int, currency: str, unit: str) -> str:
    """A difference as a plain decimal text, for copying."""
    return format_quantity(figure) if unit else plain_money(figure, currency)


def day(days: int) -> str:
    """Write days since 1970-01-01 as an ISO date."""
    try:
        return (_EPOCH + timedelta(days=days)).isoformat()
    except OverflowError:
        return str(days)


def moment(seconds: int) -> str:
    """Write UTC epoch seconds as ``2026-10-07 09:12`` in the local time of this computer."""
    try:
        return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return str(seconds)


def stamp(iso: str) -> str:
    """Write an ISO timestamp of the store in local time; other text stays as it is."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return when.astimezone().strftime("%Y-%m-%d %H:%M") if when.tzinfo else when.strftime("%Y-%m-%d %H:%M")


def one_line(text: str) -> str:
    """Fold line breaks and tabs of foreign text, so that a row stays a row."""
    return text.translate(_LINE_BREAKS)


def sentence(text: str) -> str:
    """A sentence of a service on one line, its amounts with the minus of the tables."""
    return _MINUS.sub(MINUS, one_line(text))


def value(record: Record, column: Column) -> str:
    """The text of one field of a record, as a person reads it."""
    raw = _raw(record, column.field)
    if raw is None:
        return ""
    if isinstance(raw, str):
        return _word(raw) if column.field == "category" else one_line(raw)
    if column.type is ColumnType.MONEY:
        return money(raw, _currency(record.values, column.field))
    if column.type is ColumnType.DATE:
        return moment(raw) if column.field == "at" else day(raw)
    if column.type is ColumnType.QUANTITY:
        return quantity(raw)
    return number(raw) if column.type is ColumnType.NUMBER else str(raw)


def plain(record: Record, column: Column) -> str:
    """The text of one field for a spreadsheet: no grouping, an ASCII minus sign, no formulas."""
    raw = _raw(record, column.field)
    if raw is None:
        return ""
    if isinstance(raw, str):
        return harmless(raw)
    if column.type is ColumnType.MONEY:
        return plain_money(raw, _currency(record.values, column.field))
    if column.type is ColumnType.DATE:
        return moment(raw) if column.field == "at" else day(raw)
    return format_quantity(raw) if column.type is ColumnType.QUANTITY else str(raw)


def origin(record: Record) -> str:
    """Where a record was read from: file and number of the data record."""
    return f"{one_line(record.origin.file)}, row {record.origin.row}"


def plain_money(minor: int, currency: str) -> str:
    """Minor units as a plain decimal text; an unknown currency leaves minor units."""
    try:
        return format_minor(minor, currency)
    except MoneyError:
        return str(minor)


def harmless(text: str) -> str:
    """Keep foreign text from becoming a formula or a new cell when it is pasted (OWASP, CSV injection)."""
    flat = one_line(text)
    return f"'{flat}" if flat.startswith(("=", "+", "-", "@")) else flat


def _raw(record: Record, field: str) -> int | str | None:
    if field == "file":
        return origin(record)
    if field == "row":
        return record.origin.row
    return record.values.get(field)


def _currency(values: Mapping[str, int | str], field: str) -> str:
    name = "foreign_currency" if field == "foreign_amount" else "currency"
    return str(values.get(name, ""))


def _word(category: str) -> str:
    try:
        return Category(category).value.replace("_", " ")
    except ValueError:
        return one_line(category)
