"""Where a workspace must not lie: locks do not work there, or another program changes the files meanwhile.

SQLite needs the locks and the shared memory of one computer (https://sqlite.org/wal.html and "How To Corrupt
An SQLite Database File", 2.1); programs that copy a folder to the cloud copy half of a change.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from recon_app.models.problem import WorkspaceError

_LINUX = "9p afs beegfs ceph cifs coda davfs glusterfs gpfs lustre ncpfs nfs nfs4 ocfs2 orangefs vboxsf"
#: File systems that lie on other computers.
_REMOTE = frozenset(f"{_LINUX} afpfs ftp smb2 smb3 smbfs webdav".split())
_LOCAL_FUSE = frozenset({"fuseblk", "fuse.fuse-overlayfs", "fuse.gocryptfs", "fuse.encfs"})
#: Folders that a program keeps in step with the cloud, by a part of their path.
_SYNCED = re.compile(
    r"onedrive( - .+)?|dropbox( \(.+\))?|google ?drive|googledrive-.+|icloud ?drive|com~apple~clouddocs|"
    r"nextcloud|owncloud|box sync|pclouddrive|mega ?sync",
    re.IGNORECASE,
)
_ADVICE = "choose a folder on this computer"
_REMOTE_DRIVE = 4  # DRIVE_REMOTE of GetDriveTypeW


def check_place(folder: Path) -> None:
    """Refuse a folder on a network drive, or one that is kept in step with the cloud.

    Raises:
        WorkspaceError: it is one.
    """
    synced = next((part for part in folder.parts if _SYNCED.fullmatch(part)), None)
    if synced is not None:
        raise WorkspaceError(f"{folder} is copied to the cloud ({synced}) while it is written; {_ADVICE}")
    kind = file_system(folder)
    if is_remote(kind):
        raise WorkspaceError(f"{folder} is on a network drive ({kind}), where data can be lost; {_ADVICE}")


def is_remote(kind: str) -> bool:
    """Whether a file system of this kind lies on another computer."""
    kind = kind.casefold()
    return kind in _REMOTE or (kind.startswith("fuse") and kind not in _LOCAL_FUSE)


def file_system(folder: Path) -> str:
    """Kind of the file system that a folder lies on, or will lie on; "" when the system does not say."""
    if sys.platform == "win32":
        return _of_windows(folder)
    if sys.platform == "darwin":
        listed = subprocess.run(
            ["/sbin/mount"], capture_output=True, text=True, check=False, timeout=5
        ).stdout
        return mounted_at(folder, re.findall(r" on (.+) \((\w+)", listed))
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    mounts = [line.split(" ")[1:3] for line in lines]
    return mounted_at(folder, [(_unescaped(place), kind) for place, kind in mounts])


def mounted_at(folder: Path, mounts: list[tuple[str, str]]) -> str:
    """Kind of the innermost of the mounts (place and kind) that holds a folder; of equal ones the last.

    The root counts as a part of this computer: one that starts from a network or in a sandbox has no other.
    """
    real = folder.resolve()
    around = {str(place) for place in (real, *real.parents)} - {real.anchor}
    holding = [(place, kind) for place, kind in mounts if place in around]
    return max(enumerate(holding), key=lambda each: (len(each[1][0]), each[0]), default=(0, ("", "")))[1][1]


def _unescaped(place: str) -> str:
    r"""A path of /proc/mounts, which writes blanks as ``\040``."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), place)


def _of_windows(folder: Path) -> str:
    if sys.platform != "win32":
        return ""
    import ctypes

    drive = folder.resolve().drive
    remote = drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\") == _REMOTE_DRIVE
    return "smb3" if remote else ""
