"""Stock counts: made from Odoo's stock, counted blind, recounted by somebody else, proposed as adjustments.

Nothing is written to Odoo: a proposal is a file that Odoo imports as counted quantities, with the file that
takes it back. It is no correction of a case (:mod:`recon_app.corrections`): those are journal entries that
belong to differences of a run, while a count has its own lines, persons and approvals.
"""

from __future__ import annotations

import re
import secrets
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from recon_app.models.changes import Changes
from recon_app.models.problem import UsageError
from recon_app.services import _counts_files as files
from recon_app.services._counts_book import Book, read_book
from recon_app.services._counts_desk import Desk, named
from recon_app.services._counts_figures import (
    ASKED,
    TAKE,
    Found,
    asked,
    figures,
    on_sheets,
    scanned,
    together,
)
from recon_app.services._counts_plan import RESULT, Due, everything, plan
from recon_app.services._counts_policy import ClassPolicy, Policy, classes, policy, set_policy
from recon_app.services._counts_proposal import APPROVE, Judged, Proposal, Total, Verdict, approved
from recon_app.services._counts_proposal import Case as _Case
from recon_app.services._counts_proposal import propose as _propose
from recon_app.services._counts_scan import Choice, Heard, Scan, Typed
from recon_app.services.holds import held
from recon_app.store import counts as store
from recon_app.store.chain import iso
from recon_app.store.counts import CANCELLED, CLOSED, OPEN, RECOUNT, Count, Line
from recon_app.store.workspace import Workspace

__all__ = [
    "Choice",
    "ClassPolicy",
    "Count",
    "Desk",
    "Due",
    "Heard",
    "Judged",
    "Overview",
    "Policy",
    "Proposal",
    "Scan",
    "SheetLine",
    "Total",
    "Typed",
    "Verdict",
    "Written",
    "approve",
    "cancel",
    "close",
    "currency",
    "make",
    "overviews",
    "places",
    "plan",
    "policy",
    "proposal",
    "recount",
    "set_policy",
    "sheet",
    "take",
    "write",
    "write_sheet",
]
_EXTERNAL_ID = re.compile(r"[a-z_0-9]+\.[A-Za-z_0-9.]+")
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that looks like another one


@dataclass(frozen=True)
class Overview:
    """A count and how far it is.

    Attributes:
        count: The count.
        lines: How many lines it has.
        counted: How many of them somebody counted.
        people: Who counted.
    """

    count: Count
    lines: int
    counted: int
    people: tuple[str, ...]


@dataclass(frozen=True)
class SheetLine:
    """A line as who counts may see it: without what the books say.

    Attributes:
        line: Number on the sheet.
        sku: Product code.
        barcode: Barcode.
        product: Name of the product.
        location: Where it lies.
        lot: Lot or serial number.
        package: Package.
        owner: Owner.
        unit: Unit of measure.
        found: What each person found.
        asked: Whether it must be counted again by somebody else.
    """

    line: int
    sku: str
    barcode: str
    product: str
    location: str
    lot: str
    package: str
    owner: str
    unit: str
    found: tuple[Found, ...] = ()
    asked: bool = False


@dataclass(frozen=True)
class Written:
    """Files of a proposal.

    Attributes:
        adjustment: Counted quantities of stock that Odoo has; None when there are none.
        found: Stock that was found where Odoo has none; None when there is none.
        reversal: All of them with what the book says now, to be kept; None when no line may be written.
        lines: Every line with what becomes of it.
        moves: Pairs that are one move; None when there are none.
        proposal: What was written.
    """

    adjustment: Path | None
    found: Path | None
    reversal: Path | None
    lines: Path
    moves: Path | None
    proposal: Proposal


def places(ws: Workspace) -> list[str]:
    """The locations that can be counted, as the newest exports of Odoo's stock have them."""
    return sorted(read_book(ws, moves=False).taken)


