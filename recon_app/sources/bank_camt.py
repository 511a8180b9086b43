"""Bank statements in ISO 20022 camt.053, or a ZIP archive of them."""

from __future__ import annotations

from recon_app.sources._camt import CamtSource


class BankCamt(CamtSource):
    """The statement of booked entries, with opening and closing balance."""

    id = "bank_camt"
    title = "Bank statement CAMT.053 (XML)"
    number = "053"
    element = "Stmt"
    word = "statement"
