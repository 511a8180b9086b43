"""F10: a part-paid order has no invoice in Odoo. It is open, not broken (rule PAY-01)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import GRACE, Books, count_of, ids_of
from recon_app.fingerprints._fields import DOCUMENTS, reading
from recon_app.fingerprints._words import money
from recon_app.models.case import Kind
from recon_app.models.record import RecordType, Side


class PartPaid(Fingerprint):
    """Orders that are partially paid and whose sale order was not invoiced."""

    id = "f10_part_paid"
    title = "Part-paid, so not invoiced"
    behaviour = (
        "Odoo's own connector makes no invoice before an order is paid in full, so what was paid so far "
        "stands on no invoice."
    )
    advice = (
        "Wait for the rest, or make a down payment invoice by hand.",
        "Ask for the rest when it is late.",
    )
    reads: ClassVar = reading(*DOCUMENTS)
    needs: ClassVar = (RecordType.ORDER, RecordType.SALE_ORDER)
    kind: ClassVar = Kind.TIMING

    def hits(self, books: Books) -> Found:
        """One hit per order, with what was paid as its value."""
        orders, sales = books.orders, books.sales
        known = orders["order"].isin(sales["order"][sales["live"]])
        part = (orders["status"] == "partially_paid") & ~orders["cancelled"] & known
        orders = orders[part & (orders["day"] <= books.now - GRACE)]
        hashes = orders["order"].to_numpy(np.int64)
        bare = (count_of(books.documents, hashes) == 0) & ~np.isin(hashes, books.invoiced_orders)
        own = ids_of(sales, orders["order"])
        found = Found()
        for row in orders[bare].to_dict("records"):
            # an export that does not say what is open says nothing of what was paid
            paid = row["amount"] - row["open"] if row["open"] else None
            part_of = "a part" if paid is None else money(paid, row["currency"])
            found.hits.append(
                Hit(
                    key=row["ref"],
                    text=f"Order {row['ref']}: {part_of} of "
                    f"{money(row['amount'], row['currency'])} paid, and no invoice in Odoo.",
                    records={Side.SHOP: (row["id"],), Side.ODOO: own[row["order"]]},
                    day=row["day"],
                    value=paid,
                    currency=row["currency"],
                )
            )
        return found
