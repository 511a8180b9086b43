"""Look through a workspace: is it whole, and is it what this program wrote?"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from recon_app.models.problem import WorkspaceError
from recon_app.services.workspace import default_folder
from recon_app.store import audit, backup, events, originals
from recon_app.store.database import connect, writing
from recon_app.store.workspace import BACKUPS, CACHE, LEDGER, ORIGINALS, Workspace, check_ledger


@dataclass(frozen=True)
class Verified:
    """What an audit found.

    Attributes:
        folder: The workspace.
        entries: How many entries the audit trail has.
        head: Hash of the last one, "" without entries; written down elsewhere, it shows any later change.
        backups: How many backups were compared with the trail.
        faults: What is wrong, in plain words.
    """

    folder: Path
    entries: int
    head: str
    backups: int
    faults: tuple[str, ...]


def verify(address: Path | None = None) -> Verified:
    """Check the ledger, its audit trail, backups, cache and kept files of a workspace, and change nothing.

    Raises:
        WorkspaceError: there is no workspace.
    """
    folder = _folder(address)
    try:
        check_ledger(folder)
    except WorkspaceError as error:
        return Verified(folder, 0, "", 0, (str(error),))
    with closing(connect(folder / LEDGER, read_only=True)) as connection:
        hashes = dict(connection.execute("SELECT id, hash FROM event ORDER BY id").fetchall())
        kept = connection.execute("SELECT DISTINCT sha256, file FROM import_file ORDER BY id").fetchall()
    last = max(hashes, default=0)
    compared, faults = _compare_backups(folder, hashes)
    cache = folder / CACHE
    problem = backup.damage(cache) if cache.exists() else ""
    if problem:
        faults.append(f"{cache} is damaged ({problem}); delete it, it is made again from the originals")
    faults += filter(None, (originals.fault(folder / ORIGINALS, *file) for file in kept))
    return Verified(folder, len(hashes), hashes.get(last, ""), compared, tuple(faults))


def _folder(address: Path | None) -> Path:
    folder = (address or default_folder()).expanduser().absolute()
    if not (folder / LEDGER).exists():
        raise WorkspaceError(f"{folder} is not a workspace; give the folder of one")
    return folder


def _compare_backups(folder: Path, hashes: dict[int, str]) -> tuple[int, list[str]]:
    """Compare the ends of the backups' trails with the trail, from the last backup put back on."""
    anchors = audit.read_anchors(folder)
    since = anchors[0].at if anchors and anchors[0].restored else ""
    compared, faults = 0, []
    for path in backup.backups(folder / BACKUPS):
        if backup.made_at(path) < since:
            continue
        compared += 1
        try:
            backup.check_backup(path)
        except WorkspaceError as error:
            faults.append(str(error))
            continue
        last = backup.head_of(path)
        if last is not None and hashes.get(last[0]) != last[1]:
            faults.append(f"the ledger differs from its backup {path.name} at entry {last[0]} of the trail")
    return compared, faults


def back_up(ws: Workspace) -> Path:
    """Write a verified backup of the ledger and return its path.

    Raises:
        WorkspaceError: it is not whole.
    """
    return backup.back_up(ws.folder / LEDGER, ws.backups)


def restore_backup(path: Path, address: Path | None = None, who: str = "") -> Path | None:
    """Replace the ledger by a backup, and say so in its audit trail.

    Args:
        path: The backup.
        address: The workspace; None for the default one.
        who: Who does it.

    Returns:
        Where the replaced ledger was moved to; None when there was none.

    Raises:
        WorkspaceError: it is no whole backup of this program, or the workspace is open.
    """
    folder = (address or default_folder()).expanduser().absolute()
    if not (folder / BACKUPS).is_dir():
        raise WorkspaceError(f"{folder} is not a workspace; give the folder of one")
    if not path.is_file():
        raise WorkspaceError(f"there is no file {path}; give one of {folder / BACKUPS}")
    backup.check_backup(path)
    replaced = backup.put_back(path, folder / LEDGER, folder / BACKUPS)
    with closing(Workspace.open(folder)) as ws:
        data = {"backup": path.name, "replaced": replaced.name if replaced else ""}
        with writing(ws.ledger) as connection:
            events.append(connection, who=who, what=audit.RESTORED, on_id="ledger", data=data)
    return replaced
