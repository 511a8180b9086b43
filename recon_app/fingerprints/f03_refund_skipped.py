"""F3: a refund of the shop has no credit note, because its sale order has not exactly one posted invoice.

Needs the invoices: what is not exported looks like what is not there, so an order whose sale order names
invoices that are not in the export is left out. A sale order that was cancelled is left out too.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import GRACE, Books, count_of, ids_of
from recon_app.fingerprints._fields import DOCUMENTS, REFUNDS, reading
from recon_app.fingerprints._words import money
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side


class RefundSkipped(Fingerprint):
    """Refunds of orders with no invoice, several, or one that is a draft, and without credit note."""

    id = "f03_refund_skipped"
    title = "Refund skipped: not exactly one posted invoice"
    behaviour = (
        "Odoo's own connector takes a refund over only where the sale order has exactly one invoice, and "
        "only where that is posted. Any other refund is skipped without a word."
    )
    advice = (
        "Post the invoice, or find out which of the invoices counts.",
        "Then make the credit note by hand: the connector does not come back to it.",
    )
    reads: ClassVar = reading(*DOCUMENTS, *REFUNDS)
    needs: ClassVar = (RecordType.SALE_ORDER, RecordType.INVOICE)
    kind: ClassVar = Kind.MISSING
    missing: ClassVar = (Side.ODOO,)

    def hits(self, books: Books) -> Found:
        """One hit per order, over all of its refunds."""
        day = books.refunds["day"]
        old = books.refunds[(day != NO_INT) & (day <= books.now - GRACE)]
        refunds = (
            old[old["amount"] > 0]
            .groupby(["order", "currency"])
            .agg(day=("day", "max"), amount=("amount", "sum"), ids=("ids", "sum"))
            .reset_index("currency")
        )
        refunds = refunds[refunds.index.isin(books.sales["order"][books.sales["live"]])]
        hashes = refunds.index.to_numpy(np.int64)
        documents = books.documents
        invoices = documents[~documents["credit"]]
        count, posted = count_of(invoices, hashes), count_of(invoices[~invoices["draft"]], hashes)
        unseen = (count == 0) & np.isin(hashes, books.invoiced_orders)
        credited = count_of(documents[documents["credit"]], hashes)
        wrong = (credited == 0) & ~unseen & ~((count == 1) & (posted == 1))
        refunds = refunds.assign(count=count, posted=posted, order=hashes)[wrong]
        sales, own = ids_of(books.sales, refunds.index), ids_of(invoices, refunds.index)
        found, names = Found(), books.names
        for row in refunds.to_dict("records"):
            order = row["order"]
            amount = money(row["amount"], row["currency"])
            found.hits.append(
                Hit(
                    key=names[order],
                    text=f"Order {names[order]}: {amount} refunded, {_why(row['count'])} and no credit note.",
                    records={Side.SHOP: row["ids"], Side.ODOO: sales[order] + own[order]},
                    day=row["day"],
                    value=row["amount"],
                    currency=row["currency"],
                )
            )
        return found


def _why(invoices: int) -> str:
    if invoices == 0:
        return "no invoice in Odoo"
    return "the only invoice is a draft" if invoices == 1 else f"{invoices} invoices in Odoo"
