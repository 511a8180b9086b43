"""Cut-off: the same month in shop time, by UTC, by payout date, by bank date and in Odoo's books."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.ask import Ask, is_zone
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _cutoff_words
from recon_app.reconciliations._base import Inputs, Progress, Reconciliation, Result

_COMMON = ("ref", "account", "status", "day", "amount", "currency")

_ZONE = Ask("zone", "zone.Shopify=Europe/Berlin", "a time zone", is_zone, "Shopify")


class Cutoff(Reconciliation):
    """One case per movement or payout that changes its month, and one bridge per month and currency.

    A bridge leads from one figure to the next by named items that sum exactly (SET-07, SET-08). What moves is
    a matter of time and no difference; it is listed so that a month can be agreed.
    """

    id = "cutoff"
    title = "Cut-off"
    reads: ClassVar = {
        RecordType.ORDER: (*_COMMON, "ident", "ref2", "at", "open", "extra", "source"),
        RecordType.SHOP_TRANSACTION: (*_COMMON, "ident", "at", "category", "source"),
        RecordType.PAYMENT_LINE: (
            *_COMMON,
            *("category", "ident", "ref2", "grp", "at", "due", "fee", "net"),
            *("foreign_amount", "foreign_currency", "source"),
        ),
        RecordType.PAYOUT: (*_COMMON, "ident", "ref2", "grp", "source"),
        RecordType.ODOO_PAYMENT: (*_COMMON, "category", "ref2", "extra"),
        RecordType.INVOICE: ("ref", "grp", "category", "amount", "extra"),
        RecordType.BANK_LINE: (*_COMMON, "ref2", "foreign_amount", "foreign_currency", "text", "source"),
    }
    pairs: ClassVar = ((Side.SHOP, Side.PLATFORM), (Side.PLATFORM, Side.BANK), (Side.SHOP, Side.ODOO))
    asks: ClassVar = (_ZONE,)
    columns: ClassVar = {
        Side.SHOP: (
            Column("ref", "Order", role=Role.KEY, width=10),
            Column("day", "Date", ColumnType.DATE, Role.COMPARED, width=10),
            Column("amount", "Amount", ColumnType.MONEY, width=11),
            Column("currency", "Cur.", width=5, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.PLATFORM: (
            Column("ref", "Order ref", role=Role.KEY, width=12),
            Column("day", "Date", ColumnType.DATE, Role.COMPARED, width=10),
            Column("due", "Paid out", ColumnType.DATE, Role.COMPARED, width=10),
            Column("amount", "Amount", ColumnType.MONEY, width=11),
            Column("currency", "Cur.", width=5, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.ODOO: (
            Column("ref", "Ref", role=Role.KEY, width=12),
            Column("day", "Date", ColumnType.DATE, Role.COMPARED, width=10),
            Column("amount", "Amount", ColumnType.MONEY, width=11),
            Column("currency", "Cur.", width=5, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.BANK: (
            Column("day", "Date", ColumnType.DATE, Role.COMPARED, width=10),
            Column("ref", "Reference", role=Role.KEY, width=16),
            Column("amount", "Amount", ColumnType.MONEY, width=11),
            Column("currency", "Cur.", width=5, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
    }
    words: ClassVar = _cutoff_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Find the period of each movement by every calendar."""
        from recon_app.reconciliations._cutoff_run import reconcile

        return reconcile(inputs, progress)
