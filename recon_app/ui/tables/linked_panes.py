"""Panes and a spine over one set of rows: they scroll, select and move together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from recon_app.ui.settings import Settings
from recon_app.ui.tables.overview_bar import OverviewBar
from recon_app.ui.tables.page_model import PagedRows, PageModel, Pane
from recon_app.ui.tables.pane_view import PaneView, layout_key

LEFT, SPINE, RIGHT = range(3)
_PAIR = 2  # sides
_NO_UPDATE = QItemSelectionModel.SelectionFlag.NoUpdate
_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect
_OFF = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
_ON = Qt.ScrollBarPolicy.ScrollBarAlwaysOn


class Place(NamedTuple):
    """A column of a pane."""

    pane: int
    field: str


class LinkedPanes(QWidget):
    """Tables that are one: left pane, spine, right pane, and further panes where more sides are looked at.

    Attributes:
        views: The tables that are shown, from left to right.
        captions: What stands above each of them.
        rows: The rows that all of them show.
        overview: The bar of marks at the right edge.
        all_selected: Every row of the filter is selected (without listing them).

    Signals:
        current_changed: Another row is current (-1: none).
        opened: The user pressed Enter or double-clicked a row.
        sort_wanted: The user clicked a header: (Place, descending).
        selection_changed: Other rows are selected.
    """

    current_changed = Signal(int)
    opened = Signal(int)
    sort_wanted = Signal(object, bool)
    selection_changed = Signal()

    def __init__(
        self,
        rows: PagedRows[Any],
        panes: Sequence[Pane[Any]],
        settings: Settings,
        screen: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows = rows
        self.all_selected = False
        self._settings = settings
        self._screen = screen
        self._linking = False
        self._fitted = False
        self._fitting = False
        self._own_layout = False  # the user changed widths, or did so earlier
        self._sort: tuple[Place, bool] | None = None
        self._made: list[tuple[PaneView, QLabel, QWidget]] = []
        self.views: list[PaneView] = []
        self.captions: list[QLabel] = []
        self.overview = OverviewBar(self)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._lay_out()
        self._show_count(panes)
        self.setFocusProxy(self.views[LEFT])
        self.overview.jumped.connect(self._jump)
        self._splitter.splitterMoved.connect(self._resized)
        rows.opened.connect(self._opened)
        rows.renewed.connect(self.overview.ask)

    def _lay_out(self) -> None:
        self._splitter.setHandleWidth(3)
        self._splitter.setChildrenCollapsible(False)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self._splitter)
        line.addWidget(self.overview)
        self._settle = QTimer(self, interval=0, singleShot=True)
        self._settle.timeout.connect(self._even_scroll_bars)
        # the panes have their new size only after the event that changes ours
        self._refit = QTimer(self, interval=0, singleShot=True)
        self._refit.timeout.connect(self._lay_out_columns)

    def _show_count(self, panes: Sequence[Pane[Any]]) -> None:
        """Show as many tables as there are panes; further ones are made when they are first needed."""
        for pane in panes[len(self._made) :]:
            self._add_view(pane)
        shown = self._made[: len(panes)]
        self.views = [view for view, _, _ in shown]
        self.captions = [caption for _, caption, _ in shown]
        for number, (view, _, holder) in enumerate(self._made):
            holder.setVisible(number < len(panes))
            view.setVerticalScrollBarPolicy(_ON if number == len(panes) - 1 else _OFF)

    def _add_view(self, pane: Pane[Any]) -> None:
        number = len(self._made)
        view, caption = PaneView(PageModel(self.rows, pane, self), self), QLabel(self)
        caption.setTextFormat(Qt.TextFormat.PlainText)
        caption.setContentsMargins(6, 0, 6, 2)
        holder = QWidget(self._splitter)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(caption)
        column.addWidget(view)
        self._splitter.addWidget(holder)
        self._splitter.setCollapsible(number, False)
        self._splitter.setStretchFactor(number, 0 if number == SPINE else 1)
        view.setHorizontalScrollBarPolicy(_OFF)
        if self._made:
            view.set_row_padding(self._made[LEFT][0].row_padding())
        self._link(number, view)
        self._made.append((view, caption, holder))

    def _link(self, number: int, view: PaneView) -> None:
        bar = view.verticalScrollBar()
        for other, _, _ in self._made:
            bar.valueChanged.connect(other.verticalScrollBar().setValue)
            other.verticalScrollBar().valueChanged.connect(bar.setValue)
        view.selectionModel().selectionChanged.connect(lambda *_: self._selected(number))
        view.selectionModel().currentRowChanged.connect(lambda *_: self._moved(number))
        view.opened.connect(self.opened)
        view.all_wanted.connect(self.select_all)
        header = view.horizontalHeader()
        header.sectionClicked.connect(lambda column: self._clicked(number, column))
        header.sectionResized.connect(self._resized)
        header.sectionMoved.connect(self._resized)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(
            lambda point: self.column_menu().popup(header.mapToGlobal(point))
        )
        bar.valueChanged.connect(self._frame_overview)
        bar.rangeChanged.connect(self._frame_overview)

    def current_row(self) -> int:
        """Number of the current row, -1 when there is none."""
        return self.views[LEFT].current_row()

    def set_current_row(self, row: int) -> None:
        """Go to a row; one that was out of sight comes to the middle."""
        view = next((view for view in self.views if view.hasFocus()), self.views[LEFT])
        model = view.model()
        if not 0 <= row < model.rowCount():
            return
        index = model.index(row, max(0, view.currentIndex().column()))
        visible = view.viewport().rect().contains(view.visualRect(index).center())
        view.setCurrentIndex(index)
        if not visible:
            view.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def selected_ranges(self) -> list[range]:
        """The selected rows, in order."""
        if self.all_selected:
            return [range(self.rows.count)]
        chosen = self.views[LEFT].selectionModel().selection()
        return sorted(
            (range(part.top(), part.bottom() + 1) for part in chosen.toList()), key=lambda part: part.start
        )

    def selected_count(self) -> int:
        """How many rows are selected."""
        return sum(len(part) for part in self.selected_ranges())

    def select_all(self) -> None:
        """Select all rows of the filter as a fact; Qt would list a million of them."""
        self._set_all_selected(selected=self.rows.count > 0)
        self.selection_changed.emit()

    def show_sort(self, place: Place | None, *, descending: bool) -> None:
        """Show in the header how the rows are sorted."""
        self._sort = None if place is None else (place, descending)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        for number, view in enumerate(self.views):
            header = view.horizontalHeader()
            here = place is not None and place.pane == number
            header.setSortIndicatorShown(here)
            if place is not None and here:
                fields = [column.field for column in view.columns]
                header.setSortIndicator(fields.index(place.field), order)

    def column_menu(self) -> QMenu:
        """A menu that shows and hides columns."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for number, view in enumerate(self.views):
            if number == SPINE:
                continue
            menu.addSection(self.captions[number].text().replace("&", "&&"))
            for column, spec in enumerate(view.columns):
                action = QAction(spec.title.replace("&", "&&"), menu, checkable=True)
                action.setChecked(not view.isColumnHidden(column))
                action.toggled.connect(lambda on, v=view, c=column: self._show_column(v, c, shown=on))
                menu.addAction(action)
        menu.addSeparator()
        menu.addAction("Reset columns", self.reset_layout)
        return menu

    def set_panes(self, panes: Sequence[Pane[Any]]) -> None:
        """Show other columns, because other sides are compared."""
        self.save_layout()
        self._fitted = False
        self._show_count(panes)
        for view, pane in zip(self.views, panes, strict=True):
            view.show_pane(pane)
        if self.isVisible():
            self._restore_layout()

    def set_row_padding(self, pixels: int) -> None:
        """Give rows more or less air."""
        for view, _, _ in self._made:
            view.set_row_padding(pixels)

    def save_layout(self) -> None:
        """Remember widths, order and choice of columns."""
        if not self._own_layout:
            return
        for number, view in enumerate(self.views):
            self._settings.put(self._key(number), view.horizontalHeader().saveState())
        self._settings.put(f"{self._key(LEFT)}/split", self._splitter.saveState())

    def reset_layout(self) -> None:
        """Go back to the first widths, order and choice of columns."""
        self._own_layout = False
        self._fit(reset=True)
        for number in range(len(self.views)):
            self._settings.remove(self._key(number))

    def _key(self, number: int) -> str:
        sides = len(self.views) - 1
        screen = self._screen if sides == _PAIR else f"{self._screen}/{sides}"
        return layout_key(screen, str(number), self.views[number].columns)

    def _restore_layout(self) -> None:
        states = [self._settings.state(self._key(number)) for number in range(len(self.views))]
        split = self._settings.state(f"{self._key(LEFT)}/split")
        self._own_layout = split is not None and None not in states
        if self._own_layout and split is not None:
            self._fitting = True
            for view, state in zip(self.views, states, strict=True):
                if state is not None:
                    view.horizontalHeader().restoreState(state)
            self._splitter.restoreState(split)
            self._fitting = False
        else:
            self._fit()
        self._fitted = True
        if self._sort is None:
            self.show_sort(None, descending=False)
        else:
            self.show_sort(self._sort[0], descending=self._sort[1])
        self._settle.start()

    def _lay_out_columns(self) -> None:
        if not self._fitted:
            self._restore_layout()
        elif not self._own_layout:
            self._fit()
        self._settle.start()

    def _fit(self, *, reset: bool = False) -> None:
        """Share the width by what the columns hold; the spine always gets all it asks."""
        self._fitting = True
        if reset:
            for view in self.views:
                view.reset_columns()
        bar = self.views[-1].verticalScrollBar().sizeHint().width()
        wanted = [view.natural_width() for view in self.views]
        least = [view.least_width() for view in self.views]
        wanted[SPINE] = least[SPINE] = max(wanted[SPINE], self.captions[SPINE].minimumSizeHint().width())
        for widths in (wanted, least):
            widths[-1] += bar
        sizes = _shared(
            self._splitter.width() - (len(wanted) - 1) * self._splitter.handleWidth(), wanted, least
        )
        self._splitter.setSizes([*sizes, *([0] * (len(self._made) - len(sizes)))])
        for number, view in enumerate(self.views):
            view.fit(sizes[number] - (bar if number == len(sizes) - 1 else 0))
        self._fitting = False
        self._settle.start()

    def _resized(self, *_: int) -> None:
        """A width changed: by the user, unless it happened while fitting or by stretching the last column."""
        if not self._fitting and self._fitted and QGuiApplication.mouseButtons():
            self._own_layout = True
        self._settle.start()

    def _show_column(self, view: PaneView, column: int, *, shown: bool) -> None:
        if shown or len(view.shown_columns()) > 1:
            view.setColumnHidden(column, not shown)
            self._own_layout = True
        self._settle.start()

    def _even_scroll_bars(self) -> None:
        """Show a horizontal scroll bar in all panes or in none; otherwise the last rows would not align."""
        needed = any(view.horizontalHeader().length() > view.viewport().width() for view in self.views)
        for view in self.views:
            view.setHorizontalScrollBarPolicy(_ON if needed else _OFF)
        self._frame_overview()

    def _frame_overview(self, *_: int) -> None:
        bar = self.views[-1].verticalScrollBar()
        whole = max(1, bar.maximum() + bar.pageStep())
        self.overview.set_view(bar.value() / whole, min(1.0, (bar.value() + bar.pageStep()) / whole))

    def _jump(self, share: float) -> None:
        bar = self.views[-1].verticalScrollBar()
        whole = bar.maximum() + bar.pageStep()
        bar.setValue(round(share * whole - bar.pageStep() / 2))

    def _opened(self) -> None:
        self._set_all_selected(selected=False)
        if self._fitted and not self._own_layout:
            self._fit()
        self.views[-1].verticalScrollBar().setValue(0)
        self._frame_overview()
        self.overview.set_marks(())
        self.overview.ask()
        self.current_changed.emit(-1)
        self.set_current_row(0)

    @contextmanager
    def _once(self) -> Iterator[bool]:
        """True for the change that a person made, false for the echoes of linking."""
        first, self._linking = not self._linking, True
        try:
            yield first
        finally:
            if first:
                self._linking = False

    def _selected(self, source: int) -> None:
        with self._once() as first:
            if not first:
                return
            self._set_all_selected(selected=False)
            chosen = self._made[source][0].selectionModel().selection()
            spans = [(part.top(), part.bottom()) for part in chosen.toList()]
            for number, (view, _, _) in enumerate(self._made):
                if number != source:
                    view.selectionModel().select(_rows(view, spans), _SELECT)
        self.selection_changed.emit()

    def _moved(self, source: int) -> None:
        row = self._made[source][0].current_row()
        with self._once() as first:
            if not first:
                return
            for number, (view, _, _) in enumerate(self._made):
                if number == source:
                    continue
                column = max(0, view.currentIndex().column())
                view.setAutoScroll(False)  # the linked scroll bars move it; sideways it stays
                view.selectionModel().setCurrentIndex(view.model().index(row, column), _NO_UPDATE)
                view.setAutoScroll(True)
        self.current_changed.emit(row)

    def _clicked(self, number: int, column: int) -> None:
        field = self.views[number].columns[column].field
        place = Place(number, field)
        again = self._sort is not None and self._sort[0] == place
        descending = again and self._sort is not None and not self._sort[1]
        self.show_sort(place, descending=descending)
        self.sort_wanted.emit(place, descending)

    def _set_all_selected(self, *, selected: bool) -> None:
        if selected == self.all_selected:
            return
        self.all_selected = selected
        for view, _, _ in self._made:
            view.delegate.all_selected = selected
            view.viewport().update()

    # Qt
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out columns at the first real size, and again while the user left them alone."""
        super().resizeEvent(event)
        if self.isVisible():
            self._refit.start()

    def showEvent(self, event: Any) -> None:
        """Lay out columns when the panes are seen: they may have got another size while they were hidden."""
        super().showEvent(event)
        self._refit.start()


def _shared(width: int, wanted: Sequence[int], least: Sequence[int]) -> list[int]:
    """Share a width among tables: the spine always gets all it asks.

    Where there is not enough, all give up the same share of what they can; what is left over is split evenly.
    """
    sides = [number for number in range(len(wanted)) if number != SPINE]
    give = {number: wanted[number] - least[number] for number in sides}
    free = width - wanted[SPINE]
    over = free - sum(least[number] for number in sides)
    base = least if over < sum(give.values()) else wanted
    rest = free - sum(base[number] for number in sides)
    sizes = list(base)
    for number in sides:
        share = give[number] / max(1, sum(give.values())) if base is least else 1 / len(sides)
        sizes[number] = max(0, round(base[number] + rest * share))
    sizes[sides[-1]] = max(0, free - sum(sizes[number] for number in sides[:-1]))
    return sizes


def _rows(view: PaneView, spans: Sequence[tuple[int, int]]) -> QItemSelection:
    selection = QItemSelection()
    model = view.model()
    last = model.columnCount() - 1
    for top, bottom in spans:
        selection.select(model.index(top, 0), model.index(bottom, last))
    return selection
