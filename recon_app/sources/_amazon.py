"""Amazon's settlement report: its rows, taken apart the same way for both versions of the flat file.

The first row of a settlement is its summary: dates, currency and the total that is paid out. All other rows
are components of movements. V1 spreads the money of a row over several columns, V2 has one amount per row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from recon_app.models.record import NO_INT
from recon_app.sources._balance import folded
from recon_app.sources._base import Chunk, InputFile, Ints, Reading
from recon_app.sources._chunk import AGAIN
from recon_app.sources._platform import Whole, report, written_moments

#: Columns that both versions have and no other file.
REQUIRED = (
    "settlement-id",
    "settlement-start-date",
    "deposit-date",
    "total-amount",
    "currency",
    "transaction-type",
    "order-id",
)
_V2 = ("amount-type", "amount-description", "amount")
_TIMES = (
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S %Z",
    "%d.%m.%Y %H:%M:%S %Z",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d",
    "%d.%m.%Y",
)
# V1: amount column, column that says what it is, and whether it is a fee of the row's order.
_V1 = (
    ("price-amount", "price-type", False),
    ("promotion-amount", "promotion-type", False),
    ("direct-payment-amount", "direct-payment-type", False),
    ("other-amount", "", False),
    ("item-related-fee-amount", "item-related-fee-type", True),
    ("order-fee-amount", "order-fee-type", True),
    ("shipment-fee-amount", "shipment-fee-type", True),
    ("misc-fee-amount", "", True),
    ("other-fee-amount", "other-fee-reason-description", True),
)
_V2_FEES = frozenset({"itemfees", "item_fees", "shipment_fees", "order_fees"})


@dataclass(frozen=True, slots=True)
class Settlement:
    """The summary row of a settlement.

    Attributes:
        row: Number of the row.
        ident: Settlement id.
        currency: Currency of everything in it.
        total: Minor units that are paid out; negative when the seller owes.
        day: Day the deposit is started, days since 1970-01-01; the bank has it 1 to 5 days later.
        at: The moment, UTC seconds.
    """

    row: int
    ident: str
    currency: str
    total: int
    day: int
    at: int


@dataclass(slots=True)
class Part:
    """One component of a row.

    Attributes:
        description: What it is, in Amazon's words (``Principal``, ``Commission``).
        fee: Whether it stands among the fees.
        minor: Minor units, + towards the seller.
    """

    description: str
    fee: bool
    minor: int


class Report:
    """A settlement report, read as a whole: only all amounts show the decimal mark.

    Attributes:
        whole: Its chunks.
        settlements: The summary rows by settlement id.
    """

    def __init__(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> None:
        self.whole = Whole(file, REQUIRED, reading)
        self._amounts = ["total-amount"]
        first = self.whole.chunks[0] if self.whole.chunks else None
        self._v2 = first is not None and all(first.has(name) for name in _V2)
        if first is not None:
            self._amounts += [
                name for name in ("amount", *(column for column, _, _ in _V1)) if first.has(name)
            ]
        self.whole.find_mark(self._amounts, options)
        found = chain.from_iterable(self._summaries(chunk) for chunk in self.whole.chunks)
        self.settlements = {one.ident: one for one in found}

    def _summaries(self, chunk: Chunk) -> list[Settlement]:
        totals, ids, codes = chunk.text("total-amount"), chunk.text("settlement-id"), chunk.text("currency")
        currencies = [code if total else "" for code, total in zip(codes, totals, strict=True)]
        minor = self.whole.money(chunk, "total-amount", currencies)
        days, at = written_moments(chunk, "deposit-date", _TIMES)
        return [
            Settlement(
                int(chunk.rows[index]), ids[index], codes[index], total, int(days[index]), int(at[index])
            )
            for index, total in enumerate(minor.tolist())
            if total != NO_INT
        ]

    def currencies(self, chunk: Chunk) -> list[str]:
        """Currency of each row: that of its settlement."""
        ids = chunk.text("settlement-id")
        known = {ident: self.settlements[ident].currency for ident in set(ids) if ident in self.settlements}
        lost = np.array([ident not in known for ident in ids], np.bool_)
        report(chunk, "settlement-id", ids, lost, "has no summary row with its total", AGAIN, "E_RULE")
        return [known.get(ident, "XXX") for ident in ids]

    def parts(self, chunk: Chunk, currency: Sequence[str]) -> list[list[Part]]:
        """The components of each row; none for a summary row."""
        parts: list[list[Part]] = [[] for _ in range(len(chunk))]
        for minor, descriptions, fees in self._columns(chunk, currency):
            for index in np.flatnonzero((minor != NO_INT) & (minor != 0)).tolist():
                parts[index].append(Part(descriptions[index], fees[index], int(minor[index])))
        return parts

    def _columns(self, chunk: Chunk, currency: Sequence[str]) -> Iterator[tuple[Ints, list[str], list[bool]]]:
        if self._v2:
            fees = [folded(word) in _V2_FEES for word in chunk.text("amount-type")]
            minor = self.whole.money(chunk, "amount", currency)
            descriptions = chunk.text("amount-description")
            kinds = chunk.text("amount-type")
            yield minor, [one or other for one, other in zip(descriptions, kinds, strict=True)], fees
            return
        for name, words, fee in _V1:
            if chunk.has(name):
                texts = chunk.text(words) if words else [""] * len(chunk)
                yield self.whole.money(chunk, name, currency), texts, [fee] * len(chunk)


def posted(chunk: Chunk) -> tuple[Ints, Ints]:
    """Day and moment of each row; summary rows have none."""
    name = "posted-date-time" if chunk.has("posted-date-time") else "posted-date"
    return written_moments(chunk, name, _TIMES)
