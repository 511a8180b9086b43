"""A small read-only table of ready cells, painted like the big ones."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any, ClassVar

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from recon_app.ui.tables.cell_delegate import CellDelegate
from recon_app.ui.tables.flat_header import FlatHeader
from recon_app.ui.tables.page_model import Cell, plain_tip, spoken
from recon_app.ui.theme import theme_of

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_MEASURED = 500  # rows
_SHORT = 10  # characters of a date; what is no longer is never cut
_LEAST_TEXT, _LEAST_STRETCH = 10, 16  # characters that other texts keep in a narrow window


class PlainModel(QAbstractTableModel):
    """Rows of cells that are all there."""

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = list(titles)
        self._rows: Sequence[Sequence[Cell]] = ()

    def set_rows(self, rows: Sequence[Sequence[Cell]], titles: Sequence[str] | None = None) -> None:
        """Show other rows, with other titles where given."""
        self.beginResetModel()
        self._rows = rows
        if titles is not None:
            self._titles = list(titles)
        self.endResetModel()

    def cell(self, row: int, column: int) -> Cell:
        """The cell to paint."""
        cells = self._rows[row]
        return cells[column] if column < len(cells) else Cell()

    # Qt
    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """How many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text and what tooltips and screen readers say."""
        if not index.isValid():
            return None
        cell = self.cell(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(cell.spoken or cell.text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(cell)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Titles, aligned like their column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = any(len(row) > section and row[section].right for row in self._rows[:1])
            return Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        return None


class PlainTable(QTableView):
    """A table for at most some hundred rows.

    Args:
        titles: Column titles.
        name: What a screen reader calls the table.
        stretch: The column that takes the free width, -1 for none.
        widest: Most characters that a column takes by itself.

    Attributes:
        narrowest: Least width of a column, pixels.
    """

    narrowest: ClassVar[int] = 0

    def __init__(
        self,
        titles: Sequence[str],
        name: str,
        stretch: int,
        parent: QWidget | None = None,
        *,
        widest: int = 32,
    ) -> None:
        super().__init__(parent)
        self._widest = widest
        self.cells = PlainModel(titles, self)
        self.setModel(self.cells)
        self.delegate = CellDelegate(self)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalHeader(FlatHeader(self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fix_rows()
        self._stretch = stretch
        self._empty = ""
        self._wanted: list[int] = []
        self._whole: set[int] = set()
        self._fitting = False
        self._own_widths = False  # the user dragged a border
        self.horizontalHeader().sectionResized.connect(self._resized)

    def say_when_empty(self, text: str) -> None:
        """Say why there are no rows, or what to look at instead."""
        self._empty = text
        self.setAccessibleDescription("" if self.cells.rowCount() else text)
        self.viewport().update()

    def set_rows(self, rows: Sequence[Sequence[Cell]], titles: Sequence[str] | None = None) -> None:
        """Show rows and make the columns as wide as they need."""
        self.cells.set_rows(rows, titles)
        self.setAccessibleDescription("" if rows else self._empty)
        self._own_widths = False
        self._measure()

    def _measure(self) -> None:
        """Find out what each column needs; a figure or a date is never cut, a longer text may be."""
        metrics = QFontMetrics(self.font())
        bold = self.font()
        bold.setBold(True)
        heavy = QFontMetrics(bold)
        self._wanted, self._whole = [], set()
        for column in range(self.cells.columnCount()):
            title = str(self.cells.headerData(column, Qt.Orientation.Horizontal) or "")
            widths, right, longest = [metrics.horizontalAdvance(title) + 4], False, 0
            for row in range(min(self.cells.rowCount(), _MEASURED)):
                cell = self.cells.cell(row, column)
                icon = metrics.height() + 6 if cell.icon else 0
                widths.append(heavy.horizontalAdvance(cell.text) + icon)
                right, longest = right or cell.right, max(longest, len(cell.text))
            if right or longest <= _SHORT:
                self._whole.add(column)
            elif column != self._stretch:
                widths = [min(max(widths), self._widest * metrics.averageCharWidth())]
            width = max(widths) + self._around()
            self._wanted.append(max(width, self.narrowest))
        self._fit()

    def _fit(self) -> None:
        """Give the free width to the column that takes it; short of it, cut texts."""
        widths = list(self._wanted)
        free = self.viewport().width() - sum(widths)
        if self._stretch >= 0 and free > 0:
            widths[self._stretch] += free
        elif self._stretch >= 0:
            spare = [width - self._least(column) for column, width in enumerate(widths)]
            share = min(1.0, -free / max(1, sum(spare)))
            widths = [
                width - min(more, ceil(share * more)) for width, more in zip(widths, spare, strict=True)
            ]
        self._fitting = True
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        self._fitting = False

    def _least(self, column: int) -> int:
        """Width below which a column says nothing."""
        if column in self._whole:
            return self._wanted[column]
        count = _LEAST_STRETCH if column == self._stretch else _LEAST_TEXT
        metrics = QFontMetrics(self.font())
        icon = metrics.height() + 6 if self.cells.rowCount() and self.cells.cell(0, column).icon else 0
        return min(self._wanted[column], count * metrics.averageCharWidth() + self._around() + icon)

    def _around(self) -> int:
        """Air beside a text."""
        return 2 * self.delegate.padding() + 4

    def _resized(self) -> None:
        if not self._fitting and QGuiApplication.mouseButtons():
            self._own_widths = True

    def _fix_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(QFontMetrics(self.font()).height() + 7)

    # Qt
    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.delegate.restyle()
            self._fix_rows()
            self._measure()
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width, unless the user did."""
        super().resizeEvent(event)
        if self._wanted and not self._own_widths:
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, or what is said where there are none."""
        super().paintEvent(event)
        if self._empty and not self.cells.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(theme_of(self.palette()).muted)
            top_left = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(8, 8, -8, -8), int(top_left), self._empty)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are shortcuts here."""
