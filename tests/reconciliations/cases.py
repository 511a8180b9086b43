"""What a comparison found, as tests look at it: cases, their records, and what a person is told of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import pandas as pd

from recon_app.engine.cases import SIDES, missing_sides
from recon_app.models.record import FIELDS, INT_FIELDS, NO_INT, Origin, Record, RecordType, Side
from recon_app.reconciliations._base import Facts, Reconciliation, Result

Row = dict[str, Any]
#: Side and id of each record of a case, those that are compared first.
Stand = list[tuple[Side, int]]
_INTEGERS = {"id", "key", *INT_FIELDS}


def blank_row(source: str = "test") -> Row:
    """A record without any value."""
    return {spec.name: NO_INT if spec.integer else "" for spec in FIELDS} | {"source": source}


def record_of(number: int, kind: RecordType, row: Mapping[str, Any]) -> Record:
    """A record as it is shown: only what it says."""
    said = {spec.name: row[spec.name] for spec in FIELDS if row.get(spec.name, "") not in ("", NO_INT)}
    return Record(number, kind, Origin("", "file.csv", row.get("source") or "test", number), said)


def frame_of(rows: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> pd.DataFrame:
    """Some fields of the records with their id and key, as a run hands them to a comparison."""
    return pd.DataFrame(
        {
            name: pd.Series([row[name] for row in rows], dtype="int64" if name in _INTEGERS else object)
            for name in ("id", "key", *fields)
        }
    )


def stands(result: Result) -> dict[int, Stand]:
    """The records of each case."""
    found: dict[int, Stand] = {}
    for part in (result.legs, result.support):
        for case, side, record in zip(
            part.case.tolist(), part.side.tolist(), part.record.tolist(), strict=True
        ):
            found.setdefault(case, []).append((SIDES[side], record))
    return found


def facts_of(
    row: Mapping[Any, Any], stand: Stand, records: Mapping[int, Record], note: Mapping[str, Any]
) -> Facts:
    """What a person is told of a row of the result; its note as the store gives it back."""
    legs: dict[Side, list[Record]] = {}
    for side, record in stand:
        legs.setdefault(side, []).append(records[record])
    value = int(row.get("value", NO_INT))
    return Facts(
        kind=str(row["kind"]),
        cause=str(row["cause"]),
        rule=str(row["rule"]),
        missing=missing_sides(int(row["missing"])),
        delta=None if row["delta"] == NO_INT else int(row["delta"]),
        currency=str(row["currency"]),
        grp=str(row["grp"]),
        legs={side: tuple(told) for side, told in legs.items()},
        note=json.loads(json.dumps(note)),
        unit=str(row.get("unit", "")),
        value=None if value == NO_INT else value,
    )


class Found:
    """A case as it is looked at."""

    def __init__(
        self,
        recon: Reconciliation,
        row: Mapping[Any, Any],
        stand: Stand,
        records: Mapping[int, Record],
        note: Mapping[str, Any],
    ) -> None:
        self.recon, self.key, self.day = recon, int(row["key"]), int(row["day"])
        self.records = [record for _, record in stand]
        self.facts = facts_of(row, stand, records, note)

    @property
    def text(self) -> str:
        """The sentence."""
        return self.recon.sentence(self.facts)

    @property
    def evidence(self) -> list[str]:
        """The texts of the evidence."""
        return [line.text for line in self.recon.evidence(self.facts)]


FoundT = TypeVar("FoundT", bound=Found)


def found_in(
    kind: type[FoundT], recon: Reconciliation, result: Result, records: Mapping[int, Record]
) -> list[FoundT]:
    """The cases of a result."""
    stand = stands(result)
    return [
        kind(recon, row, stand.get(number, []), records, result.notes.get(number, {}))
        for number, row in enumerate(result.cases.to_dict("records"))
    ]
