"""Shopify Payments: the list of payouts (Finance, Payouts, Export).

One row per payout without a payout id; headers of 10, 13 and 15 columns have been seen. Total is what
reaches the bank (negative: a withdrawal). The listed columns need not add up to it, because some
components have no column: Total stands, what is left over is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import ClassVar

import numpy as np

from recon_app.models.money import MoneyError, exponent
from recon_app.models.problem import AnswerNeeded
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources import _shopify
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, Source, chunks
from recon_app.sources._extra import json_objects, nonzero

# Name in ``extra`` and header cell of the terms, signed as in the file; Fees are apart.
_TERMS = {
    "charges": "Charges",
    "refunds": "Refunds",
    "adjustments": "Adjustments",
    "tax": "Marketplace Sales Tax",
    "advances": "Advances",
    "reserved": "Reserved Funds",
    "retried": "Retried Amount",
}
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_FEE_SIGNS = {"positive": 1, "negative": -1}


class ShopifyPayouts(Source):
    """One record is one payout."""

    id = "shopify_payouts"
    title = "Shopify Payments payouts"
    record_type = RecordType.PAYOUT
    key = ("day", "amount", "currency")
    options: ClassVar = {"fees": tuple(_FEE_SIGNS)}
    progress = ("status", "ref2")
    required = (
        "Payout Date",
        "Status",
        "Charges",
        "Refunds",
        "Adjustments",
        "Reserved Funds",
        "Fees",
        "Retried Amount",
        "Total",
        "Currency",
    )

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns that all versions have."""
        return file.header_index(self.required) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Read the whole list, which is short: only all rows together show the sign of the fees.

        Raises:
            AnswerNeeded: the rows do not agree on it; option ``fees`` says it.
        """
        lists = [_PayoutList.of(chunk) for chunk in chunks(file, self.required, reading)]
        sign = _fee_sign(lists, options)
        for payouts in lists:
            payouts.fees *= sign
            yield {"row": payouts.chunk.rows, **payouts.batch(reading)}


@dataclass
class _PayoutList:
    """Some rows with their money in minor units; a blank term is zero.

    Attributes:
        fees: As in the file until the sign is known, then positive for a cost.
    """

    chunk: Chunk
    currency: list[str]
    terms: dict[str, Ints]
    fees: Ints
    total: Ints

    @classmethod
    def of(cls, chunk: Chunk) -> _PayoutList:
        currency = chunk.text("Currency")
        terms = {key: _money(chunk, name, currency) for key, name in _TERMS.items()}
        fees = _money(chunk, "Fees", currency)
        total = _money(chunk, "Total", currency, required=True)
        return cls(chunk, currency, terms, fees, total)

    @property
    def gross(self) -> Ints:
        """Sum of all columns before the fees."""
        return sum(self.terms.values(), np.zeros(len(self.chunk), np.int64))

    def batch(self, reading: Reading) -> Batch:
        residual = self.total - (self.gross - self.fees)
        reading.identity("The listed columns add up to Total", residual == 0, self.chunk.rows)
        shown = {_TERMS[key]: minor for key, minor in self.terms.items() if self.chunk.has(_TERMS[key])}
        for name, minor in {**shown, "Fees": self.fees, "Total": self.total}.items():
            reading.total(name, self.currency, minor)
        extra: dict[str, Sequence[str] | Ints] = {key: nonzero(minor) for key, minor in self.terms.items()}
        extra["residual"] = nonzero(residual)
        extra["entity"] = _shopify.identifiers(self.chunk, "Business Entity ID")
        return {
            "category": list(repeat(Category.PAYOUT.value, len(self.chunk))),
            "ref2": _shopify.identifiers(self.chunk, "Bank Reference"),
            "account": list(repeat("shopify_payments", len(self.chunk))),
            "status": self.chunk.text("Status"),
            "day": self.chunk.days("Payout Date", required=True),
            "amount": self.total,
            "currency": self.currency,
            "fee": self.fees,
            "net": self.total,
            "extra": json_objects(extra),
        }


def _money(chunk: Chunk, name: str, currency: list[str], *, required: bool = False) -> Ints:
    """Minor units of a column, blanks as zero; commas are read where they can only be thousands."""
    cells = [
        _ungrouped(cell, code) if "," in cell else cell
        for cell, code in zip(chunk.text(name), currency, strict=True)
    ]
    minor = chunk.money(name, currency, texts=cells, required=required)
    return np.where(minor == NO_INT, np.int64(0), minor)


def _ungrouped(cell: str, currency: str) -> str:
    """Leave thousands marks out; a cell that could also be a decimal comma stays and becomes a fault."""
    try:
        decimals = exponent(currency)
    except MoneyError:
        return cell
    certain = "." in cell or cell.count(",") > 1 or decimals < 3
    return cell.replace(",", "") if certain and _GROUPED.fullmatch(cell) else cell


def _fee_sign(lists: Sequence[_PayoutList], options: Mapping[str, str]) -> int:
    """1 when the file writes fees as positive costs, -1 when it writes them negative.

    The reading under which more payouts close decides; where none closes (a component without a column
    in each), the sign itself does, since fees are a cost.

    Raises:
        AnswerNeeded: neither decides.
    """
    if options.get("fees") in _FEE_SIGNS:
        return _FEE_SIGNS[options["fees"]]
    positive = negative = above = below = 0
    for payouts in lists:
        left = payouts.gross - payouts.total
        charged = payouts.fees != 0
        positive += int((charged & (left == payouts.fees)).sum())
        negative += int((charged & (left == -payouts.fees)).sum())
        above += int((payouts.fees > 0).sum())
        below += int((payouts.fees < 0).sum())
    if positive != negative:
        return 1 if positive > negative else -1
    if positive == 0 and not (above and below):
        return -1 if below else 1
    raise AnswerNeeded(
        "fees",
        tuple(_FEE_SIGNS),
        "Some fees are positive and some negative. Which sign is a cost in this file?",
    )
