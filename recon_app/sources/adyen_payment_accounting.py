"""Adyen: payment accounting report, which is recognised and refused.

It has one row per step in the life of a payment. A payment that is settled stands in it as received,
authorised, captured and settled, with running positions, and its settlement stands in the settlement details
report once more, with the fees and payouts that this report lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recon_app.models.problem import FileRejected, Problem
from recon_app.models.record import RecordType
from recon_app.sources._base import Batch, InputFile, Reading, Source


class AdyenPaymentAccounting(Source):
    """Says what to export instead."""

    id = "adyen_payment_accounting"
    title = "Adyen payment accounting report (not used)"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident",)
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

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Refuse the file.

        Raises:
            FileRejected: always.
        """
        raise FileRejected(
            Problem(
                None,
                None,
                "this is Adyen's payment accounting report, which tells every step of a payment and not what "
                "is paid out",
                "export the settlement details report instead (Reports, Settlement details)",
            )
        )
