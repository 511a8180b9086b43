"""F8: a refund that Shopify no longer has left its credit note behind, and later refunds have none.

A credit note belongs to a refund that its reference names by id, else to one of its amount, else to any
refund that is not newer. One that is older than every refund without a partner belongs to no refund that
Shopify still has. A credit note that somebody made without a refund looks the same.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import GRACE, Books, count_of, grouped, sum_of
from recon_app.fingerprints._fields import DOCUMENTS, REFUNDS, reading
from recon_app.fingerprints._words import money, several
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side


class DeletedRefund(Fingerprint):
    """Orders with a credit note of no refund, and with later refunds of no credit note."""

    id = "f08_deleted_refund"
    title = "Refund deleted, later refunds not taken over"
    behaviour = (
        "When a refund is deleted in Shopify after Odoo's own connector has taken it over, the connector "
        "takes over no later refund of that order."
    )
    advice = (
        "Cancel or reverse the credit note of the deleted refund.",
        "Make the credit notes of the later refunds by hand.",
    )
    reads: ClassVar = reading(*DOCUMENTS, *REFUNDS)
    needs: ClassVar = (RecordType.INVOICE,)
    kind: ClassVar = Kind.MISSING
    missing: ClassVar = (Side.ODOO,)

    def hits(self, books: Books) -> Found:
        """One hit per order."""
        refunds = books.refunds[(books.refunds["order"] != 0) & (books.refunds["day"] != NO_INT)]
        notes = books.documents[books.documents["credit"] & (books.documents["day"] != NO_INT)]
        orders = refunds["order"].unique()
        some = count_of(notes, orders) > 0
        differ = sum_of(refunds, "amount", orders) != -sum_of(notes, "amount", orders)
        orders = orders[some & differ]
        booked = grouped(notes, orders)
        found = Found()
        for order, mine in grouped(refunds, orders).items():
            orphans, later = _unpaired(mine.to_dict("records"), booked[order].to_dict("records"))
            later = [row for row in later if row["day"] <= books.now - GRACE]
            if orphans and later:
                found.hits.append(_hit(books.names[order], orphans, later))
        return found


Rows = list[dict[Any, Any]]


def _unpaired(refunds: Rows, notes: Rows) -> tuple[Rows, Rows]:
    """Credit notes that belong to no refund, and the refunds after them that have none."""
    left = sorted(refunds, key=lambda row: (row["day"], row["amount"]))
    loose = []
    for note in sorted(notes, key=lambda row: row["day"]):
        named = [row for row in left if row["ident"] and row["ident"].rpartition("/")[2] in note["ref"]]
        equal = [row for row in left if row["amount"] == -note["amount"]]
        if partner := (named or equal)[:1]:
            left.remove(partner[0])
        else:
            loose.append(note)
    orphans = []
    for note in loose:
        before = [row for row in left if row["day"] <= note["day"]]
        if before:
            left.remove(before[0])
        else:
            orphans.append(note)
    first = min((note["day"] for note in orphans), default=0)
    return orphans, [row for row in left if row["day"] > first]


def _hit(name: str, orphans: Rows, later: Rows) -> Hit:
    amount, currency = int(np.sum([row["amount"] for row in later])), later[0]["currency"]
    numbers = several([note["number"] for note in orphans])
    return Hit(
        key=name,
        text=f"Order {name}: {numbers} is for no refund that Shopify has, and {money(amount, currency)} "
        "refunded later has no credit note.",
        records={
            Side.SHOP: tuple(number for row in later for number in row["ids"]),
            Side.ODOO: tuple(note["id"] for note in orphans),
        },
        day=later[0]["day"],
        value=amount,
        currency=currency,
    )
