"""A large card that says what became of a scan: drawing, words and colour together, never colour alone."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from recon_app.ui.theme import theme_of
from recon_app.ui.widgets.glyph import Glyph
from recon_app.ui.widgets.text import Text, Tone
from recon_app.ui.words import Family

_EDGE = 32


class SignalCard(QWidget):
    """One result at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._family = Family.CALM
        self._glyph = Glyph(_EDGE, self)
        self.text = Text("", Tone.FIGURE, parent=self)
        self.more = Text("", Tone.MUTED, parent=self)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self.text)
        words.addWidget(self.more)
        words.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 6, 12, 6)
        line.setSpacing(12)
        line.addWidget(self._glyph)
        line.addLayout(words, 1)
        self._glyph.show_icon("search")

    def say(self, icon: str, text: str, more: str = "", family: Family = Family.CALM) -> None:
        """Show a result; a screen reader hears it, too."""
        self._family = family
        self._glyph.show_icon(icon, family)
        self.text.setText(text)
        self.text.set_family(None if family is Family.CALM else family)
        self.more.setText(more)
        self.more.setVisible(bool(more))
        self.setAccessibleName(f"{text}. {more}" if more else text)
        self.update()

    # Qt
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card: a wide border at the left, and the tint of its family."""
        del event
        theme = theme_of(self.palette())
        tones = theme.families[self._family]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(tones.tint if tones.tint is not None else theme.page)
        painter.setPen(QPen(tones.text if self._family is not Family.CALM else theme.line, 1))
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, 4, 4)
        if self._family is not Family.CALM:
            painter.fillRect(QRectF(1, 4, 5, self.height() - 8), tones.text)
