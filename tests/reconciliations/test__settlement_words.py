"""The sentences say what the records show, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from recon_app.engine import residuals
from recon_app.reconciliations import _settlement_words as words
from recon_app.reconciliations.settlements import RULES
from tests.reconciliations.books import Books

FOLDER = Path(words.__file__).parent


def test_agreeing_is_said_only_where_two_sides_are() -> None:
    books = Books()
    line = books.line("#1", "10.00")
    assert books.settle().sentence(line) == (
        "Charge #1 of 10.00 EUR: no other side has anything to compare it with."
    )
    books.payment("#1", "10.00")
    assert books.settle().sentence(line) == "Charge #1 of 10.00 EUR agrees on every side."


def test_what_is_missing_is_said_with_its_place() -> None:
    books = Books()
    for day in ("2026-10-01", "2026-10-31"):
        books.payment("#9", "1.00", day=day)
    line = books.line("#1", "10.00")
    assert books.settle().sentence(line) == (
        "Charge #1 of 10.00 EUR: there is no record of it in Odoo. The payment is not booked in Odoo."
    )


def test_evidence_names_the_rule_the_records_and_their_files() -> None:
    books = Books()
    line = books.line("#1", "10.00")
    books.payment("1", "10.00")
    texts = [(found.rule, found.text) for found in books.settle().evidence(line)]
    assert texts == [
        ("order_reference", "Linked by the order reference."),
        ("platform", "The platform: #1, 10.00 EUR, 2026-10-05 (made_up.csv, row 1)"),
        ("odoo", "Odoo: 1, 10.00 EUR, 2026-10-05 (made_up.csv, row 2)"),
    ]


def test_candidates_are_evidence() -> None:
    books = Books()
    books.line("#1", "7.00", ref2="a")
    books.line("#2", "7.00")
    payout = books.payout("7.00")
    texts = [found.text for found in books.settle().evidence(payout)]
    assert "Sum-exact candidate: charge #1 of 7.00 EUR is listed but was not paid." in texts


def test_every_cause_that_is_named_is_explained() -> None:
    named: set[str] = set()
    for path in FOLDER.glob("_settlement_*.py"):
        if path.name != "_settlement_words.py":
            named |= set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', path.read_text(encoding="utf-8")))
    engine = Path(residuals.__file__).read_text(encoding="utf-8")
    found = set(re.findall(r'Evidence\(\s*"([a-z_]+)"', engine))
    assert found
    assert found | {"unexplained_residual"} <= set(words.CAUSES)
    assert set(words.CAUSES) - named - found - {"unexplained_residual"} == set(), "nothing names them"
    assert all(text.endswith(".") for text in words.CAUSES.values())


def test_every_rule_has_words() -> None:
    assert {rule.name for rule in RULES} <= set(words.RULE_WORDS)


@pytest.mark.parametrize(("minor", "shown"), [(-1250, "-12.50 EUR"), (0, "0.00 EUR"), (None, "")])
def test_amounts_have_their_currency(minor: int | None, shown: str) -> None:
    assert words.money(minor, "EUR") == shown
