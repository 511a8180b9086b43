"""PayPal: history log, the activity download of 2014 to 2017.

Its header cells have leading blanks and its lines end in a comma. Where it has no column that says whether a
row moved the balance, authorisations and cancelled payments are told by their type and state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recon_app.models.record import RecordType
from recon_app.sources import _paypal_table
from recon_app.sources._base import Batch, InputFile, Reading, Source


class PaypalHistory(Source):
    """One record is one line of a PayPal balance."""

    id = "paypal_history"
    title = "PayPal history (until 2017)"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident",)
    progress = ("status", "category", "grp", "due", "extra")

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of this download."""
        return _paypal_table.kind_of(file) == "history"

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the lines; prove net and running balance.

        Raises:
            AnswerNeeded: the order of the dates (``date_order``) or the decimal mark (``decimal_mark``).
        """
        yield from _paypal_table.read(file, options, reading)