def make(
    ws: Workspace,
    title: str,
    *,
    locations: Iterable[str] = (),
    skus: Iterable[str] = (),
    abc: Iterable[str] = (),
    due: int = 0,
    who: str = "",
) -> Count:
    """Make a count of what Odoo has; each condition narrows it down.

    Args:
        ws: The workspace.
        title: What a person calls it, "" for the locations.
        locations: Complete names; a location includes those inside it.
        skus: Product codes.
        abc: Classes.
        due: Only so many lines that are due by the plan, the most urgent first; 0 for all.
        who: Who makes it.

    Raises:
        UsageError: nothing fits.
    """
    book = read_book(ws)
    wanted = {"locations": sorted(locations), "skus": sorted(skus), "abc": sorted(abc)}
    if not book.quants:
        raise UsageError("there is no stock to count; import Odoo's stock on hand first")
    chosen = [one.line for one in everything(ws, book)] if due else [q.line for q in book.quants.values()]
    kept = _narrowed(book, chosen, wanted)
    if due:
        kept = kept[:due]
    if not kept:
        raise UsageError("nothing in Odoo's stock fits; name other locations, codes or classes")
    if any(_EXTERNAL_ID.fullmatch(line.location) for line in kept):
        raise UsageError(
            "Odoo's stock names places and products by external ids, by which nobody can count; "
            "export it again without 'I want to update data'"
        )
    kept.sort(key=lambda line: (line.location, line.sku, line.name, line.lot, line.package, line.owner))
    moment = datetime.now(UTC)
    here = sorted({line.location for line in kept})
    count = Count(
        id=_number(moment),
        title=title.strip() or (here[0] if len(here) == 1 else f"{here[0]} and {len(here) - 1} more"),
        state=OPEN,
        made_at=iso(moment),
        made_by=who,
        changed_at=iso(moment),
        book_at=min(book.taken[line.location] for line in kept),
        scope={**wanted, "due": due},
    )
    numbered = [Line(**{**vars(line), "line": number}) for number, line in enumerate(kept, 1)]
    store.add_count(ws, count, numbered)
    return count


def _narrowed(book: Book, lines: Sequence[Line], wanted: dict[str, list[str]]) -> list[Line]:
    inside, codes, groups = wanted["locations"], set(wanted["skus"]), set(wanted["abc"])
    unknown = [name for name in inside if not any(_within(place, name) for place in book.taken)]
    if unknown:
        raise UsageError(f"Odoo's stock has no location {unknown[0]!r}; write its complete name")
    of = classes(book) if groups else {}
    return [
        line
        for line in lines
        if (not inside or any(_within(line.location, name) for name in inside))
        and (not codes or line.sku in codes)
        and (not groups or of.get((line.sku, line.name), "C") in groups)
    ]


def _within(place: str, location: str) -> bool:
    return place == location or place.startswith(f"{location}/")


def _number(moment: datetime) -> str:
    """Short enough to be typed, and not that of a count in another workspace."""
    return f"RC-{moment:%y%m%d}-{''.join(secrets.choice(_LETTERS) for _ in range(4))}"


def overviews(ws: Workspace) -> list[Overview]:
    """All counts with how far they are, the newest first."""
    sheets = on_sheets(ws)
    found = []
    for count in store.list_counts(ws):
        theirs = together(scanned(store.entries_of(ws, count.id)), sheets.get(count.id, {}))
        people = dict.fromkeys(one.who for each in theirs.values() for one in each if one.who)
        lines = store.lines_of(ws, count.id)
        counted = sum(line.line in theirs for line in lines)
        found.append(Overview(count, len(lines), counted, tuple(people)))
    return found


def sheet(ws: Workspace, count: str) -> list[SheetLine]:
    """The lines of a count as who counts may see them; while it is recounted, only the lines to be recounted.

    Raises:
        UsageError: there is no such count.
    """
    state = store.find_count(ws, count).state
    again, found = asked(ws, count), figures(ws, count)
    return [
        SheetLine(
            **{name: getattr(line, name) for name in _BLIND},
            found=found.get(line.line, ()),
            asked=line.line in again,
        )
        for line in store.lines_of(ws, count)
        if state != RECOUNT or line.line in again
    ]


_BLIND = ("line", "sku", "barcode", "product", "location", "lot", "package", "owner", "unit")


def write_sheet(ws: Workspace, count: str, path: Path) -> None:
    """Write the sheet to be filled, as CSV or as a workbook; it holds no quantity of the books.

    Raises:
        UsageError: there is no such count, it is over, or the file cannot be written.
    """
    found = store.find_count(ws, count)
    if found.state not in (OPEN, RECOUNT):
        raise UsageError(f"the count {count} is {found.state}; there is nothing left to be filled in")
    again = asked(ws, count)
    lines = store.lines_of(ws, count)
    wanted = [line for line in lines if found.state == OPEN or line.line in again]
    files.write_table(path, files.sheet_rows(count, wanted))


