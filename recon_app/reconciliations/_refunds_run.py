"""The run over refunds: legs are collected, linked order by order, and judged."""

from __future__ import annotations

import gc
from typing import Any

from recon_app.reconciliations import _refunds_judge as judge
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._refunds_cases import Cases, linked
from recon_app.reconciliations._refunds_notes import notes
from recon_app.reconciliations._refunds_scope import World, world


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Collecting refunds", 0, 3)
    seen = world(inputs)
    progress("Linking refunds", 1, 3)
    cases = linked(seen)
    progress("Comparing refunds", 2, 3)
    made = judge.standing(seen, cases)
    return Result(
        cases=judge.table(cases, made),
        legs=cases.legs(),
        support=cases.support(),
        notes=_noted(seen, cases, made),
        proposals=seen.proposals,
        remarks=[*seen.remarks, *cases.remarks, *made.remarks],
    )


def _noted(seen: World, cases: Cases, made: judge.Standing) -> dict[int, dict[str, Any]]:
    """The notes; nothing of them can be given back yet, so that nobody looks for it meanwhile."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        return notes(seen, cases, made)
    finally:
        if enabled:
            gc.enable()
