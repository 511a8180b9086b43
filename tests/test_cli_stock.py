"""The stock comparison on the command line, from files to an explained case."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from recon_app import cli

Call = Callable[..., tuple[int, str, str]]

_LEVELS = (
    *("Handle", "Title", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value", "Option3 Name"),
    *("Option3 Value", "SKU", "HS Code", "COO", "Location", "Incoming", "Unavailable", "Committed"),
    *("Available", "On hand"),
)
_QUANTS = (
    *("Location", "Product", "Product/Internal Reference", "Quantity", "Reserved Quantity"),
    *("Available Quantity", "Unit of Measure"),
)
_QUARANTINE = "not for sale in Odoo (quarantine, damaged or in inspection)"
_COUNTS = ("Sheet", "Line", "SKU", "Location", "Counted", "Counted by", "Counted at", "Zone")


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        status = cli.main([*map(str, words), "--workspace", str(tmp_path / "workspace")])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return run


def write(path: Path, header: Sequence[str], *rows: Sequence[object]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def level(sku: str, committed: int, available: int, unavailable: int = 0) -> list[object]:
    variant = [sku.casefold(), sku, "Title", "Default Title", "", "", "", "", sku, "", "", "Berlin"]
    return [*variant, 0, unavailable, committed, available, committed + available + unavailable]


def quant(sku: str, quantity: int, reserved: int = 0, place: str = "WH/Stock") -> list[object]:
    free = quantity - reserved
    return [place, f"[{sku}] {sku}", sku, f"{quantity}.0", f"{reserved}.0", f"{free}.0", "Units"]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A quarantine that Shopify sells, an unknown SKU, one that agrees, and a count."""
    return [
        write(
            tmp_path / "inventory_export_1.csv",
            _LEVELS,
            level("MUG", 2, 8),
            level("TEA", 0, 14),
            level("NEW", 0, 3),
        ),
        write(
            tmp_path / "stock_quant.csv",
            _QUANTS,
            quant("MUG", 10, 2),
            quant("TEA", 10),
            quant("TEA", 4, place="WH/Quarantine"),
        ),
        write(
            tmp_path / "count.csv",
            _COUNTS,
            ["S1", 1, "MUG", "WH/Stock", 9, "Ann", "2026-11-23 09:10", "Europe/Berlin"],
            ["S1", 2, "TEA", "WH/Stock", "", "", "", ""],
        ),
    ]


def test_from_files_to_an_explained_case(call: Call, files: list[Path]) -> None:
    assert call("import", *files)[0] == 0
    status, out, err = call("run", "stock")
    assert status == 1
    assert "assumed stock_location.Berlin = WH; confirm it with --set stock_location.Berlin=WH" in err
    assert "assumed excluded.WH/Quarantine = quarantine" in err
    said = [line.split(maxsplit=3)[3] for line in out.splitlines() if line.startswith("stock-")]
    assert said == [
        "NEW at Berlin: Shopify has 3 Units, and Odoo does not know the SKU.",
        f"TEA at Berlin: available 14 Units in Shopify, 10 Units in Odoo: {_QUARANTINE} +4.",
        "MUG at WH/Stock: 9 Units counted, 10 in Odoo (-1).",
        "TEA at WH/Stock: Odoo has 10 Units, and nobody counted it.",
    ]
    assert [line for line in out.splitlines() if "still open" in line] == [
        "stock, shop against odoo: still open 7 too much, 0 missing, in Units",
        "stock, count against odoo: still open 0 too much, 1 missing, in Units",
    ]
    tea = re.search(r"(stock-[0-9a-f]+) .*TEA at Berlin", out)
    assert tea is not None
    status, out, _ = call("explain", tea[1])
    assert status == 0
    assert [line.strip() for line in out.splitlines()][2:10] == [
        "Linked by the SKU; 'Berlin' in Shopify is WH in Odoo.",
        "Shopify: on hand 14, committed 0, available 14 (Units).",
        "Odoo: on hand 14, reserved 0, not for sale 4, free to sell 10 (Units).",
        "Bridge: Odoo free to sell 10 Units.",
        f"{_QUARANTINE} +4",
        "= Shopify available 14 Units.",
        "Mark the goods as unavailable in Shopify, or bring them back into stock in Odoo.",
        "record 2: inventory_export_1.csv, row 2",
    ]


def test_the_json_has_the_bridge_and_adds_up(call: Call, files: list[Path]) -> None:
    call("import", *files)
    status, out, _ = call("run", "stock", "--set", "stock_location.Berlin=WH", "--json")
    assert status == 1
    found = json.loads(out)
    assert found["counts"] == {"matched": 1, "missing": 2, "amount": 2}
    assert found["totals"] == []
    assert [(one["sides"], one["plus"], one["minus"]) for one in found["quantities"]] == [
        (["shop", "odoo"], "7", "0"),
        (["count", "odoo"], "0", "1"),
    ]
    tea = next(case for case in found["cases"] if case["text"].startswith("TEA at Berlin"))
    assert tea["delta"] == {"quantity": "4", "unit": "Units"}
    assert [(line["code"], line["quantity"]) for line in tea["bridge"]] == [
        ("figure", "10"),
        ("quarantine", "4"),
        ("figure", "14"),
    ]
    assert {leg["location"] for leg in tea["legs"]["odoo"]} == {"WH/Stock", "WH/Quarantine"}


def test_a_confirmed_answer_is_no_longer_assumed(call: Call, files: list[Path]) -> None:
    call("import", *files)
    call("run", "stock", "--set", "stock_location.Berlin=WH/Stock")
    _, out, err = call("run", "stock")
    assert "assumed" not in err
    assert "belongs to no Shopify location: WH/Quarantine" in err
    assert "TEA at Berlin: available 14 Units in Shopify, 10 Units in Odoo: +4 is not explained." in out
