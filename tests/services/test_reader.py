"""The processes that read files: warm, limited, ended at once, and their crashes heard of."""

from __future__ import annotations

import csv
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlsxwriter

from recon_app.models.problem import Cancelled, FileRejected
from recon_app.services import reader as reader_module
from recon_app.services.import_files import Status, import_paths
from recon_app.services.preview import preview
from recon_app.services.reader import Limits, Reader, borrowed, dismiss, limits_of
from recon_app.services.workspace import open_workspace
from recon_app.sources._base import InputFile
from recon_app.store.workspace import CACHE, Workspace

SAMPLES = Path(__file__).parent.parent / "sources" / "data"
SMALL = Limits("workbook", memory_mb=50, seconds=30)
Tell = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    del done, total


# What the processes are asked to do. It must be found by its name there.


def process_id(tell: Tell) -> int:
    del tell
    return os.getpid()


def take_memory(megabytes: int, tell: Tell) -> int:
    del tell
    return len(bytearray(megabytes << 20))


def abort(tell: Tell) -> None:
    del tell
    os.kill(os.getpid(), signal.SIGTERM)


def sleep_long(tell: Tell) -> None:
    while True:
        tell(1, 2)
        time.sleep(0.01)


def fail(tell: Tell) -> None:
    del tell
    raise FileRejected


def collects_garbage(tell: Tell) -> bool:
    del tell
    return gc.isenabled()


def look_at(file: InputFile, tell: Tell) -> int:
    """How often this very object was looked at."""
    del tell
    looks: int = vars(file).get("looks", 0) + 1
    vars(file)["looks"] = looks
    return looks


@pytest.fixture(autouse=True)
def _none_waits() -> Iterator[None]:
    dismiss()
    yield
    dismiss()
    assert not multiprocessing.active_children()


@pytest.fixture
def reader() -> Iterator[Reader]:
    with closing(Reader()) as made:
        yield made


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    with closing(open_workspace(tmp_path / "workspace")) as workspace:
        yield workspace


def test_it_is_used_again(reader: Reader) -> None:
    ids = set()
    for _ in range(3):
        reader.begin(process_id)
        ids.add(reader.wait(silent))
    assert len(ids) == 1
    assert os.getpid() not in ids


def test_a_file_is_opened_once(reader: Reader, tmp_path: Path) -> None:
    file = InputFile(tmp_path / "a")

    def looks(at: InputFile) -> int:
        reader.begin(look_at, at)
        found: int = reader.wait(silent)
        return found

    assert [looks(file), looks(file)] == [1, 2]
    assert [looks(InputFile(tmp_path / "a")), looks(file)] == [1, 1]
    reader.rest()
    assert looks(file) == 1


def test_faults_come_back_and_do_no_harm(reader: Reader) -> None:
    reader.begin(fail)
    with pytest.raises(FileRejected):
        reader.wait(silent)
    reader.begin(collects_garbage)
    assert reader.wait(silent) is False


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS limits no memory")
def test_a_file_may_take_so_much_memory_and_no_more(reader: Reader) -> None:
    reader.begin(take_memory, 25, limits=SMALL)
    assert reader.wait(silent) == 25 << 20
    reader.begin(take_memory, 200)
    assert reader.wait(silent) == 200 << 20, "the limit is of one piece of work"
    reader.begin(take_memory, 200, limits=SMALL)
    with pytest.raises(FileRejected, match="the workbook needs more than 50 MB of memory") as caught:
        reader.wait(silent)
    assert caught.value.problems[0].code == "E_MEMORY"


def test_a_crash_is_heard_of(reader: Reader, caplog: pytest.LogCaptureFixture) -> None:
    reader.begin(abort, limits=SMALL)
    with pytest.raises(FileRejected, match="the workbook is damaged or needs more than 50 MB"):
        reader.wait(silent)
    assert "the process that reads ended with" in caplog.text
    assert not reader.fresh


def test_time_is_limited(reader: Reader) -> None:
    reader.begin(sleep_long, limits=Limits("XML file", 700, 0.5))
    with pytest.raises(FileRejected, match="reading the XML file takes longer than 0 s") as caught:
        reader.wait(silent)
    assert caught.value.problems[0].code == "E_TIME"
    assert not reader.fresh


