"""One pane: a table of fixed rows with a flat header, made for linking."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from recon_app.models.column import Column, ColumnType, Role
from recon_app.ui.tables.cell_delegate import CellDelegate
from recon_app.ui.tables.flat_header import FlatHeader
from recon_app.ui.tables.page_model import PageModel, Pane

_LAYOUT_VERSION = 1
_ROLE_ICON = {Role.KEY: "key", Role.COMPARED: "compared"}
_NARROWEST, _NARROWEST_KEY = 8, 9  # characters that a text column keeps when the window is small
#: Field of the column that names the currencies of both sides.
CURRENCIES = "currencies"
# in the middle of a code stands what tells it from others; of two currencies both count
_NEVER_CUT = frozenset({"barcode", "note.refund", CURRENCIES})
_ICON_ONLY = 2  # columns this wide hold an icon and no text
_GENEROUS = 1.4  # a column may become this much wider than it asks for when its texts are longer
_USUAL_AMOUNT = "+9,999.99"
_TWO_CURRENCIES = "EUR/USD"
_MEASURED = 120  # rows


def layout_key(screen: str, pane: str, columns: Sequence[Column]) -> str:
    """Where a pane's layout is kept.

    Qt "restores" a layout of five columns into six without complaint; the columns are part of the key.
    """
    digest = zlib.crc32("|".join(column.field for column in columns).encode())
    return f"layout/{_LAYOUT_VERSION}/{screen}/{pane}/{digest:08x}"


class PaneHeader(FlatHeader):
    """A header that shows what the comparison does with each column; columns can be moved."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)

    def icon_of(self, column: int) -> str:
        """The icon of the column's role."""
        model = self.model()
        return _ROLE_ICON.get(model.pane.columns[column].role, "") if isinstance(model, PageModel) else ""


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

    def row_padding(self) -> int:
        """Air around the text of a row, device-independent pixels."""
        return self._padding

    def natural_width(self) -> int:
        """Width at which every visible column shows what it holds."""
        return sum(self._wanted(number) for number in self.shown_columns())

    def least_width(self) -> int:
        """Width below which a horizontal scroll bar is needed."""
        return sum(
            min(self._wanted(number), self._least(self.columns[number]))
            if self._is_text(self.columns[number])
            else self._wanted(number)
            for number in self.shown_columns()
        )

    def fit(self, width: int) -> None:
        """Give every visible column what it needs; text columns share what is missing or left over."""
        shown = self.shown_columns()
        wanted = {number: self._wanted(number) for number in shown}
        texts = [number for number in shown if self._is_text(self.columns[number])]
        rest = width - sum(wanted.values())
        spare = {number: max(0, wanted[number] - self._least(self.columns[number])) for number in texts}
        for number in shown:
            if number not in spare:
                more = 0.0
            elif rest >= 0:
                more = rest / len(texts)
            else:
                more = max(-1.0, rest / max(1, sum(spare.values()))) * spare[number]
            self.setColumnWidth(number, int(wanted[number] + more))

    @staticmethod
    def _is_text(column: Column) -> bool:
        """Amounts, dates and barcodes stay as wide as they are; texts can be cut or get more room."""
        cut = column.type is ColumnType.TEXT and column.field not in _NEVER_CUT
        return cut and column.width > _ICON_ONLY

    def _least(self, column: Column) -> int:
        count = _NARROWEST_KEY if column.role is Role.KEY else _NARROWEST
        return count * self.fontMetrics().averageCharWidth() + 2 * self.delegate.padding()

    def _wanted(self, number: int) -> int:
        """Width of the title or of the widest of the first rows, at most what the column asks for."""
        column, pad = self.columns[number], 2 * self.delegate.padding()
        metrics = QFontMetrics(self.font())
        if column.width <= _ICON_ONLY:
            return metrics.height() + pad + 4
        title = metrics.horizontalAdvance(column.title) + 14
        if column.type is ColumnType.MONEY:  # its first rows may have none
            title = max(title, metrics.horizontalAdvance(_USUAL_AMOUNT) + pad)
        if column.field == CURRENCIES:  # few rows have two, and seldom the first
            title = max(title, self.delegate.bold_metrics().horizontalAdvance(_TWO_CURRENCIES) + pad + 4)
        most = int(column.width * _GENEROUS * metrics.horizontalAdvance("0")) + pad
        return max(
            title, min(most, self._model.widest(number, self.delegate.bold_metrics(), _MEASURED) + pad + 4)
        )

    def current_row(self) -> int:
        """Number of the current row, -1 when there is none."""
        return self.currentIndex().row()

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
