"""MT942: lines of the day so far, proven by the sums of the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources._base import InputFile, Reading
from recon_app.sources.bank_mt940 import BankMt940
from recon_app.sources.bank_mt942 import BankMt942

REPORT = (
    ":20:A\n:25:DE1\n:28C:1\n:34F:EURD0,\n:13D:2601021200+0100\n"
    ":61:2601020102C1,00NTRFREF-1//BANK-1\n:86:Text\n"
)


@pytest.fixture
def read(tmp_path: Path, read_sample: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def read_text(text: str, **options: str) -> dict[str, Any]:
        path = tmp_path / "report.sta"
        path.write_text(text)
        return read_sample(BankMt942(), path, options)

    return read_text


def test_sample(read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]) -> None:
    result = read_sample(BankMt942(), "two_reports.sta")
    check_expected(result, "two_reports.sta")
    assert [record["amount"] for record in result["records"]] == [41250, -7000, -1250]
    assert [proof["ok"] for proof in result["proofs"]] == [True] * 8


def test_wrong_sums_and_numbers_fail_their_proof(read: Callable[..., dict[str, Any]]) -> None:
    assert read(REPORT + "-\n")["proofs"] == []
    result = read(REPORT + ":90C:2EUR1,01\n-\n")
    assert [(p["name"], p["expected"], p["found"], p["ok"]) for p in result["proofs"]] == [
        ("DE1 report 1: number of credits", "2", "1", False),
        ("DE1 report 1: sum of credits", "1.01 EUR", "1.00 EUR", False),
    ]


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("", True),
        ("-\n", False),
        ("-", False),
        (":90C:1EUR1,00\n", False),
        (":90D:0EUR0,\n", True),
        (":86:more\n", True),
    ],
)
def test_a_report_without_an_end_may_have_been_cut_off(
    read: Callable[..., dict[str, Any]], end: str, *, told: bool
) -> None:
    notes = read(REPORT + end)["notes"]
    assert any("all of it is there" in note for note in notes) == told


@pytest.mark.parametrize("amount", ["USD1,00", "EUR1,005"])
def test_a_sum_that_cannot_be_is_refused(read: Callable[..., dict[str, Any]], amount: str) -> None:
    with pytest.raises(FileRejected, match="is not an exact amount in EUR"):
        read(f"{REPORT}:90C:1{amount}\n-\n")


def test_the_currency_comes_from_the_limit_or_is_asked(read: Callable[..., dict[str, Any]]) -> None:
    assert read(REPORT)["records"][0]["currency"] == "EUR"
    bare = REPORT.replace(":34F:EURD0,\n", "")
    with pytest.raises(AnswerNeeded) as needed:
        read(bare)
    assert needed.value.option == "currency"
    assert read(bare, currency="SEK")["records"][0]["currency"] == "SEK"


def test_reports_and_statements_are_told_apart(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "report.sta"
    path.write_text(REPORT)
    for source, reports in ((BankMt942(), True), (BankMt940(), False)):
        assert source.recognises(InputFile(path)) is reports
        assert source.recognises(InputFile(data / "bank_mt940" / "dutch.sta")) is not reports


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(["C", "D", "RC", "RD"]), st.integers(1, 10**9)), max_size=8))
def test_what_a_bank_writes_is_read_back_and_proven(tmp_path: Path, lines: list[tuple[str, int]]) -> None:
    signed = [minor if mark in ("C", "RD") else -minor for mark, minor in lines]
    text = ":20:A\n:25:DE1\n:28C:1\n:34F:EUR0,\n:13D:2601021200+0100\n"
    for mark, minor in lines:
        text += f":61:2601020102{mark}{minor // 100},{minor % 100:02d}NTRFX\n:86:Text\n"
    for tag, sign in (("90D", -1), ("90C", 1)):
        mine = [minor for minor in signed if minor * sign > 0]
        total = abs(sum(mine))
        text += f":{tag}:{len(mine)}EUR{total // 100},{total % 100:02d}\n"
    path = tmp_path / "written.sta"
    path.write_text(text + "-\n")
    reading = Reading()
    batches = list(BankMt942().read(InputFile(path), {}, reading))
    assert [int(amount) for batch in batches for amount in batch["amount"]] == signed
    assert [proof.ok for proof in reading.proofs] == [True] * 4
