"""What was ordered, sent and delivered of each product of each order, as both sides tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints, span_hashes, spans
from recon_app.engine.orders import orders_of, orders_of_transfers
from recon_app.models.record import NO_INT, RecordType
from recon_app.models.rule import Transform
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations import _orders_records as records
from recon_app.reconciliations._fulfilment_kits import sent_as_components, under_another_sku
from recon_app.reconciliations._goods_cases import Mask, Pieces, Texts
from recon_app.reconciliations._orders_money import GOODS, classes
from recon_app.reconciliations._orders_records import Orders

Frames = Mapping[RecordType, pd.DataFrame]

_DEAD = frozenset({"cancel", "cancelled", "canceled", "failure", "error"})
_SENT, _PARTLY = frozenset({"fulfilled"}), frozenset({"partial", "partially_fulfilled"})
_NEVER = frozenset({"restocked"})
_CUSTOMERS = "customers"


@dataclass(frozen=True)
class Figures:
    """One row per order and product.

    Attributes:
        table: Columns code (order number), sku, in_shop, in_odoo, ordered, cancelled, fulfilled, returned,
            sold (ordered in Odoo), delivered, invoiced, open (waiting to be delivered), back (come back in
            Odoo), amount (minor units of what was ordered), sent_day, delivered_day and unknown (a unit has
            no known size); quantities are millionths of unit, NO_INT where nobody says.
        shop: Lines of the shop with ``item``.
        odoo: Lines of the sale orders with ``item``.
        sent: Fulfilments with ``code``.
        moves: Stock moves with ``code`` and ``item`` (-1 for none).
        transfers: Transfers with ``code``, ``outward`` and ``open``.
        unit: Unit of the quantities.
        remarks: What was left out.
    """

    table: pd.DataFrame
    shop: pd.DataFrame
    odoo: pd.DataFrame
    sent: pd.DataFrame
    moves: pd.DataFrame
    transfers: pd.DataFrame
    unit: str
    remarks: list[str]


def figures(frames: Frames, found: Orders, answers: Mapping[str, str]) -> Figures:
    """Gather the figures of both sides."""
    sent, refunds = (
        records.of_orders(frames[kind], found) for kind in (RecordType.FULFILMENT, RecordType.REFUND)
    )
    shop, left_out = _goods_of_shop(frames, found)
    shop = _with_fulfilments(shop, left_out, sent)
    odoo = records.sale_lines(frames, found, "done")
    kinds = classes(odoo, frozenset(shop["sku"]) - {""}, answers)
    unsent = pd.MultiIndex.from_frame(odoo[["code", "sku"]]).isin(
        pd.MultiIndex.from_frame(left_out[["code", "sku"]])
    )
    odoo = odoo[(kinds.of_line == GOODS) & ~unsent].reset_index(drop=True)
    transfers, moves = _deliveries(frames, found)
    pieces = Pieces((shop, odoo, sent, refunds, moves, frames[RecordType.KIT_COMPONENT]), answers)
    items = _Items(shop, odoo, found.count)
    shop, odoo = shop.assign(item=items.shop), odoo.assign(item=items.odoo)
    moves = moves.assign(item=items.of(moves["code"], moves["sku"]))
    columns = {
        **items.columns,
        **_of_shop(shop, sent, refunds, items, pieces),
        **_of_odoo(odoo, moves, transfers, items, pieces),
    }
    table = pd.DataFrame(columns)
    remarks = [*kinds.remarks, *pieces.remarks]
    if len(left_out):
        lines = "1 line needs" if len(left_out) == 1 else f"{len(left_out)} lines need"
        remarks.append(f"{lines} no shipping: left out.")
    belongs = sent_as_components(table, frames[RecordType.KIT_COMPONENT], answers)
    belongs |= under_another_sku(table)
    _never_sent(table, frames, shop, left_out)
    place = np.arange(len(table) + 1)
    place[-1] = -1
    place[list(belongs)] = list(belongs.values())
    odoo, moves = (frame.assign(item=place[frame["item"].to_numpy(np.int64)]) for frame in (odoo, moves))
    return Figures(table, shop, odoo, sent, moves, transfers, pieces.unit, remarks)


def _goods_of_shop(frames: Frames, found: Orders) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines of the shop that have to be sent, and those that do not."""
    lines, tips = records.shop_lines(frames, found)
    shipped = np.array([each.get("requires_shipping") != "false" for each in lines["more"]], np.bool_)
    # a shop that ships nothing at all uses the flag for something else
    some = np.append(shipped, [False]).any()
    by_order = pd.Series(found.shop["fulfilment"].to_numpy(object), index=found.shop["code"])
    by_order = by_order[~by_order.index.duplicated()].reindex(range(found.count), fill_value="")
    of_order = by_order.to_numpy(object)[lines["code"].to_numpy(np.int64)]
    lines = lines.assign(status=lines["status"].where(lines["status"] != "", of_order))
    kept = ~tips & (shipped | ~some)
    return lines[kept].reset_index(drop=True), lines[~tips & ~kept]


