"""A line over a screen that says what is worth doing first."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from recon_app.ui import icons
from recon_app.ui.theme import theme_of
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.text import Text
from recon_app.ui.words import Family


class Banner(QWidget):
    """An icon, a sentence and one button; hidden while there is nothing to say.

    Args:
        icon: Name of a drawing.
        button: What can be done about it, or "".
        more: Further buttons, left of the first.
    """

    def __init__(self, icon: str, button: str, parent: QWidget | None = None, *more: Button) -> None:
        super().__init__(parent)
        self._icon = icon
        self.text = Text(parent=self)
        self.button = Button(button, parent=self)
        line = QHBoxLayout(self)
        line.setContentsMargins(34, 3, 4, 3)
        line.setSpacing(6)
        line.addWidget(self.text, 1)
        for other in more:
            line.addWidget(other)
        line.addWidget(self.button)
        self.button.setVisible(bool(button))
        self.hide()

    def say(self, text: str) -> None:
        """Show a sentence; an empty one hides the banner."""
        self.text.setText(text)
        self.setVisible(bool(text))

    # Qt
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card and its icon."""
        del event
        theme = theme_of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tones = theme.families[Family.ONE_SIDED]
        painter.setBrush(tones.tint if tones.tint is not None else theme.page)
        painter.setPen(QPen(theme.line, 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        edge = self.fontMetrics().height()
        image = icons.pixmap(self._icon, tones.text, edge, self.devicePixelRatioF())
        painter.drawPixmap(10, (self.height() - edge) // 2, image)
