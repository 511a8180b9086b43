"""F4: a credit note is still a draft although the money of its refund has gone.

The refund counts as paid out when a transaction of the shop or a line of a payment platform shows it; with
neither of them imported nothing is said.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import GRACE, Books, grouped
from recon_app.fingerprints._fields import DOCUMENTS, REFUNDS, reading
from recon_app.fingerprints._words import days, money
from recon_app.models.record import NO_INT, RecordType, Side


class DraftCreditNotes(Fingerprint):
    """Draft credit notes older than three days against refunds that were paid."""

    id = "f04_draft_credit_notes"
    title = "Credit note left as a draft"
    behaviour = (
        "Credit notes of Odoo's own connector always arrive as drafts. Until somebody posts them, the refund "
        "is in no ledger, although the money has gone."
    )
    advice = ("Check the credit note and post it.",)
    reads: ClassVar = reading(*DOCUMENTS, *REFUNDS, RecordType.PAYMENT_LINE)
    needs: ClassVar = (RecordType.INVOICE,)

    def hits(self, books: Books) -> Found:
        """One hit per credit note."""
        documents = books.documents
        drafts = documents[documents["credit"] & documents["draft"] & (documents["order"] != 0)]
        paid = pd.concat([books.paid_back, books.platform_refunds], ignore_index=True)
        last = paid[paid["day"] != NO_INT].groupby("order")["day"].max()
        drafts = drafts[drafts["order"].isin(last.index)]
        day = last.reindex(drafts["order"]).to_numpy(np.int64)
        since = np.where(drafts["day"] == NO_INT, day, np.maximum(day, drafts["day"]))
        drafts = drafts.assign(age=books.now - since, paid=day)
        drafts = drafts[drafts["age"] > GRACE]
        refunds = grouped(paid, drafts["order"])
        found, names = Found(), books.names
        for row in drafts.to_dict("records"):
            order, ago = row["order"], days(books.now - row["paid"])
            # the shop's own transaction says enough where there is one
            mine = refunds[order]
            shown = mine[mine["side"] == mine["side"].iloc[0]]
            paid_by = {Side(shown["side"].iloc[0]): tuple(shown["ids"].sum())}
            amount = money(abs(row["amount"]), row["currency"])
            found.hits.append(
                Hit(
                    key=f"{names[order]}|{row['number']}|{row['amount']}",
                    text=f"Order {names[order]}: a refund was paid {ago} ago, and its "
                    f"credit note over {amount} is a draft.",
                    records={**paid_by, Side.ODOO: (row["id"],)},
                    day=row["paid"],
                    value=abs(row["amount"]),
                    currency=row["currency"],
                )
            )
        return found
