"""Date order, decimal mark and signs: found from the whole column, asked, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recon_app.models.money import format_minor
from recon_app.models.problem import AnswerNeeded, UsageError
from recon_app.models.record import NO_INT
from recon_app.sources._detect import (
    Found,
    choose_reading,
    debit_credit_readings,
    direction,
    directions,
    find_date_order,
    find_date_orders,
    find_decimal_mark,
    looks_like_amount,
    looks_like_date,
    plain_amounts,
    read_days,
)
from recon_app.sources._values import minor_units

EPOCH = date(1970, 1, 1)
DAYS = st.dates(date(1990, 1, 1), date(2079, 12, 31))


def iso(cell: str, order: str) -> str | None:
    days, bad = read_days([cell], order)
    return None if bad[0] or days[0] == NO_INT else str(EPOCH + timedelta(days=int(days[0])))


def write(day: date, order: str, mark: str, *, padded: bool, years: int) -> str:
    year = f"{day.year:04d}"[4 - years :]
    width = 2 if padded else 1
    parts = {"y": year, "m": f"{day.month:0{width}d}", "d": f"{day.day:0{width}d}"}
    return mark.join(parts[part] for part in order)


@given(
    st.lists(DAYS, min_size=1, max_size=8),
    st.sampled_from(["ymd", "dmy", "mdy"]),
    st.sampled_from("./-"),
    st.booleans(),
    st.sampled_from([2, 4]),
)
def test_written_dates_are_read_back_or_asked(
    days: list[date], order: str, mark: str, padded: bool, years: int
) -> None:
    assume((order, mark, years) != ("ymd", ".", 2))  # nobody writes so
    cells = [write(day, order, mark, padded=padded, years=years) for day in days]
    try:
        found = find_date_order(cells)
    except AnswerNeeded as needed:
        asked = needed
        found = find_date_order(cells, order)
    else:
        asked = AnswerNeeded("date_order", (found.value,), "not asked")
    values, bad = read_days(cells, found.value)
    assert not bad.any()
    assert [EPOCH + timedelta(days=int(value)) for value in values] == days
    assert asked.option == "date_order"
    assert found.value in asked.choices


@given(st.lists(DAYS, min_size=1, max_size=8), st.sampled_from(["dmy", "mdy"]))
def test_one_day_above_twelve_decides_and_without_it_the_order_is_asked(days: list[date], order: str) -> None:
    cells = [write(day, order, "/", padded=True, years=4) for day in days]
    if any(day.day > 12 for day in days):
        assert find_date_order(cells) == Found(order, sure=False)
    elif any(day.day != day.month for day in days):
        with pytest.raises(AnswerNeeded) as needed:
            find_date_order(cells)
        assert needed.value.choices == ("dmy", "mdy")
    else:
        assert iso(cells[0], find_date_order(cells).value) == str(days[0])


def test_two_digit_years_can_stand_in_front() -> None:
    with pytest.raises(AnswerNeeded) as needed:
        find_date_order(["01/02/03"])
    assert needed.value.choices == ("ymd", "dmy", "mdy")
    assert "2001-02-03 (year-month-day) or 2003-02-01 (day-month-year)" in str(needed.value)
    assert find_date_order(["13/08/32", "13/08/02"]).value == "dmy"
    assert find_date_order(["32/08/13"]) == Found("ymd", sure=False)
    assert find_date_order(["05.01.26", "13.01.26"]) == Found("dmy", sure=False)


def test_iso_dates_leave_no_doubt() -> None:
    assert find_date_order(["2026-03-04", "", "2026-05-06 10:00:00 +0200"]) == Found("ymd", sure=True)
    assert find_date_order([]) == Found("ymd", sure=True)


def test_contradicting_dates_report_the_cell_that_differs() -> None:
    cells = ["13/04/2026", "14/04/2026", "04/13/2026"]
    found = find_date_order(cells)
    assert found.value == "dmy"
    assert read_days(cells, "dmy")[1].tolist() == [False, False, True]


def test_date_columns_help_each_other() -> None:
    found = find_date_orders([["03/04/2026"], ["13/04/2026"]])
    assert [each.value for each in found] == ["dmy", "dmy"]
    apart = find_date_orders([["2026-04-03"], ["13/04/2026"]])
    assert [each.value for each in apart] == ["ymd", "dmy"]
    assert [each.value for each in find_date_orders([["03/04/2026"], ["05/06/2026"]], "mdy")] == [
        "mdy",
        "mdy",
    ]


@pytest.mark.parametrize(
    ("cell", "order", "expected"),
    [
        ("2026-11-23", "ymd", "2026-11-23"),
        ("20261123", "ymd", "2026-11-23"),
        ("23112026", "dmy", "2026-11-23"),
        ("23.11.26", "dmy", "2026-11-23"),
        ("1/2/2026", "mdy", "2026-01-02"),
        ("2026-01-31 23:30:00 -0500", "ymd", "2026-01-31"),
        ("2026-11-23T10:00:00Z", "ymd", "2026-11-23"),
        ("12/15/2026 10:30 PM", "mdy", "2026-12-15"),
        ("29/02/2024", "dmy", "2024-02-29"),
        ("29/02/2025", "dmy", None),
        ("2026-02-30", "ymd", None),
        ("0000-00-00", "ymd", None),
        ("12/25/2026", "dmy", None),
        ("2026-04-03", "dmy", None),
        ("5/6", "dmy", None),
        ("2026", "ymd", None),
        ("45000", "ymd", None),
        ("1795392000", "ymd", None),
        ("now", "ymd", None),
        ("9999-12-31", "ymd", None),
        ("1926-11-23", "ymd", None),
        ("2026-11-23 24:00:00", "ymd", None),
        ("2026-11-23 10:60", "ymd", None),
        ("2026-W47-1", "ymd", None),
        ("23. Nov. 2026", "dmy", None),
        ("23/11/2026 extra", "dmy", None),
        ("23/11-2026", "dmy", None),
        ("\u0662\u0663/\u0661\u0661/\u0662\u0660\u0662\u0666", "dmy", None),
        ("\uff12\uff10\uff12\uff16-11-23", "ymd", None),
    ],
)
def test_dates(cell: str, order: str, expected: str | None) -> None:
    assert iso(cell, order) == expected


def test_shapes() -> None:
    assert looks_like_date("31.02.2026")
    assert not looks_like_date("Total 2026")
    assert looks_like_amount("1.234,56-")
    assert not looks_like_amount("2026-01-02")


GROUPS = {"dot": [",", " ", "\u00a0", "\u202f", "'", "\u2019"], "comma": [".", " ", "\u00a0", "\u202f", "'"]}
SIGNS: list[Callable[[str], str]] = [
    lambda body: f"-{body}",
    lambda body: f"{body}-",
    lambda body: f"\u2212{body}",
    lambda body: f"({body})",
    lambda body: f"-€{body}",
    lambda body: f"{body}- EUR",
    lambda body: f"EUR -{body}",
]


def spell(minor: int, mark: str, group: str, sign: Callable[[str], str]) -> str:
    whole, cents = divmod(abs(minor), 100)
    body = f"{whole:,}".replace(",", group) + {"dot": ".", "comma": ","}[mark] + f"{cents:02d}"
    return sign(body) if minor < 0 else body


@given(st.data(), st.sampled_from(["dot", "comma"]), st.sampled_from(SIGNS))
def test_written_amounts_are_read_back_exactly(
    data: st.DataObject, mark: str, sign: Callable[[str], str]
) -> None:
    group = data.draw(st.sampled_from(GROUPS[mark]))
    amounts = data.draw(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=8))
    cells = [spell(minor, mark, group, sign) for minor in amounts]
    found = find_decimal_mark(cells)  # two decimals are never a group of three, so the mark is always known
    assert found == Found(mark, sure=mark == "dot")
    plain = plain_amounts(cells, mark)
    values, bad = minor_units(plain.texts, "EUR")
    assert not plain.bad.any()
    assert not bad.any()
    assert values.tolist() == amounts


@given(st.lists(st.integers(1000, 999_999), min_size=1, max_size=8), st.sampled_from(",."))
def test_thousands_alone_are_asked_whatever_the_currency(numbers: list[int], group: str) -> None:
    cells = [f"{number:,}".replace(",", group) for number in numbers]
    with pytest.raises(AnswerNeeded) as needed:
        find_decimal_mark([*cells, "", "12"])
    assert needed.value.option == "decimal_mark"
    assert needed.value.choices == ("comma", "dot")
    told = find_decimal_mark(cells, "dot" if group == "," else "comma")
    assert plain_amounts(cells, told.value).texts == [str(number) for number in numbers]


@given(st.text("0123456789.,-+() '€\u00a0EUR", max_size=12))
def test_an_amount_cell_gives_a_plain_decimal_or_is_bad(cell: str) -> None:
    for mark in ("dot", "comma"):
        plain = plain_amounts([cell], mark)
        values, bad = minor_units(plain.texts, "KWD")
        if plain.texts[0]:
            assert not plain.bad[0]
            assert bad[0] or format_minor(int(values[0]), "KWD")
        else:
            assert plain.bad[0] == bool(cell.strip())


def test_one_amount_decides_for_the_others() -> None:
    assert find_decimal_mark(["1,234", "5.50"]).value == "dot"
    assert find_decimal_mark(["1.234", "5,50"]) == Found("comma", sure=False)
    assert find_decimal_mark(["1,234", "1,234,567"]).value == "dot"
    assert find_decimal_mark(["0,123"]).value == "comma"
    assert find_decimal_mark(["12", "1 234", ""]) == Found("dot", sure=True)


def test_mixed_marks_report_the_cell_that_differs() -> None:
    cells = ["1,234.56", "7.00", "1.234,56"]
    assert plain_amounts(cells, find_decimal_mark(cells).value).bad.tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("cell", "mark", "expected"),
    [
        ("1.005", "dot", "1.005"),  # more decimals than EUR has: minor_units refuses it
        ("12.340", "dot", "12.340"),
        ("1,234.56", "dot", "1234.56"),
        ("1.234,56", "comma", "1234.56"),
        ("1.234,56", "dot", None),
        ("1,234.56", "comma", None),
        ("1,23", "dot", None),
        ("12,34", "dot", None),
        ("1.5", "comma", None),
        ("1\u00a0234,56", "comma", "1234.56"),
        ("1'234.56", "dot", "1234.56"),
        ("1,23,456.78", "dot", None),
        ("(12.34)", "dot", "-12.34"),
        ("-$5.00", "dot", "-5.00"),
        ("$-5.00", "dot", "-5.00"),
        ("\u22125.00", "dot", "-5.00"),
        ("\u20135.00", "dot", None),
        ("5.00-", "dot", "-5.00"),
        ("+31070,11", "comma", "31070.11"),
        ("-(5.00)", "dot", None),
        ("--5.00", "dot", None),
        ("(5.00", "dot", None),
        ("12.34 EUR", "dot", "12.34"),
        ("EUR 12.34 EUR", "dot", None),
        ("12.34 CR", "dot", None),
        ("1e3", "dot", None),
        ("NaN", "dot", None),
        ("Infinity", "dot", None),
        ("-", "dot", None),
        ("1_000", "dot", None),
        ("0x1F", "dot", None),
        ("\uff11\uff12.00", "dot", None),
        ("\u0661\u0662\u0663", "dot", None),
        ("12%", "dot", None),
        ("=1+1", "dot", None),
        ("1.2.3", "dot", None),
        ("12 34", "dot", None),
        ("ten", "dot", None),
        ("-0.00", "dot", "-0.00"),
        ("  7.50 ", "dot", "7.50"),
        (".50", "dot", ".50"),
        ("5.", "dot", None),
        ("1E999999999", "dot", None),
    ],
)
def test_amounts(cell: str, mark: str, expected: str | None) -> None:
    plain = plain_amounts([cell], mark)
    assert (None if plain.bad[0] else plain.texts[0]) == expected


def test_brackets_beside_a_minus_say_nothing() -> None:
    assert plain_amounts(["(12.34)", "5.00"], "dot").bad.tolist() == [False, False]
    assert plain_amounts(["(12.34)", "-5.00"], "dot").bad.tolist() == [True, False]


def test_currency_codes_are_handed_on() -> None:
    assert plain_amounts(["1.00 USD", "€2.00", "$3.00", "4.00"], "dot").codes == ["USD", "EUR", "", ""]


@pytest.mark.parametrize(
    ("find", "told"), [(find_date_order, "ydm"), (find_decimal_mark, ","), (find_date_order, "DMY")]
)
def test_an_unknown_answer_is_refused(find: Callable[[list[str], str], Found], told: str) -> None:
    with pytest.raises(UsageError):
        find(["1"], told)


@pytest.mark.parametrize(
    ("word", "sign"),
    [
        *(("D", -1), ("c", 1), ("S", -1), ("Haben", 1), ("Af", -1), ("Bij", 1), ("débit", -1), ("Crédit", 1)),
        *(("Dare", -1), ("Avere", 1), ("Cr.", 1), ("-", -1), ("\u2212", -1), ("+", 1), ("", 0), ("x", 0)),
    ],
)
def test_direction_words(word: str, sign: int) -> None:
    assert direction(word) == sign
    assert directions([word, word]).tolist() == [sign, sign]


def ints(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, np.int64)


def test_debits_without_a_sign_or_all_with_a_minus_have_one_meaning() -> None:
    for debit in (ints(500, 0), ints(-500, 0)):
        readings = debit_credit_readings(debit, ints(0, 700))
        assert choose_reading(readings, lambda _: None) == Found("columns", sure=True)
        assert readings["columns"].tolist() == [-500, 700]


def test_mixed_debits_are_decided_by_the_balances_or_asked() -> None:
    readings = debit_credit_readings(ints(500, -200), ints(0, 0))
    assert {name: minor.tolist() for name, minor in readings.items()} == {
        "columns": [-500, -200],
        "signed": [500, -200],
        "reversal": [-500, 200],
        "books": [500, 200],
    }
    proven = choose_reading(readings, lambda minor: bool(minor.sum() == -300))
    assert proven == Found("reversal", sure=False)
    with pytest.raises(AnswerNeeded) as needed:
        choose_reading(readings, lambda _: None)
    assert needed.value.choices == ("columns", "signed", "reversal", "books")
    assert choose_reading(readings, lambda _: False) == Found("columns", sure=False)
    assert debit_credit_readings(ints(500, -200), ints(0, 0), "signed")["signed"].tolist() == [500, -200]
    with pytest.raises(UsageError):
        debit_credit_readings(ints(1), ints(0), "upside down")


def test_a_table_from_the_books_is_seen_by_its_balances() -> None:
    readings = debit_credit_readings(ints(500, 0), ints(0, 700))
    assert choose_reading(readings, lambda minor: bool(minor[0] == 500)) == Found("books", sure=False)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.booleans()), min_size=1, max_size=6))
def test_every_reading_keeps_the_size_of_each_amount(rows: list[tuple[int, bool]]) -> None:
    assume(any(minor for minor, _ in rows))
    debit = ints(*(minor if is_debit else 0 for minor, is_debit in rows))
    credit = ints(*(0 if is_debit else -minor for minor, is_debit in rows))
    for reading in debit_credit_readings(debit, credit).values():
        assert np.abs(reading).tolist() == [minor for minor, _ in rows]