def _with_fulfilments(lines: pd.DataFrame, left_out: pd.DataFrame, sent: pd.DataFrame) -> pd.DataFrame:
    """The lines, and fulfilments of orders whose lines are in no file: what was ordered is not known then."""
    known = {*lines["code"], *left_out["code"]}
    alone = sent[~sent["code"].isin(known) & (sent["sku"] != "") & ~sent["status"].str.casefold().isin(_DEAD)]
    if not len(alone):
        return lines
    blank = {str(name): "" for name in lines if name not in alone}
    nothing = pd.Series([{} for _ in range(len(alone))], alone.index, object)
    alone = alone.assign(**blank).assign(quantity=NO_INT, amount=NO_INT, status="", more=nothing)
    return pd.concat([lines, alone[list(lines.columns)]], ignore_index=True)


def _never_sent(table: pd.DataFrame, frames: Frames, shop: pd.DataFrame, left_out: pd.DataFrame) -> None:
    """Products of orders whose lines are in no file: what was not fulfilled is known in Odoo only."""
    if not len(frames[RecordType.FULFILMENT]):
        return
    lined = {*shop["code"][shop["quantity"] != NO_INT], *left_out["code"]}
    rows = (table["in_odoo"] & ~table["in_shop"] & ~table["code"].isin(lined)).to_numpy(bool)
    table["in_shop"] = table["in_shop"] | rows
    table["fulfilled"] = np.where(rows, 0, table["fulfilled"])


class _Items:
    """Numbers the products of the orders.

    Attributes:
        codes: How many orders there are.
        count: How many items there are.
        code: Order of each item.
        shop: Item of each line of the shop.
        odoo: Item of each line of the sale orders.
    """

    def __init__(self, shop: pd.DataFrame, odoo: pd.DataFrame, codes: int) -> None:
        self.codes = codes
        own, other = _keys(shop["sku"], shop["text"]), _keys(odoo["sku"], odoo["ref2"])
        self._names = pd.Index(sorted({*own, *other}))
        self._width = max(len(self._names), 1)
        code = np.concatenate([shop["code"].to_numpy(np.int64), odoo["code"].to_numpy(np.int64)])
        key = self._names.get_indexer(pd.Index([*own, *other]))
        item, pairs = pd.factorize(code * self._width + key, sort=True)
        self._pairs = pd.Index(pairs)
        self.count = len(pairs)
        self.shop, self.odoo = (part.astype(np.int64) for part in np.split(item, [len(shop)]))
        self.code: Ints = self._pairs.to_numpy(np.int64) // self._width

    @property
    def columns(self) -> dict[str, Ints | Texts]:
        """Order and SKU of each item, and which side has it."""
        pairs = self._pairs.to_numpy(np.int64)
        in_shop, in_odoo = (
            goods.any_of(part, np.ones(len(part), np.bool_), self.count) for part in (self.shop, self.odoo)
        )
        names = np.append(self._names.to_numpy(object), [""])
        return {
            "code": pairs // self._width,
            "sku": names[pairs % self._width],
            "in_shop": in_shop,
            "in_odoo": in_odoo,
        }

    def of(self, code: pd.Series, skus: pd.Series) -> Ints:
        """Item of other records, -1 for none."""
        key = self._names.get_indexer(pd.Index(skus))
        pairs = np.where((key < 0) | (code < 0), -1, code.to_numpy(np.int64) * self._width + key)
        found: Ints = self._pairs.get_indexer(pd.Index(pairs)).astype(np.int64)
        return found


