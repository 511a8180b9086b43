"""Taxes of a month by rate, and what changed since the month before."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pandas as pd

from recon_app.engine.tax import half_up
from recon_app.models.record import NO_INT, Side
from recon_app.reconciliations._tax_records import ALL, Taxed, percent

#: A ratio of tax to base that is off by more than a quarter of the one before is a step.
_STEP = Fraction(1, 4)
#: A month with fewer records says little about a ratio.
_ENOUGH = 5
#: A rate that comes or goes with less than a tenth of the month's tax is one customer's, not a change.
_MATTERS = 10


@dataclass
class Month:
    """One rate in one month of one side and currency; amounts in minor units.

    Attributes:
        tax: All of it. single: the part whose base is known; base: that base.
        records: Number of records; counted: of those whose base is known; taxed: of those with a tax.
        code: What is found, "" for nothing. delta: by how much.
        before: The month before, None for the first.
    """

    side: Side
    currency: str
    rate: str
    month: int
    tax: int = 0
    single: int = 0
    base: int = 0
    records: int = 0
    counted: int = 0
    taxed: int = 0
    code: str = ""
    delta: int = 0
    before: Month | None = None
    names: list[str] = field(default_factory=list)

    @property
    def ratio(self) -> Fraction | None:
        """Tax to base, None without a base."""
        return Fraction(self.single, self.base) if self.base > 0 else None


def rows(taxed: Taxed) -> list[Month]:
    """Sums per currency, rate and month."""
    found: dict[tuple[str, str, int], Month] = {}
    frame = pd.DataFrame(
        {
            "currency": taxed.currency,
            "rate": taxed.rate,
            "month": taxed.month,
            "tax": taxed.tax,
            "base": np.where(taxed.base == NO_INT, 0, taxed.base),
            "single": np.where(taxed.base == NO_INT, 0, taxed.tax),
            "counted": (taxed.base != NO_INT).astype(np.int64),
            "taxed": (taxed.tax != 0).astype(np.int64),
            "records": 1,
        }
    )
    frame = frame[frame["month"] != NO_INT]
    keys = ["currency", "rate", "month"]
    sums = frame.groupby(keys, sort=True)[["tax", "single", "base", "records", "counted", "taxed"]].sum()
    for (currency, rate, month), values in zip(sums.index, sums.itertuples(index=False), strict=True):
        tax, single, base, records, counted, some = (int(value) for value in values)
        found[currency, rate, month] = Month(
            taxed.side, currency, rate, int(month), tax, single, base, records, counted, some
        )
    above = _above(taxed)
    for row in found.values():
        row.names = above.get((row.currency, row.rate, row.month), [])
        _at_rate(row, exact=taxed.exact)
    return list(found.values())


def _above(taxed: Taxed) -> dict[tuple[str, str, int], list[str]]:
    """Records whose tax is more than their rate of their base."""
    found: dict[tuple[str, str, int], list[str]] = {}
    rates = {rate: percent(rate) for rate in set(taxed.rate)}
    columns = (
        values.tolist()
        for values in (taxed.currency, taxed.rate, taxed.month, taxed.tax, taxed.base, taxed.name)
    )
    for currency, rate, month, tax, base, name in zip(*columns, strict=True):
        share = rates[rate]
        if share is not None and base != NO_INT and abs(tax) > abs(half_up(share * base)) + 1:
            found.setdefault((currency, rate, month), []).append(name)
    return {key: sorted(names) for key, names in found.items()}


def _at_rate(row: Month, *, exact: bool) -> None:
    """Compare the tax with its rate of the base; each record may be off by its rounding."""
    share = percent(row.rate)
    if share is None or not row.counted:
        return
    expected = half_up(share * row.base)
    off = row.single - expected
    if off > row.counted and row.names:
        row.code, row.delta = "tax_above_rate", off
    elif exact and off < -row.counted:
        row.code, row.delta = "tax_below_rate", off


def compare(listed: list[Month]) -> None:
    """Compare each month with the one before on the same side and in the same currency."""
    by_side: dict[tuple[Side, str], dict[tuple[str, int], Month]] = {}
    for row in listed:
        by_side.setdefault((row.side, row.currency), {})[row.rate, row.month] = row
    for (side, currency), mine in by_side.items():
        spans = sorted({month for _, month in mine})
        for rate, month in sorted(mine):
            row = mine[rate, month]
            row.before = mine.get((rate, month - 1))
            if row.code or month - 1 not in spans:
                continue
            if row.before is None:
                _come(row, mine.get((ALL, month)))
            else:
                _step(row, row.before)
        for rate, month in sorted(mine):
            if (rate, month + 1) not in mine and month + 1 in spans and mine[rate, month].tax:
                gone = Month(side, currency, rate, month + 1, before=mine[rate, month])
                _go(gone, mine[rate, month], mine.get((ALL, month)))
                listed.append(gone)


def _step(row: Month, before: Month) -> None:
    ratio, last = row.ratio, before.ratio
    if ratio is None or last is None or min(row.counted, before.counted) < _ENOUGH:
        return
    if max(row.taxed, before.taxed) < _ENOUGH:
        return
    if abs(ratio - last) > abs(last) * _STEP:
        row.code, row.delta = "ratio_changed", row.single - half_up(last * row.base)


def _come(row: Month, whole: Month | None) -> None:
    if row.rate != ALL and _matters(row, whole):
        row.code = "rate_appeared"


def _go(row: Month, before: Month, whole: Month | None) -> None:
    if row.rate != ALL and _matters(before, whole):
        row.code = "rate_gone"


def _matters(row: Month, whole: Month | None) -> bool:
    return row.records >= _ENOUGH and whole is not None and abs(row.tax) * _MATTERS >= abs(whole.tax)
