"""The timeline of a refund: shapes, words, keys and clicks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from recon_app.models.case import Step
from recon_app.ui.theme import Appearance, Mode
from recon_app.ui.widgets.timeline import Timeline
from recon_app.ui.words import STEP_STATE

STEPS = (
    Step("ordered", "done", 20_727, 11, "Order #1"),
    Step("refunded", "done", 20_735, 12, "57.35 EUR"),
    Step("paid", "late", None, None, "<b>not</b> in the file"),
    Step("credit_note", "waiting", 20_736, 14, "draft"),
    Step("goods", "missing"),
)


@pytest.fixture
def timeline(qtbot: QtBot) -> Timeline:
    widget = Timeline()
    qtbot.addWidget(widget)
    widget.resize(600, 120)
    widget.show_steps(STEPS)
    widget.show()
    return widget


def middle(widget: Timeline, number: int) -> QPoint:
    return widget.place_of(number).center().toPoint()


def test_every_step_is_told_in_words(timeline: Timeline) -> None:
    assert timeline.accessibleName() == "Timeline"
    assert timeline.accessibleDescription().split("; ") == [
        "Ordered: done 2026-10-01, Order #1",
        "Refunded in shop: done 2026-10-09, 57.35 EUR",
        "Paid out: late, <b>not</b> in the file",
        "Credit note: waiting 2026-10-10, draft",
        "Goods back: missing",
    ]
    timeline.show_steps(())
    assert timeline.accessibleDescription() == "There is no timeline."


def test_a_click_chooses_the_record_of_a_step(timeline: Timeline) -> None:
    chosen: list[int] = []
    timeline.chosen.connect(chosen.append)
    for number in range(len(STEPS)):
        QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=middle(timeline, number))
    assert chosen == [11, 12, 14]  # two steps have no record


def test_keys_move_between_the_steps(timeline: Timeline) -> None:
    chosen: list[int] = []
    timeline.chosen.connect(chosen.append)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Enter):
        QTest.keyClick(timeline, key)
    assert chosen == [11, 12]
    for _ in range(7):
        QTest.keyClick(timeline, Qt.Key.Key_Right)
    assert timeline.accessibleDescription() == "Goods back: missing"


def test_the_mouse_is_told_what_a_step_is(timeline: Timeline) -> None:
    place = middle(timeline, 2)
    event = QHelpEvent(QHelpEvent.Type.ToolTip, place, timeline.mapToGlobal(place))
    QApplication.sendEvent(timeline, event)
    assert "&lt;b&gt;not&lt;/b&gt;" in QToolTip.text()  # never read as markup
    QToolTip.hideText()
    QTest.mouseMove(timeline, middle(timeline, 2))
    QTest.mouseMove(timeline, middle(timeline, 0))


@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK])
def test_states_differ_in_shape_not_only_in_colour(
    timeline: Timeline, appearance: Appearance, mode: Mode
) -> None:
    appearance.apply(mode, 100)
    shapes = {}
    for state in STEP_STATE:
        timeline.show_steps((Step("goods", state),))
        image = timeline.grab().toImage().convertToFormat(QImage.Format.Format_Mono)
        y = int(max(0, timeline.height() / 2 - timeline.fontMetrics().height())) - 9
        x = timeline.width() // 2 - 11
        shapes[state] = bytes(
            image.pixelColor(x + column, y + row).value() > 128 for row in range(20) for column in range(22)
        )
    assert len(set(shapes.values())) == len(STEP_STATE)
    del mode
