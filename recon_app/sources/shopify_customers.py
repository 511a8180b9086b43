"""Shopify: the customers export, which is refused: personal data, and nothing in it is reconciled.

Headers of 20 columns (2022) to 27 and more (2024 and later, with ``Default Address`` columns) are known.
"""

from __future__ import annotations

from recon_app.sources._base import InputFile
from recon_app.sources._refused import RefusedSource


class ShopifyCustomers(RefusedSource):
    """Recognised so that the user learns why it is not loaded."""

    id = "shopify_customers"
    title = "Shopify customers"
    required = ("First Name", "Last Name", "Email", "Accepts Email Marketing", "Total Spent", "Total Orders")
    reason = (
        "this is a list of Shopify customers: names, e-mail addresses, phones and addresses, which no "
        "comparison needs; nothing of it was stored"
    )
    advice = "leave the file out; for sales, import Orders, Export and Orders, Export transaction histories"

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of a customer list."""
        return file.header_index(self.required) is not None
