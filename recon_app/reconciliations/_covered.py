"""Which days the files of one side cover: what lies beyond them is not missing there."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.models.counted import counted
from recon_app.models.record import NO_INT
from recon_app.reconciliations._goods_cases import Mask, iso

_NUMBER = re.compile("[0-9]+")
#: So many records named alike, none of which the other side knows, are of another store.
ENOUGH = 5

Span = tuple[int, int]


def span(*days: Ints) -> Span | None:
    """First and last of all days that are known; None without any."""
    every = np.concatenate([each[each != NO_INT] for each in days]) if days else np.array([], np.int64)
    return (int(every.min()), int(every.max())) if len(every) else None


def beyond(day: Ints, covered: Span | None, before: int = 0, after: int = 0) -> Mask:
    """Days before or after what is covered by more than a margin; a day that is not known never is."""
    if covered is None:
        return np.zeros(len(day), np.bool_)
    found: Mask = (day != NO_INT) & ((day < covered[0] - before) | (day > covered[1] + after))
    return found


def other_stores(names: pd.Series, currency: pd.Series, known: Mask) -> Mask:
    """Records of a store that the other side knows nothing of.

    The orders of one store are named alike but for their number: ``#1001``, ``US-1001``. Where the other side
    knows some records of one name and currency, and none of many of another, the latter are of another store.
    """
    alike = [_NUMBER.sub("0", name) for name in names]
    series = pd.DataFrame({"alike": alike, "currency": currency.to_numpy(object), "known": known})
    groups = series.groupby(["alike", "currency"])["known"]
    none = ~groups.transform("any").to_numpy(bool) & (groups.transform("size") >= ENOUGH).to_numpy(bool)
    found: Mask = none & (names != "").to_numpy(bool) & bool(known.any())
    return found


def left_out(day: Ints, one: str, many: str, why: str) -> list[str]:
    """One sentence on records that were left out, with their count and days; none for none.

    Args:
        day: A day per record.
        one: What one of them is, ``order of the shop``.
        many: The same of several.
        why: Why they are left out, a clause without a full stop.
    """
    if not len(day):
        return []
    days = span(day)
    when = "" if days is None else f" of {said(days)}"
    was = "was" if len(day) == 1 else "were"
    return [f"{counted(len(day), one, many)}{when} {was} left out: {why}."]


def said(days: Span) -> str:
    """Days as ``2026-10-01 to 2026-10-31``, one day as itself."""
    first, last = days
    return iso(first) if first == last else f"{iso(first)} to {iso(last)}"


def only(whose: str, covered: Span) -> str:
    """Why what lies beyond some days is left out."""
    return f"{whose} cover {said(covered)} only"
