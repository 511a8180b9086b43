"""Controls go on below themselves where the window is narrow or the text is large: nothing is cut."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from recon_app.ui.screens.settlements_screen import SettlementsScreen
from recon_app.ui.shell import Shell
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.chips import Chip, KindChips
from recon_app.ui.widgets.flow import FlowLayout
from recon_app.ui.words import KIND_ORDER

Wait = Callable[[], None]


def holder(qtbot: QtBot, width: int) -> tuple[QWidget, list[Button], QLineEdit]:
    """Three buttons and a field that takes what is left."""
    widget = QWidget()
    qtbot.addWidget(widget)
    line = FlowLayout(widget)
    buttons = [Button(word, parent=widget) for word in ("Re-run", "Columns…", "Export copy…")]
    field = QLineEdit(widget)
    for one in (*buttons, field):
        line.addWidget(one)
    widget.resize(width, line.heightForWidth(width))
    with qtbot.waitExposed(widget):
        widget.show()
    return widget, buttons, field


def test_what_fits_stands_in_one_line_and_the_field_takes_the_rest(qtbot: QtBot) -> None:
    widget, buttons, field = holder(qtbot, 900)
    assert len({button.geometry().center().y() for button in buttons}) == 1
    assert [button.width() for button in buttons] == [button.sizeHint().width() for button in buttons]
    assert field.geometry().right() == widget.rect().right()


def test_a_narrow_line_goes_on_below(qtbot: QtBot) -> None:
    _, buttons, field = holder(qtbot, 160)
    assert field.geometry().top() > buttons[0].geometry().bottom()
    assert all(button.width() == button.sizeHint().width() for button in buttons)
    assert all(button.geometry().right() < 160 for button in buttons)


def test_the_line_is_as_high_as_its_lines(qtbot: QtBot) -> None:
    widget, _, _ = holder(qtbot, 900)
    layout = widget.layout()
    assert layout is not None
    assert layout.heightForWidth(160) > 2 * layout.heightForWidth(900)
    assert layout.minimumSize().width() < 160


def test_what_is_hidden_takes_no_room(qtbot: QtBot) -> None:
    widget, buttons, _ = holder(qtbot, 900)
    layout = widget.layout()
    assert isinstance(layout, FlowLayout)
    before = layout.line_width()
    buttons[2].hide()
    assert layout.line_width() == before - buttons[2].sizeHint().width() - layout.spacing()


def test_chips_break_where_one_would_be_cut(qtbot: QtBot) -> None:
    chips = KindChips()
    qtbot.addWidget(chips)
    chips.set_counts(dict.fromkeys(KIND_ORDER, 1_234))
    chips.resize(420, chips.heightForWidth(420))
    with qtbot.waitExposed(chips):
        chips.show()
    shown = [chip for chip in chips.findChildren(Chip) if chip.isVisible()]
    assert len({chip.y() for chip in shown}) > 1
    assert all(chips.rect().contains(chip.geometry()) for chip in shown)
    assert all(chip.width() >= chip.sizeHint().width() for chip in shown)


@pytest.mark.parametrize(("scale", "size"), [(150, QSize(1366, 768)), (160, QSize(1024, 700))])
def test_no_control_of_a_comparison_is_cut_with_large_text(
    shell: Shell, settlements: SettlementsScreen, idle: Wait, scale: int, size: QSize
) -> None:
    shell.appearance.apply(shell.appearance.mode, scale)
    shell.resize(size)
    idle()
    assert shell.size() == size
    controls = [*settlements.findChildren(Button), *settlements.findChildren(Chip)]
    shown = [control for control in controls if control.isVisible()]
    assert shown
    cut = [
        control.text()
        for control in shown
        if control.visibleRegion().boundingRect().size().expandedTo(control.sizeHint())
        != control.visibleRegion().boundingRect().size()
    ]
    assert cut == []


def test_a_window_at_rest_lays_out_nothing(settlements: SettlementsScreen, qtbot: QtBot, idle: Wait) -> None:
    """A layout that asks for a new layout keeps a processor busy for as long as the window is open."""
    idle()

    class Counter(QObject):
        asked = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt calls it so
            self.asked += event.type() == QEvent.Type.LayoutRequest
            return super().eventFilter(watched, event)

    counter = Counter(settlements)
    for widget in (settlements, *settlements.findChildren(QWidget)):
        widget.installEventFilter(counter)
    for _ in range(50):  # what was begun may end first
        counter.asked = 0
        qtbot.wait(100)
        if not counter.asked:
            break
    assert counter.asked == 0


def test_a_button_that_comes_back_counts_in_the_height(qtbot: QtBot) -> None:
    widget, buttons, _ = holder(qtbot, 900)
    layout = widget.layout()
    assert layout is not None
    whole = layout.heightForWidth(160)
    buttons[2].hide()
    assert layout.heightForWidth(160) < whole
    buttons[2].show()
    assert layout.heightForWidth(160) == whole
