"""Shopify: reports of Analytics (``Total sales by product`` and the like), which are recognised and refused.

They are sums by the dimensions that the merchant chose, without a currency, an order or a payment to compare:
discounts and returns negative, sales dated by the order and returns by the refund.
"""

from __future__ import annotations

from recon_app.sources._base import InputFile, clean_header
from recon_app.sources._refused import RefusedSource

# Figures as the reports spell them; other programs write "Gross Sales", so the case counts.
_FIGURES = frozenset(
    {
        "Orders",
        "Gross sales",
        "Discounts",
        "Returns",
        "Sales reversals",
        "Net sales",
        "Shipping charges",
        "Return fees",
        "Duties",
        "Additional fees",
        "Taxes",
        "Total sales",
        "Tips",
        "Net items sold",
        "Quantity ordered",
        "Quantity returned",
        "Average order value",
        "Gross payments",
        "Refunded payments",
        "Net payments",
        "Payout amount",
        "Ending inventory units",
        "Inventory units sold",
    }
)
# Sums that only a report has; files of single sales have an id instead.
_SUMS = frozenset(
    {"Net sales", "Total sales", "Net items sold", "Net payments", "Gross payments", "Inventory units sold"}
)
_SINGLE = frozenset({"order id", "transaction id", "payment id", "name", "id", "total collected"})


class ShopifyAnalytics(RefusedSource):
    """Recognised so that the user learns what to export instead."""

    id = "shopify_analytics"
    title = "Shopify Analytics report"
    reason = "this is a report of Shopify Analytics: sums without order, payment and currency"
    advice = (
        "leave it out and export what it sums up: Orders, Export and Export transaction histories; "
        "Finance, Payouts, Export; Products, Inventory, Export"
    )

    def recognises(self, file: InputFile) -> bool:
        """Whether the first row has at least three figures of such reports and no single sales."""
        header = {clean_header(cell) for cell in (file.head_rows[:1] or [[]])[0]}
        single = _SINGLE & {cell.casefold() for cell in header}
        return not single and bool(header & _SUMS) and len(header & _FIGURES) >= 3
