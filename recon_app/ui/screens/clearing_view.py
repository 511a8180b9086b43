"""What the platforms still owe at the end of a day, against the balance of their clearing accounts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDate, QModelIndex, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from recon_app.models.proof import ClearingProof
from recon_app.ui.context import Context
from recon_app.ui.formats import money, one_line
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.empty_state import EmptyState
from recon_app.ui.widgets.plain_table import PlainTable
from recon_app.ui.widgets.text import Text, Tone
from recon_app.ui.words import Family

_TITLES = (
    "",
    "Clearing account",
    "Cur.",
    "Platform still owes",
    "Balance in Odoo",
    "Difference",
    "Unexplained",
)
_OWED, _MAKES = "What the platform still owes", "What makes the difference"
_EPOCH = QDate(1970, 1, 1)


class ClearingView(QWidget):
    """Accounts above; below, what is owed and what makes the difference."""

    def __init__(self, context: Context, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._name = name
        self._proofs: Sequence[ClearingProof] = ()
        self._stale = True
        self._asked = 0
        self.day = QDateEdit(QDate.currentDate(), self)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setCalendarPopup(True)
        self.day.setAccessibleName("At the end of")
        self.compute = Button("Prove", "rerun", parent=self)
        self.compute.clicked.connect(self.ask)
        self.day.dateChanged.connect(self._outdated)
        self.table = PlainTable(_TITLES, "Clearing accounts", 1, self)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.items = PlainTable((_OWED, "Amount"), "Still owed", 0, self)
        self.differences = PlainTable((_MAKES, "Amount"), "Differences", 0, self)
        self.empty = EmptyState(self)
        self._note = Text("", Tone.MUTED, parent=self)
        self._lay_out()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.addWidget(Text("At the end of", Tone.MUTED, parent=self))
        bar.addWidget(self.day)
        bar.addWidget(self.compute)
        bar.addWidget(self._note, 1)
        lower = QSplitter(Qt.Orientation.Horizontal, self)
        lower.addWidget(self.items)
        lower.addWidget(self.differences)
        lower.setChildrenCollapsible(False)
        lower.setSizes([400, 600])
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.addWidget(self.table)
        split.addWidget(lower)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setSizes([7 * self.fontMetrics().height(), 600])
        split.setChildrenCollapsible(False)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(split)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(bar)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.table)

    def set_day(self, day: int) -> None:
        """Propose a cut-off (days since 1970-01-01)."""
        self.day.setDate(_EPOCH.addDays(day))

    def outdate(self) -> None:
        """The result changed; prove again when the view is next seen."""
        self._stale = True
        if self.isVisible():
            self.ask()

    def ask(self) -> None:
        """Prove the accounts at the chosen day."""
        self._asked += 1
        asked, cut_off = self._asked, _EPOCH.daysTo(self.day.date())
        self._stale = False
        self._note.setText("")

        def show(proofs: list[ClearingProof]) -> None:
            if asked == self._asked:
                self.show_proofs(proofs)

        title = "Proving the clearing accounts"
        self._context.read(self, lambda backend: backend.clearing(self._name, cut_off), show, title=title)

    def show_proofs(self, proofs: Sequence[ClearingProof]) -> None:
        """Show the accounts."""
        self._proofs = proofs
        self.table.set_rows([_cells(proof) for proof in proofs])
        self._stack.setCurrentIndex(0 if proofs else 1)
        if proofs:
            self.table.selectRow(0)
        else:
            self.empty.show_text(
                "side-odoo",
                "No clearing account is known.",
                "Import Odoo's journal items of the platforms' clearing accounts.",
            )

    def _outdated(self) -> None:
        self._note.setText("Press Prove for this day.")

    def _choose(self, current: QModelIndex) -> None:
        if not 0 <= current.row() < len(self._proofs):
            return
        proof = self._proofs[current.row()]
        owed = [_line(text, minor, proof.currency) for text, minor in proof.items]
        owed.append(_sum("Still owed", proof.owed, proof.currency))
        amount = f"Amount {proof.currency}"
        self.items.set_rows(owed, (_OWED, amount))
        found = [_line(text, minor, proof.currency) for text, minor in proof.differences]
        if proof.unexplained:
            family = Family.DIFFERS
            rest = Cell(_signed(proof.unexplained, proof.currency), right=True, family=family, tint=True)
            found.append((Cell("Unexplained", family=family, bold=True), rest))
        found.append(_sum("Difference", proof.difference, proof.currency))
        self.differences.set_rows(found, (_MAKES, amount))

    # Qt
    def showEvent(self, event: QShowEvent) -> None:
        """Prove when the view is first seen."""
        super().showEvent(event)
        if self._stale and self._context.backend is not None:
            self.ask()


def _signed(minor: int, currency: str) -> str:
    return money(minor, currency, sign=True)


def _line(text: str, minor: int, currency: str) -> Sequence[Cell]:
    amount = money(minor, currency)
    return Cell(one_line(text)), Cell(amount, right=True, spoken=f"{amount} {currency}")


def _sum(text: str, minor: int, currency: str) -> Sequence[Cell]:
    return Cell(text, bold=True, band=True), Cell(money(minor, currency), right=True, bold=True, band=True)


def _cells(proof: ClearingProof) -> Sequence[Cell]:
    proven = proof.unexplained == 0
    family = Family.CALM if proven else Family.DIFFERS
    word = "Proven" if proven else "Not proven"

    def amount(minor: int, *, sign: bool = False) -> Cell:
        text = money(minor, proof.currency, sign=sign)
        return Cell(text, right=True, spoken=f"{text} {proof.currency}")

    rest = _signed(proof.unexplained, proof.currency)
    return (
        Cell(icon="proven" if proven else "unproven", family=family, spoken=word),
        Cell(one_line(proof.account), spoken=f"{proof.account}, {word}"),
        Cell(proof.currency, muted=True),
        amount(proof.owed),
        amount(proof.balance),
        amount(proof.difference, sign=True),
        Cell("" if proven else rest, right=True, family=None if proven else family, tint=not proven),
    )
