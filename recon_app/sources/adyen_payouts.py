"""Adyen: the payouts, which are rows of the settlement details report.

A batch may have none: its balance then goes on to the next batch. The bank line shows the reference
``TX…XT`` that stands in front of the row's description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np

from recon_app.models.record import Category, RecordType
from recon_app.sources import _adyen
from recon_app.sources._balance import folded
from recon_app.sources._base import Batch, Chunk, InputFile, Reading, Source, chunks
from recon_app.sources._platform import rows_of, same

_BANK_REFERENCE = re.compile(r"TX\w+?XT\b")


class AdyenPayouts(Source):
    """One record is the payout of a batch."""

    id = "adyen_payouts"
    title = "Adyen payouts"
    record_type = RecordType.PAYOUT
    key = ("ident", "amount", "currency", "ref2")
    beside: ClassVar[str] = "adyen_settlement"

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the report."""
        return file.header_index(_adyen.SETTLEMENT) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the payout rows of the report."""
        del options  # the format leaves nothing to ask
        for chunk in chunks(file, _adyen.SETTLEMENT, reading):
            types = chunk.text("Type")
            payouts = np.array([folded(word) == "merchantpayout" for word in types], np.bool_)
            if payouts.any():
                yield rows_of(_converted(chunk), payouts)


def _converted(chunk: Chunk) -> Batch:
    currency = chunk.text("Net Currency")
    amount = -_adyen.net(chunk, currency)
    day, at = _adyen.created(chunk)
    descriptions = chunk.text("Modification Reference")
    found = [_BANK_REFERENCE.search(text) for text in descriptions]
    return {
        "row": chunk.rows,
        "category": same(Category.PAYOUT.value, chunk),
        "ident": _adyen.batches(chunk),
        "ref2": [match[0] if match else "" for match in found],
        "account": same("adyen", chunk),
        "day": day,
        "at": at,
        "amount": amount,
        "currency": currency,
        "net": amount,
        "text": descriptions,
    }
