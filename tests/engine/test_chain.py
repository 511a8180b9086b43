"""The way of a quantity from ordered to billed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.chain import Chain

_RULE = {"ordered": 5, "cancelled": 1, "delivered": 4, "returned": 1, "invoiced": 4, "credited": 1}


def test_qty_01_ordered_cancelled_delivered_returned_invoiced_credited() -> None:
    chain = Chain(**_RULE)
    assert (chain.net_kept, chain.net_billed, chain.ok, chain.broken_at) == (3, 3, True, "")


@pytest.mark.parametrize(
    ("changed", "step"),
    [
        ({"cancelled": 6}, "cancelled"),
        ({"delivered": 3}, "delivered"),
        ({"delivered": 5}, "delivered"),
        ({"returned": 5}, "returned"),
        ({"invoiced": 5}, "invoiced"),
        ({"credited": 0}, "credited"),
        ({"credited": 2}, "credited"),
        ({"invoiced": 3, "credited": 0}, "invoiced"),
    ],
)
def test_qty_01_the_break_is_named_at_its_step(changed: dict[str, int], step: str) -> None:
    chain = Chain(**(_RULE | changed))
    assert (chain.broken_at, chain.ok) == (step, False)


@given(st.lists(st.integers(0, 10**12), min_size=6, max_size=6))
def test_a_sound_chain_bills_what_the_customer_keeps(figures: list[int]) -> None:
    ordered, cancelled, returned = sorted(figures[:3], reverse=True)
    delivered = ordered - cancelled
    back = min(returned, delivered)
    assert Chain(ordered, cancelled, delivered, back, delivered, back).ok
    chain = Chain(*figures)
    assert not chain.ok or chain.net_kept == chain.net_billed
