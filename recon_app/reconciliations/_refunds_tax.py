"""Why the tax of a credit note is not that of the refund, where the lines of both show it (TAX-01 to TAX-03).

A difference is called rounding only where both figures come out exactly, one rounded line by line and the
other once for each rate. A line without tax on a credit note loses tax for good where all that the shop gave
back was taxed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from recon_app.engine.normalise import Ints
from recon_app.engine.tax import Base, half_up, rates_in, recompute
from recon_app.models.record import NO_INT
from recon_app.reconciliations._refunds_cases import NOTE, Cases
from recon_app.reconciliations._refunds_link import Mask
from recon_app.reconciliations._refunds_scope import World

ROUNDING, UNTAXED = "rounding_method", "untaxed_line"

Line = tuple[str, int, str]


@dataclass
class Explained:
    """What explains the tax of a case.

    Attributes:
        rounding: Both sides are right, each by its own way of rounding.
        untaxed: A line of the credit note lost its tax.
        notes: Figures by case; see ``tax.why`` in :mod:`recon_app.reconciliations.refunds`.
    """

    rounding: Mask
    untaxed: Mask
    notes: dict[int, dict[str, Any]] = field(default_factory=dict)


def explain(seen: World, cases: Cases, shop_tax: Ints, odoo_tax: Ints) -> Explained:
    """Look at every refund that has one credit note of its own whose lines are known.

    Args:
        seen: The lines of both sides.
        cases: The refunds.
        shop_tax: Tax of each refund of the shop, positive, NO_INT for not known.
        odoo_tax: Tax of its credit note.
    """
    size = len(cases)
    found = Explained(np.zeros(size, np.bool_), np.zeros(size, np.bool_))
    if not any(seen.booked.lines):
        return found
    links = cases.links[NOTE]
    single = ~links["row"].duplicated(keep=False) & ~links["case"].duplicated(keep=False)
    own = _taxed(seen)
    for case, row in zip(links["case"][single].tolist(), links["row"][single].tolist(), strict=True):
        listed = seen.booked.lines[row]
        if not listed or shop_tax[case] == NO_INT:
            continue
        lines = [(str(name), int(amount), str(taxes)) for name, amount, taxes in listed if amount]
        told = own.get(case, [])
        left, right = int(shop_tax[case]), int(odoo_tax[case])
        why = _rounded(lines, told, left, right) if right not in (left, NO_INT) else None
        if why is None and told and all(tax > 0 for _, tax in told):
            why = _lost(lines)
        if why is not None:
            found.notes[case] = why
            found.rounding[case] = why["cause"] == ROUNDING
            found.untaxed[case] = why["cause"] == UNTAXED
    return found


def _taxed(seen: World) -> dict[int, list[tuple[int, int]]]:
    """Amount and tax of each line of the refunds, where the lines are all that was given back."""
    lines = seen.shop.lines
    found: dict[int, list[tuple[int, int]]] = {}
    for unit, amount, tax in zip(*(lines[name].tolist() for name in ("unit", "amount", "tax")), strict=True):
        found.setdefault(unit, []).append((abs(amount), 0 if tax == NO_INT else abs(tax)))
    return found


def _rounded(lines: list[Line], told: list[tuple[int, int]], left: int, right: int) -> dict[str, Any] | None:
    """Both figures, when one is rounded line by line and the other once for each rate."""
    for bases, included in _bases(lines, told):
        figures = recompute(bases, included=included)
        methods = figures.methods(left, right)
        if methods is not None:
            return {
                "cause": ROUNDING,
                "per_line": figures.per_line,
                "global": figures.globally,
                "shop": methods[0],
                "odoo": methods[1],
            }
    return None


def _bases(lines: list[Line], told: list[tuple[int, int]]) -> Iterator[tuple[list[Base], bool]]:
    """What the tax may have been reckoned from, as either side has it."""
    rates = [rates_in(taxes) for _, _, taxes in lines]
    if all(rates):
        yield [Base(Fraction(abs(line[1])), rate) for line, rate in zip(lines, rates, strict=True)], False
    if len(set(rates)) == 1 and len(rates[0]) == 1:
        of_shop = [Base(Fraction(amount), rates[0]) for amount, _ in told]
        yield of_shop, True
        yield of_shop, False


def _lost(lines: list[Line]) -> dict[str, Any] | None:
    """The lines without tax beside taxed ones, and the tax that they should have where one rate is on all."""
    bare = [line for line in lines if not line[2]]
    rates = {rates_in(taxes) for _, _, taxes in lines if taxes}
    if not bare or not rates:
        return None
    amount = sum(line[1] for line in bare)
    only = next(iter(rates)) if len(rates) == 1 else ()
    tax = half_up(abs(amount) * only[0]) if len(only) == 1 else None
    return {"cause": UNTAXED, "line": bare[0][0], "lines": len(bare), "amount": abs(amount), "tax": tax}
