"""The window around the screens: keys, palette, looks, and no foreign text as markup."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QMenu, QMessageBox, QTableView, QWidget
from pytestqt.qtbot import QtBot
from sqlcipher3 import dbapi2 as driver

from recon_app.app import SCREENS
from recon_app.models.problem import Cancelled, ReconError
from recon_app.ui.actions import Act, ActionBook
from recon_app.ui.command_palette import CommandPalette, best
from recon_app.ui.crash import CrashReporter
from recon_app.ui.keys_help import show_keys
from recon_app.ui.screens.settlements_screen import SettlementsScreen
from recon_app.ui.settings import Settings
from recon_app.ui.shell import Shell
from recon_app.ui.theme import Appearance, Mode
from tests.ui.fake_backend import FakeBackend

Wait = Callable[[], None]
CONTROL = Qt.KeyboardModifier.ControlModifier


def test_screens_are_a_key_away(shell: Shell) -> None:
    QTest.keyClick(shell, Qt.Key.Key_2, CONTROL)
    assert shell.current().id == "settlements"
    QTest.keyClick(shell, Qt.Key.Key_1, CONTROL)
    assert shell.current().id == "import"


def test_the_rail_follows_the_mouse_and_the_arrows(shell: Shell) -> None:
    QTest.mouseClick(shell.rail.entries[1], Qt.MouseButton.LeftButton)
    assert shell.current().id == "settlements"
    shell.rail.entries[1].setFocus()
    QTest.keyClick(shell.rail.entries[1], Qt.Key.Key_Up)
    assert shell.current().id == "import"


def test_a_small_window_keeps_only_the_icons_of_the_rail(qtbot: QtBot, shell: Shell) -> None:
    wide = shell.rail.width()
    shell.resize(QSize(1000, 700))
    qtbot.waitUntil(lambda: shell.rail.width() < wide / 2)


def test_the_palette_finds_and_runs(qtbot: QtBot, settlements: SettlementsScreen, shell: Shell) -> None:
    QTest.keyClick(shell, Qt.Key.Key_K, CONTROL)
    palette = shell.findChild(CommandPalette)
    assert palette is not None
    QTest.keyClicks(palette.field, "grop by pay")
    assert palette.list.model().index(0, 0).data() == "Group by payout"
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert settlements.lines.filters.group.isChecked()


def test_the_palette_moves_with_the_arrows(qtbot: QtBot, shell: Shell) -> None:
    palette = CommandPalette(shell.actions_book, shell)
    qtbot.addWidget(palette)
    palette.show()
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 1
    QTest.keyClick(palette.field, Qt.Key.Key_Up)
    QTest.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == 0


@pytest.mark.parametrize(
    ("typed", "wanted"), [("copy", "Copy rows"), ("exprt", "Export what is shown…"), ("col", "Columns…")]
)
def test_letters_find_the_action(typed: str, wanted: str) -> None:
    titles = ("Re-run", "Columns…", "Copy rows", "Export what is shown…", "Next open difference")
    acts = [Act(title, title, lambda: None) for title in titles]
    assert best(acts, typed)[0].title == wanted
    assert best(acts, "") == acts
    assert best(acts, "zzzzzz") == []


def test_actions_of_a_hidden_screen_are_not_offered(settlements: SettlementsScreen, shell: Shell) -> None:
    assert "settlements.next" in {act.id for act in shell.actions_book.available()}
    shell.go_to("import")
    assert "settlements.next" not in {act.id for act in shell.actions_book.available()}


def test_single_letters_need_a_scope_and_can_be_switched_off(
    settlements: SettlementsScreen, shell: Shell
) -> None:
    with pytest.raises(ValueError, match="scope"):
        shell.actions_book.add(Act("x", "X", lambda: None, ("X",)))
    shell.actions_book.run("view.letters")
    panes = settlements.lines.panes
    panes.views[0].setFocus()
    QTest.keyClick(panes.views[0], Qt.Key.Key_G)
    assert not settlements.lines.filters.group.isChecked()
    keys = shell.actions_book.action("settlements.next").shortcuts()
    assert [key.toString() for key in keys] == ["F8"]
    shell.actions_book.run("view.letters")
    QTest.keyClick(panes.views[0], Qt.Key.Key_G)
    assert settlements.lines.filters.group.isChecked()


def test_an_action_that_cannot_be_done_does_nothing(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    done: list[str] = []
    book = ActionBook(window)
    book.add(Act("no", "No", lambda: done.append("no"), enabled=lambda: False))
    book.add(Act("yes", "Yes", lambda: done.append("yes")))
    book.run("no")
    book.run("yes")
    assert done == ["yes"]


def test_every_menu_has_its_actions(settlements: SettlementsScreen, shell: Shell) -> None:
    titles = {}
    for action in shell.menuBar().actions():
        menu = action.menu()
        assert isinstance(menu, QMenu)
        menu.aboutToShow.emit()
        titles[action.text()] = [entry.text() for entry in menu.actions()]
        menu.aboutToHide.emit()
    assert "Next open difference" in titles["&Case"]
    assert "Import files…" in titles["&File"]
    assert titles["&Go"] == [screen.title for screen in shell.screens]
    assert all(titles.values())


def test_the_keys_are_listed(qtbot: QtBot, settlements: SettlementsScreen, shell: Shell) -> None:
    dialog = show_keys(shell, shell.actions_book)
    qtbot.addWidget(dialog)
    table = dialog.findChild(QTableView)
    assert table is not None
    listed = {table.model().index(row, 1).data() for row in range(table.model().rowCount())}
    assert {"Next open difference", "Compare again", "Commands…"} <= listed


def test_a_window_that_waits_for_a_reader_is_gone_at_once(
    shell: Shell, idle: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle()
    seen: list[bool] = []
    end = shell.jobs.close

    def close() -> None:
        seen.append(shell.isVisible())
        end()

    monkeypatch.setattr(shell.jobs, "close", close)
    shell.close()
    assert seen[:1] == [False]


def test_looks_and_place_are_remembered(
    qtbot: QtBot, shell: Shell, appearance: Appearance, idle: Wait
) -> None:
    shell.actions_book.run("view.theme")
    shell.actions_book.run("view.larger")
    shell.go_to("settlements")
    shell.resize(1234, 700)
    idle()
    shell.close()
    settings = Settings()
    assert settings.text("look/mode") == "dark"
    assert settings.number("look/scale", 0) == 110
    other = Shell(Appearance(appearance.parent(), Mode.LIGHT), settings, CrashReporter(), SCREENS)  # type: ignore[arg-type]
    qtbot.addWidget(other)
    assert other.current().id == "settlements"
    assert other.height() == 700  # the width is that of the test's small screen
    other.close()


def test_settings_survive_nonsense() -> None:
    settings = Settings()
    settings.put("a", "many")
    assert settings.number("a", 7) == 7
    assert settings.state("a") is None
    settings.put("b", value=True)
    assert settings.flag("b", default=False)


def test_what_the_user_did_wrong_is_a_message_and_stopping_is_none(
    qtbot: QtBot, shell: Shell, idle: Wait
) -> None:
    shell.context.fail(Cancelled("stopped"))
    assert shell.findChild(QMessageBox) is None
    shell.context.fail(ReconError("the file <b>x</b> is locked"))
    box = shell.findChild(QMessageBox)
    assert box is not None
    assert box.text() == "the file <b>x</b> is locked"
    assert box.textFormat() is Qt.TextFormat.PlainText
    box.close()
    idle()
    del qtbot


def test_a_full_disk_is_no_fault_of_the_program(shell: Shell, backend: FakeBackend) -> None:
    shell.context.use(backend)
    full = driver.OperationalError("database or disk is full")
    full.sqlite_errorcode = 13
    shell.context.fail(full)
    box = shell.findChild(QMessageBox)
    assert box is not None
    assert "free some space" in box.text()
    assert not shell.context.crashes.seen
    box.close()


def test_labels_never_read_markup(settlements: SettlementsScreen, shell: Shell, idle: Wait) -> None:
    for tab in range(3):
        settlements.show_tab(tab)
        idle()
    labels = shell.findChildren(QLabel)
    assert len(labels) > 20
    assert [label.text() for label in labels if label.textFormat() is not Qt.TextFormat.PlainText] == []


def test_everything_that_takes_focus_has_a_name(settlements: SettlementsScreen, shell: Shell) -> None:
    del settlements
    nameless = [
        widget
        for widget in shell.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and isinstance(widget, QAbstractButton | QTableView)
        and not (widget.accessibleName() or getattr(widget, "text", str)())
        and "qt_" not in widget.objectName()
        and widget.isVisible()
    ]
    assert nameless == []


def test_a_backend_is_closed_by_its_owner(shell: Shell, backend: FakeBackend, idle: Wait) -> None:
    shell.context.use(backend)
    idle()
    assert backend.did("close") == []


def test_the_rail_is_grouped_and_fits_a_small_window(shell: Shell, idle: Wait) -> None:
    idle()
    groups = [entry.accessibleDescription() for entry in shell.rail.entries]
    assert list(dict.fromkeys(groups)) == ["", "Money", "Orders", "Goods"]
    assert groups == sorted(groups, key=["", "Money", "Orders", "Goods"].index)
    assert shell.rail.verticalScrollBar().maximum() == 0  # all of it is seen at 1366 x 768
    for entry in shell.rail.entries:
        entry.set_count(12_345)
    idle()
    assert shell.rail.width() >= max(entry.sizeHint().width() for entry in shell.rail.entries)


def test_every_screen_has_a_key_of_its_own(shell: Shell) -> None:
    keys = [shell.actions_book.action(f"go.{kind.id}").shortcut().toString() for kind in SCREENS]
    assert len(set(keys)) == len(keys)
    assert keys[0] == "Ctrl+1"
    place = keys.index("Alt+1")
    QTest.keyClick(shell, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert shell.current().id == SCREENS[place].id


def test_large_text_makes_the_rail_scroll(shell: Shell, appearance: Appearance, idle: Wait) -> None:
    appearance.apply(Mode.LIGHT, 160)
    idle()
    bar = shell.rail.verticalScrollBar()
    assert bar.maximum() > 0
    shell.go_to(SCREENS[-1].id)
    idle()
    assert shell.rail.entries[-1].visibleRegion().boundingRect().height() > 20
