"""The run over refunds: legs are collected, linked order by order, and judged."""

from __future__ import annotations

from recon_app.engine.cases import Legs
from recon_app.models.record import RecordType
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations._base import Inputs, Progress, Result


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Refunds", 0, 1)
    result = Result(cases=goods.case_table([]), legs=Legs.none(), support=Legs.none())
    if not any(len(inputs.frames[kind]) for kind in (RecordType.REFUND, RecordType.SHOP_TRANSACTION)):
        result.remarks.append(
            "No refunds of Shopify were imported: import transaction histories to see them."
        )
    return result
