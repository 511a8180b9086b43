"""Valuation: what the stock is worth against what the stock account says."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.ask import Ask
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _asks, _valuation_words
from recon_app.reconciliations._base import Inputs, Progress, Reconciliation, Result

_ACCOUNT = Ask("stock_account", "stock_account.EUR=110100", "codes of accounts", about=_asks.BY_CURRENCY)


class Valuation(Reconciliation):
    """One case per currency (VAL-01). The difference is the stock account less quantity x cost, in money.

    Goods that belong to others are sellable but not valued (STK-05). The panes show sums; the records of a
    case are the items that make up a difference exactly.
    """

    id = "valuation"
    title = "Stock value"
    reads: ClassVar = {
        RecordType.STOCK_QUANT: ("sku", "ref2", "location", "quantity", "amount", "currency", "extra"),
        RecordType.ODOO_PRODUCT: ("sku", "ref2", "extra"),
        RecordType.JOURNAL_ITEM: (
            *("grp", "ref", "text", "account", "status", "day", "amount", "currency", "extra"),
        ),
    }
    pairs: ClassVar = ((Side.GOODS, Side.ODOO),)
    titles: ClassVar = {Side.GOODS: "Stock on hand", Side.ODOO: "Stock account"}
    absent: ClassVar = {Side.ODOO: "Account not known"}
    sums: ClassVar = True
    asks: ClassVar = (_ACCOUNT, _asks.EXCLUDED, _asks.EXPORTED_AT)
    columns: ClassVar = {
        Side.GOODS: (
            Column("payout", "Currency", role=Role.KEY, width=8),
            Column("text", "Stock", width=24),
            Column("amount", "Worth", ColumnType.MONEY, Role.COMPARED, width=14),
        ),
        Side.ODOO: (
            Column("amount", "Balance", ColumnType.MONEY, Role.COMPARED, width=14),
            Column("account", "Account", role=Role.KEY, width=14),
            Column("text", "Of", width=24),
        ),
    }
    words: ClassVar = _valuation_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Compare the value of the stock with the stock account."""
        from recon_app.reconciliations._valuation_run import reconcile

        return reconcile(inputs, progress)
