"""What a comparison says when exports are missing."""

from __future__ import annotations

import pytest

from recon_app import registry
from recon_app.models.record import RecordType
from recon_app.reconciliations._base import Inputs, Reconciliation
from recon_app.reconciliations._needed import needed
from tests.reconciliations.cases import frame_of

_SIDES_OF_MANY = {"causes", "connector", "fulfilment", "orders", "products", "refunds"}


def _nothing(recon: Reconciliation) -> Inputs:
    return Inputs({kind: frame_of([], fields) for kind, fields in recon.reads.items()}, {})


@pytest.mark.parametrize("name", sorted(registry.reconciliations()))
def test_an_empty_workspace_gets_a_remark_in_words(name: str) -> None:
    recon = registry.reconciliations()[name]
    result = recon.reconcile(_nothing(recon), lambda *_: None)
    assert len(result.cases) == 0
    assert result.remarks
    if name not in _SIDES_OF_MANY:
        (said,) = result.remarks
        assert said.startswith("Import ")
        assert said.endswith("not compared.")


def test_what_is_there_is_not_asked_for() -> None:
    some = frame_of([{"id": 1, "key": 1, "sku": "A"}], ("sku",))
    none = frame_of([], ("sku",))
    frames = {RecordType.STOCK_QUANT: some, RecordType.STOCK_MOVE: none, RecordType.STOCK_MOVE_LINE: none}
    assert needed(frames, "all is", RecordType.STOCK_QUANT) == []
    assert needed(frames, "all is", (RecordType.STOCK_MOVE, RecordType.STOCK_QUANT)) == []
    (said,) = needed(frames, "all is", RecordType.STOCK_QUANT, RecordType.STOCK_MOVE)
    assert said == (
        "Import stock moves of Odoo (Inventory, Reporting, Stock Moves, select all, Action, Export): without "
        "that all is not compared."
    )
    (said,) = needed(frames, "all is", (RecordType.STOCK_MOVE, RecordType.STOCK_MOVE_LINE))
    assert ") or stock move lines of Odoo (" in said
