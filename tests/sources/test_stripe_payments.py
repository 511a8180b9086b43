from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources.stripe_payments import StripePayments

SOURCE = StripePayments()
Read = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("sample", ["columns_2018.csv", "columns_2026.csv"])
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_only_what_was_taken_is_a_charge_and_summed(read_sample: Read) -> None:
    result = read_sample(SOURCE, "columns_2018.csv")
    assert [record["category"] for record in result["records"]] == [
        "authorization",
        "void",
        "charge",
        "charge",
        "charge",
    ]
    assert result["totals"]["Amount EUR"] == "226.20"


def test_an_unknown_state_is_kept_and_named(read_sample: Read) -> None:
    result = read_sample(SOURCE, "columns_2026.csv")
    assert [record["category"] for record in result["records"]] == ["charge", "void", "other"]
    assert result["notes"] == ["Lines of a type this version does not know, kept as other: Under a spell (1)"]


@pytest.mark.parametrize(
    ("column", "cell"), [("Amount", ""), ("Fee", "3.731"), ("id", ""), ("Currency", "x")]
)
def test_damaged_cells_reject_the_file(
    column: str,
    cell: str,
    read_sample: Read,
    csv_rows: Callable[[Path], list[list[str]]],
    write_csv: Callable[..., Path],
    data: Path,
) -> None:
    rows = csv_rows(data / SOURCE.id / "columns_2018.csv")
    rows[5][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert rejected.value.problems[0].row == 5
