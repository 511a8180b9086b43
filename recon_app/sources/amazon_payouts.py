"""Amazon: the payouts, which are the summary rows of the settlement report.

The deposit date is the day Amazon starts the transfer. A total below zero reaches no bank account: Amazon
charges a card or carries it over, and the next settlement says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np

from recon_app.models.record import Category, RecordType
from recon_app.sources import _amazon
from recon_app.sources._base import Batch, InputFile, Reading, Source


class AmazonPayouts(Source):
    """One record is the total of a settlement."""

    id = "amazon_payouts"
    title = "Amazon payouts"
    record_type = RecordType.PAYOUT
    key = ("ident", "currency")
    beside: ClassVar[str] = "amazon_settlement"

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the report."""
        return file.header_index(_amazon.REQUIRED) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the summary rows of the report.

        Raises:
            AnswerNeeded: the decimal mark is not certain.
        """
        found = list(_amazon.Report(file, options, reading).settlements.values())
        if found:
            amount = np.array([one.total for one in found], np.int64)
            yield {
                "row": np.array([one.row for one in found], np.int64),
                "category": [Category.PAYOUT.value] * len(found),
                "ident": [one.ident for one in found],
                "account": ["amazon"] * len(found),
                "day": np.array([one.day for one in found], np.int64),
                "at": np.array([one.at for one in found], np.int64),
                "amount": amount,
                "currency": [one.currency for one in found],
                "net": amount,
            }
