from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources.braintree_transactions import BraintreeTransactions

SOURCE = BraintreeTransactions()
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


def test_sample(read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, "search.csv"), "search.csv")


def test_it_was_written_without_a_real_file_and_proves_itself(read_sample: Read) -> None:
    assert SOURCE.unproven
    proofs = read_sample(SOURCE, "search.csv")["proofs"]
    assert len(proofs) == 3
    assert all(proof["ok"] for proof in proofs)


def test_deposits_are_settled_rows_of_one_day_and_merchant_account(read_sample: Read) -> None:
    records = read_sample(SOURCE, "search.csv")["records"]
    groups: dict[str, int] = {}
    for record in records:
        if "grp" in record:
            groups[record["grp"]] = groups.get(record["grp"], 0) + record["amount"]
    assert groups == {"2026-10-22 sample_eur": 13000, "2026-10-23 sample_usd": 5000}


def test_what_paypal_pays_out_is_no_money_of_this_account(read_sample: Read) -> None:
    result = read_sample(SOURCE, "search.csv")
    assert [record["category"] for record in result["records"]] == [
        "charge",
        "charge",
        "refund",
        "charge",
        "authorization",
        "authorization",
        "void",
        "other",
    ]
    assert "1 transactions are paid out by PayPal, not by Braintree." in result["notes"]


@pytest.mark.parametrize(
    ("row", "column", "cell", "broken"),
    [
        (1, "Settlement Amount", "-120.00", 0),
        (3, "Refunded Transaction ID", "", 1),
        (1, "Refunded Transaction ID", "bt0000", 1),
        (2, "Settlement Currency ISO Code", "USD", 2),
    ],
)
def test_what_is_not_as_understood_breaks_a_proof(
    row: int,
    column: str,
    cell: str,
    broken: int,
    read_sample: Read,
    data: Path,
    csv_rows: Rows,
    write_csv: Callable[..., Path],
) -> None:
    rows = csv_rows(data / SOURCE.id / "search.csv")
    rows[row][rows[0].index(column)] = cell
    proofs = {proof["name"]: proof["ok"] for proof in read_sample(SOURCE, write_csv(rows))["proofs"]}
    names = (
        "No amount is negative",
        "A credit names the sale it takes back, and a sale none",
        "Deposits (disbursement date and merchant account) of one currency",
    )
    assert [proofs[name] for name in names].index(False) == broken


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Settlement Amount", ""),
        ("Settlement Date", "20/20/2026"),
        ("Settlement Amount", "x"),
        ("Settlement Currency ISO Code", "VISA"),
    ],
)
def test_damaged_cells_reject_the_file(
    column: str, cell: str, read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "search.csv")
    rows[1][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert rejected.value.problems[0].row == 1


def test_a_currency_that_is_none_is_a_fault_without_an_amount_too(
    read_sample: Read, csv_rows: Rows, write_csv: Callable[..., Path], data: Path
) -> None:
    rows = csv_rows(data / SOURCE.id / "search.csv")
    place = next(
        number for number, row in enumerate(rows[1:], 1) if not row[rows[0].index("Settlement Amount")]
    )
    rows[place][rows[0].index("Settlement Currency ISO Code")] = "Visa"
    with pytest.raises(FileRejected, match="'VISA' is no currency"):
        read_sample(SOURCE, write_csv(rows))


def test_transactions_without_amounts_prove_nothing(
    read_sample: Read, csv_rows: Rows, write_csv: Callable[..., Path], data: Path
) -> None:
    rows = csv_rows(data / "braintree_transactions" / "search.csv")
    amount = rows[0].index("Settlement Amount")
    unsettled = [rows[0], *(row for row in rows[1:] if not row[amount])]
    assert read_sample(SOURCE, write_csv(unsettled))["proofs"] == []
