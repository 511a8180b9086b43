"""What single orders add to the difference of two stock figures: where shop and Odoo tell them differently.

On hand in the shop falls by what was fulfilled and rises by what was restocked; in Odoo it falls by what was
delivered and rises by what was received back. What can be sold falls by what is promised, and by what is
reserved. So each order's part of a difference is known exactly, and its name is chosen afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.engine.orders import looked_up, order_hashes
from recon_app.engine.root_cause import CERTAIN, LIKELY
from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations import _stock_orders as orders
from recon_app.reconciliations._goods_cases import Mask, Texts
from recon_app.reconciliations._stock_figures import Figures, Index, kit_parts
from recon_app.reconciliations._stock_policy import Policy

Frames = Mapping[RecordType, pd.DataFrame]

_KEY = ["order", "sku"]
#: Orders of these statuses need not be in Odoo yet.
_UNPAID = ("pending", "authorized", "partially_paid")
_OF_SHOP = ("unfulfilled", "fulfilled", "returned")
_OF_ODOO = ("delivered", "open", "reserved", "received", "waiting")


@dataclass(frozen=True)
class Parts:
    """What orders add to the differences.

    Attributes:
        table: One row per order, product and place whose two sides differ: order (hash), sku (code), row (of
            the figures), code, sure, sell and hand (effects, shop less Odoo), day of the order.
        names: Name of each order by hash.
        moves: Moves with their order; what (transfer), id and status of what they are.
        records: Order lines and refunds of orders: order, id.
    """

    table: pd.DataFrame
    names: pd.Series
    moves: pd.DataFrame
    records: pd.DataFrame


def parts(frames: Frames, policy: Policy, figures: Figures) -> Parts:
    """Compare each order's goods on both sides."""
    shop = _shop_orders(frames)
    known = orders.sales(frames, shop)
    moved = orders.moves(frames, policy, figures.index, known, shop)
    sold = _sold(frames, policy, figures.index)
    kits = _Kits(frames, policy, figures, sold)
    of_kits = kits.moves(moved)
    table = _both(figures, sold[~sold["sku"].isin(kits.codes)], moved[~of_kits])
    sent = np.unique(moved["order"][((moved["from"] >= 0) & (moved["to"] < 0)).to_numpy(bool)])
    told = np.isin(table["order"], sent) | ~np.isin(table["order"], known.imported)
    # deliveries that are older than the moves in the files were made, as far as anybody knows
    table["delivered"] = np.where(told, table["delivered"], table["fulfilled"])
    state = _State(frames, known, table, sent)
    code, sure = state.named()
    hand = table["delivered"] - table["fulfilled"] + table["returned"] - table["received"]
    sell = hand - table["unfulfilled"] + table["reserved"]
    found = table[["order", "sku", "row", "day"]].assign(code=code, sure=sure, hand=hand, sell=sell)
    found = found[(code != "") & (found["row"] >= 0) & ((found["hand"] != 0) | (found["sell"] != 0))]
    found = pd.concat([found, kits.mistaken(moved[of_kits])], ignore_index=True)
    return Parts(found, _names(frames), moved, _records(frames))


def _shop_orders(frames: Frames) -> Ints:
    kinds = (RecordType.ORDER, RecordType.ORDER_LINE, RecordType.REFUND)
    return np.unique(np.concatenate([order_hashes(frames[kind]["ref"]) for kind in kinds]))


def _names(frames: Frames) -> pd.Series:
    kinds = (RecordType.ORDER, RecordType.ORDER_LINE, RecordType.REFUND)
    refs = pd.Series(sorted(set().union(*(frames[kind]["ref"] for kind in kinds))), dtype=object)
    named = pd.Series(refs.to_numpy(object), index=order_hashes(refs))
    # the smallest of several ways to write one name
    return named[~named.index.duplicated()]


def _records(frames: Frames) -> pd.DataFrame:
    kinds = (RecordType.ORDER_LINE, RecordType.REFUND)
    made = [pd.DataFrame({"order": order_hashes(frames[k]["ref"]), "id": frames[k]["id"]}) for k in kinds]
    return pd.concat(made, ignore_index=True)


def cancelled(frames: Frames) -> Ints:
    """Hashes of orders that the shop cancelled."""
    extra = frames[RecordType.ORDER]["extra"]
    gone = extra.str.contains('"cancelled_at":', regex=False) | extra.str.contains(
        '"cancelled":', regex=False
    )
    return np.unique(order_hashes(frames[RecordType.ORDER]["ref"][gone.to_numpy(bool)]))


