"""F14: what was left of a refund stands on a credit note as a line without tax (rule TAX-03).

Seen in the lines of credit notes with their taxes (an export of invoices with Invoice lines/Product and
Invoice lines/Taxes). A credit note without any tax says nothing: its goods may be free of tax.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books
from recon_app.fingerprints._fields import DOCUMENTS, REFUNDS, reading
from recon_app.fingerprints._words import money
from recon_app.models.record import RecordType, Side

_REMAINDER = re.compile(r"\b(adjustments?|rounding|difference|remainder|residual)\b", re.IGNORECASE)


class UntaxedRemainder(Fingerprint):
    """Credit notes with taxed lines and an untaxed one that is called a remainder."""

    id = "f14_untaxed_remainder"
    title = "Rest of a refund booked without tax"
    behaviour = (
        "The OCA connector books what the lines of a refund leave open as one more line without taxes, on "
        "the account of the first line. The tax of the refund no longer follows its lines."
    )
    advice = ("Give the line the taxes of the lines it belongs to, and check the tax of the credit note.",)
    reads: ClassVar = reading(*DOCUMENTS, *REFUNDS)
    needs: ClassVar = (RecordType.INVOICE,)

    def hits(self, books: Books) -> Found:
        """One hit per credit note."""
        documents = books.documents
        found = Found()
        for row in documents[documents["credit"] & documents["lines"].map(bool)].to_dict("records"):
            bare = [line for line in row["lines"] if not line[2] and line[1] and _REMAINDER.search(line[0])]
            if bare and any(line[2] for line in row["lines"]):
                found.hits.append(_hit(books, row, sum(line[1] for line in bare)))
        return found


def _hit(books: Books, row: dict[Any, Any], minor: int) -> Hit:
    order = row["order"]
    about = f"Order {books.names[order]}: " if order else ""
    return Hit(
        key=f"{row['number']}",
        text=f"{about}{row['number']} has a line of {money(abs(minor), row['currency'])} without tax beside "
        "taxed lines.",
        records={Side.SHOP: books.refund_ids([order])[order] if order else (), Side.ODOO: (row["id"],)},
        day=row["day"],
        value=abs(minor),
        currency=row["currency"],
    )
