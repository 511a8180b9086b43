"""Payment lines and payout records as frames, for the tests of payouts and of their residuals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.payouts import group, prove
from recon_app.models.proof import PayoutProof
from recon_app.models.record import NO_INT

_LINE: dict[str, Any] = {
    "category": "charge",
    "ref": "",
    "ref2": "",
    "account": "shopify_payments",
    "status": "paid",
    "currency": "EUR",
    "grp": "P1",
    "day": 20_000,
    "due": 20_003,
    "fee": 0,
}
_RECORD: dict[str, Any] = {
    "ident": "",
    "ref2": "",
    "account": "shopify_payments",
    "status": "paid",
    "currency": "EUR",
    "day": 20_003,
}
_INTEGERS = ("amount", "fee", "net", "day", "due", "key")


def frame(rows: Sequence[dict[str, Any]], default: dict[str, Any], *more: str) -> pd.DataFrame:
    names = [*default, *more]
    return pd.DataFrame(
        {
            name: np.array([(default | row)[name] for row in rows], np.int64 if name in _INTEGERS else object)
            for name in names
        }
    )


def lines(*rows: dict[str, Any]) -> pd.DataFrame:
    whole = [
        {"net": row["amount"] - row.get("fee", 0), "key": number} | row for number, row in enumerate(rows)
    ]
    return frame(whole, _LINE, "amount", "net", "key")


def records(*rows: dict[str, Any]) -> pd.DataFrame:
    return frame(rows, _RECORD, "amount")


def proofs(
    some: pd.DataFrame, payouts: pd.DataFrame, bank: dict[str, int] | None = None
) -> dict[str, PayoutProof]:
    found = group(some, payouts)
    arrived = np.array([(bank or {}).get(key, NO_INT) for key in found.frame["key"]], np.int64)
    return {proof.payout: proof for proof in prove(found, some, arrived)}
