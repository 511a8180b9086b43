"""Linked entries become cases, and cases become lines side by side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.cases import SIDES, Legs, lay_out, missing_bits, missing_sides, pick, summarise
from recon_app.models.record import NO_INT, Side


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Legs, np.ndarray]:
    """Legs of some cases, each record once, and a display position for every case."""
    count = draw(st.integers(0, 6))
    size = draw(st.integers(0, 15)) if count else 0
    case = draw(st.lists(st.integers(0, max(count - 1, 0)), min_size=size, max_size=size))
    side = draw(st.lists(st.integers(0, len(SIDES) - 1), min_size=size, max_size=size))
    record = draw(st.permutations(range(1, size + 1)))
    rank = draw(st.permutations(range(count)))
    return Legs(ints(*case), ints(*side), ints(*record)), ints(*rank)


@given(cases())
def test_lay_out_keeps_every_leg_once_and_every_case_together(made: tuple[Legs, np.ndarray]) -> None:
    legs, rank = made
    laid = lay_out(legs, rank)
    assert len({len(column) for column in laid.values()}) == 1
    shown = {
        (int(case), position, int(record))
        for position, side in enumerate(SIDES)
        for case, record in zip(laid["case"], laid[str(side)], strict=True)
        if record != NO_INT
    }
    assert shown == set(zip(legs.case.tolist(), legs.side.tolist(), legs.record.tolist(), strict=True))
    assert sum((laid[str(side)] != NO_INT).sum() for side in SIDES) == len(legs.record)
    ranks = rank[laid["case"]].tolist()
    assert ranks == sorted(ranks), "cases stand in their order"
    for case in range(len(rank)):
        parts = laid["part"][laid["case"] == case].tolist()
        heights = [((legs.case == case) & (legs.side == side)).sum() for side in range(len(SIDES))]
        assert parts == list(range(max([1, *heights])))


@given(cases())
def test_legs_of_a_side_stand_from_the_first_line_on_by_record(made: tuple[Legs, np.ndarray]) -> None:
    legs, rank = made
    laid = lay_out(legs, rank)
    for side in SIDES:
        for case in range(len(rank)):
            column = laid[str(side)][laid["case"] == case]
            shown = column[column != NO_INT].tolist()
            assert column[: len(shown)].tolist() == sorted(shown)


def test_summaries_are_exact_and_never_of_two_currencies() -> None:
    platform = pd.DataFrame({"amount": ints(100, 250, 5, 7), "currency": ["EUR", "EUR", "EUR", "USD"]})
    platform = platform.assign(day=ints(9, 8, 7, 7), key=ints(1, 2, 4, 3))
    odoo = pd.DataFrame({"amount": ints(2**60), "currency": ["EUR"], "day": ints(1), "key": ints(1)})
    found = summarise(
        {Side.PLATFORM: platform, Side.ODOO: odoo},
        {Side.PLATFORM: ints(0, 0, 2, 2), Side.ODOO: ints(0)},
        3,
    )
    assert found["sum_platform"].tolist() == [350, 0, NO_INT]
    assert found["n_platform"].tolist() == [2, 0, 2]
    assert found["first_platform"].tolist() == [1, -1, 3], "the earliest, whatever its place"
    assert found["sum_odoo"].tolist() == [2**60, 0, 0]


def test_summaries_of_nothing() -> None:
    none = pd.DataFrame({name: ints() for name in ("amount", "day", "key")})
    none = none.assign(currency=np.array([], object))
    found = summarise({Side.ODOO: none}, {Side.ODOO: ints()}, 0)
    assert len(found) == 0
    assert len(summarise({Side.ODOO: none}, {Side.ODOO: ints()}, 2)) == 2


def test_pick_gives_none_where_there_is_no_row() -> None:
    table = pd.DataFrame({"day": ints(7, 8), "ref": ["a", "b"]})
    assert pick(table, "day", ints(1, -1)).tolist() == [8, NO_INT]
    assert pick(table, "ref", ints(-1, 0)).tolist() == ["", "a"]
    assert pick(table[:0], "day", ints(-1)).tolist() == [NO_INT]
    assert pick(table[:0], "ref", ints(-1)).tolist() == [""]


@given(st.sets(st.sampled_from(SIDES)))
def test_missing_sides_are_bits(sides: set[Side]) -> None:
    assert set(missing_sides(missing_bits(*sides))) == sides


def test_the_bits_of_sides_are_kept_with_rules_and_never_move() -> None:
    assert {str(side): missing_bits(side) for side in SIDES} == {
        "shop": 1,
        "platform": 2,
        "odoo": 4,
        "bank": 8,
        "count": 16,
        "goods": 32,
    }


def test_blocks_of_a_case_stand_beside_each_other() -> None:
    shop, odoo = SIDES.index(Side.SHOP), SIDES.index(Side.ODOO)
    rows = [(1, shop, 11, 0), (1, shop, 12, 1), (1, shop, 13, 2), (1, odoo, 23, 0), (1, odoo, 21, 2)]
    rows += [(1, odoo, 22, 2), (0, odoo, 31, 0)]
    case, side, record, block = (np.array(values, np.int64) for values in zip(*rows, strict=True))
    lines = lay_out(Legs(case, side, record, block), np.array([2, 0, 1], np.int64))
    none = NO_INT
    assert lines["case"].tolist() == [1, 1, 1, 1, 2, 0]
    assert lines["part"].tolist() == [0, 1, 2, 3, 0, 0]
    assert lines["shop"].tolist() == [11, 12, 13, none, none, none]
    assert lines["odoo"].tolist() == [23, none, 21, 22, none, 31]


def test_legs_with_and_without_blocks_can_be_put_together() -> None:
    one = Legs.of_side(Side.SHOP, np.array([0, 0]), np.array([1, 2]))
    assert Legs.concat(one, one).block is None
    found = Legs.concat(one, replace(one, block=np.array([3, 4])))
    assert found.block is not None
    assert found.block.tolist() == [0, 0, 3, 4]
