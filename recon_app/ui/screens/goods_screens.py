"""Goods within Odoo: receipts, transfers, reservations, and what the stock is worth."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from recon_app.ui.actions import Act
from recon_app.ui.context import Context
from recon_app.ui.screens.cases_screen import CasesScreen
from recon_app.ui.widgets.button import Button
from recon_app.ui.words import AGES, Wording


class GoodsScreen(CasesScreen):
    """A comparison of quantities; money is shown only when it is wanted."""

    group = "Goods"
    help = "stock"
    wording = Wording.GOODS
    by_period = False
    assumed_about = "goods"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self.values = Button("Show values")
        self.values.setCheckable(True)
        super().__init__(context, parent)
        self._key = f"{self.name}/values"
        self.values.setChecked(context.settings.flag(self._key, default=False))
        self.lines.show_values(shown=self.values.isChecked())
        self.values.toggled.connect(self._show_values)
        context.actions.add(Act(f"{self.name}.values", "Show values", self.values.toggle, (), "&View"), self)

    def head_buttons(self) -> tuple[Button, ...]:
        """With the way to the values."""
        return (self.values,)

    def _show_values(self, shown: bool) -> None:
        self.context.settings.put(self._key, shown)
        self.lines.show_values(shown=shown)


class CausesScreen(GoodsScreen):
    """Why stock differs, with the money of the orders behind it."""

    id = name = "causes"
    title = "Causes"
    icon = "screen-causes"
    needed = "Import what the comparison of stock needs, and the orders, refunds and payments behind it."
    filtered_by = "SKU, order, document, location"
    by_place = False


class ReceiptsScreen(GoodsScreen):
    """What was ordered from vendors, what arrived, what was billed."""

    id = name = "receipts"
    title = "Receipts"
    icon = "screen-receipts"
    needed = "Import Odoo's purchase order lines, and its stock moves where you have them."
    filtered_by = "order, SKU, product, receipt"


class TransfersScreen(GoodsScreen):
    """What was sent to another warehouse, and what came there."""

    id = name = "transfers"
    title = "Transfers"
    icon = "screen-transfers"
    needed = "Import Odoo's stock moves; transfers go through a transit location."
    filtered_by = "transfer, SKU, location"
    ages = AGES


class ReservedScreen(GoodsScreen):
    """What the stock holds reserved, and what open transfers promise."""

    id = name = "reserved"
    title = "Reservations"
    icon = "screen-reserved"
    needed = "Import Odoo's stock on hand and its stock move lines."
    filtered_by = "SKU, product, transfer, lot"
    by_place = True


class ValuationScreen(CasesScreen):
    """What the stock is worth, and what the stock account says."""

    id = name = "valuation"
    title = "Stock value"
    group = "Goods"
    help = "stock"
    icon = "screen-valuation"
    needed = "Import Odoo's stock on hand with its value, and the journal items of the stock account."
    assumed_about = "stock accounts"
    filtered_by = "account"
    by_period = False
