"""What only the whole file can tell: the order of the date parts, the decimal mark, the sign convention.

A single cell such as ``03/04/2026`` or ``1,234`` has two readings; a column often has one. Every function
here looks at all cells at once: exactly one reading fits and is used, several fit and a person is asked,
none fits and the cells that do not fit are reported by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from recon_app.models.problem import AnswerNeeded, UsageError
from recon_app.models.record import NO_INT

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Order of the date parts: answers of the option ``date_order``.
DATE_ORDERS = ("ymd", "dmy", "mdy")
#: Decimal marks: answers of the option ``decimal_mark``.
DECIMAL_MARKS = ("comma", "dot")
#: How negative debits or credits are meant: answers of the option ``debit_sign``.
DEBIT_SIGNS = ("columns", "signed", "reversal", "books")

ORDER_WORDS = {"ymd": "year-month-day", "dmy": "day-month-year", "mdy": "month-day-year"}
_YEARS = range(1990, 2080)  # a bank line outside of it is a misreading or a typing error
_EPOCH = date(1970, 1, 1)
_TIME = (
    r"(?:[T ]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?"
    r"(?: ?[AaPp][Mm])?(?: ?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
_DATE = re.compile(r"([0-9]{1,4})([./\-])([0-9]{1,2})\2([0-9]{1,4})" + _TIME)
_COMPACT = re.compile(r"[0-9]{8}")

_FOLDED = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'", "\u2212": "-"})
_CODE = r"([A-Z]{3}|[€$£¥])?"
_CELL = re.compile(
    rf"(\()? ?([+-])? ?{_CODE} ?([+-])? ?"
    r"([0-9][0-9., ']*[0-9]|[0-9]|[.,][0-9]+)"
    rf" ?([+-])? ?{_CODE} ?([+-])? ?(\))?"
)
_BODY = {
    "dot": re.compile(r"(?:[0-9]+|[1-9][0-9]{0,2}([, '])[0-9]{3}(?:\1[0-9]{3})*)(?:\.[0-9]+)?|\.[0-9]+"),
    "comma": re.compile(r"(?:[0-9]+|[1-9][0-9]{0,2}([. '])[0-9]{3}(?:\1[0-9]{3})*)(?:,[0-9]+)?|,[0-9]+"),
}
_TO_PLAIN = {
    "dot": str.maketrans("", "", ", '"),
    "comma": str.maketrans(",", ".", ". '"),
}
_SYMBOLS = {"€": "EUR"}  # $, £ and ¥ belong to several currencies and claim nothing


@dataclass(frozen=True, slots=True)
class Found:
    """What a whole column says.

    Attributes:
        value: The reading to use.
        sure: False when the data decided between readings that differ, which the user should be told.
    """

    value: str
    sure: bool


# dates


def looks_like_date(cell: str) -> bool:
    """Whether a cell has the shape of a date, possible or not (``31.02.2026``)."""
    text = cell.strip()
    return bool(_DATE.fullmatch(text) or _COMPACT.fullmatch(text))


def find_date_order(cells: Iterable[str], told: str = "") -> Found:
    """Find the order of day, month and year that fits all cells.

    Args:
        cells: All cells of the date columns; blank ones say nothing.
        told: The order a person gave, or "".

    Returns:
        The only order that fits; when none does, the one that fits most, so that :func:`read_days`
        reports the others.

    Raises:
        AnswerNeeded: several orders fit and give different days.
        UsageError: ``told`` is not an order.
    """
    if told:
        return Found(_known(told, DATE_ORDERS, "date_order"), sure=True)
    texts = sorted({cell.strip() for cell in cells} - {""})
    readings = {order: [_day(text, order) for text in texts] for order in DATE_ORDERS}
    fits = [order for order in DATE_ORDERS if NO_INT not in readings[order]]
    if not fits:
        best = max(DATE_ORDERS, key=lambda order: len(texts) - readings[order].count(NO_INT))
        return Found(best, sure=False)
    if any(readings[order] != readings[fits[0]] for order in fits):
        raise AnswerNeeded("date_order", tuple(fits), _date_question(texts, fits))
    return Found(fits[0], sure=all(_one_order_only(text) for text in texts))


def find_date_orders(columns: Sequence[Sequence[str]], told: str = "") -> list[Found]:
    """:func:`find_date_order` of all date columns of a file together, so that they help each other.

    Only when no order fits them together (a workbook with one column of dates and one of text) each column
    is looked at alone.
    """
    texts = {cell.strip() for column in columns for cell in column} - {""}
    together = any(all(_day(text, order) != NO_INT for text in texts) for order in DATE_ORDERS)
    if told or together:
        return [find_date_order(texts, told)] * len(columns)
    return [find_date_order(column) for column in columns]


def _known(told: str, choices: Sequence[str], option: str) -> str:
    if told not in choices:
        raise UsageError(f"{told!r} is not an answer to {option}; choose one of {', '.join(choices)}")
    return told


def _one_order_only(text: str) -> bool:
    """Whether the cell alone leaves no doubt: a year of four digits in front."""
    return bool(re.match(r"[0-9]{4}[./\-]", text))


def _date_question(texts: Sequence[str], fits: Sequence[str]) -> str:
    example = next(text for text in texts if len({_day(text, order) for order in fits}) > 1)
    ways = " or ".join(
        f"{_EPOCH + timedelta(days=_day(example, order))} ({ORDER_WORDS[order]})" for order in fits
    )
    return f"{example!r} can be {ways}, and no other date of the file decides. In which order are the dates?"


def read_days(cells: Sequence[str], order: str) -> tuple[Ints, Mask]:
    """Read a column of dates in one order, with ``.``, ``/``, ``-`` or nothing between the parts.

    A time of day behind the date is dropped: the day counts as it is written.

    Returns:
        Days since 1970-01-01 (:data:`NO_INT` for blank and bad cells) and the mask of the bad cells.
    """
    known = {cell: _day(cell.strip(), order) for cell in set(cells)}
    values = np.fromiter((known[cell] for cell in cells), np.int64, len(cells))
    blank = np.fromiter((not cell.strip() for cell in cells), np.bool_, len(cells))
    return values, (values == NO_INT) & ~blank


def _day(text: str, order: str) -> int:
    """Days since 1970-01-01, :data:`NO_INT` when the text is not a date in this order."""
    parts = _date_parts(text, order)
    if parts is None:
        return NO_INT
    named = dict(zip(order, parts, strict=True))
    year = _year(named["y"])
    if year not in _YEARS or len(named["m"]) > 2 or len(named["d"]) > 2:
        return NO_INT
    try:
        return (date(year, int(named["m"]), int(named["d"])) - _EPOCH).days
    except ValueError:
        return NO_INT


def _date_parts(text: str, order: str) -> tuple[str, str, str] | None:
    if _COMPACT.fullmatch(text):
        return (text[:4], text[4:6], text[6:]) if order == "ymd" else (text[:2], text[2:4], text[4:])
    match = _DATE.fullmatch(text)
    if match is None or (order == "ymd" and match[2] == "." and len(match[1]) != 4):
        return None  # nobody writes 26.01.05 for 5 January, and every 05.01.26 would be asked
    if int(match[5] or 0) > 23 or int(match[6] or 0) > 59 or int(match[7] or 0) > 59:
        return None
    return match[1], match[3], match[4]


def _year(text: str) -> int:
    """A year of four digits, or of two: 80 to 99 are the last century."""
    if len(text) == 2:
        return int(text) + (2000 if int(text) < 80 else 1900)
    return int(text) if len(text) == 4 else 0


# amounts


def looks_like_amount(cell: str) -> bool:
    """Whether a cell can be an amount under one of the decimal marks."""
    parts = split_amount(cell)
    return parts is not None and any(body.fullmatch(parts.body) for body in _BODY.values())


@dataclass(frozen=True, slots=True)
class AmountParts:
    """An amount cell taken apart: its digits with their marks, its sign, its currency code."""

    body: str
    negative: bool
    brackets: bool
    code: str


def split_amount(cell: str) -> AmountParts | None:
    """Take a cell apart; None when it has two signs, two currencies or other characters."""
    match = _CELL.fullmatch(cell.translate(_FOLDED).strip())
    if match is None:
        return None
    opened, before, code, between, body, behind, code_after, last, closed = match.groups()
    signs = [sign for sign in (before, between, behind, last) if sign]
    brackets = bool(opened)
    if len(signs) + brackets > 1 or brackets != bool(closed) or (code and code_after):
        return None
    mark = code or code_after or ""
    return AmountParts(
        body, brackets or signs == ["-"], brackets, _SYMBOLS.get(mark, mark if len(mark) == 3 else "")
    )


def find_decimal_mark(cells: Iterable[str], told: str = "") -> Found:
    """Find the decimal mark that fits all amount cells of a file.

    Thousands may be parted by the other mark, a blank, a no-break space or an apostrophe, in groups of three.

    Args:
        cells: The cells of all amount columns; blank ones say nothing.
        told: "comma" or "dot" as a person gave it, or "".

    Returns:
        The only mark that fits; when none does, the one that fits most, so that :func:`plain_amounts`
        reports the others.

    Raises:
        AnswerNeeded: both marks fit and give different amounts (``1,234``).
        UsageError: ``told`` is not a mark.
    """
    if told:
        return Found(_known(told, DECIMAL_MARKS, "decimal_mark"), sure=True)
    split = (split_amount(cell) for cell in cells if cell.strip())
    bodies = {parts.body for parts in split if parts is not None}
    misfits = {mark: sum(not body.fullmatch(text) for text in bodies) for mark, body in _BODY.items()}
    if misfits["dot"] or misfits["comma"]:
        best = min(misfits, key=lambda mark: misfits[mark])
        return Found(best, sure=best == "dot")
    doubtful = sorted(text for text in bodies if "." in text or "," in text)
    if doubtful:
        example = doubtful[0]
        ways = " or ".join(f"{_plain(example, mark)} (decimal {mark})" for mark in DECIMAL_MARKS)
        question = f"{example!r} can be {ways}, and no other amount of the file decides. Which mark is it?"
        raise AnswerNeeded("decimal_mark", DECIMAL_MARKS, question)
    return Found("dot", sure=True)


def _plain(body: str, mark: str) -> str:
    return body.translate(_TO_PLAIN[mark])


@dataclass(frozen=True, slots=True)
class Amounts:
    """A column of amounts in plain form, ready for :func:`recon_app.sources._values.minor_units`.

    Attributes:
        texts: Plain decimals (``-1234.56``), "" for blank and bad cells.
        codes: The currency code written in each cell, "" without one.
        bad: Mask of the cells that are not amounts.
    """

    texts: list[str]
    codes: list[str]
    bad: Mask


def plain_amounts(cells: Sequence[str], mark: str) -> Amounts:
    """Write a column of amounts as plain decimals.

    A minus may stand before, behind, or be U+2212. Brackets mean negative only in a column without a minus:
    with both, nobody knows what the brackets say.

    Args:
        cells: The cells as in the file.
        mark: "comma" or "dot".
    """
    split = [split_amount(cell) if cell.strip() else None for cell in cells]
    minus = any(parts is not None and parts.negative and not parts.brackets for parts in split)
    texts: list[str] = []
    codes: list[str] = []
    bad = np.zeros(len(cells), np.bool_)
    for index, (cell, parts) in enumerate(zip(cells, split, strict=True)):
        fits = parts is not None and _BODY[mark].fullmatch(parts.body) and not (parts.brackets and minus)
        if parts is None or not fits:
            bad[index] = bool(cell.strip())
            texts.append("")
            codes.append("")
        else:
            texts.append(("-" if parts.negative else "") + _plain(parts.body, mark))
            codes.append(parts.code)
    return Amounts(texts, codes, bad)


# signs

# Debit and credit in English, German, French, Dutch, Spanish and Italian; the two share no word.
_DEBIT_WORDS = """
d dr db dt debit debet dbit s soll belastung lastschrift af debe cargo dare addebito withdrawal -
"""
_CREDIT_WORDS = """
c cr ct credit crdt h haben gutschrift bij haber abono a avere accredito deposit +
"""
_DIRECTIONS = dict.fromkeys(_DEBIT_WORDS.split(), -1) | dict.fromkeys(_CREDIT_WORDS.split(), 1)


def direction(word: str) -> int:
    """-1 for a debit word (D, S, Af), +1 for a credit word (C, H, Bij), 0 for any other."""
    folded = word.strip().rstrip(".").casefold().replace("é", "e").replace("\u2212", "-")
    return _DIRECTIONS.get(folded, 0)


def directions(words: Sequence[str]) -> Ints:
    """:func:`direction` of a whole column."""
    known = {word: direction(word) for word in set(words)}
    return np.fromiter((known[word] for word in words), np.int64, len(words))


_UNSIGNED = ("columns", "books")  # readings for which the sign of a cell says nothing


def debit_credit_readings(debit: Ints, credit: Ints, told: str = "") -> dict[str, Ints]:
    """All ways to sign the amounts of a debit and a credit column that the cells allow.

    Exports differ: debits are unsigned, or carry their minus, or a negative debit is a reversal that gives
    the money back; and a table made from a company's books has money in as a debit. Where no cell is
    negative, or where exactly the debits are, only the columns can be meant.

    Args:
        debit: Minor units of the debit column, 0 where blank.
        credit: Minor units of the credit column, 0 where blank.
        told: The reading a person gave, or "".

    Returns:
        Signed minor units by reading: ``columns`` (a credit is money in, signs say nothing), ``signed`` (the
        cells carry the sign), ``reversal`` (credit - debit), ``books`` (a debit is money in, signs say
        nothing). The first is the usual one; readings that give the same amounts are left out.

    Raises:
        UsageError: ``told`` is not a reading.
    """
    readings = {
        "columns": np.abs(credit) - np.abs(debit),
        "signed": credit + debit,
        "reversal": credit - debit,
        "books": np.abs(debit) - np.abs(credit),
    }
    if told:
        return {told: readings[_known(told, DEBIT_SIGNS, "debit_sign")]}
    mixed = (credit < 0).any() or ((debit < 0).any() and (debit > 0).any())
    kept: dict[str, Ints] = {}
    for name, minor in readings.items():
        known = any(np.array_equal(minor, other) for other in kept.values())
        if not known and (mixed or name in _UNSIGNED):
            kept[name] = minor
    return kept


def choose_reading(readings: Mapping[str, Ints], closes: Callable[[Ints], bool | None]) -> Found:
    """Choose the sign convention that the balances of the file prove.

    Args:
        readings: Signed minor units by reading, the usual one first.
        closes: Whether the balances follow from these amounts; None when the file has no balances.

    Returns:
        The reading; not sure when the balances decided against the usual one, or when several were possible.
        When no reading closes, the usual one is given: the failed proof then marks the file.

    Raises:
        AnswerNeeded: negative cells allow several readings and the balances do not decide between them.
    """
    first = next(iter(readings))
    if len(readings) == 1:
        return Found(first, sure=True)
    plain = set(readings) <= set(_UNSIGNED)
    closing = {name: closes(minor) for name, minor in readings.items()}
    proven = [name for name, closed in closing.items() if closed]
    if plain and (first in proven or not proven):
        return Found(first, sure=True)
    if len(proven) == 1:
        return Found(proven[0], sure=False)
    if not proven and None not in closing.values():
        return Found(first, sure=False)
    question = (
        "Some debits or credits are negative and no balance shows what that means. columns: a credit is "
        "money in, the sign says nothing; signed: the sign decides; reversal: a negative debit gives money "
        "back; books: a debit is money in. Which is it?"
    )
    raise AnswerNeeded("debit_sign", tuple(readings), question)
