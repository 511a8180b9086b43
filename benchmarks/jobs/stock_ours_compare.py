"""The comparison alone: figures, bridges and cases, records already in memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.jobs._measure import Stages, Verdict, run
from benchmarks.stock_files import ODOO, PLACES, SHOPIFY

if TYPE_CHECKING:
    from recon_app.reconciliations._base import Inputs, Result

_loaded: list[Inputs] = []
_results: list[Result] = []


def prepare(folder: Path) -> None:
    """Import both files and read their records."""
    from recon_app.reconciliations import _stock_run  # noqa: F401 - not a part of the job
    from recon_app.services.import_files import import_paths
    from recon_app.services.run import keep_answer, read_inputs, reconciliation
    from recon_app.services.workspace import open_workspace

    with TemporaryDirectory() as name:
        ws = open_workspace(Path(name) / "workspace")
        list(import_paths(ws, [folder / SHOPIFY, folder / ODOO]))
        for shop, place in PLACES.items():
            keep_answer(ws, f"stock_location.{shop}", place)
        _loaded.append(read_inputs(ws, reconciliation("stock")))
        ws.close()


def job(folder: Path, scratch: Path, stages: Stages) -> None:
    """Compare."""
    del folder, scratch, stages
    from recon_app.services.run import reconciliation

    _results.append(reconciliation("stock").reconcile(_loaded[0], lambda *_: None))


def found(scratch: Path) -> Iterable[Verdict]:
    """SKU, place, difference and kind of each case that is no match."""
    del scratch
    for number, note in _results[0].notes.items():
        case = _results[0].cases.iloc[number]
        yield note["sku"], note["location"], int(case["delta"]) // 1_000_000, case["kind"]


if __name__ == "__main__":
    run(prepare, job, found)
