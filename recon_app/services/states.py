"""How far the work on cases is: from decisions of persons and from corrections."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert, literal_column, select, update

from recon_app.models.case import CALM, Kind, State
from recon_app.models.changes import Changes
from recon_app.models.learned import Sort
from recon_app.models.problem import UsageError
from recon_app.models.record import Record, Side
from recon_app.store import events, results
from recon_app.store.database import writing
from recon_app.store.records import fetch_records
from recon_app.store.schema import correction, decision
from recon_app.store.workspace import Workspace

_ACCEPT = "accept"
#: Whose account tells sorts of cases apart: the first of these sides that has a record.
_PLACES = (Side.PLATFORM, Side.ODOO, Side.SHOP, Side.BANK)
#: State of a proposal that was taken back before anything was written.
WITHDRAWN = "withdrawn"
_UNDER_WAY = frozenset(
    {State.PROPOSED, State.AWAITING_APPROVAL, State.APPROVED, State.POSTED, State.VERIFIED}
)
_CASE_ID = re.compile(r"(.+)-([0-9a-f]{16})")


def case_id(reconciliation: str, key: int) -> str:
    """The text a person sees and a decision is kept under."""
    return f"{reconciliation}-{key & (2**64 - 1):016x}"


def case_key(text: str) -> tuple[str, int]:
    """Reconciliation and key of a case id.

    Raises:
        UsageError: the text is not a case id.
    """
    match = _CASE_ID.fullmatch(text)
    if match is None:
        raise UsageError(f"{text!r} is not a case; copy its id from the list")
    key = int(match[2], 16)
    return match[1], key - 2**64 if key >= 2**63 else key


@dataclass(frozen=True)
class Standing:
    """What persons and corrections say of a case.

    Attributes:
        state: A State value.
        since: ISO moment from which it counts.
        accepted: Kind, cause and delta of the difference that was accepted.
    """

    state: str
    since: str
    accepted: tuple[str, str, int | None] | None = None

    def seen_in(self, kind: str, cause: str, delta: int | None) -> str:
        """The state of a case that a run after ``since`` found to be this.

        A difference that grew, or that is still there although its correction is in Odoo, is open again.
        """
        same = self.accepted is None or self.accepted == (kind, cause, delta)
        undone = (self.state == State.ACCEPTED and not same) or self.state == State.VERIFIED
        return str(State.REOPENED) if undone and kind not in CALM else self.state


def standings(ws: Workspace, reconciliation: str) -> dict[int, Standing]:
    """What stands by case key. An acceptance counts until the case gets another correction."""
    found: dict[int, Standing] = {}
    numbers: dict[int, int] = {}
    with ws.ledger.connect() as connection:
        accepted = connection.execute(
            select(decision.c.case_id, decision.c.value, decision.c.at)
            .where(decision.c.verb == _ACCEPT, decision.c.undone_by.is_(None))
            .order_by(decision.c.id)
        ).all()
        corrected = connection.execute(_CORRECTIONS).all()
    for row in corrected:
        state = _case_state(row.state, reverses=bool(row.payload.get("reverses")))
        for key in _keys_of(row.case_ids, reconciliation) if row.state != WITHDRAWN else ():
            numbers[key] = numbers.get(key, 0) + 1
            if state:
                found[key] = Standing(state, row.changed_at)
    for case_id, value, at in accepted:
        for key in _keys_of([case_id], reconciliation):
            if value["corrections"] == numbers.get(key, 0):
                difference = (value["kind"], value["cause"], value["delta"])
                found[key] = Standing(str(State.ACCEPTED), at, difference)
    return found


_CORRECTIONS = select(
    correction.c.case_ids, correction.c.state, correction.c.payload, correction.c.changed_at
).order_by(correction.c.created_at, literal_column("rowid"))


def _keys_of(case_ids: Iterable[str], reconciliation: str) -> Iterator[int]:
    for text in case_ids:
        name, key = case_key(text)
        if name == reconciliation:
            yield key


def _case_state(state: str, *, reverses: bool) -> str:
    """What the state of a correction makes of its cases; "" when it says nothing."""
    if state == WITHDRAWN:
        return ""
    if reverses:
        return "" if state == State.PROPOSED else str(State.REOPENED)
    return state


def accept(ws: Workspace, text: str, reason: str, who: str = "") -> Changes:
    """Accept a difference without correcting it. Should it change later, it is open again.

    Raises:
        UsageError: no reason was given, the case is not in the last run, agrees or is accepted already, a
            correction of it is under way, or it is a payout whose residual nothing explains (rule SET-02: it
            can never be signed off).
    """
    accept_all(ws, *_acceptable(ws, text, reason), reason, who)
    return Changes(states=True)


def check_acceptable(ws: Workspace, texts: Iterable[str], reason: str) -> None:
    """Make sure that all of some cases can be accepted, before any of them is.

    Raises:
        UsageError: as for :func:`accept`.
    """
    for text in texts:
        _acceptable(ws, text, reason)


def _acceptable(ws: Workspace, text: str, reason: str) -> tuple[results.RunRow, list[results.LineRow]]:
    """The run that found a case, and the first line of the case."""
    name, key = case_key(text)
    if not reason.strip():
        raise UsageError("say why the difference is accepted")
    last = results.latest_run(ws, name)
    lines = results.case_lines(ws, last.id, key) if last is not None else []
    if last is None or not lines:
        raise UsageError(f"the last run has no case {text}")
    head = lines[0]
    if head.kind == Kind.MATCHED:
        raise UsageError(f"{text} agrees; there is nothing to accept")
    if unexplained(ws, last.id, [head]):
        raise UsageError("the payout does not close and nothing explains it; it cannot be accepted")
    if head.state in _UNDER_WAY:
        raise UsageError(f"{text} has a correction that is {head.state}; take it back first")
    if head.state == State.ACCEPTED:  # a second decision would count twice for what is learned
        raise UsageError(f"{text} is accepted already; take that back first to give another reason")
    return last, [head]


def unexplained(ws: Workspace, run: int, heads: Sequence[results.LineRow]) -> set[int]:
    """Keys of the cases with a residual that nothing explains: they can never be accepted (rule SET-02)."""
    notes = results.case_notes(ws, run, [head.case_key for head in heads])
    findings = {key: {finding[1] for finding in note.get("findings", ())} for key, note in notes.items()}
    return {
        head.case_key
        for head in heads
        if "unexplained_residual" in {head.cause, *findings.get(head.case_key, ())}
    }


def accept_all(
    ws: Workspace,
    last: results.RunRow,
    heads: Sequence[results.LineRow],
    reason: str,
    who: str,
    rule: str = "",
) -> None:
    """Keep the acceptance of some cases, first lines given, in one transaction.

    Args:
        ws: The workspace.
        last: The run that found them.
        heads: First line of each case.
        reason: Why.
        who: The person.
        rule: The rule that decided instead of a person, "" for none.
    """
    name = last.reconciliation
    found = sorts(ws, name, heads)
    with writing(ws.ledger) as connection:
        counts = Counter(
            key
            for row in connection.execute(_CORRECTIONS)
            if row.state != WITHDRAWN
            for key in _keys_of(row.case_ids, name)
        )
        for head, sort in zip(heads, found, strict=True):
            value = {
                "reason": reason,
                "kind": head.kind,
                "cause": head.cause or "",
                "delta": head.delta,
                "corrections": counts[head.case_key],
                "sort": asdict(sort),
                **({"rule": rule} if rule else {}),
            }
            text = case_id(name, head.case_key)
            connection.execute(
                insert(decision).values(case_id=text, verb=_ACCEPT, value=value, at=events.now(), who=who)
            )
            events.append(connection, who=who, what=_ACCEPT, on_id=text, data=value)
    results.set_states(ws, last.id, {head.case_key: str(State.ACCEPTED) for head in heads})


def sorts(ws: Workspace, name: str, heads: Sequence[results.LineRow]) -> list[Sort]:
    """What sort of case each is, first lines given."""
    firsts = [next((head.records[side] for side in _PLACES if side in head.records), 0) for head in heads]
    records = fetch_records(ws, {number for number in firsts if number})
    return [
        Sort(
            reconciliation=name,
            kind=head.kind,
            cause=head.cause or "",
            missing=head.missing,
            currency=head.currency or "",
            unit=head.unit or "",
            sign=0 if head.delta is None else (head.delta > 0) - (head.delta < 0),
            where=(head.grp or "") if head.unit else _account(records.get(first)),
        )
        for head, first in zip(heads, firsts, strict=True)
    ]


def _account(record: Record | None) -> str:
    return "" if record is None else str(record.values.get("account", ""))


def keep_corrected(ws: Workspace, text: str, correction_id: str, who: str) -> None:
    """Keep that a case was corrected and what sort of case it was: it speaks against rules that accept."""
    name, key = case_key(text)
    last = results.latest_run(ws, name)
    lines = results.case_lines(ws, last.id, key) if last is not None else []
    if not lines:
        return
    value = {
        "correction": correction_id,
        "delta": lines[0].delta,
        "sort": asdict(sorts(ws, name, lines[:1])[0]),
    }
    with writing(ws.ledger) as connection:
        connection.execute(
            insert(decision).values(case_id=text, verb="correct", value=value, at=events.now(), who=who)
        )


def undo(ws: Workspace, who: str = "", of: str = "") -> tuple[str, Changes] | None:
    """Take back the newest acceptance that stands; None when there is none.

    Args:
        ws: The workspace.
        who: The person.
        of: A case id, or the id of a reconciliation whose acceptances alone are looked at; "" for all.

    Returns:
        The case id and what changed.
    """
    stands = (decision.c.verb == _ACCEPT) & decision.c.undone_by.is_(None)
    mine = (decision.c.case_id == of) | decision.c.case_id.startswith(f"{of}-", autoescape=True)
    with writing(ws.ledger) as connection:
        newest = select(decision.c.case_id).where(stands, *((mine,) if of else ()))
        text = connection.scalar(newest.order_by(decision.c.id.desc()).limit(1))
        if text is None:
            return None
        same = select(decision.c.id).where(stands, decision.c.case_id == text)
        for number in connection.scalars(same.order_by(decision.c.id)).all():
            _undo(connection, number, text, who)
    refresh(ws, text)
    return text, Changes(states=True)


def take_back(ws: Workspace, decisions: Sequence[int], who: str) -> None:
    """Take acceptances back, all in one transaction."""
    with writing(ws.ledger) as connection:
        rows = connection.execute(
            select(decision.c.id, decision.c.case_id).where(
                decision.c.id.in_(decisions), decision.c.undone_by.is_(None)
            )
        ).all()
        for row in rows:
            _undo(connection, row.id, row.case_id, who)
    for row in rows:
        refresh(ws, row.case_id)


def _undo(connection: Connection, number: int, text: str, who: str) -> None:
    undone = connection.execute(
        insert(decision)
        .values(case_id=text, verb="undo", value=None, at=events.now(), who=who)
        .returning(decision.c.id)
    ).scalar_one()
    connection.execute(update(decision).where(decision.c.id == number).values(undone_by=undone))
    events.append(connection, who=who, what="undo", on_id=text, data={"decision": number})


def refresh(ws: Workspace, text: str) -> None:
    """Write the present state of a case into the last run."""
    name, key = case_key(text)
    last = results.latest_run(ws, name)
    lines = results.case_lines(ws, last.id, key) if last is not None else []
    if last is None or not lines:
        return
    standing = standings(ws, name).get(key)
    state = str(State.OPEN)
    if standing is not None:
        head = lines[0]
        # what came after the run is not in its lines yet
        seen = standing.since < last.finished
        state = standing.seen_in(head.kind, head.cause or "", head.delta) if seen else standing.state
    results.set_states(ws, last.id, {key: state})
