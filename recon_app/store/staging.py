"""Staging: the rows of one import wait in a file of their own and are published in one short transaction.

So a long import blocks nobody, and a broken one leaves nothing (goal P3). ``staging-<id>.rows`` is written by
this process or, for a big file, by another one. ``staging-<id>.sqlite`` is empty and locked as long as the
import lives: who can lock it knows that the import died.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlcipher3 import dbapi2 as driver

from recon_app.models.problem import WorkspaceError
from recon_app.models.record import NO_INT
from recon_app.store.columns import INTEGERS, TYPED, blank
from recon_app.store.database import connect
from recon_app.store.format import Format
from recon_app.store.identity import Batch, Ints, row_hashes
from recon_app.store.publish import Check, Counts, Judge, Publication, unhindered
from recon_app.store.workspace import CACHE, Workspace

_PAGE = 16_384  # bytes; fewer, larger pages load faster
_SETTINGS = ("synchronous=NORMAL", "mmap_size=0", "trusted_schema=OFF", "cache_size=-16000")
#: Broken rows are thrown away, so nothing waits for the disk.
_ROWS_SETTINGS = ("journal_mode=MEMORY", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-16000")


def staging_path(ws: Workspace, import_id: int) -> Path:
    """The file that is locked as long as an import lives."""
    return ws.folder / f"staging-{import_id}.sqlite"


def rows_path(staging: Path) -> Path:
    """The file with the rows of the import whose locked file is given."""
    return staging.with_suffix(".rows")


def rest_path(staging: Path) -> Path:
    """The file with the rows of the second part of a file, where two processes read it."""
    return staging.with_suffix(".rest")


def is_alive(path: Path) -> bool:
    """Whether a staging file belongs to an import that is still running.

    To be asked within a write transaction of the ledger, in which no import can begin.
    """
    connection = connect(path)
    try:
        connection.execute("PRAGMA busy_timeout=0")
        connection.execute("BEGIN EXCLUSIVE")
    except driver.OperationalError:
        return True
    except driver.DatabaseError:
        return False  # damaged by a kill: a running import would not have let us look
    finally:
        connection.close()
    return False


@dataclass(frozen=True)
class Staged:
    """What was written to a file of rows.

    Attributes:
        keys: Keys of the rows without twin ordinals, in their order.
        digests: Their digests.
        present: Fields that are not blank throughout.
        period: First and last booking day, None when no row has one.
        first: Id of the first row.
    """

    keys: Ints
    digests: Ints
    present: frozenset[str]
    period: tuple[int, int] | None
    first: int

    def followed_by(self, rest: Staged) -> Staged:
        """These rows and those of a second part of the file."""
        periods = [each.period for each in (self, rest) if each.period is not None]
        return Staged(
            np.concatenate((self.keys, rest.keys)),
            np.concatenate((self.digests, rest.digests)),
            self.present | rest.present,
            (min(first for first, _ in periods), max(last for _, last in periods)) if periods else None,
            self.first,
        )


class Rows:
    """Writes rows to a new file.

    Args:
        path: The file.
        source: Id of the source that reads them.
        key: Fields that identify a record.
        aside: Fields that are no property of a record.
        first: Id of the first row; rows that keep their ids are published faster.

    Attributes:
        first: The same, which may be set until there is a row.
    """

    def __init__(
        self, path: Path, source: str, key: Sequence[str], aside: Sequence[str] = (), first: int = 1
    ) -> None:
        self.first = first
        self._source = source
        self._key = tuple(key)
        self._aside = tuple(aside)
        self._keys = [np.zeros(0, np.int64)]
        self._digests = [np.zeros(0, np.int64)]
        self._present: set[str] = set()
        self._count = 0
        self._period: tuple[int, int] | None = None
        self._connection = _new_file(path)

    def add(self, batch: Batch) -> None:
        """Write a batch of normalised rows; columns that are blank throughout are left out."""
        count = len(batch["row"])
        if not count:
            return
        filled = {name: _filled(name, column) for name, column in batch.items()}
        columns = {name: column for name, column in batch.items() if filled[name][0]}
        whole = {name for name in columns if filled[name][1]}
        keys, digests = row_hashes(columns, self._key, self._source, self._aside)
        self._insert(columns, whole, keys, digests)
        self._keys.append(keys)
        self._digests.append(digests)
        self._present.update(columns)
        self._count += count
        if "day" in columns:
            self._widen_period(np.asarray(columns["day"], dtype=np.int64))

    def _insert(self, columns: Batch, whole: set[str], keys: Ints, digests: Ints) -> None:
        """Insert columns, of which those in ``whole`` have no blanks."""
        values = ", ".join("?" if name in whole else f"NULLIF(?, {blank(name)})" for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        start = self.first + self._count
        ids = range(start, start + len(keys))
        cells = [
            np.asarray(column).tolist() if name in INTEGERS else column for name, column in columns.items()
        ]
        self._connection.cursor().executemany(
            f"INSERT INTO record (id, key, digest, {names}) VALUES (?, ?, ?, {values})",  # noqa: S608
            zip(ids, keys.tolist(), digests.tolist(), *cells, strict=True),
        )

    def _widen_period(self, days: Ints) -> None:
        days = days[days != NO_INT]
        if len(days):
            first, last = int(days.min()), int(days.max())
            known = self._period or (first, last)
            self._period = (min(first, known[0]), max(last, known[1]))

    def done(self) -> Staged:
        """Finish and close the file."""
        self._connection.execute("COMMIT")
        self.close()
        keys, digests = np.concatenate(self._keys), np.concatenate(self._digests)
        return Staged(keys, digests, frozenset(self._present), self._period, self.first)

    def close(self) -> None:
        """Let go of the file; what is not finished is lost."""
        self._connection.close()


class Staging:
    """The rows of one import before they are published.

    Args:
        ws: The workspace.
        import_id: Id of the import in the ledger.
        sha256: Hash of the file.
        form: What the store must know of the source that reads the file.

    Attributes:
        rows_path: The file that takes the rows: through :meth:`add`, or from elsewhere and :meth:`take`.
        rest_path: A file that may take those of a second part.
        first_id: Id that the first of its records gets unless another import is published meanwhile.
        period: First and last booking day of what was published, None when no record has one.

    Raises:
        WorkspaceError: the import is alive in another process.
    """

    def __init__(self, ws: Workspace, import_id: int, sha256: str, form: Format) -> None:
        self._cache = ws.folder / CACHE
        self._path = staging_path(ws, import_id)
        self.rows_path = rows_path(self._path)
        self.rest_path = rest_path(self._path)
        self._import_id = import_id
        self._sha256 = sha256
        self._form = form
        self._rows: Rows | None = None
        self._staged: Staged | None = None
        self._rest: Staged | None = None
        self.period: tuple[int, int] | None = None
        self.first_id = _next_id(ws)
        self._lock = _locked(self._path)

    def add(self, batch: Batch) -> None:
        """Take a batch of normalised rows."""
        self._own_rows().add(batch)

    def take(self, staged: Staged, rest: Staged | None = None) -> None:
        """Take what other processes have written to :attr:`rows_path` and :attr:`rest_path`."""
        self._staged, self._rest = staged, rest

    def forget(self) -> None:
        """Drop what other processes have written."""
        for path in (self.rows_path, self.rest_path):
            path.unlink(missing_ok=True)

    def _own_rows(self) -> Rows:
        if self._rows is None:
            form = self._form
            self._rows = Rows(self.rows_path, form.source, form.key, form.aside_fields, self.first_id)
        return self._rows

    def publish(
        self,
        summary: dict[str, object],
        judge: Judge | None = None,
        check: Check = unhindered,
        complete: Check = unhindered,
        *,
        is_part: bool = False,
    ) -> Counts:
        """Make the rows visible: all of them at once, or none.

        Args:
            summary: What the ledger is to say about the file; the counts and the period are added to it.
            judge: Looks first at what is in the workspace already.
            check: Called many times a second; raises to have nothing published.
            complete: Called last; raises to have nothing published.
            is_part: Whether the file is known to leave records out, so that none are missed.
        """
        staged = self._staged or self._own_rows().done()
        paths, rest = [self.rows_path], None
        if self._rest is not None:
            paths = [self.rows_path, self.rest_path]
            rest = (self._rest.first, staged.first + len(staged.keys))
            staged = staged.followed_by(self._rest)
        self.period = staged.period
        first, last = staged.period or (None, None)
        with closing(_attached(self._cache, *paths)) as connection:
            publication = Publication(
                connection,
                self._import_id,
                self._sha256,
                self._form,
                staged.present,
                judge,
                check,
                is_part=is_part,
                first=staged.first,
                rest=rest,
            )
            return publication.publish(
                staged.keys, staged.digests, {**summary, "period_from": first, "period_to": last}, complete
            )

    def close(self) -> None:
        """Drop the files, published or not."""
        if self._rows is not None:
            self._rows.close()
        self.forget()
        self._lock.close()
        self._path.unlink(missing_ok=True)


def _next_id(ws: Workspace) -> int:
    with ws.cache.connect() as cache:
        last: int = cache.exec_driver_sql("SELECT coalesce(max(id), 0) FROM record").scalar_one()
    return last + 1


def _locked(path: Path) -> Any:
    """Make and lock the file that shows that an import lives."""
    if path.exists():
        if is_alive(path):
            raise WorkspaceError("another window is reading this file; wait for it to end")
        drop(path)
    connection = connect(path)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        path.chmod(0o600)
    except BaseException:
        connection.close()
        raise
    return connection


def drop(path: Path) -> None:
    """Delete the files of a dead import, last the one by which they are found."""
    for rows in (rows_path(path), rest_path(path)):
        rows.unlink(missing_ok=True)
    path.unlink()


def _new_file(path: Path) -> Any:
    """Connect to a fresh file of rows."""
    connection = connect(path)
    try:
        path.chmod(0o600)
        for setting in (f"page_size={_PAGE}", *_ROWS_SETTINGS):
            connection.execute(f"PRAGMA {setting}")
        connection.execute(
            f"CREATE TABLE record (id INTEGER NOT NULL PRIMARY KEY, {TYPED}, "  # as in the cache
            "key INTEGER NOT NULL, digest INTEGER NOT NULL) STRICT"
        )
        connection.execute("BEGIN")
    except BaseException:
        connection.close()
        raise
    return connection


def _attached(cache: Path, rows: Path, rest: Path | None = None) -> Any:
    """Connect to the cache with files of rows as ``stage`` and ``rest``."""
    connection = connect(cache)
    try:
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA main.{setting}")
        for path, name in ((rows, "stage"), (rest, "rest")):
            if path is not None:
                connection.execute(f"ATTACH ? AS {name}", (str(path),))
                for setting in _ROWS_SETTINGS:
                    connection.execute(f"PRAGMA {name}.{setting}")
        connection.execute(
            "CREATE TABLE stage.verdict (staged INTEGER PRIMARY KEY, record INTEGER NOT NULL, "
            "kind TEXT, mask INTEGER) STRICT"
        )
        connection.execute("CREATE TABLE stage.seen (record INTEGER PRIMARY KEY, staged INTEGER) STRICT")
        connection.execute("CREATE TABLE stage.updated (id INTEGER PRIMARY KEY) STRICT")
    except BaseException:
        connection.close()
        raise
    return connection


def _filled(name: str, column: Sequence[str] | Ints) -> tuple[bool, bool]:
    """Whether any cell has a value, and whether every cell has."""
    if name not in INTEGERS:
        return any(column), all(column)
    there = np.asarray(column) != NO_INT
    return bool(there.any()), bool(there.all())
