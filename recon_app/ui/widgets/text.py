"""Labels for text that others wrote: never read as markup, cut only where the tooltip has the rest."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from recon_app.ui.tables.page_model import plain_tip
from recon_app.ui.theme import tabular, theme_of
from recon_app.ui.words import Family


class Tone(Enum):
    """How much a text stands out."""

    NORMAL = "normal"
    MUTED = "muted"
    STRONG = "strong"
    TITLE = "title"
    FIGURE = "figure"


_SIZE = {Tone.TITLE: 1.15, Tone.FIGURE: 1.25}
_BOLD = {Tone.STRONG, Tone.TITLE, Tone.FIGURE}


class Text(QLabel):
    """A label of plain text.

    Args:
        text: What it says.
        tone: How much it stands out.
        wrap: Break into lines; otherwise a text that is too long is cut and the tooltip has all of it.
        select: Can be selected with the mouse and copied.
    """

    def __init__(
        self,
        text: str = "",
        tone: Tone = Tone.NORMAL,
        *,
        wrap: bool = False,
        select: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone = tone
        self._family: Family | None = None
        self._own_paint = not wrap and not select
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if select:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if tone is Tone.MUTED:
            self.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._scale()
        self._follow()
        self.setText(text)

    def set_family(self, family: Family | None) -> None:
        """Colour the text like a kind of difference."""
        self._family = family
        self.update()

    def _scale(self) -> None:
        """Say only what is special about the font: the rest, such as its size, follows that of the parent."""
        font = QFont()
        if self._tone in _SIZE and QApplication.font().pointSizeF() > 0:
            font.setPointSizeF(QApplication.font().pointSizeF() * _SIZE[self._tone])
        if self._tone in _BOLD:
            font.setBold(True)
        self.setFont(tabular(font))

    def _follow(self) -> None:
        """Hear of another size of text; a font with a size of its own does not follow its parent."""
        parent = self.parentWidget()
        if parent is not None and self._tone in _SIZE:
            parent.installEventFilter(self)

    # Qt
    def minimumSizeHint(self) -> QSize:
        """A text that can be cut needs little room."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), 3 * hint.height()), hint.height()) if self._own_paint else hint

    def event(self, event: QEvent) -> bool:
        """Follow the text size of another parent."""
        if event.type() == QEvent.Type.ParentChange:
            self._follow()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the text size of the parent."""
        if event.type() == QEvent.Type.FontChange:
            self._scale()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a single line ourselves, cut with an ellipsis where there is no room."""
        if not self._own_paint:
            super().paintEvent(event)
            return
        inside = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, inside.width())
        tip = plain_tip(self.text()) if shown != self.text() else None
        if (tip or "") != self.toolTip():
            self.setToolTip(tip or "")
        painter = QPainter(self)
        painter.setFont(self.font())
        if self._family is None:
            painter.setPen(self.palette().color(self.foregroundRole()))
        else:
            painter.setPen(theme_of(self.palette()).families[self._family].text)
        painter.drawText(inside, int(self.alignment() | Qt.TextFlag.TextSingleLine), shown)
