"""The command that looks at watched folders and expected files."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from recon_app.cli import DONE, NEEDS_A_PERSON, a_path, argument, command, complain, pairs, printable
from recon_app.models.problem import UsageError

if TYPE_CHECKING:
    from recon_app.services.watch import Awaited, Watched
    from recon_app.store.workspace import Workspace


@command(
    "watch",
    "show new files in watched folders, and expected files that did not come",
    argument("--add", type=a_path, action="append", default=[], metavar="DIR", help="watch a folder"),
    argument("--remove", type=a_path, action="append", default=[], metavar="DIR", help="watch it no more"),
    argument(
        "--expect",
        action="append",
        default=[],
        metavar="SOURCE=month:DAYS",
        help="expect such a file for every month (or week), so many days after its end",
    ),
    argument("--expect-no-more", action="append", default=[], metavar="SOURCE", help="expect it no more"),
)
def watch(ws: Workspace, given: argparse.Namespace) -> int:
    """Change what is watched and expected, then say what is new and what is late."""
    from recon_app.services import watch as service

    for folder in given.remove:
        service.unwatch(ws, folder)
    for folder in given.add:
        service.watch(ws, folder)
    for source in given.expect_no_more:
        service.expect_no_more(ws, source)
    for source, rule in pairs(given.expect).items():
        every, days = _rule(rule)
        service.expect(ws, source, service.Every(every), days)
    seen = service.Watcher(ws).look()
    if given.json:
        print(json.dumps(_json(seen)))
    else:
        _say(seen)
    return NEEDS_A_PERSON if seen.new or seen.late or seen.unreadable else DONE


def _rule(text: str) -> tuple[str, int]:
    every, _, days = text.partition(":")
    if every not in ("week", "month") or not (days.isascii() and days.isdigit()):
        raise UsageError(f"{text!r} is not week:DAYS or month:DAYS")
    return every, int(days)


def _say(seen: Watched) -> None:
    for found in seen.new:
        print(printable(f"{found.path}: new, recognised as {' or '.join(found.sources)}"))
    for awaited in seen.awaited:
        state = f"late since {awaited.due}" if awaited.late else f"expected until {awaited.due}"
        print(f"{awaited.title}, {awaited.period[0]} to {awaited.period[1]}: {state}")
    for path, reason in seen.unreadable:
        complain(f"{path}: the folder cannot be read ({reason}); check whether it is still there")


def _json(seen: Watched) -> dict[str, Any]:
    return {
        "schema": "recon/watch/1",
        "new": [
            {"path": str(found.path), "sha256": found.sha256, "sources": list(found.sources)}
            for found in seen.new
        ],
        "expected": [_awaited_json(awaited) for awaited in seen.awaited],
        "unreadable": [{"path": str(path), "problem": reason} for path, reason in seen.unreadable],
    }


def _awaited_json(awaited: Awaited) -> dict[str, Any]:
    first, last = awaited.period
    return {
        "source": awaited.source,
        "period": [first.isoformat(), last.isoformat()],
        "due": awaited.due.isoformat(),
        "days_late": awaited.late,
    }
