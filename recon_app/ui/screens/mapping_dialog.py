"""The mapping assistant: which column of a table is what, tried out while it is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from recon_app.ui.formats import one_line
from recon_app.ui.screens.import_preview import understood_cells, understood_columns
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.widgets.dialog import Dialog
from recon_app.ui.widgets.plain_table import PlainTable
from recon_app.ui.widgets.text import Text, Tone
from recon_app.ui.words import Family

if TYPE_CHECKING:
    from recon_app.services.mapping import Heading, Mappable
    from recon_app.services.preview import Preview

_PREFIX = "mapping."
_BANK = "bank_csv"
_NONE = "not in the table"
_SOON_MS = 60
_SAMPLE = 28  # characters
_SIZES = (380, 200)  # of columns and rows
#: Options about the whole table: title, option, choices as (word, value); no choices means free text.
_ANSWERS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("Header stands in row", "mapping.header_row", ()),
    (
        "Order of dates",
        "date_order",
        (("day, month, year", "dmy"), ("month, day, year", "mdy"), ("year, month, day", "ymd")),
    ),
    ("Decimal mark", "decimal_mark", (("a comma: 1.234,56", "comma"), ("a dot: 1,234.56", "dot"))),
    ("Currency", "currency", ()),
    ("Amounts are in", "mapping.amount_unit", (("euros, dollars …", "major"), ("cents", "minor"))),
    ("Sign", "mapping.sign", (("as written", "as_is"), ("turned round", "inverted"))),
    ("Time zone", "zone", ()),
)
#: What a bank's own reader does not ask.
_NOT_OF_BANKS = frozenset({"mapping.amount_unit", "zone"})
_HINTS = {"currency": "as in the table, or EUR", "zone": "as in the table, or Europe/Berlin"}
_WORDS = {"sku": "SKU", "ref": "Reference", "direction": "Debit or credit mark", "order": "Order number"}


class MappingDialog(Dialog):
    """Columns at the left, the way the table is written at the right, what comes of it below.

    Signals:
        kind_chosen: Another kind of table: its source, and the answers so far.
        tried: Read the first rows with this source and these answers.
        decided: Use this source and these answers.
    """

    kind_chosen = Signal(str, dict)
    tried = Signal(str, dict)
    decided = Signal(str, dict)

    def __init__(
        self, name: str, cells: Sequence[Sequence[str]], kinds: Sequence[Mappable], parent: QWidget
    ) -> None:
        super().__init__(f"What is in {one_line(name)}?", "Use these columns", parent)
        self._cells = cells
        self._kinds = {kind.source: kind for kind in kinds}
        self._heading: Heading | None = None
        self._filling = False
        self.kind = QComboBox(self)
        self.kind.setAccessibleName("Kind of table")
        for kind in kinds:
            self.kind.addItem(one_line(kind.title), kind.source)
        self.columns: dict[str, QComboBox] = {}
        self.answers: dict[str, QComboBox | QLineEdit] = {}
        self._samples: dict[str, Text] = {}
        self.outcome = Text("", wrap=True, parent=self)
        self.rows = PlainTable((), "First rows as they are understood", -1, self)
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._soon.timeout.connect(lambda: self.tried.emit(self.source(), self.options()))
        self._lay_out()
        self.kind.currentIndexChanged.connect(lambda: self.kind_chosen.emit(self.source(), self._plain()))
        self.ok.clicked.connect(self._take)
        self.resize(1040, 660)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(Text("This is a table of", Tone.STRONG, parent=self))
        top.addWidget(self.kind, 1)
        self.body.addLayout(top)
        self._slots, self._others = QWidget(), QWidget()
        upper = QSplitter(Qt.Orientation.Horizontal, self)
        for title, content in (("Columns", self._slots), ("How it is written", self._others)):
            upper.addWidget(_titled(title, content))
        upper.setStretchFactor(0, 3)
        upper.setStretchFactor(1, 2)
        upper.setChildrenCollapsible(False)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.outcome)
        below.addWidget(self.rows, 1)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.addWidget(upper)
        split.addWidget(lower)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        split.setSizes(_SIZES)
        self.body.addWidget(split, 1)

    def source(self) -> str:
        """The source that is to read the table."""
        return str(self.kind.currentData())

    def options(self) -> dict[str, str]:
        """The answers as they stand."""
        named = {_PREFIX + key: str(box.currentData() or "") for key, box in self.columns.items()}
        return {name: value for name, value in (named | self._plain()).items() if value}

    def _plain(self) -> dict[str, str]:
        """The answers about the whole table."""
        found = {}
        for option, field in self.answers.items():
            text = field.text().strip() if isinstance(field, QLineEdit) else str(field.currentData() or "")
            if text:
                found[option] = text
        return found

    def show_kind(self, source: str, heading: Heading, options: Mapping[str, str]) -> None:
        """Show the columns of a table as they are proposed."""
        self._filling = True
        self._heading = heading
        self.kind.blockSignals(True)
        self.kind.setCurrentIndex(self.kind.findData(source))
        self.kind.blockSignals(False)
        self._fill_slots(self._kinds[source], options)
        self._fill_answers(source, options)
        self._filling = False
        self._changed()

    def _fill_slots(self, kind: Mappable, options: Mapping[str, str]) -> None:
        grid = _emptied(self._slots)
        self.columns.clear()
        self._samples.clear()
        columns = self._heading.columns if self._heading is not None else ()
        for row, slot in enumerate(kind.slots):
            title = _WORDS.get(slot.key, slot.key.replace("_", " ").capitalize())
            box = QComboBox()
            box.setAccessibleName(title)
            box.addItem(_NONE, "")
            for name, _ in columns:
                box.addItem(one_line(name), name)
            told = options.get(_PREFIX + slot.key, "")
            if told and box.findData(told) < 0:
                box.addItem(one_line(told), told)  # several columns, joined
            box.setCurrentIndex(max(0, box.findData(told)))
            box.currentIndexChanged.connect(self._changed)
            sample = Text("", Tone.MUTED)
            grid.addWidget(Text(title, Tone.STRONG if slot.required else Tone.NORMAL), row, 0)
            grid.addWidget(box, row, 1)
            grid.addWidget(sample, row, 2)
            self.columns[slot.key], self._samples[slot.key] = box, sample
        grid.setColumnStretch(2, 1)
        grid.setRowStretch(len(kind.slots), 1)

    def _fill_answers(self, source: str, options: Mapping[str, str]) -> None:
        grid = _emptied(self._others)
        self.answers.clear()
        shown = [answer for answer in _ANSWERS if source != _BANK or answer[1] not in _NOT_OF_BANKS]
        for row, (title, option, choices) in enumerate(shown):
            field = self._field(option, choices, options.get(option, ""))
            field.setAccessibleName(title)
            grid.addWidget(Text(title), row, 0)
            grid.addWidget(field, row, 1)
            self.answers[option] = field
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(shown), 1)

    def _field(self, option: str, choices: Sequence[tuple[str, str]], told: str) -> QComboBox | QLineEdit:
        if not choices:
            line = QLineEdit(told)
            line.setPlaceholderText(_HINTS.get(option, ""))
            if option == "mapping.header_row" and self._heading is not None and not told:
                line.setPlaceholderText(str(self._heading.row or ""))
            line.editingFinished.connect(self._header_moved if option.endswith("row") else self._changed)
            return line
        box = QComboBox()
        box.addItem("found from all rows" if option.endswith(("order", "mark")) else choices[0][0], "")
        for word, value in choices if option.endswith(("order", "mark")) else choices[1:]:
            box.addItem(word, value)
        box.setCurrentIndex(max(0, box.findData(told)))
        box.currentIndexChanged.connect(self._changed)
        return box

    def _header_moved(self) -> None:
        """Another header has other columns."""
        told = self._plain().get("mapping.header_row", "")
        if self._heading is not None and told and told != str(self._heading.row):
            self.kind_chosen.emit(self.source(), self._plain())

    def _changed(self) -> None:
        if self._filling:
            return
        samples = dict(self._heading.columns) if self._heading is not None else {}
        for key, box in self.columns.items():
            cells = [one_line(cell.strip()) for cell in samples.get(str(box.currentData()), ())]
            text = " · ".join(
                cell if len(cell) <= _SAMPLE else f"{cell[:_SAMPLE]}…" for cell in cells if cell
            )
            self._samples[key].setText(text)
        lacking = self._lacking()
        self.ok.setEnabled(not lacking)
        if lacking:
            names = ", ".join(_WORDS.get(key, key.replace("_", " ")) for key in lacking)
            self._say(f"Name the column of: {names}.", Family.DECIDE)
            self._show_file()
            self._soon.stop()
        else:
            self._soon.start()

    def _lacking(self) -> list[str]:
        from recon_app.services.mapping import lacking

        named = {key: str(box.currentData() or "") for key, box in self.columns.items()}
        return lacking(self._kinds[self.source()], named)

    def show_preview(self, preview: Preview) -> None:
        """Show what comes of the answers."""
        columns = understood_columns(preview.records)
        rows = [understood_cells(record, columns) for record in preview.records]
        self.rows.set_rows(rows, [column.title for column in columns])
        if preview.problems:
            problem = preview.problems[0]
            more = f" (and {len(preview.problems) - 1} more)" if len(preview.problems) > 1 else ""
            place = f"Row {problem.row}: " if problem.row is not None else ""
            column = f"{one_line(problem.column)}: " if problem.column else ""
            self._say(f"{place}{column}{one_line(problem.problem)}{more}", Family.DIFFERS)
        elif preview.question is not None:
            self._say(one_line(preview.question.text), Family.DECIDE)
        else:
            self._say("The first rows are understood like this. Are dates, amounts and signs right?", None)

    def _show_file(self) -> None:
        """Show the rows as they stand in the file."""
        width = max((len(row) for row in self._cells), default=0)
        titles = [str(place) for place in range(1, width + 1)]
        self.rows.set_rows([[Cell(one_line(cell)) for cell in row] for row in self._cells], titles)

    def show_fault(self, text: str) -> None:
        """Show that an answer cannot be used."""
        self._show_file()
        self._say(one_line(text), Family.DIFFERS)

    def _say(self, text: str, family: Family | None) -> None:
        self.outcome.setText(text)
        self.outcome.set_family(family)

    def _take(self) -> None:
        self.decided.emit(self.source(), self.options())
        self.accept()


def _titled(title: str, content: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(Text(title, Tone.MUTED))
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(content)
    column.addWidget(area, 1)
    return holder


def _emptied(holder: QWidget) -> QGridLayout:
    """The grid of a widget, without what was in it."""
    grid = holder.layout()
    if not isinstance(grid, QGridLayout):
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setVerticalSpacing(4)
        return grid
    while (item := grid.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
    for row in range(grid.rowCount()):
        grid.setRowStretch(row, 0)
    return grid
