"""What to do about a case: one step that stands out, and what comes after it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from recon_app.ui.formats import sentence
from recon_app.ui.tables.page_model import plain_tip
from recon_app.ui.widgets.glyph import Glyph
from recon_app.ui.widgets.text import Text, Tone
from recon_app.ui.words import Family

_MOST = 2  # further steps that are shown; the tooltip has all


class NextStep(QWidget):
    """An arrow and a sentence; hidden while there is nothing to do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: Sequence[str] = ()
        self._arrow = Glyph(parent=self)
        self._arrow.show_icon("next", Family.ONE_SIDED)
        self._first = Text("", Tone.STRONG, wrap=True, select=True, parent=self)
        self._later = Text("", Tone.MUTED, wrap=True, parent=self)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(self._first)
        texts.addWidget(self._later)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self._arrow, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(texts, 1)
        self.setAccessibleName("Next step")
        self.hide()

    def say(self, steps: Sequence[str]) -> None:
        """Show the next step, and what to do after it."""
        self._steps = [sentence(step) for step in steps]
        self.setVisible(bool(steps))
        self._first.setText(self._steps[0] if self._steps else "")
        later = self._steps[1:]
        self._later.setText("\n".join(f"Then: {step}" for step in later[:_MOST]))
        self._later.setVisible(bool(later))
        self.setToolTip((plain_tip("\n".join(later)) or "") if len(later) > _MOST else "")
        self.setAccessibleDescription(self.text())

    def text(self) -> str:
        """All steps, a line each."""
        return "\n".join(self._steps)
