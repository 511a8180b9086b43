"""The rows of a result: found once as a list of line ids, fetched page by page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from recon_app.models.case import Kind, State
from recon_app.models.column import Role
from recon_app.models.money import ODD_EXPONENTS, MoneyError, exponent, parse_minor
from recon_app.models.proof import PayoutProof
from recon_app.models.record import Origin, Record, RecordType, Side, missing_sides
from recon_app.services import states
from recon_app.services.run import reconciliation
from recon_app.services.summary import last_run, payouts
from recon_app.store import results, scopes
from recon_app.store.records import fetch_records
from recon_app.store.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np

#: Causes that tell which field differs, whatever the amounts of the line are.
_TOLD_BY_CAUSE = {"wrong_account": "account", "fee_not_booked": "fee"}
#: Where a sum comes from.
_NOWHERE = Origin("", "", "", 0)
#: Begins the field of a column that shows something of a case's note, as ``note.paid.fee``.
NOTE = "note."
_AMOUNT = re.compile(r"[+-]?[0-9]{1,15}([.,][0-9]{1,4})?")


@dataclass(frozen=True)
class View:
    """What of a result is shown; see :class:`recon_app.store.results.Query`.

    Attributes:
        sides: Sides of the panes, from left to right; two, or more where all are looked at.
        kinds: Kinds to show; empty for all.
        states: States to show; empty for all.
        text: Filter text.
        grp: Only this payout, or this place.
        sort: (side, field), (None, field of the line), or None.
        descending: Sort backwards.
        grouped: Put a row with its own figures above the lines of each payout.
        ages: Only cases of these ages, in words as runs give them; empty for all.
    """

    sides: tuple[Side, ...] = (Side.PLATFORM, Side.ODOO)
    kinds: tuple[Kind, ...] = ()
    states: tuple[State, ...] = ()
    text: str = ""
    grp: str | None = None
    sort: tuple[Side | None, str] | None = None
    descending: bool = False
    grouped: bool = False
    ages: tuple[str, ...] = ()


@dataclass(frozen=True)
class GroupRow:
    """The row above the lines of a payout.

    Attributes:
        grp: Payout.
        count: Lines under it in this listing.
        proof: How it closes, None when no proof is known.
    """

    grp: str
    count: int
    proof: PayoutProof | None


@dataclass(frozen=True)
class Row:
    """One row of the panes.

    Attributes:
        line_id: Line in the store; 0 for a group row.
        case_id: Case; "" for a group row.
        part: Number of the line within its case.
        kind: What differs.
        cause: Cause code or None.
        state: How far the work is.
        delta: Right minus left in minor units or millionths of unit, on the first line of a case.
        currency: Currency of delta, or of value.
        missing: Sides an expected record is missing on.
        grp: Payout.
        records: The records of the line.
        differs: Fields that differ between the sides that are looked at; with the side before a dot where
            each side has a field of its own.
        group: Set on group rows.
        unit: Unit of delta where goods are compared, else "".
        value: What a difference of goods is worth, minor units, on the first line of a case.
        note: The case's note on its first line, where columns show something of it.
    """

    line_id: int
    case_id: str
    part: int
    kind: Kind
    cause: str | None
    state: State
    delta: int | None
    currency: str
    missing: frozenset[Side]
    grp: str
    records: dict[Side, Record] = field(default_factory=dict)
    differs: frozenset[str] = frozenset()
    group: GroupRow | None = None
    unit: str = ""
    value: int | None = None
    note: Mapping[str, Any] = field(default_factory=dict)

    def cell(self, side: Side, name: str) -> int | str | None:
        """Value of a column of the reconciliation, None for empty."""
        record = self.records.get(side)
        if record is None:
            return None
        if name == "payout":
            return self.grp or None
        if name == "file":
            return f"{record.origin.file}, row {record.origin.row}"
        return record.values.get(name)


class Listing:
    """The rows of one view: found once, fetched page by page.

    Attributes:
        count: Number of rows, group rows included.
    """

    def __init__(self, ws: Workspace, name: str, run: int, view: View, ids: np.ndarray[Any, Any]) -> None:
        self._ws = ws
        self._name = name
        self._recon = reconciliation(name)
        self._noted = self._recon.sums or any(
            column.field.startswith(NOTE) for columns in self._recon.columns.values() for column in columns
        )
        self._run = run
        self._view = view
        self._ids = ids
        self._groups: list[GroupRow] = []
        if view.grouped and len(ids):
            self._put_groups()
        self.count = len(self._ids)

    def rows(self, start: int, count: int) -> list[Row]:
        """Rows of a page.

        Raises:
            UsageError: a newer run has replaced the result.
        """
        ids = [int(number) for number in self._ids[start : start + count]]
        lines = iter(results.fetch_lines(self._ws, self._run, [number for number in ids if number > 0]))
        found = [next(lines) if number > 0 else self._groups[-number - 1] for number in ids]
        wanted = {
            record for line in found if isinstance(line, results.LineRow) for record in line.records.values()
        }
        records = fetch_records(self._ws, wanted)
        rows = [
            _group_row(line) if isinstance(line, GroupRow) else self._row(line, records) for line in found
        ]
        return self._with_notes(rows) if self._noted else rows

    def marks(self, buckets: int) -> list[Kind | None]:
        """For an overview bar: the gravest open kind in each of ``buckets`` equal stretches."""
        marks: list[Kind | None] = [None] * buckets
        if not self.count:
            return marks
        grave = list(Kind)
        for position in self._open_positions().tolist():
            bucket = position * buckets // self.count
            kind = Kind(self._kinds[position])
            before = marks[bucket]
            if before is None or grave.index(kind) > grave.index(before):
                marks[bucket] = kind
        return marks

    def next_open(self, row: int, step: int) -> int | None:
        """Next row (``step`` 1) or previous row (-1) that still needs a person; None when there is none."""
        import numpy as np

        positions = self._open_positions()
        if step > 0:
            index = int(np.searchsorted(positions, row, side="right"))
        else:
            index = int(np.searchsorted(positions, row, side="left")) - 1
        return int(positions[index]) if 0 <= index < len(positions) else None

    def row_of(self, code: str) -> int | None:
        """The first row of a product with this SKU or barcode, None when none is listed."""
        import numpy as np

        lines = scopes.lines_of_code(self._ws, self._run, code)
        found = np.flatnonzero(np.isin(self._ids, lines))
        return int(found[0]) if len(found) else None

    def _open_positions(self) -> np.ndarray[Any, Any]:
        """Positions of the rows whose case is open, found when first asked for."""
        import numpy as np

        if not hasattr(self, "_positions"):
            wanted = results.open_lines(self._ws, self._run)
            self._positions = np.flatnonzero(np.isin(self._ids, wanted))
            lines = self._ids[self._positions]
            kinds = results.kinds_of(self._ws, lines)
            self._kinds = {
                position: kind for position, (kind, _) in zip(self._positions.tolist(), kinds, strict=True)
            }
        return self._positions

    def _with_notes(self, rows: list[Row]) -> list[Row]:
        """Put the case's note to its first line."""
        heads = {row.case_id: states.case_key(row.case_id)[1] for row in rows if row.case_id and not row.part}
        notes = results.case_notes(self._ws, self._run, list(heads.values()))
        noted = {case: notes.get(key, {}) for case, key in heads.items()}
        return [
            _noted(row, noted[row.case_id]) if row.case_id in noted and not row.part else row for row in rows
        ]

    def _put_groups(self) -> None:
        """Order the lines by payout and put a group row (a negative id) before each payout's lines."""
        import numpy as np

        groups = results.groups_of(self._ws, self._ids)
        names, first = np.unique(groups, return_index=True)
        names = names[np.argsort(first)]
        place = {name: number for number, name in enumerate(names.tolist())}
        order = np.argsort(np.array([place[name] for name in groups.tolist()]), kind="stable")
        ids, sorted_groups = self._ids[order], groups[order]
        starts = np.flatnonzero(np.append([True], sorted_groups[1:] != sorted_groups[:-1]))
        counts = np.diff(np.append(starts, len(ids)))
        proofs = {proof.payout: proof for proof in payouts(self._ws, self._name)}
        self._groups = [
            GroupRow(str(sorted_groups[start]), int(count), proofs.get(str(sorted_groups[start])))
            for start, count in zip(starts.tolist(), counts.tolist(), strict=True)
        ]
        self._ids = np.insert(ids, starts, -1 - np.arange(len(starts)))

    def _row(self, line: results.LineRow, records: dict[int, Record]) -> Row:
        sides = {side: records[number] for side, number in line.records.items() if number in records}
        return Row(
            line_id=line.id,
            case_id=states.case_id(self._name, line.case_key),
            part=line.part,
            kind=Kind(line.kind),
            cause=line.cause,
            state=State(line.state),
            delta=line.delta if line.part == 0 else None,
            currency=line.currency or "",
            unit=line.unit or "",
            value=line.value if line.part == 0 else None,
            missing=frozenset(missing_sides(line.missing)),
            grp=line.grp or "",
            records=sides,
            differs=self._differs(line, sides),
        )

    def _differs(self, line: results.LineRow, records: dict[Side, Record]) -> frozenset[str]:
        """Fields to be marked: what the kind speaks of, where more than one of the sides has it."""
        told = _TOLD_BY_CAUSE.get(line.cause or "")
        if told is not None:
            return frozenset({told})
        seen = [records[side] for side in self._view.sides if side in records]
        if line.kind not in (Kind.AMOUNT, Kind.FIELD) or len(seen) < 2:
            return frozenset()
        if self._recon.titles:  # what is compared has another field on each side
            fields = ((side, name) for side in self._view.sides for name in compared(self._name, side))
            return frozenset(f"{side}.{name}" for side, name in fields)
        if not line.unit and (line.kind == Kind.FIELD or line.part):
            return frozenset()  # the amounts of a field agree; those of further lines are parts of a sum
        apart = _figures_apart if line.unit else _amounts_apart
        return frozenset(name for left, right in pairwise(seen) for name in apart(left, right))


