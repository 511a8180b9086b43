"""Small dialogs about cases: accept, why not linked, what a run assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLineEdit, QScrollArea, QWidget

from recon_app.models.case import Evidence
from recon_app.ui.formats import one_line
from recon_app.ui.widgets.dialog import Dialog
from recon_app.ui.widgets.text import Text, Tone

REASONS = (
    "Agreed with the platform",
    "Will be corrected in the next period",
    "Known rounding",
    "Below our limit",
)
NOT_OURS = "-"  # what the services keep for "not a platform we compare"
_NOT_OURS_WORD = "No platform of ours"
#: What the first word of an answer asks for.
_ASKED = {
    "exported_at": "Time of the export",
    "stock_account": "Stock account in",
    "transit": "Is it a transit location (yes or no)?",
    "unit": "Size of the unit",
}
_KINDS = {"gateway": "Shop gateway", "journal": "Odoo journal", "clearing": "Clearing account"}


class AcceptDialog(Dialog):
    """Accept a difference without correcting it; a reason and a name are required.

    Signals:
        reasoned: The reason, and who decides.
    """

    reasoned = Signal(str, str)

    def __init__(self, what: str, who: str, parent: QWidget) -> None:
        super().__init__("Accept with reason", "Accept", parent)
        self.body.addWidget(Text(what, Tone.STRONG, wrap=True, parent=self))
        self.body.addWidget(
            Text("It counts as explained from now on. You can undo this.", Tone.MUTED, wrap=True, parent=self)
        )
        self.reason = QComboBox(self)
        self.reason.setEditable(True)
        self.reason.setAccessibleName("Reason")
        self.reason.addItems(REASONS)
        self.reason.setCurrentText("")
        field = self.reason.lineEdit()
        if field is not None:
            field.setPlaceholderText("Why is this difference acceptable?")
        self.reason.editTextChanged.connect(self._check)
        self.who = QLineEdit(who, self)
        self.who.setAccessibleName("Decided by")
        self.who.setPlaceholderText("Your name")
        self.who.textChanged.connect(self._check)
        grid = QGridLayout()
        for row, (word, widget) in enumerate((("Reason", self.reason), ("Decided by", self.who))):
            grid.addWidget(Text(word, parent=self), row, 0)
            grid.addWidget(widget, row, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        self.body.addStretch(1)
        self.ok.clicked.connect(self._take)
        self._check()
        self.resize(520, self.sizeHint().height())
        self.reason.setFocus()

    def _check(self) -> None:
        said, named = bool(self.reason.currentText().strip()), bool(self.who.text().strip())
        self.ok.setEnabled(said and named)
        self.ok.setToolTip("" if said and named else "Say why first" if named else "Say who you are")

    def _take(self) -> None:
        self.reasoned.emit(self.reason.currentText().strip(), self.who.text().strip())
        self.accept()


class _TextsDialog(Dialog):
    """Some sentences to be read and copied."""

    def __init__(self, title: str, texts: Iterable[str], parent: QWidget) -> None:
        super().__init__(title, "Close", parent)
        self.cancel.hide()
        self.ok.clicked.connect(self.accept)
        self.text = Text("\n".join(f"•  {one_line(text)}" for text in texts), wrap=True, select=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(_scrolled(self.text, self), 1)
        self.resize(560, 340)


class WhyNotDialog(_TextsDialog):
    """Rule by rule, why two records were not linked."""

    def __init__(self, found: Sequence[Evidence], parent: QWidget) -> None:
        super().__init__("Why are these two not linked?", (one.text for one in found), parent)


class RemarksDialog(_TextsDialog):
    """All that is to be known about a result: what was left out and why."""

    def __init__(self, remarks: Sequence[str], parent: QWidget) -> None:
        super().__init__("About this result", remarks, parent)


class _AssumedDialog(Dialog):
    """What a run assumed, line by line: asked once and kept.

    Signals:
        decided: Answers by name.
    """

    decided = Signal(dict)

    def __init__(self, title: str, proposals: Mapping[str, str], parent: QWidget) -> None:
        super().__init__(title, "Keep these answers", parent)
        why = "The run assumed this from the data. Check it once; it is kept for every later run."
        self.body.addWidget(Text(why, wrap=True, parent=self))
        holder = QWidget()
        self._grid = QGridLayout(holder)
        self._grid.setRowStretch(len(proposals), 1)
        self.body.addWidget(_scrolled(holder, self), 1)
        self.resize(620, min(520, 160 + 40 * len(proposals)))

    def _ask(self, row: int, asked: str, about: str, field: QWidget) -> None:
        self._grid.addWidget(Text(asked, Tone.MUTED), row, 0)
        self._grid.addWidget(Text(one_line(about), Tone.STRONG), row, 1)
        self._grid.addWidget(field, row, 2)

    def _keep(self, answers: dict[str, str]) -> None:
        self.decided.emit(answers)
        self.accept()


class MappingDialog(_AssumedDialog):
    """Which platform the gateways, journals and accounts belong to."""

    def __init__(self, proposals: Mapping[str, str], parent: QWidget) -> None:
        super().__init__("What belongs to which platform?", proposals, parent)
        self._grid.setColumnStretch(1, 1)
        platforms = sorted(set(proposals.values()) - {NOT_OURS})
        self.fields: dict[str, QComboBox] = {}
        for row, (name, value) in enumerate(sorted(proposals.items())):
            kind, _, rest = name.partition(".")
            field = QComboBox()
            field.setAccessibleName(f"Platform of {rest}")
            for platform in platforms:
                field.addItem(platform, platform)
            field.addItem(_NOT_OURS_WORD, NOT_OURS)
            field.setCurrentIndex(max(0, field.findData(value)))
            self._ask(row, _KINDS.get(kind, kind), rest, field)
            self.fields[name] = field
        self.ok.clicked.connect(self._take)

    def _take(self) -> None:
        self._keep({name: str(field.currentData()) for name, field in self.fields.items()})


class AnswersDialog(_AssumedDialog):
    """What a run assumed, each as a text that a person confirms or changes.

    Attributes:
        fields: The text fields by the name of their answer.
    """

    def __init__(self, proposals: Mapping[str, str], parent: QWidget) -> None:
        super().__init__("What the comparison assumed", proposals, parent)
        self._grid.setColumnStretch(2, 1)
        self.fields: dict[str, QLineEdit] = {}
        for row, (name, value) in enumerate(sorted(proposals.items())):
            word, _, about = name.partition(".")
            field = QLineEdit(value)
            field.setAccessibleName(f"{word.replace('_', ' ')} {about}")
            field.textChanged.connect(self._check)
            self._ask(row, _ASKED.get(word, word.replace("_", " ").capitalize()), about, field)
            self.fields[name] = field
        self.ok.clicked.connect(self._take)

    def _check(self) -> None:
        self.ok.setEnabled(all(field.text().strip() for field in self.fields.values()))

    def _take(self) -> None:
        self._keep({name: field.text().strip() for name, field in self.fields.items()})


def _scrolled(content: QWidget, parent: QWidget) -> QScrollArea:
    area = QScrollArea(parent)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(content)
    return area
