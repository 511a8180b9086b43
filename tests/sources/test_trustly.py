"""Trustly: deposits and trailer prove the transactions; the report without fees is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources._base import InputFile
from recon_app.sources.trustly_payouts import TrustlyPayouts
from recon_app.sources.trustly_settlement import TrustlySettlement

SOURCE = TrustlySettlement()
SAMPLE = "two_deposits.csv"


@pytest.fixture
def changed(data: Path, tmp_path: Path) -> Callable[..., Path]:
    """``changed(old, new, ...)``: the sample with some texts replaced."""

    def change(*pairs: str) -> Path:
        text = (data / SOURCE.id / SAMPLE).read_text()
        for old, new in zip(pairs[::2], pairs[1::2], strict=True):
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "trustly.csv"
        path.write_text(text)
        return path

    return change


def test_sample(read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]) -> None:
    result = read_sample(SOURCE, SAMPLE)
    check_expected(result, SAMPLE)
    found = [(r["category"], r["amount"], r["fee"], r["net"], r["grp"]) for r in result["records"]]
    assert found == [
        ("charge", 10000, 100, 9900, "T1"),
        ("charge", 4990, 63, 4927, "T1"),
        ("refund", -1000, 0, -1000, "T2"),
        ("charge", 2000, 20, 1980, "T2"),
        ("chargeback", -2000, 0, -2000, "T2"),
    ]
    assert [proof["ok"] for proof in result["proofs"]] == [True] * 5


def test_deposits(read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]) -> None:
    result = read_sample(TrustlyPayouts(), SAMPLE)
    check_expected(result, SAMPLE)
    assert [(r["ident"], r["amount"]) for r in result["records"]] == [("T1", 14827), ("T2", -1020)]


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [
        ("USD,148.27", "USD,148.28", ["deposit T1 = its transactions", "sum of deposits"]),
        ("L,5,", "L,6,", ["number of transactions"]),
        ("139.90", "139.9x", ["sum of transactions"]),
        (
            ",T1,AC118,6001,,",
            ",,AC118,6001,,",
            ["deposit without a trace id = its transactions", "deposit T1 = its transactions"],
        ),
    ],
)
def test_what_does_not_hold_fails_its_proof(
    changed: Callable[..., Path],
    read_sample: Callable[..., dict[str, Any]],
    old: str,
    new: str,
    broken: list[str],
) -> None:
    proofs = read_sample(SOURCE, changed(old, new))["proofs"]
    assert [proof["name"] for proof in proofs if not proof["ok"]] == broken


def test_unknown_types_are_kept_and_named(
    changed: Callable[..., Path], read_sample: Callable[..., dict[str, Any]]
) -> None:
    result = read_sample(SOURCE, changed("Refund", "Bonus"))
    assert result["records"][2]["category"] == "other"
    assert "Bonus (1)" in result["notes"][0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("P11KFUN", "P11KREC", "it has no fees and no deposits; import the funding report P11KFUN"),
        ("L,5,139.90,2,138.07\n", "", "ends before its trailer"),
        ("F,Sample", "X,Sample", "does not belong here"),
        (",-0.63", "", "with 22 cells does not belong here"),
        ("USD,148.27", "USD,148.275", "no exact amount"),
        ("2026-03-04T10", "2026-03-32T10", "or no time"),
        ("USD,49.90", "USD,49.905", "is not an exact amount"),
        ("2026-03-01T23", "2026-03-01T25", "is not a time"),
    ],
)
def test_faults(
    changed: Callable[..., Path], read_sample: Callable[..., dict[str, Any]], old: str, new: str, words: str
) -> None:
    with pytest.raises(FileRejected, match=words):
        read_sample(SOURCE, changed(old, new))


def test_it_must_prove_itself_and_needs_its_header(changed: Callable[..., Path]) -> None:
    assert SOURCE.unproven
    assert not SOURCE.recognises(InputFile(changed("H,P11KFUN", "H,OTHER")))


def test_a_report_without_transactions(
    changed: Callable[..., Path], tmp_path: Path, read_sample: Callable[..., dict[str, Any]]
) -> None:
    lines = changed().read_text().splitlines(keepends=True)
    path = tmp_path / "empty.csv"
    path.write_text(lines[0] + "L,0,0.00,0,0.00\n")
    assert [proof["ok"] for proof in read_sample(SOURCE, path)["proofs"]] == [True]
    assert read_sample(TrustlyPayouts(), path)["rows"] == 0
