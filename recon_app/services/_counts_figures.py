"""What was counted: every person's figure of every line, and which one stands. Figures are never averaged."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from recon_app.models.record import NO_INT, RecordType
from recon_app.services._counts_book import seconds
from recon_app.store.counts import ADD, Decision, Entry, decisions_of, entries_of
from recon_app.store.imports import list_imports
from recon_app.store.records import read_columns
from recon_app.store.workspace import Workspace

#: Entered with the scanner: such records were written from the ledger and are not counted twice.
IN_WINDOW = "window"
TAKE, ASKED = "take", "recount"


@dataclass(frozen=True)
class Found:
    """What one person found at a line.

    Attributes:
        who: Name of the person, "" when the sheet does not say.
        quantity: Millionths.
        since: When the person began with the line, seconds in UTC; None when the sheet gives no time.
        at: When the person was done with it.
        scans: How many entries it is made of; 1 for a line of a sheet.
        sheet: Whether it was read from a filled sheet.
    """

    who: str
    quantity: int
    since: int | None
    at: int | None
    scans: int = 1
    sheet: bool = False


def scanned(entries: Sequence[Entry]) -> dict[int, list[Found]]:
    """Figures by line from scans, one per person; a quantity that was set replaces what the person had."""
    sums: dict[tuple[int, str], Found] = {}
    for entry in entries:
        if entry.undone:
            continue
        at = seconds(entry.at)
        there = sums.get((entry.line, entry.who))
        if there is None or entry.verb != ADD:
            scans = 1 if there is None else there.scans + 1
            sums[entry.line, entry.who] = Found(entry.who, entry.quantity, at, at, scans)
        else:
            total = there.quantity + entry.quantity
            sums[entry.line, entry.who] = Found(entry.who, total, there.since, at, there.scans + 1)
    found: dict[int, list[Found]] = {}
    for (line, _), one in sums.items():
        found.setdefault(line, []).append(one)
    return found


def on_sheets(ws: Workspace) -> dict[str, dict[int, list[Found]]]:
    """Figures of imported sheets by count and line."""
    files = [file.id for file in list_imports(ws, record_type=RecordType.STOCK_COUNT)]
    names = ("grp", "ident", "account", "counted", "at", "extra")
    columns = read_columns(ws, files, names)
    found: dict[str, dict[int, list[Found]]] = {}
    for grp, ident, who, counted, at, extra in zip(*(columns[name].tolist() for name in names), strict=True):
        own = extra and json.loads(extra).get("entered") == IN_WINDOW
        if not grp or not (ident.isascii() and ident.isdigit()) or counted == NO_INT or own:
            continue
        moment = None if at == NO_INT else at
        one = Found(who, counted, moment, moment, sheet=True)
        found.setdefault(grp, {}).setdefault(int(ident), []).append(one)
    return found


def together(
    scans: Mapping[int, Sequence[Found]], sheets: Mapping[int, Sequence[Found]]
) -> dict[int, tuple[Found, ...]]:
    """All figures by line; a sheet that repeats what its person scanned is one figure."""
    found: dict[int, tuple[Found, ...]] = {}
    for line in sorted(scans.keys() | sheets.keys()):
        own = tuple(scans.get(line, ()))
        known = {(one.who, one.quantity) for one in own}
        found[line] = own + tuple(one for one in sheets.get(line, ()) if (one.who, one.quantity) not in known)
    return found


def standing(
    found: Sequence[Found], decisions: Sequence[Decision], variance: Callable[[Found], int]
) -> Found | None:
    """The figure that stands, None when persons found different things and nobody decided.

    Figures are compared as differences to the book of their own time, for goods may have moved between two
    counts. What two persons found stands against what one found; a decision stands until the line is
    counted again.

    Args:
        found: Figures of one line, at least one.
        decisions: What was decided about the line.
        variance: Difference of a figure to the book of its time.
    """
    for decision in reversed(decisions):
        if decision.verb != TAKE:
            continue
        taken = [
            one
            for one in found
            if one.who == decision.value["who"] and one.quantity == decision.value["quantity"]
        ]
        if taken and all(one.at is None or one.at <= seconds(decision.at) for one in found):
            return taken[0]
        break
    alike: dict[int, list[Found]] = {}
    for one in found:
        alike.setdefault(variance(one), []).append(one)
    ranked = sorted(alike.values(), key=lambda group: -len({one.who.casefold() for one in group}))
    most = [len({one.who.casefold() for one in group}) for group in ranked]
    if len(ranked) > 1 and most[0] == most[1]:
        return None
    return max(ranked[0], key=lambda one: one.at or 0)


def figures(ws: Workspace, count: str) -> dict[int, tuple[Found, ...]]:
    """What each person found at the lines of a count, scanned or on a sheet."""
    return together(scanned(entries_of(ws, count)), on_sheets(ws).get(count, {}))


def asked(ws: Workspace, count: str) -> dict[int, frozenset[str]]:
    """Lines that somebody else must count again, with the folded names of those who may not."""
    found: dict[int, frozenset[str]] = {}
    rounds = [decision for decision in decisions_of(ws, count) if decision.verb == ASKED]
    for decision in rounds:
        if decision.at == rounds[-1].at:  # the round that was asked for last
            names = decision.value["not_by"]
            found[decision.line] = frozenset(names if isinstance(names, list) else ())
    return found
