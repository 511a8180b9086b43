"""The whole job as the program does it: import both files into a fresh workspace, run the settlements."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from benchmarks.generate import ODOO, SHOPIFY
from benchmarks.jobs._measure import Stages, Verdict, run

_WORKSPACE = "workspace"


def prepare(folder: Path) -> None:
    """Import what the services import when they are called."""
    del folder
    for module in ("services.import_files", "services.run", "reconciliations._settlement_run"):
        import_module(f"recon_app.{module}")
    registry = import_module("recon_app.registry")
    registry.sources()
    registry.reconciliations()


def job(folder: Path, scratch: Path, stages: Stages) -> None:
    """Import and run.

    Raises:
        SystemExit: a file was not imported.
    """
    from recon_app.services.import_files import import_paths
    from recon_app.services.run import run as reconcile
    from recon_app.services.workspace import open_workspace

    ws = open_workspace(scratch / _WORKSPACE)
    stages.begin("import")
    for report in import_paths(ws, [folder / SHOPIFY, folder / ODOO]):
        if report.status != "imported":
            raise SystemExit(f"{report.path}: {report.status}: {report.problems} {report.question}")
    reconcile(ws, "settlements", progress=lambda step, _done, _total: stages.begin(step))
    ws.close()


def found(scratch: Path) -> Iterable[Verdict]:
    """Case and kind of each record, from the stored lines."""
    from recon_app.services.workspace import open_workspace

    ws = open_workspace(scratch / _WORKSPACE)
    with ws.cache.connect() as connection:
        for side in ("platform", "odoo"):
            yield from (
                (side, row, case, kind)
                for row, case, kind in connection.exec_driver_sql(
                    f"SELECT record.row, line.case_key, line.kind FROM line JOIN record ON record.id = {side}"
                )
            )
    ws.close()


if __name__ == "__main__":
    run(prepare, job, found)
