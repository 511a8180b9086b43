"""The run over the value of the stock: quantity x cost against the stock account (VAL-01)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from itertools import combinations

import numpy as np
import pandas as pd

from recon_app.engine.cases import Ints, Legs
from recon_app.models.case import Kind
from recon_app.models.counted import counted
from recon_app.models.money import exponent
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._needed import needed
from recon_app.reconciliations._stock_policy import is_inside
from recon_app.reconciliations._valuation_words import NAMES

#: What an entry is taken for by the words of its reference and labels.
_WORDS = {
    "landed_cost": re.compile(r"landed cost|(?:^|\W)LC/", re.IGNORECASE),
    "price_difference": re.compile(
        r"price difference|revaluation|standard price|cost (?:change|update)", re.IGNORECASE
    ),
}
_BILLS = ("in_invoice", "in_refund", "in_receipt")
_STOCK_ACCOUNT = re.compile(
    r"stock valuation|inventory valuation|^inventory$|^stock$|warenbestand", re.IGNORECASE
)
_STOCK_JOURNAL = re.compile(r"inventory valuation|stock journal|^stj$", re.IGNORECASE)
# Between two warehouses of one company goods are still its own, between two companies they are not.
_TRANSIT = re.compile(r"(?<!inter-company )transit", re.IGNORECASE)
_JOIN = " | "
#: So many ways to make up a difference are named.
_MOST = 4


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Value of the stock", 0, 1)
    result = Result(cases=goods.case_table([]), legs=Legs.none(), support=Legs.none())
    result.remarks += needed(
        inputs.frames, "the value of the stock is", RecordType.STOCK_QUANT, RecordType.JOURNAL_ITEM
    )
    items = inputs.frames[RecordType.JOURNAL_ITEM]
    items = _with_extra(items[items["status"].isin(("posted", ""))], "account_name", "journal", "type")
    now = goods.today(inputs.answers)
    if now != NO_INT:
        items = items[(items["day"] <= now) | (items["day"] == NO_INT)]
    quants, remarks = _valued(inputs, items)
    result.remarks += remarks
    currencies = sorted((set(quants["currency"]) | set(items["currency"])) - {""}) if len(quants) else []
    found = [_tie_out(currency, quants, items, inputs.answers, result) for currency in currencies]
    result.cases = goods.case_table(
        [f"valuation{goods.SEPARATOR}{currency}" for currency in currencies],
        kind=np.array([kind for kind, _, _ in found], object),
        cause=np.array([cause for _, cause, _ in found], object),
        rule="value_and_account",
        delta=np.array([delta for _, _, delta in found], np.int64),
        currency=np.array(currencies, object),
        grp=np.array(currencies, object),
    )
    return result


def _with_extra(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Some of the further values of the records as columns of text."""
    parsed = [json.loads(text) if text else {} for text in frame["extra"]]
    columns = {
        name: pd.Series([str(each.get(name) or "") for each in parsed], frame.index, dtype=object)
        for name in names
    }
    return frame.assign(**columns)


