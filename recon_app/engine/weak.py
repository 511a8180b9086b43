"""Weak rules: link pairs without a rival, and put rivals that hang together into one group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recon_app.engine.normalise import Ints, combined, ranked
from recon_app.engine.similar import nearly_pairs
from recon_app.engine.table import (
    AMBIGUOUS,
    AMOUNT,
    DUPLICATE,
    FIELD,
    MATCHED,
    UNLINKED,
    Table,
    timing,
)
from recon_app.engine.union import connected
from recon_app.models.record import NO_INT
from recon_app.models.rule import Amounts, Rule, Transform

_AT_ONCE = 50_000  # rows whose references are compared together, so that memory stays bounded


@dataclass(frozen=True, slots=True)
class Relation:
    """Which left rows may be linked to which right rows, without listing every pair.

    Attributes:
        degree: For each row of the table the number of its possible partners.
        partner: For each left row with partners one of them.
        a: One end of edges that connect exactly the rows that the pairs connect.
        b: The other end.
    """

    degree: Ints
    partner: Ints
    a: Ints
    b: Ints


def link_unique(table: Table, number: int, rule: Rule) -> None:
    """Link pairs without any rival; all others that have a partner are ties."""
    relation = _nearly(table, rule) if rule.guesses else _equal(table, rule)
    left = np.flatnonzero(table.is_left & (relation.degree == 1))
    right = relation.partner[left]
    alone = relation.degree[right] == 1
    left, right = left[alone], right[alone]
    group = np.arange(len(left))
    outcome = _outcome(table, rule, left, right)
    table.add(number, np.concatenate([left, right]), np.concatenate([group, group]), outcome)
    _set_ties(table, number, rule, relation)


def link_sums(table: Table, number: int, rule: Rule) -> None:
    """Several lines whose sums are equal, where each side reads the same in all its lines."""
    rows, key = table.open_rows(rule)
    rows, group = table.meeting(rows, key, table.flow[rows])
    group = table.clusters(rows, group, rule.window_days)
    figures = table.figures(rows, group)
    wanted = figures.equal_sums & table.reads_the_same(rows, group, len(figures.lefts), rule)
    table.keep(number, rows, group, wanted, timing(rule, figures.apart))


def _outcome(table: Table, rule: Rule, left: Ints, right: Ints) -> Ints:
    known = (table.day[left] != NO_INT) & (table.day[right] != NO_INT)
    apart = np.where(known, np.abs(table.day[left] - table.day[right]), 0)
    outcome = timing(rule, apart)
    outcome[table.amount[left] != table.amount[right]] = AMOUNT
    outcome[table.currency[left] != table.currency[right]] = FIELD
    return outcome


def _set_ties(table: Table, number: int, rule: Rule, relation: Relation) -> None:
    """Make one group of all rivals that hang together.

    Rivals that read the same are twins, not a tie: nothing would have to be decided between them.
    """
    tied = table.group[relation.a] == UNLINKED
    rows, ends = np.unique(np.concatenate([relation.a[tied], relation.b[tied]]), return_inverse=True)
    half = len(ends) // 2
    group, count = ranked(connected(ends[:half], ends[half:], len(rows)))
    outcome = np.full(count, AMBIGUOUS, np.int64)
    if rule.amount is Amounts.EQUAL and rule.reads:
        twins = table.reads_the_same(rows, group, count, rule)
        lefts, rights = table.numbers(rows, group)
        outcome[twins & (lefts == rights)] = MATCHED
        outcome[twins & (lefts != rights)] = DUPLICATE
    table.add(number, rows, group, outcome)


def _equal(table: Table, rule: Rule) -> Relation:
    """Relate rows whose keys and money agree within the window."""
    rows, key = table.open_rows(rule)
    rows, group = table.meeting(rows, key, _money(table, rule, rows))
    left, right = table.sides(rows)
    if Transform.ABSENT not in {key.transform for key in rule.on}:
        return _windowed(table, [(left, right)], rows, group, rule.window_days)
    no_left, no_right = table.is_blank(rule, left), table.is_blank(rule, right)
    pairs = [(left[no_left], right), (left[~no_left], right[no_right])]
    return _windowed(table, pairs, rows, group, rule.window_days)


def _money(table: Table, rule: Rule, rows: Ints) -> NDArray[Any]:
    """What has to agree besides the key."""
    if rule.same_currency:
        return (table.money if rule.amount is Amounts.EQUAL else table.flow)[rows]
    if rule.amount is Amounts.EQUAL:
        return combined(table.amount[rows], table.direction[rows])
    return table.direction[rows]


def _windowed(
    table: Table, pairs: Sequence[tuple[Ints, Ints]], rows: Ints, group: Ints, window: int | None
) -> Relation:
    """Relate left rows to right rows of the same group whose days are at most ``window`` apart."""
    place, reach = _places(table, rows, group, window)
    degree, partner = np.zeros(len(table), np.int64), np.zeros(len(table), np.int64)
    a, b = [], []
    for lefts, rights in pairs:
        order = rights[np.argsort(place[rights], kind="stable")]
        low = np.searchsorted(place[order], place[lefts] - reach, side="left")
        high = np.searchsorted(place[order], place[lefts] + reach, side="right")
        some = high > low
        left, low, high = lefts[some], low[some], high[some]
        degree[left] += high - low
        degree[order] += _covered(low, high, len(order))
        partner[left] = order[low]
        chained = np.flatnonzero(_covered(low, high - 1, len(order)))
        a += [left, order[chained]]
        b += [order[low], order[chained + 1]]
    return Relation(degree, partner, np.concatenate(a), np.concatenate(b))


def _places(table: Table, rows: Ints, group: Ints, window: int | None) -> tuple[Ints, int]:
    """Put every row on one line: groups lie more than a window apart. Also how far a window reaches."""
    place = np.zeros(len(table), np.int64)
    if window is None or not len(rows):
        place[rows] = group
        return place, 0
    day = table.day[rows] - table.day[rows].min()
    place[rows] = group * (int(day.max()) + 2 * window + 1) + day
    return place, window


def _covered(low: Ints, high: Ints, size: int) -> Ints:
    """How many of the ranges ``low <= position < high`` cover each position."""
    steps = np.zeros(size + 1, np.int64)
    np.add.at(steps, low, 1)
    np.add.at(steps, high, -1)
    return np.cumsum(steps)[:-1]


def _nearly(table: Table, rule: Rule) -> Relation:
    """Relate rows of equal money within the window whose references nearly agree."""
    rows, _ = table.open_rows(rule)
    rows, group = table.meeting(rows, table.money[rows])
    near = _windowed(table, [table.sides(rows)], rows, group, rule.window_days)
    rows = np.flatnonzero(near.degree > 0)
    parts = 1 + len(rows) // _AT_ONCE
    pairs = [np.zeros((2, 0), np.int64)]
    for part in range(parts):  # pairs have the same money, and so stand in the same part
        pairs += _near_pairs(table, rule, rows[table.money[rows] % parts == part])
    a, b = np.unique(np.concatenate(pairs, axis=1), axis=1)
    partner = np.zeros(len(table), np.int64)
    partner[a] = b
    return Relation(np.bincount(np.concatenate([a, b]), minlength=len(table)), partner, a, b)


def _near_pairs(table: Table, rule: Rule, rows: Ints) -> Iterator[Ints]:
    """Pairs of some rows as two lines, left and right, in portions."""
    key, window = rule.on[0], rule.window_days or 0
    left, right = table.sides(rows)
    one, other = table.pieces(key, left), table.pieces(key, right)
    for i, j in nearly_pairs(one, table.money[left], other, table.money[right], key.transform):
        near = np.abs(table.day[left[i]] - table.day[right[j]]) <= window
        yield np.stack([left[i[near]], right[j[near]]])
