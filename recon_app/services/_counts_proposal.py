"""What a count proposes: for each line what must be there, what is off, and what it still needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

import numpy as np

from recon_app.engine import counts as engine
from recon_app.models.record import NO_INT
from recon_app.services._counts_book import Book, moved_between, worth
from recon_app.services._counts_figures import Found, standing
from recon_app.services._counts_policy import ClassPolicy, Policy, share
from recon_app.store.counts import Count, Decision, Line

APPROVE = "approve"
_HOUR = 3600


class Verdict(StrEnum):
    """What becomes of a line."""

    NOT_COUNTED = "not_counted"  # blank is not 0
    CONFLICT = "conflict"  # counted twice with different results
    STALE = "stale"  # the book changed in a way that nobody can take into account
    HELD = "held"  # the product data of its SKU must be corrected first
    MISPLACED = "misplaced"  # one half of a pair that is one move
    RECOUNT = "recount"  # beyond a limit: somebody else counts again
    APPROVAL = "approval"  # beyond a limit: somebody else must approve
    READY = "ready"  # can be applied
    AGREES = "agrees"  # nothing to do


@dataclass(frozen=True)
class Judged:
    """One line of a proposal; all quantities in millionths of the line's unit.

    Attributes:
        line: The product and its place.
        verdict: What becomes of it.
        why: One sentence, "" where the verdict says all.
        found: What each person found.
        stands: The figure that stands, None without one.
        book: What the book said when it was counted.
        moved: Sum of the moves since.
        book_now: What the book says now.
        target: What must be there now.
        adjust: What has to be added to the book.
        value: What that is worth, minor units; None where no cost is known.
        abc: Class of the product.
        passed: Limits that it passes: ``+qty``, ``-qty``, ``+value``, ``-value``.
        approver: Who must approve it, "" for anybody who did not count it.
        approved_by: Who approved it, "" for nobody.
        partner: Line number of the other half of a pair, 0 for none.
    """

    line: Line
    verdict: Verdict
    why: str = ""
    found: tuple[Found, ...] = ()
    stands: Found | None = None
    book: int | None = None
    moved: int = 0
    book_now: int = 0
    target: int | None = None
    adjust: int | None = None
    value: int | None = None
    abc: str = "C"
    passed: tuple[str, ...] = ()
    approver: str = ""
    approved_by: str = ""
    partner: int = 0


@dataclass(frozen=True)
class Total:
    """Sums in one unit; plus and minus are never set off against each other.

    Attributes:
        unit: Unit of measure.
        plus: Found too much, millionths.
        minus: Missing, millionths, positive.
    """

    unit: str
    plus: int
    minus: int


@dataclass(frozen=True)
class Proposal:
    """What a count proposes.

    Attributes:
        count: The count.
        lines: Every line with what becomes of it.
        totals: What the counted lines are off, unit by unit.
        value_plus: What is too much is worth, minor units of ``currency``.
        value_minus: What is missing is worth, positive.
        currency: ISO code, "" when no cost is known.
        units_right: Share of the units that the books had right; None when they were empty.
        lines_right: Share of the counted lines within the tolerance of their class; None without any.
    """

    count: Count
    lines: tuple[Judged, ...]
    totals: tuple[Total, ...]
    value_plus: int
    value_minus: int
    currency: str
    units_right: Fraction | None
    lines_right: Fraction | None

    def of(self, *verdicts: Verdict) -> list[Judged]:
        """The lines with one of these verdicts."""
        return [one for one in self.lines if one.verdict in verdicts]

    @property
    def moves(self) -> list[tuple[Judged, Judged]]:
        """Pairs (where too little is, where too much is) that are one move from the first to the second."""
        by_line = {one.line.line: one for one in self.lines}
        return [
            (one, by_line[one.partner])
            for one in self.of(Verdict.MISPLACED)
            if one.adjust is not None and one.adjust < 0
        ]


@dataclass(frozen=True)
class Case:
    """What a proposal is made from.

    Attributes:
        count: The count.
        lines: Its lines.
        found: Figures by line.
        elsewhere: Figures that other counts have of the same places, with the number of the count.
        decisions: What persons decided about the lines.
        book: The books.
        policy: Decisions about counts.
        classes: Class by product.
        held: Why nothing may be adjusted, by SKU.
        now: Seconds in UTC.
    """

    count: Count
    lines: Sequence[Line]
    found: Mapping[int, tuple[Found, ...]]
    elsewhere: Mapping[int, Sequence[tuple[str, Found]]]
    decisions: Sequence[Decision]
    book: Book
    policy: Policy
    classes: Mapping[tuple[str, str], str]
    held: Mapping[str, str]
    now: int


def propose(case: Case) -> Proposal:
    """Judge every line."""
    shared = _shared_places(case.lines)
    judged = [_judged(case, line, shared) for line in case.lines]
    judged = _limited(case, [_unless_held(case, one) for one in _paired(judged)])
    sound = [one for one in judged if one.adjust is not None]
    value = [one.value or 0 for one in sound]
    right, lines_right = _accuracy(case, sound)
    return Proposal(
        case.count,
        tuple(judged),
        tuple(_totals(sound)),
        sum(each for each in value if each > 0),
        -sum(each for each in value if each < 0),
        case.book.currency,
        right,
        lines_right,
    )


def _shared_places(lines: Sequence[Line]) -> set[tuple[str, ...]]:
    """Places that several lines have, by package or owner: moves do not say which of them they touch."""
    seen: dict[tuple[str, ...], int] = {}
    for line in lines:
        seen[line.place[:4]] = seen.get(line.place[:4], 0) + 1
    return {place for place, many in seen.items() if many > 1}


def _judged(case: Case, line: Line, shared: set[tuple[str, ...]]) -> Judged:
    """A line up to what is off; limits come later."""
    found = case.found.get(line.line, ())
    book_now, problem = _book_now(case, line)
    abc = case.classes.get((line.sku, line.name), "C")
    one = Judged(line, Verdict.NOT_COUNTED, found=found, book_now=book_now, abc=abc)
    if not found:
        return one
    mine = [decision for decision in case.decisions if decision.line == line.line]
    stands = standing(found, mine, lambda each: each.quantity - _book_at(case, line, each.at))
    if stands is None:
        shown = " and ".join(f"{each.who or 'somebody'}" for each in found)
        return replace(one, verdict=Verdict.CONFLICT, why=f"{shown} found different quantities")
    other = _other_count(case, line, stands)
    if other:
        return replace(one, verdict=Verdict.CONFLICT, stands=stands, why=other)
    problem = problem or _staleness(case, line, stands)
    if not problem and line.place[:4] in shared and case.book.moves_of(line):
        problem = "the moves do not say which package or owner they were of"
    if problem:
        return replace(one, verdict=Verdict.STALE, stands=stands, why=problem)
    return _carried(case, one, stands)


def _carried(case: Case, one: Judged, stands: Found) -> Judged:
    """Carry the figure that stands over the moves since (rule CNT-01)."""
    book = _book_at(case, one.line, stands.at)
    moved = one.book_now - book
    rolled = engine.roll_forward(*(_one(figure) for figure in (book, stands.quantity, moved, one.book_now)))
    adjust = int(rolled.adjust[0])
    return replace(
        one,
        verdict=Verdict.READY if adjust else Verdict.AGREES,
        stands=stands,
        book=book,
        moved=moved,
        target=int(rolled.target[0]),
        adjust=adjust,
        value=worth(case.book, one.line, adjust),
    )


def _unless_held(case: Case, one: Judged) -> Judged:
    """A difference of a SKU that is held stays a difference, but nothing is adjusted."""
    why = case.held.get(one.line.sku)
    if why is None or one.verdict not in (Verdict.READY, Verdict.MISPLACED):
        return one
    return replace(one, verdict=Verdict.HELD, why=why, partner=0)


def _one(figure: int) -> engine.Ints:
    return np.array([figure], np.int64)


def _taken(case: Case, line: Line) -> int:
    """When the book of a line's place was exported; 0 for a place that no export has."""
    return case.book.taken.get(line.location, 0)


