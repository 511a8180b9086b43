"""Which movement of money has which day: in the shop, by UTC, at its payout, at the bank, in Odoo's books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine import payouts, zones
from recon_app.engine.normalise import Ints
from recon_app.models.record import NO_INT, Category, RecordType, Side
from recon_app.reconciliations import _covered as covered
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations import _settlement_payouts as by_payout
from recon_app.reconciliations import _settlement_scope as scope
from recon_app.reconciliations._base import Inputs
from recon_app.reconciliations._goods_cases import Mask, Texts

#: What the answer on the shop's zone is called.
ZONE = "zone.Shopify"
#: Sources that write days on the shop's own clock.
_LOCAL = frozenset({"shopify_transactions", "shopify_orders", "shopify_payment_transactions"})
_DAY = 86_400
_DEAD = frozenset({"draft", *money.CANCELLED})


@dataclass(frozen=True)
class Movements:
    """One row per movement: what a customer paid or got back.

    Attributes:
        ref: Reference of the order.
        name: What tells it from all others, made of keys of sources.
        amount: Minor units of currency, as the shop has them, else as the platform has them.
        paid: The same as the platform has it, NO_INT where it has none.
        booked: The same as Odoo has it, NO_INT where it has none.
        shop: Day on the shop's clock. utc: day in UTC. due: day of its payout. booked_on: day in Odoo.
        payout: Row of its payout, -1 for none.
        paid_out: Whether its platform tells of payouts at all.
        paid_abroad: Whether its platform has it in another currency only; booked_abroad: whether Odoo has.
        ids: Record of each side, NO_INT for none.
    """

    ref: Texts
    name: Texts
    amount: Ints
    currency: Texts
    paid: Ints
    booked: Ints
    shop: Ints
    utc: Ints
    due: Ints
    booked_on: Ints
    payout: Ints
    paid_out: Mask
    paid_abroad: Mask
    booked_abroad: Mask
    ids: Mapping[Side, Ints]


@dataclass(frozen=True)
class Payout:
    """One row per payout.

    Attributes:
        name: What tells it from all others; key: what a person sees.
        currency: Its currency.
        gross: Sum of its movements; fees: their fees, a cost positive; others: its other lines.
        target: What it pays; residual: what its lines do not explain of that.
        due: Its day; arrived: day at the bank, NO_INT for none.
        bank: What arrived, NO_INT for none; bank_end: last day of the bank's files in its currency.
        record: Its record, NO_INT for none; lines: the bank lines that carry it.
    """

    name: Texts
    key: Texts
    currency: Texts
    gross: Ints
    fees: Ints
    others: Ints
    residual: Ints
    target: Ints
    due: Ints
    arrived: Ints
    bank: Ints
    bank_end: Ints
    record: Ints
    lines: Sequence[tuple[int, ...]]


@dataclass
class Records:
    """Movements and payouts, and what was assumed or left out."""

    movements: Movements
    payouts: Payout
    has_bank: bool
    has_odoo: bool
    proposals: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def records(inputs: Inputs) -> Records:
    """Join the records of all sides to movements."""
    frames, remarks = scope.prepared(inputs.frames)
    shop, lines = scope.paid(frames), frames[RecordType.PAYMENT_LINE]
    shop, lines = _with_amount(shop, "shop", remarks), _with_amount(lines, "platform", remarks)
    own = lines["category"].isin(scope.OWN_LINES).to_numpy(bool)
    booked = _payments(frames[RecordType.ODOO_PAYMENT])
    found = payouts.group(lines, frames[RecordType.PAYOUT])
    proposals: dict[str, str] = {}
    zone = _zone(inputs.answers, (shop, lines), proposals, remarks)
    moved = _movements(shop, lines[own].reset_index(drop=True), booked, found, own, zone)
    bank = frames[RecordType.BANK_LINE]
    return Records(
        movements=moved,
        payouts=_payouts(found, lines, own, frames[RecordType.PAYOUT], bank),
        has_bank=len(bank) > 0,
        has_odoo=len(booked) > 0,
        proposals=proposals,
        remarks=remarks,
    )


def _with_amount(frame: pd.DataFrame, whose: str, remarks: list[str]) -> pd.DataFrame:
    """Records that say how much moved; blank is not 0."""
    blank = (frame["amount"] == NO_INT).to_numpy(bool)
    remarks += covered.left_out(
        frame["day"].to_numpy(np.int64)[blank],
        f"record of the {whose}",
        f"records of the {whose}",
        "the file has no amount",
    )
    return frame[~blank].reset_index(drop=True)


def _payments(payments: pd.DataFrame) -> pd.DataFrame:
    state = payments["status"].astype(object).str.casefold()
    kept = ~state.isin(_DEAD) & (payments["amount"] != 0) & (payments["category"] != str(Category.OTHER))
    return payments[kept.to_numpy(bool)].reset_index(drop=True)


def _zone(
    answers: Mapping[str, str],
    frames: Sequence[pd.DataFrame],
    proposals: dict[str, str],
    remarks: list[str],
) -> ZoneInfo | None:
    """The shop's zone, as answered or as the days of its files show; None where nothing tells."""
    if given := answers.get(ZONE, ""):
        try:
            return ZoneInfo(given)
        except (KeyError, ValueError, OSError):
            remarks.append(f"The answer {ZONE} = {given} is no time zone; write it as Europe/Berlin.")
    mine = [frame[frame["source"].isin(_LOCAL)] for frame in frames]
    day, at = (np.concatenate([frame[name].to_numpy(np.int64) for frame in mine]) for name in ("day", "at"))
    name = zones.fitting(day, at)
    if name:
        proposals[ZONE] = name
        return ZoneInfo(name)
    if sum(map(len, frames)):
        remarks.append(
            f"No file shows the shop's time zone, so days count as the files write them; answer {ZONE} with "
            "a name such as Europe/Berlin."
        )
    return None


