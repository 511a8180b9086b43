"""Sezzle: settlement details, as documented in Sezzle's public API reference.

A row of totals, then one row per event. Fees are rows of their own. The documented example writes a refund
positive in its row and negative in the totals, so the type gives the sign where it can: only corrections and
transfers carry their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from recon_app.models.record import Category, RecordType
from recon_app.sources import _sezzle
from recon_app.sources._balance import TypeTable, folded, noting_unknown
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, Source, chunks
from recon_app.sources._platform import first_of, identifiers, padded, same

_TYPES = TypeTable(
    {
        "order": Category.CHARGE,
        "refund": Category.REFUND,
        "fee": Category.FEE,
        "returned_fee": Category.FEE,
        "chargeback": Category.CHARGEBACK,
        "chargeback_reversal": Category.CHARGEBACK_REVERSAL,
        "correction": Category.ADJUSTMENT,
        "interest_transfer": Category.ADJUSTMENT,
        "referral_revenue_transfer": Category.ADJUSTMENT,
        # Sezzle takes what a negative balance lacks from the merchant's bank account
        "bank_account_withdrawal*": Category.CARRY_OVER,
    }
)
_SIGNS = {"order": 1, "refund": -1, "fee": -1, "returned_fee": 1, "chargeback": -1, "chargeback_reversal": 1}
#: The total of each type.
_TOTALS = {
    "order": "total_order_amount",
    "refund": "total_refund_amount",
    "fee": "total_fee_amount",
    "returned_fee": "total_returned_fee_amount",
    "chargeback": "total_chargeback_amount",
    "chargeback_reversal": "total_chargeback_reversal_amount",
    "interest_transfer": "total_interest_transfer_amount",
    "correction": "total_correction_amount",
    "referral_revenue_transfer": "total_referral_revenue_transfer_amount",
    "bank_account_withdrawal": "total_bank_account_withdrawals",
    "bank_account_withdrawal_reversal": "total_bank_account_withdrawal_reversals",
}


class SezzleSettlement(Source):
    """One record is one event of a settlement."""

    id = "sezzle_settlement"
    title = "Sezzle settlement details"
    record_type = RecordType.PAYMENT_LINE
    key = ("grp", "text", "ident", "ref", "at", "amount", "currency")
    progress = ("status",)
    required = _sezzle.DETAILS

    def recognises(self, file: InputFile) -> bool:
        """Whether the first rows have both blocks."""
        return file.header_index(_sezzle.SUMMARY) is not None and file.header_index(self.required) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the events, then compare them with the totals.

        Raises:
            FileRejected: the totals are damaged.
        """
        del options  # the format leaves nothing to ask
        summary = _sezzle.summary(file)
        sums: defaultdict[str, int] = defaultdict(int)
        index = file.header_index(self.required) or 0
        width = len(file.head_rows[index])
        parts = chunks(file, self.required, reading, records=padded(width))
        yield from noting_unknown((_converted(part, summary, sums, reading) for part in parts), reading)
        _prove(summary, sums, reading)


def _converted(
    chunk: Chunk, summary: _sezzle.Summary, sums: defaultdict[str, int], reading: Reading
) -> Batch:
    # events without an order leave it out
    currency = [code or summary.currency for code in chunk.text("posting_currency")]
    types = chunk.text("type")
    kinds = [folded(word) for word in types]
    amount = _signed(chunk.money("amount", currency, required=True), kinds)
    for index, (kind, code) in enumerate(zip(kinds, currency, strict=True)):
        sums[kind] += int(amount[index])
        if code != summary.currency:
            problem = f"{code!r} is not the currency of the settlement, {summary.currency}"
            chunk.problem(index, "posting_currency", problem, "export one settlement at a time", "E_CURRENCY")
    reading.total("Net", currency, amount)
    day, at = chunk.moments("event_date", required=True)
    return {
        "row": chunk.rows,
        "category": _TYPES.categories(types, amount),
        "ident": identifiers(chunk, "order_uuid"),
        "ref": first_of(identifiers(chunk, "external_reference_id"), identifiers(chunk, "customer_order_id")),
        "ref2": identifiers(chunk, "sezzle_order_id"),
        "grp": same(summary.ident, chunk),
        "account": same("sezzle", chunk),
        "status": same(summary.status, chunk),
        "day": day,
        "at": at,
        "due": np.full(len(chunk), summary.day, np.int64),
        "amount": amount,
        "currency": currency,
        "fee": np.zeros(len(chunk), np.int64),
        "net": amount,
        "text": types,
    }


def _signed(amount: Ints, kinds: list[str]) -> Ints:
    """Amounts with the sign of their type; corrections and transfers as they are."""
    signs = np.array([_SIGNS.get(kind, 0) for kind in kinds], np.int64)
    return np.where(signs == 0, amount, signs * np.abs(amount))


def _prove(summary: _sezzle.Summary, sums: Mapping[str, int], reading: Reading) -> None:
    """Rows of each type = its total, and all rows = what is paid out."""
    for kind, column in _TOTALS.items():
        if column in summary.totals:
            reading.sum_proof(column, summary.currency, summary.totals[column], sums.get(kind, 0))
    forex = summary.totals.get("forex_fees", 0)
    found = sum(sums.values()) + forex
    reading.sum_proof("net_settlement_amount", summary.currency, summary.net, found)
    if forex:
        reading.notes.append(
            "The settlement has forex fees, which are in its totals and in none of its rows."
        )
