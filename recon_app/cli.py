"""The command line: the same services as the window, without Qt.

A command is one function with the decorator :func:`command`. It gets the open workspace and the parsed
arguments and returns its exit status.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import recon_app
from recon_app.models.counted import counted
from recon_app.models.money import format_minor
from recon_app.models.problem import Problem, ReconError, UsageError, WorkspaceError

if TYPE_CHECKING:
    from recon_app.services.import_files import FileReport
    from recon_app.store.workspace import Workspace

DONE, NEEDS_A_PERSON, WRONG_USE, NO_WORKSPACE, STOPPED = 0, 1, 2, 3, 130
_EPOCH = date(1970, 1, 1)

Run = Callable[[Any, argparse.Namespace], int]  # the workspace, None for commands without one


@dataclass(frozen=True)
class _Command:
    help: str
    arguments: tuple[tuple[tuple[str, ...], dict[str, Any]], ...]
    run: Run
    needs_workspace: bool = True


_COMMANDS: dict[str, _Command] = {}


def argument(*names: str, **settings: Any) -> tuple[tuple[str, ...], dict[str, Any]]:
    """One argument of a command, as for ``ArgumentParser.add_argument``."""
    return names, settings


def command(
    name: str, text: str, *arguments: tuple[tuple[str, ...], dict[str, Any]], needs_workspace: bool = True
) -> Callable[[Run], Run]:
    """Make a function a command; ``--workspace``, ``--json`` and ``--verbose`` come by themselves."""

    def register(run: Run) -> Run:
        _COMMANDS[name] = _Command(text, arguments, run, needs_workspace)
        return run

    return register


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns:
        0 done; 1 done, and something needs a person; 2 wrong use; 3 the workspace cannot be used.
    """
    load_commands()
    given = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO if given.verbose else logging.CRITICAL)
    try:
        return _run(given)
    except WorkspaceError as error:
        complain(str(error))
        return NO_WORKSPACE
    except UsageError as error:
        complain(str(error))
        return WRONG_USE
    except ReconError as error:
        complain(str(error))
        return NEEDS_A_PERSON
    except KeyboardInterrupt:
        complain("stopped; what was under way left nothing")
        return STOPPED


def _run(given: argparse.Namespace) -> int:
    """Run the command, and turn faults of the disk into words.

    Raises:
        ReconError: what the user should know.
    """
    try:
        made = _COMMANDS[given.command]
        if not made.needs_workspace:
            status = made.run(None, given)
        else:
            with _workspace(given.workspace) as ws:
                status = made.run(ws, given)
        sys.stdout.flush()  # a reader that went away is noticed here, not when Python ends
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return STOPPED
    except ReconError:
        raise
    except Exception as error:
        from recon_app.services.workspace import default_folder
        from recon_app.store.faults import explain

        told = explain(error, Path(getattr(given, "workspace", None) or default_folder()))
        if told is None:
            raise
        raise told from error
    return status


def load_commands() -> dict[str, _Command]:
    """All commands by name; those of the other modules of the command line register themselves."""
    from recon_app import (  # noqa: F401
        cli_aliases,
        cli_cases,
        cli_counts,
        cli_decisions,
        cli_odoo,
        cli_watch,
        cli_workspace,
    )

    return _COMMANDS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="recon-app",
        description=recon_app.__doc__,
        epilog="Without a command the window opens: recon-app [--demo] [--workspace DIR] [--platform NAME].",
    )
    parser.add_argument("--version", action="version", version=recon_app.__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, made in _COMMANDS.items():
        sub = commands.add_parser(name, help=made.help, description=made.help)
        if made.needs_workspace:
            sub.add_argument("--workspace", metavar="DIR", help="folder of the workspace")
        sub.add_argument("--json", action="store_true", help="print JSON")
        sub.add_argument("--verbose", action="store_true", help="show the details of faults")
        for names, settings in made.arguments:
            sub.add_argument(*names, **settings)
    return parser


@contextmanager
def _workspace(address: str | None) -> Iterator[Workspace]:
    from recon_app.services.workspace import open_workspace

    if address is not None and not address.strip():
        raise UsageError("--workspace is empty; give a folder")
    ws = open_workspace(address)
    try:
        yield ws
    finally:
        ws.close()


def complain(text: str) -> None:
    """Write a line to standard error."""
    print(printable(text), file=sys.stderr)


def printable(text: str) -> str:
    """The text with control characters escaped: a file name must not steer a terminal."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def stream_json(schema: str, items: str, values: Iterable[dict[str, Any]]) -> None:
    """Print ``{"schema": …, items: [values]}`` one value at a time; whole JSON even when one fails."""
    sys.stdout.write(f'{{"schema":{json.dumps(schema)},{json.dumps(items)}:[')
    separator = "\n"
    try:
        for value in values:
            sys.stdout.write(separator + json.dumps(value))
            sys.stdout.flush()
            separator = ",\n"
    finally:
        sys.stdout.write("\n]}\n")


def pairs(given: Sequence[str]) -> dict[str, str]:
    """Read repeated ``KEY=VALUE`` arguments.

    Raises:
        UsageError: one has no ``=``, or one key has two values.
    """
    found: dict[str, str] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"{pair!r} is not KEY=VALUE")
        if found.setdefault(key, value) != value:
            raise UsageError(f"{key} is given twice, as {found[key]!r} and as {value!r}")
    return found


def a_path(text: str) -> Path:
    """A path that was given; an empty one, as from a script's unset variable, would mean the present folder.

    Raises:
        ArgumentTypeError: it is empty.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("an empty path; write . for the present folder")
    return Path(text)


def at_most(words: Sequence[str], most: int) -> None:
    """Refuse words that a command would not use.

    Raises:
        UsageError: there are more.
    """
    if len(words) > most:
        raise UsageError(f"{' '.join(words[most:])}: not asked for here; leave it out")


def from_one(text: str) -> int:
    """A whole number from 1 on.

    Raises:
        ArgumentTypeError: it is not.
    """
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**9):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


