"""The goods of the demo month through the command line: every planted break is named, and nothing else."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from recon_app import cli

DEMO = Path(__file__).parents[2] / "resources" / "demo"
PLANTED = json.loads((DEMO / "planted.json").read_text(encoding="utf-8"))
#: The comparison that finds the items of a section.
FOUND_BY = {"stock": "stock", "counts": "stock", "products": "products"} | {
    name: name for name in ("receipts", "transfers", "reserved", "valuation")
}
NAMES = sorted(set(FOUND_BY.values()))
ITEMS = [(FOUND_BY[section], item) for section in FOUND_BY for item in PLANTED[section]]
#: What no list of planted breaks has to name.
CALM = {"matched", "tolerance"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("goods") / "workspace")
    options = [f"--option={name}={value}" for name, value in PLANTED["given"]["options"].items()]
    assert cli.main(["import", str(DEMO / "2026-10"), *options, "--workspace", folder]) == cli.DONE
    return folder


@pytest.fixture(scope="module")
def cases(workspace: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    given = [f"--set={name}={value}" for name, value in PLANTED["given"]["answers"].items()]
    assert cli.main(["run", "stock", *given, "--workspace", workspace]) == cli.NEEDS_A_PERSON
    for name in NAMES:
        cli.main(["run", name, "--workspace", workspace])
    return {name: _cases(workspace, name) for name in NAMES}


def _cases(workspace: str, name: str) -> list[dict[str, Any]]:
    """All cases of a comparison, as the command line tells them."""
    said = StringIO()
    with redirect_stdout(said):
        cli.main(["cases", name, "--workspace", workspace, "--json"])
    found: list[dict[str, Any]] = json.loads(said.getvalue())["cases"]
    return found


def _records(case: dict[str, Any]) -> set[tuple[str, int]]:
    return {(leg["file"], leg["row"]) for legs in case["legs"].values() for leg in legs}


def _hits(item: dict[str, Any], cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wanted = {(record["file"], record["row"]) for record in item["records"]}
    return [case for case in cases if _records(case) & wanted]


def _delta(case: dict[str, Any]) -> str:
    delta = case.get("delta", {})
    return str(delta.get("quantity", delta.get("amount", "")))


def _fits(item: dict[str, Any], case: dict[str, Any]) -> bool:
    return (
        case["kind"] == item["kind"]
        and case.get("cause") == item["cause"]
        and set(item["missing"]) <= set(case["missing"])
        and item.get("delta", "") in ("", _delta(case))
    )


@pytest.mark.parametrize(("name", "item"), ITEMS, ids=[item["id"] for _, item in ITEMS])
def test_every_planted_break_of_the_goods_is_named(
    name: str, item: dict[str, Any], cases: dict[str, list[dict[str, Any]]]
) -> None:
    hits = _hits(item, cases[name])
    assert any(_fits(item, case) for case in hits), [(case["kind"], case.get("cause")) for case in hits]


@pytest.mark.parametrize("name", NAMES)
def test_no_other_goods_need_a_person(name: str, cases: dict[str, list[dict[str, Any]]]) -> None:
    items = [item for by, item in ITEMS if by == name]
    others = [
        case["text"]
        for case in cases[name]
        if case["kind"] not in CALM and not any(_fits(item, case) for item in items if _hits(item, [case]))
    ]
    assert others == []


@pytest.mark.parametrize("name", NAMES)
def test_every_planted_break_is_one_case(name: str, cases: dict[str, list[dict[str, Any]]]) -> None:
    planted = [item for by, item in ITEMS if by == name and item["kind"] not in CALM]
    found = [case for case in cases[name] if case["kind"] not in CALM]
    assert len(found) == len(planted)


def test_bridges_lead_from_one_figure_to_the_other(cases: dict[str, list[dict[str, Any]]]) -> None:
    bridges = [case["bridge"] for case in cases["stock"] if case.get("bridge")]
    assert len(bridges) > 20
    for first, *steps, last in bridges:
        assert Decimal(first["quantity"]) + sum(Decimal(step["quantity"]) for step in steps) == Decimal(
            last["quantity"]
        )
        assert {"figure"} == {first["code"], last["code"]}


def test_what_was_received_is_only_suggested(cases: dict[str, list[dict[str, Any]]]) -> None:
    case = next(case for case in cases["stock"] if case["text"].startswith("QF-BLOTTER-XL at Depot"))
    assert case.get("cause") is None
    assert "receipts not validated" in case["text"]


def test_not_stocked_is_not_zero(cases: dict[str, list[dict[str, Any]]]) -> None:
    """Nothing is said of products that neither side has in the shop in Mitte."""
    there = [case["text"] for case in cases["stock"] if " at Shop:" in case["text"]]
    assert len([text for text in there if text.startswith("QF-LAMP")]) == 1
    assert not any(text.startswith("QF-CORK-BOARD") for text in there)
