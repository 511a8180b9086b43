"""Bridges between the same month on two calendars."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.cutoff import Item, items, total
from recon_app.models.record import NO_INT


def _column(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def test_every_way_to_move() -> None:
    before, after = _column(9, 9, 8, 9, NO_INT, 9), _column(9, 10, 9, NO_INT, 9, 9)
    amount, other = _column(1, 20, 300, 4000, 0, 7), _column(1, 20, 301, 0, 60_000, 9)
    assert items(before, amount, after, other, 9) == (
        Item("gone", NO_INT, -4000, 1),
        Item("out", 10, -20, 1),
        Item("new", NO_INT, 60_000, 1),
        Item("in", 8, 301, 1),
        Item("differs", 9, 2, 1),
    )


_MONTH = st.sampled_from((NO_INT, 7, 8, 9, 10))
_MINOR = st.integers(-(10**12), 10**12)


@given(st.lists(st.tuples(_MONTH, _MINOR, _MONTH, _MINOR), max_size=20), st.sampled_from((7, 8, 9, 10)))
def test_the_items_sum_exactly(rows: list[tuple[int, int, int, int]], month: int) -> None:
    before, amount, after, other = (_column(*(row[place] for row in rows)) for place in range(4))
    found = items(before, amount, after, other, month)
    gap = total(after, other, month) - total(before, amount, month)
    assert sum(item.minor for item in found) == gap
    assert all(item.count > 0 for item in found)
