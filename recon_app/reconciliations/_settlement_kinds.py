"""Name what differs in each case of linked payment lines, whole columns at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.cases import Ints, missing_bits, pick
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, Category, Side

Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]

#: Days a booking may lag behind; a record this close to the end of the other export may still come.
BOOKING_LAG = 3


@dataclass(frozen=True)
class Coverage:
    """Days each side's exports cover, None for a side that was not loaded."""

    span: dict[Side, tuple[int, int] | None]

    def loaded(self, side: Side) -> bool:
        """Whether anything of the side was loaded."""
        return self.span[side] is not None

    def may_still_come(self, side: Side, day: Ints) -> Mask:
        """Days whose counterpart can lie outside what was loaded of ``side``: the cut-off (rule SET-08)."""
        span = self.span[side]
        if span is None:
            return np.ones(len(day), np.bool_)
        return (day + BOOKING_LAG > span[1]) | (day - BOOKING_LAG < span[0])


@dataclass
class Judged:
    """Columns that describe cases: see :class:`recon_app.reconciliations._base.Result`."""

    kind: Texts
    cause: Texts
    missing: Ints
    delta: Ints
    currency: Texts
    day: Ints


def judge(
    table: pd.DataFrame,
    entries: dict[Side, pd.DataFrame],
    outcome: Texts,
    manual: Mask,
    coverage: Coverage,
) -> Judged:
    """Name kind, cause, missing sides and delta of every case.

    Args:
        table: From :func:`recon_app.engine.cases.summarise`.
        entries: Primary entries per side.
        outcome: What the matching said of the case's links: matched, amount, field, duplicate, ambiguous,
            timing, or "" for a case of one side.
        manual: Cases of gateways that have no platform file: the platform is not expected.
        coverage: What was loaded.
    """
    shop, platform, odoo = (
        table[f"n_{side}"].to_numpy() > 0 for side in (Side.SHOP, Side.PLATFORM, Side.ODOO)
    )
    day, currency = _heads(table, entries)
    judged = Judged(
        kind=np.full(len(table), str(Kind.MATCHED), object),
        cause=np.full(len(table), "", object),
        missing=np.zeros(len(table), np.int64),
        delta=np.full(len(table), NO_INT, np.int64),
        currency=currency,
        day=day,
    )
    _judge_present(judged, table, entries, outcome)
    expected = {
        Side.SHOP: coverage.loaded(Side.SHOP) & _in_shop(table, entries),
        Side.PLATFORM: ~manual,
        Side.ODOO: np.full(len(table), coverage.loaded(Side.ODOO)),
    }
    present = {Side.SHOP: shop, Side.PLATFORM: platform, Side.ODOO: odoo}
    _judge_missing(judged, table, entries, coverage, expected, present)
    judged.cause[(judged.kind == str(Kind.MATCHED)) & manual] = "manual_payment"
    return judged


def _heads(table: pd.DataFrame, entries: dict[Side, pd.DataFrame]) -> tuple[Ints, Texts]:
    """Day and currency of a case: of its first platform, else Odoo, else shop entry."""
    day = np.full(len(table), NO_INT, np.int64)
    currency = np.full(len(table), "", object)
    for side in (Side.SHOP, Side.ODOO, Side.PLATFORM):
        first = table[f"first_{side}"].to_numpy(np.int64)
        here = first >= 0
        day = np.where(here, pick(entries[side], "day", first), day).astype(np.int64)
        currency = np.where(here, pick(entries[side], "currency", first), currency)
    return day, currency


def _in_shop(table: pd.DataFrame, entries: dict[Side, pd.DataFrame]) -> Mask:
    """Disputes happen between platform and card holder: the shop's history does not list them."""
    first = table[f"first_{Side.PLATFORM}"].to_numpy(np.int64)
    category = pick(entries[Side.PLATFORM], "category", first)
    return ~np.isin(category.astype(str), [str(Category.CHARGEBACK), str(Category.CHARGEBACK_REVERSAL)])


def _judge_present(
    judged: Judged, table: pd.DataFrame, entries: dict[Side, pd.DataFrame], outcome: Texts
) -> None:
    """Cases whose sides are linked: what the link itself says, and the difference of the sums."""
    platform, odoo, shop = (
        table[f"sum_{side}"].to_numpy(np.int64) for side in (Side.PLATFORM, Side.ODOO, Side.SHOP)
    )
    has = {side: table[f"n_{side}"].to_numpy() > 0 for side in (Side.SHOP, Side.PLATFORM, Side.ODOO)}
    both = has[Side.PLATFORM] & has[Side.ODOO]
    left = np.where(has[Side.PLATFORM], platform, shop)
    right = np.where(has[Side.ODOO], odoo, platform)
    # Odoo agrees with the platform and the shop does not: the difference is the platform's to the shop
    shop_differs = both & has[Side.SHOP] & (odoo == platform) & (shop != platform)
    left = np.where(shop_differs, shop, left)
    for name in (Kind.AMOUNT, Kind.FIELD, Kind.DUPLICATE, Kind.AMBIGUOUS):
        chosen = outcome == str(name)
        judged.kind[chosen] = str(name)
    counted = np.isin(outcome.astype(str), [str(Kind.AMOUNT), str(Kind.DUPLICATE)])
    judged.delta = np.where(counted, right - left, judged.delta)
    booked_twice = (outcome == str(Kind.DUPLICATE)) & (
        table[f"n_{Side.ODOO}"].to_numpy() > table[f"n_{Side.PLATFORM}"].to_numpy()
    )
    judged.cause[outcome == str(Kind.DUPLICATE)] = "charged_twice"
    judged.cause[booked_twice] = "booked_twice"
    judged.cause[outcome == str(Kind.FIELD)] = "wrong_currency"
    judged.cause[outcome == str(Kind.AMBIGUOUS)] = "same_amount_no_reference"
    amount = (outcome == str(Kind.AMOUNT)) & both
    _name_amounts(judged, table, entries, amount, platform, odoo)
    _judge_abroad(judged, table, entries, amount, platform, odoo)


