"""A file that holds records of several types: each source reads it as an import of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import pytest

from recon_app import registry
from recon_app.models.problem import AnswerNeeded
from recon_app.models.record import RecordType
from recon_app.services.import_files import FileReport, Status, import_paths
from recon_app.services.preview import preview
from recon_app.services.workspace import open_workspace, remove_file
from recon_app.sources._base import Batch, Chunk, InputFile, Reading, TableSource
from recon_app.store.imports import list_imports
from recon_app.store.originals import original
from recon_app.store.records import read_columns
from recon_app.store.workspace import CACHE, Workspace

PLAIN = "Order,Total\n1,10.00\n2,20.00\n"
REFUNDED = "Order,Total,Refunded\n1,10.00,1.00\n2,20.00,\n"


class Orders(TableSource):
    id = "orders"
    title = "Orders of the tests"
    record_type = RecordType.ORDER
    key = ("ident",)
    required: ClassVar[tuple[str, ...]] = ("Order", "Total")

    def convert(self, chunk: Chunk, options: Mapping[str, str], reading: Reading) -> Batch:
        del options, reading
        return {"ident": chunk.text("Order"), "amount": chunk.money("Total", "EUR", required=True)}


class Refunds(TableSource):
    id = "refunds"
    title = "Refunds of the tests"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident",)
    beside = "orders"
    required: ClassVar[tuple[str, ...]] = ("Order", "Refunded")

    def convert(self, chunk: Chunk, options: Mapping[str, str], reading: Reading) -> Batch:
        del reading
        if chunk.has("Zone") and "zone" not in options:
            raise AnswerNeeded("zone", ("UTC",), "In which zone are the times?")
        return {"ident": chunk.text("Order"), "amount": chunk.money("Refunded", "EUR")}


Know = Callable[..., None]


@pytest.fixture
def know(monkeypatch: pytest.MonkeyPatch) -> Know:
    """``know(source, ...)``: the program has these sources and no others."""

    def install(*sources: TableSource) -> None:
        plugins = {source.id: source for source in sources}
        monkeypatch.setattr(registry, "sources", lambda: plugins)

    install(Orders(), Refunds())
    return install


@pytest.fixture
def ws(tmp_path: Path, know: Know) -> Iterator[Workspace]:
    del know
    with closing(open_workspace(tmp_path / "workspace")) as workspace:
        yield workspace


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(REFUNDED, encoding="utf-8")
    return path


def outcomes(reports: Iterator[FileReport]) -> list[tuple[str, str, int]]:
    return [(report.source, report.status.value, report.added) for report in reports]


def amounts(ws: Workspace) -> dict[str, list[int]]:
    return {
        entry.source: read_columns(ws, [entry.id], ["amount"])["amount"].tolist()
        for entry in list_imports(ws)
    }


def test_each_source_reads_the_file_and_reports(ws: Workspace, path: Path) -> None:
    assert outcomes(import_paths(ws, [path])) == [("orders", "imported", 2), ("refunds", "imported", 2)]
    first, second = list_imports(ws)
    assert first.sha256 == second.sha256
    assert amounts(ws)["orders"] == [1000, 2000]
    assert len(list(ws.originals.iterdir())) == 1
    again = list(import_paths(ws, [path]))
    assert [(report.source, report.status, report.known) for report in again] == [
        ("orders", Status.KNOWN, 2),
        ("refunds", Status.KNOWN, 2),
    ]
    assert preview(ws, path).sources == ("orders",)


def test_one_that_does_not_recognise_the_file_leaves_it(ws: Workspace, path: Path) -> None:
    path.write_text(PLAIN, encoding="utf-8")
    assert outcomes(import_paths(ws, [path])) == [("orders", "imported", 2)]


def test_it_never_claims_a_file_alone(ws: Workspace, path: Path) -> None:
    path.write_text("Order,Refunded\n1,1.00\n", encoding="utf-8")
    assert outcomes(import_paths(ws, [path])) == [("", "rejected", 0)]


def test_a_new_source_reads_a_known_file(ws: Workspace, path: Path, know: Know) -> None:
    know(Orders())
    assert outcomes(import_paths(ws, [path])) == [("orders", "imported", 2)]
    know(Orders(), Refunds())
    assert outcomes(import_paths(ws, [path])) == [("orders", "known", 0), ("refunds", "imported", 2)]


def test_nothing_is_read_beside_a_rejected_file(ws: Workspace, path: Path) -> None:
    path.write_text(REFUNDED.replace("10.00", "ten"), encoding="utf-8")
    assert outcomes(import_paths(ws, [path])) == [("orders", "rejected", 0)]
    assert not list(ws.originals.iterdir())


def test_what_is_asked_beside_can_be_answered_later(ws: Workspace, path: Path) -> None:
    path.write_text("Order,Total,Refunded,Zone\n1,10.00,1.00,x\n", encoding="utf-8")
    assert outcomes(import_paths(ws, [path])) == [("orders", "imported", 1), ("refunds", "ambiguous", 0)]
    assert len(list(ws.originals.iterdir())) == 1
    again = import_paths(ws, [path], options={"zone": "UTC"})
    assert outcomes(again) == [("orders", "known", 0), ("refunds", "imported", 1)]


def test_it_can_be_asked_for_by_name_first(ws: Workspace, path: Path) -> None:
    assert outcomes(import_paths(ws, [path], source="refunds")) == [("refunds", "imported", 2)]
    assert outcomes(import_paths(ws, [path])) == [("refunds", "known", 0), ("orders", "imported", 2)]


def test_a_file_is_removed_with_all_that_was_read_from_it(ws: Workspace, path: Path) -> None:
    list(import_paths(ws, [path]))
    entry = list_imports(ws)[1]
    remove_file(ws, entry.id)
    assert list_imports(ws) == []
    assert not original(ws, entry.sha256).exists()
    assert len(outcomes(import_paths(ws, [path]))) == 2


def test_a_lost_cache_gets_both_back(ws: Workspace, path: Path) -> None:
    list(import_paths(ws, [path]))
    before = amounts(ws)
    ws.close()
    (ws.folder / CACHE).unlink()
    with closing(open_workspace(ws.folder)) as again:
        assert amounts(again) == before


def test_an_open_file_of_a_source_that_is_no_more_stays_known(ws: Workspace, path: Path, know: Know) -> None:
    list(import_paths(ws, [path]))
    know(Refunds())
    assert [report.status for report in import_paths(ws, [path])] == [Status.KNOWN, Status.KNOWN]


def test_a_file_is_looked_at_once(ws: Workspace, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder full of known files is passed over quickly."""
    list(import_paths(ws, [path]))
    monkeypatch.setattr(InputFile, "head_rows", property(lambda _: pytest.fail("looked at")))
    assert len(list(import_paths(ws, [path]))) == 2


class NoOrders(Orders):
    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        for _ in super().read(file, options, reading):
            yield from ()


class NoRefunds(Refunds):
    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        for _ in super().read(file, options, reading):
            yield from ()


@pytest.mark.parametrize(
    ("main", "beside", "kept"),
    [
        (Orders(), NoRefunds(), "orders"),
        (NoOrders(), Refunds(), "refunds"),
        (NoOrders(), NoRefunds(), "orders"),
    ],
)
def test_only_sources_that_find_records_are_kept(
    ws: Workspace, path: Path, know: Know, main: TableSource, beside: TableSource, kept: str
) -> None:
    know(main, beside)
    assert [report.source for report in import_paths(ws, [path])] == [kept]
    assert [(report.source, report.status) for report in import_paths(ws, [path])] == [(kept, Status.KNOWN)]
    assert [entry.source for entry in list_imports(ws)] == [kept]
    assert len(list(ws.originals.iterdir())) == 1
