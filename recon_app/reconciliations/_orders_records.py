"""The orders of both sides, each with the number of the order that it tells of.

An order of the shop is known by its name. A sale order names it in its customer reference, else as the last
word of its source document; two stores that use the same names are told apart by what the orders amount to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.models.counted import counted
from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations import _covered as covered
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._goods_cases import Mask, Texts
from recon_app.reconciliations._orders_guesses import REFERENCE, SOURCE, guessed

Frames = Mapping[RecordType, pd.DataFrame]

#: Orders of one name that only their amounts tell apart.
AMOUNT = "order_amount"
#: How far payment has come; an order that was paid once stays so, whatever was refunded.
RANKS = {
    "pending": 0,
    "authorized": 1,
    "partially_paid": 2,
    "paid": 3,
    "partially_refunded": 3,
    "refunded": 3,
}
NEVER = frozenset({"voided", "expired"})
#: So many names are written out.
_NAMED = 5
_DIGITS = re.compile(r"[0-9]+")
#: What the sources of each kind of export begin with, the one that says most first.
_EXPORTS = ("shopify_order", "shopify_bulk_", "matrixify_")


@dataclass(frozen=True)
class Orders:
    """Orders of both sides with their numbers.

    Attributes:
        names: What each number stands for, from which keys of cases are made.
        shop: Orders of the shop, with ``code``, and their further values as columns.
        sales: Sale orders with ``code`` (-1 for those of other channels), ``rule`` and ``alive``; those of
            which only lines are there have the id -1.
        remarks: What was left out.
    """

    names: list[str]
    shop: pd.DataFrame
    sales: pd.DataFrame
    remarks: list[str]

    @property
    def count(self) -> int:
        """How many orders there are."""
        return len(self.names)

    @cached_property
    def by_number(self) -> pd.Series:
        """Order by number of the sale order; a number that sale orders of several orders have is left out."""
        pairs = self.sales[["grp", "code"]].drop_duplicates()
        pairs = pairs[~pairs["grp"].duplicated(keep=False) & (pairs["code"] >= 0)]
        return pairs.set_index("grp")["code"]

    @cached_property
    def told_apart(self) -> frozenset[str]:
        """Names of several orders that only their ids and amounts tell apart."""
        parts = (name.partition(goods.SEPARATOR) for name in self.names)
        return frozenset(name for name, more, _ in parts if more)


def orders(frames: Frames) -> Orders:
    """Number the orders of both sides."""
    shop, remarks = money.orders_once(frames)
    shop = _by_day(shop)
    found = _numbered(_with_values(shop), _sales(frames))
    known = np.isin(found.shop["code"].to_numpy(np.int64), found.sales["code"].to_numpy(np.int64))
    other = covered.other_stores(found.shop["ref"], found.shop["currency"], known)
    if other.any():
        remarks += covered.left_out(
            found.shop["day"].to_numpy(np.int64)[other],
            "order of the shop",
            "orders of the shop",
            "Odoo's files know no order of that store",
        )
        found = _numbered(shop=_with_values(shop)[~other].reset_index(drop=True), sales=_sales(frames))
    return replace(found, remarks=[*remarks, *found.remarks])


def _numbered(shop: pd.DataFrame, sales: pd.DataFrame) -> Orders:
    remarks: list[str] = []
    code, known = pd.factorize(_names_of(shop))
    names = [str(name) for name in known]
    own, rule = _named(sales, names, shop.assign(code=code))
    code, own, rule, names = _told_apart(shop.assign(code=code), sales.assign(code=own, rule=rule), names)
    shop = shop.assign(code=code)
    sales = sales.assign(code=own, rule=rule)
    sales, names, others = _of_the_shop(sales, shop, names)
    if others:
        were = counted(others, "sale order is", "sale orders are")
        remarks.append(f"{were} of other channels, and left out: no order of the shop is named.")
    return Orders(names, shop, sales, remarks)


def _by_day(shop: pd.DataFrame) -> pd.DataFrame:
    """The orders day by day as they are numbered, ``#999`` before ``#1000``: so they are listed, too."""
    length = np.array([len(ref) for ref in shop["ref"]], np.int64)
    return shop.assign(length=length).sort_values(["day", "length", "ref", "key"], ignore_index=True)


def _names_of(shop: pd.DataFrame) -> Texts:
    """What each order of the shop is called, its id where it has no name."""
    texts = money.references(shop["ref"].tolist())
    return np.array([text or ident for text, ident in zip(texts, shop["ident"], strict=True)], object)


