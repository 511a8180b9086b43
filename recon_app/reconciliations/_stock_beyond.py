"""What Odoo moves for orders of the shop beyond what the shop has of them.

The order was cancelled, a line was taken out or its quantity lowered, and Odoo's delivery does not know; or
the goods are parts of a kit, which the shop sells as one product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.orders import among, order_hashes
from recon_app.models.record import RecordType
from recon_app.reconciliations._stock_figures import Index, kit_parts
from recon_app.reconciliations._stock_policy import Policy

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Frames = Mapping[RecordType, pd.DataFrame]

_KEY = ["order", "sku"]


@dataclass(frozen=True)
class Beyond:
    """Goods that leave one place for one order of the shop, and are too much for it.

    All columns have one element per order and product.

    Attributes:
        sku: Code of the product.
        place: Group that they leave.
        reserved: Reserved beyond what the shop has open, in pieces.
        sent: Delivered and not received back beyond what the shop sold, in pieces.
        cancelled: Whether the shop cancelled the whole order. Of others, such as exchanges, people often put
            the shop's figure right by hand once the goods are sent.
        record: Id of the first move.
        what: What the move belongs to.
    """

    sku: Ints
    place: Ints
    reserved: Ints
    sent: Ints
    cancelled: Mask
    record: pd.Series
    what: pd.Series


def of_kits(frames: Frames, policy: Policy, index: Index, moved: pd.DataFrame) -> Mask:
    """Which moves are of parts of kits, for the shop's orders that have the kit.

    The bill of materials says so where the export of moves does not.
    """
    marked = moved["kit"].to_numpy(bool)
    needs = kit_parts(frames, policy).needs
    lines = frames[RecordType.ORDER_LINE]
    lines = lines[lines["sku"].isin(needs)]
    if not len(lines):
        return marked
    parts = [(kit, part) for kit, own in needs.items() for part in own]
    kits = pd.DataFrame(
        {
            "kit": pd.Series([kit for kit, _ in parts], dtype=object),
            "sku": index.codes(pd.Series([part for _, part in parts], dtype=object)),
        }
    )
    sold = pd.DataFrame({"order": order_hashes(lines["ref"]), "kit": lines["sku"].to_numpy(object)})
    pairs = sold.merge(kits[kits["sku"] >= 0], on="kit")[_KEY]
    of_order = pd.MultiIndex.from_frame(moved[_KEY]).isin(pd.MultiIndex.from_frame(pairs))
    return marked | (np.asarray(of_order, np.bool_) & (moved["order"] != 0).to_numpy(bool))


def beyond(shop: pd.DataFrame, moved: pd.DataFrame, parts: Mask) -> Beyond:
    """Find what is too much, of orders whose lines are loaded and of goods that leave one place only."""
    mine = moved[
        among(moved["order"], shop["order"].to_numpy(np.int64)) & (moved["sku"] >= 0).to_numpy(bool) & ~parts
    ]
    out = mine[(mine["from"] >= 0) & (mine["to"] < 0)]
    back = mine[(mine["from"] < 0) & (mine["to"] >= 0)].groupby(_KEY, sort=False)["done"].sum()
    gone = (
        out.groupby([*_KEY, "from"], sort=False)
        .agg({"id": "first", "what": "first", "done": "sum", "reserved": "sum"})
        .reset_index()
        .drop_duplicates(_KEY, keep=False)  # of goods from two places nobody knows which were sold
    )
    keys = pd.MultiIndex.from_frame(gone[_KEY])
    told = shop.set_index(_KEY).reindex(keys)
    open_here, sent_here, unknown = (
        told[name].fillna(0).to_numpy(np.int64) for name in ("unfulfilled", "fulfilled", "unknown")
    )
    delivered = gone["done"].to_numpy(np.int64)
    received = back.reindex(keys, fill_value=0).to_numpy(np.int64)
    waiting = np.maximum(open_here + sent_here - delivered, 0)  # what the shop still expects of Odoo
    sent = np.maximum(delivered - open_here - sent_here - received, 0)
    sure = unknown == 0
    return Beyond(
        gone["sku"].to_numpy(np.int64),
        gone["from"].to_numpy(np.int64),
        np.where(sure, np.maximum(gone["reserved"].to_numpy(np.int64) - waiting, 0), 0),
        np.where(sure, sent, 0),
        among(gone["order"], shop["order"][shop["cancelled"].to_numpy(bool)].to_numpy(np.int64)),
        gone["id"],
        gone["what"],
    )
