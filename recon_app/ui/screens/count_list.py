"""All counts, and the dialog that makes a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from recon_app.ui.formats import number, one_line, stamp
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.dialog import Dialog
from recon_app.ui.widgets.empty_state import EmptyState
from recon_app.ui.widgets.plain_table import PlainTable
from recon_app.ui.widgets.text import Text, Tone

if TYPE_CHECKING:
    from recon_app.services.counts import Overview

_TITLES = ("Count", "What", "State", "Counted", "Lines", "By", "Made")
_WHAT = 1
_STATES = {
    "open": ("state-open", "Being counted"),
    "recount": ("state-reopened", "Being counted again"),
    "closed": ("state-proposed", "Counted"),
    "cancelled": ("close", "Given up"),
}
_CLASSES = ("A", "B", "C")
_MOST_DUE = 10_000
_DIALOG = 620  # pixels


def state_cell(state: str) -> Cell:
    """The state of a count with its drawing."""
    icon, word = _STATES[state]
    return Cell(word, icon=icon, muted=state == "cancelled")


class CountTable(PlainTable):
    """Counts; Enter opens one.

    Signals:
        opened: The current row is wanted.
    """

    opened = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the current count."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
            return
        super().keyPressEvent(event)


class CountList(QWidget):
    """The counts of the workspace.

    Signals:
        opened: A count is wanted, by its number.
        new_wanted: A new count is wanted.
        plan_wanted: What is due is wanted.
        limits_wanted: The limits are wanted.
    """

    opened = Signal(str)
    new_wanted = Signal()
    plan_wanted = Signal()
    limits_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Sequence[Overview] = ()
        self.table = CountTable(_TITLES, "Counts", _WHAT, self)
        self.new = Button("New count…", "screen-count", key="Ctrl+N", primary=True, parent=self)
        self.plan = Button("What to count next…", parent=self)
        self.limits = Button("Limits…", parent=self)
        self.open = Button("Open", "next", key="Enter", parent=self)
        self.cancel = Button("Give up", parent=self)
        self._empty = EmptyState(self)
        self._empty.show_text(
            "screen-count",
            "Nothing is being counted.",
            "Make a count from Odoo's stock on hand: scan into the window, or print a sheet.",
            "New count…",
        )
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        self._lay_out()
        self.new.clicked.connect(self.new_wanted)
        self.plan.clicked.connect(self.plan_wanted)
        self.limits.clicked.connect(self.limits_wanted)
        self._empty.pressed.connect(self.new_wanted)
        self.open.clicked.connect(self._open)
        self.table.opened.connect(self._open)
        self.table.doubleClicked.connect(self._open)
        self.setFocusProxy(self.table)
        self.show_counts(())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Text("Stock counts", Tone.TITLE, parent=self), 1)
        for button in (self.plan, self.limits, self.new):
            head.addWidget(button)
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self.cancel)
        foot.addStretch(1)
        foot.addWidget(self.open)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)

    def show_counts(self, counts: Sequence[Overview]) -> None:
        """Show counts and keep the chosen one."""
        chosen = self.current()
        self._counts = counts
        self.table.set_rows([_cells(one) for one in counts])
        self._stack.setCurrentIndex(1 if counts else 0)
        self.open.setVisible(bool(counts))
        self.cancel.setVisible(bool(counts))
        self.new.setVisible(bool(counts))
        if counts:
            numbers = [one.count.id for one in counts]
            self.table.selectRow(numbers.index(chosen) if chosen in numbers else 0)

    def current(self) -> str:
        """Number of the chosen count, "" for none."""
        row = self.table.currentIndex().row()
        return self._counts[row].count.id if 0 <= row < len(self._counts) else ""

    def overview(self, count: str) -> Overview | None:
        """A count by its number."""
        return next((one for one in self._counts if one.count.id == count), None)

    def _open(self) -> None:
        if self.current():
            self.opened.emit(self.current())


def _cells(one: Overview) -> tuple[Cell, ...]:
    return (
        Cell(one.count.id),
        Cell(one_line(one.count.title)),
        state_cell(one.count.state),
        Cell(number(one.counted), right=True),
        Cell(number(one.lines), right=True),
        Cell(one_line(", ".join(one.people))),
        Cell(stamp(one.count.made_at), muted=True),
    )


class NewCountDialog(Dialog):
    """What is to be counted.

    Signals:
        decided: Title, locations, classes and how many due lines (0 for all).
    """

    decided = Signal(str, list, list, int)

    def __init__(self, places: Sequence[str], parent: QWidget, due: int = 0) -> None:
        super().__init__("New count", "Make the count", parent)
        self.place = QComboBox(self)
        self.place.addItem("All locations", "")
        for place in places:
            self.place.addItem(one_line(place), place)
        self.name = QLineEdit(self)
        self.name.setPlaceholderText("the location")
        self.classes = {name: QCheckBox(name, self) for name in _CLASSES}
        self.due = QSpinBox(self)
        self.due.setRange(0, _MOST_DUE)
        self.due.setSpecialValueText("all lines")
        self.due.setSuffix(" lines")
        self.due.setValue(due)
        self._lay_out()
        self.setMinimumWidth(_DIALOG)
        self.ok.clicked.connect(self._decide)
        self.place.setFocus()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        boxes = QHBoxLayout()
        for box in self.classes.values():
            boxes.addWidget(box)
        boxes.addStretch(1)
        fields = (
            ("Where", self.place, "A location includes those inside it."),
            ("Title", self.name, ""),
            ("Most urgent", self.due, "By the plan: never counted, then longest overdue."),
        )
        for row, (title, field, why) in enumerate(fields):
            field.setAccessibleName(title)
            grid.addWidget(Text(title, parent=self), row, 0)
            grid.addWidget(field, row, 1)
            grid.addWidget(Text(why, Tone.MUTED, parent=self), row, 2)
        grid.addWidget(Text("Classes", parent=self), len(fields), 0)
        grid.addLayout(boxes, len(fields), 1)
        grid.addWidget(Text("None chosen: all classes.", Tone.MUTED, parent=self), len(fields), 2)
        self.body.addLayout(grid)
        blind = "The sheet does not say how many there should be: who counts must not know."
        self.body.addWidget(Text(blind, Tone.MUTED, wrap=True, parent=self))

    def _decide(self) -> None:
        place = str(self.place.currentData())
        chosen = [name for name, box in self.classes.items() if box.isChecked()]
        self.decided.emit(self.name.text(), [place] if place else [], chosen, self.due.value())
        self.accept()
