"""Orders from Shopify's Admin interface: results of bulk operations (JSONL) and saved answers (JSON).

The other records of such files are read beside the orders.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._base import Batch, InputFile, Reading
from recon_app.sources._shopify_bulk import (
    BulkSource,
    Object,
    Row,
    Values,
    bag,
    children,
    is_admin_json,
    kind_of,
    packed,
    text,
    word,
)

_EXTRA = {
    "subtotal": "subtotalPriceSet",
    "shipping": "totalShippingPriceSet",
    "taxes": "totalTaxSet",
    "discount": "totalDiscountsSet",
    "current_total": "currentTotalPriceSet",
}
_TOTALS = ("totalPriceSet", "originalTotalPriceSet")


class ShopifyBulkOrders(BulkSource):
    """One record is one order; a file of products or payouts has none."""

    id = "shopify_bulk_orders"
    title = "Shopify Admin data (JSON)"
    record_type = RecordType.ORDER
    beside = ""
    kinds = ("Order",)
    key = ("ident", "ref")
    progress = ("status", "open", "refunded", "account", "amount", "extra")

    def recognises(self, file: InputFile) -> bool:
        """Whether the file is JSON with ids of the Admin interface."""
        return is_admin_json(file)

    def rows(self, item: Object, parent: Object, values: Values) -> Iterator[Row]:
        """The order, when the object is one."""
        del parent
        if kind_of(item) != "Order":
            return
        name = next((name for name in _TOTALS if bag(item, name)), "currentTotalPriceSet")
        currency = values.currency(text(item, "currencyCode"), text(bag(item, name), "currencyCode"))
        total = values.minor(item, name, currency)
        if total == NO_INT:
            values.problem(name, "the order has no total")
        refunded = values.minor(item, "totalRefundedSet", currency)
        amounts = {key: values.minor(item, field, currency) for key, field in _EXTRA.items()}
        gateways = item.get("paymentGatewayNames")
        yield {
            "ident": text(item, "id"),
            "ref": text(item, "name"),
            "account": " + ".join(map(str, gateways)) if isinstance(gateways, list) else "",
            "status": word(item, "displayFinancialStatus"),
            "when": text(item, "createdAt"),
            "amount": total,
            "currency": currency,
            "open": values.minor(item, "totalOutstandingSet", currency),
            "refunded": refunded,
            "extra": packed(
                {
                    **amounts,
                    "taxes_are": _TAX_WORDS.get(text(item, "taxesIncluded"), ""),
                    "fulfillment": word(item, "displayFulfillmentStatus"),
                    "cancelled": text(item, "cancelledAt"),
                }
            ),
        }
        self._prove_refunds(item, refunded, currency, values)

    def _prove_refunds(self, item: Object, refunded: int, currency: str, values: Values) -> None:
        transactions = children(item, "transactions")
        if refunded == NO_INT or not transactions:
            return
        paid_back = sum(
            values.minor(each, "amountSet", currency)
            for each in transactions
            if (word(each, "kind"), word(each, "status")) == ("refund", "success")
        )
        values.identity("totalRefundedSet = successful refunds among the transactions", paid_back == refunded)

    def prove(self, batch: Batch, reading: Reading) -> None:
        """Add orders to the control totals."""
        currencies = list(map(str, batch["currency"]))
        reading.total("totalPriceSet", currencies, np.asarray(batch["amount"]))
        reading.total("totalRefundedSet", currencies, np.asarray(batch["refunded"]))


_TAX_WORDS = {"True": "included", "False": "added"}
