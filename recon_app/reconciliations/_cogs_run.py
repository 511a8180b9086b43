"""The run over the costs of deliveries: each has a cost, and an entry where entries name deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.cases import Legs, missing_bits
from recon_app.engine.normalise import Ints
from recon_app.engine.tax import half_up
from recon_app.models.case import Kind
from recon_app.models.money import exponent
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._cogs_words import NEXT
from recon_app.reconciliations._goods_cases import Mask, Texts
from recon_app.reconciliations._needed import needed
from recon_app.reconciliations._stock_policy import ratios

_CUSTOMERS = "Customers"  # 19 leaves out Partners/ before it


@dataclass(frozen=True)
class _Product:
    """Cost of one unit, None where there is none, and the size of that unit in pieces."""

    cost: Fraction | None
    unit: Fraction


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Costs of deliveries", 0, 1)
    result = Result(cases=money.case_table([]), legs=Legs.none(), support=Legs.none())
    moves = _delivered(inputs.frames[RecordType.STOCK_MOVE])
    if not len(moves):
        result.remarks += needed(inputs.frames, "the costs of deliveries are", RecordType.STOCK_MOVE) or [
            "No stock move to a customer is done, so nothing was delivered that could cost anything."
        ]
        return result
    sizes, told = ratios(
        set(moves["unit"]) | set(inputs.frames[RecordType.ODOO_PRODUCT]["unit"]), inputs.answers
    )
    known = _products(inputs.frames[RecordType.ODOO_PRODUCT], sizes)
    result.remarks += told
    if not known:
        result.remarks.append("No products of Odoo are imported, so nobody knows what deliveries cost.")
    unpriced, unknown = _without_cost(moves, known)
    # a product without a cost is one case, however often it was delivered
    place = moves["grp"].where(~(unpriced | unknown), "")
    code, names = goods.grouped(place, goods.products(moves))
    count = len(names)
    delivery = np.array([name.split(goods.SEPARATOR * 2, 1)[0] for name in names], object)
    currency = _currency(inputs, result.remarks)
    value = _values(moves, code, count, currency, (known, sizes))
    items, entry_of = _entries(inputs.frames[RecordType.JOURNAL_ITEM], set(delivery) - {""})
    day = goods.latest(code, moves["day"].to_numpy(np.int64), count)
    absent = _absent(delivery, day, items, result.remarks) & (value != 0) & (delivery != "")
    kind, cause, every = money.judged(
        count,
        (goods.any_of(code, unpriced, count), Kind.FIELD, "no_cost"),
        (goods.any_of(code, unknown, count), Kind.FIELD, "product_not_known"),
        (absent, Kind.MISSING, "no_entry"),
    )
    result.cases = money.case_table(
        np.array([f"cogs{goods.SEPARATOR}{name}" for name in names], object),
        kind=kind,
        cause=cause,
        rule="delivery_and_product",
        missing=np.where(cause == "no_entry", missing_bits(Side.ODOO), 0).astype(np.int64),
        grp=delivery,
        day=day,
        delta=np.where(cause == "no_entry", np.where(value == NO_INT, NO_INT, -value), 0),
        currency=currency,
    )
    number = np.arange(count, dtype=np.int64)
    result.legs = money.legs(Side.GOODS, code, moves["id"], number)
    result.support = _behind(items, entry_of, delivery)
    for row in np.flatnonzero(kind != str(Kind.MATCHED)).tolist():
        result.notes[row] = _note(names[row], moves[code == row], value[row], str(cause[row]), every[row])
    return result


def _delivered(moves: pd.DataFrame) -> pd.DataFrame:
    """Moves to customers that are done; what came back lowers no cost here, for it has a case of its own."""
    moves = goods.told_once(moves)
    to = np.array([name.rpartition("/")[2] == _CUSTOMERS for name in moves["location_to"]], np.bool_)
    kept = to & (moves["status"] == "done").to_numpy(bool) & (moves["done"] != NO_INT).to_numpy(bool)
    return moves[kept].reset_index(drop=True)


def _currency(inputs: Inputs, remarks: list[str]) -> str:
    """The only currency of the books."""
    codes = sorted(set(inputs.frames[RecordType.JOURNAL_ITEM]["currency"]) - {""})
    if len(codes) == 1:
        return str(codes[0])
    remarks.append("The books do not show one currency, so deliveries have no value here.")
    return ""


def _without_cost(moves: pd.DataFrame, known: Mapping[str, _Product]) -> tuple[Mask, Mask]:
    """Moves of products that have no cost, and of those that nobody knows."""
    found = [known.get(key) for key in goods.products(moves)]
    unpriced = np.array([product is not None and not product.cost for product in found], np.bool_)
    unknown = np.array([product is None and bool(known) for product in found], np.bool_)
    return unpriced, unknown


def _values(
    moves: pd.DataFrame,
    code: Ints,
    count: int,
    currency: str,
    costs: tuple[Mapping[str, _Product], Mapping[str, Fraction]],
) -> Ints:
    """What each case is worth at today's cost, NO_INT where nobody knows."""
    known, sizes = costs
    sums: list[Fraction | None] = [Fraction(0)] * count
    columns = (moves[name].tolist() for name in ("unit", "done"))
    for row, key, unit, done in zip(code.tolist(), goods.products(moves), *columns, strict=True):
        product, size, before = known.get(key), sizes.get(unit), sums[row]
        if product is None or product.cost is None or size is None or before is None:
            sums[row] = None
            continue
        sums[row] = before + Fraction(done, 10**6) * size / product.unit * product.cost
    scale = 10 ** exponent(currency) if currency else 1
    whole = [NO_INT if each is None or not currency else half_up(each * scale) for each in sums]
    return np.array(whole, np.int64)


