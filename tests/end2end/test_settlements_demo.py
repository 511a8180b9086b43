"""The demo month through the command line: every planted break is named, and one is corrected."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from recon_app import cli

DEMO = Path(__file__).parents[2] / "resources" / "demo"
MONTH = DEMO / "2026-10"
PLANTED = json.loads((DEMO / "planted.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("demo") / "workspace")
    assert cli.main(["import", str(MONTH), "--workspace", folder]) == cli.DONE
    assert cli.main(["run", "settlements", "--workspace", folder]) == cli.NEEDS_A_PERSON
    return folder


def read_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    cli.main([*arguments, "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def cases(workspace: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_json(capsys, "cases", "settlements", "--workspace", workspace)["cases"]
    return found


def _records(case: dict[str, Any]) -> set[tuple[str, int]]:
    return {(leg["file"], leg["row"]) for legs in case["legs"].values() for leg in legs}


@pytest.mark.parametrize("planted", PLANTED, ids=[planted["id"] for planted in PLANTED])
def test_every_planted_break_is_named_with_kind_and_cause(
    planted: dict[str, Any], cases: list[dict[str, Any]]
) -> None:
    wanted = {(record["file"], record["row"]) for record in planted["records"]}
    hits = [case for case in cases if _records(case) & wanted]
    fits = [
        case
        for case in hits
        if case["kind"] == planted["kind"]
        and (planted["cause"] is None or case["cause"] == planted["cause"])
        and set(planted["missing"]) <= set(case["missing"])
    ]
    assert fits, [(case["kind"], case["cause"], case["missing"]) for case in hits]
    if planted.get("delta"):
        assert planted["delta"] in {case["delta"]["amount"] for case in fits if "delta" in case}


def test_nothing_else_needs_a_person(cases: list[dict[str, Any]]) -> None:
    calm = {"matched", "timing", "tolerance"}
    expected = {(p["kind"], p["cause"]) for p in PLANTED if p["kind"] not in calm}
    found = [(case["kind"], case["cause"]) for case in cases if case["kind"] not in calm]
    assert set(found) == expected
    assert len(found) == sum(
        max(1, len(p["orders"])) if p["kind"] != "ambiguous" else 1 for p in PLANTED if p["kind"] not in calm
    )


def test_case_ids_are_stable_over_a_new_import_and_run(
    workspace: str, cases: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = str(tmp_path / "other")
    files = sorted((path for path in MONTH.rglob("*") if path.is_file()), reverse=True)
    cli.main(["import", *map(str, files), "--workspace", other])
    again = read_json(capsys, "run", "settlements", "--workspace", other)["cases"]
    assert {case["id"]: case["text"] for case in again} == {case["id"]: case["text"] for case in cases}


def test_book_the_fees_of_a_payout_from_proposal_to_reversal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "workspace")
    cli.main(["import", str(MONTH), "--workspace", folder])
    found = read_json(capsys, "run", "settlements", "--workspace", folder)["cases"]
    case = next(case for case in found if case["cause"] == "fee_not_booked")

    answers = ["--set", "journal=Miscellaneous Operations", "--set", "fee_account=627100"]
    words = ["propose", case["id"], "--with", "book_payout_fees", *answers, "--workspace", folder]
    made = read_json(capsys, *words)[0]
    assert [(line["account"], line["debit"], line["credit"]) for line in made["lines"]] == [
        ("627100", "20.25", "0.00"),
        ("101410", "0.00", "20.25"),
    ]
    assert made["effects"][0]["after"] == "0.00 EUR"
    assert _state(capsys, folder, case["id"]) == "proposed"

    applied = read_json(capsys, "apply", made["id"], "--to", "file", str(tmp_path), "--workspace", folder)
    rows, undo = (
        list(csv.DictReader(Path(applied[name]).read_text(encoding="utf-8").splitlines()))
        for name in ("entry", "reversal")
    )
    assert rows[0]["id"] == made["external_id"]
    assert rows[1]["id"] == ""
    assert len({row["line_ids/id"] for row in rows + undo}) == 4, "every line has a key of its own"
    assert [row["line_ids/debit"] for row in rows] == [row["line_ids/credit"] for row in undo]
    assert _state(capsys, folder, case["id"]) == "posted"

    verdict = read_json(capsys, "verify", "--workspace", folder)[0]
    assert verdict["state"] == "posted", verdict["text"]
    later = tmp_path / "journal_items_later.csv"
    _write_later_export(later, made["ref"], made["date"])
    cli.main(["import", str(later), "--workspace", folder])
    verdict = read_json(capsys, "verify", "--workspace", folder)[0]
    assert verdict["state"] == "verified", verdict["text"]
    cli.main(["run", "settlements", "--workspace", folder])
    settled = read_json(capsys, "explain", case["id"], "--workspace", folder)
    assert (settled["kind"], settled["state"]) == ("matched", "verified")

    gone = tmp_path / "journal_items_gone.csv"
    _write_later_export(gone, "another entry", made["date"])
    cli.main(["import", str(gone), "--workspace", folder])
    verdict = read_json(capsys, "verify", "--workspace", folder)[0]
    assert verdict["state"] == "reopened", verdict["text"]

    undoing = read_json(capsys, "reverse", made["id"], "--workspace", folder)["reversal"]
    assert [(line["debit"], line["credit"]) for line in undoing["lines"]] == [
        ("0.00", "20.25"),
        ("20.25", "0.00"),
    ]


def _state(capsys: pytest.CaptureFixture[str], folder: str, case_id: str) -> str:
    return str(read_json(capsys, "explain", case_id, "--workspace", folder)["state"])


def _write_later_export(path: Path, ref: str, day: str) -> None:
    """Odoo's journal items as exported after the entry was imported there and posted."""
    with (MONTH / "odoo" / "journal_items.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    place = {name: number for number, name in enumerate(header)}
    for account, debit, credit in (("627100 Payment Fees", 20.25, 0.0), ("101410 Shopify", 0.0, 20.25)):
        row = [""] * len(header)
        values = {
            "Date": day,
            "Journal Entry": "MISC/2026/10/0099",
            "Number": "MISC/2026/10/0099",
            "Journal": "Miscellaneous Operations",
            "Account": account,
            "Account/Code": account.split()[0],
            "Reference": ref,
            "Label": "Platform fees",
            "Debit": str(debit),
            "Credit": str(credit),
            "Balance": str(round(debit - credit, 2)),
            "Amount in Currency": str(round(debit - credit, 2)),
            "Currency": "EUR",
            "Status": "posted",
        }
        for name, value in values.items():
            if name in place:
                row[place[name]] = value
        rows.append(row)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([header, *rows])
