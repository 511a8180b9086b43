"""Name what differs in each case of linked payment lines, whole columns at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine import match
from recon_app.engine.cases import Ints, missing_bits, pick
from recon_app.engine.texts import distinct, told
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, Category, Side
from recon_app.reconciliations import _settlement_scope as scope

Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]

#: Days a booking may lag behind; a record this close to the end of the other export may still come.
BOOKING_LAG = 3
_RATE_PART = 10  # rates of neighbouring days lie within a tenth of each other


@dataclass(frozen=True)
class Coverage:
    """Days that the exports cover.

    Attributes:
        span: First and last day per side, None for a side that was not loaded.
        platforms: The same per platform account with payment lines.
        refunds_in_shop: Whether the shop's records hold refunds; orders alone do not.
    """

    span: Mapping[Side, tuple[int, int] | None]
    platforms: Mapping[str, tuple[int, int]]
    refunds_in_shop: bool

    def loaded(self, side: Side) -> bool:
        """Whether anything of the side was loaded."""
        return self.span[side] is not None


def _may_still_come(coverage: Coverage, side: Side, day: Ints, cases: Cases) -> Mask:
    """Days whose counterpart can lie outside what was loaded of ``side``: the cut-off (rule SET-08)."""
    if side != Side.PLATFORM:
        return _outside(day, coverage.span[side])
    outside = np.ones(len(day), np.bool_)
    for number, name in enumerate(cases.platforms):
        mine = cases.platform == number
        outside[mine] = _outside(day[mine], coverage.platforms[name])
    return outside


def _outside(day: Ints, covered: tuple[int, int] | None) -> Mask:
    if covered is None:
        return np.ones(len(day), np.bool_)
    return (day + BOOKING_LAG > covered[1]) | (day - BOOKING_LAG < covered[0])


@dataclass
class Judged:
    """Columns that describe cases: see :class:`recon_app.reconciliations._base.Result`."""

    kind: Texts
    cause: Texts
    missing: Ints
    delta: Ints
    currency: Texts
    day: Ints

    def some(self, rows: Ints) -> Judged:
        """A part of the cases, as a copy."""
        return Judged(*(getattr(self, field.name)[rows] for field in fields(self)))

    def put(self, rows: Ints, part: Judged) -> None:
        """Write back what :meth:`some` gave."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(part, field.name)


@dataclass(frozen=True)
class Cases:
    """What is known of the cases before they are judged.

    Attributes:
        table: From :func:`recon_app.engine.cases.summarise`.
        entries: Compared entries per side.
        case: Case number of each entry.
        outcome: What the matching said of the case's links, as a place in :data:`match.OUTCOMES`;
            :data:`match.UNLINKED` for a case of one side.
        platform: Place in ``platforms`` of the account whose lines are expected, -1 where none are: cash on
            delivery, transfers, platforms that were not loaded.
        platforms: Accounts of platforms.
    """

    table: pd.DataFrame
    entries: Mapping[Side, pd.DataFrame]
    case: Mapping[Side, Ints]
    outcome: Ints
    platform: Ints
    platforms: Sequence[str]

    def __len__(self) -> int:
        return len(self.table)

    def has(self, side: Side) -> Mask:
        """Cases with entries of a side."""
        present: Mask = self.count(side) > 0
        return present

    def count(self, side: Side) -> Ints:
        """Number of entries of a side."""
        return self.table[f"n_{side}"].to_numpy(np.int64)

    def sums(self, side: Side) -> Ints:
        """Sums of a side, NO_INT where several currencies meet."""
        return self.table[f"sum_{side}"].to_numpy(np.int64)

    def first(self, side: Side, field: str) -> NDArray[Any]:
        """Values of the first entry of a side."""
        return pick(self.entries[side], field, self.table[f"first_{side}"].to_numpy(np.int64))

    def is_of(self, side: Side, *categories: Category) -> Mask:
        """Whether the first entry of a side is of one of some categories."""
        if not len(self.entries[side]):
            return np.zeros(len(self), np.bool_)
        first = self.table[f"first_{side}"].to_numpy(np.int64)
        among = told(self.entries[side]["category"], lambda category: category in categories)
        found: Mask = among[first] & (first >= 0)
        return found

    def some(self, rows: Ints) -> Cases:
        """A part of the cases; entries of others have the case -1."""
        place = np.full(len(self), -1, np.int64)
        place[rows] = np.arange(len(rows))
        return Cases(
            self.table.iloc[rows],
            self.entries,
            {side: place[case] for side, case in self.case.items()},
            self.outcome[rows],
            self.platform[rows],
            self.platforms,
        )


