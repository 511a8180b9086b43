"""What orders and moves have become on both sides, by order and product.

Orders are told apart by the hash of their reference, normalised as an order reference; 0 stands for none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.orders import (
    agreed,
    among,
    looked_up,
    number_in,
    order_hashes,
    orders_of,
    orders_of_transfers,
)
from recon_app.engine.units import denominator
from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations._stock_figures import Index, odoo_names, reduced
from recon_app.reconciliations._stock_policy import Policy

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Frames = Mapping[RecordType, pd.DataFrame]

_OPEN = frozenset({"confirmed", "waiting", "assigned", "partially_available"})
#: Statuses of records that count for nothing.
DEAD = frozenset({"cancel", "cancelled", "canceled", "failure", "error"})
# The fulfilment status of a line in the exports of Shopify and Matrixify.
_FULFILLED, _PARTIAL = "fulfilled", frozenset({"partial", "partially_fulfilled"})
_NEVER = frozenset({"restocked", "not_eligible"})


@dataclass(frozen=True)
class Sales:
    """Which orders of the shop Odoo has.

    Attributes:
        of_number: Hash of the shop's order by number of Odoo's sale order.
        imported: Hashes of orders with a sale order that is not cancelled.
        cancelled: Hashes of orders whose sale orders are all cancelled.
        since: Day of the first sale order: what is older may be missing from the file; NO_INT for none.
    """

    of_number: pd.Series
    imported: Ints
    cancelled: Ints
    since: int


def sales(frames: Frames, shop_orders: Ints) -> Sales:
    """Read the sale orders: their reference is the shop's order name, or the last word of their source."""
    orders, lines = frames[RecordType.SALE_ORDER], frames[RecordType.SALE_ORDER_LINE]
    own = order_hashes(orders["ref"])
    last = [text.rpartition(" ")[2] for text in orders["ref2"].tolist()]
    source = order_hashes(pd.Series(last, dtype=object))
    # a customer's own reference is no order of the shop, the source may still name it
    from_source = ~among(own, shop_orders) & among(source, shop_orders)
    code = np.where(from_source, source, own)
    day = orders["day"].to_numpy(np.int64)
    # the order itself says more than its lines
    head, below = agreed(orders["grp"], code), agreed(lines["grp"], order_hashes(lines["ref"]))
    below = below[~below.index.isin(orders["grp"][code != 0])]
    known = pd.concat([head, below]) if len(below) else head
    alive = ~orders["status"].isin(DEAD).to_numpy(bool)
    alive_lines = ~lines["status"].isin(DEAD).to_numpy(bool)
    of_lines = order_hashes(lines["ref"])
    imported = np.unique(np.concatenate([code[alive], of_lines[alive_lines]]))
    dead = np.unique(np.concatenate([code[~alive], of_lines[~alive_lines]]))
    return Sales(
        known.drop("", errors="ignore"),
        imported,
        np.setdiff1d(dead, np.append(imported, 0), assume_unique=True),
        int(day[day != NO_INT].min(initial=2**62)) if len(day) else NO_INT,
    )


def moves(frames: Frames, policy: Policy, index: Index, known: Sales, shop_orders: Ints) -> pd.DataFrame:
    """Moves that are not cancelled: sku (code), order, source and target group, quantities in pieces."""
    frame = frames[RecordType.STOCK_MOVE]
    frame = frame[~frame["status"].isin(DEAD | {"draft"})].reset_index(drop=True)
    done = (frame["status"] == "done").to_numpy(bool)
    demand, moved = reduced(frame, "quantity", policy).numerators, reduced(frame, "done", policy).numerators
    reserved = reduced(frame, "reserved", policy).numerators
    is_open = frame["status"].isin(_OPEN).to_numpy(bool)
    whole = np.where((frame["status"] == "assigned").to_numpy(bool), demand, 0)
    places = policy.inside(set(frame["location"]) | set(frame["location_to"]))
    of_transfer = orders_of_transfers(frames[RecordType.TRANSFER], known.of_number, shop_orders)
    order = orders_of(frame["ref"], known.of_number, shop_orders, of_transfer)
    by_transfer = looked_up(frame["grp"], of_transfer)
    return pd.DataFrame(
        {
            "id": frame["id"],
            "what": frame["grp"].where(frame["grp"] != "", frame["ref"]),
            "ref": frame["ref"],
            "sku": index.codes(odoo_names(frame)),
            "order": np.where(order != 0, order, by_transfer),
            "at": frame["at"].to_numpy(np.int64),
            "source": frame["location"],
            "target": frame["location_to"],
            "from": frame["location"].map(places).to_numpy(np.int64),
            "to": frame["location_to"].map(places).to_numpy(np.int64),
            "done": np.where(done, np.where(moved == NO_INT, _zeroed(demand), moved), 0),
            "open": np.where(is_open, _zeroed(demand), 0),
            "reserved": np.where(is_open, np.where(reserved == NO_INT, _zeroed(whole), reserved), 0),
            "kit": frame["extra"].str.contains('"bom_line":', regex=False).to_numpy(bool),
        }
    )


def _zeroed(values: Ints) -> Ints:
    return np.where(values == NO_INT, 0, values)


def shop_orders(frames: Frames) -> Ints:
    """Hashes of all orders the shop's files name."""
    kinds = (RecordType.ORDER, RecordType.ORDER_LINE)
    return np.unique(np.concatenate([order_hashes(frames[kind]["ref"]) for kind in kinds]))


