"""F6: goods came back in Shopify, and Odoo, which made the delivery, has no receipt of the return.

A return itself is in no export that is read; its refund tells of it, by lines that were restocked as a
return (Admin data, Matrixify). A return without refund is not seen, nor is one of a kit, whose parts Odoo
moves.
"""

from __future__ import annotations

from typing import ClassVar

import pandas as pd

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import GRACE, Books
from recon_app.fingerprints._fields import MOVES, REFUNDS, reading
from recon_app.fingerprints._goods import moved, refunded_lines
from recon_app.fingerprints._words import goods
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side


class ReturnNotSynced(Fingerprint):
    """Returned lines whose delivery is done in Odoo, and of which nothing comes back there."""

    id = "f06_return_not_synced"
    title = "Return not taken over"
    behaviour = (
        "Where deliveries are handled in Odoo, its own connector does not take the returns of Shopify over: "
        "no receipt is made, and the goods that came back are missing from Odoo's stock."
    )
    advice = (
        "Make the return of the delivery in Odoo and validate its receipt.",
        "When nothing arrived, ask the customer or the carrier.",
    )
    reads: ClassVar = reading(*MOVES, *REFUNDS)
    needs: ClassVar = (RecordType.REFUND, RecordType.STOCK_MOVE)
    kind: ClassVar = Kind.MISSING
    missing: ClassVar = (Side.ODOO,)

    def hits(self, books: Books) -> Found:
        """One hit per order and SKU."""
        moves, refunds = books.moves, books.frame(RecordType.REFUND)
        known = moves["done"] & (moves["day"] != NO_INT)
        newest = int(moves["day"][known].max()) if known.any() else NO_INT
        lines = refunded_lines(refunds, "return")
        lines = lines[lines["day"] <= newest - GRACE]
        moves = moves[moves["order"].isin(lines["order"])]
        sent = moved(moves[moves["out"] & moves["done"]])
        # cancelled ones too: they are told by another rule
        received = moved(moves[moves["back"]])
        mine = pd.MultiIndex.from_frame(lines[["order", "sku"]])
        lines = lines[mine.isin(sent.index) & ~mine.isin(received.index)]
        found = Found()
        for row in lines.to_dict("records"):
            delivery = sent.loc[(row["order"], row["sku"])]
            found.hits.append(
                Hit(
                    key=f"{books.names[row['order']]}|{row['sku']}",
                    text=f"Order {books.names[row['order']]}: {goods(row['quantity'], delivery['unit'])} of "
                    f"{row['sku']} came back in Shopify; Odoo delivered them with {delivery['grp']} and has "
                    "no receipt.",
                    records={Side.SHOP: row["ids"], Side.ODOO: delivery["ids"]},
                    day=row["day"],
                    quantity=row["quantity"],
                    unit=delivery["unit"] or "Units",
                )
            )
        return found
