"""The hashes that make the audit trail a chain."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from recon_app.store.schema import dump_json

#: What the first entry has before it.
START = "0" * 64


def now() -> str:
    """The present moment as stored."""
    return iso(datetime.now(UTC))


def iso(moment: datetime) -> str:
    """A moment in UTC as stored: ISO 8601 to the second."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def hashed(previous: str, at: str, who: str, what: str, on_id: str, data: str) -> str:
    """Hash of an entry; ``data`` is its JSON as stored."""
    content = f"{dump_json([previous, at, who, what, on_id])[:-1]},{data}]"
    return hashlib.sha256(content.encode()).hexdigest()
