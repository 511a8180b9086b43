"""Whole columns of text to exact integers: amounts, dates and moments.

Every function takes the texts of one column and returns the values with a mask of the cells that could
not be read. A blank cell is :data:`NO_INT` and not bad; who needs a value checks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import numpy as np

from recon_app.models.money import MoneyError, exponent, parse_minor
from recon_app.models.quantity import DECIMALS, QuantityError, parse_quantity
from recon_app.models.record import NO_INT
from recon_app.sources._cells import Cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

_BLANK, _PLUS, _DASH, _DOT, _ZERO, _NINE, _COLON = (np.uint8(ord(char)) for char in " +-.09:")
_DAY, _TIME = len("2026-11-23"), len("2026-11-23 11:45:00")
_AFTER_DAY = np.frombuffer(b"\0 TZ+-", np.uint8)  # nothing, a time, or the zone of an XML date
_WIDEST = 18  # digits that always fit an int64
_TOO_LARGE = 2**62  # leaves room to add and subtract
_USUAL = 10  # characters that most amounts fit
_NOISE = 7  # characters, the dot and more decimals than any price has
_POWERS = 10 ** np.arange(_WIDEST + 1, dtype=np.int64)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(Z|UTC|[+-](?:0\d|1[0-4]):?[0-5]\d)?",
    re.ASCII,
)


def minor_units(texts: Sequence[str], currencies: str | Sequence[str]) -> tuple[Ints, Mask]:
    """Read plain decimals (``-12.50``) as minor units.

    Args:
        texts: One cell per row.
        currencies: One ISO code for all rows, or one per row.

    Returns:
        int64 minor units and the mask of the cells that are not exact amounts of their currency
        (rule FX-03: more decimals than the currency has is an error, never a rounding).
    """
    codes = [currencies] * len(texts) if isinstance(currencies, str) else currencies
    return _fixed(
        texts, _exponents(currencies, len(texts)), lambda index: parse_minor(texts[index], codes[index])
    )


def quantities(texts: Sequence[str]) -> tuple[Ints, Mask]:
    """Read plain decimals (``-1.5``) as millionths.

    Returns:
        int64 millionths and the mask of the cells that are not exact quantities.
    """
    exponents = np.full(len(texts), DECIMALS, np.int64)
    return _fixed(texts, exponents, lambda index: parse_quantity(texts[index]))


def _fixed(texts: Sequence[str], exponents: Ints, slowly: Callable[[int], int]) -> tuple[Ints, Mask]:
    """Read plain decimals as whole numbers of the last of ``exponents`` decimals, -1 for no number at all.

    ``slowly`` reads the cell with an index, for long, non-ASCII and blank-padded ones.
    """
    count = len(texts)
    value, bad = np.full(count, NO_INT, np.int64), np.zeros(count, np.bool_)
    if not _any_filled(texts):
        return value, bad
    table = _right_aligned(texts)
    if table is None:
        return _read_slowly([index for index, text in enumerate(texts) if text], slowly, value, bad)
    pads, digits, dots = (_per_row(mark) for mark in (table == _BLANK, table - _ZERO < 10, table == _DOT))
    width = table.shape[1]
    first = table[np.arange(count), np.minimum(pads, width - 1)]
    negative = first == _DASH
    signed = negative | (first == _PLUS)
    well_formed = (digits >= 1) & (dots <= 1) & (pads + signed + digits + dots == width)
    value, decimals = _numbers(table, dots == 1)
    scale = exponents - decimals
    fits = digits + np.maximum(scale, 0) <= _WIDEST
    value, exact = _scaled(value, np.where(fits, scale, 0))
    value = np.where(negative, -value, value)
    blank = pads == width
    bad = ~blank & ~(well_formed & exact & (exponents >= 0))
    value[blank | bad] = NO_INT
    return _read_slowly(np.flatnonzero(well_formed & ~fits).tolist(), slowly, value, bad)


def _any_filled(texts: Sequence[str]) -> bool:
    return bool(texts.lengths.any()) if isinstance(texts, Cells) else any(texts)


def _right_aligned(texts: Sequence[str]) -> NDArray[np.uint8] | None:
    """One row of ASCII codes per cell, filled up with blanks on the left; None when cells do not allow it."""
    if isinstance(texts, Cells):
        return texts.right_aligned((_USUAL, _WIDEST))
    if " " in "".join(texts):
        return None
    for width in (_USUAL, _WIDEST):
        filled = (f"%{width}s" * len(texts)) % tuple(texts)  # four times as fast as np.array(texts, "S")
        if len(filled) == width * len(texts) and filled.isascii():
            return np.frombuffer(filled.encode(), np.uint8).reshape(len(texts), width)
    return None


def _per_row(marked: Mask) -> Ints:
    """How many cells of each row are marked, for at most 127 columns."""
    return (marked.view(np.int8) @ np.ones(marked.shape[1], np.int8)).astype(np.int64)


def _numbers(table: NDArray[np.uint8], dotted: Mask) -> tuple[Ints, Ints]:
    """The digits of each row as a number, and how many of them stand behind the dot."""
    digits = table - _ZERO
    width = table.shape[1]
    with_gap = (digits * (digits < 10)) @ _POWERS[width - 1 :: -1]  # the dot counts as a digit 0
    decimals = np.where(dotted, width - 1 - (table == _DOT).argmax(axis=1), 0)
    behind = _POWERS[decimals]
    return np.where(dotted, with_gap // (behind * 10) * behind + with_gap % behind, with_gap), decimals


def _scaled(value: Ints, scale: Ints) -> tuple[Ints, Mask]:
    """Multiply or divide by powers of ten; false in the mask where that is not exact."""
    if not scale.any():
        return value, np.ones(len(value), np.bool_)
    up = _POWERS[np.clip(scale, 0, _WIDEST)]
    down = _POWERS[np.clip(-scale, 0, _WIDEST)]
    return value // down * up, value % down == 0


def _exponents(currencies: str | Sequence[str], count: int) -> Ints:
    """Decimals of each row's currency, -1 where the code is not a currency."""
    if isinstance(currencies, str):
        return np.full(count, _exponent(currencies), np.int64)
    known = {code: _exponent(code) for code in set(currencies)}
    if len(set(known.values())) == 1:
        return np.full(count, known[currencies[0]], np.int64)
    return np.fromiter((known[code] for code in currencies), np.int64, count)


