"""Whole columns agree with what reading cell by cell says."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recon_app.models.money import MoneyError, parse_minor
from recon_app.models.record import NO_INT
from recon_app.sources._values import iso_days, minor_units, moments, without_float_noise

CURRENCIES = ("EUR", "JPY", "KWD", "CLF", "eur", "")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

plain_amounts = st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str) | st.integers(
    -(10**6), 10**6
).map(str)
odd_amounts = st.text(alphabet="0123456789.-+, eE\0\u0663", max_size=8) | st.text(
    alphabet="0123456789.", min_size=10, max_size=30
)
cells = st.lists(st.tuples(plain_amounts | odd_amounts, st.sampled_from(CURRENCIES)), max_size=8)


def expected_minor(text: str, currency: str) -> tuple[int, bool]:
    if not text:
        return NO_INT, False
    try:
        minor = parse_minor(text, currency)
    except MoneyError:
        return NO_INT, True
    return (NO_INT, True) if abs(minor) >= 2**62 else (minor, False)


@given(cells)
@example([("+5", "EUR"), ("5\0", "EUR"), ("5\x006", "EUR"), (".", "EUR"), ("5.", "EUR"), (".5", "EUR")])
@example([("12345678901234567", "EUR"), ("-12345678901234567", "KWD"), ("0.00", "JPY"), ("0.01", "JPY")])
@example([("46116860184273879.03", "EUR"), ("46116860184273879.04", "EUR"), ("-0", "EUR"), ("--5", "EUR")])
def test_amounts_agree_with_parse_minor(rows: list[tuple[str, str]]) -> None:
    texts, currencies = [text for text, _ in rows], [currency for _, currency in rows]
    values, bad = minor_units(texts, currencies)
    found = list(zip(values.tolist(), bad.tolist(), strict=True))
    assert found == [expected_minor(text, currency) for text, currency in rows]
    for currency in CURRENCIES:
        values, bad = minor_units(texts, currency)
        found = list(zip(values.tolist(), bad.tolist(), strict=True))
        assert found == [expected_minor(text, currency) for text in texts]


def test_more_decimals_than_the_currency_has_are_no_amount() -> None:
    """Rule FX-03: an error, never a rounding."""
    values, bad = minor_units(["1.005", "1.00", "1.5", "1.0"], ["EUR", "JPY", "JPY", "KWD"])
    assert bad.tolist() == [True, False, True, False]
    assert values.tolist() == [NO_INT, 1, NO_INT, 1000]


days = st.dates().map(date.isoformat)
odd_days = st.text(alphabet="0123456789-T ", max_size=12) | st.tuples(
    days, st.sampled_from(["", " ", "T10", "Z", "+01:00", "-02:00", "1", "x", "\0", "é"])
).map("".join)


def expected_day(text: str) -> tuple[int, bool]:
    if not text.rstrip("\0"):
        return NO_INT, False
    match = re.match(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:$|[\0 TZ+-])", text)
    try:
        return (date.fromisoformat(match[1]) - EPOCH.date()).days if match else NO_INT, match is None
    except ValueError:
        return NO_INT, True


@given(st.lists(days | odd_days, max_size=8))
@example(["2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "2026-04-31", "0000-01-01", "0001-01-01"])
@example(["9999-12-31", "2026-00-10", "2026-13-10", "2026-01-00", "2026-1-1", "2026/01/01", "", "é"])
def test_days_agree_with_the_calendar(texts: list[str]) -> None:
    values, bad = iso_days(texts)
    assert list(zip(values.tolist(), bad.tolist(), strict=True)) == list(map(expected_day, texts))


offsets = st.integers(-14 * 60 - 59, 14 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=offsets).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
shapes = st.sampled_from(["{0:%H:%M:%S} {1}", "{0:%H:%M:%S}{2}", "{0:%H:%M:%S}{1}", "{0:%H:%M:%S}.250 {2}"])


def written(moment: datetime, shape: str, between: str) -> str:
    offset = f"{moment:%z}"
    return moment.date().isoformat() + between + shape.format(moment, offset, f"{offset[:3]}:{offset[3:]}")


@given(st.lists(st.tuples(times, shapes, st.sampled_from(" T")), max_size=8))
def test_moments_agree_with_datetime(rows: list[tuple[datetime, str, str]]) -> None:
    found_days, at, bad = moments([written(*row) for row in rows])
    assert not bad.any()
    assert at.tolist() == [(moment - EPOCH) // timedelta(seconds=1) for moment, _, _ in rows]
    assert found_days.tolist() == [(moment.date() - EPOCH.date()).days for moment, _, _ in rows]


ENDS = ["", "Z", " UTC", "+0100", " +01:00", "+9900", "+01", ".5", ".", " CET", "\0", "é", "\u0660"]
odd_times = st.tuples(
    st.just("2026-03-29"),
    st.sampled_from(["", " ", "T", "  ", "x"]),
    st.text(alphabet="0123456789:", max_size=8) | st.times().map(lambda time: f"{time:%H:%M:%S}"),
    st.sampled_from(
        ["", "Z", " UTC", "+0100", " +01:00", "+9900", "+01", ".5", ".", " CET", "\0", "é", "\u0660"]
    ),
).map("".join)


@given(st.lists(odd_times, max_size=6), st.sampled_from(["", "UTC"]))
def test_a_moment_does_not_depend_on_its_neighbours(texts: list[str], zone: str) -> None:
    found_days, at, bad = moments(texts, zone)
    for index, text in enumerate(texts):
        alone = tuple(column.tolist()[0] for column in moments([text], zone))
        assert (found_days[index], at[index], bad[index]) == alone


@pytest.mark.parametrize(
    ("text", "zone", "clock"),
    [
        ("2026-01-31 23:30:00 -0500", "", "2026-02-01T04:30:00+00:00"),
        ("2026-01-31 23:30:00 -0500", "UTC", "2026-02-01T04:30:00+00:00"),
        ("2026-01-31T23:30:00Z", "", "2026-01-31T23:30:00+00:00"),
        ("2026-01-31 23:30:00 UTC", "", "2026-01-31T23:30:00+00:00"),
        ("2026-01-31 23:30:00", "UTC", "2026-01-31T23:30:00+00:00"),
        ("2026-01-31 23:30", "UTC", "2026-01-31T23:30:00+00:00"),
        ("2026-01-31 23:30:15.123456", "UTC", "2026-01-31T23:30:15+00:00"),
        ("2026-01-31 23:30 +05:30", "", "2026-01-31T18:00:00+00:00"),
        ("2026-01-31 23:30:00", "", None),
        ("2026-01-31", "UTC", None),
    ],
)
def test_the_day_is_as_written_and_the_moment_in_utc(text: str, zone: str, clock: str | None) -> None:
    found_days, at, bad = moments([text], zone)
    assert bad.tolist() == [False]
    assert found_days.tolist() == [20_484]
    assert at.tolist() == [NO_INT if clock is None else int(datetime.fromisoformat(clock).timestamp())]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31 24:00:00",
        "2026-01-31 23:60:00",
        "2026-01-31 23:59:60",
        "2026-01-31 24:00",
        "2026-01-31 7:00:00",
        "2026-01-31 07:00:00 CET",
        "2026-01-31 07:00:00 +9900",
        "2026-01-31 07:00:00 +1",
        "2026-01-31 \u0660\u0667:00:00",
        "2026-02-31 07:00:00",
        "2026-01-311 07:00",
        "2026-01-31x07:00:00",
    ],
)
def test_what_is_no_moment(text: str) -> None:
    _, at, bad = moments([text], "UTC")
    assert (at.tolist(), bad.tolist()) == ([NO_INT], [True])


def test_blank_cells_are_not_bad() -> None:
    for column in (minor_units(["", ""], "EUR"), iso_days(["", ""]), moments(["", ""], "UTC")):
        assert not column[-1].any()
        assert all((values == NO_INT).all() for values in column[:-1])
    for empty in (minor_units([], "EUR"), iso_days([]), moments([])):
        assert [len(values) for values in empty] == [0] * len(empty)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("30.380000000000003", "30.38"),
        ("-30.380000000000003", "-30.38"),
        ("9.2e-14", "0"),
        ("1e3", "1000"),
        ("0.1", "0.1"),
        ("12.345678", "12.345678"),
        ("12345678", "12345678"),
        ("1234567890123", "1234567890123"),
        ("1e999999999999", "1e999999999999"),
        ("infinite.love", "infinite.love"),
        ("Deutsche Bank", "Deutsche Bank"),
        ("a.very.long.name", "a.very.long.name"),
        ("", ""),
    ],
)
def test_float_noise_is_undone(text: str, clean: str) -> None:
    assert without_float_noise([text]) == [clean]


@given(st.integers(-(10**9), 10**9))
def test_the_noise_of_any_amount_is_undone(minor: int) -> None:
    exact = f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"
    for noisy in (repr(minor / 100), repr(minor / 100 * 3 - minor / 100 * 2)):
        values, bad = minor_units(without_float_noise([noisy]), "EUR")
        assert (values.tolist(), bad.tolist()) == ([minor], [False]), (exact, noisy)