_AMOUNTS = ("subtotal", "shipping", "taxes", "tip", "duties", "discount", "current_total")


def _with_values(shop: pd.DataFrame) -> pd.DataFrame:
    """The orders with their further values; terms that are not there are 0 where the order has others."""
    extra = money.parsed(shop)
    found = {name: money.numbers(extra, name) for name in _AMOUNTS}
    detailed = found["subtotal"] != NO_INT
    for name in ("shipping", "taxes", "tip", "duties"):
        found[name] = np.where(detailed & (found[name] == NO_INT), 0, found[name])
    gone = [bool(each.get("cancelled_at") or each.get("cancelled")) for each in extra]
    return shop.assign(
        status=np.array([word.casefold() for word in shop["status"]], object),
        taxes_are=money.texts(extra, "taxes_are"),
        fulfilment=money.texts(extra, "fulfillment"),
        tax_lines=pd.Series([each.get("tax_lines", ()) for each in extra], shop.index, object),
        cancelled=np.array(gone, np.bool_),
        **found,
    )


def _sales(frames: Frames) -> pd.DataFrame:
    """Sale orders, and those of which only lines are there."""
    sales, lines = frames[RecordType.SALE_ORDER], frames[RecordType.SALE_ORDER_LINE]
    extra = money.parsed(sales)
    sales = sales.assign(
        untaxed=money.numbers(extra, "untaxed"),
        tax=money.numbers(extra, "tax"),
        invoices=np.array([len(each.get("invoices") or ()) for each in extra], np.int64),
        invoice_status=money.texts(extra, "invoice_status"),
    )
    alone = lines[~lines["grp"].isin(set(sales["grp"]))]
    # lines of one number that name two orders are of two sale orders
    alone = alone.sort_values(["grp", "ref", "status", "currency"]).drop_duplicates(["grp", "ref"])
    if len(alone):
        bare = alone[["grp", "ref", "status", "currency", "key"]].assign(id=-1, ref2="", invoice_status="")
        bare = bare.assign(invoices=0, **dict.fromkeys(("day", "at", "amount", "untaxed", "tax"), NO_INT))
        sales = pd.concat([sales, bare[[name for name in sales if name in bare]]], ignore_index=True)
    return sales.assign(alive=~sales["status"].isin(money.CANCELLED).to_numpy(bool)).reset_index(drop=True)


def _named(sales: pd.DataFrame, names: list[str], shop: pd.DataFrame) -> tuple[Ints, Texts]:
    """The order that each sale order names, -1 for none, and by what."""
    index = pd.Index([name or goods.SEPARATOR for name in names])
    by_reference = index.get_indexer(pd.Index(money.references(sales["ref"].tolist())))
    tails = [text.rpartition(" ")[2] for text in sales["ref2"]]
    by_source = index.get_indexer(pd.Index(money.references(tails)))
    # a reference may be the customer's own, the source may still name the order
    code = np.where(by_reference >= 0, by_reference, by_source).astype(np.int64)
    rule = np.where(by_reference >= 0, REFERENCE, np.where(by_source >= 0, SOURCE, "")).astype(object)
    return guessed(shop, sales, code, rule)


def _told_apart(
    shop: pd.DataFrame, sales: pd.DataFrame, names: list[str]
) -> tuple[Ints, Ints, Texts, list[str]]:
    """Give orders of two stores that have the same name numbers of their own, where the amounts tell them."""
    code, own, rule = (frame.to_numpy(copy=True) for frame in (shop["code"], sales["code"], sales["rule"]))
    names = list(names)
    for number in np.unique(code[shop["code"].duplicated()]).tolist():
        rows, mine = np.flatnonzero(code == number), np.flatnonzero(own == number)
        rows = rows[np.lexsort([shop[name].to_numpy()[rows] for name in ("amount", "currency", "ident")])]
        what = [(shop["currency"].iloc[row], shop["amount"].iloc[row]) for row in rows]
        sold = [(sales["currency"].iloc[row], sales["amount"].iloc[row]) for row in mine]
        unknown = any(amount == NO_INT for _, amount in what)
        if unknown or len(set(what)) < len(what) or not set(sold) <= set(what) or not sold:
            continue
        for row, pair in list(zip(rows.tolist(), what, strict=True))[1:]:
            own_id = shop["ident"].iloc[row].rpartition("/")[2] or f"{pair[0]} {pair[1]}"
            names.append(f"{names[number]}{goods.SEPARATOR}{own_id}")
            code[row] = len(names) - 1
            own[[sale for sale, other in zip(mine.tolist(), sold, strict=True) if other == pair]] = code[row]
        rule[mine] = AMOUNT
    return code.astype(np.int64), own.astype(np.int64), rule, names


