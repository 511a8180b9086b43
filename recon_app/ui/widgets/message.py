"""Messages in their own window, always as plain text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

TITLE = "Recon Desk"


def show_error(parent: QWidget, text: str, safe: str = "Nothing was changed.") -> QMessageBox:
    """Show what went wrong and what is safe, without stopping the program; Copy takes the text along."""
    box = QMessageBox(QMessageBox.Icon.Warning, TITLE, text, QMessageBox.StandardButton.Close, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(safe)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    copy = QPushButton("Copy", box)
    box.addButton(copy, QMessageBox.ButtonRole.ActionRole)
    copy.clicked.disconnect()
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
    box.open()
    return box


def confirm(parent: QWidget, question: str, yes: str, act: Callable[[], object]) -> QMessageBox:
    """Ask before something that cannot simply be taken back; ``act`` runs only after ``yes``."""
    box = QMessageBox(QMessageBox.Icon.Question, TITLE, question, QMessageBox.StandardButton.Cancel, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.addButton(yes, QMessageBox.ButtonRole.AcceptRole).clicked.connect(act)
    box.open()
    return box
