"""Does the installed program work? A tiny import, run and report in a throw-away workspace."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import recon_app
from recon_app import registry
from recon_app.models.problem import ReconError
from recon_app.services import cases
from recon_app.services.audit import verify
from recon_app.services.import_files import import_paths
from recon_app.services.run import run
from recon_app.services.workspace import open_workspace

_LINES = """\
Transaction Date,Type,Order,Payout Status,Payout Date,Payout ID,Available On,Amount,Fee,Net,Checkout,Currency
2026-10-05 10:00:00 +0200,charge,#1,paid,2026-10-08,900001,2026-10-08,100.00,3.00,97.00,#71,EUR
2026-10-05 11:00:00 +0200,charge,#2,paid,2026-10-08,900001,2026-10-08,50.00,1.50,48.50,#72,EUR
"""
_PAYMENTS = """\
"Number","Date","Journal","Payment Type","Amount","Currency","Memo","State"
"PSHOP/1","2026-10-05","Shopify Payments","Receive","100.00","EUR","#1","Paid"
"PSHOP/2","2026-10-05","Shopify Payments","Receive","48.50","EUR","#2","Paid"
"""
#: What the run must find in the two files: kind and cause with their number of cases.
_EXPECTED = {("matched", None): 1, ("amount", "net_booked"): 1}


class CheckFailed(ReconError):
    """The program does not work as installed."""


@dataclass(frozen=True)
class Checked:
    """What a successful check found.

    Attributes:
        version: Version of the program.
        sqlite: Version of SQLite.
        plugins: Names of the plug-ins by folder.
    """

    version: str
    sqlite: str
    plugins: dict[str, list[str]]


def check() -> Checked:
    """Import two tiny files, reconcile them and look at the result.

    Raises:
        CheckFailed: names what did not come out as it must. Written without ``assert``, which an optimised
            bundle drops.
    """
    from sqlcipher3 import dbapi2

    plugins = {
        "sources": sorted(registry.sources()),
        "reconciliations": sorted(registry.reconciliations()),
        "corrections": sorted(registry.corrections()),
        "fingerprints": sorted(registry.fingerprints()),
    }
    empty = [folder for folder, names in plugins.items() if not names]
    if empty:
        raise CheckFailed(f"no plug-ins were found in {', '.join(empty)}; install the program again")
    with tempfile.TemporaryDirectory() as folder:
        _import_and_run(Path(folder))
    return Checked(recon_app.__version__, dbapi2.sqlite_version, plugins)


def _import_and_run(folder: Path) -> None:
    files = {"lines.csv": _LINES, "payments.csv": _PAYMENTS}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    ws = open_workspace(folder / "workspace")
    try:
        for report in import_paths(ws, [folder / name for name in files]):
            if report.status != "imported":
                raise CheckFailed(f"{report.path.name} was {report.status}: {report.problems}")
        run(ws, "settlements")
        found: dict[tuple[str, str | None], int] = {}
        for case in cases.iterate(ws, "settlements"):
            key = (str(case.kind), case.cause)
            found[key] = found.get(key, 0) + 1
        if found != _EXPECTED:
            raise CheckFailed(f"the run found {found} instead of {_EXPECTED}")
    finally:
        ws.close()
    faults = verify(folder / "workspace").faults
    if faults:
        raise CheckFailed(f"the workspace it made does not hold: {faults[0]}")
