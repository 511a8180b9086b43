"""dLocal: rows of a settlement report.

Net is rounded to the currency along the running sum, so that the transfer is off by less than one minor unit
however many rows it has; gross is rounded by itself, and the fee is what lies between. Times name no zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isqrt

import numpy as np

from recon_app.models.proof import Proof
from recon_app.models.quantity import format_quantity
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources import _dlocal
from recon_app.sources._balance import TypeTable, folded, noting_unknown
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, Source, chunks
from recon_app.sources._extra import json_objects
from recon_app.sources._platform import identifiers, padded, same

_TYPES = TypeTable(
    {
        "payment": Category.CHARGE,
        "capture": Category.CHARGE,
        "refund": Category.REFUND,
        "chargeback": Category.CHARGEBACK,
        "adjustment": Category.ADJUSTMENT,
        "settlement_fee": Category.FEE,
    }
)
_COUNTED = ("payment", "capture", "refund", "chargeback")


class DlocalSettlement(Source):
    """One record is one row of a transfer."""

    id = "dlocal_settlement"
    title = "dLocal settlement report"
    record_type = RecordType.PAYMENT_LINE
    key = ("grp", "text", "ident", "amount", "currency")
    progress = ("status",)
    unproven = True

    def recognises(self, file: InputFile) -> bool:
        """Whether the first rows have the totals and the columns of the report."""
        return _dlocal.is_settlement(file)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the rows, then compare them with the totals.

        Raises:
            FileRejected: the totals are damaged.
        """
        del options  # the format leaves nothing to ask
        sums = _Sums(_dlocal.summary(file))
        index = file.header_index(_dlocal.DETAILS) or 0
        width = len(file.head_rows[index])
        parts = chunks(file, _dlocal.DETAILS, reading, records=padded(width))
        yield from noting_unknown((_converted(part, sums, reading) for part in parts), reading)
        sums.prove(reading)


def _converted(chunk: Chunk, sums: _Sums, reading: Reading) -> Batch:
    summary = sums.summary
    exact = {
        name: chunk.quantities(f"{name.upper()}_AMOUNT", required=True) for name in ("gross", "fee", "net")
    }
    ok = exact["net"] == exact["gross"] + exact["fee"]
    reading.identity("NET_AMOUNT = GROSS_AMOUNT + FEE_AMOUNT", ok, chunk.rows)
    types = chunk.text("ROW_TYPE")
    amount, fee, net = sums.rounded(exact, types)
    reading.add_totals(summary.currency, {"Gross": amount, "Fee": fee, "Net": net})
    local = chunk.text("LOCAL_CURRENCY")
    paid = [cell if code else "" for cell, code in zip(chunk.text("LOCAL_AMOUNT"), local, strict=True)]
    day, _ = chunk.moments("APPROVED_DATE" if chunk.has("APPROVED_DATE") else "CREATION_DATE")
    return {
        "row": chunk.rows,
        "category": _TYPES.categories(types, amount),
        "ident": identifiers(chunk, "DLOCAL_TRANSACTION_ID"),
        "ref": identifiers(chunk, "TRANSACTION_ID"),
        "ref2": chunk.text("DESCRIPTION"),
        "grp": same(summary.ident, chunk),
        "account": same("dlocal", chunk),
        "status": chunk.text("STATUS"),
        "day": np.where(day == NO_INT, np.int64(summary.day), day),
        "due": np.full(len(chunk), summary.day, np.int64),
        "amount": amount,
        "currency": same(summary.currency, chunk),
        "fee": fee,
        "net": net,
        "foreign_amount": chunk.money("LOCAL_AMOUNT", local, texts=paid),
        "foreign_currency": local,
        "text": types,
        "extra": json_objects(
            {
                "country": chunk.text("COUNTRY"),
                "method": chunk.text("PAYMENT_TYPE"),
                "exact_net": chunk.text("NET_AMOUNT"),
            }
        ),
    }


class _Sums:
    """Sums up the rows with all their decimals.

    Attributes:
        summary: The row of totals.
    """

    def __init__(self, summary: _dlocal.Summary) -> None:
        self.summary = summary
        self._exact = dict.fromkeys(("gross", "fee", "net"), 0)
        self._rows = 0
        self._counted = 0

    def rounded(self, exact: Mapping[str, Ints], types: list[str]) -> tuple[Ints, Ints, Ints]:
        """Amount, fee and net of each row in minor units; a fee without a payment is an amount."""
        currency = self.summary.currency
        running = self._exact["net"] + np.cumsum(exact["net"])
        before = np.concatenate([[self._exact["net"]], running[:-1]])
        net = _dlocal.rounded(running, currency) - _dlocal.rounded(before, currency)
        alone = exact["gross"] == 0
        amount = np.where(alone, net, _dlocal.rounded(exact["gross"], currency))
        self._rows += len(types)
        self._counted += sum(folded(word) in _COUNTED for word in types)
        for name, values in exact.items():
            self._exact[name] += int(values.sum())
        return amount, amount - net, net

    def prove(self, reading: Reading) -> None:
        """Rows = totals, up to what rounding each of them can make; and their number."""
        summary = self.summary
        unit = _dlocal.unit_of(summary.currency)
        most = unit * max(isqrt(self._rows), 1)
        for name, told in summary.totals.items():
            found = self._exact[name]
            words = f"{name.upper()}_TOTAL_AMOUNT, up to {format_quantity(most)} of rounding"
            self._add(reading, words, told, found, ok=abs(found - told) <= most)
        if summary.items >= 0:
            found = self._counted if summary.items == self._counted else self._rows
            ok = found == summary.items
            reading.proofs.append(Proof("NUMBER_OF_ITEMS", str(summary.items), str(found), ok))
        left = self._exact["net"] - summary.totals["net"]
        if left:
            reading.notes.append(
                f"Transfer {summary.ident}: the rows have more decimals than {summary.currency} has; "
                f"together they differ from what is transferred by {format_quantity(left)} {summary.currency}"
            )

    def _add(self, reading: Reading, name: str, told: int, found: int, *, ok: bool) -> None:
        shown = [f"{format_quantity(value)} {self.summary.currency}" for value in (told, found)]
        reading.proofs.append(Proof(name, shown[0], shown[1], ok))
