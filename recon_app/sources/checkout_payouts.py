"""Checkout.com: payouts report, one wide row per payout.

``Payout Amount`` is what is transferred. The columns behind it (payments, refunds, each kind of fee) need not
add up to it, as they are counted with more decimals than they are shown: they are kept, not summed.
"""

from __future__ import annotations

from collections.abc import Mapping

from recon_app.models.record import Category, RecordType
from recon_app.sources._base import Batch, Chunk, Reading, TableSource
from recon_app.sources._extra import json_objects
from recon_app.sources._platform import identifiers, same

_PARTS = ("Payments", "Refunds", "Chargebacks", "Adjustments", "Tax", "Merchant Payout Fees")


class CheckoutPayouts(TableSource):
    """One record is one payout."""

    id = "checkout_payouts"
    title = "Checkout.com payouts"
    record_type = RecordType.PAYOUT
    key = ("ident", "currency")
    required = (
        "Currency Account ID",
        "Holding Currency",
        "Payout ID",
        "Payout Date",
        "Reporting Start Date",
        "Payout Amount",
        "Payments",
        "Refunds",
    )

    def convert(self, chunk: Chunk, options: Mapping[str, str], reading: Reading) -> Batch:
        """Turn a chunk of payouts into normalised fields."""
        del options  # the format leaves nothing to ask
        currency = chunk.text("Holding Currency")
        amount = chunk.money("Payout Amount", currency, required=True)
        reading.total("Payout Amount", currency, amount)
        day, at = chunk.moments("Payout Date", "UTC", required=True)
        return {
            "category": same(Category.PAYOUT.value, chunk),
            "ident": identifiers(chunk, "Payout ID"),
            "account": same("checkout", chunk),
            "day": day,
            "at": at,
            "amount": amount,
            "currency": currency,
            "net": amount,
            "extra": json_objects({name.casefold(): chunk.text(name) for name in _PARTS}),
        }
