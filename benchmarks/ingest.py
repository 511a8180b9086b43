"""Measure imports beside what else reads such files, in one run.

``python benchmarks/ingest.py [--orders 1000000] [--sheet-orders 20000 900000]`` prints a Markdown table: a
CSV file against the ``.import`` of the sqlite3 shell, workbooks against openpyxl, and how soon a cancelled
import answers. The shell and openpyxl only take the cells as they are; the import to the store also starts a
process with limits, looks for damage, proves, normalises and keeps the original. Its start is most of what a
small workbook costs, so the goal is judged on the largest. Seconds depend on the machine: quote the ratios.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import xlsxwriter
from processes import make_peers, python, run_module, run_watched, say

_FILE = "payment_transactions_export_1.csv"
_NUMBERS = ("Amount", "Fee", "Net", "Presentment Amount")
_MOST_MB = 700


@dataclass(frozen=True)
class Measured:
    """What a job cost.

    Attributes:
        wall: Seconds, the median of all runs.
        peak_mb: Most memory of any run, MiB, with the processes that it started.
    """

    wall: float
    peak_mb: float


def main() -> int:
    """Measure and print; status 1 when a goal was asked for and missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000, help="orders of the CSV file")
    parser.add_argument(
        "--sheet-orders", type=int, nargs="+", default=[20_000, 900_000], help="orders of the workbooks"
    )
    parser.add_argument("--repeat", type=int, default=3, help="runs of each job; the median counts")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--folder", type=Path, help="keep the generated files here and use them again")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    arguments = parser.parse_args()
    if not shutil.which("sqlite3"):
        parser.error("the sqlite3 shell is not installed; install the package sqlite3")
    make_peers()
    with tempfile.TemporaryDirectory(prefix="recon-ingest-") as name:
        scratch, kept = Path(name), arguments.folder or Path(name)
        text = _generated(kept, arguments.orders, arguments.seed)
        sheets = [
            _as_workbook(_generated(kept, orders, arguments.seed))
            for orders in sorted(arguments.sheet_orders)
        ]
        measured = _measure_all(text, sheets, scratch, arguments.repeat)
        answers = {}
        for file in (text, sheets[-1]):
            say(f"cancelling at random moments: {file.suffix[1:]}")
            answers[file.suffix[1:]] = json.loads(_ours("cancel", file, scratch)[0])
        table = "\n".join(_table(measured, text, sheets))  # while the files are there
    print(table + "\n")
    for kind, found in answers.items():
        print(
            f"Cancel ({kind}): {found['moments']:.0f} random moments, median {found['median']:.2f} s, worst "
            f"{found['worst']:.2f} s; {found['finished']:.0f} came after the end; "
            f"{found['left']:.0f} left something behind."
        )
    goals = list(_goals(measured, sheets[-1], answers))
    print("\n" + "\n".join(f"* {'met' if met else 'MISSED'}: {goal}" for goal, met in goals))
    return int(arguments.check and not all(met for _, met in goals))


def _generated(kept: Path, orders: int, seed: int) -> Path:
    folder = kept / f"{orders}-{seed}"
    if not (folder / "truth.csv").exists():
        say(f"generating {orders} orders")
        run_module(["benchmarks.generate", folder, "--orders", str(orders), "--seed", str(seed)])
    return folder / _FILE


def _as_workbook(text: Path) -> Path:
    """The same rows as a workbook, amounts as numbers."""
    path = text.with_suffix(".xlsx")
    if path.exists():
        return path
    say("writing the workbook")
    with text.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        header = next(rows)
        numbers = [header.index(name) for name in _NUMBERS]
        with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, header)
            for number, row in enumerate(rows, 1):
                cells: list[object] = list(row)
                for column in numbers:
                    cells[column] = float(row[column]) if row[column] else ""
                sheet.write_row(number, 0, cells)
    return path


Job = tuple[str, Path]  # what is done with which file


