"""Turns the SKUs of Shopify into those of Odoo, a whole column at a time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.models.alias import Aliases
from recon_app.models.record import NO_INT, RecordType, Side

Ints = NDArray[np.int64]
Texts = NDArray[np.object_]
_DAY = 86_400  # seconds


def renamed(skus: pd.Series | Texts, aliases: Aliases, days: Ints | None = None) -> Texts:
    """The SKU that Odoo has for each SKU of Shopify; a SKU without an alias stays as it is.

    Args:
        skus: SKUs as Shopify writes them.
        aliases: The approved aliases.
        days: Day of each record, days since 1970-01-01, NO_INT for none; without it, all are of today.
    """
    codes, known = pd.factorize(np.asarray(skus, object))
    if not aliases or not len(known):
        return np.asarray(skus, object)
    place = {str(sku): number for number, sku in enumerate(known)}
    day = np.full(len(codes), NO_INT, np.int64) if days is None else days
    day = np.where(day == NO_INT, aliases.today, day)
    found = np.asarray(skus, object).copy()
    mine = [alias for alias in aliases.entries if alias.shop in place]
    table = pd.DataFrame(
        {
            "code": [place[alias.shop] for alias in mine],
            "odoo": pd.Series([alias.odoo for alias in mine], dtype=object),
            "first": [alias.first for alias in mine],
            "last": [alias.last for alias in mine],
        }
    )
    rows = np.flatnonzero(np.isin(codes, table["code"]))
    asked = pd.DataFrame({"row": rows, "code": codes[rows], "day": day[rows]}).merge(table, on="code")
    fits = (asked["first"] <= asked["day"]) & ((asked["last"] == NO_INT) | (asked["day"] <= asked["last"]))
    found[asked["row"][fits].to_numpy(np.int64)] = asked["odoo"][fits].to_numpy(object)
    return found


def applied(frames: Mapping[RecordType, pd.DataFrame], aliases: Aliases) -> dict[RecordType, pd.DataFrame]:
    """The records with the SKUs of the shop as Odoo has them; the other sides stay as they are.

    A record counts on its own day: ``day``, else that of ``at``, else today's.
    """
    if not aliases:
        return dict(frames)
    return {
        kind: frame.assign(sku=renamed(frame["sku"], aliases, _days(frame)))
        if kind.side is Side.SHOP and "sku" in frame
        else frame
        for kind, frame in frames.items()
    }


def _days(frame: pd.DataFrame) -> Ints:
    day = frame["day"].to_numpy(np.int64) if "day" in frame else np.full(len(frame), NO_INT, np.int64)
    if "at" not in frame:
        return day
    at = frame["at"].to_numpy(np.int64)
    return np.where((day == NO_INT) & (at != NO_INT), at // _DAY, day)
