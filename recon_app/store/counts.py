"""Stock counts in the ledger: each scan is a row of its own, committed before the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, func, insert, select, update

from recon_app.models.problem import UsageError
from recon_app.store import events
from recon_app.store.chain import SCANS, rows_digest
from recon_app.store.database import writing
from recon_app.store.schema import count_decision, count_entry, count_line, event, stock_count
from recon_app.store.workspace import Workspace

OPEN, RECOUNT, CLOSED, CANCELLED = "open", "recount", "closed", "cancelled"
ADD, SET = "add", "set"
_LAST = 2**62


@dataclass(frozen=True)
class Count:
    """One count.

    Attributes:
        id: As printed on its sheets.
        title: What a person calls it.
        state: "open", "recount", "closed" or "cancelled".
        made_at: ISO 8601 in UTC.
        made_by: Who made it.
        changed_at: When its state changed last, ISO 8601 in UTC.
        book_at: When the book of its lines was exported, seconds in UTC.
        scope: What its lines were chosen by.
    """

    id: str
    title: str
    state: str
    made_at: str
    made_by: str
    changed_at: str
    book_at: int
    scope: dict[str, object]


@dataclass(frozen=True)
class Line:
    """One product at one place.

    Attributes:
        line: Number on the sheet, from 1.
        ident: External id of the quant, "" where the export does not have it.
        sku: Product code, "" for a product without one.
        name: What a product without a code is called, else "".
        barcode: Barcode, "" for none.
        product: Name of the product.
        location: Complete name of the place.
        lot: Lot or serial number.
        package: Package.
        owner: Owner, "" for the company itself.
        unit: Unit of measure.
        book: Millionths when the count was made; None for what was found where the book has nothing.
    """

    line: int
    ident: str
    sku: str
    name: str
    barcode: str
    product: str
    location: str
    lot: str
    package: str
    owner: str
    unit: str
    book: int | None

    @property
    def place(self) -> tuple[str, ...]:
        """What tells the stock of this line from all other stock."""
        return (self.sku, self.name, self.location, self.lot, self.package, self.owner)


@dataclass(frozen=True)
class Entry:
    """One scan or typed quantity.

    Attributes:
        id: Running number.
        line: Line it counts for.
        verb: "add", or "set" for a quantity that replaces what this person had before.
        quantity: Millionths.
        code: What was scanned.
        at: ISO 8601 in UTC.
        who: Who counted.
        undone: Whether it was taken back.
    """

    id: int
    line: int
    verb: str
    quantity: int
    code: str
    at: str
    who: str
    undone: bool = False


@dataclass(frozen=True)
class Decision:
    """What a person decided about a line: "recount", "take" or "approve".

    Attributes:
        id: Running number.
        line: The line.
        verb: What was decided.
        value: Details.
        at: ISO 8601 in UTC.
        who: Who decided.
    """

    id: int
    line: int
    verb: str
    value: dict[str, object]
    at: str
    who: str


def add_count(ws: Workspace, count: Count, lines: Sequence[Line]) -> None:
    """Keep a new count with its lines."""
    with writing(ws.ledger) as connection:
        connection.execute(insert(stock_count).values(**asdict(count)))
        connection.execute(insert(count_line), [{"count": count.id, **asdict(line)} for line in lines])
        data = {"title": count.title, "lines": len(lines), "scope": count.scope, "book_at": count.book_at}
        events.append(connection, who=count.made_by, what="count made", on_id=count.id, data=data)


def list_counts(ws: Workspace) -> list[Count]:
    """All counts, the newest first."""
    query = select(stock_count).order_by(stock_count.c.made_at.desc(), stock_count.c.id)
    with ws.ledger.connect() as connection:
        return [Count(**row) for row in connection.execute(query).mappings()]


def find_count(ws: Workspace, count: str) -> Count:
    """One count.

    Raises:
        UsageError: there is none with this id.
    """
    with ws.ledger.connect() as connection:
        return _found(connection, count)


def _found(connection: Connection, count: str) -> Count:
    row = connection.execute(select(stock_count).where(stock_count.c.id == count)).mappings().first()
    if row is None:
        raise UsageError(f"there is no count {count!r}; copy its number from the sheet")
    return Count(**row)


def lines_of(ws: Workspace, count: str) -> list[Line]:
    """The lines of a count in the order of its sheet."""
    query = select(count_line).where(count_line.c.count == count).order_by(count_line.c.line)
    with ws.ledger.connect() as connection:
        rows = connection.execute(query).mappings().all()
    return [Line(**{name: value for name, value in row.items() if name != "count"}) for row in rows]


def add_line(ws: Workspace, count: str, line: Line, who: str) -> Line:
    """Add a line for what was found where the book has nothing, behind the others of an open count.

    Raises:
        UsageError: the count is not open.
    """
    with writing(ws.ledger) as connection:
        _must_be(_found(connection, count), OPEN)
        mine = count_line.c.count == count
        last = connection.execute(select(func.max(count_line.c.line)).where(mine)).scalar() or 0
        added = Line(**{**asdict(line), "line": last + 1})
        connection.execute(insert(count_line).values(count=count, **asdict(added)))
        data = {"line": added.line, "product": added.product, "location": added.location}
        events.append(connection, who=who, what="count line added", on_id=count, data=data)
    return added


def entries_of(ws: Workspace, count: str, line: int | None = None) -> list[Entry]:
    """All entries of a count, or of one line, in their order, also those taken back."""
    query = select(count_entry).where(count_entry.c.count == count).order_by(count_entry.c.id)
    if line is not None:
        query = query.where(count_entry.c.line == line)
    with ws.ledger.connect() as connection:
        return [
            Entry(row.id, row.line, row.verb, row.quantity, row.code, row.at, row.who, bool(row.undone_at))
            for row in connection.execute(query)
        ]


def add_entry(ws: Workspace, count: str, line: int, verb: str, quantity: int, code: str, who: str) -> Entry:
    """Keep one scan; it is on the disk when this returns.

    Raises:
        UsageError: nothing can be counted there any more.
    """
    at = events.now()
    with writing(ws.ledger) as connection:
        _must_be(_found(connection, count), OPEN, RECOUNT)
        made = connection.execute(
            insert(count_entry).values(
                count=count, line=line, verb=verb, quantity=quantity, code=code, at=at, who=who
            )
        )
    return Entry(made.lastrowid, line, verb, quantity, code, at, who)


def undo_entry(ws: Workspace, count: str, who: str) -> Entry | None:
    """Take back the newest entry of a person that stands; None when there is none.

    Raises:
        UsageError: nothing can be counted there any more.
    """
    mine = (count_entry.c.count == count) & (count_entry.c.who == who) & count_entry.c.undone_at.is_(None)
    with writing(ws.ledger) as connection:
        found = _found(connection, count)
        _must_be(found, OPEN, RECOUNT)
        if found.state == RECOUNT:  # what was counted before the count was closed stays
            mine &= count_entry.c.id > _last_closed(connection, count)
        row = connection.execute(
            select(count_entry).where(mine).order_by(count_entry.c.id.desc()).limit(1)
        ).first()
        if row is None:
            return None
        connection.execute(
            update(count_entry).where(count_entry.c.id == row.id).values(undone_at=events.now())
        )
    return Entry(row.id, row.line, row.verb, row.quantity, row.code, row.at, row.who, undone=True)


def _last_closed(connection: Connection, count: str) -> int:
    """The last scan that the trail vouches for since the count was closed."""
    closed = select(event.c.data).where(event.c.on_id == count, event.c.what == f"count {CLOSED}")
    data: dict[str, int] = connection.execute(closed.order_by(event.c.id.desc()).limit(1)).scalar_one()
    return data["last"]


def set_state(
    ws: Workspace, count: str, state: str, who: str, data: dict[str, object], *allowed: str
) -> None:
    """Move a count on.

    Raises:
        UsageError: it is in none of the ``allowed`` states.
    """
    with writing(ws.ledger) as connection:
        _must_be(_found(connection, count), *allowed)
        connection.execute(
            update(stock_count).where(stock_count.c.id == count).values(state=state, changed_at=events.now())
        )
        if state == CLOSED:
            scans = connection.exec_driver_sql(SCANS, (count, _LAST)).all()
            data = {**data, "last": max((row[0] for row in scans), default=0), "digest": rows_digest(scans)}
        events.append(connection, who=who, what=f"count {state}", on_id=count, data=data)


def decide(ws: Workspace, count: str, verb: str, values: dict[int, dict[str, object]], who: str) -> None:
    """Keep decisions about lines."""
    at = events.now()
    rows = [
        {"count": count, "line": line, "verb": verb, "value": value, "at": at, "who": who}
        for line, value in values.items()
    ]
    with writing(ws.ledger) as connection:
        connection.execute(insert(count_decision), rows)
        data = {str(line): value for line, value in values.items()}
        events.append(connection, who=who, what=f"count line {verb}", on_id=count, data=data)


def decisions_of(ws: Workspace, count: str) -> list[Decision]:
    """All decisions about the lines of a count in their order."""
    query = select(count_decision).where(count_decision.c.count == count).order_by(count_decision.c.id)
    with ws.ledger.connect() as connection:
        return [
            Decision(row.id, row.line, row.verb, row.value, row.at, row.who)
            for row in connection.execute(query)
        ]


def note(ws: Workspace, count: str, what: str, data: dict[str, object], who: str) -> None:
    """Tell the audit trail of something that was done with a count."""
    with writing(ws.ledger) as connection:
        events.append(connection, who=who, what=what, on_id=count, data=data)


def _must_be(count: Count, *states: str) -> None:
    if count.state not in states:
        raise UsageError(f"the count {count.id} is {count.state}; it must be {' or '.join(states)} for this")