def _exponent(currency: str) -> int:
    try:
        return exponent(currency)
    except MoneyError:
        return -1


def _read_slowly(
    rows: Sequence[int], read: Callable[[int], int], values: Ints, bad: Mask
) -> tuple[Ints, Mask]:
    """Read the cells of some rows one by one; what they are replaces what stands in the arrays."""
    for index in rows:
        try:
            whole = read(index)
        except (MoneyError, QuantityError):
            whole = _TOO_LARGE
        bad[index] = abs(whole) >= _TOO_LARGE
        values[index] = NO_INT if bad[index] else whole
    return values, bad


def without_float_noise(texts: Sequence[str]) -> Sequence[str]:
    """Undo the noise of systems that write binary floats (Odoo: ``30.380000000000003``, ``9.2e-14``).

    Only cells with an exponent or more than six decimals are touched: they are rounded to what a binary float
    holds, 15 significant digits, and to nine decimals at most. What is not a number stays as it is.
    """
    if isinstance(texts, Cells) and _is_short(texts):
        return texts
    return [
        _denoised(text)
        if (len(text) > _NOISE and len(text) - text.find(".") > _NOISE) or "e" in text
        else text
        for text in texts
    ]


def _is_short(cells: Cells) -> bool:
    """Whether no cell has an exponent or more than six decimals."""
    table = cells.right_aligned((_USUAL, _WIDEST))
    if table is None:
        return False
    return not ((table == ord("e")).any() or (table[:, :-_NOISE] == _DOT).any())


def _denoised(text: str) -> str:
    if "." not in text and "e" not in text:
        return text
    try:
        value = Decimal(text)
        whole_digits = max(value.adjusted() + 1, 0)
        rounded = round(value, max(0, min(9, 15 - whole_digits))).normalize()
    except (InvalidOperation, OverflowError):
        return text
    return format(rounded, "f")


def iso_days(texts: Sequence[str]) -> tuple[Ints, Mask]:
    """Read the leading ``YYYY-MM-DD`` of each cell as days since 1970-01-01."""
    return _days(_characters(texts))


def _characters(texts: Sequence[str]) -> NDArray[np.uint8]:
    """One row of ASCII codes per cell, at least as wide as a time and filled up with 0."""
    if isinstance(texts, Cells):
        table = texts.left_aligned(_TIME + 1)
        if table is not None:
            return table
    joined = "".join(texts)
    if joined.isascii() and len(set(map(len, texts))) == 1:  # as most columns of times; far faster
        cells = np.frombuffer(joined.encode(), f"S{len(texts[0])}") if joined else np.zeros(len(texts), "S1")
    else:
        cells = np.array([text.encode("ascii", "replace") for text in texts], dtype="S")
    width = max(cells.dtype.itemsize, _TIME + 1)
    return cells.astype(f"S{width}").view(np.uint8).reshape(len(texts), width)


def _days(chars: NDArray[np.uint8]) -> tuple[Ints, Mask]:
    """Days of rows of characters; those of rows that begin like the row above, as in sorted files, once."""
    new = np.zeros(len(chars), np.bool_)
    new[:1] = True
    for start in (0, _DAY - 7):  # together they cover the date and the character behind it
        eight = np.ascontiguousarray(chars[:, start : start + 8]).view(np.uint64)[:, 0]
        new[1:] |= eight[1:] != eight[:-1]
    days, bad = _different_days(chars[new])
    which = np.cumsum(new) - 1
    return days[which], bad[which]


