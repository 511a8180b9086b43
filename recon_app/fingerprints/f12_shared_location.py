"""F12: two places of Shopify are mapped to one place in Odoo.

Told by the answers to the comparison of stock (``stock_location``), not by records. How the connector itself
is set up is in no export.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books
from recon_app.fingerprints._fields import reading
from recon_app.fingerprints._words import MOST, goods
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side


class SharedLocation(Fingerprint):
    """Groups of more than one place of the shop."""

    id = "f12_shared_location"
    title = "Two shop locations on one Odoo location"
    behaviour = (
        "Two stores or locations that are mapped to one location of Odoo share its stock: both offer the "
        "same pieces, and a sale in one is not seen by the other until the next update."
    )
    advice = (
        "Give each location of Shopify a location of its own in Odoo.",
        "Until then, hold some stock back in Shopify, so that nothing is sold twice.",
    )
    reads: ClassVar = reading(RecordType.INVENTORY_LEVEL, RecordType.STOCK_QUANT)
    needs: ClassVar = (RecordType.INVENTORY_LEVEL, RecordType.STOCK_QUANT)
    kind: ClassVar = Kind.FIELD

    def hits(self, books: Books) -> Found:
        """One hit per group of places; its quantity is what they share."""
        levels, quants = books.frame(RecordType.INVENTORY_LEVEL), books.frame(RecordType.STOCK_QUANT)
        place = {name: books.shelves.group(name) for name in set(quants["location"])}
        group = np.array([place[name] for name in quants["location"]], np.int64)
        found = Found()
        for number, names in enumerate(books.shelves.groups):
            if len(names) < 2:
                continue
            own = quants[group == number]
            shown = levels[levels["location"].isin(names).to_numpy(bool)]
            offered = shown[(shown["available"] > 0).to_numpy(bool)]
            twice = offered["sku"][offered.duplicated("sku", keep=False)]
            both = shown[shown["sku"].isin(twice)]
            held = own["quantity"].to_numpy(np.int64)
            total = int(held[held != NO_INT].sum())
            where = " and ".join(sorted(name for name, of in books.shelves.places.items() if of == number))
            found.hits.append(
                Hit(
                    key="|".join(names),
                    text=f"{' and '.join(names)} stand for the same place in Odoo, {where}: "
                    f"{goods(total, '')} on hand, {twice.nunique()} SKUs offered in more than one of them.",
                    records={
                        Side.SHOP: tuple(both["id"].tolist()[:MOST]),
                        Side.ODOO: tuple(own["id"].tolist()[:MOST]),
                    },
                    quantity=total,
                    unit="Units",
                )
            )
        return found
