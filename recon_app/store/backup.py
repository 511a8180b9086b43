"""Copies of the ledger, made by SQLite itself and opened once to see that they are whole."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from recon_app.models.problem import WorkspaceError
from recon_app.store.database import connect


def back_up(ledger: Path, folder: Path) -> Path:
    """Write a verified copy of the ledger into ``folder`` and return its path.

    Raises:
        WorkspaceError: the copy is not whole; it is not kept.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    unfinished = folder / f"ledger-{stamp}.part"
    with closing(connect(ledger)) as source, closing(connect(unfinished)) as target:
        unfinished.chmod(0o600)
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    problem = damage(unfinished)
    if problem:
        unfinished.unlink()
        raise WorkspaceError(f"the backup of {ledger} is damaged ({problem}); nothing was changed")
    return unfinished.rename(folder / f"ledger-{stamp}.sqlite")


def damage(path: Path) -> str:
    """What SQLite finds wrong with a database file, "" when it is whole."""
    with closing(connect(path, read_only=True)) as connection:
        found = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    return "" if found == "ok" else found
