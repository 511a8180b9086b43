"""What the shop says it gave back: one row per refund, whichever exports tell of it.

Refunds are known line by line (Matrixify, Admin data), as transactions of an order, or only as the order's
``Refunded Amount``. A refund with lines takes its transactions in, for they say what money moved; what only
the order tells is one row without a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints, combined, spans
from recon_app.engine.orders import order_hashes
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.models.rule import Transform
from recon_app.reconciliations._refunds_link import Items, Linker, Mask
from recon_app.reconciliations._refunds_records import (
    DONE,
    DUE,
    FAILED,
    PENDING,
    UNTOLD,
    VOID,
    empty,
    hashes,
    own_numbers,
    parsed,
    plain,
    tails,
)
from recon_app.reconciliations._refunds_totals import with_orders

Texts = Any
_DEAD_TRANSACTIONS = ("failure", "error", "pending")
_AT_ONCE = 120  # seconds between a refund and its transactions
_SEPARATOR = "\x1f"


@dataclass
class Refunded:
    """Refunds of the shop.

    Attributes:
        table: One row per refund: order (hash), of (hash of Shopify's own number of the order, 0 for not
            known), name (of the order), number (of the refund), amount (negative minor units), currency,
            day, at, account (gateways), status, lines (value of its lines, negative or NO_INT), tax (positive
            or NO_INT), reason, cumulative (only the order tells of it), key.
        legs: Columns unit, record and amount, with the gateway (account) of each transaction.
        support: Columns unit and record.
        lines: Amount and tax of the lines of each refund that is made of lines only: unit, amount, tax.
        goods: Refunded lines: unit, order, sku, quantity, restock, record.
        numbers: Columns unit and number: hashes of ids that the platform may know.
        orders: Hashes of all orders that the shop's files name.
        rivals: Sides and texts of what a refund may be of, where orders of one name all may have it.
    """

    table: pd.DataFrame
    legs: pd.DataFrame
    support: pd.DataFrame
    lines: pd.DataFrame
    goods: pd.DataFrame
    numbers: pd.DataFrame
    orders: Ints
    rivals: dict[int, list[list[str]]]


def refunded(frames: Mapping[RecordType, pd.DataFrame]) -> Refunded:
    """All refunds of the shop.

    Args:
        frames: Orders, refunds and transactions; orders and transactions each once.
    """
    records = plain(frames[RecordType.REFUND]).sort_values("key", ignore_index=True)
    transactions = frames[RecordType.SHOP_TRANSACTION]
    back = (transactions["category"] == str(Category.REFUND)).to_numpy(bool)
    moves = plain(transactions[back])
    moves = moves[(moves["amount"] != 0).to_numpy(bool)].sort_values(["at", "key"], ignore_index=True)
    moves["order"] = order_hashes(moves["ref"])
    moves["of"] = own_numbers(moves["grp"])
    moves["status"] = moves["status"].str.casefold() if len(moves) else moves["status"]
    table, lines = _recorded(records)
    dead = moves["status"].isin(_DEAD_TRANSACTIONS).to_numpy(bool)
    paid = moves[(moves["status"] == "success").to_numpy(bool)].reset_index(drop=True)
    tried = moves[dead].reset_index(drop=True)
    unit = _attached(table, paid)
    table, legs, numbers = _with_transactions(table, paid, unit)
    table, more = _with_tried(table, tried)
    table = _voided(table, transactions, legs)
    orders = frames[RecordType.ORDER]
    named = order_hashes(orders["ref"])
    totals = with_orders(table, orders, named)
    table = totals.table
    legs = pd.concat([_legs_of_lines(lines), legs, more[more["leg"]], totals.legs], ignore_index=True)
    known = pd.unique(np.concatenate([named, order_hashes(transactions["ref"]), table["order"]]))
    table["key"] = _keys(table)
    support = pd.concat([lines[~lines["counts"]], more[~more["leg"]]], ignore_index=True)
    goods = lines[lines["counts"] & (lines["quantity"] != NO_INT) & (lines["quantity"] != 0)]
    return Refunded(
        table,
        legs[["unit", "record", "amount", "account"]],
        support[["unit", "record"]],
        _only_lines(table, lines),
        goods[["unit", "order", "sku", "quantity", "restock", "record"]].reset_index(drop=True),
        numbers,
        known[known != 0].astype(np.int64),
        totals.rivals,
    )


# -- refunds with lines --------------------------------------------------------------------------------


def _recorded(records: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per refund record of the shop, and its lines."""
    extra = parsed(records)
    number = tails(records["ident"].tolist())
    order = order_hashes(records["ref"])
    own = hashes(number)
    at = records["at"].to_numpy(np.int64)
    unit, _ = (
        pd.factorize(combined(order, own, np.where(own == 0, at, 0))) if len(records) else (order, order)
    )
    count = int(unit.max(initial=-1)) + 1
    amount = records["amount"].to_numpy(np.int64)
    lines = pd.DataFrame(
        {
            "unit": unit.astype(np.int64),
            "record": records["id"],
            "order": order,
            "sku": records["sku"],
            "quantity": records["quantity"].to_numpy(np.int64),
            "restock": _restock(records, extra),
            "amount": np.where(amount == NO_INT, 0, amount),
            "tax": _number(extra, "tax"),
            "total": _number(extra, "refund_total"),
            "adjusts": ["adjust" in str(each.get("type", "")).casefold() for each in extra],
            "ships": ["shipping" in str(each.get("type", "")).casefold() for each in extra],
            "admin": records["source"].str.startswith("shopify_bulk") if len(records) else False,
            "reason": [str(each.get("note", "")) for each in extra],
        }
    )
    lines["counts"] = _telling(lines, count)
    table = empty(count)
    first = np.zeros(count, np.int64)
    order_of_rows = np.lexsort((records["key"].to_numpy(np.int64), at))[::-1]
    first[unit[order_of_rows]] = order_of_rows
    for name, column in (("name", "ref"), ("currency", "currency"), ("day", "day"), ("at", "at")):
        table[name] = records[column].to_numpy()[first]
    table["number"] = np.array(number, object)[first]
    table["order"], table["of"] = order[first], own_numbers(records["grp"])[first]
    stated = np.zeros(count, np.bool_)
    stated[unit[(amount != NO_INT) | (lines["total"] != NO_INT).to_numpy(bool)]] = True
    table["status"] = np.where(stated, DONE, UNTOLD)
    table["amount"] = _totals(lines, count)
    counted = lines[lines["counts"] & ~lines["adjusts"]]
    table["lines"] = _sum(counted["unit"], counted["amount"], count)
    table["tax"] = _sum(counted["unit"], counted["tax"], count)
    # a blank tax of refunded shipping is not 0
    untold = counted["ships"] & (counted["tax"] == NO_INT) & (counted["amount"] != 0)
    table.loc[counted["unit"][untold], "tax"] = NO_INT
    noted = lines[lines["reason"] != ""].drop_duplicates("unit")
    table.loc[noted["unit"], "reason"] = noted["reason"].to_numpy(object)
    return table, lines


