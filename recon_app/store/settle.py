"""Settle imports: bring ledger and cache together, whatever a crash, a removal or a backup left behind."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from recon_app.store import events
from recon_app.store.database import wipe_deleted, writing
from recon_app.store.originals import original
from recon_app.store.schema import (
    case_note,
    change,
    gone,
    held,
    import_file,
    line,
    loaded,
    record,
    run,
    support,
)
from recon_app.store.staging import drop, is_alive
from recon_app.store.workspace import Workspace

#: Status of an import in the ledger.
IMPORTED, PENDING = "imported", "pending"


def settle(ws: Workspace) -> None:
    """Bring ledger and cache together after a crash, a removal or a restored backup.

    Imports of running programs are left alone. What the cache lacks afterwards is in
    :func:`recon_app.store.imports.missing_imports`.
    """
    with writing(ws.ledger) as ledger:
        alive = _drop_dead_staging(ws)
        pending = select(import_file.c.id).where(import_file.c.status == PENDING)
        for import_id in ledger.execute(pending).scalars().all():
            if import_id not in alive:
                settle_pending(ws, ledger, import_id)
        if not alive:
            _drop_litter(ws)
        rows = ledger.execute(select(import_file.c.id, import_file.c.sha256))
        _clear_orphans(ws, {(row.id, row.sha256) for row in rows})


def _drop_dead_staging(ws: Workspace) -> set[int]:
    """Delete the staging files of dead imports; returns the ids of those that run."""
    alive = set()
    for path in ws.folder.glob("staging-*.sqlite"):
        try:
            running = is_alive(path)
            if not running:
                drop(path)
        except PermissionError:  # Windows: the process that reads for a killed program has not ended yet
            running = True
        if running:
            alive.add(int(path.stem.removeprefix("staging-")))
    return alive


def _drop_litter(ws: Workspace) -> None:
    """Delete what dead imports left; a process that read for a killed program may have written later."""
    for path in ws.originals.glob("*.part"):
        path.unlink()
    for path in (*ws.folder.glob("staging-*.rows"), *ws.folder.glob("staging-*.rest")):
        with suppress(PermissionError):  # Windows: it has not ended yet
            path.unlink(missing_ok=True)
    for path in ws.folder.glob("unpacked-*"):
        shutil.rmtree(path)


def _clear_orphans(ws: Workspace, known: set[tuple[int, str]]) -> None:
    """Empty the cache of every source that holds records of an import the ledger does not know.

    Its other files have to be read again: they may hold rows that the lost file had brought first.
    """
    with ws.cache.connect() as connection:
        rows = connection.execute(select(loaded)).all()
    sources = {row.source for row in rows if (row.import_id, row.sha256) not in known}
    if not sources:
        return
    with writing(ws.cache) as connection:
        for row in rows:
            if row.source in sources:
                connection.execute(delete(record).where(record.c.id.between(row.first_id, row.last_id)))
                connection.execute(
                    delete(change).where(change.c.record_id.between(row.first_id, row.last_id))
                )
                connection.execute(delete(gone).where(gone.c.record_id.between(row.first_id, row.last_id)))
                connection.execute(delete(loaded).where(loaded.c.import_id == row.import_id))
        connection.execute(delete(held).where(held.c.source.in_(sources)))
        for table in (run, line, support, case_note):  # results name records by id
            connection.execute(delete(table))
    wipe_deleted(ws.cache)  # what is removed may be personal data


def loaded_row(ws: Workspace, import_id: int) -> Row[Any] | None:
    """What the cache has of an import, None when it lacks it."""
    with ws.cache.connect() as cache:
        return cache.execute(select(loaded).where(loaded.c.import_id == import_id)).first()


def finish(ws: Workspace, ledger: Connection, import_id: int) -> bool:
    """Take what the cache says about an import into the ledger; false when the cache does not have it."""
    row = loaded_row(ws, import_id)
    if row is None:
        return False
    entry = ledger.execute(select(import_file).where(import_file.c.id == import_id)).one()
    ledger.execute(
        update(import_file).where(import_file.c.id == import_id).values(status=IMPORTED, **row.summary)
    )
    if entry.status == PENDING:
        data = {"file": entry.file, "sha256": entry.sha256, "rows": row.summary["rows"]}
        events.append(ledger, who="", what=IMPORTED, on_id=str(import_id), data=data)
    return True


def settle_pending(ws: Workspace, ledger: Connection, import_id: int) -> None:
    """Finish or undo an import that is no longer running."""
    pending = (import_file.c.id == import_id) & (import_file.c.status == PENDING)
    entry = ledger.execute(select(import_file).where(pending)).first()
    if entry is not None and not finish(ws, ledger, import_id):
        ledger.execute(delete(import_file).where(pending))
        drop_original(ws, ledger, entry.sha256)


def drop_original(ws: Workspace, ledger: Connection, sha256: str) -> None:
    """Delete the original of a file unless another source has read it too."""
    if not ledger.execute(select(import_file.c.id).where(import_file.c.sha256 == sha256)).first():
        original(ws, sha256).unlink(missing_ok=True)
