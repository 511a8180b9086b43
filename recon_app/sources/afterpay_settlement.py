"""Afterpay and Clearpay: settlement report, from the vendor's description of its columns.

One row per order or refund of a settlement. Amounts carry the currency's symbol and no code; the fee is
positive: net = settlement amount - fee with tax. Order times are ``dd/MM/yyyy HH:mm`` in every country. All
rows of one settlement date are one deposit. No real file was at hand: how a refund is signed is not
described, so a refund that is not negative is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np

from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources._balance import TypeTable, noting_unknown
from recon_app.sources._bank import told_currency
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, Source
from recon_app.sources._chunk import AGAIN
from recon_app.sources._detect import read_days
from recon_app.sources._extra import json_objects
from recon_app.sources._platform import Whole, first_of, identifiers, or_zero, report, same, written_moments

_TYPES = TypeTable({"order": Category.CHARGE, "refund": Category.REFUND, "adjustment": Category.ADJUSTMENT})
_MONEY = (
    "Settlement Amount",
    "Merchant Fee excl Tax",
    "Merchant Fee Tax",
    "Merchant Fee incl Tax",
    "Net Settlement Amount",
)
_TIMES = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y")


class AfterpaySettlement(Source):
    """One record is one order or refund of a settlement."""

    id = "afterpay_settlement"
    title = "Afterpay or Clearpay settlement"
    record_type = RecordType.PAYMENT_LINE
    key = ("text", "ident", "ref", "due", "amount", "currency")
    unproven: ClassVar[bool] = True
    required = (
        "Settlement Date",
        "Order Date and Time",
        "Afterpay Order ID",
        "Merchant Order ID",
        "Settlement Amount",
        "Merchant Fee excl Tax",
        "Merchant Fee incl Tax",
        "Net Settlement Amount",
        "Type",
    )

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the report."""
        return file.header_index(self.required) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the orders and refunds.

        Raises:
            AnswerNeeded: the currency, the decimal mark or the order of the settlement date has to be told.
        """
        currency = told_currency(options.get("currency", ""), "The file")
        whole = Whole(file, self.required, reading)
        whole.find_mark(_MONEY, options)
        iso = all(chunk.has("ISO Settlement Date") for chunk in whole.chunks)
        name = "ISO Settlement Date" if iso else "Settlement Date"
        order = whole.find_order([name], options)
        parts = (_converted(whole, chunk, currency, (name, order), reading) for chunk in whole.chunks)
        yield from noting_unknown(parts, reading)


def _converted(whole: Whole, chunk: Chunk, currency: str, paid: tuple[str, str], reading: Reading) -> Batch:
    amount, excluding, tax, fee, net = (
        or_zero(whole.money(chunk, name, currency, required=name in (_MONEY[0], _MONEY[4])))
        for name in _MONEY
    )
    reading.identity("Net = settlement amount - fee", net == amount - fee, chunk.rows)
    reading.identity("Fee = fee without tax + tax", fee == excluding + tax, chunk.rows)
    reading.add_totals(same(currency, chunk), {"Gross": amount, "Fee": fee, "Net": net})
    types = chunk.text("Type")
    refund = np.array([word.casefold() == "refund" for word in types], np.bool_)
    problem = "is not negative in a refund, and how refunds are signed is not known for this report"
    advice = "use a mapped table instead, and say what the sign means"
    report(chunk, _MONEY[0], chunk.text(_MONEY[0]), refund & (amount >= 0), problem, advice, "E_RULE")
    ordered, _ = written_moments(chunk, "Order Date and Time", _TIMES, required=True)
    returned, _ = written_moments(chunk, "Refund Date and Time", _TIMES)
    return {
        "row": chunk.rows,
        "category": _TYPES.categories(types, amount),
        "ident": first_of(identifiers(chunk, "Afterpay Refund ID"), identifiers(chunk, "Afterpay Order ID")),
        "ref": identifiers(chunk, "Merchant Order ID"),
        "ref2": identifiers(chunk, "Merchant Refund ID"),
        "account": same("afterpay", chunk),
        "day": np.where(returned == NO_INT, ordered, returned),
        "due": _settled(chunk, *paid),
        "amount": amount,
        "currency": same(currency, chunk),
        "fee": fee,
        "net": amount - fee,
        "text": types,
        "extra": json_objects({"order": chunk.text("Afterpay Order ID"), "store": chunk.text("Store Name")}),
    }


def _settled(chunk: Chunk, name: str, order: str) -> Ints:
    """Day of the settlement, on which all of it is paid out."""
    cells = chunk.text(name)
    days, bad = read_days(cells, order)
    report(chunk, name, cells, bad | (days == NO_INT), "is not a settlement date", AGAIN, "E_DATE")
    return days
