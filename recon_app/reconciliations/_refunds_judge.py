"""Which legs of a refund are there, which should be, and what the refund is called for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recon_app.engine.cases import missing_bits
from recon_app.engine.normalise import Ints
from recon_app.models.case import Kind
from recon_app.models.record import MONEY_SIDES, NO_INT, Side
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _refunds_reach as reach
from recon_app.reconciliations._goods_cases import Texts
from recon_app.reconciliations._refunds_cases import GOODS, NOTE, PAYMENT, PLATFORM, SHOP, Cases
from recon_app.reconciliations._refunds_link import OTHER_CURRENCY, TWICE, Mask
from recon_app.reconciliations._refunds_money import Money, money
from recon_app.reconciliations._refunds_platform import CHARGEBACK
from recon_app.reconciliations._refunds_records import DONE, DUE, FAILED, PENDING, UNTOLD, VOID
from recon_app.reconciliations._refunds_scope import World
from recon_app.reconciliations._refunds_tax import ROUNDING, UNTAXED

#: Days a leg usually takes; what takes longer needs a person.
USUAL_PAID, USUAL_BOOKED, USUAL_BACK = 5, 2, 7
#: Restock types by which the goods are to come back (REF-03, REF-04).
COMES_BACK = ("return", "legacy_restock", "restocked", "processing_required", "missing")
_SIDES = (Side.SHOP, Side.PLATFORM, Side.ODOO, Side.GOODS)


@dataclass
class Leg:
    """One leg of every case.

    Attributes:
        done: It is there, and final.
        waits: A record of it is there and not final: a draft, a receipt that is ready, a pending refund.
        wanted: It should be there.
        known: Files cover the day, so that its absence means something.
        later: It may still come: its files end before the usual time is over.
        day: When it was done, NO_INT for not.
        why: Why it is not known, in short words; "" where it is.
        past: It is not known, and no later file will tell.
    """

    done: Mask
    waits: Mask
    wanted: Mask
    known: Mask
    later: Mask
    day: Ints
    why: Texts
    past: Mask

    @property
    def lacks(self) -> Mask:
        """It should be there, files would show it, and it is not done."""
        found: Mask = self.wanted & ~self.done & self.known
        return found

    @property
    def late(self) -> Mask:
        """It lacks for longer than usual."""
        found: Mask = self.lacks & ~self.later
        return found


@dataclass
class Standing:
    """How far every case is.

    Attributes:
        legs: The four legs.
        money: What the legs come to.
        first: Day of the first leg, NO_INT for none.
        age: Days since then.
        kind: Kind of the case.
        cause: Its cause.
        open: Cases that need a person, or time.
        failed: The platform's payment came back.
        chargeback: A chargeback, not a refund.
        won: A chargeback that came back.
        status: Status of the shop's refund, "" for cases without one.
        partly: Some of the goods came back.
        remarks: What the files do not reach, as sentences.
    """

    legs: dict[Side, Leg]
    money: Money
    first: Ints
    age: Ints
    kind: Texts
    cause: Texts
    open: Mask
    failed: Mask
    chargeback: Mask
    won: Mask
    status: Texts
    partly: Mask
    remarks: list[str]

    def states(self) -> list[str]:
        """The legs that are done, as in ``shop+platform+odoo+goods``."""
        done = zip(*(self.legs[side].done.tolist() for side in _SIDES), strict=True)
        names = [str(side) for side in _SIDES]
        known: dict[tuple[bool, ...], str] = {}
        found = []
        for bits in done:
            if bits not in known:
                known[bits] = "+".join(name for name, bit in zip(names, bits, strict=True) if bit) or "none"
            found.append(known[bits])
        return found


def standing(seen: World, cases: Cases) -> Standing:
    """Look at every case."""
    size, shop = len(cases), seen.shop.table
    status = np.full(size, "", object)
    status[: len(shop)] = shop["status"].to_numpy(object)
    paid = seen.paid.table.iloc[cases.links[PLATFORM]["row"]].reset_index(drop=True)
    case = cases.links[PLATFORM]["case"].to_numpy(np.int64)
    held = (paid["net"] != 0).to_numpy(bool)
    chargeback = _any(case, (paid["kind"] == CHARGEBACK).to_numpy(bool), size)
    back = _any(case, ~held, size) & ~_any(case, held, size)
    amounts = money(seen, cases)
    legs = {
        Side.SHOP: _shop(seen, cases, status, chargeback),
        Side.PLATFORM: _platform(seen, cases, status, case, paid, held),
        Side.ODOO: _odoo(seen, cases, status, chargeback & back),
    }
    legs[Side.GOODS], partly = _goods(seen, cases, status)
    first = _first(
        [legs[side].day for side in (Side.SHOP, Side.PLATFORM)], cases.table["day"].to_numpy(np.int64)
    )
    first = _first(
        [first], _first([legs[side].day for side in (Side.ODOO, Side.GOODS)], np.full(size, NO_INT))
    )
    age = np.where((first != NO_INT) & (seen.today != NO_INT), np.maximum(seen.today - first, 0), NO_INT)
    said = _reached(legs, seen, cases, first)
    for side, usual in ((Side.PLATFORM, USUAL_PAID), (Side.ODOO, USUAL_BOOKED), (Side.GOODS, USUAL_BACK)):
        legs[side].later |= (age != NO_INT) & (age <= usual)
    made = Standing(
        legs,
        amounts,
        first,
        age,
        kind=np.full(size, "", object),
        cause=np.full(size, "", object),
        open=_blank(size),
        failed=back & ~chargeback,
        chargeback=chargeback,
        won=chargeback & back,
        status=status,
        partly=partly,
        remarks=said,
    )
    made.kind, made.cause = _judged(seen, cases, made)
    made.open = made.kind != str(Kind.MATCHED)
    return made


def _any(case: Ints, mask: Mask, size: int) -> Mask:
    found = np.zeros(size, np.bool_)
    found[case[mask]] = True
    return found


def _first(days: list[Ints], otherwise: Ints) -> Ints:
    """The earliest day of each case, or another one where no leg has a day."""
    least = np.full(len(otherwise), 2**62, np.int64)
    for day in days:
        least = np.where(day == NO_INT, least, np.minimum(least, day))
    return np.where(least == 2**62, otherwise, least)


def _earliest(case: Ints, day: Ints, size: int) -> Ints:
    least = np.full(size, 2**62, np.int64)
    there = day != NO_INT
    np.minimum.at(least, case[there], day[there])
    return np.where(least == 2**62, NO_INT, least)


def _latest(case: Ints, day: Ints, size: int) -> Ints:
    most = np.full(size, NO_INT, np.int64)
    np.maximum.at(most, case, day)
    return most


def _blank(size: int) -> Mask:
    return np.zeros(size, np.bool_)


# -- the legs ------------------------------------------------------------------------------------------


def _shop(seen: World, cases: Cases, status: Texts, chargeback: Mask) -> Leg:
    done, own = (status == DONE) | (status == UNTOLD), status != ""
    order = cases.table["order"].to_numpy(np.int64)
    known = own | pd.Series(order).isin(seen.shop.orders).to_numpy(bool)
    wanted = ~chargeback & ~np.isin(status, (VOID,))
    day = np.where(own, cases.table["day"].to_numpy(np.int64), NO_INT)
    return _leg(done, status == PENDING, wanted, known, np.where(done, day, NO_INT))


def _platform(seen: World, cases: Cases, status: Texts, case: Ints, paid: pd.DataFrame, held: Mask) -> Leg:
    size, shop = len(cases), seen.shop.table
    day = paid["day"].to_numpy(np.int64)
    wanted = np.ones(size, np.bool_)
    wanted[: len(shop)] = (shop["paid"] != 0).to_numpy(bool) | np.isin(
        status[: len(shop)], (DUE, PENDING, FAILED)
    )
    when = _latest(case[held], day[held], size)
    return _leg(_any(case, held, size), _blank(size), wanted, np.ones(size, np.bool_), when)


def _odoo(seen: World, cases: Cases, status: Texts, won: Mask) -> Leg:
    size, notes = len(cases), seen.booked.notes
    links = cases.links[NOTE]
    case, row = links["case"].to_numpy(np.int64), links["row"].to_numpy(np.int64)
    draft, day = notes["draft"].to_numpy(bool)[row], notes["day"].to_numpy(np.int64)[row]
    drafts = _any(case, draft, size)
    done = _any(case, ~draft, size) & ~drafts
    when = _latest(case[~draft], day[~draft], size)
    links = cases.links[PAYMENT]
    if len(links):
        at = links["case"].to_numpy(np.int64)
        days = seen.booked.payments["day"].to_numpy(np.int64)[links["row"].to_numpy(np.int64)]
        counts = np.full(size, not seen.has["notes"]) | _is_loss(cases)
        counts |= (cases.table["origin"] == PAYMENT).to_numpy(bool)
        paid = _any(at, np.ones(len(at), np.bool_), size) & counts & ~drafts
        done, when = done | paid, np.where(paid & (when == NO_INT), _latest(at, days, size), when)
    amount = cases.table["amount"].to_numpy(np.int64)
    wanted = (amount != 0) & ~won & ~np.isin(status, (VOID, DUE, FAILED, PENDING))
    wanted &= (cases.table["origin"] != GOODS).to_numpy(bool)
    return _leg(done, drafts, wanted, np.ones(size, np.bool_), when)


def _is_loss(cases: Cases) -> Mask:
    """Cases that the platform started: a loss of a dispute may be booked without a credit note."""
    found: Mask = (cases.table["origin"] == PLATFORM).to_numpy(bool)
    return found


def _goods(seen: World, cases: Cases, status: Texts) -> tuple[Leg, Mask]:
    size, table, lines = len(cases), seen.back.table, seen.shop.goods
    links = cases.links[GOODS]
    case, row = links["case"].to_numpy(np.int64), links["row"].to_numpy(np.int64)
    done, day = table["done"].to_numpy(bool)[row], table["day"].to_numpy(np.int64)[row]
    part = goods.figure(links["amount"].to_numpy(np.int64))
    expected, received = np.zeros(size, np.int64), np.zeros(size, np.int64)
    back = lines["restock"].isin(COMES_BACK).to_numpy(bool)
    np.add.at(expected, lines["unit"].to_numpy(np.int64)[back], lines["quantity"].to_numpy(np.int64)[back])
    np.add.at(received, case[done], part[done])
    some = _any(case, done, size)
    sized = _any(case, done & (table["sku"].to_numpy(object)[row] != ""), size)
    enough = some & ((received >= expected) | ~sized)
    waits = _any(case, ~done, size)
    wanted = (expected > 0) | waits | some
    wanted &= ~np.isin(status, (VOID, FAILED))
    when = _latest(case[done], day[done], size)
    return _leg(enough, waits & ~enough, wanted, np.ones(size, np.bool_), when), some & ~enough


def _leg(done: Mask, waits: Mask, wanted: Mask, known: Mask, day: Ints) -> Leg:
    size = len(done)
    return Leg(done, waits, wanted, known, _blank(size), day, np.full(size, "", object), _blank(size))


def _reached(legs: dict[Side, Leg], seen: World, cases: Cases, first: Ints) -> list[str]:
    """Say of every leg whether any file would show it; what none does is said once for all."""
    day = reach.day_of(cases, seen, first)
    remarks: list[str] = []
    own = (cases.table["origin"] == SHOP).to_numpy(bool)
    for side, found in (
        (Side.SHOP, reach.of_shop(seen, cases, day)),
        (Side.PLATFORM, reach.of_platform(seen, cases, day)),
        (Side.ODOO, reach.of_odoo(seen, cases, day)),
        (Side.GOODS, reach.of_goods(seen, cases, day)),
    ):
        leg = legs[side]
        there = leg.done | leg.waits | (leg.day != NO_INT) | (own if side is Side.SHOP else False)
        remarks += found.remarks(side, leg.wanted & ~there, day)
        leg.why, leg.past = found.why(), found.past & ~there
        leg.known &= there | found.known
        leg.later |= found.later & ~there
    return remarks


# -- what it is called ---------------------------------------------------------------------------------


def _judged(seen: World, cases: Cases, made: Standing) -> tuple[Texts, Texts]:
    legs, sums, size = made.legs, made.money, len(cases)
    shop, platform, odoo, back = (legs[side] for side in _SIDES)
    money_back = platform.done | made.failed
    twice = {side: _rule(cases, side, TWICE) for side in (PLATFORM, NOTE, PAYMENT)}
    tied = _numbers(cases.rivals, size)
    surplus = _numbers(cases.surplus, size)
    failed, due = made.failed | (made.status == FAILED), made.status == DUE
    outside = shop.lacks & platform.done
    booked_only = shop.late & ~money_back & (odoo.done | odoo.waits)
    goods_only = (cases.table["origin"] == GOODS).to_numpy(bool)
    unnamed = ~pd.Series(cases.table["order"]).isin(seen.shop.orders).to_numpy(bool)
    no_order = unnamed & ~made.chargeback & (made.status == "") & platform.done & (shop.why == "")
    charged = made.chargeback & ~made.won
    # the same foreign money at another day's rate is no other amount
    unexplained = (sums.at_platform != 0) & (sums.at_platform != sums.rate)
    return goods.judged(
        size,
        (sums.rate != 0, Kind.AMOUNT, "rate_difference"),
        (back.lacks & back.later, Kind.TIMING, "goods_not_returned"),
        (odoo.lacks & odoo.later & ~odoo.waits, Kind.TIMING, "refunded_not_booked"),
        (odoo.lacks & odoo.later & odoo.waits, Kind.TIMING, "credit_note_draft"),
        (platform.lacks & platform.later, Kind.TIMING, "refunded_not_paid"),
        (made.status == PENDING, Kind.TIMING, "refund_pending"),
        (back.late & ~back.waits, Kind.MISSING, "goods_not_returned"),
        (back.late & back.waits, Kind.FIELD, "goods_not_received"),
        (odoo.late & odoo.waits, Kind.FIELD, "credit_note_draft"),
        (odoo.late & ~odoo.waits, Kind.MISSING, "refunded_not_booked"),
        (platform.late & shop.done, Kind.MISSING, "refunded_not_paid"),
        (platform.late & odoo.done, Kind.MISSING, "booked_not_paid"),
        (no_order, Kind.MISSING, "order_not_imported"),
        (outside & shop.late, Kind.MISSING, "refunded_outside_shop"),
        (outside & shop.later, Kind.TIMING, "refunded_outside_shop"),
        (booked_only, Kind.MISSING, "booked_not_paid"),
        (goods_only & back.done, Kind.MISSING, "returned_not_refunded"),
        (goods_only & ~back.done, Kind.TIMING, "return_on_its_way"),
        (due & ~platform.done & ~odoo.done, Kind.MISSING, "cancelled_not_refunded"),
        (charged & ~odoo.done, Kind.MISSING, "chargeback"),
        (charged & (odoo.done | odoo.past), Kind.MATCHED, "chargeback"),
        (made.won, Kind.MATCHED, "chargeback_won"),
        (sums.tax != 0, Kind.FIELD, "tax_differs"),
        ((sums.tax != 0) & sums.why_tax.rounding, Kind.FIELD, ROUNDING),
        (odoo.done & sums.why_tax.untaxed, Kind.FIELD, UNTAXED),
        (
            _rule(cases, NOTE, OTHER_CURRENCY) | _rule(cases, PLATFORM, OTHER_CURRENCY),
            Kind.FIELD,
            "other_currency",
        ),
        (sums.parts, Kind.AMOUNT, "parts_differ"),
        (unexplained | (sums.at_odoo != 0), Kind.AMOUNT, "amount_differs"),
        (sums.in_tax & ~unexplained, Kind.AMOUNT, "tax_differs"),
        (sums.in_tax & ~unexplained & sums.why_tax.rounding, Kind.AMOUNT, ROUNDING),
        (sums.in_tax & ~unexplained & sums.why_tax.untaxed, Kind.AMOUNT, UNTAXED),
        (sums.not_invoiced, Kind.AMOUNT, "exchange_not_invoiced"),
        (sums.exchanged_twice, Kind.AMOUNT, "exchange_counted_twice"),
        (failed & ~platform.done, Kind.AMOUNT, "refund_failed"),
        (twice[NOTE] | twice[PAYMENT], Kind.DUPLICATE, "booked_twice"),
        (twice[PLATFORM], Kind.DUPLICATE, "paid_twice"),
        (surplus & (cases.table["origin"] == PLATFORM).to_numpy(bool), Kind.DUPLICATE, "paid_twice"),
        (surplus & (cases.table["origin"] != PLATFORM).to_numpy(bool), Kind.DUPLICATE, "booked_twice"),
        (charged & _paid_back_too(seen, cases, made), Kind.DUPLICATE, "charged_back_too"),
        (tied, Kind.AMBIGUOUS, ""),
    )


def _rule(cases: Cases, side: str, rule: str) -> Mask:
    links = cases.links[side]
    return _any(links["case"].to_numpy(np.int64), (links["rule"] == rule).to_numpy(bool), len(cases))


def _numbers(found: set[int] | dict[int, list[list[str]]], size: int) -> Mask:
    mask = np.zeros(size, np.bool_)
    mask[list(found)] = True
    return mask


def _paid_back_too(seen: World, cases: Cases, made: Standing) -> Mask:
    """Chargebacks of orders for which the customer got more back than was paid."""
    order = cases.table["order"].to_numpy(np.int64)
    back = pd.Series(made.money.platform).groupby(order).sum()
    sold = pd.Series(seen.paid.charges["amount"].to_numpy(np.int64), index=seen.paid.charges["order"])
    total = back.reindex(order).to_numpy(np.int64)
    charge = sold.reindex(order, fill_value=2**62).to_numpy(np.int64)
    found: Mask = (order != 0) & (-total > charge)
    return found


def table(cases: Cases, made: Standing) -> pd.DataFrame:
    """The rows of the result."""
    legs, sums = made.legs, made.money
    missing = np.zeros(len(cases), np.int64)
    for side in _SIDES:
        lacks = legs[side].lacks & ~legs[side].waits & made.open
        missing[lacks] |= missing_bits(side)
    bucket = np.where(made.open & (made.age != NO_INT), goods.age_words(made.age), "")
    rated = made.cause == "rate_difference"
    currency = np.where(rated, sums.rate_currency, cases.table["currency"].to_numpy(object))
    sides = {f"sum_{side}": np.full(len(cases), NO_INT, np.int64) for side in MONEY_SIDES}
    sides["sum_shop"] = np.where(rated, NO_INT, sums.shop)
    sides["sum_platform"] = np.where(rated | sums.same_currency, sums.settled, NO_INT)
    sides["sum_odoo"] = np.where(rated, NO_INT, sums.odoo)
    return pd.DataFrame(
        {
            "key": cases.table["key"].to_numpy(np.int64),
            "kind": made.kind,
            "cause": made.cause,
            "rule": _rules(cases),
            "missing": missing,
            "grp": bucket.astype(object),
            "day": made.first,
            "delta": _delta(cases, made),
            "currency": currency,
            **sides,
        }
    )


def _rules(cases: Cases) -> Texts:
    """The rule of the first link of each case."""
    found = np.full(len(cases), "", object)
    for side in (GOODS, PAYMENT, NOTE, PLATFORM):
        links = cases.links[side]
        links = links[links["rule"] != ""].drop_duplicates("case", keep="last")
        found[links["case"].to_numpy(np.int64)] = links["rule"].to_numpy(object)
    return found


def _delta(cases: Cases, made: Standing) -> Ints:
    """What Odoo has less than was given back, else what the platform has; 0 where all agree."""
    sums, legs = made.money, made.legs
    whole = -cases.table["amount"].to_numpy(np.int64)
    absent = legs[Side.ODOO].lacks & ~legs[Side.ODOO].waits
    unpaid = legs[Side.PLATFORM].lacks
    delta = np.where(sums.at_odoo != 0, sums.at_odoo, sums.at_platform)
    delta = np.where((delta == 0) & (absent | unpaid | legs[Side.SHOP].lacks), whole, delta)
    delta = np.where(made.cause == "rate_difference", sums.rate, delta)
    unclear = np.isin(made.cause, ("other_currency", "goods_not_returned", "goods_not_received"))
    unclear |= np.isin(made.cause, ("returned_not_refunded", "return_on_its_way", "parts_differ"))
    delta = np.where(unclear & (delta == 0), NO_INT, delta)
    return np.where(made.cause == "other_currency", NO_INT, delta)
