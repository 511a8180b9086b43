"""Adyen: payment accounting report, which is recognised and refused.

It has one row per step in the life of a payment. A payment that is settled stands in it as received,
authorised, captured and settled, with running positions, and its settlement stands in the settlement details
report once more, with the fees and payouts that this report lacks.
"""

from __future__ import annotations

from recon_app.sources._base import InputFile
from recon_app.sources._refused import RefusedSource


class AdyenPaymentAccounting(RefusedSource):
    """Says what to export instead."""

    id = "adyen_payment_accounting"
    title = "Adyen payment accounting report (not used)"
    reason = (
        "this is Adyen's payment accounting report, which tells every step of a payment and not what is paid "
        "out"
    )
    advice = "export the settlement details report instead (Reports, Settlement details)"
    required = (
        "Merchant Account",
        "Psp Reference",
        "Merchant Reference",
        "Record Type",
        "Main Amount",
        "Received (PC)",
        "Authorised (PC)",
        "Captured (PC)",
        "Payable (SC)",
    )

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the report."""
        return file.header_index(self.required) is not None
