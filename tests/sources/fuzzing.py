"""Damaged files must be refused, asked about, or read as exactly what they now say.

``python -m tests.sources.fuzzing --count 2000 --seed 1 [FOLDER ...]`` tells what became of the copies of each
source's samples and names every fault; ``--only NAME --number N`` writes one damaged copy.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from recon_app.services.recognise import source_named
from tests.sources.mutations import mutate
from tests.sources.oracle import Sample, is_marked, judge, load, unproven
from tests.sources.outcomes import read

DATA = Path(__file__).parent / "data"
MEMORY_MB = 500


@dataclass
class Tally:
    """What became of the copies of one sample."""

    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    unproven: list[int] = field(default_factory=list)


def damaged(path: Path, seed: int, turn: int) -> tuple[str, bytes]:
    """A damaged copy of a file, always the same for the same numbers."""
    return mutate(Random(f"{seed} {path.name} {turn}"), path.read_bytes())  # noqa: S311 - to be repeated


def try_copy(sample: Sample, seed: int, turn: int, folder: Path, tally: Tally) -> None:
    """Read a damaged copy and judge what came of it."""
    damage, data = damaged(sample.path, seed, turn)
    path = folder / sample.path.name
    path.write_bytes(data)
    if data == sample.path.read_bytes():
        return
    outcome = read(path, sample.options, sample.outcome.source if _is_general(sample) else "")
    wrong = judge(sample, damage, data, outcome)
    marked = outcome.end == "accepted" and is_marked(sample, outcome)
    tally.ends["fault" if wrong else "marked" if marked else outcome.end] += 1
    if wrong:
        tally.faults.append(f"{sample.path.name} {turn} ({damage}): {wrong}")
    if unproven(sample, outcome):
        tally.unproven.append(turn)


def _is_general(sample: Sample) -> bool:
    source = source_named(sample.outcome.source)
    return source.mapped or source.fallback


def samples(folders: list[Path]) -> list[Sample]:
    """All readable files below the folders."""
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    found = (
        load(path)
        for path in paths
        if not path.name.endswith(".expected.json") and path.stat().st_size < 200_000
    )
    return [sample for sample in found if sample is not None and sample.outcome.records]


def run(found: list[Sample], count: int, seed: int) -> dict[str, Tally]:
    """Damage and read the samples in turn, ``count`` copies in all."""
    tallies: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(count):
            sample = found[turn % len(found)]
            tally = tallies.setdefault(sample.outcome.source, Tally())
            try_copy(sample, seed, turn // len(found), Path(folder), tally)
    return tallies


def memory_mb() -> int:
    """The most memory that this process had so far; 0 where the system does not say it in kilobytes."""
    if sys.platform != "linux":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[DATA])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="part of the name of the samples to take")
    parser.add_argument("--number", type=int, help="write this damaged copy to standard output")
    given = parser.parse_args()
    found = [each for each in samples(given.folders) if not given.only or given.only in str(each.path)]
    if given.number is not None:
        sys.stdout.buffer.write(damaged(found[0].path, given.seed, given.number)[1])
        return 0
    for sample in found:
        if not sample.aligned:
            print("loose:", sample.outcome.source, sample.path.name)  # noqa: T201
    tallies = run(found, given.count, given.seed)
    for source, tally in sorted(tallies.items()):
        ends = " ".join(f"{end} {count}" for end, count in sorted(tally.ends.items()))
        print(f"{source}: {ends}" + (f" unproven {tally.unproven}" if tally.unproven else ""))  # noqa: T201
        for fault in tally.faults:
            print(f"    {fault}")  # noqa: T201
    total = sum((tally.ends for tally in tallies.values()), Counter())
    memory = memory_mb()
    print(dict(total), f"{memory} MB at most")  # noqa: T201
    return 1 if total["fault"] or memory > MEMORY_MB else 0


if __name__ == "__main__":
    sys.exit(main())
