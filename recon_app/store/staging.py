"""A staging file: takes the rows of one import and publishes them in one short transaction.

The rows go to ``staging-<id>.sqlite`` first, so that a long import blocks nobody and a broken one leaves
nothing (goal P3). The file is locked as long as its import lives: who can lock it knows that the import died.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sqlcipher3 import dbapi2 as driver

from recon_app.models.problem import WorkspaceError
from recon_app.models.record import NO_INT
from recon_app.store.columns import INTEGERS, TYPED, blank
from recon_app.store.database import connect
from recon_app.store.identity import Batch, Ints, row_hashes
from recon_app.store.publish import Counts, Publication
from recon_app.store.workspace import CACHE, Workspace

_PAGE = 16_384  # bytes; fewer, larger pages load faster
_SETTINGS = ("synchronous=NORMAL", "mmap_size=0", "trusted_schema=OFF", "cache_size=-16000")
#: A broken staging file is thrown away, so nothing waits for the disk.
_STAGE_SETTINGS = (
    f"page_size={_PAGE}",
    "journal_mode=MEMORY",
    "synchronous=OFF",
    "locking_mode=EXCLUSIVE",
    "cache_size=-16000",
)


def staging_path(ws: Workspace, import_id: int) -> Path:
    """The staging file of an import."""
    return ws.folder / f"staging-{import_id}.sqlite"


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
        source: Id of the source that reads the file.
        key: Fields that identify a record.
        progress: Fields that may move on in a later file.

    Attributes:
        rows: Records taken so far.
        period: First and last booking day of them, None when no record has one.
    """

    def __init__(
        self,
        ws: Workspace,
        import_id: int,
        sha256: str,
        source: str,
        key: Sequence[str],
        progress: Sequence[str],
    ) -> None:
        self._path = staging_path(ws, import_id)
        self._import_id = import_id
        self._sha256 = sha256
        self._source = source
        self._key = tuple(key)
        self._progress = frozenset(progress)
        self._keys: list[Ints] = []
        self._digests: list[Ints] = []
        self._present: set[str] = set()
        self.rows = 0
        self.period: tuple[int, int] | None = None
        self._connection = _opened(ws.folder / CACHE, self._path)

    def add(self, batch: Batch) -> None:
        """Take a batch of normalised rows; columns that are blank throughout are left out."""
        count = len(batch["row"])
        if not count:
            return
        filled = {name: _filled(name, column) for name, column in batch.items()}
        columns = {name: column for name, column in batch.items() if filled[name][0]}
        whole = {name for name in columns if filled[name][1]}
        keys, digests = row_hashes(columns, self._key, self._source)
        self._insert(columns, whole, keys, digests)
        self._keys.append(keys)
        self._digests.append(digests)
        self._present.update(columns)
        self.rows += count
        if "day" in columns:
            self._widen_period(np.asarray(columns["day"], dtype=np.int64))

    def _insert(self, columns: Batch, whole: set[str], keys: Ints, digests: Ints) -> None:
        """Insert columns, of which those in ``whole`` have no blanks."""
        values = ", ".join("?" if name in whole else f"NULLIF(?, {blank(name)})" for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        ids = range(self.rows + 1, self.rows + len(keys) + 1)
        cells = [
            np.asarray(column).tolist() if name in INTEGERS else column for name, column in columns.items()
        ]
        self._connection.cursor().executemany(
            f"INSERT INTO stage.record (id, key, digest, {names}) VALUES (?, ?, ?, {values})",  # noqa: S608
            zip(ids, keys.tolist(), digests.tolist(), *cells, strict=True),
        )

    def _widen_period(self, days: Ints) -> None:
        days = days[days != NO_INT]
        if len(days):
            first, last = int(days.min()), int(days.max())
            known = self.period or (first, last)
            self.period = (min(first, known[0]), max(last, known[1]))

    def publish(self, summary: dict[str, object]) -> Counts:
        """Make the rows visible: all of them at once, or none.

        Args:
            summary: What the ledger is to say about the file; the counts and the period are added to it.
        """
        self._connection.execute("COMMIT")
        publication = Publication(
            self._connection,
            self._import_id,
            self._sha256,
            self._source,
            self._key,
            self._progress,
            frozenset(self._present),
        )
        first, last = self.period or (None, None)
        return publication.publish(
            _joined(self._keys),
            _joined(self._digests),
            {**summary, "period_from": first, "period_to": last},
        )

    def close(self) -> None:
        """Drop the staging file, published or not."""
        self._connection.close()
        self._path.unlink(missing_ok=True)


def _opened(cache: Path, staging: Path) -> Any:
    """Connect to the cache with a fresh, locked staging file as ``stage``."""
    if staging.exists():
        if is_alive(staging):
            raise WorkspaceError("another window is reading this file; wait for it to end")
        staging.unlink()
    connection = connect(cache)
    try:
        connection.execute("ATTACH ? AS stage", (str(staging),))
        staging.chmod(0o600)
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA main.{setting}")
        for setting in _STAGE_SETTINGS:
            connection.execute(f"PRAGMA stage.{setting}")
        connection.execute(
            f"CREATE TABLE stage.record (id INTEGER PRIMARY KEY, {TYPED}, "
            "key INTEGER NOT NULL, digest INTEGER NOT NULL) STRICT"
        )
        connection.execute(
            "CREATE TABLE stage.verdict (staged INTEGER PRIMARY KEY, record INTEGER NOT NULL, "
            "kind TEXT, mask INTEGER) STRICT"
        )
        connection.execute("BEGIN")
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


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
