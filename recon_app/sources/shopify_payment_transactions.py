"""Shopify Payments: the transactions of the payouts (Finance, Payouts, Transactions, Export).

Headers of 11 to 19 columns have been seen; columns are bound by name. Amount is signed, Fee is a positive
cost (negative when a won dispute gives it back), Net = Amount - Fee in every line. Presentment amounts are
always positive and for information only. There is no transaction id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import repeat

from recon_app.models.money import MoneyError, exponent
from recon_app.models.problem import AnswerNeeded
from recon_app.models.record import RecordType
from recon_app.sources import _shopify
from recon_app.sources._balance import add_totals, is_payout, noting_unknown, prove_net
from recon_app.sources._base import Batch, Chunk, InputFile, Reading, TableSource
from recon_app.sources._extra import json_objects, nonzero
from recon_app.sources._shopify_types import TYPES


class ShopifyPaymentTransactions(TableSource):
    """One record is one line of the Shopify Payments balance."""

    id = "shopify_payment_transactions"
    title = "Shopify Payments transactions"
    record_type = RecordType.PAYMENT_LINE
    key = ("text", "ref", "at", "amount", "fee", "ref2", "currency")
    progress = ("status", "due", "grp")
    divides = True
    required = (
        "Transaction Date",
        "Type",
        "Order",
        "Payout Status",
        "Payout Date",
        "Amount",
        "Fee",
        "Net",
    )

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the table chunk by chunk and say which types are not known."""
        return noting_unknown(super().read(file, options, reading), reading)

    def convert(self, chunk: Chunk, options: Mapping[str, str], reading: Reading) -> Batch:
        """Turn a chunk of lines into normalised fields."""
        currency = _currencies(chunk, options)
        amount = chunk.money("Amount", currency, required=True)
        fee = chunk.money("Fee", currency, required=True)
        net = chunk.money("Net", currency, required=True)
        types = chunk.text("Type")
        categories = TYPES.categories(types, amount)
        payout = is_payout(categories)
        prove_net(chunk, reading, ("Amount", "Fee", "Net"), (amount, fee, net), payout)
        add_totals(reading, currency, {"Amount": amount, "Fee": fee, "Net": net}, payout)
        day, at = _shopify.moments(chunk, "Transaction Date", required=True)
        batch: Batch = {
            "category": categories,
            "ref": _shopify.identifiers(chunk, "Order"),
            "ref2": _shopify.identifiers(chunk, "Checkout"),
            "grp": _shopify.identifiers(chunk, "Payout ID"),
            "account": list(repeat("shopify_payments", len(chunk))),
            "status": chunk.text("Payout Status"),
            "day": day,
            "at": at,
            "due": chunk.days("Payout Date"),
            "amount": amount,
            "currency": currency,
            "fee": fee,
            "net": net,
            "text": types,
        }
        if chunk.has("Presentment Amount"):
            presentment = chunk.text("Presentment Currency")
            batch["foreign_amount"] = chunk.money("Presentment Amount", presentment)
            batch["foreign_currency"] = presentment
        if chunk.has("VAT", "Business Entity ID"):
            vat = nonzero(chunk.money("VAT", currency))  # on the fee, and part of it: never taken off again
            entity = _shopify.identifiers(chunk, "Business Entity ID")
            batch["extra"] = json_objects({"vat": vat, "entity": entity})
        return batch


def _currencies(chunk: Chunk, options: Mapping[str, str]) -> list[str]:
    """The settlement currency of each line; the oldest files do not name it.

    Raises:
        AnswerNeeded: there is no such column and ``options["currency"]`` does not say it.
    """
    if chunk.has("Currency"):
        return chunk.text("Currency")
    currency = options.get("currency", "").strip().upper()
    try:
        exponent(currency)
    except MoneyError:
        raise AnswerNeeded(
            "currency",
            (),
            "The file does not say its currency. In which currency are the payouts (EUR, USD ...)?",
        ) from None
    return list(repeat(currency, len(chunk)))
