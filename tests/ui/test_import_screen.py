"""The import screen as a clerk uses it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from recon_app.models.changes import Changes
from recon_app.models.record import RecordType
from recon_app.ui.screens.import_items import FileState
from recon_app.ui.screens.import_screen import ImportScreen
from recon_app.ui.shell import Shell
from tests.ui.fake_backend import IMAGE, FakeBackend, take_long

Wait = Callable[[], None]


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def states(screen: ImportScreen) -> list[FileState]:
    return [item.state for item in screen.items]


def test_dropped_files_are_looked_at_and_imported(
    importing: ImportScreen, backend: FakeBackend, shell: Shell, idle: Wait
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/a/pay.csv"), QUrl.fromLocalFile("/a/bank.xml")])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    importing.drop.dropEvent(event)
    idle()
    assert states(importing) == [FileState.READY, FileState.READY]
    assert importing.start.text() == "Import 2 files"
    click(importing.start)
    idle()
    assert states(importing) == [FileState.FAILED_PROOF] * 2
    assert [name for name, _, _ in backend.did("import")] == ["pay.csv", "bank.xml"]
    assert backend.did("verify") == [None]
    assert not importing.start.isVisible()
    click(importing.compare)
    idle()
    assert shell.current().id == "settlements"
    assert backend.did("run") == [None]


def test_checks_are_said_in_words(importing: ImportScreen, idle: Wait) -> None:
    importing.add_paths([Path("/a/pay.csv")])
    idle()
    click(importing.start)
    idle()
    checks = importing.detail.checks.model()
    assert [checks.index(row, 0).data() for row in range(checks.rowCount())] == [
        "differs",
        "agrees",
        "total",
        "note",
    ]
    assert checks.index(2, 3).data() == "1,284,310.22 EUR"
    row = importing.table.model()
    assert row.index(0, 0).data() == "Imported, a check failed"
    assert row.index(0, 3).data() == "2024-10-04 to 11-03"
    assert "1 are there with other values" in importing.items[0].sentence()


def test_the_preview_shows_rows_and_mapping(importing: ImportScreen, idle: Wait) -> None:
    importing.add_paths([Path("/a/pay.csv")])
    idle()
    understood = importing.detail.understood.model()
    titles = [
        understood.headerData(column, Qt.Orientation.Horizontal) for column in range(understood.columnCount())
    ]
    cells = [understood.index(0, column).data() for column in range(understood.columnCount())]
    assert dict(zip(titles, cells, strict=True)) == {
        "Row": "1",
        "Date": "2024-10-04",
        "Amount": "\N{MINUS SIGN}12.50",
        "Cur.": "EUR",
        "Text": IMAGE,
    }
    raw = importing.detail.raw.model()
    assert [raw.index(0, column).data() for column in range(2)] == ["↓ date", "↓ amount"]
    assert [raw.index(1, column).data() for column in range(2)] == ["Date", "Sum"]


def test_a_question_is_answered_in_place(
    importing: ImportScreen, backend: FakeBackend, shell: Shell, idle: Wait
) -> None:
    importing.add_paths([Path("/a/ask.csv")])
    idle()
    assert states(importing) == [FileState.QUESTION]
    assert shell.rail.entries[0].accessibleName() == "Import, 1 open"
    assert not importing.start.isVisible()
    importing.detail.choice.setCurrentIndex(1)
    click(importing.detail.answer)
    idle()
    assert states(importing) == [FileState.READY]
    click(importing.start)
    idle()
    assert backend.did("import") == [("ask.csv", None, {"date_order": "month"})]


def test_an_answer_that_cannot_be_used_is_asked_again(
    importing: ImportScreen, shell: Shell, idle: Wait
) -> None:
    importing.add_paths([Path("/a/ask.csv")])
    idle()
    importing.detail.choice.setCurrentIndex(2)
    click(importing.detail.answer)
    idle()
    box = shell.findChild(QMessageBox)
    assert box is not None
    assert box.text() == "date_order has no value 'year'"
    box.close()
    assert states(importing) == [FileState.QUESTION]
    assert importing.detail.choice.isVisible()


def test_a_chosen_answer_stays_while_other_files_come(importing: ImportScreen, idle: Wait) -> None:
    importing.add_paths([Path("/a/ask.csv")])
    idle()
    importing.detail.choice.setCurrentIndex(1)
    importing.add_paths([Path("/a/pay.csv")])
    idle()
    importing.table.selectRow(1)
    importing.detail.choice.setCurrentIndex(1)
    importing.services_changed(Changes(files=True))
    idle()
    assert importing.table.currentIndex().row() == 1
    assert importing.detail.choice.currentText() == "month"


def test_a_file_nobody_knows_can_be_named(importing: ImportScreen, backend: FakeBackend, idle: Wait) -> None:
    importing.add_paths([Path("/a/strange.csv")])
    idle()
    assert states(importing) == [FileState.REFUSED]
    assert importing.detail.choice.count() == 2
    click(importing.detail.answer)
    idle()
    click(importing.start)
    idle()
    assert backend.did("import") == [("strange.csv", "fake_payments", {})]


def test_a_refused_file_says_where_and_what_to_do(importing: ImportScreen, idle: Wait) -> None:
    importing.add_paths([Path("/a/bad.csv")])
    idle()
    assert states(importing) == [FileState.REFUSED]
    problems = importing.detail.problems.model()
    assert [problems.index(0, column).data() for column in range(4)] == [
        "418",
        "Amount",
        f"{IMAGE} is not an amount",
        "correct it",
    ]
    click(importing.detail.copy)
    assert QGuiApplication.clipboard().text() == f"bad.csv: 418: Amount: {IMAGE} is not an amount; correct it"


def test_a_known_file_says_when(importing: ImportScreen, backend: FakeBackend, idle: Wait) -> None:
    importing.add_paths([Path("/a/pay.csv")])
    idle()
    click(importing.start)
    idle()
    importing.add_paths([Path("/b/pay.csv")])
    idle()
    assert importing.items[0].state is FileState.KNOWN
    assert "was imported on 2026-11-22" in importing.items[0].sentence()
    assert len(backend.did("import")) == 1


def test_importing_can_be_cancelled(
    qtbot: QtBot, importing: ImportScreen, backend: FakeBackend, idle: Wait
) -> None:
    backend.slow = take_long
    importing.add_paths([Path("/a/one.csv"), Path("/a/two.csv")])
    idle()
    click(importing.start)
    qtbot.waitUntil(lambda: bool(backend.did("import")))
    assert states(importing) == [FileState.WAITING] * 2
    click(importing.cancel)
    idle()
    assert states(importing) == [FileState.READY] * 2
    assert backend.imported == []
    assert importing.start.isVisible()


def test_a_waiting_file_leaves_with_delete(importing: ImportScreen, idle: Wait) -> None:
    importing.add_paths([Path("/a/one.csv"), Path("/a/two.csv")])
    idle()
    importing.table.setFocus()
    QTest.keyClick(importing.table, Qt.Key.Key_Delete)
    idle()
    assert [item.name for item in importing.items] == ["two.csv"]


def test_an_imported_file_leaves_after_a_question(
    qtbot: QtBot, importing: ImportScreen, backend: FakeBackend, idle: Wait
) -> None:
    importing.add_paths([Path("/a/one.csv")])
    idle()
    click(importing.start)
    idle()

    for text, removed in (("Cancel", []), ("Remove", [1])):
        importing.table.selectRow(0)
        click(importing.remove)
        box = importing.findChild(QMessageBox)
        assert box is not None
        assert "Take one.csv and its 59 records out" in box.text()
        click(next(button for button in box.buttons() if text in button.text()))
        idle()
        qtbot.waitUntil(lambda: importing.findChild(QMessageBox) is None)
        assert backend.did("remove") == removed
    assert importing.items == []


def test_the_files_of_the_workspace_are_listed(
    shell: Shell, backend: FakeBackend, idle: Wait, tmp_path: Path
) -> None:
    backend.import_file(tmp_path / "old.csv", None, {}, lambda *_: None)
    shell.context.use(backend)
    idle()
    screen = shell.screens[0]
    assert isinstance(screen, ImportScreen)
    assert [item.name for item in screen.items] == ["old.csv"]
    assert screen.compare.isVisibleTo(screen)


def test_the_next_step_is_what_the_newest_file_is_for(
    shell: Shell, backend: FakeBackend, idle: Wait, tmp_path: Path
) -> None:
    for name, kind in (("bank.csv", RecordType.BANK_LINE), ("stock.csv", RecordType.STOCK_QUANT)):
        backend.import_file(tmp_path / name, None, {}, lambda *_: None)
        backend.imported[-1] = replace(backend.imported[-1], record_type=kind)
    shell.context.use(backend)
    idle()
    screen = shell.screens[0]
    assert isinstance(screen, ImportScreen)
    assert screen.compare.text() == "Compare stock"
    click(screen.others)
    (menu,) = screen.findChildren(QMenu)
    (other,) = menu.actions()
    assert other.text() == "Compare settlements"
    other.trigger()
    menu.close()
    idle()
    assert shell.current().id == "settlements"
    assert backend.did("run") == [None]
