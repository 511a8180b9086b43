"""Taxes and what they were reckoned on, by record and rate: of the shop's orders, of Odoo's documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.engine.tax import rates_in
from recon_app.engine.zones import months
from recon_app.models.record import NO_INT, Category, RecordType, Side
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._base import Inputs
from recon_app.reconciliations._goods_cases import Texts

#: The row that all rates of a month make together.
ALL = "all rates"


@dataclass(frozen=True)
class Taxed:
    """Taxes of one side, a row per record and rate.

    Attributes:
        side: Shop or Odoo.
        name: What a person calls the record.
        rate: The rate as its name tells it, ``19%``, else its name.
        month: Months since 1970-01.
        tax: Minor units.
        base: What this rate alone was reckoned on, without the tax; NO_INT where several share it.
        currency: Currency of both.
        exact: Whether the base is what the books tax at this rate; else parts of it may be free of tax.
    """

    side: Side
    name: Texts
    rate: Texts
    month: Ints
    tax: Ints
    base: Ints
    currency: Texts
    exact: bool

    @classmethod
    def of(cls, side: Side, rows: Sequence[tuple[Any, ...]], *, exact: bool) -> Taxed:
        """Rows of name, rate, day, tax, base and currency."""
        columns = list(zip(*rows, strict=True)) if rows else [()] * 6
        texts = [np.array(columns[place], object) for place in (0, 1, 5)]
        day, tax, base = (np.array(columns[place], np.int64) for place in (2, 3, 4))
        return cls(side, texts[0], texts[1], months(day), tax, base, texts[2], exact)


def rate_name(label: str) -> str:
    """A tax as both systems can call it: its percentage, else its name."""
    found = rates_in(label)
    return f"{_plain(found[0] * 100)}%" if len(found) == 1 else label


def percent(rate: str) -> Fraction | None:
    """The rate of a name, None for a tax that names none."""
    found = rates_in(rate)
    return found[0] if len(found) == 1 else None


def _plain(value: Fraction) -> str:
    """A percentage as a decimal without needless zeros; names of taxes have six decimals at most."""
    text = f"{Decimal(int(value * 10**6)).scaleb(-6):f}"
    return text.rstrip("0").rstrip(".")


def of_shop(orders: pd.DataFrame) -> Taxed:
    """Taxes of the orders, by the names that Shopify writes; without names all taxes are one rate."""
    extra = money.parsed(orders)
    columns = (orders[name].tolist() for name in ("ref", "day", "amount", "currency"))
    rows: list[tuple[Any, ...]] = []
    for values, (ref, day, amount, currency) in zip(extra, zip(*columns, strict=True), strict=True):
        if amount == NO_INT or amount <= 0 or "subtotal" not in values:
            continue
        tax = int(values.get("taxes") or 0)
        named = [(rate_name(label), int(minor)) for label, minor in values.get("tax_lines", ()) if minor]
        if tax and sum(minor for _, minor in named) != tax:
            named = []  # the file names five taxes at most
        base = amount - tax
        rates: dict[str, int] = {}
        for rate, minor in named:
            rates[rate] = rates.get(rate, 0) + minor
        alone = base if len(named) == 1 else NO_INT  # two taxes may have one percentage
        rows += [(ref, rate, day, minor, alone, currency) for rate, minor in rates.items()]
        rows.append((ref, ALL, day, tax, base, currency))
    return Taxed.of(Side.SHOP, rows, exact=False)


def posted(inputs: Inputs) -> pd.DataFrame:
    """Posted invoices and credit notes of customers, with untaxed and tax."""
    documents = inputs.frames[RecordType.INVOICE]
    extra = money.parsed(documents)
    state = money.states(documents)
    found = documents.assign(untaxed=money.numbers(extra, "untaxed"), tax=money.numbers(extra, "tax"))
    kept = ~np.isin(state, [money.DRAFT, *money.CANCELLED])
    kept &= (documents["category"] != str(Category.OTHER)).to_numpy(bool)
    return found[kept].reset_index(drop=True)


def of_odoo(documents: pd.DataFrame, items: pd.DataFrame) -> tuple[Taxed, Taxed]:
    """Taxes of the documents by the journal items of their entries, and all rates by the documents.

    Returns:
        By rate; all rates.
    """
    whole = documents[(documents["untaxed"] != NO_INT) & (documents["tax"] != NO_INT)]
    columns = (whole[name].tolist() for name in ("grp", "day", "tax", "untaxed", "currency"))
    every = [
        (name, ALL, day, tax, base, currency) for name, day, tax, base, currency in zip(*columns, strict=True)
    ]
    known = set(documents["grp"]) - {""}
    items = items[items["grp"].isin(known) & items["status"].isin(("posted", ""))]
    bases, taxes = _by_rate(items)
    single = _single(whole, taxes)
    rows = []
    for (entry, rate, currency), (day, tax) in taxes.items():
        base = bases.get((entry, rate, currency), single.get((entry, rate, currency), NO_INT))
        rows.append((entry, rate, day, tax, base, currency))
    exact = bool(bases)
    return Taxed.of(Side.ODOO, rows, exact=exact), Taxed.of(Side.ODOO, every, exact=False)


_Key = tuple[str, str, str]


def _by_rate(items: pd.DataFrame) -> tuple[dict[_Key, int], dict[_Key, tuple[int, int]]]:
    """What each entry taxes at each rate, and the tax itself with its day; the merchant's income positive."""
    bases: dict[_Key, int] = {}
    taxes: dict[_Key, tuple[int, int]] = {}
    columns = (items[name].tolist() for name in ("grp", "day", "amount", "currency"))
    for values, (entry, day, amount, currency) in zip(
        money.parsed(items), zip(*columns, strict=True), strict=True
    ):
        if label := values.get("tax_line"):
            key = (entry, rate_name(label), currency)
            taxes[key] = (day, taxes.get(key, (day, 0))[1] - amount)
        for label in values.get("taxes", ()):
            key = (entry, rate_name(label), currency)
            bases[key] = bases.get(key, 0) - amount
    return bases, taxes


def _single(documents: pd.DataFrame, taxes: dict[_Key, tuple[int, int]]) -> dict[_Key, int]:
    """What documents with one rate only are reckoned on, where their items show no bases."""
    count: dict[str, int] = {}
    for entry, _, _ in taxes:
        count[entry] = count.get(entry, 0) + 1
    columns = (documents[name].tolist() for name in ("grp", "untaxed", "currency"))
    base = {(name, currency): untaxed for name, untaxed, currency in zip(*columns, strict=True)}
    return {key: base[key[0], key[2]] for key in taxes if count[key[0]] == 1 and (key[0], key[2]) in base}
