"""A difference that is to be explained, of stock, of a count or of money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from recon_app.engine.root_cause import Fact, Ranking
from recon_app.models.record import Side


@dataclass
class Subject:
    """A difference and what explains it.

    Attributes:
        key: What its case is made from.
        sku: Product, "" for money.
        place: Where, as Shopify or the count calls it.
        delta: The difference: millionths of a unit, or minor units.
        short: The side that has less.
        ranking: The explanations.
        legs: Side and record of what is compared.
        currency: Of money.
    """

    key: str
    sku: str
    place: str
    delta: int
    short: str
    ranking: Ranking
    legs: list[tuple[Side, int]]
    currency: str = ""


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """Facts in an order that does not depend on that of the records."""
    return sorted(facts, key=lambda fact: (fact.sure, fact.code, fact.about, fact.quantity))
