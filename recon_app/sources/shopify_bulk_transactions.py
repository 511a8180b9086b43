"""Transactions of orders from Shopify's Admin interface, of any gateway."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._base import Batch, Reading
from recon_app.sources._shopify_bulk import (
    BulkSource,
    Object,
    Row,
    Values,
    bag,
    children,
    kind_of,
    packed,
    text,
    word,
)
from recon_app.sources._shopify_kinds import KINDS, is_outward


class ShopifyBulkTransactions(BulkSource):
    """One record is one transaction of an order."""

    id = "shopify_bulk_transactions"
    title = "Transactions from Shopify Admin data"
    record_type = RecordType.SHOP_TRANSACTION
    kinds = ("OrderTransaction",)
    key = ("ident",)
    progress = ("status",)
    parents = ("Order",)
    kept = ("name", "currencyCode")

    def rows(self, item: Object, parent: Object, values: Values) -> Iterator[Row]:
        """The transactions of an order, or the object itself when it is one."""
        if kind_of(item) == "Order":
            for each in children(item, "transactions"):
                yield _row(each, item, values)
        elif kind_of(item) == "OrderTransaction":
            yield _row(item, parent or item.get("order") or {}, values)

    def prove(self, batch: Batch, reading: Reading) -> None:
        """Add the transactions that moved money to the control totals."""
        amount, currencies = np.asarray(batch["amount"]), list(map(str, batch["currency"]))
        moved = np.array([status == "success" for status in batch["status"]], np.bool_)
        for name, category in (("Sales and captures", "charge"), ("Refunds", "refund")):
            own = np.array([each == category for each in batch["category"]], np.bool_)
            reading.total(name, currencies, np.where(moved & own, amount, NO_INT))


def _row(item: Object, order: Object, values: Values) -> Row:
    code = text(bag(item, "amountSet"), "currencyCode")
    currency = values.currency(code, text(order, "currencyCode"))
    kind = word(item, "kind")
    minor = values.minor(item, "amountSet", currency)
    if minor == NO_INT:
        values.problem("amountSet", "the transaction has no amount")
    amount = minor if minor == NO_INT or not is_outward(kind) else -abs(minor)
    return {
        "category": KINDS.categories([kind], np.array([amount]))[0],
        "ident": text(item, "id"),
        "ref": text(order, "name"),
        "ref2": text(item, "paymentId"),
        "grp": text(order, "id"),
        "account": text(item, "gateway"),
        "status": word(item, "status"),
        "when": text(item, "processedAt") or text(item, "createdAt"),
        "amount": amount,
        "currency": currency,
        "text": kind,
        "extra": packed(
            {
                "parent": text(item, "parentTransaction", "id"),
                "test": "yes" if text(item, "test") == "True" else "",
            }
        ),
    }
