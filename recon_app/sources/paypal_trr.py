"""PayPal: transaction detail report (TRR, TDR), one per day on the SFTP server.

It lists what moves no money too: authorisations, and lines that are pending, denied or voided (Transactional
Status P, D, V).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from recon_app.models.record import RecordType
from recon_app.sources import _paypal_report
from recon_app.sources._base import Batch, InputFile, Reading, Source


class PaypalTrr(Source):
    """One record is one transaction."""

    id = "paypal_trr"
    title = "PayPal transaction detail report (TRR)"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident",)
    options: ClassVar = {"amount_unit": _paypal_report.SCALES}
    progress = ("status", "category")

    def recognises(self, file: InputFile) -> bool:
        """Whether the columns are those of a report that names the state of each transaction."""
        return _paypal_report.STATE in _paypal_report.header_of(file)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the transactions; prove the totals of the report.

        Raises:
            AnswerNeeded: amounts of a currency without decimals; option ``amount_unit``.
        """
        yield from _paypal_report.read(file, options, reading)
