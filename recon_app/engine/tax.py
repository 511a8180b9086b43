"""Tax computed both ways that shops and books do it, and discounts spread over lines. Nothing is guessed.

Shopify rounds the tax of each line; Odoo rounds each line (``round_per_line``) or the sum of each rate
(``round_globally``, the default since 19). Both are right, and a few cents apart. Whether that is the whole
difference shows only when both figures come out exactly (rules TAX-01 and TAX-02).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from recon_app.models.record import NO_INT

Ints = NDArray[np.int64]

PER_LINE, GLOBAL = "per line", "global"
_RATE = re.compile(r"(\d{1,3}(?:[.,]\d{1,6})?)\s*%")
_MOST = 2**62


@dataclass(frozen=True, slots=True)
class Base:
    """What one line is taxed on.

    Attributes:
        amount: Minor units, exact; with the tax where prices include it, else without.
        rates: The taxes of the line as fractions (19 % is 19/100), each rounded by itself.
    """

    amount: Fraction
    rates: tuple[Fraction, ...]


def half_up(value: Fraction) -> int:
    """The nearest whole number, a half away from zero, as Shopify and Odoo round money."""
    size = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return size if value >= 0 else -size


def per_line(bases: Iterable[Base], *, included: bool) -> int:
    """Tax in minor units when each tax of each line is rounded."""
    return sum(half_up(tax) for base in bases for _, tax in _taxes(base, included=included))


def globally(bases: Iterable[Base], *, included: bool) -> int:
    """Tax in minor units when each rate is rounded once, over all lines."""
    sums: dict[Fraction, Fraction] = {}
    for base in bases:
        for rate, tax in _taxes(base, included=included):
            sums[rate] = sums.get(rate, Fraction(0)) + tax
    return sum(map(half_up, sums.values()))


def _taxes(base: Base, *, included: bool) -> list[tuple[Fraction, Fraction]]:
    """Rate and exact tax of each tax of a line."""
    whole = 1 + sum(base.rates, Fraction(0)) if included else Fraction(1)
    return [(rate, base.amount * rate / whole) for rate in base.rates]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """Both figures of one order.

    Attributes:
        per_line: Minor units, each line rounded.
        globally: Minor units, each rate rounded once.
    """

    per_line: int
    globally: int

    def methods(self, left: int, right: int) -> tuple[str, str] | None:
        """How two sides rounded, when exactly these two figures are theirs; None when they are not."""
        if self.per_line == self.globally:
            return None
        names = {self.per_line: PER_LINE, self.globally: GLOBAL}
        return (names[left], names[right]) if {left, right} == set(names) else None


def recompute(bases: Sequence[Base], *, included: bool) -> Recomputed:
    """The tax by both methods."""
    return Recomputed(per_line(bases, included=included), globally(bases, included=included))


def rates_in(text: str) -> tuple[Fraction, ...]:
    """The rates that the names of taxes tell, as in ``GB VAT 20%``; none where they tell none."""
    found = (Fraction(rate.replace(",", ".")) / 100 for rate in _RATE.findall(text))
    return tuple(rate for rate in found if rate)


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Parts of a total in the proportion of the weights, whole and summing up exactly (rule TAX-04).

    What is left after rounding down goes to the largest remainders, the first of equal ones.

    Raises:
        ValueError: a total or a weight is below 0, or there is nothing to spread it over.
    """
    whole = sum(weights)
    if total < 0 or min(weights, default=0) < 0 or (total and not whole):
        raise ValueError(f"{total} cannot be spread over {list(weights)}")
    if not whole:
        return [0] * len(weights)
    parts = [divmod(total * weight, whole) for weight in weights]
    found = [part for part, _ in parts]
    by_rest = sorted(range(len(parts)), key=lambda place: -parts[place][1])
    for place in by_rest[: total - sum(found)]:
        found[place] += 1
    return found


def spread_columns(code: Ints, weights: Ints, totals: Ints) -> Ints:
    """:func:`spread` for many groups at once.

    Args:
        code: Group of each row, from 0.
        weights: Weight of each row, at least 0.
        totals: Total of each group.

    Returns:
        The part of each row; NO_INT in groups whose total cannot be spread.
    """
    count = len(totals)
    whole = np.zeros(count, np.int64)
    np.add.at(whole, code, weights)
    negative = np.zeros(count, np.bool_)
    negative[code[weights < 0]] = True
    heaviest = np.zeros(count, np.int64)
    np.maximum.at(heaviest, code, weights)
    impossible = (totals < 0) | negative | ((whole == 0) & (totals != 0))
    large = ~impossible & (totals > 0) & (heaviest > _MOST // np.maximum(totals, 1))
    simple = ~(impossible | large)
    product = np.where(simple[code], weights, 0) * np.where(simple, totals, 0)[code]
    divisor = np.maximum(np.where(simple, whole, 1), 1)[code]
    found, rest = product // divisor, product % divisor
    left = np.where(simple, totals, 0)
    np.subtract.at(left, code, found)
    order = np.lexsort((np.arange(len(code)), -rest, code))
    first = np.searchsorted(code[order], np.arange(count))
    rank = np.empty(len(code), np.int64)
    rank[order] = np.arange(len(code)) - first[code[order]]
    found += (rank < left[code]).astype(np.int64)
    found[impossible[code]] = NO_INT
    for group in np.flatnonzero(large).tolist():
        rows = np.flatnonzero(code == group)
        found[rows] = spread(int(totals[group]), weights[rows].tolist())
    return found
