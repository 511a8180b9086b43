from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources.square_transactions import SquareTransactions

SOURCE = SquareTransactions()
SAMPLE = "fifty_five_columns.csv"
USD = {"currency": "USD"}
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


@pytest.mark.parametrize("sample", [SAMPLE, "resaved_2018.csv"])
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample, USD), sample)


def test_only_what_passes_through_square_is_the_amount(read_sample: Read) -> None:
    result = read_sample(SOURCE, SAMPLE, USD)
    mixed, cash = result["records"][1:3]
    assert (mixed["amount"], mixed["fee"], mixed["net"]) == (
        100000,
        2930,
        97070,
    )  # 149.00 of 1,149.00 in cash
    assert (cash["category"], cash["amount"], cash["net"]) == ("void", 0, 0)
    assert result["totals"]["Cash, gift cards and other tenders USD"] == "187.00"


def test_lines_name_their_deposit_and_its_day(read_sample: Read) -> None:
    records = read_sample(SOURCE, SAMPLE, USD)["records"]
    first = [record for record in records if record.get("grp") == "DPSAMPLE1"]
    assert sum(record["net"] for record in first) == 99225
    assert {record["due"] for record in first} == {"2026-10-06"}


def test_times_are_in_the_zone_named_in_words(read_sample: Read) -> None:
    first = read_sample(SOURCE, SAMPLE, USD)["records"][0]
    assert (first["day"], first["at"]) == ("2026-10-05", "2026-10-06T04:50:48Z")
    evening = read_sample(SOURCE, "resaved_2018.csv", USD)["records"][0]
    assert evening["at"] == "2018-12-27T22:30:00Z"


def test_currency_and_date_order_are_asked(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(SOURCE, SAMPLE)
    assert asked.value.option == "currency"
    header, _, *rows = csv_rows(data / SOURCE.id / "resaved_2018.csv")
    path = write_csv([header, *rows])
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(SOURCE, path, USD)
    assert asked.value.option == "date_order"
    records = read_sample(SOURCE, path, {**USD, "date_order": "dmy"})["records"]
    assert records[0]["day"] == "2018-05-11"


def test_total_that_does_not_add_up_is_shown(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / SAMPLE)
    rows[1][rows[0].index("Fees")] = "-$0.96"
    [proof] = read_sample(SOURCE, write_csv(rows), USD)["proofs"]
    assert proof["found"] == "5 rows, first broken: row 1"


@pytest.mark.parametrize(
    ("row", "column", "cell", "problem"),
    [
        (1, "Total Collected", "$22.505", "is not an exact amount"),
        (1, "Net Total", "", "is empty"),
        (1, "Date", "yesterday", "is not a time of this export"),
        (4, "Total Collected", "$10.00", "is positive in a refund"),
        (1, "Payment ID", "1.5E+12", "has lost its digits"),
    ],
)
def test_damaged_cells_reject_the_file(
    row: int,
    column: str,
    cell: str,
    problem: str,
    read_sample: Read,
    data: Path,
    csv_rows: Rows,
    write_csv: Callable[..., Path],
) -> None:
    rows = csv_rows(data / SOURCE.id / SAMPLE)
    rows[row][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows), USD)
    assert any(problem in one.problem for one in rejected.value.problems)
