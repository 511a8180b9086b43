"""F22: the refunded shipping was booked with the figure that the buyer saw, in the currency of the shop.

The amount that the buyer saw is in no export of refunds. It is computed from the charge, which has the order
in both currencies, and compared with what the credit note has too much. Needs the lines of the payment
platform with their presentment amounts.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.orders import order_hashes
from recon_app.engine.tax import half_up
from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books, contains, ids_of, sum_of, zeroed
from recon_app.fingerprints._fields import DOCUMENTS, REFUNDS, reading
from recon_app.fingerprints._words import money
from recon_app.models.record import NO_INT, Category, RecordType, Side

_ROUNDING = 1  # minor unit that the rate leaves open
_APART = 3  # minor units that the two figures must differ by at least


class PresentmentShipping(Fingerprint):
    """Credit notes that are off by shipping at the buyer's figure less shipping at the shop's."""

    id = "f22_presentment_shipping"
    title = "Refunded shipping in the buyer's currency"
    behaviour = (
        "A connector takes the refunded shipping from the amount that the buyer saw and books it as if it "
        "were in the currency of the shop."
    )
    advice = ("Correct the shipping of the credit note to the amount in the currency of the shop.",)
    reads: ClassVar = reading(*DOCUMENTS, *REFUNDS, RecordType.PAYMENT_LINE)
    needs: ClassVar = (RecordType.ORDER, RecordType.PAYMENT_LINE, RecordType.INVOICE)

    def hits(self, books: Books) -> Found:
        """One hit per order."""
        seen = _seen(books.frame(RecordType.PAYMENT_LINE))
        orders = books.orders[books.orders["order"].isin(seen.index) & (books.orders["amount"] > 0)]
        shipping = _refunded_shipping(books, orders)
        orders = orders.assign(refund=shipping)[shipping > 0]
        hashes = orders["order"].to_numpy(np.int64)
        documents = books.documents
        notes = documents[documents["credit"]]
        back = sum_of(books.refunds, "amount", hashes)
        off = -sum_of(notes, "amount", hashes) - back
        orders = orders.assign(off=off)[(off != 0) & np.isin(hashes, notes["order"]) & (back > 0)]
        own, shop = ids_of(notes, orders["order"]), books.refund_ids(orders["order"])
        found = Found()
        for row in orders.to_dict("records"):
            charge = seen.loc[row["order"]]
            if charge["currency"] == row["currency"]:
                continue
            buyer = half_up(Fraction(row["refund"] * int(charge["amount"]), row["amount"]))
            apart = buyer - row["refund"]
            if abs(apart) >= _APART and abs(row["off"] - apart) <= _ROUNDING:
                found.hits.append(_hit(row, charge["currency"], buyer, shop, own))
        return found


def _seen(lines: pd.DataFrame) -> pd.DataFrame:
    """The only charge of each order as the buyer saw it: amount and currency, by order."""
    some = (lines["category"] == Category.CHARGE) & (lines["foreign_currency"] != "")
    mine = lines[(some & (lines["foreign_amount"] != NO_INT)).to_numpy(bool)]
    table = pd.DataFrame(
        {
            "order": order_hashes(mine["ref"]),
            "amount": mine["foreign_amount"].to_numpy(np.int64),
            "currency": mine["foreign_currency"].to_numpy(object),
        }
    )
    return table[(table["order"] != 0) & ~table["order"].duplicated(keep=False)].set_index("order")


def _refunded_shipping(books: Books, orders: pd.DataFrame) -> NDArray[np.int64]:
    """Shipping that went back, in the shop's currency.

    A row of a refund says so, or it is what a refund has beyond its lines; without lines, all of it goes back
    with the whole order.
    """
    frame = books.frame(RecordType.REFUND)
    words = (frame["text"] + frame["extra"]).str.casefold() if len(frame) else frame["text"]
    rows = frame[contains(words, "shipping") & (frame["sku"] == "").to_numpy(bool)]
    told = pd.DataFrame({"order": order_hashes(rows["ref"]), "amount": np.abs(zeroed(rows["amount"]))})
    beyond = books.refunds["amount"].to_numpy(np.int64) - books.refunds["lines"].to_numpy(np.int64)
    hashes = orders["order"].to_numpy(np.int64)
    by_row = sum_of(told, "amount", hashes)
    rest = sum_of(books.refunds.assign(rest=np.maximum(beyond, 0)), "rest", hashes)
    full = (orders["refunded"] >= orders["amount"]).to_numpy(bool)
    whole = np.where(full, zeroed(orders["shipping"]), 0)
    return np.where(by_row > 0, by_row, np.where(rest > 0, rest, whole))


def _hit(
    row: dict[Any, Any],
    currency: str,
    buyer: int,
    shop: dict[int, tuple[int, ...]],
    odoo: dict[int, tuple[int, ...]],
) -> Hit:
    own, wrong, off = (money(minor, row["currency"]) for minor in (row["refund"], buyer, abs(row["off"])))
    return Hit(
        key=row["ref"],
        text=f"Order {row['ref']}: {own} of shipping was refunded; the buyer saw {money(buyer, currency)}, "
        f"and the credit note is {off} off, as if it were {wrong}.",
        records={Side.SHOP: shop[row["order"]], Side.ODOO: odoo[row["order"]]},
        day=row["day"],
        value=abs(row["off"]),
        currency=row["currency"],
    )
