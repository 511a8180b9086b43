"""The generator and the judge of the benchmark: what they say has to be true itself."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks import processes
from benchmarks.accuracy import Accuracy, Truth, found_by_linking, judge, read_found, read_truth
from benchmarks.generate import DEFECTS, NOISE, TIED, generate, order_name
from benchmarks.processes import run_watched

# platform rows 0 to 4, then Odoo rows 5 to 9
LINKS = [0, 1, 2, 3, 4, 0, 1, 1, 3, 4]
KINDS = ["matched", "duplicate", "missing", "ambiguous", "ambiguous", "matched", "duplicate", "duplicate"]
TRUTH = Truth(np.array(LINKS), np.array([*KINDS, "ambiguous", "ambiguous"], dtype=object), platform=5)


def judged(left: list[int], right: list[int], *outcomes: str) -> Accuracy:
    return judge(TRUTH, found_by_linking(np.array(left), np.array(right), outcomes))


def test_the_whole_truth_is_perfect() -> None:
    found = judged([0, 1, -1, 2, 2], [0, 1, 1, 2, 2], "matched", "duplicate", "ambiguous")
    assert (found.precision, found.recall, found.kinds, found.ties_decided) == (1, 1, 1, 0)
    assert found.by_kind == {"ambiguous": (2, 2), "duplicate": (1, 1), "missing": (1, 1)}


def test_a_wrong_link_costs_precision_and_recall() -> None:
    found = judged([-1, 1, 0, 2, 2], [0, 1, 1, 2, 2], "matched", "duplicate", "ambiguous")
    assert found.precision == pytest.approx(3 / 5)
    assert found.recall == pytest.approx(3 / 5)
    assert found.by_kind["missing"] == (1, 0)


def test_a_link_in_bad_company_is_wrong() -> None:
    found = judged([0, 0, -1, 1, 1], [0, 0, 0, 1, 1], "matched", "ambiguous")
    assert (found.precision, found.recall) == (0, 0)


def test_a_decided_tie_is_counted() -> None:
    found = judged([0, 1, -1, 2, 3], [0, 1, 1, 2, 3], "matched", "duplicate", "matched", "matched")
    assert found.ties_decided == 2
    assert found.by_kind["ambiguous"] == (2, 0)


def test_a_duplicate_without_its_twin_has_not_the_right_kind() -> None:
    found = judged([0, 1, -1, 2, 2], [0, 1, -1, 2, 2], "matched", "duplicate", "ambiguous")
    assert found.by_kind["duplicate"] == (1, 0)


def test_verdicts_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "found.csv"
    path.write_text("odoo,1,a,matched\nplatform,1,a,matched\nplatform,2,b,amount\n", encoding="utf-8")
    found = read_found(path, TRUTH)
    assert found.kind.tolist() == ["matched", "amount", *["missing"] * 3, "matched", *["missing"] * 4]
    assert found.case[0] == found.case[5]
    assert len(set(found.case.tolist())) == 9


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    return generate(tmp_path_factory.mktemp("generated"), 10_000)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_same_seed_gives_the_same_bytes(files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    again = generate(tmp_path / "again", 10_000)
    other = generate(tmp_path / "other", 10_000, seed=7)
    for one, same, different in zip(files, again, other, strict=True):
        assert one.read_bytes() == same.read_bytes() != different.read_bytes()


def test_noise_has_its_rate(files: tuple[Path, Path, Path]) -> None:
    names = {order_name(order) for order in range(10_000)}
    memos = [row["Memo"] for row in rows(files[1])]
    noisy = sum(memo not in names for memo in memos) / len(memos)
    # a typing error may make the name of another order
    assert sum(NOISE.values()) == pytest.approx(0.37)
    assert noisy == pytest.approx(0.36, abs=0.02)


def test_defects_have_their_rates(files: tuple[Path, Path, Path]) -> None:
    truth = read_truth(files[2])
    kind_of = dict(zip(truth.link.tolist(), truth.kind.tolist(), strict=True))
    found = Counter(kind_of.values())
    for kind in {kind for _, kind in DEFECTS.values()}:
        rate = sum(share for share, its_kind in DEFECTS.values() if its_kind == kind)
        assert found[kind] / len(kind_of) == pytest.approx(rate, rel=0.05)
    assert found["ambiguous"] == 10_000 * TIED
    assert truth.platform == len(rows(files[0]))
    assert len(truth.link) == truth.platform + len(rows(files[1]))


def test_each_line_of_the_platform_closes(files: tuple[Path, Path, Path]) -> None:
    for row in rows(files[0]):
        cents = [round(float(row[name]) * 100) for name in ("Amount", "Fee", "Net")]
        assert cents[0] - cents[1] == cents[2]
        assert (row["Type"] == "refund") == (cents[0] < 0)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell it otherwise")
def test_memory_of_children_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = tmp_path / "measured"
    measure = processes._megabytes

    def noted(pid: int) -> float:
        found = measure(pid)
        if found > 60:
            measured.touch()
        return found

    monkeypatch.setattr(processes, "_megabytes", noted)
    wait = f"[time.sleep(0.01) for _ in range(6000) if not os.path.exists({str(measured)!r})]"
    hungry = f"import os, time; taken = b'x' * (60 << 20); {wait}"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hungry!r}]); print('done')"
    printed, peak_mb = run_watched([sys.executable, "-c", code])
    assert printed == "done\n"
    assert 60 < peak_mb < 160


def test_a_failed_job_fails_the_run() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run_watched([sys.executable, "-c", "raise SystemExit(3)"])
