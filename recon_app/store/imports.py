"""The imports of a workspace: begin, finish, find and remove.

An import is a ``pending`` row in the ledger, a locked staging file, one transaction on the cache, and at last
an ``imported`` row. Whatever the moment of a crash, :mod:`recon_app.store.settle` makes it all or nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2 as driver

from recon_app.models.problem import UsageError, WorkspaceError
from recon_app.models.proof import Proof
from recon_app.models.record import RecordType
from recon_app.store import events
from recon_app.store.database import clear_log, writing
from recon_app.store.format import Format
from recon_app.store.originals import keep
from recon_app.store.publish import Check, Counts, Judge, unhindered
from recon_app.store.schema import held, import_file, loaded
from recon_app.store.settle import (
    IMPORTED,
    PENDING,
    drop_original,
    finish,
    loaded_row,
    settle,
    settle_pending,
)
from recon_app.store.staging import Staging
from recon_app.store.workspace import CACHE, Workspace

#: Option that says when the content of a file held, as ISO 8601 with its zone.
EXPORTED_AT = "exported_at"
_AGAIN = "exported again"
_PATIENCE = 0.05  # seconds between two looks whether the user cancelled


@dataclass(frozen=True)
class Findings:
    """What reading a file showed, kept in the ledger.

    Attributes:
        proofs: Control identities.
        totals: Control totals by (name, currency) in minor units.
        notes: Things the user should know.
    """

    proofs: tuple[Proof, ...] = ()
    totals: Mapping[tuple[str, str], int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportedFile:
    """A file of the workspace, as one source reads it.

    Attributes:
        id: Id of the import; never used again after a removal.
        sha256: Hash of its bytes.
        file: Base name.
        source: Id of the source that read it.
        record_type: What its records are.
        imported_at: ISO 8601 in UTC.
        counts: What it brought.
        period: First and last booking day (days since 1970-01-01), None without days.
        options: Answers it was read with.
        findings: What reading it showed.
        written: When its content held, seconds in UTC: the option ``exported_at``, else when the file was
            written; None where that is not known.
    """

    id: int
    sha256: str
    file: str
    source: str
    record_type: RecordType
    imported_at: str
    counts: Counts
    period: tuple[int, int] | None
    options: dict[str, str]
    findings: Findings
    written: int | None = None


class Import:
    """One import under way, made by :func:`importing` or :func:`restoring`.

    Attributes:
        id: Id of the import.
        staging: Takes the rows.
    """

    def __init__(self, ws: Workspace, import_id: int, sha256: str, form: Format) -> None:
        self.id = import_id
        self._ws = ws
        self._copy: Callable[[], Future[None]] | None = None
        self._copying: Future[None] | None = None
        self._over = Event()
        self.staging = Staging(ws, import_id, sha256, form)

    def copy_original(self, path: Path, sha256: str, pool: Executor) -> None:
        """Have the file itself kept, at the latest while its rows are published."""
        self._copy = partial(pool.submit, keep, self._ws, path, sha256, self._over)

    def begin_copy(self) -> None:
        """Start to keep the file while its rows are read, where that leaves a processor free."""
        if self._copy is not None and self._copying is None:
            self._copying = self._copy()

    def stop_copy(self) -> None:
        """Keep no more of the file: the import is given up."""
        self._over.set()

    def close(self) -> None:
        """Stop what is not finished and drop the rows, published or not."""
        self.stop_copy()
        self.staging.close()

    def publish(
        self,
        findings: Findings,
        judge: Judge | None = None,
        check: Check = unhindered,
        *,
        is_part: bool = False,
    ) -> Counts:
        """Make everything staged visible and finish the import.

        Args:
            findings: What reading the file showed.
            judge: Looks first at what is in the workspace already; what it raises undoes the import.
            check: Called many times a second; what it raises undoes the import.
            is_part: Whether the file is known to leave records out, so that none are missed.

        Raises:
            FileRejected: the file changed while it was read.
        """
        self.begin_copy()

        def copied() -> None:
            while self._copying is not None and wait([self._copying], _PATIENCE).not_done:
                check()
            if self._copying is not None:
                self._copying.result()

        counts = self.staging.publish(_summary(findings), judge, check, copied, is_part=is_part)
        with writing(self._ws.ledger) as ledger:
            finish(self._ws, ledger, self.id)
        clear_log(self._ws.folder / CACHE, check)
        return counts


@contextmanager
def importing(
    ws: Workspace, path: Path, sha256: str, form: Format, options: Mapping[str, str]
) -> Iterator[Import]:
    """Import a file: add batches to ``staging``, then publish; leaving without publishing undoes all.

    Raises:
        UsageError: the option ``exported_at`` is no time with its zone.
        WorkspaceError: the source has read the file already, or another program is importing it.
    """
    written = _written(path, options)
    with _storage_faults(ws):
        with writing(ws.ledger) as ledger:
            same = (import_file.c.sha256 == sha256) & (import_file.c.source == form.source)
            if ledger.execute(select(import_file.c.id).where(same)).first():
                raise WorkspaceError(f"{path.name} is just being imported elsewhere; wait for that to end")
            import_id = _insert_pending(ledger, path.name, sha256, form, options, written)
            # locked before others can see the row, so that nobody takes the staging file for a dead one
            current = Import(ws, import_id, sha256, form)
        try:
            with ThreadPoolExecutor(1) as pool:
                current.copy_original(path, sha256, pool)
                try:
                    yield current
                finally:
                    current.close()
        finally:
            with writing(ws.ledger) as ledger:
                settle_pending(ws, ledger, import_id)


@contextmanager
def restoring(ws: Workspace, entry: ImportedFile, form: Format) -> Iterator[Import | None]:
    """Read a file again whose records the cache has lost; None when another program did it already.

    Raises:
        WorkspaceError: another program is reading it.
    """
    with _storage_faults(ws):
        with writing(ws.ledger):  # whoever clears up dead staging files holds this lock too
            current = Import(ws, entry.id, entry.sha256, form)
        try:
            yield current if loaded_row(ws, entry.id) is None else None
        finally:
            current.close()


@contextmanager
def _storage_faults(ws: Workspace) -> Iterator[None]:
    """Say in plain words that the workspace could not be written (disk full, locked for too long)."""
    try:
        yield
    except (driver.Error, DBAPIError, OSError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise WorkspaceError(f"{ws.folder} cannot be written ({reason}); the import was stopped") from error


def _insert_pending(
    ledger: Connection,
    file: str,
    sha256: str,
    form: Format,
    options: Mapping[str, str],
    written: int | None,
) -> int:
    row = insert(import_file).values(
        sha256=sha256,
        file=file.encode("utf-8", "replace").decode(),  # a name need not be UTF-8
        source=form.source,
        record_type=form.record_type.value,
        imported_at=events.now(),
        status=PENDING,
        options=dict(options),
        written=written,
    )
    return int(ledger.execute(row.returning(import_file.c.id)).scalar_one())


def _written(path: Path, options: Mapping[str, str]) -> int | None:
    """When the content of a file held; a clock that is wrong must not make it later than now.

    Raises:
        UsageError: the option ``exported_at`` is no time with its zone.
    """
    told = options.get(EXPORTED_AT, "")
    if not told:
        try:
            return min(int(path.stat().st_mtime), int(time.time()))
        except OSError:
            return None
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(
            f"{told!r} is no time for {EXPORTED_AT}; write it with its zone, as in 2026-11-23T09:30+01:00"
        )
    return int(moment.timestamp())


def _summary(findings: Findings) -> dict[str, object]:
    return {
        "proofs": [asdict(proof) for proof in findings.proofs],
        "totals": [
            {"name": name, "currency": currency, "minor": minor}
            for (name, currency), minor in findings.totals.items()
        ],
        "notes": list(findings.notes),
    }


def missing_imports(ws: Workspace) -> list[ImportedFile]:
    """Imports whose records are not in the cache, in the order in which they must be read again."""
    with ws.cache.connect() as connection:
        there = set(connection.execute(select(loaded.c.import_id)).scalars())
    return [entry for entry in list_imports(ws) if entry.id not in there]


def remove_imports(ws: Workspace, import_ids: Iterable[int], *, who: str = "") -> None:
    """Take files out of the workspace, with their records; an original goes with its last import.

    The other files of their sources leave the cache too and are in :func:`missing_imports` afterwards.

    Raises:
        UsageError: there is no such import; nothing is removed.
    """
    removed = set()
    with writing(ws.ledger) as ledger:
        for import_id in import_ids:
            finished = (import_file.c.id == import_id) & (import_file.c.status == IMPORTED)
            entry = ledger.execute(select(import_file).where(finished)).first()
            if entry is None:
                raise UsageError(f"there is no import {import_id}")
            ledger.execute(delete(import_file).where(import_file.c.id == import_id))
            data = {"file": entry.file, "sha256": entry.sha256}
            events.append(ledger, who=who, what="import removed", on_id=str(import_id), data=data)
            removed.add(entry.sha256)
    with writing(ws.ledger) as ledger:  # only now is it certain that they are gone
        for sha256 in removed:
            drop_original(ws, ledger, sha256)
    settle(ws)


def list_imports(
    ws: Workspace, *, source: str | None = None, record_type: RecordType | None = None
) -> list[ImportedFile]:
    """The files of the workspace in the order of their import."""
    query = select(import_file).where(import_file.c.status == IMPORTED).order_by(import_file.c.id)
    if source is not None:
        query = query.where(import_file.c.source == source)
    if record_type is not None:
        query = query.where(import_file.c.record_type == record_type.value)
    with ws.ledger.connect() as connection:
        return [_entry(row) for row in connection.execute(query)]


def find_imports(ws: Workspace, sha256: str) -> list[ImportedFile]:
    """The imports of the file with these bytes, one for each source that has read it, the first one first."""
    known = (import_file.c.sha256 == sha256) & (import_file.c.status == IMPORTED)
    with ws.ledger.connect() as connection:
        rows = connection.execute(select(import_file).where(known).order_by(import_file.c.id))
        return [_entry(row) for row in rows]


def note_again(ws: Workspace, entry: ImportedFile, name: str, written: float) -> None:
    """Keep that a file with the bytes of an import was written later: its content held then, too.

    Args:
        ws: The workspace.
        entry: The import with the same bytes.
        name: Base name of the file at hand.
        written: When it was written, seconds since 1970. The very file that was imported was written before,
            and says nothing new.
    """
    seconds = int(written)
    if seconds > _seconds(entry.imported_at) and seconds > _seconds(last_held(ws, entry).at):
        with writing(ws.ledger) as ledger:
            events.append(ledger, who="", what=_AGAIN, on_id=str(entry.id), data={"file": name})
            held_again = min(seconds, int(time.time()))
            ledger.execute(update(import_file).where(import_file.c.id == entry.id).values(written=held_again))


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def last_held(ws: Workspace, entry: ImportedFile) -> events.Event:
    """The last event that says the content of a file holds; ids of events tell which file is the newest."""
    about = events.list_events(ws, str(entry.id))
    return [event for event in about if event.what in (IMPORTED, _AGAIN)][-1]


def written_spans(ws: Workspace) -> dict[RecordType, tuple[int, int]]:
    """When the records of each type held: the earliest and the latest file, seconds in UTC.

    Of lists of stock only those count that are the last ones of a place. A type whose files nobody knows the
    time of is left out.
    """
    with ws.cache.connect() as connection:
        last = connection.execute(select(held.c.source, held.c.import_id).distinct()).all()
    states = {row.source for row in last}
    newest = {row.import_id for row in last}
    times: dict[RecordType, list[int | None]] = {}
    for entry in list_imports(ws):
        if entry.source not in states or entry.id in newest:
            times.setdefault(entry.record_type, []).append(entry.written)
    return {
        record_type: (min(known), max(known))
        for record_type, found in times.items()
        if len(known := [one for one in found if one is not None]) == len(found)
    }


def _entry(row: Row[Any]) -> ImportedFile:
    return ImportedFile(
        id=row.id,
        sha256=row.sha256,
        file=row.file,
        source=row.source,
        record_type=RecordType(row.record_type),
        imported_at=row.imported_at,
        counts=Counts(row.rows, row.added, row.known, row.changed),
        period=None if row.period_from is None else (row.period_from, row.period_to),
        options=row.options,
        findings=Findings(
            tuple(Proof(**proof) for proof in row.proofs),
            {(total["name"], total["currency"]): total["minor"] for total in row.totals},
            tuple(row.notes),
        ),
        written=row.written,
    )
