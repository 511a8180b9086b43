"""How good refunds and orders are compared on made-up shops whose truth is known."""

from __future__ import annotations

import pandas as pd
import pytest

from benchmarks import flow_frames
from benchmarks.accuracy import Accuracy, of_flow, table
from recon_app.models.record import RecordType
from recon_app.reconciliations.orders import Orders
from recon_app.reconciliations.refunds import Refunds

ROWS = 2_000


@pytest.fixture(scope="module")
def measured() -> dict[str, Accuracy]:
    return {name: of_flow(name, ROWS, seed=7)[0] for name in ("refunds", "orders")}


def test_refunds_are_linked_rightly(measured: dict[str, Accuracy]) -> None:
    found = measured["refunds"]
    assert found.precision >= 0.998
    assert found.recall >= 0.97
    assert found.kinds >= 0.93
    kinds = {kind for _, kind in flow_frames.REFUND_DEFECTS.values()}
    assert set(found.by_kind) == kinds | {"ambiguous"}


def test_orders_are_linked_rightly_although_some_references_name_another(
    measured: dict[str, Accuracy],
) -> None:
    found = measured["orders"]
    assert found.precision >= 0.95
    assert found.recall >= 0.90
    assert found.kinds >= 0.85
    kinds = {kind for _, kind in flow_frames.ORDER_DEFECTS.values()}
    assert set(found.by_kind) == kinds | {"ambiguous"}


@pytest.mark.parametrize("name", ["refunds", "orders"])
def test_no_tie_is_decided(name: str, measured: dict[str, Accuracy]) -> None:
    assert measured[name].ties_decided == 0
    ties, left_open = measured[name].by_kind["ambiguous"]
    assert ties == 2 * int(ROWS * flow_frames.TIES)
    assert left_open >= 0.9 * ties


@pytest.mark.parametrize(
    ("make", "reads"), [(flow_frames.refunds, Refunds.reads), (flow_frames.orders, Orders.reads)]
)
def test_the_same_seed_makes_the_same_records(
    make: flow_frames.Maker, reads: dict[RecordType, tuple[str, ...]]
) -> None:
    one, other = make(reads, 300, 5), make(reads, 300, 5)
    for kind in reads:
        pd.testing.assert_frame_equal(one.frames[kind], other.frames[kind])
    assert (one.link, one.kind) == (other.link, other.kind)
    assert one.link != make(reads, 300, 6).link


def test_the_table_names_what_was_measured(measured: dict[str, Accuracy]) -> None:
    text = table({(name, ROWS): (found, 1.0) for name, found in measured.items()})
    assert text.count("\n") == 3
    assert "| refunds | 2000 | 0.99" in text or "| refunds | 2000 | 1.0" in text
