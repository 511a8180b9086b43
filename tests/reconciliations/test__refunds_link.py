"""Links between two lists of movements: what is certain, what adds up, and what is left to a person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from recon_app.models.record import NO_INT
from recon_app.reconciliations._refunds_link import (
    ALONE,
    EQUAL,
    NEARBY,
    NUMBER,
    OTHER_CURRENCY,
    SUM,
    TWICE,
    Items,
    Linker,
)

#: Order, amount and day of a movement.
Move = tuple[int, int, int]


def items(*moves: Move, unit: int = 0) -> Items:
    order, amount, day = (np.array(column, np.int64) for column in zip(*moves, strict=True))
    return Items(order, amount, np.full(len(moves), unit, np.int64), day, np.arange(len(moves)))


def linked(linker: Linker) -> set[tuple[int, int, int, str]]:
    links = linker.links()
    return set(links[["left", "right", "amount", "rule"]].itertuples(index=False, name=None))


def steps(left: Sequence[Move], right: Sequence[Move]) -> Linker:
    linker = Linker(items(*left), items(*right))
    linker.equal()
    linker.sums()
    linker.again()
    linker.alone()
    linker.nearby(5)
    return linker


def test_equal_amounts_of_an_order_belong_together() -> None:
    linker = steps([(1, -5, 10), (2, -5, 10)], [(2, -5, 11), (1, -5, 12)])
    assert linked(linker) == {(0, 1, -5, EQUAL), (1, 0, -5, EQUAL)}


def test_as_many_on_both_sides_are_paired_by_their_days() -> None:
    linker = steps([(1, -5, 20), (1, -5, 10)], [(1, -5, 11), (1, -5, 21)])
    assert linked(linker) == {(1, 0, -5, EQUAL), (0, 1, -5, EQUAL)}


def test_of_more_on_one_side_those_of_the_same_day_are_sure() -> None:
    linker = steps([(1, -5, 10), (1, -5, 20)], [(1, -5, 20)])
    assert linked(linker) == {(1, 0, -5, EQUAL)}
    assert linker.rivals == []


def test_a_movement_answers_what_came_before_it() -> None:
    linker = steps([(1, -5, 10), (1, -5, 20)], [(1, -5, 12)])
    assert linked(linker) == {(0, 0, -5, EQUAL)}


def test_what_could_answer_two_is_a_tie() -> None:
    linker = steps([(1, -5, 10), (1, -5, 11)], [(1, -5, 12)])
    assert linked(linker) == set()
    assert linker.rivals == [(0, 0), (1, 0)]
    assert not linker.left_free.any()


def test_one_too_many_repeats_the_only_one_or_is_surplus() -> None:
    assert (0, 1, -5, TWICE) in linked(steps([(1, -5, 10)], [(1, -5, 11), (1, -5, 30)]))
    linker = steps([(1, -5, 10), (1, -5, 10)], [(1, -5, 10), (1, -5, 10), (1, -5, 30)])
    assert linker.surplus.tolist() == [False, False, True]


@pytest.mark.parametrize("turned", [False, True])
def test_amounts_that_add_up_exactly(turned: bool) -> None:
    one, several = [(1, -9, 10)], [(1, -5, 10), (1, -4, 11)]
    linker = steps(several, one) if turned else steps(one, several)
    expected = {(0, 0, -5, SUM), (1, 0, -4, SUM)} if turned else {(0, 0, -5, SUM), (0, 1, -4, SUM)}
    assert linked(linker) == expected


def test_a_sum_that_can_be_made_in_two_ways_is_none() -> None:
    linker = Linker(items((1, -9, 10), (1, -2, 10)), items((1, -5, 1), (1, -4, 2), (1, -6, 3), (1, -3, 4)))
    linker.sums()
    assert linked(linker) == set()


def test_the_only_part_that_adds_up_is_taken() -> None:
    linker = Linker(items((1, -9, 10), (1, -7, 10)), items((1, -5, 1), (1, -4, 2), (1, -1, 3)))
    linker.sums()
    assert linked(linker) == {(0, 0, -5, SUM), (0, 1, -4, SUM)}


def test_what_is_alone_on_both_sides_belongs_together() -> None:
    assert linked(steps([(1, -9, 10)], [(1, -8, 12)])) == {(0, 0, -8, ALONE)}
    assert linked(steps([(1, -9, 10), (1, -7, 10)], [(1, -8, 12)])) == set()


def test_another_currency_is_said() -> None:
    linker = Linker(items((1, -9, 10)), items((1, -8, 12), unit=1))
    linker.alone()
    assert linked(linker) == {(0, 0, -8, OTHER_CURRENCY)}


def test_amount_and_date_link_only_what_names_no_order() -> None:
    assert linked(steps([(1, -9, 10)], [(0, -9, 12)])) == {(0, 0, -9, NEARBY)}
    assert linked(steps([(1, -9, 10)], [(2, -9, 12)])) == set()
    assert linked(steps([(1, -9, 10)], [(0, -9, 16)])) == set()
    assert steps([(1, -9, 10), (2, -9, 11)], [(0, -9, 12)]).rivals == [(0, 0), (1, 0)]


def test_a_number_that_only_two_have_links_them() -> None:
    linker = Linker(items((1, -9, 10), (1, -8, 10)), items((0, -7, 90), (0, -7, 91)))
    linker.by_number((np.array([0, 1]), np.array([7, 8])), (np.array([0, 1]), np.array([7, 7])))
    assert linked(linker) == set()
    linker.by_number((np.array([0, 1]), np.array([7, 8])), (np.array([0, 1]), np.array([7, 9])))
    assert linked(linker) == {(0, 0, -7, NUMBER)}


def test_no_amount_links_to_nothing() -> None:
    assert linked(steps([(1, NO_INT, 10), (1, 0, 10)], [(1, NO_INT, 10), (1, 0, 10)])) == set()


def test_nothing_links_to_nothing() -> None:
    none = Items(*(np.array([], np.int64) for _ in range(5)))
    linker = Linker(none, none)
    for step in (linker.equal, linker.sums, linker.again, linker.alone):
        step()
    linker.nearby(5)
    assert len(linker.links()) == 0
