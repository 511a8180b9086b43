"""Invoices: what was ordered, what was invoiced, what was paid and where the payment was booked."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.ask import Ask
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _asks, _invoices_words
from recon_app.reconciliations._base import Inputs, Progress, Reconciliation, Result

_CLEARING_ACCOUNT = Ask("clearing_account", "clearing_account.Stripe=101420", "the code of an account, or -")
_DRAFT_DAYS = Ask(
    "draft_days", "draft_days.credit_notes=3", "a number of days", _asks.is_number, "credit_notes"
)


class Invoices(Reconciliation):
    """One case per order: its invoices, credit notes and payments (PAY-01).

    Whatever names each other is one case, so an invoice of two orders makes them one. The difference is the
    figure of Odoo less the one of the step before: invoiced less ordered, paid less invoiced.
    """

    id = "invoices"
    title = "Invoices"
    reads: ClassVar = {
        RecordType.ORDER: (
            *("ident", "ref", "ref2", "account", "status", "day", "at", "amount", "currency", "open"),
            *("refunded", "extra", "source"),
        ),
        RecordType.SALE_ORDER: ("ref", "grp", "status", "day", "amount", "currency", "extra"),
        RecordType.INVOICE: (
            *("category", "ref", "ref2", "grp", "status", "day", "amount", "currency", "open", "extra"),
        ),
        RecordType.ODOO_PAYMENT: (
            *("category", "ref", "ref2", "grp", "account", "status", "day", "amount", "currency", "extra"),
        ),
        RecordType.JOURNAL_ITEM: ("grp", "ref", "account", "status", "amount", "currency", "extra"),
    }
    pairs: ClassVar = ((Side.SHOP, Side.ODOO),)
    asks: ClassVar = (_CLEARING_ACCOUNT, _DRAFT_DAYS, _asks.EXPORTED_AT)
    columns: ClassVar = {
        Side.SHOP: (
            Column("ref", "Order", role=Role.KEY, width=10),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("status", "Status", width=12),
            Column("amount", "Ordered", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("open", "Open", ColumnType.MONEY, width=10),
            Column("currency", "Cur.", role=Role.COMPARED, width=5, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.ODOO: (
            Column("grp", "Document", role=Role.KEY, width=16),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("ref", "Reference", role=Role.KEY, width=14),
            Column("status", "Status", width=14),
            Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("open", "Open", ColumnType.MONEY, width=10),
            Column("account", "Journal / account", width=18),
            Column("currency", "Cur.", role=Role.COMPARED, width=5, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
    }
    words: ClassVar = _invoices_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Follow each order from the shop to the clearing account."""
        from recon_app.reconciliations._invoices_run import reconcile

        return reconcile(inputs, progress)
