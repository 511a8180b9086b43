"""A file read in two parts is what it is read in one go: records, proofs, faults, conflicts and twins."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app import registry
from recon_app.models.problem import ReconError
from recon_app.services import import_files, parts
from recon_app.services.import_files import FileReport, Status, import_paths
from recon_app.services.reader import Worker, dismiss
from recon_app.services.reading import batches, finish
from recon_app.services.workspace import open_workspace
from recon_app.sources import _file
from recon_app.sources._base import Batch, InputFile, Reading, Source
from recon_app.store.imports import list_imports
from recon_app.store.schema import change, loaded, record
from recon_app.store.workspace import Workspace

DATA = Path(__file__).parent.parent / "sources" / "data"
DIVIDED = [source for source in registry.sources().values() if source.divides]
SAMPLES = [(source, path) for source in DIVIDED for path in sorted((DATA / source.id).glob("*.csv"))]
HEADER = "Transaction Date,Type,Order,Payout Status,Payout Date,Amount,Fee,Net,Checkout,Currency"
LINE = "2026-09-{day:02} 14:00:00 -0400,{kind},#{order},paid,2026-09-14,{order}.00,1.00,{net}.00,{note},USD"


def read(file: InputFile, source: Source) -> tuple[list[Batch], Reading]:
    reading = Reading()
    found = list(batches(file, source, {"currency": "USD"}, reading))
    return found, reading


def rows(found: list[Batch]) -> list[dict[str, Any]]:
    """Records as dicts."""
    return [
        dict(zip(batch, values, strict=True))
        for batch in found
        for values in zip(*(np.asarray(column).tolist() for column in batch.values()), strict=True)
    ]


def learnt(reading: Reading) -> dict[str, Any]:
    return {**vars(reading), "locate": None, "totals": list(reading.totals.items())}


@pytest.fixture
def known_types(tmp_path: Path) -> Callable[[Path], Path]:
    """``known_types(path)``: a sample without the lines of types that the program does not know."""

    def copied(path: Path) -> Path:
        lines = path.read_bytes().splitlines(keepends=True)
        copy = tmp_path / path.name
        copy.write_bytes(b"".join(line for line in lines if not re.search(rb"teleport|mystery_credit", line)))
        return copy

    return copied


def line_starts(path: Path) -> list[int]:
    lines = path.read_bytes().splitlines(keepends=True)
    return [sum(map(len, lines[:count])) for count in range(2, len(lines))]


@pytest.mark.parametrize(
    ("source", "path"), SAMPLES, ids=[f"{source.id}/{path.name}" for source, path in SAMPLES]
)
@pytest.mark.parametrize("known", [True, False])
def test_samples_cut_at_any_line(
    source: Source, path: Path, known: bool, known_types: Callable[[Path], Path]
) -> None:
    """Both parts together are the whole file, or they are refused."""
    path = known_types(path) if known else path
    file = InputFile(path)
    expected, whole = read(file, source)
    finish(whole, source, cut_off=file.cut_off)
    for place in line_starts(path):
        first_part, rest_part = file.parts_at(place)
        try:
            (first, reading), (rest, more) = read(first_part, source), read(rest_part, source)
        except ReconError:
            continue
        if reading.continues(more):
            finish(reading, source, cut_off=rest_part.cut_off)
            assert rows([*first, *rest]) == rows(expected)
            assert learnt(reading) == learnt(whole)


@pytest.mark.parametrize("source", DIVIDED, ids=[source.id for source in DIVIDED])
def test_each_divided_source_has_a_sample_that_divides(
    source: Source, known_types: Callable[[Path], Path]
) -> None:
    assert any(_divides(source, known_types(path)) for owner, path in SAMPLES if owner is source)


def _divides(source: Source, path: Path) -> bool:
    file = InputFile(path)
    for place in line_starts(path):
        try:
            (_, reading), (_, more) = (read(part, source) for part in file.parts_at(place))
        except ReconError:
            continue
        if reading.continues(more):
            return True
    return False


def test_where_a_part_ends_within_a_cell_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "quoted.csv"
    line = LINE.format(day=1, kind="charge", order=5, net=4, note='"a\nb"')
    path.write_text(f"{HEADER}\n{line}\n{line}\n")
    place = path.read_text().index("\nb") + 1
    source = registry.sources()["shopify_payment_transactions"]
    with pytest.raises(ReconError, match="a quote does not close"):
        read(InputFile(path).parts_at(place)[0], source)


@pytest.mark.parametrize(
    ("content", "is_cut"),
    [
        (b"a,b\n" * 10_000, True),
        (b"a,b\r\n" * 10_000, True),
        (b"a,b\n" * 100, False),  # small
        (b"a,b\r" * 10_000, False),  # no line feed
        ("a,b\n".encode("utf-16") * 10_000, False),
        (b"a,b\n" * 9_000 + b"\xef\xbb\xbfa,b\n" * 9_000, False),  # a mark must not be taken for the file's
    ],
)
def test_only_lines_of_bytes_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, is_cut: bool
) -> None:
    monkeypatch.setattr(_file, "_HEAD_BYTES", 2_000)
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    cut = InputFile(path).parts()
    assert (cut is not None) is is_cut
    if cut is not None:
        first, rest = cut
        assert [*first.rows(), *rest.rows()] == list(InputFile(path).rows())
        assert rest.lines_before == len(list(first.rows()))


@pytest.fixture
def divide(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """``divide(yes)``: whether the next files are read in parts, however small they are."""

    def choose(yes: bool) -> None:
        monkeypatch.setattr(import_files, "BIG_BYTES", 1)
        monkeypatch.setattr(_file, "_HEAD_BYTES", 200)
        monkeypatch.setattr("os.cpu_count", lambda: 2 if yes else 1)

    return choose


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """Whether each file that was read in parts could be."""
    outcomes: list[bool] = []
    original = parts.read_in_parts

    def noted(*args: Any) -> Any:
        outcome = yield from original(*args)
        outcomes.append(outcome)
        return outcome

    monkeypatch.setattr(import_files, "read_in_parts", noted)
    yield outcomes
    dismiss()


def contents(ws: Workspace) -> list[Any]:
    with ws.cache.connect() as cache:
        tables = [[tuple(row) for row in cache.execute(each.select())] for each in (record, loaded, change)]
    return [*tables, [replace(entry, imported_at="", written=None) for entry in list_imports(ws)]]


class Here:
    """Stands for another process, and works in this one."""

    told = (0, 0)

    def begin(self, work: Callable[..., Any], *args: Any, limits: None = None) -> None:
        del limits
        self._outcome = work(*args, lambda *_: None)

    def wait(self, tell: Callable[[int, int], None]) -> Any:
        tell(0, 0)
        return self._outcome


@contextmanager
def in_this_process(parted: bool) -> Iterator[None]:
    """Files are read in parts, or not, without the cost of processes."""

    @contextmanager
    def worker_for(*_: object, **__: object) -> Iterator[Worker]:
        yield Worker(Here(), None, may_divide=parted)  # type: ignore[arg-type]

    with (
        patch.object(import_files, "worker_for", worker_for),
        patch.object(Worker, "__call__", lambda _, work, *args, **__: work(*args, lambda *_: None)),
        patch.object(Worker, "patiently", lambda _, work, *__: work()),
        patch.object(parts, "borrowed", lambda **_: nullcontext(Here())),
        patch.object(_file, "_HEAD_BYTES", 200),
    ):
        yield


Order = tuple[int, str, int]  # number, what is wrong or odd, day
ORDERS = st.lists(
    st.tuples(
        st.integers(1, 12),
        st.sampled_from(["", "", "", "", "blank line", "two lines", "twin"]),
        st.integers(1, 3),
    ),
    min_size=8,
    max_size=40,
)


def written(path: Path, orders: list[Order], odd: str, end: str) -> Path:
    """A file in which one line, in the middle, is odd."""
    lines = [HEADER]
    for order, what, day in orders:
        note = '"two\nlines"' if what == "two lines" else f"c{order}"
        line = LINE.format(day=day, kind="charge", order=order, net=order - 1, note=note)
        lines += {"blank line": [line, ""], "twin": [line, line]}.get(what, [line])
    lines[len(lines) * 3 // 4] += {"": "", "width": ",", "quote": '"x', "amount": ""}[odd]
    if odd == "amount":
        lines[-1] = lines[-1].replace(",1.00,", ",1.005,")
    path.write_text("\n".join(lines) + end)
    return path


@settings(max_examples=25)
@given(ORDERS, ORDERS, st.sampled_from(["", "", "", "width", "quote", "amount"]), st.sampled_from(["\n", ""]))
def test_any_files_are_stored_alike(
    tmp_path_factory: pytest.TempPathFactory,
    empty_workspace: Path,
    orders: list[Order],
    later: list[Order],
    odd: str,
    end: str,
) -> None:
    """An overlapping file follows the first; both with blank lines, twins, faults and lines within cells."""
    folder = tmp_path_factory.mktemp("alike")
    paths = [written(folder / "a.csv", orders, odd, end), written(folder / "b.csv", later, "", "\n")]
    found: list[tuple[list[FileReport], list[Any]]] = []
    for parted in (False, True):
        ws = Workspace.open(shutil.copytree(empty_workspace, folder / f"workspace {parted}"))
        with in_this_process(parted):
            reports = list(import_paths(ws, paths))
        found.append(([replace(report, first_imported_at="") for report in reports], contents(ws)))
        ws.close()
    assert found[0] == found[1]


def test_a_plain_file_is_read_in_parts(
    tmp_path: Path, divide: Callable[[bool], None], taken: list[bool]
) -> None:
    orders = [(number, "", 1 + number % 3) for number in range(1, 300)]
    path = written(tmp_path / "a.csv", orders, "", "\n")
    divide(True)
    ws = open_workspace(tmp_path / "workspace")
    told: list[tuple[int, int]] = []
    (report,) = import_paths(ws, [path], progress=lambda _, done, total: told.append((done, total)))
    assert (report.status, report.rows, report.added, taken) == (Status.IMPORTED, 299, 299, [True])
    with ws.cache.connect() as cache:
        assert [row.row for row in cache.execute(record.select().order_by(record.c.id))] == list(
            range(1, 300)
        )
    assert not list(ws.folder.glob("staging-*"))
    ws.close()


@pytest.mark.parametrize("odd", ["width", "quote", "amount"])
def test_a_faulty_file_is_read_again(
    tmp_path: Path, divide: Callable[[bool], None], taken: list[bool], odd: str
) -> None:
    path = written(tmp_path / "a.csv", [(number, "", 1) for number in range(1, 100)], odd, "\n")
    divide(True)
    ws = open_workspace(tmp_path / "workspace")
    (report,) = import_paths(ws, [path])
    assert (report.status, taken) == (Status.REJECTED, [False])
    assert report.problems[0].line == {"width": 76, "quote": 76, "amount": 100}[odd]
    assert not list(ws.folder.glob("staging-*"))
    ws.close()


def test_two_files_at_once_are_not_divided(
    tmp_path: Path, divide: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    divide(True)
    helpers: list[object] = []
    monkeypatch.setattr(parts, "borrowed", lambda **_: helpers.append(1))
    paths = [
        written(tmp_path / f"{size}.csv", [(number, "", 1) for number in range(1, size)], "", "\n")
        for size in (90, 100)
    ]
    ws = open_workspace(tmp_path / "workspace")
    assert [report.status for report in import_paths(ws, paths)] == [Status.IMPORTED] * 2
    assert not helpers
    ws.close()
    dismiss()
