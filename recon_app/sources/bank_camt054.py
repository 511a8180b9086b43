"""Notifications of credits and debits in ISO 20022 camt.054, or a ZIP archive of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recon_app.sources._base import Batch, InputFile, Reading
from recon_app.sources._camt import CamtSource


class BankCamt054(CamtSource):
    """Single entries and the transactions of batches; without balances, and repeated by the statement."""

    id = "bank_camt054"
    title = "Bank notification CAMT.054 (XML)"
    number = "054"
    element = "Ntfctn"
    word = "notification"

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Read all notifications."""
        reading.notes.append(
            "a notification has no balances and repeats what the statement books: for the days that a "
            "statement of the account covers, only the statement counts"
        )
        yield from super().read(file, options, reading)
