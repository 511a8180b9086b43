"""Trustly: the deposits, which are records of the funding report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np

from recon_app.models.record import Category, RecordType
from recon_app.sources import _trustly
from recon_app.sources._base import Batch, InputFile, Reading, Source


class TrustlyPayouts(Source):
    """One record is one deposit; its transactions prove it where they are read."""

    id = "trustly_payouts"
    title = "Trustly deposits"
    record_type = RecordType.PAYOUT
    key = ("ident", "currency", "day")
    beside: ClassVar[str] = "trustly_settlement"

    def recognises(self, file: InputFile) -> bool:
        """Whether the first record is the header of one of Trustly's reports."""
        return _trustly.is_report(file)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the deposits.

        Raises:
            FileRejected: the file is damaged, or the other report.
        """
        del options  # the format leaves nothing to ask
        deposits = _trustly.read_report(file).deposits
        if not deposits:
            return
        reading.rows += len(deposits)
        currencies = [deposit.currency for deposit in deposits]
        amount = np.array([deposit.minor for deposit in deposits], np.int64)
        reading.total("Deposits", currencies, amount)
        yield {
            "row": np.array([deposit.row for deposit in deposits], np.int64),
            "category": [Category.PAYOUT.value] * len(deposits),
            "ident": [deposit.trace for deposit in deposits],
            "account": ["trustly"] * len(deposits),
            "day": np.array([deposit.day for deposit in deposits], np.int64),
            "at": np.array([deposit.at for deposit in deposits], np.int64),
            "amount": amount,
            "currency": currencies,
            "net": amount,
        }
