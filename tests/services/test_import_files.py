"""Every file ends as imported, known, rejected with a reason, or with a question."""

from __future__ import annotations

import gzip
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import pytest

from recon_app import registry
from recon_app.models.problem import AnswerNeeded, Cancelled, Problem, UsageError, WorkspaceError
from recon_app.models.record import RecordType
from recon_app.services.import_files import FileReport, Status, import_paths, restore, walk
from recon_app.services.preview import preview
from recon_app.services.workspace import default_folder, open_workspace, remove_file
from recon_app.sources._base import Batch, Chunk, InputFile, Reading, Source, TableSource
from recon_app.store.imports import list_imports, missing_imports
from recon_app.store.originals import original
from recon_app.store.records import read_columns
from recon_app.store.settings import get_setting, settings_under
from recon_app.store.workspace import CACHE, Workspace


class Sales(TableSource):
    id = "sales"
    title = "Sales of the tests"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident",)
    progress = ("status",)
    required: ClassVar[tuple[str, ...]] = ("Sale", "Amount")

    def convert(self, chunk: Chunk, options: Mapping[str, str], reading: Reading) -> Batch:
        amount = chunk.money("Amount", "EUR", required=True)
        if chunk.has("Date") and options.get("order") is None:
            raise AnswerNeeded("order", ("dmy", "mdy"), "In which order are the dates?")
        if chunk.has("Break"):
            raise ZeroDivisionError("oops")
        if chunk.has("Wrong"):
            return {"nonsense": chunk.text("Sale")}
        reading.total("Amount", "EUR", amount)
        reading.identity("Fee is zero", chunk.money("Fee", "EUR") <= 0, chunk.rows)
        reading.notes.append("read by the tests")
        return {
            "ident": chunk.text("Sale"),
            "amount": amount,
            "day": chunk.days("Day"),
            "status": chunk.text("Status"),
            "ref": chunk.text(options.get("mapping.reference", "Ref")),
        }


class Other(Sales):
    id = "other"
    title = "Other sales"
    options: ClassVar = {"order": ("dmy", "mdy")}
    required = ("Sale", "Amount", "Both")


class General(Sales):
    id = "general"
    title = "Any table"
    required = ("Amount",)
    fallback = True


class Faulty(Source):
    id = "faulty"
    title = "A reader with a fault"
    record_type = RecordType.ORDER
    key = ("ident",)

    def recognises(self, file: InputFile) -> bool:
        if file.head.startswith(b"boom"):
            raise ZeroDivisionError("oops")
        return False

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        del file, options, reading
        yield from ()


