"""What several comparisons ask; a question of one comparison stands in its own file."""

from __future__ import annotations

import re
from fractions import Fraction

from recon_app.models.ask import Ask, is_moment, one_of
from recon_app.models.quantity import QuantityError, parse_quantity

#: Pairs of figures that can be made to agree, Odoo's first.
FIGURES = ("free=available", "on_hand=on_hand")
#: Why stock is not for sale.
REASONS = ("quarantine", "damaged", "inspection", "consigned")
#: Stands for none.
NOBODY = "-"
#: What follows the dot where each currency has an answer of its own.
BY_CURRENCY = "[A-Z]{3}"

_PLATFORM = "a platform as its lines name it, or - for none"


def _is_safety(text: str) -> bool:
    try:
        return text == NOBODY or parse_quantity(text) >= 0
    except QuantityError:
        return False


def _is_ratio(text: str) -> bool:
    number, _, other = text.strip().partition(" ")
    try:
        return text == NOBODY or (Fraction(number) > 0 and bool(other.strip()))
    except (ValueError, ZeroDivisionError):
        return False


def is_amount(text: str) -> bool:
    """Whether a text is an amount without its currency."""
    return bool(re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]{1,4})?", text))


def is_number(text: str) -> bool:
    """Whether a text is a whole number."""
    return text.isascii() and text.isdigit()


GATEWAY = Ask("gateway", "gateway.stripe=stripe", _PLATFORM)
JOURNAL = Ask("journal", "journal.Stripe=stripe", _PLATFORM)
CLEARING = Ask("clearing", "clearing.101420=stripe", _PLATFORM)
STOCK_LOCATION = Ask("stock_location", "stock_location.Berlin=WH", "places of Odoo with ' | ' between, or -")
STOCK_FIGURE = one_of("stock_figure", "stock_figure.Berlin=on_hand=on_hand", *FIGURES, NOBODY)
SAFETY_STOCK = Ask("safety_stock", "safety_stock.Berlin=5", "a quantity of 0 or more", _is_safety)
EXCLUDED = one_of("excluded", "excluded.WH/Quarantine=quarantine", *REASONS, NOBODY)
UNIT = Ask("unit", "unit.Dozens=12 Units", "a number and another unit", _is_ratio)
EXPORTED_AT = Ask(
    "exported_at",
    "exported_at.Odoo=2026-11-23T09:30+01:00",
    "a time with its zone",
    is_moment,
    "Shopify|Odoo",
)
ORDER_LINE = one_of(
    "order_line",
    "order_line.SHIP=shipping",
    *("goods", "shipping", "discount", "tip", "duty", "adjustment"),
)
#: What a comparison of stock stands on.
OF_STOCK = (STOCK_LOCATION, STOCK_FIGURE, SAFETY_STOCK, EXCLUDED, UNIT, EXPORTED_AT)
