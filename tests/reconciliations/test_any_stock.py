"""Whatever happened in a store: the bridge adds up exactly and names every cause that is in the data."""

from __future__ import annotations

import pytest

from recon_app.models.record import NO_INT
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
