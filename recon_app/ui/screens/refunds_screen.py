"""Refunds: what was given back, through shop, platform, Odoo's books and the shelf."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from recon_app.ui.actions import Act
from recon_app.ui.context import Context
from recon_app.ui.screens.cases_screen import CasesScreen
from recon_app.ui.widgets.timeline import Timeline
from recon_app.ui.words import AGES, Wording


class RefundsScreen(CasesScreen):
    """The refunds with their ages, and the timeline of each."""

    id = name = "refunds"
    title = "Refunds"
    group = "Money"
    icon = "screen-refunds"
    needed = "Import the orders or refunds of Shopify, the platform's report, and Odoo's credit notes."
    assumed_about = "gateways and journals"
    filtered_by = "order, refund, credit note, amount"
    wording = Wording.REFUNDS
    ages = AGES

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self.timeline = Timeline()
        super().__init__(context, parent)
        self.lines.case_changed.connect(self._show_timeline)
        self.timeline.chosen.connect(self.lines.strip.go_to_record)
        add, lines = context.actions.add, self.lines
        add(Act("refunds.page", "Timeline or records", lines.strip.pages.next_page, ("B",), "&View"), lines)

    def strip_pages(self) -> tuple[tuple[str, QWidget], ...]:
        """How far the refund is."""
        return (("Timeline", self.timeline),)

    def _show_timeline(self) -> None:
        case = self.lines.case
        self.timeline.show_steps(case.steps if case is not None else ())
