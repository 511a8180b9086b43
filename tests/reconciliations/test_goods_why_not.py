"""Why two of Odoo's records of goods do not stand in one case."""

from __future__ import annotations

import pytest

from recon_app.models.record import Origin, Record, RecordType
from recon_app.reconciliations._base import Reconciliation
from recon_app.reconciliations.receipts import Receipts
from recon_app.reconciliations.reserved import Reserved
from recon_app.reconciliations.transfers import Transfers
from recon_app.reconciliations.valuation import Valuation


def _record(kind: RecordType, **values: int | str) -> Record:
    return Record(1, kind, Origin("", "file.csv", "test", 1), dict(values))


_LINE, _MOVE = RecordType.PURCHASE_ORDER_LINE, RecordType.STOCK_MOVE
_QUANT, _MOVE_LINE = RecordType.STOCK_QUANT, RecordType.STOCK_MOVE_LINE


@pytest.mark.parametrize(
    ("recon", "left", "right", "rules"),
    [
        (Receipts(), _record(_LINE, grp="P1", sku="A"), _record(_MOVE, ref="P1", grp="IN/1", sku="A"), []),
        (
            Receipts(),
            _record(_LINE, grp="P1", sku="A"),
            _record(_MOVE, ref="P2", sku="B"),
            ["order", "sku"],
        ),
        (Receipts(), _record(_LINE, grp="P1"), _record(_QUANT), ["type"]),
        (
            Transfers(),
            _record(_MOVE, sku="A", ref="R1", location_to="Transit"),
            _record(_MOVE, sku="A", ref="R2", location="WH/Stock"),
            ["ref", "location"],
        ),
        (
            Reserved(),
            _record(_QUANT, sku="A", location="WH/Stock", lot="L1"),
            _record(_MOVE_LINE, sku="A", location="WH/Stock", lot="L2"),
            ["lot"],
        ),
        (
            Valuation(),
            _record(_QUANT, currency="EUR"),
            _record(RecordType.JOURNAL_ITEM, currency="USD"),
            ["currency"],
        ),
    ],
)
def test_what_differs_is_said(recon: Reconciliation, left: Record, right: Record, rules: list[str]) -> None:
    assert [line.rule for line in recon.why_not(left, right)] == rules
