"""What a comparison of stock must be told: which places belong together, which figures must agree."""

from __future__ import annotations

from dataclasses import dataclass

from recon_app.models.record import RecordType
from recon_app.services.run import answers
from recon_app.store import results
from recon_app.store.imports import list_imports
from recon_app.store.records import values_of
from recon_app.store.workspace import Workspace

_WORDS = ("stock_location", "stock_figure", "safety_stock", "excluded", "unit", "exported_at")
#: Where Odoo books what is nowhere in the company.
_OUTSIDE = ("Partners/", "Virtual Locations/", "Physical Locations/")


@dataclass(frozen=True)
class StockQuestions:
    """All that can be answered, from the loaded data.

    Attributes:
        shops: Locations of Shopify.
        places: Locations of Odoo that hold stock, and the warehouses around them.
        units: Units of measure in Odoo.
        given: The answers that persons gave, by name.
        assumed: What the last run assumed in their place.
        remarks: What the last run could not compare, and why.
    """

    shops: list[str]
    places: list[str]
    units: list[str]
    given: dict[str, str]
    assumed: dict[str, str]
    remarks: list[str]

    def answer(self, name: str) -> str:
        """What counts now: given, else assumed, else nothing."""
        return self.given.get(name) or self.assumed.get(name, "")


def questions(ws: Workspace) -> StockQuestions:
    """What can be asked about the loaded stock."""
    last = results.latest_run(ws, "stock")
    summary = last.summary if last is not None else {}
    inside = [
        name
        for name in _values(ws, RecordType.STOCK_QUANT, "location")
        if not f"{name}/".startswith(_OUTSIDE)
    ]
    around = {name.partition("/")[0] for name in inside}
    kept = answers(ws).items()
    return StockQuestions(
        shops=_values(ws, RecordType.INVENTORY_LEVEL, "location"),
        places=sorted({*inside, *around}),
        units=_values(ws, RecordType.STOCK_QUANT, "unit"),
        given={name: value for name, value in kept if name.partition(".")[0] in _WORDS},
        assumed=dict(summary.get("proposals", {})),
        remarks=list(summary.get("remarks", [])),
    )


def _values(ws: Workspace, record_type: RecordType, name: str) -> list[str]:
    return values_of(ws, [file.id for file in list_imports(ws) if file.record_type == record_type], name)
