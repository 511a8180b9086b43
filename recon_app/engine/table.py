"""Both sides of a linking as one table, and how its rows are grouped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recon_app.engine.normalise import (
    BLANK,
    Ints,
    Spans,
    combined,
    joined,
    longest_digit_runs,
    ranked,
    span_codes,
    span_hashes,
    spans,
)
from recon_app.engine.texts import Column, common_codes, pieces
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT
from recon_app.models.rule import Key, Rule, Transform

Mask = NDArray[np.bool_]
Codes = NDArray[np.int32]

#: What a link can turn out to be; :attr:`Linking.outcome` holds positions in it.
OUTCOMES = (Kind.MATCHED, Kind.TIMING, Kind.AMOUNT, Kind.FIELD, Kind.DUPLICATE, Kind.AMBIGUOUS)
MATCHED, TIMING, AMOUNT, FIELD, DUPLICATE, AMBIGUOUS = range(len(OUTCOMES))
UNLINKED = -1

_NEVER = 2**40  # days
_AT_ONCE = 250_000  # rows
_SIEVE = 2**24 - 1  # bits of a hash that are looked at


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of one side, as whole columns of equal length.

    Attributes:
        text: The text fields that rules name; "" = none.
        amount: Signed minor units; an entry with NO_INT links to nothing.
        currency: ISO codes.
        day: Days since 1970-01-01; an entry with NO_INT is in no date window.
        direction: Only entries of equal direction are linked; by default the sign of the amount.
    """

    text: Mapping[str, Column]
    amount: Ints
    currency: Column
    day: Ints
    direction: Ints | None = None

    def __len__(self) -> int:
        return len(self.amount)


@dataclass(frozen=True, slots=True)
class Linking:
    """Which entries belong together; all arrays are int64.

    Attributes:
        left: Group number of each left entry, or :data:`UNLINKED`.
        right: Group number of each right entry, or :data:`UNLINKED`.
        rule: For each group the position of the rule that made it.
        outcome: For each group the position in :data:`OUTCOMES`.
    """

    left: Ints
    right: Ints
    rule: Ints
    outcome: Ints


@dataclass(frozen=True, slots=True)
class Figures:
    """What groups of rows add up to, one array item a group.

    Attributes:
        lefts: Number of left rows.
        rights: Number of right rows.
        left_sum: Sum of the left amounts.
        right_sum: Sum of the right amounts.
        apart: Days between the first rows or the last rows of both sides, whichever is more.
    """

    lefts: Ints
    rights: Ints
    left_sum: Ints
    right_sum: Ints
    apart: Ints

    @property
    def both(self) -> Mask:
        """Groups with rows of both sides."""
        both: Mask = (self.lefts > 0) & (self.rights > 0)
        return both

    @property
    def equal_sums(self) -> Mask:
        """Groups of both sides whose sums are equal."""
        equal: Mask = self.both & (self.left_sum == self.right_sum)
        return equal


