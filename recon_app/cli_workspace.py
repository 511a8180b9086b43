"""The commands about the workspace itself: audit, backup, and the profiles that people share."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from recon_app.cli import DONE, NEEDS_A_PERSON, a_path, argument, command, complain, printable

if TYPE_CHECKING:
    from recon_app.store.workspace import Workspace

_WORKSPACE = argument("--workspace", type=a_path, metavar="DIR", help="folder of the workspace")


@command(
    "audit",
    "check that a workspace is whole and was changed by this program only",
    argument(
        "action", choices=["verify"], help="verify: check the audit trail, backups, cache and kept files"
    ),
    _WORKSPACE,
    needs_workspace=False,  # a changed ledger is not opened
)
def audit(_: None, given: argparse.Namespace) -> int:
    """Say what is wrong, and up to which entry the audit trail holds."""
    from recon_app.services.audit import verify

    found = verify(given.workspace)
    for fault in found.faults:
        complain(fault)
    if given.json:
        values = {
            "schema": "recon/audit/1",
            "folder": str(found.folder),
            "ok": not found.faults,
            "entries": found.entries,
            "head": found.head,
            "backups": found.backups,
            "faults": found.faults,
        }
        print(json.dumps({name: value for name, value in values.items() if value != ""}))
    elif not found.faults:
        print(f"{found.entries} entries hold, {found.backups} backups agree; last entry {found.head or '-'}")
    return NEEDS_A_PERSON if found.faults else DONE


@command(
    "backup",
    "back up the ledger (decisions, corrections, audit trail), or put a backup back",
    argument("--restore", type=a_path, metavar="FILE", help="put this backup back in place of the ledger"),
    _WORKSPACE,
    needs_workspace=False,  # a damaged ledger is not opened
)
def backup(_: None, given: argparse.Namespace) -> int:
    """Write a backup, or put one back, and say where the files are."""
    from recon_app.services import audit as service
    from recon_app.services.workspace import open_workspace

    values: dict[str, str]
    if given.restore is not None:
        replaced = service.restore_backup(given.restore, given.workspace)
        values = {"restored": str(given.restore)} | ({"replaced": str(replaced)} if replaced else {})
    else:
        ws = open_workspace(given.workspace, create=False)
        try:
            values = {"backup": str(service.back_up(ws))}
        finally:
            ws.close()
    if given.json:
        print(json.dumps({"schema": "recon/backup/1", **values}))
    else:
        for name, path in values.items():
            print(printable(f"{name}: {path}"))
    return DONE


@command(
    "profile",
    "write the columns you named to a file that others can take, or take such a file",
    argument("action", choices=["export", "import"]),
    argument("file", type=a_path, metavar="FILE", help="a JSON file"),
)
def profile(ws: Workspace, given: argparse.Namespace) -> int:
    """Export or import column mappings."""
    from recon_app.models.problem import FileRejected
    from recon_app.services import profiles

    try:
        if given.action == "export":
            count = profiles.export_profiles(ws, given.file).profiles
        else:
            count = profiles.import_profiles(ws, given.file)
    except FileRejected as rejected:
        for problem in rejected.problems:
            complain(problem.message(str(given.file)))
        return NEEDS_A_PERSON
    if given.json:
        print(json.dumps({"schema": "recon/profiles/1", "file": str(given.file), "profiles": count}))
    else:
        print(printable(f"{given.file}: {count} profiles"))
    return DONE
