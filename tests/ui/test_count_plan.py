"""What to count next and the limits of counts, in the window on real services."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from recon_app.services import counts
from recon_app.store.events import list_events
from recon_app.store.workspace import Workspace
from recon_app.ui.screens.count_list import NewCountDialog
from recon_app.ui.screens.count_plan import LimitsDialog, PlanDialog
from tests.ui.test_count_screen import ROWS, Hands, Wait, hands, stocked, ws

__all__ = ["hands", "stocked", "ws"]  # fixtures


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def limits(hands: Hands, idle: Wait) -> LimitsDialog:
    click(hands.screen.counts.limits)
    idle()
    return next(one for one in hands.shell.findChildren(LimitsDialog) if one.isVisible())


def test_what_is_due_becomes_a_count(hands: Hands, idle: Wait) -> None:
    click(hands.screen.counts.plan)
    idle()
    dialog = next(one for one in hands.shell.findChildren(PlanDialog) if one.isVisible())
    model = dialog.table.model()
    assert model.rowCount() == len(ROWS)
    first = [model.index(0, column).data() for column in range(model.columnCount())]
    assert first == ["A", "LAMP", "LAMP first", "WH/Stock", "", "never", ""]
    shown = {str(model.index(r, c).data()) for r in range(len(ROWS)) for c in range(model.columnCount())}
    assert not any("7391" in text or "7,391" in text for text in shown)  # who counts may look at it
    click(dialog.ok)
    idle()
    new = next(one for one in hands.shell.findChildren(NewCountDialog) if one.isVisible())
    assert new.due.value() == len(ROWS)


def test_limits_change_with_a_name_and_a_reason(hands: Hands, ws: Workspace, idle: Wait) -> None:
    dialog = limits(hands, idle)
    assert not dialog.ok.isEnabled()
    field = dialog.fields["A.above"]
    assert (field.text(), field.accessibleName()) == ("5", "Class A: Too much, %")
    field.clear()
    QTest.keyClicks(field, "2.5")
    dialog.again["C.recount"].setFocus()
    QTest.keyClick(dialog.again["C.recount"], Qt.Key.Key_Space)
    QTest.keyClicks(dialog.who, "Mia")
    assert dialog.ok.toolTip() == "Say who you are and why"
    QTest.keyClicks(dialog.why, "Lamps are dear")
    click(dialog.ok)
    idle()
    policy = counts.policy(ws)
    assert policy.classes["A"].above == "2.5"
    assert not policy.classes["C"].recount
    assert policy.classes["B"] == counts.ClassPolicy("1", days=90)
    assert list_events(ws, "count.policy")[-1].who == "Mia"


def test_a_limit_that_makes_no_sense_is_refused_and_nothing_changes(
    hands: Hands, ws: Workspace, idle: Wait
) -> None:
    before = counts.policy(ws)
    dialog = limits(hands, idle)
    QTest.keyClicks(dialog.fields["B.below"], "x")
    QTest.keyClicks(dialog.who, "Mia")
    QTest.keyClicks(dialog.why, "no reason")
    click(dialog.ok)
    idle()
    assert counts.policy(ws) == before
