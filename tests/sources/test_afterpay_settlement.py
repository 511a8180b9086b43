from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources.afterpay_settlement import AfterpaySettlement

SOURCE = AfterpaySettlement()
SAMPLE = "two_orders_one_refund.csv"
AUD = {"currency": "AUD"}
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


def test_sample(read_sample: Read, check_expected: Callable[..., None]) -> None:
    result = read_sample(SOURCE, SAMPLE, AUD)
    check_expected(result, SAMPLE)
    assert SOURCE.unproven
    assert all(proof["ok"] for proof in result["proofs"])


def test_rows_of_a_settlement_date_are_one_deposit(read_sample: Read) -> None:
    records = read_sample(SOURCE, SAMPLE, AUD)["records"]
    assert {record["due"] for record in records} == {"2026-09-25"}
    assert sum(record["net"] for record in records) == 7994 + 104608 - 2000


def test_refund_has_its_own_id_and_day(read_sample: Read) -> None:
    refund = read_sample(SOURCE, SAMPLE, AUD)["records"][2]
    assert (refund["ident"], refund["ref2"], refund["day"]) == ("4561545", "9163251003631241", "2026-09-24")


def test_currency_and_settlement_date_are_asked(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(SOURCE, SAMPLE)
    assert asked.value.option == "currency"
    rows = csv_rows(data / SOURCE.id / SAMPLE)
    for row in rows[1:]:
        row[0] = "09/10/2026"
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(SOURCE, write_csv(rows), AUD)
    assert asked.value.option == "date_order"
    rows[0].append("ISO Settlement Date")
    for row in rows[1:]:
        row.append("2026-10-09")
    assert read_sample(SOURCE, write_csv(rows), AUD)["records"][0]["due"] == "2026-10-09"


@pytest.mark.parametrize(
    ("column", "cell", "broken"),
    [("Net Settlement Amount", "$79.95", 0), ("Merchant Fee Tax", "$0.54", 1)],
)
def test_row_that_does_not_add_up_fails(
    column: str,
    cell: str,
    broken: int,
    read_sample: Read,
    data: Path,
    csv_rows: Rows,
    write_csv: Callable[..., Path],
) -> None:
    rows = csv_rows(data / SOURCE.id / SAMPLE)
    rows[1][rows[0].index(column)] = cell
    proofs = read_sample(SOURCE, write_csv(rows), AUD)["proofs"]
    assert proofs[broken]["found"] == "2 rows, first broken: row 1"


@pytest.mark.parametrize(
    ("row", "column", "cell", "problem"),
    [
        (3, "Settlement Amount", "$20.00", "is not negative in a refund"),
        (1, "Settlement Amount", "", "is empty"),
        (1, "Order Date and Time", "2026-24-09", "is not a time of this export"),
        (1, "Settlement Date", "", "is not a settlement date"),
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
        read_sample(SOURCE, write_csv(rows), AUD)
    assert any(problem in one.problem or problem in one.advice for one in rejected.value.problems)
