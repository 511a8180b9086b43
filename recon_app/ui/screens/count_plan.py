"""What is to be counted next, and the limits that counts must keep: two dialogs of the count screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from recon_app.ui.formats import moment, number, one_line, per_cent
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.widgets.dialog import Dialog
from recon_app.ui.widgets.plain_table import PlainTable
from recon_app.ui.widgets.text import Text, Tone

if TYPE_CHECKING:
    from recon_app.services.counts import Due, Policy

_TITLES = ("Class", "SKU", "Product", "Location", "Lot", "Last counted", "Off then")
_PRODUCT = 2
_NEVER = "never"
_NARROW, _WIDE = 54, 100  # pixels


class PlanDialog(Dialog):
    """What is due, the most urgent first. It does not say how many there should be: who counts may look.

    Signals:
        wanted: So many of the most urgent lines are to be counted.
    """

    wanted = Signal(int)

    def __init__(self, due: Sequence[Due], parent: QWidget) -> None:
        super().__init__("What to count next", "Count these…", parent)
        self._count = len(due)
        told = "What was never counted comes first, then what is overdue the longest. "
        told += "A product whose book was off is due three times as soon."
        self.body.addWidget(Text(told, Tone.MUTED, wrap=True, parent=self))
        self.table = PlainTable(_TITLES, "What is due", _PRODUCT, self)
        self.table.set_rows([_cells(one) for one in due])
        self.body.addWidget(self.table, 1)
        self.body.addWidget(Text(self._told(), Tone.STRONG, parent=self))
        self.ok.setEnabled(bool(due))
        self.ok.setToolTip("" if due else "Nothing is due")
        self.ok.clicked.connect(self._take)
        self.resize(900, 520)

    def _told(self) -> str:
        if not self._count:
            return "Nothing is due."
        return "1 line is due." if self._count == 1 else f"{number(self._count)} lines are due."

    def _take(self) -> None:
        self.wanted.emit(self._count)
        self.accept()


def _cells(one: Due) -> tuple[Cell, ...]:
    return (
        Cell(one.abc),
        Cell(one_line(one.line.sku)),
        Cell(one_line(one.line.product)),
        Cell(one_line(one.line.location)),
        Cell(one_line(one.line.lot)),
        Cell(_NEVER if one.last is None else moment(one.last), muted=one.last is None),
        Cell("" if one.off is None else per_cent(one.off), right=True, bold=bool(one.off)),
    )


#: Decision, title, what its figure means.
_FIELDS = (
    ("tolerance", "Right within", "%"),
    ("above", "Too much", "%"),
    ("below", "Missing", "%"),
    ("value_above", "Too much", "value"),
    ("value_below", "Missing", "value"),
    ("days", "Again after", "days"),
    ("approver", "Approved by", ""),
)


class LimitsDialog(Dialog):
    """How far a count of each class may be off, who approves beyond that, and how often it is counted.

    Attributes:
        fields: The field of each decision, such as ``A.above``.
        who: Name of the person.
        why: Why the limits change.

    Signals:
        decided: What changed, by decision; who; why.
    """

    decided = Signal(dict, str, str)

    def __init__(self, policy: Policy, currency: str, who: str, parent: QWidget) -> None:
        super().__init__("Limits of counts", "Keep these limits", parent)
        self._before: dict[str, str] = {}
        self.fields: dict[str, QLineEdit] = {}
        self.again: dict[str, QCheckBox] = {}
        told = "Beyond a limit a line is counted again by somebody else, and then approved. Empty: no limit."
        self.body.addWidget(Text(told, Tone.MUTED, wrap=True, parent=self))
        self._add_classes(policy, currency)
        self.who, self.why = QLineEdit(who, self), QLineEdit(self)
        line = QHBoxLayout()
        for word, field, name in (("Decided by", self.who, "Your name"), ("Because", self.why, "Why")):
            field.setPlaceholderText(name)
            field.setAccessibleName(name)
            field.textChanged.connect(self._check)
            line.addWidget(Text(word, parent=self))
            line.addWidget(field, 1)
        self.body.addLayout(line)
        self.body.addStretch(1)
        self.ok.clicked.connect(self._take)
        self._check()
        self.resize(960, self.sizeHint().height())

    def _add_classes(self, policy: Policy, currency: str) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        for column, (_, title, meaning) in enumerate(_FIELDS, 1):
            shown = (currency or "value") if meaning == "value" else meaning
            head = f"{title}, {shown}" if shown else title
            grid.addWidget(Text(head, Tone.MUTED, parent=self), 0, column)
        grid.addWidget(Text("Class", Tone.MUTED, parent=self), 0, 0)
        grid.addWidget(Text("Recount", Tone.MUTED, parent=self), 0, len(_FIELDS) + 1)
        for row, (name, rule) in enumerate(policy.classes.items(), 1):
            grid.addWidget(Text(name, Tone.STRONG, parent=self), row, 0)
            values = asdict(rule)
            for column, (what, title, meaning) in enumerate(_FIELDS, 1):
                field = self._field(f"{name}.{what}", str(values[what]))
                field.setAccessibleName(", ".join(filter(None, (f"Class {name}: {title}", meaning))))
                if meaning:
                    field.setAlignment(Qt.AlignmentFlag.AlignRight)
                grid.addWidget(field, row, column)
            box = QCheckBox(self)
            box.setChecked(rule.recount)
            box.setAccessibleName(f"Class {name}: count again before approval")
            box.toggled.connect(self._check)
            self.again[f"{name}.recount"] = box
            self._before[f"{name}.recount"] = "yes" if rule.recount else "no"
            grid.addWidget(box, row, len(_FIELDS) + 1)
        for column in range(len(_FIELDS) + 2):
            grid.setColumnMinimumWidth(column, _NARROW if column in (0, len(_FIELDS) + 1) else _WIDE)
        grid.setColumnStretch(len(_FIELDS), 1)
        self.body.addLayout(grid)
        hours = self._field("hours", str(policy.hours))
        hours.setAccessibleName("Hours after which a count is too old")
        hours.setAlignment(Qt.AlignmentFlag.AlignRight)
        hours.setMaximumWidth(_WIDE)
        line = QHBoxLayout()
        for widget in (Text("A count is too old after", parent=self), hours, Text("hours", parent=self)):
            line.addWidget(widget)
        line.addStretch(1)
        self.body.addLayout(line)

    def _field(self, name: str, value: str) -> QLineEdit:
        field = QLineEdit(value, self)
        field.textChanged.connect(self._check)
        self.fields[name] = field
        self._before[name] = value
        return field

    def changes(self) -> Mapping[str, str]:
        """What differs from before."""
        now = {name: field.text().strip() for name, field in self.fields.items()}
        now |= {name: "yes" if box.isChecked() else "no" for name, box in self.again.items()}
        return {name: value for name, value in now.items() if value != self._before[name]}

    def _check(self) -> None:
        said = bool(self.who.text().strip() and self.why.text().strip())
        self.ok.setEnabled(said and bool(self.changes()))
        self.ok.setToolTip("" if said else "Say who you are and why")

    def _take(self) -> None:
        self.decided.emit(dict(self.changes()), self.who.text().strip(), self.why.text().strip())
        self.accept()
