"""Stock counts: what a count means when it is applied, how far off it may be, how good the books are.

All quantities are whole millionths of one reference unit per row; NO_INT stands for "not counted", which is
not 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from recon_app.models.record import NO_INT

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class RolledForward:
    """What counts come to when they are applied later (rule CNT-01).

    Attributes:
        variance: Counted less the book at the time of the count: what was wrong.
        target: What must be there when it is applied.
        adjust: What has to be added to the book when it is applied.
        counted: Rows that were counted; the others are NO_INT throughout.
    """

    variance: Ints
    target: Ints
    adjust: Ints
    counted: Mask


def roll_forward(book_at_count: Ints, counted: Ints, moved_since: Ints, book_at_apply: Ints) -> RolledForward:
    """Carry counts forward over the moves since.

    Args:
        book_at_count: What the book said when it was counted.
        counted: What was counted, NO_INT where nobody counted.
        moved_since: Sum of the moves between the count and now: positive in, negative out.
        book_at_apply: What the book says now.
    """
    there = counted != NO_INT
    found = np.where(there, counted, 0)
    target = found + moved_since
    return RolledForward(
        np.where(there, found - book_at_count, NO_INT),
        np.where(there, target, NO_INT),
        np.where(there, target - book_at_apply, NO_INT),
        there,
    )


def unexplained_moves(book_at_count: Ints, moved_since: Ints, book_at_apply: Ints) -> Mask:
    """Rows whose book changed otherwise than the known moves say: such a count is stale."""
    stale: Mask = book_at_count + moved_since != book_at_apply
    return stale


@dataclass(frozen=True)
class Limits:
    """How far a count may be off without approval; None for no limit (rule CNT-02).

    Attributes:
        above: Share of the book that may be found too much (1/20 for 5 %).
        below: Share of the book that may be missing.
        value_above: Minor units that may be found too much.
        value_below: Minor units that may be missing.
    """

    above: Fraction | None = None
    below: Fraction | None = None
    value_above: int | None = None
    value_below: int | None = None


def exceeded(
    book: Ints, counted: Ints, cost: Sequence[Fraction | None] | Ints, limits: Limits
) -> dict[str, Mask]:
    """Which limits each count passes.

    Args:
        book: What the book says.
        counted: What was counted; rows that were not counted pass no limit.
        cost: Minor units per reference unit, exact; None where it is not known: that passes no limit.
        limits: The limits.

    Returns:
        Masks by ``+qty``, ``-qty``, ``+value`` and ``-value``. A share of a book of 0 is passed by any
        difference.
    """
    there = counted != NO_INT
    off = np.where(there, counted - book, 0)
    one = 10**6
    return {
        "+qty": (off > 0) & _beyond_share(off, book, limits.above),
        "-qty": (off < 0) & _beyond_share(-off, book, limits.below),
        "+value": (off > 0) & _beyond(off, cost, limits.value_above, one),
        "-value": (off < 0) & _beyond(-off, cost, limits.value_below, one),
    }


def _beyond_share(off: Ints, book: Ints, share: Fraction | None) -> Mask:
    if share is None:
        return np.zeros(len(off), np.bool_)
    return np.array(
        [
            int(much) * share.denominator > abs(int(base)) * share.numerator
            for much, base in zip(off, book, strict=True)
        ],
        np.bool_,
    )


def _beyond(off: Ints, cost: Sequence[Fraction | None] | Ints, limit: int | None, one: int) -> Mask:
    if limit is None:
        return np.zeros(len(off), np.bool_)
    return np.array(
        [
            each is not None and int(much) * Fraction(each) > limit * one
            for much, each in zip(off, cost, strict=True)
        ],
        np.bool_,
    )


@dataclass(frozen=True)
class Accuracy:
    """How good the books are; plus and minus never cancel out (rule CNT-03).

    Attributes:
        units: 1 less the sum of all differences, whatever their sign, over the sum of the books; at least 0;
            None when the books are empty.
        within: Share of the counted rows whose difference is within the tolerance.
        counted: How many rows were counted.
        plus: Sum of what was found too much, millionths.
        minus: Sum of what was missing, millionths, positive.
    """

    units: Fraction | None
    within: Fraction | None
    counted: int
    plus: int
    minus: int


def accuracy(book: Ints, counted: Ints, tolerance: Fraction) -> Accuracy:
    """Measure the counted rows.

    Args:
        book: What the book says.
        counted: What was counted, NO_INT where nobody counted.
        tolerance: Share of the book by which a row may differ and still be right.
    """
    there = counted != NO_INT
    off = counted[there] - book[there]
    plus, minus = int(off[off > 0].sum()), -int(off[off < 0].sum())
    total = int(np.abs(book[there]).sum())
    right = int((~_beyond_share(np.abs(off), book[there], tolerance)).sum())
    rows = int(there.sum())
    return Accuracy(
        max(Fraction(0), 1 - Fraction(plus + minus, total)) if total else None,
        Fraction(right, rows) if rows else None,
        rows,
        plus,
        minus,
    )


def misplaced(code: Ints, off: Ints) -> list[tuple[int, int]]:
    """Pairs of rows that are one move: as much of a code is missing here as is too much there.

    A pair counts only when no other row of the code could be its other half; a tie stays for a person.

    Args:
        code: Number of the product and lot of each row.
        off: Counted less book of each row, NO_INT where nobody counted.

    Returns:
        Pairs (row with too little, row with too much), in the order of the rows with too little.
    """
    halves: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
    for row in np.flatnonzero((off != NO_INT) & (off != 0)).tolist():
        less, more = halves.setdefault((int(code[row]), abs(int(off[row]))), ([], []))
        (less if off[row] < 0 else more).append(row)
    return sorted((less[0], more[0]) for less, more in halves.values() if len(less) == len(more) == 1)


def abc_classes(worth: Sequence[Fraction | int], shares: tuple[Fraction, Fraction]) -> list[str]:
    """Class of each product by what it stands for: few products that make most of the sum are A.

    Args:
        worth: What each product stands for, such as the value that was sold of it; not negative.
        shares: Parts of the sum that the products of class A, and those of A and B, make up.

    Returns:
        "A", "B" or "C" for each product. The product that reaches a share still belongs to it; one that
        stands for nothing is C. Equal ones get the same class.
    """
    total = sum(worth)
    found = ["C"] * len(worth)
    before: Fraction | int = 0
    value: Fraction | int | None = None
    name = "C"
    for row in sorted(range(len(worth)), key=lambda row: -worth[row]):
        if worth[row] != value:
            value = worth[row]
            name = "A" if before < shares[0] * total else "B" if before < shares[1] * total else "C"
        found[row] = name if worth[row] else "C"
        before += worth[row]
    return found
