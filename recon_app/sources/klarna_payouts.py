"""Klarna: the payout, which is the row of totals above the settlement report.

The money is in the bank about one banking day after the payout date. A settlement below zero pays nothing and
becomes a debt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np

from recon_app.models.record import Category, RecordType
from recon_app.sources import _klarna
from recon_app.sources._base import Batch, InputFile, Reading, Source


class KlarnaPayouts(Source):
    """One record is the payout of a settlement."""

    id = "klarna_payouts"
    title = "Klarna payouts"
    record_type = RecordType.PAYOUT
    key = ("ident", "currency")
    beside: ClassVar[str] = "klarna_settlement"
    unproven: ClassVar[bool] = True

    def recognises(self, file: InputFile) -> bool:
        """Whether the first rows have both blocks."""
        headers = (_klarna.SUMMARY, _klarna.DETAILS)
        return all(file.header_index(names) is not None for names in headers)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the payout.

        Raises:
            FileRejected: the totals are damaged.
        """
        del options  # the format leaves nothing to ask
        summary = _klarna.summary(file)
        reading.rows += 1
        _klarna.prove(summary, reading)
        amount = np.array([summary.paid], np.int64)
        yield {
            "row": np.array([1], np.int64),
            "category": [Category.PAYOUT.value],
            "ident": [summary.ident],
            "account": ["klarna"],
            "day": np.array([summary.day], np.int64),
            "at": np.array([summary.at], np.int64),
            "amount": amount,
            "currency": [summary.currency],
            "net": amount,
        }
