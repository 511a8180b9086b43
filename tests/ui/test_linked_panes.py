"""Three tables that behave like one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from recon_app.models.record import Side
from recon_app.services.listing import Row
from recon_app.ui.jobs_bridge import JobsBridge
from recon_app.ui.screens.case_panes import SidePane, SpinePane
from recon_app.ui.settings import Settings
from recon_app.ui.tables import cell_delegate
from recon_app.ui.tables.copying import Extract, tab_separated, write_csv
from recon_app.ui.tables.linked_panes import LEFT, RIGHT, SPINE, LinkedPanes, Place
from recon_app.ui.tables.page_model import PAGE_ROWS, PagedRows
from recon_app.ui.tables.pane_view import CURRENCIES, layout_key
from recon_app.ui.theme import LIGHT, Appearance
from recon_app.ui.words import Family
from tests.ui.fake_backend import ODOO, PLATFORM, FakeListing

MILLION = 1_000_000


def quiet(text: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def make(jobs: JobsBridge, count: int) -> LinkedPanes:
    rows: PagedRows[Row] = PagedRows(jobs)
    sides = (
        SidePane(Side.PLATFORM, PLATFORM),
        SpinePane((Side.PLATFORM, Side.ODOO)),
        SidePane(Side.ODOO, ODOO),
    )
    panes = LinkedPanes(rows, sides, Settings(), "test")
    rows.setParent(panes)
    source = FakeListing(range(count), {})
    rows.open(source, {0: source.rows(0, PAGE_ROWS)})
    return panes


@pytest.fixture
def panes(qtbot: QtBot, jobs: JobsBridge, appearance: Appearance) -> Iterator[LinkedPanes]:
    made = make(jobs, MILLION)
    made.resize(1100, 500)
    with qtbot.waitExposed(made, timeout=60_000):
        made.show()
    qtbot.waitUntil(jobs.idle)
    yield made
    qtbot.waitUntil(jobs.idle)
    made.close()
    made.deleteLater()


def test_all_panes_scroll_together(qtbot: QtBot, panes: LinkedPanes) -> None:
    for number, value in ((LEFT, 40), (SPINE, 900_000), (RIGHT, 123)):
        panes.views[number].verticalScrollBar().setValue(value)
        assert {view.verticalScrollBar().value() for view in panes.views} == {value}
        tops = {view.rowAt(1) for view in panes.views}
        assert tops == {value}


def test_rows_align_at_the_bottom_too(qtbot: QtBot, panes: LinkedPanes) -> None:
    panes.views[RIGHT].setColumnWidth(0, 2000)
    qtbot.wait(20)
    assert len({view.viewport().height() for view in panes.views}) == 1
    panes.views[RIGHT].setColumnWidth(0, 60)
    qtbot.wait(20)
    assert len({view.viewport().height() for view in panes.views}) == 1


def test_two_currencies_of_a_later_row_are_not_cut(panes: LinkedPanes) -> None:
    """The widths come from the first rows, which seldom have a payment in another currency."""
    spine = panes.views[SPINE]
    column = [one.field for one in spine.columns].index(CURRENCIES)
    text = spine.delegate.bold_metrics().horizontalAdvance("EUR/USD")
    assert spine.columnWidth(column) >= text + 2 * spine.delegate.padding()


def test_the_current_row_is_one(qtbot: QtBot, panes: LinkedPanes) -> None:
    view = panes.views[RIGHT]
    place = view.visualRect(view.model().index(5, 1)).center()
    with qtbot.waitSignal(panes.current_changed) as moved:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert moved.args == [5]
    assert {one.current_row() for one in panes.views} == {5}
    assert all(one.selectionModel().isRowSelected(5) for one in panes.views)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert {one.current_row() for one in panes.views} == {6}


def test_home_and_end_go_through_a_million_rows(qtbot: QtBot, panes: LinkedPanes) -> None:
    QTest.keyClick(panes.views[LEFT], Qt.Key.Key_End)
    assert panes.current_row() == MILLION - 1
    QTest.keyClick(panes.views[LEFT], Qt.Key.Key_Home)
    assert panes.current_row() == 0


def test_enter_opens_a_row(qtbot: QtBot, panes: LinkedPanes) -> None:
    panes.set_current_row(3)
    with qtbot.waitSignal(panes.opened) as opened:
        QTest.keyClick(panes.views[LEFT], Qt.Key.Key_Return)
    assert opened.args == [3]


def test_letters_do_not_search(qtbot: QtBot, panes: LinkedPanes) -> None:
    panes.set_current_row(3)
    QTest.keyClicks(panes.views[LEFT], "#0050")
    assert panes.current_row() == 3


def test_all_rows_are_selected_as_a_fact(qtbot: QtBot, panes: LinkedPanes) -> None:
    QTest.keyClick(panes.views[SPINE], Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert panes.selected_count() == MILLION
    assert panes.views[LEFT].selectionModel().selection().count() <= 1
    QTest.keyClick(panes.views[LEFT], Qt.Key.Key_Down)
    assert panes.selected_count() == 1


def test_a_range_is_selected_in_every_pane(qtbot: QtBot, panes: LinkedPanes) -> None:
    panes.set_current_row(2)
    for _ in range(3):
        QTest.keyClick(panes.views[LEFT], Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert panes.selected_ranges() == [range(2, 6)]
    assert all(view.selectionModel().isRowSelected(4) for view in panes.views)


def click_header(qtbot: QtBot, panes: LinkedPanes, pane: int, column: int) -> None:
    header = panes.views[pane].horizontalHeader()
    middle = QPoint(header.sectionViewportPosition(column) + 10, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=middle)


def test_a_header_asks_for_sorting_and_turns_round(qtbot: QtBot, panes: LinkedPanes) -> None:
    asked: list[tuple[Place, bool]] = []
    panes.sort_wanted.connect(lambda place, down: asked.append((place, down)))
    click_header(qtbot, panes, RIGHT, 2)
    click_header(qtbot, panes, RIGHT, 2)
    click_header(qtbot, panes, LEFT, 1)
    place = Place(RIGHT, "amount")
    assert asked == [(place, False), (place, True), (Place(LEFT, "day"), False)]
    assert not panes.views[RIGHT].horizontalHeader().isSortIndicatorShown()
    assert panes.views[LEFT].horizontalHeader().isSortIndicatorShown()


def test_columns_are_chosen_in_a_menu_and_remembered(
    qtbot: QtBot, jobs: JobsBridge, panes: LinkedPanes
) -> None:
    menu = panes.column_menu()
    text = next(action for action in menu.actions() if action.text() == "Text")
    assert not text.isChecked()
    text.trigger()
    assert 5 in panes.views[LEFT].shown_columns()
    panes.save_layout()
    other = make(jobs, 10)
    qtbot.addWidget(other)
    other.resize(1100, 500)
    other.show()
    qtbot.waitUntil(lambda: 5 in other.views[LEFT].shown_columns())
    other.reset_layout()
    assert 5 not in other.views[LEFT].shown_columns()


def test_the_last_column_of_a_pane_cannot_be_hidden(panes: LinkedPanes) -> None:
    for action in panes.column_menu().actions():
        if action.isCheckable() and action.isChecked():
            action.trigger()
    assert all(view.shown_columns() for view in panes.views)


def test_a_layout_belongs_to_its_columns() -> None:
    assert layout_key("a", "0", PLATFORM) != layout_key("a", "0", PLATFORM[:-1])


def test_columns_share_the_width_and_amounts_stay_whole(qtbot: QtBot, panes: LinkedPanes) -> None:
    panes.resize(800, 500)  # what a window of 1024 pixels leaves
    qtbot.wait(20)
    view = panes.views[LEFT]
    shown = view.viewport().width()
    assert view.horizontalHeader().length() <= shown + 1
    amount = view.pane.cells(FakeListing([7], {}).rows(0, 1)[0])[3].text
    assert view.columnWidth(3) > view.delegate.bold_metrics().horizontalAdvance(amount)


def test_columns_take_the_room_that_came_while_they_were_hidden(qtbot: QtBot, panes: LinkedPanes) -> None:
    narrow = panes.views[LEFT].columnWidth(0)
    panes.hide()
    panes.resize(1900, 500)
    panes.show()
    qtbot.waitUntil(lambda: panes.views[LEFT].columnWidth(0) > 1.3 * narrow)


def test_the_overview_jumps(qtbot: QtBot, panes: LinkedPanes) -> None:
    bar = panes.overview
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(5, bar.height() // 2))
    value = panes.views[LEFT].verticalScrollBar().value()
    assert abs(value - MILLION / 2) < MILLION / 50


def test_a_million_rows_scroll(qtbot: QtBot, jobs: JobsBridge, panes: LinkedPanes) -> None:
    bar = panes.views[LEFT].verticalScrollBar()
    for value in (999_000, 1, 500_000, 250_000):
        bar.setValue(value)
        QApplication.processEvents()
        qtbot.waitUntil(jobs.idle)
        model = panes.views[LEFT].model()
        assert model.data(model.index(value, 2)) == f"#{value:04}"


def test_high_contrast_draws_borders_where_tints_would_be(
    qtbot: QtBot, jobs: JobsBridge, appearance: Appearance, monkeypatch: pytest.MonkeyPatch
) -> None:
    bordered = replace(LIGHT, borders=True)
    monkeypatch.setattr(cell_delegate, "theme_of", lambda _: bordered)
    panes = make(jobs, 10)
    qtbot.addWidget(panes)
    panes.resize(1100, 300)
    panes.show()
    qtbot.waitUntil(jobs.idle)
    view = panes.views[RIGHT]
    cell = view.visualRect(view.model().index(1, 2))  # the amount of a row that differs
    picture = view.viewport().grab().toImage()
    tones = bordered.families[Family.DIFFERS]
    assert picture.pixelColor(cell.left(), cell.center().y()) == tones.text
    assert picture.pixelColor(cell.left() + 3, cell.top() + 3) != tones.tint


def extract(panes: LinkedPanes, *rows: range) -> Extract:
    views = panes.views
    return Extract([view.pane for view in views], [view.shown_columns() for view in views], list(rows))


def test_copied_rows_are_cells_for_a_spreadsheet(panes: LinkedPanes) -> None:
    source = FakeListing(range(10), {})
    text = tab_separated(extract(panes, range(1, 3)), source, quiet, headers=True)
    lines = [line.split("\t") for line in text.split("\n")]
    assert lines[0] == [
        *("Payout", "Date", "Order ref", "Gross", "Fee"),
        *("Kind", "Δ", "Cur.", "State"),
        *("Ref", "Account", "Amount"),
    ]
    assert lines[1][3:8] == ["1000.01", "0.30", "Amount differs", "-12.50", "EUR"]
    assert lines[2][5] == "Not in Odoo"
    assert lines[2][9:] == ["", "", ""]


def test_an_export_is_whole_or_not_there(
    panes: LinkedPanes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("export")
    target = folder / "rows.csv"
    source = FakeListing(range(5000), {})
    assert write_csv(extract(panes, range(5000)), source, target, quiet) == 5000
    assert len(target.read_text(encoding="utf-8-sig").splitlines()) == 5001
    assert all(count <= 2048 for _, count, _ in source.asked)
    target.unlink()

    def stop(text: str, done: int, total: int) -> None:
        if done:
            raise InterruptedError(text, total)

    with pytest.raises(InterruptedError):
        write_csv(extract(panes, range(5000)), source, target, stop)
    assert list(folder.iterdir()) == []
