"""Every kind of good, doubtful and bad cell of a table whose columns a person named."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.problem import UsageError
from recon_app.models.record import NO_INT
from tests.sources.mapped import OPTIONS, End, read, table

DE = {"decimal_mark": "comma", "thousands_mark": "dot"}
US = {"decimal_mark": "dot", "thousands_mark": "comma"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


def end_of(path: Path, column: str, *cells: str, **options: str) -> End:
    """Read a table in which one column has these cells."""
    path.write_bytes(table(*({column: cell} for cell in cells)).encode())
    return read(path, OPTIONS | options)


def field(end: End, name: str) -> list[object]:
    assert end.result in ("ok", "warn"), end
    return [record[name] for record in end.records]


# amounts


@pytest.mark.parametrize(
    ("cell", "options", "minor"),
    [
        ("7.5", {}, 750),
        ("7.500", US, 750),
        ("2,345.60", US, 234560),
        ("2.345,60", DE, 234560),
        ("40.25", DE, 4025),  # nothing but a dot and two decimals: no group of three
        ("2\u00a0345,60", {"decimal_mark": "comma", "thousands_mark": "space"}, 234560),
        ("2\u202f345,60", {"decimal_mark": "comma", "thousands_mark": "space"}, 234560),
        ("2'345.60", {"decimal_mark": "dot", "thousands_mark": "apostrophe"}, 234560),
        ("12,34,567.80", {"decimal_mark": "dot", "thousands_mark": "indian"}, 123456780),
        ("(8.40)", US, -840),
        ("-€8.40", US, -840),
        ("\u22128.40", US, -840),
        ("8.40-", US, -840),
        ("8.40 EUR", US, 840),
        ("-0.00", US, 0),
        ("  8.40 ", US, 840),
        ("8888888888888.88", US, 888888888888888),
    ],
)
def test_amounts_are_exact(path: Path, cell: str, options: dict[str, str], minor: int) -> None:
    assert field(end_of(path, "total", "1.00", cell, **options), "amount")[1] == minor


@pytest.mark.parametrize(
    ("cell", "options", "code"),
    [
        ("7.125", US, "E_SCALE"),
        ("0.1000000000000000055", US, "E_SCALE"),
        ("2.345,60", US, "E_NUMBER"),
        ("2,345.60", DE, "E_NUMBER"),
        ("2,34", US, "E_NUMBER"),
        ("2.5", DE, "E_NUMBER"),
        ("12,34,567.80", US, "E_NUMBER"),
        ("\u20138.40", US, "E_NUMBER"),
        ("-(8.40)", US, "E_NUMBER"),
        ("7e3", US, "E_NUMBER"),
        ("9E888888888", US, "E_NUMBER"),
        ("NaN", US, "E_NUMBER"),
        ("Infinity", US, "E_NUMBER"),
        ("", US, "E_NUMBER"),
        ("2_000", US, "E_NUMBER"),
        ("0x2A", US, "E_NUMBER"),
        ("\uff14\uff12", US, "E_NUMBER"),
        ("\u0664\u0662", US, "E_NUMBER"),
        ("40%", US, "E_NUMBER"),
        ("=2+2", US, "E_NUMBER"),
        ("4.2.1", US, "E_NUMBER"),
        ("4 2", US, "E_NUMBER"),
        ("8.40 USD", US, "E_CURRENCY"),
        ("88888888888888.00", US, "E_RANGE"),
        ("8" * 4500, US, "E_RANGE"),
    ],
)
def test_what_is_no_exact_amount_is_refused(
    path: Path, cell: str, options: dict[str, str], code: str
) -> None:
    end = end_of(path, "total", "1.00", cell, **options)
    assert (end.result, end.places) == ("reject", {(code, 3, "total")})


@pytest.mark.parametrize(
    ("cells", "options", "option", "line"),
    [
        (("2,345", "2,345"), {}, "decimal_mark", 2),
        (("2.345", "1"), {}, "decimal_mark", 2),
        (("1", "-"), US, "mapping.dash", 3),
        (("1", "8.40 CR"), US, "mapping.credit_marks", 3),
    ],
)
def test_an_amount_with_two_readings_is_asked(
    path: Path, cells: tuple[str, ...], options: dict[str, str], option: str, line: int
) -> None:
    end = end_of(path, "total", *cells, **options)
    assert (end.result, end.option, end.places) == ("ask", option, {("E_NUMBER_AMBIGUOUS", line, "total")})
    for choice in end.choices:
        answered = end_of(path, "total", *cells, **options, **{option: choice})
        assert answered.result in ("ok", "reject"), choice  # 2.345 EUR has too many decimals


@pytest.mark.parametrize(
    ("marks", "minor"), [("cr_is_plus", [100, 840, -210]), ("cr_is_minus", [100, -840, 210])]
)
def test_credit_marks_sign_an_amount(path: Path, marks: str, minor: list[int]) -> None:
    end = end_of(path, "total", "1.00", "8.40 CR", "2.10 DR", **{"mapping.credit_marks": marks})
    assert field(end, "amount") == minor


def test_one_column_has_one_decimal_mark(path: Path) -> None:
    end = end_of(path, "total", "2,345.60", "2.345,60")
    assert (end.result, end.places) == ("reject", {("E_NUMBER_AMBIGUOUS", 3, "total")})


@pytest.mark.parametrize(
    ("currency", "cell", "end"),
    [
        ("JPY", "80.50", "E_SCALE"),
        ("KWD", "8.405", 8405),
        ("JPY", "80.00", 80),
        ("XQX", "8.40", "E_CURRENCY"),
        ("", "8.40", "E_CURRENCY"),
    ],
)
def test_a_currency_has_its_decimals(path: Path, currency: str, cell: str, end: int | str) -> None:
    path.write_bytes(table({"cur": currency, "total": cell}).encode())
    found = read(path, OPTIONS | US)
    if isinstance(end, int):
        assert field(found, "amount") == [end]
    else:
        column = "cur" if end == "E_CURRENCY" else "total"
        assert (found.result, found.places) == ("reject", {(end, 2, column)})


def test_a_currency_can_be_told_or_asked(path: Path) -> None:
    path.write_bytes(table({}).encode())
    without = {name: value for name, value in OPTIONS.items() if name != "mapping.currency"}
    path.write_text(path.read_text().replace("cur,", "money,"))
    assert read(path, without).option == "currency"
    told = read(path, without | {"currency": "CHF"})
    assert [record["currency"] for record in told.records] == ["CHF"]
    with pytest.raises(UsageError, match="is not a"):
        read(path, without | {"currency": "xx"})


def test_amounts_can_be_in_minor_units(path: Path) -> None:
    end = end_of(path, "total", "1990", "-5", **{"mapping.amount_unit": "minor", "mapping.sign": "inverted"})
    assert field(end, "amount") == [-1990, 5]


@given(
    st.decimals(-9_999_999, 9_999_999, places=2),
    st.sampled_from(["dot", "comma"]),
    st.sampled_from(["", "space", "apostrophe", "group"]),
)
def test_every_amount_comes_back(
    tmp_path_factory: pytest.TempPathFactory, amount: Decimal, decimal: str, thousands: str
) -> None:
    other = {"dot": ",", "comma": "."}[decimal]
    group = {"space": " ", "apostrophe": "'", "group": other, "": ""}[thousands]
    written = (
        f"{amount:,.2f}".replace(",", "_")
        .replace(".", {"dot": ".", "comma": ","}[decimal])
        .replace("_", group)
    )
    path = tmp_path_factory.mktemp("amount") / "a.csv"
    assert field(end_of(path, "total", written, decimal_mark=decimal), "amount") == [int(amount * 100)]


# quantities


@pytest.mark.parametrize(
    ("cell", "options", "found"),
    [
        ("4.0", US, 4_000_000),
        ("-3", US, ("warn", "W_LOOKALIKE")),
        ("4.5", US | {"mapping.quantity_decimals": "0"}, ("reject", "E_SCALE")),
        ("4.5", US, 4_500_000),
        ("4,5", US, ("reject", "E_NUMBER")),
        ("4.000", {}, ("ask", "E_NUMBER_AMBIGUOUS")),
        ("40000000", US, ("reject", "E_RANGE")),
        ("9999999999999", US, ("reject", "E_RANGE")),
        ("40000000", US | {"mapping.max_quantity": "50000000"}, 40_000_000_000_000),
    ],
)
def test_quantities(path: Path, cell: str, options: dict[str, str], found: int | tuple[str, str]) -> None:
    end = end_of(path, "pieces", "1", cell, **options)
    if isinstance(found, int):
        assert field(end, "quantity")[1] == found
    else:
        assert (end.result, end.places) == (found[0], {(found[1], 3, "pieces")})


# dates


@pytest.mark.parametrize(
    ("cells", "options", "result", "place"),
    [
        (["04/05/2026", "06/07/2026"], {}, "ask", ("E_DATE_AMBIGUOUS", 2)),
        (["31/05/2026", "04/05/2026"], {}, "ask", ("E_DATE_AMBIGUOUS", 3)),
        (["02/03/04"], {}, "ask", ("E_DATE_AMBIGUOUS", 2)),
        (["46100"], {}, "ask", ("E_DATE_AMBIGUOUS", 2)),
        (["1790000000"], {}, "ask", ("E_DATE_AMBIGUOUS", 2)),
        (["2026-05-31 09:30:00"], {}, "ask", ("E_TZ", 2)),
        (["2026-10-25 02:15"], {"zone": "Europe/Paris"}, "ask", ("E_DATE_DST", 2)),
        (["2026-03-29 02:15"], {"zone": "Europe/Paris"}, "reject", ("E_DATE_DST", 2)),
        (["31/05/2026", "05/31/2026"], {}, "reject", ("E_DATE", 3)),
        (["05/31/2026"], {"date_order": "dmy"}, "reject", ("E_DATE", 2)),
        (["04/05/2026", "2026-05-04"], {"date_order": "dmy"}, "reject", ("E_DATE", 3)),
        (["2026-02-29"], {}, "reject", ("E_DATE", 2)),
        ([""], {}, "reject", ("E_DATE", 2)),
        (["4/5"], {}, "reject", ("E_DATE", 2)),
        (["2026"], {}, "reject", ("E_DATE", 2)),
        (["today"], {}, "reject", ("E_DATE", 2)),
        (["2026-05-31 24:00"], {}, "reject", ("E_DATE", 2)),
        (["31. Mai 2026"], {}, "reject", ("E_DATE", 2)),
        (["2026-W20-1"], {}, "reject", ("E_DATE", 2)),
        (["31/05/2026 noon"], {"date_order": "dmy"}, "reject", ("E_DATE", 2)),
        (["2126-05-31"], {}, "reject", ("E_RANGE", 2)),
        (["1926-05-31"], {}, "reject", ("E_RANGE", 2)),
        (["60"], {"date_order": "excel"}, "reject", ("E_RANGE", 2)),
        (["2026-05-31 09:30:00 BST"], {}, "reject", ("E_TZ", 2)),
    ],
)
def test_dates_that_are_doubtful_or_none(
    path: Path, cells: list[str], options: dict[str, str], result: str, place: tuple[str, int]
) -> None:
    end = end_of(path, "when", *cells, **options)
    assert (end.result, end.places) == (result, {(*place, "when")})


@pytest.mark.parametrize(
    ("cell", "options", "day", "at"),
    [
        ("2026-05-31", {}, 20604, None),
        ("31.05.2026", {}, 20604, None),
        ("20260531", {}, 20604, None),
        ("04/05/2026", {"date_order": "dmy"}, 20577, None),
        ("04/05/2026", {"date_order": "mdy"}, 20548, None),
        ("46173", {"date_order": "excel"}, 20604, None),
        ("1780185600", {"date_order": "unix"}, 20604, 1780185600),
        ("2026-05-31T09:30:00Z", {}, 20604, 1780219800),
        ("2026-05-31 23:30:00 -0500", {}, 20604, 1780288200),
        ("2026-05-31 09:30", {"zone": "Europe/Paris"}, 20604, 1780212600),
        ("2026-05-31 09:30", {"zone": "none"}, 20604, None),
        ("2026-05-31 00:00:00", {}, 20604, None),
        ("2026-10-25 02:15", {"zone": "Europe/Paris", "mapping.dst_overlap": "first"}, 20751, 1792887300),
        ("2026-10-25 02:15", {"zone": "Europe/Paris", "mapping.dst_overlap": "second"}, 20751, 1792890900),
        ("05/31/2026 9:30 PM", {"zone": "UTC"}, 20604, 1780263000),
    ],
)
def test_dates(path: Path, cell: str, options: dict[str, str], day: int, at: int | None) -> None:
    end = end_of(path, "when", cell, **options)
    assert field(end, "day") == [day]
    assert field(end, "at") == [NO_INT if at is None else at]


def test_a_zone_must_exist(path: Path) -> None:
    with pytest.raises(UsageError, match="is not a"):
        end_of(path, "when", "2026-05-31", zone="Mars/Base")


# identifiers and texts


@pytest.mark.parametrize(
    "code",
    [
        *("007", "4006381333931", "2E7", "3e11", "4E500", "NA", "N/A", "NULL", "None", "nan", "TRUE", "inf"),
        *("98765432109876543", "98765432109876543210", "2.0", "2.50", "+3312", "5-6", "APR2", "2_0", "#77"),
        "z';DELETE FROM record;--",
    ],
)
def test_codes_are_kept(path: Path, code: str) -> None:
    end = end_of(path, "item", "mug", code)
    assert (end.result, field(end, "sku")[1]) == ("ok", code)


@pytest.mark.parametrize(
    ("cells", "result", "place", "kept"),
    [
        (["mug", "9.87654E+15"], "reject", ("E_ID_DAMAGED", 3), ""),
        (["mug", "a\u200bb"], "reject", ("E_CONTROL", 3), ""),
        (["mug", "a\u202eb"], "reject", ("E_CONTROL", 3), ""),
        (["mug", "a\x07b"], "reject", ("E_CONTROL", 3), ""),
        (["mug", "a\nb"], "reject", ("E_CONTROL", 3), ""),
        (["mug", "a\x00b"], "reject", ("E_NUL", 3), ""),
        (["mug", "B" * 300], "reject", ("E_TOO_LARGE", 3), ""),
        (["7.0", "8.0"], "ask", ("E_ID_DAMAGED", 2), ""),
        (["mug", "'007"], "warn", ("W_FORMULA_TEXT", 3), "'007"),
        (["mug", '="007"'], "warn", ("W_FORMULA_TEXT", 3), "007"),
        (["mug", " cup "], "warn", ("W_WHITESPACE", 3), "cup"),
        (["mug", "cup\u00a0"], "warn", ("W_WHITESPACE", 3), "cup"),
        (["TH\u00c9", "THE\u0301"], "warn", ("W_LOOKALIKE", 3), "THE\u0301"),
        (["MAT", "M\u0410T"], "warn", ("W_LOOKALIKE", 3), "M\u0410T"),
        (["mug", "MUG"], "warn", ("W_LOOKALIKE", 3), "MUG"),
        (["mug", "\uff14\uff12"], "warn", ("W_LOOKALIKE", 3), "\uff14\uff12"),
        (["mug", "caf\u00c3\u00a9"], "warn", ("W_LOOKALIKE", 3), "caf\u00c3\u00a9"),
    ],
)
def test_codes_that_look_damaged(
    path: Path, cells: list[str], result: str, place: tuple[str, int], kept: str
) -> None:
    end = end_of(path, "item", *cells)
    assert (end.result, end.places) == (result, {(*place, "item")})
    if kept:
        assert field(end, "sku")[1] == kept


def test_zeros_behind_codes_are_decided(path: Path) -> None:
    assert field(end_of(path, "item", "7.0", "8.0", **{"mapping.ids": "whole"}), "sku") == ["7", "8"]
    assert field(end_of(path, "item", "7.0", "8.0", **{"mapping.ids": "as_is"}), "sku") == ["7.0", "8.0"]


@pytest.mark.parametrize(
    ("cell", "result", "code", "kept"),
    [
        ("=2+2", "warn", "W_FORMULA_TEXT", "=2+2"),
        (" @SUM(2)", "warn", "W_FORMULA_TEXT", "@SUM(2)"),
        ("+33 1 2345", "warn", "W_FORMULA_TEXT", "+33 1 2345"),
        ("\uff1d2", "warn", "W_FORMULA_TEXT", "\uff1d2"),
        ("two\r\nlines", "warn", "W_CONTROL", "two\r\nlines"),
        ("Ren\u00c3\u00a9", "warn", "W_LOOKALIKE", "Ren\u00c3\u00a9"),
        ("Ren\ufffd", "warn", "W_LOOKALIKE", "Ren\ufffd"),
        ("\t=2", "reject", "E_CONTROL", ""),
        ("\r=2", "reject", "E_CONTROL", ""),
    ],
)
def test_texts(path: Path, cell: str, result: str, code: str, kept: str) -> None:
    end = end_of(path, "note", "x", cell)
    assert (end.result, end.places) == (result, {(code, 3, "note")})
    if kept:
        assert field(end, "text")[1] == kept


def test_markup_is_text(path: Path) -> None:
    end = end_of(path, "note", "<b>Ann</b>")
    assert (end.result, field(end, "text")) == ("ok", ["<b>Ann</b>"])


# records


def test_a_record_needs_its_number(path: Path) -> None:
    end = end_of(path, "no", "A1", "", "")
    assert (end.result, end.places) == ("reject", {("E_ID_EMPTY", 3, "no"), ("E_ID_EMPTY", 4, "no")})


def test_the_same_line_twice_is_asked(path: Path) -> None:
    cells = ("A1", "A1")
    end = end_of(path, "no", *cells)
    assert (end.result, end.option, end.places) == ("ask", "mapping.duplicates", {("E_DUP_ROW", 3, "no")})
    assert len(end_of(path, "no", *cells, **{"mapping.duplicates": "once"}).records) == 1
    assert len(end_of(path, "no", *cells, **{"mapping.duplicates": "keep"}).records) == 2


def test_one_number_with_two_amounts_is_refused(path: Path) -> None:
    path.write_bytes(table({"no": "A1"}, {"no": "A1", "total": "20.00"}).encode())
    end = read(path)
    assert (end.result, end.places) == ("reject", {("E_CONFLICT", 3, "total")})


def test_all_faults_are_collected(path: Path) -> None:
    path.write_bytes(table({"total": "x"}, {"when": "y"}, {"no": ""}, {"pieces": "-"}).encode())
    end = read(path)
    assert end.places == {("E_NUMBER", 2, "total"), ("E_DATE", 3, "when"), ("E_ID_EMPTY", 4, "no")}


def test_reading_stops_at_a_hundred_faults(path: Path) -> None:
    path.write_bytes(table(*[{"total": "x"}] * 150).encode())
    assert len(read(path).places) == 100


def test_debit_and_credit_columns(path: Path) -> None:
    path.write_text("no,when,out,in\nA1,2026-05-31,,5.00\nA2,2026-05-31,2.00,\n")
    options = {
        "mapping.order": "no",
        "mapping.date": "when",
        "mapping.debit": "out",
        "mapping.credit": "in",
        "currency": "EUR",
    }
    assert field(read(path, options), "amount") == [500, -200]
    path.write_text("no,when,out,in\nA1,2026-05-31,1.00,5.00\nA2,2026-05-31,,\n")
    assert read(path, options).places == {("E_NUMBER", 2, "out"), ("E_NUMBER", 3, "out")}
    path.write_text("no,when,out,in\nA1,2026-05-31,-1.00,\nA2,2026-05-31,3.00,\nA3,2026-05-31,,4.00\n")
    assert read(path, options).option == "debit_sign"
    assert field(read(path, options | {"debit_sign": "reversal"}), "amount") == [100, -300, 400]


def test_a_direction_column_signs_amounts(path: Path) -> None:
    path.write_text("no,when,sum,mark\nA1,2026-05-31,5.00,Haben\nA2,2026-05-31,2.00,S\n")
    options = {
        "mapping.order": "no",
        "mapping.date": "when",
        "mapping.amount": "sum",
        "mapping.direction": "mark",
        "currency": "EUR",
    }
    assert field(read(path, options), "amount") == [500, -200]
    path.write_text("no,when,sum,mark\nA1,2026-05-31,5.00,maybe\n")
    assert read(path, options).places == {("E_NUMBER", 2, "mark")}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("date_order", "ddmm"),
        ("decimal_mark", "point"),
        ("mapping.sign", "minus"),
        ("mapping.duplicates", "twice"),
        ("mapping.header_row", "0"),
        ("mapping.delimiter", ";;"),
        ("mapping.max_quantity", "many"),
    ],
)
def test_an_answer_must_be_one(path: Path, option: str, value: str) -> None:
    with pytest.raises(UsageError, match=value):
        end_of(path, "no", "A1", **{option: value})


def test_the_header_is_the_row_with_the_names(path: Path) -> None:
    path.write_text(f"Shop report\n\n{table({}).replace('no,item', 'No , ITEM ')}Total,,2,19.90,,,\n")
    end = read(path)
    assert end.places == {
        ("W_PREAMBLE", 1, None),
        ("W_WHITESPACE", 3, "no"),
        ("W_WHITESPACE", 3, "item"),
        ("W_TOTAL_ROW", 5, None),
    }
    assert len(end.records) == 1
