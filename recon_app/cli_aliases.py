"""The command for aliases of SKUs."""

from __future__ import annotations

import argparse
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from recon_app.cli import DONE, argument, at_most, command, printable
from recon_app.models.problem import UsageError

if TYPE_CHECKING:
    from recon_app.store.aliases import AliasRow
    from recon_app.store.workspace import Workspace

_EPOCH = date(1970, 1, 1)
_ACTIONS = ("list", "propose", "approve", "reject", "end")


@command(
    "alias",
    "say which SKU of Shopify is which of Odoo: list, propose, approve, reject, end",
    argument("action", choices=_ACTIONS),
    argument(
        "values",
        nargs="*",
        metavar="NUMBER|SHOP ODOO",
        help="an alias, or for approve the two SKUs themselves",
    ),
    argument("--by", default="", metavar="NAME", help="who decides it"),
    argument("--from", dest="first", default="", metavar="YYYY-MM-DD", help="first day on which it counts"),
    argument("--until", dest="last", default="", metavar="YYYY-MM-DD", help="last day on which it counts"),
    argument("--why", default="", metavar="TEXT", help="why, for an alias that you make"),
)
def alias(ws: Workspace, given: argparse.Namespace) -> int:
    """Do one step and show the aliases that it is about."""
    rows = _done(ws, given)
    if given.json:
        print(json.dumps({"schema": "recon/alias/1", "aliases": [_json(row) for row in rows]}))
    else:
        for row in rows:
            print(printable(_line(row)))
    return DONE


def _done(ws: Workspace, given: argparse.Namespace) -> list[AliasRow]:
    from recon_app.services import aliases as service

    if given.action in ("list", "propose"):
        at_most(given.values, 0)
    if given.action == "list":
        return service.listed(ws)
    if given.action == "propose":
        return service.propose(ws)[0]
    first, last = _day(given.first), _day(given.last)
    if given.action == "approve" and len(given.values) == 2:
        shop, odoo = given.values
        number, _ = service.approve_pair(ws, shop, odoo, given.by, given.why, first, last)
    else:
        number = _number(given)
        if given.action == "approve":
            service.approve(ws, number, given.by, first, last)
        elif given.action == "reject":
            service.reject(ws, number, given.by)
        elif last is None:
            raise UsageError("say with --until on which day it counts for the last time")
        else:
            service.end(ws, number, given.by, last)
    return [row for row in service.listed(ws) if row.id == number]


def _number(given: argparse.Namespace) -> int:
    if len(given.values) != 1 or not (given.values[0].isascii() and given.values[0].isdigit()):
        raise UsageError(
            f"alias {given.action} needs the number of an alias, as recon-app alias list shows it"
        )
    return int(given.values[0])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{text!r} is not a day; write it as 2026-11-23") from None


def _shown(day: int | None) -> str | None:
    return None if day is None else (_EPOCH + timedelta(days=day)).isoformat()


def _json(row: AliasRow) -> dict[str, Any]:
    return {
        "alias": row.id,
        "shop": row.shop,
        "odoo": row.odoo,
        "state": row.state,
        "why": row.why,
        "from": _shown(row.first),
        "until": _shown(row.last),
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
    }


def _line(row: AliasRow) -> str:
    days = [
        f"{word} {_shown(day)}" for word, day in (("from", row.first), ("until", row.last)) if day is not None
    ]
    by = [f"by {row.decided_by}"] if row.decided_by else []
    told = ", ".join([row.state, *by, *days, row.why])
    return f"{row.id}  '{row.shop}' in Shopify is '{row.odoo}' in Odoo ({told})"