def _judge_abroad(
    judged: Judged,
    table: pd.DataFrame,
    entries: dict[Side, pd.DataFrame],
    amount: Mask,
    platform: Ints,
    odoo: Ints,
) -> None:
    """Odoo booked in another currency than the platform settled (rules FX-01 and FX-02).

    The same number in another currency is a wrong currency; any other difference is one to the amount that
    the customer was presented, in that currency.
    """
    lines, booked = entries[Side.PLATFORM], entries[Side.ODOO]
    first = table[f"first_{Side.PLATFORM}"].to_numpy(np.int64)
    code = pick(booked, "currency", table[f"first_{Side.ODOO}"].to_numpy(np.int64))
    abroad = amount & (code != pick(lines, "currency", first))
    presented = np.sign(platform) * np.abs(pick(lines, "foreign_amount", first).astype(np.int64))
    same = abroad & (odoo == platform)
    judged.delta = np.where(abroad, odoo - presented, judged.delta)
    judged.currency = np.where(abroad & ~same, code, judged.currency)
    judged.kind[same], judged.cause[same] = str(Kind.FIELD), "wrong_currency"
    judged.delta[same] = NO_INT


def _name_amounts(
    judged: Judged,
    table: pd.DataFrame,
    entries: dict[Side, pd.DataFrame],
    amount: Mask,
    platform: Ints,
    odoo: Ints,
) -> None:
    """Causes that the two amounts themselves show; the last one named here is the strongest."""
    if not amount.any():
        return
    lines = entries[Side.PLATFORM]
    first = table[f"first_{Side.PLATFORM}"].to_numpy(np.int64)
    fee = pick(lines, "fee", first).astype(np.int64)
    foreign = pick(lines, "foreign_currency", first)
    currency = pick(lines, "currency", first)
    rows = np.flatnonzero(amount)
    swapped = np.zeros(len(table), np.bool_)
    swapped[rows] = [
        sorted(str(abs(a))) == sorted(str(abs(b)))
        for a, b in zip(platform[rows].tolist(), odoo[rows].tolist(), strict=True)
    ]
    judged.cause[amount & swapped] = "digit_swap"
    judged.cause[amount & (foreign != "") & (foreign != currency)] = "fx_difference"
    judged.cause[amount & (fee != NO_INT) & (fee != 0) & (odoo - platform == -fee)] = "net_booked"


def _judge_missing(
    judged: Judged,
    table: pd.DataFrame,
    entries: dict[Side, pd.DataFrame],
    coverage: Coverage,
    expected: dict[Side, Mask],
    present: dict[Side, Mask],
) -> None:
    """Sides that have no record: missing, or timing when the export may end too early."""
    settled = (judged.kind == str(Kind.MATCHED)) | (judged.kind == str(Kind.FIELD))
    late = np.zeros(len(table), np.bool_)
    for side in (Side.SHOP, Side.PLATFORM, Side.ODOO):
        absent = expected[side] & ~present[side] & settled
        judged.missing[absent] |= missing_bits(side)
        late |= absent & ~coverage.may_still_come(side, judged.day)
    absent = judged.missing > 0
    judged.kind[absent] = np.where(late[absent], str(Kind.MISSING), str(Kind.TIMING))
    judged.cause[absent] = "cut_off"
    missing = absent & late
    no_odoo = missing & ~present[Side.ODOO] & expected[Side.ODOO]
    no_platform = missing & ~present[Side.PLATFORM] & expected[Side.PLATFORM]
    judged.cause[missing] = "no_shop_record"
    judged.cause[no_odoo] = "not_booked"
    first = table[f"first_{Side.PLATFORM}"].to_numpy(np.int64)
    category = pick(entries[Side.PLATFORM], "category", first).astype(str)
    judged.cause[no_odoo & (category == str(Category.REFUND))] = "refund_not_booked"
    judged.cause[no_odoo & (category == str(Category.CHARGEBACK))] = "chargeback_not_booked"
    judged.cause[no_platform] = "no_platform_line"
    odoo, platform, shop = (
        table[f"sum_{side}"].to_numpy(np.int64) for side in (Side.ODOO, Side.PLATFORM, Side.SHOP)
    )
    one_sided = absent & (present[Side.ODOO] ^ present[Side.PLATFORM])
    judged.delta[one_sided] = (odoo - platform)[one_sided]
    only_shop = absent & present[Side.SHOP] & ~present[Side.ODOO] & ~present[Side.PLATFORM]
    judged.delta[only_shop] = -shop[only_shop]
