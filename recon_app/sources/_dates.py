"""Whole columns of dates and times as people write them: to days and to moments in UTC.

ISO times are read by :mod:`recon_app.sources._values`, which is far faster; this module is for the rest:
month names, day and month in any order, AM and PM, named zones. Each distinct cell is converted once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from recon_app.models.record import NO_INT
from recon_app.sources._base import Chunk

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_EPOCH_DAY = date(1970, 1, 1)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - what a clock shows, its zone is put on later
_YEARS = range(1990, 2080)  # a booking outside of it is a misreading or a typing error
_DAY_SECONDS = 86_400

# Full names and the short forms seen; accents, dots and case are folded before.
_MONTH_WORDS = (
    "january jan januar janner janvier janv gennaio gen enero ene januari",
    "february feb februar fevrier fevr fev febbraio febrero februari",
    "march mar marz mrz mars marzo maart mrt",
    "april apr avril avr aprile abril abr",
    "may mai maggio mag mayo mei",
    "june jun juni juin giugno giu junio",
    "july jul juli juillet juil luglio lug julio",
    "august aug aout agosto ago augustus",
    "september sep sept septembre settembre set septiembre",
    "october oct oktober okt octobre ottobre ott octubre",
    "november nov novembre noviembre",
    "december dec dezember dez decembre dicembre dic diciembre",
)
_MONTHS = {word: number for number, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}

# Hours ahead of UTC of the abbreviations seen. Those of several places (IST, BST) are left out: such a cell
# has a day and no moment.
_HOURS: dict[str, float] = {
    **dict.fromkeys(("UTC", "GMT", "Z", "WET"), 0),
    **dict.fromkeys(("WEST", "CET", "MEZ"), 1),
    **dict.fromkeys(("CEST", "MESZ", "EET"), 2),
    **dict.fromkeys(("EEST", "MSK"), 3),
    **dict.fromkeys(("AWST", "SGT", "HKT"), 8),
    "JST": 9,
    "ACST": 9.5,
    "AEST": 10,
    "ACDT": 10.5,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
    "EDT": -4,
    **dict.fromkeys(("EST", "CDT"), -5),
    **dict.fromkeys(("CST", "MDT"), -6),
    **dict.fromkeys(("MST", "PDT"), -7),
    **dict.fromkeys(("PST", "AKDT"), -8),
    "AKST": -9,
    "HST": -10,
}
# Zones as Square writes them.
_REGIONS = {
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Mountain Time (US & Canada)": "America/Denver",
    "Central Time (US & Canada)": "America/Chicago",
    "Eastern Time (US & Canada)": "America/New_York",
}
# Some exports write CET the whole year: in summer nobody knows which clock is meant.
_STANDARD_ALL_YEAR = {"CET": "Europe/Berlin", "MEZ": "Europe/Berlin"}

_OFFSET = r"(?:UTC|GMT)?[+-](?:0?\d|1[0-4])(?::?[0-5]\d)?|Z"
_PARTS = {
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "m": r"(?P<m>\d{1,2})",
    "b": r"(?P<b>[^\W\d_]{3,10}\.?)",
    "d": r"(?P<d>\d{1,2})",
    "H": r"(?P<H>\d{1,2})",
    "I": r"(?P<I>\d{1,2})",
    "p": r"(?P<p>[AaPp]\.? ?[Mm]\.?)",
    "M": r"(?P<M>\d{2})",
    "S": r"(?P<S>\d{2})",
    "f": r"\d{1,9}",
    "z": rf"(?P<z>{_OFFSET})",
    "Z": rf"(?P<Z>{_OFFSET}|[A-Za-z]{{1,5}}|[A-Za-z]+(?:/[A-Za-z0-9_+-]+)+)",
}
_DIRECTIVE = re.compile(r"%(.)|([ ]+)|(.)", re.DOTALL)
_FOLDED = str.maketrans("\u00a0\u202f\u2009", "   ")

#: Day as written, moment in UTC, whether the cell cannot be read.
_Moment = tuple[int, int, bool]
_BLANK: _Moment = (NO_INT, NO_INT, False)
_BAD: _Moment = (NO_INT, NO_INT, True)


def moments_as(
    texts: Sequence[str], formats: Sequence[str], zone: str | Sequence[str] = ""
) -> tuple[Ints, Ints, Mask]:
    """Read a column of written dates or times.

    A cell that several formats read differently is bad: find the order of the date parts for the whole file
    first (:func:`recon_app.sources._detect.find_date_order`).

    Args:
        texts: One cell per row.
        formats: What the cells may look like, in the directives of strptime: ``%Y %y %m %d %H %I %p %M %S``,
            ``%b`` (month name, short or full, en, de, fr, it, es, nl), ``%f`` (fraction of a second,
            dropped), ``%z`` (offset from UTC), ``%Z`` (offset, abbreviation or IANA name). Numbers may lack
            their leading zero, except minutes and seconds. A blank stands for one or more of any kind.
        zone: Zone of cells that name none, for all rows or row by row: "UTC", an offset (``+02:00``,
            ``GMT+02:00``), an abbreviation (``PDT``) or an IANA name. "" or an unknown one: no moment.

    Returns:
        Days since 1970-01-01 as written; seconds since then in UTC, :data:`NO_INT` where zone or time of day
        are unknown and for the hour that the end of summer time repeats; mask of the bad cells, among them
        hours that the start of summer time leaves out. Blank cells are :data:`NO_INT` and not bad.
    """
    zones = [zone] * len(texts) if isinstance(zone, str) else zone
    pairs = list(zip(texts, zones, strict=True))
    patterns = tuple(_pattern(text) for text in formats)
    known = {pair: _read(pair[0], pair[1], patterns) for pair in set(pairs)}
    found = [known[pair] for pair in pairs]
    days = np.fromiter((day for day, _, _ in found), np.int64, len(found))
    at = np.fromiter((moment for _, moment, _ in found), np.int64, len(found))
    return days, at, np.fromiter((bad for _, _, bad in found), np.bool_, len(found))


def written_moments(
    chunk: Chunk,
    name: str,
    formats: Sequence[str],
    zone: str | Sequence[str] = "",
    *,
    texts: Sequence[str] | None = None,
    required: bool = False,
) -> tuple[Ints, Ints]:
    """:func:`moments_as` of a column; bad cells, and blank ones where ``required``, are faults of the file.

    Args:
        chunk: The rows.
        name: Header cell of the column, as the faults name it.
        formats: See :func:`moments_as`.
        zone: See :func:`moments_as`.
        texts: Replaces the cells when they were prepared before, say from two columns.
        required: Whether a blank cell is a fault.
    """
    cells = chunk.text(name) if texts is None else texts
    days, at, bad = moments_as(cells, formats, zone)
    for index in np.flatnonzero(bad).tolist():
        chunk.problem(index, name, f"{cells[index][:60]!r} is not a time", "export it again", "E_DATE")
    if required:
        for index in np.flatnonzero((days == NO_INT) & ~bad).tolist():
            chunk.problem(index, name, "is empty", "every record needs a time", "E_DATE")
    return days, at


def is_zone(name: str) -> bool:
    """Whether a zone name says how far ahead of UTC a clock is, as far as this machine knows."""
    return _zone(name.strip()) is not None


@lru_cache(maxsize=256)
def _pattern(written: str) -> re.Pattern[str]:
    """A format as a regular expression with one group per directive."""

    def part(match: re.Match[str]) -> str:
        directive, blanks, literal = match.groups()
        if directive:
            return _PARTS[directive] if directive != "%" else "%"
        return " +" if blanks else re.escape(literal)

    return re.compile(_DIRECTIVE.sub(part, written), re.ASCII if "%b" not in written else 0)


def _read(text: str, zone: str, patterns: Sequence[re.Pattern[str]]) -> _Moment:
    cell = text.translate(_FOLDED).strip()
    if not cell:
        return _BLANK
    first: _Moment | None = None
    for moment in _readings(cell, zone, patterns):
        if first is not None and moment != first:
            return _BAD
        first = moment
    return first or _BAD


def _readings(cell: str, zone: str, patterns: Sequence[re.Pattern[str]]) -> Iterator[_Moment]:
    """What each format that fits makes of the cell; bad readings only of times that cannot be."""
    for pattern in patterns:
        match = pattern.fullmatch(cell)
        parts = match.groupdict() if match else {}
        day = _day(parts) if parts else None
        if day is not None:
            yield _moment(day, parts, zone)


def _day(parts: dict[str, str]) -> int | None:
    """Days since 1970-01-01; None when there is no such day."""
    year = int(parts["Y"]) if "Y" in parts else _century(int(parts["y"]))
    month = _month(parts["b"]) if "b" in parts else int(parts["m"])
    try:
        return (date(year, month, int(parts["d"])) - _EPOCH_DAY).days if year in _YEARS else None
    except ValueError:
        return None


def _century(year: int) -> int:
    return year + (2000 if year < 80 else 1900)


def _month(word: str) -> int:
    """Number of a month name, 0 for a word that is none."""
    folded = unicodedata.normalize("NFKD", word.casefold().rstrip("."))
    return _MONTHS.get("".join(char for char in folded if not unicodedata.combining(char)), 0)


def _moment(day: int, parts: dict[str, str], zone: str) -> _Moment:
    seconds = _clock(parts)
    if seconds is None:
        return day, NO_INT, False
    if seconds < 0:
        return _BAD
    offsets = _offsets(parts.get("z") or parts.get("Z") or zone.strip(), day * _DAY_SECONDS + seconds)
    if offsets is None:
        return day, NO_INT, False
    before, after = offsets
    if before < after:
        return _BAD  # the clock was put forward over this hour
    at = day * _DAY_SECONDS + seconds - before
    return day, at if before == after else NO_INT, False


def _clock(parts: dict[str, str]) -> int | None:
    """Seconds since midnight; None without a time of day, -1 when there is no such time."""
    if "H" not in parts and "I" not in parts:
        return None
    hour, minute, second = (
        int(parts.get("H") or parts["I"]),
        int(parts.get("M") or 0),
        int(parts.get("S") or 0),
    )
    if "p" in parts:
        if not 1 <= hour <= 12:
            return -1
        hour = hour % 12 + (12 if parts["p"][0] in "Pp" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return -1
    return hour * 3600 + minute * 60 + second


def _offsets(name: str, wall: int) -> tuple[int, int] | None:
    """Seconds ahead of UTC of a clock that shows ``wall``; None for an unknown zone.

    The two differ for an hour that summer time leaves out (the second is larger) or repeats.
    """
    zone = _zone(name)
    if zone is None:
        return None
    shown = _EPOCH + timedelta(seconds=wall)
    if isinstance(zone, timezone):
        fixed = int(zone.utcoffset(None).total_seconds())
        region = _STANDARD_ALL_YEAR.get(name.upper())
        known = region is None or _seconds(shown.replace(tzinfo=ZoneInfo(region))) == fixed
        return (fixed, fixed) if known else None
    early, late = (_seconds(shown.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    return early, late


def _seconds(moment: datetime) -> int:
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo | None:
    """The clock of a zone name; None for a name that nobody knows or that several places share."""
    if not name:
        return None
    if name.upper() in _HOURS:
        return timezone(timedelta(hours=_HOURS[name.upper()]))
    if re.fullmatch(_OFFSET, name, re.ASCII):
        return _fixed(name)
    try:
        return ZoneInfo(_REGIONS.get(name, name)) if "/" in name or name in _REGIONS else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _fixed(name: str) -> tzinfo:
    """The clock of ``GMT+02:00``, ``-0800`` or ``+2``."""
    digits = re.sub(r"\D", "", name)
    if not digits:
        return UTC
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if "-" in name else ahead)
