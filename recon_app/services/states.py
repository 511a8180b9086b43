"""How far the work on cases is: from decisions of persons and from corrections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import insert, literal_column, select, update

from recon_app.models.case import CALM, State
from recon_app.models.changes import Changes
from recon_app.models.problem import UsageError
from recon_app.store import events, results
from recon_app.store.database import writing
from recon_app.store.schema import correction, decision
from recon_app.store.workspace import Workspace

_ACCEPT = "accept"
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
        UsageError: no reason was given, the case is not in the last run, a correction of it is under way,
            or it is a payout whose residual nothing explains (rule SET-02: it can never be signed off).
    """
    name, key = case_key(text)
    if not reason.strip():
        raise UsageError("say why the difference is accepted")
    last = results.latest_run(ws, name)
    lines = results.case_lines(ws, last.id, key) if last is not None else []
    if last is None or not lines:
        raise UsageError(f"the last run has no case {text}")
    head = lines[0]
    note = results.case_notes(ws, last.id, [key]).get(key, {})
    causes = {head.cause, *(finding[1] for finding in note.get("findings", ()))}
    if "unexplained_residual" in causes:
        raise UsageError("the payout does not close and nothing explains it; it cannot be accepted")
    if head.state in _UNDER_WAY:
        raise UsageError(f"{text} has a correction that is {head.state}; take it back first")
    with writing(ws.ledger) as connection:
        rows = connection.execute(_CORRECTIONS).all()
        value = {
            "reason": reason,
            "kind": head.kind,
            "cause": head.cause or "",
            "delta": head.delta,
            "corrections": sum(key in _keys_of(row.case_ids, name) for row in rows if row.state != WITHDRAWN),
        }
        connection.execute(
            insert(decision).values(case_id=text, verb=_ACCEPT, value=value, at=events.now(), who=who)
        )
        events.append(connection, who=who, what=_ACCEPT, on_id=text, data=value)
    results.set_states(ws, last.id, {key: str(State.ACCEPTED)})
    return Changes(states=True)


def undo(ws: Workspace, who: str = "") -> tuple[str, Changes] | None:
    """Take back the newest acceptance that stands; None when there is none.

    Returns:
        The case id and what changed.
    """
    with writing(ws.ledger) as connection:
        row = connection.execute(
            select(decision)
            .where(decision.c.verb == _ACCEPT, decision.c.undone_by.is_(None))
            .order_by(decision.c.id.desc())
            .limit(1)
        ).first()
        if row is None:
            return None
        undone = connection.execute(
            insert(decision)
            .values(case_id=row.case_id, verb="undo", value=None, at=events.now(), who=who)
            .returning(decision.c.id)
        ).scalar_one()
        connection.execute(update(decision).where(decision.c.id == row.id).values(undone_by=undone))
        events.append(connection, who=who, what="undo", on_id=row.case_id, data={"decision": row.id})
    refresh(ws, row.case_id)
    return row.case_id, Changes(states=True)


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