def _different_days(chars: NDArray[np.uint8]) -> tuple[Ints, Mask]:
    digits = chars[:, [0, 1, 2, 3, 5, 6, 8, 9]].astype(np.int64) - _ZERO
    shaped: Mask = (
        (chars[:, 4] == _DASH)
        & (chars[:, 7] == _DASH)
        & ((digits >= 0) & (digits <= 9)).all(axis=1)
        & np.isin(chars[:, _DAY], _AFTER_DAY)
    )
    year, month, day = (
        digits[:, :4] @ _POWERS[3::-1],
        digits[:, 4] * 10 + digits[:, 5],
        digits[:, 6:] @ (10, 1),
    )
    shaped &= (year > 0) & (month >= 1) & (month <= 12)
    months = np.where(shaped, (year - 1970) * 12 + month - 1, 0)
    first, following = (
        (months + later).view("datetime64[M]").astype("datetime64[D]").view(np.int64) for later in (0, 1)
    )
    exists = shaped & (day >= 1) & (day <= following - first)
    bad = ~exists & (chars[:, 0] != 0)
    return np.where(exists, first + day - 1, np.int64(NO_INT)), bad


def moments(texts: Sequence[str], zone: str = "") -> tuple[Ints, Ints, Mask]:
    """Read ``YYYY-MM-DD HH:MM:SS ±HHMM`` as the day written and the moment in UTC.

    Args:
        texts: One cell per row.
        zone: "UTC" when cells without an offset are UTC; otherwise they have no moment.

    Returns:
        Days as written, seconds since 1970-01-01 UTC (:data:`NO_INT` without an offset), mask of bad cells.
    """
    chars = _characters(texts)
    days, bad = _days(chars)
    at = np.full(len(texts), NO_INT, np.int64)
    timed = ~bad & (chars[:, _DAY] != 0)
    plain = timed & _has_plain_time(chars)
    rows = np.flatnonzero(plain)
    if len(rows):
        at[rows], bad[rows] = _plain_moments(days[rows], chars[rows], zone)
    for index in np.flatnonzero(timed & ~plain).tolist():
        at[index], bad[index] = _moment(int(days[index]), texts[index], zone)
    return days, at, bad


def _has_plain_time(chars: NDArray[np.uint8]) -> Mask:
    """Which cells have the shape ``....-..-.. dd:dd:dd`` and no fraction of a second behind it."""
    digits = chars[:, [11, 12, 14, 15, 17, 18]]
    marks: Mask = (chars[:, 13] == _COLON) & (chars[:, 16] == _COLON) & (chars[:, _TIME] != _DOT)
    between = (chars[:, _DAY] == ord(" ")) | (chars[:, _DAY] == ord("T"))
    shaped: Mask = marks & between & ((digits >= _ZERO) & (digits <= _NINE)).all(axis=1)
    return shaped


def _plain_moments(days: Ints, chars: NDArray[np.uint8], zone: str) -> tuple[Ints, Mask]:
    tens, units = (chars[:, columns].astype(np.int64) - _ZERO for columns in ([11, 14, 17], [12, 15, 18]))
    clock = tens * 10 + units
    shifts, bad = _shifts(np.ascontiguousarray(chars[:, _TIME:]), zone)
    bad |= (clock > (23, 59, 59)).any(axis=1)
    at = days * 86_400 + clock @ (3600, 60, 1) - shifts
    return np.where(bad | (shifts == NO_INT), np.int64(NO_INT), at), bad


def _shifts(tails: NDArray[np.uint8], zone: str) -> tuple[Ints, Mask]:
    """Seconds that the offset behind each time is ahead of UTC, and which tails are no offset."""
    if (tails == tails[0]).all():  # an export has one zone, or two with summer time
        found, which = tails[:1], np.zeros(len(tails), np.int64)
    else:
        found, which = np.unique(tails, axis=0, return_inverse=True)
    known = [_suffix_seconds(tail.tobytes().rstrip(b"\0").decode(), zone) for tail in found]
    seconds, bad = (np.array(column)[which] for column in zip(*known, strict=True))
    return seconds, bad


def _suffix_seconds(suffix: str, zone: str) -> tuple[int, bool]:
    """Seconds that the offset behind a time is ahead of UTC, and whether it is none at all."""
    match = _MOMENT.fullmatch(f"1970-01-01 00:00:00{suffix}")
    if match is None:
        return NO_INT, True
    shift = _offset(match[7] or zone)
    return (NO_INT if shift is None else int(shift.utcoffset(None).total_seconds())), False


def _moment(day: int, text: str, zone: str) -> tuple[int, bool]:
    """The moment of one cell of a rarer shape (fractions, no seconds), and whether it is none."""
    match = _MOMENT.fullmatch(text)
    if match is None or int(match[4]) > 23 or int(match[5]) > 59 or int(match[6] or 0) > 59:
        return NO_INT, True
    shift = _offset(match[7] or zone)
    if shift is None:
        return NO_INT, False
    seconds = int(match[4]) * 3600 + int(match[5]) * 60 + int(match[6] or 0)
    return day * 86_400 + seconds - int(shift.utcoffset(None).total_seconds()), False


def _offset(label: str) -> timezone | None:
    if label in ("Z", "UTC"):
        return UTC
    if not label:
        return None
    minutes = int(label[1:3]) * 60 + int(label[-2:])
    return timezone(timedelta(minutes=-minutes if label[0] == "-" else minutes))
