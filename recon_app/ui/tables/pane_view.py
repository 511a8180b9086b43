"""One pane: a table of fixed rows with a flat header, made for linking."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from recon_app.models.column import Column, Role
from recon_app.ui import icons
from recon_app.ui.tables.cell_delegate import CellDelegate
from recon_app.ui.tables.page_model import PageModel, Pane, right_aligned
from recon_app.ui.theme import theme_of

_LAYOUT_VERSION = 1
_ROLE_ICON = {Role.KEY: "key", Role.COMPARED: "compared"}
_NARROWEST = 6  # characters that a text column keeps when the window is small


def layout_key(screen: str, pane: str, columns: Sequence[Column]) -> str:
    """Where a pane's layout is kept.

    Qt "restores" a layout of five columns into six without complaint; the columns are part of the key.
    """
    digest = zlib.crc32("|".join(column.field for column in columns).encode())
    return f"layout/{_LAYOUT_VERSION}/{screen}/{pane}/{digest:08x}"


class PaneHeader(QHeaderView):
    """A flat header that shows what the comparison does with each column."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(28)

    def _columns(self) -> tuple[Column, ...]:
        model = self.model()
        return model.pane.columns if isinstance(model, PageModel) else ()

    # Qt
    def sizeHint(self) -> QSize:
        """Room for one line of text."""
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + 12)

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:
        """Paint title, role and sort order."""
        column = self._columns()[logical_index]
        theme = theme_of(self.palette())
        edge = self.fontMetrics().height()
        ratio = self.devicePixelRatioF()
        top = rect.top() + (rect.height() - edge) // 2
        painter.fillRect(rect, theme.band)
        painter.setPen(theme.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight() + (rect.bottomRight() - rect.topRight()) / 4, rect.bottomRight())
        inside = rect.adjusted(6, 0, -6, 0)
        if self.isSortIndicatorShown() and self.sortIndicatorSection() == logical_index:
            down = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
            arrow = icons.pixmap("sort-down" if down else "sort-up", theme.accent, edge, ratio)
            painter.drawPixmap(inside.right() - edge + 4, top, arrow)
            inside.setRight(inside.right() - edge + 2)
        role = _ROLE_ICON.get(column.role)
        if role and inside.width() > 5 * edge:
            painter.drawPixmap(inside.left() - 2, top, icons.pixmap(role, theme.muted, edge, ratio))
            inside.setLeft(inside.left() + edge + 1)
        painter.setPen(theme.text)
        side = Qt.AlignmentFlag.AlignRight if right_aligned(column) else Qt.AlignmentFlag.AlignLeft
        title = self.fontMetrics().elidedText(column.title, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, int(side | Qt.AlignmentFlag.AlignVCenter), title)


class PaneView(QTableView):
    """A table whose rows all have one height and whose keys mean rows.

    Signals:
        opened: The user pressed Enter or double-clicked a row.
        all_wanted: The user asked for all rows to be selected.
    """

    opened = Signal(int)
    all_wanted = Signal()

    def __init__(self, model: PageModel[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self._model = model
        self._padding = 8
        self.delegate = CellDelegate(self)
        self.setItemDelegate(self.delegate)
        self.setHorizontalHeader(PaneHeader(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setStretchLastSection(True)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        self._fix_rows()
        self.reset_columns()

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, hidden ones too."""
        return self._model.pane.columns

    @property
    def pane(self) -> Pane[Any]:
        """What makes the cells."""
        return self._model.pane

    def shown_columns(self) -> list[int]:
        """The visible columns from left to right."""
        header = self.horizontalHeader()
        order = (header.logicalIndex(place) for place in range(header.count()))
        return [column for column in order if not header.isSectionHidden(column)]

    def show_pane(self, pane: Pane[Any]) -> None:
        """Show other columns of the same rows."""
        self._model.set_pane(pane)
        self.reset_columns()

    def reset_columns(self) -> None:
        """Go back to the first order and choice of columns."""
        header = self.horizontalHeader()
        for number, column in enumerate(self.columns):
            self.setColumnHidden(number, not column.shown)
            header.moveSection(header.visualIndex(number), number)

    def set_row_padding(self, pixels: int) -> None:
        """Give rows more or less air (device-independent pixels around the text)."""
        self._padding = pixels
        self._fix_rows()

    def natural_width(self) -> int:
        """Width at which every visible column has the width it asks for."""
        return sum(self._wanted(self.columns[number]) for number in self.shown_columns())

    def fit(self, width: int) -> None:
        """Give every visible column its width; where ``width`` is too small, text columns give way."""
        shown = self.shown_columns()
        wanted = {number: self._wanted(self.columns[number]) for number in shown}
        soft = [number for number in shown if not right_aligned(self.columns[number])]
        least = _NARROWEST * self.fontMetrics().averageCharWidth()
        spare = sum(max(0, wanted[number] - least) for number in soft)
        excess = max(0, sum(wanted.values()) - width)
        share = min(1.0, excess / spare) if spare else 0.0
        for number in shown:
            cut = max(0, wanted[number] - least) * share if number in soft else 0
            self.setColumnWidth(number, round(wanted[number] - cut))

    def current_row(self) -> int:
        """Number of the current row, -1 when there is none."""
        return self.currentIndex().row()

    def _wanted(self, column: Column) -> int:
        metrics = QFontMetrics(self.font())
        title = metrics.horizontalAdvance(column.title) + 12
        if column.role in _ROLE_ICON:
            title += metrics.height() + 2
        return max(title, column.width * metrics.horizontalAdvance("0") + 2 * self.delegate.padding())

    def _fix_rows(self) -> None:
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(QFontMetrics(self.font()).height() + self._padding)

    # Qt
    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are shortcuts here, not type-ahead."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End go to the first and last row, Enter opens, Tab leaves the table."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current_row() >= 0:
            self.opened.emit(self.current_row())
            return
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End) and not event.modifiers() and self._model.rowCount():
            row = 0 if key == Qt.Key.Key_Home else self._model.rowCount() - 1
            self.setCurrentIndex(self._model.index(row, max(0, self.currentIndex().column())))
            return
        super().keyPressEvent(event)

    def selectAll(self) -> None:
        """Leave it to the owner: Qt would list every row."""
        self.all_wanted.emit()

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Start at the first row when there is no current one yet."""
        if not self.currentIndex().isValid() and self._model.rowCount():
            shown = self.shown_columns()
            return self._model.index(0, shown[0] if shown else 0)
        return super().moveCursor(action, modifiers)

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.delegate.restyle()
            self._fix_rows()
            self.viewport().update()
