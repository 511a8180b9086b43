"""Where somebody counts: one field that takes every scan, the last result in large words, and the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from recon_app.models.quantity import QuantityError, parse_quantity
from recon_app.ui.formats import moment, number, one_line, quantity
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.flow import FlowLayout
from recon_app.ui.widgets.plain_table import PlainTable
from recon_app.ui.widgets.signal_card import SignalCard
from recon_app.ui.widgets.text import Text, Tone
from recon_app.ui.words import Family

if TYPE_CHECKING:
    from recon_app.services.counts import Scan, SheetLine

_TITLES = ("Line", "SKU", "Product", "Location", "Lot", "Counted", "Unit", "By", "At")
_PRODUCT = 2
_ROW = 36  # pixels; a finger and a glance from a trolley need that much
_MOST_DIGITS = 7  # a longer number in the field for a quantity is a code that was scanned
_HINT = "Scan or type a code. 12*CODE counts twelve, =12*CODE says twelve in all."


class LargeTable(PlainTable):
    """A table of large rows; a column that is empty yet has room for a name or a number."""

    narrowest = 56

    def _fix_rows(self) -> None:
        height = max(_ROW, self.fontMetrics().height() * 2)
        self.verticalHeader().setDefaultSectionSize(height)


class CountDesk(QWidget):
    """Counting by scanner and keyboard; the focus stays in the scan field.

    Signals:
        scanned: A code or a quantity with a code, the person, and the place.
        chosen: The answer to what a code means: the question, the number of the choice, the person.
        quantity_set: A line and how much there is of it in all, in millionths, with the person.
        undo_wanted: The newest scan of a person is to be taken back.
        left: The list of counts is wanted.
    """

    scanned = Signal(str, str, str)
    chosen = Signal(object, int, str)
    quantity_set = Signal(int, object, str)
    undo_wanted = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: Sequence[SheetLine] = ()
        self._asked: Scan | None = None
        self._quantity_of: SheetLine | None = None
        self.back = Button("Counts", "", key="Esc", quiet=True, parent=self)
        self.title = Text("", Tone.TITLE, parent=self)
        self.name = QLineEdit(self)
        self.place = QComboBox(self)
        self.field = QLineEdit(self)
        self.card = SignalCard(self)
        self.choices = Text("", Tone.STRONG, wrap=True, parent=self)
        self.table = LargeTable(_TITLES, "Lines of the count", _PRODUCT, self)
        self.progress = Text("", Tone.STRONG, parent=self)
        self.undo = Button("Undo the scan", "undo", key="Ctrl+Z", parent=self)
        self.quantity = Button("Quantity…", key="F2", parent=self)
        self.paper = Button("Print sheet…", "file", key="Ctrl+P", parent=self)
        self.save = Button("Save sheet…", "export", key="Ctrl+E", parent=self)
        self.close_count = Button("Close the count", "tick", key="Ctrl+Enter", primary=True, parent=self)
        self.choices.setContentsMargins(58, 0, 12, 0)
        self.choices.hide()
        self._prepare()
        self._lay_out()
        self._connect()

    def _prepare(self) -> None:
        self.name.setPlaceholderText("Your name")
        self.name.setAccessibleName("Who counts")
        self.name.setMaximumWidth(220)
        self.place.setAccessibleName("Where the goods lie")
        self.place.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.place.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.field.setPlaceholderText(_HINT)
        self.field.setAccessibleName("Scan field")
        self.field.setClearButtonEnabled(True)
        self.field.setTextMargins(6, 0, 6, 0)
        self.field.installEventFilter(self)
        self.name.installEventFilter(self)
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._scale()
        self.setFocusProxy(self.field)

    def _scale(self) -> None:
        font = QFont(QApplication.font())
        font.setPointSizeF(font.pointSizeF() * 1.5)
        self.field.setFont(font)
        self.field.setMinimumHeight(self.field.fontMetrics().height() + 20)
        self.card.setMinimumHeight(self.field.fontMetrics().height() * 2 + 16)
        large = QFont(QApplication.font())
        large.setPointSizeF(large.pointSizeF() * 1.15)
        self.table.setFont(large)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.back)
        head.addWidget(self.title, 1)
        for word, field in (("Counted by (F4)", self.name), ("At", self.place)):
            head.addWidget(Text(word, Tone.MUTED, parent=self))
            head.addWidget(field)
        foot = FlowLayout()
        self.progress.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)  # never cut
        foot.addWidget(self.progress)
        foot.add_stretch()
        for button in (self.undo, self.quantity, self.paper, self.save, self.close_count):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.field)
        column.addWidget(self.card)
        column.addWidget(self.choices)
        column.addWidget(self.table, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.field.returnPressed.connect(self._entered)
        self.name.returnPressed.connect(self.field.setFocus)
        self.place.activated.connect(lambda _: self.field.setFocus())
        self.back.clicked.connect(self.left)
        self.undo.clicked.connect(self.take_back)
        self.quantity.clicked.connect(self.ask_quantity)

    # What is shown

    def open_count(self, title: str, lines: Sequence[SheetLine]) -> None:
        """Begin with a count."""
        self._forget()
        self.title.setText(one_line(title))
        self.place.clear()
        self.place.addItem("anywhere", "")
        for place in dict.fromkeys(line.location for line in lines):
            self.place.addItem(one_line(place), place)
        self.field.clear()
        self._ready()
        self.show_lines(lines)
        (self.field if self.name.text().strip() else self.name).setFocus()

    def show_lines(self, lines: Sequence[SheetLine], chosen: int = 0) -> None:
        """Show what was counted so far.

        Args:
            lines: The lines of the sheet.
            chosen: The line to go to; 0 stays where it is.
        """
        there = self.current()
        wanted = chosen or (0 if there is None else there.line)
        self._lines = lines
        self.table.set_rows([_cells(line) for line in lines])
        done = sum(bool(line.found) for line in lines)
        self.progress.setText(f"{number(done)} of {number(len(lines))} lines counted")
        row = next((row for row, line in enumerate(lines) if line.line == wanted), 0)
        if lines:
            self.table.selectRow(row)
            self.table.scrollTo(self.table.model().index(row, 0))

    def current(self) -> SheetLine | None:
        """The chosen line."""
        row = self.table.currentIndex().row()
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def show_scan(self, scan: Scan) -> None:
        """Say what became of a scan; anything but a count is also heard."""
        heard = str(scan.heard)
        self._forget()
        if heard == "counted":
            unit = next((line.unit for line in self._lines if line.line == scan.line), "")
            total = f"{quantity(scan.total)} {unit}".strip()
            self.card.say("tick", f"{_added(scan)}  {one_line(scan.text)}", f"{total} in all")
        elif heard == "place":
            self.place.setCurrentIndex(max(0, self.place.findData(scan.place)))
            self.card.say("folder", one_line(scan.text), "", Family.ONE_SIDED)
        elif heard == "asked":
            self._asked = scan
            self.card.say(
                "question", one_line(scan.text), "Type the number and Enter, Esc for none.", Family.DECIDE
            )
            self._list_choices(scan)
            QApplication.beep()
        else:
            more = "Nothing was counted." if heard == "unknown" else f"{scan.typed.code} was not counted."
            self.refuse(scan.text, more)

    def _list_choices(self, scan: Scan) -> None:
        lines = (f"{place}   {one_line(choice.label)}" for place, choice in enumerate(scan.choices, 1))
        self.choices.setText("\n".join(lines))
        self.choices.setVisible(True)

    def _forget(self) -> None:
        """No question is open."""
        self._asked = self._quantity_of = None
        self.choices.hide()

    def refuse(self, text: str, more: str = "Nothing was counted.") -> None:
        """Say loudly that nothing was counted."""
        self.card.say("warning", one_line(text), one_line(more), Family.DIFFERS)
        QApplication.beep()

    def show_undone(self, text: str) -> None:
        """Say what was taken back."""
        self.card.say("undo", one_line(text), "", Family.ONE_SIDED)

    def _ready(self) -> None:
        self.card.say("search", "Ready to scan", "A location can be scanned, too: what follows lies there.")

    # What the user does

    def _entered(self) -> None:
        text = self.field.text().strip()
        self.field.clear()
        who = self.name.text().strip()
        if not text:
            return
        if not who:
            self.refuse("Who counts? Type your name first.")
            self.name.setFocus()
            return
        if self._quantity_of is not None:
            self._set_quantity(self._quantity_of, text, who)
        elif self._asked is not None:
            self._answer(self._asked, text, who)
        else:
            self.scanned.emit(text, who, str(self.place.currentData() or ""))

    def _answer(self, asked: Scan, text: str, who: str) -> None:
        """A number chooses; a code in place of it is no answer, unless it is one of the lots or places."""
        named = [
            place
            for place, choice in enumerate(asked.choices, 1)
            if text in (choice.line.lot, choice.line.location, choice.line.barcode)
        ]
        if text.isascii() and text.isdigit() and 1 <= int(text) <= len(asked.choices):
            self.chosen.emit(asked, int(text), who)
        elif len(named) == 1:
            self.chosen.emit(asked, named[0], who)
        else:
            QApplication.beep()
            self.show_scan(asked)

    def ask_quantity(self) -> None:
        """Ask in the scan field how much there is of the chosen line in all."""
        line = self.current()
        if line is None:
            return
        self._forget()
        self._quantity_of = line
        text = f"How much is there in all? {one_line(line.product or line.sku)}"
        self.card.say("question", text, "Type the quantity and Enter, Esc to leave it.", Family.DECIDE)
        self.field.clear()
        self.field.setFocus()

    def ask_name(self) -> None:
        """Go to the name, for somebody else to count."""
        self.name.setFocus()
        self.name.selectAll()

    def _set_quantity(self, line: SheetLine, text: str, who: str) -> None:
        plain = text.replace(",", ".")
        try:
            much = parse_quantity(plain)
        except QuantityError:
            much = -1
        if much < 0 or len(plain.partition(".")[0]) > _MOST_DIGITS:
            self.refuse(f"{text} is no quantity", "Type it again and Enter, Esc to leave it.")
            return
        self._quantity_of = None
        self.quantity_set.emit(line.line, much, who)

    def take_back(self) -> None:
        """Ask for the newest scan to be taken back."""
        self._forget()
        self.undo_wanted.emit(self.name.text().strip())
        self.field.setFocus()

    def leave(self) -> None:
        """Leave a question, else what was typed, else the count."""
        if self._asked is not None or self._quantity_of is not None or self.field.text():
            self._forget()
            self.field.clear()
            self._ready()
        else:
            self.left.emit()

    # Qt
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows in the scan field move through the lines; Escape leaves; Ctrl+Z is about scans."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.leave()
                return True
            if (
                event.matches(QKeySequence.StandardKey.Undo)
                and watched is self.field
                and not self.field.text()
            ):
                self.take_back()  # a text field would take the key for itself
                return True
            moves = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
            if watched is self.field and event.key() in moves:
                QApplication.sendEvent(self.table, QKeyEvent(event))
                return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._scale()


def _added(scan: Scan) -> str:
    much = quantity(scan.typed.quantity)
    return f"= {much}" if scan.typed.verb == "set" else f"+ {much}"


def _cells(line: SheetLine) -> tuple[Cell, ...]:
    lot = " ".join(filter(None, (line.lot, line.package, line.owner)))
    last = max((one.at for one in line.found if one.at is not None), default=None)
    figures = [quantity(one.quantity) for one in line.found]
    several = len(set(figures)) > 1
    found = Cell(
        " | ".join(figures),
        right=True,
        bold=bool(figures),
        family=Family.DECIDE if several else None,
        icon="kind-duplicate" if several else "",
        spoken="two counts differ" if several else "",
    )
    return (
        Cell(str(line.line), right=True, muted=True),
        Cell(one_line(line.sku)),
        Cell(one_line(line.product)),
        Cell(one_line(line.location), muted=True),
        Cell(one_line(lot)),
        found,
        Cell(one_line(line.unit), muted=True),
        Cell(one_line(", ".join(dict.fromkeys(one.who for one in line.found)))),
        Cell("" if last is None else moment(last)[-5:], muted=True),
    )
