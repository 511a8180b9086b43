"""The stock screen as a warehouse lead uses it: scanner, keys and clicks on the real services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from recon_app.models.balance import Balance
from recon_app.models.case import Kind, State
from recon_app.models.record import Side
from recon_app.services.run import answers
from recon_app.store.events import list_events
from recon_app.store.workspace import Workspace
from recon_app.ui.backend import Backend
from recon_app.ui.screens.case_dialogs import AcceptDialog
from recon_app.ui.screens.stock_dialog import StockDialog
from recon_app.ui.screens.stock_screen import StockScreen
from recon_app.ui.shell import Shell
from recon_app.ui.tables.linked_panes import LEFT, RIGHT, SPINE
from recon_app.ui.widgets.balance_line import BalanceLine
from tests.services.shelves import put_goods

Wait = Callable[[], None]
MINUS = "\N{MINUS SIGN}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with goods that were compared."""
    workspace = Workspace.open(tmp_path / "workspace")
    put_goods(workspace, tmp_path)
    yield workspace
    workspace.close()


@pytest.fixture
def stock(shell: Shell, store: Workspace, idle: Wait, qtbot: QtBot) -> StockScreen:
    screen = next(screen for screen in shell.screens if isinstance(screen, StockScreen))
    shell.context.use(Backend(store))
    shell.go_to("stock")
    idle()
    shell.activateWindow()  # a window that closes late may have taken it
    qtbot.waitUntil(shell.isActiveWindow)
    return screen


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def press(screen: StockScreen, key: Qt.Key) -> None:
    view = screen.lines.panes.views[LEFT]
    view.setFocus()
    QTest.keyClick(view, key)


def choose(box: QComboBox, text: str) -> None:
    box.setCurrentText(text)
    box.activated.emit(box.currentIndex())


def scan(screen: StockScreen, code: str, idle: Wait) -> None:
    """What a scanner does: types the code and Enter into what has the focus."""
    field = screen.focusWidget()
    assert field is not None
    QTest.keyClicks(field, code)
    QTest.keyClick(field, Qt.Key.Key_Return)
    idle()


def titles(screen: StockScreen, pane: int) -> list[str]:
    view = screen.lines.panes.views[pane]
    return [view.columns[column].title for column in view.shown_columns()]


def cells(widget: QWidget) -> list[list[str]]:
    model = widget.model()  # type: ignore[attr-defined]
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_a_pair_and_a_place_have_their_own_figures(stock: StockScreen, idle: Wait) -> None:
    lines = stock.lines
    assert lines.rows.count == 2  # open kinds first
    assert lines.chips.chips[Kind.AMOUNT].text() == "Quantity 2"
    spoken = lines.totals.accessibleName()
    assert f"Too much +2, Too little {MINUS}2" in spoken  # they do not cancel out
    choose(lines.filters.places, "Rome")
    idle()
    assert lines.chips.all.text() == "All 1"
    assert lines.empty.isVisible()
    choose(lines.filters.pair, "Odoo ↔ Count")
    idle()
    assert [lines.filters.places.itemText(place) for place in range(2)] == ["All places", "WH/Stock"]
    assert f"Too little {MINUS}2" in lines.totals.accessibleName()
    assert "Counted" in titles(stock, RIGHT)


def test_the_place_is_remembered(stock: StockScreen, shell: Shell, store: Workspace, idle: Wait) -> None:
    choose(stock.lines.filters.places, "Berlin")
    idle()
    backend = Backend(store)
    backend.person = "Mia"
    stock.services_changed(backend.keep_answer("safety_stock.Berlin", "0"))
    assert list_events(store, "mapping.safety_stock.Berlin")[-1].who == "Mia"  # an answer has an owner
    idle()
    assert stock.lines.filters.place() == "Berlin"
    assert shell.context.settings.text("place/stock/odoo-shop") == "Berlin"


@pytest.mark.parametrize("code", ["JUG", "0012345678905"])
def test_a_scanned_code_goes_to_its_row(stock: StockScreen, idle: Wait, code: str) -> None:
    assert stock.focusProxy() is stock.scan  # from the start; a busy display may keep a window inactive
    stock.scan.setFocus()
    scan(stock, code, idle)
    assert stock.lines.case is not None
    assert stock.lines.case.text.startswith("JUG" if code == "JUG" else "CUP")
    assert stock.scan.hasFocus()  # ready for the next one
    assert stock.scan.selectedText() == code


def test_a_scan_finds_what_the_filter_hides(stock: StockScreen, shell: Shell, idle: Wait) -> None:
    choose(stock.lines.filters.places, "Berlin")
    idle()
    click(stock.scan)
    scan(stock, "MUG", idle)  # it agrees, so it was not listed
    assert stock.lines.rows.count == 3
    assert stock.lines.case is not None
    assert stock.lines.case.kind is Kind.MATCHED
    assert stock.lines.filters.place() == "Berlin"
    stock.scan.clear()
    scan(stock, "<b>NO</b>", idle)
    assert shell.context.toast.text() == "There is no product with the code <b>NO</b> at Berlin."


def test_the_bridge_stands_beside_the_case(stock: StockScreen, idle: Wait) -> None:
    scan(stock, "JUG", idle)
    bridge = stock.lines.strip.bridge
    assert bridge.isVisible()
    assert [row[:2] for row in cells(bridge)] == [
        ["Odoo, free to sell", "3"],
        ["Not explained", f"{MINUS}2"],
        ["Shopify, available", "1"],
    ]
    assert "Quantity differs by" in stock.lines.strip.text()
    assert "Bridge:" not in stock.lines.strip.text()  # said once
    legs = cells(stock.lines.strip.legs)
    assert [row[3] for row in legs] == ["1", "3 Units"]


