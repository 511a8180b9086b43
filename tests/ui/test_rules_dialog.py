"""Rules from decisions in the window, on the real services, with clicks and keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from recon_app.services import learning
from recon_app.services.run import run
from recon_app.store.workspace import Workspace
from recon_app.ui.backend import Backend
from recon_app.ui.screens.rules_dialog import RulesDialog
from recon_app.ui.shell import Shell
from tests.services.filled import fill
from tests.services.test_learning import accept, month, unbooked

Wait = Callable[[], None]


@pytest.fixture
def ws(shell: Shell, tmp_path: Path, idle: Wait) -> Iterator[Workspace]:
    """Twelve charges that Odoo does not have, open in the window."""
    opened = Workspace.open(tmp_path / "ws")
    fill(opened, month(101, 12), tmp_path)
    run(opened, "settlements")
    shell.context.use(Backend(opened))
    idle()
    yield opened
    shell.context.backend = None
    opened.close()


def opened(shell: Shell, idle: Wait) -> RulesDialog:
    shell.workspace_menu.rules()
    idle()
    return next(one for one in shell.findChildren(RulesDialog) if one.isVisible())


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def write(field: QWidget, text: str) -> None:
    QTest.keyClicks(field, text)


def test_without_decisions_it_says_when_rules_come(ws: Workspace, shell: Shell, idle: Wait) -> None:
    dialog = opened(shell, idle)
    assert dialog.empty.isVisible()
    assert not dialog.table.isVisible()
    assert not dialog.on.isEnabled()


def test_a_rule_is_looked_at_switched_on_and_off(ws: Workspace, shell: Shell, idle: Wait) -> None:
    accept(ws, 7)
    dialog = opened(shell, idle)
    assert dialog.table.isVisible()
    model = dialog.table.model()
    shown = [model.index(0, column).data() for column in range(model.columnCount())]
    assert shown[:2] == ["1.1", "Proposed"]
    assert shown[3:] == ["2 of 2", "2 of 7", "5 of 7", "0"]
    assert "Now it would accept 5 open cases (35.00 EUR); at worst 4 of them wrongly." in dialog.detail.text()
    assert not dialog.on.isEnabled()
    assert dialog.on.toolTip() == "Say who you are and why"
    dialog.who.clear()
    write(dialog.who, "Mia")
    write(dialog.why, "Looked at all seven")
    write(dialog.may, "Mia, Ben")
    click(dialog.keep_may)
    idle()
    assert learning.authorised(ws) == ("Ben", "Mia")
    click(dialog.on)
    idle()
    assert [rule.state for rule in learning.listed(ws)] == ["on"]
    assert "On by Mia" in dialog.detail.text()
    assert not dialog.on.isEnabled()
    run(ws, "settlements")
    assert unbooked(ws) == []
    click(dialog.reopen)
    click(dialog.off)
    idle()
    assert len(unbooked(ws)) == 5
    assert model.index(0, 1).data() == "Off"
    assert shell.context.settings.text("count/name") == "Mia"


def test_a_proposal_that_is_no_rule(ws: Workspace, shell: Shell, idle: Wait) -> None:
    accept(ws, 7)
    dialog = opened(shell, idle)
    dialog.who.clear()
    write(dialog.who, "Mia")
    write(dialog.why, "Each needs a look")
    click(dialog.no)
    idle()
    assert [rule.state for rule in learning.listed(ws)] == ["rejected"]
    assert not dialog.no.isEnabled()
