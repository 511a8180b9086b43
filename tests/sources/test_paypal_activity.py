import csv
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources._base import InputFile, Reading
from recon_app.sources.paypal_activity import PaypalActivity

SOURCE = PaypalActivity()
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


@pytest.mark.parametrize(
    "sample",
    ["en_newest_first.csv", "de_semicolon.csv", "fr_us_dates.csv", "it_event_codes.csv", "header_only.csv"],
)
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_the_lines_between_two_empty_balances_belong_to_the_one_withdrawal(read_sample: Read) -> None:
    records = read_sample(SOURCE, "en_newest_first.csv")["records"]
    inside = [r for r in records if r.get("grp") == "WD00000000000001A" and r["category"] != "payout"]
    assert sum(r["net"] for r in inside) == 120979
    assert {r["currency"] for r in inside} == {"EUR"}
    kept = read_sample(SOURCE, "de_semicolon.csv")["records"]  # the balance is not empty after it
    assert [r["ident"] for r in kept if r.get("grp")] == ["DE000000000000003"]


def test_what_moves_no_money_is_not_summed(read_sample: Read) -> None:
    result = read_sample(SOURCE, "de_semicolon.csv")
    assert [r["category"] for r in result["records"]][-1] == "void"
    moved = [r["net"] for r in result["records"] if r["category"] not in ("void", "payout")]
    assert result["totals"]["Net EUR"] == "1050.00"
    assert sum(moved) == 105000


def test_the_event_code_tells_the_type_in_every_language(read_sample: Read) -> None:
    records = read_sample(SOURCE, "it_event_codes.csv")["records"]
    assert [r["category"] for r in records] == ["charge", "payout", "reserve_released"]
    assert [r.get("ref", "") for r in records] == ["4001", "", "X-1"]


def test_the_order_of_the_rows_decides_how_dates_are_read(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "fr_us_dates.csv")
    for row, day in zip(rows[1:], ["9/12/2026", "10/1/2026", "10/2/2026", "10/2/2026"], strict=True):
        row[0] = day
    rows[1][0] = "9/12/2026"  # 9 December would stand before 10 January
    result = read_sample(SOURCE, write_csv(rows))
    assert [r["day"] for r in result["records"]][:2] == ["2026-09-12", "2026-10-01"]
    assert result["notes"] == [
        "The dates are read as month-day-year: only so are the rows in the order of time."
    ]


def test_dates_that_can_be_read_two_ways_are_asked(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "fr_us_dates.csv")
    for row in rows[1:]:
        row[0] = "10/2/2026"
    path = write_csv(rows)
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(SOURCE, path)
    assert (asked.value.option, asked.value.choices) == ("date_order", ("dmy", "mdy"))
    told = read_sample(SOURCE, path, {"date_order": "dmy"})
    assert {r["day"] for r in told["records"]} == {"2026-02-10"}


def test_a_missing_row_breaks_the_running_balance(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "en_newest_first.csv")
    del rows[5]  # the refund
    result = read_sample(SOURCE, write_csv(rows))
    proof = result["proofs"][0]
    assert (proof["expected"], proof["found"], proof["ok"]) == ("8 of 8", "7 of 8", False)
    assert [r["category"] for r in result["records"] if r.get("grp")] == ["payout"]


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("Net", "193.81", "193.81 is not Gross 200.00 plus Fee -6.20"),
        ("Gross", "2oo.00", "'2oo.00' is not an exact amount"),
        ("Currency", "E", "is not an exact amount"),
        ("Gross", "", "is empty"),
        ("Date", "13/32/2026", "'13/32/2026 09:30:00' is not a time"),
        ("Date", "", "is not a time"),
        ("Time", "9", "'10/10/2026 9' is not a time"),
    ],
)
def test_damaged_cells_reject_the_file(
    column: str,
    cell: str,
    problem: str,
    read_sample: Read,
    data: Path,
    csv_rows: Rows,
    write_csv: Callable[..., Path],
) -> None:
    rows = csv_rows(data / SOURCE.id / "en_newest_first.csv")
    rows[8][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert any(problem in found.problem and found.row == 8 for found in rejected.value.problems)


amounts = st.lists(st.tuples(st.integers(-(10**7), 10**7), st.integers(0, 10**4)), min_size=2, max_size=12)


@given(amounts, st.sampled_from(["de", "en"]), st.booleans())
def test_what_is_written_in_either_style_is_read_back(
    moves: list[tuple[int, int]], style: str, newest_first: bool
) -> None:
    balance, rows = 0, []
    for number, (gross, fee) in enumerate(moves):
        balance += gross - fee
        figures = (written(minor, style) for minor in (gross, -fee, gross - fee, balance))
        rows.append([f"{number + 13:02}/01/2026", "10:00:00", "CET", *map(str, figures), f"ID{number}"])
    header = ["Date", "Time", "TimeZone", "Gross", "Fee", "Net", "Balance", "Transaction ID"]
    table = [[*header, "Type", "Status", "Currency"]]
    table += [[*row, "Payment", "Completed", "EUR"] for row in (rows[::-1] if newest_first else rows)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "activity.csv")
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(table)
        reading = Reading()
        options = {"decimal_mark": "comma" if style == "de" else "dot"}
        batches = list(SOURCE.read(InputFile(path), options, reading))
        reading.finish()
    found = [int(minor) for batch in batches for minor in batch["net"]]
    assert (found[::-1] if newest_first else found) == [gross - fee for gross, fee in moves]
    assert all(proof.ok for proof in reading.proofs)


def written(minor: int, style: str) -> str:
    text = f"{minor / 100:,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if style == "de" else text


def test_a_workbook_of_the_same_list_reads_the_same(
    read_sample: Read, data: Path, csv_rows: Rows, write_xlsx: Callable[..., Path]
) -> None:
    sample = data / SOURCE.id / "en_newest_first.csv"
    header, *body = csv_rows(sample)
    money = {header.index(name) for name in ("Gross", "Fee", "Net", "Balance")}

    def typed(index: int, cell: str) -> object:
        if index == 0:
            return datetime.strptime(cell, "%m/%d/%Y")  # noqa: DTZ007 - a cell has no zone
        return float(cell.replace(",", "")) if index in money else cell

    book = [[typed(index, cell) for index, cell in enumerate(row)] for row in body]
    assert read_sample(SOURCE, write_xlsx([header, *book])) == read_sample(SOURCE, sample)


def test_an_old_encoding_and_tabs_read_the_same(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    sample = data / SOURCE.id / "it_event_codes.csv"
    path = write_csv(csv_rows(sample), encoding="cp1252", delimiter="\t", newline="\r\n")
    assert read_sample(SOURCE, path, {"encoding": "cp1252"}) == read_sample(SOURCE, sample)
