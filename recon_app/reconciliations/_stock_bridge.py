"""Items of the bridges: what orders, moves and places say about the difference of each row.

Every item has two effects: on what is available to sell, and on what is on hand. Certain items are states
that files of both sides show; possible ones count only where the figures prove them (see
:mod:`recon_app.engine.bridge`); hints are named when they make up an open difference exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine import bridge
from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations import _stock_orders as orders
from recon_app.reconciliations._stock_beyond import Beyond, beyond, of_kits
from recon_app.reconciliations._stock_figures import Figures
from recon_app.reconciliations._stock_policy import Policy

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]
Frames = Mapping[RecordType, pd.DataFrame]

CERTAIN, POSSIBLE, HINT = range(3)
_COLUMNS = ("row", "code", "sell", "hand", "sure", "record", "what")
#: A quantity in a rounded unit is off by half of its last digit, which Odoo keeps two of: 1/200 of the unit.
_HALF_DIGIT = 200
#: Items that are a difference of two figures, not of orders.
_HELD_BACK = ("quarantine", "consignment", "safety_stock")
_CUSTOMERS = "Customers"  # 19 leaves out Partners/ before it
_SKEW = 3600  # seconds between two exports that need not be spoken of


class Evidence:
    """Collects items, row by row of the figures."""

    def __init__(self) -> None:
        self._parts: list[pd.DataFrame] = []

    def add(
        self,
        code: str,
        row: Ints,
        sell: Ints,
        hand: Ints,
        sure: Ints | int,
        record: pd.Series | int = NO_INT,
        what: pd.Series | str = "",
    ) -> None:
        """Add items; those outside of the rows or without any effect are left out."""
        found = pd.DataFrame(
            {
                "row": row,
                "code": bridge.code_number(code),
                "sell": sell,
                "hand": hand,
                "sure": sure,
                "record": np.asarray(record, np.int64) if isinstance(record, pd.Series) else record,
                "what": what.to_numpy(object) if isinstance(what, pd.Series) else what,
            }
        )
        found = found[(found["row"] >= 0) & ((found["sell"] != 0) | (found["hand"] != 0))]
        if len(found):
            self._parts.append(found)

    def table(self) -> pd.DataFrame:
        """All items: row, code (number), sell, hand, sure, record (id), what."""
        if not self._parts:
            columns = {name: pd.Series([], dtype=np.int64) for name in _COLUMNS}
            return pd.DataFrame(columns | {"what": pd.Series([], dtype=object)})
        return pd.concat(self._parts, ignore_index=True)


def items_of(table: pd.DataFrame, effect: str, sure: int) -> bridge.Items:
    """Items of one certainty with one of their effects."""
    mine = table[(table["sure"] == sure) & (table[effect] != 0)]
    return bridge.Items(
        mine["row"].to_numpy(np.int64), mine["code"].to_numpy(np.int64), mine[effect].to_numpy(np.int64)
    )


def collect(frames: Frames, policy: Policy, figures: Figures) -> tuple[pd.DataFrame, list[str]]:
    """All items that the data shows, and remarks on what it cannot show."""
    found, remarks = Evidence(), []
    _places(found, policy, figures)
    _units(found, figures)
    shop = orders.shop_orders(frames)
    known = orders.sales(frames, shop)
    moved = orders.moves(frames, policy, figures.index, known, shop)
    every = orders.ordered(frames, policy, figures.index)
    sold, unclear = orders.sold(every)
    parts = of_kits(frames, policy, figures.index, moved)
    if unclear:
        remarks.append(
            f"{unclear} order lines are partly fulfilled and no file says how much of them; export the "
            "orders with their fulfilments"
        )
    if len(frames[RecordType.SALE_ORDER]) or len(frames[RecordType.SALE_ORDER_LINE]):
        delivered = orders.delivered_lines(frames, policy, figures.index, known)
        _orders(found, figures, sold, moved, delivered, known)
        _beyond(found, figures, beyond(every, moved, parts))
    elif len(sold):
        remarks.append("No sale orders of Odoo are loaded, so orders it does not have yet cannot be named.")
    _reserved(found, figures, moved, shop, parts, frames[RecordType.SALE_ORDER]["grp"])
    _ways(found, figures, moved)
    remarks += _between(found, figures, moved, policy, shop)
    return found.table(), remarks


def _places(found: Evidence, policy: Policy, figures: Figures) -> None:
    """What lies where it is not sold, and what is held back."""
    rows = np.arange(len(figures.index))
    nothing = np.zeros(len(rows), np.int64)
    held, theirs, apart = figures.quarantine, figures.consigned, figures.unavailable
    known = held != NO_INT
    away = np.where(known & (apart != NO_INT), apart, 0)
    takes_it = (held > 0) | (theirs <= 0)
    for code, column, less in (
        ("quarantine", held, np.where(takes_it, away, 0)),
        ("consignment", theirs, np.where(takes_it, 0, away)),
    ):
        found.add(code, rows, np.where(known, column - less, 0), nothing, POSSIBLE)
    safety = np.zeros(max(figures.index.groups, 1), np.int64)
    scale = _scale(figures)
    for group, quantity in policy.safety.items():
        safety[group] = quantity * scale
    found.add("safety_stock", rows, np.where(known, safety[figures.index.group], 0), nothing, POSSIBLE)
    kit = figures.kit & (figures.free != NO_INT) & (figures.on_hand != NO_INT)
    short = np.where(kit, figures.on_hand - figures.free - safety[figures.index.group], 0)
    own = np.where(kit & (figures.committed != NO_INT), figures.committed, 0)
    found.add("kit_component", rows, np.where(kit, short - own, 0), nothing, POSSIBLE)


def _scale(figures: Figures) -> int:
    """Millionths of a piece are so many millionths of the figures' unit."""
    return int(figures.unit.partition("/")[2].partition(" ")[0]) if figures.unit.startswith("1/") else 1


