from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources.stripe_balance_history import StripeBalanceHistory

SOURCE = StripeBalanceHistory()
Read = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("sample", ["decimal_comma.csv", "point.csv"])
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


def test_the_source_tells_disputes_and_payouts_from_adjustments(read_sample: Read) -> None:
    records = read_sample(SOURCE, "decimal_comma.csv")["records"]
    assert [(r["category"], r["net"]) for r in records if r["text"] == "adjustment"] == [
        ("chargeback", -4500)
    ]


def test_payouts_are_not_summed_and_their_lines_are_counted(read_sample: Read) -> None:
    whole, cut = (read_sample(SOURCE, name) for name in ("decimal_comma.csv", "point.csv"))
    assert whole["totals"]["Net EUR"] == "78.60"
    assert whole["notes"] == ["Payouts that all lines in the file add up to: 1 of 1"]
    assert cut["notes"] == ["Payouts that all lines in the file add up to: 1 of 2"]  # one began before


def test_a_failed_payout_goes_into_a_later_one(read_sample: Read) -> None:
    record = read_sample(SOURCE, "point.csv")["records"][1]
    assert (record["category"], record["grp"], record["net"]) == ("carry_over", "po_0401", 5000)


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("Net", "101,76", "101,76 is not Amount 104,13 minus Fee 2,38"),
        ("Fee", "2.38", "some amounts have a decimal comma and some a point"),
        ("id", "", "is empty"),
        ("Created (UTC)", "07/10/2026 16:31", "'07/10/2026 16:31' is not a time"),
        ("Amount", "1.104,13", "is not an exact amount"),
    ],
)
def test_damaged_cells_reject_the_file(
    column: str,
    cell: str,
    problem: str,
    read_sample: Read,
    csv_rows: Callable[[Path], list[list[str]]],
    write_csv: Callable[..., Path],
    data: Path,
) -> None:
    rows = csv_rows(data / SOURCE.id / "decimal_comma.csv")
    rows[8][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert any(problem in found.problem for found in rejected.value.problems)


def test_a_spreadsheet_of_a_european_user_reads_the_same(
    read_sample: Read,
    csv_rows: Callable[[Path], list[list[str]]],
    write_csv: Callable[..., Path],
    data: Path,
) -> None:
    sample = data / SOURCE.id / "decimal_comma.csv"
    rows = csv_rows(sample)
    created = rows[0].index("Created (UTC)")
    for row in rows[1:]:
        year, month, day, clock = row[created][2:4], row[created][5:7], row[created][8:10], row[created][11:]
        row[created] = f"{day}.{month}.{year} {clock}"
    again = write_csv(rows, encoding="utf-8-sig", newline="\r\n", delimiter=";")
    assert read_sample(SOURCE, again) == read_sample(SOURCE, sample)


def test_a_payout_that_does_not_add_up_fails_the_proof(
    read_sample: Read, csv_rows: Callable[[Path], list[list[str]]], write_csv: Callable[..., Path], data: Path
) -> None:
    rows = csv_rows(data / SOURCE.id / "point.csv")
    payout = next(row for row in rows if row[1] == "payout")
    payout[rows[0].index("Amount")] = "-7.60"
    [proof] = read_sample(SOURCE, write_csv(rows))["proofs"]
    assert (proof["name"], proof["ok"]) == ("Net = Amount - Fee", False)
