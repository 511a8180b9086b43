from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources.razorpay_settlement import RazorpaySettlement

SOURCE = RazorpaySettlement()
API, DASHBOARD = "api_paise.csv", "dashboard_rupees.csv"
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


@pytest.mark.parametrize("sample", [API, DASHBOARD])
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    result = read_sample(SOURCE, sample)
    check_expected(result, sample)
    assert SOURCE.unproven
    assert all(proof["ok"] for proof in result["proofs"])


def test_tax_is_in_the_fee_or_apart_whichever_adds_up(read_sample: Read) -> None:
    inside, apart = (read_sample(SOURCE, sample) for sample in (API, DASHBOARD))
    assert inside["proofs"][0]["name"] == "Credit - debit = amount - fee"
    assert apart["proofs"][0]["name"] == "Credit - debit = amount - fee - tax"
    assert (inside["records"][0]["amount"], inside["records"][0]["fee"]) == (100000, 2360)
    assert (apart["records"][0]["amount"], apart["records"][0]["fee"]) == (100000, 2360)
    assert (apart["records"][1]["amount"], apart["records"][1]["net"]) == (-10000, -10590)


def test_deposit_is_found_by_its_bank_reference(read_sample: Read) -> None:
    records = read_sample(SOURCE, API)["records"]
    assert sum(r["net"] for r in records if r.get("grp") == "UTRSAMPLE0001") == 97640 + 48820 - 10000 - 500
    assert "grp" not in records[4]  # not settled yet
    assert "due" not in records[4]


def test_unix_seconds_count_by_the_day_in_india(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / API)
    rows[1][rows[0].index("created_at")] = "1788980400"  # 2026-09-09 19:00 UTC, half past midnight in India
    record = read_sample(SOURCE, write_csv(rows))["records"][0]
    assert (record["day"], record["at"]) == ("2026-09-10", "2026-09-09T19:00:00Z")


def test_unit_is_asked_where_nothing_shows_it(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / API)
    for row in rows[1:]:
        row[rows[0].index("created_at")] = "2026-09-08"
    path = write_csv(rows)
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(SOURCE, path)
    assert asked.value.option == "amount_unit"
    assert read_sample(SOURCE, path, {"amount_unit": "rupees"})["records"][0]["amount"] == 10_000_000
    assert read_sample(SOURCE, path, {"amount_unit": "paise"})["records"][0]["amount"] == 100_000


def test_rows_that_add_up_in_neither_way_fail(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / API)
    rows[2][rows[0].index("credit")] = "48821"
    [proof] = read_sample(SOURCE, write_csv(rows))["proofs"]
    assert proof["found"] == "4 rows, first broken: row 2"


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("amount", "", "is empty"),
        ("credit", "976.4O", "is not an exact amount"),
        ("currency", "Rs", "is not an exact amount"),
        ("settled_at", "11 Sep", "is not a time of this export"),
        ("payment_id", "1.5E+12", "has lost its digits"),
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
    rows = csv_rows(data / SOURCE.id / DASHBOARD)
    rows[1][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert any(problem in one.problem for one in rejected.value.problems)