def _of_the_shop(
    sales: pd.DataFrame, shop: pd.DataFrame, names: list[str]
) -> tuple[pd.DataFrame, list[str], int]:
    """Number the sale orders that name an order the shop's files do not have; count those of others."""
    code = sales["code"].to_numpy(np.int64, copy=True)
    shapes = _shapes(shop["ref"])
    rows = np.flatnonzero((code < 0) & sales["alive"].to_numpy(bool))
    refs = sales["ref"].iloc[rows].tolist()
    sources = sales["ref2"].iloc[rows].tolist()
    tails = [text.rpartition(" ")[2] for text in sources]
    named = np.array([_shape(text) in shapes for text in refs], np.bool_)
    source = np.array(
        [
            _shape(tail) in shapes or (text.casefold().startswith("shopify") and bool(tail))
            for text, tail in zip(sources, tails, strict=True)
        ],
        np.bool_,
    )
    texts = np.where(named, money.references(refs), money.references(tails)).astype(object)
    more = named | source
    known_as_order = (sales["alive"] & (sales["id"] >= 0)).to_numpy(bool)
    known, first = pd.factorize(texts[more])
    code[rows[more]] = known + len(names)
    names = [*names, *map(str, first)]
    return sales.assign(code=code), names, int(((code < 0) & known_as_order).sum())


def _shapes(refs: pd.Series) -> frozenset[str]:
    return frozenset(map(_shape, set(refs))) - {""}


def _shape(text: str) -> str:
    """How a reference looks: ``#1001`` is ``#0``; of a bare number, how many digits it has."""
    text = text.strip()
    return f"{len(text)}" if text.isdigit() else _DIGITS.sub("0", text) if _DIGITS.search(text) else ""


def outside(found: Orders) -> tuple[Ints, Mask]:
    """The day of each order, and whether the files of the side that lacks it do not reach that day."""
    count = found.count
    shop, sales = found.shop, found.sales[found.sales["code"] >= 0]
    own, its = (_latest(frame, "day", count) for frame in (shop, sales))
    day = np.where(own == NO_INT, its, own)
    in_shop = np.zeros(count, np.bool_)
    in_shop[shop["code"].to_numpy(np.int64)] = True
    at = _latest(shop, "at", count)
    return day, np.where(in_shop, _beyond(day, at, found.sales), _beyond(day, at, shop))


def _latest(frame: pd.DataFrame, name: str, count: int) -> Ints:
    return goods.latest(frame["code"].to_numpy(np.int64), frame[name].to_numpy(np.int64), count)


def _beyond(day: Ints, at: Ints, other: pd.DataFrame) -> Mask:
    """Orders older than the first or newer than the last of the other side."""
    days, moments = (values[values != NO_INT] for values in (other["day"].to_numpy(), other["at"].to_numpy()))
    if not len(days):
        return np.zeros(len(day), np.bool_)
    later = day > int(days.max())
    if len(moments) == len(days):
        later |= (at != NO_INT) & (at > int(moments.max()))
    else:
        later |= day == int(days.max())  # nobody knows at what time that day's export was made
    result: Mask = (day != NO_INT) & (later | (day < int(days.min())))
    return result


def shop_lines(frames: Frames, found: Orders) -> tuple[pd.DataFrame, Mask]:
    """Lines of the shop's orders with ``code``, each order's from one kind of export; and which are tips."""
    lines = of_orders(frames[RecordType.ORDER_LINE], found)
    extra = money.parsed(lines)
    tip = np.array([bool(each.get("tip")) for each in extra], np.bool_)
    named_tip = (lines["text"] == "Tip").to_numpy(bool) & (lines["sku"] == "").to_numpy(bool)
    return lines.assign(more=pd.Series(extra, lines.index, object)), tip | named_tip


