"""Products: whether the codes that every comparison stands on are sound on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from recon_app.ui.actions import Act
from recon_app.ui.context import Context
from recon_app.ui.screens.alias_dialog import AliasDialog
from recon_app.ui.screens.cases_screen import CasesScreen
from recon_app.ui.widgets.button import Button
from recon_app.ui.words import Wording

if TYPE_CHECKING:
    from recon_app.store.aliases import AliasRow


class ProductsScreen(CasesScreen):
    """Findings by kind: what blocks, then warnings, then what is sound."""

    id = "products"
    title = "Products"
    group = "Goods"
    icon = "screen-products"
    name = "products"
    needed = "Import the products of Shopify and of Odoo first."
    assumed_about = "products"
    filtered_by = "SKU, product, barcode"
    wording = Wording.PRODUCTS
    by_period = False

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self.aliases = Button("Aliases…", "key")
        super().__init__(context, parent)
        self.aliases.setToolTip("SKUs that differ and mean the same product")
        self.aliases.clicked.connect(self._ask_for_aliases)
        context.actions.add(Act("products.aliases", "Aliases…", self._ask_for_aliases, (), "&Case"), self)

    def head_buttons(self) -> tuple[Button, ...]:
        """With the way to the aliases."""
        return (self.aliases,)

    def check_answers(self) -> None:
        """Answers about products are aliases."""
        self._ask_for_aliases()

    def _ask_for_aliases(self) -> None:
        backend = self.context.backend
        if backend is not None:  # proposals are kept, so this is no mere reading
            self.context.jobs.write(
                self,
                lambda _progress: backend.goods.proposed_aliases(),
                self._show_aliases,
                self.context.fail,
                title="Looking at SKUs",
            )

    def _show_aliases(self, proposals: list[AliasRow]) -> None:
        if not proposals:
            self.context.toast.say("No two SKUs look like one product that nobody decided on yet.")
            return
        dialog = AliasDialog(proposals, self.context.person, self)
        dialog.decided.connect(self._decide)
        dialog.open()

    def _decide(self, approved: list[int], rejected: list[int], who: str) -> None:
        self.context.name_person(who)
        self.context.write(
            self,
            lambda backend: backend.goods.decide_aliases(approved, rejected, who),
            "Keeping the decisions",
        )
