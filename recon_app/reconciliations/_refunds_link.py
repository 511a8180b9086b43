"""Links two lists of movements order by order, and leaves every tie to a person.

The same steps serve payments, credit notes and returned goods: what has the same order and figure belongs
together; then figures that add up exactly; then what is alone on both sides. Nothing is guessed: where two
ways fit, both sides are left with their rivals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.normalise import Ints, combined
from recon_app.models.record import NO_INT

Mask = NDArray[np.bool_]

#: Rules a link is made by, as evidence names them.
EQUAL, TWICE, SUM, ALONE, OTHER_CURRENCY, NEARBY, NUMBER = (
    *("order_and_amount", "twice", "sum", "order_only", "other_currency"),
    *("amount_and_date", "number"),
)
#: A payment that came back, whichever step found it.
CAME_BACK = "came_back"
_FEW = 10  # records of which all subsets are tried
_RIVALS = 5  # are shown
_EARLY, _LATE = 1, 30  # days a movement may be before and behind the one it answers


@dataclass(frozen=True)
class Items:
    """Movements of one side; all arrays are equally long.

    Attributes:
        order: What they belong to, 0 for nothing known.
        amount: Signed figure; NO_INT and 0 link to nothing.
        unit: Code of currency or unit, the same codes on both sides.
        day: Days since 1970-01-01, or NO_INT.
        key: Stable number that puts equal items into one order, however they were loaded.
    """

    order: Ints
    amount: Ints
    unit: Ints
    day: Ints
    key: Ints

    def __len__(self) -> int:
        return len(self.order)

    @classmethod
    def of(cls, frame: pd.DataFrame, unit: Ints, key: str = "key") -> Items:
        """Items from the columns order, amount and day of a frame, and one that orders equal ones."""
        order, amount, day, stable = (
            frame[name].to_numpy(np.int64) for name in ("order", "amount", "day", key)
        )
        return cls(order, amount, unit, day, stable)


class Linker:
    """Collects links between left and right items; a linked item is out of the next steps.

    Attributes:
        left_free: Left items without a link that no tie has stopped.
        right_free: The same on the right.
        surplus: Right items that are one too many of their order and amount.
        rivals: Pairs (left, right) that fit as well as others do.
    """

    def __init__(self, left: Items, right: Items) -> None:
        self.left, self.right = left, right
        self.left_free = np.ones(len(left), np.bool_)
        self.right_free = np.ones(len(right), np.bool_)
        self.surplus = np.zeros(len(right), np.bool_)
        self.rivals: list[tuple[int, int]] = []
        self._found: list[tuple[Ints, Ints, Ints, str]] = []

    def links(self) -> pd.DataFrame:
        """One row per link: left, right, amount (the part of the right one) and rule."""
        parts = [
            pd.DataFrame({"left": left, "right": right, "amount": amount, "rule": rule})
            for left, right, amount, rule in self._found
            if len(left)
        ]
        if not parts:
            none = np.array([], np.int64)
            return pd.DataFrame(
                {"left": none, "right": none, "amount": none, "rule": pd.Series([], dtype=object)}
            )
        return pd.concat(parts, ignore_index=True)

    def by_number(self, left: tuple[Ints, Ints], right: tuple[Ints, Ints]) -> None:
        """Link items that share a number which nothing else has.

        Args:
            left: Left items and a number of each; 0 is none. An item may have several.
            right: The same on the right.
        """
        one = pd.DataFrame({"left": left[0], "number": left[1]}).drop_duplicates()
        other = pd.DataFrame({"right": right[0], "number": right[1]}).drop_duplicates()
        one, other = (
            frame[(frame["number"] != 0) & ~frame["number"].duplicated(keep=False)] for frame in (one, other)
        )
        one, other = one[self.left_free[one["left"]]], other[self.right_free[other["right"]]]
        both = one.merge(other, on="number")[["left", "right"]].drop_duplicates()
        both = both[~both["right"].duplicated(keep=False)]
        a, b = both["left"].to_numpy(np.int64), both["right"].to_numpy(np.int64)
        self._add(a, b, self.right.amount[b], NUMBER)

    def equal(self, amount: Ints | None = None, unit: Ints | None = None) -> None:
        """Link items of the same order, unit and amount.

        As many on both sides are paired in the order of their days; otherwise those of the same day are, and
        of the rest only what fits in one way.

        Args:
            amount: Other figures of the left items.
            unit: Other units of the left items.
        """
        left, right = self.left, self.right
        a = self._rows(left, self.left_free, amount)
        b = self._rows(right, self.right_free)
        own = left.amount if amount is None else amount
        of_unit = left.unit if unit is None else unit
        whole = codes(
            np.concatenate([left.order[a], right.order[b]]),
            np.concatenate([of_unit[a], right.unit[b]]),
            np.concatenate([own[a], right.amount[b]]),
        )
        one, other = whole[: len(a)], whole[len(a) :]
        size = int(whole.max(initial=-1)) + 1
        lefts = np.bincount(one, minlength=size)
        rights = np.bincount(other, minlength=size)
        self._paired(a, b, one, other, lefts == rights)
        kept, again = self.left_free[a] & (rights[one] > 0), self.right_free[b] & (lefts[other] > 0)
        a, b, one, other = a[kept], b[again], one[kept], other[again]
        daily = codes(np.concatenate([one, other]), np.concatenate([self.left.day[a], self.right.day[b]]))
        of_day, on_day = daily[: len(a)], daily[len(a) :]
        days = int(daily.max(initial=-1)) + 1
        same = np.bincount(of_day, minlength=days) == np.bincount(on_day, minlength=days)
        self._paired(a, b, of_day, on_day, same)
        self._rest(a, b, one, other)

    def sums(self) -> None:
        """Link one item with several of its order that add up to it exactly, where only these do."""
        for a, b in self._together():
            whole = self.left.amount[a].sum() == self.right.amount[b].sum()
            if whole and (len(a) == 1 or len(b) == 1):
                self._group(a, b, SUM)
            elif max(len(a), len(b)) <= _FEW:
                for one, others in self._only_sums(a, b):
                    self._group(one, others, SUM)

    def again(self) -> None:
        """Link what repeats a link that is there: a second movement of the same order, unit and amount."""
        a = self._rows(self.left, ~self.left_free)
        b = self._rows(self.right, self.right_free)
        left, right = self.left, self.right
        code = codes(
            np.concatenate([left.order[a], right.order[b]]),
            np.concatenate([left.unit[a], right.unit[b]]),
            np.concatenate([left.amount[a], right.amount[b]]),
        )
        one, other = code[: len(a)], code[len(a) :]
        lefts = np.bincount(one, minlength=int(code.max(initial=-1)) + 1)
        place = np.zeros(len(lefts), np.int64)
        place[one] = a
        only, many = lefts[other] == 1, lefts[other] > 1
        self._add(place[other[only]], b[only], right.amount[b[only]], TWICE)
        self.surplus[b[many]] = True
        self.right_free[b[many]] = False

    def alone(self) -> None:
        """Link what is left of an order where it can only be one thing; several are rivals."""
        for a, b in self._together():
            paid, asked = abs(int(self.right.amount[b].sum())), abs(int(self.left.amount[a].sum()))
            if len(a) == 1 and (len(b) == 1 or paid <= asked):
                self._group(a, b, ALONE)
            else:
                self._tie(a, b)
        for a, b in self._together(any_unit=True):
            if len(a) == len(b) == 1:
                self._group(a, b, OTHER_CURRENCY)

    def nearby(self, days: int) -> None:
        """Link items of which one side names no order, by amount and date alone."""
        a = np.flatnonzero(self.left_free & (self.left.amount != NO_INT) & (self.left.day != NO_INT))
        b = np.flatnonzero(self.right_free & (self.right.amount != NO_INT) & (self.right.day != NO_INT))
        if not len(a) or not len(b) or (self.left.order[a].all() and self.right.order[b].all()):
            return
        pairs = self._near(a, b, days)
        if not len(pairs):
            return
        once = ~pairs["left"].duplicated(keep=False) & ~pairs["right"].duplicated(keep=False)
        one, other = (pairs[name][once].to_numpy(np.int64) for name in ("left", "right"))
        self._add(one, other, self.right.amount[other], NEARBY)
        for _, found in pairs[~once].groupby("right", sort=True):
            self._tie(found["left"].to_numpy(np.int64), found["right"].to_numpy(np.int64)[:1])

    # -- parts ---------------------------------------------------------------------------------------

    @staticmethod
    def _rows(items: Items, free: Mask, amount: Ints | None = None) -> Ints:
        own = items.amount if amount is None else amount
        return np.flatnonzero(free & (items.order != 0) & (own != NO_INT) & (own != 0))

    def _add(self, left: Ints, right: Ints, amount: Ints, rule: str) -> None:
        self.left_free[left] = False
        self.right_free[right] = False
        self._found.append((left, right, amount, rule))

    def _paired(self, a: Ints, b: Ints, one: Ints, other: Ints, wanted: Mask) -> None:
        """Pair the n-th with the n-th of codes that stand on both sides equally often."""
        if not len(a) or not len(b):
            return
        mine, theirs = wanted[one], wanted[other]
        a, one, b, other = a[mine], one[mine], b[theirs], other[theirs]
        first = np.lexsort((self.left.key[a], self.left.day[a], one))
        second = np.lexsort((self.right.key[b], self.right.day[b], other))
        left, right = a[first], b[second]
        self._add(left, right, self.right.amount[right], EQUAL)

    def _rest(self, a: Ints, b: Ints, one: Ints, other: Ints) -> None:
        """Those of which there are more on one side: the first of one, or a tie."""
        left, right = self.left_free[a], self.right_free[b]
        a, one, b, other = a[left], one[left], b[right], other[right]
        mine, theirs = (pd.Series(code).groupby(code).indices for code in (one, other))
        for code in np.intersect1d(one, other).tolist():
            lefts, rights = a[mine[code]], b[theirs[code]]
            if len(lefts) == 1 and len(rights) > 1:
                first = rights[np.lexsort((self.right.key[rights], self.right.day[rights]))][:1]
                self._add(lefts, first, self.right.amount[first], EQUAL)
            else:
                self._only_way(lefts, rights)

    def _only_way(self, a: Ints, b: Ints) -> None:
        """Pair items where each right one follows one left one only."""
        apart = self.right.day[b][:, None] - self.left.day[a][None, :]
        fits = (apart >= -_EARLY) & (apart <= _LATE)
        sure = (fits.sum(axis=1) == 1).all() and (fits.sum(axis=0) <= 1).all()
        if not sure:
            self._tie(a, b)
            return
        left = a[fits.argmax(axis=1)]
        self._add(left, b, self.right.amount[b], EQUAL)

    def _tie(self, a: Ints, b: Ints) -> None:
        self.left_free[a] = False
        self.right_free[b] = False
        self.rivals += [(one, other) for one in a[:_RIVALS].tolist() for other in b[:_RIVALS].tolist()]

    def _together(self, *, any_unit: bool = False) -> Iterator[tuple[Ints, Ints]]:
        """Free items of each order and unit that has some on both sides."""
        a, b = self._rows(self.left, self.left_free), self._rows(self.right, self.right_free)
        orders = np.concatenate([self.left.order[a], self.right.order[b]])
        units = np.concatenate([self.left.unit[a], self.right.unit[b]])
        code = codes(orders, units * 0 if any_unit else units)
        one, other = code[: len(a)], code[len(a) :]
        size = int(code.max(initial=-1)) + 1
        common = (np.bincount(one, minlength=size) > 0) & (np.bincount(other, minlength=size) > 0)
        both = np.flatnonzero(common)
        a, one, b, other = a[common[one]], one[common[one]], b[common[other]], other[common[other]]
        first = np.lexsort((self.left.key[a], self.left.day[a], one))
        second = np.lexsort((self.right.key[b], self.right.day[b], other))
        a, one, b, other = a[first], one[first], b[second], other[second]
        bounds = [np.searchsorted(each, both, side) for each in (one, other) for side in ("left", "right")]
        for low, high, start, end in zip(*(each.tolist() for each in bounds), strict=True):
            yield a[low:high], b[start:end]

    def _group(self, a: Ints, b: Ints, rule: str) -> None:
        """Link one left item with all right ones, or one right item with all left ones."""
        if len(a) == 1:
            self._add(np.repeat(a, len(b)), b, self.right.amount[b], rule)
        else:  # each left item has its own amount of the right one
            self._add(a, np.repeat(b, len(a)), self.left.amount[a], rule)

    def _only_sums(self, a: Ints, b: Ints) -> list[tuple[Ints, Ints]]:
        """One item of a side and the only subset of the other with its amount; none of those that overlap."""
        lefts, rights = self.left.amount[a].tolist(), self.right.amount[b].tolist()
        found = [(a[[place]], b[_only_subset(rights, amount)]) for place, amount in enumerate(lefts)]
        found += [(a[_only_subset(lefts, amount)], b[[place]]) for place, amount in enumerate(rights)]
        found = [(left, right) for left, right in found if len(left) and len(right)]
        used = [{*left.tolist(), *(-1 - each for each in right.tolist())} for left, right in found]
        return [
            group
            for place, group in enumerate(found)
            if not any(used[place] & used[rest] for rest in range(len(found)) if rest != place)
        ]

    def _near(self, a: Ints, b: Ints, days: int) -> pd.DataFrame:
        """Pairs of one unit and amount a few days apart, of which one names no order."""
        units = np.concatenate([self.left.unit[a], self.right.unit[b]])
        amounts = np.concatenate([self.left.amount[a], self.right.amount[b]])
        code = codes(units, amounts)
        size = int(code.max(initial=-1)) + 1
        both = (np.bincount(code[: len(a)], minlength=size) > 0) & (
            np.bincount(code[len(a) :], minlength=size) > 0
        )
        mine, theirs = both[code[: len(a)]], both[code[len(a) :]]
        one = pd.DataFrame({"left": a[mine], "code": code[: len(a)][mine], "day": self.left.day[a[mine]]})
        other = pd.DataFrame({"right": b[theirs], "code": code[len(a) :][theirs]})
        found = []
        for apart in range(-days, days + 1):
            shifted = other.assign(day=self.right.day[b[theirs]] - apart)
            # more than a few of one day and amount are a tie anyway
            few = [frame.groupby(["code", "day"]).head(_RIVALS) for frame in (one, shifted)]
            found.append(few[0].merge(few[1], on=["code", "day"])[["left", "right"]])
        pairs = pd.concat(found, ignore_index=True)
        unnamed = (self.left.order[pairs["left"]] == 0) | (self.right.order[pairs["right"]] == 0)
        kept: pd.DataFrame = pairs[unnamed].sort_values(["left", "right"], ignore_index=True)
        return kept


def codes(*columns: Ints) -> Ints:
    """Dense codes of rows that agree in all columns."""
    if not len(columns[0]):
        return np.array([], np.int64)
    found, _ = pd.factorize(combined(*columns), sort=False)
    return found.astype(np.int64)


def _only_subset(amounts: Sequence[int], wanted: int) -> list[int]:
    """Places of the only two or more amounts with the wanted sum; empty for none and for several ways."""
    found: list[int] = []
    for size in range(2, len(amounts) + 1):
        for places in combinations(range(len(amounts)), size):
            if sum(amounts[place] for place in places) == wanted:
                if found:
                    return []
                found = list(places)
    return found
