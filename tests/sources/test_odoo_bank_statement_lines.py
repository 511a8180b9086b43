"""Bank statement lines of Odoo 16, 18 and 19."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import AnswerNeeded
from recon_app.sources import _base
from recon_app.sources.odoo_bank_statement_lines import OdooBankStatementLines

SOURCE = OdooBankStatementLines()
Read = Callable[..., dict[str, Any]]
HEADER = ("Date", "Journal", "Label", "Amount", "Journal Currency", "Running Balance")


@pytest.mark.parametrize("name", ["v16_labels", "v18_labels", "v18_import_compatible"])
def test_samples(name: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, f"{name}.csv"), f"{name}.csv")


def test_without_the_journals_currency_it_is_asked(
    read_sample: Read, check_expected: Callable[..., None]
) -> None:
    with pytest.raises(AnswerNeeded, match="currency"):
        read_sample(SOURCE, "v19_labels.csv")
    check_expected(read_sample(SOURCE, "v19_labels.csv", {"currency": "USD"}), "v19_labels.csv")


def test_a_missing_line_shows_as_a_gap_of_the_running_balance(read_sample: Read) -> None:
    proof = read_sample(SOURCE, "v16_labels.csv")["proofs"][0]
    assert (proof["expected"], proof["found"]) == ("2 rows", "1 rows, first broken: row 3")


def test_running_balances_go_on_over_a_cut(read_sample: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_base, "CHUNK_ROWS", 1)
    assert read_sample(SOURCE, "v18_labels.csv")["proofs"][0]["found"] == "3 rows"


def test_lines_of_one_day_may_stand_in_either_order(
    write_csv: Callable[..., Path], read_sample: Read
) -> None:
    rows = [
        ("2026-10-01", "Bank", "a", "5.0", "EUR", "105.0"),
        ("2026-10-01", "Bank", "b", "-1.0", "EUR", "104.0"),
        ("2026-10-01", "Bank", "c", "2.0", "EUR", "106.0"),
    ]
    for order in (rows, rows[::-1]):
        proof = read_sample(SOURCE, write_csv([HEADER, *order]))["proofs"][0]
        assert proof["ok"]


def test_lines_out_of_date_order_are_not_checked(write_csv: Callable[..., Path], read_sample: Read) -> None:
    rows = [
        ("2026-10-02", "Bank", "a", "5.0", "EUR", "105.0"),
        ("2026-10-01", "Bank", "b", "-1.0", "EUR", "100.0"),
        ("2026-10-03", "Bank", "c", "2.0", "EUR", "107.0"),
    ]
    result = read_sample(SOURCE, write_csv([HEADER, *rows]))
    assert result["proofs"] == []
    assert result["notes"] == ["Bank: running balances not checked, the lines are not in date order"]


def test_a_foreign_amount_in_the_journals_own_currency_is_none(
    write_csv: Callable[..., Path], read_sample: Read
) -> None:
    header = (*HEADER[:5], "Foreign Currency", "Amount in Currency")
    path = write_csv([header, ("2026-10-01", "Bank", "a", "5.0", "EUR", "EUR", "5.0")])
    assert "foreign_amount" not in read_sample(SOURCE, path)["records"][0]
