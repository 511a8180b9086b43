"""F2: an adjustment line of some cents on a sale order, and no invoice although the order is paid.

Seen where the lines of sale orders were imported. Without them the difference of cents cannot be told from
any other reason for a missing invoice, so nothing is said.
"""

from __future__ import annotations

import re
from typing import ClassVar

import numpy as np

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books, count_of, ids_of
from recon_app.fingerprints._fields import DOCUMENTS, reading
from recon_app.fingerprints._words import money, naming
from recon_app.models.case import Kind
from recon_app.models.money import MoneyError, exponent
from recon_app.models.record import RecordType, Side

_ADJUSTMENT = re.compile(r"\b(adjustments?|rounding|round[- ]off)\b", re.IGNORECASE)


class CentsNoInvoice(Fingerprint):
    """Paid orders with an adjustment below one unit of their currency, and without invoice."""

    id = "f02_cents_no_invoice"
    title = "Cents adjusted on the order, then no invoice"
    behaviour = (
        "Where the total of an order differs from Shopify's by cents, Odoo's own connector adds an "
        "adjustment line, and then makes no invoice by itself although the order is paid."
    )
    advice = ("Check the adjustment line, then create and post the invoice by hand.",)
    reads: ClassVar = reading(*DOCUMENTS, RecordType.SALE_ORDER_LINE)
    needs: ClassVar = (RecordType.ORDER, RecordType.SALE_ORDER, RecordType.SALE_ORDER_LINE)
    kind: ClassVar = Kind.MISSING
    missing: ClassVar = (Side.ODOO,)

    def hits(self, books: Books) -> Found:
        """One hit per order."""
        lines = books.sale_lines
        lines = lines[naming(lines["name"], _ADJUSTMENT) & (lines["order"] != 0).to_numpy(bool)]
        amount = np.abs(lines["amount"].to_numpy(np.int64))
        small = (amount > 0) & (amount < np.array([_unit(code) for code in lines["currency"]], np.int64))
        adjusted = lines[small]
        orders = books.orders
        wanted = orders[orders["order"].isin(adjusted["order"]) & (orders["status"] == "paid")]
        hashes = wanted["order"].to_numpy(np.int64)
        bare = (count_of(books.documents, hashes) == 0) & ~np.isin(hashes, books.invoiced_orders)
        wanted = wanted[bare]
        cents = adjusted.groupby("order")["amount"].sum()
        own, sales = ids_of(adjusted, wanted["order"]), ids_of(books.sales, wanted["order"])
        return Found(
            [
                Hit(
                    key=row["ref"],
                    text=f"Order {row['ref']} is paid, {money(row['amount'], row['currency'])}, was adjusted "
                    f"by {money(int(cents[row['order']]), row['currency'])} in Odoo and has no invoice.",
                    records={Side.SHOP: (row["id"],), Side.ODOO: sales[row["order"]] + own[row["order"]]},
                    day=row["day"],
                    value=row["amount"],
                    currency=row["currency"],
                )
                for row in wanted.to_dict("records")
            ]
        )


def _unit(currency: str) -> int:
    try:
        return int(10 ** exponent(currency))
    except MoneyError:
        return 0
