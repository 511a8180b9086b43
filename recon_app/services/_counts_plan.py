"""What is counted next: by class, and by how far the book was off the last time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from recon_app.services._counts_book import Book, read_book
from recon_app.services._counts_policy import classes, policy, share
from recon_app.store import counts as store
from recon_app.store.counts import Line
from recon_app.store.workspace import Workspace

#: Verb of the decision that keeps how far a line was off.
RESULT = "result"
_DAY = 86_400
_SOONER = 3  # a product that was off is due three times as soon


@dataclass(frozen=True)
class Due:
    """A product at a place that should be counted.

    Attributes:
        line: The product and its place.
        abc: Its class.
        last: When it was counted last, seconds in UTC; None for never.
        off: How far the book was off then, as a share of the book; None when that is not known.
        due: When it is due, seconds in UTC; 0 for one that was never counted.
    """

    line: Line
    abc: str
    last: int | None
    off: Fraction | None
    due: int


def plan(ws: Workspace, most: int = 50, *, now: int | None = None) -> list[Due]:
    """What should be counted next: what was never counted by class, then what is overdue the longest.

    Args:
        ws: The workspace.
        most: At most so many.
        now: Seconds in UTC; None for the clock.
    """
    moment = int(datetime.now(UTC).timestamp()) if now is None else now
    return [one for one in everything(ws, read_book(ws)) if one.due <= moment][:most]


def everything(ws: Workspace, book: Book) -> list[Due]:
    """Everything in stock, the most urgent first."""
    of, decided = classes(book), policy(ws)
    last = _last_results(ws)
    found = []
    for place, quant in book.quants.items():
        abc = of.get((quant.line.sku, quant.line.name), "C")
        rule = decided.classes[abc]
        at, off = last.get(place, (None, None))
        beyond = off is not None and off > (share(rule.tolerance) or 0)
        due = 0 if at is None else at + rule.days * _DAY // (_SOONER if beyond else 1)
        found.append(Due(quant.line, abc, at, off, due))
    return sorted(found, key=lambda one: (one.due, one.abc, one.line.place))


def _last_results(ws: Workspace) -> dict[tuple[str, ...], tuple[int, Fraction | None]]:
    """When each place was counted last, and how far the book was off then."""
    found: dict[tuple[str, ...], tuple[int, Fraction | None]] = {}
    for count in store.list_counts(ws):
        results = [one for one in store.decisions_of(ws, count.id) if one.verb == RESULT]
        lines = {line.line: line for line in store.lines_of(ws, count.id)} if results else {}
        for decision in results:
            at, book, off = (decision.value.get(name) for name in ("at", "book", "off"))
            if not isinstance(at, int) or not isinstance(book, int) or not isinstance(off, int):
                continue
            place = lines[decision.line].place
            part = Fraction(abs(off), abs(book)) if book else Fraction(1 if off else 0)
            if place not in found or found[place][0] <= at:
                found[place] = (at, part)
    return found
