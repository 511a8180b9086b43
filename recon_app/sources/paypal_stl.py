"""PayPal: settlement report (STL), one per day on the SFTP server.

The day's batch is known by its start date; what goes to the bank is the T0400 line, whose bank reference is
in the bank's text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from recon_app.models.record import RecordType
from recon_app.sources import _paypal_report
from recon_app.sources._base import Batch, InputFile, Reading, Source


class PaypalStl(Source):
    """One record is one balance movement."""

    id = "paypal_stl"
    title = "PayPal settlement report (STL)"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident",)
    options: ClassVar = {"amount_unit": _paypal_report.SCALES}

    def recognises(self, file: InputFile) -> bool:
        """Whether the columns are those of a settlement report, which has no state of a transaction."""
        header = _paypal_report.header_of(file)
        return bool(header) and _paypal_report.STATE not in header

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the movements; prove the totals of the report.

        Raises:
            AnswerNeeded: amounts of a currency without decimals; option ``amount_unit``.
        """
        yield from _paypal_report.read(file, options, reading)
