"""F7: Shopify and Odoo put the same returned goods to different use.

Two ways: refunded without restocking in Shopify, while Odoo received the goods into stock that is for sale;
or restocked in Shopify, while the receipt in Odoo was cancelled. What was set right in Shopify by hand later
is not in the exports, so look at the stock of the SKU first. Goods received into a place that is not for
sale (quarantine) are as they should be.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books
from recon_app.fingerprints._fields import MOVES, REFUNDS, reading
from recon_app.fingerprints._goods import moved, refunded_lines
from recon_app.fingerprints._words import goods
from recon_app.models.record import RecordType, Side


class RestockNotChosen(Fingerprint):
    """Refunded lines that one side put back on the shelf and the other did not."""

    id = "f07_restock_not_chosen"
    title = "Restocked on one side only"
    behaviour = (
        "Where nobody chooses 'Restock at' for a refund, Shopify does not put the goods back into stock "
        "and Odoo does, or the reverse; from then on the two stocks part ways."
    )
    advice = (
        "Look where the goods are, and correct the side that is wrong.",
        "Choose 'Restock at' with every refund of goods.",
    )
    reads: ClassVar = reading(*MOVES, *REFUNDS)
    needs: ClassVar = (RecordType.REFUND, RecordType.STOCK_MOVE)

    def hits(self, books: Books) -> Found:
        """One hit per order and SKU."""
        moves, refunds = books.moves, books.frame(RecordType.REFUND)
        moves = moves[moves["back"].to_numpy(bool)]
        for_sale = [not books.shelves.is_excluded(place) for place in moves["location_to"]]
        into_stock = moves["inside"] & np.array(for_sale, np.bool_)
        received = moved(moves[into_stock & moves["done"]])
        dropped = moved(moves[moves["cancelled"]])
        alive = moved(moves[~moves["cancelled"]])
        restocked, kept_off = refunded_lines(refunds, "return"), refunded_lines(refunds, "no_restock")
        put_back = restocked.set_index(["order", "sku"])["quantity"]
        found = Found()
        mine = pd.MultiIndex.from_frame(kept_off[["order", "sku"]])
        for row in kept_off[mine.isin(received.index)].to_dict("records"):
            pair = (row["order"], row["sku"])
            receipt = received.loc[pair]
            too_many = min(receipt["quantity"] - put_back.get(pair, 0), row["quantity"])
            if too_many > 0:
                what = (
                    f"was refunded without restocking, and Odoo received it into stock with {receipt['grp']}"
                )
                found.hits.append(_hit(books, row, receipt, int(too_many), what))
        mine = pd.MultiIndex.from_frame(restocked[["order", "sku"]])
        for row in restocked[mine.isin(dropped.index) & ~mine.isin(alive.index)].to_dict("records"):
            receipt = dropped.loc[(row["order"], row["sku"])]
            what = f"was restocked in Shopify, and its receipt {receipt['grp']} in Odoo was cancelled"
            found.hits.append(_hit(books, row, receipt, row["quantity"], what))
        return found


def _hit(books: Books, row: dict, receipt: pd.Series, quantity: int, what: str) -> Hit:  # type: ignore[type-arg]
    name, unit = books.names[row["order"]], receipt["unit"] or "Units"
    return Hit(
        key=f"{name}|{row['sku']}",
        text=f"Order {name}: {goods(quantity, unit)} of {row['sku']} {what}.",
        records={Side.SHOP: row["ids"], Side.ODOO: receipt["ids"]},
        day=row["day"],
        quantity=quantity,
        unit=unit,
    )