def _book_now(case: Case, line: Line) -> tuple[int, str]:
    """What the book says after the last known move, and why that cannot be trusted."""
    taken = _taken(case, line)
    since = moved_between(case.book, line, taken)
    quant = case.book.quants.get(line.place)
    problem = since.problem
    if quant is not None and quant.twin:
        problem = f"several products have the code {line.sku}, so nobody knows which was counted"
    elif line.lot in case.book.shared_lots and not line.ident:
        problem = f"several products have a lot {line.lot}; export Odoo's stock with its external ids"
    return case.book.quantity(line) + since.quantity, problem


def _book_at(case: Case, line: Line, at: int | None) -> int:
    """What the book said at a moment: what it says now less the moves since."""
    taken = _taken(case, line)
    book = case.book.quantity(line)
    if at is None:
        return book
    if at <= taken:
        return book - moved_between(case.book, line, at, taken).quantity
    return book + moved_between(case.book, line, taken, at).quantity


def _staleness(case: Case, line: Line, stands: Found) -> str:
    """Why a count cannot be carried to now, "" when it can."""
    if stands.at is None or stands.since is None:
        return "the sheet does not say when it was counted, in a known time zone"
    if case.now - stands.at > case.policy.hours * _HOUR:
        return f"it was counted more than {case.policy.hours} hours ago; count it again"
    if moved_between(case.book, line, stands.since, stands.at).many:
        return "goods were moved while it was counted; count it again"
    taken = _taken(case, line)
    if max(taken, case.book.moved_until) < stands.at:
        return "Odoo's stock was exported before this was counted; import stock on hand again"
    before = line.book or 0
    moved = moved_between(case.book, line, case.count.book_at, taken)
    expected = _one(before), _one(moved.quantity), _one(case.book.quantity(line))
    if taken > case.count.book_at and engine.unexplained_moves(*expected)[0]:
        return "the book changed since the count was made and no known move explains it; import the moves"
    return moved_between(case.book, line, stands.at).problem


