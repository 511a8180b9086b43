"""A place to drop files, which is also a button."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from recon_app.ui import icons
from recon_app.ui.theme import theme_of


class DropZone(QAbstractButton):
    """A dashed field: drop files on it, or press it to choose some.

    Signals:
        dropped: The files and folders that were dropped.
    """

    dropped = Signal(list)

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._over = False
        self.setText(text)
        self.setAccessibleName(text)
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def _set_over(self, *, over: bool) -> None:
        self._over = over
        self.update()

    # Qt
    def sizeHint(self) -> QSize:
        """Two and a half lines high."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 60, metrics.height() * 3)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if local_paths(event):
            event.acceptProposedAction()
            self._set_over(over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget them."""
        super().dragLeaveEvent(event)
        self._set_over(over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand them on."""
        event.acceptProposedAction()
        self._set_over(over=False)
        self.dropped.emit(local_paths(event))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dashed field."""
        del event
        theme = theme_of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strong = self._over or self.hasFocus() or self.underMouse()
        painter.setBrush(theme.selection if self._over else theme.page)
        painter.setPen(QPen(theme.accent if strong else theme.line, 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        metrics = self.fontMetrics()
        edge = metrics.height() + 6
        width = edge + 10 + metrics.horizontalAdvance(self.text())
        left = max(10, (self.width() - width) // 2)
        image = icons.pixmap("drop", theme.accent, edge, self.devicePixelRatioF())
        painter.drawPixmap(left, (self.height() - edge) // 2, image)
        painter.setPen(theme.text)
        inside = self.rect().adjusted(left + edge + 10, 0, -6, 0)
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.text())


def local_paths(event: QDropEvent) -> list[Path]:
    """The files and folders of a drag that are on this computer."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
