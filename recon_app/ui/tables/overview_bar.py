"""Where in all rows the differences are: a narrow bar beside the scroll bar."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from recon_app.ui.theme import theme_of
from recon_app.ui.words import Family

_WIDTH = 14
# Left edge and width of a mark as shares of the bar: families differ by place, not only by colour.
_PLACE = {
    Family.DIFFERS: (0.0, 1.0),
    Family.ONE_SIDED: (0.5, 0.5),
    Family.DECIDE: (0.0, 0.5),
}


class OverviewBar(QWidget):
    """Marks for all rows, aggregated to the pixels of the bar.

    Signals:
        wanted: Marks for this many buckets are needed.
        jumped: The user clicked at this share (0 to 1) of all rows.
    """

    wanted = Signal(int)
    jumped = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks: Sequence[str | None] = ()
        self._view = (0.0, 1.0)
        self._settle = QTimer(self, interval=120, singleShot=True)
        self._settle.timeout.connect(self.ask)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Overview of the differences")
        self.setToolTip("Where the differences are: click to go there")

    def buckets(self) -> int:
        """How many marks fit."""
        return max(1, self.height() // 2)

    def ask(self) -> None:
        """Ask for the marks anew."""
        self.wanted.emit(self.buckets())

    def set_marks(self, marks: Sequence[str | None]) -> None:
        """Show one mark per bucket: a family, or None where all is calm."""
        self._marks = marks
        self.update()

    def set_view(self, first: float, last: float) -> None:
        """Frame the part (0 to 1) that the tables show."""
        self._view = (first, last)
        self.update()

    # Qt
    def sizeHint(self) -> QSize:
        """Narrow."""
        return QSize(_WIDTH, 100)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for other buckets when the size has settled."""
        super().resizeEvent(event)
        self._settle.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the place clicked."""
        self.jumped.emit(min(1.0, max(0.0, event.position().y() / max(1, self.height()))))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        self.mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the marks and the frame of what is visible."""
        del event
        theme = theme_of(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.band)
        height = self.height()
        step = height / max(1, len(self._marks))
        for number, mark in enumerate(self._marks):
            if mark is None or mark == Family.CALM:
                continue
            family = Family(mark)
            left, width = _PLACE[family]
            place = QRectF(1 + left * (_WIDTH - 2), number * step, width * (_WIDTH - 2), max(2.0, step))
            painter.fillRect(place, theme.families[family].text)
        first, last = self._view
        frame = QRectF(0.5, first * height + 0.5, _WIDTH - 1, max(6.0, (last - first) * height) - 1)
        shade = QColor(theme.text)
        shade.setAlpha(30)
        painter.fillRect(frame, shade)
        painter.setPen(theme.muted)
        painter.drawRect(frame)