@pytest.fixture(autouse=True)
def _sources(monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = {source.id: source for source in (Faulty(), General(), Other(), Sales())}
    monkeypatch.setattr(registry, "sources", lambda: plugins)


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    with closing(open_workspace(tmp_path / "workspace")) as workspace:
        yield workspace


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """``write(name, *lines)`` makes a text file."""
    folder = tmp_path / "exports"
    folder.mkdir()

    def make(name: str, *lines: str, encoding: str = "utf-8") -> Path:
        path = folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return make


def one(ws: Workspace, path: Path, **given: Any) -> FileReport:
    (report,) = import_paths(ws, [path], **given)
    return report


def reasons(report: FileReport) -> list[str]:
    assert report.status is Status.REJECTED
    assert report.needs_a_person
    return [problem.message("file") for problem in report.problems]


def idents(ws: Workspace) -> list[str]:
    imports = [entry.id for entry in list_imports(ws)]
    return list(read_columns(ws, imports, ["ident"])["ident"].tolist())


SALES = ("Sale,Amount,Fee,Day,Status", "1,2.50,,2026-01-31,open", "2,-1.00,0,2026-01-30,paid")


def test_a_good_file_is_imported(ws: Workspace, write: Write) -> None:
    report = one(ws, write("a.csv", *SALES))
    assert (report.status, report.source, report.problems) == (Status.IMPORTED, "sales", ())
    assert (report.rows, report.added, report.known, report.changed) == (2, 2, 0, 0)
    assert [(proof.name, proof.ok) for proof in report.proofs] == [("Fee is zero", True)]
    assert report.totals == {("Amount", "EUR"): 150}
    assert report.notes == ("read by the tests",)
    assert report.period == (20_483, 20_484)
    assert not report.needs_a_person
    assert idents(ws) == ["1", "2"]
    assert list_imports(ws)[0].sha256 == report.sha256


def test_the_same_bytes_again_are_known_and_say_when(ws: Workspace, write: Write) -> None:
    first = one(ws, write("a.csv", *SALES))
    again = one(ws, write("renamed.csv", *SALES))
    assert again.status is Status.KNOWN
    assert again.first_imported_at == list_imports(ws)[0].imported_at
    assert (again.rows, again.added, again.known, again.changed) == (2, 0, 2, 0)
    assert (again.proofs, again.totals, again.period) == (first.proofs, first.totals, first.period)
    assert idents(ws) == ["1", "2"]


def test_an_overlapping_file_adds_what_is_new_and_tells_changes(ws: Workspace, write: Write) -> None:
    one(ws, write("a.csv", *SALES))
    report = one(ws, write("b.csv", *SALES[:2], "2,-1.01,,2026-01-30,paid", "3,1,,2026-02-01,"))
    assert (report.rows, report.added, report.known, report.changed) == (3, 1, 1, 1)
    assert idents(ws) == ["1", "2", "3"]


def test_a_failed_proof_is_kept_and_needs_a_person(ws: Workspace, write: Write) -> None:
    report = one(ws, write("a.csv", SALES[0], "1,2.50,0.10,,"))
    assert report.status is Status.IMPORTED
    assert [proof.ok for proof in report.proofs] == [False]
    assert report.needs_a_person


def test_faults_reject_the_whole_file_with_their_places(ws: Workspace, write: Write) -> None:
    report = one(ws, write("a.csv", "Sale,Amount", "1,2.50", "2,1.005", "3,", "4,x"))
    assert reasons(report) == [
        "file: 2: Amount: '1.005' is not an exact amount; correct the amount or its currency",
        "file: 4: Amount: 'x' is not an exact amount; correct the amount or its currency",
        "file: 3: Amount: is empty; every record needs an amount",
    ]
    assert (report.source, report.rows, report.added) == ("sales", 4, 0)
    assert list_imports(ws) == []
    assert list(ws.originals.iterdir()) == []


def test_a_question_is_asked_and_answered(ws: Workspace, write: Write) -> None:
    path = write("a.csv", "Sale,Amount,Date", "1,1,01/02/2026")
    report = one(ws, path)
    assert (report.status, report.source, report.needs_a_person) == (Status.AMBIGUOUS, "sales", True)
    assert report.question is not None
    assert (report.question.option, report.question.choices) == ("order", ("dmy", "mdy"))
    assert report.question.text == "In which order are the dates?"
    assert list_imports(ws) == []
    assert one(ws, path, options={"order": "dmy"}).status is Status.IMPORTED
    assert list_imports(ws)[0].options == {"order": "dmy"}


def test_several_claims_are_a_question(ws: Workspace, write: Write) -> None:
    path = write("a.csv", "Sale,Amount,Both", "1,1,")
    report = one(ws, path)
    assert (report.status, report.source) == (Status.AMBIGUOUS, "")
    assert report.question is not None
    assert (report.question.option, report.question.choices) == ("as", ("other", "sales"))
    assert one(ws, path, source="other").source == "other"


def test_a_general_source_is_asked_last(ws: Workspace, write: Write) -> None:
    assert one(ws, write("a.csv", "Amount,Ref", "1,x")).source == "general"


def test_a_wrong_source_says_what_is_missing(ws: Workspace, write: Write) -> None:
    report = one(ws, write("a.csv", "Amount,Ref", "1,x"), source="sales")
    assert reasons(report) == ["file: no header row with the columns Sale, Amount; export it again"]
    with pytest.raises(UsageError, match="choose one of faulty, general, other, sales"):
        one(ws, write("a.csv", "x"), source="nonsense")


@pytest.mark.parametrize(
    ("content", "looks"),
    [
        (b"# Notes\nabout it\n", "a text that begins with '# Notes'"),
        (b"a,b,c,d,e,f,g\n", "a table with the columns a, b, c, d, e, f, …"),
        (b'{"a": 1}', "a JSON file"),
        (b"\n[1]", "a JSON file"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"<?xml version='1.0'?>", "an XML file"),
        (b"\x89PNG\r\n\x1a\n\x00", "a picture"),
        (b"\x00\x00\x00\x01Bud1\x00", "a binary file"),
        (b"  \n\n", "blank lines only"),
    ],
)
def test_what_is_not_recognised_is_described(
    ws: Workspace, tmp_path: Path, content: bytes, looks: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    advice = "choose its kind, or leave the file out"
    assert reasons(one(ws, path)) == [f"file: not recognised: {looks}; {advice}"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 nothing known", "a ZIP archive; unpack it, and import the files in it"),
        (b"\x1f\x8b\x08", "a compressed file; unpack it, and import the file in it"),
        (b"%PDF-1.7 \xe2\xe3", "a PDF document; export it as CSV or as a workbook (.xlsx)"),
    ],
)
def test_what_holds_a_table_out_of_reach_says_what_helps(
    ws: Workspace, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert reasons(one(ws, path)) == [f"file: not recognised: {said}"]


def test_an_unknown_workbook_is_described(ws: Workspace, tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "stock.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet().write_row(0, 0, ["Item", "Stock"])
    assert "not recognised: a workbook with the columns Item, Stock" in reasons(one(ws, path))[0]


def test_an_unknown_encoding_is_asked(ws: Workspace, write: Write) -> None:
    path = write("a.csv", "Sale,Amount,Ref", "1,1,Zürich", encoding="cp1252")
    report = one(ws, path)
    assert report.question is not None
    assert report.question.option == "encoding"
    assert one(ws, path, options={"encoding": "cp1252"}).status is Status.IMPORTED
    assert read_columns(ws, [1, 2], ["ref"])["ref"].tolist() == ["Zürich"]


def test_a_fault_of_a_reader_rejects_only_its_file(
    ws: Workspace, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    paths = [
        write("a.csv", "Sale,Amount,Break", "1,1,"),
        write("b.csv", "Sale,Amount,Wrong", "1,1,"),
        write("boom.csv", "boom"),
        write("c.csv", *SALES),
        write("boom then sales.csv", "boom,x", *SALES),
    ]
    with caplog.at_level(logging.ERROR):
        reports = list(import_paths(ws, paths))
    advice = "report this with the file"
    assert reasons(reports[0]) == [f"file: the reader `sales` failed: ZeroDivisionError: oops; {advice}"]
    assert "the reader `sales` failed: ValueError: 'nonsense' is not" in reasons(reports[1])[0]
    assert reasons(reports[2]) == [f"file: the reader `faulty` failed: ZeroDivisionError: oops; {advice}"]
    assert [report.status for report in reports[3:]] == [Status.IMPORTED, Status.IMPORTED]
    assert "the reader sales failed on a.csv" in caplog.text
    assert "Traceback" in caplog.text


def test_what_is_no_file_is_rejected(ws: Workspace, tmp_path: Path, write: Write) -> None:
    empty = write("empty.csv")
    empty.write_bytes(b"")
    assert reasons(one(ws, empty)) == ["file: the file is empty; export it again"]
    assert "cannot be read (No such file" in reasons(one(ws, tmp_path / "absent.csv"))[0]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert "no ordinary file" in reasons(one(ws, tmp_path / "pipe"))[0]


def test_folders_are_walked_in_order(ws: Workspace, write: Write) -> None:
    for name in ("b/2.csv", "b/1.csv", "a.csv", "a/z/index.json"):
        write(name, *SALES[:1], f"{name},1,,,")
    root = write("c.txt", "x").parent
    names = [path.relative_to(root).as_posix() for path in walk([root / "c.txt", root])]
    assert names == ["c.txt", "a.csv", "c.txt", "a/z/index.json", "b/1.csv", "b/2.csv"]
    assert len(list(import_paths(ws, [root]))) == 5


def test_cancelling_leaves_nothing_of_the_file(ws: Workspace, write: Write) -> None:
    first, second = write("a.csv", *SALES), write("b.csv", SALES[0], "7,1,,,")

    def stop(step: str, done: int, total: int) -> None:
        assert done <= total
        if step == "Storing b.csv":
            raise Cancelled("stopped")

    reports = import_paths(ws, [first, second], progress=stop)
    assert next(reports).status is Status.IMPORTED
    with pytest.raises(Cancelled):
        next(reports)
    assert idents(ws) == ["1", "2"]
    assert [path.name for path in ws.folder.glob("staging*")] == []


def test_progress_tells_rows_of_about_all(
    ws: Workspace, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recon_app.sources._base.CHUNK_ROWS", 2)
    told: list[tuple[str, int, int]] = []
    path = write("a.csv", SALES[0], *(f"{number},1,,," for number in range(5)))
    one(ws, path, progress=lambda *values: told.append(values))
    assert told[:3] == [("Reading a.csv", 2, 6), ("Reading a.csv", 4, 6), ("Reading a.csv", 5, 6)]


def test_a_full_disk_is_refused_beforehand(
    ws: Workspace, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(ws.folder)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=100 << 20))
    assert "needs 200 MB of disk space and 100 MB are free" in reasons(one(ws, write("a.csv", *SALES)))[0]


def test_a_mapping_is_remembered_for_the_same_header(ws: Workspace, write: Write) -> None:
    answers = {"mapping.reference": "Memo", "mapping.account_id": "X1", "mapping.sign": "as_is"}
    one(ws, write("a.csv", "Sale,Amount,Memo", "1,1,one"), options=answers)
    assert one(ws, write("b.csv", "sale,Amount, Memo", "2,2,two")).status is Status.IMPORTED
    assert read_columns(ws, [1, 2], ["ref"])["ref"].tolist() == ["one", "two"]
    assert list_imports(ws)[1].options == {"mapping.reference": "Memo", "mapping.sign": "as_is"}
    one(ws, write("c.csv", "Sale,Amount,Memo,Ref", "3,3,three,drei"))
    assert read_columns(ws, [3], ["ref"])["ref"].tolist() == ["drei"]
    assert len(settings_under(ws, "import.columns.")) == 1


def test_answers_without_columns_are_not_remembered(ws: Workspace, write: Write) -> None:
    one(ws, write("a.csv", "Sale,Amount", "1,1"), options={"mapping.sign": "as_is", "order": "dmy"})
    assert settings_under(ws, "import.") == {}


def test_a_lost_cache_is_read_again_from_the_originals(ws: Workspace, write: Write) -> None:
    one(ws, write("a.csv", *SALES))
    one(ws, write("b.csv", SALES[0], "2,-1.00,0,2026-01-30,paid", "3,1,,,"))
    one(ws, write("c.csv", "Sale,Amount,Date", "9,1,x"), options={"order": "mdy"})
    before, entries = idents(ws), list_imports(ws)
    ws.close()
    (ws.folder / CACHE).unlink()
    told: list[str] = []
    with closing(open_workspace(ws.folder, progress=lambda step, *_: told.append(step))) as again:
        assert idents(again) == before
        assert list_imports(again) == entries
    assert "Reading a.csv" in told


def test_a_file_that_cannot_be_read_again_does_not_stop_the_others(
    ws: Workspace, write: Write, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one(ws, write("a.csv", "Sale,Amount,Fee", "1,1,"))
    one(ws, write("b.csv", "Sale,Amount", "2,1"))
    ws.close()
    (ws.folder / CACHE).unlink()
    convert = Sales.convert

    def stricter(self: Sales, chunk: Chunk, options: Mapping[str, str], reading: Reading) -> Batch:
        if chunk.has("Fee"):
            reading.problem(1, "Fee", "is new to me", "leave it out")
        return convert(self, chunk, options, reading)

    monkeypatch.setattr(Sales, "convert", stricter)
    with closing(open_workspace(ws.folder)) as again:
        assert idents(again) == ["2"]
        assert [entry.file for entry in missing_imports(again)] == ["a.csv"]
        (report,) = restore(again)
    assert "cannot be read again: is new to me" in reasons(report)[0]
    assert "a.csv cannot be read again" in caplog.text


def test_a_missing_original_is_said(ws: Workspace, write: Write) -> None:
    report = one(ws, write("a.csv", *SALES))
    assert gzip.decompress(original(ws, report.sha256).read_bytes()).startswith(b"Sale,Amount")
    ws.close()
    (ws.folder / CACHE).unlink()
    original(ws, report.sha256).unlink()
    with pytest.raises(WorkspaceError, match=r"stored copy of a\.csv is (missing|damaged)"):
        open_workspace(ws.folder)


def test_a_removed_file_can_be_imported_again(ws: Workspace, write: Write) -> None:
    first = write("a.csv", *SALES)
    one(ws, first)
    one(ws, write("b.csv", *SALES, "3,1,,,"))
    changes = remove_file(ws, 1, who="Ann")
    assert changes.files
    assert idents(ws) == ["1", "2", "3"]
    assert [(entry.file, entry.counts.added) for entry in list_imports(ws)] == [("b.csv", 3)]
    assert one(ws, first).known == 2


def test_the_default_workspace_lies_with_the_users_data(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_folder().name == "recon-desk"
    with closing(open_workspace()) as ws:
        assert ws.folder == default_folder()
        assert get_setting(ws, "x") is None


def test_a_preview_shows_cells_and_records(ws: Workspace, write: Write) -> None:
    shown = preview(ws, write("a.csv", *SALES), rows=1)
    assert (shown.sources, shown.question, shown.problems) == (("sales",), None, ())
    assert shown.cells == (("Sale", "Amount", "Fee", "Day", "Status"),)
    assert shown.records == ({"row": 1, "ident": "1", "amount": 250, "day": 20_484, "status": "open"},)
    assert list_imports(ws) == []


def test_a_preview_asks_and_complains(ws: Workspace, write: Write, tmp_path: Path) -> None:
    both = write("a.csv", "Sale,Amount,Both", "1,1,")
    asked = preview(ws, both)
    assert asked.question is not None
    assert asked.question.option == "as"
    assert preview(ws, both, source="sales").records == ({"row": 1, "ident": "1", "amount": 100},)
    dated = preview(ws, write("b.csv", "Sale,Amount,Date", "1,1,x"))
    assert dated.question is not None
    assert dated.cells[1] == ("1", "1", "x")
    wrong = preview(ws, write("c.csv", "Sale,Amount", "1,x"))
    assert wrong.problems == (
        Problem(
            1, "Amount", "'x' is not an exact amount", "correct the amount or its currency", "E_NUMBER", 2
        ),
    )
    assert preview(ws, write("d.md", "# x")).problems[0].problem.startswith("not recognised")
    assert "cannot be read" in preview(ws, tmp_path / "absent").problems[0].problem
