"""Which refunds the files of a side would show: only of these a leg can be called missing.

A file tells of its own days and of its own store. A refund of another year, or of a store of which the other
side knows nothing, is not missing there: nobody knows. Each such reason is said once, with the count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.engine.orders import among
from recon_app.models.counted import counted
from recon_app.models.record import NO_INT, Side
from recon_app.reconciliations import _covered as covered
from recon_app.reconciliations._goods_cases import Texts, iso
from recon_app.reconciliations._refunds_cases import PLATFORM, Cases
from recon_app.reconciliations._refunds_link import Mask
from recon_app.reconciliations._refunds_scope import World

#: So many days behind the end of a file a leg may still come; what is later belongs to the next file.
_MARGIN = 7
_EVER = 2**62
#: What is not known of a refund whose leg no file can show.
_DOUBT = {
    Side.SHOP: "what the shop refunded is not known",
    Side.PLATFORM: "what was paid is not known",
    Side.ODOO: "what is booked is not known",
    Side.GOODS: "which goods came back is not known",
}


@dataclass
class Reach:
    """How far the files of one side go, per case.

    Attributes:
        whose: Whose files they are: ``Odoo``, ``shopify payments``.
        since: First day of these files, NO_INT for none.
        until: Their last day.
        before: The refund lies before them.
        after: It lies behind them by more than a leg takes.
        later: It lies behind them by less: the leg may still come.
        strange: It is of a store that this side knows nothing of.
        lacks: Which file is not there at all, "" for none.
        asked: No file of the side is there at all: the run asks for it anyway.
    """

    whose: Texts
    since: Ints
    until: Ints
    before: Mask
    after: Mask
    later: Mask
    strange: Mask
    lacks: Texts
    asked: bool

    @property
    def known(self) -> Mask:
        """The files would show the leg."""
        found: Mask = ~(self.before | self.after | self.strange | (self.lacks != ""))
        return found

    def why(self) -> Texts:
        """Why it is not known, in short words; "" where it is."""
        found = np.where(self.strange, "No file of " + self.whose + " knows this store", "").astype(object)
        away = self.before | self.after
        found[away] = ("No file of " + self.whose + " reaches this day")[away]
        return np.where(self.lacks != "", self.lacks, found)

    @property
    def past(self) -> Mask:
        """The side will never show the leg, whatever its next files are."""
        return self.before | self.strange

    def remarks(self, side: Side, open_: Mask, day: Ints) -> list[str]:
        """One sentence per reason and owner of files, on the refunds whose leg is not there."""
        if self.asked:
            return []
        found: list[str] = []
        for whose in sorted(set(self.whose[open_ & ~self.known].tolist())):
            mine = open_ & (self.whose == whose) & (self.lacks == "") & ~self.strange
            rows = np.flatnonzero(mine & self.before)
            if len(rows):
                first = f"before {whose}'s files (first day {iso(int(self.since[rows[0]]))})"
                found.append(_lies(day[rows], first, _DOUBT[side]))
            rows = np.flatnonzero(mine & self.after)
            if len(rows):
                last = f"behind {whose}'s files (last day {iso(int(self.until[rows[0]]))})"
                found.append(_lies(day[rows], last, _DOUBT[side]))
            rows = np.flatnonzero(open_ & (self.whose == whose) & (self.lacks == "") & self.strange)
            if len(rows):
                store = f"in a store that {whose}'s files know nothing of"
                found.append(_lies(day[rows], store, _DOUBT[side]))
        lacking = pd.Series(self.lacks[open_ & (self.lacks != "")], dtype=object)
        return found + [
            f"{text}: {_DOUBT[side]}, {counted(int(count), 'refund')}."
            for text, count in lacking.value_counts(sort=False).sort_index().items()
        ]


def _lies(day: Ints, where: str, doubt: str) -> str:
    days = covered.span(day)
    when = "" if days is None else f" of {covered.said(days)}"
    verb = "lies" if len(day) == 1 else "lie"
    return f"{counted(len(day), 'refund')}{when} {verb} {where}: {doubt}."


def day_of(cases: Cases, seen: World, first: Ints) -> Ints:
    """Day of each refund: its own, else that of its first leg, else not before that of its order."""
    own = cases.table["day"].to_numpy(np.int64)
    ordered = np.full(len(cases), _EVER, np.int64)
    day = seen.orders.table["day"].to_numpy(np.int64)[cases.orders.row]
    np.minimum.at(ordered, cases.orders.asked, np.where(day == NO_INT, _EVER, day))
    found = np.where(own != NO_INT, own, first)
    return np.where((found == NO_INT) & (ordered != _EVER), ordered, found)


def of_platform(seen: World, cases: Cases, day: Ints) -> Reach:
    """How far the lines of the platform that should pay go."""
    size, shop = len(cases), seen.shop.table
    named, unread = np.full(size, "", object), np.zeros(size, np.bool_)
    named[: len(shop)] = shop["platform"].to_numpy(object)
    unread[: len(shop)] = shop["unread"].to_numpy(bool)
    start, end = ({name: span[place] for name, span in seen.paid.spans.items()} for place in (0, 1))
    every, last = min(start.values(), default=NO_INT), max(end.values(), default=NO_INT)
    code, names = pd.factorize(named)
    since = np.array([start.get(str(name), every) for name in names], np.int64)[code]
    until = np.array([end.get(str(name), last) for name in names], np.int64)[code]
    whose = np.array([str(name).replace("_", " ") or "a platform" for name in names], object)[code]
    lacks = np.full(size, "" if seen.has["platform"] else "No file of a platform is imported", object)
    gateway = np.full(size, "", object)
    gateway[: len(shop)] = shop["account"].to_numpy(object)
    missing = unread & seen.has["platform"]
    for row in np.flatnonzero(missing).tolist():
        means = str(gateway[row])
        lacks[row] = f"No file of {means} is imported" if means else "No file tells which platform paid"
    known = np.concatenate([seen.paid.orders, seen.paid.table["order"].to_numpy(np.int64)])
    strange = _strange(seen, cases, known, by_platform=False)
    return _reach(whose, since, until, day, lacks, strange, asked=not seen.has["platform"])


def of_odoo(seen: World, cases: Cases, day: Ints) -> Reach:
    """How far Odoo's documents go, or its payments where it has no documents."""
    lacks = "" if seen.has["odoo"] else "No file of Odoo is imported"
    strange = _strange(seen, cases, seen.booked.orders)
    return _of_one("Odoo", seen.booked.span, cases, day, lacks, strange)


