from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources.stripe_payout_reconciliation import StripePayoutReconciliation

SOURCE = StripePayoutReconciliation()
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


@pytest.mark.parametrize(
    "sample",
    ["default_columns.csv", "chosen_columns_with_payouts.csv", "decimal_comma.csv", "header_only.csv"],
)
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_payout_rows_are_kept_not_summed_and_proven(read_sample: Read) -> None:
    result = read_sample(SOURCE, "chosen_columns_with_payouts.csv")
    assert result["totals"]["Net USD"] == "77.83"
    assert [record["ident"] for record in result["records"] if record["category"] == "payout"] == [
        "txn_0105",
        "txn_0109",
    ]
    proof = result["proofs"][0]
    assert not proof["ok"]
    assert proof["found"] == "1 of 2, first broken: po_1SampleC, lines 49.00 USD, payout -50.00 USD"


def test_payout_date_is_the_utc_date_whatever_zone_the_report_is_in(read_sample: Read) -> None:
    zurich = read_sample(SOURCE, "default_columns.csv")["records"][0]  # 2026-10-16 02:00:00
    new_york = read_sample(SOURCE, "chosen_columns_with_payouts.csv")["records"][0]  # 2026-11-03 19:00:00
    utc = read_sample(SOURCE, "decimal_comma.csv")["records"][0]
    assert [record["due"] for record in (zurich, new_york, utc)] == ["2026-10-16", "2026-11-04", "2026-10-16"]


def test_order_reference_comes_from_the_likeliest_column(read_sample: Read) -> None:
    records = read_sample(SOURCE, "chosen_columns_with_payouts.csv")["records"]
    assert [record.get("ref", "") for record in records[:3]] == ["#2001", "#2002", ""]


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("net", "99.04", "99.04 is not gross 102.00 minus fee 2.95"),
        ("gross", "", "is empty"),
        ("fee", "2.955", "'2.955' is not an exact amount"),
        ("currency", "e", "'102.00' is not an exact amount"),
        ("balance_transaction_id", "", "is empty"),
        ("created", "12.10.26 16:31", "'12.10.26 16:31' is not a time"),
        ("automatic_payout_effective_at", "16/10/2026", "'16/10/2026' is not a time"),
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
    rows = csv_rows(data / SOURCE.id / "default_columns.csv")
    rows[1][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert problem in rejected.value.problems[0].problem
    assert rejected.value.problems[0].row == 1


def test_payout_row_of_no_currency_rejects_the_file(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "chosen_columns_with_payouts.csv")
    rows[5][rows[0].index("currency")] = "dollars"
    with pytest.raises(FileRejected, match=r"'-28\.83' is not an exact amount"):
        read_sample(SOURCE, write_csv(rows))


def test_mixed_decimal_marks_reject_the_file(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "decimal_comma.csv")
    rows[2][rows[0].index("gross")] = "-5.00"
    with pytest.raises(FileRejected, match="some amounts have a decimal comma and some a point"):
        read_sample(SOURCE, write_csv(rows))


def test_report_without_a_creation_time_is_refused(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "default_columns.csv")
    rows[0][rows[0].index("created")] = "when"
    with pytest.raises(FileRejected, match="the column is missing"):
        read_sample(SOURCE, write_csv(rows))


def test_re_saved_file_and_workbook_read_the_same(
    read_sample: Read,
    data: Path,
    csv_rows: Rows,
    write_csv: Callable[..., Path],
    write_xlsx: Callable[..., Path],
) -> None:
    from datetime import datetime

    sample = data / SOURCE.id / "default_columns.csv"
    header, *body = csv_rows(sample)
    expected = read_sample(SOURCE, sample)
    assert read_sample(SOURCE, write_csv([header, *body], encoding="utf-8-sig", newline="\r\n")) == expected

    def typed(name: str, cell: str) -> object:
        if name in ("gross", "fee", "net"):
            return float(cell)
        return datetime.fromisoformat(cell) if name == "created" else cell

    book = [[typed(name, cell) for name, cell in zip(header, row, strict=True)] for row in body]
    assert read_sample(SOURCE, write_xlsx([header, *book])) == expected
