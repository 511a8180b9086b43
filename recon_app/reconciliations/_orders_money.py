"""What an order amounts to on both sides, part by part: goods, shipping, tips, duties, tax, adjustments.

Prices of the shop hold their tax or do not; Odoo's lines are read the same way, with tax or without. Where
the files do not say a line's amount that way, the parts stay unknown: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.engine.tax import half_up
from recon_app.models.money import exponent
from recon_app.models.record import NO_INT
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._goods_cases import Mask, Texts
from recon_app.reconciliations._orders_records import Orders

GOODS, SHIPPING, DISCOUNT, TIP, DUTY, ADJUSTMENT = (
    "goods",
    "shipping",
    "discount",
    "tip",
    "duty",
    "adjustment",
)
#: What a line of a sale order can be.
CLASSES = (GOODS, SHIPPING, DISCOUNT, TIP, DUTY, ADJUSTMENT)
#: Parts of a total that are compared; discounts belong to the goods.
PARTS = (GOODS, SHIPPING, TIP, DUTY, "tax", ADJUSTMENT)
_ASK = "order_line"
_WORDS = (
    (TIP, re.compile(r"\b(tip|tips|gratuity|trinkgeld)\b")),
    (DUTY, re.compile(r"\b(duty|duties|customs|zoll)\b")),
    (ADJUSTMENT, re.compile(r"adjust|\badj\b|rounding|rundung")),
    (DISCOUNT, re.compile(r"discount|rabatt|voucher|coupon|promo|\bdisc\b")),
    (SHIPPING, re.compile(r"\bship|shipping|delivery|freight|carrier|versand|porto|livraison|\benv[ií]o")),
)
_PERCENT = 100
#: The product of two such numbers is one of 64 bits.
_SMALL = 2**31


@dataclass
class Classes:
    """What the lines of the sale orders are.

    Attributes:
        of_line: One of :data:`CLASSES` per line.
        proposals: Answers that were assumed.
        remarks: Answers nobody can read.
    """

    of_line: Texts
    proposals: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def classes(lines: pd.DataFrame, shop_skus: frozenset[str], answers: Mapping[str, str]) -> Classes:
    """Tell goods from shipping, discounts, tips and duties.

    Answers are kept as ``order_line.<SKU or product in Odoo>``. What the shop sells under the same SKU is
    goods; else Odoo's own flag tells, then the words of the product, then a price below 0 a discount.
    """
    found = Classes(np.full(len(lines), GOODS, object))
    delivery = np.array([bool(each.get("delivery")) for each in lines["more"]], np.bool_)
    below = ((lines["amount"] != NO_INT) & (lines["amount"] < 0)).to_numpy(bool)
    cheaper = np.array([str(each.get("price", "")).startswith("-") for each in lines["more"]], np.bool_)
    unpriced = (lines["amount"] == NO_INT).to_numpy(bool)
    unpriced = unpriced & ~np.array(["price" in each for each in lines["more"]], np.bool_)
    sign = np.where(below | cheaper, "-", np.where(unpriced, "", "+")).tolist()
    known: dict[tuple[str, str, bool, str, str], str] = {}
    columns = (lines["sku"], lines["ref2"], delivery.tolist(), sign, lines["text"])
    for row, (sku, name, ships, minus, text) in enumerate(zip(*columns, strict=True)):
        if sku and sku in shop_skus:
            continue
        about = (sku, name, ships, minus, text)
        if about not in known:
            known[about] = _class(about, answers, found)
        found.of_line[row] = known[about]
    found.remarks = sorted(set(found.remarks))
    return found


def _class(about: tuple[str, str, bool, str, str], answers: Mapping[str, str], found: Classes) -> str:
    sku, name, ships, sign, text = about
    question = f"{_ASK}.{sku or name}"
    given = answers.get(question, "")
    if given in CLASSES:
        return given
    if given:
        found.remarks.append(f"{question} is '{given}'; it must be one of {', '.join(CLASSES)}.")
    words = f"{sku} {name} {text}".casefold()
    told = next((each for each, pattern in _WORDS if pattern.search(words)), "")
    if told == DISCOUNT and sign == "+":
        told = ""
    guess = SHIPPING if ships else told or (DISCOUNT if sign == "-" else GOODS)
    if guess != GOODS and not given and not ships and (sku or name):
        # of several, the first of the alphabet is asked for
        found.proposals[question] = min(guess, found.proposals.get(question, guess))
    return guess


@dataclass(frozen=True)
class Amounts:
    """Figures per order number; minor units, NO_INT where they are not known.

    Attributes:
        shop: Total of the shop.
        odoo: Total of the sale orders.
        shop_tax: Tax as the shop says it.
        odoo_tax: Tax as Odoo says it.
        untaxed: Odoo's total without tax.
        currency: Currency of the shop, else Odoo's.
        mixed: Orders whose currencies differ.
        included: Orders whose prices hold their tax.
        parts: By part, Odoo less shop; NO_INT in orders whose parts are not known.
        line: Value of each sale order line as the shop's prices are, NO_INT where not known.
        shop_line: Value of each line of the shop before discounts.
        shop_net: The same after the discount of the line.
        code_discount: What of the order's discount is on no line.
        shipping: Shipping as the shop says it.
        tip: Tips.
        duties: Duties.
        discount: All discounts together.
    """

    shop: Ints
    odoo: Ints
    shop_tax: Ints
    odoo_tax: Ints
    untaxed: Ints
    currency: Texts
    mixed: Mask
    included: Mask
    parts: Mapping[str, Ints]
    line: Ints
    shop_line: Ints
    shop_net: Ints
    code_discount: Ints
    shipping: Ints
    tip: Ints
    duties: Ints
    discount: Ints

    @property
    def delta(self) -> Ints:
        """Odoo less shop."""
        known = (self.shop != NO_INT) & (self.odoo != NO_INT) & ~self.mixed
        return np.where(known, self.odoo - self.shop, NO_INT)


def amounts(
    found: Orders, lines: pd.DataFrame, shop_lines: pd.DataFrame, tips: Mask, of_line: Texts
) -> Amounts:
    """Reckon what the orders amount to on both sides."""
    count = found.count
    shop = {name: _summed(found.shop, name, count) for name in _OF_SHOP}
    sales = found.sales[(found.sales["code"] >= 0) & found.sales["alive"]]
    odoo, untaxed, tax = (_summed(sales, name, count) for name in ("amount", "untaxed", "tax"))
    currency, mixed = _currencies(found.shop, sales, count)
    nameless = currency == ""
    shop = {name: np.where(nameless, NO_INT, values) for name, values in shop.items()}
    odoo, untaxed, tax = (np.where(nameless, NO_INT, values) for values in (odoo, untaxed, tax))
    tax = np.where((tax == NO_INT) & (odoo != NO_INT) & (untaxed != NO_INT), odoo - untaxed, tax)
    untaxed = np.where((untaxed == NO_INT) & (odoo != NO_INT) & (tax != NO_INT), odoo - tax, untaxed)
    code, words = found.shop["code"].to_numpy(np.int64), found.shop["taxes_are"].to_numpy(object)
    taxes_are, apart = money.one_currency(code, words, count)
    taxes_are[apart] = ""
    no_tax = shop["taxes"] == 0
    same_total = (odoo != NO_INT) & (odoo == shop["amount"])
    gross = (taxes_are == "included") | ((taxes_are == "") & no_tax & same_total)
    net = (taxes_are == "added") | ((taxes_are == "") & no_tax & ~same_total)
    value = _values(lines, gross, net, odoo, untaxed, tax)
    parts = _parts(shop, odoo, lines["code"].to_numpy(np.int64), value, of_line, gross, net)
    before, after = _shop_values(shop_lines)
    code = shop_lines["code"].to_numpy(np.int64)
    undiscounted = money.total(code, after, ~tips, count)
    # of lines without a value nobody knows what is left for the discount of the order
    blank = goods.any_of(code, ~tips & (after == NO_INT), count) | (shop["subtotal"] == NO_INT)
    code_discount = np.where(blank, NO_INT, undiscounted - shop["subtotal"])
    return Amounts(
        shop["amount"],
        odoo,
        shop["taxes"],
        tax,
        untaxed,
        currency,
        mixed,
        gross,
        parts,
        value,
        before,
        after,
        code_discount,
        shop["shipping"],
        shop["tip"],
        shop["duties"],
        shop["discount"],
    )


_OF_SHOP = ("amount", "subtotal", "shipping", "taxes", "tip", "duties", "discount")


def _summed(sales: pd.DataFrame, name: str, count: int) -> Ints:
    """Sum per order, NO_INT where a part of it is not known."""
    code, values = sales["code"].to_numpy(np.int64), sales[name].to_numpy(np.int64)
    found = goods.added(code, np.where(values == NO_INT, 0, values), count)
    known = np.zeros(count, np.bool_)
    known[code] = True
    known[code[values == NO_INT]] = False
    return np.where(known, found, NO_INT)


def _currencies(shop: pd.DataFrame, sales: pd.DataFrame, count: int) -> tuple[Texts, Mask]:
    code = np.concatenate([shop["code"].to_numpy(np.int64), sales["code"].to_numpy(np.int64)])
    words = np.concatenate([shop["currency"].to_numpy(object), sales["currency"].to_numpy(object)])
    every, mixed = money.one_currency(code, words, count)
    own, _ = money.one_currency(code[: len(shop)], words[: len(shop)], count)
    return np.where(own == "", every, own).astype(object), mixed


def _values(lines: pd.DataFrame, gross: Mask, net: Mask, odoo: Ints, untaxed: Ints, tax: Ints) -> Ints:
    """What each sale order line is worth as the shop's prices are: with tax or without."""
    code = lines["code"].to_numpy(np.int64)
    amount = lines["amount"].to_numpy(np.int64)
    with_tax = np.array([bool(each.get("with_tax")) for each in lines["more"]], np.bool_)
    total = money.numbers(lines["more"].tolist(), "total")
    alone, whole = np.where(with_tax, NO_INT, amount), np.where(with_tax, amount, total)
    taxless = (tax == 0)[code]
    whole = np.where((whole == NO_INT) & taxless, alone, whole)
    alone = np.where((alone == NO_INT) & taxless, whole, alone)
    found = np.where(gross[code], whole, np.where(net[code], alone, NO_INT))
    lacking = (found == NO_INT) & (gross | net)[code]
    unknown = np.zeros(len(gross), np.bool_)
    unknown[code[lacking]] = True
    if unknown.any():
        rows = np.flatnonzero(unknown[code])
        priced = np.full(len(lines), NO_INT, np.int64)
        priced[rows] = [_priced(*cells) for cells in _price_cells(lines, rows)]
        sums = _whole_sums(code, priced, len(gross))
        fits = (sums != NO_INT) & (sums == np.where(gross, odoo, untaxed))
        found = np.where((unknown & fits)[code], priced, found)
    return found


