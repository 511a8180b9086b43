"""Records that a file should still hold and does not.

A list of stock is a state: what is no longer in the list of a place is gone. It stays in the cache for old
cases, is read by no run, and comes back with a later file that has it again. Payments and entries are events:
those of the same days and accounts that a later file lacks are only named, for a filter may hide them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recon_app.store.schema import record

Ranges = Sequence[tuple[int, int]]
_UNSEEN = "r.id BETWEEN ? AND ? AND r.id NOT IN (SELECT record FROM stage.seen)"
_SHOWN = 3


@dataclass(frozen=True)
class Lost:
    """What became of the records of the places in a file.

    Attributes:
        gone: How many are no longer there.
        back: How many were gone and are there again.
    """

    gone: int = 0
    back: int = 0

    @property
    def notes(self) -> list[str]:
        """What the user should know."""
        notes = []
        if self.gone:
            notes.append(f"Records that are no longer there: {self.gone}; runs leave them out")
        if self.back:
            notes.append(f"Records that were gone and are there again: {self.back}")
        return notes


def replace_state(connection: Any, import_id: int, source: str, field: str, ranges: Ranges) -> Lost:
    """Mark what is gone from the places that the staged file holds, and what is back.

    Args:
        connection: To the cache, with the staging file as ``stage`` and its known rows in ``stage.seen``.
        import_id: Id of the import.
        source: Id of the source.
        field: The field that names the place.
        ranges: First and last ids of the stored records of the source.
    """
    place = f"coalesce({{}}.\"{record.c[field].name}\", '')"
    connection.execute(
        f"CREATE TABLE stage.place AS SELECT DISTINCT {place.format('s')} AS name FROM stage.record s"  # noqa: S608
    )
    connection.execute(
        "INSERT OR REPLACE INTO main.held (source, place, import_id) SELECT ?, name, ? FROM stage.place",
        (source, import_id),
    )
    back = connection.execute("DELETE FROM main.gone WHERE record_id IN (SELECT record FROM stage.seen)")
    gone = [
        connection.execute(
            "INSERT OR IGNORE INTO main.gone (record_id, import_id) "  # noqa: S608
            f"SELECT r.id, ? FROM main.record r WHERE {_UNSEEN} "
            f"AND {place.format('r')} IN (SELECT name FROM stage.place)",
            (import_id, *each),
        ).rowcount
        for each in ranges
    ]
    return Lost(sum(gone), back.rowcount)


def missing_notes(connection: Any, field: str, ranges: Ranges) -> list[str]:
    """Name stored records of the accounts and days of the staged file that it does not hold.

    A file that lacks more of them than it has is a filtered list, of which nothing can be said.
    """
    account = f"coalesce({{}}.\"{record.c[field].name}\", '')"
    connection.execute(
        f"CREATE TABLE stage.span AS SELECT {account.format('s')} AS account, min(s.day) AS first, "  # noqa: S608
        "max(s.day) AS last FROM stage.record s WHERE s.day IS NOT NULL GROUP BY 1"
    )
    connection.execute("CREATE UNIQUE INDEX stage.span_account ON span (account)")
    count, names = 0, list[str]()
    for each in ranges:
        rows = connection.execute(
            f"SELECT coalesce(r.grp, r.ref, '') FROM main.record r JOIN stage.span p "  # noqa: S608
            f"ON p.account = {account.format('r')} AND r.day BETWEEN p.first AND p.last WHERE {_UNSEEN}",
            each,
        )
        for (name,) in rows:
            count += 1
            if name and name not in names and len(names) < _SHOWN:
                names.append(name)
    seen = connection.execute("SELECT count(*) FROM stage.seen").fetchone()[0]
    if not count or count > seen:
        return []
    shown = f" ({', '.join(names)}{', ...' if count > len(names) else ''})" if names else ""
    note = f"Records of the same days that earlier files had and this one has not: {count}{shown}; runs still"
    return [f"{note} see them. If they were deleted or reset to draft, take the earlier file out"]
