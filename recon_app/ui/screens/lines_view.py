"""The lines of a reconciliation side by side: totals, chips, panes and the strip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from recon_app.models.case import CALM, Case, Kind
from recon_app.models.proof import PayoutProof
from recon_app.models.record import Side
from recon_app.ui import words
from recon_app.ui.context import Context
from recon_app.ui.formats import number, one_line
from recon_app.ui.screens.case_panes import SidePane, SpinePane
from recon_app.ui.screens.filter_bar import FilterBar
from recon_app.ui.screens.lines_asked import Opened, Question
from recon_app.ui.screens.lines_shown import Manner, goods_totals, laid_out, money_totals
from recon_app.ui.tables.linked_panes import LEFT, SPINE, LinkedPanes, Place
from recon_app.ui.tables.page_model import PAGE_ROWS, PagedRows
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.chips import AgeChips, KindChips
from recon_app.ui.widgets.detail_strip import DetailStrip
from recon_app.ui.widgets.empty_state import EmptyState
from recon_app.ui.widgets.totals_bar import TotalsBar

if TYPE_CHECKING:
    from recon_app.services.cases import Shown
    from recon_app.services.goods import PlaceFigures
    from recon_app.services.listing import Row
    from recon_app.services.summary import Summary

_OF_MONEY = Manner()
_NARROWEST = 600  # totals and filter go below each other, so what they need side by side is no minimum
_DETAIL_MS = 60  # a held arrow key does not ask for every case it passes


class LinesView(QWidget):
    """The heart of a reconciliation's screen.

    Args:
        context: What screens are given.
        name: Id of the reconciliation.
        buttons: What can be done with a case.
        pages: Titles and widgets that take turns with the records of a case.
        manner: How lines are looked at.

    Attributes:
        panes: The linked tables.
        filters: The controls above them.
        chips: Kinds and their counts.
        ages: Ages and their counts; hidden where there are none.
        beside_chips: Takes a further control, at the right of the chips.
        strip: What is known of the current row.
        case: The case of the current row once it was read.
        status: Where in the rows the user is, in words.
        needed: What must be imported before there is anything to compare.

    Signals:
        status_changed: Another status text.
        case_changed: Another case is known, or none.
        code_not_found: A code is of no row, however much is shown.
        import_wanted: There is nothing to compare, and the user wants to import files.
    """

    status_changed = Signal()
    case_changed = Signal()
    code_not_found = Signal(str)
    import_wanted = Signal()

    def __init__(
        self,
        context: Context,
        name: str,
        buttons: Sequence[Button],
        parent: QWidget | None = None,
        *,
        pages: Sequence[tuple[str, QWidget]] = (),
        manner: Manner = _OF_MONEY,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._name = name
        self._shown: Shown | None = None
        self._summary: Summary | None = None
        self._proofs: dict[str, PayoutProof] = {}
        self._manner = manner
        self._values = False
        self._figures: PlaceFigures | None = None
        self._sort: tuple[Place, bool] | None = None
        self._asked = 0
        self._sought = ""
        self.case: Case | None = None
        self.status = ""
        self.needed = ""
        self.rows: PagedRows[Row] = PagedRows(context.jobs, self)
        self.rows.failed.connect(context.fail)
        start = (SidePane(Side.PLATFORM, ()), SpinePane((Side.PLATFORM, Side.ODOO)), SidePane(Side.ODOO, ()))
        self.panes = LinkedPanes(self.rows, start, context.settings, name, self)
        self.totals = TotalsBar(self)
        self.filters = FilterBar(self)
        self.chips = KindChips(self)
        self.chips.speak(manner.wording)
        self.ages = AgeChips(manner.ages, self)
        self.ages.setVisible(bool(manner.ages))
        self._aged: Mapping[tuple[Kind, str], int] = {}
        self.strip = DetailStrip(buttons, self, pages=pages)
        self.strip.wording = manner.wording
        self.empty = EmptyState(self)
        self._stack = QStackedWidget(self)
        self._detail = QTimer(self, interval=_DETAIL_MS, singleShot=True)
        self._lay_out()
        self._connect()
        self.setMinimumWidth(_NARROWEST)

    def _lay_out(self) -> None:
        self._stack.addWidget(self.panes)
        self._stack.addWidget(self.empty)
        self._split = QSplitter(Qt.Orientation.Vertical, self)
        self._split.addWidget(self._stack)
        self._split.addWidget(self.strip)
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 0)
        self._split.setChildrenCollapsible(False)
        line = self.fontMetrics().height()
        self._split.setSizes([60 * line, 11 * line])
        self._top = QHBoxLayout()
        self._top.setSpacing(16)
        self._top.addWidget(self.totals)
        self._top.addWidget(self.filters, 1, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._top)
        self._both_chips = QHBoxLayout()
        self._both_chips.setSpacing(6)
        self._both_chips.addWidget(self.chips, 1)
        self._both_chips.addWidget(self.ages)
        self.beside_chips = QHBoxLayout()
        self.beside_chips.setSpacing(6)
        self.beside_chips.addLayout(self._both_chips, 1)
        column.addLayout(self.beside_chips)
        column.addWidget(self._split, 1)
        self.setFocusProxy(self.panes)

    def _connect(self) -> None:
        self.chips.changed.connect(self.reopen)
        self.ages.changed.connect(self.reopen)
        self.filters.changed.connect(self.reopen)
        self.filters.pair_changed.connect(self._show_pair)
        self.filters.place_changed.connect(self._change_place)
        self.filters.left.connect(self.panes.views[LEFT].setFocus)
        self.panes.current_changed.connect(self._current_changed)
        self.panes.selection_changed.connect(self._show_status)
        self.panes.sort_wanted.connect(self._sort_by)
        self.panes.overview.wanted.connect(self._ask_marks)
        self.empty.pressed.connect(self._leave_empty)
        self._detail.timeout.connect(self._read_case)

    def show_setup(self, shown: Shown) -> None:
        """Take the pairs, columns and words of the reconciliation."""
        self._shown = shown
        self.strip.absent = shown.absent
        self.filters.set_pairs(shown.pairs, shown.titles)
        self._show_pair()

    def show_summary(self, summary: Summary, proofs: Sequence[PayoutProof], *, same_rows: bool) -> None:
        """Take the figures of a run; ``same_rows`` when only states changed."""
        self._summary = summary
        self._proofs = {proof.payout: proof for proof in proofs}
        if not self._manner.goods:
            self.chips.set_counts(summary.counts)
            self._show_totals()
        self.reopen(same_rows=same_rows)

    def reopen(self, *, same_rows: bool = False) -> None:
        """Find the rows anew, with the page that the user looks at."""
        if self._summary is None or self._shown is None:
            return
        self._asked += 1
        asked, row = self._asked, max(0, self.panes.current_row()) if same_rows else 0
        kinds = self.chips.kinds()
        if not kinds:
            self.rows.open(None)
            self._show_empty(0)
            return
        ask = self._question(kinds, row // PAGE_ROWS)
        self._context.read(
            self, ask, lambda found: self._take(found, asked, same_rows=same_rows), title="Finding rows"
        )

    def go_to_code(self, code: str) -> None:
        """Go to the row of a SKU or barcode; where none is listed, show everything and look again."""
        self._sought = ""
        self.rows.ask(lambda listing: listing.row_of(code), lambda row: self._go_to_found(code, row))

    def _go_to_found(self, code: str, row: int | None) -> None:
        if row is not None:
            self.panes.set_current_row(row)
        elif self._narrowed() or len(self.chips.kinds()) < len(self.chips.chips):
            self._sought = code
            self.chips.set_kinds(Kind)
            self._show_all()
        else:
            self.code_not_found.emit(code)

    def show_values(self, *, shown: bool) -> None:
        """Show or hide what the differences are worth, and every column of money."""
        self._values = self.strip.values = shown
        self._show_pair()

    def go_to_open(self, step: int) -> None:
        """Go to the next (1) or previous (-1) row that still needs a person."""
        row = self.panes.current_row()
        self.rows.ask(lambda listing: listing.next_open(row, step), self._go_to)

    def go_to_first_open(self) -> None:
        """Go to the first row that still needs a person, where there is one."""
        self.rows.ask(
            lambda listing: listing.next_open(-1, 1),
            lambda row: self.panes.set_current_row(row) if row is not None else None,
        )

    def current(self) -> Row | None:
        """The current row, None while it is being read."""
        row = self.panes.current_row()
        return self.rows.row(row) if row >= 0 else None

    def payout(self) -> str | None:
        """The payout of the current row whose proof is known."""
        row = self.current()
        return row.grp if row is not None and row.grp in self._proofs else None

    def two_records(self) -> tuple[int, int] | None:
        """Ids of a left and a right record of two selected rows, for "why not"; None otherwise."""
        if self.panes.selected_count() != 2:
            return None
        first, second = (self.rows.row(row) for part in self.panes.selected_ranges() for row in part)
        if first is None or second is None:
            return None
        for left, right in pairwise(self.filters.sides()):
            for one, other in ((first, second), (second, first)):
                if left in one.records and right in other.records:
                    return one.records[left].id, other.records[right].id
        return None

    def leave_filter(self) -> None:
        """Clear the filter, or go back to the table when there is none."""
        if self._narrowed():
            self._show_all()
        self.panes.setFocus()

    def _narrowed(self) -> bool:
        """Whether a text, states or ages hide rows."""
        return self.filters.narrowed() or bool(self.ages.chosen())

    def _show_all(self) -> None:
        """Take every filter away."""
        self.ages.clear()
        if self.filters.narrowed():
            self.filters.reset()  # opens the rows
        else:
            self.reopen()

    def _question(self, kinds: frozenset[Kind], page: int) -> Question:
        sort, descending = (None, False) if self._sort is None else self._sort
        filters, manner = self.filters, self._manner
        return Question(
            name=self._name,
            sides=filters.sides(),
            page=page,
            kinds=() if len(kinds) == len(Kind) else tuple(kinds),
            states=filters.wanted_states(),
            ages=self.ages.chosen(),
            text=filters.text(),
            grp=filters.grp,
            place=self._context.settings.text(self._place_key()) if manner.by_place else "",
            sort=None if sort is None else (self._side_of(sort.pane), sort.field),
            descending=descending,
            grouped=filters.group.isChecked(),
            goods=manner.goods,
            by_place=manner.by_place,
            aged=bool(manner.ages),
        )

    def _side_of(self, pane: int) -> Side | None:
        """The side of a pane, None for the spine."""
        sides = self.filters.sides()
        return None if pane == SPINE else sides[pane - (pane > SPINE)]

    def _take(self, found: Opened, asked: int, *, same_rows: bool) -> None:
        if asked != self._asked:
            return
        if found.figures is not None:
            self._figures = found.figures
            if self._manner.by_place:
                self.filters.show_places(found.places, found.place)
            self.chips.set_counts(found.figures.counts)
            self._show_totals()
        if found.ages is not None:
            self._aged = found.ages
            self._count_ages()
        self.rows.open(found.listing, {found.page: found.rows}, same_rows=same_rows)
        self._show_empty(found.listing.count)
        if self._sought:
            self.go_to_code(self._sought)
        self._show_status()
        if same_rows:
            self._detail.start()

    def _count_ages(self) -> None:
        """Chips of one kind count what the chips of the other kind let through."""
        kinds, ages = self.chips.kinds(), self.ages.chosen()
        by_kind: dict[Kind, int] = {}
        by_age: dict[str, int] = {}
        for (kind, age), count in self._aged.items():
            if not ages or age in ages:
                by_kind[kind] = by_kind.get(kind, 0) + count
            if kind in kinds:
                by_age[age] = by_age.get(age, 0) + count
        self.chips.set_counts(by_kind, keep=kinds if ages else ())
        self.ages.set_counts(by_age)
        self._place_chips()

    def _show_empty(self, count: int) -> None:
        self._stack.setCurrentWidget(self.empty if count == 0 else self.panes)
        if count or self._summary is None:
            return
        counts = self._summary.counts if self._figures is None else self._figures.counts
        calm = sum(counts.get(kind, 0) for kind in CALM)
        if not self._summary.counts:
            self.empty.show_text(
                "screen-import", "There is nothing to compare.", self._lacking(), "Go to Import"
            )
        elif self._narrowed():
            self.empty.show_text("search", "Nothing fits this filter.", "", "Clear the filter")
        elif not self.chips.kinds():
            self.empty.show_text("search", "No kind is chosen.", "", "Show all")
        else:
            more = f"{number(calm)} cases agree or are in transit." if calm else ""
            self.empty.show_text("proven", "No differences of these kinds.", more, "Show all")

    def _lacking(self) -> str:
        """What must be imported: as the run says it, else what the comparison needs at least."""
        return one_line(self._summary.remarks[0]) if self._summary and self._summary.remarks else self.needed

    def _leave_empty(self) -> None:
        if self._summary is not None and not self._summary.counts:
            self.import_wanted.emit()
            return
        if not self._narrowed():
            self.chips.set_kinds(Kind)
        self._show_all()

    def _show_pair(self) -> None:
        if self._shown is None:
            return
        self._sort = None
        self.panes.show_sort(None, descending=False)
        panes, captions = laid_out(self._shown, self.filters.sides(), self._manner, values=self._values)
        self.panes.set_panes(panes)
        for view, caption, text in zip(self.panes.views, self.panes.captions, captions, strict=True):
            caption.setText(text)
            view.setAccessibleName(text)
        self._show_totals()
        self.reopen()

    def _place_key(self) -> str:
        return f"place/{self._name}/{'-'.join(self.filters.sides())}"

    def _change_place(self) -> None:
        self._context.settings.put(self._place_key(), self.filters.place())
        self.reopen()

    def _show_totals(self) -> None:
        if self._manner.goods:
            if self._figures is not None:
                self.totals.set_lines(goods_totals(self._figures, values=self._values))
        elif self._summary is not None and self._shown is not None:
            self.totals.set_lines(money_totals(self._summary, self._shown, self.filters.sides()))

    def _sort_by(self, place: Place, descending: bool) -> None:
        self._sort = (place, descending)
        self.reopen()

    def _go_to(self, row: int | None) -> None:
        if row is None:
            self._context.toast.say("No further open difference in this direction.")
        else:
            self.panes.set_current_row(row)

    def _ask_marks(self, buckets: int) -> None:
        self.rows.ask(lambda listing: listing.marks(buckets), self._show_marks)

    def _show_marks(self, marks: Sequence[Kind | None]) -> None:
        self.panes.overview.set_marks([None if kind is None else words.FAMILY[kind] for kind in marks])

    def _current_changed(self, row: int) -> None:
        self._show_status()
        if row < 0:
            self.case = None
            self.strip.show_nothing("Choose a row to see what differs, why, and what can be done.")
            self.case_changed.emit()
        else:
            self._detail.start()

    def _read_case(self) -> None:
        row = self.current()
        if row is None:
            if self.panes.current_row() >= 0:
                self._detail.start()  # its page is on the way
            return
        proof = self._proofs.get(row.grp)
        if row.group is not None:
            self.case = None
            self.strip.show_payout(proof, row.grp, row.group.count)
            self.case_changed.emit()
            return

        def show(case: Case) -> None:
            now = self.current()  # another row, or another case in that row since a new run
            if now is not None and now.case_id == row.case_id:
                self.case = case
                self.strip.show_case(case, proof)
                self.case_changed.emit()

        self._context.read(self, lambda backend: backend.case(row.case_id), show)

    def _show_status(self) -> None:
        count, row = self.rows.count, self.panes.current_row()
        parts = [f"Row {number(row + 1)} of {number(count)}" if row >= 0 else f"{number(count)} rows"]
        if self._figures is not None:
            parts.append(_open_cases(self._figures.open_count))
        elif self._summary is not None:
            parts.append(_open_cases(sum(self._summary.open_counts.values())))
        selected = self.panes.selected_count()
        if selected > 1:
            parts.append(f"{number(selected)} selected")
        self.status = " · ".join(parts)
        self.status_changed.emit()

    def _place_chips(self) -> None:
        """Ages and what a screen adds stand beside the kinds where there is room, else below them."""
        ways = QHBoxLayout.Direction
        items = [self.beside_chips.itemAt(place) for place in range(self.beside_chips.count())]
        wide = sum(item.sizeHint().width() + 6 for item in items if item is not None) > self.width()
        self.beside_chips.setDirection(ways.TopToBottom if wide else ways.LeftToRight)
        if self._manner.ages:
            wanted = self.chips.sizeHint().width() + self.ages.sizeHint().width() + 12
            beside = wanted <= self.width()
            self._both_chips.setDirection(ways.LeftToRight if beside else ways.TopToBottom)

    # Qt
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the width that is there."""
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Look again when something in the view wants another size: other totals, another size of text."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        """Put the filter below the totals where there is no room beside them: a figure is never cut."""
        wanted = self.totals.sizeHint().width() + self.filters.line_width() + 16
        ways = QHBoxLayout.Direction
        beside = wanted <= self.width()
        direction = ways.LeftToRight if beside else ways.TopToBottom
        if direction != self._top.direction():  # to set the spacing asks for a new layout each time
            self._top.setDirection(direction)
            self._top.setSpacing(16 if beside else 6)
        self._place_chips()


def _open_cases(count: int) -> str:
    return "1 open case" if count == 1 else f"{number(count)} open cases"
