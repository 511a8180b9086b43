"""A few made-up records for the tests of reconciliations, written as a person would say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.cases import SIDES, missing_sides
from recon_app.engine.texts import packed_frame, plain
from recon_app.models.case import Evidence
from recon_app.models.lines import as_lines
from recon_app.models.money import parse_minor
from recon_app.models.record import FIELDS, NO_INT, Category, Origin, Record, RecordType, Side
from recon_app.reconciliations._base import Facts, Inputs, Result
from recon_app.reconciliations.settlements import Settlements

_MONEY = ("amount", "fee", "net", "open", "refunded")
_DAYS = ("day", "due")


def day(text: str) -> int:
    """Days since 1970-01-01 of an ISO date."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


class Books:
    """Collects records and reconciles them."""

    def __init__(self) -> None:
        self._rows: dict[RecordType, list[dict[str, Any]]] = {kind: [] for kind in RecordType}
        self._next = 1

    def __repr__(self) -> str:
        """All records, for a test that failed on books made up at random."""
        shown = [
            f"{kind} { ({name: value for name, value in row.items() if value not in ('', NO_INT)}) }"
            for kind, rows in self._rows.items()
            for row in rows
        ]
        return "\n".join(["Books:", *shown])

    def add(self, kind: RecordType, **values: Any) -> int:
        """Add a record; money as text in its currency, days as ISO dates. Returns its id."""
        currency = values.setdefault("currency", "EUR")
        for name in _MONEY:
            if isinstance(values.get(name), str):
                values[name] = parse_minor(values[name], currency)
        if isinstance(values.get("foreign_amount"), str):
            values["foreign_amount"] = parse_minor(values["foreign_amount"], values["foreign_currency"])
        for name in _DAYS:
            if isinstance(values.get(name), str):
                values[name] = day(values[name])
        row = {spec.name: NO_INT if spec.integer else "" for spec in FIELDS} | {"source": ""} | values
        self._rows[kind].append({"key": self._next * 7919} | row | {"id": self._next, "row": self._next})
        self._next += 1
        return self._next - 1

    def line(self, ref: str, amount: str, fee: str = "0.00", **values: Any) -> int:
        """A line of the platform: a charge, or a refund when negative."""
        given = {
            "category": str(Category.REFUND if amount.startswith("-") else Category.CHARGE),
            "account": "shopify_payments",
            "status": "paid",
            "day": "2026-10-05",
            "due": "2026-10-08",
            "grp": "P1",
        } | values
        currency = given.get("currency", "EUR")
        net = parse_minor(amount, currency) - parse_minor(fee, currency)
        return self.add(RecordType.PAYMENT_LINE, ref=ref, amount=amount, fee=fee, net=net, **given)

    def payout(self, amount: str, **values: Any) -> int:
        """A payout record."""
        given = {"account": "shopify_payments", "status": "paid", "day": "2026-10-08", "ident": "P1"} | values
        return self.add(RecordType.PAYOUT, amount=amount, category="payout", **given)

    def payment(self, ref: str, amount: str, **values: Any) -> int:
        """A payment in Odoo."""
        given = {"account": "Shopify Payments", "status": "posted", "day": "2026-10-05"} | values
        given.setdefault("grp", f"PSHOP/{self._next}")
        category = Category.REFUND if amount.startswith("-") else Category.CHARGE
        return self.add(RecordType.ODOO_PAYMENT, ref=ref, amount=amount, category=str(category), **given)

    def item(self, account: str, amount: str, **values: Any) -> int:
        """A posted journal item."""
        given = {"status": "posted", "day": "2026-10-08"} | values
        return self.add(RecordType.JOURNAL_ITEM, account=account, amount=amount, **given)

    def bank(self, amount: str, text: str, **values: Any) -> int:
        """A bank line."""
        given = {"day": "2026-10-09", "account": "DE00", "source": "bank_camt"} | values
        return self.add(RecordType.BANK_LINE, amount=amount, text=text, **given)

    def transaction(self, ref: str, amount: str, **values: Any) -> int:
        """A successful transaction of the shop."""
        given = {"account": "shopify_payments", "status": "success", "day": "2026-10-05"} | values
        given.setdefault("category", str(Category.REFUND if amount.startswith("-") else Category.CHARGE))
        return self.add(RecordType.SHOP_TRANSACTION, ref=ref, amount=amount, **given)

    def order(self, ref: str, amount: str, **values: Any) -> int:
        """An order of the shop."""
        given = {"account": "Shopify Payments", "status": "paid", "day": "2026-10-05"} | values
        return self.add(RecordType.ORDER, ref=ref, amount=amount, **given)

    def invoice(self, ref: str, amount: str, **values: Any) -> int:
        """A customer invoice, or a credit note when negative."""
        given = {"account": "Customer Invoices", "status": "posted/paid", "day": "2026-10-05"} | values
        given.setdefault(
            "category", str(Category.CREDIT_NOTE if amount.startswith("-") else Category.INVOICE)
        )
        given.setdefault("grp", f"INV/{self._next}")
        return self.add(RecordType.INVOICE, ref=ref, amount=amount, **given)

    def sale(self, number: str, ref: str, **values: Any) -> int:
        """A sale order in Odoo for an order of the shop."""
        return self.add(RecordType.SALE_ORDER, grp=number, ref=ref, **values)

    def rows(self) -> dict[RecordType, list[dict[str, Any]]]:
        """The records of each type that has some."""
        return {kind: rows for kind, rows in self._rows.items() if rows}

    def inputs(self, answers: Mapping[str, str] | None = None, *, backwards: bool = False) -> Inputs:
        """The records as the run reads them, or in the opposite order."""
        step = -1 if backwards else 1
        frames = {kind: _frame(kind, rows[::step]) for kind, rows in self._rows.items()}
        return Inputs(frames, answers or {})

    def settle(self, answers: Mapping[str, str] | None = None, *, backwards: bool = False) -> Settled:
        """Run the settlements."""
        inputs = self.inputs(answers, backwards=backwards)
        return Settled(Settlements().reconcile(inputs, lambda *_: None), inputs)


