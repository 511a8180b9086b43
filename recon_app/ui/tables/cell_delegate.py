"""Paints cells: the cheapest way in Qt is a paint method of one's own that fetches only what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from recon_app.ui import icons
from recon_app.ui.theme import Theme, tabular, theme_of
from recon_app.ui.words import Family

if TYPE_CHECKING:
    from recon_app.ui.tables.page_model import Cell, PageModel

_CENTER = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_LEFT = _CENTER | int(Qt.AlignmentFlag.AlignLeft)
_RIGHT = _CENTER | int(Qt.AlignmentFlag.AlignRight)


@dataclass
class _Tools:
    """Pens, brushes and fonts of one theme and one font, made once."""

    theme: Theme
    normal: QFont
    bold: QFont
    metrics: QFontMetrics
    bold_metrics: QFontMetrics
    hatch: QBrush
    text: QPen
    muted: QPen
    families: dict[Family, QPen]
    focus: QPen
    line: QPen
    pad: int
    icon: int

    @classmethod
    def make(cls, widget: QWidget) -> _Tools:
        theme = theme_of(widget.palette())
        normal = tabular(widget.font())
        bold = QFont(normal)
        bold.setBold(True)
        metrics = QFontMetrics(normal)
        return cls(
            theme=theme,
            normal=normal,
            bold=bold,
            metrics=metrics,
            bold_metrics=QFontMetrics(bold),
            hatch=QBrush(theme.hatch, Qt.BrushStyle.BDiagPattern),
            text=QPen(theme.text),
            muted=QPen(theme.muted),
            families={family: QPen(tones.text) for family, tones in theme.families.items()},
            focus=QPen(theme.accent, 2),
            line=QPen(theme.line),
            pad=max(4, metrics.averageCharWidth() - 1),
            icon=metrics.height(),
        )

    def pen(self, cell: Cell) -> QPen:
        if cell.family is not None:
            return self.families[cell.family]
        return self.muted if cell.muted else self.text


class CellDelegate(QStyledItemDelegate):
    """Paints the cells of a :class:`PageModel`.

    Attributes:
        all_selected: Every row is selected, without a selection of Qt that would have to list them.
    """

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view
        self._tools = _Tools.make(view)
        self.all_selected = False

    def padding(self) -> int:
        """Air at each side of a text, in pixels."""
        return self._tools.pad

    def bold_metrics(self) -> QFontMetrics:
        """Metrics of the widest font that cells are painted in."""
        return self._tools.bold_metrics

    def restyle(self) -> None:
        """Theme or font changed."""
        self._tools = _Tools.make(self._view)

    def _background(self, painter: QPainter, rect: QRect, cell: Cell, *, odd: bool, selected: bool) -> None:
        tools = self._tools
        theme = tools.theme
        if selected:
            painter.fillRect(rect, theme.selection)
        elif cell.band:
            painter.fillRect(rect, theme.band)
        elif odd:
            painter.fillRect(rect, theme.stripe)
        if cell.hatch:
            # Anchored to the row and the first column: the pattern stays whole when the view scrolls.
            painter.setBrushOrigin(QPoint(self._view.columnViewportPosition(0), rect.top()))
            painter.fillRect(rect, tools.hatch)
        if cell.tint and cell.family is not None:
            _tint(painter, rect, theme, cell.family, selected=selected)

    def _contents(self, painter: QPainter, rect: QRect, cell: Cell, ratio: float) -> None:
        tools = self._tools
        pen = tools.pen(cell)
        if cell.across:
            self._across(painter, rect, cell, pen)
            return
        if cell.icon:
            image = icons.pixmap(cell.icon, pen.color(), tools.icon, ratio)
            top = rect.top() + (rect.height() - tools.icon) // 2
            if not cell.text:
                painter.drawPixmap(rect.left() + (rect.width() - tools.icon) // 2, top, image)
                return
            painter.drawPixmap(rect.left() + tools.pad, top, image)
            rect = rect.adjusted(tools.icon + tools.pad, 0, 0, 0)
        if not cell.text:
            return
        inside = rect.adjusted(tools.pad, 0, -tools.pad, 0)
        heavy = cell.tint or cell.bold
        metrics = tools.bold_metrics if heavy else tools.metrics
        painter.setFont(tools.bold if heavy else tools.normal)
        shown = metrics.elidedText(cell.text, _elide(cell), inside.width())
        painter.setPen(pen)
        painter.drawText(inside, _RIGHT if cell.right else _LEFT, shown)

    def _across(self, painter: QPainter, rect: QRect, cell: Cell, pen: QPen) -> None:
        """Paint a text that runs across several cells of a row: each cell paints its own part of it."""
        tools = self._tools
        metrics = tools.bold_metrics if cell.bold else tools.metrics
        left = self._view.columnViewportPosition(self._view.horizontalHeader().logicalIndex(0))
        left = max(left, 0) + tools.pad
        place = QRect(left, rect.top(), metrics.horizontalAdvance(cell.text) + 2, rect.height())
        painter.save()
        painter.setClipRect(rect)
        if cell.hatch:
            painter.fillRect(place.adjusted(-4, 2, 4, -2), tools.theme.page)
        painter.setFont(tools.bold if cell.bold else tools.normal)
        painter.setPen(pen)
        painter.drawText(place, _LEFT, cell.text)
        painter.restore()

    # Qt
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint background, icon and text of one cell."""
        cell = cast("PageModel[object]", index.model()).cell(index.row(), index.column())
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = self.all_selected or bool(state & QStyle.StateFlag.State_Selected)
        self._background(painter, rect, cell, odd=bool(index.row() & 1), selected=selected)
        self._contents(painter, rect, cell, self._view.devicePixelRatioF())
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(self._tools.focus)
            painter.drawRect(rect.adjusted(1, 1, -1, -1))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Wide enough for the whole text, used when a user double-clicks a column border."""
        del option
        cell = cast("PageModel[object]", index.model()).cell(index.row(), index.column())
        width = self._tools.bold_metrics.horizontalAdvance(cell.text) + 2 * self._tools.pad
        return QSize(width + (self._tools.icon if cell.icon else 0), self._tools.metrics.height())


def _elide(cell: Cell) -> Qt.TextElideMode:
    """Where a text is cut: an identifier in the middle, for both its ends tell it apart."""
    if cell.right:
        return Qt.TextElideMode.ElideLeft
    return Qt.TextElideMode.ElideRight if " " in cell.text else Qt.TextElideMode.ElideMiddle


def _tint(painter: QPainter, rect: QRect, theme: Theme, family: Family, *, selected: bool) -> None:
    tones = theme.families[family]
    if theme.borders:
        painter.setPen(QPen(tones.text, 1))
        painter.drawRect(rect.adjusted(0, 1, -1, -2))
        return
    if tones.tint is None:
        return
    inner = rect.adjusted(1, 1, -1, -1) if selected else rect
    painter.fillRect(inner, QColor(tones.tint))