def _group_row(group: GroupRow) -> Row:
    proof = group.proof
    proven = proof is None or proof.status != "unproven"
    return Row(
        line_id=0,
        case_id="",
        part=0,
        kind=Kind.MATCHED if proven else Kind.AMOUNT,
        cause=proof.cause if proof is not None else None,
        state=State.OPEN,
        delta=proof.residual if proof is not None else None,
        currency=proof.currency if proof is not None else "",
        missing=frozenset(),
        grp=group.grp,
        group=group,
    )


def _noted(row: Row, note: Mapping[str, Any]) -> Row:
    """A line with its note; where a case compares too many records for lines, with their sums."""
    sums: Mapping[str, Mapping[str, int | str]] = note.get("sums", {})
    made = {
        Side(side): Record(0, RecordType.JOURNAL_ITEM, _NOWHERE, dict(values))
        for side, values in sums.items()
    }
    return replace(row, records={**made, **row.records}, note=note)


def _amounts_apart(left: Record, right: Record) -> frozenset[str]:
    if left.type is RecordType.PAYOUT and right.type is RecordType.JOURNAL_ITEM:
        # a transfer leaves the clearing account: the same amount with the other sign agrees
        agrees = left.values.get("amount") == -int(right.values.get("amount", 0))
        return frozenset() if agrees else frozenset({"amount"})
    return frozenset(
        name for name in ("amount", "currency") if left.values.get(name) != right.values.get(name)
    )


