"""A payout whose fees nobody booked, and Odoo's journal items as real files."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from recon_app.models.case import Case
from recon_app.services import cases
from recon_app.services.import_files import import_paths
from recon_app.services.run import run
from recon_app.store.workspace import Workspace
from tests.reconciliations.books import Books
from tests.services.conftest import Put

ANSWERS = {"fee_account": "627100 Payment Fees", "journal": "Miscellaneous Operations"}

#: Account, amount, reference, entry, journal.
Item = tuple[str, float, str, str, str]
TRANSFER: tuple[Item, ...] = (
    ("101410 Shopify Clearing", 100.0, "#1", "PSHOP/1", "Shopify Payments"),
    ("121000 Receivable", -100.0, "#1", "PSHOP/1", "Shopify Payments"),
    ("101410 Shopify Clearing", -97.0, "90001234", "BNK1/1", "Bank"),
    ("100500 Bank", 97.0, "90001234", "BNK1/1", "Bank"),
    ("627100 Payment Fees", 5.0, "other", "MISC/1", "Miscellaneous Operations"),
    ("100500 Bank", -5.0, "other", "MISC/1", "Miscellaneous Operations"),
)


def unbooked_fees(ws: Workspace, put: Put, currency: str = "EUR") -> Case:
    """Import and run: payout 90001234 of 97.00 keeps 3.00 on its clearing account."""
    books = Books()
    books.line("#1", "100.00", "3.00", grp="90001234", currency=currency)
    books.payout("97.00", ident="90001234", currency=currency)
    books.payment("#1", "100.00", grp="PSHOP/1", currency=currency)
    put(books)
    items(ws, "items.csv", TRANSFER, currency)
    run(ws, "settlements")
    (case,) = (case for case in cases.iterate(ws, "settlements") if case.cause == "fee_not_booked")
    return case


def items(
    ws: Workspace, name: str, listed: Sequence[Item], currency: str = "EUR", status: str = "Posted"
) -> Path:
    """Import journal items of 8 October in euros, worth a tenth less where they are in another currency."""
    path = ws.folder.parent / name
    header = ["Date", "Number", "Journal", "Account", "Reference", "Label", "Debit", "Credit"]
    header += ["Amount in Currency", "Currency", "Company Currency", "Status"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        for account, amount, ref, number, journal in listed:
            own = round(amount * (1 if currency == "EUR" else 0.9), 2)
            debit, credit = max(own, 0.0), max(-own, 0.0)
            line = ["2026-10-08", number, journal, account, ref, "", debit, credit]
            writer.writerow([*line, amount, currency, "EUR", status])
    (report,) = import_paths(ws, [path])
    assert report.status == "imported", report
    return path
