"""Look at the result of a run: figures, pages of lines, single cases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from recon_app.models.case import CALM, Case, Evidence, Kind, State
from recon_app.models.column import Column, Role
from recon_app.models.money import ODD_EXPONENTS, Money, MoneyError, exponent, parse_minor
from recon_app.models.problem import UsageError
from recon_app.models.proof import ClearingProof, PayoutProof
from recon_app.models.quantity import Quantity
from recon_app.models.record import Record, RecordType, Side
from recon_app.services import states
from recon_app.services.run import inputs_digest, read_inputs, reconciliation
from recon_app.store import results, scopes
from recon_app.store.records import fetch_records
from recon_app.store.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np

    from recon_app.reconciliations._base import Facts

#: States in which a difference no longer counts as open.
_SETTLED = frozenset({State.ACCEPTED, State.VERIFIED})
_CALM = frozenset(str(kind) for kind in CALM)
_PAGE = 2_000
#: Causes that tell which field differs, whatever the amounts of the line are.
_TOLD_BY_CAUSE = {"wrong_account": "account", "fee_not_booked": "fee"}
_LARGEST_ID = 2**63 - 1
_AMOUNT = re.compile(r"[+-]?[0-9]{1,15}([.,][0-9]{1,4})?")


@dataclass(frozen=True)
class Total:
    """Figures of one currency, in minor units.

    Attributes:
        currency: ISO code.
        sides: Sum per side; the bank's is of payouts, the others' of single lines.
        paid: What the platform paid out: sum of the payouts, to be compared with the bank.
        difference: Sum of the cases' differences.
        explained: The part of it that is timing, accepted or verified.
        open: The part that is neither: it must reach zero.
    """

    currency: str
    sides: dict[str, int]
    paid: int
    difference: int
    explained: int
    open: int


@dataclass(frozen=True)
class UnitTotal:
    """Differences of goods in one unit, positive millionths; plus and minus never cancel out.

    Attributes:
        unit: Unit of measure.
        plus: Sum of what is too much.
        minus: Sum of what is missing.
        open_plus: The part of plus that is neither timing nor accepted nor verified.
        open_minus: The same of minus.
    """

    unit: str
    plus: int
    minus: int
    open_plus: int
    open_minus: int


@dataclass(frozen=True)
class Summary:
    """Figures of the newest run.

    Attributes:
        run: Number of the run.
        period: ``YYYY-MM`` or None.
        finished: ISO moment in UTC.
        files_changed: Whether files or answers changed since.
        totals: Per currency.
        quantities: Per unit, where goods are compared.
        counts: Cases per kind.
        open_counts: Cases per kind that still need a person.
        proposals: Answers that were assumed and should be confirmed.
        remarks: What was left out.
    """

    run: int
    period: str | None
    finished: str
    files_changed: bool
    totals: list[Total]
    quantities: list[UnitTotal]
    counts: dict[Kind, int]
    open_counts: dict[Kind, int]
    proposals: dict[str, str]
    remarks: list[str]


@dataclass(frozen=True)
class View:
    """What of a result is shown; see :class:`recon_app.store.results.Query`.

    Attributes:
        left: Side of the left pane.
        right: Side of the right pane.
        kinds: Kinds to show; empty for all.
        states: States to show; empty for all.
        text: Filter text.
        grp: Only this payout, or this place.
        sort: (side, field), (None, field of the line), or None.
        descending: Sort backwards.
        grouped: Put a row with its own figures above the lines of each payout.
    """

    left: Side = Side.PLATFORM
    right: Side = Side.ODOO
    kinds: tuple[Kind, ...] = ()
    states: tuple[State, ...] = ()
    text: str = ""
    grp: str | None = None
    sort: tuple[Side | None, str] | None = None
    descending: bool = False
    grouped: bool = False


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
        differs: Fields that differ between left and right.
        group: Set on group rows.
        unit: Unit of delta where goods are compared, else "".
        value: What a difference of goods is worth, minor units, on the first line of a case.
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
        return [
            _group_row(line) if isinstance(line, GroupRow) else self._row(line, records) for line in found
        ]

    def case_at(self, row: int) -> str:
        """Case id of a row, "" for a group row."""
        return self.rows(row, 1)[0].case_id

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
            missing=_missing(line.missing),
            grp=line.grp or "",
            records=sides,
            differs=_differs(line, sides.get(self._view.left), sides.get(self._view.right)),
        )


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


def _missing(bits: int) -> frozenset[Side]:
    return frozenset(side for place, side in enumerate(Side) if bits & (1 << place))


def _differs(line: results.LineRow, left: Record | None, right: Record | None) -> frozenset[str]:
    """Fields to be marked: what the kind speaks of, where both sides have it."""
    told = _TOLD_BY_CAUSE.get(line.cause or "")
    if told is not None:
        return frozenset({told})
    if line.kind not in (Kind.AMOUNT, Kind.FIELD) or left is None or right is None:
        return frozenset()
    if line.unit:
        return _figures_apart(left, right)
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


def scope_of(name: str, sides: tuple[Side, Side], grp: str | None = None) -> scopes.Scope:
    """The cases that a pair of sides shows; where each case belongs to one pair, the first takes the rest."""
    recon = reconciliation(name)
    if not recon.apart or sides not in recon.pairs:
        return scopes.Scope(grp=grp)
    if sides != recon.pairs[0]:
        return scopes.Scope(having=sides[1], grp=grp)
    others = {side for pair in recon.pairs[1:] for side in pair} - set(sides)
    return scopes.Scope(lacking=tuple(side for side in Side if side in others), grp=grp)


def columns(name: str, side: Side) -> tuple[Column, ...]:
    """Columns of a side's pane; none for a side that is not compared."""
    return tuple(reconciliation(name).columns.get(side, ()))


