"""Bridges between the same period on two calendars: every item is named, and the items sum exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recon_app.engine.normalise import Ints
from recon_app.models.record import NO_INT


@dataclass(frozen=True, slots=True)
class Item:
    """What leads from one figure to the next.

    Attributes:
        code: ``out`` (counts in another period afterwards), ``in`` (counted in another one before), ``gone``
            (counts in none afterwards), ``new`` (counted in none before), ``differs`` (other amount in the
            same period), or what the caller names.
        month: The other period, months since 1970-01; NO_INT for none.
        minor: What it adds.
        count: Number of records.
    """

    code: str
    month: int
    minor: int
    count: int


def items(before: Ints, amount: Ints, after: Ints, other: Ints, month: int) -> tuple[Item, ...]:
    """Lead from the sum of ``amount`` before to the sum of ``other`` after, for one month.

    Args:
        before: Month of each record on the first calendar, NO_INT for none.
        amount: What it counts there.
        after: Its month on the second calendar.
        other: What it counts there.
        month: The month.

    Returns:
        Items whose sum is ``other[after == month].sum() - amount[before == month].sum()``.
    """
    stays = (before == month) & (after == month) & (amount != other)
    leaves = (before == month) & (after != month)
    comes = (after == month) & (before != month)
    return (
        *_grouped("out", "gone", after[leaves], -amount[leaves]),
        *_grouped("in", "new", before[comes], other[comes]),
        *(
            [Item("differs", month, int((other - amount)[stays].sum()), int(stays.sum()))]
            if stays.any()
            else ()
        ),
    )


def _grouped(moved: str, none: str, months: Ints, minor: Ints) -> Sequence[Item]:
    return [
        Item(
            none if month == NO_INT else moved,
            month,
            int(minor[months == month].sum()),
            int((months == month).sum()),
        )
        for month in np.unique(months).tolist()
    ]


def total(month_of: Ints, minor: Ints, month: int) -> int:
    """Sum of one month."""
    return int(minor[month_of == month].sum())
