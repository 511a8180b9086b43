"""Journal lines of any accounting system, as a CSV or workbook whose columns a person names."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from recon_app.models.money import format_minor
from recon_app.models.record import RecordType
from recon_app.sources import _mapped_columns as columns
from recon_app.sources._base import Batch
from recon_app.sources._mapped import MappedSource
from recon_app.sources._mapped_columns import Kind, Target
from recon_app.sources._mapped_table import Table


class MappedJournalItems(MappedSource):
    """One record is one line of an entry; its amount is debit - credit. Each entry must balance."""

    id = "mapped_journal_items"
    title = "Journal items of any system (CSV or Excel, you name the columns)"
    record_type = RecordType.JOURNAL_ITEM
    key = ("grp", "account", "day", "amount", "currency", "ref", "text")
    targets = (
        Target(
            "entry",
            "grp",
            Kind.ID,
            """entry; journal entry; entry number; move; voucher; document number; beleg; belegnummer;
            buchungsnummer; piece; numero de piece; asiento; registrazione; boekstuk; boekstuknummer""",
            required=True,
            filled=True,
        ),
        Target(
            "account",
            "account",
            Kind.ID,
            """account; account code; account number; konto; kontonummer; compte; cuenta; conto; rekening;
            grootboek""",
            required=True,
            filled=True,
        ),
        Target("debit", "debit", Kind.MONEY, columns.DEBIT.words, required=True),
        Target("credit", "credit", Kind.MONEY, columns.CREDIT.words, required=True),
        columns.CURRENCY,
        Target("date", "day", Kind.DATE, columns.DATE.words, filled=True),
        Target(
            "reference",
            "ref",
            Kind.ID,
            "reference; referenz; referencia; riferimento; ref; order; partner ref",
        ),
        columns.TEXT,
    )

    def complete(self, table: Table, batch: Batch, options: Mapping[str, str]) -> None:
        """In the books a debit is positive; every entry must sum to zero in each currency."""
        del options
        amount, entries, currencies = batch.get("amount"), batch["grp"], batch.get("currency")
        if not isinstance(amount, np.ndarray) or table.reading.problems:
            return
        batch["amount"] = -amount
        sums: dict[tuple[str, str], int] = {}
        first: dict[tuple[str, str], int] = {}
        for index, key in enumerate(zip(entries, currencies or (), strict=True)):
            first.setdefault(key, index)
            sums[key] = sums.get(key, 0) - int(amount[index])
        for (entry, currency), total in sums.items():
            if total:
                left = f"{format_minor(total, currency)} {currency}"
                problem = f"entry {entry!r} does not balance: debit - credit is {left}"
                table.fault(first[entry, currency], "debit", problem, "export whole entries", "E_UNBALANCED")
