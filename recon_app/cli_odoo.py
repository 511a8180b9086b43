"""The commands of a live Odoo."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from getpass import getpass
from typing import TYPE_CHECKING

from recon_app.cli import (
    DONE,
    NEEDS_A_PERSON,
    argument,
    at_most,
    command,
    complain,
    complaints,
    file_json,
    file_line,
    printable,
    stream_json,
)
from recon_app.models.counted import counted
from recon_app.models.problem import UsageError

if TYPE_CHECKING:
    from recon_app.services.connections import Connection, Tested
    from recon_app.services.import_files import FileReport
    from recon_app.store.workspace import Workspace


@command(
    "connect",
    "add, list, test or remove connections to a live Odoo; the API key is asked for, or taken from "
    "RECON_ODOO_KEY",
    argument("action", choices=("add", "list", "test", "remove")),
    argument("name", nargs="?", default="", metavar="NAME", help="what you call the connection"),
    argument("--address", default="", metavar="URL", help="https://server.name"),
    argument("--database", default="", metavar="DB", help="name of the database"),
    argument("--login", default="", metavar="USER", help="login of the user whose key it is"),
    argument("--company", default="", metavar="NAME", help="company, when the user has several"),
    argument("--plain-http", action="store_true", help="allow http, which sends the key in plain view"),
)
def connect(ws: Workspace, given: argparse.Namespace) -> int:
    """Do what is asked with the connections."""
    if given.action == "list":
        at_most([given.name] if given.name else [], 0)
        return _list(ws, as_json=given.json)
    if not given.name:
        raise UsageError(f"say which connection: connect {given.action} NAME")
    return {"add": _add, "test": _test, "remove": _remove}[given.action](ws, given)


def _list(ws: Workspace, *, as_json: bool) -> int:
    from recon_app.services.connections import connections

    if as_json:
        stream_json("recon/connections/1", "connections", map(_connection_json, connections(ws)))
        return DONE
    for one in connections(ws):
        company = f", {one.company}" if one.company else ""
        print(printable(f"{one.name}: {one.address}, database {one.database}, {one.login}{company}"))
    return DONE


def _connection_json(one: Connection) -> dict[str, str]:
    return {
        "name": one.name,
        "address": one.address,
        "database": one.database,
        "login": one.login,
        "company": one.company,
    }


def _add(ws: Workspace, given: argparse.Namespace) -> int:
    """Log in first: only what works is saved."""
    from recon_app.services import connections, odoo_keys

    wanted = connections.checked(
        connections.Connection(
            given.name, given.address, given.database, given.login, given.company, given.plain_http
        )
    )
    told = os.environ.get(odoo_keys.VARIABLE, "")
    key = told or _asked(wanted)
    tested = connections.test(wanted, key)
    connections.save(ws, wanted)
    _show(tested, wanted.name, as_json=given.json)
    if not told and not odoo_keys.keep_key(wanted, key):
        complain(
            "this computer has no safe store of passwords, so the key was not kept; "
            f"give it in {odoo_keys.VARIABLE} or when you are asked"
        )
    return DONE


def _test(ws: Workspace, given: argparse.Namespace) -> int:
    from recon_app.services import connections

    connection = connections.connection_named(ws, given.name)
    _show(connections.test(connection, _key(connection)), given.name, as_json=given.json)
    return DONE


def _remove(ws: Workspace, given: argparse.Namespace) -> int:
    from recon_app.services import connections

    connections.remove(ws, given.name)
    return DONE


def _show(tested: Tested, name: str, *, as_json: bool) -> None:
    if as_json:
        values = {"schema": "recon/connection/1", "name": name, "version": tested.version}
        values |= {"company": tested.company, "timezone": tested.zone}
        print(json.dumps({**values, "records": tested.counts, "problems": tested.problems}))
        return
    print(printable(f"{name}: Odoo {tested.version}, {tested.company}, times in {tested.zone}"))
    for what, count in tested.counts.items():
        print(f"  {what}: {counted(count, 'record')}")
    for what, problem in tested.problems.items():
        print(printable(f"  {what}: {problem}"))


def _key(connection: Connection) -> str:
    from recon_app.services.odoo_keys import find_key

    return find_key(connection) or _asked(connection)


def _asked(connection: Connection) -> str:
    """The key as a person types it.

    Raises:
        UsageError: nobody is there to be asked.
    """
    from recon_app.services.odoo_keys import VARIABLE

    if not sys.stdin.isatty():
        raise UsageError(f"there is no key for {connection.name}; give it in {VARIABLE}")
    return getpass(f"API key of {connection.login} at {connection.address}: ").strip()


@command(
    "pull",
    "read lists from a live Odoo and import them; only what changed since the last pull",
    argument("name", metavar="NAME", help="the connection"),
    argument("what", nargs="*", metavar="WHAT", help="journal-items, payments, quants, …; all when left out"),
    argument("--since", metavar="DATE", help="only what changed on this day (YYYY-MM-DD) or later"),
    argument("--all", action="store_true", help="read all records again"),
)
def pull(ws: Workspace, given: argparse.Namespace) -> int:
    """Read lists from Odoo and say of each what became of it."""
    from recon_app.services.connections import connection_named
    from recon_app.services.pull_odoo import pull as read

    status = DONE
    connection = connection_named(ws, given.name)
    since = _day(given.since)
    if since is not None and given.all:
        raise UsageError("give --since or --all, not both")

    def reports() -> Iterator[FileReport]:
        nonlocal status
        for report in read(
            ws,
            given.name,
            _key(connection),
            given.what,
            since=since,
            everything=given.all,
            progress=_progress,
        ):
            for line in complaints(report):
                complain(line)
            if report.needs_a_person:
                status = NEEDS_A_PERSON
            yield report

    if given.json:
        stream_json("recon/import/1", "files", map(file_json, reports()))
    else:
        for report in reports():
            print(printable(_line(report)), flush=True)
            for note in report.notes:
                print(printable(f"  {note}"))
    return status


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a date YYYY-MM-DD") from error


def _line(report: FileReport) -> str:
    if report.status == "known" and not report.first_imported_at:
        return f"{report.path}: nothing imported"
    return file_line(report)


def _progress(step: str, done: int, total: int) -> None:
    """Show how far it is, where somebody looks."""
    if sys.stderr.isatty():
        end = "\n" if total and done >= total else ""
        print(f"\r{printable(step)}: {done} of {total or '?'}", end=end, file=sys.stderr, flush=True)
