"""Originals laid out again for reading: under a name that stays in its folder on every system."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from threading import Event

import pytest

from recon_app.models.problem import WorkspaceError
from recon_app.store.originals import keep, original, unpacked
from recon_app.store.workspace import Workspace

CONTENT = b"a,b\n1,2\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def kept(ws: Workspace, tmp_path: Path) -> Workspace:
    path = tmp_path / "file.csv"
    path.write_bytes(CONTENT)
    keep(ws, path, SHA256, Event())
    return ws


@pytest.mark.parametrize(
    ("name", "laid_out"),
    [
        ("orders.csv", "orders.csv"),
        ("CON.csv", "_CON.csv"),
        ("lpt1", "_lpt1"),
        ("consumer.csv", "consumer.csv"),
        ("../../evil.csv", ".._.._evil.csv"),
        ("/etc/passwd", "_etc_passwd"),
        ("..\\evil.csv", ".._evil.csv"),
        ("..", "_.."),
        ('<b>"bold"<b>.csv', "_b__bold__b_.csv"),
    ],
)
def test_an_original_is_laid_out_in_its_folder(kept: Workspace, name: str, laid_out: str) -> None:
    with unpacked(kept, SHA256, name) as path:
        assert path.name == laid_out
        assert path.parent.parent == kept.folder
        assert path.read_bytes() == CONTENT
    assert not path.parent.exists()


def test_an_original_is_on_the_disk_before_it_has_its_name(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    sync, rename = os.fsync, Path.rename

    def synced(number: int) -> None:
        done.append("on the disk")
        sync(number)

    def renamed(path: Path, target: Path) -> Path:
        done.append(target.name)
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    (tmp_path / "file.csv").write_bytes(CONTENT)
    keep(ws, tmp_path / "file.csv", SHA256, Event())
    assert done == ["on the disk", f"{SHA256}.gz"]


def test_a_missing_original_is_told(kept: Workspace) -> None:
    with (
        pytest.raises(WorkspaceError, match=r"copy of a\.csv is missing; put"),
        unpacked(kept, "0" * 64, "a.csv"),
    ):
        pytest.fail("there is none")


@pytest.mark.parametrize(("start", "is_smaller"), [(b"PK\x03\x04", False), (b"id,amount\n", True)])
def test_only_what_gets_smaller_is_compressed(
    ws: Workspace, tmp_path: Path, start: bytes, is_smaller: bool
) -> None:
    content = start + b"1,2.00\n" * 400_000
    sha256 = hashlib.sha256(content).hexdigest()
    path = tmp_path / "some file"
    path.write_bytes(content)
    keep(ws, path, sha256, Event())
    assert (original(ws, sha256).stat().st_size < len(content)) is is_smaller
    with unpacked(ws, sha256, path.name) as laid_out:
        assert laid_out.read_bytes() == content
