"""Intraday bank reports in SWIFT MT942."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recon_app.models.record import RecordType
from recon_app.sources._bank import batches
from recon_app.sources._base import Batch, InputFile, Reading, Source
from recon_app.sources._mt94x import is_interim, lines_of


class BankMt942(Source):
    """One record per ``:61:`` line of a day so far; the MT940 statement repeats them."""

    id = "bank_mt942"
    title = "Intraday bank report MT942 (SWIFT)"
    record_type = RecordType.BANK_LINE
    key = ("account", "currency", "day", "amount", "ident", "ref", "text")
    progress = ("grp",)  # the same line stands in a report and in the next of the same day

    def recognises(self, file: InputFile) -> bool:
        """Whether it is an MT942: a floor limit or a time, and no opening balance."""
        return is_interim(file)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Read all reports; their sums prove each of them."""
        reading.notes.append(
            "an intraday report is not final and has no balances: for the days that a statement of the "
            "account covers, only the statement counts"
        )
        yield from batches(lines_of(file, options, reading, interim=True), reading)
