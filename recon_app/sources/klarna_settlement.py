"""Klarna: settlement report as CSV, from Klarna's documentation.

A row of totals, then one row per event; fees are rows of their own, several for one sale. The documentation
gives a sign for each type and does not say whether the cells carry it: the reading is taken under which the
rows give the settlement amount. Tax on fees, fee corrections and repaid debt stand in the totals only; each
is a record of its own, numbered behind the rows. No real file was at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import numpy as np

from recon_app.models.record import Category, RecordType
from recon_app.sources import _klarna
from recon_app.sources._balance import TypeTable, folded, noting_unknown
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, Source, chunks
from recon_app.sources._extra import json_objects
from recon_app.sources._platform import first_of, identifiers, or_zero, padded, report, same, written_moments

_TYPES = TypeTable(
    {
        "sale": Category.CHARGE,
        "fee": Category.FEE,
        "fee_refund": Category.FEE,
        "return": Category.REFUND,
        "reversal": Category.CHARGEBACK,
        "reversal_merchant_protection": Category.CHARGEBACK_REVERSAL,
        "commission": Category.ADJUSTMENT,
        "correction": Category.ADJUSTMENT,
        "credit": Category.ADJUSTMENT,
        "charge": Category.ADJUSTMENT,
        "cash_advance*": Category.ADVANCE,
        "holdback": Category.RESERVE_HELD,
        "release": Category.RESERVE_RELEASED,
    }
)
_SIGNS = {
    "sale": 1,
    "fee": -1,
    "fee_refund": 1,
    "return": -1,
    "reversal": -1,
    "reversal_merchant_protection": 1,
    "commission": 1,
    "credit": 1,
    "charge": -1,
    "holdback": -1,
    "release": 1,
}
#: Totals that no row has: what they are, and their sign.
_TOTALS_ONLY = {
    "total_tax_amount": (Category.FEE, -1),
    "total_fee_correction_amount": (Category.FEE, 1),
    "total_repay_amount": (Category.CARRY_OVER, -1),
    "total_deposit_amount": (Category.CARRY_OVER, 1),
}


class KlarnaSettlement(Source):
    """One record is one event of a settlement, or a total that no event has."""

    id = "klarna_settlement"
    title = "Klarna settlement report"
    record_type = RecordType.PAYMENT_LINE
    key = ("grp", "text", "ident", "ref2", "at", "amount", "currency")
    unproven: ClassVar[bool] = True
    required = _klarna.DETAILS

    def recognises(self, file: InputFile) -> bool:
        """Whether the first rows have both blocks."""
        return file.header_index(_klarna.SUMMARY) is not None and file.header_index(self.required) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the events and the totals that no event has.

        Raises:
            FileRejected: the totals are damaged.
        """
        del options  # the format leaves nothing to ask
        totals = _klarna.summary(file)
        width = len(file.head_rows[file.header_index(self.required) or 0])
        events = [
            _Events(part, totals) for part in chunks(file, self.required, reading, records=padded(width))
        ]
        only = _totals_only(totals)
        rest = sum(minor for _, _, minor in only)
        signed = _by_type(events, totals.paid - rest)
        yield from noting_unknown((one.batch(totals, by_type=signed) for one in events), reading)
        if only:
            yield _totals_batch(totals, only, reading)
        found = sum(int(one.amount(by_type=signed).sum()) for one in events) + rest
        reading.sum_proof("All rows add up to the settlement amount", totals.currency, totals.paid, found)
        _klarna.prove(totals, reading)


def _by_type(events: Sequence[_Events], expected: int) -> bool:
    """Whether the type gives the sign: unless only the cells as they stand add up."""
    sums = {way: sum(int(one.amount(by_type=way).sum()) for one in events) for way in (True, False)}
    return sums[True] == expected or sums[False] != expected


class _Events:
    """Some rows with their amounts."""

    def __init__(self, chunk: Chunk, totals: _klarna.Summary) -> None:
        self._chunk = chunk
        self._currency = chunk.text("posting_currency")
        self._written = or_zero(chunk.money("amount", self._currency, required=True))
        self._kinds = [folded(word) for word in chunk.text("type")]
        other = np.array([code != totals.currency for code in self._currency], np.bool_)
        problem = f"is not the currency of the settlement, {totals.currency}"
        advice = "export one settlement at a time"
        report(chunk, "posting_currency", self._currency, other, problem, advice, "E_CURRENCY")
        # fees of a gross settlement are invoiced apart
        self._apart = np.array([totals.kind == "GROSS" and kind == "fee" for kind in self._kinds], np.bool_)

    def amount(self, *, by_type: bool) -> Ints:
        """Signed minor units; corrections carry their own sign."""
        signs = np.array([_SIGNS.get(kind, 0) for kind in self._kinds], np.int64)
        signed = np.where(signs == 0, self._written, signs * np.abs(self._written))
        return np.where(self._apart, np.int64(0), signed if by_type else self._written)

    def batch(self, totals: _klarna.Summary, *, by_type: bool) -> Batch:
        chunk, amount = self._chunk, self.amount(by_type=by_type)
        day, at = written_moments(chunk, "capture_date", _klarna.TIMES, "UTC", required=True)
        details = [folded(word) for word in chunk.text("detailed_type")]
        lent = [word if word.startswith("cash_advance") else "" for word in details]
        return {
            "row": chunk.rows,
            "category": _TYPES.categories(first_of(lent, self._kinds), amount),
            "ident": first_of(identifiers(chunk, "capture_id"), identifiers(chunk, "refund_id")),
            "ref": identifiers(chunk, "merchant_reference1"),
            "ref2": identifiers(chunk, "order_id"),
            "grp": same(totals.ident, chunk),
            "account": same("klarna", chunk),
            "day": day,
            "at": at,
            "due": np.full(len(chunk), totals.day, np.int64),
            "amount": amount,
            "currency": self._currency,
            "fee": np.zeros(len(chunk), np.int64),
            "net": amount,
            "text": chunk.text("type"),
            "extra": json_objects(
                {
                    "detail": chunk.text("detailed_type"),
                    "short_order_id": chunk.text("short_order_id"),
                    "reference2": chunk.text("merchant_reference2"),
                    "invoiced": [
                        cell if apart else ""
                        for apart, cell in zip(self._apart, chunk.text("amount"), strict=True)
                    ],
                }
            ),
        }


def _totals_only(totals: _klarna.Summary) -> list[tuple[str, Category, int]]:
    """Name, category and signed minor units of the totals that no row has."""
    apart = ("total_tax_amount",) if totals.kind == "GROSS" else ()
    return [
        (name, category, sign * totals.totals[name])
        for name, (category, sign) in _TOTALS_ONLY.items()
        if totals.totals[name] and name not in apart
    ]


def _totals_batch(
    totals: _klarna.Summary, only: Sequence[tuple[str, Category, int]], reading: Reading
) -> Batch:
    count = len(only)
    first = reading.rows + 1
    reading.rows += count
    amount = np.array([minor for _, _, minor in only], np.int64)
    return {
        "row": np.arange(first, first + count, dtype=np.int64),
        "category": [category.value for _, category, _ in only],
        "grp": [totals.ident] * count,
        "account": ["klarna"] * count,
        "day": np.full(count, totals.day, np.int64),
        "at": np.full(count, totals.at, np.int64),
        "due": np.full(count, totals.day, np.int64),
        "amount": amount,
        "currency": [totals.currency] * count,
        "fee": np.zeros(count, np.int64),
        "net": amount,
        "text": [name for name, _, _ in only],
    }
