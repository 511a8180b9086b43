"""Intraday bank reports in ISO 20022 camt.052, or a ZIP archive of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recon_app.sources._base import Batch, InputFile, Reading
from recon_app.sources._camt import CamtSource


class BankCamt052(CamtSource):
    """The entries of a day so far, booked and not yet booked; the statement of the day repeats them."""

    id = "bank_camt052"
    title = "Intraday bank report CAMT.052 (XML)"
    number = "052"
    element = "Rpt"
    word = "report"

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Read all reports."""
        reading.notes.append(
            "an intraday report is not final: for the days that a statement of the account covers, only the "
            "statement counts"
        )
        yield from super().read(file, options, reading)
