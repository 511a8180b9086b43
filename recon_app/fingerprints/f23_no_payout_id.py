"""F23: a movement of the platform has no payout although its payout is long due.

Looks at charges and refunds whose platform gives payout numbers at all. Due is what the file says, else the
longest time that the platform took for any other of them. Money that is held back (reserves, disputes) has
no payout for good reasons and is not looked at.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books
from recon_app.fingerprints._fields import reading
from recon_app.fingerprints._words import days, money
from recon_app.models.record import NO_INT, Category, RecordType, Side

_SLACK = 3  # days: a bank holiday
_FAILED = ("failed", "failure", "error", "canceled", "cancelled", "voided", "declined")


class NoPayoutId(Fingerprint):
    """Charges and refunds without payout that are older than the schedule of their platform."""

    id = "f23_no_payout_id"
    title = "Transaction without payout, though due"
    behaviour = (
        "A connector that fetches a transaction before its payout exists never fills in the payout later, so "
        "the transaction belongs to no payout in the books."
    )
    advice = (
        "Export the transactions of the payouts again; a payout that is there now was missed.",
        "When it is not, ask the platform where the money is.",
    )
    reads: ClassVar = reading(RecordType.PAYMENT_LINE)
    needs: ClassVar = (RecordType.PAYMENT_LINE,)

    def hits(self, books: Books) -> Found:
        """One hit per movement."""
        frame = books.frame(RecordType.PAYMENT_LINE)
        moved = frame["category"].isin([Category.CHARGE, Category.REFUND]) & (frame["day"] != NO_INT)
        moved &= (frame["net"] != NO_INT) & ~frame["status"].isin(_FAILED)
        mine = frame[moved.to_numpy(bool)]
        found = Found()
        for (account, currency), part in mine.groupby(["account", "currency"], sort=True):
            loose = _overdue(part)
            for row in loose.to_dict("records"):
                amount = money(row["net"], row["currency"])
                name = row["ref"] or row["ident"] or row["text"]
                found.hits.append(
                    Hit(
                        key=f"{account}|{name}|{row['ident']}|{row['at']}|{row['amount']}|{currency}",
                        text=f"{name}: {amount} of {account} has no payout {days(row['late'])} after it "
                        "was due.",
                        records={Side.PLATFORM: (row["id"],)},
                        day=row["day"],
                        value=abs(row["net"]),
                        currency=row["currency"],
                        about=str(account),
                    )
                )
        return found


def _overdue(lines: pd.DataFrame) -> pd.DataFrame:
    """Movements of one platform without payout, with the days that they are late."""
    paid = lines[lines["grp"] != ""]
    due, day = lines["due"].to_numpy(np.int64), lines["day"].to_numpy(np.int64)
    if not len(paid):
        return lines[:0]
    lags = (paid["due"] - paid["day"])[paid["due"] != NO_INT]
    # without dates of payouts, a payout is as late as its newest movement tells
    last = paid.groupby("grp")["day"].transform("max") - paid["day"]
    longest = int(lags.max()) if len(lags) else int(last.max())
    expected = np.where(due == NO_INT, day + longest, due)
    # later money was paid out already: the platform did not stop
    newest = int(paid["day"].max())
    now = max(newest, int(day.max()))
    late = (lines["grp"] == "").to_numpy(bool) & (expected + _SLACK < now) & (day < newest)
    return lines.assign(late=now - expected)[late]