def _restock(records: pd.DataFrame, extra: list[dict[str, Any]]) -> list[str]:
    """What became of the goods: the disposition of a return says more than the refund (REF-04)."""
    return [
        str(each.get("disposition") or status).casefold()
        for status, each in zip(records["status"].tolist(), extra, strict=True)
    ]


def _number(extra: list[dict[str, Any]], name: str) -> Ints:
    return np.array([int(each.get(name, NO_INT)) for each in extra], np.int64)


def _sum(unit: pd.Series, values: pd.Series, count: int) -> Ints:
    """Sum per unit, NO_INT where no row of it has a value."""
    there = (values != NO_INT).to_numpy(bool)
    found, known = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    np.add.at(found, unit.to_numpy(np.int64)[there], values.to_numpy(np.int64)[there])
    known[unit.to_numpy(np.int64)[there]] = True
    return np.where(known, found, NO_INT)


def _telling(lines: pd.DataFrame, count: int) -> Mask:
    """The lines that count where two kinds of exports tell of a refund: those of the one with more lines."""
    has = (lines["quantity"] != NO_INT).to_numpy(np.int64)
    unit, admin = lines["unit"].to_numpy(np.int64), lines["admin"].to_numpy(bool)
    of_admin, of_others = (
        np.bincount(unit[mask], weights=1 + 1000 * has[mask], minlength=count) for mask in (admin, ~admin)
    )
    found: Mask = np.where(admin, (of_admin >= of_others)[unit], (of_others > of_admin)[unit])
    return found


