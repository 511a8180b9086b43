"""Words of the rules: amounts, quantities and lists as sentences have them."""

from __future__ import annotations

from collections.abc import Sequence

from recon_app.models.money import MoneyError, format_minor
from recon_app.models.quantity import format_quantity

#: Records that a case names at most: more help nobody.
MOST = 100


def money(minor: int, currency: str) -> str:
    """An amount with its currency."""
    try:
        return f"{format_minor(minor, currency)} {currency}"
    except MoneyError:
        return f"{minor} minor units of {currency or 'no currency'}"


def goods(millionths: int, unit: str) -> str:
    """A quantity with its unit."""
    return f"{format_quantity(millionths)} {unit or 'Units'}"


def days(count: int) -> str:
    """``1 day``, ``2 days``."""
    return f"{count} day{'' if count == 1 else 's'}"


def several(names: Sequence[str], most: int = 3) -> str:
    """The first names and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