def judge(cases: Cases, coverage: Coverage) -> Judged:
    """Name kind, cause, missing sides and delta of every case."""
    day, currency = _heads(cases)
    judged = Judged(
        kind=np.array([str(Kind.MATCHED)], object).repeat(len(cases)),  # one text for all
        cause=np.full(len(cases), "", object),
        missing=np.zeros(len(cases), np.int64),
        delta=np.full(len(cases), NO_INT, np.int64),
        currency=currency,
        day=day,
    )
    _judge_linked(judged, cases)
    _judge_missing(judged, cases, coverage)
    rows = np.flatnonzero(~cases.has(Side.PLATFORM))
    rows = rows[(cases.platform[rows] < 0) & (judged.kind[rows] == str(Kind.MATCHED))]
    judged.cause[rows] = "manual_payment"
    return judged


def _heads(cases: Cases) -> tuple[Ints, Texts]:
    """Day and currency of a case: of its first platform, else Odoo, else shop entry."""
    day = np.full(len(cases), NO_INT, np.int64)
    currency = np.full(len(cases), "", object)
    for side in (Side.SHOP, Side.ODOO, Side.PLATFORM):
        first = cases.table[f"first_{side}"].to_numpy(np.int64)
        here = np.flatnonzero(first >= 0)
        day[here] = pick(cases.entries[side], "day", first[here])
        currency[here] = pick(cases.entries[side], "currency", first[here])
    return day, currency


def _judge_linked(judged: Judged, cases: Cases) -> None:
    """Cases whose sides are linked: what the link itself says, and the difference of the sums."""
    outcome = cases.outcome
    for number in (match.AMOUNT, match.FIELD, match.DUPLICATE, match.AMBIGUOUS):
        judged.kind[outcome == number] = str(match.OUTCOMES[number])
    _name_duplicates(judged, cases)
    judged.cause[outcome == match.FIELD] = "wrong_currency"
    judged.cause[outcome == match.AMBIGUOUS] = "same_amount_no_reference"
    counted = np.flatnonzero((outcome == match.AMOUNT) | (outcome == match.DUPLICATE))
    few, some = cases.some(counted), judged.some(counted)
    some.delta = _deltas(few)
    _name_amounts(some, few)
    _judge_abroad(some, few)
    judged.put(counted, some)


def _name_duplicates(judged: Judged, cases: Cases) -> None:
    """Which side has more entries, where that is Odoo or the platform."""
    double = cases.outcome == match.DUPLICATE
    odoo, platform = cases.count(Side.ODOO), cases.count(Side.PLATFORM)
    both = double & (odoo > 0) & (platform > 0)
    judged.cause[double] = "more_often"
    judged.cause[both & (platform > odoo)] = "charged_twice"
    judged.cause[both & (odoo > platform)] = "booked_twice"


