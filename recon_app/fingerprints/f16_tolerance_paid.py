"""F16: an invoice counts as paid although up to 3 % less was received, and nothing says where the rest went.

Looks at invoices that are paid and whose payments name only them. The payments, the credit notes and the
journal items that are imported have to tell the whole story: what was paid otherwise (a gift card booked by a
journal entry that is not in the export) looks like a rest.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books, objects
from recon_app.fingerprints._fields import DOCUMENTS, reading
from recon_app.fingerprints._words import money
from recon_app.models.record import NO_INT, RecordType, Side

_SHARE = 3, 100
_GONE = ("draft", "canceled", "cancelled", "cancel", "rejected")


class TolerancePaid(Fingerprint):
    """Paid invoices with payments of 97 % or more, no credit note and no entry over the rest."""

    id = "f16_tolerance_paid"
    title = "Invoice closed with less than its total"
    behaviour = (
        "Since 18.3 Odoo takes an invoice as paid when what was received is within 3 % of its total, and "
        "leaves the rest for somebody to book: a fee, a rate difference, or money that never came."
    )
    advice = (
        "Find out what the rest is: a fee of the platform, a rate difference or a short payment.",
        "Book it on the account it belongs to; ask for the money where it is a short payment.",
    )
    reads: ClassVar = reading(*DOCUMENTS, RecordType.ODOO_PAYMENT, RecordType.JOURNAL_ITEM)
    needs: ClassVar = (RecordType.INVOICE, RecordType.ODOO_PAYMENT)

    def hits(self, books: Books) -> Found:
        """One hit per invoice."""
        documents = books.documents
        paid = documents[~documents["credit"] & documents["paid"] & (documents["amount"] > 0)]
        received = _received(books.frame(RecordType.ODOO_PAYMENT))
        paid = paid[paid["number"].isin(received.index)]
        paid = paid.join(received, on="number")
        rest = paid["amount"].to_numpy(np.int64) - paid["received"].to_numpy(np.int64)
        least, of = _SHARE
        small = (rest > 0) & (rest * of <= paid["amount"].to_numpy(np.int64) * least)
        same = (paid["code"] == paid["currency"]).to_numpy(bool) & paid["single"].to_numpy(bool)
        reversed_ = paid["number"].isin(documents["reversal_of"]).to_numpy(bool)
        paid = paid.assign(rest=rest)[small & same & ~reversed_]
        booked = _entries(books.frame(RecordType.JOURNAL_ITEM), set(paid["rest"]))
        found = Found()
        for row in paid.to_dict("records"):
            names = {row["number"], row["ref"], *row["payments"]} - {""}
            if any(name in text for text in booked.get(row["rest"], ()) for name in names):
                continue
            amounts = [money(row[name], row["currency"]) for name in ("amount", "received", "rest")]
            found.hits.append(
                Hit(
                    key=row["number"],
                    text=f"{row['number']} over {amounts[0]} is paid with {amounts[1]}; where the "
                    f"{amounts[2]} went is not booked.",
                    records={Side.ODOO: (row["id"], *row["ids"])},
                    day=row["day"],
                    value=row["rest"],
                    currency=row["currency"],
                )
            )
        return found


def _received(payments: pd.DataFrame) -> pd.DataFrame:
    """By invoice: received (minor units), code, single (no payment names others too), payments, ids."""
    gone = payments["status"].isin(_GONE) | (payments["amount"] == NO_INT)
    alive = payments[~gone.to_numpy(bool)]
    named = [tuple(found.get("invoices", ())) for found in objects(alive["extra"])]
    table = pd.DataFrame(
        {
            "number": pd.Series(named, dtype=object),
            "single": np.array([len(numbers) == 1 for numbers in named], np.bool_),
            "amount": alive["amount"].to_numpy(np.int64),
            "code": alive["currency"].to_numpy(object),
            "payment": alive["grp"].to_numpy(object),
            "id": alive["id"].to_numpy(np.int64),
        }
    )
    table = table[table["number"].map(bool).to_numpy(bool)].explode("number")
    grouped = table.groupby("number", sort=False)
    found = grouped.agg(
        received=("amount", "sum"),
        code=("code", "first"),
        codes=("code", "nunique"),
        single=("single", "all"),
    )
    ids: dict[str, list[int]] = {number: [] for number in found.index}
    names: dict[str, list[str]] = {number: [] for number in found.index}
    for number, payment, record in zip(table["number"], table["payment"], table["id"], strict=True):
        names[number].append(payment)
        ids[number].append(record)
    return found.assign(
        single=found["single"] & (found["codes"] == 1), payments=pd.Series(names), ids=pd.Series(ids)
    )


def _entries(items: pd.DataFrame, rests: set[int]) -> dict[int, list[str]]:
    """What journal items over some amounts say: entry, reference and label."""
    minor = items["amount"].to_numpy(np.int64)
    size = np.abs(np.where(minor == NO_INT, 0, minor))
    mine = items[np.isin(size, list(rests))]
    found: dict[int, list[str]] = {}
    for amount, *texts in zip(mine["amount"], mine["grp"], mine["ref"], mine["text"], strict=True):
        found.setdefault(abs(amount), []).append(" ".join(texts))
    return found
