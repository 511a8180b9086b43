"""What an import adds, knows, changes and leaves behind."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.problem import FileRejected, UsageError, WorkspaceError
from recon_app.models.proof import Proof
from recon_app.models.record import RecordType
from recon_app.store import events
from recon_app.store.database import writing
from recon_app.store.format import Format
from recon_app.store.imports import (
    Findings,
    find_imports,
    importing,
    list_imports,
    missing_imports,
    remove_imports,
    restoring,
)
from recon_app.store.originals import original, unpacked
from recon_app.store.publish import Counts
from recon_app.store.settle import settle
from recon_app.store.staging import staging_path
from recon_app.store.workspace import Workspace

Put = Callable[..., Counts]
Rows = Callable[[Workspace], list[dict[str, Any]]]
Batch = Callable[..., dict[str, Any]]


def changes(ws: Workspace) -> list[tuple[Any, ...]]:
    query = "SELECT record_id, import_id, row, kind, before, after FROM change ORDER BY id"
    with ws.cache.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


@pytest.fixture
def file(tmp_path: Path) -> tuple[Path, str]:
    path = tmp_path / "some.csv"
    path.write_bytes(b"some bytes\n")
    return path, hashlib.sha256(b"some bytes\n").hexdigest()


X = {"ident": "x", "amount": 100, "currency": "EUR"}
Y = {"ident": "y", "amount": 200, "currency": "EUR"}
Z = {"ident": "z", "amount": 300, "currency": "EUR"}


def test_twins_in_one_file_are_kept(ws: Workspace, put: Put, all_rows: Rows) -> None:
    assert put(ws, "a", [X, X, Y, X]) == Counts(rows=4, added=4, known=0, changed=0)
    assert all_rows(ws) == [X, X, Y, X]


def test_id_01_overlap_adds_only_what_is_new(ws: Workspace, put: Put, all_rows: Rows) -> None:
    """Rule ID-01: file1 [x, x, x], file2 [x, x, x]: stored 3."""
    put(ws, "a", [X, X, X])
    assert put(ws, "b", [X, X, X]) == Counts(3, 0, 3, 0)
    assert put(ws, "c", [X, Y, X, X, X]) == Counts(5, 2, 3, 0)
    assert all_rows(ws) == [X, X, X, Y, X]


def test_other_sources_do_not_overlap(ws: Workspace, put: Put, form: Format) -> None:
    put(ws, "a", [X])
    other = Format("other", RecordType.BANK_LINE, form.key)
    assert put(ws, "b", [X], other) == Counts(1, 1, 0, 0)


def test_a_changed_row_is_a_conflict_and_changes_nothing(ws: Workspace, put: Put, all_rows: Rows) -> None:
    put(ws, "a", [{**X, "fee": 3, "text": "old"}, Y])
    counts = put(ws, "b", [Z, {**X, "fee": 4, "text": "old"}])
    assert counts == Counts(rows=2, added=1, known=0, changed=1)
    assert all_rows(ws) == [{**X, "fee": 3, "text": "old"}, Y, Z]
    assert changes(ws) == [(1, 2, 2, "conflict", '{"fee":3}', '{"fee":4}')]


def test_progress_is_taken_and_what_was_before_is_kept(ws: Workspace, put: Put, all_rows: Rows) -> None:
    put(ws, "a", [{**X, "status": "pending"}, Y])
    counts = put(ws, "b", [{**X, "status": "paid", "grp": "P1"}, Y])
    assert counts == Counts(rows=2, added=0, known=1, changed=1)
    assert all_rows(ws)[0] == {**X, "status": "paid", "grp": "P1"}
    before = '{"grp":null,"status":"pending"}'
    assert changes(ws) == [(1, 2, 1, "progress", before, '{"grp":"P1","status":"paid"}')]


def test_progress_together_with_a_contradiction_is_a_conflict(
    ws: Workspace, put: Put, all_rows: Rows
) -> None:
    put(ws, "a", [{**X, "status": "pending", "fee": 1}])
    put(ws, "b", [{**X, "status": "paid", "fee": 2}])
    assert all_rows(ws) == [{**X, "status": "pending", "fee": 1}]
    assert [change[3] for change in changes(ws)] == ["conflict"]


def test_progress_can_go_back(ws: Workspace, put: Put, all_rows: Rows) -> None:
    """The stored digest follows the stored values: an earlier state that returns is seen."""
    for number, status in enumerate(["not_paid", "paid", "not_paid", "paid"]):
        put(ws, str(number), [{**X, "status": status, "text": str(number) if number == 9 else "t"}])
        assert all_rows(ws)[0]["status"] == status
    assert len(changes(ws)) == 3


def test_filling_a_blank_is_progress_and_emptying_is_a_conflict(
    ws: Workspace, put: Put, all_rows: Rows
) -> None:
    put(ws, "a", [X, {**Y, "ref": "r"}])
    put(ws, "b", [{**X, "ref": "new"}, Y])
    assert all_rows(ws) == [{**X, "ref": "new"}, {**Y, "ref": "r"}]
    assert [(change[0], change[3]) for change in changes(ws)] == [(1, "progress"), (2, "conflict")]


def test_a_file_without_a_column_contradicts_nothing(ws: Workspace, put: Put, all_rows: Rows) -> None:
    put(ws, "wide", [{**X, "text": "t", "fee": 3}])
    assert put(ws, "narrow", [X]) == Counts(1, 0, 1, 0)
    assert put(ws, "wide again", [{**X, "text": "t", "fee": 3}, Y]) == Counts(2, 1, 1, 0)
    assert all_rows(ws) == [{**X, "text": "t", "fee": 3}, Y]
    assert changes(ws) == []


def test_many_changes_of_different_kinds(ws: Workspace, put: Put, all_rows: Rows) -> None:
    rows = [{**X, "ident": str(i), "status": "a", "fee": 1} for i in range(300)]
    put(ws, "a", rows)
    later = [
        {**row, "status": "b" if i % 3 == 0 else "a", "fee": 2 if i % 5 == 0 else 1}
        for i, row in enumerate(rows)
    ]
    counts = put(ws, "b", later)
    assert counts.changed == len([i for i in range(300) if i % 3 == 0 or i % 5 == 0])
    stored = all_rows(ws)
    for i in range(300):
        taken = i % 3 == 0 and i % 5 != 0
        assert stored[i] == {**rows[i], "status": "b" if taken else "a"}


def test_an_empty_file_adds_nothing_and_is_kept(ws: Workspace, put: Put) -> None:
    assert put(ws, "a", []) == Counts(0, 0, 0, 0)
    assert [entry.period for entry in list_imports(ws)] == [None]


def test_what_the_ledger_keeps(ws: Workspace, file: tuple[Path, str], form: Format, batch: Batch) -> None:
    path, sha256 = file
    findings = Findings((Proof("sum", "1", "2", ok=False),), {("Amount", "EUR"): 300}, ("look",))
    with importing(ws, path, sha256, form, {"date_order": "dmy"}) as current:
        current.staging.add(batch([{**X, "day": 20_000}, {**Y, "day": 19_990}]))
        current.staging.add(batch([{**Z, "day": 20_005}, {**Z, "ident": "no day"}]))
        assert list_imports(ws) == []  # nothing is seen before it is whole
        current.publish(findings)
    (entry,) = list_imports(ws)
    assert (entry.id, entry.file, entry.sha256, entry.source) == (1, "some.csv", sha256, "tiny")
    assert entry.counts == Counts(4, 4, 0, 0)
    assert entry.period == (19_990, 20_005)
    assert entry.options == {"date_order": "dmy"}
    assert entry.findings == findings
    assert entry.imported_at.endswith("Z")
    assert find_imports(ws, sha256) == [entry]
    assert find_imports(ws, "0" * 64) == []
    assert list_imports(ws, source="tiny", record_type=RecordType.PAYMENT_LINE) == [entry]
    assert list_imports(ws, source="other") == list_imports(ws, record_type=RecordType.ORDER) == []
    assert [event.what for event in events.list_events(ws, "1")] == ["imported"]


def test_the_original_is_kept_and_comes_back(ws: Workspace, file: tuple[Path, str], form: Format) -> None:
    path, sha256 = file
    with importing(ws, path, sha256, form, {}) as current:
        current.publish(Findings())
    assert gzip.decompress(original(ws, sha256).read_bytes()) == path.read_bytes()
    with unpacked(ws, sha256, "some.csv") as copy:
        assert copy.name == "some.csv"
        assert copy.read_bytes() == path.read_bytes()
    assert not copy.exists()
    original(ws, sha256).write_bytes(b"junk")
    with pytest.raises(WorkspaceError, match="is damaged"), unpacked(ws, sha256, "some.csv"):
        pass


def leftovers(ws: Workspace) -> list[str]:
    known = {"ledger.sqlite", "cache.sqlite", "originals", "backups"}
    found = {path.name.removesuffix("-wal").removesuffix("-shm") for path in ws.folder.iterdir()} - known
    return sorted(found) + sorted(path.name for path in ws.originals.iterdir())


def test_leaving_without_publishing_leaves_nothing(
    ws: Workspace, file: tuple[Path, str], form: Format, batch: Batch, all_rows: Rows
) -> None:
    path, sha256 = file

    def fail() -> None:
        with importing(ws, path, sha256, form, {}) as current:
            current.staging.add(batch([X]))
            assert staging_path(ws, current.id).exists()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (list_imports(ws), all_rows(ws), leftovers(ws)) == ([], [], [])
    with importing(ws, path, sha256, form, {}) as current:
        assert current.id == 2  # an id is never used again


def test_a_file_that_changes_while_it_is_read_is_rejected(
    ws: Workspace, file: tuple[Path, str], form: Format, all_rows: Rows
) -> None:
    path, _ = file

    def read() -> None:
        with importing(ws, path, "0" * 64, form, {}) as current:
            current.publish(Findings())

    with pytest.raises(FileRejected, match="changed while it was read"):
        read()
    path.unlink()
    with pytest.raises(FileRejected, match="changed while it was read"):
        read()
    assert (list_imports(ws), all_rows(ws), leftovers(ws)) == ([], [], [])


def test_the_same_file_twice_at_once_is_refused(ws: Workspace, file: tuple[Path, str], form: Format) -> None:
    path, sha256 = file
    with importing(ws, path, sha256, form, {}) as current:
        with pytest.raises(WorkspaceError, match="being imported"), importing(ws, path, sha256, form, {}):
            pass
        current.publish(Findings())
    assert len(list_imports(ws)) == 1


def test_a_storage_fault_is_said_plainly(
    ws: Workspace, file: tuple[Path, str], form: Format, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, sha256 = file

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("recon_app.store.imports.keep", full)

    def read() -> None:
        with importing(ws, path, sha256, form, {}) as current:
            current.staging.add(batch([X]))
            current.publish(Findings())

    with pytest.raises(WorkspaceError, match="No space left"):
        read()
    assert (list_imports(ws), leftovers(ws)) == ([], [])


def test_settling_leaves_a_running_import_alone(
    ws: Workspace, file: tuple[Path, str], form: Format, batch: Batch
) -> None:
    path, sha256 = file
    with importing(ws, path, sha256, form, {}) as current:
        current.staging.add(batch([X]))
        with closing(Workspace.open(ws.folder)) as second:
            settle(second)
        current.publish(Findings())
    assert len(list_imports(ws)) == 1


def test_settling_finishes_what_the_cache_has(ws: Workspace, put: Put, all_rows: Rows) -> None:
    """Killed after the cache was written, before the ledger was."""
    counts = put(ws, "a", [X, Y])
    with writing(ws.ledger) as ledger:
        ledger.exec_driver_sql("UPDATE import_file SET status = 'pending', rows = 0, added = 0")
    assert list_imports(ws) == []
    settle(ws)
    assert [entry.counts for entry in list_imports(ws)] == [counts]
    assert all_rows(ws) == [X, Y]


@pytest.mark.parametrize("content", [b"", b"junk" * 5000, b"SQLite format 3\0" + bytes(20_000)])
def test_a_staging_file_damaged_by_a_kill_is_dropped(
    ws: Workspace, put: Put, form: Format, batch: Batch, content: bytes
) -> None:
    put(ws, "a", [X])
    (entry,) = list_imports(ws)
    staging_path(ws, 77).write_bytes(content)
    settle(ws)
    assert not staging_path(ws, 77).exists()
    staging_path(ws, entry.id).write_bytes(content)  # by a program killed while this one runs
    with writing(ws.cache) as cache:
        cache.exec_driver_sql("DELETE FROM loaded")
    with restoring(ws, entry, form) as current:
        assert current is not None
        current.staging.add(batch([X]))
        current.publish(Findings())
    assert missing_imports(ws) == []


def test_settling_drops_what_the_cache_does_not_have(ws: Workspace, put: Put) -> None:
    """Killed before the cache was written."""
    put(ws, "a", [X])
    (entry,) = list_imports(ws)
    with writing(ws.ledger) as ledger, writing(ws.cache) as cache:
        ledger.exec_driver_sql("UPDATE import_file SET status = 'pending'")
        cache.exec_driver_sql("DELETE FROM loaded")
        cache.exec_driver_sql("DELETE FROM record")
    staging_path(ws, entry.id).write_bytes(b"")
    (ws.originals / "x.part").write_bytes(b"")
    (ws.folder / "unpacked-x").mkdir()
    for late in ("staging-7.rows", "staging-7.rest"):  # its reader was still at work when it was found dead
        (ws.folder / late).write_bytes(b"")
    settle(ws)
    assert not list(ws.folder.glob("staging-*"))
    assert (list_imports(ws), leftovers(ws)) == ([], [])
    assert put(ws, "a", [X]).added == 1


def test_settling_clears_records_that_the_ledger_does_not_know(
    ws: Workspace, put: Put, all_rows: Rows, form: Format
) -> None:
    """An older ledger was put back: what a lost file brought first may be in the later files too."""
    put(ws, "a", [X])
    put(ws, "b", [X, Y])
    put(ws, "c", [Z], Format("other", RecordType.BANK_LINE, form.key))
    with writing(ws.ledger) as ledger:
        ledger.exec_driver_sql("DELETE FROM import_file WHERE id = 1")
    with writing(ws.cache) as cache:
        cache.exec_driver_sql("INSERT INTO run (reconciliation, started) VALUES ('settlements', 'x')")
    settle(ws)
    assert all_rows(ws) == [Z]
    assert [entry.file for entry in missing_imports(ws)] == ["b"]
    with ws.cache.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM run").scalar() == 0


def test_a_removed_file_is_gone_and_the_others_are_read_again(
    ws: Workspace, put: Put, all_rows: Rows, form: Format, batch: Batch
) -> None:
    put(ws, "a", [X, Y])
    put(ws, "b", [Y, Z])
    first, second = list_imports(ws)
    remove_imports(ws, [first.id], who="Ann")
    assert not original(ws, first.sha256).exists()
    assert missing_imports(ws) == [second]
    with restoring(ws, second, form) as current:
        assert current is not None
        current.staging.add(batch([Y, Z]))
        current.publish(second.findings)
    assert all_rows(ws) == [Y, Z]
    (entry,) = list_imports(ws)
    assert (entry.id, entry.counts) == (second.id, Counts(2, 2, 0, 0))
    assert [(event.who, event.what) for event in events.list_events(ws, "1")][1:] == [
        ("Ann", "import removed")
    ]
    with pytest.raises(UsageError, match="no import 1"):
        remove_imports(ws, [first.id])
    assert put(ws, "a", [X, Y]) == Counts(2, 1, 1, 0)


def test_a_file_is_not_read_again_twice(ws: Workspace, put: Put, form: Format) -> None:
    put(ws, "a", [X])
    (entry,) = list_imports(ws)
    with restoring(ws, entry, form) as current:
        assert current is None


def test_two_programs_do_not_read_the_same_file_again(ws: Workspace, put: Put, form: Format) -> None:
    put(ws, "a", [X])
    (entry,) = list_imports(ws)
    with (
        restoring(ws, entry, form),
        closing(Workspace.open(ws.folder)) as second,
        pytest.raises(WorkspaceError, match="another window"),
        restoring(second, entry, form),
    ):
        pass


def test_reading_and_deciding_go_on_during_an_import(
    ws: Workspace, file: tuple[Path, str], form: Format, batch: Batch, all_rows: Rows
) -> None:
    path, sha256 = file

    def decide(number: int) -> None:
        with writing(ws.ledger) as connection:
            connection.exec_driver_sql(
                "INSERT INTO decision (case_id, verb, at, who) VALUES (?, 'v', 'x', 'w')", (str(number),)
            )

    with importing(ws, path, sha256, form, {}) as current, ThreadPoolExecutor(1) as pool:
        current.staging.add(batch([X]))
        for number in range(20):
            pool.submit(decide, number).result(timeout=60)
        assert all_rows(ws) == []
        current.publish(Findings())
    assert all_rows(ws) == [X]


ROWS = [{"ident": ident, "amount": amount} for ident in "ab" for amount in (1, 2)]


def files() -> st.SearchStrategy[list[dict[str, Any]]]:
    """A file is any multiset of rows; it has the text column or not, as exports differ in width."""
    rows = st.lists(st.sampled_from(ROWS), max_size=6)
    with_text = rows.map(lambda given: [{**row, "text": f"text {row}"} for row in given])
    return rows | with_text


@pytest.fixture
def fresh(empty_folder: Path, tmp_path: Path) -> Callable[[], Workspace]:
    numbers: Iterator[int] = iter(range(10_000))

    def make() -> Workspace:
        return Workspace.open(shutil.copytree(empty_folder, tmp_path / f"fresh{next(numbers)}"))

    return make


@settings(max_examples=25)
@given(data=st.data())
def test_files_in_any_order_give_the_same_rows(
    data: st.DataObject, fresh: Callable[[], Workspace], put: Put, all_rows: Rows
) -> None:
    given_files = data.draw(st.lists(files(), min_size=2, max_size=4))
    order = data.draw(st.permutations(range(len(given_files))))
    results = []
    for numbers in (range(len(given_files)), order):
        with closing(fresh()) as ws:
            for number in numbers:
                put(ws, str(number), given_files[number])
            with ws.cache.connect() as connection:
                query = "SELECT key, digest, ident, amount, text FROM record ORDER BY key"
                results.append(connection.exec_driver_sql(query).all())
                conflicts = connection.exec_driver_sql("SELECT count(*) FROM change WHERE kind = 'conflict'")
                assert conflicts.scalar() == 0
    assert results[0] == results[1]
