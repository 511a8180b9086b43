"""The hashes that make the audit trail a chain."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from recon_app.store.schema import dump_json

#: What the first entry has before it.
START = "0" * 64
#: The scans of a count up to one of them, of which the trail holds the digest once the count is closed.
SCANS = (
    "SELECT id, line, verb, quantity, code, at, who, undone_at FROM count_entry "
    "WHERE count = ? AND id <= ? ORDER BY id"
)


def now() -> str:
    """The present moment as stored."""
    return iso(datetime.now(UTC))


def iso(moment: datetime) -> str:
    """A moment in UTC as stored: ISO 8601 to the second."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def rows_digest(rows: Iterable[Sequence[object]]) -> str:
    """Hash of rows of plain values, kept in the trail for rows that have no entries of their own."""
    return hashlib.sha256(dump_json([list(row) for row in rows]).encode()).hexdigest()


def hashed(previous: str, at: str, who: str, what: str, on_id: str, data: str) -> str:
    """Hash of an entry; ``data`` is its JSON as stored."""
    content = f"{dump_json([previous, at, who, what, on_id])[:-1]},{data}]"
    return hashlib.sha256(content.encode()).hexdigest()
