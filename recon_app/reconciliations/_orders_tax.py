"""Why the tax of an order differs: recomputed both ways, from the figures of either side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.engine.tax import Base, rates_in, recompute, spread
from recon_app.models.record import NO_INT
from recon_app.reconciliations._goods_cases import Mask
from recon_app.reconciliations._orders_lines import Both
from recon_app.reconciliations._orders_money import Amounts

ROUNDING, ABSENT, TWICE, ON_TOP, OTHER = (
    "rounding_method",
    "tax_missing",
    "tax_twice",
    "tax_on_top",
    "tax_differs",
)


@dataclass(frozen=True)
class Explained:
    """What the tax of one order says.

    Attributes:
        cause: Stable code.
        note: For a rounding method: both figures and which side has which.
    """

    cause: str
    note: dict[str, Any]


def explain(
    codes: Ints, both: Both, amounts: Amounts, shop: pd.DataFrame, compared: Mask
) -> dict[int, Explained]:
    """Name why the tax of some orders differs."""
    if not len(codes):
        return {}
    own, odoo = _rows_of(both.shop["code"], codes), _rows_of(both.odoo["code"], codes)
    header = pd.Series(np.arange(len(shop)), index=shop["code"].to_numpy(np.int64))
    header = header[~header.index.duplicated()]
    found = {}
    for code in codes.tolist():
        place = int(header[code])
        told = None
        if compared[code]:
            lists = _bases(code, own.get(code, []), odoo.get(code, []), both, amounts, shop.iloc[place])
            told = _rounding(code, lists, amounts)
        found[code] = told or Explained(_plain(code, amounts), {})
    return found


def _rows_of(column: pd.Series, codes: Ints) -> dict[int, list[int]]:
    """Rows by order, for some orders."""
    code = column.to_numpy(np.int64)
    rows = np.flatnonzero(np.isin(code, codes))
    found: dict[int, list[int]] = {}
    for row, number in zip(rows.tolist(), code[rows].tolist(), strict=True):
        found.setdefault(number, []).append(row)
    return found


def _rounding(code: int, lists: Iterator[list[Base]], amounts: Amounts) -> Explained | None:
    """The rounding method, if exactly the figures of both sides come out of one list of lines."""
    left, right = int(amounts.shop_tax[code]), int(amounts.odoo_tax[code])
    for bases in lists:
        figures = recompute(bases, included=bool(amounts.included[code]))
        methods = figures.methods(left, right)
        if methods is not None:
            note = {"per_line": figures.per_line, "global": figures.globally}
            return Explained(ROUNDING, note | {"shop_rounds": methods[0], "odoo_rounds": methods[1]})
    return None


def _bases(
    code: int, own: Sequence[int], odoo: Sequence[int], both: Both, amounts: Amounts, order: pd.Series
) -> Iterator[list[Base]]:
    """The lines that the tax may have been reckoned from, as either side has them."""
    booked = _booked(odoo, both, amounts)
    if booked:
        yield booked
    named = [rates_in(str(name)) for name, _ in order["tax_lines"]]
    # one tax is on every taxable line; of several nobody knows which line has which
    if len(named) == 1 and len(named[0]) == 1:
        lines = _sold(own, both, amounts, int(amounts.code_discount[code]))
        if lines is None:
            return
        taxed = [Base(Fraction(value), named[0]) for value in lines]
        yield taxed
        on_top = 0 if amounts.included[code] else int(order["taxes"])
        shipping = int(order["amount"] - order["subtotal"] - order["tip"] - order["duties"]) - on_top
        if shipping > 0:
            yield [*taxed, Base(Fraction(shipping), named[0])]


def _booked(rows: Sequence[int], both: Both, amounts: Amounts) -> list[Base]:
    """Lines of the sale orders with the rates that stand in the names of their taxes; none where unknown."""
    found = []
    for row in rows:
        value = int(amounts.line[row])
        name = str(both.odoo["more"].iloc[row].get("taxes", ""))
        rates = rates_in(name)
        if value == NO_INT or (name and not rates and "0" not in name):
            return []
        found.append(Base(Fraction(value), rates))
    return found


def _sold(rows: Sequence[int], both: Both, amounts: Amounts, off: int) -> list[int] | None:
    """Taxable lines of the shop after discounts; None where they are not known."""
    goods = [row for row in rows if not both.tips[row]]
    values = [int(amounts.shop_net[row]) for row in goods]
    if off == NO_INT or NO_INT in values:
        return None
    try:
        parts = spread(off, values)
    except ValueError:
        return None
    taxable = [both.shop["more"].iloc[row].get("taxable") != "no" for row in goods]
    return [value - part for value, part, yes in zip(values, parts, taxable, strict=True) if yes]


def _plain(code: int, amounts: Amounts) -> str:
    """What the figures alone say."""
    shop, odoo = int(amounts.shop_tax[code]), int(amounts.odoo_tax[code])
    if shop and odoo and int(amounts.untaxed[code]) == int(amounts.shop[code]):
        return ON_TOP
    if shop and not odoo:
        return ABSENT
    return TWICE if shop and odoo == 2 * shop else OTHER
