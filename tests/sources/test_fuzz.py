"""A few damaged copies of every sample; ``python -m tests.sources.fuzzing`` tries thousands."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from recon_app.services.import_files import Status, import_paths
from recon_app.services.reader import dismiss
from recon_app.services.workspace import open_workspace
from tests.sources.fuzzing import DATA, MEMORY_MB, damaged, memory_mb, run, samples
from tests.sources.oracle import judge, load
from tests.sources.outcomes import read

SEED = 2026


def test_damaged_files_are_refused_asked_about_or_read_as_they_are() -> None:
    found = samples([DATA])
    before = memory_mb()  # of other tests that ran in this process
    tallies = run(found, len(found), SEED)
    assert [fault for tally in tallies.values() for fault in tally.faults] == []
    ends = sum((tally.ends for tally in tallies.values()), Counter())
    assert set(ends) <= {"accepted", "marked", "asked", "refused"}
    assert min(ends["accepted"], ends["refused"]) > len(found) // 5  # both ways are tried
    assert memory_mb() - before < MEMORY_MB


def test_a_refused_copy_leaves_nothing_behind(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "workspace")
    before = {path.name for path in workspace.folder.rglob("*")}
    folder = tmp_path / "files"
    folder.mkdir()
    for turn in range(40):
        name = "shopify_transactions/9_columns.csv"
        (folder / f"{turn}.csv").write_bytes(damaged(DATA / name, SEED, turn)[1])
    refused = [report for report in import_paths(workspace, [folder]) if report.status != Status.IMPORTED]
    kept = {f"{report.sha256}.gz" for report in import_paths(workspace, [folder]) if report.first_imported_at}
    after = {path.name for path in workspace.folder.rglob("*")}
    workspace.close()
    dismiss()
    assert len(refused) > 10
    assert after - before - kept == set()


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        (b"50.00", b"51.00", ""),
        (b"change", b"chance", ""),
        (b"success,10.00", b"success", "refused"),
        (b"50.00,EUR", b"5O.00,EUR", "refused"),
    ],
)
def test_what_the_oracle_takes_for_right(tmp_path: Path, old: bytes, new: bytes, wrong: str) -> None:
    sample = load(DATA / "shopify_transactions" / "9_columns.csv")
    assert sample is not None
    path = tmp_path / "copy.csv"
    data = sample.path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))
    outcome = read(path, {})
    assert judge(sample, "change", path.read_bytes(), outcome) == ""
    assert (outcome.end == "refused") is (wrong == "refused")
    if not wrong:  # a reading that does not follow the file is a fault
        assert judge(sample, "change", path.read_bytes(), sample.outcome) != ""
