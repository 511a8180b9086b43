"""Bridges: named items that add up exactly to the difference of two stock figures.

An item is *certain* when records of both sides prove it, such as an order that one side has and the other
has not. It is *possible* when only one side shows it and the figures must decide: goods in quarantine
explain a difference only where the shop still sells them. Possible items are taken when exactly one choice
of them closes the bridge; a tie is never decided. What is left is *other*: 0, or an open difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recon_app.models.case import Kind

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Stable codes of items; evidence is shown in this order.
CODES = (
    "on_one_side_only",
    "negative_clamped",
    "unit_of_measure",
    "orders_not_imported",
    "cancelled_in_odoo",
    "reserved_beyond_order",
    "fulfilled_not_delivered",
    "picked_not_fulfilled",
    "sent_beyond_order",
    "returned_on_one_side",
    "moved_between_exports",
    "in_transit",
    "moved_within",
    "reserved_not_committed",
    "committed_not_reserved",
    "quarantine",
    "consignment",
    "safety_stock",
    "kit_component",
    "receipt_not_validated",
)
#: Items that go away by themselves when both sides have caught up.
TIMING = frozenset(
    {
        "orders_not_imported",
        "fulfilled_not_delivered",
        "picked_not_fulfilled",
        "moved_between_exports",
        "in_transit",
    }
)
_NUMBER = {code: number for number, code in enumerate(CODES)}
_IS_TIMING = np.array([code in TIMING for code in CODES], np.bool_)
#: So many kinds of possible items of one row are tried in all combinations: 1,024 of them.
_MOST = 10
_AT_ONCE = 20_000  # rows whose combinations are held in memory together


def code_number(code: str) -> int:
    """Place of a code in :data:`CODES`."""
    return _NUMBER[code]


@dataclass(frozen=True)
class Items:
    """Items of bridges, one element per item.

    Attributes:
        row: Row of the figures that the item belongs to.
        code: Index into :data:`CODES`.
        quantity: Signed quantity, in the unit of the row's figures.
    """

    row: Ints
    code: Ints
    quantity: Ints

    @classmethod
    def of(cls, code: str, row: Ints, quantity: Ints) -> Items:
        """Items of one code."""
        return cls(row, np.full(len(row), _NUMBER[code], np.int64), quantity)

    @classmethod
    def concat(cls, parts: Sequence[Items]) -> Items:
        """Several sets of items behind each other."""
        if not parts:
            return cls(*(np.array([], np.int64) for _ in range(3)))
        return cls(
            np.concatenate([part.row for part in parts]),
            np.concatenate([part.code for part in parts]),
            np.concatenate([part.quantity for part in parts]),
        )

    def summed(self) -> Items:
        """One item per row and code, by row; those that come to 0 are left out."""
        key, place = np.unique(self.row * len(CODES) + self.code, return_inverse=True)
        total = np.zeros(len(key), np.int64)
        np.add.at(total, place, self.quantity)
        some = total != 0
        return Items(key[some] // len(CODES), key[some] % len(CODES), total[some])

    def at(self, mask: Mask) -> Items:
        """The items that the mask keeps."""
        return Items(self.row[mask], self.code[mask], self.quantity[mask])


@dataclass(frozen=True)
class Bridge:
    """Bridges of all rows.

    Attributes:
        items: What explains the differences, one item per row and code, by row.
        other: Difference less the sum of its items: 0, or what is open.
        ties: By row, the choices of possible items that close it equally well, as (code, quantity).
    """

    items: Items
    other: Ints
    ties: dict[int, tuple[tuple[tuple[str, int], ...], ...]]


def build(delta: Ints, certain: Items, possible: Items, whole: Ints | None = None) -> Bridge:
    """Make bridges.

    Args:
        delta: Difference of each row.
        certain: Items that both sides prove.
        possible: Items that count only where exactly one choice of them closes the bridge.
        whole: Code of rows whose whole difference is one item, -1 for all others.
    """
    whole = np.full(len(delta), -1, np.int64) if whole is None else whole
    parts = whole[certain.row] < 0
    sure = certain.at(parts)
    told = np.flatnonzero(whole >= 0)
    sure = Items.concat([sure, Items(told, whole[told], delta[told])]).summed()
    other = _left(delta, sure)
    open_rows = other[possible.row] != 0
    chosen, ties = _choose(other, possible.at(open_rows).summed())
    items = Items.concat([sure, chosen]).summed()
    return Bridge(items, _left(delta, items), ties)


def _left(delta: Ints, items: Items) -> Ints:
    left = delta.copy()
    np.subtract.at(left, items.row, items.quantity)
    return left


def _choose(other: Ints, items: Items) -> tuple[Items, dict[int, tuple[tuple[tuple[str, int], ...], ...]]]:
    """The only choice of items that makes up what is left of each row; ties are told apart."""
    taken = np.zeros(len(items.row), np.bool_)
    ties = {}
    for first, count, hits in _exact_choices(other, items):
        number = hits.sum(axis=1)
        for place in np.flatnonzero(number == 1).tolist():
            taken[first[place] : first[place] + count] = _members(int(hits[place].argmax()), count)
        for place in np.flatnonzero(number > 1).tolist():
            start = int(first[place])
            ties[int(items.row[start])] = tuple(
                _named(items, start, _members(choice, count))
                for choice in np.flatnonzero(hits[place]).tolist()
            )
    return items.at(taken), ties


def _exact_choices(other: Ints, items: Items) -> Iterator[tuple[Ints, int, Mask]]:
    """By number of items of a row: first item of each row, that number, and which choices are exact."""
    if not len(items.row):
        return
    rows, first, counts = np.unique(items.row, return_index=True, return_counts=True)
    for count in np.unique(np.minimum(counts, _MOST)).tolist():
        # of a row with more kinds of items than that, the first ones are tried: there are not so many codes
        mine = np.flatnonzero(np.minimum(counts, _MOST) == count)
        for start in range(0, len(mine), _AT_ONCE):
            some = mine[start : start + _AT_ONCE]
            quantity = items.quantity[first[some][:, None] + np.arange(count)]
            choices = np.arange(2**count)[:, None] >> np.arange(count) & 1
            hits = quantity @ choices.T == other[rows[some]][:, None]
            found = hits.any(axis=1)
            yield first[some][found], count, hits[found]


def _members(choice: int, count: int) -> Mask:
    return (choice >> np.arange(count) & 1).astype(np.bool_)


def _named(items: Items, start: int, members: Mask) -> tuple[tuple[str, int], ...]:
    places = start + np.flatnonzero(members)
    return tuple((CODES[items.code[place]], int(items.quantity[place])) for place in places)


def candidates(other: Ints, *weaker: Items) -> dict[int, tuple[tuple[tuple[str, int], ...], ...]]:
    """Choices of unproven items that make up exactly what is open, by row: hints, never items."""
    unproven = Items.concat(list(weaker))
    unproven = unproven.at(other[unproven.row] != 0).summed()
    found = {}
    for first, count, hits in _exact_choices(other, unproven):
        for place, start in enumerate(first.tolist()):
            found[int(unproven.row[start])] = tuple(
                _named(unproven, start, _members(choice, count))
                for choice in np.flatnonzero(hits[place]).tolist()
            )
    return found


@dataclass(frozen=True)
class Verdict:
    """What each row is.

    Attributes:
        kind: Kind value.
        cause: Code of the largest item, "" where there is none or something is open.
    """

    kind: NDArray[np.object_]
    cause: NDArray[np.object_]


def judge(delta: Ints, bridge: Bridge) -> Verdict:
    """Name rows: *matched* without difference and items, *timing* when all of it goes away by itself.

    A row without difference whose items or open rest cancel out is not matched: both are there.
    """
    items = bridge.items
    has = np.zeros(len(delta), np.bool_)
    has[items.row] = True
    lasting = bridge.other != 0
    lasting[items.row[~_IS_TIMING[items.code]]] = True
    kind = np.where(lasting, str(Kind.AMOUNT), str(Kind.TIMING)).astype(object)
    kind[(delta == 0) & (bridge.other == 0) & ~has] = str(Kind.MATCHED)
    cause = np.full(len(delta), "", object)
    # the largest is written last; of equally large ones the first code
    order = np.lexsort((-items.code, np.abs(items.quantity)))
    cause[items.row[order]] = np.array(CODES, object)[items.code[order]]
    cause[bridge.other != 0] = ""
    return Verdict(kind, cause)
