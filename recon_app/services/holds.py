"""What the check of product data holds back: no stock is adjusted on a SKU that cannot be relied on.

A finding about products blocks or warns, as the answer ``product_check.<finding>`` says. What blocks keeps
count adjustments of its SKUs out of the file for Odoo until it is corrected or a person accepts it.
"""

from __future__ import annotations

from collections.abc import Iterator

from recon_app.models.case import CALM, Kind, State
from recon_app.services import states
from recon_app.store import results
from recon_app.store.records import fetch_records
from recon_app.store.workspace import Workspace

_PRODUCTS = "products"
_GRAVE = tuple(str(kind) for kind in Kind if kind not in CALM)
_OPEN = (str(State.OPEN), str(State.REOPENED))
_PAGE = 2_000


def held(ws: Workspace) -> dict[str, str]:
    """SKUs that findings of the newest run over product data block, each with why, in a few words."""
    last = results.latest_run(ws, _PRODUCTS)
    if last is None:
        return {}
    found: dict[str, str] = {}
    for line, sku in _lines(ws, last.id):
        told = f"{(line.cause or line.kind).replace('_', ' ')}, {states.case_id(_PRODUCTS, line.case_key)}"
        found.setdefault(sku, f"the product data must be corrected first ({told})")
    return found


def _lines(ws: Workspace, run: int) -> Iterator[tuple[results.LineRow, str]]:
    """Lines of open findings with each SKU that they speak of."""
    ids = results.find_lines(ws, results.Query(run=run, kinds=_GRAVE, states=_OPEN))
    for start in range(0, len(ids), _PAGE):
        lines = results.fetch_lines(ws, run, ids[start : start + _PAGE].tolist())
        records = fetch_records(ws, {number for line in lines for number in line.records.values()})
        for line in lines:
            for number in line.records.values():
                sku = str(records[number].values.get("sku", "")) if number in records else ""
                if sku:
                    yield line, sku
