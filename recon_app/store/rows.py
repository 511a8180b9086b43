"""Files of rows: what is read of a file waits in a table of its own until it is published.

The process that reads a file imports this module: nothing here needs SQLAlchemy, which takes long to load.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlcipher3 import dbapi2 as driver

from recon_app.models.record import NO_INT
from recon_app.store.columns import INTEGERS, TYPED, blank, literal
from recon_app.store.identity import Batch, Ints, row_hashes

_AT_ONCE = 1_000  # rows whose values stay in the processor's cache while they are inserted
_PAGE = 16_384  # bytes; fewer, larger pages load faster
#: Of a file of rows; broken ones are thrown away, so nothing waits for the disk.
ROWS_SETTINGS = ("journal_mode=MEMORY", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-16000")


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
        """Insert columns, of which those in ``whole`` have no blanks.

        A value that all rows share stands in the statement: to bind it for each of them takes longer.
        """
        shared = {name: column[0] for name, column in columns.items() if name in whole and _is_one(column)}
        bound = [
            np.asarray(column) if name in INTEGERS else column
            for name, column in columns.items()
            if name not in shared
        ]
        values = ", ".join(
            literal(shared[name]) if name in shared else "?" if name in whole else f"NULLIF(?, {blank(name)})"
            for name in columns
        )
        names = ", ".join(f'"{name}"' for name in columns)
        statement = f"INSERT INTO record (id, key, digest, {names}) VALUES (?, ?, ?, {values})"  # noqa: S608
        ids = np.arange(len(keys)) + self.first + self._count
        for start in range(0, len(keys), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            cells = [_cells(column[part]) for column in (ids, keys, digests, *bound)]
            self._connection.cursor().executemany(statement, zip(*cells, strict=True))

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


def _new_file(path: Path) -> Any:
    """Connect to a fresh file of rows."""
    connection = driver.connect(path, isolation_level=None)
    try:
        path.chmod(0o600)
        for setting in (f"page_size={_PAGE}", *ROWS_SETTINGS):
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


def _filled(name: str, column: Sequence[str] | Ints) -> tuple[bool, bool]:
    """Whether any cell has a value, and whether every cell has."""
    if name not in INTEGERS:
        return any(column), all(column)
    there = np.asarray(column) != NO_INT
    return bool(there.any()), bool(there.all())


def _is_one(column: Sequence[str] | Ints) -> bool:
    """Whether all cells hold the same value, which can stand in SQL: a text with NUL cannot."""
    if column[0] != column[-1] or "\0" in str(column[0]):
        return False
    if isinstance(column, np.ndarray):
        return bool((column == column[0]).all())
    return column.count(column[0]) == len(column)


def _cells(column: Sequence[str] | Ints) -> Sequence[object]:
    """Values as the driver takes them."""
    return column.tolist() if isinstance(column, np.ndarray) else column
