"""Faults of the program: one dialog per distinct fault, on any thread, with details to copy."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, qInstallMessageHandler, qWarning
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from recon_app.ui.crash import CrashReporter
from recon_app.ui.widgets.button import Button
from tests.ui.fake_backend import IMAGE


@pytest.fixture
def reporter(qapp: QApplication) -> Iterator[CrashReporter]:
    made = CrashReporter()
    yield made
    if made.dialog is not None:
        made.dialog.close()
        made.dialog.deleteLater()


@pytest.fixture
def installed(reporter: CrashReporter) -> Iterator[CrashReporter]:
    hooks = sys.excepthook, threading.excepthook
    reporter.install()
    yield reporter
    sys.excepthook, threading.excepthook = hooks
    qInstallMessageHandler(None)


def fault(text: str = "boom") -> ValueError:
    return ValueError(text)


def test_a_fault_opens_one_dialog_however_often_it_comes(qtbot: QtBot, reporter: CrashReporter) -> None:
    error = fault()
    for _ in range(50):
        reporter.report(error)
    qtbot.waitUntil(lambda: list(reporter.seen.values()) == [50])
    assert reporter.dialog is not None
    assert reporter.dialog.isVisible()
    assert reporter.dialog.text().count("ValueError: boom") == 1


def test_another_fault_joins_the_open_dialog(qtbot: QtBot, reporter: CrashReporter) -> None:
    reporter.report(fault("one"))
    reporter.report(fault("two"))
    qtbot.waitUntil(lambda: len(reporter.seen) == 2)
    assert reporter.dialog is not None
    assert "ValueError: one" in reporter.dialog.text()
    assert "ValueError: two" in reporter.dialog.text()


def test_the_details_can_be_copied_and_are_plain(qtbot: QtBot, reporter: CrashReporter) -> None:
    reporter.report(fault(IMAGE))
    qtbot.waitUntil(lambda: reporter.dialog is not None)
    assert reporter.dialog is not None
    button = reporter.dialog.findChild(Button)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("Recon Desk ")
    assert f"ValueError: {IMAGE}" in copied


def test_both_hooks_lead_to_the_dialog(qtbot: QtBot, installed: CrashReporter) -> None:
    error = fault("main")
    sys.excepthook(ValueError, error, error.__traceback__)

    def work() -> None:
        raise ValueError("thread")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(installed.seen) == 2)
    assert any("ValueError: main" in text for text in installed.seen)
    assert any("ValueError: thread" in text for text in installed.seen)


def test_an_interrupt_is_left_to_python(
    installed: CrashReporter, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    passed: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "__excepthook__", lambda kind, *_: passed.append(kind))
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    qtbot.wait(10)
    assert passed == [KeyboardInterrupt]
    assert installed.seen == {}


def test_messages_of_qt_go_to_the_log(installed: CrashReporter, caplog: pytest.LogCaptureFixture) -> None:
    del installed
    with caplog.at_level(logging.WARNING, "recon_app"):
        qWarning("a warning of Qt")
    assert "Qt: a warning of Qt" in caplog.text
    assert caplog.records[0].levelno == logging.WARNING