def _valued(inputs: Inputs, items: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Quants inside with their value, and whether they are one's own: others' are not valued (STK-05).

    Goods between two warehouses of the company belong to its stock: Odoo gives them a value there, and none
    between two companies.
    """
    quants = _with_extra(inputs.frames[RecordType.STOCK_QUANT], "owner")
    inside = {name for name in set(quants["location"]) if is_inside(name) or _TRANSIT.search(name)}
    quants = quants[quants["location"].isin(inside)].reset_index(drop=True)
    apart = {
        name
        for name in inside
        if any(
            inputs.answers.get(f"excluded.{name[:end]}") == "consigned"
            for end in [*(place.start() for place in re.finditer("/", name)), len(name)]
        )
    }
    own = ((quants["owner"] == "") & ~quants["location"].isin(apart)).to_numpy(bool)
    others = counted(int((~own).sum()), "quant belongs to others and is", "quants belong to others and are")
    remarks = [] if own.all() else [f"{others} not valued."]
    amount, currency = quants["amount"].to_numpy(np.int64), quants["currency"].to_numpy(object)
    priceless = (amount == NO_INT) & own
    if priceless.any():
        amount, currency, more = _at_cost(inputs, quants, items, priceless)
        remarks += more
    return quants.assign(own=own, amount=amount, currency=currency), remarks


def _at_cost(
    inputs: Inputs, quants: pd.DataFrame, items: pd.DataFrame, wanted: goods.Mask
) -> tuple[Ints, goods.Texts, list[str]]:
    """Value quants that have none at the cost of their product, in the only currency of the books."""
    amount, currency = quants["amount"].to_numpy(np.int64).copy(), quants["currency"].to_numpy(object).copy()
    codes = sorted(set(items["currency"]) - {""})
    products = _with_extra(inputs.frames[RecordType.ODOO_PRODUCT], "cost")
    if len(codes) != 1:
        many = counted(int(wanted.sum()), "quant has", "quants have")
        return amount, currency, [f"{many} no value, and the books do not show one currency."]
    costs = dict(zip(goods.products(products), products["cost"], strict=True))
    quantity, missing = quants["quantity"].to_numpy(np.int64), 0
    names = goods.products(quants).to_numpy(object)
    for row in np.flatnonzero(wanted & (quantity != NO_INT)).tolist():
        try:
            cost = Decimal(costs.get(names[row], ""))
        except InvalidOperation:
            missing += 1
            continue
        minor = (Decimal(int(quantity[row])) / 10**6 * cost).scaleb(exponent(codes[0]))
        amount[row], currency[row] = int(minor.to_integral_value()), codes[0]
    remarks = ["The stock on hand has no values, so quantity x cost of the products is taken."]
    if missing:
        many = counted(missing, "quant has", "quants have")
        nothing = "counts" if missing == 1 else "count"
        remarks.append(f"{many} neither a value nor a product with a cost and {nothing} as nothing.")
    return amount, currency, remarks


def _tie_out(
    currency: str, quants: pd.DataFrame, items: pd.DataFrame, answers: Mapping[str, str], result: Result
) -> tuple[str, str, int]:
    """Compare one currency; adds its note and records to the result."""
    case = len(result.notes)
    mine = quants[(quants["currency"] == currency) & quants["own"] & (quants["amount"] != NO_INT)]
    books = items[items["currency"] == currency]
    accounts = _accounts(currency, books, answers, result)
    booked = books[books["account"].isin(accounts) & (books["amount"] != NO_INT)]
    stock, ledger = int(mine["amount"].sum()), int(booked["amount"].sum())
    note = {
        "currency": currency,
        "accounts": accounts,
        "stock": stock,
        "ledger": ledger,
        "quants": len(mine),
        "others": int((~quants["own"]).sum()),
    }
    note["sums"] = _sums(note)
    result.notes[case] = note
    if not accounts:
        return str(Kind.AMBIGUOUS), "account_not_known", NO_INT
    delta = ledger - stock
    if not delta:
        return str(Kind.MATCHED), "", 0
    cause, choices, records = explain(delta, _named(booked))
    note["causes"] = [list(choice) for choice in choices]
    numbers = np.array(records, np.int64)
    more = Legs.of_side(Side.ODOO, np.full(len(numbers), case, np.int64), numbers)
    result.support = Legs.concat(result.support, more)
    return str(Kind.AMOUNT), cause, delta


def _sums(note: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """What stands in the panes: the worth of the stock, and what its account holds."""
    accounts = note["accounts"]
    named = ", ".join(map(str, accounts)) if isinstance(accounts, list) else ""
    sums = {
        Side.GOODS: {
            "text": f"{counted(int(str(note['quants'])), 'quant')} of one's own",
            "amount": note["stock"],
        }
    }
    if named:
        sums[Side.ODOO] = {"account": named, "text": "Posted items", "amount": note["ledger"]}
    return {str(side): {**values, "currency": note["currency"]} for side, values in sums.items()}


def _accounts(currency: str, books: pd.DataFrame, answers: Mapping[str, str], result: Result) -> list[str]:
    """Codes of the stock accounts, as answered or by their names."""
    asked = f"stock_account.{currency}"
    if asked in answers:
        return [code for code in answers[asked].split(_JOIN) if code != "-"]
    found = sorted(set(books["account"][books["account_name"].str.contains(_STOCK_ACCOUNT)]))
    if found:
        result.proposals[asked] = _JOIN.join(found)
    return found


def _named(booked: pd.DataFrame) -> pd.DataFrame:
    """Entries of the stock account that are no plain moves: cause, entry, amount, one of its records."""
    words = booked["ref"] + " " + booked["text"] + " " + booked["grp"]
    cause = pd.Series("", booked.index, dtype=object)
    cause[(booked["journal"] != "") & ~booked["journal"].str.contains(_STOCK_JOURNAL)] = "manual_entry"
    # a bill touches the stock account by what it costs more or less than the receipt
    cause[booked["type"].isin(_BILLS)] = "price_difference"
    for code, pattern in _WORDS.items():
        cause[words.str.contains(pattern)] = code
    return booked.assign(cause=cause)[cause != ""]


def explain(delta: int, named: pd.DataFrame) -> tuple[str, list[tuple[str, str]], list[int]]:
    """Find what makes up a difference exactly.

    Args:
        delta: Ledger less stock, minor units.
        named: Items with cause, grp (entry), amount and id.

    Returns:
        The cause where it is the only one that fits, else ""; every way that fits as codes and words; the ids
        of the items in them.
    """
    kinds = {str(code): part for code, part in named.groupby("cause", sort=True)}
    ways: list[tuple[str, str, pd.DataFrame]] = []
    for size in range(1, len(kinds) + 1):
        for chosen in combinations(sorted(kinds), size):
            parts = pd.concat([kinds[code] for code in chosen])
            if int(parts["amount"].sum()) == delta:
                said = " and ".join(f"all of {NAMES[code]}" for code in chosen)
                ways.append((" + ".join(chosen), said, parts))
    whole = {way[0] for way in ways}
    entries = named.groupby(["cause", "grp"], sort=True)["amount"].sum()
    for code, entry in entries[entries == delta].index:
        part = named[(named["cause"] == code) & (named["grp"] == entry)]
        if code not in whole:
            ways.append((str(code), f"{NAMES[str(code)]} {entry}", part))
    codes = {way[0] for way in ways}
    cause = codes.pop() if len(ways) == 1 and len(codes) == 1 else ""
    records = sorted({int(number) for _, _, part in ways[:_MOST] for number in part["id"]})
    listed = [(code, said) for code, said, _ in ways[:_MOST]]
    return cause if "+" not in cause else "several_entries", listed, records
