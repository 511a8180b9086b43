from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources.ebay_transactions import EbayTransactions

SOURCE = EbayTransactions()
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


@pytest.mark.parametrize("sample", ["english.csv", "german.csv"])
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_order_of_several_items_counts_once_with_the_fees_of_its_items(read_sample: Read) -> None:
    records = read_sample(SOURCE, "english.csv")["records"]
    [order] = [record for record in records if record.get("ref") == "20-00000-00002"]
    assert (order["amount"], order["fee"], order["net"]) == (106000, 1910, 104090)
    assert order["row"] == 2


def test_fees_given_back_lower_the_fee_of_a_refund(read_sample: Read) -> None:
    refund = next(r for r in read_sample(SOURCE, "english.csv")["records"] if r["category"] == "refund")
    assert (refund["amount"], refund["fee"], refund["net"]) == (-10200, -1643, -8557)


def test_order_in_another_currency_counts_with_what_is_left(read_sample: Read) -> None:
    order = next(r for r in read_sample(SOURCE, "english.csv")["records"] if r.get("ref") == "11-00000-00003")
    assert (order["amount"], order["currency"], order["fee"]) == (4590, "USD", 0)
    assert (order["foreign_amount"], order["foreign_currency"]) == (5600, "EUR")


def test_payout_closes_and_one_without_lines_is_said(read_sample: Read) -> None:
    result = read_sample(SOURCE, "english.csv")
    proofs = {proof["name"]: proof for proof in result["proofs"]}
    assert proofs["Payouts whose lines add up to their own row"]["found"] == "1 of 1"
    assert proofs["Net = gross + fees"]["ok"]
    assert "Payouts without a line in the report: 1" in result["notes"]


def test_hold_and_release_are_a_pair(read_sample: Read) -> None:
    records = read_sample(SOURCE, "english.csv")["records"]
    holds = [(r["category"], r["net"]) for r in records if r["text"] == "Hold"]
    assert holds == [("reserve_held", -850), ("reserve_released", 850)]


@pytest.fixture
def changed(data: Path, csv_rows: Rows, write_csv: Callable[..., Path]) -> Callable[..., Path]:
    """``changed(row, column, cell)``: the English sample with one cell replaced."""

    def change(row: int, column: str, cell: str) -> Path:
        rows = csv_rows(data / SOURCE.id / "english.csv")
        header = next(index for index, cells in enumerate(rows) if len(cells) > 2)
        rows[header + row][rows[header].index(column)] = cell
        return write_csv(rows)

    return change


def test_payout_that_does_not_close_is_shown(read_sample: Read, changed: Callable[..., Path]) -> None:
    proofs = read_sample(SOURCE, changed(9, "Net amount", "-1,000.35"))["proofs"]
    assert proofs[0]["found"].startswith("0 of 1, first broken: 7000000001, -1000.35 USD instead of -1000.34")


def test_fee_that_is_missing_is_shown(read_sample: Read, changed: Callable[..., Path]) -> None:
    proofs = read_sample(SOURCE, changed(4, "Final Value Fee - variable", "--"))["proofs"]
    assert proofs[1]["found"].endswith("first broken: row 2")


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("Net amount", "8.505", "is not an exact amount"),
        ("Net amount", "eight", "is not an amount"),
        ("Payout currency", "--", "is not an exact amount"),
        ("Transaction creation date", "01/09/2026", "'01/09/2026' is not a time of this export"),
        ("Transaction creation date", "--", "is empty"),
        ("Transaction ID", "9.0E+09", "has lost its digits"),
    ],
)
def test_damaged_cells_reject_the_file(
    column: str, cell: str, problem: str, read_sample: Read, changed: Callable[..., Path]
) -> None:
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, changed(1, column, cell))
    assert any(problem in one.problem for one in rejected.value.problems)
