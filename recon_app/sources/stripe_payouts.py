"""Stripe: payouts, from the dashboard (Payouts, Export) and as itemised report (``payouts.itemized``).

The dashboard writes the amount that reaches the bank as positive, times in UTC (seen in exports of 2026). The
itemised report writes a balance movement, whose sign is not documented: where all rows have one sign it is
that of money to the bank, otherwise it is asked; a fee comes on top and does not reach the bank.
``trace_id`` is the bank's reference where the bank supports it.
docs.stripe.com/reports/report-types/payouts
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import repeat
from typing import ClassVar

import numpy as np

from recon_app.models.problem import AnswerNeeded
from recon_app.models.record import Category, RecordType
from recon_app.sources import _stripe
from recon_app.sources._balance import prove_net
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, Source, chunks
from recon_app.sources._extra import json_objects, nonzero

_DASHBOARD = ("id", "Amount", "Currency", "Arrival Date (UTC)", "Status", "Destination")
_ITEMISED = ("payout_id", "currency", "gross", "fee", "net", "payout_status")
_SIGNS = {"positive": 1, "negative": -1}


class StripePayouts(Source):
    """One record is one payout, or one that was taken back."""

    id = "stripe_payouts"
    title = "Stripe payouts"
    record_type = RecordType.PAYOUT
    key = ("ident",)
    options: ClassVar = {"payout_sign": tuple(_SIGNS)}
    progress = ("status", "ref2", "extra", "day")

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of one of the two lists."""
        return any(file.header_index(names) is not None for names in (_DASHBOARD, _ITEMISED))

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the payouts.

        Raises:
            AnswerNeeded: an itemised report has payouts of both signs; option ``payout_sign`` says which of
                them went to the bank.
        """
        amounts = _stripe.Amounts(reading)
        if file.header_index(_DASHBOARD) is not None:
            for chunk in chunks(file, _DASHBOARD, reading):
                yield {"row": chunk.rows, **_dashboard(chunk, amounts, reading)}
        else:
            # the list is short, and only all of its rows show the sign
            parts = [
                (chunk, _itemised(chunk, amounts, reading)) for chunk in chunks(file, _ITEMISED, reading)
            ]
            sign = _sign([batch for _, batch in parts], options)
            for chunk, batch in parts:
                yield {"row": chunk.rows, **_signed(batch, sign, reading)}
        amounts.finish()


def _dashboard(chunk: Chunk, amounts: _stripe.Amounts, reading: Reading) -> Batch:
    currency = [code.upper() for code in chunk.text("Currency")]
    amount = amounts.read(chunk, "Amount", currency)
    reading.total("Amount", currency, amount)
    created = chunk.name("Created (UTC)", "Created date (UTC)") or "Created (UTC)"
    return {
        "category": list(repeat(Category.PAYOUT.value, len(chunk))),
        "ident": _stripe.required_texts(chunk, "id"),
        "ref2": chunk.text("Trace ID"),
        "account": list(repeat("stripe", len(chunk))),
        "status": chunk.text("Status"),
        "day": _stripe.utc_moments(chunk, "Arrival Date (UTC)", required=True)[0],
        "at": _stripe.utc_moments(chunk, created)[1],
        "amount": amount,
        "currency": currency,
        "net": amount,
        "text": chunk.text("Description"),
        "extra": json_objects(
            {
                "transaction": chunk.text("Balance Transaction"),
                "method": chunk.text("Method"),
                "statement_descriptor": chunk.text("Statement Descriptor"),
                "failure": chunk.text("Failure Message"),
            }
        ),
    }


def _itemised(chunk: Chunk, amounts: _stripe.Amounts, reading: Reading) -> Batch:
    """Payouts as balance movements; ``grp`` is the payout of a row that takes one back."""
    currency = [code.upper() for code in chunk.text("currency")]
    names = ("gross", "fee", "net")
    gross, fee, net = (amounts.read(chunk, name, currency) for name in names)
    prove_net(chunk, reading, names, (gross, fee, net), np.zeros(len(chunk), np.bool_))
    types, payouts = chunk.text("reporting_category"), _stripe.required_texts(chunk, "payout_id")
    reversals = [text == "payout_reversal" for text in types]
    own = [
        transaction if reversal else payout
        for transaction, payout, reversal in zip(
            chunk.text("balance_transaction_id"), payouts, reversals, strict=True
        )
    ]
    return {
        "category": list(repeat(Category.PAYOUT.value, len(chunk))),
        "ident": own,
        "grp": [payout if reversal else "" for payout, reversal in zip(payouts, reversals, strict=True)],
        "ref2": chunk.text("trace_id"),
        "account": list(repeat("stripe", len(chunk))),
        "status": chunk.text("payout_status"),
        "day": _stripe.utc_days(chunk, "effective_at", required=True),
        "amount": gross,
        "currency": currency,
        "text": types,
        "extra": json_objects(
            {
                "transaction": chunk.text("balance_transaction_id"),
                "type": chunk.text("payout_type"),
                "description": chunk.text("payout_description"),
                "payout_fee": nonzero(fee),
            }
        ),
    }


def _sign(batches: list[Batch], options: Mapping[str, str]) -> int:
    """1 when a payout to the bank is positive in this file, -1 when it is negative."""
    if options.get("payout_sign") in _SIGNS:
        return _SIGNS[options["payout_sign"]]
    own = [
        minor
        for batch in batches
        for minor, taken_back in zip(np.asarray(batch["amount"]).tolist(), batch["grp"], strict=True)
        if minor and not taken_back
    ]
    if own and min(own) < 0 < max(own):
        raise AnswerNeeded(
            "payout_sign",
            tuple(_SIGNS),
            "Some payouts are positive and some negative. Which of them went to the bank?",
        )
    return -1 if own and own[0] < 0 else 1


def _signed(batch: Batch, sign: int, reading: Reading) -> Batch:
    amount: Ints = np.asarray(batch["amount"]) * sign
    reading.total("Gross", [str(code) for code in batch["currency"]], amount)
    return {**batch, "amount": amount, "net": amount}
