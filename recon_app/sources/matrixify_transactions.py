"""Transactions of orders exported from Shopify with Matrixify: money in and back, by any gateway."""

from __future__ import annotations

import numpy as np

from recon_app.models.record import NO_INT, RecordType
from recon_app.sources import _shopify
from recon_app.sources._base import Batch, Chunk, Reading
from recon_app.sources._extra import json_objects
from recon_app.sources._goods import Sums
from recon_app.sources._matrixify import TRANSACTION, MatrixifyRows, outward, texts, unsigned
from recon_app.sources._shopify_kinds import KINDS, is_outward


class MatrixifyTransactions(MatrixifyRows):
    """One record is one transaction of an order."""

    id = "matrixify_transactions"
    title = "Transactions of a Matrixify export"
    record_type = RecordType.SHOP_TRANSACTION
    key = ("grp", "ident", "text", "at", "amount", "currency")
    progress = ("status",)
    line_type = TRANSACTION

    def convert(self, rows: Chunk, currency: list[str]) -> Batch:
        """Turn transactions into normalised fields."""
        given = rows.text("Transaction: Currency")
        codes = [cell or own for cell, own in zip(given, currency, strict=True)]
        kinds = [cell.casefold() for cell in rows.text("Transaction: Kind")]
        plain = rows.money("Transaction: Amount", codes)
        out = np.array([is_outward(kind) for kind in kinds], np.bool_)
        amount = np.where(out, outward(plain), unsigned(plain))
        day, at = _shopify.moments(rows, "Transaction: Processed At")
        return {
            "category": KINDS.categories(kinds, amount),
            "ident": _shopify.identifiers(rows, "Transaction: ID"),
            "ref2": _shopify.identifiers(rows, "Transaction: Payment ID"),
            "account": rows.text("Transaction: Gateway"),
            "status": [word.casefold() for word in rows.text("Transaction: Status")],
            "day": day,
            "at": at,
            "amount": amount,
            "currency": codes,
            "text": kinds,
            "extra": json_objects(
                {"test": [_TEST.get(word.casefold()) for word in rows.text("Transaction: Test")]}
            ),
        }

    def count(self, batch: Batch, reading: Reading, sums: Sums) -> None:
        """Add the transactions that moved money to the control totals."""
        del sums
        amount, currency = np.asarray(batch["amount"]), texts(batch["currency"])
        moved = np.array([word == "success" for word in batch["status"]], np.bool_)
        for name, category in (("Sales and captures", "charge"), ("Refunds", "refund")):
            own = np.array([word == category for word in batch["category"]], np.bool_)
            reading.total(name, currency, np.where(moved & own, amount, NO_INT))


_TEST = {"true": True}
