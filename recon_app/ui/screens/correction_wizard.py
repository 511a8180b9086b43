"""The way through a correction: what, questions, effects, file. Nothing goes to Odoo from here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDateEdit,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from recon_app.models.case import Case
from recon_app.models.correction import AnswerType, Correction, JournalEntry, Question
from recon_app.models.problem import Cancelled, ReconError
from recon_app.ui.backend import Backend
from recon_app.ui.context import Context
from recon_app.ui.formats import money, one_line, sentence
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.dialog import Dialog
from recon_app.ui.widgets.plain_table import PlainTable
from recon_app.ui.widgets.text import Text, Tone
from recon_app.ui.words import Family

if TYPE_CHECKING:
    from recon_app.services.corrections import Applied, KeptCorrection

WHAT, QUESTIONS, EFFECTS, DONE = range(4)
_STEPS = ("1  What", "2  Questions", "3  Effects", "4  File for Odoo")
_ENTRY = ("Account", "Label", "Debit", "Credit", "")
_EFFECT = ("Figure", "Before", "After", "")
_ISO = "yyyy-MM-dd"
_IN_ODOO = (
    "Import the first file in Odoo: Accounting, Journal Entries, Favorites, Import records. "
    "Keep the second one: it undoes the first.\n"
    "Then export the journal items again and import them here: the correction becomes verified."
)


class CorrectionWizard(Dialog):
    """Asks, shows the effects, keeps the proposal and writes the file."""

    def __init__(
        self,
        context: Context,
        case: Case,
        fitting: Sequence[tuple[str, str]],
        kept: Sequence[KeptCorrection],
        parent: QWidget,
    ) -> None:
        super().__init__("Correct", "Next", parent)
        self._context = context
        self._case = case
        self._fitting = list(fitting)
        self._fields: dict[str, QWidget] = {}
        self._draft: Correction | None = None
        self._kept: Correction | None = None
        self._folder: Path | None = None
        self.step = WHAT
        self.error = Text("", wrap=True, parent=self)
        self.error.setAccessibleName("What is missing")
        self.back = Button("Back", parent=self)
        self.back.setAutoDefault(False)
        self.back.clicked.connect(self._back)
        self.buttons.insertWidget(1, self.back)
        self._steps = [Text(step, parent=self) for step in _STEPS]
        self._pages = QStackedWidget(self)
        self._lay_out()
        self.ok.clicked.connect(self._next)
        self.resize(760, 520)
        standing = [one for one in kept if one.state in ("proposed", "posted", "verified")]
        if standing:
            self._show_kept(standing[-1])
        else:
            self._go(WHAT)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(18)
        for text in self._steps:
            line.addWidget(text)
        line.addStretch(1)
        self.body.addLayout(line)
        for page in (self._what(), self._questions(), self._effects(), self._file()):
            self._pages.addWidget(page)
        self.body.addWidget(self._pages, 1)
        self.body.addWidget(self.error)

    def _what(self) -> QWidget:
        page, column = _page()
        self._action = QComboBox()
        self._action.setAccessibleName("Correction")
        for action, title in self._fitting:
            self._action.addItem(title, action)
        column.addWidget(Text("The difference", Tone.MUTED))
        column.addWidget(Text(sentence(self._case.text), Tone.STRONG, wrap=True))
        column.addSpacing(8)
        column.addWidget(Text("The correction", Tone.MUTED))
        column.addWidget(self._action)
        column.addWidget(
            Text(
                "You get a file for Odoo's import, and a second one that undoes it. "
                "Nothing is sent anywhere, and nothing is kept before step 4.",
                Tone.MUTED,
                wrap=True,
            )
        )
        column.addStretch(1)
        return page

    def _questions(self) -> QWidget:
        page, column = _page()
        column.addWidget(Text("What the program cannot know", Tone.STRONG))
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setVerticalSpacing(8)
        column.addLayout(self._grid)
        column.addStretch(1)
        return page

    def _effects(self) -> QWidget:
        page, column = _page()
        self.figures = PlainTable(_EFFECT, "Figures before and after", 0)
        self.entry = PlainTable(_ENTRY, "Journal entry", 1)
        self._balance = Text("")
        self._about_entry = Text("", Tone.MUTED)
        self._leaves = Text("", wrap=True)
        column.addWidget(Text("What changes", Tone.STRONG))
        column.addWidget(self.figures, 2)
        column.addWidget(Text("The entry in Odoo", Tone.STRONG))
        column.addWidget(self._about_entry)
        column.addWidget(self.entry, 3)
        column.addWidget(self._balance)
        column.addWidget(self._leaves)
        return page

    def _file(self) -> QWidget:
        page, column = _page()
        self.outcome = Text("", Tone.STRONG, wrap=True)
        self._how = Text("", wrap=True, select=True)
        self._open_folder = Button("Show the files", "folder")
        self._open_folder.clicked.connect(self._show_files)
        self.withdraw = Button("Withdraw or reverse", "undo")
        self.withdraw.clicked.connect(self._reverse)
        column.addWidget(self.outcome)
        column.addWidget(self._how)
        line = QHBoxLayout()
        line.addWidget(self._open_folder)
        line.addWidget(self.withdraw)
        line.addStretch(1)
        column.addLayout(line)
        column.addStretch(1)
        self._open_folder.hide()
        return page

    def answers(self) -> dict[str, str]:
        """What was answered so far."""
        return {name: _answer(field) for name, field in self._fields.items()}

    def _go(self, step: int) -> None:
        self.step = step
        self._pages.setCurrentIndex(step)
        self.error.setText("")
        for place, text in enumerate(self._steps):
            text.set_family(None if place == step else Family.CALM)
            font = text.font()
            font.setBold(place == step)
            text.setFont(font)
        self.back.setVisible(step in (QUESTIONS, EFFECTS))
        self.cancel.setVisible(step != DONE)
        self.ok.setText(("Next", "Show the effects", "Save as a file…", "Close")[step])
        self.ok.updateGeometry()

    def _back(self) -> None:
        self._go(self.step - 1)

    def _next(self) -> None:
        (self._ask, self._show_effects, self._choose_folder, self.accept)[self.step]()

    def _ask(self) -> None:
        action = self._action.currentData()
        self._read(lambda: self._backend().questions(self._case.id, action), self._show_questions)

    def _show_questions(self, questions: Sequence[Question]) -> None:
        given = self.answers()
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self._fields = {}
        for row, question in enumerate(questions):
            field = _field(question, given.get(question.name) or question.default)
            field.setAccessibleName(question.label)
            self._grid.addWidget(Text(question.label), row, 0)
            self._grid.addWidget(field, row, 1)
            note = "kept for the next time" if question.keep else ""
            self._grid.addWidget(Text(note, Tone.MUTED), row, 2)
            self._fields[question.name] = field
        self._go(QUESTIONS)
        for field in self._fields.values():
            if not _answer(field):
                field.setFocus()
                break

    def _show_effects(self) -> None:
        action, answers = self._action.currentData(), self.answers()
        self._read(lambda: self._backend().draft(self._case.id, action, answers), self._show_draft)

    def _show_draft(self, draft: Correction) -> None:
        self._draft = draft
        self.figures.set_rows(
            [
                (
                    Cell(one_line(effect.target)),
                    Cell(money(effect.before.minor, effect.before.currency), right=True),
                    Cell(money(effect.after.minor, effect.after.currency), right=True, bold=True),
                    Cell(effect.after.currency, muted=True),
                )
                for effect in draft.effects
            ]
        )
        self._show_entry(draft.entry)
        rest = "\n".join(f"•  {text}" for text in draft.leaves_open)
        self._leaves.setText(f"What stays open:\n{rest}" if rest else "Nothing of this case stays open.")
        self._go(EFFECTS)

    def _show_entry(self, entry: JournalEntry) -> None:
        rows = []
        for line in entry.lines:
            debit = money(line.debit, line.currency) if line.debit else ""
            credit = money(line.credit, line.currency) if line.credit else ""
            rows.append(
                (
                    Cell(one_line(line.account)),
                    Cell(one_line(line.label)),
                    Cell(debit, right=True),
                    Cell(credit, right=True),
                    Cell(line.currency, muted=True),
                )
            )
        currency = entry.lines[0].currency
        debits = sum(line.debit for line in entry.lines)
        credits_ = sum(line.credit for line in entry.lines)
        total = (
            Cell("Sum", bold=True, band=True),
            Cell(band=True),
            Cell(money(debits, currency), right=True, bold=True, band=True),
            Cell(money(credits_, currency), right=True, bold=True, band=True),
            Cell(currency, muted=True, band=True),
        )
        self.entry.set_rows([*rows, total])
        self._about_entry.setText(f"Journal {entry.journal}, {entry.date}, reference {entry.ref}")
        self._balance.setText("✓ Balanced" if debits == credits_ else "✗ Does not balance")

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Folder for the two files")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda folder: self.save_to(Path(folder)))
        dialog.open()

    def save_to(self, folder: Path) -> None:
        """Keep the proposal and write its files into a folder."""
        action, answers, case_id = self._action.currentData(), self.answers(), self._case.id
        kept = self._kept

        def work() -> tuple[Correction, Applied]:
            made = kept or self._backend().propose(case_id, action, answers)[0]
            return made, self._backend().apply_to_file(made.id, folder)

        def done(found: tuple[Correction, Applied]) -> None:
            made, applied = found
            self._kept = made
            self._folder = folder
            self._open_folder.show()
            self._tell(
                "posted",
                f"{applied.entry.name}\n{applied.reversal.name}\n\n{_IN_ODOO}",
            )
            self._context.changed.emit(applied.changes)

        self._write(work, done)

    def _show_kept(self, kept: KeptCorrection) -> None:
        """A correction of this case stands already."""
        self._kept = kept.correction
        self._show_draft(kept.correction)
        if kept.state == "proposed":
            self.back.hide()
            return
        self._tell(kept.state, f"Reference {kept.correction.entry.ref}")

    def _tell(self, state: str, text: str) -> None:
        said = {
            "posted": "The correction is written as a file. It counts as posted until an export shows it.",
            "verified": "Verified: a later Odoo export shows the entry.",
        }
        self.outcome.setText(said.get(state, state))
        self._how.setText(text)
        self._go(DONE)

    def _reverse(self) -> None:
        if self._kept is None:
            return
        correction_id, folder = self._kept.id, self._folder

        def done(found: tuple[Correction | None, object]) -> None:
            undoing, changes = found
            self._context.changed.emit(changes)
            if undoing is None:
                self._context.toast.say("The proposal was withdrawn.")
                self.accept()
                return
            self._kept = undoing
            self.withdraw.hide()
            if folder is not None:
                self.save_to(folder)
            else:
                self._show_draft(undoing)
                self.back.hide()

        self._write(lambda: self._backend().reverse(correction_id), done)

    def _show_files(self) -> None:
        if self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

    def _backend(self) -> Backend:
        backend = self._context.backend
        if backend is None:
            raise ReconError("the workspace is closed")
        return backend

    def _read(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        self._busy()
        self._context.jobs.read(self, lambda _progress: work(), self._then(done), self._failed)

    def _write(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        self._busy()
        self._context.jobs.write(
            self, lambda _progress: work(), self._then(done), self._failed, title="Correcting"
        )

    def _busy(self) -> None:
        self.ok.setEnabled(False)

    def _then(self, done: Callable[..., None]) -> Callable[[object], None]:
        def after(found: object) -> None:
            self.ok.setEnabled(True)
            self.ok.setFocus()  # disabling it gave the focus to Cancel
            done(found)

        return after

    def _failed(self, error: BaseException) -> None:
        self.ok.setEnabled(True)
        if isinstance(error, ReconError) and not isinstance(error, Cancelled):
            self.error.setText(f"✗ {error}")
        else:
            self._context.fail(error)


def _page() -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 8, 0, 0)
    return page, column


def _field(question: Question, value: str) -> QWidget:
    """The field for a question: a calendar, a list to search in, or a line."""
    if question.type is AnswerType.DATE:
        day = QDate.fromString(value, _ISO)
        field = QDateEdit(day if day.isValid() else QDate.currentDate())
        field.setDisplayFormat(_ISO)
        field.setCalendarPopup(True)
        return field
    if question.type is AnswerType.MONEY or not question.choices:
        line = QLineEdit(value)
        line.setPlaceholderText(f"0.00 {question.currency}" if question.currency else "")
        return line
    box = QComboBox()
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.addItems([one_line(choice) for choice in question.choices])
    completer = QCompleter(box.model(), box)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    box.setCompleter(completer)
    box.setCurrentText(value)
    return box


def _answer(field: QWidget) -> str:
    if isinstance(field, QDateEdit):
        return field.date().toString(_ISO)
    if isinstance(field, QComboBox):
        return field.currentText().strip()
    return field.text().strip() if isinstance(field, QLineEdit) else ""
