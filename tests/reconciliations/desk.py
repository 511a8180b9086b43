"""A few made-up orders of a shop and of Odoo, written as a clerk would say them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

from recon_app.models.alias import Aliases
from recon_app.models.money import parse_minor
from recon_app.models.quantity import format_quantity, parse_quantity
from recon_app.models.record import NO_INT, Record, RecordType
from recon_app.reconciliations._base import Inputs, Reconciliation, Result
from tests.reconciliations import cases
from tests.reconciliations.cases import blank_row, frame_of, record_of

#: 2026-11-02, a Monday.
DAY = 20_759
_QUANTITIES = ("quantity", "done", "invoiced")
_MONEY = ("amount", "open", "refunded")
#: SKU, quantity, price of one.
Item = tuple[str, str, str]


class Desk:
    """Collects orders of both sides and runs one comparison over them."""

    def __init__(self, recon: Reconciliation, **answers: str) -> None:
        self.recon = recon
        self.answers = {name.replace("__", "."): value for name, value in answers.items()}
        self.aliases = Aliases()
        self.rows: dict[RecordType, list[dict[str, Any]]] = {kind: [] for kind in recon.reads}
        self.records: dict[int, Record] = {}
        self.result: Result | None = None

    def add(self, kind: RecordType, **values: Any) -> int:
        """Add a record; money and quantities as text, blank for none. Returns its id, 0 if it is not read."""
        if kind not in self.rows:
            return 0
        for name in _QUANTITIES:
            if isinstance(values.get(name), str):
                values[name] = parse_quantity(values[name]) if values[name] else NO_INT
        for name in _MONEY:
            if isinstance(values.get(name), str):
                values[name] = minor(values[name]) if values[name] else NO_INT
        if "extra" in values:
            kept = {name: value for name, value in values["extra"].items() if value not in (None, "", [])}
            values["extra"] = json.dumps(kept, separators=(",", ":"))
        number = len(self.records) + 1
        row = blank_row() | values | {"id": number, "key": number * 7919}
        self.rows[kind].append(row)
        self.records[number] = record_of(number, kind, row)
        return number

    def order(
        self,
        ref: str,
        *items: Item,
        discount: str = "0",
        shipping: str = "0",
        tip: str = "0",
        duties: str = "0",
        taxes: str = "0",
        taxes_are: str = "",
        line: dict[str, Any] | None = None,
        extra: dict[str, Any] | None = None,
        **values: Any,
    ) -> int:
        """An order of the shop with its lines; the total follows from its parts."""
        goods = sum(int(many) * minor(price) for _, many, price in items)
        subtotal = goods - minor(discount)
        total = subtotal + minor(shipping) + minor(tip) + minor(duties)
        total += minor(taxes) if taxes_are == "added" else 0
        parts = {"shipping": shipping, "taxes": taxes, "tip": tip, "duties": duties, "discount": discount}
        terms: dict[str, Any] = {name: minor(value) or None for name, value in parts.items()}
        terms |= {"subtotal": subtotal, "taxes_are": taxes_are} | (extra or {})
        given = {
            "status": "paid",
            "day": DAY,
            "at": DAY * 86_400,
            "currency": "EUR",
            "ident": ref[1:],
        } | values
        given.setdefault("amount", total)
        number = self.add(RecordType.ORDER, ref=ref, extra=terms, **given)
        for sku, many, price in items:
            self.line(ref, sku, many, price, grp=given["ident"], **(line or {}))
        if minor(tip):
            self.line(ref, "", "1", tip, grp=given["ident"], text="Tip", extra={"tip": True})
        return number

    def line(self, ref: str, sku: str, many: str, price: str, **values: Any) -> int:
        """A line of an order of the shop."""
        extra = {"price": minor(price), "requires_shipping": "true"} | values.pop("extra", {})
        given = {
            "grp": ref[1:],
            "status": "pending",
            "day": DAY,
            "currency": "EUR",
            "amount": int(many) * minor(price),
            "text": f"Product {sku}",
        } | values
        return self.add(RecordType.ORDER_LINE, ref=ref, sku=sku, quantity=many, extra=extra, **given)

    def sale(
        self,
        number: str,
        ref: str,
        *items: Item,
        tax: str = "0",
        rate: str = "",
        line: dict[str, Any] | None = None,
        extra: dict[str, Any] | None = None,
        **values: Any,
    ) -> int:
        """A sale order with its lines, whose prices are without tax."""
        untaxed = sum(_worth(many, price) for _, many, price in items)
        told = {"untaxed": untaxed, "tax": minor(tax), "invoice_status": "invoiced"} | (extra or {})
        given = {"status": "sale", "day": DAY, "at": DAY * 86_400, "currency": "EUR"} | values
        given.setdefault("amount", untaxed + minor(tax))
        found = self.add(RecordType.SALE_ORDER, grp=number, ref=ref, extra=told, **given)
        for sku, many, price in items:
            own = {"price": price, "taxes": rate} | (line or {}).get("extra", {})
            more = {"status": given["status"], **{k: v for k, v in (line or {}).items() if k != "extra"}}
            self.sale_line(number, ref, sku, many, _worth(many, price), extra=own, **more)
        return found

    def sale_line(self, number: str, ref: str, sku: str, many: str, amount: int, **values: Any) -> int:
        """A line of a sale order."""
        given = {
            "text": f"[{sku}] Product {sku}" if sku else "",
            "unit": "Units",
            "status": "sale",
            "currency": "EUR",
            "done": "0",
            "invoiced": many,
        } | values
        return self.add(
            RecordType.SALE_ORDER_LINE, grp=number, ref=ref, sku=sku, quantity=many, amount=amount, **given
        )

    def both(self, ref: str, *items: Item, number: str = "", **values: Any) -> None:
        """The same order on both sides."""
        self.order(ref, *items, **values)
        self.sale(number or f"S{ref[1:]}", ref, *items)

    def shuffled(self, seed: int) -> Desk:
        """The same records in another order."""
        other = Desk(self.recon)
        other.answers, other.aliases, other.records = self.answers, self.aliases, self.records
        dice = random.Random(seed)  # noqa: S311 - no secret
        for kind, rows in self.rows.items():
            other.rows[kind] = dice.sample(rows, len(rows))
        return other

    def run(self) -> Result:
        """The result of the comparison."""
        frames = {kind: frame_of(self.rows[kind], fields) for kind, fields in self.recon.reads.items()}
        self.result = self.recon.reconcile(Inputs(frames, self.answers, self.aliases), lambda *_: None)
        return self.result

    def compare(self) -> list[Found]:
        """Run the comparison and look at its cases."""
        return cases.found_in(Found, self.recon, self.run(), self.records)

    def only(self) -> Found:
        """The one case."""
        (found,) = self.compare()
        return found

    def odd(self) -> list[Found]:
        """The cases that are more than a match."""
        return [found for found in self.compare() if found.facts.kind != "matched"]


class Found(cases.Found):
    """A case of orders."""

    @property
    def says(self) -> tuple[str, str, str]:
        """Kind, cause and difference: a quantity, or money where there is no unit."""
        delta, unit = self.facts.delta, self.facts.unit
        shown = "" if delta is None else format_quantity(delta) if unit else money(delta)
        return self.facts.kind, self.facts.cause, shown


def _names(record: Record, order: str) -> bool:
    return record.values.get("ref") == order


def minor(text: str) -> int:
    """Cents of an amount."""
    return parse_minor(text, "EUR")


def money(cents: int) -> str:
    """An amount of cents as text."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _worth(many: str, price: str) -> int:
    return parse_quantity(many) * minor(price) // 10**6


def case_of(found: Sequence[Found], order: str) -> Found:
    """The only case of an order."""
    (one,) = [
        case
        for case in found
        if case.facts.note.get("order") == order
        or any(_names(record, order) for records in case.facts.legs.values() for record in records)
    ]
    return one
