"""Merge staged rows into the cache: new ones are added, moved-on ones updated, contradictions noted.

Works on a connection to the cache that has the staging file attached as ``stage``; see
:mod:`recon_app.store.staging`. What a row is, is decided by :mod:`recon_app.store.identity`; what differs in
it, field by field in SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

import numpy as np
from sqlcipher3 import dbapi2 as driver

from recon_app.store.absent import Ranges, missing_notes, replace_state
from recon_app.store.aside import settle_extra, take_over
from recon_app.store.columns import COLUMNS, NAMES, columns, selected
from recon_app.store.format import Format
from recon_app.store.identity import Identified, Ints, Repeated, Stored, identify, repeated, row_hashes
from recon_app.store.schema import dump_json

_CONFLICT, _PROGRESS = "conflict", "progress"
_CHUNK = 20_000
_STEPS = 50_000  # of SQLite's machine: some hundredths of a second where rows are copied
_DIFFERING = "stage.verdict v JOIN stage.record s ON s.id = v.staged JOIN main.record r ON r.id = v.record"


@dataclass(frozen=True)
class Counts:
    """What an import did, in data records.

    Attributes:
        rows: How many the file holds.
        added: New ones.
        known: Those that were there already.
        changed: Those with a known key and other values.
        gone: Stored ones that are no longer there.
        notes: What is to be said of records that the file should hold and does not.
    """

    rows: int
    added: int
    known: int
    changed: int
    gone: int = 0
    notes: tuple[str, ...] = ()


def _with_counts(summary: Mapping[str, object], counts: Counts) -> dict[str, object]:
    """What the ledger is to say of a file; of what is gone it keeps the notes."""
    values = asdict(counts)
    del values["gone"]
    told = summary.get("notes", [])
    notes = [*(told if isinstance(told, list) else []), *values.pop("notes")]
    return {**summary, **values, "notes": notes}


@dataclass(frozen=True)
class Overlap:
    """What of a file is in the workspace already, and what is in the file twice.

    Attributes:
        known: How many rows have a known key.
        row: Number of the first of them.
        conflicts: How many rows contradict what is there.
        conflict_row: Number of the first of them.
        fields: The fields in which it does.
        gone: How many stored records are no longer there after it.
        repeated: Rows that repeat earlier ones of the file, with the numbers of their records.
    """

    known: int
    row: int
    conflicts: int
    conflict_row: int
    fields: tuple[str, ...]
    gone: int = 0
    repeated: Repeated | None = None


#: Looks whether the work is still wanted; raises if it is not.
Check = Callable[[], None]


def unhindered() -> None:
    """The check of work that nobody stops."""


#: Looks at an overlap before it is published; raises to have nothing published.
Judge = Callable[[Overlap], None]


@contextmanager
def _interruptible(connection: Any, check: Callable[[], None]) -> Iterator[None]:
    """Call ``check`` many times a second while SQLite works; what it raises ends the work and comes out."""
    raised: list[BaseException] = []

    def look() -> int:
        try:
            check()
        except BaseException as error:  # noqa: BLE001 - raised again outside of SQLite
            raised.append(error)
        return len(raised)

    connection.set_progress_handler(look, _STEPS)
    try:
        yield
    except driver.Error:
        if raised:
            raise raised[0] from None
        raise
    finally:
        connection.set_progress_handler(None, 0)


@dataclass(frozen=True)
class Publication:
    """One staged file on its way into the cache.

    Attributes:
        connection: Driver connection to the cache with the staging file as ``stage``.
        import_id: Id of the import in the ledger.
        sha256: Hash of the file.
        form: What the store must know of the source.
        present: Fields that the file has.
        judge: Looks at an overlap first.
        check: Called many times a second; raises to have nothing published.
        is_part: Whether the file is known to leave records out, so that none are missed.
        first: Id of the first staged row.
        rest: Where a second file of rows is attached as ``rest``, the id that its first row has, and the one
            that it would have behind the rows of ``stage``.
    """

    connection: Any
    import_id: int
    sha256: str
    form: Format
    present: frozenset[str]
    judge: Judge | None = None
    check: Check = unhindered
    is_part: bool = False
    first: int = 1
    rest: tuple[int, int] | None = None

    def publish(
        self, keys: Ints, digests: Ints, summary: dict[str, object], complete: Check = unhindered
    ) -> Counts:
        """Merge in one transaction.

        Args:
            keys: Keys of the staged rows without twin ordinals, in staging order.
            digests: Their digests.
            summary: Kept in ``loaded`` together with the counts, until the ledger has it.
            complete: Called before the end; raises to have nothing published.
        """
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            with _interruptible(self.connection, self.check):
                counts = self._merge(keys, digests, summary)
            complete()
        except BaseException:
            if self.connection.in_transaction:  # SQLite itself rolls back what is interrupted
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        return counts

    def _merge(self, keys: Ints, digests: Ints, summary: dict[str, object]) -> Counts:
        ranges = self._ranges()
        rows = identify(keys, digests, self._stored(ranges))
        files = ["stage"] if self.rest is None else ["stage", "rest"]
        if self.rest and (ranges or self.form.snapshot or (rows.keys != keys).any()):
            self._take_in(self.rest[1] - self.rest[0])
            files = ["stage"]
        self._set_keys(keys, rows)
        if self.form.looks_back and ranges:
            self._note_seen(rows)
            take_over(self.connection, self.present.intersection(self.form.aside_fields))
        changed = self._changes(rows, ranges)
        gone, notes = self._miss(ranges)
        joined = repeated(keys, digests) if self.judge is not None and (rows.keys != keys).any() else None
        if self.judge is not None and (gone or joined or not rows.is_new.all()):
            self.judge(self._overlap(rows, gone, joined))
        first, last = self._append(rows, files)
        added = last - first + 1
        counts = Counts(len(keys), added, len(keys) - added - changed, changed, gone, tuple(notes))
        self.connection.execute(
            "INSERT INTO main.loaded (import_id, sha256, source, first_id, last_id, summary) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                self.import_id,
                self.sha256,
                self.form.source,
                first,
                last,
                dump_json(_with_counts(summary, counts)),
            ),
        )
        return counts

    def _note_seen(self, rows: Identified) -> None:
        """Note which stored records the file holds, and in which rows."""
        staged = np.flatnonzero(~rows.is_new)
        self.connection.executemany(
            "INSERT INTO stage.seen (record, staged) VALUES (?, ?)",
            zip(rows.ids[staged].tolist(), (staged + self.first).tolist(), strict=True),
        )

    def _miss(self, ranges: Ranges) -> tuple[int, list[str]]:
        """How many records are gone with this file, and what is to be said of those it lacks."""
        if self.is_part:
            return 0, []
        if self.form.snapshot:
            lost = replace_state(
                self.connection, self.import_id, self.form.source, self.form.snapshot, ranges
            )
            return lost.gone, lost.notes
        if self.form.covers and ranges:
            return 0, missing_notes(self.connection, self.form.covers, ranges)
        return 0, []

    def _overlap(self, rows: Identified, gone: int, joined: Repeated | None) -> Overlap:
        """What is known, and what contradicts; to be asked when the changes are noted."""
        known = np.flatnonzero(~rows.is_new)
        conflicts = self.connection.execute(
            "SELECT s.row, v.mask FROM stage.verdict v JOIN stage.record s ON s.id = v.staged "
            "WHERE v.kind = ? AND v.mask <> 0 ORDER BY v.staged",
            (_CONFLICT,),
        ).fetchall()
        first, mask = conflicts[0] if conflicts else (0, 0)
        fields = tuple(name for bit, name in enumerate(self._compared()) if mask >> bit & 1)
        row = self._row(int(known[0]) if len(known) else 0)
        told = joined and Repeated(self._row(joined.first), self._row(joined.of), joined.count)
        return Overlap(len(known), row, len(conflicts), first, fields, gone, told)

    def _row(self, index: int) -> int:
        """Number of the data record of a staged row."""
        found = self.connection.execute("SELECT row FROM stage.record WHERE id = ?", (self.first + index,))
        return int(found.fetchone()[0])

    def _compared(self) -> list[str]:
        return [name for name in NAMES if name in self.present and name not in self._uncompared]

    @property
    def _uncompared(self) -> tuple[str, ...]:
        return ("row", *self.form.aside_fields)

    def _ranges(self) -> Ranges:
        """First and last ids of what the cache has of this source."""
        found = self.connection.execute(
            "SELECT first_id, last_id FROM main.loaded WHERE source = ? AND last_id >= first_id",
            (self.form.source,),
        )
        return [(int(first), int(last)) for first, last in found]

    def _stored(self, ranges: Ranges) -> Stored:
        """Everything the cache has of this source."""
        parts = [np.zeros((0, 3), np.int64)]
        for first, last in ranges:
            found = self.connection.execute(
                "SELECT key, digest, id FROM main.record WHERE id BETWEEN ? AND ?", (first, last)
            )
            parts.append(np.fromiter(chain.from_iterable(found), np.int64).reshape(-1, 3))
        table = np.concatenate(parts)
        return Stored.of(*(np.ascontiguousarray(table[:, column]) for column in range(3)))

    def _set_keys(self, keys: Ints, rows: Identified) -> None:
        """Write the keys that twins got."""
        staged = np.flatnonzero(rows.keys != keys)
        self.connection.executemany(
            "UPDATE stage.record SET key = ? WHERE id = ?",
            zip(rows.keys[staged].tolist(), (staged + self.first).tolist(), strict=True),
        )

    def _take_in(self, shift: int) -> None:
        """Add the rows of the second file to those of the first."""
        self.connection.execute(
            f"INSERT INTO stage.record (id, {COLUMNS}, key, digest) "  # noqa: S608
            f"SELECT id + ?, {COLUMNS}, key, digest FROM rest.record ORDER BY id",
            (shift,),
        )

    def _append(self, rows: Identified, files: Sequence[str]) -> tuple[int, int]:
        """Add the new rows of the attached files; returns the first and last id they got."""
        first = self.connection.execute("SELECT coalesce(max(id), 0) + 1 FROM main.record").fetchone()[0]
        known = np.flatnonzero(~rows.is_new)
        where = ""
        if len(known) == len(rows.keys):
            return first, first - 1
        if len(known):
            self.connection.execute("CREATE TABLE stage.known (id INTEGER PRIMARY KEY) STRICT")
            self.connection.executemany(
                "INSERT INTO stage.known VALUES (?)", ((row,) for row in (known + self.first).tolist())
            )
            where = "WHERE id NOT IN (SELECT id FROM stage.known)"
        for file in files:
            if not where and first == self.first and (len(files) == 1 or self._follows):
                # without names of columns SQLite copies rows as they are (its transfer optimization): their
                # ids are those to be given
                self.connection.execute(f"INSERT INTO main.record SELECT * FROM {file}.record")  # noqa: S608
            else:
                self.connection.execute(
                    f"INSERT INTO main.record ({COLUMNS}, key, digest) "  # noqa: S608
                    f"SELECT {COLUMNS}, key, digest FROM {file}.record {where} ORDER BY id"
                )
        return first, first + len(rows.keys) - len(known) - 1

    @property
    def _follows(self) -> bool:
        return self.rest is not None and self.rest[0] == self.rest[1]

    def _changes(self, rows: Identified, ranges: Ranges) -> int:
        """Apply progress and note conflicts among the rows that differ; returns how many there are."""
        staged = np.flatnonzero(rows.differs)
        if not len(staged):
            return 0
        self.connection.executemany(
            "INSERT INTO stage.verdict (staged, record) VALUES (?, ?)",
            zip((staged + self.first).tolist(), rows.ids[staged].tolist(), strict=True),
        )
        if self.form.aside_keys and "extra" in self.present:
            self._renew_digests(settle_extra(self.connection, self.form.aside_keys, ranges))
        compared = self._compared()
        verdicts = self._verdicts(compared)
        for kind, mask in verdicts:
            names = [name for bit, name in enumerate(compared) if mask >> bit & 1]
            self._note(kind, mask, names)
            if kind == _PROGRESS:
                self._update(mask, names)
        if any(kind == _PROGRESS for kind, _ in verdicts):
            updated = self.connection.execute(
                "SELECT record FROM stage.verdict WHERE kind = ? AND mask <> 0", (_PROGRESS,)
            )
            self._renew_digests([number for (number,) in updated])
        found = self.connection.execute("SELECT count(*) FROM stage.verdict WHERE mask <> 0").fetchone()
        return int(found[0])

    def _verdicts(self, compared: list[str]) -> list[tuple[str, int]]:
        """Judge each differing row; returns the distinct (kind, bits of ``compared`` that differ).

        A field that moves on, or that was blank and is filled, is progress; anything else is a conflict.
        """
        differs = [f'(s."{name}" IS NOT r."{name}")' for name in compared]
        contradicts = [
            f'(s."{name}" IS NOT r."{name}" AND r."{name}" IS NOT NULL)'
            for name in compared
            if name not in self.form.progress
        ]
        mask = " | ".join(f"({test} << {bit})" for bit, test in enumerate(differs)) or "0"
        conflict = " OR ".join(contradicts) or "0"
        self.connection.execute(
            f"UPDATE stage.verdict SET mask = j.mask, kind = iif(j.conflict, '{_CONFLICT}', '{_PROGRESS}') "  # noqa: S608
            f"FROM (SELECT v.staged AS id, {mask} AS mask, {conflict} AS conflict FROM {_DIFFERING}) AS j "
            "WHERE j.id = verdict.staged"
        )
        return list(
            self.connection.execute(
                "SELECT DISTINCT kind, mask FROM stage.verdict WHERE mask <> 0"
            ).fetchall()
        )

    def _note(self, kind: str, mask: int, names: list[str]) -> None:
        before, after = (", ".join(f"'{name}', {table}.\"{name}\"" for name in names) for table in ("r", "s"))
        self.connection.execute(
            "INSERT INTO main.change (record_id, import_id, row, kind, before, after) "  # noqa: S608
            f"SELECT r.id, ?, s.row, v.kind, json_object({before}), json_object({after}) "
            f"FROM {_DIFFERING} WHERE v.kind = ? AND v.mask = ? ORDER BY v.staged",
            (self.import_id, kind, mask),
        )

    def _update(self, mask: int, names: list[str]) -> None:
        values = ", ".join(f'"{name}" = s."{name}"' for name in names)
        self.connection.execute(
            f"UPDATE main.record SET {values} "  # noqa: S608
            "FROM stage.verdict v JOIN stage.record s ON s.id = v.staged "
            "WHERE v.record = main.record.id AND v.kind = ? AND v.mask = ?",
            (_PROGRESS, mask),
        )

    def _renew_digests(self, ids: Sequence[int]) -> None:
        """Hash updated records again, so that a digest always describes what is stored."""
        self.connection.execute("DELETE FROM stage.updated")
        self.connection.executemany("INSERT INTO stage.updated VALUES (?)", ((number,) for number in ids))
        updated = self.connection.execute(
            f"SELECT id, {selected(NAMES)} FROM main.record WHERE id IN "  # noqa: S608
            "(SELECT id FROM stage.updated)"
        )
        while rows := updated.fetchmany(_CHUNK):
            batch = columns(("id", *NAMES), rows)
            numbers = batch.pop("id")
            _, digests = row_hashes(batch, self.form.key, self.form.source, self.form.aside_fields)
            self.connection.executemany(
                "UPDATE main.record SET digest = ? WHERE id = ?",
                zip(digests.tolist(), numbers.tolist(), strict=True),
            )
