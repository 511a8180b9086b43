"""The commands for decisions: accept a difference, take it back, and the rules learned from decisions."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from recon_app.cli import DONE, argument, at_most, command, printable
from recon_app.models.problem import UsageError

if TYPE_CHECKING:
    from recon_app.store.learned import RuleRow
    from recon_app.store.workspace import Workspace

_ACTIONS = ("list", "propose", "on", "off", "reject", "people")


@command(
    "accept",
    "accept differences without correcting them",
    argument("cases", nargs="+", metavar="CASE"),
    argument("--why", default="", metavar="TEXT", help="why they are accepted"),
    argument("--by", default="", metavar="NAME", help="who decides it"),
)
def accept(ws: Workspace, given: argparse.Namespace) -> int:
    """Accept all of some cases, or none."""
    from recon_app.services import states

    wanted = list(dict.fromkeys(given.cases))
    states.check_acceptable(ws, wanted, given.why)
    for text in wanted:
        states.accept(ws, text, given.why, given.by)
        _say(given, {"case": text, "state": "accepted"}, f"{text} is accepted")
    return DONE


@command(
    "undo",
    "take the acceptance of a case back, or the newest one",
    argument(
        "case", nargs="?", default="", metavar="CASE", help="the case; without it the newest acceptance"
    ),
    argument("--by", default="", metavar="NAME", help="who decides it"),
)
def undo(ws: Workspace, given: argparse.Namespace) -> int:
    """Take an acceptance back."""
    from recon_app.services import states

    if given.case:
        states.case_key(given.case)
    found = states.undo(ws, given.by, given.case)
    if found is None:
        raise UsageError(f"{given.case} is not accepted" if given.case else "there is nothing to take back")
    _say(given, {"case": found[0], "state": "open"}, f"{found[0]} is open again")
    return DONE


def _say(given: argparse.Namespace, values: dict[str, Any], text: str) -> None:
    print(json.dumps({"schema": "recon/decision/1", **values}) if given.json else printable(text))


@command(
    "rules",
    "rules learned from decisions: list, propose, on, off, reject, people",
    argument("action", choices=_ACTIONS),
    argument("values", nargs="*", metavar="RULE|NAME", help="a rule; for people the names of who may"),
    argument("--why", default="", metavar="TEXT", help="why"),
    argument("--by", default="", metavar="NAME", help="who decides it"),
    argument("--reopen", action="store_true", help="with off: open again what the rule accepted"),
)
def rules(ws: Workspace, given: argparse.Namespace) -> int:
    """Do one step and show the rules that it is about."""
    if given.action == "people":
        return _people(ws, given)
    shown = [_json(ws, row) for row in _done(ws, given)]
    if given.json:
        print(json.dumps({"schema": "recon/rules/1", "rules": shown}))
    elif given.action == "propose" and not shown:
        print("nothing to propose: a rule needs five decisions on one sort of case for one reason")
    else:
        for line in (line for one in shown for line in _lines(one)):
            print(printable(line))
    return DONE


def _people(ws: Workspace, given: argparse.Namespace) -> int:
    from recon_app.services import learning

    if given.values:
        learning.authorise(ws, given.values, given.by)
    names = learning.authorised(ws)
    text = f"{', '.join(names)} may switch rules on" if names else "nobody may switch rules on yet"
    print(json.dumps({"schema": "recon/rules/1", "people": names}) if given.json else printable(text))
    return DONE


def _done(ws: Workspace, given: argparse.Namespace) -> list[RuleRow]:
    from recon_app.services import learning

    if given.action in ("list", "propose"):
        at_most(given.values, 0)
    if given.action == "list":
        return learning.listed(ws)
    if given.action == "propose":
        return [row for row in learning.propose(ws) if row.state == "proposed"]
    number = _number(given)
    if given.action == "on":
        learning.switch_on(ws, number, given.by, given.why)
    elif given.action == "reject":
        learning.reject(ws, number, given.by, given.why)
    else:
        learning.switch_off(ws, number, given.by, given.why, reopen=given.reopen)
    return [row for row in learning.listed(ws) if row.rule == number]


def _number(given: argparse.Namespace) -> int:
    if len(given.values) != 1 or not (given.values[0].isascii() and given.values[0].isdigit()):
        raise UsageError(f"rules {given.action} needs the number of a rule, as recon-app rules list shows it")
    return int(given.values[0])


def _json(ws: Workspace, row: RuleRow) -> dict[str, Any]:
    from recon_app.services import learning

    test, price = row.learned.test, learning.price(ws, row)
    return {
        "rule": row.rule,
        "version": row.version,
        "state": row.state,
        "takes": learning.told(row.learned),
        "reason": row.learned.reason,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
        "why": row.why,
        "people": row.learned.people,
        "back_test": {
            "decisions": test.decided,
            "precision": f"{test.right}/{test.spoken}",
            "recall": f"{test.right}/{test.agreeing}",
            "abstained": f"{test.silent}/{test.decided}",
            "false_matches": test.false,
            "false_value": learning.figure(row.learned.sort, test.false_size),
        },
        "price": {
            "open_cases": price.cases,
            "value": learning.figure(row.learned.sort, price.size),
            "false_at_worst": price.worst,
        },
    }


def _lines(one: dict[str, Any]) -> tuple[str, ...]:
    test, price = one["back_test"], one["price"]
    decided = f" by {one['decided_by']}: {one['why']}" if one["decided_by"] else ""
    past = (
        f"right {test['precision']}, found {test['recall']}, abstained {test['abstained']}, "
        f"false matches {test['false_matches']} ({test['false_value']})"
    )
    now = (
        f"{price['open_cases']} open cases ({price['value']}), of which at worst "
        f"{price['false_at_worst']} wrongly"
    )
    return (
        f"{one['rule']}.{one['version']}  {one['state']}{decided}",
        f"    {one['takes']}",
        f"    reason: {one['reason']}",
        f"    on {test['decisions']} past decisions: {past}",
        f"    would accept now: {now}",
    )
