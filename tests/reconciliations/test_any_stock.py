"""Whatever happened in a store: the bridge adds up exactly and names every cause that is in the data."""

from __future__ import annotations

import pytest

from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations._base import Inputs
from recon_app.reconciliations.stock import Stock
from tests.reconciliations.random_shelves import PLACES, Stores


@pytest.mark.parametrize("seed", range(2))
def test_the_bridges_of_10_000_random_stores(seed: int) -> None:
    made = Stores(seed, 5_000)
    result = Stock().reconcile(made.inputs(), lambda *_: None)
    assert len(result.cases) == len(made.stores)
    stores = {(store.sku, store.place): store for store in made.stores}
    differing = 0
    for number, row in enumerate(result.cases.itertuples()):
        note = result.notes.get(number)
        if note is None:
            assert (row.kind, row.delta) == ("matched", 0)
            continue
        store = stores[note["sku"], note["location"]]
        pair = 1 if PLACES[store.place][1] == "on_hand=on_hand" else 0
        truth = {code: effects[pair] for code, effects in store.truth.items() if effects[pair]}
        found = {item["code"]: item["quantity"] // 1_000_000 for item in note.get("bridge", ())}
        assert row.delta != NO_INT
        assert sum(item["quantity"] for item in note.get("bridge", ())) + note["other"] == row.delta
        assert note["other"] == 0, (store, found)
        assert found == truth, store
        differing += 1
    assert differing > len(made.stores) / 2


@pytest.mark.parametrize("left_out", Stock.reads)
def test_any_kind_of_file_may_be_missing(left_out: RecordType) -> None:
    inputs = Stores(7, 60).inputs()
    frames = {**inputs.frames, left_out: inputs.frames[left_out].iloc[:0]}
    result = Stock().reconcile(Inputs(frames, inputs.answers), lambda *_: None)
    needed = left_out in (RecordType.INVENTORY_LEVEL, RecordType.STOCK_QUANT)
    assert len(result.cases) == (0 if needed else 60)
    assert result.remarks or not needed
    for number, note in result.notes.items():
        if "other" in note:
            items = sum(item["quantity"] for item in note.get("bridge", ()))
            assert items + note["other"] == result.cases["delta"].iloc[number]


@pytest.mark.parametrize("kind", Stock.reads)
def test_one_kind_of_file_alone_finds_nothing_wrong(kind: RecordType) -> None:
    inputs = Stores(7, 20).inputs()
    frames = {each: frame if each is kind else frame.iloc[:0] for each, frame in inputs.frames.items()}
    result = Stock().reconcile(Inputs(frames, inputs.answers), lambda *_: None)
    assert not len(result.cases)