def sold(every: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """What the shop sold and sent of orders that are not cancelled, out of :func:`ordered`.

    Returns:
        The lines, and the number of partly fulfilled ones left out of which nobody says how much.
    """
    live, unknown = ~every["cancelled"].to_numpy(bool), every["unknown"].to_numpy(bool)
    kept = every[live & ~unknown].drop(columns=["cancelled", "unknown"]).reset_index(drop=True)
    return kept, int((live & unknown).sum())


def ordered(frames: Frames, policy: Policy, index: Index) -> pd.DataFrame:
    """What the shop sold and sent, per order and product.

    Returns:
        Columns order, sku (code), id and ref of the first line, at, unfulfilled, fulfilled and returned
        (restocked) in pieces, cancelled (nothing of the order is open any more), unknown (partly fulfilled,
        and nobody says how much).
    """
    lines = frames[RecordType.ORDER_LINE]
    lines = lines[(lines["sku"] != "") & (lines["quantity"] != NO_INT)].reset_index(drop=True)
    order = order_hashes(lines["ref"])
    table = pd.DataFrame(
        {
            "order": order,
            "sku": index.codes(lines["sku"]),
            "id": lines["id"],
            "ref": lines["ref"],
            "at": lines["at"].to_numpy(np.int64),
            "day": lines["day"].to_numpy(np.int64),
            "quantity": _zeroed(reduced(lines, "quantity", policy).numerators),
        }
    )
    status = lines["status"].str.casefold()
    told = number_in(lines["extra"], "unfulfilled")
    partial = status.isin(_PARTIAL).to_numpy(bool) & (told == NO_INT)
    none_left = status.isin(_NEVER | {_FULFILLED}).to_numpy(bool)
    table["left"] = np.where(
        told != NO_INT, _zeroed(told) * denominator(policy.ratios), np.where(none_left, 0, table["quantity"])
    )
    table["never"] = np.where(status.isin(_NEVER).to_numpy(bool), table["quantity"], 0)
    table["partial"] = partial
    table["open"] = (~none_left & (told == NO_INT)).astype(np.int64)
    found = (
        table[(order != 0) & (table["sku"] >= 0).to_numpy(bool)]
        .groupby(["order", "sku"], sort=False)
        .agg({"id": "first", "ref": "first", "at": "max", "day": "max", **_SUMMED})
        .reset_index()
    )
    gone = among(found["order"], _cancelled(frames[RecordType.ORDER]))
    return _with_fulfilments(found.assign(cancelled=gone), frames, policy, index)


_SUMMED = dict.fromkeys(("quantity", "left", "never", "partial", "open"), "sum")


def _cancelled(orders: pd.DataFrame) -> Ints:
    extra = orders["extra"]
    gone = extra.str.contains('"cancelled_at":', regex=False) | extra.str.contains(
        '"cancelled":', regex=False
    )
    return order_hashes(orders["ref"][gone.to_numpy(bool)])


def _with_fulfilments(found: pd.DataFrame, frames: Frames, policy: Policy, index: Index) -> pd.DataFrame:
    """Take off what was sent of partly sent lines, and what was refunded before it was sent."""
    sent = _summed(frames[RecordType.FULFILMENT], policy, index, None)
    cancelled = _summed(frames[RecordType.REFUND], policy, index, {"cancel"})
    returned = _summed(frames[RecordType.REFUND], policy, index, {"return"})
    keys = pd.MultiIndex.from_frame(found[["order", "sku"]])
    shipped, gone, back = (
        part.reindex(keys, fill_value=0).to_numpy(np.int64) for part in (sent, cancelled, returned)
    )
    unknown = (found["partial"] > 0).to_numpy(bool) & (shipped == 0)
    left = found["left"].to_numpy(np.int64)
    partly = (found["partial"] > 0).to_numpy(bool)
    total = found["quantity"].to_numpy(np.int64) - found["never"].to_numpy(np.int64)
    left = np.where(partly, total - shipped, left)
    # a line's status does not say what was cancelled of it
    gone = np.where(found["open"].to_numpy(np.int64) > 0, np.minimum(gone, left), 0)
    left = np.maximum(left - gone, 0)
    return found[["order", "sku", "id", "ref", "at", "day", "cancelled"]].assign(
        unfulfilled=np.where(found["cancelled"].to_numpy(bool), 0, left),
        fulfilled=np.maximum(total - gone - left, 0),
        returned=back,
        unknown=unknown,
    )


def _summed(frame: pd.DataFrame, policy: Policy, index: Index, statuses: set[str] | None) -> pd.Series:
    """Quantities by order and product of records with one of some statuses."""
    status = frame["status"].str.casefold()
    some = ~status.isin(DEAD) if statuses is None else status.isin(statuses)
    mine = frame[some.to_numpy(bool) & (frame["sku"] != "").to_numpy(bool)]
    table = pd.DataFrame(
        {
            "order": order_hashes(mine["ref"]),
            "sku": index.codes(mine["sku"]),
            "quantity": _zeroed(reduced(mine, "quantity", policy).numerators),
        }
    )
    return table.groupby(["order", "sku"], sort=False)["quantity"].sum()


def delivered_lines(frames: Frames, policy: Policy, index: Index, known: Sales) -> pd.Series:
    """Delivered quantity of Odoo's sale order lines by order and product: kits are counted as kits there."""
    lines = frames[RecordType.SALE_ORDER_LINE]
    lines = lines[(lines["done"] != NO_INT) & ~lines["status"].isin(DEAD)]
    own = order_hashes(lines["ref"])
    by_number = looked_up(lines["grp"], known.of_number)
    table = pd.DataFrame(
        {
            "order": np.where(by_number != 0, by_number, own),
            "sku": index.codes(odoo_names(lines)),
            "done": _zeroed(reduced(lines, "done", policy).numerators),
        }
    )
    return table.groupby(["order", "sku"], sort=False)["done"].sum()
