"""Faults of the disk and of database files, in words that do not lead to more harm."""

from __future__ import annotations

import errno
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy.exc import OperationalError
from sqlcipher3 import dbapi2 as driver

from recon_app.models.problem import WorkspaceError
from recon_app.store.backup import back_up
from recon_app.store.database import connect, writing
from recon_app.store.faults import explain
from recon_app.store.workspace import CACHE, LEDGER, Workspace


class Usage(NamedTuple):
    free: int


def fault(code: int, text: str = "as SQLite says it") -> driver.OperationalError:
    error = driver.OperationalError(text)
    error.sqlite_errorcode = code
    return error


def told(error: BaseException, folder: Path) -> str:
    found = explain(error, folder)
    assert found is not None
    return str(found)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (13, "is full; free some space"),
        (8, "cannot be written; check your rights"),
        (5, "another program is writing to"),
        (261, "another program is writing to"),  # SQLITE_BUSY_RECOVERY
        (10, "check whether its drive is connected"),
    ],
)
def test_what_cannot_be_reached_is_not_called_damaged(tmp_path: Path, code: int, says: str) -> None:
    text = told(OperationalError("SELECT 1", {}, fault(code)), tmp_path)
    assert says in text
    assert "backup" not in text


@pytest.mark.parametrize("code", [10, 14])
def test_a_disk_without_room_is_full_whatever_sqlite_calls_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(4096))
    assert "is full; free some space" in told(fault(code), tmp_path)


def test_a_folder_without_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "check your rights to this folder" in told(fault(14), tmp_path)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "check your rights"),
        (errno.EACCES, "check your rights"),
    ],
)
def test_errors_of_the_system(tmp_path: Path, number: int, says: str) -> None:
    text = told(OSError(number, "as the system says it", "/somewhere/sheet.csv"), tmp_path)
    assert text.startswith("/somewhere/sheet.csv cannot be written")
    assert says in text


def test_faults_of_the_program_stay_faults(tmp_path: Path) -> None:
    for error in (ValueError("a"), OSError(errno.ENOENT, "no such file"), fault(1, "no such table: x")):
        assert explain(error, tmp_path) is None


def test_a_damaged_cache_is_named_and_the_ledger_is_not(ws: Workspace) -> None:
    text = told(fault(11), ws.folder)
    assert text.startswith(f"{ws.folder / CACHE} is damaged")
    assert "backup" not in text


def test_a_damaged_ledger_wants_a_backup(ws: Workspace) -> None:
    folder = ws.folder
    ws.close()
    path = folder / LEDGER
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 8192)
    assert "put back a backup" in told(fault(11), folder)


def test_a_backup_for_which_there_is_no_room_leaves_nothing(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, *, read_only: bool = False) -> Any:
        opened = connect(path, read_only=read_only)
        if path.suffix == ".part":
            opened.execute("PRAGMA max_page_count=2")
        return opened

    monkeypatch.setattr("recon_app.store.backup.connect", full)
    with pytest.raises(driver.OperationalError) as caught:
        back_up(ws.folder / LEDGER, ws.backups)
    assert "is full; free some space" in told(caught.value, ws.folder)
    assert not list(ws.backups.iterdir())


@pytest.mark.parametrize("name", [LEDGER, CACHE])
def test_a_workspace_that_cannot_be_reached_stays_as_it_is(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = ws.folder
    with writing(ws.cache) as connection:
        connection.exec_driver_sql("CREATE TABLE kept (id INTEGER)")
    ws.close()

    def refused(path: Path, *, read_only: bool = False) -> object:
        if path.name == name:
            raise fault(10, "disk I/O error")
        return connect(path, read_only=read_only)

    with monkeypatch.context() as patch:
        patch.setattr("recon_app.store.workspace.connect", refused)
        with pytest.raises(WorkspaceError, match="check whether its drive is connected"):
            Workspace.open(folder)
    with closing(connect(folder / CACHE, read_only=True)) as again:
        assert again.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'kept'").fetchone() == (1,)
