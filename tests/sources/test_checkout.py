from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.problem import FileRejected
from recon_app.sources.checkout_payouts import CheckoutPayouts
from recon_app.sources.checkout_settlement import CheckoutSettlement

SOURCE = CheckoutSettlement()
SAMPLE = "many_decimals.csv"
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


def test_sample(read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, SAMPLE), SAMPLE)


def test_payouts(read_sample: Read, check_expected: Callable[..., None]) -> None:
    result = read_sample(CheckoutPayouts(), "two_payouts.csv")
    check_expected(result, "two_payouts.csv")
    assert [(r["ident"], r["amount"]) for r in result["records"]] == [
        ("0000000SAMPLE", 4578),
        ("0000000SAMPL2", -310),
    ]


def test_rounding_is_said_and_stays_below_one_cent(read_sample: Read) -> None:
    result = read_sample(SOURCE, SAMPLE)
    assert sum(record["net"] for record in result["records"]) == 4578  # 45.77854399 to the cent
    assert result["notes"][-1].endswith("together -0.00145601 EUR were left out")
    assert all(record["net"] == record["amount"] - record["fee"] for record in result["records"])


def test_rows_without_gross_are_fees(read_sample: Read) -> None:
    records = read_sample(SOURCE, SAMPLE)["records"]
    assert {r["text"]: r["category"] for r in records if not r["amount"]} == {
        "Charge": "fee",
        "Network Token Provisioning": "fee",
        "Void": "fee",
        "Merchant Payout": "fee",
    }


@settings(max_examples=25)
@given(cents=st.lists(st.integers(-(10**8), 10**8), min_size=1, max_size=30))
def test_any_deductions_close_to_the_cent(
    cents: list[int], read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    header, first, *_ = csv_rows(data / SOURCE.id / SAMPLE)
    places = [header.index(f"{name} In Holding Currency") for name in ("Gross", "Deduction", "Net")]
    rows = []
    for number in cents:
        deduction = Decimal(number).scaleb(-6)
        row = list(first)
        for place, value in zip(places, (Decimal("7.5"), deduction, deduction + Decimal("7.5")), strict=True):
            row[place] = f"{value:f}"
        rows.append(row)
    records = read_sample(SOURCE, write_csv([header, *rows]))["records"]
    exact = sum(Decimal(row[places[2]]) for row in rows) * 100
    assert abs(sum(record["net"] for record in records) - exact) <= Decimal("0.5")
    assert all(
        abs(r["net"] - Decimal(row[places[2]]) * 100) <= 1 for r, row in zip(records, rows, strict=True)
    )


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("Gross In Holding Currency", "", "'' is not an amount"),
        ("Net In Holding Currency", "48,87", "'48,87' is not an amount"),
        ("Holding Currency", "Euro", "'Euro' is not a currency"),
        ("Processed On", "01/09/2026", "'01/09/2026' is not a time"),
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


def test_row_that_does_not_add_up_is_shown(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / SAMPLE)
    rows[2][rows[0].index("Deduction In Holding Currency")] = "-0.754"
    [proof] = read_sample(SOURCE, write_csv(rows))["proofs"]
    assert proof["found"] == "9 rows, first broken: row 2"
