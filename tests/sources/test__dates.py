"""Written dates and times, their zones, and what is not guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.record import NO_INT
from recon_app.sources._dates import is_zone, moments_as

EPOCH = date(1970, 1, 1)
Found = tuple[str | None, str | None, bool]


def read(text: str, *formats: str, zone: str = "") -> Found:
    """Day, moment and fault of one cell, readable."""
    days, at, bad = moments_as([text], formats, zone)
    day, moment = int(days[0]), int(at[0])
    return (
        None if day == NO_INT else (EPOCH + timedelta(days=day)).isoformat(),
        None if moment == NO_INT else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S"),
        bool(bad[0]),
    )


@pytest.mark.parametrize(
    ("text", "written", "expected"),
    [
        ("29/12/2015", "%d/%m/%Y", "2015-12-29"),
        ("9/4/2018", "%m/%d/%Y", "2018-09-04"),
        ("04.06.2020", "%d.%m.%Y", "2020-06-04"),
        ("2025.04.20", "%Y.%m.%d", "2025-04-20"),
        ("12.10.26", "%d.%m.%y", "2026-10-12"),
        ("12.10.98", "%d.%m.%y", "1998-10-12"),
        ("Jan 5, 2026", "%b %d, %Y", "2026-01-05"),
        ("3 Jun 2026", "%d %b %Y", "2026-06-03"),
        ("3.\u00a0März\u202f2026", "%d. %b %Y", "2026-03-03"),
        ("1 févr. 2026", "%d %b %Y", "2026-02-01"),
        ("31 août 2026", "%d %b %Y", "2026-08-31"),
        ("15 gen 2026", "%d %b %Y", "2026-01-15"),
        ("15 dic. 2026", "%d %b %Y", "2026-12-15"),
        ("15 Mei 2026", "%d %b %Y", "2026-05-15"),
        ("15-MRT-2026", "%d-%b-%Y", "2026-03-15"),
    ],
)
def test_written_dates(text: str, written: str, expected: str) -> None:
    assert read(text, written) == (expected, None, False)


@pytest.mark.parametrize(
    ("text", "written", "zone", "expected"),
    [
        ("12/29/2015 07:45:51", "%m/%d/%Y %H:%M:%S", "PST", "2015-12-29 15:45:51"),
        ("12/29/2015 7:45 PM", "%m/%d/%Y %I:%M %p", "UTC", "2015-12-29 19:45:00"),
        ("12/29/2015 12:05 a.m.", "%m/%d/%Y %I:%M %p", "UTC", "2015-12-29 00:05:00"),
        ("12/29/2015 12:05 p.m.", "%m/%d/%Y %I:%M %p", "UTC", "2015-12-29 12:05:00"),
        ("29.06.2020 10", "%d.%m.%Y %H", "CEST", "2020-06-29 08:00:00"),
        ("29.06.2020 10:00", "%d.%m.%Y %H:%M", "CEST", "2020-06-29 08:00:00"),
        ("29.06.2020 10:00", "%d.%m.%Y %H:%M", "GMT+02:00", "2020-06-29 08:00:00"),
        ("29.06.2020 10:00", "%d.%m.%Y %H:%M", "Europe/Berlin", "2020-06-29 08:00:00"),
        ("29.01.2020 10:00", "%d.%m.%Y %H:%M", "Europe/Berlin", "2020-01-29 09:00:00"),
        ("29.01.2020 10:00", "%d.%m.%Y %H:%M", "CET", "2020-01-29 09:00:00"),
        ("29.01.2020 10:00", "%d.%m.%Y %H:%M", "Pacific Time (US & Canada)", "2020-01-29 18:00:00"),
        ("2026/01/06 00:00:30 -0800", "%Y/%m/%d %H:%M:%S %z", "", "2026-01-06 08:00:30"),
        ("2026/01/06 00:00:30.123 +05:30", "%Y/%m/%d %H:%M:%S.%f %z", "", "2026-01-05 18:30:30"),
        ("2026/01/06 00:00:30 Z", "%Y/%m/%d %H:%M:%S %z", "", "2026-01-06 00:00:30"),
        ("2026-06-16 00:00:00 UTC", "%Y-%m-%d %H:%M:%S %Z", "", "2026-06-16 00:00:00"),
        ("2026-06-16 00:00:00 Asia/Kolkata", "%Y-%m-%d %H:%M:%S %Z", "PST", "2026-06-15 18:30:00"),
    ],
)
def test_moments(text: str, written: str, zone: str, expected: str) -> None:
    assert read(text, written, zone=zone)[1:] == (expected, False)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("25.10.2026 02:30", "Europe/Berlin"),  # the clock shows it twice
        ("29.07.2020 10:00", "CET"),  # written all the year round by some
        ("29.07.2020 10:00", "IST"),  # India, Ireland, Israel
        ("29.07.2020 10:00", "Mars/Base"),
        ("29.07.2020 10:00", "XXX"),
        ("29.07.2020 10:00", ""),
    ],
)
def test_a_moment_that_nobody_knows_is_left_out(text: str, zone: str) -> None:
    day, moment, bad = read(text, "%d.%m.%Y %H:%M", zone=zone)
    assert (day is not None, moment, bad) == (True, None, False)


@pytest.mark.parametrize(
    ("text", "formats", "zone"),
    [
        ("29.03.2026 02:30", ["%d.%m.%Y %H:%M"], "Europe/Berlin"),  # the clock was put forward
        ("31.02.2026", ["%d.%m.%Y"], ""),
        ("12/29/15", ["%m/%d/%Y"], ""),
        ("01.01.1026", ["%d.%m.%Y"], ""),
        ("3 Foo 2026", ["%d %b %Y"], ""),
        ("03/04/2026", ["%d/%m/%Y", "%m/%d/%Y"], ""),  # two readings
        ("01.01.2026 24:00", ["%d.%m.%Y %H:%M"], "UTC"),
        ("01.01.2026 13:00 PM", ["%d.%m.%Y %I:%M %p"], "UTC"),
        ("01.01.2026 10:60", ["%d.%m.%Y %H:%M"], "UTC"),
        ("\u0663.01.2026", ["%d.%m.%Y"], ""),
        ("x", [], ""),
    ],
)
def test_bad_cells(text: str, formats: list[str], zone: str) -> None:
    assert read(text, *formats, zone=zone) == (None, None, True)


def test_several_formats_and_a_zone_for_each_row() -> None:
    days, at, bad = moments_as(
        ["04/05/2026", "13/05/2026 10:00:00", "", "5 May 2026 10:00:00"],
        ["%d/%m/%Y", "%d/%m/%Y %H:%M:%S", "%d %b %Y %H:%M:%S"],
        ["UTC", "PDT", "UTC", "UTC"],
    )
    assert [(EPOCH + timedelta(days=int(day))).day for day in days[[0, 1, 3]]] == [4, 13, 5]
    assert days[2] == NO_INT
    assert [moment == NO_INT for moment in at] == [True, False, True, False]
    assert at[1] == datetime(2026, 5, 13, 17, tzinfo=UTC).timestamp()
    assert not bad.any()


def test_zones() -> None:
    known = ["UTC", "GMT+2", "+02:00", "Z", "PDT", "cest", "Europe/Paris", "Eastern Time (US & Canada)"]
    assert all(map(is_zone, known))
    assert not any(map(is_zone, ["", "IST", "XXX", "Europe/../x", "Europe/", "+15:00"]))


MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}


@pytest.mark.parametrize("language", MONTHS)
def test_every_month_of_a_language(language: str) -> None:
    texts = [f"1 {name} 2026" for name in MONTHS[language].split()]
    days, _, bad = moments_as(texts, ["%d %b %Y"])
    assert not bad.any()
    assert [(EPOCH + timedelta(days=int(day))).month for day in days] == list(range(1, 13))


moments = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001 - what a clock shows
    datetime(2079, 12, 31),  # noqa: DTZ001
).map(lambda moment: moment.replace(microsecond=0))


@given(
    st.lists(moments, max_size=6),
    st.sampled_from(["%Y-%m-%d %H:%M:%S %z", "%d.%m.%Y %I:%M:%S %p %z", "%d %b %Y, %H:%M:%S %z"]),
    st.integers(-14 * 60, 14 * 60),
)
def test_what_strftime_writes_is_read_back(found: list[datetime], written: str, minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    shown = [moment.replace(tzinfo=zone) for moment in found]
    days, at, bad = moments_as([moment.strftime(written) for moment in shown], [written])
    assert not bad.any()
    assert days.tolist() == [(moment.date() - EPOCH).days for moment in found]
    assert at.tolist() == [int(moment.timestamp()) for moment in shown]


@given(moments, st.sampled_from(["Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "UTC"]))
def test_a_zone_never_makes_a_wrong_moment(shown: datetime, zone: str) -> None:
    """A moment shown in the zone is the cell again; where none or two are, none is given."""
    _, at, bad = moments_as([f"{shown:%Y-%m-%d %H:%M:%S}"], ["%Y-%m-%d %H:%M:%S"], zone)
    region = ZoneInfo(zone)
    folds = {shown.replace(tzinfo=region, fold=fold).astimezone(UTC) for fold in (0, 1)}
    real = [moment for moment in folds if moment.astimezone(region).replace(tzinfo=None) == shown]
    assert bad[0] == (not real)
    assert at[0] == (int(real[0].timestamp()) if len(real) == 1 else NO_INT)


@given(st.lists(st.text(max_size=20), max_size=4), st.text(max_size=12))
def test_any_text_is_read_or_bad(texts: list[str], zone: str) -> None:
    days, at, bad = moments_as(texts, ["%d.%m.%y", "%d %b %Y %H:%M:%S %Z", "%I:%M %p %d/%m/%Y"], zone)
    for text, day, moment, fault in zip(texts, days, at, bad, strict=True):
        assert (day == NO_INT) == (fault or not text.strip())
        assert moment == NO_INT or day != NO_INT