def close(ws: Workspace, count: str, who: str = "") -> Changes:
    """End the counting; what was scanned becomes a filled sheet that is imported as any other one.

    Raises:
        UsageError: it is over, or nobody counted anything.
    """
    found = store.find_count(ws, count)
    if found.state not in (OPEN, RECOUNT):
        raise UsageError(f"the count {count} is {found.state} already")
    entries = store.entries_of(ws, count)
    scans = scanned(entries)
    if not scans and not figures(ws, count):
        raise UsageError("nobody counted anything yet; scan, or import a filled sheet")
    if scans:
        _import_scans(ws, found, scans)
    standing = [entry for entry in entries if not entry.undone]
    data: dict[str, object] = {"scans": len(standing), "undone": len(entries) - len(standing)}
    store.set_state(ws, count, CLOSED, who, data, OPEN, RECOUNT)
    return Changes(files=bool(scans), counts=True)


def _import_scans(ws: Workspace, count: Count, scans: dict[int, list[Found]]) -> None:
    from recon_app.services.import_files import import_paths

    rows = files.filled_rows(count.id, store.lines_of(ws, count.id), scans)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"count_{count.id}.csv"
        files.write_table(path, rows)
        for report in import_paths(ws, [path], source="stock_count"):
            if report.problems:
                raise UsageError(f"the scans cannot be kept as a sheet: {report.problems[0].problem}")


def cancel(ws: Workspace, count: str, who: str = "") -> Changes:
    """Give a count up; its scans stay in the ledger and count for nothing.

    Raises:
        UsageError: it is over.
    """
    store.set_state(ws, count, CANCELLED, who, {}, OPEN, RECOUNT, CLOSED)
    return Changes(counts=True)


def recount(ws: Workspace, count: str, lines: Iterable[int] = (), who: str = "") -> Changes:
    """Ask for a second count of lines by somebody who did not count them.

    Args:
        ws: The workspace.
        count: A closed count.
        lines: Their numbers; none for all that need it.
        who: Who asks.

    Raises:
        UsageError: the count is not closed, or no line needs it.
    """
    made = proposal(ws, count)
    unsure = (Verdict.RECOUNT, Verdict.CONFLICT, Verdict.STALE)
    wanted = set(lines) or {one.line.line for one in made.of(*unsure)}
    chosen = [one for one in made.lines if one.line.line in wanted]
    if not chosen:
        raise UsageError("no line has to be counted again")
    again: dict[int, dict[str, object]] = {
        one.line.line: {"not_by": sorted({each.who.casefold() for each in one.found})} for one in chosen
    }
    data: dict[str, object] = {"lines": sorted(again)}
    store.set_state(ws, count, RECOUNT, who, data, CLOSED)
    store.decide(ws, count, ASKED, again, who)
    return Changes(counts=True)


def take(ws: Workspace, count: str, line: int, found_by: str, who: str = "") -> Changes:
    """Decide which of several figures of a line stands; figures are never averaged.

    Raises:
        UsageError: nobody of that name counted the line.
    """
    fits = [one for one in figures(ws, count).get(line, ()) if one.who == found_by]
    if not fits:
        raise UsageError(f"{found_by!r} did not count line {line} of {count}")
    value: dict[str, object] = {"who": found_by, "quantity": fits[-1].quantity}
    store.decide(ws, count, TAKE, {line: value}, who)
    return Changes(counts=True)


def approve(ws: Workspace, count: str, lines: Iterable[int], who: str) -> Changes:
    """Approve adjustments beyond a limit (rule CNT-02), bound to their present figures.

    Raises:
        UsageError: a line waits for no approval, or this person may not approve it.
    """
    named(who)
    made = proposal(ws, count)
    wanted = set(lines)
    waiting = {one.line.line: one for one in made.of(Verdict.APPROVAL)}
    if not wanted or wanted - waiting.keys():
        raise UsageError(f"these lines wait for approval: {_numbers(waiting) or 'none'}")
    decided = policy(ws)
    for number in sorted(wanted):
        one = waiting[number]
        if who.strip().casefold() in {each.who.casefold() for each in one.found}:
            raise UsageError(f"{who} counted line {number}; somebody else must approve it")
        allowed = decided.classes[one.abc].approvers
        if allowed and who.strip().casefold() not in allowed:
            raise UsageError(f"line {number} must be approved by {one.approver}")
    values = {number: approved(waiting[number]) for number in sorted(wanted)}
    store.decide(ws, count, APPROVE, values, who.strip())
    return Changes(counts=True)


def _numbers(lines: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(lines)))


def currency(ws: Workspace) -> str:
    """Currency of the limits of value: that of the costs, "" when none is known."""
    return read_book(ws).currency