def _other_count(case: Case, line: Line, stands: Found) -> str:
    """Says which other count has another figure of the same place."""
    mine = stands.quantity - _book_at(case, line, stands.at)
    for number, one in case.elsewhere.get(line.line, ()):
        if one.quantity - _book_at(case, line, one.at) != mine:
            return f"the count {number} has another quantity of it, found by {one.who or 'somebody'}"
    return ""


def _paired(judged: list[Judged]) -> list[Judged]:
    """Find what is missing at one place and too much at another one: that is one move."""
    codes: dict[tuple[str, ...], int] = {}
    code = np.array([codes.setdefault(_goods(one.line), len(codes)) for one in judged], np.int64)
    off = np.array([NO_INT if one.adjust is None else one.adjust for one in judged], np.int64)
    found = list(judged)
    for less, more in engine.misplaced(code, off):
        source, target = judged[less].line, judged[more].line
        words = f"one move from {source.location} to {target.location}"
        found[less] = replace(judged[less], verdict=Verdict.MISPLACED, why=words, partner=target.line)
        found[more] = replace(judged[more], verdict=Verdict.MISPLACED, why=words, partner=source.line)
    return found


def _goods(line: Line) -> tuple[str, ...]:
    return line.sku, line.name, line.lot, line.owner, line.unit


def _limited(case: Case, judged: Sequence[Judged]) -> list[Judged]:
    """Say which lines pass a limit of their class (rule CNT-02), and what they need then."""
    return [
        _needs(case, one, case.policy.classes[one.abc]) if one.verdict is Verdict.READY else one
        for one in judged
    ]


def _needs(case: Case, one: Judged, rule: ClassPolicy) -> Judged:
    if one.stands is None or one.book is None or one.adjust is None:
        raise ValueError("a line that is ready has a figure")
    cost = case.book.costs.get((one.line.sku, one.line.name))
    limits = rule.limits(case.book.currency)
    masks = engine.exceeded(_one(one.book), _one(one.stands.quantity), [cost], limits)
    passed = tuple(name for name, mask in masks.items() if mask[0])
    limit = rule.value_above if one.adjust > 0 else rule.value_below
    unpriced = cost is None and bool(case.book.currency and limit)  # others of this count have a cost
    one = replace(one, passed=passed, approver=rule.approver)
    if not passed and not unpriced:
        return one
    words = _limit_words(rule, case.book.currency)
    why = " and ".join(words[name] for name in passed) or "no cost is known, so no limit of value can hold"
    counters = {each.who.casefold() for each in one.found}
    if rule.recount and passed and len(counters) < 2:
        return replace(one, verdict=Verdict.RECOUNT, why=f"{why}; somebody else counts it again")
    approval = _approval(case.decisions, one)
    if approval is None:
        asked = rule.approver or "somebody who did not count it"
        return replace(one, verdict=Verdict.APPROVAL, why=f"{why}; {asked} must approve it")
    return replace(one, approved_by=approval.who, why=why)


def _limit_words(rule: ClassPolicy, currency: str) -> dict[str, str]:
    return {
        "+qty": f"more than {rule.above} % too much",
        "-qty": f"more than {rule.below} % missing",
        "+value": f"too much is worth more than {rule.value_above} {currency}",
        "-value": f"what is missing is worth more than {rule.value_below} {currency}",
    }


def _approval(decisions: Sequence[Decision], one: Judged) -> Decision | None:
    """The approval of exactly this adjustment."""
    for decision in reversed(decisions):
        if decision.line == one.line.line and decision.verb == APPROVE:
            return decision if decision.value == approved(one) else None
    return None


def approved(one: Judged) -> dict[str, object]:
    """What an approval is bound to: when these figures change, it counts no more."""
    return {"adjust": one.adjust, "counted": None if one.stands is None else one.stands.quantity}


def _totals(sound: Sequence[Judged]) -> list[Total]:
    units: dict[str, tuple[int, int]] = {}
    for one in sound:
        plus, minus = units.get(one.line.unit, (0, 0))
        off = one.adjust or 0
        units[one.line.unit] = (plus + max(off, 0), minus + max(-off, 0))
    return [Total(unit, *sums) for unit, sums in sorted(units.items())]


def _accuracy(case: Case, sound: Sequence[Judged]) -> tuple[Fraction | None, Fraction | None]:
    """How good the books were; plus and minus never cancel out (rule CNT-03).

    Units of different measures cannot be added up, so there the share of units is not told.
    """
    right = 0
    for name, rule in case.policy.classes.items():
        mine = [one for one in sound if one.abc == name]
        measured = engine.accuracy(*_figures(mine), share(rule.tolerance) or Fraction(0))
        right += int((measured.within or 0) * measured.counted)
    whole = engine.accuracy(*_figures(sound), Fraction(0))
    same_unit = len({one.line.unit for one in sound}) == 1
    return (whole.units if same_unit else None), (Fraction(right, len(sound)) if sound else None)


def _figures(lines: Sequence[Judged]) -> tuple[engine.Ints, engine.Ints]:
    book = np.array([one.book or 0 for one in lines], np.int64)
    counted = np.array([one.stands.quantity if one.stands else NO_INT for one in lines], np.int64)
    return book, counted
