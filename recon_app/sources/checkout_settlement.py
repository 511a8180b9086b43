"""Checkout.com: settlement breakdown.

One row per payment, refund, chargeback or charged service of a payout. Gross is signed, the deduction is
negative and added: net = gross + deduction. Amounts have up to eight decimals. Net is rounded to the currency
along the running sum of each payout, so that a payout is off by less than one minor unit however many rows it
has; what is rounded away is said. ``Merchant Payout`` is the fee for paying out, not the payout, which stands
in the payouts report. Times name no zone and are UTC.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from recon_app.models.money import MoneyError, exponent
from recon_app.models.record import Category, RecordType
from recon_app.sources._balance import TypeTable, noting_unknown
from recon_app.sources._bank import is_currency
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, Source, chunks
from recon_app.sources._chunk import AGAIN
from recon_app.sources._extra import json_objects
from recon_app.sources._platform import identifiers, report, same

_RESERVE = (Category.RESERVE_HELD, Category.RESERVE_RELEASED)
_TYPES = TypeTable(
    {
        # a row without gross is what a step of the payment costs
        "charge": (Category.FEE, Category.CHARGE),
        "capture": (Category.FEE, Category.CHARGE),
        "refund": Category.REFUND,
        "refund_reversal": Category.REFUND_FAILURE,
        "chargeback": Category.CHARGEBACK,
        "chargeback_reversal": Category.CHARGEBACK_REVERSAL,
        "reserve*": _RESERVE,
        "rolling_reserve*": _RESERVE,
        "adjustment*": Category.ADJUSTMENT,
        "void": Category.FEE,
        "authori*": Category.FEE,
        "authentication*": Category.FEE,
        "account_updater*": Category.FEE,
        "network_token*": Category.FEE,
        "merchant_payout": Category.FEE,
        "risk*": Category.FEE,
        "intelligent_acceptance*": Category.FEE,
        "card_verification*": Category.FEE,
    }
)
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,12})?")
_OWN = (Category.REFUND, Category.REFUND_FAILURE, Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL)


class CheckoutSettlement(Source):
    """One record is one row of a payout."""

    id = "checkout_settlement"
    title = "Checkout.com settlement breakdown"
    record_type = RecordType.PAYMENT_LINE
    key = ("grp", "text", "ident", "at", "amount", "currency")
    required = (
        "Type",
        "Payment ID",
        "Reference",
        "Processed On",
        "Holding Currency",
        "Payout ID",
        "Gross In Holding Currency",
        "Deduction In Holding Currency",
        "Net In Holding Currency",
    )

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the breakdown."""
        return file.header_index(self.required) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the rows and say what rounding left over."""
        del options  # the format leaves nothing to ask
        nets = _Nets()
        parts = chunks(file, self.required, reading)
        yield from noting_unknown((_converted(part, nets, reading) for part in parts), reading)
        nets.note(reading)


def _converted(chunk: Chunk, nets: _Nets, reading: Reading) -> Batch:
    currency = _currencies(chunk)
    payouts = identifiers(chunk, "Payout ID")
    exact = [_decimals(chunk, f"{name} In Holding Currency") for name in ("Gross", "Deduction", "Net")]
    ok = [net == one + other for one, other, net in zip(*exact, strict=True)]
    reading.identity("Net = gross + deduction", np.array(ok, np.bool_), chunk.rows)
    gross = np.array([_minor(*pair) for pair in zip(exact[0], currency, strict=True)], np.int64)
    net = nets.rounded(payouts, currency, exact[2])
    fee = gross - net
    types = chunk.text("Type")
    told = zip(_TYPES.categories(types, gross), (gross == 0).tolist(), strict=True)
    categories = [Category.FEE.value if free and word in _OWN else word for word, free in told]
    reading.add_totals(currency, {"Gross": gross, "Fee": fee, "Net": net})
    day, at = chunk.moments("Processed On", "UTC", required=True)
    paid_in = chunk.text("Processing Currency")
    abroad = [bool(code) and code != home for code, home in zip(paid_in, currency, strict=True)]
    foreign = [code if other else "" for code, other in zip(paid_in, abroad, strict=True)]
    paid = [
        cell if other else ""
        for cell, other in zip(chunk.text("Gross In Processing Currency"), abroad, strict=True)
    ]
    return {
        "row": chunk.rows,
        "category": categories,
        "ident": identifiers(chunk, "Payment ID"),
        "ref": identifiers(chunk, "Reference"),
        "grp": payouts,
        "account": same("checkout", chunk),
        "day": day,
        "at": at,
        "due": chunk.days("Available On"),
        "amount": gross,
        "currency": currency,
        "fee": fee,
        "net": net,
        "foreign_amount": chunk.money("Gross In Processing Currency", foreign, texts=paid),
        "foreign_currency": foreign,
        "text": types,
        "extra": json_objects(
            {"deduction": chunk.text("Deduction In Holding Currency"), "method": chunk.text("Payment Method")}
        ),
    }


def _currencies(chunk: Chunk) -> list[str]:
    codes = chunk.text("Holding Currency")
    bad = np.array([not is_currency(code) for code in codes], np.bool_)
    report(chunk, "Holding Currency", codes, bad, "is not a currency", AGAIN, "E_CURRENCY")
    return codes


def _decimals(chunk: Chunk, name: str) -> list[Decimal]:
    """A column with all its decimals; cells that are no number are faults."""
    found = []
    for index, cell in enumerate(chunk.text(name)):
        good = bool(_NUMBER.fullmatch(cell))
        if not good:
            chunk.problem(index, name, f"{cell!r} is not an amount", AGAIN, "E_NUMBER")
        found.append(Decimal(cell if good else "0"))
    return found


class _Nets:
    """Rounds net amounts along the running sum of each payout.

    Rounded by itself, each would be off by up to half a minor unit, and the payout by the sum of that.
    """

    def __init__(self) -> None:
        self._exact: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self._given: defaultdict[tuple[str, str], int] = defaultdict(int)

    def rounded(self, payouts: Sequence[str], currencies: Sequence[str], nets: Sequence[Decimal]) -> Ints:
        """Net amounts in minor units."""
        found = []
        for payout, currency, net in zip(payouts, currencies, nets, strict=True):
            key = (payout, currency)
            self._exact[key] += net
            whole = _minor(self._exact[key], currency)
            found.append(whole - self._given[key])
            self._given[key] = whole
        return np.array(found, np.int64)

    def note(self, reading: Reading) -> None:
        """Say what was rounded away."""
        for (payout, currency), exact in self._exact.items():
            left = exact - Decimal(self._given[payout, currency]).scaleb(-_exponent(currency))
            if left:
                reading.notes.append(
                    f"Payout {payout}: amounts with more decimals than {currency} has are rounded; together "
                    f"{left.normalize():f} {currency} were left out"
                )


def _minor(value: Decimal, currency: str) -> int:
    """Minor units, half rounded to even."""
    return int(value.scaleb(_exponent(currency)).to_integral_value(ROUND_HALF_EVEN))


def _exponent(currency: str) -> int:
    try:
        return exponent(currency)
    except MoneyError:
        return 2  # a fault already
