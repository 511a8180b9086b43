"""Measure the comparison of stock beside datacompy on the same made-up exports, in one run.

``python benchmarks/stock.py [--rows 200000]`` prints a Markdown table. Every job runs in its own process.
datacompy gets figures that are already added up and mapped, and says which differ; the program does that
itself, and bridges every difference. Seconds depend on the machine: quote the ratios.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from processes import make_peers, python, run_module, run_watched, say

_JOBS = (
    ("stock_ours_compare", "Recon Desk, comparison with bridges", False),
    ("stock_datacompy", "datacompy, compare only", True),
    ("stock_ours", "Recon Desk, whole job (import, compare, store)", False),
)
_MOST = 15.0  # times the compare of datacompy, which neither adds up nor explains


@dataclass(frozen=True)
class Measured:
    """What a job cost and found.

    Attributes:
        wall: Seconds, the median of all runs.
        peak_mb: Most memory of any run, MiB.
        precision: Share of the found differences that are real, with the right quantity.
        recall: Share of the real differences that were found.
    """

    wall: float
    peak_mb: float
    precision: float
    recall: float


def main() -> int:
    """Measure and print; status 1 when a goal was asked for and missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="SKU x location")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each job; the median counts")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    given = parser.parse_args()
    make_peers()
    with tempfile.TemporaryDirectory(prefix="recon-stock-") as name:
        folder = Path(name) / "files"
        say(f"generating {given.rows} rows")
        run_module(["benchmarks.stock_files", folder, "--rows", str(given.rows), "--seed", str(given.seed)])
        truth = _verdicts(folder / "truth.csv")
        measured = {}
        for module, title, peer in _JOBS:
            say(title)
            measured[module] = _measure(module, folder, Path(name), given.repeat, truth, peer=peer)
    base = measured["stock_datacompy"].wall
    print(f"{given.rows} SKU x location, {len(truth)} of them differ\n")
    print("| job | seconds | ratio | peak MiB | precision | recall |\n|---|---|---|---|---|---|")
    for module, title, _ in _JOBS:
        cost = measured[module]
        print(
            f"| {title} | {cost.wall:.2f} | {cost.wall / base:.1f} | {cost.peak_mb:.0f} | "
            f"{cost.precision:.2%} | {cost.recall:.2%} |"
        )
    ours = measured["stock_ours_compare"]
    goals = [
        ("every difference is found, and nothing else", ours.precision == ours.recall == 1.0),
        (f"the comparison takes at most {_MOST:.0f} times that of datacompy", ours.wall <= _MOST * base),
    ]
    print("\n" + "\n".join(f"* {'met' if met else 'MISSED'}: {goal}" for goal, met in goals))
    return int(given.check and not all(met for _, met in goals))


def _verdicts(path: Path) -> set[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {tuple(row[:3]) for row in csv.reader(stream)}


def _measure(
    module: str, folder: Path, place: Path, repeat: int, truth: set[tuple[str, ...]], *, peer: bool
) -> Measured:
    walls, peaks = [], []
    found: set[tuple[str, ...]] = set()
    for number in range(repeat):
        scratch = place / f"{module}-{number}"
        scratch.mkdir()
        command = [python(peer=peer), "-m", f"benchmarks.jobs.{module}", str(folder), str(scratch)]
        printed, peak = run_watched(command)
        walls.append(json.loads(printed)["wall"])
        peaks.append(peak)
        found = _verdicts(scratch / "found.csv")
    right = len(found & truth)
    return Measured(
        statistics.median(walls), max(peaks), right / max(len(found), 1), right / max(len(truth), 1)
    )


if __name__ == "__main__":
    raise SystemExit(main())
