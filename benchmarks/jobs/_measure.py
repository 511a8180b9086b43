"""Time one job in a process of its own and say what it cost."""

from __future__ import annotations

import csv
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

#: Case and kind of one record: ("platform" or "odoo", row from 1, case, kind).
Verdict = tuple[str, int, int | str, str]


class Stages:
    """How long the named parts of a job took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._name = ""
        self._since = time.perf_counter()

    def begin(self, name: str) -> None:
        """End the running stage and begin another."""
        now = time.perf_counter()
        if self._name:
            self.seconds[self._name] = self.seconds.get(self._name, 0.0) + now - self._since
        self._name, self._since = name, now


def _cpu() -> float:
    """Seconds that this process and those of its children that have ended took of the processors."""
    return sum(os.times()[:4])


def run(
    prepare: Callable[[Path], object],
    job: Callable[[Path, Path, Stages], object],
    found: Callable[[Path], Iterable[Verdict]],
) -> None:
    """Run ``prepare`` untimed, ``job`` timed and ``found`` untimed; print what the job cost.

    Call it as ``python -m benchmarks.jobs.NAME FOLDER SCRATCH``: the generated files, and an empty folder
    that takes what the job stores and the verdicts (``found.csv``). Interpreter start and imports are left
    out of the times; the peak of the memory is that of the whole process.
    """
    folder, scratch = Path(sys.argv[1]), Path(sys.argv[2])
    prepare(folder)
    stages = Stages()
    wall, cpu = time.perf_counter(), _cpu()
    job(folder, scratch, stages)
    cost = {
        "wall": time.perf_counter() - wall,
        "cpu": _cpu() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    stages.begin("")
    with (scratch / "found.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(found(scratch))
    print(json.dumps({**cost, "stages": stages.seconds}))
