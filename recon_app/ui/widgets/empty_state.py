"""What a place shows when it has nothing: an icon, one sentence, one button."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.glyph import Glyph
from recon_app.ui.widgets.text import Text, Tone


class EmptyState(QWidget):
    """An icon, a sentence and at most one button.

    Signals:
        pressed: The button was pressed.
    """

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = Glyph(48, self)
        self._sentence = Text("", Tone.TITLE, parent=self)
        self._more = Text("", Tone.MUTED, parent=self)
        self.button = Button("", primary=True, parent=self)
        self.button.clicked.connect(self.pressed)
        column = QVBoxLayout(self)
        column.addStretch(2)
        for widget in (self._picture, self._sentence, self._more, self.button):
            line = QHBoxLayout()
            line.addStretch(1)
            line.addWidget(widget)
            line.addStretch(1)
            column.addLayout(line)
            column.addSpacing(6)
        column.addStretch(3)

    def show_text(self, icon: str, sentence: str, more: str = "", button: str = "") -> None:
        """Say what is not there and what to do."""
        self._picture.show_icon(icon)
        self._sentence.setText(sentence)
        self._more.setText(more)
        self._more.setVisible(bool(more))
        self.button.setText(button)
        self.button.setAccessibleName(button)
        self.button.setVisible(bool(button))
        self.button.updateGeometry()
