"""The imported files themselves, compressed and named by their hash."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from isal import igzip

from recon_app.models.problem import FileRejected, Problem, WorkspaceError
from recon_app.store.workspace import Workspace

_BLOCK = 1 << 20
_COMPRESSED = (b"PK", b"\x1f\x8b")  # first bytes of workbooks and archives, which would not get smaller
_LEVEL = 1  # of igzip: smaller files than zlib's fastest level in a sixth of its time


def original(ws: Workspace, sha256: str) -> Path:
    """Where the file with this hash is kept."""
    return ws.originals / f"{sha256}.gz"


def keep(ws: Workspace, path: Path, sha256: str, stop: Event) -> None:
    """Compress a file into the workspace unless it is there already, or leave nothing when told to stop.

    Raises:
        FileRejected: its bytes are no longer those of ``sha256``.
    """
    target = original(ws, sha256)
    if target.exists():
        return
    unfinished = target.with_suffix(".part")
    changed = Problem(None, None, "the file changed while it was read", "import it again")
    try:
        source = path.open("rb")
    except OSError as error:
        raise FileRejected(changed) from error
    digest = hashlib.sha256()
    try:
        with source:
            block = source.read(_BLOCK)
            with _packing(unfinished, as_it_is=block.startswith(_COMPRESSED)) as packed:
                unfinished.chmod(0o600)
                while block:
                    if stop.is_set():
                        return
                    digest.update(block)
                    packed.write(block)
                    block = source.read(_BLOCK)
        if digest.hexdigest() != sha256:
            raise FileRejected(changed)
        _to_disk(unfinished)
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Have the disk take a file before it gets its name.

    The ledger survives a power failure, and so must what the cache is made of again after one.
    """
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())


def _packing(path: Path, *, as_it_is: bool) -> gzip.GzipFile:
    """A new file in the format of gzip; igzip's lowest level would compress too."""
    return gzip.GzipFile(path, "wb", 0) if as_it_is else igzip.IGzipFile(path, "wb", _LEVEL)  # type: ignore[no-untyped-call]


def fault(folder: Path, sha256: str, name: str) -> str:
    """What is wrong with the kept copy of a file, "" when it has the bytes that were imported."""
    path = folder / f"{sha256}.gz"
    digest = hashlib.sha256()
    try:
        with gzip.open(path) as packed:
            while block := packed.read(_BLOCK):
                digest.update(block)
    except (OSError, EOFError, zlib.error):
        return _lost(name, path)
    return "" if digest.hexdigest() == sha256 else _lost(name, path)


def _lost(name: str, path: Path) -> str:
    """Backups hold the ledger only, so none of them brings the file back."""
    what = "is damaged" if path.exists() else "is missing"
    return f"the stored copy of {name} {what}; put {path} back from a copy of the workspace"


#: Names that mean devices on Windows, whatever their ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def _plain(name: str) -> str:
    """A name that stays in its folder on every system."""
    name = re.sub(r'[/\\:*?"<>|]', "_", name)
    return f"_{name}" if _DEVICES.fullmatch(name) or name in ("", ".", "..") else name


@contextmanager
def unpacked(ws: Workspace, sha256: str, name: str) -> Iterator[Path]:
    """Lay an original out as a file with its old name, as long as the context lasts.

    Raises:
        WorkspaceError: the original is missing or damaged.
    """
    with TemporaryDirectory(dir=ws.folder, prefix="unpacked-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / _plain(name)
        try:
            with gzip.open(original(ws, sha256)) as packed, path.open("wb") as target:
                shutil.copyfileobj(packed, target, _BLOCK)
        except (OSError, EOFError, zlib.error) as error:
            raise WorkspaceError(_lost(name, original(ws, sha256))) from error
        yield path
