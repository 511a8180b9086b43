"""What can be done with the case of the current row: correct it, accept it, ask why rows are not linked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from recon_app.models.case import Case, State
from recon_app.models.changes import Changes
from recon_app.ui import words
from recon_app.ui.actions import Act
from recon_app.ui.backend import Backend
from recon_app.ui.context import Context
from recon_app.ui.screens.case_dialogs import AcceptDialog, WhyNotDialog
from recon_app.ui.screens.correction_wizard import CorrectionWizard
from recon_app.ui.screens.lines_view import LinesView
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.message import confirm

if TYPE_CHECKING:
    from recon_app.services.corrections import KeptCorrection

_ACCEPT, _TAKE_BACK = "Accept…", "Take back…"
_WHY_NOT = "Select two rows, one with a record at each side, and ask why they are not linked."


class CaseActions(QObject):
    """The buttons beside a case, and what they do.

    Args:
        context: What screens are given.
        name: Id of the reconciliation.
        screen: The screen that shows the buttons.

    Attributes:
        correct: Begins a guided correction, or shows the one that was begun.
        accept: Accepts a difference without correcting it, or takes that back.
        why: Says why two selected rows are not linked.
    """

    def __init__(self, context: Context, name: str, screen: QWidget) -> None:
        super().__init__(screen)
        self._context = context
        self._name = name
        self._screen = screen
        self.correct = Button("Correct…", "correct", key="C", parent=screen)
        self.accept = Button(_ACCEPT, "accept", key="A", parent=screen)
        self.why = Button("Why not?", "question", key="W", parent=screen)
        self.why.setToolTip(_WHY_NOT)

    def serve(self, lines: LinesView) -> None:
        """Follow the current row of these lines."""
        self._lines = lines
        self.correct.clicked.connect(self._correct)
        self.accept.clicked.connect(self._accept_or_not)
        self.why.clicked.connect(self._why_not)
        lines.case_changed.connect(self.follow)
        lines.panes.selection_changed.connect(self.follow)
        lines.panes.opened.connect(lambda _row: self._correct())

    def declare(self) -> None:
        """Give them their keys, which act inside the lines."""
        add, lines, name = self._context.actions.add, self._lines, self._name
        can = self.correct.isEnabled
        add(Act(f"{name}.correct", "Correct…", self._correct, ("C",), "&Case", can), lines)
        can = self.accept.isEnabled
        accept = Act(f"{name}.accept", "Accept or take back…", self._accept_or_not, ("A",), "&Case", can)
        add(accept, lines)
        add(Act(f"{name}.why", "Why are two rows not linked?", self._why_not, ("W",), "&Case"), lines)
        add(
            Act(
                f"{name}.undo",
                "Undo the last acceptance",
                partial(self._take_back, name),
                ("Ctrl+Z",),
                "&Case",
            ),
            self._screen,
        )

    def follow(self) -> None:
        """The buttons follow the current case."""
        case = self._lines.case
        accepted = self._is_accepted()
        self.accept.setEnabled(accepted or self._can_accept())
        self.accept.setText(_TAKE_BACK if accepted else _ACCEPT)
        self.accept.setAccessibleName(_TAKE_BACK if accepted else _ACCEPT)
        self.why.setEnabled(self._lines.two_records() is not None)
        self.correct.setEnabled(False)
        if case is None:
            self._name_correction("Correct…")
        else:
            self._context.read(
                self._screen,
                lambda backend: (backend.fitting(case), backend.corrections(case.id)),
                lambda found: self._show_correction(case.id, *found),
            )

    def _can_accept(self) -> bool:
        case = self._lines.case
        return case is not None and case.state in words.OPEN_STATES and case.kind.value != "matched"

    def _is_accepted(self) -> bool:
        case = self._lines.case
        return case is not None and case.state is State.ACCEPTED

    def _show_correction(
        self, case_id: str, fitting: list[tuple[str, str]], kept: list[KeptCorrection]
    ) -> None:
        if self._lines.case is None or self._lines.case.id != case_id:
            return
        self.correct.setEnabled(bool(fitting or kept))
        self.correct.set_primary(bool(fitting) and not kept)
        if kept:
            self._name_correction("Its correction…")
        elif fitting:
            self._name_correction(f"{fitting[0][1]}…")
        else:
            self._name_correction("Correct…")
            self.correct.setToolTip("This version has no guided correction for this kind of difference.")

    def _name_correction(self, title: str) -> None:
        self.correct.setText(title)
        self.correct.setAccessibleName(title)
        self.correct.setToolTip("")
        self._lines.strip.even_buttons()

    def _correct(self) -> None:
        case = self._lines.case
        if case is None or not self.correct.isEnabled():
            return
        self._context.read(
            self._screen,
            lambda backend: (backend.fitting(case), backend.corrections(case.id)),
            lambda found: CorrectionWizard(self._context, case, found[0], found[1], self._screen).open(),
        )

    def _accept_or_not(self) -> None:
        case = self._lines.case
        if case is not None and self._is_accepted():
            ask = f"Take the acceptance back?\n\n{case.text}"
            confirm(self._screen, ask, "Take back", partial(self._take_back, case.id))
        elif case is not None and self._can_accept():
            self._accept(case)

    def _accept(self, case: Case) -> None:
        dialog = AcceptDialog(case.text, self._context.person, self._screen)
        accepted = partial(self._context.toast.say, "Accepted.", "Undo", partial(self._take_back, case.id))

        def accept(reason: str, who: str) -> None:
            self._context.name_person(who)
            self._context.write(
                self._screen, lambda backend: backend.accept(case.id, reason), "Accepting", accepted
            )

        dialog.reasoned.connect(accept)
        dialog.open()

    def _take_back(self, of: str) -> None:
        """Take the acceptance of a case back, or the newest one of this comparison, and say which it was."""
        found: list[Case | None] = []

        def undo(backend: Backend) -> Changes:
            case, changes = backend.undo(of)
            found.append(case)
            return changes

        def undone() -> None:
            (case,) = found
            nothing = "No acceptance of this comparison is left to take back."
            self._context.toast.say(nothing if case is None else f"Open again: {case.text}")

        self._context.write(self._screen, undo, "Undoing", undone)

    def _why_not(self) -> None:
        pair = self._lines.two_records()
        if pair is None:
            self._context.toast.say(_WHY_NOT)
            return
        self._context.read(
            self._screen,
            lambda backend: backend.why_not(self._name, *pair),
            lambda found: WhyNotDialog(found, self._screen).open(),
        )
