from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.match import (
    AMBIGUOUS,
    AMOUNT,
    DUPLICATE,
    FIELD,
    MATCHED,
    OUTCOMES,
    TIMING,
    Linking,
    link,
)
from recon_app.engine.normalise import normalised
from recon_app.engine.similar import nearly
from recon_app.models.case import Kind
from recon_app.models.rule import Rule, Transform
from tests.engine.tables import ALL, CUT, NO_REFERENCE, SIMILAR, Row, entries, rule

# few values, so that rows meet, rival and repeat each other
REFERENCES = ("#1001", "1001", "A-1001", "1010", "100", "1001 B", "#1002", "")
ROW = st.tuples(
    st.sampled_from(REFERENCES),
    st.sampled_from((500, 500, 500, 700, 1200, -500)),
    st.integers(0, 24),
    st.sampled_from(("EUR", "EUR", "EUR", "USD")),
)
SIDE = st.lists(ROW, max_size=9)

Group = tuple[tuple[int, ...], tuple[int, ...], int, Kind]


def groups(linking: Linking, left: Sequence[int], right: Sequence[int]) -> set[Group]:
    """Groups as the given names of their rows."""
    return {
        (
            tuple(sorted(left[row] for row in np.flatnonzero(linking.left == group).tolist())),
            tuple(sorted(right[row] for row in np.flatnonzero(linking.right == group).tolist())),
            int(linking.rule[group]),
            OUTCOMES[linking.outcome[group]],
        )
        for group in range(len(linking.outcome))
    }


@given(SIDE, SIDE, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(left: list[Row], right: list[Row], random: object) -> None:
    names = list(range(len(left))), list(range(len(right)))
    straight = groups(link(entries(left), entries(right), ALL), *names)
    for side in names:
        random.shuffle(side)  # type: ignore[attr-defined]
    mixed = [left[row] for row in names[0]], [right[row] for row in names[1]]
    assert groups(link(entries(mixed[0]), entries(mixed[1]), ALL), *names) == straight


@given(SIDE, SIDE)
def test_left_and_right_are_alike(left: list[Row], right: list[Row]) -> None:
    names = list(range(len(left))), list(range(len(right)))
    there = groups(link(entries(left), entries(right), ALL), *names)
    back = groups(link(entries(right), entries(left), ALL), names[1], names[0])
    assert there == {(one, other, number, kind) for other, one, number, kind in back}


@given(SIDE, SIDE)
def test_groups_are_what_their_outcome_says(left: list[Row], right: list[Row]) -> None:
    linking = link(entries(left), entries(right), ALL)
    assert len(linking.rule) == len(linking.outcome)
    for group, outcome in enumerate(linking.outcome.tolist()):
        ours = [left[row] for row in np.flatnonzero(linking.left == group).tolist()]
        theirs = [right[row] for row in np.flatnonzero(linking.right == group).tolist()]
        assert ours
        assert theirs
        sums = sum(row[1] for row in ours), sum(row[1] for row in theirs)
        currencies = {row[3] for row in [*ours, *theirs] if len(row) == 4}
        assert len({row[1] > 0 for row in [*ours, *theirs]}) == 1
        assert (len(currencies) == 1) or outcome in (FIELD, AMBIGUOUS)
        if outcome in (MATCHED, TIMING):
            assert sums[0] == sums[1]
        if outcome in (DUPLICATE, AMOUNT):
            assert sums[0] != sums[1]


ALONE = rule("amount and date", None, 4)


def may_link(one: Row, other: Row, tested: Rule) -> bool:
    """What the weak rules below demand of a pair, said a second time and plainly."""
    if one[1] != other[1] or one[3:] != other[3:] or abs(one[2] - other[2]) > (tested.window_days or 0):
        return False
    if not tested.on:
        return True
    transform = tested.on[0].transform
    a, b = normalised(one[0], transform), normalised(other[0], transform)
    return not (a and b) if transform is Transform.ABSENT else nearly(a, b, transform)


@pytest.mark.parametrize("tested", [SIMILAR, CUT, NO_REFERENCE, ALONE], ids=lambda tested: tested.name)
@given(left=SIDE, right=SIDE)
def test_a_tie_is_never_decided(tested: Rule, left: list[Row], right: list[Row]) -> None:
    pairs = [
        (i, j) for i in range(len(left)) for j in range(len(right)) if may_link(left[i], right[j], tested)
    ]
    fits = {(True, i): {(False, j) for a, j in pairs if a == i} for i, _ in pairs}
    fits |= {(False, j): {(True, i) for i, b in pairs if b == j} for _, j in pairs}
    expected: set[Group] = set()
    seen: set[tuple[bool, int]] = set()
    for start in fits:
        together, todo = set(), {start} - seen
        while todo:
            node = todo.pop()
            together.add(node)
            todo |= fits[node] - together
        seen |= together
        if together:
            kind = Kind.MATCHED if len(together) == 2 else Kind.AMBIGUOUS
            ours, theirs = (
                tuple(sorted(row for side, row in together if side is left)) for left in (True, False)
            )
            expected.add((ours, theirs, 0, kind))
    linking = link(entries(left), entries(right), [tested])
    assert groups(linking, range(len(left)), range(len(right))) == expected
