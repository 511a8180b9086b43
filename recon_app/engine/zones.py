"""Days and months on the clock of a place, for whole columns of moments, exact over changes of the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from recon_app.engine.normalise import Ints
from recon_app.models.record import NO_INT

_DAY = 86_400  # seconds
#: Zones of many shops, in the order in which they are proposed; their names are those of the tz database.
COMMON = (
    *("Europe/Berlin", "Europe/London", "Europe/Athens", "Europe/Istanbul", "America/New_York"),
    *("America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix", "America/Halifax"),
    *("America/Anchorage", "Pacific/Honolulu", "America/Sao_Paulo", "America/Bogota", "America/Santiago"),
    *("America/Mexico_City", "Asia/Dubai", "Asia/Jerusalem", "Asia/Kolkata", "Asia/Bangkok"),
    *("Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", "Australia/Brisbane", "Australia/Adelaide"),
    *("Australia/Perth", "Pacific/Auckland", "Africa/Johannesburg", "Africa/Lagos", "Africa/Cairo", "UTC"),
)


def local_days(at: Ints, zone: ZoneInfo) -> Ints:
    """Days since 1970-01-01 on the clock of a zone.

    The offset is asked for once per UTC day and, on days on which it changes, at the moment of the change:
    a million moments of a year need some hundred questions.

    Args:
        at: Moments, seconds since 1970-01-01 in UTC; NO_INT stays as it is.
        zone: The zone.
    """
    known = at != NO_INT
    moments = at[known]
    day = moments // _DAY
    days, place = np.unique(day, return_inverse=True)
    first = np.array([_offset(int(each) * _DAY, zone) for each in days], np.int64)
    last = np.array([_offset((int(each) + 1) * _DAY - 1, zone) for each in days], np.int64)
    change = np.array(
        [
            _change(int(each) * _DAY, zone) if before != after else (int(each) + 1) * _DAY
            for each, before, after in zip(days, first, last, strict=True)
        ],
        np.int64,
    )
    offset = np.where(moments < change[place], first[place], last[place])
    found = np.full(len(at), NO_INT, np.int64)
    found[known] = (moments + offset) // _DAY
    return found


def _offset(moment: int, zone: ZoneInfo) -> int:
    """Seconds that the clock is ahead of UTC."""
    ahead = datetime.fromtimestamp(moment, zone).utcoffset()
    return 0 if ahead is None else int(ahead.total_seconds())


def _change(start: int, zone: ZoneInfo) -> int:
    """First moment of the second offset of a UTC day with two of them."""
    before, low, high = _offset(start, zone), start, start + _DAY - 1
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(middle, zone) == before:
            low = middle
        else:
            high = middle
    return high


def fitting(day: Ints, at: Ints, names: Sequence[str] = COMMON) -> str:
    """The first zone on whose clock all moments are on the days that a file writes; "" for none."""
    known = (day != NO_INT) & (at != NO_INT)
    if not known.any():
        return ""

    def fits(name: str) -> bool:
        return bool((local_days(at[known], ZoneInfo(name)) == day[known]).all())

    return next((name for name in names if fits(name)), "")


def months(day: Ints) -> Ints:
    """Months since 1970-01 of days; NO_INT stays as it is."""
    found = np.full(len(day), NO_INT, np.int64)
    known = day != NO_INT
    found[known] = day[known].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return found


def month_name(month: int) -> str:
    """A month as 2026-11."""
    return str(np.datetime64(month, "M"))


def last_day(month: int) -> int:
    """Last day of a month."""
    return int(np.datetime64(month + 1, "M").astype("datetime64[D]").astype(np.int64)) - 1
