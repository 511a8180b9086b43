"""Link the entries of two sides by ordered rules, on whole columns.

Strong rules (a trusted reference) run first, in two rounds: what agrees in full, then what the same
references say about the rest (booked late, sums, booked twice). All other rules follow in their order.
A tie is never decided: its rivals become one *ambiguous* group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recon_app.engine.normalise import BLANK, Ints, codes, factorise, spans
from recon_app.engine.similar import candidates, nearly
from recon_app.engine.union import connected
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT
from recon_app.models.rule import GUESSES, Amounts, Key, Rule, Transform

Mask = NDArray[np.bool_]

#: What a link can turn out to be; :attr:`Linking.outcome` holds positions in it.
OUTCOMES = (Kind.MATCHED, Kind.TIMING, Kind.AMOUNT, Kind.FIELD, Kind.DUPLICATE, Kind.AMBIGUOUS)
MATCHED, TIMING, AMOUNT, FIELD, DUPLICATE, AMBIGUOUS = range(len(OUTCOMES))
UNLINKED = -1


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

    text: Mapping[str, Sequence[str]]
    amount: Ints
    currency: Sequence[str]
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


def link(left: Entries, right: Entries, rules: Sequence[Rule]) -> Linking:
    """Apply the rules to two sides.

    A strong rule groups what carries the same reference: n left and n right of equal amount (``matched``,
    or ``timing`` when further apart than ``late_days``), several whose sums are equal (``matched``),
    unequal numbers of equal amount (``duplicate``), and with amount *any* the rest (``amount``, or
    ``field`` when the currencies differ). A weak rule links two entries only when neither has another
    partner. Entries that are left over but read the same as a linked one of their own side join it as
    its ``duplicate``.
    """
    table = _Table(left, right, rules)
    strong = [number for number, rule in enumerate(rules) if rule.strong and rule.amount is Amounts.EQUAL]
    for step in (
        table.link_agreeing,
        table.link_late,
        table.link_sums,
        table.link_unequal_numbers,
        table.join_duplicates,
    ):
        for number in strong:
            step(number)
    for number, rule in enumerate(rules):
        if rule.strong and number not in strong:
            table.link_differing(number)
        elif not rule.strong:
            table.link_unique(number)
            if rule.amount is Amounts.EQUAL and rule.reads:
                table.link_weak_sums(number)
                table.join_duplicates(number)
    return table.linking()


@dataclass(frozen=True, slots=True)
class _Relation:
    """Which left rows may be linked to which right rows, without listing every pair.

    Attributes:
        degree: For each row of the table the number of its possible partners.
        partner: For each left row one of its partners.
        a: One end of edges that connect exactly the rows that the pairs connect.
        b: The other end.
    """

    degree: Ints
    partner: Ints
    a: Ints
    b: Ints


@dataclass
class _Group:
    """Figures of groups of rows, one array item a group."""

    lefts: Ints
    rights: Ints
    left_sum: Ints
    right_sum: Ints
    apart: Ints


@dataclass
class _Table:
    """Both sides under each other: left entries first. A *row* is a position in this table."""

    left: Entries
    right: Entries
    rules: Sequence[Rule]
    _codes: dict[Key, Ints] = field(default_factory=dict)

    def __post_init__(self) -> None:
        size = len(self.left) + len(self.right)
        self.is_left = np.arange(size) < len(self.left)
        self.amount = np.concatenate([self.left.amount, self.right.amount])
        self.day = np.concatenate([self.left.day, self.right.day])
        self.currency = np.concatenate(codes(self.left.currency, self.right.currency, Transform.EXACT))
        self.direction = np.concatenate([_direction(self.left), _direction(self.right)])
        self.money = _combined(self.amount, self.currency, self.direction)
        self.flow = _combined(self.currency, self.direction)
        self.group = np.full(size, UNLINKED, np.int64)
        self._rule_of: list[Ints] = [np.zeros(0, np.int64)]
        self._outcome_of: list[Ints] = [np.zeros(0, np.int64)]
        self._count = 0

    def linking(self) -> Linking:
        """The result."""
        count = len(self.left)
        rule, outcome = np.concatenate(self._rule_of), np.concatenate(self._outcome_of)
        return Linking(self.group[:count], self.group[count:], rule, outcome)

    # -- strong rules ------------------------------------------------------------------------------

    def link_agreeing(self, number: int) -> None:
        """Same reference, same money, near in time, as many left as right: no decision is needed."""
        rule = self.rules[number]
        rows, group = self._meeting(self._open(rule), self.key(rule), self.money)
        near = rule.window_days if rule.late_days is None else rule.late_days
        group = self._clusters(rows, group, near)
        lefts, rights = self._numbers(rows, group)
        self._keep(number, rows, group, (lefts == rights), MATCHED)

    def link_late(self, number: int) -> None:
        """The same beyond ``late_days``."""
        rule = self.rules[number]
        rows, group = self._meeting(self._open(rule), self.key(rule), self.money)
        group = self._clusters(rows, group, rule.window_days)
        figures = self._figures(rows, group)
        self._keep(number, rows, group, figures.lefts == figures.rights, self._timing(rule, figures))

    def link_sums(self, number: int) -> None:
        """Several lines under one reference whose sums are equal: partial captures, split bookings."""
        rule = self.rules[number]
        rows, group = self._meeting(self._open(rule), self.key(rule), self.flow)
        group = self._clusters(rows, group, rule.window_days)
        figures = self._figures(rows, group)
        equal = (figures.lefts > 0) & (figures.rights > 0) & (figures.left_sum == figures.right_sum)
        self._keep(number, rows, group, equal, self._timing(rule, figures))

    def link_unequal_numbers(self, number: int) -> None:
        """More lines of the same money on one side than on the other."""
        rule = self.rules[number]
        rows, group = self._meeting(self._open(rule), self.key(rule), self.money)
        group = self._clusters(rows, group, rule.window_days)
        lefts, rights = self._numbers(rows, group)
        self._keep(number, rows, group, (lefts > 0) & (rights > 0), DUPLICATE)

    def link_differing(self, number: int) -> None:
        """Same reference, different amount; then same reference, different currency."""
        rule = self.rules[number]
        for money, differing in ((self.flow, AMOUNT), (self.direction, FIELD)):
            rows, group = self._meeting(self._open(rule), self.key(rule), money)
            group = self._clusters(rows, group, rule.window_days)
            figures = self._figures(rows, group)
            outcome = np.full(len(figures.lefts), differing, np.int64)
            if differing == AMOUNT:
                equal = figures.left_sum == figures.right_sum
                outcome[equal] = self._timing(rule, figures)[equal]
            self._keep(number, rows, group, (figures.lefts > 0) & (figures.rights > 0), outcome)

    def join_duplicates(self, number: int) -> None:
        """Open rows that read the same as a linked row of their own side join its group."""
        rule = self.rules[number]
        code = self.key(rule)
        for side in (self.is_left, ~self.is_left):
            usable = side & (code != BLANK) & (self.amount != NO_INT)
            late, linked = (
                usable & (self.group == UNLINKED),
                usable & self._groups_like(MATCHED, TIMING, DUPLICATE),
            )
            rows, group = self._meeting_masks(late, linked, code, self.money)
            group = self._clusters(rows, group, rule.window_days)
            self._join(rows, group)

    def _join(self, rows: Ints, cluster: Ints) -> None:
        """Let the open rows of each cluster join the only group that its other rows are in."""
        target = self.group[rows]
        linked = target != UNLINKED
        count = int(cluster.max(initial=-1)) + 1
        lowest, highest = np.full(count, self._count, np.int64), np.full(count, UNLINKED, np.int64)
        np.minimum.at(lowest, cluster[linked], target[linked])
        np.maximum.at(highest, cluster[linked], target[linked])
        joining = ~linked & (lowest == highest)[cluster]
        self.group[rows[joining]] = highest[cluster[joining]]
        outcome = np.concatenate(self._outcome_of)
        outcome[highest[cluster[joining]]] = DUPLICATE
        self._outcome_of = [outcome]

    def _groups_like(self, *outcomes: int) -> Mask:
        outcome = np.concatenate([*self._outcome_of, np.full(1, -1, np.int64)])
        return np.isin(outcome, outcomes)[self.group]

    # -- weak rules --------------------------------------------------------------------------------

    def link_unique(self, number: int) -> None:
        """Link pairs without any rival; all others that have a partner are ties."""
        rule = self.rules[number]
        relation = self._relation(rule)
        rows = np.flatnonzero(self.is_left & (relation.degree == 1))
        partner = relation.partner[rows]
        alone = relation.degree[partner] == 1
        rows, partner = rows[alone], partner[alone]
        outcome = self._pair_outcome(rule, rows, partner)
        self._add(number, [rows, partner], [np.arange(len(rows))] * 2, outcome)
        self._set_ties(number, relation)

    def link_weak_sums(self, number: int) -> None:
        """Several lines whose sums are equal, where each side reads the same in all its lines."""
        rule = self.rules[number]
        rows, group = self._meeting(self._open(rule), self.key(rule), self.flow)
        group = self._clusters(rows, group, rule.window_days)
        figures = self._figures(rows, group)
        equal = (figures.lefts > 0) & (figures.rights > 0) & (figures.left_sum == figures.right_sum)
        for key in rule.on:
            equal &= self._reads_the_same(rows, group, len(equal), key)
        self._keep(number, rows, group, equal, self._timing(rule, figures))

    def _pair_outcome(self, rule: Rule, left: Ints, right: Ints) -> Ints:
        outcome = np.full(len(left), MATCHED, np.int64)
        if rule.late_days is not None:
            known = (self.day[left] != NO_INT) & (self.day[right] != NO_INT)
            outcome[known & (np.abs(self.day[left] - self.day[right]) > rule.late_days)] = TIMING
        outcome[self.amount[left] != self.amount[right]] = AMOUNT
        outcome[self.currency[left] != self.currency[right]] = FIELD
        return outcome

    def _set_ties(self, number: int, relation: _Relation) -> None:
        """Make one group of all rivals that hang together.

        Rivals that read the same are twins, not a tie: nothing would have to be decided between them.
        """
        rule = self.rules[number]
        label = connected(relation.a, relation.b, len(self.group))
        rows = np.flatnonzero((relation.degree > 0) & (self.group == UNLINKED))
        group, count = factorise(label[rows])
        outcome = np.full(count, AMBIGUOUS, np.int64)
        if rule.amount is Amounts.EQUAL and rule.reads:
            twins = np.ones(count, np.bool_)
            for key in rule.on:
                twins &= self._reads_the_same(rows, group, count, key)
            lefts, rights = self._numbers(rows, group)
            outcome[twins & (lefts == rights)] = MATCHED
            outcome[twins & (lefts != rights)] = DUPLICATE
        self._add(number, [rows], [group], outcome)

    def _reads_the_same(self, rows: Ints, group: Ints, count: int, key: Key) -> Mask:
        """Groups whose left rows all carry one reference, and whose right rows too; none is blank."""
        code = self._column(Key(key.left_field, key.right_field, Transform.ORDER_REF))[rows]
        same = np.ones(count, np.bool_)
        for side in (self.is_left[rows], ~self.is_left[rows]):
            lowest, highest = np.full(count, len(self.group), np.int64), np.full(count, BLANK, np.int64)
            np.minimum.at(lowest, group[side], code[side])
            np.maximum.at(highest, group[side], code[side])
            same &= (lowest == highest) & (lowest != BLANK)
        return same

    def _relation(self, rule: Rule) -> _Relation:
        transforms = {key.transform for key in rule.on}
        if transforms & GUESSES:
            return self._nearly(rule)
        rows, group = self._meeting(self._open(rule), self.key(rule), self._money(rule))
        left, right = self._sides(rows)
        if Transform.ABSENT not in transforms:
            return self._windowed([(left, right)], rows, group, rule.window_days)
        blank = self._blank(rule)
        pairs = [(left[blank[left]], right), (left[~blank[left]], right[blank[right]])]
        return self._windowed(pairs, rows, group, rule.window_days)

    def _money(self, rule: Rule) -> Ints:
        """What has to agree besides the key."""
        if rule.same_currency:
            return self.money if rule.amount is Amounts.EQUAL else self.flow
        return _combined(self.amount, self.direction) if rule.amount is Amounts.EQUAL else self.direction

    def _blank(self, rule: Rule) -> Mask:
        """Rows all of whose ABSENT fields are empty."""
        blank = np.ones(len(self.group), np.bool_)
        for key in rule.on:
            if key.transform is Transform.ABSENT:
                blank &= self._column(key) == BLANK
        return blank

    def _windowed(
        self, pairs: Sequence[tuple[Ints, Ints]], rows: Ints, group: Ints, window: int | None
    ) -> _Relation:
        """Relate left rows to right rows of the same group whose days are at most ``window`` apart."""
        place, reach = self._places(rows, group, window)
        degree, partner = np.zeros(len(self.group), np.int64), np.zeros(len(self.group), np.int64)
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
        return _Relation(degree, partner, np.concatenate(a), np.concatenate(b))

    def _places(self, rows: Ints, group: Ints, window: int | None) -> tuple[Ints, int]:
        """Put every row on one line: groups lie more than a window apart. Also how far a window reaches."""
        place = np.zeros(len(self.group), np.int64)
        if window is None:
            place[rows] = group
            return place, 0
        day = self.day[rows] - self.day[rows].min(initial=_NEVER)
        place[rows] = group * (int(day.max(initial=0)) + 2 * window + 1) + day
        return place, window

    def _nearly(self, rule: Rule) -> _Relation:
        key = rule.on[0]
        rows, group = self._meeting(self._open(rule), self.money)
        near = self._windowed([self._sides(rows)], rows, group, rule.window_days)
        left, right = self._sides(np.flatnonzero(near.degree > 0))
        left_pieces = spans([self.left.text[key.left_field][row] for row in left.tolist()], key.transform)
        offset = len(self.left)
        right_pieces = spans(
            [self.right.text[key.right_field][row - offset] for row in right.tolist()], key.transform
        )
        i, j = candidates(left_pieces, self.money[left], right_pieces, self.money[right], key.transform)
        days_apart = np.abs(self.day[left[i]] - self.day[right[j]])
        good = (self.money[left[i]] == self.money[right[j]]) & (days_apart <= (rule.window_days or 0))
        i, j = i[good], j[good]
        texts = zip(left_pieces.take(i).texts(), right_pieces.take(j).texts(), strict=True)
        good = np.fromiter((nearly(one, other, key.transform) for one, other in texts), np.bool_, len(i))
        a, b = left[i[good]], right[j[good]]
        degree = np.bincount(np.concatenate([a, b]), minlength=len(self.group))
        partner = np.zeros(len(self.group), np.int64)
        partner[a] = b
        return _Relation(degree, partner, a, b)

    # -- shared ------------------------------------------------------------------------------------

    def key(self, rule: Rule) -> Ints:
        """One code for all key fields of a rule, BLANK where one of them is empty."""
        parts = [self._column(key) for key in rule.on if key.transform not in {*GUESSES, Transform.ABSENT}]
        if len(parts) == 1:
            return parts[0]
        code = _combined(*parts) if parts else np.zeros(len(self.group), np.int64)
        for part in parts:
            code[part == BLANK] = BLANK
        return code

    def _column(self, key: Key) -> Ints:
        if key not in self._codes:
            left, right = self.left.text[key.left_field], self.right.text[key.right_field]
            self._codes[key] = np.concatenate(codes(left, right, key.transform))
        return self._codes[key]

    def _open(self, rule: Rule) -> Ints:
        """Rows that the rule may still link."""
        usable = (self.group == UNLINKED) & (self.amount != NO_INT) & (self.key(rule) != BLANK)
        if rule.window_days is not None:
            usable &= self.day != NO_INT
        return np.flatnonzero(usable)

    def _sides(self, rows: Ints) -> tuple[Ints, Ints]:
        left = self.is_left[rows]
        return rows[left], rows[~left]

    def _meeting(self, rows: Ints, *columns: Ints) -> tuple[Ints, Ints]:
        """The rows whose values occur on both sides, with a dense group number each."""
        group, count = factorise(_combined(*(column[rows] for column in columns)))
        left = self.is_left[rows]
        both = (np.bincount(group[left], minlength=count) > 0) & (
            np.bincount(group[~left], minlength=count) > 0
        )
        kept = both[group]
        return rows[kept], group[kept]

    def _meeting_masks(self, one: Mask, other: Mask, *columns: Ints) -> tuple[Ints, Ints]:
        """The rows of two sets whose values occur in both, with a group number each."""
        rows = np.flatnonzero(one | other)
        group, count = factorise(_combined(*(column[rows] for column in columns)))
        both = np.zeros(count, np.bool_)
        both[group[one[rows]]] = True
        there = np.zeros(count, np.bool_)
        there[group[other[rows]]] = True
        kept = (both & there)[group]
        return rows[kept], group[kept]

    def _clusters(self, rows: Ints, group: Ints, gap: int | None) -> Ints:
        """Split groups wherever more than ``gap`` days pass without a row."""
        if gap is None or not len(rows):
            return factorise(group)[0]
        day = self.day[rows]
        order = np.lexsort((day, group))
        fresh = np.ones(len(rows), np.bool_)
        fresh[1:] = (np.diff(group[order]) != 0) | (np.diff(day[order]) > gap)
        clusters = np.empty(len(rows), np.int64)
        clusters[order] = np.cumsum(fresh) - 1
        return clusters

    def _numbers(self, rows: Ints, group: Ints) -> tuple[Ints, Ints]:
        """Left and right rows of each group."""
        count, left = int(group.max(initial=-1)) + 1, self.is_left[rows]
        return np.bincount(group[left], minlength=count), np.bincount(group[~left], minlength=count)

    def _figures(self, rows: Ints, group: Ints) -> _Group:
        lefts, rights = self._numbers(rows, group)
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
        apart[apart > _NEVER // 2] = 0  # undated on one side
        return _Group(lefts, rights, sums[0], sums[1], apart)

    def _timing(self, rule: Rule, figures: _Group) -> Ints:
        late = (
            np.zeros(len(figures.apart), np.bool_)
            if rule.late_days is None
            else figures.apart > rule.late_days
        )
        return np.where(late, TIMING, MATCHED)

    def _keep(self, number: int, rows: Ints, group: Ints, wanted: Mask, outcome: Ints | int) -> None:
        """Store the wanted ones of some groups."""
        kept = wanted[group]
        outcomes = np.broadcast_to(np.asarray(outcome, np.int64), wanted.shape)
        dense = np.cumsum(wanted) - 1
        self._add(number, [rows[kept]], [dense[group[kept]]], outcomes[wanted])

    def _add(self, number: int, rows: list[Ints], group: list[Ints], outcome: Ints) -> None:
        self.group[np.concatenate(rows)] = self._count + np.concatenate(group)
        self._count += len(outcome)
        self._rule_of.append(np.full(len(outcome), number, np.int64))
        self._outcome_of.append(outcome)


_NEVER = 2**40  # days
_WIDEST = 2**63


def _direction(entries: Entries) -> Ints:
    return np.sign(entries.amount) if entries.direction is None else entries.direction


def _combined(*columns: Ints) -> Ints:
    """One code a row that is equal exactly where all columns are equal."""
    code, count = factorise(columns[0])
    for column in columns[1:]:
        other, distinct = factorise(column)
        if count * distinct >= _WIDEST:
            code, count = factorise(code)
        code, count = code * distinct + other, count * distinct
    return code


def _covered(low: Ints, high: Ints, size: int) -> Ints:
    """How many of the ranges ``low <= position < high`` cover each position."""
    steps = np.zeros(size + 1, np.int64)
    np.add.at(steps, low, 1)
    np.add.at(steps, high, -1)
    return np.cumsum(steps)[:-1]
