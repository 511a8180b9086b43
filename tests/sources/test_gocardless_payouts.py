from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources.gocardless_payouts import GocardlessPayouts

SOURCE = GocardlessPayouts()
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


def test_sample(read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, "payouts.csv"), "payouts.csv")


def test_it_was_written_without_a_real_file_and_proves_itself(read_sample: Read) -> None:
    assert SOURCE.unproven
    proofs = read_sample(SOURCE, "payouts.csv")["proofs"]
    assert [(proof["name"], proof["ok"]) for proof in proofs] == [
        ("amount = total_payment_amount - fees", True)
    ]


def test_a_payout_that_does_not_follow_from_its_payments_breaks_the_proof(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "payouts.csv")
    rows[3][1] = "49.21"
    proof = read_sample(SOURCE, write_csv(rows))["proofs"][0]
    assert (proof["found"], proof["ok"]) == ("2 rows, first broken: row 3", False)


@pytest.mark.parametrize(("column", "cell"), [("amount", "9760 ct"), ("arrival_date", ""), ("currency", "E")])
def test_damaged_cells_reject_the_file(
    column: str, cell: str, read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "payouts.csv")
    rows[1][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert rejected.value.problems[0].row == 1
