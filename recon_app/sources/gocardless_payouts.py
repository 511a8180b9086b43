"""GoCardless: payouts export of the dashboard.

Written from the support pages, without a real file: what it understands must hold in every row, or the file
is refused. One row per payout and currency, amounts in whole units of the currency. What reaches the bank is
the payments less the fees, fees given back added; failures and chargebacks of earlier payments are part of
the payments' total. The reference stands in the bank's text. support.gocardless.com
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import repeat
from typing import ClassVar

import numpy as np

from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources._base import Batch, Chunk, Ints, Reading, TableSource
from recon_app.sources._extra import json_objects, nonzero

_DEBITS = ("transaction_fee_debit", "app_fee_debit")
_CREDITS = ("transaction_fee_credit", "app_fee_credit")


class GocardlessPayouts(TableSource):
    """One record is one payout."""

    id = "gocardless_payouts"
    title = "GoCardless payouts"
    record_type = RecordType.PAYOUT
    key = ("ident",)
    progress = ("status", "day")
    unproven: ClassVar[bool] = True
    required = (
        "id",
        "amount",
        "currency",
        "created_at",
        "reference",
        "status",
        "arrival_date",
        "transaction_fee_debit",
        "transaction_fee_credit",
        "total_payment_amount",
    )

    def convert(self, chunk: Chunk, options: Mapping[str, str], reading: Reading) -> Batch:
        """Turn a chunk of payouts into normalised fields."""
        currency = [code.strip().upper() for code in chunk.text("currency")]
        amount = chunk.money("amount", currency, required=True)
        payments = chunk.money("total_payment_amount", currency, required=True)
        charged, given_back = (_sum(chunk, names, currency) for names in (_DEBITS, _CREDITS))
        fee = charged - given_back
        known = (amount != NO_INT) & (payments != NO_INT)
        reading.identity(
            "amount = total_payment_amount - fees", (amount == payments - fee) | ~known, chunk.rows
        )
        reading.add_totals(currency, {"Payments": payments, "Fees": fee, "Paid out": amount})
        return {
            "category": list(repeat(Category.PAYOUT.value, len(chunk))),
            "ident": chunk.text("id"),
            "ref2": chunk.text("reference"),
            "account": list(repeat("gocardless", len(chunk))),
            "status": chunk.text("status"),
            "day": chunk.days("arrival_date", required=True),
            "at": chunk.moments("created_at", "UTC")[1],
            "amount": amount,
            "currency": currency,
            "fee": fee,
            "net": amount,
            "extra": json_objects({"payments": nonzero(payments)}),
        }


def _sum(chunk: Chunk, names: tuple[str, ...], currency: list[str]) -> Ints:
    """Sum of columns, blanks as zero."""
    columns = (chunk.money(name, currency) for name in names)
    return sum(
        (np.where(minor == NO_INT, np.int64(0), minor) for minor in columns), np.zeros(len(chunk), np.int64)
    )
