"""Counts from the command line: from a new count to its files, with exit status and JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from recon_app.cli import DONE, NEEDS_A_PERSON, WRONG_USE, main
from recon_app.services.import_files import import_paths
from recon_app.store.workspace import Workspace

STOCK = "WH/Stock"
HEADER = ["External ID", "Product/Internal Reference", "Product", "Location", "Lot/Serial Number", "Quantity"]
HEADER += ["Reserved Quantity", "Unit of Measure"]


class Console:
    """Runs commands on one workspace."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def said(self, *arguments: str, status: int = DONE) -> str:
        """What a command prints."""
        self._capsys.readouterr()
        assert main(["count", *arguments, "--workspace", str(self.folder / "ws")]) == status
        return self._capsys.readouterr().out

    def json(self, *arguments: str, status: int = DONE) -> Any:
        """What a command answers."""
        return json.loads(self.said(*arguments, "--json", status=status))


@pytest.fixture
def console(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Console:
    stock(tmp_path, "20")
    return Console(tmp_path, capsys)


def stock(folder: Path, lamps: str) -> None:
    """Export 20 lamps or so and 5 kg of tea in each of two lots."""
    path = folder / f"quants_{lamps}.csv"
    rows = [
        ["__export__.lamp", "LAMP", "[LAMP] Lamp", STOCK, "", lamps, "0", "Units"],
        ["__export__.tea_1", "TEA", "[TEA] Tea", STOCK, "L1", "5", "0", "kg"],
        ["__export__.tea_2", "TEA", "[TEA] Tea", STOCK, "L2", "5", "0", "kg"],
    ]
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([HEADER, *rows])
    ws = Workspace.open(folder / "ws")
    assert [report.status for report in import_paths(ws, [path])] == ["imported"]
    ws.close()


def test_from_a_new_count_to_its_files(console: Console) -> None:
    made = console.json("new", "--location", STOCK, "--by", "Eva")
    assert (made["schema"], made["title"], made["lines"]) == ("recon/count/1", STOCK, 3)
    number = made["count"]
    asked = console.json("scan", number, "20*LAMP", "5*TEA", "--by", "Mia", status=NEEDS_A_PERSON)
    assert [one["heard"] for one in asked["scans"]] == ["counted", "asked"]
    told = console.said("scan", number, "4.5*TEA", "--by", "Mia", "--choose", "2")
    assert "4.5 in all" in told
    assert f"3: TEA, {STOCK} L2: 4.5 (Mia) kg" in console.said("show", number)
    console.said("close", number, "--by", "Mia")
    assert console.json("list")["counts"][0]["counted"] == 2
    stock(console.folder, "20.0")
    out = console.folder / "out"
    found = console.json("propose", number, "--out", str(out), status=DONE)
    assert [one["verdict"] for one in found["lines"]] == ["agrees", "not_counted", "ready"]
    assert found["totals"][1] == {"unit": "kg", "plus": "0", "minus": "0.5"}
    assert (
        Path(found["files"]["adjustment"]).read_text(encoding="utf-8").endswith('"__export__.tea_2","4.5"\n')
    )
    said = console.said("propose", number)
    assert f"3: TEA, {STOCK}: ready, adjust -0.5 kg" in said


def test_limits_and_the_second_person(console: Console) -> None:
    assert "A.above=3" in console.said("policy", "A.above=3", "B.above=3", "C.above=3", "--by", "Eva")
    number = console.json("new", "--sku", "LAMP")["count"]
    console.said("scan", number, "30*LAMP", "--by", "Mia")
    console.said("close", number)
    stock(console.folder, "20.0")
    assert console.json("propose", number, status=NEEDS_A_PERSON)["lines"][0]["verdict"] == "recount"
    assert console.json("recount", number)["lines"] == 1
    refused = console.json("scan", number, "30*LAMP", "--by", "Mia", status=NEEDS_A_PERSON)
    assert refused["scans"][0]["heard"] == "refused"
    console.said("scan", number, "29*LAMP", "--by", "Tom")
    console.said("close", number)
    stock(console.folder, "20.00")
    assert console.json("propose", number, status=NEEDS_A_PERSON)["lines"][0]["verdict"] == "conflict"
    console.said("take", number, "1", "Tom", "--by", "Eva")
    assert console.json("propose", number, status=NEEDS_A_PERSON)["lines"][0]["verdict"] == "approval"
    console.said("approve", number, "1", "--by", "Tom", status=WRONG_USE)
    console.said("approve", number, "1", "--by", "Eva")
    assert console.json("propose", number)["lines"][0]["approved_by"] == "Eva"


def test_sheets_and_the_plan(console: Console) -> None:
    assert len(console.json("plan")["due"]) == 3
    number = console.json("new", "--due", "2")["count"]
    path = console.folder / "sheet.csv"
    console.said("sheet", number, "--out", str(path))
    assert path.read_text(encoding="utf-8").count(number) == 2
    console.said("cancel", number)
    assert "cancelled" in console.said("list")


@pytest.mark.parametrize(
    "arguments",
    [
        ("show",),
        ("show", "RC-1"),
        ("sheet", "RC-1"),
        ("recount", "RC-1", "x"),
        ("take", "RC-1"),
        ("policy", "A"),
    ],
)
def test_wrong_use(console: Console, arguments: tuple[str, ...]) -> None:
    console.said(*arguments, status=WRONG_USE)