class Settled:
    """A result that answers questions by record id."""

    def __init__(self, result: Result, inputs: Inputs) -> None:
        self.result = result
        self.inputs = inputs

    def case(self, record: int) -> pd.Series:
        """The case of a record."""
        legs, support = self.result.legs, self.result.support
        found = [*legs.case[legs.record == record], *support.case[support.record == record]]
        assert len(found) == 1, f"record {record} stands in {len(found)} cases"
        return self.result.cases.iloc[int(found[0])]

    def facts(self, number: int) -> Facts:
        """What a person is told of a case."""
        result = self.result
        case = result.cases.iloc[number]
        legs: dict[Side, list[Record]] = {}
        for part in (result.legs, result.support):
            for place in np.flatnonzero(part.case == number).tolist():
                side = SIDES[int(part.side[place])]
                legs.setdefault(side, []).append(self._record(int(part.record[place])))
        return Facts(
            kind=str(case["kind"]),
            cause=str(case["cause"]),
            rule=str(case["rule"]),
            missing=missing_sides(int(case["missing"])),
            delta=None if case["delta"] == NO_INT else int(case["delta"]),
            currency=str(case["currency"]),
            grp=str(case["grp"]),
            legs={side: tuple(records) for side, records in legs.items()},
            note=result.notes.get(number, {}),
        )

    @staticmethod
    def say(facts: Facts) -> str:
        """The sentence of a case."""
        return Settlements().sentence(facts)

    def sentence(self, record: int) -> str:
        """The sentence of a record's case."""
        return self.say(self.facts(int(str(self.case(record).name))))

    def evidence(self, record: int) -> tuple[Evidence, ...]:
        """What speaks for a record's case."""
        return Settlements().evidence(self.facts(int(str(self.case(record).name))))

    def _record(self, record: int) -> Record:
        for kind, frame in self.inputs.frames.items():
            for _, row in frame[frame["id"] == record].iterrows():
                values = {
                    spec.name: int(row[spec.name]) if spec.integer else str(row[spec.name])
                    for spec in FIELDS
                    if row[spec.name] not in ("", NO_INT)
                }
                return Record(record, kind, Origin("", "made_up.csv", "made_up", int(row["row"])), values)
        raise LookupError(record)

    def kind(self, record: int) -> tuple[str, str]:
        """Kind and cause of a record's case."""
        case = self.case(record)
        return str(case["kind"]), str(case["cause"])

    def together(self, *records: int) -> bool:
        """Whether the records stand in one case."""
        return len({int(self.case(record).name) for record in records}) == 1  # type: ignore[call-overload]


def _frame(kind: RecordType, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The records as the service gives them to the settlements."""
    return _filled(kind, rows) if rows else _empty(kind).copy()


@cache
def _empty(kind: RecordType) -> pd.DataFrame:
    """What most books have of most types; to build it anew takes longer than many a comparison."""
    return _filled(kind, ())


def _filled(kind: RecordType, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for spec in FIELDS:
        values = [row[spec.name] for row in rows]
        columns[spec.name] = np.array(values, np.int64) if spec.integer else as_lines(values)
    columns["source"] = as_lines([row["source"] for row in rows])
    for name in ("id", "key"):
        columns[name] = np.array([row[name] for row in rows], np.int64)
    frame = packed_frame(columns)
    return frame if kind in Settlements.packed else plain(frame)
