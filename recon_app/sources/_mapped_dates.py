"""Columns of dates and times of any origin: to days as written and moments in UTC.

The order of day, month and year comes from all cells of a column. Where only one order fits, but some cell
alone would fit another one as well, a person confirms it; so nobody's 3 April becomes 4 March.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from recon_app.models.problem import UsageError
from recon_app.models.record import NO_INT
from recon_app.sources._base import Ints, shown
from recon_app.sources._detect import DATE_ORDERS, ORDER_WORDS
from recon_app.sources._mapped_columns import PREFIX
from recon_app.sources._mapped_table import Table

SERIALS = ("excel", "unix", "unix_ms")
OVERLAPS = {"first": 0, "second": 1}
NO_ZONE = "none"
_ZONES = (
    NO_ZONE,
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Paris",
    "America/New_York",
    "America/Los_Angeles",
)
_YEARS = range(1990, 2060)  # a booking outside of it is a misreading or a typing error
_EPOCH = date(1970, 1, 1)
_EXCEL = date(1899, 12, 30)
_FIRST_SERIAL = 61  # 1 March 1900: the days before are counted wrongly in workbooks
_LAST_SERIAL = 2_958_465  # 31 December 9999
_CORRECT = "correct the date"
_CELL = re.compile(
    r"(?:(?P<a>[0-9]{1,4})(?P<mark>[./\-])(?P<b>[0-9]{1,2})(?P=mark)(?P<c>[0-9]{1,4})|(?P<whole>[0-9]{8}))"
    r"(?:(?:T| +)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
    r"(?: ?(?P<zone>Z|[A-Z]{2,5}|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?|[0-9]{10}|[0-9]{13}")


@dataclass(frozen=True)
class _Cell:
    """A date cell taken apart; the parts are texts."""

    parts: tuple[str, str, str]
    whole: bool
    dotted: bool
    clock: tuple[int, int, int] | None
    zone: str

    @property
    def possible(self) -> bool:
        """Whether there is such a time of day."""
        return self.clock is None or (self.clock[0] < 24 and self.clock[1] < 60 and self.clock[2] < 60)

    def day(self, order: str) -> date | None:
        """The day under one order of the parts, None when there is none."""
        if self.whole:
            text = self.parts[0]
            split = (text[:4], text[4:6], text[6:]) if order == "ymd" else (text[:2], text[2:4], text[4:])
        else:
            split = self.parts
            if order == "ymd" and self.dotted and len(split[0]) != 4:
                return None  # nobody writes 26.01.05 for 5 January
        named = dict(zip(order, split, strict=True))
        if len(named["y"]) not in (2, 4) or len(named["m"]) > 2 or len(named["d"]) > 2:
            return None
        year = int(named["y"])
        if len(named["y"]) == 2:
            year += 2000 if year < 80 else 1900
        try:
            return date(year, int(named["m"]), int(named["d"]))
        except ValueError:
            return None


def _take_apart(text: str) -> _Cell | None:
    match = _CELL.fullmatch(text)
    if match is None:
        return None
    whole = match["whole"]
    clock = None
    if match["hour"]:
        hour = int(match["hour"])
        if match["half"]:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if match["half"] in "Pp" else 0)
        clock = (hour, int(match["minute"]), int(match["second"] or 0))
    parts = (whole, "", "") if whole else (match["a"], match["b"], match["c"])
    return _Cell(parts, bool(whole), match["mark"] == ".", clock, match["zone"] or "")


class Dates:
    """Reads the date columns of a table.

    Args:
        table: The table.
        options: Answers of a person.

    Raises:
        UsageError: an answer is none.
    """

    def __init__(self, table: Table, options: Mapping[str, str]) -> None:
        self._table = table
        self._order = options.get("date_order") or options.get(PREFIX + "date_order", "")
        if self._order and self._order not in (*DATE_ORDERS, *SERIALS):
            known = ", ".join((*DATE_ORDERS, *SERIALS))
            raise UsageError(f"{self._order!r} is not an answer to date_order; choose one of {known}")
        self._zone_name = options.get("zone") or options.get(PREFIX + "zone", "")
        self._zone = _zone(self._zone_name)
        self._overlap = options.get(PREFIX + "dst_overlap", "")

    def read(self, key: str, *, filled: bool) -> tuple[Ints, Ints]:
        """Days as written and moments in UTC; :data:`NO_INT` for blanks, faults and times without a zone."""
        table = self._table
        days, at = table.none(), table.none()
        texts = [cell.strip() for cell in table.cells[key]]
        if filled:
            blank = np.array([not text for text in texts], np.bool_)
            table.faults(key, blank, "", "every record needs a date", "E_DATE")
        first = {text: index for index, text in reversed(list(enumerate(texts))) if text}
        cells = {text: _take_apart(text) for text in first}
        order = self._find_order(key, first, cells)
        if order is None:
            return days, at
        known = {text: self._convert(text, cells[text], order) for text in first}
        for index, text in enumerate(texts):
            if text:
                days[index], at[index] = self._value(key, index, text, known[text])
        return days, at

    def _value(self, key: str, index: int, text: str, found: _Moment | _Fault | _Question) -> tuple[int, int]:
        if isinstance(found, _Moment):
            return found.day, found.at
        problem = f"{shown(text)!r} {found.problem}"
        if isinstance(found, _Fault):
            self._table.fault(index, key, problem, found.advice, found.code)
        else:
            question = f"{problem}. {found.question}"
            self._table.ask(question, found.option, found.choices, index, key, problem, found.code)
        return NO_INT, NO_INT

    def _find_order(
        self, key: str, first: Mapping[str, int], cells: Mapping[str, _Cell | None]
    ) -> str | None:
        """The order of the parts, or what a number counts; None when a person is asked."""
        if self._order:
            return self._order
        shaped = {text: cell for text, cell in cells.items() if cell is not None}
        serials = [text for text in first if _SERIAL.fullmatch(text)]
        if serials and len(serials) == len(first):
            self._ask_serial(key, first, serials)
            return None
        days = {order: {text: cell.day(order) for text, cell in shaped.items()} for order in DATE_ORDERS}
        fits = [order for order in DATE_ORDERS if None not in days[order].values()]
        if not fits:
            return max(DATE_ORDERS, key=lambda order: sum(day is not None for day in days[order].values()))
        used = fits[0]
        doubtful = [
            text
            for text in shaped
            if any(days[order][text] not in (None, days[used][text]) for order in DATE_ORDERS)
        ]
        if doubtful:
            self._ask_order(key, min(doubtful, key=lambda text: first[text]), fits, days, first)
            return None
        if used != "ymd":
            name = self._table.names[key]
            self._table.reading.notes.append(
                f"{name}: dates are read as {ORDER_WORDS[used]}; no other order fits"
            )
        return used

    def _ask_order(
        self,
        key: str,
        text: str,
        fits: Sequence[str],
        days: Mapping[str, Mapping[str, date | None]],
        first: Mapping[str, int],
    ) -> None:
        ways = " or ".join(
            f"{days[order][text]} ({ORDER_WORDS[order]})" for order in DATE_ORDERS if days[order][text]
        )
        decides = "Only one of them fits all other dates" if len(fits) == 1 else "No other date decides"
        question = f"{text!r} can be {ways}. {decides}. In which order are the dates?"
        problem = f"{text!r} can be {ways}"
        self._table.ask(question, "date_order", fits, first[text], key, problem, "E_DATE_AMBIGUOUS")

    def _ask_serial(self, key: str, first: Mapping[str, int], serials: Sequence[str]) -> None:
        text = min(serials, key=lambda each: first[each])
        way = {5: "excel", 10: "unix", 13: "unix_ms"}[len(text.partition(".")[0])]
        found = self._convert(text, None, way)
        meant = f"{_EPOCH + timedelta(days=found.day)} ({way})" if isinstance(found, _Moment) else way
        question = f"{text!r} is a bare number, perhaps {meant}. What do the numbers count?"
        problem = f"{text!r} is a bare number, perhaps {meant}"
        self._table.ask(question, "date_order", (way,), first[text], key, problem, "E_DATE_AMBIGUOUS")

    def _convert(self, text: str, cell: _Cell | None, order: str) -> _Moment | _Fault | _Question:
        """What a cell says."""
        if order in SERIALS:
            return _serial(text, order)
        day = None if cell is None else cell.day(order)
        if cell is None or day is None or not cell.possible:
            return _Fault(f"is not a date ({ORDER_WORDS[order]})", _CORRECT, "E_DATE")
        if day.year not in _YEARS:
            problem = f"lies outside of {_YEARS.start} to {_YEARS.stop - 1}"
            return _Fault(problem, _CORRECT, "E_RANGE")
        number = (day - _EPOCH).days
        if cell.clock is None:
            return _Moment(number, NO_INT)
        return self._moment(number, datetime(day.year, day.month, day.day, *cell.clock), cell.zone)  # noqa: DTZ001

    def _moment(self, day: int, wall: datetime, zone: str) -> _Moment | _Fault | _Question:
        if not zone:
            return self._local(day, wall)
        shift = _offset(zone)
        if shift is None:
            problem = f"names the zone {zone}, which several places share"
            return _Fault(problem, "write an offset (+01:00)", "E_TZ")
        return _Moment(day, int(wall.replace(tzinfo=shift).timestamp()))

    def _local(self, day: int, wall: datetime) -> _Moment | _Fault | _Question:
        """A time without a zone, on the clock that a person named."""
        midnight = not (wall.hour or wall.minute or wall.second)  # a date in the dress of a time
        if self._zone_name == NO_ZONE or (not self._zone_name and midnight):
            return _Moment(day, NO_INT)
        if self._zone is None:
            question = "In which time zone are the times (none: only the day counts)?"
            return _Question("has a time and no zone", question, "zone", _ZONES, "E_TZ")
        early, late = (wall.replace(tzinfo=self._zone, fold=fold).timestamp() for fold in (0, 1))
        if early > late:
            problem = f"does not exist in {self._zone_name}: the clock is put forward over it"
            return _Fault(problem, "correct the time or its zone", "E_DATE_DST")
        if early < late and self._overlap not in OVERLAPS:
            problem = f"comes twice in {self._zone_name}: the clock is put back"
            option = PREFIX + "dst_overlap"
            return _Question(problem, "Which of the two is meant?", option, tuple(OVERLAPS), "E_DATE_DST")
        return _Moment(day, int((early, late)[OVERLAPS.get(self._overlap, 0)]))


@dataclass(frozen=True)
class _Moment:
    day: int
    at: int


@dataclass(frozen=True)
class _Fault:
    problem: str
    advice: str
    code: str


@dataclass(frozen=True)
class _Question:
    problem: str
    question: str
    option: str
    choices: tuple[str, ...]
    code: str


def _serial(text: str, way: str) -> _Moment | _Fault:
    """A number of days or seconds."""
    if not _SERIAL.fullmatch(text) and not (way == "excel" and re.fullmatch(r"[0-9]{1,7}(\.[0-9]+)?", text)):
        return _Fault(f"is not a date (counted as {way})", _CORRECT, "E_DATE")
    whole = int(text.partition(".")[0])
    if way == "excel":
        if not _FIRST_SERIAL <= whole <= _LAST_SERIAL:
            return _Fault("is not a day that a workbook counts", _CORRECT, "E_RANGE")
        day, at = _EXCEL + timedelta(days=whole), NO_INT
    else:
        at = whole // 1000 if way == "unix_ms" else whole
        day = datetime.fromtimestamp(min(at, 2**37), UTC).date()
    if day.year not in _YEARS:
        return _Fault(f"lies outside of {_YEARS.start} to {_YEARS.stop - 1}", _CORRECT, "E_RANGE")
    return _Moment((day - _EPOCH).days, at)


def _zone(name: str) -> ZoneInfo | None:
    if not name or name == NO_ZONE:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"{name!r} is not a time zone; write one such as Europe/Berlin, UTC or {NO_ZONE}"
        ) from None


def _offset(zone: str) -> timezone | None:
    """How far ahead of UTC an offset is; None for an abbreviation, which several places share."""
    if zone in ("Z", "UTC", "GMT"):
        return UTC
    if zone[0] not in "+-":
        return None
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours > 14 or minutes > 59:
        return None
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if zone[0] == "-" else ahead)