def _figures_apart(left: Record, right: Record) -> frozenset[str]:
    """The compared figures of goods that are not the same; a count stands against what is on hand."""
    if RecordType.STOCK_COUNT in (left.type, right.type):
        return frozenset({"counted", "quantity"})
    both = [name for name in ("quantity", "available") if name in left.values and name in right.values]
    return frozenset(name for name in both if left.values[name] != right.values[name])


def compared(name: str, side: Side) -> tuple[str, ...]:
    """Fields of a side that the comparison uses as value."""
    columns = reconciliation(name).columns.get(side, ())
    return tuple(column.field for column in columns if column.role is Role.COMPARED)


def scope_of(
    name: str, sides: tuple[Side, ...], grp: str | None = None, ages: tuple[str, ...] = ()
) -> scopes.Scope:
    """The cases that a pair of sides shows; where each case belongs to one pair, the first takes the rest."""
    recon = reconciliation(name)
    if not recon.apart or sides not in recon.pairs:
        return scopes.Scope(grp=grp, ages=ages)
    if sides != recon.pairs[0]:
        return scopes.Scope(having=sides[1], grp=grp, ages=ages)
    others = {side for pair in recon.pairs[1:] for side in pair} - set(sides)
    return scopes.Scope(lacking=tuple(side for side in Side if side in others), grp=grp, ages=ages)


def ages(ws: Workspace, name: str, sides: tuple[Side, ...]) -> dict[tuple[Kind, str], int]:
    """How many cases of the newest run there are of each kind and age; "" for those without an age."""
    last = results.latest_run(ws, name)
    found = {} if last is None else scopes.ages(ws, last.id, scope_of(name, sides))
    return {(Kind(kind), age): count for (kind, age), count in found.items()}


def open_listing(ws: Workspace, name: str, view: View) -> Listing:
    """Find the rows of a view.

    Raises:
        UsageError: the reconciliation never ran.
    """
    last = last_run(ws, name)
    return Listing(ws, name, last.id, view, results.find_lines(ws, _query(name, last.id, view)))


def _query(name: str, run: int, view: View) -> results.Query:
    text = view.text.strip()
    return results.Query(
        run=run,
        kinds=tuple(str(kind) for kind in view.kinds),
        states=tuple(str(state) for state in view.states),
        sides=view.sides,
        payouts_only=Side.BANK in view.sides,
        scope=scope_of(name, view.sides, view.grp, view.ages),
        text=text,
        minors=_minors(text),
        sort=view.sort,
        descending=view.descending,
    )


def _minors(text: str) -> dict[int, int]:
    """The filter text as minor units by the decimals of a currency; empty when it is no amount."""
    found = {}
    for currency in ("EUR", *ODD_EXPONENTS) if _AMOUNT.fullmatch(text) else ():
        with suppress(MoneyError):
            found[exponent(currency)] = parse_minor(text.replace(",", "."), currency)
    return found
