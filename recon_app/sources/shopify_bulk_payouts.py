"""Payouts of Shopify Payments from Shopify's Admin interface."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources._base import Batch, InputFile, Reading
from recon_app.sources._shopify_bulk import (
    BulkSource,
    Object,
    Row,
    Values,
    bag,
    holds,
    kind_of,
    of,
    packed,
    text,
    word,
)

# Field of the summary by name in ``extra``; each has a fee beside it. Refunds are named otherwise.
_TERMS = {
    "charges": ("chargesGross", "chargesFee"),
    "refunds": ("refundsFeeGross", "refundsFee"),
    "adjustments": ("adjustmentsGross", "adjustmentsFee"),
    "reserved": ("reservedFundsGross", "reservedFundsFee"),
    "retried": ("retriedPayoutsGross", "retriedPayoutsFee"),
    "advances": ("advanceGross", "advanceFees"),
}


class ShopifyBulkPayouts(BulkSource):
    """One record is one payout; a withdrawal is negative."""

    id = "shopify_bulk_payouts"
    title = "Payouts from Shopify Admin data"
    record_type = RecordType.PAYOUT
    kinds = ("ShopifyPaymentsPayout",)
    key = ("ident",)
    progress = ("status", "day", "at", "ref2")

    def recognises(self, file: InputFile) -> bool:
        """Whether the file has payouts with their values, and not only their ids."""
        return super().recognises(file) and holds(file, b'"issuedAt"', b'"summary"')

    def rows(self, item: Object, parent: Object, values: Values) -> Iterator[Row]:
        """The payout, when the object is one with its amount."""
        del parent
        if kind_of(item) != "ShopifyPaymentsPayout" or not bag(item, "net"):
            return
        currency = values.currency(text(bag(item, "net"), "currencyCode"))
        net = values.minor(item, "net", currency)
        summary = of(item, "summary")
        terms = {
            key: (values.minor(summary, gross, currency), values.minor(summary, fee, currency))
            for key, (gross, fee) in _TERMS.items()
        }
        fees = sum(fee for _, fee in terms.values() if fee != NO_INT)
        if summary:
            gross = sum(gross for gross, _ in terms.values() if gross != NO_INT)
            values.identity("net = sum of the summary's gross amounts - its fees", net == gross - fees)
        yield {
            "category": Category.PAYOUT.value,
            "ident": text(item, "id"),
            "ref2": text(item, "externalTraceId"),
            "grp": text(item, "id"),
            "account": "shopify_payments",
            "status": word(item, "status"),
            "when": text(item, "issuedAt"),
            "amount": net,
            "currency": currency,
            "fee": fees if summary else NO_INT,
            "net": net,
            "extra": packed({key: gross for key, (gross, _) in terms.items() if gross}),
        }

    def prove(self, batch: Batch, reading: Reading) -> None:
        """Add payouts to the control totals."""
        reading.total("net", list(map(str, batch["currency"])), np.asarray(batch["amount"]))
