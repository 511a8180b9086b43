"""Refunds from Shopify's Admin interface, line by line where the file has the lines.

A refund does not prove that money moved; the transactions do. Its total may hold more than its lines:
shipping, adjustments; and for an exchange it is less, for it is net of the new goods. What became of
returned goods stands in the dispositions of the return's reverse fulfilment orders, where the query asked for
them; they say more than the restock type of the refund.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources._base import Batch, Reading
from recon_app.sources._shopify_bulk import (
    BulkSource,
    Object,
    Row,
    Values,
    bag,
    children,
    kind_of,
    of,
    packed,
    text,
    word,
)


class ShopifyBulkRefunds(BulkSource):
    """One record is one refunded line, or a refund without lines."""

    id = "shopify_bulk_refunds"
    title = "Refunds from Shopify Admin data"
    record_type = RecordType.REFUND
    kinds = ("Refund",)
    key = ("ident", "ref2", "sku")
    progress = ("status", "location", "extra")
    parents = ("Order",)
    kept = ("name", "currencyCode")
    quantity_words = (("quantity", "refunded quantity"),)

    def rows(self, item: Object, parent: Object, values: Values) -> Iterator[Row]:
        """The refunds of an order, or the object itself when it is one."""
        if kind_of(item) == "Order":
            for refund in children(item, "refunds"):
                yield from _rows(refund, item, values)
        elif kind_of(item) == "Refund":
            yield from _rows(item, parent or item.get("order") or {}, values)

    def prove(self, batch: Batch, reading: Reading) -> None:
        """Add refunds to the control totals."""
        reading.total("refunds", list(map(str, batch["currency"])), np.asarray(batch["amount"]))


def _rows(refund: Object, order: Object, values: Values) -> Iterator[Row]:
    code = text(bag(refund, "totalRefundedSet"), "currencyCode")
    currency = values.currency(text(order, "currencyCode"), code)
    total = values.minor(refund, "totalRefundedSet", currency)
    common: Row = {
        "category": Category.REFUND.value,
        "ident": text(refund, "id"),
        "ref": text(order, "name"),
        "grp": text(order, "id"),
        "when": text(refund, "createdAt"),
        "currency": currency,
    }
    lines, note = children(refund, "refundLineItems"), text(refund, "note")
    became = _dispositions(refund)
    for line in lines:
        own = {"disposition": became.get(text(line, "lineItem", "id"), ""), "note": note}
        yield {**common, **_line(line, total, currency, values, own)}
    if not lines:
        yield {**common, "amount": _outward(total), "extra": packed({"note": note})}


def _dispositions(refund: Object) -> dict[str, str]:
    """What became of returned goods by line of the order, where all of a line became the same."""
    found: dict[str, set[str]] = {}
    for order in children(of(refund, "return"), "reverseFulfillmentOrders"):
        for line in children(order, "lineItems"):
            words = {word(each, "type") for each in children(line, "dispositions")}
            found.setdefault(text(line, "fulfillmentLineItem", "lineItem", "id"), set()).update(words)
    return {line: next(iter(words)) for line, words in found.items() if line and len(words) == 1}


def _line(line: Object, total: int, currency: str, values: Values, own: Mapping[str, str]) -> Row:
    return {
        "ref2": text(line, "lineItem", "id"),
        "status": word(line, "restockType"),
        "amount": _outward(values.minor(line, "subtotalSet", currency)),
        "sku": text(line, "lineItem", "sku"),
        "location": text(line, "location", "name"),
        "quantity": values.quantity(line, "quantity"),
        "text": text(line, "lineItem", "name"),
        "extra": packed(
            {
                "tax": values.minor(line, "totalTaxSet", currency),
                "refund_total": total,
                "restocked": text(line, "restocked").casefold(),
                **own,
            }
        ),
    }


def _outward(minor: int) -> int:
    return minor if minor == NO_INT else -abs(minor)
