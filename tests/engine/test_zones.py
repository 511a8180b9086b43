"""Days on the clock of a place, exact over changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.zones import COMMON, fitting, last_day, local_days, month_name, months
from recon_app.models.record import NO_INT

_EPOCH = date(1970, 1, 1)
#: Also clocks that change by half an hour, at midnight, twice a year by Ramadan, and by a whole day.
_ZONES = (
    *COMMON,
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Asia/Beirut",
    "Asia/Kathmandu",
)


def _moment(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _day(moment: int, zone: str) -> int:
    return (datetime.fromtimestamp(moment, ZoneInfo(zone)).date() - _EPOCH).days


@pytest.mark.parametrize("zone", _ZONES)
@pytest.mark.parametrize("year", [2011, 2025, 2026])
def test_every_hour_of_a_year_is_on_the_day_that_the_clock_shows(zone: str, year: int) -> None:
    start = int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
    at = start + 1 + np.arange(0, 366 * 86_400, 7_200, dtype=np.int64)
    found = local_days(at, ZoneInfo(zone))
    assert found.tolist() == [_day(moment, zone) for moment in at.tolist()]


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", "2026-03-29T01:00:00+00:00"),
        ("Europe/Berlin", "2026-10-25T01:00:00+00:00"),
        ("America/New_York", "2026-03-08T07:00:00+00:00"),
        ("America/New_York", "2026-11-01T06:00:00+00:00"),
        ("Africa/Cairo", "2026-04-23T22:00:00+00:00"),
        ("Pacific/Apia", "2011-12-30T10:00:00+00:00"),
    ],
)
def test_every_second_around_a_change_of_the_clock(zone: str, change: str) -> None:
    at = _moment(change) + np.arange(-100, 100, dtype=np.int64)
    assert local_days(at, ZoneInfo(zone)).tolist() == [_day(moment, zone) for moment in at.tolist()]


@given(st.sampled_from(_ZONES), st.lists(st.integers(0, 4_000_000_000), max_size=30))
def test_any_moment(zone: str, moments: list[int]) -> None:
    at = np.array([*moments, NO_INT], np.int64)
    found = local_days(at, ZoneInfo(zone)).tolist()
    assert found == [*(_day(moment, zone) for moment in moments), NO_INT]


def test_the_zone_whose_days_a_file_writes() -> None:
    at = np.array([_moment("2026-10-31T20:02:24+01:00"), _moment("2026-10-01T00:30:00+02:00")], np.int64)
    day = np.array([(date(2026, 10, 31) - _EPOCH).days, (date(2026, 10, 1) - _EPOCH).days], np.int64)
    assert fitting(day, at) == "Europe/Berlin"
    assert fitting(day, at, ("America/New_York",)) == ""
    assert fitting(day[:0], at[:0]) == ""


def test_months_and_their_ends() -> None:
    day = np.array([(date(2026, 2, 28) - _EPOCH).days, NO_INT, (date(2026, 3, 1) - _EPOCH).days], np.int64)
    found = months(day).tolist()
    assert [month_name(found[0]), found[1], month_name(found[2])] == ["2026-02", NO_INT, "2026-03"]
    assert last_day(found[0]) == day[0]
