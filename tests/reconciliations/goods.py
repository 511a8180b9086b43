"""A few made-up goods for the tests of the stock comparison, written as a warehouse lead would say them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from recon_app.models.alias import Aliases
from recon_app.models.case import Evidence
from recon_app.models.quantity import format_quantity, parse_quantity
from recon_app.models.record import FIELDS, NO_INT, Record, RecordType
from recon_app.reconciliations._base import Inputs, Result
from recon_app.reconciliations.stock import Stock
from tests.reconciliations.cases import Stand, blank_row, facts_of, frame_of, record_of, stands

_QUANTITIES = (*("quantity", "reserved", "available", "incoming", "done", "invoiced", "counted"),)
_CUSTOMERS, _VENDORS = "Partners/Customers", "Partners/Vendors"


def seconds(text: str) -> int:
    """Seconds since 1970-01-01 of an ISO time with its zone."""
    return int(datetime.fromisoformat(text).timestamp())


class Shelf:
    """Collects records of goods and compares them."""

    def __init__(self, **answers: str) -> None:
        self.answers = {"stock_location.Berlin": "WH"} | {
            key.replace("__", "."): value for key, value in answers.items()
        }
        self._rows: dict[RecordType, list[dict[str, Any]]] = {kind: [] for kind in RecordType}
        self._next = 1
        self.records: dict[int, Record] = {}
        self.aliases = Aliases()

    def add(self, kind: RecordType, **values: Any) -> int:
        """Add a record; quantities as text, blank for none. Returns its id."""
        for name in _QUANTITIES:
            if isinstance(values.get(name), str):
                values[name] = parse_quantity(values[name]) if values[name] else NO_INT
        if isinstance(values.get("at"), str):
            values["at"] = seconds(values["at"])
        if isinstance(values.get("extra"), dict):
            values["extra"] = json.dumps(values["extra"], separators=(",", ":"))
        number = self._next
        row = blank_row() | values | {"id": number, "key": number * 7919, "row": number}
        self._rows[kind].append(row)
        self.records[number] = record_of(number, kind, row)
        self._next += 1
        return number

    def level(
        self,
        sku: str,
        available: str,
        hand: str = "",
        committed: str = "",
        location: str = "Berlin",
        **values: Any,
    ) -> int:
        """What Shopify says of a SKU at a location."""
        given = {"grp": sku.casefold(), "text": sku, "ref2": "Default Title"} | values
        return self.add(
            RecordType.INVENTORY_LEVEL,
            sku=sku,
            available=available,
            quantity=hand,
            reserved=committed,
            location=location,
            **given,
        )

    def quant(
        self, sku: str, hand: str, reserved: str = "0", location: str = "WH/Stock", **values: Any
    ) -> int:
        """What Odoo has of a SKU at a location."""
        given = {"unit": "Units", "text": f"[{sku}]"} | values
        return self.add(
            RecordType.STOCK_QUANT, sku=sku, quantity=hand, reserved=reserved, location=location, **given
        )

    def product(self, sku: str, **values: Any) -> int:
        """A product of Odoo."""
        return self.add(RecordType.ODOO_PRODUCT, sku=sku, **({"status": "active", "unit": "Units"} | values))

    def order(self, ref: str, sku: str, quantity: str, status: str = "pending", **values: Any) -> int:
        """A line of an order in the shop."""
        given = {"day": 20_780} | values
        return self.add(RecordType.ORDER_LINE, ref=ref, sku=sku, quantity=quantity, status=status, **given)

    def sale(self, number: str, ref: str, **values: Any) -> int:
        """A sale order of Odoo."""
        given = {"status": "sale", "day": 20_770} | values
        return self.add(RecordType.SALE_ORDER, grp=number, ref=ref, **given)

    def move(self, sku: str, quantity: str, status: str, ref: str = "", grp: str = "", **values: Any) -> int:
        """A move; a delivery from WH/Stock unless the places are given."""
        amounts = {"done": quantity} if status == "done" else {"reserved": quantity}
        if status == "confirmed":
            amounts = {}
        given = {"location": "WH/Stock", "location_to": _CUSTOMERS, "unit": "Units"} | amounts | values
        return self.add(
            RecordType.STOCK_MOVE, sku=sku, quantity=quantity, status=status, ref=ref, grp=grp, **given
        )

    def receipt(self, sku: str, quantity: str, status: str, ref: str = "", **values: Any) -> int:
        """A move from a vendor, or from a customer for a return."""
        given = {"location": _VENDORS, "location_to": "WH/Stock"} | values
        return self.move(sku, quantity, status, ref, **given)

    def part(self, kit: str, sku: str, quantity: str, **values: Any) -> int:
        """A component of a kit."""
        given = {"status": "phantom", "unit": "Units"} | values
        return self.add(RecordType.KIT_COMPONENT, grp=kit, sku=sku, quantity=quantity, **given)

    def count(self, sku: str, counted: str, location: str = "WH/Stock", **values: Any) -> int:
        """What a person counted."""
        given = {"grp": "S1", "account": "Ann", "unit": "Units", "at": "2026-11-23T09:10+00:00"} | values
        return self.add(RecordType.STOCK_COUNT, sku=sku, counted=counted, location=location, **given)

    def frames(self) -> dict[RecordType, pd.DataFrame]:
        """All records as frames."""
        names = [*(spec.name for spec in FIELDS), "source"]
        return {kind: frame_of(rows, names) for kind, rows in self._rows.items()}

    def compare(self) -> Compared:
        """Run the comparison."""
        frames = self.frames()
        wanted = Stock.reads
        inputs = {kind: frames[kind][["id", "key", *fields]] for kind, fields in wanted.items()}
        result = Stock().reconcile(Inputs(inputs, self.answers, self.aliases), lambda *_: None)
        return Compared(result, self.records)


class Compared:
    """A result as it is looked at."""

    def __init__(self, result: Result, records: Mapping[int, Record]) -> None:
        self.result = result
        stand = stands(result)
        self.cases = [
            _Case(result, records, number, stand.get(number, [])) for number in range(len(result.cases))
        ]

    def of(self, sku: str, place: str = "") -> _Case:
        """The only case of a SKU, at a place."""
        found = [case for case in self.cases if case.sku == sku and place in ("", case.facts.grp)]
        assert len(found) == 1, f"{len(found)} cases of {sku} {place}"
        return found[0]

    def kinds(self) -> dict[str, str]:
        """Kind by SKU."""
        return {case.sku: case.facts.kind for case in self.cases}


class _Case:
    def __init__(self, result: Result, records: Mapping[int, Record], number: int, stand: Stand) -> None:
        row = result.cases.iloc[number].to_dict()
        self.facts = facts_of(row, stand, records, result.notes.get(number, {}))
        support = result.support
        self.support = [records[record] for record in support.record[support.case == number].tolist()]

    @property
    def sku(self) -> str:
        own = self.facts.note.get("sku")
        legs = [record for found in self.facts.legs.values() for record in found]
        named = [record.values.get("sku", "") for record in legs]  # noqa: PD011 - no frame
        return str(named[0] if own is None else own)

    @property
    def delta(self) -> str:
        return "" if self.facts.delta is None else format_quantity(self.facts.delta)

    @property
    def bridge(self) -> list[tuple[str, str]]:
        """Items of the bridge, what is open last."""
        note = self.facts.note
        items = [(item["code"], format_quantity(item["quantity"])) for item in note.get("bridge", ())]
        return [*items, *([("other", format_quantity(note["other"]))] if note.get("other") else [])]

    @property
    def says(self) -> tuple[str, str, str]:
        """Kind, cause and difference."""
        return self.facts.kind, self.facts.cause, self.delta

    def text(self) -> str:
        """The sentence."""
        return Stock().sentence(self.facts)

    def evidence(self) -> tuple[Evidence, ...]:
        """The evidence."""
        return Stock().evidence(self.facts)
