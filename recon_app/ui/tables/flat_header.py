"""A flat column header: title aligned like its column, sort arrow, and what a comparison does with it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from recon_app.ui import icons
from recon_app.ui.theme import theme_of

_PAD = 6
_LEAST_TITLE = 4  # characters; a narrower column shows its icon cells and no title


class FlatHeader(QHeaderView):
    """Asks its model for titles and alignment; subclasses may add an icon per column."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(24)

    def icon_of(self, column: int) -> str:
        """Name of the icon before the title, "" for none."""
        del column
        return ""

    def _title(self, column: int, role: Qt.ItemDataRole) -> object:
        return self.model().headerData(column, Qt.Orientation.Horizontal, role)

    # Qt
    def sizeHint(self) -> QSize:
        """Room for one line of text."""
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sections, and the ground behind the last one."""
        super().paintEvent(event)
        theme = theme_of(self.palette())
        painter = QPainter(self.viewport())
        rest = self.viewport().rect().adjusted(self.length() - self.offset(), 0, 0, 0)
        painter.fillRect(rest, theme.band)
        painter.setPen(theme.line)
        painter.drawLine(rest.bottomLeft(), rest.bottomRight())

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:
        """Paint ground, icon, title and sort arrow."""
        theme = theme_of(self.palette())
        painter.fillRect(rect, theme.band)
        painter.setPen(theme.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.right(), rect.top() + rect.height() // 4, rect.right(), rect.bottom())
        named = str(self._title(logical_index, Qt.ItemDataRole.DisplayRole) or "")
        narrow = rect.width() < _LEAST_TITLE * self.fontMetrics().averageCharWidth() + 2 * _PAD
        if narrow and self.fontMetrics().horizontalAdvance(named) > rect.width() - 2 * _PAD:
            return
        inside = self._paint_icons(painter, rect.adjusted(_PAD, 0, -_PAD, 0), logical_index)
        painter.setPen(theme.text)
        title = str(self._title(logical_index, Qt.ItemDataRole.DisplayRole) or "")
        shown = self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, inside.width())
        if shown != title and len(shown) < _LEAST_TITLE:
            return  # a letter and dots say nothing
        side = self._title(logical_index, Qt.ItemDataRole.TextAlignmentRole)
        right = isinstance(side, Qt.AlignmentFlag) and bool(side & Qt.AlignmentFlag.AlignRight)
        flag = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(inside, int(flag | Qt.AlignmentFlag.AlignVCenter), shown)

    def _paint_icons(self, painter: QPainter, inside: QRect, column: int) -> QRect:
        """Paint sort arrow and icon; returns what is left for the title."""
        theme = theme_of(self.palette())
        edge = self.fontMetrics().height()
        ratio = self.devicePixelRatioF()
        top = inside.top() + (inside.height() - edge) // 2
        if self.isSortIndicatorShown() and self.sortIndicatorSection() == column:
            down = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
            arrow = icons.pixmap("sort-down" if down else "sort-up", theme.accent, edge, ratio)
            painter.drawPixmap(inside.right() - edge + 5, top, arrow)
            inside.setRight(inside.right() - edge + 3)
        name = self.icon_of(column)
        title = str(self._title(column, Qt.ItemDataRole.DisplayRole) or "")
        if name and inside.width() > self.fontMetrics().horizontalAdvance(title) + edge + 1:
            painter.drawPixmap(inside.left() - 2, top, icons.pixmap(name, theme.muted, edge, ratio))
            inside.setLeft(inside.left() + edge + 1)
        return inside
