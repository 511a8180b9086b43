"""A window on made-up services."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QSettings, QTimer, SignalInstance
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import SignalBlocker

from recon_app.app import SCREENS
from recon_app.ui import context
from recon_app.ui.crash import CrashReporter
from recon_app.ui.garbage import Garbage
from recon_app.ui.jobs_bridge import JobsBridge
from recon_app.ui.screens.import_screen import ImportScreen
from recon_app.ui.screens.settlements_screen import SettlementsScreen
from recon_app.ui.settings import Settings
from recon_app.ui.shell import Shell
from recon_app.ui.theme import Appearance, Mode
from tests.ui.fake_backend import FakeBackend

Wait = Callable[[], None]
#: Timers that wait for longer take something away, as a toast does; shorter ones ask for something.
LONG_MS = 1_000


class Patient(QtBot):
    """Waits for long: that the computer is busy is no fault."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = 60_000) -> None:  # noqa: N802
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: SignalInstance, *, timeout: int = 60_000, **more: Any) -> SignalBlocker:  # noqa: N802
        return super().waitSignal(signal, timeout=timeout, **more)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """In place of the one of pytest-qt."""
    return Patient(request)


@pytest.fixture(autouse=True, scope="module")
def _garbage(qapp: QApplication) -> Iterator[None]:
    """Destroy the windows of a module on their own thread, before threads of other tests find them."""
    garbage = Garbage()
    yield
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    garbage.close()


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path) -> None:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture(autouse=True)
def _user_of_the_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "_user", lambda: "Pat")


@pytest.fixture
def appearance(qapp: QApplication) -> Iterator[Appearance]:
    look = Appearance(qapp, Mode.LIGHT)
    yield look
    look.apply(Mode.LIGHT, 100)
    look.deleteLater()


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[JobsBridge]:
    bridge = JobsBridge()
    yield bridge
    bridge.close()


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def shell(qtbot: QtBot, appearance: Appearance) -> Iterator[Shell]:
    window = Shell(appearance, Settings(), CrashReporter(), SCREENS)
    window.resize(1366, 768)
    window.show()
    yield window
    window.close()
    window.deleteLater()


@pytest.fixture
def idle(qtbot: QtBot, shell: Shell) -> Wait:
    """Wait until nothing runs and no timer is about to ask for more."""

    def about_to_ask(timer: QTimer) -> bool:
        return timer.isSingleShot() and timer.isActive() and timer.interval() < LONG_MS

    def wait() -> None:
        quiet = 0

        def look() -> bool:
            nonlocal quiet
            calm = shell.jobs.idle() and not any(map(about_to_ask, shell.findChildren(QTimer)))
            quiet = quiet + 1 if calm else 0
            return quiet > 12

        qtbot.waitUntil(look, timeout=120_000)

    return wait


@pytest.fixture
def settlements(shell: Shell, backend: FakeBackend, idle: Wait) -> SettlementsScreen:
    """The settlements screen, open on the made-up services."""
    screen = shell.screens[1]
    assert isinstance(screen, SettlementsScreen)
    shell.context.use(backend)
    shell.go_to("settlements")
    idle()
    return screen


@pytest.fixture
def importing(shell: Shell, backend: FakeBackend, idle: Wait) -> ImportScreen:
    """The import screen, open on the made-up services."""
    screen = shell.screens[0]
    assert isinstance(screen, ImportScreen)
    backend.ran = False
    shell.context.use(backend)
    shell.go_to("import")
    idle()
    return screen
