"""Settlements: what the platform paid against what Odoo booked, the shop sold and the bank received."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from recon_app.ui.actions import Act
from recon_app.ui.context import Context
from recon_app.ui.screens.case_dialogs import MappingDialog
from recon_app.ui.screens.cases_screen import LINES, CasesScreen, Look
from recon_app.ui.screens.clearing_view import ClearingView
from recon_app.ui.screens.payouts_view import PayoutsView
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.dialog import Dialog

__all__ = ["CLEARING", "LINES", "PAYOUTS", "SettlementsScreen"]

PAYOUTS, CLEARING = 1, 2


class SettlementsScreen(CasesScreen):
    """Lines, payouts and clearing accounts of the settlements."""

    id = "settlements"
    title = "Settlements"
    group = "Money"
    icon = "screen-settlements"
    name = "settlements"
    needed = "Import the month's files of the shop, the platform, Odoo and the bank first."
    assumed_about = "gateways, journals and accounts"
    filtered_by = "reference, amount, account"
    grouped = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self.proof = Button("Payout proof", "side-bank", key="P")
        self.payouts = PayoutsView()
        self.clearing = ClearingView(context, self.name)
        super().__init__(context, parent)
        self._show_proof()
        for signal in (self.lines.case_changed, self.lines.panes.selection_changed):
            signal.connect(self._show_proof)
        self.proof.clicked.connect(self._go_to_payout)
        self.payouts.lines_wanted.connect(self._show_lines_of)
        add, lines = context.actions.add, self.lines
        add(Act("settlements.proof", "Proof of the payout", self._go_to_payout, ("P",), "&Case"), lines)
        group = lines.filters.group.toggle
        add(Act("settlements.group", "Group by payout", group, ("G",), "&View"), lines)

    def strip_buttons(self) -> tuple[Button, ...]:
        """With the way to the payout."""
        return (self.correct, self.accept, self.proof, self.why)

    def tabs(self) -> tuple[tuple[str, QWidget], ...]:
        """Lines, payouts, clearing accounts."""
        return (*super().tabs(), ("Payouts", self.payouts), ("Clearing account", self.clearing))

    def show_result(self, look: Look, *, only_states: bool) -> None:
        """Show the payouts; the clearing accounts are proven anew when they are looked at."""
        self.payouts.show_proofs(look.proofs)
        if not only_states:
            self.clearing.outdate()
            if look.days is not None:
                self.clearing.set_day(look.days[1])

    def answers_dialog(self, proposals: dict[str, str]) -> Dialog:
        """Which platform the gateways, journals and accounts belong to."""
        dialog = MappingDialog(proposals, self)
        dialog.decided.connect(self.keep_answers)
        return dialog

    def _show_proof(self) -> None:
        self.proof.setEnabled(self.lines.payout() is not None)

    def _go_to_payout(self) -> None:
        payout = self.lines.payout()
        if payout is not None:
            self.show_tab(PAYOUTS)
            self.payouts.go_to(payout)

    def _show_lines_of(self, payout: str) -> None:
        self.show_tab(LINES)
        self.lines.chips.set_kinds(self.lines.chips.chips)
        self.lines.filters.show_payout(payout)

    def tab_status(self, place: int) -> str:
        """Where in the lines or payouts the user is."""
        return (self.lines.status, self.payouts.status, "Clearing accounts")[place]
