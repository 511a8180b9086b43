"""Shopify: answers of the REST interface, which are recognised and refused.

A program wrote such a file: no store's admin exports it. It holds one page of at most 250 objects, in which
refunds, disputes or stock levels name products and locations by ids only (reference of the REST Admin API,
legacy since October 2024).
"""

from __future__ import annotations

import re

from recon_app.sources._base import InputFile
from recon_app.sources._refused import RefusedSource

_TOPICS = (
    "orders",
    "refund",
    "refunds",
    "transactions",
    "tender_transactions",
    "payouts",
    "disputes",
    "balance",
    "inventory_levels",
    "inventory_items",
    "fulfillments",
    "products",
    "variants",
)
_WRAPPED = re.compile(rb'\{\s*"(' + "|".join(_TOPICS).encode() + rb')"\s*:\s*[\[{]')
_TRANSACTIONS = (b'"order_id"', b'"gateway"', b'"kind"')
# Fields that the objects of these topics have; an empty list is no reason to claim a file.
_FIELDS = re.compile(
    rb'"(order_id|payout_id|line_item_id|inventory_item_id|product_id|summary|admin_graphql_api_id'
    rb'|charges_fee_amount|currency)"'
)


class ShopifyRest(RefusedSource):
    """Recognised so that the user learns what to export instead."""

    id = "shopify_rest"
    title = "Shopify REST answer"
    reason = "this is a page of Shopify's REST interface, written by a program, and may be only a part"
    advice = (
        "export the list from the admin (Orders, Finance, Products) or import the result of a bulk operation "
        "(JSONL)"
    )

    def recognises(self, file: InputFile) -> bool:
        """Whether the file is JSON under a name of that interface, without ids of the newer one."""
        head = file.head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if b"gid://shopify/" in head and b"admin_graphql_api_id" not in head:
            return False
        if head.startswith(b"["):
            return all(mark in head for mark in _TRANSACTIONS)
        return _WRAPPED.match(head) is not None and _FIELDS.search(head) is not None
