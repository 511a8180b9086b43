"""Compare what a reconciliation found with the truth of :mod:`benchmarks.generate`."""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Texts = NDArray[np.object_]

AMBIGUOUS, MATCHED = "ambiguous", "matched"


@dataclass(frozen=True)
class Truth:
    """What is true of each record, platform records first, each side in file order.

    Attributes:
        link: Number of the true link.
        kind: What should be reported.
        platform: How many of the records are the platform's.
    """

    link: Ints
    kind: Texts
    platform: int


@dataclass(frozen=True)
class Found:
    """What a reconciliation says of each record, in the same order.

    Attributes:
        case: Case number.
        kind: Kind of the case.
    """

    case: Ints
    kind: Texts


@dataclass(frozen=True)
class Accuracy:
    """How good the result is.

    Attributes:
        precision: Share of the linked records whose case holds one true link and nothing else.
        recall: Share of the records with a decidable counterpart that are linked so.
        kinds: Share of the defects (and ties) that got the right kind, all their records included.
        ties_decided: Cases that link two records although nothing told one of them from its rival.
        by_kind: For each true kind of a defect the number of links and how many got it.
    """

    precision: float
    recall: float
    kinds: float
    ties_decided: int
    by_kind: dict[str, tuple[int, int]]


def read_truth(path: Path) -> Truth:
    """Read the truth file."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, strict=True))[1:]
    link = np.array([row[2] for row in rows], dtype=np.int64)
    kind = np.array([row[3] for row in rows], dtype=object)
    return Truth(link, kind, sum(row[0] == "platform" for row in rows))


def judge(truth: Truth, found: Found) -> Accuracy:
    """Measure a result."""
    one_link = _one_value(found.case, truth.link)
    linked = _two_sides(found.case, truth.platform) & (found.kind != AMBIGUOUS)
    right = linked & one_link
    decidable = _two_sides(truth.link, truth.platform) & (truth.kind != AMBIGUOUS)
    tie = linked & (truth.kind == AMBIGUOUS)
    decided = np.intersect1d(
        found.case[: truth.platform][tie[: truth.platform]],
        found.case[truth.platform :][tie[truth.platform :]],
    )
    by_kind = _by_kind(truth, found, right)
    defects, hits = (sum(numbers) for numbers in zip(*by_kind.values(), strict=True))
    return Accuracy(
        precision=float(right.sum() / max(linked.sum(), 1)),
        recall=float((right & decidable).sum() / max(decidable.sum(), 1)),
        kinds=hits / max(defects, 1),
        ties_decided=len(decided),
        by_kind=by_kind,
    )


def _by_kind(truth: Truth, found: Found, right: NDArray[np.bool_]) -> dict[str, tuple[int, int]]:
    """Links with a defect, and those of which every record got the right kind in the right company."""
    alone = np.isin(truth.kind, ["missing", AMBIGUOUS])
    good = (found.kind == truth.kind) & (right | alone)
    all_good = np.ones(int(truth.link.max(initial=-1)) + 1, np.bool_)
    all_good[truth.link[~good]] = False
    result = {}
    for kind in dict.fromkeys(truth.kind.tolist()):
        if kind != MATCHED:
            links = np.unique(truth.link[truth.kind == kind])
            result[kind] = (len(links), int(all_good[links].sum()))
    return dict(sorted(result.items()))


def _one_value(group: Ints, value: Ints) -> NDArray[np.bool_]:
    """Records whose group holds one value only."""
    size = int(group.max(initial=-1)) + 1
    low, high = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
    np.minimum.at(low, group, value)
    np.maximum.at(high, group, value)
    one: NDArray[np.bool_] = low == high
    return one[group]


def _two_sides(group: Ints, platform: int) -> NDArray[np.bool_]:
    """Records whose group has records of both sides."""
    size = int(group.max(initial=-1)) + 1
    sides = [np.bincount(part, minlength=size) > 0 for part in (group[:platform], group[platform:])]
    both: NDArray[np.bool_] = sides[0] & sides[1]
    return both[group]


def found_by_linking(left: Ints, right: Ints, outcome: Sequence[str]) -> Found:
    """The result of the engine alone: entries without a group are missing on the other side."""
    group = np.concatenate([left, right])
    loose = group < 0
    case = group.copy()
    case[loose] = len(outcome) + np.arange(int(loose.sum()))
    return Found(case, np.array([*outcome, "missing"], dtype=object)[group])


def read_found(path: Path, truth: Truth) -> Found:
    """Read verdicts (side, row, case, kind); a record without one is missing on the other side."""
    case = -1 - np.arange(len(truth.link))
    kind = np.full(len(truth.link), "missing", object)
    numbers: dict[str, int] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for side, row, name, what in csv.reader(stream, strict=True):
            place = int(row) - 1 + (truth.platform if side == "odoo" else 0)
            case[place] = numbers.setdefault(name, len(numbers))
            kind[place] = what
    loose = case < 0
    case[loose] = len(numbers) + np.arange(int(loose.sum()))
    return Found(case, kind)


def main() -> None:
    """Judge a file of verdicts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("truth", type=Path)
    parser.add_argument("found", type=Path)
    arguments = parser.parse_args()
    truth = read_truth(arguments.truth)
    print(json.dumps(asdict(judge(truth, read_found(arguments.found, truth)))))


if __name__ == "__main__":
    main()