def _units(found: Evidence, figures: Figures) -> None:
    """Odoo's quantities in dozens and the like: what their rounding takes off or adds (UOM-01, UOM-02)."""
    rows = np.flatnonzero(figures.packed > 0)
    one = 10**6 * _scale(figures)
    most = figures.packed[rows] * 10**6 // _HALF_DIGIT
    effects = []
    for column in (figures.free, figures.on_hand):
        value = column[rows]
        there = value != NO_INT
        whole = np.where(there, (np.where(there, value, 0) + one // 2) // one * one, 0)
        off = np.where(there, whole - np.where(there, value, 0), 0)
        effects.append(np.where(np.abs(off) <= most, off, 0))
    found.add("unit_of_measure", rows, effects[0], effects[1], CERTAIN)
    # the number was taken over as it is: 10 dozens became 10 pieces
    raw = figures.own[rows] * _scale(figures) - figures.on_hand[rows]
    there = figures.on_hand[rows] != NO_INT
    found.add("unit_of_measure", rows, np.where(there, raw, 0), np.where(there, raw, 0), POSSIBLE)


def _orders(
    found: Evidence,
    figures: Figures,
    sold: pd.DataFrame,
    moved: pd.DataFrame,
    delivered: pd.Series,
    known: orders.Sales,
) -> None:
    """Compare what became of each order line on both sides."""
    table = _both_sides(figures, sold, moved, delivered)
    imported = np.isin(table["order"].to_numpy(np.int64), known.imported)
    unfulfilled, fulfilled, returned = (
        table[name].to_numpy(np.int64) for name in ("unfulfilled", "fulfilled", "returned")
    )
    placed = table["placed"].to_numpy(bool)
    record, what, row = table["id"], table["ref"], table["row"].to_numpy(np.int64)
    nothing = np.zeros(len(table), np.int64)

    def add(code: str, mask: Mask, sell: Ints, hand: Ints, sure: Ints | int) -> None:
        level = np.where(placed, sure, HINT)
        found.add(code, np.where(mask, row, -1), sell, hand, level, record, what)

    recent = np.where((table["day"] >= known.since) & (known.since != NO_INT), CERTAIN, HINT)
    dead = np.isin(table["order"].to_numpy(np.int64), known.cancelled)
    kept = fulfilled - returned
    for code, mask in (("orders_not_imported", ~imported & ~dead), ("cancelled_in_odoo", dead)):
        add(code, mask, -unfulfilled, nothing, recent)
        add(code, mask, -kept, -kept, np.maximum(recent, POSSIBLE))
    done, back, waiting, reserved = (
        table[name].to_numpy(np.int64) for name in ("delivered", "received", "open", "reserved")
    )
    early = np.clip(done - fulfilled, 0, unfulfilled)
    add("picked_not_fulfilled", imported, nothing, early, CERTAIN)
    late = np.minimum(np.maximum(fulfilled - done, 0), waiting)
    promised = np.minimum(late, reserved)
    add("fulfilled_not_delivered", imported, promised - late, -late, CERTAIN)
    never = np.maximum(fulfilled - done, 0) - late
    add("fulfilled_not_delivered", imported, -never, -never, HINT)
    lack = np.maximum(unfulfilled - early - (reserved - promised), 0)
    add("committed_not_reserved", imported, -lack, nothing, POSSIBLE if len(moved) else HINT)
    change = returned - back
    add("returned_on_one_side", imported, change, change, POSSIBLE)


def _both_sides(
    figures: Figures, sold: pd.DataFrame, moved: pd.DataFrame, delivered: pd.Series
) -> pd.DataFrame:
    """Order lines with what Odoo moved for them, and the row of the place where they count.

    An order line names no place: it counts where Odoo moved it, else where the shop stocks the product when
    that is one place. Everywhere else it is a hint at each place (``placed`` is false).
    """
    key = ["order", "sku"]
    mine = moved[(moved["order"] != 0) & (moved["sku"] >= 0)]
    out = mine[(mine["from"] >= 0) & (mine["to"] < 0)]
    back = mine[(mine["from"] < 0) & (mine["to"] >= 0)]
    gone = out.groupby([*key, "from"], sort=False)[["done", "open", "reserved"]].sum()
    came = back.groupby([*key, "to"], sort=False)["done"].sum().rename_axis([*key, "from"])
    every = gone.index.union(came.index, sort=False)
    both = gone.reindex(every, fill_value=0).assign(received=came.reindex(every, fill_value=0)).reset_index()
    both = both.rename(columns={"from": "group", "done": "delivered"})
    index = figures.index
    both["row"] = index.rows(both["sku"].to_numpy(np.int64), both["group"].to_numpy(np.int64))
    both["placed"] = ~both.duplicated(key, keep=False)
    there = sold.merge(both.drop(columns="group"), on=key, how="inner")
    moved_keys = pd.MultiIndex.from_frame(both[key])
    left = sold[~pd.MultiIndex.from_frame(sold[key]).isin(moved_keys)]
    elsewhere = left.merge(_homes(figures), on="sku", how="inner")
    # Odoo's own figure of a line: kits are moved as their components
    lines = delivered.reindex(pd.MultiIndex.from_frame(elsewhere[key]), fill_value=0).to_numpy(np.int64)
    elsewhere = elsewhere.assign(delivered=lines, open=0, reserved=0, received=0)
    return pd.concat([there, elsewhere], ignore_index=True)


def _homes(figures: Figures) -> pd.DataFrame:
    """Rows that the shop stocks by SKU code; placed tells whether it is the only one of the SKU."""
    rows = np.flatnonzero(figures.stocked)
    sku = figures.index.sku[rows]
    count = np.bincount(sku, minlength=len(figures.index.skus))
    return pd.DataFrame({"sku": sku, "row": rows, "placed": count[sku] == 1})


def _beyond(found: Evidence, figures: Figures, much: Beyond) -> None:
    """Goods that Odoo reserves or has sent for orders of the shop that do not have them (any more)."""
    row, nothing = figures.index.rows(much.sku, much.place), np.zeros(len(much.sku), np.int64)
    found.add("reserved_beyond_order", row, much.reserved, nothing, POSSIBLE, much.record, much.what)
    level = np.where(much.cancelled, POSSIBLE, HINT)
    found.add("sent_beyond_order", row, much.sent, much.sent, level, much.record, much.what)


def _reserved(
    found: Evidence, figures: Figures, moved: pd.DataFrame, shop: Ints, parts: Mask, sales: pd.Series
) -> None:
    """Goods that Odoo reserves for what the shop does not know of.

    That is other channels, parts of kits, and moves from one shelf to another of the same place.
    """
    chosen = (moved["reserved"] > 0) & (moved["from"] >= 0)
    open_moves, parts = moved[chosen], parts[chosen.to_numpy(bool)]
    row = figures.index.rows(open_moves["sku"].to_numpy(np.int64), open_moves["from"].to_numpy(np.int64))
    order = open_moves["order"].to_numpy(np.int64)
    own, within = np.isin(order, shop), (open_moves["to"] == open_moves["from"]).to_numpy(bool)
    # the first step of a delivery moves goods within the place too, and names its sale order
    numbers = set(sales) - {""}
    of_sale = np.array([ref.partition(" ")[0] in numbers for ref in open_moves["ref"].tolist()], np.bool_)
    shelves = within & ~of_sale & (order == 0)
    held = open_moves["reserved"].to_numpy(np.int64)
    nothing = np.zeros(len(held), np.int64)
    # without orders of the shop nobody knows which ones are not its own
    level = POSSIBLE if len(shop) else HINT
    for code, mask, sure in (
        ("reserved_not_committed", ~own & ~shelves, level),
        ("kit_component", own & parts & ~within, level),
        ("moved_within", shelves, POSSIBLE),
    ):
        place = np.where(mask, row, -1)
        found.add(code, place, held, nothing, sure, open_moves["id"], open_moves["what"])


def _ways(found: Evidence, figures: Figures, moved: pd.DataFrame) -> None:
    """Goods between two places, and receipts that wait to be validated."""
    index = figures.index
    moved = moved[moved["sku"] >= 0]
    waiting = moved[(moved["open"] > 0) & (moved["from"] < 0) & ~moved["target"].str.endswith(_CUSTOMERS)]
    sent = moved[(moved["done"] > 0) & (moved["from"] >= 0) & (moved["to"] < 0)]
    # the second leg starts where the first one ended, with the same product and source document
    legs = sent.merge(
        waiting, left_on=["sku", "ref", "target"], right_on=["sku", "ref", "source"], suffixes=("", "_next")
    )
    legs = legs[(legs["to_next"] != legs["from"])].drop_duplicates("id_next")
    quantity = legs[["done", "open_next"]].min(axis=1).to_numpy(np.int64)
    for place in ("from", "to_next"):
        row = index.rows(legs["sku"].to_numpy(np.int64), legs[place].to_numpy(np.int64))
        found.add("in_transit", row, quantity, quantity, POSSIBLE, legs["id_next"], legs["what_next"])
    receipts = waiting[(waiting["to"] >= 0) & ~waiting["id"].isin(legs["id_next"])]
    row = index.rows(receipts["sku"].to_numpy(np.int64), receipts["to"].to_numpy(np.int64))
    late = receipts["open"].to_numpy(np.int64)
    found.add("receipt_not_validated", row, late, late, HINT, receipts["id"], receipts["what"])


def _between(found: Evidence, figures: Figures, moved: pd.DataFrame, policy: Policy, shop: Ints) -> list[str]:
    """Moves between the two exports, which only the later one can show."""
    told = policy.exported
    if not len(figures.index):
        return []
    if set(told) != {"Shopify", "Odoo"}:
        missing = [f"exported_at.{side}" for side in ("Shopify", "Odoo") if side not in told]
        unknown = "It is not known when the files were exported, so moves between the two exports cannot be"
        return [f"{unknown} named; answer {' and '.join(missing)} with a time such as 2026-11-23T09:30+01:00"]
    first, last = sorted(told.values())
    at = moved["at"].to_numpy(np.int64)
    # what belongs to an order of the shop is compared order by order
    mine = moved[
        (at > first)
        & (at <= last)
        & (moved["done"] > 0).to_numpy(bool)
        & ~np.isin(moved["order"].to_numpy(np.int64), shop)
    ]
    # what happened before the later export is in it. Figures must confirm it: the shop may not have heard of
    # a move, and the answers may be those for earlier files
    sign = 1 if told["Shopify"] > told["Odoo"] else -1
    for place, way in (("from", -1), ("to", 1)):
        chosen = mine[mine["from"] != mine["to"]]
        row = figures.index.rows(chosen["sku"].to_numpy(np.int64), chosen[place].to_numpy(np.int64))
        effect = sign * way * chosen["done"].to_numpy(np.int64)
        # what is delivered was reserved before, so it was not for sale any more
        delivered = chosen["target"].str.endswith(_CUSTOMERS).to_numpy(bool)
        sell = np.where(delivered & (way < 0), 0, effect)
        found.add("moved_between_exports", row, sell, effect, POSSIBLE, chosen["id"], chosen["what"])
    remarks = []
    if (at[moved["done"].to_numpy(np.int64) > 0] > told["Odoo"]).any():
        remarks.append("There are moves after exported_at.Odoo: if the files are newer, answer it again.")
    if last - first > _SKEW:
        apart = f"The two exports are {(last - first) // 60} minutes apart"
        remarks.append(f"{apart}: what was sold or moved meanwhile is in one only; export both together.")
    return remarks


@dataclass(frozen=True)
class Built:
    """Bridges of the rows with figures on both sides.

    Attributes:
        delta: Shop less Odoo by row, NO_INT where one has no figure.
        bridge: The bridges; rows without a difference to explain have none.
        table: The evidence, with ``sell`` or ``hand`` as ``quantity`` by row, and the certainty as used.
    """

    delta: Ints
    bridge: bridge.Bridge
    table: pd.DataFrame


def build(policy: Policy, figures: Figures, table: pd.DataFrame, compared: Mask) -> Built:
    """Make the bridges of the compared rows.

    Where the file gives the shop's on hand too, that figure decides first. When it is explained, the
    difference of what can be sold is nothing but what each side promises and holds back, and what Odoo alone
    holds back is certain.
    """
    by_hand = np.isin(figures.index.group, list(policy.on_hand))
    hand = _less(figures.shop_hand, figures.on_hand, compared)
    sell = _less(figures.available, figures.free, compared)
    delta = np.where(by_hand, hand, sell)
    table = table[compared[table["row"].to_numpy(np.int64)]].reset_index(drop=True)
    table = _doubted(table, figures)
    whole = np.full(len(delta), -1, np.int64)
    clamped = compared & ~by_hand & (figures.available == 0) & (figures.free < 0) & (figures.free != NO_INT)
    whole[clamped] = bridge.code_number("negative_clamped")
    of_hand = _bridge(np.where(hand == NO_INT, 0, hand), table, "hand", None)
    settled = (hand != NO_INT) & ~by_hand & (of_hand.other == 0)
    table = _settle(table, settled, of_hand)
    of_sell = _bridge(np.where(sell == NO_INT, 0, sell), table, "sell", whole)
    chosen = _merge(of_hand, of_sell, by_hand)
    rows = table["row"].to_numpy(np.int64)
    table["quantity"] = np.where(by_hand[rows], table["hand"], table["sell"])
    return Built(delta, chosen, table)


def _doubted(table: pd.DataFrame, figures: Figures) -> pd.DataFrame:
    """Where both sides promise the same quantity, no order has to be missing.

    The sale orders may have been exported before the stock: the figures decide then.
    """
    same = (figures.committed != NO_INT) & (figures.committed == figures.reserved)
    doubted = same[table["row"].to_numpy(np.int64)] & (table["hand"] == 0).to_numpy(bool)
    waiting = [bridge.code_number(code) for code in ("orders_not_imported", "cancelled_in_odoo")]
    doubted &= table["code"].isin(waiting).to_numpy(bool)
    return table.assign(sure=np.where(doubted & (table["sure"] == CERTAIN), POSSIBLE, table["sure"]))


def _less(shop: Ints, odoo: Ints, compared: Mask) -> Ints:
    there = compared & (shop != NO_INT) & (odoo != NO_INT)
    return np.where(there, np.where(there, shop, 0) - np.where(there, odoo, 0), NO_INT)


def _bridge(delta: Ints, table: pd.DataFrame, effect: str, whole: Ints | None) -> bridge.Bridge:
    return bridge.build(delta, items_of(table, effect, CERTAIN), items_of(table, effect, POSSIBLE), whole)


def _settle(table: pd.DataFrame, settled: Mask, of_hand: bridge.Bridge) -> pd.DataFrame:
    """Where on hand is explained: possible items that it took are certain, those it did not take are out.

    What is reserved stays possible: the files of orders may not go back to those it is reserved for.
    """
    rows, codes = table["row"].to_numpy(np.int64), table["code"].to_numpy(np.int64)
    maybe = settled[rows] & (table["sure"] == POSSIBLE).to_numpy(bool)
    moves_goods = (table["hand"] != 0).to_numpy(bool)
    taken = _taken(table, of_hand)
    is_taken = np.isin(rows * len(bridge.CODES) + codes, taken)
    sure = table["sure"].to_numpy(np.int64, copy=True)
    held_back = np.isin(codes, [bridge.code_number(code) for code in _HELD_BACK])
    sure[maybe & (held_back | (moves_goods & is_taken))] = CERTAIN
    sure[maybe & moves_goods & ~is_taken] = HINT
    return table.assign(sure=sure)


def _taken(table: pd.DataFrame, of_hand: bridge.Bridge) -> Ints:
    """Rows and codes of items that are more than what was certain: possible ones are among them."""
    certain = items_of(table, "hand", CERTAIN)
    less = bridge.Items(certain.row, certain.code, -certain.quantity)
    more = bridge.Items.concat([of_hand.items, less]).summed()
    return more.row * len(bridge.CODES) + more.code


def _merge(of_hand: bridge.Bridge, of_sell: bridge.Bridge, by_hand: Mask) -> bridge.Bridge:
    """The bridge of the pair of figures that each row is compared by."""
    items = bridge.Items.concat(
        [of_hand.items.at(by_hand[of_hand.items.row]), of_sell.items.at(~by_hand[of_sell.items.row])]
    ).summed()
    ties = {row: found for row, found in of_hand.ties.items() if by_hand[row]}
    ties |= {row: found for row, found in of_sell.ties.items() if not by_hand[row]}
    return bridge.Bridge(items, np.where(by_hand, of_hand.other, of_sell.other), ties)