def test_only_the_work_itself_takes_time(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(reader_module, "time", SimpleNamespace(monotonic=lambda: now))

    def start_slowly(*_: int) -> None:
        nonlocal now
        now += 0 if reader._begun else 60

    reader.begin(process_id, limits=Limits("XML file", 700, 10))
    assert reader.wait(start_slowly) != os.getpid()
    assert now >= 60


def test_one_waits_for_the_next_file() -> None:
    with borrowed() as first:
        pass
    with borrowed() as second, borrowed() as third:
        assert second is first
        assert third is not first
    assert len(multiprocessing.active_children()) == 1


def test_one_that_was_interrupted_is_not_kept() -> None:
    def cancel(done: int, _total: int) -> None:
        if done:
            raise Cancelled

    def work() -> None:
        with borrowed() as reader:
            reader.begin(sleep_long)
            reader.wait(cancel)

    with pytest.raises(Cancelled):
        work()
    assert not multiprocessing.active_children()


def test_one_that_waited_too_long_or_died_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    with borrowed() as first:
        pass
    multiprocessing.active_children()[0].kill()
    multiprocessing.active_children()[0].join()
    with borrowed() as second:
        assert second is not first
    monkeypatch.setattr(reader_module, "_KEPT", 0.0)
    with borrowed() as third:
        assert third is not second


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"PK\x03\x04 [Content_Types].xml", "workbook"),
        (b"PK\x05\x06", "file"),
        (b"\xd0\xcf\x11\xe0", "file"),
        (b"\xef\xbb\xbf\n <?xml?>", "XML file"),
        ("\ufeff<a>".encode("utf-16-le"), "XML file"),
        ("<a>".encode("utf-16-be"), "XML file"),
        (b"Order,Amount\n", None),
    ],
)
def test_what_libraries_parse_has_limits(tmp_path: Path, start: bytes, what: str | None) -> None:
    path = tmp_path / "file"
    path.write_bytes(start)
    limits = limits_of(InputFile(path))
    assert (limits and limits.what) == what


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process must parse no workbook and no XML."""

    def refuse(*_: object) -> None:
        pytest.fail("parsed in this process")

    monkeypatch.setattr("python_calamine.load_workbook", refuse)
    monkeypatch.setattr("defusedxml.ElementTree.iterparse", refuse)
    monkeypatch.setattr("defusedxml.ElementTree.parse", refuse)
    monkeypatch.setattr("defusedxml.ElementTree.fromstring", refuse)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Payments of Odoo as a workbook of texts."""
    path = tmp_path / "payments.xlsx"
    with (SAMPLES / "odoo_payments" / "v18_labels.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


@pytest.fixture
def statement() -> Path:
    return min((SAMPLES / "bank_camt").glob("*.xml"))


@pytest.mark.usefixtures("far_away")
@pytest.mark.parametrize("kind", ["workbook", "statement"])
def test_workbooks_and_xml_are_never_parsed_here(
    ws: Workspace, kind: str, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(kind)
    shown = preview(ws, path)
    assert shown.problems == ()
    assert shown.records
    (report,) = import_paths(ws, [path])
    assert report.status is Status.IMPORTED
    ws.close()
    (ws.folder / CACHE).unlink()  # so that it is read again
    with closing(open_workspace(ws.folder)) as again, again.cache.connect() as cache:
        assert cache.exec_driver_sql("SELECT count(*) FROM record").scalar() == report.added


@pytest.mark.usefixtures("far_away")
def test_a_damaged_workbook_leaves_the_next_file_alone(
    ws: Workspace, tmp_path: Path, statement: Path
) -> None:
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"PK\x03\x04[Content_Types].xml" + b"\0" * 100)
    reports = list(import_paths(ws, [bad, statement]))
    assert [report.status for report in reports] == [Status.REJECTED, Status.IMPORTED]
    assert preview(ws, bad).problems


@pytest.mark.parametrize("stop", [Cancelled, KeyboardInterrupt])
@pytest.mark.parametrize("at", ["Looking at payments.xlsx", "Reading payments.xlsx", "Storing payments.xlsx"])
def test_a_workbook_can_be_cancelled_at_any_step(
    ws: Workspace, workbook: Path, at: str, stop: type[BaseException]
) -> None:
    def progress(step: str, _done: int, _total: int) -> None:
        if step == at:
            raise stop

    with pytest.raises(stop):
        list(import_paths(ws, [workbook], progress=progress))
    dismiss()
    assert not multiprocessing.active_children()
    assert {path.suffix for path in ws.folder.iterdir()} <= {"", ".sqlite", ".sqlite-wal", ".sqlite-shm"}
    assert not list(ws.folder.glob("staging-*"))
    assert not list(ws.originals.iterdir())
    (report,) = import_paths(ws, [workbook])
    assert report.status is Status.IMPORTED


@pytest.mark.parametrize("stop", [Cancelled, KeyboardInterrupt])
def test_a_big_file_can_be_cancelled_while_it_is_hashed(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    monkeypatch.setattr("recon_app.services.import_files.BIG_BYTES", 1)
    hashed = threading.Event()
    monkeypatch.setattr(InputFile, "sha256", property(lambda _: str(hashed.wait(120))))
    path = tmp_path / "a.csv"
    path.write_text("Order,Amount\n1,2\n")

    def progress(step: str, _done: int, _total: int) -> None:
        assert step == "Looking at a.csv"
        raise stop

    asked = time.monotonic()
    with pytest.raises(stop):
        list(import_paths(ws, [path], progress=progress))
    assert time.monotonic() - asked < 60  # it did not wait for the sum
    hashed.set()
