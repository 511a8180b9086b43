from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources.klarna_payouts import KlarnaPayouts
from recon_app.sources.klarna_settlement import KlarnaSettlement

SOURCE = KlarnaSettlement()
SAMPLE = "unsigned_amounts.csv"
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


@pytest.mark.parametrize("sample", [SAMPLE, "signed_amounts.csv", "gross.csv"])
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    result = read_sample(SOURCE, sample)
    check_expected(result, sample)
    assert all(proof["ok"] for proof in result["proofs"])


def test_payout(read_sample: Read, check_expected: Callable[..., None]) -> None:
    result = read_sample(KlarnaPayouts(), SAMPLE)
    check_expected(result, SAMPLE)
    [payout] = result["records"]
    lines = read_sample(SOURCE, SAMPLE)["records"]
    assert {line["grp"] for line in lines} == {payout["ident"]}
    assert sum(line["net"] for line in lines) == payout["amount"]


def test_signed_and_unsigned_cells_read_the_same(read_sample: Read) -> None:
    unsigned = read_sample(SOURCE, SAMPLE)["records"]
    assert read_sample(SOURCE, "signed_amounts.csv")["records"] == unsigned
    assert {r["text"]: r["amount"] for r in unsigned}["RETURN"] == -4000


def test_totals_without_rows_are_records(read_sample: Read) -> None:
    records = read_sample(SOURCE, SAMPLE)["records"]
    told = {r["text"]: (r["row"], r["category"], r["amount"]) for r in records}
    assert told["total_tax_amount"] == (16, "fee", -213)
    assert told["total_repay_amount"] == (17, "carry_over", -1200)


def test_fees_invoiced_apart_reduce_nothing(read_sample: Read) -> None:
    fees = [r for r in read_sample(SOURCE, "gross.csv")["records"] if r["text"] == "FEE"]
    assert [fee["net"] for fee in fees] == [0, 0, 0]
    assert [fee["extra"]["invoiced"] for fee in fees] == ["0.35", "2.99", "7.85"]


@pytest.fixture
def changed(data: Path, csv_rows: Rows, write_csv: Callable[..., Path]) -> Callable[..., Path]:
    """``changed(row, column, cell)``: the sample with one cell replaced."""

    def change(row: int, column: str, cell: str) -> Path:
        rows = csv_rows(data / SOURCE.id / SAMPLE)
        rows[row][rows[0 if row == 1 else 2].index(column)] = cell
        return write_csv(rows)

    return change


def test_amount_that_does_not_add_up_fails(read_sample: Read, changed: Callable[..., Path]) -> None:
    proofs = read_sample(SOURCE, changed(3, "amount", "100.01"))["proofs"]
    assert [proof["ok"] for proof in proofs] == [False, True, True]


def test_debt_that_does_not_move_as_told_fails(read_sample: Read, changed: Callable[..., Path]) -> None:
    path = changed(1, "closing_debt_balance", "9.00")
    broken = [p["name"] for p in read_sample(KlarnaPayouts(), path)["proofs"] if not p["ok"]]
    assert broken == ["Closing debt balance"]


@pytest.mark.parametrize(
    ("row", "column", "cell", "problem"),
    [
        (1, "merchant_settlement_type", "GROSS_FEE", "invoice of fees"),
        (1, "payout_date", "soon", "'soon' is not a payout date"),
        (1, "total_tax_amount", "1,5", "'1,5' is not an amount"),
        (3, "amount", "", "is empty"),
        (3, "posting_currency", "SEK", "'SEK' is not the currency of the settlement"),
        (3, "capture_date", "10.09.2026", "is not a time of this export"),
    ],
)
def test_damaged_cells_reject_the_file(
    row: int, column: str, cell: str, problem: str, read_sample: Read, changed: Callable[..., Path]
) -> None:
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, changed(row, column, cell))
    assert problem in rejected.value.problems[0].problem


def test_totals_with_another_delimiter_are_refused(read_sample: Read, data: Path, tmp_path: Path) -> None:
    lines = (data / SOURCE.id / SAMPLE).read_text(encoding="utf-8").splitlines(keepends=True)
    damaged = tmp_path / SAMPLE
    damaged.write_text("".join((lines[0], lines[1].replace(",", ";"), *lines[2:])), encoding="utf-8")
    with pytest.raises(FileRejected, match="the row of totals has 1 cells where its header has"):
        read_sample(SOURCE, damaged)


def test_untried_sources_must_be_proven() -> None:
    assert SOURCE.unproven
    assert KlarnaPayouts.unproven