def proposal(ws: Workspace, count: str, *, now: int | None = None) -> Proposal:
    """Say what a closed count comes to now.

    Args:
        ws: The workspace.
        count: Its number.
        now: Seconds in UTC; None for the clock.

    Raises:
        UsageError: the counting is not over: who counts must not see the book.
    """
    found = store.find_count(ws, count)
    if found.state != CLOSED:
        raise UsageError(f"the count {count} is {found.state}; close it first")
    book = read_book(ws)
    lines = store.lines_of(ws, count)
    moment = int(datetime.now(UTC).timestamp()) if now is None else now
    return _propose(
        _Case(
            count=found,
            lines=lines,
            found=figures(ws, count),
            elsewhere=_elsewhere(ws, found, lines),
            decisions=store.decisions_of(ws, count),
            book=book,
            policy=policy(ws),
            classes=classes(book),
            held=held(ws),
            now=moment,
        )
    )


def _elsewhere(ws: Workspace, count: Count, lines: Sequence[Line]) -> dict[int, list[tuple[str, Found]]]:
    """What other counts of the same time have of the same places."""
    by_place = {line.place: line.line for line in lines}
    sheets = on_sheets(ws)
    found: dict[int, list[tuple[str, Found]]] = {}
    oldest = policy(ws).hours * 3600
    for other in store.list_counts(ws):
        if other.id == count.id or other.state == CANCELLED:
            continue
        theirs = together(scanned(store.entries_of(ws, other.id)), sheets.get(other.id, {}))
        for line in store.lines_of(ws, other.id) if theirs else ():
            mine = by_place.get(line.place)
            for one in theirs.get(line.line, ()) if mine is not None else ():
                if mine is not None and one.at is not None and abs(one.at - count.book_at) <= oldest:
                    found.setdefault(mine, []).append((other.id, one))
    return found


def write(ws: Workspace, count: str, folder: Path, who: str = "") -> Written:
    """Write what may be applied as a file for Odoo, its reversal, and all lines to be read.

    Raises:
        UsageError: the counting is not over, the stock was exported without external ids, or the folder
            cannot be written to.
    """
    made = proposal(ws, count)
    there, new, idents = _by_quant(ws, made)
    adjustment = folder / f"count_{count}.csv" if there else None
    found = folder / f"count_{count}_new.csv" if new else None
    reversal = folder / f"count_{count}_reversal.csv" if there or new else None
    lines, moves = folder / f"count_{count}_lines.csv", folder / f"count_{count}_moves.csv"
    files.write_table(lines, files.readable_rows(made))
    if reversal is not None:
        files.write_table(reversal, files.adjustment_rows([*there, *new], idents, "book_now"))
    if adjustment is not None:
        files.write_table(adjustment, files.adjustment_rows(there, idents, "target"))
    if found is not None:
        files.write_table(found, files.found_rows(new, idents))
    if made.moves:
        files.write_table(moves, files.move_rows(made))
    results: dict[int, dict[str, object]] = {
        one.line.line: {"at": one.stands.at, "book": one.book, "off": one.adjust, "verdict": str(one.verdict)}
        for one in made.lines
        if one.stands is not None and one.adjust is not None
    }
    if results:
        store.decide(ws, count, RESULT, results, who)
    store.note(ws, count, "count written", {"lines": [one.line.line for one in (*there, *new)]}, who)
    return Written(adjustment, found, reversal, lines, moves if made.moves else None, made)


def _by_quant(ws: Workspace, made: Proposal) -> tuple[list[Judged], list[Judged], dict[int, str]]:
    """Lines to be written: of stock that Odoo has, and found where it has none, with their external ids.

    Raises:
        UsageError: the export of Odoo's stock does not say which of its records is meant.
    """
    quants = read_book(ws, moves=False).quants
    ready = files.ready(made)
    there = [one for one in ready if one.line.place in quants]
    new = [one for one in ready if one.line.place not in quants]
    idents = {one.line.line: quants[one.line.place].line.ident for one in there}
    nameless = [line for line, ident in idents.items() if not ident]
    if nameless:
        raise UsageError(
            f"Odoo's stock was exported without external ids (lines {_numbers(nameless)}), and by name Odoo "
            "may add what was counted instead of setting it. Open Physical Inventory in Odoo, export the "
            "stock again with 'I want to update data' ticked, import that file, and write again"
        )
    idents |= {one.line.line: files.own_id(made.count.id, one.line.line) for one in new}
    return there, new, idents
