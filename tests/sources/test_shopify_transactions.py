from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources.shopify_transactions import ShopifyTransactions

SOURCE = ShopifyTransactions()
Read = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("sample", ["9_columns.csv", "header_only.csv"])
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_only_success_is_in_the_totals_and_refunds_are_negative(read_sample: Read) -> None:
    result = read_sample(SOURCE, "9_columns.csv")
    assert result["totals"] == {"Refunds EUR": "-34.20", "Sales and captures EUR": "275.20"}
    refunds = [record["amount"] for record in result["records"] if record["category"] == "refund"]
    assert refunds == [-2_000, -1_420]
    assert result["notes"] == ["Lines of a type this version does not know, kept as other: teleport (1)"]


def test_void_that_moves_money_is_marked(
    read_sample: Read,
    data: Path,
    csv_rows: Callable[[Path], list[list[str]]],
    write_csv: Callable[..., Path],
) -> None:
    rows = csv_rows(data / SOURCE.id / "9_columns.csv")
    void = next(index for index, row in enumerate(rows) if row[2] == "void")
    rows[void][6] = "33.00"
    proof = read_sample(SOURCE, write_csv(rows))["proofs"][0]
    assert (proof["found"], proof["ok"]) == (f"0 rows, first broken: row {void}", False)


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("Amount", "-20.00", "-20.00 is negative"),
        ("Amount", "", "is empty"),
        ("Order", "5.06766E+12", "'5.06766E+12' has lost its digits"),
        ("Created At", "25/10/2026 11:00", "'25/10/2026 11:00' is not a time"),
    ],
)
def test_damaged_cells_reject_the_file(
    column: str,
    cell: str,
    problem: str,
    read_sample: Read,
    data: Path,
    csv_rows: Callable[[Path], list[list[str]]],
    write_csv: Callable[..., Path],
) -> None:
    rows = csv_rows(data / SOURCE.id / "9_columns.csv")
    rows[9][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert problem in rejected.value.problems[0].problem
    assert rejected.value.problems[0].row == 9


def test_re_saved_file_and_workbook_read_the_same(
    read_sample: Read,
    data: Path,
    csv_rows: Callable[[Path], list[list[str]]],
    write_csv: Callable[..., Path],
    write_xlsx: Callable[..., Path],
) -> None:
    sample = data / SOURCE.id / "9_columns.csv"
    rows = csv_rows(sample)
    expected = read_sample(SOURCE, sample)
    assert read_sample(SOURCE, write_csv(rows, encoding="utf-8-sig", newline="\r\n")) == expected
    header, *body = rows
    typed: list[list[object]] = [[int(row[0]), *row[1:6], float(row[6]), *row[7:]] for row in body]
    assert read_sample(SOURCE, write_xlsx([header, *typed])) == expected