def _days(frame: pd.DataFrame, zone: ZoneInfo | None) -> tuple[Ints, Ints]:
    """Day on the shop's clock and day in UTC; a record without a moment has the day that its file writes."""
    day, at = frame["day"].to_numpy(np.int64), frame["at"].to_numpy(np.int64)
    known = at != NO_INT
    utc = np.where(known, at // _DAY, day)
    local = day if zone is None else np.where(known, zones.local_days(at, zone), day)
    return local, utc


def _movements(
    shop: pd.DataFrame,
    lines: pd.DataFrame,
    booked: pd.DataFrame,
    found: payouts.Payouts,
    own: Mask,
    zone: ZoneInfo | None,
) -> Movements:
    line_of, _ = _pair(_keyed(shop), _keyed(lines))
    alone = np.setdiff1d(np.arange(len(lines)), line_of)
    line = np.concatenate([line_of, alone]).astype(np.int64)
    sold = np.concatenate([np.arange(len(shop)), np.full(len(alone), -1)]).astype(np.int64)
    both = (shop, sold), (lines, line)
    days = [_days(frame, zone) for frame in (shop, lines)]
    own_payout = found.of_line[own]
    due = found.frame["due"].to_numpy(np.int64)
    payout = _at(own_payout, line, -1)
    tells = set(lines["account"].to_numpy(object)[own_payout >= 0])
    chosen = {name: _either(both, name) for name in ("ref", "amount", "currency")}
    whole = pd.DataFrame({**chosen, "day": _first(sold, line, days, 0), "key": _either(both, "key")})
    whole["ident"] = _at(lines["ident"].to_numpy(object), line, "")
    whole["ref2"] = _at(lines["ref2"].to_numpy(object), line, "")
    payment = _booked(whole, booked)
    keys = [_at(frame["key"].to_numpy(np.int64), rows, 0) for frame, rows in both]
    side = np.where(sold >= 0, "s", "p").astype(object)
    return Movements(
        ref=whole["ref"].to_numpy(object),
        name=side + np.where(sold >= 0, keys[0], keys[1]).astype(str).astype(object),
        amount=whole["amount"].to_numpy(np.int64),
        currency=whole["currency"].to_numpy(object),
        paid=_at(lines["amount"].to_numpy(np.int64), line, NO_INT),
        booked=_at(booked["amount"].to_numpy(np.int64), payment, NO_INT),
        shop=_first(sold, line, days, 0),
        utc=_first(sold, line, days, 1),
        due=np.where(payout >= 0, _at(due, payout, NO_INT), NO_INT),
        booked_on=_at(booked["day"].to_numpy(np.int64), payment, NO_INT),
        payout=payout,
        paid_out=np.isin(_at(lines["account"].to_numpy(object), line, ""), list(tells)),
        paid_abroad=(line < 0) & _abroad(whole, lines),
        booked_abroad=(payment < 0) & _abroad(whole, booked),
        ids={
            Side.SHOP: _at(shop["id"].to_numpy(np.int64), sold, NO_INT),
            Side.PLATFORM: _at(lines["id"].to_numpy(np.int64), line, NO_INT),
            Side.ODOO: _at(booked["id"].to_numpy(np.int64), payment, NO_INT),
        },
    )


def _abroad(whole: pd.DataFrame, others: pd.DataFrame) -> Mask:
    """Movements whose order has a record in another currency, and none in its own."""
    known = set(zip(money.references(others["ref"].tolist()), others["currency"], strict=True))
    orders = {ref for ref, _ in known if ref}
    asked = zip(money.references(whole["ref"].tolist()), whole["currency"], strict=True)
    return np.array([ref in orders and (ref, code) not in known for ref, code in asked], np.bool_)


def _at(values: NDArray[Any], rows: Ints, blank: object) -> NDArray[Any]:
    """Values at rows, ``blank`` where the row is -1."""
    found: NDArray[Any] = np.full(len(rows), blank, values.dtype)
    found[rows >= 0] = values[rows[rows >= 0]]
    return found


def _either(both: Sequence[tuple[pd.DataFrame, Ints]], name: str) -> NDArray[Any]:
    """A field of the shop's record, else of the platform's."""
    (shop, sold), (lines, line) = both
    kind = object if name in ("ref", "currency") else np.int64
    one, other = (frame[name].to_numpy(kind) for frame in (shop, lines))
    blank = "" if kind is object else NO_INT
    return np.where(sold >= 0, _at(one, sold, blank), _at(other, line, blank))


def _first(sold: Ints, line: Ints, days: Sequence[tuple[Ints, Ints]], which: int) -> Ints:
    one, other = days[0][which], days[1][which]
    found: Ints = np.where(sold >= 0, _at(one, sold, NO_INT), _at(other, line, NO_INT))
    return found


def _keyed(frame: pd.DataFrame) -> pd.DataFrame:
    """Records with what they are paired by, the earliest first."""
    refs = money.references(frame["ref"].tolist())
    sign = np.sign(frame["amount"].to_numpy(np.int64))
    keyed = pd.DataFrame(
        {
            "ref": np.array(refs, object),
            "sign": sign,
            "amount": frame["amount"].to_numpy(np.int64),
            "currency": frame["currency"].to_numpy(object),
            "at": frame["at"].to_numpy(np.int64) if "at" in frame else frame["day"].to_numpy(np.int64),
            "key": frame["key"].to_numpy(np.int64),
        }
    )
    return keyed.sort_values(["at", "key"], kind="stable")


def _pair(left: pd.DataFrame, right: pd.DataFrame) -> tuple[Ints, Ints]:
    """Pair records of one order, one to one: first those of one amount, then those of one currency.

    Returns:
        Row of the right frame for each left one, -1 for none; and the reverse.
    """
    to_right = np.full(len(left), -1, np.int64)
    to_left = np.full(len(right), -1, np.int64)
    for names in (["ref", "sign", "amount", "currency"], ["ref", "sign", "currency"]):
        free = [
            frame[(taken[frame.index.to_numpy()] < 0) & (frame["ref"] != "").to_numpy(bool)]
            for frame, taken in ((left, to_right), (right, to_left))
        ]
        keys = [
            pd.MultiIndex.from_frame(part[names].assign(twin=part.groupby(names).cumcount())) for part in free
        ]
        place = keys[0].get_indexer(keys[1]) if len(keys[0]) else np.full(len(keys[1]), -1)
        one, other = free[0].index.to_numpy()[place[place >= 0]], free[1].index.to_numpy()[place >= 0]
        to_right[one], to_left[other] = other, one
    return to_right, to_left


def _booked(whole: pd.DataFrame, booked: pd.DataFrame) -> Ints:
    """The payment in Odoo of each movement, -1 for none: by the order, else by the id of the platform."""
    found = np.full(len(whole), -1, np.int64)
    free = np.ones(len(booked), np.bool_)
    for mine, its in (("ident", "ref"), ("ref2", "ref"), ("ref", "ref"), ("ref", "ref2")):
        rows, payments = np.flatnonzero(found < 0), np.flatnonzero(free)
        left = _keyed(whole.iloc[rows].assign(ref=whole[mine].iloc[rows]).reset_index(drop=True))
        right = _keyed(booked.iloc[payments].assign(ref=booked[its].iloc[payments]).reset_index(drop=True))
        place, _ = _pair(left, right)
        has = place >= 0
        found[rows[has]] = payments[place[has]]
        free[payments[place[has]]] = False
    return found


def _payouts(
    found: payouts.Payouts, lines: pd.DataFrame, own: Mask, records: pd.DataFrame, bank: pd.DataFrame
) -> Payout:
    frame = found.frame
    count = len(frame)
    gross = by_payout.own_amounts(found, lines, own)
    fee = np.where(lines["fee"] == NO_INT, 0, lines["fee"]).astype(np.int64)
    inside = own & (found.of_line >= 0)
    fees = np.zeros(count, np.int64)
    np.add.at(fees, found.of_line[inside], fee[inside])
    net, target = frame["net"].to_numpy(np.int64), by_payout.targets(found)
    in_bank = by_payout.bank_lines(bank, sorted(set(frame["account"])))
    links = by_payout.link_bank(found, in_bank)
    amounts = by_payout.bank_amounts(links, in_bank, found)
    booked, ids = in_bank["day"].to_numpy(np.int64), in_bank["id"].to_numpy(np.int64)
    arrived = np.full(count, NO_INT, np.int64)
    carried: list[tuple[int, ...]] = [()] * count
    for row, places in links.lines.items():
        arrived[row] = booked[places].max()
        # a deposit of several payouts stands with the first of them
        carried[row] = tuple(int(ids[place]) for place in places if links.payouts[place][0] == row)
    record = frame["record"].to_numpy(np.int64)
    # a payout that only its lines tell of closes by itself
    alone = (frame["lines"] == 0).to_numpy(bool)
    return Payout(
        name=frame["name"].to_numpy(object),
        key=frame["key"].to_numpy(object),
        currency=frame["currency"].to_numpy(object),
        gross=gross,
        fees=fees,
        others=np.where(alone, 0, net - gross + fees),
        residual=np.where(alone, target, target - net),
        target=target,
        due=frame["due"].to_numpy(np.int64),
        arrived=arrived,
        bank=np.where((arrived != NO_INT) & (amounts == NO_INT), target, amounts),
        bank_end=_last_days(in_bank, frame["currency"].to_numpy(object)),
        record=_at(records["id"].to_numpy(np.int64), record, NO_INT),
        lines=carried,
    )


def _last_days(bank: pd.DataFrame, currency: Texts) -> Ints:
    """Last day of the bank's lines in each currency, NO_INT for none."""
    last = bank[bank["day"] != NO_INT].groupby(bank["currency"].astype(object))["day"].max().to_dict()
    return np.array([last.get(code, NO_INT) for code in currency], np.int64)