def _totals(lines: pd.DataFrame, count: int) -> Ints:
    """Total refunded: as Admin data states it, else the sum of the records of one kind of export."""
    stated = np.full(count, NO_INT, np.int64)
    told = lines[lines["total"] != NO_INT]
    stated[told["unit"]] = -told["total"].abs()
    admin = lines[lines["admin"]]
    by_admin = _sum(admin["unit"], admin["amount"], count)
    rest = lines[~lines["admin"]]
    by_others = _sum(rest["unit"], rest["amount"], count)
    return np.where(stated != NO_INT, stated, np.where(by_admin != NO_INT, by_admin, by_others))


def _only_lines(table: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The lines of refunds without shipping, adjustments or exchanged goods, with tax on top or in them."""
    rest = table["amount"].abs() - table["lines"].abs()
    whole = (table["lines"] != NO_INT) & ((rest == 0) | (rest == table["tax"]))
    mine = lines["counts"] & ~lines["adjusts"] & lines["unit"].isin(np.flatnonzero(whole))
    return lines[mine][["unit", "amount", "tax"]]


def _legs_of_lines(lines: pd.DataFrame) -> pd.DataFrame:
    legs = lines[lines["counts"]][["unit", "record"]]
    return legs.assign(amount=NO_INT, account="")


# -- transactions --------------------------------------------------------------------------------------


def _attached(table: pd.DataFrame, moves: pd.DataFrame) -> Ints:
    """The refund of each transaction: made at the same moment, else of the same amount; -1 for none."""
    unit = _same_moment(table, moves)
    free = np.setdiff1d(np.arange(len(table)), unit)
    rest = np.flatnonzero(unit < 0)
    codes = _currencies(table["currency"], moves["currency"])
    linker = Linker(
        Items.of(table.iloc[free], codes[: len(table)][free], "at"),
        Items.of(moves.iloc[rest], codes[len(table) :][rest]),
    )
    linker.equal()
    linker.sums()
    links = linker.links()
    links = links[~links["right"].duplicated(keep=False)]
    unit[rest[links["right"]]] = free[links["left"]]
    return unit


def _currencies(*columns: pd.Series) -> Ints:
    code, _ = pd.factorize(np.concatenate([column.to_numpy(object) for column in columns]))
    return code.astype(np.int64)


def _same_moment(table: pd.DataFrame, moves: pd.DataFrame) -> Ints:
    unit = np.full(len(moves), -1, np.int64)
    left = pd.DataFrame({"unit": np.arange(len(table)), "order": table["order"], "made": table["at"]})
    right = pd.DataFrame({"row": np.arange(len(moves)), "order": moves["order"], "at": moves["at"]})
    both = left[left["made"] != NO_INT].merge(right[right["at"] != NO_INT], on="order")
    both = both[((both["made"] - both["at"]).abs() <= _AT_ONCE) & (both["order"] != 0)]
    both = both[~both["row"].duplicated(keep=False)]
    unit[both["row"]] = both["unit"]
    return unit


def _of_transactions(moves: pd.DataFrame, status: str) -> pd.DataFrame:
    """Refunds that only a transaction tells of."""
    table = empty(len(moves))
    for name, column in (("name", "ref"), ("currency", "currency"), ("account", "account")):
        table[name] = moves[column].to_numpy(object)
    for name in ("order", "of", "amount", "day", "at"):
        table[name] = moves[name].to_numpy(np.int64)
    table["status"] = status
    return table


def _with_transactions(
    table: pd.DataFrame, moves: pd.DataFrame, unit: Ints
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Give every transaction its refund, and every refund the money that its transactions moved."""
    count, alone = len(table), unit < 0
    unit = unit.copy()
    unit[alone] = count + np.arange(int(alone.sum()))
    table = pd.concat([table, _of_transactions(moves[alone], DONE)], ignore_index=True)
    moved = _sum(pd.Series(unit), moves["amount"], len(table))
    table["amount"] = np.where(moved != NO_INT, moved, table["amount"])
    table["status"] = table["status"].mask((moved != NO_INT) & (table["status"] == UNTOLD), DONE)
    gateways = moves.assign(unit=unit)[["unit", "amount", "account"]].sort_values(
        ["unit", "amount", "account"]
    )
    several = gateways["unit"].duplicated(keep=False)
    table.loc[gateways["unit"][~several], "account"] = gateways["account"][~several].to_numpy(object)
    for one, own in gateways[several].groupby("unit")["account"]:
        table.loc[one, "account"] = " + ".join(dict.fromkeys(own))
    legs = pd.DataFrame(
        {"unit": unit, "record": moves["id"], "amount": moves["amount"], "account": moves["account"]}
    )
    ids = [*tails(moves["ref2"].tolist()), *tails(moves["ident"].tolist())]
    numbers = pd.DataFrame({"unit": np.concatenate([unit, unit]), "number": hashes(ids)})
    return table, legs, numbers[numbers["number"] != 0]


def _with_tried(table: pd.DataFrame, tried: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Refunds that failed or wait: the refund they belong to, or one of their own.

    Returns:
        The refunds, and the transactions as unit, record, amount, account and leg; those of a refund that
        came to pass in the end are no legs.
    """
    unit = _same_moment(table, tried)
    waiting = np.array([status == "pending" for status in tried["status"]], np.bool_)
    state = np.where(waiting, PENDING, FAILED)
    paid = set(zip(table["order"], table["amount"], strict=True))
    pairs = list(zip(tried["order"], tried["amount"], strict=True))
    done = np.array([pair in paid for pair in pairs], np.bool_)
    own = (unit < 0) & ~done
    # of several tries that belong to no refund the last one stands for all
    own[own] = ~pd.Series(pairs, dtype=object)[own].duplicated(keep="last").to_numpy(bool)
    fresh = _of_transactions(tried[own], DONE)
    fresh["status"] = state[own]
    whole = pd.concat([table, fresh], ignore_index=True)
    unit[own] = len(table) + np.arange(int(own.sum()))
    place = {pair: row for row, pair in enumerate(zip(whole["order"], whole["amount"], strict=True))}
    rest = np.flatnonzero(unit < 0)
    unit[rest] = [place[pairs[row]] for row in rest.tolist()]
    moved = (whole["account"] != "").to_numpy(bool)
    stopped = (unit < len(table)) & ~moved[unit]
    leg = own | stopped
    whole.loc[unit[stopped], "status"] = state[stopped]
    whole.loc[unit[stopped], "account"] = tried["account"].to_numpy(object)[stopped]
    found = pd.DataFrame(
        {
            "unit": unit,
            "record": tried["id"],
            "amount": tried["amount"],
            "account": tried["account"],
            "leg": leg,
        }
    )
    return whole, found


def _voided(table: pd.DataFrame, transactions: pd.DataFrame, legs: pd.DataFrame) -> pd.DataFrame:
    """Mark refunds of orders that were only authorised and then voided: no money moved (REF-06)."""
    category = transactions["category"]
    void = (category == str(Category.VOID)).to_numpy(bool)
    if not void.any():
        return table
    good = (transactions["status"].str.casefold() == "success").to_numpy(bool)
    charged = (category == str(Category.CHARGE)).to_numpy(bool)
    gone = order_hashes(transactions["ref"][void & good])
    sold = order_hashes(transactions["ref"][charged & good])
    moved = np.isin(np.arange(len(table)), legs["unit"])
    mine = np.isin(table["order"], np.setdiff1d(gone, sold)) & ~moved
    return table.assign(status=np.where(mine, VOID, table["status"].to_numpy(object)))


# -- keys -----------------------------------------------------------------------------------------------


def _keys(table: pd.DataFrame) -> Ints:
    """A stable number per refund, from its order and its number or moment, amount and gateway."""
    refs = spans(table["name"].tolist(), Transform.ORDER_REF).texts() if len(table) else []
    rows = zip(
        refs,
        *(table[name].tolist() for name in ("number", "at", "amount", "account", "cumulative", "status")),
        strict=True,
    )
    names = [
        _SEPARATOR.join(("refund", ref, number))
        if number
        else _SEPARATOR.join(
            ("order", ref) if cumulative or status == DUE else ("paid", ref, str(at), str(amount), account)
        )
        for ref, number, at, amount, account, cumulative, status in rows
    ]
    twin = pd.Series(names, dtype=object).groupby(names).cumcount() if names else pd.Series([], dtype=int)
    return hashes([f"{name}{_SEPARATOR}{again}" for name, again in zip(names, twin.tolist(), strict=True)])
