"""Staging: the rows of one import wait in a file of their own and are published in one short transaction.

So a long import blocks nobody, and a broken one leaves nothing (goal P3). ``staging-<id>.rows`` is written by
this process or, for a big file, by another one. ``staging-<id>.sqlite`` is empty and locked as long as the
import lives: who can lock it knows that the import died.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as driver

from recon_app.models.problem import WorkspaceError
from recon_app.store.database import connect
from recon_app.store.format import Format
from recon_app.store.identity import Batch
from recon_app.store.publish import Check, Counts, Judge, Publication, unhindered
from recon_app.store.rows import ROWS_SETTINGS, Rows, Staged
from recon_app.store.workspace import CACHE, Workspace

_SETTINGS = (
    "synchronous=NORMAL",
    "mmap_size=0",
    "trusted_schema=OFF",
    "cache_size=-16000",
    "wal_autocheckpoint=0",  # nothing could stop it; see :func:`~recon_app.store.database.clear_log`
)


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


def _attached(cache: Path, rows: Path, rest: Path | None = None) -> Any:
    """Connect to the cache with files of rows as ``stage`` and ``rest``."""
    connection = connect(cache)
    try:
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA main.{setting}")
        for path, name in ((rows, "stage"), (rest, "rest")):
            if path is not None:
                connection.execute(f"ATTACH ? AS {name}", (str(path),))
                for setting in ROWS_SETTINGS:
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
