"""F5: a refund without return lines became one line 'Refund Adjustment', which the order does not show.

Seen in the lines of credit notes (an export of invoices with Invoice lines/Product) and in the invoices that
the sale order names. An export without these columns shows neither.
"""

from __future__ import annotations

import re
from typing import ClassVar

import numpy as np

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books, ids_of
from recon_app.fingerprints._fields import DOCUMENTS, REFUNDS, reading
from recon_app.fingerprints._words import money
from recon_app.models.record import RecordType, Side

_ADJUSTMENT = re.compile(r"\brefund[-_ ]adjustments?\b", re.IGNORECASE)


class RefundAdjustment(Fingerprint):
    """Credit notes with nothing but the adjustment product, of orders that do not name them."""

    id = "f05_refund_adjustment"
    title = "Refund booked as one adjustment line"
    behaviour = (
        "A refund without returned lines becomes a credit note with one line 'Refund Adjustment' in Odoo's "
        "own connector. The order's button Invoices does not show it, so the order looks as if nothing was "
        "refunded."
    )
    advice = (
        "Note the credit note on the sale order, so that nobody refunds it again.",
        "Move the amount to the products or to shipping, where it belongs to them.",
    )
    reads: ClassVar = reading(*DOCUMENTS, *REFUNDS)
    needs: ClassVar = (RecordType.SALE_ORDER, RecordType.INVOICE)

    def hits(self, books: Books) -> Found:
        """One hit per credit note."""
        documents = books.documents
        # a draft has no number yet by which the order could name it
        notes = documents[documents["credit"] & ~documents["draft"] & (documents["order"] != 0)]
        only = [
            bool(lines) and all(_ADJUSTMENT.search(line[0]) for line in lines) for lines in notes["lines"]
        ]
        notes = notes[np.array(only, np.bool_)]
        named = {number for numbers in books.sales["invoices"] for number in numbers}
        # an export without the column names no invoice at all
        notes = notes[~notes["number"].isin(named) & bool(named)]
        sales, refunds = ids_of(books.sales, notes["order"]), books.refund_ids(notes["order"])
        return Found(
            [
                Hit(
                    key=f"{books.names[row['order']]}|{row['number']}",
                    text=f"Order {books.names[row['order']]}: {money(abs(row['amount']), row['currency'])} "
                    f"refunded by {row['number']}, one line 'Refund Adjustment', which its sale order does "
                    "not show.",
                    records={
                        Side.SHOP: refunds[row["order"]],
                        Side.ODOO: (row["id"], *sales[row["order"]]),
                    },
                    day=row["day"],
                    value=abs(row["amount"]),
                    currency=row["currency"],
                )
                for row in notes.to_dict("records")
            ]
        )
