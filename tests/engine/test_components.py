from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.components import cases
from recon_app.engine.match import Linking
from recon_app.engine.union import connected
from recon_app.models.record import Side


def linking(left: list[int], right: list[int]) -> Linking:
    count = max([*left, *right], default=-1) + 1
    nothing = np.zeros(count, np.int64)
    return Linking(np.array(left, np.int64), np.array(right, np.int64), nothing, nothing)


def test_links_of_several_sides_become_cases() -> None:
    sizes = {Side.SHOP: 3, Side.PLATFORM: 4, Side.ODOO: 4}
    found = cases(
        sizes,
        [
            (Side.PLATFORM, Side.ODOO, linking([0, 1, -1, -1], [0, 1, 1, -1])),
            (Side.PLATFORM, Side.SHOP, linking([0, 0, 1, -1], [1, 0, -1])),
        ],
    )
    # platform 0 and 1 share shop order 1, and bring their bookings with them
    assert {side: numbers.tolist() for side, numbers in found.items()} == {
        Side.SHOP: [0, 1, 2],
        Side.PLATFORM: [1, 1, 0, 3],
        Side.ODOO: [1, 1, 1, 4],
    }


def test_without_links_each_record_is_a_case() -> None:
    found = cases({Side.SHOP: 2, Side.ODOO: 1}, [(Side.SHOP, Side.ODOO, linking([-1, -1], [-1]))])
    assert {side: numbers.tolist() for side, numbers in found.items()} == {Side.SHOP: [0, 1], Side.ODOO: [2]}


def test_no_records_make_no_cases() -> None:
    assert cases({Side.SHOP: 0}, [])[Side.SHOP].tolist() == []


def test_a_long_chain_is_one_component() -> None:
    steps = np.random.default_rng(1).permutation(10_000)
    label = connected(steps[:-1], steps[1:], 10_000)
    assert set(label.tolist()) == {0}


NODES = 12


@given(st.lists(st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)), max_size=20))
def test_components_are_those_of_a_plain_search(edges: list[tuple[int, int]]) -> None:
    reach = {node: {node} for node in range(NODES)}
    for a, b in edges * NODES:
        reach[a] |= reach[b]
        reach[b] |= reach[a]
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    label = connected(ends[:, 0], ends[:, 1], NODES)
    assert label.tolist() == [min(reach[node]) for node in range(NODES)]
