"""PayPal: activity download (Activity, Download, CSV), since 2017.

One row per balance movement, its fee in a column; conversions, holds and their ends are rows of their own,
which name the payment in the reference. 22 to 82 columns in the user's language have been seen; the column
with the event code, where it was chosen, tells the types in every language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recon_app.models.record import RecordType
from recon_app.sources import _paypal_table
from recon_app.sources._base import Batch, InputFile, Reading, Source


class PaypalActivity(Source):
    """One record is one line of a PayPal balance."""

    id = "paypal_activity"
    title = "PayPal activity"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident",)
    progress = ("status", "category", "grp", "due", "extra")

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of this download."""
        return _paypal_table.kind_of(file) == "activity"

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the lines; prove net and running balance.

        Raises:
            AnswerNeeded: the order of the dates (``date_order``) or the decimal mark (``decimal_mark``).
        """
        yield from _paypal_table.read(file, options, reading)
