"""F19: a credit note names neither the invoice it reverses nor the order it comes from.

Seen where the list of documents has the column 'Reversal of'; a list without it shows the link of no credit
note, so nothing is said.
"""

from __future__ import annotations

from typing import ClassVar

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books
from recon_app.fingerprints._fields import DOCUMENTS, REFUNDS, reading
from recon_app.fingerprints._words import money
from recon_app.models.case import Kind
from recon_app.models.record import RecordType, Side


class UnlinkedCreditNotes(Fingerprint):
    """Credit notes without reversed entry and without origin."""

    id = "f19_unlinked_credit_notes"
    title = "Credit note linked to no invoice"
    behaviour = (
        "Some connectors make credit notes of their own, not as the reversal of the invoice: the invoice "
        "stays open or paid as if nothing happened, and the credit note is nobody's."
    )
    advice = (
        "Find the invoice by the order or the amount, and reconcile the credit note with it.",
        "Write the invoice's number on the credit note.",
    )
    reads: ClassVar = reading(*DOCUMENTS, *REFUNDS)
    needs: ClassVar = (RecordType.INVOICE,)
    kind: ClassVar = Kind.FIELD

    def hits(self, books: Books) -> Found:
        """One hit per credit note."""
        documents = books.documents
        alone = documents["credit"] & documents["alone"] & (documents["origin"] == "")
        shown = documents[alone.to_numpy(bool)]
        names, refunds = books.names, books.refund_ids(shown["order"])
        return Found(
            [
                Hit(
                    key=f"{row['number']}|{row['ref']}|{row['amount']}",
                    text=f"{row['number'] or 'A credit note without a number'} over "
                    f"{money(abs(row['amount']), row['currency'])} names no invoice and no sale order"
                    + (f"; its reference is that of order {names[row['order']]}." if row["order"] else "."),
                    records={
                        Side.SHOP: refunds[row["order"]] if row["order"] else (),
                        Side.ODOO: (row["id"],),
                    },
                    day=row["day"],
                    value=abs(row["amount"]),
                    currency=row["currency"],
                )
                for row in shown.to_dict("records")
            ]
        )
