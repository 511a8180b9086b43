"""A few made-up refunds for the tests, written as a clerk would say them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.cases import SIDES, missing_sides
from recon_app.models.case import Evidence
from recon_app.models.money import format_minor
from recon_app.models.quantity import parse_quantity
from recon_app.models.record import FIELDS, NO_INT, Origin, Record, RecordType, Side
from recon_app.reconciliations._base import Facts, Inputs, Result
from recon_app.reconciliations.refunds import Refunds
from tests.reconciliations.books import Books, day

_QUANTITIES = ("quantity", "done")
CUSTOMERS = "Partners/Customers"


class Given(Books):
    """Collects the legs of refunds and compares them.

    A line of the platform and an invoice far in the past and on the last day let the files cover every day.
    """

    def __init__(self, last: str = "2026-11-30", *, covered: bool = True) -> None:
        super().__init__()
        if covered:
            for when in ("2026-09-01", last):
                self.line("#far", "1.00", day=when)
                self.invoice("#far", "1.00", day=when)
                self.move("FAR", "1", "done", "Return of nothing", day=when, location="WH", location_to="X")
                self.order(f"#far-{when}", "1.00", day=when)
            self.order("#far", "1.00", day="2026-09-01")

    def add(self, kind: RecordType, **values: Any) -> int:
        """As :meth:`Books.add`; quantities as text, further values as a mapping."""
        for name in _QUANTITIES:
            if isinstance(values.get(name), str):
                values[name] = parse_quantity(values[name])
        if isinstance(values.get("extra"), dict):
            values["extra"] = json.dumps(values["extra"], separators=(",", ":"))
        if isinstance(values.get("day"), str) and kind.side is Side.SHOP and "at" not in values:
            values["at"] = day(values["day"]) * 86_400 + 43_200
        if kind in (RecordType.STOCK_MOVE, RecordType.TRANSFER):
            values.setdefault("currency", "")
        return super().add(kind, **values)

    def sold(self, ref: str, amount: str, fee: str = "0.00", **values: Any) -> int:
        """An order that was paid by card through the platform."""
        self.line(ref, amount, fee, day="2026-10-01")
        self.transaction(ref, amount, day="2026-10-01")
        return self.order(ref, amount, day="2026-10-01", **values)

    def refund(self, ref: str, amount: str, number: str = "", **values: Any) -> int:
        """A refund of the shop as Admin data tells it: without lines, or one line with a sku."""
        given = {"day": "2026-11-02", "source": "shopify_bulk_refunds", "category": "refund"} | values
        return self.add(RecordType.REFUND, ref=ref, amount=amount, ident=number or f"R{self._next}", **given)

    def back(self, ref: str, amount: str, **values: Any) -> int:
        """A refund that a transaction tells of."""
        return self.transaction(ref, amount, **({"day": "2026-11-02"} | values))

    def paid(self, ref: str, amount: str, **values: Any) -> int:
        """A refund that the platform paid."""
        return self.line(ref, amount, **({"day": "2026-11-03"} | values))

    def note(self, ref: str, amount: str, status: str = "posted/paid", **values: Any) -> int:
        """A credit note of Odoo that reverses the invoice of an order."""
        extra = {"reversal_ref": ref} | values.pop("extra", {})
        given = {"day": "2026-11-03", "grp": f"RINV/{self._next}"} | values
        return self.invoice("", amount, status=status, extra=extra, **given)

    def move(self, sku: str, quantity: str, status: str = "done", ref: str = "", **values: Any) -> int:
        """Goods from a customer; ref is the source document."""
        given = {
            "location": CUSTOMERS,
            "location_to": "WH/Stock",
            "unit": "Units",
            "day": "2026-11-04",
        } | values
        given.setdefault("grp", f"WH/IN/{self._next}")
        done = {"done": quantity} if status == "done" else {}
        return self.add(
            RecordType.STOCK_MOVE, sku=sku, quantity=quantity, status=status, ref=ref, **done, **given
        )

    def delivery(self, number: str, ref: str, **values: Any) -> int:
        """A transfer that delivered an order."""
        given = {
            "status": "done",
            "location": "WH/Stock",
            "location_to": CUSTOMERS,
            "day": "2026-10-02",
        } | values
        return self.add(RecordType.TRANSFER, grp=number, ref=ref, **given)

    def compare(
        self,
        answers: Mapping[str, str] | None = None,
        *,
        backwards: bool = False,
        written: Mapping[RecordType, tuple[int, int]] | None = None,
    ) -> Compared:
        """Run the comparison with the fields it reads."""
        whole = self.inputs(answers, backwards=backwards)
        frames = {kind: whole.frames[kind][["id", "key", *names]] for kind, names in Refunds.reads.items()}
        result = Refunds().reconcile(Inputs(frames, answers or {}, written=written or {}), lambda *_: None)
        return Compared(result, whole.frames)


class Compared:
    """A result that answers questions by record id."""

    def __init__(self, result: Result, frames: Mapping[RecordType, pd.DataFrame]) -> None:
        self.result = result
        self._frames = frames

    def __len__(self) -> int:
        return len(self.result.cases)

    def of(self, record: int) -> One:
        """The case that a record is a leg of, or that it stands behind."""
        legs, behind = self.result.legs, self.result.support
        found = legs.case[legs.record == record].tolist() or behind.case[behind.record == record].tolist()
        assert len(found) == 1, f"record {record} is in {len(found)} cases"
        return One(self, found[0])

    def all(self) -> list[One]:
        """All cases."""
        return [One(self, number) for number in range(len(self))]

    def record(self, number: int) -> Record:
        """A record as it is looked at."""
        for kind, frame in self._frames.items():
            for _, row in frame[frame["id"] == number].iterrows():
                values = {
                    spec.name: int(row[spec.name]) if spec.integer else str(row[spec.name])
                    for spec in FIELDS
                    if row[spec.name] not in ("", NO_INT)
                }
                return Record(number, kind, Origin("", "made_up.csv", "made_up", int(row["row"])), values)
        raise LookupError(number)


class One:
    """One case."""

    def __init__(self, compared: Compared, number: int) -> None:
        self.number = number
        self._compared = compared
        self.row = compared.result.cases.iloc[number]
        self.note = compared.result.notes[number]

    @property
    def says(self) -> tuple[str, str]:
        """Kind and cause."""
        return str(self.row["kind"]), str(self.row["cause"])

    @property
    def state(self) -> str:
        """The legs that are done."""
        return str(self.note["state"])

    @property
    def delta(self) -> str:
        """The difference, "" for none."""
        if self.row["delta"] == NO_INT:
            return ""
        return format_minor(int(self.row["delta"]), str(self.row["currency"] or "EUR"))

    @property
    def missing(self) -> set[Side]:
        """The sides a record is missing on."""
        return set(missing_sides(int(self.row["missing"])))

    @property
    def next(self) -> list[str]:
        """What to do."""
        return list(self.note["next"])

    def step(self, name: str) -> dict[str, Any]:
        """One step of the timeline."""
        return next(step for step in self.note["legs"] if step["step"] == name)

    def steps(self) -> dict[str, str]:
        """State of every step."""
        return {step["step"]: step["state"] for step in self.note["legs"]}

    @property
    def facts(self) -> Facts:
        """What a person is told of it."""
        result = self._compared.result
        legs: dict[Side, list[Record]] = {}
        for part in (result.legs, result.support):
            for place in np.flatnonzero(part.case == self.number).tolist():
                record = self._compared.record(int(part.record[place]))
                legs.setdefault(SIDES[int(part.side[place])], []).append(record)
        return Facts(
            kind=str(self.row["kind"]),
            cause=str(self.row["cause"]),
            rule=str(self.row["rule"]),
            missing=missing_sides(int(self.row["missing"])),
            delta=None if self.row["delta"] == NO_INT else int(self.row["delta"]),
            currency=str(self.row["currency"]),
            grp=str(self.row["grp"]),
            legs={side: tuple(records) for side, records in legs.items()},
            note=self.note,
        )

    def text(self) -> str:
        """The sentence."""
        return Refunds().sentence(self.facts)

    def evidence(self) -> tuple[Evidence, ...]:
        """The evidence."""
        return Refunds().evidence(self.facts)

    def told(self, rule: str) -> list[str]:
        """The texts of one kind of evidence."""
        return [line.text for line in self.evidence() if line.rule == rule]
