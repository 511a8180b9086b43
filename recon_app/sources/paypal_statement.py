"""PayPal: monthly and financial statement as CSV (Reports, Statements), 18 columns in the user's language.

Rows are in blocks by currency, each with its running balance, and have a description in place of type and
state. Zones are IANA names, in some rows abbreviations. A Spanish header ends in six empty cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recon_app.models.record import RecordType
from recon_app.sources import _paypal_table
from recon_app.sources._base import Batch, InputFile, Reading, Source


class PaypalStatement(Source):
    """One record is one line of a PayPal balance."""

    id = "paypal_statement"
    title = "PayPal monthly statement"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident",)
    progress = ("status", "category", "grp", "due", "extra")

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of this download."""
        return _paypal_table.kind_of(file) == "statement"

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the lines; prove net and running balance.

        Raises:
            AnswerNeeded: the order of the dates (``date_order``) or the decimal mark (``decimal_mark``).
        """
        yield from _paypal_table.read(file, options, reading)
