"""A few made-up records and one comparison of documents over them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from recon_app.models.record import Record, RecordType
from recon_app.reconciliations._base import Inputs, Reconciliation, Result
from tests.reconciliations import cases
from tests.reconciliations.books import Books, day
from tests.reconciliations.cases import frame_of, record_of


class Ledger(Books):
    """Collects records, with ``extra`` as a mapping, and runs a comparison over them."""

    def __init__(self, recon: Reconciliation, answers: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.recon = recon
        self.answers = {"exported_at.Odoo": "2026-11-23T12:00+00:00"} | dict(answers or {})
        self.result: Result | None = None
        self.records: dict[int, Record] = {}

    def add(self, kind: RecordType, **values: Any) -> int:
        """Add a record. Returns its id."""
        if "extra" in values and not isinstance(values["extra"], str):
            values["extra"] = json.dumps(values["extra"])
        if "quantity" in values or "done" in values:
            values.setdefault("unit", "Units")
        number = super().add(kind, **values)
        self.records[number] = record_of(number, kind, self.rows()[kind][-1])
        return number

    def frames(self, *, backwards: bool = False) -> dict[RecordType, pd.DataFrame]:
        """The fields that the comparison reads, as a run has them."""
        rows, step = self.rows(), -1 if backwards else 1
        return {
            kind: frame_of(rows.get(kind, [])[::step], fields) for kind, fields in self.recon.reads.items()
        }

    def compare(self, *, backwards: bool = False) -> list[Found]:
        """Run the comparison over the fields that it reads."""
        inputs = Inputs(self.frames(backwards=backwards), self.answers)
        self.result = self.recon.reconcile(inputs, lambda *_: None)
        return cases.found_in(Found, self.recon, self.result, self.records)

    def only(self) -> Found:
        """The one case that is no match."""
        (found,) = self.differences()
        return found

    def differences(self) -> list[Found]:
        """The cases that are no match."""
        return [found for found in self.compare() if found.facts.kind != "matched"]

    @property
    def remarks(self) -> list[str]:
        """What the last run remarked."""
        assert self.result is not None
        return self.result.remarks


class Found(cases.Found):
    """A case of documents."""

    @property
    def says(self) -> tuple[str, str, int | None]:
        """Kind, cause and difference in minor units."""
        return self.facts.kind, self.facts.cause, self.facts.delta


def stands_once(ledger: Ledger) -> bool:
    """Whether no record stands in two cases."""
    records = [record for found in ledger.compare() for record in found.records]
    return len(records) == len(set(records))


def same_backwards(ledger: Ledger) -> bool:
    """Whether the order of the records changes nothing."""

    def told(found: list[Found]) -> list[tuple[Any, ...]]:
        return sorted(
            (each.key, each.says, each.text, tuple(each.evidence), sorted(each.records)) for each in found
        )

    return told(ledger.compare()) == told(ledger.compare(backwards=True))


__all__ = ["Found", "Ledger", "day", "same_backwards", "stands_once"]