def _price_cells(lines: pd.DataFrame, rows: Ints) -> list[tuple[int, Mapping[str, Any], str]]:
    some = lines.iloc[rows]
    return list(zip(some["quantity"].tolist(), some["more"].tolist(), some["currency"].tolist(), strict=True))


def _priced(quantity: int, more: Mapping[str, Any], currency: str) -> int:
    """Quantity x unit price less discount in minor units, NO_INT where the file has no price."""
    if quantity == NO_INT or "price" not in more or not currency:
        return NO_INT
    try:
        price, off = Fraction(more["price"]), Fraction(more.get("discount", 0))
    except ValueError:
        return NO_INT
    worth = Fraction(quantity, 10**6) * price * (_PERCENT - off) / _PERCENT
    return half_up(worth * 10 ** exponent(currency))


def _whole_sums(code: Ints, values: Ints, count: int) -> Ints:
    """Sum per order, NO_INT where a line has no value or there is none."""
    found = money.total(code, values, values != NO_INT, count)
    known = np.zeros(count, np.bool_)
    known[code] = True
    known[code[values == NO_INT]] = False
    return np.where(known, found, NO_INT)


def _parts(
    shop: Mapping[str, Ints], odoo: Ints, code: Ints, value: Ints, of_line: Texts, gross: Mask, net: Mask
) -> dict[str, Ints]:
    """Odoo less shop for each part of the total; the parts sum up to the difference of the totals."""
    count = len(odoo)
    sums = _whole_sums(code, value, count)
    known = (gross | net) & (sums != NO_INT) & (odoo != NO_INT)
    known &= (shop["subtotal"] != NO_INT) & (shop["amount"] != NO_INT)
    of = {name: money.total(code, value, of_line == name, count) for name in CLASSES}
    on_top = np.where(net, _zero(shop["taxes"]), 0)
    shipping = shop["amount"] - shop["subtotal"] - shop["tip"] - shop["duties"] - on_top
    found = {
        GOODS: of[GOODS] + of[DISCOUNT] - shop["subtotal"],
        SHIPPING: of[SHIPPING] - shipping,
        TIP: of[TIP] - shop["tip"],
        DUTY: of[DUTY] - shop["duties"],
        "tax": odoo - sums - on_top,
        ADJUSTMENT: of[ADJUSTMENT],
    }
    return {name: np.where(known, values, NO_INT) for name, values in found.items()}


def _zero(values: Ints) -> Ints:
    return np.where(values == NO_INT, 0, values)


def _shop_values(lines: pd.DataFrame) -> tuple[Ints, Ints]:
    """Value of each line before any discount, and after its own."""
    after, quantity = lines["amount"].to_numpy(np.int64), lines["quantity"].to_numpy(np.int64)
    price = money.numbers(lines["more"].tolist(), "price")
    known = (price != NO_INT) & (quantity != NO_INT)
    plain = known & (quantity % 10**6 == 0) & (np.abs(quantity // 10**6) < _SMALL) & (np.abs(price) < _SMALL)
    before = np.where(plain, _zero(price) * np.where(plain, quantity // 10**6, 0), after)
    for row in np.flatnonzero(known & ~plain).tolist():
        before[row] = goods.nearest(int(price[row]) * int(quantity[row]), 10**6)
    return before, np.where(after == NO_INT, before, after)
