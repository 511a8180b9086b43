"""Faults of the program itself: one dialog per distinct fault, however often it comes."""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import threading
import traceback
from types import TracebackType

import PySide6
from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from recon_app import __version__
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.text import Text, Tone

log = logging.getLogger("recon_app")
_LEVEL = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class CrashReporter(QObject):
    """Takes what no one caught, on any thread, and shows it on the thread of the window.

    Signals:
        caught: A fault, as the text of its traceback.
    """

    caught = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.seen: dict[str, int] = {}
        self.dialog: CrashDialog | None = None
        self.caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take the hooks of Python and Qt."""
        if sys.stderr is not None:  # a windowed program on Windows has none
            faulthandler.enable()
        sys.excepthook = self._hook
        threading.excepthook = lambda args: self._hook(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )
        qInstallMessageHandler(_qt_message)

    def report(self, error: BaseException) -> None:
        """Show an error that a job brought; may be called on any thread."""
        self.caught.emit("".join(traceback.format_exception(error)))

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.caught.emit("".join(traceback.format_exception(kind, error, trace)))

    def _show(self, details: str) -> None:
        self.seen[details] = self.seen.get(details, 0) + 1
        if self.seen[details] > 1:  # a fault in painting comes once per cell
            return
        log.error("unexpected fault\n%s", details)
        if self.dialog is None or not self.dialog.isVisible():
            window = next((w for w in QGuiApplication.topLevelWindows() if w.isVisible()), None)
            self.dialog = CrashDialog(details, QWidget.find(window.winId()) if window is not None else None)
            self.dialog.open()
        else:
            self.dialog.add(details)


class CrashDialog(QDialog):
    """Says that something went wrong, what is safe, and lets the details be copied."""

    def __init__(self, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something went wrong")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self._details = QPlainTextEdit(_facts() + details, self)
        self._details.setReadOnly(True)
        self._details.setAccessibleName("Details of the fault")
        self.copy = Button("&Copy details", "copy", primary=True, parent=self)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        close = Button("C&lose", parent=self)
        close.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(Text("This is a fault of the program.", Tone.TITLE, parent=self))
        safe = "Your files and everything shown as saved are safe. You can go on working."
        column.addWidget(Text(safe, wrap=True, parent=self))
        column.addWidget(self._details)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self.copy)
        line.addWidget(close)
        column.addLayout(line)
        self.resize(720, 420)

    def text(self) -> str:
        """What Copy puts on the clipboard."""
        return self._details.toPlainText()

    def add(self, details: str) -> None:
        """Show a further fault below the first."""
        self._details.appendPlainText(details)


def _facts() -> str:
    return (
        f"Recon Desk {__version__}, Python {platform.python_version()}, "
        f"PySide6 {PySide6.__version__}, {platform.platform()}\n\n"
    )


def _qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    log.log(_LEVEL[kind], "Qt: %s (%s)", message, context.category)
