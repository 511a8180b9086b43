"""One file of the import screen: its question, its first rows, its checks, its problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from recon_app.models.problem import Problem
from recon_app.ui.formats import money, one_line
from recon_app.ui.screens.import_items import FileState, Item
from recon_app.ui.screens.import_preview import understood_cells, understood_columns
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.plain_table import PlainTable
from recon_app.ui.widgets.text import Text, Tone
from recon_app.ui.words import Family

UNDERSTOOD, RAW, CHECKS, PROBLEMS = range(4)
_TABS = ("As understood", "As in the file", "Checks", "Problems")
_CHECK_TITLES = ("Result", "What was checked", "Expected", "Found")
_PROBLEM_TITLES = ("Row", "Column", "Problem", "What to do")
_MAPPING = "mapping."
_AGREES = Cell("agrees", icon="proven")
_DIFFERS = Cell("differs", icon="unproven", family=Family.DIFFERS)


class FileDetail(QWidget):
    """What is known of the chosen file.

    Signals:
        answered: The user answered a question: option and value.
        mapping_wanted: The user wants to name the columns.
    """

    answered = Signal(str, str)
    mapping_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._item: Item | None = None
        self._option = ""
        self._title = Text("", Tone.TITLE, parent=self)
        self._sentence = Text("", parent=self)
        self._question = Text("", Tone.STRONG, parent=self)
        self.choice = QComboBox(self)
        self.choice.setMinimumContentsLength(24)
        self.answer = Button("Answer", primary=True, parent=self)
        self.answer.clicked.connect(self._take_answer)
        self.map = Button("Name the columns…", "columns", parent=self)
        self.map.clicked.connect(self.mapping_wanted)
        self.understood = PlainTable((), "First rows as they are understood", -1, self)
        self.raw = PlainTable((), "First rows as they stand in the file", -1, self)
        self.checks = PlainTable(_CHECK_TITLES, "Control totals and checks", 1, self)
        self.problems = PlainTable(_PROBLEM_TITLES, "Problems", 2, self, widest=60)
        self.copy = Button("Copy the problems", "copy", parent=self)
        self.copy.clicked.connect(self._copy_problems)
        self._tabs = QStackedWidget(self)
        self._buttons = QButtonGroup(self)
        self._lay_out()
        self.show_item(None, {}, {})

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addWidget(self._sentence, 1)
        ask = QHBoxLayout()
        ask.setSpacing(6)
        ask.addWidget(self._question)
        ask.addWidget(self.choice)
        ask.addWidget(self.answer)
        ask.addWidget(self.map)
        ask.addStretch(1)
        bar = QHBoxLayout()
        bar.setSpacing(4)
        for place, word in enumerate(_TABS):
            button = Button(word, parent=self)
            button.setCheckable(True)
            self._buttons.addButton(button, place)
            bar.addWidget(button)
        bar.addStretch(1)
        bar.addWidget(self.copy)
        for table in (self.understood, self.raw, self.checks, self.problems):
            self._tabs.addWidget(table)
        self._buttons.idClicked.connect(self._show_tab)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addLayout(ask)
        column.addLayout(bar)
        column.addWidget(self._tabs, 1)

    def show_item(self, item: Item | None, titles: Mapping[str, str], kinds: Mapping[str, str]) -> None:
        """Show a file, or nothing.

        Args:
            item: The file.
            titles: What the files of each source are called.
            kinds: Those that a person can say a file is.
        """
        self._item = item
        self._title.setText("" if item is None else one_line(item.name))
        self._sentence.setText("" if item is None else item.sentence())
        self._ask(item, titles, kinds)
        self._show_preview(item)
        self.checks.set_rows([] if item is None else list(_checks(item)))
        self.problems.set_rows([] if item is None else [_problem(one) for one in item.problems])
        shown = {
            UNDERSTOOD: item is not None and item.preview is not None and bool(item.preview.records),
            RAW: item is not None and item.preview is not None and bool(item.preview.cells),
            CHECKS: item is not None and bool(item.proofs or item.totals or item.notes),
            PROBLEMS: item is not None and bool(item.problems),
        }
        for place, visible in shown.items():
            self._buttons.button(place).setVisible(visible)
        self._tabs.setVisible(any(shown.values()))
        self._show_tab(self._best_tab(item, shown))

    @staticmethod
    def _best_tab(item: Item | None, shown: Mapping[int, bool]) -> int:
        """Problems first, then checks, then the rows."""
        if item is not None and item.state is FileState.QUESTION and shown[RAW]:
            return RAW
        return next((place for place in (PROBLEMS, CHECKS, UNDERSTOOD, RAW) if shown[place]), UNDERSTOOD)

    def _ask(self, item: Item | None, titles: Mapping[str, str], kinds: Mapping[str, str]) -> None:
        question = item.question if item is not None else None
        unknown = item is not None and item.state is FileState.REFUSED and not item.recognised()
        choices: Sequence[tuple[str, str]] = ()
        if question is not None:
            self._option = question.option
            self._question.setText(question.text)
            named = titles if question.option == "as" else {}
            choices = [(named.get(choice, choice), choice) for choice in question.choices]
        elif unknown:
            self._option = "as"
            self._question.setText("If you know what it is, say so:")
            choices = [(title, source) for source, title in kinds.items()]
        asked = question is not None or unknown
        self.choice.clear()
        self.choice.setEditable(asked and not choices)
        for word, data in choices:
            self.choice.addItem(one_line(word), data)
        self.choice.setAccessibleName(self._question.text() if asked else "")
        for widget in (self._question, self.choice, self.answer):
            widget.setVisible(asked)
        self.map.setVisible(item is not None and item.can_be_mapped())

    def _take_answer(self) -> None:
        typed = self.choice.currentText().strip() if self.choice.isEditable() else ""
        chosen = typed or str(self.choice.currentData() or "")
        if chosen:
            self.answered.emit(self._option, chosen)

    def _show_preview(self, item: Item | None) -> None:
        preview = item.preview if item is not None else None
        if preview is None or item is None:
            self.understood.set_rows([], [])
            self.raw.set_rows([], [])
            return
        columns = understood_columns(preview.records)
        rows = [understood_cells(record, columns) for record in preview.records]
        self.understood.set_rows(rows, [column.title for column in columns])
        width = max((len(row) for row in preview.cells), default=0)
        self.raw.set_rows(
            list(_raw_rows(preview.cells, width, preview.options)),
            [str(place) for place in range(1, width + 1)],
        )

    def _show_tab(self, place: int) -> None:
        self._tabs.setCurrentIndex(place)
        self._buttons.button(place).setChecked(True)
        self.copy.setVisible(place == PROBLEMS and self._item is not None and bool(self._item.problems))

    def _copy_problems(self) -> None:
        if self._item is not None:
            lines = [problem.message(self._item.name) for problem in self._item.problems]
            QGuiApplication.clipboard().setText("\n".join(lines))


def _raw_rows(
    cells: Sequence[Sequence[str]], width: int, options: Mapping[str, str]
) -> Iterator[Sequence[Cell]]:
    """The cells as they stand, with the mapping of a bank's own table above the header."""
    mapped = {
        column.strip().casefold(): name.removeprefix(_MAPPING)
        for name, columns in options.items()
        if name.startswith(_MAPPING)
        for column in columns.split("|")
    }
    for row in cells:
        meanings = [mapped.get(cell.strip().casefold(), "") for cell in row]
        header = bool(mapped) and sum(bool(meaning) for meaning in meanings) >= min(2, len(mapped))
        if header:
            yield [
                Cell(
                    f"↓ {meaning}" if meaning else "not used",
                    muted=not meaning,
                    band=True,
                    bold=bool(meaning),
                )
                for meaning in meanings
            ]
            mapped = {}
        yield [Cell(one_line(cell), bold=header) for cell in [*row, *[""] * (width - len(row))]]


def _checks(item: Item) -> Iterator[Sequence[Cell]]:
    """Proofs with a word and an icon, then totals, then notes."""
    for proof in item.proofs:
        family = None if proof.ok else Family.DIFFERS
        yield (
            Cell(
                "agrees" if proof.ok else "differs", icon="proven" if proof.ok else "unproven", family=family
            ),
            Cell(one_line(proof.name)),
            Cell(proof.expected, right=True),
            Cell(proof.found, right=True, family=family, tint=not proof.ok),
        )
    for (name, currency), minor in item.totals.items():
        amount = Cell(f"{money(minor, currency)} {currency}", right=True)
        yield Cell("total", icon="info", muted=True), Cell(one_line(name)), Cell(), amount
    for note in item.notes:
        yield Cell("note", icon="info", muted=True), Cell(one_line(note))


def _problem(problem: Problem) -> Sequence[Cell]:
    return (
        Cell("" if problem.row is None else str(problem.row), right=True),
        Cell(one_line(problem.column or "")),
        Cell(one_line(problem.problem), family=Family.DIFFERS),
        Cell(one_line(problem.advice)),
    )
