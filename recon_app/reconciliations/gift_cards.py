"""Gift cards: what is owed to their holders from month to month, against the account of that debt."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.ask import Ask, one_of
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _asks, _gift_cards_words
from recon_app.reconciliations._base import Inputs, Progress, Reconciliation, Result

_ASKS = (
    Ask("gift_card_account", "gift_card_account.EUR=217000", "codes of accounts", about=_asks.BY_CURRENCY),
    Ask("gift_card_opening", "gift_card_opening.EUR=315.00", "an amount", _asks.is_amount, _asks.BY_CURRENCY),
    Ask(
        "gift_card_expired",
        '"gift_card_expired.EUR 2026-10=25.00"',
        "an amount",
        _asks.is_amount,
        f"{_asks.BY_CURRENCY} [0-9]{{4}}-(0[1-9]|1[0-2])",
    ),
    one_of("gift_card_product", "gift_card_product.GIFT-50=yes", "yes", "no"),
)


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
    asks: ClassVar = _ASKS
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