def test_the_past_is_a_picture_a_table_and_words(stock: StockScreen, idle: Wait) -> None:
    scan(stock, "CUP", idle)
    said = stock.balance.accessibleDescription()
    assert said.startswith("10 Units in Odoo now")
    assert "counted 11 by Ann" in said
    assert not stock.balance.grab().isNull()
    press(stock, Qt.Key.Key_B)
    assert stock.moves.isVisible()
    assert [row[1:] for row in cells(stock.moves)] == [
        [f"{MINUS}3", "10", "WH/OUT/2, to Partners/Customers"],
        [f"{MINUS}2", "13", "WH/OUT/1, to Partners/Customers"],
        ["+5", "15", "WH/IN/1, from Partners/Vendors"],
    ]
    press(stock, Qt.Key.Key_B)
    assert stock.lines.strip.legs.isVisible()


def test_a_picture_without_moves_says_so(shell: Shell) -> None:
    picture = BalanceLine(shell)
    for balance in (None, Balance("Units", ("WH",), 3_000_000, remark="No moves are loaded.")):
        picture.show_balance(balance)
        assert not picture.grab().isNull()
    assert picture.text() == "3 Units in Odoo now; No moves are loaded."


def test_money_is_shown_only_when_it_is_wanted(stock: StockScreen, shell: Shell, idle: Wait) -> None:
    assert "Value" not in titles(stock, LEFT)
    assert "EUR" not in stock.lines.totals.accessibleName()
    click(stock.values)
    idle()
    assert "Value" in titles(stock, LEFT)
    assert "Δ value" in titles(stock, SPINE)
    assert f"EUR: Too much +20.00, Too little {MINUS}20.00" in stock.lines.totals.accessibleName()
    scan(stock, "JUG", idle)
    assert f"The difference is worth {MINUS}20.00 EUR." in stock.lines.strip.text()
    assert shell.context.settings.flag("stock/values", default=False)


def test_rows_are_large_for_a_tablet(stock: StockScreen) -> None:
    view = stock.lines.panes.views[LEFT]
    assert view.verticalHeader().defaultSectionSize() == view.fontMetrics().height() + 22


def test_a_count_shows_what_moved_since(stock: StockScreen, idle: Wait) -> None:
    choose(stock.lines.filters.pair, "Odoo ↔ Count")
    idle()
    click(stock.scan)
    scan(stock, "CUP", idle)
    assert [row[0] for row in cells(stock.lines.strip.bridge)] == [
        "Odoo, on hand",
        "Moved since the count",
        "Counted differently",
        "Counted",
    ]


def test_a_difference_is_accepted(stock: StockScreen, idle: Wait) -> None:
    scan(stock, "JUG", idle)
    press(stock, Qt.Key.Key_A)
    dialog = next(one for one in stock.findChildren(AcceptDialog) if one.isVisible())
    dialog.reason.setCurrentText("Broken, thrown away")
    click(dialog.ok)
    idle()
    assert stock.lines.case is not None
    assert stock.lines.case.state is State.ACCEPTED
    assert (
        f"Too little {MINUS}2, Open, too much +2, Open, too little 0" in stock.lines.totals.accessibleName()
    )


def answers_dialog(stock: StockScreen, idle: Wait) -> StockDialog:
    stock.context.actions.run("stock.answers")
    idle()
    return next(one for one in stock.findChildren(StockDialog) if one.isVisible())


def test_answers_are_given_with_choices_from_the_data(
    stock: StockScreen, store: Workspace, idle: Wait
) -> None:
    before = answers(store)
    dialog = answers_dialog(stock, idle)
    place = dialog.fields["stock_location.Rome"]
    assert isinstance(place, QComboBox)
    assert {"WH/Stock", "RO"} <= {place.itemText(number) for number in range(place.count())}
    assert place.currentText() == "RO"
    safety = dialog.fields["safety_stock.Berlin"]
    assert isinstance(safety, QLineEdit)
    QTest.keyClicks(safety, "2")
    figure = dialog.fields["stock_figure.Rome"]
    assert isinstance(figure, QComboBox)
    figure.setCurrentText("On hand = On hand")
    click(dialog.ok)
    idle()
    assert answers(store) == before | {"safety_stock.Berlin": "2", "stock_figure.Rome": "on_hand=on_hand"}
    assert stock.changed.isVisible()  # the run is older than the answers
    click(stock.changed.button)
    idle()
    assert "Too much +6, Too little 0" in stock.lines.totals.accessibleName()
    assert not stock.changed.isVisible()


def test_an_emptied_answer_means_none(stock: StockScreen, store: Workspace, idle: Wait) -> None:
    dialog = answers_dialog(stock, idle)
    place = dialog.fields["stock_location.Rome"]
    assert isinstance(place, QComboBox)
    place.setCurrentText("")
    click(dialog.ok)
    idle()
    assert answers(store)["stock_location.Rome"] == "-"


def test_esc_and_down_leave_the_scan_field(stock: StockScreen) -> None:
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
        stock.scan.setFocus()
        QTest.keyClick(stock.scan, key)
        assert stock.lines.panes.views[LEFT].hasFocus()
    press(stock, Qt.Key.Key_S)
    assert stock.scan.hasFocus()


def test_each_pair_counts_its_own_open_cases(stock: StockScreen, idle: Wait) -> None:
    assert "2 open cases" in stock.lines.status
    choose(stock.lines.filters.pair, "Odoo ↔ Count")
    idle()
    assert stock.lines.filters.sides() == (Side.ODOO, Side.COUNT)
    assert "3 open cases" in stock.lines.status
