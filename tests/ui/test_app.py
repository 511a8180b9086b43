"""The composition root: a light start, and the whole window on the real services with the demo month."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from recon_app import app
from recon_app.models.case import State
from recon_app.ui.crash import CrashReporter
from recon_app.ui.screens.correction_wizard import DONE, CorrectionWizard
from recon_app.ui.screens.import_items import IN_WORKSPACE
from recon_app.ui.screens.import_screen import ImportScreen
from recon_app.ui.screens.settlements_screen import CLEARING, SettlementsScreen
from recon_app.ui.settings import Settings
from recon_app.ui.shell import Shell
from recon_app.ui.theme import Appearance

HEAVY = ("pandas", "numpy", "sqlalchemy", "alembic", "python_calamine", "sqlcipher3", "rapidfuzz", "odoorpc")


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    code = (
        "import sys; import recon_app.app as app; "
        "assert app.run_window(['--first-paint', '--platform', 'offscreen']) == 0; "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that the window itself filled with the demo month."""
    return tmp_path_factory.mktemp("window") / "workspace"


@pytest.fixture
def window(qtbot: QtBot, appearance: Appearance, workspace: Path) -> Iterator[Shell]:
    shell = Shell(appearance, Settings(), CrashReporter(), app.SCREENS)
    shell.show()
    app.open_workspace(shell, workspace, demo=not workspace.exists())
    app.settle(shell)
    yield shell
    backend = shell.context.backend
    shell.close()
    if backend is not None:
        backend.close()
    shell.deleteLater()


def screens(shell: Shell) -> tuple[ImportScreen, SettlementsScreen]:
    importing, settlements, *_ = shell.screens
    assert isinstance(importing, ImportScreen)
    assert isinstance(settlements, SettlementsScreen)
    return importing, settlements


def test_the_demo_is_imported_and_compared(window: Shell) -> None:
    importing, settlements = screens(window)
    backend = window.context.backend
    assert backend is not None
    assert len(importing.items) == len(backend.imports()) > 20
    assert all(item.state in IN_WORKSPACE for item in importing.items)
    window.go_to("settlements")
    app.settle(window)
    assert settlements.lines.rows.count > 10
    assert "Still open" in settlements.lines.totals.accessibleName()
    assert settlements.lines.case is not None
    for name in ("stock", "products"):
        summary = backend.summary(name)
        assert summary is not None
        assert summary.counts
    assert len(settlements.payouts.table.model().index(0, 1).data()) > 3


def test_the_clearing_accounts_are_proven(window: Shell) -> None:
    _, settlements = screens(window)
    window.go_to("settlements")
    settlements.show_tab(CLEARING)
    app.settle(window)
    accounts = settlements.clearing.table.model()
    assert [accounts.index(row, 1).data() for row in range(2)] == ["101410", "101420"]
    assert settlements.clearing.items.model().rowCount() > 1


def test_fees_are_booked_from_the_window(window: Shell, tmp_path: Path) -> None:
    _, settlements = screens(window)
    window.go_to("settlements")
    app.settle(window)
    for _ in range(30):
        if settlements.correct.isEnabled():
            break
        settlements.lines.go_to_open(1)
        app.settle(window)
    case = settlements.lines.case
    assert case is not None
    assert case.cause == "fee_not_booked"
    settlements.correct.click()
    app.settle(window)
    wizard = settlements.findChild(CorrectionWizard)
    assert wizard is not None
    for _ in range(2):
        wizard.ok.click()
        app.settle(window)
    assert wizard.error.text() == ""
    wizard.save_to(tmp_path / "odoo")
    app.settle(window)
    assert wizard.step == DONE
    assert len(list((tmp_path / "odoo").glob("*.csv"))) == 2
    wizard.ok.click()
    app.settle(window)
    assert settlements.lines.case is not None
    assert settlements.lines.case.state is State.POSTED


def test_a_folder_that_is_no_workspace_is_refused(
    qtbot: QtBot, appearance: Appearance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "thesis.txt").write_text("x", encoding="utf-8")
    ended: list[int] = []
    monkeypatch.setattr(QApplication, "exit", ended.append)
    shell = Shell(appearance, Settings(), CrashReporter(), app.SCREENS)
    qtbot.addWidget(shell)
    shell.show()
    app.open_workspace(shell, tmp_path)
    app.settle(shell)
    box = shell.findChild(QMessageBox)
    assert box is not None
    assert "holds other files" in box.text()
    QTest.qWait(1)
    box.close()
    assert ended == [3]
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "x"
    shell.close()


def test_pictures_are_written_without_a_display(workspace: Path, tmp_path: Path) -> None:
    code = "import sys, pathlib, recon_app.app as app; app.save_screens(*map(pathlib.Path, sys.argv[1:]))"
    subprocess.run(
        [sys.executable, "-c", code, str(workspace), str(tmp_path)], check=True, capture_output=True
    )
    pictures = {path.name for path in tmp_path.glob("*.png")}
    assert len(pictures) == 4 * (len(app.SCREENS) + 2)  # payouts and clearing accounts too
    assert "settlements-dark-1920x1080.png" in pictures
