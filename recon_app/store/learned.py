"""Rules learned from decisions, in the ledger: every version is kept, and each step is in the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from recon_app.models.learned import BackTest, Learned, Sort
from recon_app.models.problem import UsageError
from recon_app.store import events
from recon_app.store.database import writing
from recon_app.store.schema import correction, decision, learned_rule
from recon_app.store.workspace import Workspace

PROPOSED, ON, OFF, REJECTED, REPLACED = "proposed", "on", "off", "rejected", "replaced"


@dataclass(frozen=True)
class RuleRow:
    """One version of a rule.

    Attributes:
        rule: Number of the rule.
        version: Of the rule, from 1.
        state: "proposed", "on", "off", "rejected", or "replaced" by a later version.
        learned: What it takes, why, and how it would have done when it was proposed.
        made_at: When it was proposed, ISO 8601 in UTC.
        decided_at: When somebody decided about it last, None before.
        decided_by: Who did.
        why: Why, as that person said.
    """

    rule: int
    version: int
    state: str
    learned: Learned
    made_at: str
    decided_at: str | None
    decided_by: str | None
    why: str | None

    @property
    def name(self) -> str:
        """What its acceptances carry as their author."""
        return f"rule {self.rule}.{self.version}"


@dataclass(frozen=True)
class DecisionRow:
    """A decision about a case, as it was kept.

    Attributes:
        id: Running number.
        case_id: The case.
        verb: "accept" or "correct".
        value: Reason, difference, and the sort of case where it was kept.
        at: ISO moment in UTC.
        who: The person, or the rule.
        undone: Whether it was taken back.
    """

    id: int
    case_id: str
    verb: str
    value: dict[str, Any]
    at: str
    who: str
    undone: bool


def decisions(ws: Workspace) -> Iterator[DecisionRow]:
    """All decisions about cases in their order; of corrections those that were not withdrawn."""
    with ws.ledger.connect() as connection:
        withdrawn = set(
            connection.execute(select(correction.c.id).where(correction.c.state == "withdrawn")).scalars()
        )
        rows = connection.execute(
            select(decision).where(decision.c.verb.in_(("accept", "correct"))).order_by(decision.c.id)
        ).all()
    for row in rows:
        value = row.value or {}
        undone = row.undone_by is not None or value.get("correction") in withdrawn
        yield DecisionRow(row.id, row.case_id, row.verb, value, row.at, row.who, undone)


def list_rules(ws: Workspace) -> list[RuleRow]:
    """All versions of all rules, in order."""
    query = select(learned_rule).order_by(learned_rule.c.rule, learned_rule.c.version)
    with ws.ledger.connect() as connection:
        return [_row(row) for row in connection.execute(query).mappings()]


def keep(ws: Workspace, found: list[Learned]) -> None:
    """Keep rules as proposals: new ones, and a new version where the decisions have moved on.

    What was rejected comes again only when its reason or its size is another one.
    """
    with writing(ws.ledger) as connection:
        rows = connection.execute(select(learned_rule).order_by(learned_rule.c.version)).mappings()
        newest = {row.learned.sort: row for row in map(_row, rows)}
        for rule in found:
            known = newest.get(rule.sort)
            if known is None or _says_more(rule, known.learned):
                _add(connection, rule, known)


def _says_more(rule: Learned, known: Learned) -> bool:
    return (rule.largest, rule.reason) != (known.largest, known.reason)


def _add(connection: Connection, rule: Learned, known: RuleRow | None) -> None:
    number = connection.execute(select(learned_rule.c.rule).order_by(learned_rule.c.rule.desc())).scalar()
    made = (known.rule, known.version + 1) if known is not None else ((number or 0) + 1, 1)
    values = {"rule": made[0], "version": made[1], "state": PROPOSED, "learned": asdict(rule)}
    if known is not None and known.state == PROPOSED:
        _move(connection, known, REPLACED, "", "the decisions have moved on")
    connection.execute(insert(learned_rule).values(**values, made_at=events.now()))
    events.append(connection, who="", what="rule", on_id=f"rule:{made[0]}.{made[1]}", data=values)


def switch(ws: Workspace, number: int, state: str, who: str, why: str) -> RuleRow:
    """Decide about the newest version of a rule; switched on, it replaces the version before.

    Raises:
        UsageError: there is none, or it is that already.
    """
    with writing(ws.ledger) as connection:
        query = select(learned_rule).where(learned_rule.c.rule == number).order_by(learned_rule.c.version)
        versions = [_row(row) for row in connection.execute(query).mappings()]
        if not versions:
            raise UsageError(f"there is no rule {number}")
        on = [row for row in versions if row.state == ON]
        row = on[-1] if state == OFF and on else versions[-1]
        if row.state == state or (state == OFF and row.state != ON):
            raise UsageError(f"rule {number} is {row.state}")
        for before in on:
            if state == ON:
                _move(connection, before, REPLACED, who, f"replaced by version {row.version}")
        _move(connection, row, state, who, why)
    return row


def _move(connection: Connection, row: RuleRow, state: str, who: str, why: str) -> None:
    values = {"state": state, "decided_at": events.now(), "decided_by": who, "why": why}
    same = (learned_rule.c.rule == row.rule) & (learned_rule.c.version == row.version)
    connection.execute(update(learned_rule).where(same).values(**values))
    data = {"rule": row.rule, "version": row.version, "state": state, "why": why}
    events.append(connection, who=who, what="rule", on_id=f"rule:{row.rule}.{row.version}", data=data)


def _row(row: RowMapping) -> RuleRow:
    names = ("rule", "version", "state", "made_at", "decided_at", "decided_by", "why")
    return RuleRow(learned=_learned(dict(row["learned"])), **{name: row[name] for name in names})


def _learned(kept: dict[str, Any]) -> Learned:
    test = BackTest(**kept.pop("test"))
    return Learned(sort=Sort(**kept.pop("sort")), people=tuple(kept.pop("people")), test=test, **kept)
