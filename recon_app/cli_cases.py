"""The commands about results: run, cases, explain, why-not, and the way of a correction."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recon_app.cli import DONE, NEEDS_A_PERSON, a_path, argument, command, complain, pairs, printable
from recon_app.models.case import Case, Kind, State
from recon_app.models.money import Money, format_minor
from recon_app.models.problem import UsageError
from recon_app.models.quantity import Quantity, format_quantity
from recon_app.models.record import Record

if TYPE_CHECKING:
    from recon_app.services.summary import Summary, UnitTotal
    from recon_app.store.workspace import Workspace

_EPOCH = date(1970, 1, 1)
_KINDS = [str(kind) for kind in Kind]
_STATES = [str(state) for state in State]


@command(
    "run",
    "reconcile what was imported",
    argument("name", metavar="NAME", help="a reconciliation, or all"),
    argument("--period", metavar="YYYY-MM", help="only the cases of a month"),
    argument(
        "--set",
        dest="answers",
        action="append",
        default=[],
        metavar="K=V",
        help="keep an answer, such as journal.Stripe=stripe or stock_location.Berlin=WH",
    ),
    argument("--by", default="", metavar="NAME", help="who gives the answers"),
)
def run(ws: Workspace, given: argparse.Namespace) -> int:
    """Run one or all reconciliations and print what they found."""
    from recon_app import registry
    from recon_app.services import run as service

    names = sorted(registry.reconciliations()) if given.name == "all" else [given.name]
    service.check(names, given.period)  # before an answer is kept
    service.keep_answers(ws, pairs(given.answers), given.by)
    status = DONE
    for name in names:
        report = service.run(ws, name, given.period)
        whose = f"{name}: " if len(names) > 1 else ""
        for key, value in report.proposals.items():
            answer = f"{key}={value}"
            typed = f'"{answer}"' if " " in answer else answer  # one word for every shell
            complain(f"{whose}assumed {key} = {value}; confirm it with --set {typed}")
        for remark in report.remarks:
            complain(f"{whose}{remark}")
        status = max(status, _show(ws, name, given, (), ()))
    return status


@command(
    "cases",
    "list what the last run found",
    argument("name", metavar="NAME", help="a reconciliation"),
    argument("--kind", action="append", default=[], choices=_KINDS, help="only this kind; may be repeated"),
    argument("--state", action="append", default=[], choices=_STATES, help="only this state"),
)
def cases(ws: Workspace, given: argparse.Namespace) -> int:
    """Print the cases of the last run."""
    kinds = [Kind(kind) for kind in given.kind]
    return _show(ws, given.name, given, kinds, [State(state) for state in given.state])


def _show(
    ws: Workspace, name: str, given: argparse.Namespace, kinds: Iterable[Kind], states: Iterable[State]
) -> int:
    from recon_app.services import cases as service
    from recon_app.services.run import reconciliation
    from recon_app.services.summary import summary

    reconciliation(name)  # says which there are
    found = summary(ws, name)
    if found is None:
        raise UsageError(f"{name} was never run; run it first")
    listed = service.iterate(ws, name, tuple(kinds), tuple(states))
    if given.json:
        _stream(name, found, list(_quantities(ws, name, found)), listed)
    else:
        for total in found.totals:
            still_open = format_minor(total.open, total.currency)
            print(f"{name}: still open {still_open} {total.currency}")
        for sides, count in _quantities(ws, name, found):
            plus, minus = (format_quantity(figure) for figure in (count.open_plus, count.open_minus))
            title = f"{name}, {' against '.join(sides)}" if sides else name
            print(printable(f"{title}: still open {plus} too much, {minus} missing, in {count.unit}"))
        for case in listed:
            if case.kind is not Kind.MATCHED or kinds:
                print(printable(f"{case.id}  {case.kind:<10}{case.state:<10}{case.text}"))
    return NEEDS_A_PERSON if any(found.open_counts.values()) else DONE


def _quantities(ws: Workspace, name: str, found: Summary) -> Iterator[tuple[tuple[str, ...], UnitTotal]]:
    """Quantities by the sides they are of: those of counts are not mixed with those of the shop."""
    from recon_app.services import goods
    from recon_app.services.run import reconciliation

    recon = reconciliation(name)
    if not recon.apart:
        yield from (((), count) for count in found.quantities)
        return
    for left, right in recon.pairs:
        for count in goods.figures(ws, name, (left, right), None).quantities:
            yield (str(right), str(left)), count


def _stream(
    name: str,
    found: Summary,
    quantities: list[tuple[tuple[str, ...], UnitTotal]],
    listed: Iterator[Case],
) -> None:
    """Print ``recon/run/1`` case by case."""
    head = {
        "schema": "recon/run/1",
        "reconciliation": name,
        **({"period": found.period} if found.period else {}),
        "counts": {str(kind): count for kind, count in found.counts.items()},
        "totals": [
            {
                "currency": total.currency,
                "sides": {side: format_minor(minor, total.currency) for side, minor in total.sides.items()},
                **{
                    key: format_minor(minor, total.currency)
                    for key, minor in (
                        ("difference", total.difference),
                        ("explained", total.explained),
                        ("open", total.open),
                    )
                },
            }
            for total in found.totals
        ],
        **({"quantities": [_unit_json(*each) for each in quantities]} if quantities else {}),
    }
    sys.stdout.write(json.dumps(head)[:-1] + ', "cases": [')
    separator = "\n"
    try:
        for case in listed:
            sys.stdout.write(separator + json.dumps(case_json(case)))
            separator = ",\n"
    finally:
        sys.stdout.write("\n]}\n")  # whole JSON even when one fails


def _unit_json(sides: tuple[str, ...], total: UnitTotal) -> dict[str, Any]:
    figures = {"plus": total.plus, "minus": total.minus}
    still_open = {"open_plus": total.open_plus, "open_minus": total.open_minus}
    shown = {name: format_quantity(millionths) for name, millionths in (figures | still_open).items()}
    return {**({"sides": list(sides)} if sides else {}), "unit": total.unit, **shown}


def case_json(case: Case) -> dict[str, Any]:
    """A case in the schema ``recon/run/1``; absent fields are left out."""
    values: dict[str, Any] = {
        "id": case.id,
        "kind": str(case.kind),
        "missing": [str(side) for side in case.missing],
        "state": str(case.state),
        "cause": case.cause,
        "text": case.text,
        "legs": {
            str(side): [_record_json(record) for record in records] for side, records in case.legs.items()
        },
        "evidence": [{"rule": found.rule, "text": found.text} for found in case.evidence],
        "candidates": list(case.candidates),
    }
    if case.bridge:
        values["bridge"] = [
            {
                "code": line.code,
                "title": line.title,
                "quantity": format_quantity(line.millionths),
                **({"records": line.records} if line.records else {}),
            }
            for line in case.bridge
        ]
    if isinstance(case.delta, Quantity):
        values["delta"] = {"quantity": format_quantity(case.delta.millionths), "unit": case.delta.unit}
    elif case.delta is not None:
        values["delta"] = _money_json(case.delta)
    if case.value is not None:
        values["value"] = _money_json(case.value)
    return values


def _money_json(money: Money) -> dict[str, str]:
    return {"amount": format_minor(money.minor, money.currency), "currency": money.currency}


def _record_json(record: Record) -> dict[str, Any]:
    values = record.values
    currency = str(values.get("currency", ""))
    shown: dict[str, Any] = {
        "record": record.id,
        "file": record.origin.file,
        "row": record.origin.row,
        "key": values.get("ident") or values.get("grp"),
        "ref": values.get("ref"),
        "currency": currency or None,
    }
    shown |= {name: values.get(name) for name in ("sku", "location")}
    quantity = values.get("quantity")
    if isinstance(quantity, int):
        shown["quantity"] = format_quantity(quantity)
    day, amount = values.get("day"), values.get("amount")
    if isinstance(day, int):
        shown["date"] = (_EPOCH + timedelta(days=day)).isoformat()
    if isinstance(amount, int) and currency:
        shown["amount"] = format_minor(amount, currency)
    return {name: value for name, value in shown.items() if value is not None}


@command("explain", "say everything about a case", argument("case", metavar="CASE", help="id of the case"))
def explain(ws: Workspace, given: argparse.Namespace) -> int:
    """Print one case with its evidence and the places its records come from."""
    from recon_app.services import cases as service

    case = service.case(ws, given.case)
    if given.json:
        print(json.dumps(case_json(case)))
        return DONE
    print(printable(f"{case.id}: {case.kind}, {case.state}"))
    print(printable(case.text))
    for found in case.evidence:
        print(printable(f"  {found.text}"))
    for records in case.legs.values():
        for record in records:
            print(printable(f"  record {record.id}: {record.origin.file}, row {record.origin.row}"))
    return DONE


@command(
    "why-not",
    "say why two records were not linked",
    argument("left", type=int, metavar="RECORD", help="number of a record, from explain"),
    argument("right", type=int, metavar="RECORD"),
    argument("--in", dest="name", default="settlements", metavar="NAME", help="the reconciliation"),
)
def why_not(ws: Workspace, given: argparse.Namespace) -> int:
    """Print, rule by rule, what kept two records apart."""
    from recon_app.services import cases as service

    found = service.why_not(ws, given.name, given.left, given.right)
    if given.json:
        print(json.dumps([{"rule": one.rule, "text": one.text} for one in found]))
    else:
        for one in found:
            print(printable(f"{one.rule}: {one.text}"))
    return DONE


@command(
    "propose",
    "propose a correction for cases",
    argument("cases", nargs="+", metavar="CASE"),
    argument("--with", dest="action", required=True, metavar="CORRECTION", help="such as book_payout_fees"),
    argument("--set", dest="answers", action="append", default=[], metavar="K=V", help="answer a question"),
)
def propose(ws: Workspace, given: argparse.Namespace) -> int:
    """Keep proposals; nothing is written for Odoo yet."""
    from recon_app.services import corrections

    answers, wanted = pairs(given.answers), list(dict.fromkeys(given.cases))
    for case_id in wanted:
        corrections.draft(ws, case_id, given.action, answers)  # all of them or none
    made = [corrections.propose(ws, case_id, given.action, answers)[0] for case_id in wanted]
    if given.json:
        print(json.dumps([_correction_json(one) for one in made]))
        return DONE
    for one in made:
        print(f"{one.id}: proposed")
        for line in one.entry.lines:
            debit, credit = (format_minor(minor, line.currency) for minor in (line.debit, line.credit))
            print(
                printable(f"  {line.account}  debit {debit}  credit {credit} {line.currency}  {line.label}")
            )
        for effect in one.effects:
            print(printable(f"  {effect.target}: {effect.before} -> {effect.after}"))
        for text in one.leaves_open:
            print(printable(f"  {text}"))
    return DONE


def _correction_json(one: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "action": one.action,
        "cases": list(one.case_ids),
        "external_id": one.entry.external_id,
        "date": one.entry.date,
        "journal": one.entry.journal,
        "ref": one.entry.ref,
        "lines": [
            {
                "account": line.account,
                "debit": format_minor(line.debit, line.currency),
                "credit": format_minor(line.credit, line.currency),
                "currency": line.currency,
            }
            for line in one.entry.lines
        ],
        "effects": [
            {"target": effect.target, "before": str(effect.before), "after": str(effect.after)}
            for effect in one.effects
        ],
        "leaves_open": list(one.leaves_open),
    }


@command(
    "apply",
    "write a proposed correction",
    argument("id", metavar="ID", help="id of the correction, or its beginning"),
    argument("--to", nargs=2, required=True, metavar=("file", "DIR"), help="a file for Odoo's import"),
)
def apply(ws: Workspace, given: argparse.Namespace) -> int:
    """Write the entry and its reversal as files for Odoo's import."""
    from recon_app.services import corrections

    target, folder = given.to
    if target != "file":
        raise UsageError(f"--to {target} is not known; write --to file DIR")
    applied = corrections.apply_to_file(ws, given.id, Path(folder))
    if given.json:
        print(json.dumps({"entry": str(applied.entry), "reversal": str(applied.reversal)}))
    else:
        print(f"import in Odoo: {applied.entry}\nkeep to undo it: {applied.reversal}")
    return DONE


