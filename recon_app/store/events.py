"""The audit trail: an append-only chain in which each entry's hash covers the entry before it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from recon_app.store.chain import START, hashed, now
from recon_app.store.schema import dump_json, event
from recon_app.store.workspace import Workspace

__all__ = ["Event", "append", "list_events", "now", "verify"]


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
            hash=hashed(previous, at, who, what, on_id, dump_json(data)),
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

    An entry that was taken out shows at the one after it. Entries cut off at the end do not show, see
    :mod:`~recon_app.store.audit`.
    """
    previous = START
    query = "SELECT id, at, who, what, on_id, data, previous_hash, hash FROM event ORDER BY id"
    with ws.ledger.connect() as connection:
        for number, at, who, what, on_id, data, before, digest in connection.exec_driver_sql(query):
            if before != previous or digest != hashed(previous, at, who, what, on_id, data):
                return int(number)
            previous = digest
    return None
