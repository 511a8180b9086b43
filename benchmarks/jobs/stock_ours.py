"""The whole job as the program does it: import both files into a fresh workspace, compare the stock."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from benchmarks.jobs._measure import Stages, Verdict, run
from benchmarks.stock_files import ODOO, PLACES, SHOPIFY

_WORKSPACE = "workspace"


def prepare(folder: Path) -> None:
    """Import what the services import when they are called."""
    del folder
    for module in ("services.import_files", "services.run", "reconciliations._stock_run"):
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
    from recon_app.services.run import keep_answer
    from recon_app.services.run import run as reconcile
    from recon_app.services.workspace import open_workspace

    ws = open_workspace(scratch / _WORKSPACE)
    stages.begin("import")
    for report in import_paths(ws, [folder / SHOPIFY, folder / ODOO]):
        if report.status != "imported":
            raise SystemExit(f"{report.path}: {report.status}: {report.problems} {report.question}")
    for shop, place in PLACES.items():
        keep_answer(ws, f"stock_location.{shop}", place)
    reconcile(ws, "stock", progress=lambda step, _done, _total: stages.begin(step))
    ws.close()


def found(scratch: Path) -> Iterable[Verdict]:
    """SKU, place, difference and kind of each case that is no match, from the stored lines."""
    from recon_app.services.workspace import open_workspace

    ws = open_workspace(scratch / _WORKSPACE)
    with ws.cache.connect() as connection:
        yield from (
            (sku, place, delta // 1_000_000, kind)
            for sku, place, delta, kind in connection.exec_driver_sql(
                "SELECT record.sku, line.grp, line.delta, line.kind FROM line JOIN record "
                "ON record.id = line.shop WHERE line.part = 0 AND line.kind <> 'matched'"
            )
        )
    ws.close()


if __name__ == "__main__":
    run(prepare, job, found)
