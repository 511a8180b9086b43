"""The tax of orders against that of their invoices, by month (F18)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from recon_app.engine.cases import Legs
from recon_app.engine.normalise import Ints
from recon_app.engine.zones import last_day, month_name, months
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, Category, Side
from recon_app.reconciliations import _covered as covered
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._base import Result
from recon_app.reconciliations._goods_cases import Mask, Texts

_NAMED = 6
_MARGIN = 60  # days that an order and its invoice may be apart


def order_cases(orders: pd.DataFrame, documents: pd.DataFrame, result: Result, first: int) -> pd.DataFrame:
    """One case per month and currency of orders whose invoices are known: tax of both (F18)."""
    linked = _linked(orders, documents)
    result.remarks += covered.left_out(
        orders["day"].to_numpy(np.int64)[linked.tied],
        "order of the shop",
        "orders of the shop",
        "others have the same name, and nothing tells which of them an invoice is of",
    )
    if not len(linked.shop):
        return money.case_table([])
    table = pd.DataFrame({"currency": linked.currency, "month": linked.month})
    case, names = pd.factorize(table["currency"] + goods.SEPARATOR + table["month"].astype(str), sort=True)
    count = len(names)
    off = linked.odoo - linked.shop
    differs = off != 0
    sums = [
        money.total(case, values, np.ones(len(case), np.bool_), count)
        for values in (linked.shop, linked.odoo)
    ]
    many = money.tally(case, differs, count)
    month = np.array([int(name.split(goods.SEPARATOR)[1]) for name in names], np.int64)
    currency = np.array([name.split(goods.SEPARATOR)[0] for name in names], object)
    number = np.where(differs, case, -1)
    # an order stands beside its invoices
    block = np.empty(len(linked.name), np.int64)
    block[np.lexsort((linked.name.astype(str), linked.day))] = np.arange(len(linked.name))
    for side, frame, group in (
        (Side.SHOP, orders, linked.of_order),
        (Side.ODOO, documents, linked.of_document),
    ):
        mine = np.where(group >= 0, number[np.maximum(group, 0)], -1)
        there = mine >= 0
        part = replace(
            Legs.of_side(side, first + mine[there], frame["id"].to_numpy(np.int64)[there]),
            block=block[group[there]],
        )
        result.legs = Legs.concat(result.legs, part)
    for row in range(count):
        mine = np.flatnonzero(differs & (case == row))
        result.notes[first + row] = {
            "month": month_name(int(month[row])),
            "orders": int((case == row).sum()),
            "differing": int(many[row]),
            "shop": int(sums[0][row]),
            "odoo": int(sums[1][row]),
            "named": sorted(str(linked.name[place]) for place in mine)[:_NAMED],
            "largest": int(np.abs(off[mine]).max(initial=0)),
        }
    kind = np.where(many > 0, str(Kind.AMOUNT), str(Kind.MATCHED)).astype(object)
    return money.case_table(
        [f"orders {code} {month_name(int(each))}" for code, each in zip(currency, month, strict=True)],
        kind=kind,
        cause=np.where(many > 0, "tax_differs", "").astype(object),
        rule="order_and_invoice",
        grp="Shop and Odoo",
        day=np.array([last_day(int(each)) for each in month], np.int64),
        delta=sums[1] - sums[0],
        currency=currency,
    )


@dataclass(frozen=True)
class _Linked:
    """Orders with posted invoices, a row each.

    Attributes:
        tied: Orders of one name of which an invoice may mean any.
        of_order: The row of each order, -1 for none; of_document: of each document.
    """

    name: Texts
    shop: Ints
    odoo: Ints
    day: Ints
    month: Ints
    currency: Texts
    tied: Ints
    of_order: Ints
    of_document: Ints


def _linked(orders: pd.DataFrame, documents: pd.DataFrame) -> _Linked:
    """Join orders and invoices by the reference of the order, where it is of one order and one currency."""
    extra = money.parsed(orders)
    # an order that says nothing of its tax has none, where it says what else it consists of
    told = np.array(["subtotal" in each for each in extra], np.bool_)
    tax = np.array([int(each.get("taxes") or 0) for each in extra], np.int64)
    counted = (documents["category"] == str(Category.INVOICE)) & (documents["tax"] != NO_INT)
    order, tied = _meant(orders, told, documents)
    used = counted.to_numpy(bool) & (order >= 0)
    rows, code = np.unique(order[used], return_inverse=True)
    of_order = np.full(len(orders), -1, np.int64)
    of_order[rows] = np.arange(len(rows))
    of_document = np.full(len(documents), -1, np.int64)
    of_document[used] = code
    booked = np.zeros(len(rows), np.int64)
    np.add.at(booked, code, documents["tax"].to_numpy(np.int64)[used])
    return _Linked(
        name=orders["ref"].to_numpy(object)[rows],
        shop=tax[rows],
        odoo=booked,
        day=orders["day"].to_numpy(np.int64)[rows],
        month=months(orders["day"].to_numpy(np.int64))[rows],
        currency=orders["currency"].to_numpy(object)[rows],
        tied=tied,
        of_order=of_order,
        of_document=of_document,
    )


def _meant(orders: pd.DataFrame, told: Mask, documents: pd.DataFrame) -> tuple[Ints, Ints]:
    """The order of each document, -1 for none, and orders of one name that nothing tells apart.

    An order has the name, the currency and, but for some weeks, the day of its documents: another store may
    have given the same name years ago.
    """
    sold = pd.DataFrame(
        {
            "ref": np.array(money.references(orders["ref"].tolist()), object),
            "currency": orders["currency"].to_numpy(object),
            "day": orders["day"].to_numpy(np.int64),
            "order": np.arange(len(orders)),
        }
    )[told & (orders["day"] != NO_INT).to_numpy(bool)]
    billed = pd.DataFrame(
        {
            "ref": np.array(money.references(documents["ref"].tolist()), object),
            "currency": documents["currency"].to_numpy(object),
            "on": documents["day"].to_numpy(np.int64),
            "document": np.arange(len(documents)),
        }
    )
    both = billed[billed["ref"] != ""].merge(sold, on=["ref", "currency"])
    both = both[(both["on"] != NO_INT) & ((both["on"] - both["day"]).abs() <= _MARGIN)]
    several = both.duplicated("document", keep=False).to_numpy(bool)
    found = np.full(len(documents), -1, np.int64)
    found[both["document"].to_numpy(np.int64)[~several]] = both["order"].to_numpy(np.int64)[~several]
    return found, np.unique(both["order"].to_numpy(np.int64)[several])
