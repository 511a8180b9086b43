"""The command for stock counts: the same services as the window."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from recon_app.cli import DONE, NEEDS_A_PERSON, a_path, argument, at_most, command, from_one, pairs, printable
from recon_app.models.money import format_minor
from recon_app.models.problem import UsageError
from recon_app.models.quantity import format_quantity

if TYPE_CHECKING:
    from recon_app.services.counts import Judged, Proposal
    from recon_app.store.workspace import Workspace

#: How many words follow an action; after others there may be many.
_MOST = {"new": 0, "list": 0, "plan": 0, "sheet": 1, "show": 1, "close": 1, "propose": 1, "cancel": 1}
_WAITING = ("conflict", "stale", "recount", "approval")


@command(
    "count",
    "count stock: make a count, write its sheet, scan, close, recount, approve, propose",
    argument(
        "action",
        choices=[
            "new",
            "list",
            "sheet",
            "scan",
            "show",
            "close",
            "recount",
            "take",
            "approve",
            "propose",
            "cancel",
            "plan",
            "policy",
        ],
    ),
    argument("values", nargs="*", metavar="COUNT|CODE|LINE|KEY=VALUE", help="what the action is about"),
    argument("--title", default="", help="new: what you call the count"),
    argument("--location", action="append", default=[], metavar="NAME", help="new: complete name"),
    argument("--sku", action="append", default=[], help="new: only these products"),
    argument(
        "--class", dest="abc", action="append", default=[], choices=["A", "B", "C"], help="new, by class"
    ),
    argument("--due", type=from_one, default=0, metavar="N", help="new: the N lines most due by the plan"),
    argument("--by", default="", metavar="NAME", help="who counts, approves or decides"),
    argument("--at", default="", metavar="LOCATION", help="scan: where the goods lie"),
    argument("--choose", type=from_one, default=0, metavar="N", help="scan: which of the choices, from 1"),
    argument("--out", type=a_path, metavar="PATH", help="sheet: a .csv or .xlsx file; propose: a folder"),
)
def count(ws: Workspace, given: argparse.Namespace) -> int:
    """Do one step of a count and say what it came to."""
    at_most(given.values, _MOST.get(given.action, len(given.values)))
    values, status = _ACTIONS[given.action](ws, given)
    if given.json:
        print(json.dumps({"schema": "recon/count/1", **values}))
    else:
        for line in _said(given.action, values):
            print(printable(line))
    return status


Answer = tuple[dict[str, Any], int]


def _number(given: argparse.Namespace) -> str:
    if not given.values:
        raise UsageError(f"count {given.action} needs the number of a count, such as RC-261123-K7QM")
    return str(given.values[0])


def _new(ws: Workspace, given: argparse.Namespace) -> Answer:
    from recon_app.services import counts

    made = counts.make(
        ws,
        given.title,
        locations=given.location,
        skus=given.sku,
        abc=given.abc,
        due=given.due,
        who=given.by,
    )
    return {"count": made.id, "title": made.title, "lines": len(counts.sheet(ws, made.id))}, DONE


def _list(ws: Workspace, _: argparse.Namespace) -> Answer:
    from recon_app.services import counts

    found = [
        {
            "count": one.count.id,
            "title": one.count.title,
            "state": one.count.state,
            "lines": one.lines,
            "counted": one.counted,
            "by": list(one.people),
        }
        for one in counts.overviews(ws)
    ]
    return {"counts": found}, DONE


def _sheet(ws: Workspace, given: argparse.Namespace) -> Answer:
    from recon_app.services import counts

    number = _number(given)
    if given.out is None:
        raise UsageError("count sheet needs --out FILE.csv or FILE.xlsx; the window prints a PDF")
    counts.write_sheet(ws, number, given.out)
    return {"count": number, "file": str(given.out)}, DONE


def _scan(ws: Workspace, given: argparse.Namespace) -> Answer:
    from recon_app.services.counts import Desk, Heard

    number = _number(given)
    desk = Desk(ws, number)
    found = []
    for code in given.values[1:]:
        scan = desk.scan(code, given.by, given.at)
        if scan.heard is Heard.ASKED and given.choose:
            scan = desk.choose(scan, given.choose, given.by)
        found.append(
            {
                "code": code,
                "heard": scan.heard.value,
                "text": scan.text,
                "line": scan.line,
                "total": format_quantity(scan.total),
                "choices": [choice.label for choice in scan.choices],
            }
        )
    well = all(one["heard"] == Heard.COUNTED for one in found)
    return {"count": number, "scans": found}, DONE if well else NEEDS_A_PERSON


def _show(ws: Workspace, given: argparse.Namespace) -> Answer:
    from recon_app.services import counts

    number = _number(given)
    lines = [
        {
            **{name: getattr(one, name) for name in ("line", "sku", "product", "location", "lot", "unit")},
            "counts": [{"by": each.who, "counted": format_quantity(each.quantity)} for each in one.found],
        }
        for one in counts.sheet(ws, number)
    ]
    return {"count": number, "lines": lines}, DONE


def _close(ws: Workspace, given: argparse.Namespace) -> Answer:
    from recon_app.services import counts

    number = _number(given)
    counts.close(ws, number, given.by)
    return {"count": number, "state": "closed"}, DONE


def _cancel(ws: Workspace, given: argparse.Namespace) -> Answer:
    from recon_app.services import counts

    number = _number(given)
    counts.cancel(ws, number, given.by)
    return {"count": number, "state": "cancelled"}, DONE


def _recount(ws: Workspace, given: argparse.Namespace) -> Answer:
    from recon_app.services import counts

    number = _number(given)
    counts.recount(ws, number, _lines(given), given.by)
    return {"count": number, "state": "recount", "lines": len(counts.sheet(ws, number))}, DONE


def _take(ws: Workspace, given: argparse.Namespace) -> Answer:
    from recon_app.services import counts

    number = _number(given)
    if len(given.values) != 3:
        raise UsageError("write: count take COUNT LINE NAME, the name of who counted what stands")
    (line,) = _whole(given.values[1:2])
    counts.take(ws, number, line, given.values[2], given.by)
    return {"count": number, "line": line, "stands": given.values[2]}, DONE


def _approve(ws: Workspace, given: argparse.Namespace) -> Answer:
    from recon_app.services import counts

    number, lines = _number(given), _lines(given)
    counts.approve(ws, number, lines, given.by)
    return {"count": number, "approved": lines, "by": given.by}, DONE


def _propose(ws: Workspace, given: argparse.Namespace) -> Answer:
    from recon_app.services import counts

    number = _number(given)
    if given.out is None:
        made, paths = counts.proposal(ws, number), {}
    else:
        written = counts.write(ws, number, given.out, given.by)
        made = written.proposal
        names = ("adjustment", "found", "reversal", "lines", "moves")
        paths = {name: str(path) for name in names if (path := getattr(written, name)) is not None}
    values = {**_proposal_json(made), "files": paths}
    waiting = any(one.verdict in _WAITING for one in made.lines)
    return values, NEEDS_A_PERSON if waiting or made.moves else DONE


def _proposal_json(made: Proposal) -> dict[str, Any]:
    def shown(value: int) -> str:
        return format_minor(value, made.currency) if made.currency else ""

    return {
        "count": made.count.id,
        "totals": [
            {"unit": one.unit, "plus": format_quantity(one.plus), "minus": format_quantity(one.minus)}
            for one in made.totals
        ],
        "value": {
            "currency": made.currency,
            "plus": shown(made.value_plus),
            "minus": shown(made.value_minus),
        },
        "accuracy": {
            "units": None if made.units_right is None else round(float(made.units_right), 6),
            "lines": None if made.lines_right is None else round(float(made.lines_right), 6),
        },
        "moves": [
            {
                "sku": less.line.sku,
                "lot": less.line.lot,
                "from": less.line.location,
                "to": more.line.location,
                "quantity": format_quantity(-(less.adjust or 0)),
                "unit": less.line.unit,
            }
            for less, more in made.moves
        ],
        "lines": [_line_json(one, made.currency) for one in made.lines],
    }


def _line_json(one: Judged, currency: str) -> dict[str, Any]:
    names = ("line", "sku", "product", "location", "lot", "unit")
    figures = {
        "counted": one.stands.quantity if one.stands else None,
        "book": one.book,
        "moved": one.moved if one.adjust is not None else None,
        "book_now": one.book_now,
        "target": one.target,
        "adjust": one.adjust,
    }
    values = {
        **{name: getattr(one.line, name) for name in names},
        "verdict": one.verdict.value,
        "why": one.why,
        **{name: format_quantity(value) for name, value in figures.items() if value is not None},
        "value": format_minor(one.value, currency) if one.value is not None and currency else "",
        "class": one.abc,
        "passed": list(one.passed),
        "approver": one.approver,
        "approved_by": one.approved_by,
        "counts": [{"by": each.who, "counted": format_quantity(each.quantity)} for each in one.found],
    }
    return {name: value for name, value in values.items() if value not in ("", [])}


def _plan(ws: Workspace, given: argparse.Namespace) -> Answer:
    from recon_app.services import counts

    found = [
        {
            "sku": one.line.sku,
            "product": one.line.product,
            "location": one.line.location,
            "lot": one.line.lot,
            "class": one.abc,
            "last": one.last,
            "off": None if one.off is None else round(float(one.off), 6),
        }
        for one in counts.plan(ws, given.due or 50)
    ]
    return {"due": found}, DONE


def _policy(ws: Workspace, given: argparse.Namespace) -> Answer:
    from dataclasses import asdict

    from recon_app.services import counts

    if given.values:
        counts.set_policy(ws, pairs(given.values), who=given.by)
    decided = counts.policy(ws)
    return {
        "hours": decided.hours,
        "classes": {name: asdict(one) for name, one in decided.classes.items()},
    }, DONE


def _lines(given: argparse.Namespace) -> list[int]:
    return _whole(given.values[1:])


def _whole(texts: list[str]) -> list[int]:
    wrong = next((text for text in texts if not (text.isascii() and text.isdigit())), None)
    if wrong is not None:
        raise UsageError(f"{wrong!r} is not the number of a line")
    return [int(text) for text in texts]


_ACTIONS = {
    "new": _new,
    "list": _list,
    "sheet": _sheet,
    "scan": _scan,
    "show": _show,
    "close": _close,
    "recount": _recount,
    "take": _take,
    "approve": _approve,
    "propose": _propose,
    "cancel": _cancel,
    "plan": _plan,
    "policy": _policy,
}


def _said(action: str, values: dict[str, Any]) -> Iterator[str]:
    """The answer for a person, one line for each thing."""
    if action in _SAID:
        yield from _SAID[action](values)
    else:
        yield ", ".join(f"{name} {value}" for name, value in values.items())


def _said_counts(values: dict[str, Any]) -> Iterator[str]:
    for one in values["counts"]:
        yield f"{one['count']}: {one['title']}, {one['state']}, {one['counted']} of {one['lines']} lines"


def _said_plan(values: dict[str, Any]) -> Iterator[str]:
    for one in values["due"]:
        yield f"{one['class']} {one['sku'] or one['product']}, {one['location']} {one['lot']}".rstrip()


def _said_policy(values: dict[str, Any]) -> Iterator[str]:
    for name, one in values["classes"].items():
        for key, value in one.items():
            word = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
            yield f"{name}.{key}={word}"
    yield f"hours={values['hours']}"


def _said_lines(values: dict[str, Any]) -> Iterator[str]:
    for one in values["lines"]:
        found = ", ".join(f"{each['counted']} ({each['by']})" for each in one["counts"]) or "-"
        place = f"{one['location']} {one['lot']}".rstrip()
        yield f"{one['line']}: {one['sku'] or one['product']}, {place}: {found} {one['unit']}"


def _said_scans(values: dict[str, Any]) -> Iterator[str]:
    for one in values["scans"]:
        more = "; ".join(f"{number} {label}" for number, label in enumerate(one["choices"], 1))
        total = f", {one['total']} in all" if one["line"] else ""
        yield f"{one['code']}: {one['heard']}: {one['text']}{total} {more}".rstrip()


def _said_proposal(values: dict[str, Any]) -> Iterator[str]:
    for one in values["lines"]:
        off = f", adjust {one['adjust']} {one['unit']}" if "adjust" in one else ""
        why = f" ({one['why']})" if "why" in one else ""
        name = one.get("sku") or one.get("product", "")
        yield f"{one['line']}: {name}, {one['location']}: {one['verdict'].replace('_', ' ')}{off}{why}"
    for one in values["totals"]:
        yield f"too much {one['plus']}, missing {one['minus']} {one['unit']}"
    for name, path in values["files"].items():
        yield f"{name}: {path}"


_SAID = {
    "list": _said_counts,
    "plan": _said_plan,
    "policy": _said_policy,
    "show": _said_lines,
    "scan": _said_scans,
    "propose": _said_proposal,
}
