"""Paged rows: only pages are read, nothing old arrives late, the model is a model."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from recon_app.models.record import Side
from recon_app.services.listing import Row
from recon_app.ui.formats import MINUS
from recon_app.ui.jobs_bridge import JobsBridge
from recon_app.ui.screens.case_panes import SidePane, SpinePane, mirrored
from recon_app.ui.tables.page_model import LOADING, PAGE_ROWS, Cell, PagedRows, PageModel
from recon_app.ui.words import Family, Wording
from tests.ui.fake_backend import IMAGE, ODOO, PLATFORM, FakeListing, row

MILLION = 1_000_000


@pytest.fixture
def rows(jobs: JobsBridge) -> PagedRows[Row]:
    return PagedRows(jobs)


def listing(count: int = MILLION) -> FakeListing:
    return FakeListing(range(count), {})


def left(rows: PagedRows[Row]) -> PageModel[Row]:
    return PageModel(rows, SidePane(Side.PLATFORM, PLATFORM))


def test_it_is_a_well_behaved_model(
    qtbot: QtBot, jobs: JobsBridge, rows: PagedRows[Row], qtmodeltester: ModelTester
) -> None:
    for pane in (SidePane(Side.PLATFORM, PLATFORM), SpinePane((Side.PLATFORM, Side.ODOO))):
        model: PageModel[Row] = PageModel(rows, pane)
        qtmodeltester.check(model)  # type: ignore[no-untyped-call]
        rows.open(listing(1000))
        qtmodeltester.check(model)  # type: ignore[no-untyped-call]
        qtbot.waitUntil(jobs.idle)
        rows.open(listing(3))
        qtbot.waitUntil(jobs.idle)
        rows.open(None)


def test_a_cell_is_a_placeholder_until_its_page_is_there(
    qtbot: QtBot, jobs: JobsBridge, rows: PagedRows[Row]
) -> None:
    model = left(rows)
    rows.open(listing())
    assert model.rowCount() == MILLION
    assert model.cell(500_000, 2) is LOADING
    with qtbot.waitSignal(model.dataChanged):
        qtbot.waitUntil(jobs.idle)
    assert model.cell(500_000, 2).text == "#500000"
    assert model.data(model.index(500_000, 3)) == "6,000.00"


def test_widths_of_all_columns_are_measured_at_once(
    qtbot: QtBot, jobs: JobsBridge, rows: PagedRows[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = SidePane(Side.PLATFORM, PLATFORM)
    model = PageModel(rows, pane)
    made: list[Row] = []
    make = pane.cells

    def counted(row: Row) -> Sequence[Cell]:
        made.append(row)
        return make(row)

    monkeypatch.setattr(pane, "cells", counted)
    metrics = QFontMetrics(QFont())
    assert model.widest(2, metrics, 120) == 0, "nothing is there yet"
    rows.open(listing())
    model.cell(0, 2)
    qtbot.waitUntil(jobs.idle)
    made.clear()
    widths = [model.widest(column, metrics, 120) for column in (*range(len(PLATFORM)), 2)]
    assert len(made) == 120
    texts = [cells[2].text for cells in map(make, made) if not cells[2].across]
    assert widths[2] == max(map(metrics.horizontalAdvance, texts)) > 0
    assert model.widest(2, QFontMetrics(QFont("", 30)), 120) > widths[2], "the text size counts"
    rows.open(listing(3))
    model.cell(0, 2)
    qtbot.waitUntil(jobs.idle)
    made.clear()
    model.widest(2, metrics, 120)
    assert len(made) == 3, "other rows are measured anew"


def test_a_million_rows_are_read_in_pages_only(qtbot: QtBot, jobs: JobsBridge, rows: PagedRows[Row]) -> None:
    source = listing()
    model = left(rows)
    rows.open(source)
    chance = random.Random(7)  # noqa: S311 - the same rows in every run
    for _ in range(60):
        first = chance.randrange(MILLION - 40)
        for number in range(first, first + 40):
            model.cell(number, 0)
        qtbot.wait(1)
    qtbot.waitUntil(jobs.idle)
    assert source.asked
    assert all(count == PAGE_ROWS and start % PAGE_ROWS == 0 for start, count, _ in source.asked)
    assert all(thread.startswith("reader") for _, _, thread in source.asked)
    assert len(source.asked) <= 2 * 60


def test_what_was_scrolled_past_is_not_read(qtbot: QtBot, jobs: JobsBridge, rows: PagedRows[Row]) -> None:
    source = listing()
    source.gate.clear()
    model = left(rows)
    rows.open(source)
    for page in range(200):
        model.cell(page * PAGE_ROWS, 0)
    source.gate.set()
    qtbot.waitUntil(jobs.idle)
    assert len(source.asked) <= 5
    assert model.cell(199 * PAGE_ROWS, 2).text != LOADING.text


def test_a_late_page_of_an_older_result_is_dropped(
    qtbot: QtBot, jobs: JobsBridge, rows: PagedRows[Row]
) -> None:
    old = FakeListing(range(5000, 10_000), {})
    old.gate.clear()
    model = left(rows)
    rows.open(old)
    model.cell(0, 0)
    qtbot.waitUntil(lambda: bool(old.asked))
    rows.open(listing(2000))
    old.gate.set()
    qtbot.waitUntil(jobs.idle)
    assert model.cell(0, 2) is LOADING
    qtbot.waitUntil(jobs.idle)
    assert model.cell(0, 2).text == "#0000"


def test_the_memory_of_pages_is_bounded(qtbot: QtBot, jobs: JobsBridge, rows: PagedRows[Row]) -> None:
    source = listing()
    model = left(rows)
    rows.open(source)
    for page in range(90):
        model.cell(page * PAGE_ROWS, 0)
        qtbot.waitUntil(jobs.idle)
    before = len(source.asked)
    assert model.cell(0, 0) is not None
    assert rows.ready(0) is None
    assert rows.ready(89 * PAGE_ROWS) is not None
    assert before == 90


def test_the_same_rows_keep_their_place(qtbot: QtBot, jobs: JobsBridge, rows: PagedRows[Row]) -> None:
    model = left(rows)
    first = listing(1000)
    rows.open(first, {0: first.rows(0, PAGE_ROWS)})
    with qtbot.assertNotEmitted(model.modelReset):
        rows.open(listing(1000), {0: first.rows(0, PAGE_ROWS)}, same_rows=True)
    with qtbot.waitSignal(model.modelReset):
        rows.open(listing(999), same_rows=True)


def test_a_failing_source_is_announced_and_may_be_asked_again(qtbot: QtBot, rows: PagedRows[Row]) -> None:
    class Broken:
        count = 10

        def rows(self, start: int, n: int) -> list[Row]:
            raise OSError(start, n)

    model = left(rows)
    rows.open(Broken())
    for _ in range(2):
        with qtbot.waitSignal(rows.failed) as caught:
            model.cell(0, 0)
        assert isinstance(caught.args[0], OSError)


def ready(rows: PagedRows[Row], pane: Any) -> PageModel[Row]:
    model: PageModel[Row] = PageModel(rows, pane)
    source = listing(100)
    rows.open(source, {0: source.rows(0, PAGE_ROWS)})
    return model


def test_differing_cells_are_tinted_and_say_so(rows: PagedRows[Row]) -> None:
    model = ready(rows, SidePane(Side.ODOO, ODOO))
    cell = model.cell(1, 2)
    assert cell.tint
    assert cell.family is Family.DIFFERS
    spoken = model.data(model.index(1, 2), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "987.51 EUR, differs"
    assert not model.cell(1, 0).tint


def test_a_missing_side_is_hatched_and_named(rows: PagedRows[Row]) -> None:
    model = ready(rows, SidePane(Side.ODOO, ODOO))
    cell = model.cell(2, 0)
    assert cell.hatch
    assert cell.text == "Not in Odoo"


def test_the_spine_says_kind_and_difference(rows: PagedRows[Row]) -> None:
    model = ready(rows, SpinePane((Side.PLATFORM, Side.ODOO)))
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.data(model.index(1, 0), role) == "Amount differs"
    assert model.data(model.index(1, 1)) == "\N{MINUS SIGN}12.50"
    assert model.data(model.index(1, 2)) == "EUR"
    assert model.data(model.index(1, 3), role) == "Open"
    assert model.data(model.index(2, 0), role) == "Not in Odoo"


def test_the_spine_names_both_currencies_where_they_differ() -> None:
    there = row(1)
    platform, odoo = there.records[Side.PLATFORM], there.records[Side.ODOO]
    dollars = replace(odoo, values={**odoo.values, "currency": "USD"})
    mixed = replace(there, records={Side.PLATFORM: platform, Side.ODOO: dollars})
    spine = SpinePane((Side.PLATFORM, Side.ODOO))
    assert spine.plain(mixed)[2] == "EUR/USD"
    assert spine.cells(replace(mixed, part=1, delta=None))[2].text == "EUR/USD"


def test_the_spine_names_the_unit_of_goods_and_the_currency_of_their_value() -> None:
    goods = replace(row(1), unit="Units", delta=-1_000_000, value=-250)
    spine = SpinePane((Side.PLATFORM, Side.ODOO), values=True, wording=Wording.GOODS)
    assert [cell.text for cell in spine.cells(goods)][1:5] == [f"{MINUS}1", "Units", f"{MINUS}2.50", "EUR"]
    further = spine.cells(replace(goods, part=1, delta=None))
    assert [cell.text for cell in further][1:5] == ["", "Units", "", ""]
    assert list(spine.plain(goods))[1:5] == ["-1", "Units", "-2.50", "EUR"]


def test_foreign_text_is_text(rows: PagedRows[Row]) -> None:
    model = ready(rows, SidePane(Side.ODOO, ODOO))
    index = model.index(0, 1)
    assert model.data(index) == IMAGE
    assert model.data(index, Qt.ItemDataRole.ToolTipRole) == "<span>&lt;img src=x&gt;</span>"


def test_amounts_of_the_right_pane_stand_beside_the_difference() -> None:
    assert [column.field for column in mirrored(ODOO)] == ["amount", "ref", "account", "file"]
