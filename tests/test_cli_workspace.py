"""The commands about the workspace itself."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from recon_app.cli import DONE, NEEDS_A_PERSON, NO_WORKSPACE, STOPPED, WRONG_USE, main
from recon_app.services import check
from recon_app.services.answers import remember
from recon_app.store.settings import get_setting, set_setting
from recon_app.store.workspace import CACHE, LEDGER, Workspace

Caught = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    with closing(Workspace.open(folder)) as ws:
        set_setting(ws, "a", 1)
        remember(ws, "bank_csv", [["When", "How much"]], {"mapping.date": "When"})
    return folder


def test_audit_shows_the_last_entry(folder: Path, capsys: Caught) -> None:
    assert main(["audit", "verify", "--workspace", str(folder), "--json"]) == DONE
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["ok"], told["entries"], told["faults"]) == ("recon/audit/1", True, 3, [])
    assert main(["audit", "verify", "--workspace", str(folder)]) == DONE
    assert f"3 entries hold, 0 backups agree; last entry {told['head']}" in capsys.readouterr().out


def test_audit_names_what_was_changed(folder: Path, capsys: Caught) -> None:
    path = folder / LEDGER
    path.write_bytes(path.read_bytes().replace(b"How much", b"How many").replace(b"When", b"Wann"))
    assert main(["audit", "verify", "--workspace", str(folder)]) == NEEDS_A_PERSON
    told = capsys.readouterr()
    assert "audit trail" in told.err
    assert told.out == ""
    assert main(["audit", "verify", "--workspace", str(folder), "--json"]) == NEEDS_A_PERSON
    assert json.loads(capsys.readouterr().out)["ok"] is False


def test_a_backup_is_written_and_put_back(folder: Path, capsys: Caught) -> None:
    assert main(["backup", "--workspace", str(folder), "--json"]) == DONE
    kept = json.loads(capsys.readouterr().out)["backup"]
    with closing(Workspace.open(folder)) as ws:
        set_setting(ws, "a", 2)
    assert main(["backup", "--workspace", str(folder), "--restore", kept]) == DONE
    told = capsys.readouterr().out
    assert f"restored: {kept}" in told
    assert "replaced: " in told
    with closing(Workspace.open(folder)) as ws:
        assert get_setting(ws, "a") == 1


@pytest.mark.parametrize("command", [["audit", "verify"], ["backup"], ["backup", "--restore", "x"]])
def test_nothing_is_made_where_no_workspace_is(tmp_path: Path, command: list[str]) -> None:
    assert main([*command, "--workspace", str(tmp_path / "absent")]) == NO_WORKSPACE
    assert not (tmp_path / "absent").exists()


def test_named_columns_travel_in_a_file(folder: Path, tmp_path: Path, capsys: Caught) -> None:
    path, other = tmp_path / "profile.json", str(tmp_path / "other")
    assert main(["profile", "export", str(path), "--workspace", str(folder)]) == DONE
    assert capsys.readouterr().out == f"{path}: 1 profiles\n"
    assert main(["profile", "import", str(path), "--workspace", other, "--json"]) == DONE
    assert json.loads(capsys.readouterr().out)["profiles"] == 1
    assert main(["profile", "export", str(tmp_path), "--workspace", other]) == WRONG_USE


def test_a_file_that_is_no_profile_changes_nothing(folder: Path, tmp_path: Path, capsys: Caught) -> None:
    path = tmp_path / "rules.json"
    path.write_text('{"schema":"recon/profile/1","maker_may_approve":true,"profiles":[]}')
    assert main(["profile", "import", str(path), "--workspace", str(folder)]) == NEEDS_A_PERSON
    assert f"{path}: maker_may_approve: there is no field" in capsys.readouterr().err


def test_a_damaged_cache_is_told_and_not_a_fault_of_the_program(folder: Path, capsys: Caught) -> None:
    for kind in ("lines", "payments"):
        path = folder.parent / f"{kind}.csv"
        path.write_text(getattr(check, f"_{kind.upper()}"), encoding="utf-8")
        assert main(["import", str(path), "--workspace", str(folder)]) == DONE
    cache = folder / CACHE
    with closing(Workspace.open(folder)) as ws, ws.cache.connect() as connection:
        page = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        query = "SELECT rootpage FROM sqlite_schema WHERE name = 'record'"
        root = connection.exec_driver_sql(query).scalar_one()
    with cache.open("r+b") as stream:
        stream.seek((root - 1) * page)
        stream.write(b"\xff" * page)
    capsys.readouterr()
    assert main(["run", "settlements", "--workspace", str(folder)]) == NO_WORKSPACE
    told = capsys.readouterr().err
    assert told.startswith(f"{cache} is damaged; close the program and delete this file")
    for file in folder.glob("cache.sqlite*"):
        file.unlink()
    assert main(["run", "settlements", "--workspace", str(folder)]) == NEEDS_A_PERSON


@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_a_kept_file_that_is_lost_is_named(folder: Path, capsys: Caught, harm: str) -> None:
    path = folder.parent / "lines.csv"
    path.write_text(check._LINES, encoding="utf-8")
    assert main(["import", str(path), "--workspace", str(folder)]) == DONE
    assert main(["audit", "verify", "--workspace", str(folder)]) == DONE
    (kept,) = (folder / "originals").iterdir()
    if harm == "missing":
        kept.unlink()
    else:
        kept.write_bytes(gzip.compress(b"something else"))
    capsys.readouterr()
    advice = f"the stored copy of lines.csv is {harm}; put {kept} back from a copy of the workspace\n"
    assert main(["audit", "verify", "--workspace", str(folder)]) == NEEDS_A_PERSON
    assert capsys.readouterr() == ("", advice)
    if harm == "missing":
        for file in folder.glob("cache.sqlite*"):
            file.unlink()
        assert main(["cases", "settlements", "--workspace", str(folder)]) == NO_WORKSPACE
        assert capsys.readouterr() == ("", advice)


@pytest.mark.parametrize(
    "command",
    [
        ["import", ""],
        ["import", "x.csv", "--workspace", " "],
        ["watch", "--add", ""],
        ["backup", "--workspace", ""],
    ],
)
def test_an_empty_path_is_not_the_present_folder(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        status = main(command)
    except SystemExit as end:  # how argparse ends
        status = int(end.code or 0)
    assert status == WRONG_USE
    assert not list(tmp_path.iterdir())


def test_a_reader_that_goes_away_is_no_fault(folder: Path) -> None:
    command = [sys.executable, "-m", "recon_app", "run", "all", "--json", "--workspace", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        told = process.stderr.read()
    assert "Traceback" not in told
    assert "Broken pipe" not in told
    assert process.returncode == STOPPED
