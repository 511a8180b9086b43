"""F13: a job writes Odoo's free stock over Shopify's, makes negative figures 0 and skips what one side lacks.

Shopify's own corrections (its inventory history) are in no export that is read. What they leave behind is:
at a place where the figures of nearly all SKUs are equal, a SKU that Odoo has less than nothing of while
Shopify shows exactly 0, or one that has stock on one side and no figure at all on the other. At a place
where the figures are not equal anyway nothing is said. Kits, which have no stock of their own in Odoo, are
left out.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books
from recon_app.fingerprints._fields import reading
from recon_app.fingerprints._words import goods
from recon_app.models.record import NO_INT, RecordType, Side

_KINDS = (RecordType.INVENTORY_LEVEL, RecordType.STOCK_QUANT)
_ENOUGH = 5  # SKUs with equal figures above 0
_EQUAL = (9, 10)  # the share of the SKUs with stock on both sides that must be equal


class PushedStock(Fingerprint):
    """SKUs that a push of Odoo's stock clamped to 0 or skipped."""

    id = "f13_pushed_stock"
    title = "Odoo's stock pushed over Shopify's"
    behaviour = (
        "The daily job of the OCA connector writes Odoo's free quantity over Shopify's, with nobody's "
        "approval; what is below 0 becomes 0, and SKUs that only one side has a figure for are skipped."
    )
    advice = (
        "Count the SKU, and correct Odoo where it is below 0.",
        "Where one side has no figure, stock the SKU there or clear the other figure.",
    )
    reads: ClassVar = reading(*_KINDS, RecordType.KIT_COMPONENT)
    needs: ClassVar = _KINDS

    def hits(self, books: Books) -> Found:
        """One hit per SKU and place."""
        table = books.figures
        kits = books.frame(RecordType.KIT_COMPONENT)["grp"]
        table = table[~table["sku"].isin(kits)]
        shop, odoo = (table[name].to_numpy(np.int64) for name in ("shop_available", "odoo_free"))
        on_both = (shop > 0) & (odoo > 0)
        equal = on_both & (shop == odoo)
        sums = pd.DataFrame({"group": table["group"], "both": on_both, "equal": equal}).groupby("group").sum()
        least, of = _EQUAL
        synced = sums.index[(sums["equal"] >= _ENOUGH) & (sums["equal"] * of >= sums["both"] * least)]
        at_synced = table["group"].isin(synced).to_numpy(bool)
        elsewhere_shop = table["sku"].isin(table["sku"][shop != NO_INT]).to_numpy(bool)
        elsewhere_odoo = table["sku"].isin(table["sku"][odoo != NO_INT]).to_numpy(bool)
        cases = (
            (at_synced & (shop == 0) & (odoo < 0) & (odoo != NO_INT), _clamped),
            (at_synced & (shop > 0) & (odoo == NO_INT) & elsewhere_odoo, _only_shop),
            (at_synced & (shop == NO_INT) & (odoo > 0) & elsewhere_shop, _only_odoo),
        )
        found = Found()
        for mask, says in cases:
            for row in table[mask].to_dict("records"):
                found.hits.append(_hit(row, books.shelves.name(row["group"]), says(row)))
        return found


def _clamped(row: dict[Any, Any]) -> tuple[int, str]:
    return -row["odoo_free"], f"Odoo has {goods(row['odoo_free'], '')} free, and Shopify shows 0"


def _only_shop(row: dict[Any, Any]) -> tuple[int, str]:
    many = row["shop_available"]
    return many, f"Shopify offers {goods(many, '')}, and Odoo has no stock record there, so it is skipped"


def _only_odoo(row: dict[Any, Any]) -> tuple[int, str]:
    return row[
        "odoo_free"
    ], f"Odoo has {goods(row['odoo_free'], '')} free, and Shopify does not stock it there"


def _hit(row: dict[Any, Any], place: str, said: tuple[int, str]) -> Hit:
    return Hit(
        key=f"{row['sku']}|{place}",
        text=f"{row['sku']} at {place}: {said[1]}.",
        records={Side.SHOP: row["shop"], Side.ODOO: row["odoo"]},
        quantity=said[0],
        unit="Units",
        about=place,
    )
