"""Rows read page by page as they are looked at, shared by the models of linked panes.

A model never knows more than the count and a few pages, so a million rows cost what a thousand do.
"""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics

from recon_app.models.column import Column, ColumnType, Role
from recon_app.ui.jobs_bridge import JobsBridge
from recon_app.ui.words import Family

PAGE_ROWS = 256
_KEPT_PAGES = 64
_WAITING_PAGES = 4  # a view shows at most two pages; older wishes were scrolled past
_KEPT_CELLS = 4096

RowT = TypeVar("RowT")
RowT_co = TypeVar("RowT_co", covariant=True)
RowT_contra = TypeVar("RowT_contra", contravariant=True)
Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


class RowSource(Protocol[RowT_co]):
    """An ordered result that can be read by row number."""

    @property
    def count(self) -> int:
        """How many rows there are."""

    def rows(self, start: int, n: int) -> Sequence[RowT_co]:
        """Read up to ``n`` rows; runs on a worker thread, never on two at the same time."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, ready to paint.

    Attributes:
        text: What is shown.
        right: Right-aligned, with digits of equal width.
        icon: Name of an icon before the text (alone: in the middle).
        family: Colours the text.
        tint: The value differs: tinted background in the family's colour, bold.
        muted: Stands back, because nobody needs to look at it.
        bold: Bold without a tint.
        hatch: The record is missing on this side.
        band: Part of a group row.
        across: The text starts at the left edge of the pane and runs across all neighbours that say the same.
        spoken: What a tooltip and a screen reader say when ``text`` is not enough.
    """

    text: str = ""
    right: bool = False
    icon: str = ""
    family: Family | None = None
    tint: bool = False
    muted: bool = False
    bold: bool = False
    hatch: bool = False
    band: bool = False
    across: bool = False
    spoken: str = ""


LOADING = Cell("…", muted=True, spoken="loading")


class Pane(Protocol[RowT_contra]):
    """Turns rows into the cells of some columns."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, hidden ones too."""

    def cells(self, row: RowT_contra) -> Sequence[Cell]:
        """One cell per column."""

    def plain(self, row: RowT_contra) -> Sequence[str]:
        """One text per column for the clipboard; may run on a worker thread."""


class PagedRows(QObject, Generic[RowT]):
    """The rows of one source, kept in pages.

    Signals:
        opened: Another source is shown; every row is new.
        renewed: The same rows came again, perhaps with other contents.
        loaded: Rows from the first to the last number given are there now.
        failed: A page could not be read; carries the exception.
    """

    opened = Signal()
    renewed = Signal()
    loaded = Signal(int, int)
    failed = Signal(object)

    def __init__(self, jobs: JobsBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._lane = jobs.lane()
        self._source: RowSource[RowT] | None = None
        self._pages: OrderedDict[int, Sequence[RowT]] = OrderedDict()
        self._waiting: OrderedDict[int, None] = OrderedDict()
        self._loading: int | None = None
        self._token = 0
        self.count = 0

    @property
    def source(self) -> RowSource[RowT] | None:
        """What is shown."""
        return self._source

    def open(
        self,
        source: RowSource[RowT] | None,
        pages: Mapping[int, Sequence[RowT]] | None = None,
        *,
        same_rows: bool = False,
    ) -> None:
        """Show another source.

        Args:
            source: What to show; None for nothing.
            pages: Pages that were read already, so that nothing flickers.
            same_rows: The rows are the same ones in the same order, so place and selection stay.
        """
        count = 0 if source is None else source.count
        stay = same_rows and count == self.count
        self._token += 1
        self._lane = self._jobs.lane()
        self._source = source
        self._pages = OrderedDict(pages or {})
        self._waiting.clear()
        self._loading = None
        self.count = count
        (self.renewed if stay else self.opened).emit()

    def row(self, number: int) -> RowT | None:
        """A row, or None while its page is being read."""
        page, place = divmod(number, PAGE_ROWS)
        rows = self._pages.get(page)
        if rows is None:
            self._want(page)
            return None
        self._pages.move_to_end(page)
        return rows[place] if place < len(rows) else None

    def ready(self, number: int) -> RowT | None:
        """A row that is there, None otherwise; nothing is read."""
        page, place = divmod(number, PAGE_ROWS)
        rows = self._pages.get(page, ())
        return rows[place] if place < len(rows) else None

    def ask(
        self,
        question: Callable[[Any], Any],
        answer: Callable[[Any], None],
    ) -> None:
        """Ask the source something beside the window; an answer about an older source is dropped."""
        source, token = self._source, self._token
        if source is None:
            return

        def deliver(result: Any) -> None:
            if token == self._token:
                answer(result)

        def fail(error: BaseException) -> None:
            if token == self._token:
                self._loading = None
                self.failed.emit(error)

        self._jobs.read(self, lambda _progress: question(source), deliver, fail, lane=self._lane)

    def _want(self, page: int) -> None:
        if page == self._loading:
            return
        self._waiting[page] = None
        self._waiting.move_to_end(page)
        while len(self._waiting) > _WAITING_PAGES:
            self._waiting.popitem(last=False)
        self._load_next()

    def _load_next(self) -> None:
        if self._loading is not None or not self._waiting or self._source is None:
            return
        page, _ = self._waiting.popitem()
        self._loading = page
        self.ask(lambda source: source.rows(page * PAGE_ROWS, PAGE_ROWS), partial(self._keep, page))

    def _keep(self, page: int, rows: Sequence[RowT]) -> None:
        self._loading = None
        self._pages[page] = rows
        while len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)
        self._load_next()
        first = page * PAGE_ROWS
        self.loaded.emit(first, min(first + PAGE_ROWS, self.count) - 1)


