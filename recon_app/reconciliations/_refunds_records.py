"""Records of refunds as all parts of the comparison read them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints, span_hashes, spans
from recon_app.models.record import NO_INT
from recon_app.models.rule import Transform

DONE, FAILED, PENDING, DUE, VOID = "done", "failed", "pending", "due", "void"
UNTOLD = "untold"  # a refund of which no file tells the amount
_TEXTS = ("name", "number", "currency", "account", "status", "reason")
_NUMBERS = ("order", "amount", "day", "at", "lines", "tax")


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose texts are Python texts and whose rows are numbered from 0."""
    return pd.DataFrame(
        {
            name: column.to_numpy()
            if column.dtype.kind in "iu"
            else pd.Series(column.to_numpy(object), dtype=object)
            for name, column in frame.items()
        }
    )


def parsed(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The further values of each record."""
    # one text is read several times as fast as a hundred thousand
    found: list[dict[str, Any]] = json.loads(
        f"[{','.join([text or '{}' for text in frame['extra'].tolist()])}]"
    )
    return found


def hashes(texts: list[str]) -> Ints:
    """Hash of each text as it is, 0 for none."""
    return span_hashes(spans(texts, Transform.EXACT))


def tails(texts: list[str]) -> list[str]:
    """Ids as all exports know them: without ``gid://shopify/Refund/``."""
    return [text.rpartition("/")[2] if text.startswith("gid:") else text for text in texts]


def own_numbers(ids: pd.Series) -> Ints:
    """Hash of Shopify's own number of each order, 0 for none."""
    return hashes(tails(ids.tolist()))


def empty(count: int = 0) -> pd.DataFrame:
    """So many refunds of the shop of which nothing is known."""
    columns: dict[str, Any] = {name: pd.Series([""] * count, dtype=object) for name in _TEXTS}
    columns |= {name: np.full(count, NO_INT, np.int64) for name in _NUMBERS}
    columns |= {"of": np.zeros(count, np.int64), "cumulative": np.zeros(count, np.bool_)}
    return pd.DataFrame(columns)
