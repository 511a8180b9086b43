"""Aliases of SKUs in the ledger: proposed, approved or rejected, and never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from recon_app.models.problem import UsageError
from recon_app.store import events
from recon_app.store.database import writing
from recon_app.store.schema import sku_alias
from recon_app.store.workspace import Workspace

PROPOSED, APPROVED, REJECTED = "proposed", "approved", "rejected"


@dataclass(frozen=True)
class AliasRow:
    """One alias with its history.

    Attributes:
        id: Running number.
        shop: SKU in Shopify.
        odoo: SKU in Odoo.
        state: "proposed", "approved" or "rejected".
        why: What speaks for it.
        first: First day on which it counts, days since 1970-01-01; None for ever since.
        last: Last day; None for no end.
        made_at: ISO 8601 in UTC.
        made_by: Who made it; "" for a proposal of the program.
        decided_at: When it was approved or rejected, None before.
        decided_by: Who did.
    """

    id: int
    shop: str
    odoo: str
    state: str
    why: str
    first: int | None
    last: int | None
    made_at: str
    made_by: str
    decided_at: str | None
    decided_by: str | None


def list_aliases(ws: Workspace) -> list[AliasRow]:
    """All aliases in the order they were made."""
    with ws.ledger.connect() as connection:
        rows = connection.execute(select(sku_alias).order_by(sku_alias.c.id)).mappings()
        return [AliasRow(**row) for row in rows]


def propose(ws: Workspace, pairs: Sequence[tuple[str, str, str]], who: str = "") -> list[int]:
    """Keep proposals (SKU in Shopify, SKU in Odoo, why); those that are known in any state are left out."""
    made = []
    with writing(ws.ledger) as connection:
        kept = connection.execute(select(sku_alias.c.shop, sku_alias.c.odoo))
        known = {(row.shop, row.odoo) for row in kept}
        for shop, odoo, why in pairs:
            if (shop, odoo) not in known:
                known.add((shop, odoo))
                made.append(_add(connection, shop, odoo, why, who))
    return made


def approve_pair(
    ws: Workspace, shop: str, odoo: str, why: str, first: int | None, last: int | None, who: str
) -> int:
    """Keep an alias that a person makes; returns its number.

    Raises:
        UsageError: another one of this SKU counts on some of the days.
    """
    with writing(ws.ledger) as connection:
        number = _add(connection, shop, odoo, why, who)
        _approve(connection, number, first, last, who)
    return number


def approve(ws: Workspace, number: int, first: int | None, last: int | None, who: str) -> None:
    """Approve a proposal, or one that was rejected before.

    Raises:
        UsageError: there is none, it is approved, or another one of its SKU counts on some of the days.
    """
    with writing(ws.ledger) as connection:
        _approve(connection, number, first, last, who)


def reject(ws: Workspace, number: int, who: str) -> None:
    """Reject a proposal; it is not made again.

    Raises:
        UsageError: there is none, or it is no proposal.
    """
    with writing(ws.ledger) as connection:
        row = _find(connection, number)
        if row.state != PROPOSED:
            raise UsageError(f"alias {number} is {row.state}; only a proposal can be rejected")
        _decide(connection, row, {"state": REJECTED}, "alias rejected", who)


def end(ws: Workspace, number: int, last: int, who: str) -> None:
    """Give an approved alias its last day; results of earlier days stay as they are.

    Raises:
        UsageError: there is none, it is not approved, or it does not count on that day.
    """
    with writing(ws.ledger) as connection:
        row = _find(connection, number)
        if row.state != APPROVED:
            raise UsageError(f"alias {number} is {row.state}; only an approved one can end")
        if (row.first is not None and last < row.first) or (row.last is not None and last > row.last):
            raise UsageError(
                f"alias {number} does not count on that day; its last day must be one of its days"
            )
        connection.execute(update(sku_alias).where(sku_alias.c.id == number).values(last=last))
        data = {"shop": row.shop, "odoo": row.odoo, "before": row.last, "last": last}
        events.append(connection, who=who, what="alias ended", on_id=f"alias:{number}", data=data)


def _add(connection: Connection, shop: str, odoo: str, why: str, who: str) -> int:
    values = {"shop": shop, "odoo": odoo, "state": PROPOSED, "why": why}
    made = insert(sku_alias).values(**values, made_at=events.now(), made_by=who).returning(sku_alias.c.id)
    number = int(connection.execute(made).scalar_one())
    events.append(connection, who=who, what="alias proposed", on_id=f"alias:{number}", data=values)
    return number


def _approve(connection: Connection, number: int, first: int | None, last: int | None, who: str) -> None:
    row = _find(connection, number)
    if row.state == APPROVED:
        raise UsageError(f"alias {number} is approved already")
    same = select(sku_alias).where(sku_alias.c.shop == row.shop, sku_alias.c.state == APPROVED)
    for other in connection.execute(same).mappings():
        if _meet(first, last, other["first"], other["last"]):
            raise UsageError(
                f"'{row.shop}' is '{other['odoo']}' on some of these days (alias {other['id']}); "
                "end that first"
            )
    _decide(connection, row, {"state": APPROVED, "first": first, "last": last}, "alias approved", who)


def _meet(first: int | None, last: int | None, other_first: int | None, other_last: int | None) -> bool:
    """Whether two stretches of days have one in common; None is without limit."""
    starts_in_time = first is None or other_last is None or first <= other_last
    return starts_in_time and (last is None or other_first is None or other_first <= last)


def _decide(connection: Connection, row: AliasRow, values: dict[str, object], what: str, who: str) -> None:
    decided = {**values, "decided_at": events.now(), "decided_by": who}
    connection.execute(update(sku_alias).where(sku_alias.c.id == row.id).values(**decided))
    data = {"shop": row.shop, "odoo": row.odoo, **values}
    events.append(connection, who=who, what=what, on_id=f"alias:{row.id}", data=data)


def _find(connection: Connection, number: int) -> AliasRow:
    row = connection.execute(select(sku_alias).where(sku_alias.c.id == number)).mappings().first()
    if row is None:
        raise UsageError(f"there is no alias {number}")
    return AliasRow(**row)
