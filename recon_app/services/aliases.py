"""Aliases: which SKU of Shopify is which of Odoo. The program proposes, a person approves, for some time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from recon_app.models.alias import Alias, Aliases
from recon_app.models.changes import Changes
from recon_app.models.problem import UsageError
from recon_app.models.record import NO_INT
from recon_app.store import aliases as store
from recon_app.store.aliases import AliasRow
from recon_app.store.workspace import Workspace

Progress = Callable[[str, int, int], None]
_EPOCH = date(1970, 1, 1)


def listed(ws: Workspace) -> list[AliasRow]:
    """All aliases, the proposals first, then those that count, then the others."""
    order = {store.PROPOSED: 0, store.APPROVED: 1, store.REJECTED: 2}
    return sorted(store.list_aliases(ws), key=lambda row: (order[row.state], row.id))


def in_use(ws: Workspace) -> Aliases:
    """What runs use: the approved aliases."""
    entries = tuple(
        Alias(
            row.shop,
            row.odoo,
            NO_INT if row.first is None else row.first,
            NO_INT if row.last is None else row.last,
        )
        for row in store.list_aliases(ws)
        if row.state == store.APPROVED
    )
    return Aliases(entries, day_number(datetime.now(UTC).astimezone().date()))


def propose(ws: Workspace, progress: Progress | None = None) -> tuple[list[AliasRow], Changes]:
    """Propose aliases from the loaded products, where one on each side fits and nothing speaks against it.

    Equal barcodes do, and SKUs that only case, blanks or leading zeros tell apart. What was proposed before
    is not proposed again, whatever was decided.
    """
    from recon_app.reconciliations._products_aliases import proposals
    from recon_app.services.run import quiet, read_inputs, reconciliation

    inputs = read_inputs(ws, reconciliation("products"), progress or quiet)
    made = set(store.propose(ws, proposals(inputs)))
    return [row for row in store.list_aliases(ws) if row.id in made], Changes(settings=bool(made))


def approve(
    ws: Workspace, number: int, who: str, first: date | None = None, last: date | None = None
) -> Changes:
    """Approve a proposal; it counts from the next run on.

    Args:
        ws: The workspace.
        number: Number of the alias.
        who: Name of the person.
        first: First day on which it counts; None for ever since.
        last: Last day; None for no end.

    Raises:
        UsageError: nobody is named, the days are none, or it cannot be approved.
    """
    store.approve(ws, number, *_days(first, last), _named(who))
    return Changes(settings=True)


def approve_pair(
    ws: Workspace,
    shop: str,
    odoo: str,
    who: str,
    why: str = "",
    first: date | None = None,
    last: date | None = None,
) -> tuple[int, Changes]:
    """Approve an alias that a person names, and return its number.

    Raises:
        UsageError: nobody is named, a SKU is blank, both are equal, or it cannot be approved.
    """
    if not shop.strip() or not odoo.strip() or shop == odoo:
        raise UsageError("an alias needs two different SKUs: that of Shopify, then that of Odoo")
    number = store.approve_pair(ws, shop, odoo, why or "by hand", *_days(first, last), _named(who))
    return number, Changes(settings=True)


def reject(ws: Workspace, number: int, who: str) -> Changes:
    """Reject a proposal.

    Raises:
        UsageError: nobody is named, or it is no proposal.
    """
    store.reject(ws, number, _named(who))
    return Changes(settings=True)


def end(ws: Workspace, number: int, who: str, last: date) -> Changes:
    """Give an alias its last day.

    Raises:
        UsageError: nobody is named, or it does not count on that day.
    """
    store.end(ws, number, day_number(last), _named(who))
    return Changes(settings=True)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def _days(first: date | None, last: date | None) -> tuple[int | None, int | None]:
    if first is not None and last is not None and last < first:
        raise UsageError(f"the last day, {last}, is before the first, {first}")
    return None if first is None else day_number(first), None if last is None else day_number(last)


def _named(who: str) -> str:
    if not who.strip():
        raise UsageError("say who decides it")
    return who.strip()
