"""Payouts of any payment platform, as a CSV or workbook whose columns a person names."""

from __future__ import annotations

from collections.abc import Mapping

from recon_app.models.record import Category, RecordType
from recon_app.sources import _mapped_columns as columns
from recon_app.sources._base import Batch
from recon_app.sources._mapped import MappedSource
from recon_app.sources._mapped_columns import Kind, Target
from recon_app.sources._mapped_table import Table


class MappedPayouts(MappedSource):
    """One record is one payout; its amount is what reaches the bank, positive."""

    id = "mapped_payouts"
    title = "Payouts of any platform (CSV or Excel, you name the columns)"
    record_type = RecordType.PAYOUT
    key = ("grp",)
    progress = ("status",)
    asks_overlap = True
    unique = ("payout",)
    targets = (
        Target(
            "payout",
            "grp",
            Kind.ID,
            """payout id; payout; payout number; settlement id; settlement; transfer id; deposit id; batch id;
            auszahlung; auszahlungsnummer; auszahlungs-id; versement; numero de versement; pago; payout_id;
            uitbetaling; bonifico""",
            required=True,
            filled=True,
        ),
        columns.DATE,
        columns.AMOUNT,
        columns.DEBIT,
        columns.CREDIT,
        columns.DIRECTION,
        columns.CURRENCY,
        Target(
            "fee", "fee", Kind.MONEY, "fee; fees; gebuhr; gebuhren; frais; commissioni; comisiones; kosten"
        ),
        columns.STATUS,
        Target(
            "bank_reference",
            "ref2",
            Kind.ID,
            "bank reference; reference; trace id; referenz; verwendungszweck",
        ),
        Target("account", "account", Kind.TEXT, "bank account; account; konto; compte; cuenta; conto; iban"),
    )

    def complete(self, table: Table, batch: Batch, options: Mapping[str, str]) -> None:
        """All are payouts."""
        del options
        batch["category"] = [Category.PAYOUT.value] * len(table)
