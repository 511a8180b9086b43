"""Bridges of stock differences: the items add up exactly, and nothing is decided by chance."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from recon_app.engine.bridge import CODES, TIMING, Bridge, Items, build, candidates, code_number, judge

Ints = NDArray[np.int64]


def ints(*values: int) -> Ints:
    return np.array(values, np.int64)


def items(*found: tuple[int, str, int]) -> Items:
    rows, codes, quantities = zip(*found, strict=True) if found else ((), (), ())
    return Items(ints(*rows), ints(*map(code_number, codes)), ints(*quantities))


def told(bridge: Bridge) -> list[tuple[int, str, int]]:
    found = bridge.items
    codes = [CODES[code] for code in found.code]
    return list(zip(found.row.tolist(), codes, found.quantity.tolist(), strict=True))


def test_stk_02_committed_and_reserved_need_not_be_equal() -> None:
    # on hand 100, of it 5 in quarantine and 11 reserved: 84 are free; the shop has 82 to sell
    bridge = build(ints(82 - 84), items((0, "orders_not_imported", -2)), items())
    assert told(bridge) == [(0, "orders_not_imported", -2)]
    assert bridge.other.tolist() == [0]
    assert judge(ints(-2), bridge).kind.tolist() == ["timing"]


def test_items_of_one_code_are_added_up_and_zero_is_no_item() -> None:
    sure = items((0, "in_transit", 3), (0, "in_transit", -3), (1, "quarantine", 2), (1, "quarantine", 1))
    assert told(build(ints(0, 3), sure, items())) == [(1, "quarantine", 3)]


def test_a_possible_item_counts_only_where_it_closes_the_bridge() -> None:
    bridge = build(ints(5, 4, 0), items(), items(*((row, "quarantine", 5) for row in range(3))))
    assert told(bridge) == [(0, "quarantine", 5)]
    assert bridge.other.tolist() == [0, 4, 0]


def test_several_possible_items_may_close_it_together() -> None:
    maybe = items((0, "quarantine", 5), (0, "safety_stock", 3), (0, "reserved_not_committed", 1))
    bridge = build(ints(4), items((0, "orders_not_imported", -2)), maybe)
    assert told(bridge) == [
        (0, "orders_not_imported", -2),
        (0, "reserved_not_committed", 1),
        (0, "quarantine", 5),
    ]
    assert judge(ints(4), bridge).cause.tolist() == ["quarantine"]


def test_a_tie_is_left_open_and_its_choices_are_named() -> None:
    bridge = build(ints(5), items(), items((0, "quarantine", 5), (0, "safety_stock", 5)))
    assert told(bridge) == []
    assert bridge.other.tolist() == [5]
    assert bridge.ties == {0: ((("quarantine", 5),), (("safety_stock", 5),))}
    verdict = judge(ints(5), bridge)
    assert (verdict.kind.tolist(), verdict.cause.tolist()) == (["amount"], [""])


def test_a_row_that_is_one_item_as_a_whole_has_no_other_items() -> None:
    sure = items((0, "orders_not_imported", -2), (1, "orders_not_imported", -2))
    whole = ints(code_number("negative_clamped"), -1)
    bridge = build(ints(7, -2), sure, items((0, "quarantine", 7)), whole)
    assert told(bridge) == [(0, "negative_clamped", 7), (1, "orders_not_imported", -2)]


def test_items_that_cancel_out_are_no_match() -> None:
    delta = ints(0, 0, 0)
    sure = items((0, "orders_not_imported", -2), (1, "orders_not_imported", -2), (1, "quarantine", 2))
    bridge = build(delta, sure, items())
    assert judge(delta, bridge).kind.tolist() == ["amount", "amount", "matched"]
    assert bridge.other.tolist() == [2, 0, 0]


def test_unproven_items_are_hints_only() -> None:
    weak = items((0, "receipt_not_validated", -6), (0, "in_transit", 2), (1, "in_transit", 1))
    assert candidates(ints(-4, 0), weak) == {0: ((("in_transit", 2), ("receipt_not_validated", -6)),)}
    assert candidates(ints(-5), weak.at(weak.row == 0)) == {}
    assert candidates(ints(1, 2), items()) == {}


@pytest.mark.parametrize("seed", range(4))
def test_any_bridge_adds_up_exactly_and_finds_what_is_there(seed: int) -> None:
    """10,000 random rows: items and rest come to the difference; a cause in the data leaves no rest."""
    chance = np.random.default_rng(seed)
    rows, codes = 10_000, len(CODES)
    there = chance.random((rows, codes)) < 0.2
    sure = there & (np.arange(codes) < codes // 2)
    quantity = np.where(there, chance.integers(-50, 50, (rows, codes)) * 1_000_000, 0)
    maybe = there & ~sure
    real = maybe & (chance.random((rows, codes)) < 0.7)  # the other ones play no part
    delta = np.where(sure | real, quantity, 0).sum(axis=1)
    bridge = build(delta, _listed(sure, quantity), _listed(maybe, quantity))
    total = bridge.other.copy()
    np.add.at(total, bridge.items.row, bridge.items.quantity)
    assert (total == delta).all()
    tied = np.zeros(rows, np.bool_)
    tied[list(bridge.ties)] = True
    assert not bridge.other[~tied].any()
    assert tied.mean() < 0.05
    for row, choices in bridge.ties.items():
        assert {sum(quantity for _, quantity in choice) for choice in choices} == {int(bridge.other[row])}
    verdict = judge(delta, bridge)
    calm = verdict.kind != "amount"
    assert not bridge.other[calm].any()
    assert {CODES[code] for code in bridge.items.code[calm[bridge.items.row]]} <= TIMING


def _listed(mask: NDArray[np.bool_], quantity: Ints) -> Items:
    row, code = np.nonzero(mask)
    return Items(row, code, quantity[row, code])


@pytest.mark.parametrize("code", CODES)
def test_a_difference_that_is_one_item_has_no_others(code: str) -> None:
    sure = items((0, "in_transit", 3), (1, "in_transit", 3))
    bridge = build(ints(5, 3), sure, items(), whole=ints(code_number(code), -1))
    assert told(bridge) == [(0, code, 5), (1, "in_transit", 3)]
    assert bridge.other.tolist() == [0, 0]


def test_of_equally_large_items_the_first_code_is_the_cause() -> None:
    sure = items((0, "safety_stock", 5), (0, "unit_of_measure", -5))
    assert CODES.index("unit_of_measure") < CODES.index("safety_stock")
    assert judge(ints(0), build(ints(0), sure, items())).cause.tolist() == ["unit_of_measure"]
