"""F11: stock in Odoo was set from Shopify's figures, for many SKUs at once.

Seen as corrections of stock of many SKUs at one place within one minute, after which Odoo has what Shopify
has. A count that somebody applied looks much the same: SKUs that a count sheet of those days lists, and
corrections whose reference names a count, are left out; a count of which no sheet was imported is not told
apart. Needs the shop's inventory for the comparison.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books
from recon_app.fingerprints._fields import MOVES, reading
from recon_app.fingerprints._words import MOST, goods, several
from recon_app.models.record import NO_INT, RecordType, Side

_MANY = 5  # SKUs
_MINUTE = 60  # seconds
_KINDS = (RecordType.STOCK_QUANT, RecordType.INVENTORY_LEVEL, RecordType.STOCK_COUNT)


class StockFetched(Fingerprint):
    """Corrections of many SKUs within a minute that made Odoo's stock Shopify's."""

    id = "f11_stock_fetched"
    title = "Stock in Odoo overwritten from Shopify"
    behaviour = (
        "'Fetch Inventory' of Odoo's own connector sets Odoo's stock to Shopify's figures, all SKUs at once "
        "and without a count. What was wrong in Shopify is wrong in Odoo from then on, and in its value."
    )
    advice = (
        "Find out who started it; if nobody counted, count the SKUs with the largest corrections.",
        "Undo it in Odoo where Shopify's figure was wrong.",
    )
    reads: ClassVar = reading(*MOVES, *_KINDS)
    needs: ClassVar = (RecordType.STOCK_MOVE, *_KINDS[:2])

    def hits(self, books: Books) -> Found:
        """One hit per place and minute."""
        moves = books.moves
        timed = (moves["at"] != NO_INT) | (moves["grp"] != "")
        done = moves["inventory"] & moves["done"] & timed & (moves["sku"] != "")
        mine = moves[done.to_numpy(bool)]
        place = mine["location_to"].where(mine["inside"], mine["location"])
        # a correction belongs to no transfer, so that its time as written stands in the transfer's place
        moment = (mine["at"] // _MINUTE).astype(str).where(mine["at"] != NO_INT, mine["grp"].str[:16])
        mine = mine.assign(place=place, minute=moment)
        mine = mine[~_counted(mine, books.frame(RecordType.STOCK_COUNT))]
        many = mine.groupby(["place", "minute"])["sku"].transform("nunique") >= _MANY
        equal = _equal_skus(books)
        found = Found()
        for (name, _), part in mine[many.to_numpy(bool)].groupby(["place", "minute"], sort=True):
            group = books.shelves.group(str(name))
            known, same = equal.get(group, (set(), set()))
            skus = set(part["sku"]) & known
            if len(skus) >= _MANY and skus <= same:
                found.hits.append(_hit(str(name), part))
        return found


def _counted(moves: pd.DataFrame, counts: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Corrections of SKUs that were counted the day before, that day or the next."""
    sheets = {
        (sku, day + late)
        for sku, day in zip(counts["sku"], counts["day"], strict=True)
        for late in (-1, 0, 1)
    }
    pairs = zip(moves["sku"], moves["day"], moves["reference"].str.casefold(), strict=True)
    return np.array([(sku, day) in sheets or "count" in text for sku, day, text in pairs], np.bool_)


def _equal_skus(books: Books) -> dict[int, tuple[set[str], set[str]]]:
    """SKUs of each place of which both figures are known, and those of which they are equal."""
    table = books.figures
    known = (table["shop_on_hand"] != NO_INT) & (table["odoo_on_hand"] != NO_INT)
    rest = ~known & (table["shop_available"] != NO_INT) & (table["odoo_free"] != NO_INT)
    same = (known & (table["shop_on_hand"] == table["odoo_on_hand"])) | (
        rest & (table["shop_available"] == table["odoo_free"])
    )
    return {
        int(str(group)): (set(part["sku"][known | rest]), set(part["sku"][same]))
        for group, part in table.groupby("group")
    }


def _hit(place: str, part: pd.DataFrame) -> Hit:
    into = part["location_to"] == place
    moved = part["quantity"].to_numpy(np.int64)
    plus, minus = int(moved[into.to_numpy(bool)].sum()), int(moved[~into.to_numpy(bool)].sum())
    skus, unit = sorted(set(part["sku"])), part["unit"].iloc[0] or "Units"
    change = f"+{goods(plus, unit)} and -{goods(minus, unit)}"
    return Hit(
        key=f"{place}|{part['minute'].iloc[0]}",
        text=f"{place}: the stock of {len(skus)} SKUs ({several(skus)}) was set within one minute, {change}, "
        "to what Shopify has.",
        records={Side.ODOO: tuple(part["id"].tolist()[:MOST])},
        day=int(part["day"].iloc[0]),
        quantity=plus + minus,
        unit=unit,
        about=place,
    )
