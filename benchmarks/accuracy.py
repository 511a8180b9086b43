"""Compare what a reconciliation found with the truth: payments, refunds and orders.

``python -m benchmarks.accuracy TRUTH FOUND`` judges verdicts on the files of :mod:`benchmarks.generate`.
``python -m benchmarks.accuracy [--rows N...]`` makes up refunds and orders (:mod:`benchmarks.flow_frames`),
runs the program's own comparisons over them and prints a Markdown table.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from benchmarks.flow_frames import Made
    from recon_app.reconciliations._base import Result

Ints = NDArray[np.int64]
Texts = NDArray[np.object_]

AMBIGUOUS, MATCHED = "ambiguous", "matched"
#: What a person has answered before refunds and orders are compared.
ANSWERS = {"order_line.DISC": "discount", "order_line.SHIP": "shipping", "order_status.Shopify": "paid"}


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


def found_in(result: Result, made: Made) -> tuple[Truth, Found]:
    """Truth and result of made-up records in the same order, those of the shop first.

    A record that is no leg of a case is missing on the other side.
    """
    judged = np.array([*made.shop, *made.others], np.int64)
    link = np.array([made.link[record] for record in judged.tolist()], np.int64)
    kind = np.array([made.kind[number] for number in link.tolist()], object)
    cases = result.cases["kind"].to_numpy(object)
    last = max(int(judged.max(initial=0)), int(result.legs.record.max(initial=0)))
    place = np.full(last + 1, -1, np.int64)
    place[result.legs.record] = result.legs.case
    case = place[judged]
    loose = case < 0
    said = np.where(loose, "missing", cases[np.where(loose, 0, case)])
    # a tie whose records stay without a partner was not decided either
    said[(kind == AMBIGUOUS) & (said == "missing")] = AMBIGUOUS
    case[loose] = len(cases) + np.arange(int(loose.sum()))
    return Truth(link, kind, len(made.shop)), Found(case, said)


def of_flow(name: str, rows: int, seed: int) -> tuple[Accuracy, float]:
    """Judge the comparison of refunds or orders over so many of them; also its seconds."""
    from time import perf_counter

    from benchmarks import flow_frames
    from recon_app import registry
    from recon_app.reconciliations._base import Inputs

    recon = registry.reconciliations()[name]
    made = getattr(flow_frames, name)(recon.reads, rows, seed)
    started = perf_counter()
    result = recon.reconcile(Inputs(made.frames, dict(ANSWERS)), lambda *_: None)
    seconds = perf_counter() - started
    return judge(*found_in(result, made)), seconds


def table(measured: Mapping[tuple[str, int], tuple[Accuracy, float]]) -> str:
    """The accuracy of each comparison as Markdown, with every kind of defect."""
    lines = [
        "| Compared | Rows | Precision | Recall | Right kind | Ties decided | Seconds | By kind |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for (name, rows), (found, seconds) in measured.items():
        kinds = ", ".join(f"{kind} {right}/{every}" for kind, (every, right) in found.by_kind.items())
        lines.append(
            f"| {name} | {rows} | {found.precision:.4f} | {found.recall:.4f} | {found.kinds:.4f} "
            f"| {found.ties_decided} | {seconds:.1f} | {kinds} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Judge a file of verdicts, or the comparisons of refunds and orders."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("truth", type=Path, nargs="?")
    parser.add_argument("found", type=Path, nargs="?")
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    if given.truth and given.found:
        truth = read_truth(given.truth)
        print(json.dumps(asdict(judge(truth, read_found(given.found, truth)))))
        return
    measured = {
        (name, rows): of_flow(name, rows, given.seed) for name in ("refunds", "orders") for rows in given.rows
    }
    print(table(measured))


if __name__ == "__main__":
    main()
