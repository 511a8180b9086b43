"""Big files are read by processes of their own: with the same results, ended at once, and never half."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import Cancelled, FileRejected
from recon_app.services import import_files
from recon_app.services.import_files import FileReport, Status, import_paths
from recon_app.services.reader import Reader, dismiss
from recon_app.services.reading import read_to
from recon_app.services.workspace import open_workspace
from recon_app.sources._base import InputFile
from recon_app.store.imports import list_imports
from recon_app.store.schema import loaded, record
from recon_app.store.workspace import CACHE, Workspace

HEADER = (
    "Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,Available On,"
    "Amount,Fee,Net,Checkout,Payment Method Name,Presentment Amount,Presentment Currency,Currency"
)
LINE = "2026-09-11 14:00:00 -0400,charge,#{0},visa,online,{1},2026-09-14,2026-09-13,{2},1.00,{3},,card,,,USD"
LONG = 300_000  # lines that take many times the pause between two reports of progress


@pytest.fixture
def new_workspace(tmp_path: Path) -> Iterator[Callable[[], Workspace]]:
    made: list[Workspace] = []

    def new() -> Workspace:
        made.append(open_workspace(tmp_path / f"workspace{len(made)}"))
        return made[-1]

    yield new
    for workspace in made:
        workspace.close()
    dismiss()


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_files, "BIG_BYTES", 1)


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """``write(name, orders)``: a file with one line for each order; negative ones are faults."""

    def make(name: str, orders: range, status: str = "paid") -> Path:
        lines = [LINE.format(order, status, f"{order}.00", f"{order - 1}.00") for order in orders]
        path = tmp_path / name
        path.write_text("\n".join([HEADER, *lines, ""]))
        return path

    return make


def contents(ws: Workspace) -> list[list[tuple[Any, ...]]]:
    with ws.cache.connect() as cache:
        return [[tuple(row) for row in cache.execute(table.select())] for table in (record, loaded)]


def nothing_left(ws: Workspace) -> bool:
    files = {path.name.removesuffix("-wal").removesuffix("-shm") for path in ws.folder.iterdir()}
    with ws.ledger.connect() as ledger:
        entries = ledger.exec_driver_sql("SELECT count(*) FROM import_file").scalar()
    return (
        files == {"ledger.sqlite", "cache.sqlite", "originals", "backups"}
        and not list(ws.originals.iterdir())
        and not entries
        and not multiprocessing.active_children()  # a process whose work was broken off is not kept
    )


def test_both_ways_give_the_same(
    new_workspace: Callable[[], Workspace], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = Path(__file__).parent.parent / "sources" / "data"
    faulty = write("faulty.csv", range(1, 9))
    faulty.write_text(faulty.read_text().replace("3.00,1.00,2.00", "3.00,1.00,2.01"))
    paths = [
        write("a.csv", range(1, 9), "pending"),
        faulty,
        samples / "odoo_payments" / "v18_labels.csv",
        write("b.csv", range(5, 12)),
        samples / "shopify_payment_transactions" / "11_columns.csv",  # asks for the currency
        write("b again.csv", range(5, 12)),
    ]
    here, there = new_workspace(), new_workspace()
    expected = list(import_paths(here, paths))
    assert [report.status.value for report in expected] == [
        "imported",
        "rejected",
        "imported",
        "imported",
        "ambiguous",
        "known",
    ]
    monkeypatch.setattr(import_files, "BIG_BYTES", 1)
    found = list(import_paths(there, paths))
    assert [replace(report, first_imported_at="") for report in found] == [
        replace(report, first_imported_at="") for report in expected
    ]
    assert contents(there) == contents(here)
    assert [replace(entry, imported_at="") for entry in list_imports(there)] == [
        replace(entry, imported_at="") for entry in list_imports(here)
    ]


@pytest.mark.usefixtures("apart")
def test_a_lost_cache_is_read_again(new_workspace: Callable[[], Workspace], write: Write) -> None:
    ws = new_workspace()
    list(import_paths(ws, [write("a.csv", range(1, 9)), write("b.csv", range(5, 20))]))
    before = contents(ws)
    ws.close()
    (ws.folder / CACHE).unlink()
    with closing(open_workspace(ws.folder)) as again:
        assert contents(again) == before


@pytest.mark.usefixtures("apart")
def test_two_are_read_at_once_and_reported_in_order(
    new_workspace: Callable[[], Workspace], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    at_once: list[int] = []
    paths = [write("a.csv", range(1, LONG)), *(write(f"{n}.csv", range(n, n * 3)) for n in range(5, 8))]
    reports = import_paths(
        new_workspace(),
        paths,
        progress=lambda *_: at_once.append(len(multiprocessing.active_children())),
    )
    assert [report.path for report in reports] == paths
    assert max(at_once) == 2


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("stop", [Cancelled, KeyboardInterrupt])
def test_cancelling_is_quick_and_leaves_nothing(
    new_workspace: Callable[[], Workspace], write: Write, stop: type[BaseException]
) -> None:
    ws = new_workspace()
    paths = [write("a.csv", range(1, LONG)), write("b.csv", range(1, LONG + 1))]
    asked = 0.0

    def progress(step: str, done: int, total: int) -> None:
        nonlocal asked
        if done:
            assert (step, done <= total) == ("Reading a.csv", True)
            asked = time.monotonic()
            raise stop

    with pytest.raises(stop):
        list(import_paths(ws, paths, progress=progress))
    assert time.monotonic() - asked < 10  # a tenth of a second on a quiet computer
    assert nothing_left(ws)


@pytest.mark.parametrize("big", [True, False])
@pytest.mark.parametrize("stop", [Cancelled, KeyboardInterrupt])
def test_cancelling_while_rows_are_stored_leaves_nothing(
    new_workspace: Callable[[], Workspace],
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    stop: type[BaseException],
    big: bool,
) -> None:
    monkeypatch.setattr(import_files, "BIG_BYTES", 1 if big else 10**9)
    monkeypatch.setattr("recon_app.store.publish._STEPS", 200)
    ws = new_workspace()
    path = write("a.csv", range(1, 2_000))
    steps: list[str] = []

    def progress(step: str, _done: int, _total: int) -> None:
        steps.append(step)
        if steps.count("Storing a.csv") == 40:
            raise stop

    with pytest.raises(stop):
        list(import_paths(ws, [path], progress=progress))
    assert steps[-1] == "Storing a.csv"
    assert nothing_left(ws)
    assert contents(ws) == [[], []]
    (report,) = import_paths(ws, [path])
    assert report.added == 1_999


@pytest.mark.usefixtures("apart")
def test_leaving_early_keeps_what_is_stored(new_workspace: Callable[[], Workspace], write: Write) -> None:
    ws = new_workspace()
    reports = import_paths(ws, [write("a.csv", range(1, 9)), write("b.csv", range(1, LONG))])
    assert next(reports).status is Status.IMPORTED
    reports.close()  # type: ignore[attr-defined]
    assert [entry.file for entry in list_imports(ws)] == ["a.csv"]
    dismiss()
    assert not multiprocessing.active_children()
    assert not list(ws.folder.glob("staging-*"))


@pytest.mark.usefixtures("apart")
def test_a_killed_process_rejects_its_file_only(
    new_workspace: Callable[[], Workspace], write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    ws = new_workspace()
    rows = LONG  # so many that the process is still at it when it is killed
    path = write("a.csv", range(1, rows))

    def kill(_step: str, done: int, _total: int) -> None:
        if done:
            multiprocessing.active_children()[0].kill()

    (report,) = import_paths(ws, [path], progress=kill)
    assert report.status is Status.REJECTED
    assert report.problems[0].problem == "the reader stopped: it was killed or ran out of memory"
    assert 0 < report.rows < rows
    assert "the process that reads ended with" in caplog.text
    assert nothing_left(ws)
    again: list[FileReport] = list(import_paths(ws, [path]))
    assert [(report.status, report.added) for report in again] == [(Status.IMPORTED, rows - 1)]


class Broken(InputFile):
    """A file that a reader stumbles over."""

    def header_index(self, required: object) -> int:
        del required
        raise ZeroDivisionError("oops")


def test_a_fault_of_a_reader_comes_back_with_its_log(
    tmp_path: Path, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    source = "shopify_payment_transactions"
    file = Broken(write("a.csv", range(1, 9)))
    with closing(Reader()) as reader:
        reader.begin(read_to, tmp_path / "rows", file, source, {}, 1)
        with pytest.raises(FileRejected, match="failed: ZeroDivisionError: oops"):
            reader.wait(lambda *_: None).rows()
    assert "the reader shopify_payment_transactions failed on a.csv" in caplog.text
    assert "Traceback" in caplog.text
