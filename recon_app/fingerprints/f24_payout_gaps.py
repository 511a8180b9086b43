"""F24: of several stores, one has payouts that were never booked, between payouts that were.

A store is told by the business entity that Shopify's exports of payouts name. With one entity, or an export
without that column, nothing is said. A payout whose lines do not add up has another reason (see F15); one at
the end of the list may just not be booked yet.
"""

from __future__ import annotations

from typing import ClassVar

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books
from recon_app.fingerprints._fields import PAYOUTS, reading
from recon_app.fingerprints._words import MOST, money
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side


class PayoutGaps(Fingerprint):
    """Payouts that were not booked, between payouts of the same store that were."""

    id = "f24_payout_gaps"
    title = "Payouts of one store skipped"
    behaviour = (
        "A connector that fetches the payouts of several stores goes on from the newest payout of all of "
        "them, and skips the older ones of the other stores."
    )
    advice = ("Import the payouts of this store again from the last one before the gap.",)
    reads: ClassVar = reading(*PAYOUTS)
    needs: ClassVar = (RecordType.PAYOUT, RecordType.JOURNAL_ITEM)
    kind: ClassVar = Kind.MISSING
    missing: ClassVar = (Side.ODOO,)

    def hits(self, books: Books) -> Found:
        """One hit per payout."""
        table = books.payouts
        table = table[(table["entity"] != "") & (table["amount"] != 0)]
        if table["entity"].nunique() < 2:
            return Found()
        booked = table[table["booked"]].groupby("entity")["day"]
        first, last = (table["entity"].map(days).fillna(0) for days in (booked.min(), booked.max()))
        between = (table["day"] > first) & (table["day"] < last) & (first != 0)
        nets = (table["net"] == NO_INT) | (table["net"] == table["amount"])
        seen = table["day"].between(*books.booked_days)
        found = Found()
        for row in table[between & nets & seen & ~table["booked"]].to_dict("records"):
            amount = money(row["amount"], row["currency"])
            found.hits.append(
                Hit(
                    key=f"{row['entity']}|{row['name']}|{row['day']}|{row['amount']}",
                    text=f"Store {row['entity']}: payout {row['name'] or 'without a number'} of {amount} is "
                    "not booked, those before and after it are.",
                    records={Side.PLATFORM: (row["id"], *row["lines"][: MOST - 1])},
                    day=row["day"],
                    value=abs(row["amount"]),
                    currency=row["currency"],
                    about=row["entity"],
                )
            )
        return found
