"""Every payout with the proof that it closes, or what is left unexplained."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from recon_app.models.proof import PayoutProof
from recon_app.ui.formats import money, number, one_line, sentence
from recon_app.ui.screens.case_panes import PROOF
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.empty_state import EmptyState
from recon_app.ui.widgets.plain_table import PlainTable
from recon_app.ui.widgets.proof_tree import ProofTree
from recon_app.ui.widgets.text import Text, Tone
from recon_app.ui.words import Family

_TITLES = ("", "Payout", "Cur.", "Net of lines", "Platform paid", "Bank received", "Residual")


class PayoutsView(QWidget):
    """List of payouts at the left, the proof of one at the right.

    Attributes:
        status: How many payouts there are and close, in words.

    Signals:
        lines_wanted: The lines of a payout are wanted.
    """

    lines_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._proofs: Sequence[PayoutProof] = ()
        self._shown: list[PayoutProof] = []
        self.status = ""
        self.table = PlainTable(_TITLES, "Payouts", 1, self)
        self.tree = ProofTree(self)
        self.only_open = Button("Only those that do not close", parent=self)
        self.only_open.setCheckable(True)
        self.only_open.toggled.connect(self._fill)
        self._title = Text("", Tone.TITLE, select=True, parent=self)
        self._count = Text("", Tone.MUTED, parent=self)
        self.causes = Text("", wrap=True, select=True, parent=self)
        self.lines = Button("Show its lines", "group", parent=self)
        self.lines.clicked.connect(self._want_lines)
        self.empty = EmptyState(self)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self._lay_out()
        self.show_proofs(())

    def _lay_out(self) -> None:
        detail = QWidget(self)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self.lines)
        column = QVBoxLayout(detail)
        column.setContentsMargins(12, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.tree)
        column.addWidget(self.causes)
        column.addStretch(1)
        left = QWidget(self)
        bar = QHBoxLayout()
        bar.addWidget(self._count)
        bar.addStretch(1)
        bar.addWidget(self.only_open)
        inner = QVBoxLayout(left)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(bar)
        inner.addWidget(self.table)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(left)
        split.addWidget(detail)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([600, 400])
        split.setChildrenCollapsible(False)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(split)
        self._stack.addWidget(self.empty)
        self.empty.show_text("side-bank", "No payouts are loaded.", "Import the platform's list of payouts.")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self.setFocusProxy(self.table)

    def show_proofs(self, proofs: Sequence[PayoutProof]) -> None:
        """Show the payouts of a run; the chosen one stays chosen."""
        self._proofs = proofs
        self._stack.setCurrentIndex(0 if proofs else 1)
        self._fill()

    def go_to(self, payout: str) -> None:
        """Choose a payout."""
        self.only_open.setChecked(False)
        names = [proof.payout for proof in self._shown]
        if payout in names:
            self.table.selectRow(names.index(payout))
            self.table.setFocus()

    def current(self) -> PayoutProof | None:
        """The chosen payout."""
        row = self.table.currentIndex().row()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def _fill(self) -> None:
        before = self.current()
        unproven = [proof for proof in self._proofs if proof.status == "unproven"]
        self._shown = list(unproven if self.only_open.isChecked() else self._proofs)
        self.table.set_rows([_cells(proof) for proof in self._shown])
        proven = sum(proof.status == "proven" for proof in self._proofs)
        self.status = (
            f"{number(len(self._proofs))} payouts, {number(proven)} proven, "
            f"{number(len(unproven))} do not close"
        )
        self._count.setText(self.status)
        if self._shown:
            names = [proof.payout for proof in self._shown]
            first = next((proof.payout for proof in self._shown if proof.status == "unproven"), names[0])
            keep = before.payout if before is not None and before.payout in names else first
            self.table.selectRow(names.index(keep))
        else:
            self._show(None)

    def _choose(self, current: QModelIndex) -> None:
        row = current.row()
        self._show(self._shown[row] if 0 <= row < len(self._shown) else None)

    def _show(self, proof: PayoutProof | None) -> None:
        self.tree.set_proof(proof)
        self.lines.setVisible(proof is not None)
        self._title.setText("" if proof is None else _name(proof))
        self.causes.setText("" if proof is None else _causes(proof))

    def _want_lines(self) -> None:
        proof = self.current()
        if proof is not None:
            self.lines_wanted.emit(proof.payout)


def _cells(proof: PayoutProof) -> Sequence[Cell]:
    word, icon, family = PROOF[proof.status]
    currency = proof.currency
    loud = family if family is Family.DIFFERS else None

    def amount(minor: int | None, target: int | None = None, none: str = "not loaded") -> Cell:
        if minor is None:
            return Cell(none, right=True, muted=True)
        text, differs = money(minor, currency), target not in (None, minor)
        return Cell(
            text, right=True, spoken=f"{text} {currency}", family=loud if differs else None, tint=differs
        )

    residual = money(proof.residual, currency, sign=True)
    return (
        Cell(icon=icon, family=family, spoken=word),
        Cell(one_line(proof.payout), spoken=f"{proof.payout}, {word}"),
        Cell(currency, muted=True),
        amount(proof.net),
        amount(proof.total),
        amount(proof.bank, proof.net if proof.total is None else proof.total, "no bank line"),
        Cell(residual if proof.residual else "", right=True, family=loud, tint=bool(proof.residual)),
    )


def _name(proof: PayoutProof) -> str:
    """The payout's id with its currency; payouts without an id have it in their name."""
    name = one_line(proof.payout)
    return name if proof.currency in name.split() else f"{name}  {proof.currency}"


def _causes(proof: PayoutProof) -> str:
    if not proof.residual:
        return ""
    if not proof.causes:
        return "Nothing in the loaded files explains it. It cannot be signed off until it is explained."
    lines = [f"{place}.  {sentence(cause.text)}" for place, cause in enumerate(proof.causes, 1)]
    return "\n".join(["What would explain it to the cent, the strongest first:", *lines])
