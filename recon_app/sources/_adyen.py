"""What the two sources that read Adyen's settlement details report have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from recon_app.sources._base import Chunk, InputFile, Ints, Reading
from recon_app.sources._platform import or_zero, written_moments

#: Columns that every version of the report has.
SETTLEMENT = (
    "Merchant Account",
    "Psp Reference",
    "Merchant Reference",
    "Creation Date",
    "TimeZone",
    "Type",
    "Modification Reference",
    "Gross Currency",
    "Gross Debit (GC)",
    "Gross Credit (GC)",
    "Net Currency",
    "Net Debit (NC)",
    "Net Credit (NC)",
    "Batch Number",
)
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S.%f")
_DIGITS = re.compile(r"\d{16}")


def net(chunk: Chunk, currency: Sequence[str]) -> Ints:
    """What each movement does to the balance, in the currency of the settlement."""
    credit, debit = (or_zero(chunk.money(f"Net {side} (NC)", currency)) for side in ("Credit", "Debit"))
    return credit - debit


def created(chunk: Chunk) -> tuple[Ints, Ints]:
    """Day and moment of each movement; the zone stands in a column beside it."""
    return written_moments(chunk, "Creation Date", _TIMES, chunk.text("TimeZone"), required=True)


def batches(chunk: Chunk) -> list[str]:
    """Merchant account and batch, in the words that the bank text has: ``SHOP_EU batch 380``."""
    pairs = zip(chunk.text("Merchant Account"), chunk.text("Batch Number"), strict=True)
    return [f"{account} batch {number}" if number else "" for account, number in pairs]


class RoundedIds:
    """Notices the payment ids of 16 digits that a workbook, which keeps 15 digits, has rounded."""

    def __init__(self, file: InputFile) -> None:
        self._workbook = file.is_xlsx
        self._rounded = self._whole = 0

    def look(self, ids: Iterable[str]) -> None:
        """Look at the ids of some rows."""
        for ident in ids if self._workbook else ():
            if _DIGITS.fullmatch(ident):
                self._rounded += ident.endswith("0")
                self._whole += not ident.endswith("0")

    def note(self, reading: Reading) -> None:
        """Say so, when no id of several ends in another digit than 0."""
        if self._rounded > 2 and not self._whole:
            reading.notes.append(
                "The workbook has rounded the Psp References (all end in 0): payments can be found by their "
                "Merchant Reference only. The CSV file has them whole."
            )
