"""Words of the rules: amounts, quantities and lists as sentences have them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from recon_app.models.money import MoneyError, format_minor
from recon_app.models.quantity import amount_of

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
    return amount_of(millionths, unit or "Units")


def naming(names: Iterable[str], pattern: re.Pattern[str]) -> NDArray[np.bool_]:
    """Which names hold a pattern; each different name is looked at once."""
    every = list(names)
    known = {name: pattern.search(name) is not None for name in set(every)}
    return np.array([known[name] for name in every], np.bool_)


def days(count: int) -> str:
    """``1 day``, ``2 days``."""
    return f"{count} day{'' if count == 1 else 's'}"


def several(names: Sequence[str], most: int = 3) -> str:
    """The first names and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
