"""The running balance of a PayPal list: whether it follows from the lines, and what a withdrawal took out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recon_app.models.record import NO_INT
from recon_app.sources._base import Ints, Mask


@dataclass
class Book:
    """The lines of one currency that move money, in the order of the file.

    Attributes:
        row: Their places in the file.
        paid: Which of them are withdrawals.
    """

    row: Ints
    day: Ints
    net: Ints
    balance: Ints
    paid: Mask

    @property
    def has_balance(self) -> bool:
        """Whether every line says the balance."""
        return bool((self.balance != NO_INT).all())

    def breaks(self, *, newest_first: bool) -> Mask:
        """Steps from one line to the next at which the balance does not move by net."""
        if not self.has_balance:
            return np.zeros(max(len(self.net) - 1, 0), np.bool_)
        net, balance = (self.net[::-1], self.balance[::-1]) if newest_first else (self.net, self.balance)
        broken: Mask = balance[1:] != balance[:-1] + net[1:]
        return broken

    def withdrawals(
        self, idents: Sequence[str], owner: list[str], due: list[int], *, newest_first: bool
    ) -> None:
        """Name the withdrawal of each line.

        PayPal does not say what a withdrawal consists of. Only where the account was empty before the first
        and after the last line, and one withdrawal lies between, is it certain: it is all of these. Where
        that holds for some withdrawals and not for one between them, nothing is said of any.
        """
        paid = np.flatnonzero(self.paid)
        spans = self._spans(newest_first=newest_first)
        certain = np.isin(paid, list(spans))
        gaps = np.flatnonzero(certain)
        if len(gaps) and not certain[gaps[0] : gaps[-1] + 1].all():
            spans = {}
        for place in paid.tolist():
            for member in spans.get(place, [place]):
                row = int(self.row[member])
                owner[row], due[row] = idents[int(self.row[place])], int(self.day[place])

    def _spans(self, *, newest_first: bool) -> dict[int, list[int]]:
        """By withdrawal, the lines between two moments at which the account was empty."""
        if not self.has_balance or self.breaks(newest_first=newest_first).any():
            return {}
        found: dict[int, list[int]] = {}
        span: list[int] = []
        for place in range(len(self.net))[:: -1 if newest_first else 1]:
            if not span and self.balance[place] != self.net[place]:
                continue  # the account was not empty before
            span.append(place)
            if self.balance[place] == 0:
                taken_out = [member for member in span if self.paid[member]]
                if len(taken_out) == 1:
                    found[taken_out[0]] = span
                span = []
        return found