def of_goods(seen: World, cases: Cases, day: Ints) -> Reach:
    """How far Odoo's stock moves go."""
    lacks = "" if seen.has["goods"] else "No stock moves of Odoo are imported"
    none = np.zeros(len(cases), np.bool_)
    return _of_one("Odoo's stock", seen.back.span, cases, day, lacks, none)


def of_shop(seen: World, cases: Cases, day: Ints) -> Reach:
    """How far the shop's files go."""
    lacks = "" if seen.has["shop"] else "No file of the shop is imported"
    strange = _strange(seen, cases, seen.shop.orders)
    return _of_one("the shop", seen.shop_span, cases, day, lacks, strange)


def _of_one(
    whose: str, span: covered.Span | None, cases: Cases, day: Ints, lacks: str, strange: Mask
) -> Reach:
    size = len(cases)
    since, until = span or (NO_INT, NO_INT)
    names, absent = np.full(size, whose, object), np.full(size, lacks, object)
    first, last = (np.full(size, each, np.int64) for each in (since, until))
    return _reach(names, first, last, day, absent, strange, asked=bool(lacks))


def _reach(
    whose: Texts, since: Ints, until: Ints, day: Ints, lacks: Texts, strange: Mask, *, asked: bool
) -> Reach:
    dated = (day != NO_INT) & (until != NO_INT)
    before = dated & (day < since)
    behind = dated & (day > until)
    after = behind & (day > np.where(until == NO_INT, 0, until) + _MARGIN)
    return Reach(whose, since, until, before, after, behind & ~after, strange, lacks, asked)


def _accounts(seen: World, cases: Cases) -> Texts:
    """The platform account that each case has a movement of, "" for none."""
    links = cases.links[PLATFORM]
    found = np.full(len(cases), "", object)
    found[links["case"].to_numpy(np.int64)] = seen.paid.table["account"].to_numpy(object)[links["row"]]
    return found


def _strange(seen: World, cases: Cases, orders: Ints, *, by_platform: bool = True) -> Mask:
    """Refunds of orders of a store that a side knows nothing of: by their names, or by their platform.

    Args:
        seen: What the platforms sold.
        cases: The refunds.
        orders: Orders that the side knows.
        by_platform: Whether a platform of whose many sales the side knows none is another store's.
    """
    order = cases.table["order"].to_numpy(np.int64)
    known = (order != 0) & among(order, orders)
    if known.all():
        return np.zeros(len(cases), np.bool_)
    named = pd.Series(np.where(order != 0, cases.table["name"].to_numpy(object), ""), dtype=object)
    found = covered.other_stores(named, cases.table["currency"], known)
    if by_platform:
        sellers = seen.paid.sellers
        of_account = sellers["order"].isin(orders).groupby(sellers["account"]).agg(["any", "size"])
        none = of_account.index[~of_account["any"] & (of_account["size"] >= covered.ENOUGH)]
        if of_account["any"].any():
            found = found | (np.isin(_accounts(seen, cases), none.to_numpy(object)) & ~known)
    return found
