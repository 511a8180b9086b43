"""A process whose work is broken off ends before its rows are dropped: else it would write them again."""

from __future__ import annotations

import multiprocessing
from contextlib import closing
from pathlib import Path

import pytest

from recon_app.models.problem import Cancelled
from recon_app.services import import_files
from recon_app.services.import_files import import_paths
from recon_app.services.reader import dismiss
from recon_app.services.workspace import open_workspace
from recon_app.store.staging import Staging

HEADER = "Transaction Date,Type,Order,Payout Status,Payout Date,Amount,Fee,Net,Currency"
LINE = "2026-09-11 14:00:00 -0400,charge,#{0},paid,2026-09-14,{0}.00,1.00,{1}.00,USD"


@pytest.mark.parametrize(
    ("files", "alive"),
    [
        pytest.param(1, [0], id="both parts of one file"),
        pytest.param(2, [1, 0], id="two files, one after the other"),
    ],
)
def test_a_process_has_ended_before_its_rows_are_dropped(
    files: int, alive: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_files, "BIG_BYTES", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    found: list[int] = []
    drop = Staging.close

    def close(staging: Staging) -> None:
        found.append(len(multiprocessing.active_children()))
        drop(staging)

    def stop(step: str, _done: int, _total: int) -> None:
        if step.startswith("Reading"):
            raise Cancelled

    monkeypatch.setattr(Staging, "close", close)
    dismiss()
    paths = [tmp_path / f"{number}.csv" for number in range(files)]
    for number, path in enumerate(paths):
        lines = [LINE.format(order, order - 1) for order in range(1 + number, 20_000)]
        path.write_text("\n".join([HEADER, *lines, ""]))
    with closing(open_workspace(tmp_path / "workspace")) as ws, pytest.raises(Cancelled):
        list(import_paths(ws, paths, progress=stop))
    assert found == alive