def pairs(name: str) -> tuple[tuple[Side, Side], ...]:
    """Pairs of panes; the first is the default."""
    return tuple(reconciliation(name).pairs)


def compared(name: str, side: Side) -> tuple[str, ...]:
    """Fields that the comparison uses as key or value."""
    return tuple(column.field for column in columns(name, side) if column.role is not Role.SHOWN)


def summary(ws: Workspace, name: str) -> Summary | None:
    """Figures of the newest run, None when it never ran."""
    last = results.latest_run(ws, name)
    if last is None:
        return None
    counts: dict[Kind, int] = {}
    open_counts: dict[Kind, int] = {}
    for (kind, state), count in results.count_cases(ws, last.id).items():
        counts[Kind(kind)] = counts.get(Kind(kind), 0) + count
        if kind not in _CALM and state in (State.OPEN, State.REOPENED):
            open_counts[Kind(kind)] = open_counts.get(Kind(kind), 0) + count
    return Summary(
        run=last.id,
        period=last.period,
        finished=last.finished,
        files_changed=last.summary["inputs"] != inputs_digest(ws),
        totals=_totals(ws, last),
        quantities=_quantities(ws, last),
        counts=counts,
        open_counts=open_counts,
        proposals=dict(last.summary["proposals"]),
        remarks=list(last.summary["remarks"]),
    )


def _totals(ws: Workspace, last: results.RunRow) -> list[Total]:
    sides: dict[str, dict[str, int]] = last.summary["sides"]
    explained: dict[str, int] = {}
    still_open: dict[str, int] = {}
    for currency, kind, state, minor in results.sum_deltas(ws, last.id):
        settled = kind in _CALM or state in _SETTLED
        target = explained if settled else still_open
        target[currency] = target.get(currency, 0) + minor
    return [
        Total(
            currency,
            sides.get(currency, {}),
            last.summary["paid"].get(currency, 0),
            explained.get(currency, 0) + still_open.get(currency, 0),
            explained.get(currency, 0),
            still_open.get(currency, 0),
        )
        for currency in sorted({*sides, *explained, *still_open})
    ]


def _quantities(ws: Workspace, last: results.RunRow) -> list[UnitTotal]:
    sums: dict[str, list[int]] = {}
    for unit, kind, state, plus, minus in results.sum_quantities(ws, last.id):
        settled = kind in _CALM or state in _SETTLED
        before = sums.setdefault(unit, [0, 0, 0, 0])
        sums[unit] = [
            total + more
            for total, more in zip(
                before, (plus, minus, *((0, 0) if settled else (plus, minus))), strict=True
            )
        ]
    return [UnitTotal(unit, *found) for unit, found in sorted(sums.items())]


def open_listing(ws: Workspace, name: str, view: View) -> Listing:
    """Find the rows of a view.

    Raises:
        UsageError: the reconciliation never ran.
    """
    last = _last(ws, name)
    return Listing(ws, name, last.id, view, results.find_lines(ws, _query(name, last.id, view)))


def _last(ws: Workspace, name: str) -> results.RunRow:
    last = results.latest_run(ws, name)
    if last is None:
        raise UsageError(f"{name} was never run; run it first")
    return last


