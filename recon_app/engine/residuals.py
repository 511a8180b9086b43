"""What may explain the residual of a payout: lines and other payouts whose sums are exactly it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.normalise import combined
from recon_app.engine.texts import distinct
from recon_app.models.case import Evidence
from recon_app.models.money import format_minor
from recon_app.models.record import NO_INT

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_SEARCH_LINES = 20  # more candidates give equal sums by chance, and then nothing is proven
_SEARCH_SIZE = 3
_SEARCH_DAYS = 14
_MOST_CAUSES = 10  # a longer list of candidates tells a person nothing


@dataclass(frozen=True)
class Residuals:
    """The residuals of payouts.

    Attributes:
        frame: The payouts, see :class:`recon_app.engine.payouts.Payouts`.
        of_line: Payout of each line, -1 for none.
        lines: The lines.
        minor: Residual of each payout, 0 for none.
    """

    frame: pd.DataFrame
    of_line: Ints
    lines: pd.DataFrame
    minor: Ints

    def causes(self, row: int) -> tuple[Evidence, ...]:
        """Sum-exact explanations of the residual of one payout, the strongest first.

        An explanation from the other end (the other payout lacks exactly this sum, or was negative by it)
        outweighs one that only finds an equal amount.
        """
        residual = int(self.minor[row])
        near = self._near(row)
        strong = self._carried(row, residual, near)
        weak: list[Evidence] = []
        same = self._lines_of(residual)
        same = same[(self.of_line[same] >= 0) & (self.of_line[same] != row)]
        same = same[(near & ~self._closed)[self.of_line[same]]]  # one that closes was paid all its lines
        for index in same[:_MOST_CAUSES].tolist():
            other = int(self.of_line[index])
            text = f"{self._line(index)} is listed under payout {self.frame['key'][other]}"
            found = strong if self.minor[other] == -residual else weak
            found.append(Evidence("line_in_other_payout", text))
        mine = self._lines_of(-residual)
        mine = mine[self.of_line[mine] == row][:_MOST_CAUSES]
        strong += self._moved_away(row, mine, near)
        if strong:
            return tuple(strong)
        weak += [
            Evidence("line_not_paid", f"{self._line(index)} is listed but was not paid")
            for index in mine.tolist()
        ]
        return tuple(weak) or tuple(self._subset(row, residual))

    @cached_property
    def _due(self) -> Ints:
        return self.frame["due"].to_numpy(np.int64)

    @cached_property
    def _same(self) -> Ints:
        """One number for account and currency of each payout."""
        return combined(*(distinct(self.frame[name])[0] for name in ("account", "currency")))

    @cached_property
    def _target(self) -> Ints:
        total, net = (self.frame[name].to_numpy(np.int64) for name in ("total", "net"))
        return np.where(total == NO_INT, net, total)

    @cached_property
    def _closed(self) -> Mask:
        closed: Mask = (self.minor == 0) & (self.frame["total"] != NO_INT).to_numpy(bool)
        return closed

    @cached_property
    def _net(self) -> Ints:
        return self.lines["net"].to_numpy(np.int64)

    @cached_property
    def _by_net(self) -> tuple[Ints, Ints]:
        """The lines in the order of their nets, and these."""
        order = np.argsort(self._net)
        return order, self._net[order]

    @cached_property
    def _free(self) -> dict[tuple[str, str], Ints]:
        """Lines without a payout in the order of their days, by account and currency."""
        rows = np.flatnonzero(self.of_line == -1)
        rows = rows[self._in_time(rows)]
        (account, accounts), (currency, currencies) = (
            distinct(self.lines[name].iloc[rows]) for name in ("account", "currency")
        )
        return {
            (accounts[one], currencies[other]): rows[(account == one) & (currency == other)]
            for one in np.unique(account).tolist()
            for other in np.unique(currency[account == one]).tolist()
        }

    def _in_time(self, rows: Ints) -> Ints:
        """Rows by day and key, whatever order the files were loaded in, as places in ``rows``."""
        day, key = (self.lines[name].to_numpy(np.int64)[rows] for name in ("day", "key"))
        return np.lexsort((key, day))

    def _near(self, row: int) -> Mask:
        """Payouts of the same account and currency around the day of one."""
        near: Mask = (self._same == self._same[row]) & (np.abs(self._due - self._due[row]) <= _SEARCH_DAYS)
        return near

    def _lines_of(self, net: int) -> Ints:
        """Lines of a net amount."""
        order, nets = self._by_net
        low, high = np.searchsorted(nets, net, "left"), np.searchsorted(nets, net, "right")
        found = order[low:high]
        return found[self._in_time(found)]

    def _carried(self, row: int, residual: int, near: Mask) -> list[Evidence]:
        """Earlier negative payouts of exactly this sum, carried over to this one (rule SET-03).

        A payout is carried over once: to the first one that lacks its sum, and to none where two come first.
        """
        if residual >= 0:
            return []
        due = self._due
        found = []
        for other in np.flatnonzero(near & (due <= due[row]) & (self._target == residual)).tolist():
            takers = np.flatnonzero(near & (due >= due[other]) & (self.minor == residual)).tolist()
            takers = [taker for taker in takers if taker != other]
            first = [taker for taker in takers if due[taker] == min(due[taken] for taken in takers)]
            if other != row and first == [row]:
                text = f"payout {self.frame['key'][other]} was negative by this sum and carried over"
                found.append(Evidence("carried_over", text))
        return found

    def _moved_away(self, row: int, mine: Ints, near: Mask) -> list[Evidence]:
        """Lines of this payout that another payout, short by exactly this sum, was paid for."""
        others = np.flatnonzero(near & (self.minor == -self.minor[row]))
        return [
            Evidence(
                "line_in_other_payout",
                f"{self._line(index)} was paid with payout {self.frame['key'][other]}",
            )
            for other in others.tolist()
            if other != row
            for index in mine.tolist()
        ]

    def _subset(self, row: int, residual: int) -> list[Evidence]:
        """Lines without a payout whose sum is the residual, if exactly one small set of them is."""
        none = np.zeros(0, np.int64)
        free = self._free.get((self.frame["account"][row], self.frame["currency"][row]), none)
        due = int(self._due[row])
        day = self.lines["day"].to_numpy(np.int64)[free]
        low = np.searchsorted(day, max(due - _SEARCH_DAYS, NO_INT), "left")
        free = free[low : np.searchsorted(day, due + _SEARCH_DAYS, "right")]
        if not 0 < len(free) <= _SEARCH_LINES:
            return []
        sets = [
            chosen
            for size in range(1, _SEARCH_SIZE + 1)
            for chosen in combinations(free.tolist(), size)
            if sum(int(self._net[index]) for index in chosen) == residual
        ]
        if len(sets) != 1:
            return []
        names = " and ".join(self._line(index) for index in sets[0])
        return [Evidence("line_without_payout", f"{names}: the file names no payout")]

    def _line(self, index: int) -> str:
        values = self.lines.iloc[index]
        amount = format_minor(int(values["net"]), str(values["currency"]))
        name = f"{values['category']} {values['ref']}".strip()
        return f"{name} of {amount} {values['currency']}"
