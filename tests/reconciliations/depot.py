"""A few made-up records of Odoo's goods for receipts, transfers, reservations and the value of stock."""

from __future__ import annotations

import json
from typing import Any

from recon_app.models.quantity import format_quantity, parse_quantity
from recon_app.models.record import NO_INT, Record, RecordType
from recon_app.reconciliations._base import Inputs, Reconciliation
from tests.reconciliations import cases
from tests.reconciliations.cases import blank_row, frame_of, record_of

_QUANTITIES = ("quantity", "reserved", "done", "invoiced")
VENDORS, STOCK = "Partners/Vendors", "WH/Stock"
#: 2026-11-23.
TODAY = 20_780


class Depot:
    """Collects records and runs one comparison over them."""

    def __init__(self, recon: Reconciliation, **answers: str) -> None:
        self.recon = recon
        self.answers = {name.replace("__", "."): value for name, value in answers.items()}
        self._rows: dict[RecordType, list[dict[str, Any]]] = {kind: [] for kind in recon.reads}
        self._records: dict[int, Record] = {}
        self.remarks: list[str] = []
        self.proposals: dict[str, str] = {}

    def add(self, kind: RecordType, **values: Any) -> int:
        """Add a record; quantities as text. Returns its id."""
        for name in _QUANTITIES:
            if name in values:
                values[name] = parse_quantity(values[name]) if values[name] else NO_INT
        if "extra" in values:
            values["extra"] = json.dumps(values["extra"], separators=(",", ":"))
        number = len(self._records) + 1
        row = blank_row() | values | {"id": number, "key": number}
        self._rows[kind].append(row)
        self._records[number] = record_of(number, kind, row)
        return number

    def line(self, sku: str, ordered: str, received: str = "", billed: str = "", **values: Any) -> int:
        """A line of the purchase order P1, 5.00 EUR a piece."""
        given = {"grp": "P1", "status": "purchase", "unit": "Units", "due": TODAY + 5} | values
        return self.add(
            RecordType.PURCHASE_ORDER_LINE, sku=sku, quantity=ordered, done=received, invoiced=billed, **given
        )

    def move(self, sku: str, planned: str, done: str = "", **values: Any) -> int:
        """A move of P1 from the vendor; done where a quantity says so."""
        given = {
            "ref": "P1",
            "status": "done" if done else "assigned",
            "unit": "Units",
            "day": TODAY,
            "location": VENDORS,
            "location_to": STOCK,
        } | values
        return self.add(RecordType.STOCK_MOVE, sku=sku, quantity=planned, done=done, **given)

    def quant(self, sku: str, hand: str, reserved: str = "0", **values: Any) -> int:
        """What the stock holds."""
        given = {"location": STOCK, "unit": "Units"} | values
        return self.add(RecordType.STOCK_QUANT, sku=sku, quantity=hand, reserved=reserved, **given)

    def item(self, minor: int, entry: str = "STJ/1", **values: Any) -> int:
        """A posted item of the stock account."""
        extra = {"account_name": "Stock Valuation", "journal": "Inventory Valuation"} | values.pop(
            "extra", {}
        )
        given = {"account": "110100", "status": "posted", "day": TODAY, "currency": "EUR"} | values
        return self.add(RecordType.JOURNAL_ITEM, grp=entry, amount=minor, extra=extra, **given)

    def compare(self) -> list[Found]:
        """Run the comparison."""
        frames = {kind: frame_of(self._rows[kind], fields) for kind, fields in self.recon.reads.items()}
        result = self.recon.reconcile(Inputs(frames, self.answers), lambda *_: None)
        self.remarks, self.proposals = result.remarks, result.proposals
        return cases.found_in(Found, self.recon, result, self._records)

    def only(self) -> Found:
        """The one case."""
        (found,) = self.compare()
        return found


class Found(cases.Found):
    """A case of goods."""

    @property
    def says(self) -> tuple[str, str, str]:
        """Kind, cause and difference: a quantity, or minor units where there is no unit."""
        delta = self.facts.delta
        shown = "" if delta is None else format_quantity(delta) if self.facts.unit else str(delta)
        return self.facts.kind, self.facts.cause, shown

    def adds_up(self) -> bool:
        """Whether the bridge leads from its first figure to its last one exactly."""
        lines = self.recon.bridge(self.facts)
        return sum(line.millionths for line in lines[:-1]) == lines[-1].millionths
