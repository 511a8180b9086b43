"""What an import costs: ``python -m benchmarks.jobs.ingest import|cells|cancel FILE SCRATCH``.

``import`` puts the file into a fresh workspace, ``cells`` only reads its cells, ``cancel`` breaks imports off
at random moments. Interpreter start and imports are left out of the times.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

_MOMENTS = 30
_SEED = 2026


def import_file(file: Path, scratch: Path) -> dict[str, float]:
    """Import into a fresh workspace.

    Raises:
        SystemExit: the file was not imported.
    """
    from recon_app.services.import_files import import_paths
    from recon_app.services.workspace import open_workspace

    since = time.perf_counter()
    ws = open_workspace(scratch / "workspace")
    (report,) = import_paths(ws, [file])
    ws.close()
    if report.status != "imported":
        raise SystemExit(f"{file}: {report.status}: {report.problems} {report.question}")
    return {"wall": time.perf_counter() - since, "rows": report.rows}


def read_cells(file: Path, scratch: Path) -> dict[str, float]:
    """Read all cells as texts."""
    from recon_app.sources._base import InputFile

    del scratch
    since = time.perf_counter()
    rows = sum(1 for _ in InputFile(file).rows())
    return {"wall": time.perf_counter() - since, "rows": rows}


def cancel(file: Path, scratch: Path) -> dict[str, float]:
    """Cancel at random moments: how long the answer takes, and how often something is left behind."""
    from recon_app.services.workspace import open_workspace

    whole = import_file(file, scratch)["wall"]
    ws = open_workspace(scratch / "cancelled")
    before = _contents(ws.folder)
    moments = random.Random(_SEED)
    answers, late, left = [], 0, 0
    for _ in range(_MOMENTS):
        answer, finished = _cancelled(ws, file, moments.uniform(0, whole))
        answers.append(answer)
        late += finished
        left += not finished and _contents(ws.folder) != before
        if finished:
            ws.close()
            ws = open_workspace(scratch / f"cancelled {late}")
            before = _contents(ws.folder)
    ws.close()
    answers.sort()
    return {
        "worst": answers[-1],
        "median": answers[len(answers) // 2],
        "moments": len(answers),
        "finished": late,
        "left": left,
    }


def _cancelled(ws: object, file: Path, after: float) -> tuple[float, bool]:
    """Import, and cancel ``after`` seconds; the seconds to the answer, and whether it came too late."""
    from recon_app.models.problem import Cancelled
    from recon_app.services.import_files import import_paths

    asked: list[float] = []
    timer = threading.Timer(after, lambda: asked.append(time.perf_counter()))

    def progress(step: str, done: int, total: int) -> None:
        del step, done, total
        if asked:
            raise Cancelled

    timer.start()
    try:
        list(import_paths(ws, [file], progress=progress))
    except Cancelled:
        return time.perf_counter() - asked[0], False
    timer.cancel()
    return (time.perf_counter() - asked[0] if asked else 0.0), True


def _contents(folder: Path) -> tuple[set[str], int, int]:
    """Files of a workspace, and how many imports and records it has."""
    from contextlib import closing

    from recon_app.store.database import connect

    names = {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix != ".sqlite-shm"
    }
    counts = []
    for database, table in (("ledger", "import_file"), ("cache", "record")):
        with closing(connect(folder / f"{database}.sqlite")) as connection:
            counts.append(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    return {name for name in names if not name.endswith(("-wal", "-shm"))}, counts[0], counts[1]


_JOBS: dict[str, Callable[[Path, Path], dict[str, float]]] = {
    "import": import_file,
    "cells": read_cells,
    "cancel": cancel,
}

if __name__ == "__main__":
    from recon_app import registry

    registry.sources()
    import recon_app.services.import_files
    import recon_app.services.workspace  # noqa: F401 - not to be timed

    print(json.dumps(_JOBS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))))
