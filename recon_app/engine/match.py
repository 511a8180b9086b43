"""Link the entries of two sides by ordered rules, on whole columns.

Strong rules with equal amounts (a trusted reference) speak first, one step after the other: what agrees in
full, what was booked late, what adds up, what is there more than once. All other rules follow in their
order. A tie is never decided: its rivals become one *ambiguous* group.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from recon_app.engine import weak
from recon_app.engine.normalise import Ints
from recon_app.engine.table import (
    AMBIGUOUS,
    AMOUNT,
    DUPLICATE,
    FIELD,
    MATCHED,
    OUTCOMES,
    TIMING,
    UNLINKED,
    Entries,
    Linking,
    Table,
    bounds,
    sieved,
    timing,
)
from recon_app.models.rule import Amounts, Rule

__all__ = [
    "AMBIGUOUS",
    "AMOUNT",
    "DUPLICATE",
    "FIELD",
    "MATCHED",
    "OUTCOMES",
    "TIMING",
    "UNLINKED",
    "Entries",
    "Linking",
    "link",
]

_Step = Callable[[Table, int, Rule], None]


def link(left: Entries, right: Entries, rules: Sequence[Rule]) -> Linking:
    """Apply the rules to two sides.

    A strong rule groups what carries the same reference: n left and n right of equal amount (``matched``,
    or ``timing`` when further apart than ``late_days``), several whose sums are equal (``matched``),
    unequal numbers of equal amount (``duplicate``), and with amount *any* the rest (``amount``, or
    ``field`` when the currencies differ). A weak rule links two entries only when neither has another
    partner. Entries that are left over but read the same as a linked one of their own side join it as
    its ``duplicate``.
    """
    table = Table(left, right)
    speaking = [(number, rule) for number, rule in enumerate(rules) if table.speaks(rule)]
    strong = [(number, rule) for number, rule in speaking if rule.strong and rule.amount is Amounts.EQUAL]
    for step in _STRONG_STEPS:
        for number, rule in strong:
            step(table, number, rule)
    for number, rule in speaking:
        for step in _steps(rule):
            step(table, number, rule)
    return table.linking()


def _steps(rule: Rule) -> tuple[_Step, ...]:
    """What a rule does when its turn comes."""
    if rule.strong:
        return () if rule.amount is Amounts.EQUAL else (_link_differing,)
    if rule.reads and rule.amount is Amounts.EQUAL and rule.same_currency:
        return (weak.link_unique, weak.link_sums, _join_duplicates)
    return (weak.link_unique,)


def _link_agreeing(table: Table, number: int, rule: Rule) -> None:
    """Same reference, same money, near in time, as many left as right: no decision is needed."""
    rows, key = table.open_rows(rule)
    rows, group = table.meeting(rows, key, table.money[rows])
    limits = [days for days in (rule.window_days, rule.late_days) if days is not None]
    group = table.clusters(rows, group, min(limits, default=None))
    lefts, rights = table.numbers(rows, group)
    table.keep(number, rows, group, lefts == rights, MATCHED)


def _link_late(table: Table, number: int, rule: Rule) -> None:
    """The same beyond ``late_days``."""
    rows, key = table.open_rows(rule)
    rows, group = table.meeting(rows, key, table.money[rows])
    group = table.clusters(rows, group, rule.window_days)
    figures = table.figures(rows, group)
    table.keep(number, rows, group, figures.lefts == figures.rights, timing(rule, figures.apart))


def _link_sums(table: Table, number: int, rule: Rule) -> None:
    """Several lines under one reference whose sums are equal: partial captures, split bookings."""
    rows, key = table.open_rows(rule)
    rows, group = table.meeting(rows, key, table.flow[rows])
    group = table.clusters(rows, group, rule.window_days)
    figures = table.figures(rows, group)
    table.keep(number, rows, group, figures.equal_sums, timing(rule, figures.apart))


def _link_unequal_numbers(table: Table, number: int, rule: Rule) -> None:
    """More lines of the same money on one side than on the other."""
    rows, key = table.open_rows(rule)
    rows, group = table.meeting(rows, key, table.money[rows])
    group = table.clusters(rows, group, rule.window_days)
    lefts, rights = table.numbers(rows, group)
    table.keep(number, rows, group, (lefts > 0) & (rights > 0), DUPLICATE)


def _link_differing(table: Table, number: int, rule: Rule) -> None:
    """Same reference, different amount; then same reference, different currency."""
    for money, differing in ((table.flow, AMOUNT), (table.direction, FIELD)):
        rows, key = table.open_rows(rule)
        rows, group = table.meeting(rows, key, money[rows])
        group = table.clusters(rows, group, rule.window_days)
        figures = table.figures(rows, group)
        equal = figures.equal_sums & (differing == AMOUNT)
        outcome = np.where(equal, timing(rule, figures.apart), differing)
        table.keep(number, rows, group, figures.both, outcome)


def _join_duplicates(table: Table, number: int, rule: Rule) -> None:  # noqa: ARG001 (one shape for all steps)
    """Open rows that read the same as a linked row of their own side join its group."""
    kind = np.append(table.outcomes(), AMBIGUOUS)[table.group]
    agreeing = (kind == MATCHED) | (kind == TIMING) | (kind == DUPLICATE)
    free = table.group == UNLINKED
    late = table.late_rows(rule)
    linked = table.usable(rule, np.flatnonzero(agreeing))
    for late_side, linked_side in zip(table.sides(late), table.sides(linked), strict=True):
        rows = np.concatenate([late_side, _alike(table, rule, linked_side, late_side)])
        rows, group = table.meeting(rows, table.key(rule, rows), table.money[rows], of=free)
        _judge_again(table, rule, _join(table, rows, table.clusters(rows, group, rule.window_days)))


def _alike(table: Table, rule: Rule, rows: Ints, like: Ints) -> Ints:
    """Those of the rows that have the money, and most likely the reference, of one that is alike."""
    wanted = np.zeros(int(table.money.max(initial=0)) + 1, np.bool_)
    wanted[table.money[like]] = True
    rows = rows[wanted[table.money[rows]]]
    key = rule.on[0]
    return rows[sieved(table.marks(key, rows), table.marks(key, like))]


def _join(table: Table, rows: Ints, cluster: Ints) -> Ints:
    """Let the open rows of each cluster join the only group that its other rows are in; return the groups."""
    target = table.group[rows]
    linked = target != UNLINKED
    lowest, highest = bounds(cluster[linked], target[linked], int(cluster.max(initial=-1)) + 1)
    joining = ~linked & (lowest == highest)[cluster]
    table.group[rows[joining]] = highest[cluster[joining]]
    return np.unique(highest[cluster[joining]])


def _judge_again(table: Table, rule: Rule, groups: Ints) -> None:
    """Groups that were joined are duplicates, unless both sides agree now."""
    outcome = table.outcomes()
    members = np.flatnonzero(np.isin(table.group, groups))
    figures = table.figures(members, np.searchsorted(groups, table.group[members]))
    outcome[groups] = np.where(figures.equal_sums, timing(rule, figures.apart), DUPLICATE)


_STRONG_STEPS: tuple[_Step, ...] = (
    _link_agreeing,
    _link_late,
    _link_sums,
    _link_unequal_numbers,
    _join_duplicates,
)