class _Measured(NamedTuple):
    """How wide the columns of some rows are; rows are told apart by identity, they never change."""

    metrics: QFontMetrics
    rows: Sequence[object]
    widths: list[int]


class PageModel(QAbstractTableModel, Generic[RowT]):
    """Some columns of paged rows."""

    def __init__(self, rows: PagedRows[RowT], pane: Pane[RowT], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._cells: dict[int, Sequence[Cell]] = {}
        self._count = rows.count
        self._loading_cells = (LOADING,) * len(pane.columns)
        self._measured: _Measured | None = None
        self.pane = pane
        rows.opened.connect(self._open)
        rows.renewed.connect(self.repaint_cells)
        rows.loaded.connect(self._loaded)

    def cell(self, row: int, column: int) -> Cell:
        """The cell to paint; a placeholder while its page is being read."""
        cells = self._cells.get(row)
        if cells is None:
            cells = self._make(row)
        return cells[column]

    def widest(self, column: int, metrics: QFontMetrics, rows: int) -> int:
        """Width in pixels of the widest text among the first rows that are there already."""
        ready = [self._rows.ready(number) for number in range(min(rows, self._count))]
        known = self._measured
        if (
            known is None
            or known.metrics != metrics
            or len(known.rows) != len(ready)
            or not all(map(operator.is_, known.rows, ready))
        ):
            known = self._measured = _Measured(metrics, ready, self._measure(ready, metrics))
        return known.widths[column]

    def _measure(self, ready: Sequence[RowT | None], metrics: QFontMetrics) -> list[int]:
        """Widths of the widest texts of all columns: whoever asks for one asks for the others, too."""
        widths = [0] * len(self.pane.columns)
        for row in ready:
            for column, cell in enumerate(self.pane.cells(row) if row is not None else ()):
                if cell.text and not cell.across:
                    widths[column] = max(widths[column], metrics.horizontalAdvance(cell.text))
        return widths

    def _make(self, number: int) -> Sequence[Cell]:
        row = self._rows.row(number)
        if row is None:
            return self._loading_cells
        if len(self._cells) >= _KEPT_CELLS:
            self._cells.clear()
        cells = self._cells[number] = self.pane.cells(row)
        return cells

    def set_pane(self, pane: Pane[RowT]) -> None:
        """Show other columns of the same rows."""
        self.beginResetModel()
        self.pane = pane
        self._cells.clear()
        self._measured = None
        self._loading_cells = (LOADING,) * len(pane.columns)
        self.endResetModel()

    def repaint_cells(self) -> None:
        """Make the cells anew, because the contents of rows changed."""
        self._cells.clear()
        self._measured = None
        if self._count:
            last = self.index(self._count - 1, len(self.pane.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _open(self) -> None:
        self.beginResetModel()
        self._cells.clear()
        self._count = self._rows.count
        self.endResetModel()

    def _loaded(self, first: int, last: int) -> None:
        if last < self._count:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.pane.columns) - 1))

    # Qt
    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """How many rows the source has."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """How many columns the pane has."""
        return 0 if parent.isValid() else len(self.pane.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, and what tooltips and screen readers say. Painting uses :meth:`cell`."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(index.row(), index.column()).text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = self.cell(index.row(), index.column()).right
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            cell = self.cell(index.row(), index.column())
            return (
                plain_tip(cell.spoken or cell.text) if role == Qt.ItemDataRole.ToolTipRole else spoken(cell)
            )
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Titles, and in tooltips what the comparison does with the column."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.pane.columns):
            return None
        column = self.pane.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = right_aligned(column)
            return Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{column.title}{ROLE_TIP[column.role]}"
        return None


ROLE_TIP = {
    Role.KEY: " (records are paired by it)",
    Role.COMPARED: " (compared)",
    Role.SHOWN: "",
}


def spoken(cell: Cell) -> str:
    """What a screen reader says of a cell."""
    text = cell.spoken or cell.text
    return f"{text}, differs" if cell.tint else text


def plain_tip(text: str) -> str | None:
    """Tooltip text that Qt cannot read as markup: foreign text must not load pictures."""
    return f"<span>{escape(text)}</span>" if text else None


def right_aligned(column: Column) -> bool:
    """Whether the values of a column stand at the right."""
    return column.type in (ColumnType.MONEY, ColumnType.NUMBER, ColumnType.QUANTITY)
