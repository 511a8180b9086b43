"""Kinds of Shopify's order transactions; amounts come without a sign, the kind carries the direction."""

from __future__ import annotations

from recon_app.models.record import Category
from recon_app.sources._balance import TypeTable

# OrderTransactionKind of the Admin API. ``change`` is cash handed back at the till.
KINDS = TypeTable(
    {
        "sale": Category.CHARGE,
        "capture": Category.CHARGE,
        "refund": Category.REFUND,
        "change": Category.ADJUSTMENT,
        "authorization": Category.AUTHORIZATION,
        "emv_authorization": Category.AUTHORIZATION,
        "void": Category.VOID,
    }
)
_OUTWARD = ("refund", "change")


def is_outward(kind: str) -> bool:
    """Whether the merchant pays: a refund, or change at the till."""
    return kind in _OUTWARD
