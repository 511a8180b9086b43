"""Sezzle: the payout, which is the row of totals above the settlement details."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np

from recon_app.models.record import Category, RecordType
from recon_app.sources import _sezzle
from recon_app.sources._base import Batch, InputFile, Reading, Source


class SezzlePayouts(Source):
    """One record is the payout of a settlement."""

    id = "sezzle_payouts"
    title = "Sezzle payouts"
    record_type = RecordType.PAYOUT
    key = ("ident", "currency")
    progress = ("status",)
    beside: ClassVar[str] = "sezzle_settlement"

    def recognises(self, file: InputFile) -> bool:
        """Whether the first rows have both blocks."""
        headers = (_sezzle.SUMMARY, _sezzle.DETAILS)
        return all(file.header_index(names) is not None for names in headers)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the payout.

        Raises:
            FileRejected: the totals are damaged.
        """
        del options  # the format leaves nothing to ask
        summary = _sezzle.summary(file)
        reading.rows += 1
        amount = np.array([summary.net], np.int64)
        yield {
            "row": np.array([1], np.int64),
            "category": [Category.PAYOUT.value],
            "ident": [summary.ident],
            "account": ["sezzle"],
            "status": [summary.status],
            "day": np.array([summary.day], np.int64),
            "at": np.array([summary.at], np.int64),
            "amount": amount,
            "currency": [summary.currency],
            "net": amount,
        }
