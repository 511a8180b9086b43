"""The settlement rules on generated noisy payments, at the size that a test can afford."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy import Accuracy, found_by_linking, judge, read_truth
from benchmarks.generate import DEFECTS, generate
from recon_app.engine.match import OUTCOMES, Entries, link
from recon_app.models.money import parse_minor
from recon_app.models.record import Side
from recon_app.reconciliations.settlements import RULES

ORDERS = 10_000


def _entries(path: Path, ref: str, amount: str, day: str) -> Entries:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    empty = [""] * len(rows)
    return Entries(
        text={"ref": [row[ref] for row in rows], "ref2": empty, "ident": empty},
        amount=np.array([parse_minor(row[amount], row["Currency"]) for row in rows], dtype=np.int64),
        currency=[row["Currency"] for row in rows],
        day=np.array([date.fromisoformat(row[day][:10]).toordinal() for row in rows], dtype=np.int64),
    )


@pytest.fixture(scope="module")
def accuracy(tmp_path_factory: pytest.TempPathFactory) -> Accuracy:
    shopify, odoo, truth = generate(tmp_path_factory.mktemp("generated"), ORDERS)
    platform = _entries(shopify, "Order", "Amount", "Transaction Date")
    booked = _entries(odoo, "Memo", "Amount Signed", "Date")
    rules = [rule for rule in RULES if (rule.left, rule.right) == (Side.PLATFORM, Side.ODOO)]
    linking = link(platform, booked, rules)
    outcomes = [str(OUTCOMES[outcome]) for outcome in linking.outcome]
    return judge(read_truth(truth), found_by_linking(linking.left, linking.right, outcomes))


def test_links_are_right(accuracy: Accuracy) -> None:
    assert accuracy.precision >= 0.9995


def test_links_are_found(accuracy: Accuracy) -> None:
    assert accuracy.recall >= 0.988


def test_defects_are_named(accuracy: Accuracy) -> None:
    assert accuracy.kinds >= 0.92
    assert set(accuracy.by_kind) == {kind for _, kind in DEFECTS.values()} | {"ambiguous"}


def test_no_tie_is_decided(accuracy: Accuracy) -> None:
    assert accuracy.ties_decided == 0
    ties, left_open = accuracy.by_kind["ambiguous"]
    assert left_open == ties > 0
