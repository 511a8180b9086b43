"""Bank statements in SWIFT MT940."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recon_app.models.record import RecordType
from recon_app.sources._bank import batches
from recon_app.sources._base import Batch, InputFile, Reading, Source
from recon_app.sources._mt94x import is_statement, lines_of


class BankMt940(Source):
    """One record per ``:61:`` line."""

    id = "bank_mt940"
    title = "Bank statement MT940 (SWIFT)"
    record_type = RecordType.BANK_LINE
    key = ("account", "currency", "day", "amount", "ident", "ref", "text")
    progress = ("grp",)  # the same line stands in a daily and in a monthly statement

    def recognises(self, file: InputFile) -> bool:
        """Whether it has balances or bookings of an MT940."""
        return is_statement(file)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Read all statements; balances prove each of them."""
        yield from batches(lines_of(file, options, reading, interim=False), reading)
