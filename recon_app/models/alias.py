"""Aliases: a SKU of Shopify that a person declared to be a SKU of Odoo, for some time."""

from __future__ import annotations

from dataclasses import dataclass

from recon_app.models.record import NO_INT


@dataclass(frozen=True, slots=True)
class Alias:
    """One approved alias.

    Attributes:
        shop: SKU in Shopify, byte for byte.
        odoo: SKU in Odoo, byte for byte.
        first: First day on which it counts, days since 1970-01-01; NO_INT for ever since.
        last: Last day on which it counts; NO_INT for no end.
    """

    shop: str
    odoo: str
    first: int = NO_INT
    last: int = NO_INT


@dataclass(frozen=True, slots=True)
class Aliases:
    """All approved aliases, as a run uses them.

    Attributes:
        entries: The aliases; no two of one SKU of Shopify count on the same day.
        today: The day that counts for records without one.
    """

    entries: tuple[Alias, ...] = ()
    today: int = NO_INT

    def __bool__(self) -> bool:
        return bool(self.entries)