def _deltas(cases: Cases) -> Ints:
    """Odoo minus platform; where Odoo is not there or agrees, platform minus shop, else Odoo minus shop.

    Two currencies have no difference.
    """
    delta = np.full(len(cases), NO_INT, np.int64)
    agrees = np.zeros(len(cases), np.bool_)
    for left, right in (
        (Side.SHOP, Side.ODOO),
        (Side.SHOP, Side.PLATFORM),
        (Side.PLATFORM, Side.ODOO),
    ):
        less, more = cases.sums(left), cases.sums(right)
        known = cases.has(left) & cases.has(right) & (less != NO_INT) & (more != NO_INT)
        known &= cases.first(left, "currency") == cases.first(right, "currency")
        agrees = known & (more == less)
        counts = known & (~agrees | (delta == NO_INT))
        delta[counts] = (more - less)[counts]
    return delta


def _judge_abroad(judged: Judged, cases: Cases) -> None:
    """Odoo booked in another currency than the platform settled (rules FX-01 and FX-02).

    The same number in another currency is a wrong currency; any other difference is one to the amount that
    the customer was presented, in that currency.
    """
    platform, odoo = cases.sums(Side.PLATFORM), cases.sums(Side.ODOO)
    code = cases.first(Side.ODOO, "currency")
    abroad = cases.has(Side.PLATFORM) & cases.has(Side.ODOO)
    abroad &= code != cases.first(Side.PLATFORM, "currency")
    presented = _presented(cases)
    known = abroad & (odoo != NO_INT) & (presented != NO_INT)
    known &= code == cases.first(Side.PLATFORM, "foreign_currency")
    judged.delta[abroad] = NO_INT
    judged.delta[known] = (odoo - presented)[known]
    judged.currency = np.where(known, code, judged.currency)
    same = abroad & (cases.outcome == match.AMOUNT) & (odoo == platform) & (odoo != NO_INT)
    judged.kind[same], judged.cause[same] = str(Kind.FIELD), "wrong_currency"
    judged.delta[same] = NO_INT
    judged.currency = np.where(same, cases.first(Side.PLATFORM, "currency"), judged.currency)


def _presented(cases: Cases) -> Ints:
    """What the customers were presented; the file has it positive on refunds too."""
    lines = cases.entries[Side.PLATFORM]
    foreign = lines["foreign_amount"].to_numpy(np.int64)
    signed = np.where(foreign == NO_INT, NO_INT, np.sign(lines["amount"]) * np.abs(foreign))
    return _added(signed.astype(np.int64), lines["foreign_currency"], cases)


def _added(values: Ints, currency: pd.Series, cases: Cases) -> Ints:
    """Values of platform lines added up per case; NO_INT where one is unknown or currencies meet."""
    case = cases.case[Side.PLATFORM]
    mine = np.flatnonzero(case >= 0)
    case, values = case[mine], values[mine]
    first = cases.table[f"first_{Side.PLATFORM}"].to_numpy(np.int64)
    total = np.zeros(len(cases), np.int64)
    np.add.at(total, case, np.where(values == NO_INT, 0, values))
    code, _ = distinct(currency)
    total[case[(values == NO_INT) | (code[mine] != code[first[case]])]] = NO_INT
    return total


def _name_amounts(judged: Judged, cases: Cases) -> None:
    """Causes that the two amounts themselves show; the last one named here is the strongest."""
    platform, odoo = cases.sums(Side.PLATFORM), cases.sums(Side.ODOO)
    amount = (cases.outcome == match.AMOUNT) & cases.has(Side.PLATFORM) & cases.has(Side.ODOO)
    amount &= (platform != NO_INT) & (odoo != NO_INT) & (platform != odoo)
    if not amount.any():
        return
    currency = cases.first(Side.PLATFORM, "currency")
    home = amount & (cases.first(Side.ODOO, "currency") == currency)
    rows = np.flatnonzero(amount)
    right = np.where(home, platform, _presented(cases))  # what Odoo should have booked
    swapped = np.zeros(len(cases), np.bool_)
    swapped[rows] = [
        a != b and sorted(str(abs(a))) == sorted(str(abs(b)))
        for a, b in zip(right[rows].tolist(), odoo[rows].tolist(), strict=True)
    ]
    judged.cause[swapped] = "digit_swap"
    foreign = cases.first(Side.PLATFORM, "foreign_currency")
    small = np.abs(odoo - platform) * _RATE_PART <= np.abs(platform)
    judged.cause[home & small & (foreign != "") & (foreign != currency)] = "fx_difference"
    lines = cases.entries[Side.PLATFORM]
    fee = _added(lines["fee"].to_numpy(np.int64), lines["currency"], cases)
    judged.cause[home & (fee != NO_INT) & (fee != 0) & (odoo - platform == -fee)] = "net_booked"


