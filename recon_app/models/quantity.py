"""Quantities as whole millionths of their unit of measure. Nothing here rounds."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Decimals that are kept: Odoo allows up to six for quantities.
DECIMALS = 6
_DECIMAL = re.compile(r"([+-]?)([0-9]{0,40})(?:\.([0-9]{0,40}))?")


class QuantityError(ValueError):
    """A text is not an exact quantity."""


def parse_quantity(text: str) -> int:
    """Read a plain decimal text (``-1.5``) as millionths.

    Raises:
        QuantityError: not a plain decimal, or more than six decimals.
    """
    match = _DECIMAL.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        raise QuantityError(f"{text!r} is not a quantity")
    decimals = (match[3] or "").rstrip("0")
    if len(decimals) > DECIMALS:
        raise QuantityError(f"{text!r} has more than {DECIMALS} decimals")
    millionths = int((match[2] or "0") + decimals.ljust(DECIMALS, "0"))
    return -millionths if match[1] == "-" else millionths


def format_quantity(millionths: int) -> str:
    """Write millionths as a plain decimal text without needless zeros: ``-1500000`` is ``-1.5``."""
    whole, rest = divmod(abs(millionths), 10**DECIMALS)
    decimals = f"{rest:0{DECIMALS}d}".rstrip("0")
    return f"{'-' if millionths < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"


#: What one of the units is called that Odoo names in the plural; names of one's own stay as they are.
_ONE = {"Units": "Unit", "Dozens": "Dozen"}


def amount_of(millionths: int, unit: str) -> str:
    """A quantity with its unit, as a sentence says it: ``1 Unit``, ``2.5 Units``."""
    return f"{format_quantity(millionths)} {unit_of(millionths, unit)}"


def unit_of(millionths: int, unit: str) -> str:
    """What the unit behind a quantity is called: ``Unit`` behind 1."""
    return _ONE.get(unit, unit) if abs(millionths) == 10**DECIMALS else unit


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact quantity.

    Attributes:
        millionths: Signed millionths of the unit.
        unit: Unit of measure, never empty.
    """

    millionths: int
    unit: str

    def __str__(self) -> str:
        return amount_of(self.millionths, self.unit)
