"""Which SKU of Shopify is which of Odoo: the program proposes, a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from recon_app.ui.formats import number, one_line
from recon_app.ui.widgets.dialog import Dialog
from recon_app.ui.widgets.text import Text, Tone

if TYPE_CHECKING:
    from recon_app.store.aliases import AliasRow

LATER, APPROVE, REJECT = "Decide later", "They are one product", "They are two products"
_MOST = 200  # more are decided in several goes


class AliasDialog(Dialog):
    """A line per proposal; nothing is decided that a person has not chosen.

    Attributes:
        choices: The control of each proposal by its number.
        who: Name of the person.

    Signals:
        decided: Numbers that are approved, numbers that are rejected, who decided.
    """

    decided = Signal(list, list, str)

    def __init__(self, proposals: Sequence[AliasRow], who: str, parent: QWidget) -> None:
        super().__init__("Same product, other SKU?", "Keep these decisions", parent)
        why = "An alias tells every comparison that two SKUs are one product. It counts from the next run on."
        self.body.addWidget(Text(why, wrap=True, parent=self))
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(2, 1)
        for column, title in enumerate(("Shopify SKU", "Odoo SKU", "What speaks for it", "Decision")):
            grid.addWidget(Text(title, Tone.MUTED), 0, column)
        self.choices: dict[int, QComboBox] = {}
        for row, one in enumerate(proposals[:_MOST], 1):
            for column, text in enumerate((one.shop, one.odoo)):
                grid.addWidget(Text(one_line(text), Tone.STRONG), row, column)
            grid.addWidget(Text(one_line(one.why), wrap=True), row, 2)
            choice = QComboBox()
            choice.addItems([LATER, APPROVE, REJECT])
            choice.setAccessibleName(f"Decision on {one.shop} and {one.odoo}")
            choice.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            choice.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            choice.currentIndexChanged.connect(self._check)
            grid.addWidget(choice, row, 3)
            self.choices[one.id] = choice
        grid.setRowStretch(len(self.choices) + 1, 1)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(holder)
        self.body.addWidget(area, 1)
        if len(proposals) > _MOST:
            rest = number(len(proposals) - _MOST)
            self.body.addWidget(Text(f"{rest} more come when these are decided.", Tone.MUTED, parent=self))
        self.who = QLineEdit(who, self)
        self.who.setAccessibleName("Your name")
        self.who.setPlaceholderText("Your name")
        self.who.textChanged.connect(self._check)
        line = QHBoxLayout()
        line.addWidget(Text("Decided by", parent=self))
        line.addWidget(self.who, 1)
        self.body.addLayout(line)
        self.ok.clicked.connect(self._take)
        self._check()
        self.resize(860, min(560, 230 + 40 * len(self.choices)))

    def _chosen(self, decision: str) -> list[int]:
        return [one for one, choice in self.choices.items() if choice.currentText() == decision]

    def _check(self) -> None:
        """Without a name or a decision there is nothing to keep."""
        some = bool(self._chosen(APPROVE) or self._chosen(REJECT))
        named = bool(self.who.text().strip())
        self.ok.setEnabled(some and named)
        self.ok.setToolTip("" if some and named else "Decide at least one" if named else "Say who you are")

    def _take(self) -> None:
        self.decided.emit(self._chosen(APPROVE), self._chosen(REJECT), self.who.text().strip())
        self.accept()