def _judge_missing(judged: Judged, cases: Cases, coverage: Coverage) -> None:
    """Sides that have no record: missing, or timing when the export may end too early."""
    unknown_to_shop = cases.is_of(Side.PLATFORM, *scope.NOT_OF_SHOP)
    back = (cases.sums(Side.PLATFORM) < 0) | (cases.sums(Side.ODOO) < 0)
    expected = {
        Side.SHOP: ~unknown_to_shop & coverage.loaded(Side.SHOP) & (~back | coverage.refunds_in_shop),
        Side.PLATFORM: cases.platform >= 0,
        Side.ODOO: coverage.loaded(Side.ODOO) & ~_credit_elsewhere(cases),
    }
    complete = judged.kind == str(Kind.MATCHED)
    absent, late = np.zeros(len(cases), np.bool_), {}
    for side in (Side.SHOP, Side.PLATFORM, Side.ODOO):
        lacks = complete & expected[side] & ~cases.has(side)
        judged.missing[lacks] |= missing_bits(side)
        late[side] = lacks & ~_may_still_come(coverage, side, judged.day, cases)
        absent |= lacks
    missing = late[Side.SHOP] | late[Side.PLATFORM] | late[Side.ODOO]
    judged.kind[absent] = np.where(missing[absent], str(Kind.MISSING), str(Kind.TIMING))
    judged.cause[absent] = "cut_off"
    judged.cause[late[Side.SHOP]] = "no_shop_record"
    judged.cause[late[Side.ODOO]] = "not_booked"
    judged.cause[late[Side.ODOO] & cases.is_of(Side.PLATFORM, Category.REFUND)] = "refund_not_booked"
    judged.cause[late[Side.ODOO] & cases.is_of(Side.PLATFORM, Category.CHARGEBACK)] = "chargeback_not_booked"
    judged.cause[late[Side.PLATFORM]] = "no_platform_line"
    _count_missing(judged, cases, absent)


def _credit_elsewhere(cases: Cases) -> Mask:
    """What was paid with credit of the shop alone, where Odoo books none of it as payments.

    Gift cards are lines of the invoice or items of the liability then (rule SET-13).
    """
    credit = cases.has(Side.SHOP) & told(pd.Series(cases.first(Side.SHOP, "account")), scope.is_credit)
    booked = bool((credit & cases.has(Side.ODOO)).any())
    return credit & ~cases.has(Side.PLATFORM) & (not booked)


def _count_missing(judged: Judged, cases: Cases, absent: Mask) -> None:
    """What is missing counts in full: the delta of a case of one side, or of one of Odoo and platform."""
    sums = {side: cases.sums(side) for side in (Side.SHOP, Side.PLATFORM, Side.ODOO)}
    has = {side: cases.has(side) for side in sums}
    neither = ~has[Side.ODOO] & ~has[Side.PLATFORM]
    for chosen, side, sign in (
        (has[Side.ODOO] & ~has[Side.PLATFORM], Side.ODOO, 1),
        (has[Side.PLATFORM] & ~has[Side.ODOO], Side.PLATFORM, -1),
        (has[Side.SHOP] & neither, Side.SHOP, -1),
    ):
        known = absent & chosen & (sums[side] != NO_INT)
        judged.delta[known] = sign * sums[side][known]
