"""TWINT: the totals above the table prove it; failed transactions move no money."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources._base import InputFile
from recon_app.sources.twint_transactions import TwintTransactions

SOURCE = TwintTransactions()
SAMPLE = "english.csv"


@pytest.fixture
def changed(data: Path, tmp_path: Path) -> Callable[..., Path]:
    """``changed(old, new, ...)``: the sample with some texts replaced."""

    def change(*pairs: str) -> Path:
        text = (data / SOURCE.id / SAMPLE).read_text(encoding="utf-8-sig")
        for old, new in zip(pairs[::2], pairs[1::2], strict=True):
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "twint.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return change


def test_sample(read_sample: Callable[..., dict[str, Any]], check_expected: Callable[..., None]) -> None:
    result = read_sample(SOURCE, SAMPLE)
    check_expected(result, SAMPLE)
    found = [(record["category"], record["amount"], record["net"]) for record in result["records"]]
    assert found == [
        ("charge", 5000, 4935),
        ("charge", 1000, 987),
        ("void", 0, 0),
        ("charge", 500, 493),
        ("refund", -493, -493),
        ("refund", -1000, -1000),
    ]
    assert [proof["ok"] for proof in result["proofs"]] == [True] * 5


def test_names_and_addresses_are_not_kept(read_sample: Callable[..., dict[str, Any]]) -> None:
    assert "Beispiel" not in str(read_sample(SOURCE, SAMPLE))


@pytest.mark.parametrize(("old", "broken"), [('"64.15"', 2), ('"4.93";"10.00"', 0), ('"0.85"', 4)])
def test_a_wrong_total_fails_its_proof(
    changed: Callable[..., Path], read_sample: Callable[..., dict[str, Any]], old: str, broken: int
) -> None:
    proofs = read_sample(SOURCE, changed(old, old.replace("4", "5").replace("8", "9")))["proofs"]
    assert [index for index, proof in enumerate(proofs) if not proof["ok"]] == [broken]


@pytest.mark.parametrize(
    ("amount", "costs", "order", "date", "kind"),
    [
        ("Betrag Transaktion", "Transaktionskosten", "TWINT Order ID", "Datum", "Typ"),
        ("Montant de la transaction", "Coûts de transaction", "ID de commande TWINT", "Date", "Type"),
    ],
)
def test_other_languages_and_currencies(
    changed: Callable[..., Path],
    read_sample: Callable[..., dict[str, Any]],
    amount: str,
    costs: str,
    order: str,
    date: str,
    kind: str,
) -> None:
    path = changed(
        '"Transaction amount', f'"{amount}', '"Transaction costs', f'"{costs}', "CHF", "EUR",
        "TWINT order ID", order, '"Date"', f'"{date}"', '"Type"', f'"{kind}"', '"Payment"', '"Zahlung"',
        "reversals", "anything",
    )  # fmt: skip
    result = read_sample(SOURCE, path)
    assert result["totals"] == {"Costs EUR": "0.85", "Gross EUR": "50.07", "Net EUR": "49.22"}
    assert [proof["ok"] for proof in result["proofs"]] == [True] * 5


def test_unknown_types_are_kept_and_named(
    changed: Callable[..., Path], read_sample: Callable[..., dict[str, Any]]
) -> None:
    result = read_sample(SOURCE, changed('"Payment";"Settled"', '"Donation";"Settled"'))
    assert [record["category"] for record in result["records"]][:2] == ["other", "other"]
    assert "Donation (3)" in result["notes"][0]
    assert all(proof["ok"] for proof in result["proofs"])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"4.93";"10.00"', '"";"x"', "the five totals in CHF are missing"),
        ('"9.87"', '"9.875"', "is not an exact amount"),
        ('"9.87"', '""', "is empty"),
        ('"2026.04.25"', '"2026.02.30"', "is not a time"),
    ],
)
def test_faults(
    changed: Callable[..., Path],
    read_sample: Callable[..., dict[str, Any]],
    old: str,
    new: str,
    words: str,
) -> None:
    with pytest.raises(FileRejected, match=words):
        read_sample(SOURCE, changed(old, new))


def test_it_must_prove_itself_and_needs_a_twint_order(changed: Callable[..., Path]) -> None:
    assert SOURCE.unproven
    assert not SOURCE.recognises(InputFile(changed("TWINT order ID", "order ID")))