def _products(products: pd.DataFrame, sizes: Mapping[str, Fraction]) -> dict[str, _Product]:
    found = {}
    cost = money.texts(money.parsed(products), "cost")
    for key, unit, text in zip(goods.products(products), products["unit"], cost, strict=True):
        size = sizes.get(unit)
        if size:
            found[key] = _Product(_exact(text), size)
    return found


def _exact(text: str) -> Fraction | None:
    try:
        return Fraction(Decimal(text))
    except (InvalidOperation, ValueError):
        return None


def _entries(items: pd.DataFrame, deliveries: set[str]) -> tuple[pd.DataFrame, Texts]:
    """Posted items that name a delivery, and which: Odoo writes it into reference and label."""
    words = items["ref"] + " " + items["text"]
    named = {text: next((part for part in text.split() if part in deliveries), "") for text in set(words)}
    of = np.array([named[text] for text in words], object)
    kept = (of != "") & items["status"].isin(("posted", "")).to_numpy(bool)
    return items[kept].assign(delivery=of[kept]).reset_index(drop=True), of[kept]


def _absent(delivery: Texts, day: Ints, items: pd.DataFrame, remarks: list[str]) -> Mask:
    """Deliveries without an entry, on the days on which entries name deliveries."""
    if not len(items):
        remarks.append(
            "No journal item names a delivery, so entries are not compared: stock is valued by hand or by "
            "sums, or the items of the stock account are not imported."
        )
        return np.zeros(len(delivery), np.bool_)
    days = items["day"].to_numpy(np.int64)
    inside = (day >= days.min()) & (day <= days.max())
    told = set(items["delivery"])
    found: Mask = inside & np.array([name not in told for name in delivery], np.bool_)
    return found


def _behind(items: pd.DataFrame, entry_of: Texts, delivery: Texts) -> Legs:
    """Items stand with the first product of their delivery."""
    first = pd.Series(np.arange(len(delivery)), index=delivery).sort_index(kind="stable")
    first = first[~first.index.duplicated()]
    place = first.reindex(entry_of).to_numpy(np.int64)
    return Legs.of_side(Side.ODOO, place, items["id"].to_numpy(np.int64))


def _note(name: str, moves: pd.DataFrame, value: int, cause: str, every: list[str]) -> dict[str, Any]:
    delivery, product = name.split(goods.SEPARATOR * 2, 1)
    return {
        "delivery": delivery,
        "sku": product,
        "order": str(moves["ref"].min()),
        "quantity": int(moves["done"].sum()) if len(set(moves["unit"])) == 1 else None,
        "unit": str(moves["unit"].min()),
        "deliveries": len(set(moves["grp"])),
        "value": None if value == NO_INT else int(value),
        "also": [why for why in every if why != cause],
        "next": [NEXT[why] for why in (cause, *every) if why in NEXT][:1],
    }
