"""Razorpay: settlement recon report, from the vendor's description of its columns.

One row per payment, refund, transfer or adjustment; credit - debit is what it does to the settlement. Whether
``fee`` holds the tax on it differs between exports, so the reading is taken under which every row adds up.
The API writes whole paise and Unix seconds, the dashboard rupees and written dates. All rows of one
settlement have its bank reference (``settlement_utr``), by which the deposit is found. No real file was at
hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import ClassVar

import numpy as np

from recon_app.models.money import MoneyError, exponent
from recon_app.models.problem import AnswerNeeded
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources._balance import TypeTable, noting_unknown
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Mask, Reading, Source
from recon_app.sources._extra import json_objects
from recon_app.sources._platform import Whole, first_of, identifiers, or_zero, same, written_moments

_TYPES = TypeTable(
    {
        "payment": Category.CHARGE,
        "refund": Category.REFUND,
        "dispute*": (Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL),
        "transfer*": Category.ADJUSTMENT,
        "adjustment": Category.ADJUSTMENT,
    }
)
_FEE = ("fee", "fee (exclusive tax)")
_TIMES = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y",
)
_SECONDS, _WHOLE = re.compile(r"[0-9]{1,11}"), re.compile(r"-?[0-9]{1,16}")
_UNITS = ("rupees", "paise")
_AHEAD, _DAY = 19_800, 86_400  # seconds: India is 5:30 h ahead of UTC the whole year


class RazorpaySettlement(Source):
    """One record is one row of the report."""

    id = "razorpay_settlement"
    title = "Razorpay settlement recon"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident", "text", "amount", "currency")
    options: ClassVar = {"amount_unit": _UNITS}
    progress = ("grp", "due", "status")
    unproven: ClassVar[bool] = True
    required = (
        "entity_id",
        "type",
        "debit",
        "credit",
        "amount",
        "currency",
        "tax",
        "settlement_id",
        "settlement_utr",
        "settled_at",
    )

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the report, the fee by either name."""
        return any(file.header_index((*self.required, name)) is not None for name in _FEE)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the rows.

        Raises:
            AnswerNeeded: nothing shows whether amounts are rupees or paise; option ``amount_unit`` says it.
        """
        whole = Whole(file, self.required, reading)
        paise = _unit(whole, options) == "paise"
        lines = [_Lines(chunk, paise=paise) for chunk in whole.chunks]
        # the tax is in the fee, unless only the other reading adds up in every row
        apart = not all(one.adds_up(tax_apart=False).all() for one in lines) and all(
            one.adds_up(tax_apart=True).all() for one in lines
        )
        name = "Credit - debit = amount - fee" + (" - tax" if apart else "")
        for one in lines:
            reading.identity(name, one.adds_up(tax_apart=apart), one.chunk.rows)
        yield from noting_unknown((one.batch(reading) for one in lines), reading)


def _unit(whole: Whole, options: Mapping[str, str]) -> str:
    """Whether amounts are rupees or paise: the API writes paise and Unix times, and no decimal point."""
    told = options.get("amount_unit", "")
    if told in _UNITS:
        return told
    money = "".join(
        cell for chunk in whole.chunks for name in ("debit", "credit") for cell in chunk.text(name)
    )
    times = [cell for chunk in whole.chunks for cell in chunk.text("created_at", "settled_at") if cell]
    if "." in money or not money:
        return "rupees"
    if times and all(_SECONDS.fullmatch(cell) for cell in times):
        return "paise"
    question = "No amount has decimals. Are the amounts whole rupees or paise (hundredths)?"
    raise AnswerNeeded("amount_unit", _UNITS, question)


class _Lines:
    """The money of some rows in minor units."""

    def __init__(self, chunk: Chunk, *, paise: bool) -> None:
        self.chunk = chunk
        self._paise = paise
        self._currency = [code.upper() for code in chunk.text("currency")]
        credit, debit = (or_zero(self._money(name)) for name in ("credit", "debit"))
        self._net = credit - debit
        self._fee, self._tax = or_zero(self._money(chunk.name(*_FEE) or "")), or_zero(self._money("tax"))
        written = self._money("amount", required=True)
        refund = np.array([word.casefold() == "refund" for word in chunk.text("type")], np.bool_)
        sign = np.where(refund | ((credit == 0) & (debit != 0)), -1, 1)
        self._amount: Ints = sign * or_zero(written)

    def _money(self, name: str, *, required: bool = False) -> Ints:
        cells = self.chunk.text(name)
        texts = [_rupees(*pair) for pair in zip(cells, self._currency, strict=True)] if self._paise else cells
        return self.chunk.money(name, self._currency, texts=texts, required=required)

    def adds_up(self, *, tax_apart: bool) -> Mask:
        """Which rows add up, the tax apart from the fee or in it."""
        costs = self._fee + self._tax if tax_apart else self._fee
        fits: Mask = self._net == self._amount - costs
        return fits

    def batch(self, reading: Reading) -> Batch:
        chunk, fee = self.chunk, self._amount - self._net
        reading.add_totals(self._currency, {"Gross": self._amount, "Fee": fee, "Net": self._net})
        types = chunk.text("type")
        day, at = _moments(chunk, "created_at" if chunk.has("created_at") else "settled_at")
        return {
            "row": chunk.rows,
            "category": _TYPES.categories(types, self._amount),
            "ident": identifiers(chunk, "entity_id"),
            "ref": identifiers(chunk, "order_receipt"),
            "ref2": first_of(identifiers(chunk, "payment_id"), identifiers(chunk, "order_id")),
            "grp": first_of(identifiers(chunk, "settlement_utr"), identifiers(chunk, "settlement_id")),
            "account": same("razorpay", chunk),
            "status": ["on hold" if _yes(cell) else "" for cell in chunk.text("on_hold")],
            "day": day,
            "at": at,
            "due": _moments(chunk, "settled_at")[0],
            "amount": self._amount,
            "currency": self._currency,
            "fee": fee,
            "net": self._net,
            "text": types,
            "extra": json_objects(
                {"settlement": chunk.text("settlement_id"), "description": chunk.text("description")}
            ),
        }


def _rupees(cell: str, currency: str) -> str:
    """Minor units as a plain decimal; what is no whole number stays and becomes a fault."""
    try:
        decimals = exponent(currency)
    except MoneyError:
        return cell
    return f"{Decimal(cell).scaleb(-decimals):f}" if _WHOLE.fullmatch(cell) else cell


def _yes(cell: str) -> bool:
    return cell.strip().casefold() in ("1", "true", "yes")


def _moments(chunk: Chunk, name: str) -> tuple[Ints, Ints]:
    """Day in India and moment of Unix seconds; day as written of written dates."""
    cells = chunk.text(name)
    unix = [bool(_SECONDS.fullmatch(cell)) for cell in cells]
    day, at = written_moments(
        chunk, name, _TIMES, texts=["" if digits else cell for digits, cell in zip(unix, cells, strict=True)]
    )
    seconds = np.array([int(cell) if ok else NO_INT for ok, cell in zip(unix, cells, strict=True)], np.int64)
    told = seconds > 0  # an API export has 0 for a row that is not settled yet
    day = np.where(told, (np.where(told, seconds, 0) + _AHEAD) // _DAY, day)
    return day, np.where(told, seconds, at)