def _sold(frames: Frames, policy: Policy, index: Index) -> pd.DataFrame:
    """Order lines with what became of them; cancelled orders promise nothing any more."""
    told = {**frames, RecordType.ORDER: frames[RecordType.ORDER].assign(extra="")}
    sold, _ = orders.sold(orders.ordered(told, policy, index))
    gone = np.isin(sold["order"].to_numpy(np.int64), cancelled(frames))
    return sold.assign(unfulfilled=np.where(gone, 0, sold["unfulfilled"]))[
        [*_KEY, "id", "day", *_OF_SHOP]
    ].reset_index(drop=True)


def _both(figures: Figures, sold: pd.DataFrame, moved: pd.DataFrame) -> pd.DataFrame:
    """Orders and products of either side, each where Odoo moved them, else where the shop has them."""
    mine = moved[(moved["order"] != 0) & (moved["sku"] >= 0)]
    out = mine[(mine["from"] >= 0) & (mine["to"] < 0)].rename(columns={"from": "group"})
    back = mine[(mine["from"] < 0) & (mine["to"] >= 0)].rename(columns={"to": "group"})
    gone = out.groupby([*_KEY, "group"], sort=False)[["done", "open", "reserved"]].sum()
    came = back.groupby([*_KEY, "group"], sort=False)[["done", "open"]].sum()
    gone = gone.rename(columns={"done": "delivered"})
    came = came.rename(columns={"done": "received", "open": "waiting"})
    there = gone.join(came, how="outer").fillna(0).astype(np.int64).reset_index()
    there = there.drop_duplicates(_KEY, keep=False)  # of goods from two places nobody knows which were sold
    table = sold.merge(there, on=_KEY, how="outer")
    for name in ("id", "day"):
        table[name] = table[name].fillna(NO_INT).astype(np.int64)
    group = table["group"].fillna(-1).astype(np.int64)
    columns = [*_OF_SHOP, *_OF_ODOO]
    table[columns] = table[columns].fillna(0).astype(np.int64)
    row = figures.index.rows(table["sku"].to_numpy(np.int64), np.asarray(group, np.int64))
    return table.assign(row=np.where(group >= 0, row, _home(figures, table["sku"])), moved=group >= 0)


def _home(figures: Figures, sku: pd.Series) -> Ints:
    """The only row where the shop stocks a product, -1 where there are several."""
    rows = np.flatnonzero(figures.stocked)
    codes = figures.index.sku[rows]
    count = np.bincount(codes, minlength=len(figures.index.skus) + 1)
    only = np.full(len(figures.index.skus) + 1, -1, np.int64)
    only[codes] = rows
    only[count > 1] = -1
    found: Ints = only[sku.to_numpy(np.int64)]
    return found


class _State:
    """Names what is different about each order and product."""

    def __init__(self, frames: Frames, known: orders.Sales, table: pd.DataFrame, sent: Ints) -> None:
        self._of = {name: table[name].to_numpy(np.int64) for name in (*_OF_SHOP, *_OF_ODOO, "day")}
        order = table["order"].to_numpy(np.int64)
        self._imported = np.isin(order, known.imported)
        self._gone = np.isin(order, cancelled(frames))
        waiting = frames[RecordType.ORDER]["status"].str.casefold().isin(_UNPAID).to_numpy(bool)
        self._unpaid = np.isin(order, order_hashes(frames[RecordType.ORDER]["ref"][waiting]))
        self._in_shop = table["id"].to_numpy(np.int64) != NO_INT
        self._of_shop = np.isin(order, _shop_orders(frames))
        self._moved = table["moved"].to_numpy(bool)
        self._has_moves = np.isin(order, sent)
        refunds = frames[RecordType.REFUND]
        self._refunded = np.isin(order, order_hashes(refunds["ref"]))
        self._twice = np.isin(order, _imported_twice(frames, known))
        self._recent = (self._of["day"] >= known.since) & (known.since != NO_INT)

    def named(self) -> tuple[Texts, Ints]:
        """Cause and how sure it is, of each row; "" for what is the same on both sides or not known."""
        of = self._of
        fulfilled, delivered, back, came = (
            of[name] for name in ("fulfilled", "delivered", "returned", "received")
        )
        odd = self._imported & self._in_shop
        extra = ~self._in_shop & self._moved & self._of_shop
        less, unsure = fulfilled > delivered, ~self._moved & self._imported
        steps: list[tuple[Mask, str, int]] = [
            (odd & (of["unfulfilled"] > of["reserved"]) & self._moved, "not_reserved", LIKELY),
            (odd & (delivered > fulfilled), "delivered_not_fulfilled", CERTAIN),
            (odd & less & (of["open"] > 0), "fulfilled_not_delivered", CERTAIN),
            (odd & less & unsure & self._has_moves, "line_not_in_odoo", LIKELY),
            (odd & less & unsure & self._has_moves & self._refunded, "exchange_not_in_odoo", CERTAIN),
            (extra & (delivered + of["reserved"] > 0), "line_not_in_shop", LIKELY),
            (extra & self._refunded & (delivered > 0), "exchange_not_in_shop", LIKELY),
            (came > back, "return_not_restocked", CERTAIN),
            ((back > came) & (of["waiting"] == 0), "return_not_received", LIKELY),
            ((back > came) & (of["waiting"] >= back - came), "return_not_validated", CERTAIN),
            (odd & (of["reserved"] > of["unfulfilled"]) & self._gone, "refunded_before_shipping", CERTAIN),
            (odd & (delivered > fulfilled) & self._gone, "cancelled_after_pick", CERTAIN),
            (odd & self._twice & (of["reserved"] > of["unfulfilled"]), "imported_twice", CERTAIN),
            (odd & self._twice & (delivered > fulfilled), "imported_twice", CERTAIN),
            (self._in_shop & ~self._imported & ~self._recent, "order_not_in_odoo", LIKELY),
            (self._in_shop & ~self._imported & self._recent, "order_not_in_odoo", CERTAIN),
            (self._in_shop & ~self._imported & self._unpaid, "order_not_paid", CERTAIN),
        ]
        code, sure = np.full(len(fulfilled), "", object), np.full(len(fulfilled), LIKELY, np.int64)
        for mask, name, level in steps:
            code[mask], sure[mask] = name, level
        return code, sure


