"""Measure the program and its peers on the same generated payments, in one run.

``python benchmarks/match.py [--rows 10000 100000 1000000]`` prints a Markdown table. Every job runs in a
process of its own; the peers have an environment of their own, ``.venv-bench``, made from
``benchmarks/requirements.lock``. Seconds depend on the machine: quote the ratios.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes import make_peers, python, run_module, run_watched, say


@dataclass(frozen=True)
class Job:
    """One thing that is measured.

    Attributes:
        module: Its module in ``benchmarks.jobs``.
        title: Its name in the table.
        peer: Whether it runs in the environment of the peers.
        base: The job that its time is compared with.
    """

    module: str
    title: str
    peer: bool
    base: str


_JOBS = (
    Job("ours", "Recon Desk, whole job", peer=False, base="duckdb_file"),
    Job("duckdb_file", "DuckDB file, whole job", peer=True, base="duckdb_file"),
    Job("pandas_sql", "pandas to_sql + merge, whole job", peer=True, base="duckdb_file"),
    Job("ours_match", "Recon Desk, matching only", peer=False, base="duckdb_match"),
    Job("duckdb_match", "DuckDB, plain join only", peer=True, base="duckdb_match"),
    Job("datacompy_keys", "datacompy, compare only", peer=True, base="duckdb_match"),
)


@dataclass(frozen=True)
class Measured:
    """What a job cost and how good its result is.

    Attributes:
        wall: Seconds, the median of all runs.
        cpu: Seconds of all its threads and processes, the median of all runs.
        peak_mb: Most memory of any run, MiB, with the processes that it started.
        stages: Seconds of each stage, of the last run.
        accuracy: What :mod:`benchmarks.accuracy` says of the last run.
    """

    wall: float
    cpu: float
    peak_mb: float
    stages: dict[str, float]
    accuracy: dict[str, Any]


def main() -> int:
    """Measure and print; status 1 when a goal was asked for and missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="orders")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each job; the median counts")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--jobs", nargs="+", choices=[job.module for job in _JOBS], help="only these")
    parser.add_argument("--folder", type=Path, help="keep the generated files here and use them again")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    arguments = parser.parse_args()
    jobs = [job for job in _JOBS if not arguments.jobs or job.module in arguments.jobs]
    if any(job.peer for job in jobs):
        make_peers()
    results: dict[int, dict[str, Measured]] = {}
    with tempfile.TemporaryDirectory(prefix="recon-bench-") as scratch:
        kept = arguments.folder or Path(scratch)
        for rows in sorted(arguments.rows):
            folder = _generated(kept / f"{rows}-{arguments.seed}", rows, arguments.seed)
            results[rows] = {}
            for job in jobs:
                say(f"{rows} orders: {job.title}")
                results[rows][job.module] = _measure(job, folder, Path(scratch), arguments.repeat)
    print("\n".join([*_table(results), "", *_defects(results), "", *_stages(results)]))
    goals = list(_goals(results))
    print("\n" + "\n".join(f"* {'met' if met else 'MISSED'}: {text}" for text, met in goals))
    return int(arguments.check and not all(met for _, met in goals))


def _generated(folder: Path, rows: int, seed: int) -> Path:
    if not (folder / "truth.csv").exists():
        say(f"{rows} orders: generating")
        # not in this process: a child may be charged with the peak memory of its parent
        run_module(["benchmarks.generate", folder, "--orders", str(rows), "--seed", str(seed)])
    return folder


def _measure(job: Job, folder: Path, scratch: Path, repeat: int) -> Measured:
    costs = []
    accuracy = {}
    for _ in range(repeat):
        place = scratch / job.module
        place.mkdir()
        module = [python(peer=job.peer), "-m", f"benchmarks.jobs.{job.module}"]
        printed, peak_mb = run_watched([*module, str(folder), str(place)])
        cost = json.loads(printed)
        costs.append({**cost, "peak_mb": max(cost["peak_mb"], peak_mb)})
        accuracy = json.loads(run_module(["benchmarks.accuracy", folder / "truth.csv", place / "found.csv"]))
        shutil.rmtree(place)
    return Measured(
        statistics.median(cost["wall"] for cost in costs),
        statistics.median(cost["cpu"] for cost in costs),
        max(cost["peak_mb"] for cost in costs),
        costs[-1]["stages"],
        accuracy,
    )


def _table(results: dict[int, dict[str, Measured]]) -> Iterator[str]:
    titles = "orders", "job", "÷ DuckDB", "wall s", "CPU s", "peak MB", "precision", "recall", "right kind"
    yield f"| {' | '.join(titles)} | ties decided |"
    yield "|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for rows, measured in results.items():
        for job in _JOBS:
            if job.module in measured:
                one, good = measured[job.module], measured[job.module].accuracy
                base = measured.get(job.base)
                ratio = f"{one.wall / base.wall:.2f}" if base else ""
                yield (
                    f"| {rows} | {job.title} | {ratio} | {one.wall:.2f} | {one.cpu:.2f} | {one.peak_mb:.0f} "
                    f"| {good['precision']:.5f} | {good['recall']:.4f} | {good['kinds']:.3f} "
                    f"| {good['ties_decided']} |"
                )


def _defects(results: dict[int, dict[str, Measured]]) -> Iterator[str]:
    """Defects of each kind that got the right kind."""
    for rows, measured in results.items():
        for job in _JOBS:
            if job.module.startswith("ours") and job.module in measured:
                kinds = measured[job.module].accuracy["by_kind"].items()
                listed = ", ".join(f"{kind} {good} of {all_}" for kind, (all_, good) in kinds)
                yield f"{rows} orders, {job.title}: {listed}."


def _stages(results: dict[int, dict[str, Measured]]) -> Iterator[str]:
    """Where the time went."""
    for rows, measured in results.items():
        for job in _JOBS:
            stages = measured[job.module].stages if job.module in measured else {}
            if stages:
                listed = ", ".join(f"{name} {seconds:.2f}" for name, seconds in stages.items())
                yield f"{rows} orders, {job.title}, seconds: {listed}."


def _goals(results: dict[int, dict[str, Measured]]) -> Iterator[tuple[str, bool]]:
    """What the project promises, and whether this run shows it."""
    for rows, measured in results.items():
        for module in ("ours", "ours_match"):
            if module in measured:
                good = measured[module].accuracy
                text = f"{rows} orders, {module}: "
                yield f"{text}precision ≥ 0.9995", good["precision"] >= 0.9995
                yield f"{text}recall ≥ 0.988", good["recall"] >= 0.988
                yield f"{text}right kind on defects ≥ 0.92", good["kinds"] >= 0.92
                yield f"{text}no tie decided", good["ties_decided"] == 0
    most = max(results)
    ours, peer = results[most].get("ours"), results[most].get("duckdb_file")
    if ours and peer:
        yield f"{most} orders: whole job ≤ 2.5 times DuckDB file", ours.wall <= 2.5 * peer.wall
        yield f"{most} orders: whole job ≤ 1 GB", ours.peak_mb <= 1024
    ours, peer = results[most].get("ours_match"), results[most].get("duckdb_match")
    if ours and peer:
        yield f"{most} orders: matching ≤ 1.5 times DuckDB's plain join", ours.wall <= 1.5 * peer.wall
    for less, measured in results.items():
        before, after = measured.get("ours"), results.get(less * 10, {}).get("ours")
        if before and after:
            factor = after.wall / before.wall
            yield f"{less} to {less * 10} orders: {factor:.1f} times as long, ≤ 12", factor <= 12


if __name__ == "__main__":
    sys.exit(main())
