"""The commands for decisions and for the rules learned from them."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from recon_app.cli import main
from recon_app.services.run import run
from recon_app.store.workspace import Workspace
from tests.services.filled import fill
from tests.services.test_learning import month, unbooked

_REASON = ("--why", "Paid out before we used Odoo")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with twelve charges that Odoo does not have."""
    with closing(Workspace.open(tmp_path / "ws")) as ws:
        fill(ws, month(101, 12), tmp_path)
        run(ws, "settlements")
    return tmp_path / "ws"


def _run(folder: Path, *words: str) -> int:
    return main([*words, "--workspace", str(folder)])


def _open(folder: Path) -> list[str]:
    with closing(Workspace.open(folder)) as ws:
        return unbooked(ws)


def test_accepting_and_taking_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, *rest = _open(folder)
    assert _run(folder, "accept", first, second, *_REASON, "--by", "Ann") == 0
    assert capsys.readouterr().out == f"{first} is accepted\n{second} is accepted\n"
    assert _open(folder) == rest
    assert _run(folder, "undo", "--by", "Ann", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "schema": "recon/decision/1",
        "case": second,
        "state": "open",
    }
    assert second in _open(folder)


def test_all_cases_are_accepted_or_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = _open(folder)
    assert _run(folder, "accept", before[0], "nosuch", *_REASON) == 2
    assert capsys.readouterr() == ("", "'nosuch' is not a case; copy its id from the list\n")
    assert _open(folder) == before
    assert _run(folder, "accept", before[0], before[0], *_REASON) == 0
    assert capsys.readouterr().out == f"{before[0]} is accepted\n"
    assert _run(folder, "accept", before[1], before[0], *_REASON) == 2
    assert "is accepted already" in capsys.readouterr().err
    assert _open(folder) == before[1:]


def test_one_case_is_taken_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, *rest = _open(folder)
    assert _run(folder, "accept", first, second, *_REASON) == 0
    capsys.readouterr()
    assert _run(folder, "undo", first, "--by", "Ann") == 0
    assert capsys.readouterr().out == f"{first} is open again\n"
    assert set(_open(folder)) == {first, *rest}
    assert _run(folder, "undo", first) == 2
    assert f"{first} is not accepted" in capsys.readouterr().err
    assert _run(folder, "undo", "settlements") == 2
    assert "is not a case" in capsys.readouterr().err


def test_accepting_wants_a_reason(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(folder, "accept", _open(folder)[0]) == 2
    assert "say why the difference is accepted" in capsys.readouterr().err
    assert _run(folder, "undo") == 2
    assert "there is nothing to take back" in capsys.readouterr().err


def test_too_few_decisions_are_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(folder, "accept", *_open(folder)[:4], *_REASON, "--by", "Ann") == 0
    capsys.readouterr()
    assert _run(folder, "rules", "propose") == 0
    assert "a rule needs five decisions" in capsys.readouterr().out


def test_the_way_of_a_rule(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(folder, "accept", *_open(folder)[:7], *_REASON, "--by", "Ann") == 0
    assert _run(folder, "rules", "people", "Mia", "--by", "Mia") == 0
    capsys.readouterr()
    assert _run(folder, "rules", "propose") == 0
    assert capsys.readouterr().out == (
        "1.1  proposed\n"
        "    Settlements: not booked, missing in Odoo, at shopify_payments, negative, up to 7.00 EUR\n"
        "    reason: Paid out before we used Odoo\n"
        "    on 7 past decisions: right 2/2, found 2/7, abstained 5/7, false matches 0 (0.00 EUR)\n"
        "    would accept now: 5 open cases (35.00 EUR), of which at worst 4 wrongly\n"
    )
    assert _run(folder, "rules", "on", "1", "--by", "Mia", "--why", "looked at all") == 0
    assert _run(folder, "run", "settlements") == 0 or _open(folder) == []
    capsys.readouterr()
    assert _open(folder) == []
    assert _run(folder, "rules", "off", "1", "--by", "Mia", "--why", "no longer", "--reopen", "--json") == 0
    (shown,) = json.loads(capsys.readouterr().out)["rules"]
    assert (shown["state"], shown["decided_by"], shown["price"]["open_cases"]) == ("off", "Mia", 0)
    assert len(_open(folder)) == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("on", "1", "--by", "Ann", "--why", "fine"), "there is no rule 1"),
        (("on", "x"), "needs the number of a rule"),
        (("off",), "needs the number of a rule"),
        (("people", "Ann"), "say who decides it"),
    ],
)
def test_wrong_use(
    folder: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(folder, "rules", *words) == 2
    assert said in capsys.readouterr().err
