"""Refunds, orders, parcels and invoices of the demo: every planted break is named, and nothing else."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from recon_app import cli

DEMO = Path(__file__).parents[2] / "resources" / "demo"
PLANTED = json.loads((DEMO / "planted.json").read_text(encoding="utf-8"))
PLACES = (
    *("refunds", "orders", "fulfilment", "invoices", "bills", "tax", "gift_cards", "cogs", "cutoff"),
    *("connector", "causes"),
)

ITEMS = [(name, item) for name in PLACES for item in PLANTED[name]]
#: What no list of planted breaks has to name.
CALM = {"matched", "tolerance", "timing"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("flow") / "workspace")
    options = [f"--option={name}={value}" for name, value in PLANTED["given"]["options"].items()]
    assert cli.main(["import", str(DEMO / "2026-10"), *options, "--workspace", folder]) == cli.DONE
    given = [f"--set={name}={value}" for name, value in PLANTED["given"]["answers"].items()]
    cli.main(["run", "stock", *given, "--workspace", folder])
    for name in PLACES:
        assert cli.main(["run", name, "--workspace", folder]) in (cli.DONE, cli.NEEDS_A_PERSON)
    return folder


@pytest.fixture(scope="module")
def cases(workspace: str) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for name in (*PLACES, "stock"):
        said = StringIO()
        with redirect_stdout(said):
            cli.main(["cases", name, "--workspace", workspace, "--json"])
        found[name] = json.loads(said.getvalue())["cases"]
    return found


def _hits(item: dict[str, Any], cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wanted = {(record["file"], record["row"]) for record in item["records"]}
    return [
        case
        for case in cases
        if wanted & {(leg["file"], leg["row"]) for legs in case["legs"].values() for leg in legs}
    ]


def _fits(item: dict[str, Any], case: dict[str, Any]) -> bool:
    named = not item["orders"] or any(name in case["text"] for name in item["orders"])
    return (
        case["kind"] == item["kind"]
        and case.get("cause") == item["cause"]
        and set(item["missing"]) <= set(case["missing"])
        and (not item.get("delta") or item["delta"] == case.get("delta", {}).get("amount"))
        and (named or case["kind"] == "matched")
    )


@pytest.mark.parametrize(("name", "item"), ITEMS, ids=[item["id"] for _, item in ITEMS])
def test_every_planted_break_of_the_flow_is_named(
    name: str, item: dict[str, Any], cases: dict[str, list[dict[str, Any]]]
) -> None:
    hits = _hits(item, cases[name])
    assert any(_fits(item, case) for case in hits), [
        (case["kind"], case.get("cause"), case["missing"], case.get("delta"), case["text"]) for case in hits
    ]


@pytest.mark.parametrize("name", [name for name in PLACES if name != "causes"])
def test_nothing_else_of_the_flow_needs_a_person(name: str, cases: dict[str, list[dict[str, Any]]]) -> None:
    items = PLANTED.get(name, [])
    others = [
        (case["kind"], case.get("cause"), case["text"])
        for case in cases[name]
        if case["kind"] not in CALM and not any(_fits(item, case) for item in items if _hits(item, [case]))
    ]
    assert others == []


def test_a_sentence_joins_money_and_stock(cases: dict[str, list[dict[str, Any]]]) -> None:
    (case,) = (case for case in cases["causes"] if case.get("cause") == "return_not_validated")
    assert case["text"] == (
        "QF-INK-SLATE at Depot: Odoo is short 2 Units because the return of #5208 was restocked in Shopify, "
        "and receipt Depot/IN/01108 is not validated; refund of 33.95 EUR paid 6 days ago."
    )


def test_every_difference_of_stock_that_an_order_explains_is_joined(
    cases: dict[str, list[dict[str, Any]]],
) -> None:
    paid = [case["text"] for case in cases["causes"] if "refund of" in case["text"]]
    assert len(paid) >= 6
    assert not any(case["kind"] == "ambiguous" for case in cases["causes"])


def test_the_sentence_stands_in_the_cases_of_stock_and_of_the_refund(
    workspace: str, cases: dict[str, list[dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    (joined,) = (case for case in cases["causes"] if case.get("cause") == "return_not_validated")
    (refund,) = (case for case in cases["refunds"] if "#5208" in case["text"])
    (stock,) = (case for case in cases["stock"] if case["text"].startswith("QF-INK-SLATE at Depot"))
    for case in (refund, stock):
        capsys.readouterr()
        cli.main(["explain", case["id"], "--workspace", workspace])
        assert joined["text"] in capsys.readouterr().out