@command("verify", "look written corrections up in later Odoo exports")
def verify(ws: Workspace, given: argparse.Namespace) -> int:
    """Say of each written correction whether Odoo has it."""
    from recon_app.services import corrections

    verdicts, _ = corrections.verify(ws)
    if given.json:
        print(json.dumps([{"id": one.id, "state": one.state, "text": one.text} for one in verdicts]))
    else:
        for one in verdicts:
            print(printable(f"{one.id}: {one.state}. {one.text}"))
    return DONE if all(one.state == State.VERIFIED for one in verdicts) else NEEDS_A_PERSON


@command("reverse", "undo a correction", argument("id", metavar="ID"))
def reverse(ws: Workspace, given: argparse.Namespace) -> int:
    """Withdraw a proposal, or propose the reversal of a written correction."""
    from recon_app.services import corrections

    undoing, _ = corrections.reverse(ws, given.id)
    if given.json:
        print(json.dumps({"reversal": None if undoing is None else _correction_json(undoing)}))
    elif undoing is None:
        print("withdrawn; nothing had been written")
    else:
        print(f"{undoing.id}: reversal proposed; write it with: recon-app apply {undoing.id} --to file DIR")
    return DONE


@command(
    "check",
    "check that the installed program works, and the workspace that is given",
    argument("--workspace", type=a_path, metavar="DIR", help="open this workspace, too"),
    needs_workspace=False,
)
def check(_: None, given: argparse.Namespace) -> int:
    """Import, reconcile and look at two tiny files in a throw-away workspace; open the one that is given."""
    from recon_app.services.check import check as service
    from recon_app.services.workspace import open_workspace

    if given.workspace is not None:
        open_workspace(given.workspace, create=False).close()
    found = service()
    if given.json:
        print(json.dumps({"version": found.version, "sqlite": found.sqlite, "plugins": found.plugins}))
    else:
        print(f"recon-app {found.version} works (SQLite {found.sqlite})")
        for folder, names in found.plugins.items():
            print(f"{folder}: {', '.join(names)}")
    return DONE