def _keys(skus: pd.Series, names: pd.Series) -> list[str]:
    return [sku or goods.SEPARATOR + name.casefold() for sku, name in zip(skus, names, strict=True)]


def _deliveries(frames: Frames, found: Orders) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Transfers and moves of the orders, with ``code``."""
    hashes = _hashes(found)
    of_number = pd.Series(hashes[found.by_number.to_numpy(np.int64)], index=found.by_number.index)
    code = pd.Series(np.arange(len(hashes)), index=hashes)
    transfers = frames[RecordType.TRANSFER]
    of_transfer = orders_of_transfers(transfers, of_number, hashes)
    # two kinds of exports tell of the same moves
    moves = goods.told_once(frames[RecordType.STOCK_MOVE])
    moves = moves[~moves["status"].isin(_DEAD | {"draft"})].reset_index(drop=True)
    hashed = orders_of(moves["ref"], of_number, hashes, of_transfer)
    by_transfer = _looked(of_transfer, moves["grp"])
    found_moves = moves.assign(code=_looked(code, np.where(hashed != 0, hashed, by_transfer), -1))
    direct = _looked(of_transfer, transfers["grp"])
    outward = _ends(transfers["location_to"], _CUSTOMERS) & ~_ends(transfers["location"], _CUSTOMERS)
    known = transfers["location_to"] != ""
    outward |= ~known.to_numpy(bool) & ~transfers["ref"].str.startswith("Return of ").to_numpy(bool)
    waiting = ~transfers["status"].isin(_DEAD | {"done", "draft"}).to_numpy(bool)
    return (
        transfers.assign(code=_looked(code, direct, -1), outward=outward, open=waiting & outward),
        found_moves,
    )


def _hashes(found: Orders) -> Ints:
    """Hash of each order's name, as documents are found by; what several are called finds none of them."""
    names = [name + goods.SEPARATOR if name in found.told_apart else name for name in found.names]
    return span_hashes(spans(names, Transform.EXACT)) if names else np.array([], np.int64)


def _looked(known: pd.Series, wanted: pd.Series | Ints, nothing: int = 0) -> Ints:
    place = known.index.get_indexer(pd.Index(wanted))
    found: Ints = np.append(known.to_numpy(np.int64), nothing)[place]
    return found


def _ends(places: pd.Series, word: str) -> Mask:
    """Places whose last part has a word."""
    known = {place: word in place.rpartition("/")[2].casefold() for place in set(places)}
    return np.array([known[place] for place in places], np.bool_)


def _of_shop(
    shop: pd.DataFrame, sent: pd.DataFrame, refunds: pd.DataFrame, items: _Items, pieces: Pieces
) -> dict[str, Ints]:
    """What the shop says: ordered, cancelled, fulfilled and returned."""
    count, item = items.count, shop["item"].to_numpy(np.int64)
    quantity = pieces.of(shop, "quantity")
    ordered = goods.total(item, quantity, count)
    status = refunds["status"].str.casefold()
    gone, back = (
        _zero(_sum(refunds[(status == word).to_numpy(bool)], items, pieces)) for word in ("cancel", "return")
    )
    never = goods.figure(goods.total(item, np.where(shop["status"].isin(_NEVER), quantity, 0), count))
    gone = np.maximum(gone, never)
    by_line = _by_status(shop, quantity, ordered, gone, item, count, pieces)
    alive = sent[~sent["status"].str.casefold().isin(_DEAD)]
    told = goods.any_of(alive["code"].to_numpy(np.int64), (alive["sku"] != "").to_numpy(bool), items.codes)
    fulfilled = np.where(told[items.code], _zero(_sum(alive, items, pieces)), by_line)
    at = items.of(alive["code"], alive["sku"])
    return {
        "ordered": ordered,
        "cancelled": np.where(ordered == NO_INT, 0, np.minimum(gone, _zero(ordered))),
        "fulfilled": np.where((ordered == NO_INT) & ~told[items.code], NO_INT, fulfilled),
        "returned": back,
        "amount": goods.total(item, shop["amount"].to_numpy(np.int64), count),
        "sent_day": goods.latest(at[at >= 0], alive["day"].to_numpy(np.int64)[at >= 0], count),
    }


