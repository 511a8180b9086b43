from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources.sezzle_payouts import SezzlePayouts
from recon_app.sources.sezzle_settlement import SezzleSettlement

SOURCE = SezzleSettlement()
SAMPLE = "all_types.csv"
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


def test_sample(read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, SAMPLE), SAMPLE)


def test_payout(read_sample: Read, check_expected: Callable[..., None]) -> None:
    result = read_sample(SezzlePayouts(), SAMPLE)
    check_expected(result, SAMPLE)
    [payout] = result["records"]
    assert (payout["amount"], payout["day"], payout["status"]) == (16211, "2026-10-02", "Complete")
    lines = read_sample(SOURCE, SAMPLE)["records"]
    assert {line["grp"] for line in lines} == {payout["ident"]}
    assert sum(line["net"] for line in lines) == payout["amount"]


def test_type_gives_the_sign_and_corrections_keep_theirs(read_sample: Read) -> None:
    amounts = {r["text"]: r["amount"] for r in read_sample(SOURCE, SAMPLE)["records"]}
    assert amounts["REFUND"] == -2000  # written 20.00
    assert amounts["CHARGEBACK"] == -1500  # written 15.00
    assert amounts["RETURNED_FEE"] == 30
    assert amounts["CORRECTION"] == -129


def test_reference_of_the_shop_comes_first(read_sample: Read) -> None:
    records = read_sample(SOURCE, SAMPLE)["records"]
    assert [record["ref"] for record in records[:2]] == ["#2001", "5002"]


def test_missing_event_breaks_its_total_and_the_net(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / SAMPLE)
    del rows[5]
    broken = [p["name"] for p in read_sample(SOURCE, write_csv(rows))["proofs"] if not p["ok"]]
    assert broken == ["total_fee_amount", "net_settlement_amount"]


def test_forex_fees_stand_in_the_totals_only(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / SAMPLE)
    rows[1][rows[0].index("forex_fees")] = "-1.11"
    rows[1][rows[0].index("net_settlement_amount")] = "161.00"
    result = read_sample(SOURCE, write_csv(rows))
    assert all(proof["ok"] for proof in result["proofs"])
    assert "forex fees" in result["notes"][0]


@pytest.mark.parametrize(
    ("row", "column", "cell", "problem"),
    [
        (1, "payout_date", "soon", "no payout date"),
        (1, "net_settlement_amount", "1,5", "'1,5' is not an amount"),
        (3, "amount", "", "is empty"),
        (3, "posting_currency", "CAD", "'CAD' is not the currency of the settlement, USD"),
        (3, "event_date", "10/01/2026", "is not a time"),
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
    header = rows[0] if row == 1 else rows[2]
    rows[row][header.index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert problem in rejected.value.problems[0].problem


def test_two_rows_of_totals_are_refused(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / SAMPLE)
    rows.insert(2, rows[1])
    with pytest.raises(FileRejected, match="there are 2 rows of totals"):
        read_sample(SOURCE, write_csv(rows))
