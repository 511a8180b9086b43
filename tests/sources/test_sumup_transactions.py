from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources.sumup_transactions import SumupTransactions

SOURCE = SumupTransactions()
CHF = {"currency": "CHF"}
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]


@pytest.mark.parametrize("sample", ["german.csv", "english.csv"])
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample, CHF), sample)


def test_currency_is_asked(read_sample: Read) -> None:
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(SOURCE, "german.csv")
    assert asked.value.option == "currency"


def test_sales_and_refunds_get_the_payout_of_their_own_row(read_sample: Read) -> None:
    records = read_sample(SOURCE, "german.csv", CHF)["records"]
    told = {(r["ident"], r["category"]): (r.get("grp"), r.get("due")) for r in records}
    assert told["TAAA2SAMPLE", "charge"] == ("9000001", "2026-10-13")
    assert told["TAAA2SAMPLE", "refund"] == ("9000002", "2026-10-14")
    assert told["TAAA6SAMPLE", "charge"] == (None, None)  # not paid out yet


def test_each_payout_closes(read_sample: Read) -> None:
    result = read_sample(SOURCE, "german.csv", CHF)
    assert [proof["found"] for proof in result["proofs"]] == ["2 of 2", "6 rows"]
    payouts = [r for r in result["records"] if r["category"] == "payout"]
    assert sum(r["amount"] for r in payouts if r["grp"] == "9000001") == -(1972 + 1232)


def test_cash_and_failed_sales_move_nothing(read_sample: Read) -> None:
    result = read_sample(SOURCE, "german.csv", CHF)
    idle = [record for record in result["records"] if record["category"] == "void"]
    assert [(r["ident"], r["amount"], r["net"]) for r in idle] == [
        ("TAAA3SAMPLE", 0, 0),
        ("TAAA4SAMPLE", 0, 0),
    ]
    assert result["totals"]["Cash or not successful, not paid out CHF"] == "8.00"
    assert result["totals"]["Gross CHF"] == "151.00"


def test_payout_row_that_is_wrong_is_shown(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(data / SOURCE.id / "german.csv")
    rows[2][rows[0].index("Auszahlung")] = "19.71"
    proof = read_sample(SOURCE, write_csv(rows), CHF)["proofs"][0]
    assert proof["found"].startswith("1 of 2, first broken: 9000001")


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("Auszahlung", "19.73", "is not the total minus the fee"),
        ("Betrag inkl. MwSt.", "", "is empty"),
        ("Betrag inkl. MwSt.", "zwei", "is not an amount"),
        ("Datum", "12.10.2026", "is not a time"),
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
    rows = csv_rows(data / SOURCE.id / "german.csv")
    rows[1][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows), CHF)
    assert any(problem in one.problem for one in rejected.value.problems)


def test_decimal_comma_reads_the_same(
    read_sample: Read, data: Path, csv_rows: Rows, write_csv: Callable[..., Path]
) -> None:
    sample = data / SOURCE.id / "german.csv"
    rows = csv_rows(sample)
    money = [rows[0].index(name) for name in ("Betrag inkl. MwSt.", "Gebühr", "Auszahlung")]
    for row in rows[1:]:
        for place in money:
            row[place] = row[place].replace(".", ",")
    changed = read_sample(SOURCE, write_csv(rows, delimiter=";"), CHF)
    expected = read_sample(SOURCE, sample, CHF)
    assert changed["totals"] == expected["totals"]
    assert [r["net"] for r in changed["records"]] == [r["net"] for r in expected["records"]]
