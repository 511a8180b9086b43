from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources.mollie_settlement import MollieSettlement

SOURCE = MollieSettlement()
SAMPLE = "two_settlements.csv"
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


def test_sample(read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, SAMPLE), SAMPLE)


def test_rows_of_a_settlement_add_up_to_its_deposit(read_sample: Read) -> None:
    records = read_sample(SOURCE, SAMPLE)["records"]
    sums = {grp: sum(r["net"] for r in records if r["grp"] == grp) for grp in {r["grp"] for r in records}}
    assert sums == {"7654321.2609.02": 16337, "7654321.2609.03": 6450}


def test_category_comes_from_id_then_method_then_description(read_sample: Read) -> None:
    found = [record["category"] for record in read_sample(SOURCE, SAMPLE)["records"]]
    assert found == [
        "charge",
        "charge",
        "refund",
        "chargeback",
        "chargeback_reversal",
        "reserve_held",
        "fee",
        "other",
        "charge",
    ]


def test_foreign_payment_counts_in_the_currency_of_the_settlement(read_sample: Read) -> None:
    record = read_sample(SOURCE, SAMPLE)["records"][1]
    assert (record["amount"], record["currency"]) == (9525, "EUR")
    assert (record["foreign_amount"], record["foreign_currency"]) == (11000, "USD")


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("Settlement amount", "", "is empty"),
        ("Settlement amount", "100,00", "'100,00' is not an exact amount"),
        ("Settlement reference", "", "is empty"),
        ("Date", "01-09-2026", "'01-09-2026' is not a time"),
        ("ID", "1.23E+12", "'1.23E+12' has lost its digits"),
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
    rows = csv_rows(data / SOURCE.id / SAMPLE)
    rows[1][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert problem in rejected.value.problems[0].problem


def test_amounts_that_disagree_in_one_currency_are_shown(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / SAMPLE)
    rows[1][rows[0].index("Amount")] = "100.01"
    [proof] = read_sample(SOURCE, write_csv(rows))["proofs"]
    assert proof["found"] == "7 rows, first broken: row 1"
