"""F15: a payout whose lines do not add up to it has no entry in Odoo at all.

The error state itself is inside the connector and in no export. Seen from outside: the payout was paid, its
lines come to another amount, and no journal item names it or has its amount, while other payouts of the
platform are booked. A payout that adds up and is not booked has another reason and is left to the comparison
of settlements.
"""

from __future__ import annotations

from typing import ClassVar

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books
from recon_app.fingerprints._fields import PAYOUTS, reading
from recon_app.fingerprints._words import MOST, money
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, Side


class PayoutNotBooked(Fingerprint):
    """Paid payouts that do not net and were not booked."""

    id = "f15_payout_not_booked"
    title = "Payout does not net, so it was not booked"
    behaviour = (
        "The OCA connector books a payout only when its lines net to the cent; otherwise it makes no entry "
        "at all, and the cash stays in the clearing account."
    )
    advice = (
        "Find the line that is missing or too much, then let the connector import the payout again.",
        "Or book the payout by hand, with the rest on an account of open items.",
    )
    reads: ClassVar = reading(*PAYOUTS)
    needs: ClassVar = PAYOUTS
    kind: ClassVar = Kind.MISSING
    missing: ClassVar = (Side.ODOO,)

    def hits(self, books: Books) -> Found:
        """One hit per payout."""
        table = books.payouts
        used = table["account"].isin(table["account"][table["booked"]])
        off = (table["net"] != NO_INT) & (table["net"] != table["amount"]) & (table["amount"] != 0)
        seen = table["day"].between(*books.booked_days)
        found = Found()
        for row in table[used & off & seen & ~table["booked"]].to_dict("records"):
            amount, rest = (
                money(minor, row["currency"]) for minor in (row["amount"], row["amount"] - row["net"])
            )
            found.hits.append(
                Hit(
                    key=f"{row['account']}|{row['name']}|{row['day']}|{row['amount']}",
                    text=f"Payout {row['name'] or 'without a number'} of {amount} is not booked: its lines "
                    f"leave {rest} open.",
                    records={Side.PLATFORM: (row["id"], *row["lines"][: MOST - 1])},
                    day=row["day"],
                    value=abs(row["amount"]),
                    currency=row["currency"],
                    about=row["account"],
                )
            )
        return found