def _by_status(
    shop: pd.DataFrame, quantity: Ints, ordered: Ints, gone: Ints, item: Ints, count: int, pieces: Pieces
) -> Ints:
    """What was fulfilled by the lines' own words, NO_INT where they say that it is a part, or nothing."""
    told = money.numbers(shop["more"].tolist(), "unfulfilled")
    left = pieces.of(shop.assign(quantity=told), "quantity")
    status = shop["status"].str.casefold()
    silent = bool((status == "").all())
    partly = (status.isin(_PARTLY).to_numpy(bool) | silent) & (told == NO_INT)
    waiting = np.where(status.isin(_SENT).to_numpy(bool) | status.isin(_NEVER).to_numpy(bool), 0, quantity)
    # what was cancelled of a line that waits is not waiting
    open_line = (told == NO_INT) & (waiting != 0)
    waiting = np.where(told == NO_INT, waiting, left)
    waits = goods.figure(goods.total(item, waiting, count))
    wanted = _zero(ordered) - gone
    some_open = goods.any_of(item, open_line, count)
    waits = np.where(some_open, np.maximum(waits - gone, 0), waits)
    return np.where(goods.any_of(item, partly, count), NO_INT, np.maximum(wanted - waits, 0))


def _sum(frame: pd.DataFrame, items: _Items, pieces: Pieces) -> Ints:
    """Quantities of other records by item."""
    at = items.of(frame["code"], frame["sku"])
    return goods.total(at[at >= 0], pieces.of(frame, "quantity")[at >= 0], items.count)


def _zero(values: Ints) -> Ints:
    return np.where(values == NO_INT, 0, values)


def _of_odoo(
    odoo: pd.DataFrame, moves: pd.DataFrame, transfers: pd.DataFrame, items: _Items, pieces: Pieces
) -> dict[str, Ints | Mask]:
    """What Odoo says: sold, delivered, waiting, come back and invoiced."""
    count, item = items.count, odoo["item"].to_numpy(np.int64)
    sold = goods.total(item, pieces.of(odoo, "quantity"), count)
    own = goods.total(item, pieces.of(odoo, "done"), count)
    mine = moves[(moves["item"] >= 0).to_numpy(bool)]
    at = mine["item"].to_numpy(np.int64)
    moved, asked = pieces.of(mine, "done"), pieces.of(mine, "quantity")
    moved = np.where(moved == NO_INT, asked, moved)
    done = (mine["status"] == "done").to_numpy(bool)
    to, out_of = _ends(mine["location_to"], _CUSTOMERS), _ends(mine["location"], _CUSTOMERS)
    sent, back, waiting = (
        goods.total(at, np.where(mask, values, NO_INT), count)
        for mask, values in ((done & to & ~out_of, moved), (done & out_of & ~to, moved), (~done & to, asked))
    )
    # the delivered quantity of a line is without what came back; a list of moves may have some of them only
    delivered = np.maximum(sent, own)
    has_moves = goods.any_of(at, np.ones(len(at), np.bool_), count)
    some = goods.any_of(
        transfers["code"].to_numpy(np.int64)[transfers["code"] >= 0],
        transfers["open"].to_numpy(bool)[transfers["code"] >= 0],
        items.codes,
    )
    rest = np.maximum(_zero(sold) - _zero(own), 0)
    unknown = goods.any_of(item, pieces.unknown(odoo, "quantity"), count)
    return {
        "sold": sold,
        "delivered": np.where(unknown, NO_INT, delivered),
        "kept": own,
        "back": _zero(back),
        "open": np.where(has_moves, _zero(waiting), np.where(some[items.code], rest, 0)),
        "invoiced": goods.total(item, pieces.of(odoo, "invoiced"), count),
        "delivered_day": goods.latest(at[done & to], mine["day"].to_numpy(np.int64)[done & to], count),
        "unknown": unknown,
    }
