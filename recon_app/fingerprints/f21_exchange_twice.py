"""F21: an exchange was counted twice: the customer's balance is off by two times the new goods (REF-01).

The refund of an exchange is net of the new goods, so its lines come to more than its total; the difference
is what the new goods cost. Needs refunds with their total and lines (Admin data). Invoices less credit notes
must be what the customer paid less what came back.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import GRACE, Books, ids_of, sum_of
from recon_app.fingerprints._fields import DOCUMENTS, REFUNDS, reading
from recon_app.fingerprints._words import money
from recon_app.models.record import RecordType, Side


class ExchangeTwice(Fingerprint):
    """Orders with an exchange whose balance in Odoo is twice its value."""

    id = "f21_exchange_twice"
    title = "Exchange counted twice"
    behaviour = (
        "The total that Shopify refunds for an exchange is already net of the new goods. A connector that "
        "takes the new goods off once more, or adds them, is off by two times their value."
    )
    advice = (
        "Correct the credit note to the goods that came back, without the new goods.",
        "Invoice the new goods on their own.",
    )
    reads: ClassVar = reading(*DOCUMENTS, *REFUNDS)
    needs: ClassVar = (RecordType.ORDER, RecordType.REFUND, RecordType.INVOICE)

    def hits(self, books: Books) -> Found:
        """One hit per order; its value is what the balance is off by."""
        refunds = books.refunds.assign(new=np.maximum(books.refunds["lines"] - books.refunds["amount"], 0))
        refunds = refunds[refunds["day"] <= books.now - GRACE]
        orders = books.orders
        hashes = orders["order"].to_numpy(np.int64)
        new = sum_of(refunds, "new", hashes)
        known = orders.assign(new=new)[new > 0]
        hashes = known["order"].to_numpy(np.int64)
        documents = books.documents
        credited = np.isin(hashes, documents["order"][documents["credit"]].to_numpy(np.int64))
        kept = known["amount"].to_numpy(np.int64) - sum_of(refunds, "amount", hashes)
        off = sum_of(documents, "amount", hashes) - kept
        wrong = credited & (np.abs(off) == 2 * known["new"].to_numpy(np.int64))
        known = known.assign(off=off)[wrong]
        own, shop = ids_of(documents, known["order"]), books.refund_ids(known["order"])
        return Found([_hit(row, shop, own) for _, row in known.iterrows()])


def _hit(row: pd.Series, shop: dict[int, tuple[int, ...]], odoo: dict[int, tuple[int, ...]]) -> Hit:
    new, off = (money(int(abs(row[name])), row["currency"]) for name in ("new", "off"))
    return Hit(
        key=row["ref"],
        text=f"Order {row['ref']}: goods of {new} were sent in exchange, and the customer's balance in Odoo "
        f"is off by {off}, twice as much.",
        records={Side.SHOP: (int(row["id"]), *shop[row["order"]]), Side.ODOO: odoo[row["order"]]},
        day=int(row["day"]),
        value=int(abs(row["off"])),
        currency=row["currency"],
    )
