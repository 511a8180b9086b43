"""New files in watched folders and late files, as a clerk meets them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QWidget

from recon_app.models.changes import Changes
from recon_app.services.watch import Awaited, Every, Found, Watched
from recon_app.ui.screens.import_screen import ImportScreen
from recon_app.ui.screens.watch_dialog import WatchDialog
from recon_app.ui.shell import Shell
from tests.ui.fake_backend import FakeBackend

Wait = Callable[[], None]

NEW = (
    Found(Path("/in/pay.csv"), "a" * 64, ("fake_payments",), 2.0),
    Found(Path("/in/bank.xml"), "b" * 64, ("fake_bank",), 1.0),
)
LATE = (
    Awaited(
        "fake_payments",
        "Fake payments",
        (date(2026, 10, 1), date(2026, 10, 31)),
        date(2026, 11, 5),
        18,
    ),
    Awaited("fake_bank", "Fake bank", (date(2026, 11, 16), date(2026, 11, 22)), date(2026, 11, 27), 0),
)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def look(screen: ImportScreen, idle: Wait) -> None:
    screen.services_changed(Changes(settings=True))
    idle()


def test_nothing_is_said_while_nothing_waits(importing: ImportScreen) -> None:
    assert not importing.inbox.isVisible()


def test_new_files_are_offered_and_taken(
    importing: ImportScreen, backend: FakeBackend, shell: Shell, idle: Wait
) -> None:
    backend.seen = Watched(NEW)
    look(importing, idle)
    assert importing.inbox.new.text.text() == "2 new files in the watched folders: pay.csv, bank.xml"
    assert shell.rail.entries[0].accessibleName() == "Import, 2 open"
    click(importing.inbox.new.button)
    idle()
    assert [item.name for item in importing.items] == ["pay.csv", "bank.xml"]
    assert importing.start.text() == "Import 2 files"
    assert not importing.inbox.isVisible()


def test_new_files_can_be_left_out(importing: ImportScreen, backend: FakeBackend, idle: Wait) -> None:
    backend.seen = Watched(NEW)
    look(importing, idle)
    click(importing.inbox.leave)
    idle()
    assert backend.did("leave_out") == [["a" * 64, "b" * 64]]
    assert not importing.inbox.isVisible()


def test_a_late_file_is_named_with_its_date(
    importing: ImportScreen, backend: FakeBackend, idle: Wait
) -> None:
    backend.seen = Watched(awaited=LATE)
    look(importing, idle)
    said = importing.inbox.late.text.text()
    assert said == "Did not come: Fake payments for 2026-10 (due 2026-11-05, 18 days late)."


def test_a_folder_that_went_away_is_named(importing: ImportScreen, backend: FakeBackend, idle: Wait) -> None:
    backend.seen = Watched(unreadable=((Path("/gone"), "No such file"),))
    look(importing, idle)
    assert "The watched folder /gone cannot be read (No such file)." in importing.inbox.late.text.text()


def test_folders_and_expected_files_are_kept_from_the_dialog(
    importing: ImportScreen, backend: FakeBackend, shell: Shell, idle: Wait
) -> None:
    click(importing.folders)
    idle()
    dialog = shell.findChild(WatchDialog)
    assert dialog is not None
    assert not dialog.drop_folder.isEnabled()
    assert dialog.source.findData("fake_refused") < 0
    dialog.watch("/in")
    idle()
    assert dialog.folders.model().index(0, 0).data() == "/in"
    dialog.source.setCurrentIndex(dialog.source.findData("fake_payments"))
    dialog.days.setValue(3)
    click(dialog.add_expected)
    idle()
    (kept,) = backend.expected
    assert (kept.source, kept.every, kept.days) == ("fake_payments", Every.MONTH, 3)
    cells = [dialog.expected.model().index(0, column).data() for column in range(3)]
    assert cells == ["Fake payments", "every month", "3 days after its end"]
    click(dialog.drop_expected)
    click(dialog.drop_folder)
    idle()
    assert not backend.expected
    assert not backend.folders
    click(dialog.ok)


def test_a_folder_that_is_watched_already_is_refused_in_words(
    importing: ImportScreen, shell: Shell, idle: Wait
) -> None:
    importing.inbox.configure()
    idle()
    dialog = shell.findChild(WatchDialog)
    assert dialog is not None
    dialog.watch("/in")
    idle()
    dialog.watch("/in")
    idle()
    box = shell.findChild(QMessageBox)
    assert box is not None
    assert box.text() == "/in is watched already"
    box.close()
    dialog.close()
