"""Tax: by rate and month in the shop and in Odoo, and order by order between them."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _tax_words
from recon_app.reconciliations._base import Inputs, Progress, Reconciliation, Result


class Tax(Reconciliation):
    """One case per side, currency, rate and month, and one per month for orders with their invoices.

    A month whose ratio of tax jumps, or a rate that comes or goes, is a finding: a connector that counts tax
    twice since an update shows here first. The records of a case are orders whose tax differs.
    """

    id = "tax"
    title = "Tax"
    reads: ClassVar = {
        RecordType.ORDER: (
            *("ident", "ref", "ref2", "account", "status", "day", "at", "amount", "currency", "open"),
            *("extra", "source"),
        ),
        RecordType.INVOICE: ("category", "ref", "grp", "status", "day", "amount", "currency", "extra"),
        RecordType.JOURNAL_ITEM: ("grp", "account", "status", "day", "amount", "currency", "extra"),
    }
    pairs: ClassVar = ((Side.SHOP, Side.ODOO),)
    columns: ClassVar = {
        Side.SHOP: (
            Column("ref", "Order", role=Role.KEY, width=10),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("status", "Status", width=12),
            Column("amount", "Total", ColumnType.MONEY, width=11),
            Column("currency", "Cur.", width=5),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.ODOO: (
            Column("grp", "Document", role=Role.KEY, width=16),
            Column("ref", "Reference", role=Role.KEY, width=12),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("amount", "Total", ColumnType.MONEY, width=11),
            Column("currency", "Cur.", width=5),
            Column("file", "File and row", width=24, shown=False),
        ),
    }
    words: ClassVar = _tax_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Add up the taxes and compare months and sides."""
        from recon_app.reconciliations._tax_run import reconcile

        return reconcile(inputs, progress)