def _query(name: str, run: int, view: View) -> results.Query:
    text = view.text.strip()
    return results.Query(
        run=run,
        kinds=tuple(str(kind) for kind in view.kinds),
        states=tuple(str(state) for state in view.states),
        sides=(view.left, view.right),
        payouts_only=Side.BANK in (view.left, view.right),
        scope=scope_of(name, (view.left, view.right), view.grp),
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


def payouts(ws: Workspace, name: str) -> list[PayoutProof]:
    """Proof of every payout of the newest run."""
    last = results.latest_run(ws, name)
    return [
        PayoutProof(
            payout=proof["payout"],
            currency=proof["currency"],
            terms=tuple((term, minor) for term, minor in proof["terms"]),
            total=proof["total"],
            bank=proof["bank"],
            causes=tuple(Evidence(code, text) for code, text in proof["causes"]),
        )
        for proof in (last.summary["payouts"] if last is not None else ())
    ]


def clearing(ws: Workspace, name: str, cut_off: int) -> list[ClearingProof]:
    """Prove the clearing accounts at the end of a day (days since 1970-01-01)."""
    recon = reconciliation(name)
    inputs = read_inputs(ws, recon)
    return recon.clearing(inputs, recon.reconcile(inputs, lambda *_: None), cut_off)


def case(ws: Workspace, text: str) -> Case:
    """Everything about one case.

    Raises:
        UsageError: the last run has no such case.
    """
    name, key = states.case_key(text)
    last = _last(ws, name)
    lines = results.case_lines(ws, last.id, key)
    if not lines:
        raise UsageError(f"the last run has no case {text}; run {name} again and list its cases")
    return next(_cases(ws, name, last.id, [lines]))


def iterate(
    ws: Workspace, name: str, kinds: Sequence[Kind] = (), wanted: Sequence[State] = ()
) -> Iterator[Case]:
    """All cases of the newest run in display order, page by page."""
    last = _last(ws, name)
    query = results.Query(
        run=last.id,
        kinds=tuple(str(kind) for kind in kinds),
        states=tuple(str(state) for state in wanted),
    )
    ids = results.find_lines(ws, query)
    pending: list[results.LineRow] = []
    for start in range(0, len(ids), _PAGE):
        pending += results.fetch_lines(ws, last.id, ids[start : start + _PAGE].tolist())
        starts = [place for place, line in enumerate(pending) if line.part == 0]
        # the last case of a page may go on with the next one
        whole = starts[-1] if start + _PAGE < len(ids) else len(pending)
        bounds = [place for place in [*starts, whole] if place <= whole]
        parts = [pending[first:end] for first, end in pairwise(bounds) if end > first]
        yield from _cases(ws, name, last.id, parts)
        pending = pending[whole:]


def _cases(ws: Workspace, name: str, run: int, parts: Sequence[Sequence[results.LineRow]]) -> Iterator[Case]:
    from recon_app.reconciliations._base import Facts

    recon = reconciliation(name)
    keys = [lines[0].case_key for lines in parts]
    behind: dict[int, list[tuple[Side, int]]] = {}
    for key, side, record in results.case_support(ws, run, keys):
        behind.setdefault(key, []).append((side, record))
    notes = results.case_notes(ws, run, keys)
    wanted = {record for lines in parts for line in lines for record in line.records.values()}
    wanted |= {record for found in behind.values() for _, record in found}
    records = fetch_records(ws, wanted)
    for lines in parts:
        head = lines[0]
        legs: dict[Side, list[Record]] = {}
        for line in lines:
            for side, record in line.records.items():
                legs.setdefault(side, []).append(records[record])
        for side, record in behind.get(head.case_key, ()):
            legs.setdefault(side, []).append(records[record])
        note = notes.get(head.case_key, {})
        facts = Facts(
            kind=head.kind,
            cause=head.cause or "",
            rule=head.rule or "",
            missing=tuple(sorted(_missing(head.missing), key=list(Side).index)),
            delta=head.delta,
            currency=head.currency or "",
            unit=head.unit or "",
            value=head.value,
            grp=head.grp or "",
            legs={side: tuple(legs[side]) for side in Side if side in legs},
            note=note,
        )
        evidence = recon.evidence(facts)
        candidates = tuple(text for _, text in note.get("causes", ()))
        if head.kind == Kind.AMBIGUOUS:  # the rivals: evidence of a record has its side's name
            candidates = tuple(found.text for found in evidence if found.rule in set(Side))
        yield Case(
            id=states.case_id(name, head.case_key),
            reconciliation=name,
            kind=Kind(head.kind),
            state=State(head.state),
            cause=head.cause,
            text=recon.sentence(facts),
            missing=facts.missing,
            delta=_figure(facts),
            value=None if facts.value is None else Money(facts.value, facts.currency),
            legs=dict(facts.legs),
            evidence=evidence,
            candidates=candidates,
            bridge=recon.bridge(facts),
        )


def _figure(facts: Facts) -> Money | Quantity | None:
    if facts.delta is None:
        return None
    return Quantity(facts.delta, facts.unit) if facts.unit else Money(facts.delta, facts.currency)


def why_not(ws: Workspace, name: str, left: int, right: int) -> tuple[Evidence, ...]:
    """Say, rule by rule, why two records were not linked, or that they are.

    Raises:
        UsageError: one of the records does not exist.
    """
    found = fetch_records(ws, [number for number in (left, right) if 0 < number <= _LARGEST_ID])
    for number in (left, right):
        if number not in found:
            raise UsageError(f"there is no record {number}; take the number from a case")
    last = results.latest_run(ws, name)
    if last is not None:
        for key in results.cases_of(ws, last.id, left) & results.cases_of(ws, last.id, right):
            return (Evidence("linked", f"They stand in one case: {states.case_id(name, key)}."),)
    return reconciliation(name).why_not(found[left], found[right])
