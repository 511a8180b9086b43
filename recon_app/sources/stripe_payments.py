"""Stripe: payments (Payments, Export), seen with the columns of 2014, 2017 to 2019 and 2026.

One row per charge, with what was refunded of it so far; refunds have no rows and no dates, and nothing tells
the payout. It is no list of balance movements: where a balance report with the same charge is loaded, that
one counts (the run leaves these rows out). What it has is metadata, the state of each attempt, and the
charge id. ``Fee`` is in the currency of the balance (Converted), as is the amount used here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat

import numpy as np

from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources import _stripe
from recon_app.sources._balance import noting_unknown
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, Source, chunks
from recon_app.sources._extra import json_objects, nonzero

_CREATED = ("Created date (UTC)", "Created (UTC)", "Created")
_PAID = frozenset({"paid", "succeeded", "refunded", "partially refunded", "partial refund", "disputed"})
_FAILED = ("failed", "blocked", "canceled", "cancelled", "incomplete", "expired")
_ON_THE_WAY = ("pending", "processing", "requires_payment_method", "requires_confirmation", "requires_action")
_NO_MONEY = frozenset((*_FAILED, *_ON_THE_WAY))
_NOT_TAKEN = frozenset({"uncaptured", "requires_capture", "requires capture"})
_COLUMNS = (
    "id",
    "Amount",
    "Amount Refunded",
    "Currency",
    "Converted Amount",
    "Converted Currency",
    "Fee",
    "Status",
)


class StripePayments(Source):
    """One record is one charge of the dashboard's list of payments."""

    id = "stripe_payments"
    title = "Stripe payments"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident",)
    progress = ("status", "category", "refunded", "fee", "net", "extra")

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns that all versions have."""
        return any(file.header_index((*_COLUMNS, name)) is not None for name in _CREATED)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the charges."""
        del options  # the format leaves nothing to ask
        orders = _stripe.order_columns(_stripe.header_cells(file, _COLUMNS))
        amounts = _stripe.Amounts(reading)

        def batches() -> Iterator[Batch]:
            for chunk in chunks(file, _COLUMNS, reading):
                yield {"row": chunk.rows, **_batch(chunk, reading, amounts, orders)}

        yield from noting_unknown(batches(), reading)
        amounts.finish()


def _batch(chunk: Chunk, reading: Reading, amounts: _stripe.Amounts, orders: Sequence[str]) -> Batch:
    foreign = [code.upper() for code in chunk.text("Currency")]
    own = [
        converted.upper() or code
        for converted, code in zip(chunk.text("Converted Currency"), foreign, strict=True)
    ]
    presented = amounts.read(chunk, "Amount", foreign)
    converted = amounts.read(chunk, "Converted Amount", own, required=False)
    # an attempt without money is not converted
    amount = np.where(converted == NO_INT, presented, converted)
    fee = _zero(amounts.read(chunk, "Fee", own, required=False))
    refunded = _zero(amounts.read(chunk, "Converted Amount Refunded", own, required=False))
    states = chunk.text("Status")
    categories = _categories(states, chunk.text("Captured"))
    taken = np.array([category == Category.CHARGE for category in categories], np.bool_)
    columns = {"Amount": amount, "Amount refunded": refunded, "Fee": fee}
    reading.add_totals(own, {name: np.where(taken, minor, NO_INT) for name, minor in columns.items()})
    created = chunk.name(*_CREATED) or _CREATED[0]
    day, at = _stripe.utc_moments(chunk, created, required=True)
    return {
        "category": categories,
        "ident": _stripe.required_texts(chunk, "id"),
        "ref": _stripe.first_filled(chunk, orders),
        "ref2": chunk.text("PaymentIntent ID"),
        "account": list(repeat("stripe", len(chunk))),
        "status": states,
        "day": day,
        "at": at if created != "Created" else np.full(len(chunk), NO_INT, np.int64),  # 2014: no zone is named
        "amount": amount,
        "currency": own,
        "fee": fee,
        "net": amount - fee,
        "refunded": refunded,
        "foreign_amount": presented,
        "foreign_currency": foreign,
        "text": states,
        "extra": json_objects(
            {
                "description": chunk.text("Description"),
                "dispute": chunk.text("Dispute Status"),
                "taxes_on_fee": nonzero(_zero(amounts.read(chunk, "Taxes On Fee", own, required=False))),
            }
        ),
    }


def _zero(minor: Ints) -> Ints:
    return np.where(minor == NO_INT, np.int64(0), minor)


def _categories(states: Sequence[str], captured: Sequence[str]) -> list[str]:
    """What an attempt was; a state that is not known is kept as other."""
    known = {pair: _category(*pair).value for pair in set(zip(states, captured, strict=True))}
    return [known[pair] for pair in zip(states, captured, strict=True)]


def _category(state: str, captured: str) -> Category:
    folded = state.strip().casefold()
    if folded in _NO_MONEY:
        return Category.VOID
    if folded in _NOT_TAKEN or (folded in _PAID and captured.strip().casefold() == "false"):
        return Category.AUTHORIZATION
    return Category.CHARGE if folded in _PAID else Category.OTHER
