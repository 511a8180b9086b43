"""What only the orders of the shop tell: refunds beyond the known ones, and cancelled ones that wait for one.

Each order is held against its own refunds. Where several orders have one name and nothing tells whose a
refund is, they are held against their refunds together, and what is left is a tie of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.engine.orders import among, number_in
from recon_app.models.money import format_minor
from recon_app.models.record import NO_INT, Side
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations._refunds_link import Mask
from recon_app.reconciliations._refunds_orders import Fits, Orders
from recon_app.reconciliations._refunds_records import DONE, DUE, FAILED, VOID, empty, own_numbers, plain

_DAY = 86_400
_PAID = ("paid", "partially_paid")
_CANCELLED = '"cancelled'
_RIVALS = 5  # are shown


@dataclass
class Totals:
    """What the orders tell.

    Attributes:
        table: The refunds with what their order says was refunded and what its refunds add up to (said,
            parts; NO_INT where they agree), and those that only the orders tell of.
        legs: Columns unit, record, amount and account: the orders that are legs of the added ones.
        rivals: Sides and texts of the orders that a refund may be of, by refund.
    """

    table: pd.DataFrame
    legs: pd.DataFrame
    rivals: dict[int, list[list[str]]]


@dataclass
class _Rests:
    """Figures of each order.

    Attributes:
        parts: What its refunds add up to.
        rest: What it says beyond them, 0 for nothing.
        lead: Row of the order that stands for it: its own, or the first of those that tie.
        tied: It ties with others.
    """

    parts: Ints
    rest: Ints
    lead: Ints
    tied: Mask


def with_orders(table: pd.DataFrame, orders: pd.DataFrame, named: Ints) -> Totals:
    """Add what only the orders tell.

    Args:
        table: Refunds of the shop.
        orders: Records of the orders.
        named: Hash of the name of each.
    """
    stopped = np.array([_CANCELLED in text for text in orders["extra"].tolist()], np.bool_)
    of_refund = among(named, table["order"].to_numpy(np.int64))
    mine = plain(orders[(orders["refunded"] > 0).to_numpy(bool) | stopped | of_refund])
    every = Orders.of(mine, own_numbers(mine["ident"]))
    fits = every.fits(
        table["order"].to_numpy(np.int64), table["of"].to_numpy(np.int64), table["currency"].to_numpy(object)
    )
    mine = every.table
    said = mine["refunded"].to_numpy(np.int64)
    found = _rests(table, mine, fits, said)
    has = np.zeros(len(mine), np.bool_)
    has[fits.row] = True
    amount = -np.where(found.rest > 0, found.rest, _owed(mine, has))
    fresh = _fresh(mine, amount, found.rest > 0)
    kept = np.flatnonzero(amount != 0)
    whole = pd.concat([table, fresh.iloc[kept]], ignore_index=True)
    unit = np.full(len(mine), -1, np.int64)
    unit[kept] = len(table) + np.arange(len(kept))
    unit = unit[found.lead]
    row = np.concatenate([fits.only(), kept])
    # of orders that tie it is not known what each says of its refunds
    known = (row >= 0) & np.append(said != NO_INT, False)[row] & ~np.append(found.tied, True)[row]
    known &= np.append(said != found.parts, False)[row]
    whole["said"] = np.where(known, np.append(said, NO_INT)[row], NO_INT)
    whole["parts"] = np.where(known, np.append(found.parts, NO_INT)[row], NO_INT)
    return Totals(whole, _legs(mine, unit), _rivals(mine, unit, found.tied))


def _rests(table: pd.DataFrame, mine: pd.DataFrame, fits: Fits, said: Ints) -> _Rests:
    amount = table["amount"].to_numpy(np.int64)
    moved = np.where(table["status"].isin((FAILED, VOID)) | (amount == NO_INT), 0, amount)
    parts = np.zeros(len(mine), np.int64)
    np.add.at(parts, fits.row[fits.alone], moved[fits.asked[fits.alone]])
    parts = np.abs(parts)
    rest = np.where(said > parts, said - parts, 0)
    found = _Rests(parts, rest, np.arange(len(mine)), np.zeros(len(mine), np.bool_))
    loose = pd.DataFrame({"asked": fits.asked, "row": fits.row})[~fits.alone]
    loose["order"] = mine["order"].to_numpy(np.int64)[loose["row"].to_numpy(np.int64)]
    for _, group in loose.groupby("order", sort=True):
        told = abs(int(moved[group["asked"].unique()].sum()))
        _shared(found, np.unique(group["row"].to_numpy(np.int64)), told)
    return found


def _shared(found: _Rests, rows: Ints, told: int) -> None:
    """Take refunds that may be of any of several orders off what these orders say."""
    open_ = rows[found.rest[rows] > 0]
    left = int(found.rest[open_].sum()) - told
    found.tied[rows] = True
    found.rest[rows] = 0
    if left > 0:
        found.rest[open_[0]] = left
        found.lead[open_] = open_[0]
        found.tied[open_] = len(open_) > 1


def _owed(orders: pd.DataFrame, has_refund: Mask) -> Ints:
    """What was paid for orders that were cancelled and for which nothing was given back."""
    amount, still_open = (orders[name].to_numpy(np.int64) for name in ("amount", "open"))
    paid = np.where(amount == NO_INT, 0, amount - np.where(still_open == NO_INT, 0, still_open))
    cancelled = orders["extra"].str.contains(_CANCELLED, regex=False).to_numpy(bool)
    status = orders["status"].str.casefold().isin(_PAID).to_numpy(bool) if len(orders) else cancelled
    return np.where(cancelled & status & ~has_refund & (paid > 0), paid, 0)


def _fresh(mine: pd.DataFrame, amount: Ints, beyond: Mask) -> pd.DataFrame:
    """One refund per order, with what it says."""
    fresh = empty(len(mine))
    for name, column in (("name", "ref"), ("currency", "currency"), ("account", "account")):
        fresh[name] = mine[column]
    fresh["order"], fresh["of"] = mine["order"], mine["number"]
    fresh["amount"], fresh["cumulative"] = amount, beyond
    fresh["status"] = np.where(beyond, DONE, DUE)
    stopped = number_in(mine["extra"], "cancelled_at")
    fresh["day"] = np.where(~beyond & (stopped != NO_INT), stopped // _DAY, NO_INT)
    return fresh


def _legs(mine: pd.DataFrame, unit: Ints) -> pd.DataFrame:
    own = np.flatnonzero(unit >= 0)
    return pd.DataFrame(
        {
            "unit": unit[own],
            "record": mine["id"].to_numpy(np.int64)[own],
            "amount": np.full(len(own), NO_INT, np.int64),
            "account": mine["account"].to_numpy(object)[own],
        }
    )


def _rivals(mine: pd.DataFrame, unit: Ints, tied: Mask) -> dict[int, list[list[str]]]:
    """The orders that a refund may be of."""
    found: dict[int, list[list[str]]] = {}
    for row in np.flatnonzero(tied & (unit >= 0)).tolist():
        order = mine.iloc[row]
        day = goods.iso(int(order["day"])) if order["day"] != NO_INT else "no date"
        currency = str(order["currency"])
        text = f"{order['ref']}: {format_minor(int(order['refunded']), currency)} {currency} refunded, {day}"
        rivals = found.setdefault(int(unit[row]), [])
        if len(rivals) < _RIVALS:
            rivals.append([str(Side.SHOP), text])
    return found
