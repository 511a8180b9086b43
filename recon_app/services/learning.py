"""Rules learned from decisions: proposed, tried on the past, switched on by a person, watched, versioned.

A rule only ever repeats what persons said: it accepts cases of one sort, up to the largest difference that
was accepted so, for the reason that was given. It never takes ties or sums that nothing explains.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recon_app.engine.learning import learn
from recon_app.models.case import State
from recon_app.models.changes import Changes
from recon_app.models.learned import Decided, Learned, Sort
from recon_app.models.money import format_minor
from recon_app.models.problem import UsageError
from recon_app.models.quantity import amount_of
from recon_app.models.record import missing_sides
from recon_app.services import states
from recon_app.store import learned as store
from recon_app.store import results, settings
from recon_app.store.learned import RuleRow
from recon_app.store.workspace import Workspace

#: Names of the persons who may switch rules on.
_MAY = "rules.may_switch_on"
_PAGE = 2_000


@dataclass(frozen=True)
class Price:
    """What switching a rule on means for the cases that are open now.

    Attributes:
        cases: Open cases that it would accept.
        size: Sum of their differences without signs, in minor units or millionths.
        worst: How many of them may be false matches, at worst (95 %).
    """

    cases: int
    size: int
    worst: int


def told(rule: Learned) -> str:
    """In a few words which cases a rule takes."""
    sort = rule.sort
    missing = " and ".join(side.title() for side in missing_sides(sort.missing))
    words = (
        sort.cause.replace("_", " ") or sort.kind,
        f"missing in {missing}" if missing else "",
        f"at {sort.where}" if sort.where else "",
        {-1: "negative", 1: "positive"}.get(sort.sign, ""),
        f"up to {figure(sort, rule.largest)}",
    )
    return f"{sort.reconciliation.title()}: {', '.join(filter(None, words))}"


def figure(sort: Sort, size: int) -> str:
    """A size with its currency or unit."""
    if sort.unit:
        return amount_of(size, sort.unit)
    return f"{format_minor(size, sort.currency)} {sort.currency}" if sort.currency else "no amount"


def propose(ws: Workspace) -> list[RuleRow]:
    """Look through the decisions for rules and keep the new ones as proposals; returns all rules."""
    store.keep(ws, learn(decided(ws)))
    return store.list_rules(ws)


def listed(ws: Workspace) -> list[RuleRow]:
    """All versions of all rules."""
    return store.list_rules(ws)


def decided(ws: Workspace) -> list[Decided]:
    """What persons did last about each case, where it is known what sort of case it was.

    What a rule did teaches nothing, unless a person took it back: that speaks against it.
    """
    last: dict[str, Decided] = {}
    for row in store.decisions(ws):
        by_rule = "rule" in row.value
        if "sort" not in row.value or (row.undone if not by_rule else not row.undone):
            continue
        last[row.case_id] = Decided(
            case_id=row.case_id,
            at=row.at,
            who=row.who,
            sort=Sort(**row.value["sort"]),
            size=abs(row.value["delta"] or 0),
            reason="" if by_rule or row.verb != "accept" else row.value["reason"],
        )
    return list(last.values())


def price(ws: Workspace, rule: RuleRow) -> Price:
    """What a rule would accept now."""
    last = results.latest_run(ws, rule.learned.sort.reconciliation)
    heads = [] if last is None else _taken(ws, last, rule, _decided_cases(store.decisions(ws)))
    size = sum(abs(head.delta or 0) for head in heads)
    return Price(len(heads), size, rule.learned.test.worst(len(heads)))


def authorised(ws: Workspace) -> tuple[str, ...]:
    """The persons who may switch rules on."""
    kept = settings.get_setting(ws, _MAY, [])
    return tuple(map(str, kept)) if isinstance(kept, list) else ()


def authorise(ws: Workspace, names: Sequence[str], who: str) -> Changes:
    """Say who may switch rules on.

    Raises:
        UsageError: nobody says so, or another one than those who may already does.
    """
    may = authorised(ws)
    if may and _named(who) not in may:
        raise UsageError(f"only {', '.join(may)} can change who may switch rules on")
    settings.set_setting(ws, _MAY, sorted({_named(name) for name in names}), who=_named(who))
    return Changes(settings=True)


def switch_on(ws: Workspace, number: int, who: str, why: str) -> Changes:
    """Let the newest version of a rule decide from now on.

    Raises:
        UsageError: there is none, the person may not, all its decisions are that person's own, or no reason
            is given.
    """
    person, rule = _named(who), _newest(ws, number)
    may = authorised(ws)
    if person not in may:
        who_may = f"{', '.join(may)} may" if may else "nobody was named who may"
        raise UsageError(f"{person} may not switch rules on; {who_may}")
    if rule.learned.people == (person,):
        raise UsageError(
            f"all decisions behind rule {number} are by {person}; somebody else must switch it on"
        )
    store.switch(ws, number, store.ON, person, _reason(why))
    return Changes(settings=True)


def reject(ws: Workspace, number: int, who: str, why: str) -> Changes:
    """Say that a proposal is no rule; it is not made again unless the decisions move on.

    Raises:
        UsageError: there is none, or nobody or no reason is named.
    """
    if _newest(ws, number).state != store.PROPOSED:
        raise UsageError(f"rule {number} is no proposal")
    store.switch(ws, number, store.REJECTED, _named(who), _reason(why))
    return Changes(settings=True)


def switch_off(ws: Workspace, number: int, who: str, why: str, *, reopen: bool = False) -> Changes:
    """Stop a rule; with ``reopen`` all it accepted, in any version, is open again.

    Raises:
        UsageError: it is not on, or nobody or no reason is named.
    """
    store.switch(ws, number, store.OFF, _named(who), _reason(why))
    if reopen:
        states.take_back(
            ws, [row.id for row in _made_by(store.decisions(ws), number) if not row.undone], _named(who)
        )
    return Changes(settings=True, states=reopen)


def apply(ws: Workspace, name: str) -> dict[str, int]:
    """Let the rules that are on decide about the newest result; called after each run.

    A rule of which a person has taken back a decision is switched off instead: it goes on only after
    somebody has looked at it again.

    Returns:
        Cases accepted, by rule.
    """
    done: dict[str, int] = {}
    on = [
        rule
        for rule in store.list_rules(ws)
        if rule.state == store.ON and rule.learned.sort.reconciliation == name
    ]
    last = results.latest_run(ws, name) if on else None
    if last is None:
        return done
    decisions = list(store.decisions(ws))
    for rule in on:
        made = _made_by(decisions, rule.rule)
        undone = [row for row in made if row.undone and row.at >= (rule.decided_at or "")]
        if undone:
            why = f"{len(undone)} of its decisions {'was' if len(undone) == 1 else 'were'} taken back"
            store.switch(ws, rule.rule, store.OFF, "", why)
            continue
        heads = _taken(ws, last, rule, _decided_cases(decisions))
        if heads:
            states.accept_all(ws, last, heads, rule.learned.reason, rule.name, rule.name)
            done[rule.name] = len(heads)
    return done


def _decided_cases(decisions: Iterable[store.DecisionRow]) -> set[str]:
    return {row.case_id for row in decisions}


def _taken(ws: Workspace, last: results.RunRow, rule: RuleRow, known: set[str]) -> list[results.LineRow]:
    """First lines of the open cases that a rule takes; never one of ``known``, that were decided before."""
    sort = rule.learned.sort
    query = results.Query(run=last.id, kinds=(sort.kind,), states=(str(State.OPEN),))
    ids = results.find_lines(ws, query)
    found = []
    for start in range(0, len(ids), _PAGE):
        lines = results.fetch_lines(ws, last.id, ids[start : start + _PAGE].tolist())
        heads = [
            line
            for line in lines
            if line.part == 0
            and (line.cause or "") == sort.cause
            and states.case_id(sort.reconciliation, line.case_key) not in known
        ]
        never = states.unexplained(ws, last.id, heads)
        alike = zip(heads, states.sorts(ws, sort.reconciliation, heads), strict=True)
        found += [
            head
            for head, its in alike
            if rule.learned.takes(its, abs(head.delta or 0)) and head.case_key not in never
        ]
    return found


def _made_by(decisions: Iterable[store.DecisionRow], number: int) -> list[store.DecisionRow]:
    """What a rule decided, in any version."""
    return [row for row in decisions if str(row.value.get("rule", "")).startswith(f"rule {number}.")]


def _newest(ws: Workspace, number: int) -> RuleRow:
    versions = [row for row in store.list_rules(ws) if row.rule == number]
    if not versions:
        raise UsageError(f"there is no rule {number}")
    return versions[-1]


def _named(who: str) -> str:
    if not who.strip():
        raise UsageError("say who decides it")
    return who.strip()


def _reason(why: str) -> str:
    if not why.strip():
        raise UsageError("say why")
    return why.strip()
