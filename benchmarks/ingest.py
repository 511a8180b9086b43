"""Measure imports beside what else reads such files, in one run.

``python benchmarks/ingest.py [--orders 1000000] [--sheet-orders 100000]`` prints a Markdown table: a CSV file
against the ``.import`` of the sqlite3 shell, a workbook against openpyxl, and how soon a cancelled import
answers. Seconds depend on the machine: quote the ratios.
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
from collections.abc import Iterator
from dataclasses import dataclass
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
    parser.add_argument("--sheet-orders", type=int, default=100_000, help="orders of the workbook")
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
        sheet = _as_workbook(_generated(kept, arguments.sheet_orders, arguments.seed))
        measured = _measure_all(text, sheet, scratch, arguments.repeat)
        say("cancelling at random moments")
        answers = json.loads(_ours("cancel", text, scratch)[0])
        table = "\n".join(_table(measured, text, sheet))  # while the files are there
    print(table)
    print(
        f"\nCancel: {answers['moments']:.0f} random moments, median {answers['median']:.2f} s, worst "
        f"{answers['worst']:.2f} s; {answers['finished']:.0f} came after the end; "
        f"{answers['left']:.0f} left something behind."
    )
    goals = list(_goals(measured, answers))
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


def _measure_all(text: Path, sheet: Path, scratch: Path, repeat: int) -> dict[str, Measured]:
    """Run every job once, then again, so that a disturbance meets all of them."""
    jobs = {
        "sqlite3": lambda: _shell_import(text, scratch),
        "import": lambda: _timed(*_ours("import", text, scratch)),
        "openpyxl": lambda: _timed(
            *run_watched([python(peer=True), "-m", "benchmarks.jobs.openpyxl_cells", str(sheet)])
        ),
        "cells": lambda: _timed(*_ours("cells", sheet, scratch)),
        "sheet": lambda: _timed(*_ours("import", sheet, scratch)),
    }
    runs: dict[str, list[Measured]] = {name: [] for name in jobs}
    for _ in range(repeat):
        for name, job in jobs.items():
            say(name)
            runs[name].append(job())
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


def _table(measured: dict[str, Measured], text: Path, sheet: Path) -> Iterator[str]:
    sizes = {file: f"{file.stat().st_size / 2**20:.0f} MB" for file in (text, sheet)}
    yield "| job | file | wall s | ratio | peak MB |"
    yield "|---|---|--:|--:|--:|"
    for name, title, file, base in (
        ("sqlite3", "sqlite3 shell, .import", text, "sqlite3"),
        ("import", "Recon Desk, CSV to store", text, "sqlite3"),
        ("openpyxl", "openpyxl, cells only", sheet, "openpyxl"),
        ("cells", "Recon Desk, cells only", sheet, "openpyxl"),
        ("sheet", "Recon Desk, workbook to store", sheet, "openpyxl"),
    ):
        one = measured[name]
        peak = f"{one.peak_mb:.0f}" if one.peak_mb else ""
        ratio = one.wall / measured[base].wall
        yield f"| {title} | {file.suffix[1:]}, {sizes[file]} | {one.wall:.2f} | {ratio:.2f} | {peak} |"


def _goals(measured: dict[str, Measured], answers: dict[str, float]) -> Iterator[tuple[str, bool]]:
    shell, ours = measured["sqlite3"].wall, measured["import"].wall
    yield f"CSV to store ≤ 1.5 times the sqlite3 shell ({ours / shell:.2f})", ours <= 1.5 * shell
    peer = measured["openpyxl"].wall
    for name, what in (("cells", "cells"), ("sheet", "whole import")):
        faster = peer / measured[name].wall
        yield f"workbook, {what}: ≥ 5 times faster than openpyxl's cells ({faster:.1f})", faster >= 5
    most = max(measured[name].peak_mb for name in ("import", "sheet"))
    yield f"memory ≤ {_MOST_MB} MB ({most:.0f})", most <= _MOST_MB
    yield f"cancel answers within 0.3 s (worst {answers['worst']:.2f})", answers["worst"] <= 0.3
    yield "a cancelled import leaves nothing", answers["left"] == 0


if __name__ == "__main__":
    sys.exit(main())