class Table:
    """Left entries first, then right ones. A *row* is a position in this table.

    Attributes:
        is_left: Which rows are left entries.
        amount: Amount of each row.
        day: Day of each row.
        currency: Code of each row's currency.
        direction: Direction of each row.
        money: One code for amount, currency and direction.
        flow: One code for currency and direction.
        group: Group of each row so far.
    """

    def __init__(self, left: Entries, right: Entries) -> None:
        self._entries = left, right
        self._columns: dict[tuple[int, str, bool], Spans] = {}
        self._codes: dict[Key, Codes] = {}
        self._marks: dict[Key, Codes] = {}
        self.is_left = np.arange(len(left) + len(right)) < len(left)
        self.amount = np.concatenate([left.amount, right.amount])
        self.day = np.concatenate([left.day, right.day])
        self.currency = _narrow(np.concatenate(common_codes(left.currency, right.currency)))
        self.direction = _narrow(ranked(np.concatenate([_direction(left), _direction(right)]))[0])
        self.flow = _narrow(ranked(combined(self.currency, self.direction))[0])
        self.money = _narrow(ranked(combined(self.amount, self.flow))[0])
        self.group = np.full(len(self.amount), UNLINKED, np.int64)
        self._rules: list[Ints] = []
        self._outcomes: list[Ints] = []
        self._count = 0

    def __len__(self) -> int:
        return len(self.group)

    def linking(self) -> Linking:
        """The groups so far."""
        size = len(self._entries[0])
        rules = np.concatenate([np.zeros(0, np.int64), *self._rules])
        return Linking(self.group[:size], self.group[size:], rules, self.outcomes())

    # -- references --------------------------------------------------------------------------------

    def speaks(self, rule: Rule) -> bool:
        """Whether both sides have values in the fields that have to be equal."""
        keys = [key for key in rule.on if key.transform is not Transform.ABSENT]
        ends = [(side, field) for key in keys for side, field in enumerate((key.left_field, key.right_field))]
        return all(bool(self._side(*end, exact=True).lengths.any()) for end in ends)

    def key(self, rule: Rule, rows: Ints) -> Ints:
        """One code of some rows for all key fields that must be equal, BLANK where one is empty.

        Codes of one call may be compared with each other, not with those of another call.
        """
        return self._together([span_codes(self.pieces(key, rows)) for key in rule.equal_keys], rows)

    def _together(self, parts: Sequence[NDArray[Any]], rows: Ints) -> Ints:
        """One code for the codes of several key fields."""
        if len(parts) == 1:
            return parts[0].astype(np.int64, copy=False)
        if not parts:
            return np.zeros(len(rows), np.int64)
        blank = np.logical_or.reduce([part == BLANK for part in parts])
        return np.where(blank, BLANK, combined(*parts))

    def _shared(self, key: Key, rows: Ints) -> NDArray[Any]:
        """Codes of some rows for a key field, BLANK also where no entry of the other side is equal."""
        if key.transform is Transform.CORE:
            return span_codes(self.pieces(key, rows))
        if key not in self._codes:
            self._codes[key] = self._found_codes(key)
        return self._codes[key][rows]

    def _found_codes(self, key: Key) -> Codes:
        """The shared codes of all rows, which strong rules look at again and again."""
        left, right = self._sides(key)
        hashes = np.concatenate([span_hashes(left), span_hashes(right)])
        self._marks[key] = (hashes >> 32).astype(np.int32)
        one, other = np.flatnonzero(left.lengths > 0), np.flatnonzero(right.lengths > 0) + len(left)
        one = one[sieved(hashes[one], hashes[other])]
        other = other[sieved(hashes[other], hashes[one])]
        rows = np.concatenate([one, other])
        hashes = hashes[rows]
        codes = np.full(len(self), BLANK, np.int32)
        codes[rows] = span_codes(joined(left.take(one), right.take(other - len(left))), hashes)
        return codes

    def marks(self, key: Key, rows: Ints) -> NDArray[np.integer[Any]]:
        """Numbers that are equal where a key field is, in every call; rarely equal elsewhere."""
        if key not in self._marks:
            parts = [span_hashes(self.pieces(key, part)) >> 32 for part in portions(rows)]
            return np.concatenate([np.zeros(0, np.int64), *parts])
        return self._marks[key][rows]

    def _side(self, side: int, field: str, *, exact: bool) -> Spans:
        """A whole column of one side, as it is or folded."""
        place = side, field, exact
        if place not in self._columns:
            self._columns[place] = (
                pieces(self._entries[side].text[field])
                if exact
                else spans(self._side(side, field, exact=True), Transform.ORDER_REF)
            )
        return self._columns[place]

    def _sides(self, key: Key) -> tuple[Spans, Spans]:
        exact = key.transform is Transform.EXACT
        return self._side(0, key.left_field, exact=exact), self._side(1, key.right_field, exact=exact)

    def pieces(self, key: Key, rows: Ints) -> Spans:
        """Normalised references of some rows."""
        left, right = self._sides(key)
        mine = self.is_left[rows]
        found = joined(left.take(rows[mine]).alone(), right.take(rows[~mine] - len(left)).alone())
        if key.transform is Transform.CORE:
            found = longest_digit_runs(found)
        places = np.empty(len(rows), np.int64)
        places[np.concatenate([np.flatnonzero(mine), np.flatnonzero(~mine)])] = np.arange(len(rows))
        return found.take(places)

    def is_blank(self, rule: Rule, rows: Ints) -> Mask:
        """Which of the rows have nothing in all ABSENT fields."""
        blank = np.ones(len(rows), np.bool_)
        for key in rule.on:
            if key.transform is Transform.ABSENT:
                blank &= self.pieces(key, rows).lengths == 0
        return blank

    def reads_the_same(self, rows: Ints, group: Ints, count: int, rule: Rule) -> Mask:
        """Groups whose left rows all carry one reference, and whose right rows too; none is blank."""
        same = np.ones(count, np.bool_)
        for key in rule.on:
            code = span_codes(self.pieces(Key(key.left_field, key.right_field, Transform.ORDER_REF), rows))
            for side in (self.is_left[rows], ~self.is_left[rows]):
                lowest, highest = bounds(group[side], code[side], count)
                same &= (lowest == highest) & (lowest != BLANK)
        return same

    # -- rows and groups ---------------------------------------------------------------------------

    def usable(self, rule: Rule, rows: Ints) -> Ints:
        """The rows that a rule can speak about, whatever their reference."""
        usable: Mask = self.amount[rows] != NO_INT
        if rule.window_days is not None:
            usable &= self.day[rows] != NO_INT
        return rows[usable]

    def open_rows(self, rule: Rule) -> tuple[Ints, Ints]:
        """Rows that a rule may still link, and one code of all their key fields."""
        rows = self.usable(rule, np.flatnonzero(self.group == UNLINKED))
        key = self._together([self._shared(key, rows) for key in rule.equal_keys], rows)
        there = key != BLANK
        return rows[there], key[there]

    def late_rows(self, rule: Rule) -> Ints:
        """Rows that no rule has linked and that have all key fields."""
        rows = self.usable(rule, np.flatnonzero(self.group == UNLINKED))
        for key in rule.equal_keys:
            rows = rows[self.pieces(key, rows).lengths > 0]
        return rows

    def sides(self, rows: Ints) -> tuple[Ints, Ints]:
        """Left rows and right rows."""
        left = self.is_left[rows]
        return rows[left], rows[~left]

    def meeting(self, rows: Ints, *values: NDArray[Any], of: Mask | None = None) -> tuple[Ints, Ints]:
        """The rows whose values occur on both sides, with a dense group number each.

        Args:
            rows: Rows to look at.
            values: What has to be equal, one item for each of them.
            of: Takes the place of the two sides.
        """
        group, count = ranked(combined(*values))
        one = (self.is_left if of is None else of)[rows]
        both = np.bincount(group[one], minlength=count) > 0
        both &= np.bincount(group[~one], minlength=count) > 0
        kept = both[group]
        return rows[kept], (np.cumsum(both) - 1)[group[kept]]

    def clusters(self, rows: Ints, group: Ints, gap: int | None) -> Ints:
        """Split dense groups wherever more than ``gap`` days pass without a row; the result is dense too.

        Rows without a day stay with the first of them.
        """
        if gap is None:
            return group
        count = int(group.max(initial=-1)) + 1
        dated = self.day[rows] != NO_INT
        first, last = bounds(group[dated], self.day[rows[dated]], count)
        wide = np.flatnonzero((last - first > gap)[group])
        return _split(group, wide, self.day[rows], gap, count)

    def numbers(self, rows: Ints, group: Ints) -> tuple[Ints, Ints]:
        """Left and right rows of each group."""
        count, left = int(group.max(initial=-1)) + 1, self.is_left[rows]
        return np.bincount(group[left], minlength=count), np.bincount(group[~left], minlength=count)

    def figures(self, rows: Ints, group: Ints) -> Figures:
        """What the groups add up to."""
        lefts, rights = self.numbers(rows, group)
        sums, first, last = [], [], []
        for side in (self.is_left[rows], ~self.is_left[rows]):
            total = np.zeros(len(lefts), np.int64)
            np.add.at(total, group[side], self.amount[rows[side]])
            sums.append(total)
            dated = side & (self.day[rows] != NO_INT)
            low, high = np.full(len(lefts), _NEVER), np.full(len(lefts), -_NEVER)
            np.minimum.at(low, group[dated], self.day[rows[dated]])
            np.maximum.at(high, group[dated], self.day[rows[dated]])
            first.append(low)
            last.append(high)
        apart = np.maximum(np.abs(first[0] - first[1]), np.abs(last[0] - last[1]))
        apart[apart > _NEVER // 2] = 0  # one side has no dates
        return Figures(lefts, rights, sums[0], sums[1], apart)

    # -- results -----------------------------------------------------------------------------------

    def add(self, number: int, rows: Ints, group: Ints, outcome: Ints) -> None:
        """Store new groups, numbered from 0 without gaps, made by rule ``number``."""
        self.group[rows] = self._count + group
        self._count += len(outcome)
        self._rules.append(np.full(len(outcome), number, np.int64))
        self._outcomes.append(outcome)

    def keep(self, number: int, rows: Ints, group: Ints, wanted: Mask, outcome: Ints | int) -> None:
        """Store the wanted ones of some groups."""
        kept = wanted[group]
        outcomes = np.broadcast_to(np.asarray(outcome, np.int64), wanted.shape)
        self.add(number, rows[kept], (np.cumsum(wanted) - 1)[group[kept]], outcomes[wanted])

    def outcomes(self) -> Ints:
        """Outcome of each group so far; changes to it are changes of the table."""
        self._outcomes = [np.concatenate([np.zeros(0, np.int64), *self._outcomes])]
        return self._outcomes[0]


def _split(group: Ints, wide: Ints, day: Ints, gap: int, count: int) -> Ints:
    """Give the later clusters of the groups that ``wide`` lists new numbers from ``count`` on."""
    order = wide[np.lexsort((day[wide], group[wide]))]
    same = np.zeros(len(order), np.bool_)
    same[1:] = np.diff(group[order]) == 0
    later = same & (np.diff(day[order], prepend=0) > gap)
    starts = np.flatnonzero(later | ~same)
    number = np.where(later, count - 1 + np.cumsum(later), group[order])
    clusters = group.copy()
    clusters[order] = np.repeat(number[starts], np.diff(starts, append=len(order)))
    return clusters


def timing(rule: Rule, apart: Ints) -> Ints:
    """``matched``, or ``timing`` where the days are more than the rule's ``late_days``."""
    if rule.late_days is None:
        return np.full(len(apart), MATCHED, np.int64)
    return np.where(apart > rule.late_days, TIMING, MATCHED)


def bounds(group: Ints, value: NDArray[Any], count: int) -> tuple[Ints, Ints]:
    """Smallest and largest value of each group; a group without values has the smallest above the largest."""
    lowest, highest = np.full(count, _NEVER), np.full(count, -_NEVER)
    np.minimum.at(lowest, group, value)
    np.maximum.at(highest, group, value)
    return lowest, highest


def sieved(values: NDArray[np.integer[Any]], among: NDArray[np.integer[Any]]) -> Mask:
    """Which hashes are among others; some that are not pass too."""
    seen = np.zeros(_SIEVE + 1, np.bool_)
    seen[among & _SIEVE] = True
    found: Mask = seen[values & _SIEVE]
    return found


def portions(rows: Ints) -> Iterator[Ints]:
    """Cut rows into parts of bounded size."""
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]


def _narrow(codes: Ints) -> Codes:
    """Codes of rows, of which a table has less than 2**31 different ones, in half the memory."""
    return codes.astype(np.int32)


def _direction(entries: Entries) -> Ints:
    return np.sign(entries.amount) if entries.direction is None else entries.direction
