"""Rules learned from decisions: how each would have done, what it costs, and who switches it on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from recon_app.models.changes import Changes
from recon_app.ui.backend_rules import RuleServices, ShownRule
from recon_app.ui.formats import number, one_line, sentence, stamp
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.dialog import Dialog
from recon_app.ui.widgets.plain_table import PlainTable
from recon_app.ui.widgets.text import Text, Tone

_TITLES = ("Rule", "State", "Takes", "Right", "Found", "Abstained", "False")
_NONE = (
    "No rule yet. When you have accepted differences of one sort five times for the same reason, "
    "a rule is proposed here."
)
_STATES = {"proposed": "Proposed", "on": "On", "off": "Off", "rejected": "Rejected", "replaced": "Replaced"}


class RulesDialog(Dialog):
    """A line per version of a rule; changes are kept at once.

    Attributes:
        table: The rules.
        who: Name of the person who decides.
        why: Why.
        may: Names of those who may switch rules on, parted by commas.

    Signals:
        asked: A change to be made: a function of the rule services.
    """

    asked = Signal(object)

    def __init__(self, who: str, parent: QWidget) -> None:
        super().__init__("Rules from decisions", "Done", parent)
        self._rules: Sequence[ShownRule] = ()
        self.cancel.hide()
        self.ok.clicked.connect(self.accept)
        self.empty = Text(_NONE, Tone.MUTED, wrap=True, parent=self)
        self.table = PlainTable(_TITLES, "Rules", 2, self)
        self.detail = Text("", wrap=True, select=True, parent=self)
        self.who = _field(who, "Your name", self)
        self.why = _field("", "Why", self)
        self.may = _field("", "Names, parted by commas", self)
        self.on = Button("Switch on", "accept", parent=self)
        self.off = Button("Switch off", parent=self)
        self.no = Button("Is no rule", parent=self)
        self.reopen = QCheckBox("Open again what it accepted", self)
        self.keep_may = Button("Keep these names", parent=self)
        self._lay_out()
        self._connect()
        self.resize(980, 560)

    def _lay_out(self) -> None:
        told = (
            "A rule repeats what persons decided. It takes no larger difference, no tie, no unproven payout."
        )
        self.body.addWidget(Text(told, Tone.MUTED, wrap=True, parent=self))
        self.body.addWidget(self.empty)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.detail)
        fields = QGridLayout()
        fields.setHorizontalSpacing(8)
        for row, (word, field) in enumerate(
            (("Decided by", self.who), ("Because", self.why), ("May switch rules on", self.may))
        ):
            fields.addWidget(Text(word, parent=self), row, 0)
            fields.addWidget(field, row, 1)
        fields.addWidget(self.keep_may, 2, 2)
        self.body.addLayout(fields)
        line = QHBoxLayout()
        line.setSpacing(6)
        for widget in (self.on, self.no, self.off, self.reopen):
            line.addWidget(widget)
        line.addStretch(1)
        self.body.addLayout(line)

    def _connect(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(self._show_detail)
        for field in (self.who, self.why, self.may):
            field.textChanged.connect(self._check)
        self.on.clicked.connect(lambda: self._decide(RuleServices.switch_on))
        self.no.clicked.connect(lambda: self._decide(RuleServices.reject))
        self.off.clicked.connect(self._switch_off)
        self.keep_may.clicked.connect(self._keep_may)

    def show_rules(self, rules: Sequence[ShownRule], may: Sequence[str]) -> None:
        """Show what is kept."""
        row = max(self.table.currentIndex().row(), 0)
        self._rules = rules
        self.may.setText(", ".join(may))
        self.empty.setVisible(not rules)
        self.table.setVisible(bool(rules))
        self.table.set_rows([_cells(rule) for rule in rules])
        if rules:
            self.table.selectRow(min(row, len(rules) - 1))
        self._show_detail()

    @property
    def chosen(self) -> ShownRule | None:
        """The rule of the current line."""
        row = self.table.currentIndex().row()
        return self._rules[row] if 0 <= row < len(self._rules) else None

    def _show_detail(self) -> None:
        rule = self.chosen
        self.detail.setText("" if rule is None else _told(rule))
        self._check()

    def _check(self) -> None:
        """Without a name and a reason nothing is decided."""
        rule = self.chosen
        state = "" if rule is None else rule.row.state
        ready = bool(self.who.text().strip() and self.why.text().strip())
        tip = "" if ready else "Say who you are and why"
        newest = rule is not None and rule.row.version == max(
            other.row.version for other in self._rules if other.row.rule == rule.row.rule
        )
        for button, fits in (
            (self.on, newest and state in ("proposed", "off", "rejected")),
            (self.no, newest and state == "proposed"),
            (self.off, state == "on"),
        ):
            button.setEnabled(ready and fits)
            button.setToolTip(tip if fits else "")
        self.reopen.setEnabled(state == "on")
        self.keep_may.setEnabled(bool(self.who.text().strip() and self.may.text().strip()))

    def _decide(self, do: Callable[[RuleServices, int, str, str], Changes]) -> None:
        rule = self.chosen
        if rule is not None:
            who, why = self.who.text().strip(), self.why.text().strip()
            self._ask(lambda services: do(services, rule.row.rule, who, why))

    def _switch_off(self) -> None:
        rule, reopen = self.chosen, self.reopen.isChecked()
        if rule is not None:
            who, why = self.who.text().strip(), self.why.text().strip()
            self._ask(lambda services: services.switch_off(rule.row.rule, who, why, reopen=reopen))

    def _keep_may(self) -> None:
        names = [name.strip() for name in self.may.text().split(",") if name.strip()]
        who = self.who.text().strip()
        self._ask(lambda services: services.authorise(names, who))

    def _ask(self, change: Callable[[RuleServices], Changes]) -> None:
        self.asked.emit(change)


def _field(text: str, name: str, parent: QWidget) -> QLineEdit:
    field = QLineEdit(text, parent)
    field.setPlaceholderText(name)
    field.setAccessibleName(name)
    return field


def _cells(rule: ShownRule) -> tuple[Cell, ...]:
    row, test = rule.row, rule.row.learned.test
    return (
        Cell(f"{row.rule}.{row.version}"),
        Cell(_STATES[row.state], bold=row.state == "on", muted=row.state in ("replaced", "rejected")),
        Cell(sentence(rule.takes)),
        Cell(f"{number(test.right)} of {number(test.spoken)}", right=True),
        Cell(f"{number(test.right)} of {number(test.agreeing)}", right=True),
        Cell(f"{number(test.silent)} of {number(test.decided)}", right=True),
        Cell(number(test.false), right=True),
    )


def _told(rule: ShownRule) -> str:
    row, learned, price = rule.row, rule.row.learned, rule.price
    people = ", ".join(one_line(name) or "somebody" for name in learned.people)
    days = f"{number(learned.days)} {'day' if learned.days == 1 else 'days'}"
    false = f"{number(learned.test.false)} ({rule.false_sum})"
    cases = f"{number(price.cases)} open cases ({rule.open_sum})"
    lines = [
        f"Takes {rule.takes}",
        f"Reason: {learned.reason}",
        f"From {number(learned.test.agreeing)} decisions on {days} by {people}.",
        f"False matches in the past: {false}.",
        f"Now it would accept {cases}; at worst {number(price.worst)} of them wrongly.",
    ]
    if row.decided_at:
        by = f" by {row.decided_by}" if row.decided_by else ""
        lines.append(f"{_STATES[row.state]}{by}, {stamp(row.decided_at)}: {row.why}")
    return "\n".join(map(sentence, lines))
