"""Stock figures of both sides by SKU and place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from recon_app.models.record import NO_INT

#: What a quant of pieces may have as its unit; others are not compared with the shop's pieces here.
_PIECES = ("", "units", "unit(s)", "unit", "pcs", "pieces", "piece", "stk", "each")
_NOT_STOCKED = "not stocked"


@dataclass(frozen=True)
class Shelves:
    """Which places of the shop are which of Odoo.

    Attributes:
        groups: Places of the shop that stand for the same places in Odoo.
        places: Group by place in Odoo; what lies inside of it counts to it.
        excluded: Places in Odoo whose goods are not for sale.
        safety: Millionths of a piece that are held back in Odoo, by group.
    """

    groups: tuple[tuple[str, ...], ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)
    excluded: Collection[str] = ()
    safety: Mapping[int, int] = field(default_factory=dict)

    def group(self, location: str) -> int:
        """Group of a place in Odoo, -1 for none."""
        found = _nearest(location, self.places)
        return -1 if found is None else self.places[found]

    def is_excluded(self, location: str) -> bool:
        """Whether the goods of a place in Odoo are not for sale."""
        return _nearest(location, self.excluded) is not None

    def name(self, group: int) -> str:
        """A group as it is called in sentences."""
        return " + ".join(self.groups[group])


def _nearest(location: str, known: Collection[str]) -> str | None:
    while location not in known and "/" in location:
        location = location.rpartition("/")[0]
    return location if location in known else None


def figures(levels: pd.DataFrame, quants: pd.DataFrame, shelves: Shelves) -> pd.DataFrame:
    """Figures by SKU and place; places of the shop that share one in Odoo are left out.

    Columns sku, group, shop_available, shop_on_hand, odoo_free, odoo_on_hand (millionths of a piece, NO_INT
    for none), shop and odoo (ids). What is not for sale and what is held back is not free. SKUs that Odoo
    counts in another unit than pieces are left out.
    """
    shop, odoo = _shop(levels, shelves), _odoo(quants, shelves)
    index = shop.index.union(odoo.index, sort=False)
    table = pd.DataFrame(index=index)
    for side in (shop, odoo):
        for name in side.columns:
            if name in ("shop", "odoo"):
                own = dict(zip(side.index, side[name], strict=True))
                table[name] = [own.get(pair, ()) for pair in index]
            else:  # blank is not 0, and an integer never becomes a float
                table[name] = side[name].reindex(index, fill_value=NO_INT)
    return table.reset_index(names=["sku", "group"])


def _shop(levels: pd.DataFrame, shelves: Shelves) -> pd.DataFrame:
    alone = {names[0]: number for number, names in enumerate(shelves.groups) if len(names) == 1}
    kept = levels["location"].isin(alone) & (levels["sku"] != "") & (levels["status"] != _NOT_STOCKED)
    mine = levels[kept.to_numpy(bool)]
    mine = mine.assign(group=[alone[place] for place in mine["location"]])
    # of a SKU that several variants have, nobody knows whose figure it is
    mine = mine[~mine.duplicated(["sku", "group"], keep=False)]
    return mine.groupby(["sku", "group"], sort=False).agg(
        shop_available=("available", "max"), shop_on_hand=("quantity", "max"), shop=("id", tuple)
    )


def _odoo(quants: pd.DataFrame, shelves: Shelves) -> pd.DataFrame:
    places = set(quants["location"])
    group, excluded = ({place: of(place) for place in places} for of in (shelves.group, shelves.is_excluded))
    alone = [number for number, names in enumerate(shelves.groups) if len(names) == 1]
    numbers = np.array([group[place] for place in quants["location"]], np.int64)
    piece = np.array([unit.casefold() in _PIECES for unit in quants["unit"]], np.bool_)
    odd = quants["sku"].isin(quants["sku"][~piece]) | (quants["sku"] == "")
    kept = np.isin(numbers, alone) & ~odd.to_numpy(bool)
    mine = quants.assign(group=numbers)[kept]
    on_hand, reserved = mine["quantity"].to_numpy(np.int64), mine["reserved"].to_numpy(np.int64)
    for_sale = np.array([not excluded[place] for place in mine["location"]], np.bool_)
    free = np.where(for_sale, on_hand - np.where(reserved == NO_INT, 0, reserved), 0)
    summed = (
        mine.assign(on_hand=on_hand, free=free)
        .groupby(["sku", "group"], sort=False)
        .agg(odoo_on_hand=("on_hand", "sum"), odoo_free=("free", "sum"), odoo=("id", tuple))
    )
    held = np.array([shelves.safety.get(number, 0) for _, number in summed.index], np.int64)
    return summed.assign(odoo_free=summed["odoo_free"].to_numpy(np.int64) - held)
