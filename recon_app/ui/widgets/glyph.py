"""One drawing as a widget, in the colours of the palette."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from recon_app.ui import icons
from recon_app.ui.theme import theme_of
from recon_app.ui.words import Family


class Glyph(QWidget):
    """Paints itself anew in another theme, which a pixmap in a label would not.

    Args:
        edge: Size in device-independent pixels, 0 for the height of the text.
    """

    def __init__(self, edge: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edge = edge
        self._name = ""
        self._family: Family | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, name: str, family: Family | None = None) -> None:
        """Show another drawing, "" for none."""
        self._name = name
        self._family = family
        self.setVisible(bool(name))
        self.update()

    # Qt
    def sizeHint(self) -> QSize:
        """A square."""
        edge = self._edge or self.fontMetrics().height() + 2
        return QSize(edge, edge)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the drawing."""
        del event
        if not self._name:
            return
        theme = theme_of(self.palette())
        color = theme.muted if self._family is None else theme.families[self._family].text
        edge = self.sizeHint().width()
        QPainter(self).drawPixmap(0, 0, icons.pixmap(self._name, color, edge, self.devicePixelRatioF()))