def of_orders(records: pd.DataFrame, found: Orders) -> pd.DataFrame:
    """Records of the shop that belong to its orders, with ``code``; each order's from one kind of export."""
    by_number = pd.Series(found.shop["code"].to_numpy(), index=_numbers(found.shop["ident"]))
    by_number = by_number[(by_number.index != "") & ~by_number.index.duplicated(keep=False)]
    place = by_number.index.get_indexer(pd.Index(_numbers(records["grp"])))
    code = np.append(by_number.to_numpy(np.int64), -1)[place]
    refs = pd.Index(money.references(records["ref"].tolist()))
    # what has a name only that several orders have is of one of them, and nobody knows of which
    named = np.where(refs.isin(found.told_apart), -1, pd.Index(found.names).get_indexer(refs))
    code = np.where(code < 0, named, code).astype(np.int64)
    ranks = {text: _rank(text) for text in set(records["source"])}
    rank_of = np.array([ranks[text] for text in records["source"]], np.int64)
    best = np.full(found.count + 1, len(_EXPORTS) + 1, np.int64)
    np.minimum.at(best, code, rank_of)
    kept = (code >= 0) & (rank_of == best[code])
    mine: pd.DataFrame = records.assign(code=code)[kept].reset_index(drop=True)
    return mine


def _rank(source: str) -> int:
    """Which kind of export comes first; the orders themselves are ranked in the same way."""
    return next((rank for rank, start in enumerate(_EXPORTS) if source.startswith(start)), len(_EXPORTS))


def _numbers(ids: pd.Series) -> list[str]:
    """Ids without ``gid://shopify/Order/``."""
    return [text.rpartition("/")[2] for text in ids]


def sale_lines(frames: Frames, found: Orders, wanted: str = "amount") -> pd.DataFrame:
    """Lines of the sale orders that are alive, with ``code`` and ``sale`` (row of the sale order).

    Each order's lines come from one kind of export: from that of the lines, unless only the other one has
    the wanted figure.
    """
    lines, sales = frames[RecordType.SALE_ORDER_LINE], found.sales
    lines = lines.assign(sale=_sale_of(lines, sales))
    lines = lines[lines["sale"] >= 0].reset_index(drop=True)
    stacked = lines["source"].str.contains("stacked").to_numpy(bool)
    if stacked.any() and not stacked.all():
        sale, count = lines["sale"].to_numpy(np.int64), len(sales)
        unknown = (lines[wanted] == NO_INT).to_numpy(bool)
        lacking = goods.any_of(sale, unknown & ~stacked, count)
        alone = ~goods.any_of(sale, ~stacked, count)
        better = alone | (lacking & goods.any_of(sale, stacked & ~unknown, count))
        lines = lines[stacked == better[sale]].reset_index(drop=True)
    extra = pd.Series(money.parsed(lines), lines.index, object)
    return lines.assign(code=sales["code"].to_numpy(np.int64)[lines["sale"].to_numpy(np.int64)], more=extra)


def _sale_of(lines: pd.DataFrame, sales: pd.DataFrame) -> Ints:
    """The living sale order of each line by its number; of several, the one of the line's reference.

    -1 where it is none that counts, or where nobody can tell which it is.
    """
    chosen = (sales["code"] >= 0).to_numpy(bool) & sales["alive"].to_numpy(bool)
    found = np.full(len(lines), -1, np.int64)
    # the first of several is right only where all of them are one order, whose lines they are together
    one = pd.Series(np.where(chosen, sales["code"], -1 - np.arange(len(sales))), index=sales["grp"])
    single = one.groupby(level=0).transform("nunique").to_numpy(np.int64) == 1
    twice = (sales.duplicated(["grp", "ref"], keep=False) | (sales["ref"] == "")).to_numpy(bool)
    for names, usable in ((["grp", "ref"], chosen & ~twice), (["grp"], chosen & single)):
        rows = pd.Series(np.flatnonzero(usable), index=pd.MultiIndex.from_frame(sales[names][usable]))
        rows = rows[~rows.index.duplicated()]
        place = rows.index.get_indexer(pd.MultiIndex.from_frame(lines[names]))
        found = np.where(found >= 0, found, np.append(rows.to_numpy(np.int64), -1)[place])
    return found


def untold(frames: Frames, found: Orders) -> list[str]:
    """Say of which sale orders the lines were left out, because several have one number."""
    sales = found.sales[found.sales["code"] >= 0]
    numbers = set(sales["grp"][~sales["grp"].isin(found.by_number.index) & sales["alive"]])
    lines = frames[RecordType.SALE_ORDER_LINE]
    lines = lines[lines["grp"].isin(numbers)]
    names = sorted(set(lines["grp"][_sale_of(lines, found.sales) < 0]))
    if not names:
        return []
    many = counted(len(names), "number of sale orders stands", "numbers of sale orders stand")
    more = " …" if len(names) > _NAMED else ""
    text = (
        f"{many} for several sale orders each ({', '.join(names[:_NAMED])}{more}), and nothing tells "
        "whose the lines are: these were left out. Export each database or company apart."
    )
    return [text]
