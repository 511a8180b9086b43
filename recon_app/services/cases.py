"""Single cases of a result, and how a reconciliation is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from recon_app.models.case import Case, Evidence, Kind, State, Step
from recon_app.models.column import Column
from recon_app.models.money import Money
from recon_app.models.problem import UsageError
from recon_app.models.quantity import Quantity
from recon_app.models.record import Record, Side, missing_sides
from recon_app.services import holds, states
from recon_app.services.run import reconciliation
from recon_app.services.summary import last_run
from recon_app.store import results
from recon_app.store.records import fetch_records
from recon_app.store.workspace import Workspace

if TYPE_CHECKING:
    from recon_app.reconciliations._base import Facts, Reconciliation

_PAGE = 2_000
#: The comparison that joins money and stock, those whose cases it is told in, and how much of it.
_CAUSES = "causes"
_EXPLAINED = frozenset({"stock", "refunds", "orders", "fulfilment"})
_MOST_RECORDS, _MOST_CAUSES = 12, 3
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Shown:
    """How a reconciliation is shown.

    Attributes:
        pairs: Sides that can be put beside each other; the first is the default.
        columns: Columns of each side's pane.
        titles: What sides are called where it is not their usual word.
        absent: What is said where a record of a side is missing, where it is not the usual word.
    """

    pairs: tuple[tuple[Side, ...], ...]
    columns: Mapping[Side, tuple[Column, ...]]
    titles: Mapping[Side, str] = field(default_factory=dict)
    absent: Mapping[Side, str] = field(default_factory=dict)


def shown(name: str) -> Shown:
    """How a reconciliation is shown."""
    recon = reconciliation(name)
    columns = {side: tuple(recon.columns.get(side, ())) for pair in recon.pairs for side in pair}
    return Shown(tuple(recon.pairs), columns, dict(recon.titles), dict(recon.absent))


def case(ws: Workspace, text: str) -> Case:
    """Everything about one case.

    Raises:
        UsageError: the last run has no such case.
    """
    name, key = states.case_key(text)
    last = last_run(ws, name)
    lines = results.case_lines(ws, last.id, key)
    if not lines:
        raise UsageError(f"the last run has no case {text}; run {name} again and list its cases")
    found = next(_cases(ws, name, last.id, [lines]))
    more = [*_because(ws, found, lines), *(_holds(ws, found) if lines[0].unit else ())]
    return replace(found, evidence=(*found.evidence, *more)) if more else found


def _because(ws: Workspace, found: Case, lines: Sequence[results.LineRow]) -> list[Evidence]:
    """What the causes across money and stock say of the records of the case: compared ones, else any."""
    last = results.latest_run(ws, _CAUSES) if found.reconciliation in _EXPLAINED else None
    if last is None:
        return []
    compared = [record for line in lines for record in line.records.values()][:_MOST_RECORDS]
    every = [record.id for records in found.legs.values() for record in records][:_MOST_RECORDS]
    keys = results.cases_of(ws, last.id, *compared) or results.cases_of(ws, last.id, *every)
    parts = [results.case_lines(ws, last.id, key) for key in sorted(keys)[:_MOST_CAUSES]]
    return [Evidence("because", case.text) for case in _cases(ws, _CAUSES, last.id, parts)]


def _holds(ws: Workspace, found: Case) -> list[Evidence]:
    """That the product data of a SKU must be corrected before its goods are."""
    skus = {str(record.values.get("sku", "")) for records in found.legs.values() for record in records}
    held = holds.held(ws)
    return [Evidence("held", f"'{sku}': {held[sku]}.") for sku in sorted(skus & held.keys())]


def iterate(
    ws: Workspace, name: str, kinds: Sequence[Kind] = (), wanted: Sequence[State] = ()
) -> Iterator[Case]:
    """All cases of the newest run in display order, page by page."""
    last = last_run(ws, name)
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
    """The cases of a run whose lines are given."""
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
        placed = [*(one for line in lines for one in line.records.items()), *behind.get(head.case_key, ())]
        legs: dict[Side, list[Record]] = {}
        for side, record in placed:
            legs.setdefault(side, []).append(records[record])
        yield _case(recon, head, _facts(head, legs, notes.get(head.case_key, {})))


def _facts(head: results.LineRow, legs: Mapping[Side, Sequence[Record]], note: Mapping[str, Any]) -> Facts:
    """What a reconciliation is told of a case to put it into words."""
    from recon_app.reconciliations._base import Facts

    return Facts(
        kind=head.kind,
        cause=head.cause or "",
        rule=head.rule or "",
        missing=missing_sides(head.missing),
        delta=head.delta,
        currency=head.currency or "",
        unit=head.unit or "",
        value=head.value,
        grp=head.grp or "",
        legs={side: tuple(legs[side]) for side in Side if side in legs},
        note=note,
    )


def _case(recon: Reconciliation, head: results.LineRow, facts: Facts) -> Case:
    evidence = recon.evidence(facts)
    candidates = tuple(text for _, text in facts.note.get("causes", ()))
    if head.kind == Kind.AMBIGUOUS:  # the rivals: evidence of a record has its side's name
        candidates = tuple(found.text for found in evidence if found.rule in set(Side))
    return Case(
        id=states.case_id(recon.id, head.case_key),
        reconciliation=recon.id,
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
        steps=tuple(Step(**step) for step in facts.note.get("legs", ())),
        next=tuple(facts.note.get("next", ())),
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