def _imported_twice(frames: Frames, known: orders.Sales) -> Ints:
    """Orders that two living sale orders of Odoo are about."""
    sales = frames[RecordType.SALE_ORDER]
    alive = sales[~sales["status"].isin(orders.DEAD).to_numpy(bool)].drop_duplicates("grp")
    order, count = np.unique(looked_up(alive["grp"], known.of_number), return_counts=True)
    twice: Ints = order[(count > 1) & (order != 0)]
    return twice


class _Kits:
    """Kits in orders: Odoo delivers their components, which no line of the order names.

    Attributes:
        codes: SKU codes of kits.
    """

    def __init__(self, frames: Frames, policy: Policy, figures: Figures, sold: pd.DataFrame) -> None:
        self._index = figures.index
        needs = kit_parts(frames, policy).needs
        self.codes = figures.index.codes(pd.Series(list(needs), dtype=object))
        self._own = pd.MultiIndex.from_frame(sold[_KEY])
        self._expected: dict[tuple[int, int], int] = {}
        # kits need no stock of their own to be sold
        none = np.array([], np.int64)
        named = Index(np.array(list(needs), object), np.full(len(needs), "", object), none, none, 1)
        lines = _sold(frames, policy, named)
        for code, components in enumerate(needs.values()):
            parts_of = figures.index.codes(pd.Series(list(components), dtype=object))
            mine = lines[lines["sku"] == code]
            for order, sent in zip(mine["order"], mine["fulfilled"] - mine["returned"], strict=True):
                for part, need in zip(parts_of.tolist(), components.values(), strict=True):
                    before = self._expected.get((order, part), 0)
                    self._expected[order, part] = before + int(sent * need)

    def moves(self, moved: pd.DataFrame) -> Mask:
        """Moves of components: flagged as such, or of an order with kits that has no line for them."""
        orders_with = {order for order, _ in self._expected}
        lineless = ~pd.MultiIndex.from_frame(moved[_KEY]).isin(self._own)
        found: Mask = moved["kit"].to_numpy(bool) | (
            moved["order"].isin(orders_with).to_numpy(bool) & lineless
        )
        return found

    def mistaken(self, moved: pd.DataFrame) -> pd.DataFrame:
        """Orders of which other components were delivered than the bills of materials say."""
        mine = moved[moved["order"].isin({order for order, _ in self._expected}) & (moved["done"] > 0)]
        out = mine[(mine["from"] >= 0) & (mine["to"] < 0)]
        # what came back is compared as a return
        out = out[~out["order"].isin(mine["order"][mine["to"] >= 0])]
        # of goods from two places nobody knows which were for the kit
        out = out[out.groupby("order")["from"].transform("nunique") == 1]
        group = dict(zip(out["order"].tolist(), out["from"].tolist(), strict=True))
        totals = out.groupby(_KEY, sort=False)["done"].sum().reset_index()
        sent = {(order, sku): done for order, sku, done in totals.itertuples(index=False, name=None)}
        found = []
        for order, sku in sorted({*sent, *(key for key in self._expected if key[0] in group)}):
            off = int(sent.get((order, sku), 0)) - self._expected.get((order, sku), 0)
            row = self._index.rows(np.array([sku]), np.array([group[order]]))[0]
            if off and row >= 0:
                found.append((order, sku, int(row), off))
        columns = dict(zip((*_KEY, "row", "hand"), np.array(found, np.int64).reshape(-1, 4).T, strict=True))
        return pd.DataFrame(columns).assign(
            day=NO_INT, code="wrong_component", sure=CERTAIN, sell=columns["hand"]
        )
