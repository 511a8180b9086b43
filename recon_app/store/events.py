"""The audit trail: an append-only chain in which each entry's hash covers the entry before it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from recon_app.store.schema import dump_json, event
from recon_app.store.workspace import Workspace

#: What the first entry has before it.
START = "0" * 64


def now() -> str:
    """The present moment as stored: ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Event:
    """One entry.

    Attributes:
        id: Running number.
        at: When, ISO 8601 in UTC.
        who: Name of the person.
        what: Stable code of what happened.
        on_id: What it happened to: a case, a correction, a setting, an import.
        data: Details.
    """

    id: int
    at: str
    who: str
    what: str
    on_id: str
    data: object


def append(connection: Connection, *, who: str, what: str, on_id: str, data: object) -> None:
    """Add an entry within a write transaction of the ledger, together with what it tells of."""
    last = connection.execute(select(event.c.hash).order_by(event.c.id.desc()).limit(1)).scalar()
    previous = last or START
    at = now()
    connection.execute(
        insert(event).values(
            at=at,
            who=who,
            what=what,
            on_id=on_id,
            data=data,
            previous_hash=previous,
            hash=_hash(previous, at, who, what, on_id, data),
        )
    )


def list_events(ws: Workspace, on_id: str | None = None) -> list[Event]:
    """The entries in order, all of them or those about one thing."""
    query = select(event.c.id, event.c.at, event.c.who, event.c.what, event.c.on_id, event.c.data)
    if on_id is not None:
        query = query.where(event.c.on_id == on_id)
    with ws.ledger.connect() as connection:
        return [Event(*row) for row in connection.execute(query.order_by(event.c.id))]


def verify(ws: Workspace) -> int | None:
    """Check the whole chain; returns the id of the first entry that was changed, None when all hold.

    An entry that was taken out shows at the one after it. Entries cut off at the end do not show.
    """
    previous = START
    with ws.ledger.connect() as connection:
        for row in connection.execute(select(event).order_by(event.c.id)):
            expected = _hash(previous, row.at, row.who, row.what, row.on_id, row.data)
            if row.previous_hash != previous or row.hash != expected:
                return int(row.id)
            previous = row.hash
    return None


def _hash(previous: str, at: str, who: str, what: str, on_id: str, data: object) -> str:
    content = dump_json([previous, at, who, what, on_id, data])
    return hashlib.sha256(content.encode()).hexdigest()
