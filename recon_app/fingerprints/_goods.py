"""Stock moves and figures of goods as the rules look at them."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.orders import order_hashes, orders_of, orders_of_transfers
from recon_app.models.record import NO_INT

Ints = NDArray[np.int64]

OPEN = ("waiting", "confirmed", "partially_available", "assigned")
CANCELLED = ("cancel", "cancelled", "canceled")
# "Partners/Customers", in 19 "Customers"; a warehouse may be called otherwise, not so this place.
_CUSTOMERS = re.compile(r"(.*/)?Customers$")
_INVENTORY = re.compile(r"(.*/)?Inventory adjustment$", re.IGNORECASE)
# Odoo keeps these outside of any warehouse; 19 leaves out the first part of their names.
_NOT_INSIDE = re.compile(
    r"(Partners|Virtual Locations|Physical Locations)(/|$)|(Customers|Vendors|Inventory adjustment|"
    r"Production|Scrap|Subcontracting Location|Inter-company transit)$"
)


def moves(
    frame: pd.DataFrame, transfers: pd.DataFrame, of_number: pd.Series, shop_orders: Ints
) -> pd.DataFrame:
    """One row per move.

    Columns id, order (0 for none), sku, grp, ref, reference, day, at, unit, location, location_to, quantity
    (planned, or moved where it is done), reserved, done, open, cancelled, out and back (to and from
    customers), inside (comes into a warehouse), inventory (a correction of stock).
    """
    of_transfer = orders_of_transfers(transfers, of_number, shop_orders)
    own = orders_of_transfers(frame, of_number, shop_orders)
    # what the transfers themselves say counts more than the moves
    own = own[~own.index.isin(transfers["grp"])]
    every = pd.concat([of_transfer, own])
    status, moved = frame["status"], frame["done"].to_numpy(np.int64)
    source, target = frame["location"], frame["location_to"]
    done = (status == "done").to_numpy(bool)
    planned, reserved = (frame[name].to_numpy(np.int64) for name in ("quantity", "reserved"))
    return pd.DataFrame(
        {
            "id": frame["id"],
            "order": orders_of(frame["ref"], of_number, shop_orders, every),
            "sku": frame["sku"].where(frame["sku"] != "", frame["ref2"]),
            "grp": frame["grp"],
            "ref": frame["ref"],
            "reference": _references(frame["extra"]),
            "day": frame["day"],
            "at": frame["at"],
            "unit": frame["unit"],
            "location": source,
            "location_to": target,
            "quantity": np.where(done & (moved != NO_INT), moved, np.where(planned == NO_INT, 0, planned)),
            "reserved": np.where(reserved == NO_INT, 0, reserved),
            "done": done,
            "open": status.isin(OPEN),
            "cancelled": status.isin(CANCELLED),
            "out": _matches(target, _CUSTOMERS) & ~_matches(source, _CUSTOMERS),
            "back": _matches(source, _CUSTOMERS) & ~_matches(target, _CUSTOMERS),
            "inside": ~_matches(target, _NOT_INSIDE),
            "inventory": _flagged(frame["extra"])
            | _matches(source, _INVENTORY)
            | _matches(target, _INVENTORY),
        }
    )


def _matches(texts: pd.Series, pattern: re.Pattern[str]) -> NDArray[np.bool_]:
    known = {text: pattern.match(text) is not None for text in set(texts)}
    return np.array([known[text] for text in texts], np.bool_)


def _references(extra: pd.Series) -> pd.Series:
    """What Odoo calls each move: a transfer, or why a stock was corrected."""
    read = {text: str(json.loads(text).get("reference", "")) if text else "" for text in set(extra)}
    return pd.Series([read[text] for text in extra], extra.index, object)


def _flagged(extra: pd.Series) -> NDArray[np.bool_]:
    return np.array(['"inventory":true' in text for text in extra], np.bool_)


def moved(moves: pd.DataFrame) -> pd.DataFrame:
    """Moves of one order and SKU together: quantity, unit, grp, ids; by (order, sku)."""
    mine = moves[(moves["order"] != 0).to_numpy(bool)]
    return mine.groupby(["order", "sku"], sort=False).agg(
        quantity=("quantity", "sum"), unit=("unit", "min"), grp=("grp", "min"), ids=("id", tuple)
    )


def refunded_lines(lines: pd.DataFrame, restock: str) -> pd.DataFrame:
    """Refunded goods of one way of restocking by order and SKU: order, sku, quantity, day, ids."""
    status = lines["status"].str.casefold() if len(lines) else lines["status"]
    some = (status == restock) & (lines["sku"] != "") & (lines["quantity"] > 0) & (lines["day"] != NO_INT)
    mine = lines[some.to_numpy(bool)]
    table = mine.assign(order=order_hashes(mine["ref"])).groupby(["order", "sku"], sort=False)
    return table.agg(quantity=("quantity", "sum"), day=("day", "max"), ids=("id", tuple)).reset_index()
