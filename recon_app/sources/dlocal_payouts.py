"""dLocal: the transfer, which is the row of totals above the settlement report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np

from recon_app.models.record import Category, RecordType
from recon_app.sources import _dlocal
from recon_app.sources._base import Batch, InputFile, Reading, Source


class DlocalPayouts(Source):
    """One record is the transfer of a report; its rows prove it where they are read."""

    id = "dlocal_payouts"
    title = "dLocal transfers"
    record_type = RecordType.PAYOUT
    key = ("ident", "currency")
    beside: ClassVar[str] = "dlocal_settlement"

    def recognises(self, file: InputFile) -> bool:
        """Whether the first rows have the totals and the columns of the report."""
        return _dlocal.is_settlement(file)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the transfer.

        Raises:
            FileRejected: the totals are damaged.
        """
        del options  # the format leaves nothing to ask
        summary = _dlocal.summary(file)
        reading.rows += 1
        amount = _dlocal.rounded(np.array([summary.totals["net"]], np.int64), summary.currency)
        yield {
            "row": np.array([1], np.int64),
            "category": [Category.PAYOUT.value],
            "ident": [summary.ident],
            "account": ["dlocal"],
            "day": np.array([summary.day], np.int64),
            "amount": amount,
            "currency": [summary.currency],
            "net": amount,
        }
