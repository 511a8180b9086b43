"""The bridge of a month in one currency: shop time, UTC, payout date, bank date, and Odoo's books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from recon_app.engine.cutoff import Item, items, total
from recon_app.engine.normalise import Ints
from recon_app.engine.zones import last_day, months
from recon_app.models.record import NO_INT
from recon_app.reconciliations._cutoff_records import Movements, Payout, Records

#: What each figure of a bridge is called.
FIGURES = {
    "shop": "By shop time",
    "utc": "By UTC",
    "payout": "By payout date, gross",
    "paid": "By payout date, net",
    "bank": "By bank date",
    "odoo": "By Odoo's date",
}


@dataclass(frozen=True)
class Leg:
    """From one figure to the next.

    Attributes:
        start: Code of the figure it starts from; end: of the one it leads to.
        first: That figure, minor units; last: the other one.
        items: What is between them.
    """

    start: str
    end: str
    first: int
    last: int
    items: tuple[Item, ...]

    @property
    def closes(self) -> bool:
        """Whether the items sum exactly."""
        return self.first + sum(item.minor for item in self.items) == self.last


@dataclass(frozen=True)
class Bridge:
    """All legs of one month and currency.

    Attributes:
        currency: Currency of all amounts.
        month: Months since 1970-01.
        legs: The legs; those of Odoo start from shop time again.
        waiting: What was captured by the end of the month and had not arrived at the bank by then.
    """

    currency: str
    month: int
    legs: tuple[Leg, ...]
    waiting: int

    def figure(self, code: str) -> int:
        """One of the figures; NO_INT where it is not known."""
        for leg in self.legs:
            if code in (leg.start, leg.end):
                return leg.first if code == leg.start else leg.last
        return NO_INT


def bridges(found: Records) -> list[Bridge]:
    """The bridges of all currencies and of all months in which one of the systems has something."""
    moved, paid = found.movements, found.payouts
    result = []
    for currency in sorted({*moved.currency, *paid.currency}):
        mine, its = moved.currency == currency, paid.currency == currency
        days = (moved.shop, moved.utc, moved.due, moved.booked_on)
        every = [months(day[mine]) for day in days] + [months(day[its]) for day in (paid.due, paid.arrived)]
        known = np.concatenate(every)
        for month in np.unique(known[known != NO_INT]).tolist():
            legs = _legs(found, mine, its, month)
            waiting = _waiting(moved, paid, mine, last_day(month))
            result.append(Bridge(currency, month, legs, waiting))
    return result


def _legs(found: Records, mine: Any, its: Any, month: int) -> tuple[Leg, ...]:
    moved, paid = found.movements, found.payouts
    shop, utc, due, booked = (
        months(day[mine]) for day in (moved.shop, moved.utc, moved.due, moved.booked_on)
    )
    amount, on_platform, in_odoo = moved.amount[mine], moved.paid[mine], moved.booked[mine]
    # what was not paid out counts in no month
    gone = np.where(due == NO_INT, 0, on_platform)
    paid_leg = _leg("utc", "payout", (utc, amount), (due, gone), month)
    lost = (utc == month) & (due == NO_INT)
    abroad, elsewhere = moved.paid_abroad[mine], on_platform == NO_INT
    reasons = (("abroad", lost & abroad), ("elsewhere", lost & elsewhere & ~abroad))
    legs = [
        _leg("shop", "utc", (shop, amount), (utc, amount), month),
        _told_apart(paid_leg, amount, lost, reasons),
        _net(paid, its, month),
    ]
    if found.has_bank:
        arrived = months(paid.arrived[its])
        there = np.where(arrived == NO_INT, 0, paid.bank[its])
        legs.append(_leg("paid", "bank", (months(paid.due[its]), paid.target[its]), (arrived, there), month))
    if found.has_odoo:
        in_books = np.where(booked == NO_INT, 0, in_odoo)
        leg = _leg("shop", "odoo", (shop, amount), (booked, in_books), month)
        lost = (shop == month) & (booked == NO_INT)
        legs.append(_told_apart(leg, amount, lost, (("abroad", lost & moved.booked_abroad[mine]),)))
    return tuple(legs)


def _leg(start: str, end: str, before: tuple[Ints, Ints], after: tuple[Ints, Ints], month: int) -> Leg:
    return Leg(start, end, total(*before, month), total(*after, month), items(*before, *after, month))


def _told_apart(leg: Leg, amount: Ints, lost: Any, reasons: Sequence[tuple[str, Any]]) -> Leg:
    """The leg with what counts in no month afterwards told apart by its reason."""
    parts, rest = [], lost
    for code, mask in reasons:
        parts.append((code, mask))
        rest = rest & ~mask
    told = [
        Item(code, NO_INT, -int(amount[mask].sum()), int(mask.sum()))
        for code, mask in (*parts, ("gone", rest))
        if mask.any()
    ]
    return replace(leg, items=(*told, *(item for item in leg.items if item.code != "gone")))


def _net(paid: Payout, its: Any, month: int) -> Leg:
    """From what customers paid to what the payouts of the month pay."""
    inside = its & (months(paid.due) == month)
    parts = (
        ("fees", -paid.fees[inside]),
        ("other_lines", paid.others[inside]),
        ("residual", paid.residual[inside]),
    )
    found = tuple(
        Item(code, month, int(minor.sum()), int((minor != 0).sum())) for code, minor in parts if minor.any()
    )
    return Leg("payout", "paid", int(paid.gross[inside].sum()), int(paid.target[inside].sum()), found)


def _waiting(moved: Movements, paid: Payout, mine: Any, end: int) -> int:
    """Gross amount of the movements of a platform with payouts that had not reached the bank by a day."""
    arrived = np.append(paid.arrived, NO_INT)[moved.payout]
    # without a bank file the payout date is all there is
    if not (paid.arrived != NO_INT).any():
        arrived = moved.due
    open_then = mine & moved.paid_out & (moved.utc <= end) & ((arrived == NO_INT) | (arrived > end))
    return int(moved.paid[open_then].sum())
