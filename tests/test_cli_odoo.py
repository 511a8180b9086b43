"""The commands of a live Odoo."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from recon_app import cli, cli_odoo
from recon_app.services.odoo_keys import VARIABLE
from tests.odoo.fake_odoo import DATABASE, KEY, LOGIN, FakeOdoo, serving, tea_house

Run = Callable[..., int]


@pytest.fixture(autouse=True)
def no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", NoKeyring)
    monkeypatch.setenv(VARIABLE, KEY)


@pytest.fixture
def odoo() -> Iterator[FakeOdoo]:
    with serving(tea_house()) as server:
        yield server


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """``run("connect", "list")``: the exit status of a command in a workspace of its own."""
    return lambda *words: cli.main([*words, "--workspace", str(tmp_path / "shelf")])


@pytest.fixture
def add(run: Run, odoo: FakeOdoo) -> Run:
    """``add()``: connect to the server; further words are put at the end."""
    words = ("connect", "add", "shop", "--address", odoo.address, "--database", DATABASE)
    return lambda *more: run(*words, "--login", LOGIN, *more)


def test_add_list_test_remove(run: Run, add: Run, odoo: FakeOdoo, capsys: pytest.CaptureFixture[str]) -> None:
    assert add() == 0
    assert (
        "shop: Odoo 18.0, Tea House, times in Europe/Berlin\n  journal-items: 8 records"
        in capsys.readouterr().out
    )
    assert run("connect", "list") == 0
    assert capsys.readouterr().out == f"shop: {odoo.address}, database tea, clerk\n"
    assert run("connect", "test", "shop") == 0
    assert "purchase-orders: this Odoo has no app Purchase" in capsys.readouterr().out
    assert run("connect", "remove", "shop") == 0
    assert run("connect", "list") == 0
    assert capsys.readouterr().out == ""


def test_connections_as_json(run: Run, add: Run, capsys: pytest.CaptureFixture[str]) -> None:
    add("--json")
    tested = json.loads(capsys.readouterr().out)
    assert (tested["schema"], tested["records"]["quants"]) == ("recon/connection/1", 2)
    run("connect", "list", "--json")
    listed = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in listed["connections"]] == ["shop"]
    assert KEY not in str(listed) + str(tested)


def test_what_does_not_work_is_not_saved(
    run: Run, add: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "f" * 40)
    assert add() == 1
    assert "refuses the login" in capsys.readouterr().err
    assert run("connect", "list") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("connect", "test"),
        ("connect", "test", "other"),
        ("connect", "remove", "other"),
        ("connect", "add", "shop"),
        ("pull", "other"),
        ("pull", "shop", "nonsense"),
        ("pull", "shop", "--since", "soon"),
        ("pull", "shop", "--since", "2026-01-01", "--all"),
    ],
)
def test_wrong_use(run: Run, add: Run, words: tuple[str, ...]) -> None:
    add()
    assert run(*words) == 2


def test_without_a_key_and_nobody_to_ask(
    run: Run, add: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add()
    monkeypatch.delenv(VARIABLE)
    assert run("pull", "shop") == 2
    assert VARIABLE in capsys.readouterr().err


def test_a_key_that_is_typed(
    run: Run, add: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(cli_odoo, "getpass", lambda _: f" {KEY} ")
    assert add() == 0
    assert "no safe store of passwords" in capsys.readouterr().err
    assert run("pull", "shop", "quants") == 0


def test_pull(run: Run, add: Run, capsys: pytest.CaptureFixture[str]) -> None:
    add()
    capsys.readouterr()
    assert run("pull", "shop", "journal-items", "quants") == 0
    out = capsys.readouterr().out
    assert "imported as odoo_journal_items, 8 records: 8 added, 0 known, 0 changed" in out
    assert "  Sum of on hand: 12.00001 Units" in out
    assert run("pull", "shop", "quants") == 0
    assert ": known, imported 2" in capsys.readouterr().out


def test_pull_as_json(run: Run, add: Run, odoo: FakeOdoo, capsys: pytest.CaptureFixture[str]) -> None:
    add()
    odoo.denied.add("stock.quant")
    capsys.readouterr()
    assert run("pull", "shop", "journal-items", "quants", "--json") == 1
    files = json.loads(capsys.readouterr().out)["files"]
    assert [(file["status"], file["rows"]) for file in files] == [("imported", 8), ("rejected", 0)]
    assert "/" not in files[0]["path"]  # the file lay in the workspace and is gone


def test_pull_with_nothing_there(
    run: Run, add: Run, odoo: FakeOdoo, capsys: pytest.CaptureFixture[str]
) -> None:
    add()
    odoo.rows["stock.quant"].clear()
    capsys.readouterr()
    assert run("pull", "shop", "quants", "--all") == 0
    assert capsys.readouterr().out.endswith(".csv: nothing imported\n  nothing new\n")


def test_progress_is_shown_where_somebody_looks(
    run: Run, add: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    add()
    capsys.readouterr()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert run("pull", "shop", "quants") == 0
    assert "\rReading stock on hand from Odoo: 2 of 2\n" in capsys.readouterr().err
