"""Counts: carried forward, limited on two sides, never netted (CNT-01 to CNT-03)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.counts import (
    Ints,
    Limits,
    abc_classes,
    accuracy,
    exceeded,
    misplaced,
    roll_forward,
    unexplained_moves,
)
from recon_app.models.record import NO_INT

ONE = 10**6


def units(*values: int | None) -> Ints:
    return np.array([NO_INT if value is None else value * ONE for value in values], np.int64)


def test_cnt_01_a_count_is_carried_over_the_moves_since() -> None:
    found = roll_forward(units(50), units(52), units(-3), units(47))
    assert found.variance.tolist() == [2 * ONE]
    assert found.target.tolist() == [49 * ONE]
    assert found.adjust.tolist() == [2 * ONE]


def test_cnt_01_blank_is_not_zero() -> None:
    found = roll_forward(units(50, 50), units(None, 0), units(0, 0), units(50, 50))
    assert found.adjust.tolist() == [NO_INT, -50 * ONE]
    assert found.counted.tolist() == [False, True]


def test_a_book_that_moved_without_a_move_makes_the_count_stale() -> None:
    assert unexplained_moves(units(50, 50), units(-3, -3), units(47, 46)).tolist() == [False, True]


def test_cnt_02_limits_hold_on_both_sides() -> None:
    limits = Limits(Fraction(5, 100), Fraction(10, 100), 200_00, 250_00)
    cost = np.full(4, 10_00, np.int64)
    passed = exceeded(units(100, 100, 100, 100), units(106, 88, 122, 73), cost, limits)
    names = [[name for name, mask in passed.items() if mask[row]] for row in range(4)]
    assert names == [["+qty"], ["-qty"], ["+qty", "+value"], ["-qty", "-value"]]


def test_cnt_02_the_limit_itself_is_allowed() -> None:
    limits = Limits(Fraction(5, 100), Fraction(10, 100), 200_00, 250_00)
    cost = np.full(3, 10_00, np.int64)
    passed = exceeded(units(100, 100, 0), units(105, 90, 1), cost, limits)
    assert not passed["-qty"].any()
    assert passed["+qty"].tolist() == [False, False, True]


def test_no_limit_is_never_passed() -> None:
    passed = exceeded(units(100), units(500), np.array([1], np.int64), Limits())
    assert not any(mask.any() for mask in passed.values())


def test_cnt_02_cheap_goods_pass_limits_of_value_exactly() -> None:
    limits = Limits(value_above=100)
    costs = [Fraction(1, 100), Fraction(1, 100), None]  # a hundredth of a cent each
    passed = exceeded(units(0, 0, 0), units(10_000, 10_001, 10_001), costs, limits)
    assert passed["+value"].tolist() == [False, True, False]


def test_few_products_that_make_most_of_the_value_are_class_a() -> None:
    shares = (Fraction(80, 100), Fraction(95, 100))
    assert abc_classes([70, 3, 20, 0, 7], shares) == ["A", "C", "A", "C", "B"]
    assert abc_classes([5, 5, 5], shares) == ["A", "A", "A"]  # equal ones are not told apart
    assert abc_classes([0, 0], shares) == ["C", "C"]


def test_cnt_03_plus_and_minus_do_not_cancel_out() -> None:
    found = accuracy(units(100, 100), units(95, 105), Fraction(1, 100))
    assert found.units == Fraction(95, 100)
    assert found.within == 0
    assert (found.plus, found.minus) == (5 * ONE, 5 * ONE)


def test_rows_that_nobody_counted_say_nothing_about_accuracy() -> None:
    found = accuracy(units(100, 100), units(100, None), Fraction(0))
    assert (found.units, found.within) == (Fraction(1), Fraction(1))
    assert found.counted == 1
    empty = accuracy(units(100), units(None), Fraction(0))
    assert (empty.units, empty.within) == (None, None)


def test_what_is_short_here_and_too_much_there_is_one_move() -> None:
    code = np.array([1, 1, 2, 2, 2, 3], np.int64)
    off = units(-6, 6, -2, 2, 2, -6)
    assert misplaced(code, off) == [(0, 1)]  # two places could have the 2: a person decides


def test_rows_that_agree_or_were_not_counted_are_not_paired() -> None:
    assert misplaced(np.array([1, 1, 1], np.int64), units(0, None, 5)) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(-50, 50)), min_size=1, max_size=30
    )
)
def test_applying_the_adjustment_reaches_the_target(rows: list[tuple[int, int, int]]) -> None:
    book, counted, moved = (units(*column) for column in zip(*rows, strict=True))
    found = roll_forward(book, counted, moved, book + moved)
    assert (book + moved + found.adjust == found.target).all()
    assert (found.adjust == found.variance).all()  # every move is known
