"""F20: Shopify rounds the tax per line and Odoo over the whole order, or the reverse (rules TAX-01, TAX-02).

Said only where the recomputation of the sale order's lines by both methods gives exactly Shopify's figure
and Odoo's; a difference of cents that does not come out so has another reason. Needs the lines of sale orders
with their taxes by name ("19%").
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from recon_app.engine.tax import Base, half_up, rates_in, recompute
from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books, grouped, objects
from recon_app.fingerprints._fields import SALES, reading
from recon_app.fingerprints._words import money
from recon_app.models.money import MoneyError, exponent
from recon_app.models.record import NO_INT, RecordType, Side

_MOST = 100  # minor units: rounding never makes a larger difference in one order
_ONE = 10**6


class RoundingMethod(Fingerprint):
    """Orders whose two taxes are the two results of rounding."""

    id = "f20_rounding_method"
    title = "Tax rounded per line and globally"
    behaviour = (
        "Shopify rounds the tax of each line; Odoo may round the tax of the whole order. Both are right, "
        "and they are cents apart."
    )
    advice = ("Set 'Round per Line' in Odoo's accounting settings, so that both round alike.",)
    reads: ClassVar = reading(*SALES, RecordType.SALE_ORDER_LINE)
    needs: ClassVar = (RecordType.ORDER, RecordType.SALE_ORDER, RecordType.SALE_ORDER_LINE)

    def hits(self, books: Books) -> Found:
        """One hit per order, with the difference as its value."""
        sales = books.sales[books.sales["live"] & (books.sales["tax"] != NO_INT)]
        sales = sales[(sales["order"] != 0) & ~sales["order"].duplicated(keep=False)]
        orders = books.orders[books.orders["taxes"] != NO_INT]
        both = sales[["order", "id", "number", "tax"]].merge(
            orders[["order", "id", "ref", "day", "taxes", "currency"]], on="order", suffixes=("", "_shop")
        )
        apart = np.abs(both["tax"].to_numpy(np.int64) - both["taxes"].to_numpy(np.int64))
        both = both[(apart > 0) & (apart < _MOST)]
        lines = grouped(books.sale_lines, both["order"])
        found = Found()
        for row in both.to_dict("records"):
            bases = _bases(lines.get(row["order"]))
            ways = bases and recompute(bases[0], included=bases[1]).methods(row["taxes"], row["tax"])
            if ways:
                found.hits.append(_hit(row, ways))
        return found


def _bases(lines: pd.DataFrame | None) -> tuple[list[Base], bool] | None:
    """What the lines are taxed on, and whether their prices hold the tax; None where it cannot be told."""
    if lines is None:
        return None
    bases, included = [], set()
    for line, kept in zip(lines.to_dict("records"), objects(lines["extra"]), strict=True):
        rates = rates_in(str(kept.get("taxes", "")))
        if kept.get("taxes") and not rates and "0%" not in kept["taxes"].replace(" ", ""):
            return None  # a tax that does not name its rate
        if not rates:
            continue
        base = _base(line, kept, sum(rates, Fraction(0)))
        if base is None:
            return None
        bases.append(Base(base[0], rates))
        included.add(base[1])
    return (bases, included.pop()) if len(included) == 1 else None


def _base(line: dict[Any, Any], kept: dict[str, Any], rate: Fraction) -> tuple[Fraction, bool] | None:
    """Exact price times quantity of a line, and whether it holds the tax.

    It does where it is the line's total, or where the line's subtotal is what is left without the tax: an
    export of sale orders with their lines has no total of a line.
    """
    if "price" not in kept or line["quantity"] == NO_INT or line["amount"] == NO_INT:
        return None
    share = 1 - Fraction(kept.get("discount", "0")) / 100
    exact = Fraction(kept["price"]) * Fraction(line["quantity"], _ONE) * share
    try:
        exact *= 10 ** exponent(line["currency"])
    except MoneyError:
        return None
    if half_up(exact) == line["amount"]:
        return exact, False
    without = exact / (1 + rate)
    left = {half_up(without), half_up(exact) - half_up(exact - without)}
    return (exact, True) if half_up(exact) == kept.get("total") or line["amount"] in left else None


def _hit(row: dict[Any, Any], ways: tuple[str, str]) -> Hit:
    shop, odoo = (money(row[name], row["currency"]) for name in ("taxes", "tax"))
    off = abs(row["tax"] - row["taxes"])
    return Hit(
        key=row["ref"],
        text=f"Order {row['ref']}: tax of {shop} in Shopify (rounded {ways[0]}) and {odoo} in "
        f"{row['number']} (rounded {ways[1]}); both come out exactly.",
        records={Side.SHOP: (row["id_shop"],), Side.ODOO: (row["id"],)},
        day=row["day"],
        value=off,
        currency=row["currency"],
    )