def _measure_all(text: Path, sheets: Sequence[Path], scratch: Path, repeat: int) -> dict[Job, Measured]:
    """Run every job once, then again, so that a disturbance meets all of them."""
    jobs: dict[Job, Callable[[], Measured]] = {
        ("sqlite3", text): partial(_shell_import, text, scratch),
        ("import", text): partial(_measured, "import", text, scratch),
    }
    for sheet in sheets:
        jobs["openpyxl", sheet] = partial(_peer, sheet)
        for job in ("cells", "import"):
            jobs[job, sheet] = partial(_measured, job, sheet, scratch)
    runs: dict[Job, list[Measured]] = {name: [] for name in jobs}
    for _ in range(repeat):
        for name, work in jobs.items():
            say(f"{name[0]} {name[1].parent.name}")
            runs[name].append(work())
    return {
        name: Measured(statistics.median(one.wall for one in costs), max(one.peak_mb for one in costs))
        for name, costs in runs.items()
    }


def _ours(job: str, file: Path, scratch: Path) -> tuple[str, float]:
    place = scratch / "place"
    place.mkdir()
    try:
        return run_watched([sys.executable, "-m", "benchmarks.jobs.ingest", job, str(file), str(place)])
    finally:
        shutil.rmtree(place)


def _measured(job: str, file: Path, scratch: Path) -> Measured:
    return _timed(*_ours(job, file, scratch))


def _peer(sheet: Path) -> Measured:
    return _timed(*run_watched([python(peer=True), "-m", "benchmarks.jobs.openpyxl_cells", str(sheet)]))


def _timed(printed: str, peak_mb: float) -> Measured:
    return Measured(json.loads(printed)["wall"], peak_mb)


def _shell_import(text: Path, scratch: Path) -> Measured:
    """The sqlite3 shell takes the cells as they are: no types, no checks, no look for what is known."""
    database = scratch / "shell.sqlite"
    since = time.perf_counter()
    subprocess.run(["sqlite3", database, "-cmd", ".mode csv", f".import {text} record"], check=True)
    wall = time.perf_counter() - since
    database.unlink()
    return Measured(wall, 0.0)


_TITLES = {
    "sqlite3": "sqlite3 shell, .import",
    "openpyxl": "openpyxl, cells only",
    "cells": "Recon Desk, cells only",
    "import": "Recon Desk, file to store",
}


def _table(measured: dict[Job, Measured], text: Path, sheets: Sequence[Path]) -> Iterator[str]:
    yield "| job | file | wall s | ratio | peak MB |"
    yield "|---|---|--:|--:|--:|"
    for file in (text, *sheets):
        size = f"{file.suffix[1:]}, {file.stat().st_size / 2**20:.0f} MB"
        ours = [(job, one) for (job, of), one in measured.items() if of == file]
        for job, one in ours:
            peak = f"{one.peak_mb:.0f}" if one.peak_mb else ""
            ratio = one.wall / ours[0][1].wall
            yield f"| {_TITLES[job]} | {size} | {one.wall:.2f} | {ratio:.2f} | {peak} |"


def _goals(
    measured: dict[Job, Measured], sheet: Path, answers: dict[str, dict[str, float]]
) -> Iterator[tuple[str, bool]]:
    of_text = {job: one.wall for (job, file), one in measured.items() if file.suffix == ".csv"}
    shell, ours = of_text["sqlite3"], of_text["import"]
    yield f"CSV to store ≤ 1.5 times the sqlite3 shell ({ours / shell:.2f})", ours <= 1.5 * shell
    peer = measured["openpyxl", sheet].wall
    for job, what in (("cells", "cells"), ("import", "whole import")):
        faster = peer / measured[job, sheet].wall
        yield f"workbook, {what}: ≥ 5 times faster than openpyxl's cells ({faster:.1f})", faster >= 5
    most = max(one.peak_mb for (job, _), one in measured.items() if job == "import")
    yield f"memory ≤ {_MOST_MB} MB ({most:.0f})", most <= _MOST_MB
    worst = max(found["worst"] for found in answers.values())
    yield f"cancel answers within 0.3 s (worst {worst:.2f})", worst <= 0.3
    yield "a cancelled import leaves nothing", not any(found["left"] for found in answers.values())


if __name__ == "__main__":
    sys.exit(main())
