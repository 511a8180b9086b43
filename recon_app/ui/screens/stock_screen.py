"""Stock: Shopify against Odoo, and what was counted against Odoo, place by place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from recon_app.models.balance import Balance
from recon_app.ui import formats
from recon_app.ui.actions import Act
from recon_app.ui.context import Context
from recon_app.ui.screens.cases_screen import CasesScreen
from recon_app.ui.screens.stock_dialog import StockDialog
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.widgets.balance_line import BalanceLine, step_time
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.plain_table import PlainTable
from recon_app.ui.words import Wording

if TYPE_CHECKING:
    from recon_app.services.stock_answers import StockQuestions

_MOVES = ("When", "Change", "Then there", "Document")
_DOCUMENT = 3


class ScanField(QLineEdit):
    """Takes a code and Enter, as a scanner types it; it keeps the focus for the next one.

    Signals:
        scanned: A code.
        left: The user wants to the table.
    """

    scanned = Signal(str)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the code; Esc and Down go to the table."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if code := self.text().strip():
                self.scanned.emit(code)
                self.selectAll()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class StockScreen(CasesScreen):
    """The stock of a place, with the bridge of each difference and its past."""

    id = "stock"
    title = "Stock"
    group = "Goods"
    icon = "screen-stock"
    name = "stock"
    needed = "Import the inventory of Shopify and the stock of Odoo, or a count, first."
    assumed_about = "places and units"
    filtered_by = "SKU, product, barcode, location"
    wording = Wording.GOODS
    by_place = True
    by_period = False
    large = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self.balance = BalanceLine()
        self.moves = PlainTable(_MOVES, "Moves of the product at this place", _DOCUMENT, widest=28)
        self.values = Button("Show values")
        self.values.setCheckable(True)
        self.scan = ScanField()
        self.scan.setPlaceholderText("Scan or type a SKU or barcode, then Enter")
        self.scan.setAccessibleName("Scan a SKU or barcode")
        self.scan.setClearButtonEnabled(True)
        super().__init__(context, parent)
        self.scan.setMinimumWidth(44 * self.fontMetrics().averageCharWidth())
        self.lines.beside_chips.addWidget(self.scan)
        self.setFocusProxy(self.scan)
        self.scan.scanned.connect(self.lines.go_to_code)
        self.scan.left.connect(self.lines.setFocus)
        self.lines.code_not_found.connect(self._say_not_found)
        self.lines.case_changed.connect(self._read_history)
        self.values.setChecked(context.settings.flag("stock/values", default=False))
        self.lines.show_values(shown=self.values.isChecked())
        self.values.toggled.connect(self._show_values)
        add, lines = context.actions.add, self.lines
        add(Act("stock.scan", "Scan a code", self._start_scanning, ("S",), "&View"), lines)
        add(
            Act("stock.page", "Balance, moves or records", lines.strip.pages.next_page, ("B",), "&View"),
            lines,
        )
        add(Act("stock.values", "Show values", self.values.toggle, (), "&View"), self)

    def strip_pages(self) -> tuple[tuple[str, QWidget], ...]:
        """The past of the stock, as a picture and as a table."""
        return (("Balance", self.balance), ("Moves", self.moves))

    def head_buttons(self) -> tuple[Button, ...]:
        """With the way to the values."""
        return (self.values,)

    def show_remarks(self, remarks: Sequence[str]) -> None:
        """Say which places and units are still to be decided, and ask for them."""
        if remarks:
            what = "1 thing" if len(remarks) == 1 else f"{formats.number(len(remarks))} things"
            first, _, _ = formats.one_line(remarks[0]).partition(";")
            self.assumed.say(f"{what} to know about this result: {first}.")

    def check_answers(self) -> None:
        """Ask for everything that stock can be told."""
        self.context.read(self, lambda backend: backend.goods.questions(), self._ask)

    def _ask(self, asked: StockQuestions) -> None:
        dialog = StockDialog(asked, self)
        dialog.decided.connect(self.keep_answers)
        dialog.open()

    def _show_values(self, shown: bool) -> None:
        self.context.settings.put("stock/values", shown)
        self.lines.show_values(shown=shown)
        self.scan.setFocus()  # the next code goes nowhere else

    def _start_scanning(self) -> None:
        self.scan.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.scan.selectAll()

    def _say_not_found(self, code: str) -> None:
        where = self.lines.filters.place()
        place = f" at {formats.one_line(where)}" if where else ""
        self.context.toast.say(f"There is no product with the code {formats.one_line(code)}{place}.")

    def _read_history(self) -> None:
        case = self.lines.case
        if case is None:
            self._show_history("", None)
            return
        self.context.read(
            self, lambda backend: backend.goods.history(case.id), partial(self._show_history, case.id)
        )

    def _show_history(self, case_id: str, balance: Balance | None) -> None:
        if case_id != (self.lines.case.id if self.lines.case is not None else ""):
            return
        self.balance.show_balance(balance)
        steps = balance.steps if balance is not None else ()
        self.moves.set_rows(
            [
                (
                    Cell(step_time(step)),
                    Cell(formats.quantity(step.change, sign=True), right=True),
                    Cell(formats.quantity(step.balance), right=True),
                    Cell(formats.one_line(step.what), muted=True),
                )
                for step in reversed(steps)
            ]
        )
