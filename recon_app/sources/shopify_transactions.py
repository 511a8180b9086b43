"""Shopify: transaction histories of the orders (Orders, Export, Export transaction histories).

One row per transaction of any gateway, amounts always positive: the Kind carries the direction. A payment
on delivery has a pending and a successful sale of the same amount, so only rows with status ``success``
move money; the others are kept with their status.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources import _shopify
from recon_app.sources._balance import noting_unknown
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, TableSource
from recon_app.sources._shopify_kinds import KINDS, is_outward


class ShopifyTransactions(TableSource):
    """One record is one transaction of an order."""

    id = "shopify_transactions"
    title = "Shopify transaction histories"
    record_type = RecordType.SHOP_TRANSACTION
    key = ("grp", "ref", "text", "at", "amount", "currency", "account")
    progress = ("status",)
    divides = True
    required = ("Order", "Name", "Kind", "Gateway", "Created At", "Status", "Amount", "Currency")

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the table chunk by chunk and say which kinds are not known."""
        return noting_unknown(super().read(file, options, reading), reading)

    def convert(self, chunk: Chunk, options: Mapping[str, str], reading: Reading) -> Batch:
        """Turn a chunk of transactions into normalised fields."""
        del options  # the format leaves nothing to ask
        currency = chunk.text("Currency")
        unsigned = chunk.money("Amount", currency, required=True)
        _refuse_negative(chunk, unsigned)
        kinds = chunk.text("Kind")
        outward = np.array([is_outward(kind) for kind in kinds], dtype=np.bool_)
        amount = np.where(outward & (unsigned != NO_INT), -unsigned, unsigned)
        categories = KINDS.categories(kinds, amount)
        status = chunk.text("Status")
        _prove(chunk, reading, {"category": categories, "status": status, "currency": currency}, amount)
        day, at = _shopify.moments(chunk, "Created At", required=True)
        return {
            "category": categories,
            "ref": _shopify.identifiers(chunk, "Name"),
            "grp": _shopify.identifiers(chunk, "Order"),
            "account": chunk.text("Gateway"),
            "status": status,
            "day": day,
            "at": at,
            "amount": amount,
            "currency": currency,
            "text": kinds,
        }


def _refuse_negative(chunk: Chunk, amount: Ints) -> None:
    for index in np.flatnonzero((amount < 0) & (amount != NO_INT)).tolist():
        chunk.problem(
            index,
            "Amount",
            f"{chunk.text('Amount')[index]} is negative, which this export never is",
            "export from Shopify again; refunds must be positive here",
        )


def _prove(chunk: Chunk, reading: Reading, texts: Mapping[str, list[str]], amount: Ints) -> None:
    """Totals of the transactions that moved money, and that a void moved none."""
    category = np.array(texts["category"], dtype=object)
    success = np.array([word == "success" for word in texts["status"]], dtype=np.bool_)
    for name, wanted in (("Sales and captures", Category.CHARGE), ("Refunds", Category.REFUND)):
        counted = success & (category == wanted.value)
        reading.total(name, texts["currency"], np.where(counted, amount, np.int64(NO_INT)))
    void = category == Category.VOID.value
    if void.any():
        reading.identity("Voids are 0.00", amount[void] == 0, chunk.rows[void])
