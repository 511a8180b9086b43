"""The examples of CONTRIBUTING.md are real: they load as plug-ins and do what the page says."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from recon_app.corrections._base import Ground
from recon_app.fingerprints._books import Books
from recon_app.models.case import Case, Kind, State
from recon_app.models.money import Money
from recon_app.models.record import Category, RecordType, Side
from recon_app.reconciliations._base import Inputs
from recon_app.sources._base import InputFile, Reading
from tests.fingerprints.shop import Shop

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLES = {file: code for code, file in re.findall(r"```python\n(# (\S+\.py)\n[\s\S]*?)```", PAGE)}


def load(tmp_path: Path, file: str) -> ModuleType:
    """Load an example as the module it would be."""
    path = tmp_path / Path(file).name
    path.write_text(EXAMPLES[file], encoding="utf-8")
    spec = importlib.util.spec_from_file_location(file.removesuffix(".py").replace("/", "."), path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("file", EXAMPLES)
def test_examples_keep_the_house_rules(file: str) -> None:
    command = [sys.executable, "-m", "ruff", "check", "--stdin-filename", str(ROOT / file), "-"]
    # the first line names the file for the reader of the page
    source = EXAMPLES[file].split("\n", 1)[1]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_examples_have_the_types_they_say(tmp_path: Path) -> None:
    files = []
    for file, code in EXAMPLES.items():
        if file.startswith("recon_app"):
            files.append(tmp_path / Path(file).name)
            files[-1].write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", *map(str, files)]
    # what the examples use was checked with the project
    command += ["--follow-imports", "silent", "--config-file", str(ROOT / "pyproject.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_the_platform_reads_its_sample(tmp_path: Path) -> None:
    source = load(tmp_path, "recon_app/sources/exampay_settlements.py").ExampaySettlements()
    sample = re.findall(r"```csv\n([\s\S]*?)```", PAGE)[0]
    path = tmp_path / "october.csv"
    path.write_text(sample, encoding="utf-8")
    file, reading = InputFile(path), Reading()
    assert source.recognises(file)
    (batch,) = source.read(file, {}, reading)
    reading.finish()
    assert batch["category"] == [Category.CHARGE, Category.REFUND, Category.FEE]
    assert batch["amount"].tolist() == [4990, -2000, -29]
    assert reading.totals == {("Payout amount", "EUR"): 2961}


def frame(rows: list[tuple[int, Category, str, int]]) -> pd.DataFrame:
    """Records as a run reads them: id (also the key), category, order, minor units."""
    ids, categories, refs, amounts = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "id": np.array(ids, np.int64),
            "key": np.array(ids, np.int64),
            "category": pd.Series(categories, dtype=object),
            "ref": pd.Series(refs, dtype=object),
            "day": np.full(len(rows), 20_000, np.int64),
            "amount": np.array(amounts, np.int64),
            "currency": pd.Series(["EUR"] * len(rows), dtype=object),
        }
    )


def test_the_reconciliation_names_each_break(tmp_path: Path) -> None:
    plugin = load(tmp_path, "recon_app/reconciliations/paid_back.py").PaidBack()
    lines = [
        (1, Category.REFUND, "#1001", -2000),
        (2, Category.REFUND, "#1002", -500),
        (3, Category.REFUND, "#1003", -900),
        (4, Category.CHARGE, "#1004", 700),
    ]
    notes = [
        (11, Category.CREDIT_NOTE, "1001", -2000),
        (12, Category.CREDIT_NOTE, "1002", -490),
        (13, Category.CREDIT_NOTE, "1009", -100),
        (14, Category.INVOICE, "1004", 700),
    ]
    frames = {RecordType.PAYMENT_LINE: frame(lines), RecordType.INVOICE: frame(notes)}
    result = plugin.reconcile(Inputs(frames, {}), lambda *_: None)
    cases = result.cases.set_index("key")
    assert cases["kind"].to_dict() == {1: "matched", 2: "amount", 3: "missing", 13: "missing"}
    assert cases["delta"].to_dict() == {1: 0, 2: 10, 3: 900, 13: -100}
    assert cases["missing"].to_dict() == {1: 0, 2: 0, 3: 4, 13: 2}
    assert sorted(result.legs.record.tolist()) == [1, 2, 3, 11, 12, 13]


def test_the_behaviour_is_found_where_it_is_planted(tmp_path: Path) -> None:
    rule = load(tmp_path, "recon_app/fingerprints/f25_other_currency.py").OtherCurrency()
    shop = Shop()
    assert rule.hits(Books(shop.frames())).hits == []
    sale = shop.plain()
    sale.invoice["currency"] = "USD"
    (hit,) = rule.hits(Books(shop.frames())).hits
    assert (hit.value, hit.currency) == (sale.total, "USD")
    assert hit.records == {Side.SHOP: (sale.order["id"],), Side.ODOO: (sale.invoice["id"],)}
    assert (rule.code, sale.name in hit.text) == ("F25", True)


def case(minor: int) -> Case:
    return Case(
        id="settlements-1",
        reconciliation="settlements",
        kind=Kind.AMOUNT,
        state=State.OPEN,
        cause=None,
        text="",
        delta=Money(minor, "EUR"),
    )


def test_the_correction_balances_and_carries_its_reversal(tmp_path: Path) -> None:
    action: Any = load(tmp_path, "recon_app/corrections/write_off_difference.py").WriteOffDifference()
    assert [action.fits(case(minor)) for minor in (1, -100, 101, 0)] == [True, True, False, False]
    ground = Ground(case(-3), "", "101500", "EUR", "2026-10-31", tag="a" * 32)
    correction = action.propose(ground, {"account": "658000 Rounding", "journal": "MISC"})
    assert [(line.account, line.debit, line.credit) for line in correction.entry.lines] == [
        ("658000", 0, 3),
        ("101500", 3, 0),
    ]
    assert [(line.debit, line.credit) for line in correction.reversal.lines] == [(3, 0), (0, 3)]
