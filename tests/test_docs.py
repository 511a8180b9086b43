"""The pages name every command, and every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from recon_app import cli, cli_cases, registry
from recon_app.models.case import BridgeLine, Case, Kind, State
from recon_app.models.money import Money
from recon_app.models.record import Origin, Record, RecordType, Side

ROOT = Path(__file__).resolve().parent.parent
HELP = ROOT / "resources" / "help"
PAGES = [*ROOT.glob("*.md"), *HELP.glob("*.md"), *(ROOT / "resources" / "licences").glob("*.md")]


def commands() -> set[str]:
    """All commands."""
    return set(cli.load_commands())


def test_the_help_page_names_exactly_the_commands() -> None:
    page = (HELP / "command-line.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `recon-app ([a-z]\S*?)[ `]", page, re.MULTILINE)) == commands()


def test_the_readme_names_no_command_that_is_not_there() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `recon-app ([a-z]\S*?)[ `]", page, re.MULTILINE)) <= commands()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#:]+)\)", text)
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_help_page_names_every_platform_and_format() -> None:
    page = (HELP / "files.md").read_text(encoding="utf-8").casefold()
    for source in registry.sources().values():
        if source.id.startswith(("odoo_", "mapped_", "shopify_bulk_")) or source.beside:
            continue  # said in words about all of them
        first = source.id.split("_")[1 if source.id.startswith(("bank_", "shopify_")) else 0]
        named = {
            "camt052": "camt.052",
            "camt054": "camt.054",
            "camt": "camt.053",
            "payment": "shopify payments",
        }
        assert named.get(first, first) in page, f"{source.id} is not on the page"


def test_the_help_page_names_every_field_that_a_run_writes() -> None:
    page = (HELP / "command-line.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`([a-z_]+)`", page.partition("## What a run tells")[2].partition("\n## ")[0]))
    record = Record(
        1,
        RecordType.ORDER,
        Origin("0" * 64, "a.csv", "shopify_orders", 1),
        {"amount": 1, "currency": "EUR", "day": 1, "quantity": 1},
    )
    written = cli_cases.case_json(
        Case(
            id="stock-1",
            reconciliation="stock",
            kind=Kind.MISSING,
            state=State.OPEN,
            cause=None,
            text="",
            missing=(),
            delta=Money(1, "EUR"),
            value=Money(1, "EUR"),
            legs={Side.SHOP: (record,)},
            evidence=(),
            candidates=(),
            bridge=(BridgeLine("a", "b", 1),),
        )
    )
    assert written.keys() | written["legs"]["shop"][0].keys() <= told