@command(
    "import",
    "import exports of Odoo, Shopify, payment platforms and banks",
    argument("paths", nargs="+", type=a_path, metavar="PATH", help="files or folders; recognised by content"),
    argument("--as", dest="source", metavar="SOURCE", help="read the files as this kind"),
    argument(
        "--option", action="append", default=[], metavar="K=V", help="answer to a question about the files"
    ),
)
def import_files(ws: Workspace, given: argparse.Namespace) -> int:
    """Import files and say of each what became of it."""
    from recon_app.services.import_files import import_paths

    status, count = DONE, 0

    def reports() -> Iterator[FileReport]:
        nonlocal status, count
        for report in import_paths(ws, given.paths, source=given.source, options=pairs(given.option)):
            for line in complaints(report):
                complain(line)
            if report.needs_a_person:
                status = NEEDS_A_PERSON
            count += 1
            yield report

    if given.json:
        stream_json("recon/import/1", "files", map(file_json, reports()))
    else:
        for report in reports():
            print(printable(file_line(report)), flush=True)
    if not count:
        complain(f"{', '.join(map(str, given.paths))}: there is no file in it; check the folder")
    return status


def complaints(report: FileReport) -> Iterator[str]:
    """What a person must look at, as ``file: row: column: what is wrong; what to do``."""
    path = str(report.path)
    for problem in report.problems if report.question is None else ():
        # the window has a list to choose from, the command line an option
        yield problem.message(path).replace("; choose its kind,", "; choose its kind (--as),")
    if report.question is not None:
        option = report.question.option
        answer = "--as " if option == "as" else f"--option {option}="
        choices = "|".join(report.question.choices)
        yield f"{path}: {report.question.text}; answer with {answer}{choices}"
    for proof in report.proofs:
        if not proof.ok and report.status != "rejected":
            yield (
                f"{path}: the proof {proof.name!r} failed: expected {proof.expected}, found {proof.found}; "
                "check whether the export is complete"
            )


def file_line(report: FileReport) -> str:
    """What became of one file."""
    if report.status == "known":
        return f"{report.path}: known, imported {report.first_imported_at}"
    if report.status != "imported":
        return f"{report.path}: {report.status}"
    counts = f"{report.added} added, {report.known} known, {report.changed} changed"
    rows = counted(report.rows, "record")
    return f"{report.path}: imported as {report.source}, {rows}: {counts}"


def _problem_json(problem: Problem) -> dict[str, Any]:
    """A fault or a warning: where it is, what is wrong and what to do; absent values are left out."""
    values: dict[str, Any] = {
        "row": problem.row,
        "column": problem.column,
        "problem": f"{problem.problem}; {problem.advice}",
        "line": problem.line,
        "code": problem.code or None,
    }
    return {name: value for name, value in values.items() if value is not None}


def file_json(report: FileReport) -> dict[str, Any]:
    """The object of one file in the schema ``recon/import/1``; absent values are left out."""
    values: dict[str, Any] = {
        "path": str(report.path),
        "sha256": report.sha256 or None,
        "source": report.source or None,
        "status": report.status.value,
        "rows": report.rows,
        "rejected_rows": [_problem_json(each) for each in report.problems if report.question is None],
        "added": report.added,
        "known": report.known,
        "changed": report.changed,
        "gone": report.gone,
        "proofs": [
            {"name": proof.name, "expected": proof.expected, "found": proof.found, "ok": proof.ok}
            for proof in report.proofs
        ],
        "period": report.period and [(_EPOCH + timedelta(days=day)).isoformat() for day in report.period],
        "totals": [
            {"name": name, "currency": currency, "amount": format_minor(minor, currency)}
            if currency
            else {"name": name, "amount": str(minor)}
            for (name, currency), minor in report.totals.items()
        ],
        "warnings": [_problem_json(each) for each in report.warnings],
        "notes": report.notes,
        "imported_at": report.first_imported_at or None,
    }
    if report.question is not None:
        values["question"] = {
            "option": report.question.option,
            "choices": report.question.choices,
            "text": report.question.text,
            "cells": [_problem_json(each) for each in report.problems],
        }
    return {name: value for name, value in values.items() if value is not None}
