"""The frame of the program's own dialogs: content above, buttons below, the main one at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from recon_app.ui.widgets.button import Button


class Dialog(QDialog):
    """A window-modal dialog that deletes itself.

    Attributes:
        body: Takes the content.
        buttons: Takes further buttons, left of Cancel.
        ok: The main button; Enter presses it.
        cancel: Closes without doing anything.
    """

    def __init__(self, title: str, ok: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(6)
        self.ok = Button(ok, primary=True, parent=self)
        self.ok.setDefault(True)
        self.cancel = Button("Cancel", parent=self)
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self.cancel)
        self.buttons.addWidget(self.ok)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(12)
        column.addLayout(self.body, 1)
        column.addLayout(self.buttons)
