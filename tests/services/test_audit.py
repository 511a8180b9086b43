"""The audit of a whole workspace, and putting a backup back."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from recon_app.models.problem import WorkspaceError
from recon_app.services.audit import back_up, restore_backup, verify
from recon_app.store.backup import backups
from recon_app.store.events import list_events
from recon_app.store.settings import get_setting, set_setting
from recon_app.store.workspace import BACKUPS, CACHE, LEDGER, Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    with closing(Workspace.open(folder)) as ws:
        set_setting(ws, "a", 1)
        back_up(ws)
        set_setting(ws, "a", 2)
    return folder


def test_a_whole_workspace_holds(folder: Path) -> None:
    found = verify(folder)
    assert (found.faults, found.entries, found.backups) == ((), 2, 1)
    with closing(Workspace.open(folder)) as ws:
        assert verify(folder).head == found.head  # also while it is open
        set_setting(ws, "a", 3)
    assert verify(folder).head != found.head


def test_nothing_is_made_where_no_workspace_is(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="is not a workspace"):
        verify(tmp_path / "absent")
    assert not (tmp_path / "absent").exists()


def test_a_damaged_ledger_is_told_and_not_raised(folder: Path) -> None:
    path = folder / LEDGER
    path.write_bytes(path.read_bytes()[:6144])
    (fault,) = verify(folder).faults
    assert "damaged" in fault


@pytest.mark.parametrize("start", [12_288, 32_768])  # in the schema, in a table
def test_a_damaged_cache_is_told(folder: Path, start: int) -> None:
    path = folder / CACHE
    content = path.read_bytes()
    path.write_bytes(content[:start] + bytes(4096) + content[start + 4096 :])
    (fault,) = verify(folder).faults
    assert "cache.sqlite is damaged" in fault


def test_a_ledger_that_differs_from_its_backup_is_told(folder: Path) -> None:
    (kept,) = backups(folder / BACKUPS)
    with closing(Workspace.open(folder.parent / "other")) as other:
        set_setting(other, "b", 1)
        foreign = back_up(other)
    kept.write_bytes(foreign.read_bytes())
    (fault,) = verify(folder).faults
    assert "differs from its backup" in fault


def test_a_damaged_backup_is_told(folder: Path) -> None:
    (kept,) = backups(folder / BACKUPS)
    kept.write_bytes(b"hello")
    (fault,) = verify(folder).faults
    assert kept.name in fault


def test_a_backup_is_put_back_and_the_trail_says_so(folder: Path) -> None:
    (kept,) = backups(folder / BACKUPS)
    replaced = restore_backup(kept, folder, who="Ann")
    assert replaced is not None
    assert replaced.exists()
    with closing(Workspace.open(folder)) as ws:
        assert get_setting(ws, "a") == 1
        last = list_events(ws)[-1]
    assert (last.who, last.what) == ("Ann", "restored")
    assert last.data == {"backup": kept.name, "replaced": replaced.name}
    assert verify(folder).faults == ()


def test_a_lost_ledger_is_put_back(folder: Path) -> None:
    (kept,) = backups(folder / BACKUPS)
    (folder / LEDGER).unlink()
    assert restore_backup(kept, folder) is None
    assert verify(folder).faults == ()


@pytest.mark.parametrize("name", ["absent.sqlite", "anchors.jsonl"])
def test_only_a_backup_is_put_back(folder: Path, name: str) -> None:
    before = (folder / LEDGER).read_bytes()
    with pytest.raises(WorkspaceError):
        restore_backup(folder / name, folder)
    assert (folder / LEDGER).read_bytes() == before


def test_a_folder_without_workspace_takes_no_backup(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="is not a workspace"):
        restore_backup(tmp_path / "x.sqlite", tmp_path / "absent")
