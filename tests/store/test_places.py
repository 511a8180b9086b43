"""Where a workspace may lie."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from recon_app.models.problem import WorkspaceError
from recon_app.store import places


@pytest.mark.parametrize(
    ("kind", "remote"),
    [
        ("ext4", False),
        ("tmpfs", False),
        ("btrfs", False),
        ("apfs", False),
        ("overlay", False),
        ("fuseblk", False),
        ("", False),
        ("cifs", True),
        ("smb3", True),
        ("smbfs", True),
        ("nfs", True),
        ("nfs4", True),
        ("9p", True),
        ("fuse.sshfs", True),
        ("fuse.rclone", True),
        ("FUSE.s3fs", True),
    ],
)
def test_network_drives_are_known_by_their_file_system(kind: str, remote: bool) -> None:
    assert places.is_remote(kind) is remote


def test_the_innermost_mount_counts(tmp_path: Path) -> None:
    mounts = [
        ("/", "ext4"),
        (str(tmp_path), "nfs4"),
        (str(tmp_path / "a"), "ext4"),
        (str(tmp_path / "b"), "9p"),
    ]
    assert places.mounted_at(tmp_path / "x" / "y", mounts) == "nfs4"
    assert places.mounted_at(tmp_path / "a" / "y", mounts) == "ext4"
    assert places.mounted_at(tmp_path, [*mounts, (str(tmp_path), "cifs")]) == "cifs"
    assert places.mounted_at(tmp_path, []) == ""
    assert places.mounted_at(tmp_path, [("/", "9p")]) == ""  # a sandbox or a computer without disks


@pytest.mark.parametrize(
    "part",
    ["OneDrive", "OneDrive - Example GmbH", "Dropbox", "Dropbox (Example)", "Google Drive", "Nextcloud"],
)
def test_a_folder_that_is_copied_to_the_cloud_is_refused(tmp_path: Path, part: str) -> None:
    with pytest.raises(WorkspaceError, match="copied to the cloud"):
        places.check_place(tmp_path / part / "workspace")


def test_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "file_system", lambda _: "cifs")
    with pytest.raises(WorkspaceError, match=r"network drive \(cifs\)"):
        places.check_place(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_this_computer_says_what_it_has(tmp_path: Path) -> None:
    assert places.file_system(Path("/proc")) == "proc"
    places.check_place(tmp_path)
    assert places._unescaped(r"/media/my\040disk") == "/media/my disk"
