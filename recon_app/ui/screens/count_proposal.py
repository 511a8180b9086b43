"""What a count comes to: what must be there, what still keeps a line back, and the files for Odoo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from recon_app.ui.formats import money, number, one_line, per_cent, quantity
from recon_app.ui.screens.count_desk import LargeTable
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.widgets.banner import Banner
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.dialog import Dialog
from recon_app.ui.widgets.flow import FlowLayout
from recon_app.ui.widgets.text import Text, Tone
from recon_app.ui.words import Family

if TYPE_CHECKING:
    from recon_app.services.counts import Judged, Proposal

_WORDS = {
    "not_counted": ("Not counted", "kind-missing", Family.ONE_SIDED),
    "conflict": ("Two counts differ", "kind-duplicate", Family.DECIDE),
    "stale": ("Cannot be used", "kind-timing", Family.DECIDE),
    "held": ("Held by product data", "key", Family.DECIDE),
    "misplaced": ("Wrong place", "next", Family.ONE_SIDED),
    "recount": ("Count again", "rerun", Family.DIFFERS),
    "approval": ("To be approved", "state-awaiting-approval", Family.DIFFERS),
    "ready": ("Adjust", "state-approved", Family.DIFFERS),
    "agrees": ("Agrees", "kind-matched", Family.CALM),
}
#: What needs somebody comes first.
_ORDER = ("conflict", "stale", "held", "recount", "approval", "misplaced", "ready", "not_counted", "agrees")
_TITLES = ("Verdict", "SKU", "Product", "Location", "Lot", "Counted", "By")
_FIGURES = ("Book then", "Moved", "Must be", "Adjust", "Unit")
_WHY = "Why"


class VerdictTable(LargeTable):
    """Lines with their verdicts; Escape leaves.

    Signals:
        left: The list of counts is wanted.
    """

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the count."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)


class CountProposal(QWidget):
    """A closed count, line by line.

    Attributes:
        lines: The lines in the order of the table.

    Signals:
        left: The list of counts is wanted.
        recount_wanted: Lines to be counted again by somebody else; empty for all that need it.
        take_wanted: The chosen line, of which one of several figures must stand.
        approval_wanted: Lines to be approved.
        write_wanted: The files are wanted.
    """

    left = Signal()
    recount_wanted = Signal(list)
    take_wanted = Signal(object)
    approval_wanted = Signal(list)
    write_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._made: Proposal | None = None
        self.lines: list[Judged] = []
        self._money = False
        self.back = Button("Counts", key="Esc", quiet=True, parent=self)
        self.title = Text("", Tone.TITLE, parent=self)
        self.totals = Text("", Tone.STRONG, parent=self)
        self.accuracy = Text("", Tone.MUTED, parent=self)
        self.banner = Banner("warning", "", self)
        self.table = VerdictTable((*_TITLES, *_FIGURES, _WHY), "Lines of the proposal", -1, self)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.why = Text("", select=True, wrap=True, parent=self)
        self.again = Button("Count again", "rerun", key="R", parent=self)
        self.take = Button("Which stands…", "question", key="T", parent=self)
        self.approve = Button("Approve…", "state-approved", key="A", parent=self)
        self.write = Button("Files for Odoo…", "export", key="Ctrl+E", primary=True, parent=self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.back)
        head.addWidget(self.title, 1)
        figures = QHBoxLayout()
        figures.setSpacing(24)
        figures.addWidget(self.totals)
        figures.addWidget(self.accuracy, 1)
        foot = FlowLayout()
        foot.addWidget(self.why)
        foot.add_stretch()
        for button in (self.again, self.take, self.approve, self.write):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        for layout in (head, figures):
            column.addLayout(layout)
        column.addWidget(self.banner)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.table.left.connect(self.left)
        self.again.clicked.connect(self.count_again)
        self.take.clicked.connect(self.choose_figure)
        self.approve.clicked.connect(self.ask_approval)
        self.write.clicked.connect(self.write_wanted)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)

    def show_proposal(self, made: Proposal) -> None:
        """Show a proposal; what needs somebody comes first."""
        chosen = self.current()
        self._made = made
        self.lines = sorted(made.lines, key=lambda one: (_ORDER.index(one.verdict), one.line.line))
        self.title.setText(f"{one_line(made.count.title)}   {made.count.id}")
        titles = (*_TITLES, *_FIGURES, *((f"Value {made.currency}",) if self._money else ()), _WHY)
        self.table.set_rows([self._cells(one) for one in self.lines], titles)
        self.totals.setText(_totals(made, with_money=self._money))
        self.accuracy.setText(_accuracy(made))
        self.banner.say(_waiting(made))
        numbers = [one.line.line for one in self.lines]
        wanted = chosen.line.line if chosen is not None else 0
        if self.lines:
            self.table.selectRow(numbers.index(wanted) if wanted in numbers else 0)
        self.write.setEnabled(any(one.verdict in ("ready", "misplaced") for one in made.lines))
        self._chosen(self.table.currentIndex())

    def show_money(self, *, shown: bool) -> None:
        """Show or hide what differences are worth."""
        self._money = shown
        if self._made is not None:
            self.show_proposal(self._made)

    def current(self) -> Judged | None:
        """The chosen line."""
        row = self.table.currentIndex().row()
        return self.lines[row] if 0 <= row < len(self.lines) else None

    def count_again(self) -> None:
        """Ask for the chosen line, or for all that need it where the chosen one does not."""
        one = self.current()
        if one is None:
            return
        alone = one.verdict not in ("recount", "conflict", "stale")
        self.recount_wanted.emit([one.line.line] if alone else [])

    def choose_figure(self) -> None:
        """Ask which figure of the chosen line stands."""
        one = self.current()
        if one is not None and len(one.found) > 1:
            self.take_wanted.emit(one)

    def ask_approval(self) -> None:
        """Ask for the approval of all lines that wait for it."""
        waiting = [one.line.line for one in self.lines if one.verdict == "approval"]
        if waiting:
            self.approval_wanted.emit(waiting)

    def _chosen(self, index: QModelIndex) -> None:
        row = index.row()
        one = self.lines[row] if 0 <= row < len(self.lines) else None
        self.take.setEnabled(one is not None and len(one.found) > 1)
        self.approve.setEnabled(any(each.verdict == "approval" for each in self.lines))
        self.again.setEnabled(one is not None)
        self.why.setText("" if one is None else _sentence(one))

    def _cells(self, one: Judged) -> tuple[Cell, ...]:
        line = one.line
        word, icon, family = _WORDS[one.verdict]
        calm = family is Family.CALM
        off = one.adjust or 0
        figures = (one.book, one.moved if one.adjust is not None else None, one.target)
        counted = " | ".join(quantity(each.quantity) for each in one.found)
        value = (
            "" if one.value is None or not self._made else money(one.value, self._made.currency, sign=True)
        )
        return (
            Cell(word, icon=icon, family=family, muted=calm),
            Cell(one_line(line.sku)),
            Cell(one_line(line.product)),
            Cell(one_line(line.location), muted=True),
            Cell(one_line(" ".join(filter(None, (line.lot, line.package, line.owner))))),
            Cell(counted, right=True, bold=True),
            Cell(one_line(", ".join(each.who for each in one.found))),
            *(Cell("" if each is None else quantity(each), right=True) for each in figures),
            Cell(
                "" if one.adjust is None else quantity(off, sign=True),
                right=True,
                tint=bool(off),
                family=family if off else None,
                muted=not off,
            ),
            Cell(one_line(line.unit), muted=True),
            *((Cell(value, right=True, muted=not off),) if self._money else ()),
            Cell(one_line(one.why), muted=calm),
        )


def _totals(made: Proposal, *, with_money: bool) -> str:
    """Too much and missing, unit by unit; they are never set off against each other."""
    parts = [
        f"{quantity(one.plus, sign=True)} too much, {quantity(-one.minus)} missing {one.unit}".strip()
        for one in made.totals
    ]
    if with_money and made.currency:
        plus, minus = (
            money(made.value_plus, made.currency, sign=True),
            money(-made.value_minus, made.currency),
        )
        parts.append(f"worth {plus} and {minus} {made.currency}")
    return "     ".join(parts)


def _accuracy(made: Proposal) -> str:
    counted = sum(one.verdict != "not_counted" for one in made.lines)
    parts = [f"{number(counted)} of {number(len(made.lines))} lines counted"]
    for share, what in ((made.units_right, "units"), (made.lines_right, "lines")):
        if share is not None:
            parts.append(f"{per_cent(share)} of the {what} were right")
    return ", ".join(parts)


def _waiting(made: Proposal) -> str:
    """What keeps lines from being applied."""
    words = {
        "conflict": "with two different counts",
        "stale": "that cannot be used",
        "held": "whose product data must be corrected first",
        "recount": "to be counted again by somebody else",
        "approval": "to be approved",
        "misplaced": "at the wrong place, to be moved in Odoo",
    }
    counts = {name: sum(one.verdict == name for one in made.lines) for name in words}
    parts = [f"{number(many)} {words[name]}" for name, many in counts.items() if many]
    return f"Not in the file for Odoo: {'; '.join(parts)}." if parts else ""


def _sentence(one: Judged) -> str:
    word, _, _ = _WORDS[one.verdict]
    people = ", ".join(f"{each.who or 'somebody'} {quantity(each.quantity)}" for each in one.found)
    parts = [word, one.why, f"Found by {people}" if people else "", f"Class {one.abc}"]
    if one.approved_by:
        parts.append(f"Approved by {one.approved_by}")
    return one_line(". ".join(filter(None, parts))) + "."


class TakeDialog(Dialog):
    """Which of several figures stands; they are never averaged.

    Signals:
        decided: Who counted what stands, and who decides.
    """

    decided = Signal(str, str)

    def __init__(self, one: Judged, name: str, parent: QWidget) -> None:
        super().__init__("Which count stands?", "It stands", parent)
        self.body.addWidget(Text(one_line(one.line.product or one.line.sku), Tone.STRONG, parent=self))
        self.choice = QComboBox(self)
        self.choice.setAccessibleName("Counts")
        for each in one.found:
            self.choice.addItem(f"{quantity(each.quantity)}, counted by {each.who}", each.who)
        self.name = _name_field(name, self)
        self.body.addWidget(self.choice)
        self.body.addLayout(_named("Decided by", self.name, self))
        self.ok.clicked.connect(self._decide)
        self.choice.setFocus()

    def _decide(self) -> None:
        self.decided.emit(str(self.choice.currentData()), self.name.text().strip())
        self.accept()


class ApproveDialog(Dialog):
    """Who approves; the services refuse those who counted.

    Signals:
        decided: The name.
    """

    decided = Signal(str)

    def __init__(self, waiting: Sequence[Judged], parent: QWidget) -> None:
        super().__init__("Approve adjustments", "Approve", parent)
        for one in waiting[:_MOST_SHOWN]:
            off = f"{quantity(one.adjust or 0, sign=True)} {one.line.unit}"
            text = f"{one.line.sku or one.line.product}, {one.line.location}: {off}. {one.why}"
            self.body.addWidget(Text(one_line(text), parent=self))
        if len(waiting) > _MOST_SHOWN:
            self.body.addWidget(
                Text(f"and {number(len(waiting) - _MOST_SHOWN)} more", Tone.MUTED, parent=self)
            )
        why = "Who counted a line cannot approve it. The approval ends when the figures change."
        self.body.addWidget(Text(why, Tone.MUTED, wrap=True, parent=self))
        self.name = _name_field("", self)
        self.body.addLayout(_named("Approved by", self.name, self))
        self.ok.clicked.connect(self._decide)
        self.name.setFocus()

    def _decide(self) -> None:
        if self.name.text().strip():
            self.decided.emit(self.name.text().strip())
            self.accept()
        else:
            self.name.setFocus()


_MOST_SHOWN = 12


def _name_field(name: str, parent: QWidget) -> QLineEdit:
    field = QLineEdit(name, parent)
    field.setPlaceholderText("Your name")
    return field


def _named(word: str, field: QLineEdit, parent: QWidget) -> QHBoxLayout:
    field.setAccessibleName(word)
    row = QHBoxLayout()
    row.addWidget(Text(word, parent=parent))
    row.addWidget(field, 1)
    return row
