"""A small read-only table of ready cells, painted like the big ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from recon_app.ui.tables.cell_delegate import CellDelegate
from recon_app.ui.tables.flat_header import FlatHeader
from recon_app.ui.tables.page_model import Cell, plain_tip, spoken

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


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
    """

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
        self.verticalHeader().setDefaultSectionSize(QFontMetrics(self.font()).height() + 7)
        if stretch >= 0:
            self.horizontalHeader().setSectionResizeMode(stretch, QHeaderView.ResizeMode.Stretch)
        self._stretch = stretch

    def set_rows(self, rows: Sequence[Sequence[Cell]], titles: Sequence[str] | None = None) -> None:
        """Show rows and make the columns as wide as they need."""
        self.cells.set_rows(rows, titles)
        metrics = QFontMetrics(self.font())
        bold = self.font()
        bold.setBold(True)
        heavy = QFontMetrics(bold)
        for column in range(self.cells.columnCount()):
            if column == self._stretch:
                continue
            title = str(self.cells.headerData(column, Qt.Orientation.Horizontal) or "")
            widths = [metrics.horizontalAdvance(title) + 4]
            for row in rows[:500]:
                if column < len(row):
                    icon = metrics.height() + 6 if row[column].icon else 0
                    widths.append(heavy.horizontalAdvance(row[column].text) + icon)
            most = self._widest * metrics.averageCharWidth()
            self.setColumnWidth(column, min(max(widths), most) + 2 * self.delegate.padding() + 4)

    def _fix_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(QFontMetrics(self.font()).height() + 7)

    # Qt
    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.delegate.restyle()
            self._fix_rows()
            self.viewport().update()

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are shortcuts here."""
