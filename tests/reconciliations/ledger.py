"""A few made-up records and one comparison of documents over them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from recon_app.engine.cases import SIDES, missing_sides
from recon_app.models.record import FIELDS, INT_FIELDS, NO_INT, Origin, Record, RecordType, Side
from recon_app.reconciliations._base import Facts, Inputs, Reconciliation, Result
from tests.reconciliations.books import Books, day

_INTEGERS = {"id", "key", *INT_FIELDS}


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
        row = self.rows()[kind][-1]
        shown = {spec.name: row[spec.name] for spec in FIELDS if row[spec.name] not in ("", NO_INT)}
        self.records[number] = Record(number, kind, Origin("", "file.csv", "test", number), shown)
        return number

    def frames(self, *, backwards: bool = False) -> dict[RecordType, pd.DataFrame]:
        """The fields that the comparison reads, as a run has them."""
        rows, step = self.rows(), -1 if backwards else 1
        return {
            kind: pd.DataFrame(
                {
                    name: pd.Series(
                        [row[name] for row in rows.get(kind, ())[::step]],
                        dtype="int64" if name in _INTEGERS else object,
                    )
                    for name in ("id", "key", *fields)
                }
            )
            for kind, fields in self.recon.reads.items()
        }

    def compare(self, *, backwards: bool = False) -> list[Found]:
        """Run the comparison over the fields that it reads."""
        result = self.recon.reconcile(Inputs(self.frames(backwards=backwards), self.answers), lambda *_: None)
        self.result = result
        stand: dict[int, list[tuple[Side, int, bool]]] = {}
        for part, compared in ((result.legs, True), (result.support, False)):
            for case, side, record in zip(
                part.case.tolist(), part.side.tolist(), part.record.tolist(), strict=True
            ):
                stand.setdefault(case, []).append((SIDES[side], record, compared))
        return [
            Found(self, row, stand.get(number, []), result.notes.get(number, {}))
            for number, row in enumerate(result.cases.to_dict("records"))
        ]

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


class Found:
    """A case as it is looked at."""

    def __init__(
        self,
        ledger: Ledger,
        row: dict[Any, Any],
        stand: list[tuple[Side, int, bool]],
        note: Mapping[str, Any],
    ) -> None:
        self.recon, self.key, self.day = ledger.recon, int(row["key"]), int(row["day"])
        self.records = [record for _, record, _ in stand]
        legs: dict[Side, list[Record]] = {}
        for side, record, _ in stand:
            legs.setdefault(side, []).append(ledger.records[record])
        self.facts = Facts(
            kind=row["kind"],
            cause=row["cause"],
            rule=row["rule"],
            missing=missing_sides(row["missing"]),
            delta=None if row["delta"] == NO_INT else int(row["delta"]),
            currency=row["currency"],
            grp=row["grp"],
            legs={side: tuple(records) for side, records in legs.items()},
            note=json.loads(json.dumps(note)),
        )

    @property
    def says(self) -> tuple[str, str, int | None]:
        """Kind, cause and difference in minor units."""
        return self.facts.kind, self.facts.cause, self.facts.delta

    @property
    def text(self) -> str:
        """The sentence."""
        return self.recon.sentence(self.facts)

    @property
    def evidence(self) -> list[str]:
        """The texts of the evidence."""
        return [line.text for line in self.recon.evidence(self.facts)]


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
