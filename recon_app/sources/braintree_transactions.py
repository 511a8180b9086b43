"""Braintree: transaction search export.

Written from published column lists, without a real file: what it understands must hold in every row, or the
file is refused. Amounts are positive, refunds have the type credit and name the sale. There is no fee. Rows
of one disbursement date and merchant account, which has one currency, arrive as one deposit. What PayPal
took is disbursed by PayPal and stands in its reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import ClassVar

import numpy as np

from recon_app.models.proof import Proof
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources import _detect
from recon_app.sources._balance import noting_unknown
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, Source, chunks
from recon_app.sources._extra import json_objects

_REQUIRED = (
    "Transaction ID",
    "Transaction Type",
    "Transaction Status",
    "Settlement Date",
    "Disbursement Date",
    "Settlement Amount",
    "Settlement Currency ISO Code",
    "Refunded Transaction ID",
    "Order ID",
    "Merchant Account",
)
_CURRENCY = re.compile("[A-Z]{3}")
_DATES = ("Disbursement Date", "Settlement Date")
_SALE, _CREDIT = "sale", "credit"
_SETTLED = frozenset({"settled"})
_NOT_YET = frozenset(
    (
        "authorized",
        "authorizing",
        "submitted_for_settlement",
        "settling",
        "settlement_pending",
        "settlement_confirmed",
    )
)
_NEVER = frozenset(
    (
        "voided",
        "failed",
        "processor_declined",
        "gateway_rejected",
        "authorization_expired",
        "settlement_declined",
    )
)


class BraintreeTransactions(Source):
    """One record is one transaction."""

    id = "braintree_transactions"
    title = "Braintree transactions"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident",)
    progress = ("status", "category", "grp", "due", "day")
    unproven: ClassVar[bool] = True

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the export."""
        return file.header_index(_REQUIRED) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the transactions; prove what is understood of them.

        Raises:
            AnswerNeeded: the order of the dates fits several ways; option ``date_order``.
        """
        parts = list(chunks(file, _REQUIRED, reading))
        dates = [_first_words(cell) for chunk in parts for name in _DATES for cell in chunk.text(name)]
        order = _detect.find_date_order(dates, options.get("date_order", "")).value
        currencies: dict[str, set[str]] = {}
        by_paypal = sum(len(_paypal_rows(chunk)) for chunk in parts)

        def batches() -> Iterator[Batch]:
            for chunk in parts:
                batch = _batch(chunk, order, reading)
                for grp, currency in zip(batch["grp"], batch["currency"], strict=True):
                    if grp:
                        currencies.setdefault(str(grp), set()).add(str(currency))
                yield {"row": chunk.rows, **batch}

        yield from noting_unknown(batches(), reading)
        alone = sum(len(codes) == 1 for codes in currencies.values())
        if currencies:
            count = len(currencies)
            name = "Deposits (disbursement date and merchant account) of one currency"
            reading.proofs.append(Proof(name, f"{count} of {count}", f"{alone} of {count}", alone == count))
        if by_paypal:
            reading.notes.append(f"{by_paypal} transactions are paid out by PayPal, not by Braintree.")


def _batch(chunk: Chunk, order: str, reading: Reading) -> Batch:
    currency = _currencies(chunk)
    kinds = [cell.strip().casefold() for cell in chunk.text("Transaction Type")]
    states = ["_".join(cell.split()).casefold() for cell in chunk.text("Transaction Status")]
    refunded = chunk.text("Refunded Transaction ID")
    minor = _amounts(chunk, currency, states)
    credit = np.array([kind == _CREDIT for kind in kinds], np.bool_)
    named = np.array([bool(cell) for cell in refunded], np.bool_)
    told, linked = minor != NO_INT, credit | named  # rows that say nothing prove nothing
    reading.identity("No amount is negative", (minor >= 0)[told], chunk.rows[told])
    name = "A credit names the sale it takes back, and a sale none"
    reading.identity(name, (credit == named)[linked], chunk.rows[linked])
    amount = np.where((minor == NO_INT) | ~credit, minor, -minor)
    categories = _categories(kinds, states, set(_paypal_rows(chunk)))
    taken = np.array([name in (Category.CHARGE, Category.REFUND) for name in categories], np.bool_)
    if taken.any():
        codes = [code for code, moved in zip(currency, taken.tolist(), strict=True) if moved]
        reading.total("Settled", codes, amount[taken])
    settled, disbursed = _days(chunk, "Settlement Date", order), _days(chunk, "Disbursement Date", order)
    accounts = chunk.text("Merchant Account")
    days = [str(np.datetime64(int(day), "D")) if day != NO_INT else "" for day in disbursed]
    return {
        "category": categories,
        "ident": chunk.text("Transaction ID"),
        "ref": chunk.text("Order ID"),
        "ref2": refunded,
        "grp": [
            f"{day} {account}" if day and moved else ""
            for day, account, moved in zip(days, accounts, taken.tolist(), strict=True)
        ],
        "account": list(repeat("braintree", len(chunk))),
        "status": chunk.text("Transaction Status"),
        "day": np.where(settled == NO_INT, disbursed, settled),
        "due": np.where(taken, disbursed, np.int64(NO_INT)),
        "amount": amount,
        "currency": currency,
        "text": [
            f"{kind} {state}" if category == Category.OTHER else kind
            for kind, state, category in zip(kinds, states, categories, strict=True)
        ],
        "extra": json_objects(
            {
                "merchant_account": accounts,
                "instrument": chunk.text("Payment Instrument Type"),
                "batch": chunk.text("Settlement Batch ID"),
            }
        ),
    }


def _currencies(chunk: Chunk) -> list[str]:
    """Currency codes; one that is none may come from a cell that moved, even where no amount is."""
    name = "Settlement Currency ISO Code"
    found = [code.strip().upper() for code in chunk.text(name)]
    for index, code in enumerate(found):
        if code and not _CURRENCY.fullmatch(code):
            chunk.problem(index, name, f"{code!r} is no currency", "look for a cell that moved", "E_CURRENCY")
    return found


def _amounts(chunk: Chunk, currency: Sequence[str], states: Sequence[str]) -> Ints:
    """Minor units; what was not settled has no settlement amount."""
    minor = chunk.money("Settlement Amount", currency)
    for index in np.flatnonzero(minor == NO_INT).tolist():
        if states[index] in _SETTLED and not chunk.text("Settlement Amount")[index]:
            chunk.problem(index, "Settlement Amount", "is empty", "every settled record needs an amount")
    return minor


def _categories(kinds: Sequence[str], states: Sequence[str], by_paypal: set[int]) -> list[str]:
    found = []
    for index, (kind, state) in enumerate(zip(kinds, states, strict=True)):
        if state in _NEVER:
            category = Category.VOID
        elif state in _NOT_YET or (state in _SETTLED and index in by_paypal):
            category = Category.AUTHORIZATION  # no money of this account
        elif state in _SETTLED and kind in (_SALE, _CREDIT):
            category = Category.CHARGE if kind == _SALE else Category.REFUND
        else:
            category = Category.OTHER
        found.append(category.value)
    return found


def _paypal_rows(chunk: Chunk) -> list[int]:
    instruments = chunk.text("Payment Instrument Type")
    return [index for index, cell in enumerate(instruments) if "paypal" in cell.casefold().replace(" ", "")]


def _first_words(cell: str) -> str:
    """The date of a cell that may have a time behind it."""
    return cell.strip().split(" ")[0]


def _days(chunk: Chunk, name: str, order: str) -> Ints:
    cells = [_first_words(cell) for cell in chunk.text(name)]
    days, bad = _detect.read_days(cells, order)
    for index in np.flatnonzero(bad).tolist():
        chunk.problem(index, name, f"{cells[index][:60]!r} is not a date", "export it again")
    return days
