"""Gift cards: what is owed to their holders from month to month, against the account of that debt."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _gift_cards_words
from recon_app.reconciliations._base import Inputs, Progress, Reconciliation, Result


class GiftCards(Reconciliation):
    """One case per month and currency: opening + sold + given back - spent - lapsed = closing (SET-13).

    The sale of a card is a debt and no revenue; paying with one is no payout. The difference is the balance
    of the account less the closing figure, as far as it arose in the month.
    """

    id = "gift_cards"
    title = "Gift cards"
    reads: ClassVar = {
        RecordType.ORDER: (
            *("ident", "ref", "ref2", "account", "status", "day", "at", "amount", "currency", "open"),
            *("extra", "source"),
        ),
        RecordType.ORDER_LINE: ("ref", "grp", "sku", "text", "day", "amount", "currency", "extra", "source"),
        RecordType.SHOP_TRANSACTION: (
            *("ident", "ref", "category", "account", "status", "day", "at", "amount", "currency", "source"),
        ),
        RecordType.SHOP_PRODUCT: ("sku", "extra"),
        RecordType.JOURNAL_ITEM: (
            "grp",
            "ref",
            "text",
            "account",
            "status",
            "day",
            "amount",
            "currency",
            "extra",
        ),
    }
    pairs: ClassVar = ((Side.SHOP, Side.ODOO),)
    asks: ClassVar = ("gift_card_account", "gift_card_opening", "gift_card_expired", "gift_card_product")
    columns: ClassVar = {
        Side.SHOP: (
            Column("ref", "Order", role=Role.KEY, width=10),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("text", "What", width=20),
            Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("currency", "Cur.", width=5, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.ODOO: (
            Column("grp", "Entry", role=Role.KEY, width=16),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("text", "Label", width=24),
            Column("account", "Account", width=10),
            Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("currency", "Cur.", width=5, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
    }
    words: ClassVar = _gift_cards_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Roll the debt forward and compare it with its account."""
        from recon_app.reconciliations._gift_cards_run import reconcile

        return reconcile(inputs, progress)
