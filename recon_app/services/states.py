"""How far the work on cases is: from decisions of persons and from corrections."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from recon_app.models.case import State
from recon_app.models.changes import Changes
from recon_app.models.problem import UsageError
from recon_app.store import events, results
from recon_app.store.database import writing
from recon_app.store.schema import correction, decision
from recon_app.store.workspace import Workspace

_ACCEPT = "accept"
#: State of a proposal that was taken back before anything was written.
WITHDRAWN = "withdrawn"


def case_id(reconciliation: str, key: int) -> str:
    """The text a person sees and a decision is kept under."""
    return f"{reconciliation}-{key & (2**64 - 1):016x}"


def case_key(text: str) -> tuple[str, int]:
    """Reconciliation and key of a case id.

    Raises:
        UsageError: the text is not a case id.
    """
    name, _, digits = text.rpartition("-")
    try:
        key = int(digits, 16)
    except ValueError:
        raise UsageError(f"{text!r} is not a case; copy its id from the list") from None
    if not name or len(digits) != 16:
        raise UsageError(f"{text!r} is not a case; copy its id from the list")
    return name, key - 2**64 if key >= 2**63 else key


def states(ws: Workspace, reconciliation: str) -> dict[int, str]:
    """States other than open by case key; a correction says more than an acceptance."""
    found: dict[int, str] = {}
    with ws.ledger.connect() as connection:
        accepted = (
            connection.execute(
                select(decision.c.case_id).where(decision.c.verb == _ACCEPT, decision.c.undone_by.is_(None))
            )
            .scalars()
            .all()
        )
        corrected = connection.execute(
            select(correction.c.case_ids, correction.c.state, correction.c.payload).order_by(
                correction.c.created_at, correction.c.id
            )
        ).all()
    pairs = [(text, str(State.ACCEPTED)) for text in accepted]
    for row in corrected:
        state = _case_state(row.state, reverses=bool(row.payload.get("reverses")))
        if state:
            pairs += [(text, state) for text in row.case_ids]
    for text, state in pairs:
        name, key = case_key(text)
        if name == reconciliation:
            found[key] = state
    return found


def _case_state(state: str, *, reverses: bool) -> str:
    """What the state of a correction makes of its cases; "" when it says nothing."""
    if state == WITHDRAWN:
        return ""
    if reverses:
        return "" if state == State.PROPOSED else str(State.REOPENED)
    return state


def accept(ws: Workspace, text: str, reason: str, who: str = "") -> Changes:
    """Accept a difference without correcting it.

    Raises:
        UsageError: no reason was given, the case is not in the last run, or it is a payout whose residual
            nothing explains (rule SET-02: it can never be signed off).
    """
    name, key = case_key(text)
    if not reason.strip():
        raise UsageError("say why the difference is accepted")
    last = results.latest_run(ws, name)
    lines = results.case_lines(ws, last.id, key) if last is not None else []
    if last is None or not lines:
        raise UsageError(f"the last run has no case {text}")
    if lines[0].cause == "unexplained_residual":
        raise UsageError("the payout does not close and nothing explains it; it cannot be accepted")
    with writing(ws.ledger) as connection:
        connection.execute(
            insert(decision).values(
                case_id=text, verb=_ACCEPT, value={"reason": reason}, at=events.now(), who=who
            )
        )
        events.append(connection, who=who, what=_ACCEPT, on_id=text, data={"reason": reason})
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
    if last is not None:
        state = states(ws, name).get(key, str(State.OPEN))
        results.set_states(ws, last.id, {key: state})
