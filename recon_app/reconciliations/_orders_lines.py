"""The lines of orders on both sides, product by product: what is missing, which quantity or price differs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from recon_app.engine import kits
from recon_app.engine.normalise import Ints
from recon_app.engine.tax import spread_columns
from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._goods_cases import Mask, Texts
from recon_app.reconciliations._orders_money import DISCOUNT, GOODS, Amounts
from recon_app.reconciliations._stock_figures import kit_parts
from recon_app.reconciliations._stock_policy import Policy, ratios

Frames = Mapping[RecordType, pd.DataFrame]

MISSING, EXTRA, SKU, QUANTITY, PRICE = "missing", "extra", "sku", "quantity", "price"
_CODE = re.compile(r"^\[[^\[\]]+\] ?")
_NAMELESS = goods.SEPARATOR


@dataclass(frozen=True)
class Lines:
    """What the comparison of lines found.

    Attributes:
        differing: One row per difference: code (order number), what, sku, other (SKU of the other side), shop
            and odoo (millionths of unit, NO_INT for none), shop_value and odoo_value (minor units).
        compared: Orders whose lines were compared.
        discounts: Orders whose lines agree, while Odoo's discount is another one.
        unit: The unit of the quantities.
        remarks: What could not be compared.
    """

    differing: pd.DataFrame
    compared: Mask
    discounts: Mask
    unit: str
    remarks: list[str]

    def having(self, what: str, count: int) -> Mask:
        """Orders with such a difference."""
        code = self.differing["code"][self.differing["what"] == what].to_numpy(np.int64)
        found = np.zeros(count, np.bool_)
        found[code] = True
        return found


@dataclass(frozen=True)
class Both:
    """The lines of both sides.

    Attributes:
        shop: Lines of the shop, see :func:`recon_app.reconciliations._orders_records.shop_lines`.
        tips: Which of them are tips.
        odoo: Lines of the sale orders.
        of_line: What each of those is.
    """

    shop: pd.DataFrame
    tips: Mask
    odoo: pd.DataFrame
    of_line: Texts


def compare(frames: Frames, both: Both, amounts: Amounts, answers: Mapping[str, str]) -> Lines:
    """Compare the lines of the orders that have some on both sides."""
    count = len(amounts.shop)
    measured = (both.shop, both.odoo, frames[RecordType.KIT_COMPONENT], frames[RecordType.REFUND])
    pieces = goods.Pieces(measured, answers)
    sold, booked = ~both.tips, (both.of_line == GOODS) | (both.of_line == DISCOUNT)
    has_shop = goods.any_of(both.shop["code"].to_numpy(np.int64), sold, count)
    has_odoo = goods.any_of(both.odoo["code"].to_numpy(np.int64), booked, count)
    compared = has_shop & has_odoo
    remarks = [*pieces.remarks]
    if len(both.odoo) and not both.odoo["sku"].any():
        compared[:] = False
        remarks.append(
            "The lines of the sale orders name no SKU, so only totals are compared: export them with the "
            "product's Internal Reference."
        )
    items = _items(both, amounts, pieces, compared)
    _allow_refunds(items, frames, both.shop, pieces)
    parts = kit_parts(
        frames, Policy(ratios=ratios(set(frames[RecordType.KIT_COMPONENT]["unit"]), answers)[0])
    )
    items = _without_kits(items, parts)
    found = _differences(items, amounts)
    discounts = _discounts(found, amounts, compared)
    return Lines(found, compared, discounts, pieces.unit, remarks)


def _keys(skus: pd.Series, names: pd.Series) -> list[str]:
    return [sku or _NAMELESS + _CODE.sub("", name).casefold() for sku, name in zip(skus, names, strict=True)]


def _items(both: Both, amounts: Amounts, pieces: goods.Pieces, compared: Mask) -> pd.DataFrame:
    """One row per order and product, with the figures of both sides."""
    shop_code, odoo_code = (frame["code"].to_numpy(np.int64) for frame in (both.shop, both.odoo))
    left = np.flatnonzero(~both.tips & compared[shop_code])
    right = np.flatnonzero((both.of_line == GOODS) & compared[odoo_code])
    odoo, shop = both.odoo.iloc[right], both.shop.iloc[left]
    other_keys = _keys(odoo["sku"], odoo["text"].where(odoo["ref2"] == "", odoo["ref2"]))
    own_keys = _by_name(shop_code[left], _keys(shop["sku"], shop["text"]), odoo_code[right], odoo, other_keys)
    key, names = pd.factorize(np.array([*own_keys, *other_keys], object))
    code = np.concatenate([shop_code[left], odoo_code[right]])
    item, pairs = pd.factorize(code * max(len(names), 1) + key)
    item, size = item.astype(np.int64), len(pairs)
    mine, its = item[: len(left)], item[len(left) :]
    table = {
        "code": pairs // max(len(names), 1),
        "sku": np.asarray(names, object)[pairs % max(len(names), 1)] if size else np.array([], object),
        "shop": goods.total(mine, pieces.of(shop, "quantity"), size),
        "odoo": goods.total(its, pieces.of(odoo, "quantity"), size),
        "unknown": goods.any_of(its, pieces.unknown(odoo, "quantity"), size),
        "before": goods.total(mine, amounts.shop_line[left], size),
        "after": goods.total(mine, amounts.shop_net[left], size),
        "value": _all_known(its, amounts.line[right], size),
        "current": goods.total(mine, pieces.of(_as_it_is_now(shop), "quantity"), size),
        "cancelled": np.zeros(size, np.int64),
    }
    return pd.DataFrame(table)


def _all_known(item: Ints, values: Ints, size: int) -> Ints:
    found = goods.total(item, values, size)
    return np.where(goods.any_of(item, values == NO_INT, size), NO_INT, found)


def _as_it_is_now(shop: pd.DataFrame) -> pd.DataFrame:
    """The lines with what is left of them after edits and refunds, where the shop's data says so."""
    told = money.numbers(shop["more"].tolist(), "current_quantity")
    return shop.assign(quantity=np.where(told == NO_INT, shop["quantity"].to_numpy(np.int64), told))


def _by_name(
    code: Ints, keys: list[str], other_code: Ints, odoo: pd.DataFrame, others: list[str]
) -> list[str]:
    """Keys of the shop's lines; one without SKU takes that of the only line in Odoo with its name."""
    asked = {number for number, key in zip(code.tolist(), keys, strict=True) if key.startswith(_NAMELESS)}
    if not asked:
        return keys
    known: dict[tuple[int, str], str] = {}
    for number, name, key in zip(other_code.tolist(), odoo["text"], others, strict=True):
        if number in asked:
            about = (number, _NAMELESS + _CODE.sub("", name).casefold())
            known[about] = key if known.get(about, key) == key else about[1]
    return [known.get((number, key), key) for number, key in zip(code.tolist(), keys, strict=True)]


def _allow_refunds(items: pd.DataFrame, frames: Frames, shop: pd.DataFrame, pieces: goods.Pieces) -> None:
    """Note what was refunded before it was sent: Odoo's order may be without it."""
    refunds = frames[RecordType.REFUND]
    refunds = refunds[(refunds["status"].str.casefold() == "cancel") & (refunds["quantity"] != NO_INT)]
    if not len(refunds) or not len(items):
        return
    names = money.references(shop["ref"].tolist())
    pairs = pd.DataFrame({"name": names, "code": shop["code"].to_numpy(np.int64)}).drop_duplicates()
    number = pairs[~pairs["name"].duplicated(keep=False)].set_index("name")["code"]
    place = number.index.get_indexer(pd.Index(money.references(refunds["ref"].tolist())))
    gone = pd.DataFrame(
        {
            "code": np.append(number.to_numpy(np.int64), -1)[place],
            "sku": refunds["sku"].to_numpy(object),
            "source": refunds["source"].to_numpy(object),
            "gone": pieces.of(refunds, "quantity"),
        }
    )
    # two kinds of exports tell of the same refunds
    sums = gone.groupby(["code", "sku", "source"], sort=False)["gone"].sum().groupby(level=[0, 1]).max()
    index = pd.MultiIndex.from_frame(items[["code", "sku"]])
    items["cancelled"] = sums.reindex(index, fill_value=0).to_numpy(np.int64)


def _without_kits(items: pd.DataFrame, parts: kits.Kits) -> pd.DataFrame:
    """Take a kit of the shop for its components, where a sale order has exactly those."""
    alone = (items["shop"] != NO_INT) & (items["odoo"] == NO_INT) & items["sku"].isin(set(parts.needs))
    if not alone.any():
        return items
    by_order = dict(iter(items[items["code"].isin(items["code"][alone])].groupby("code")))
    gone: list[int] = []
    changed: dict[int, int] = {}
    for group in by_order.values():
        needs = _needed(group, group.index[alone[group.index]], parts)
        together: dict[int, int] = {}
        for need in needs.values():
            for place, wanted in need.items():
                together[place] = together.get(place, 0) + wanted
        for row, need in needs.items():
            # of components that do not suffice for all kits nobody knows whose they are
            if all(together[place] <= int(items["odoo"].iloc[place]) for place in need):
                gone.append(row)
                for place, wanted in need.items():
                    changed[place] = changed.get(place, int(items["odoo"].iloc[place])) - wanted
    odoo = items["odoo"].to_numpy(np.int64, copy=True)
    value = items["value"].to_numpy(np.int64, copy=True)
    for row, rest in changed.items():
        odoo[row] = rest
        value[row] = NO_INT
        if not rest and items["shop"].iloc[row] == NO_INT:
            gone.append(row)
    return items.assign(odoo=odoo, value=value).drop(index=gone).reset_index(drop=True)


def _needed(group: pd.DataFrame, rows: pd.Index, parts: kits.Kits) -> dict[int, dict[int, int]]:
    """What each kit of an order needs of which rows, of the kits that the order has the components of."""
    place = dict(zip(group["sku"], group.index, strict=True))
    skus, shop, odoo = (group[name].to_dict() for name in ("sku", "shop", "odoo"))
    found: dict[int, dict[int, int]] = {}
    for row in rows:
        need: dict[int, int] = {}
        for sku, many in parts.needs[skus[row]].items():
            wanted = many * Fraction(int(shop[row]))
            has = int(odoo[place[sku]]) if sku in place else NO_INT
            if has == NO_INT or wanted.denominator != 1 or has < wanted:
                break
            need[int(place[sku])] = int(wanted)
        else:
            found[int(row)] = need
    return found


def _differences(items: pd.DataFrame, amounts: Amounts) -> pd.DataFrame:
    """What differs, one row each."""
    shop, odoo = items["shop"].to_numpy(np.int64), items["odoo"].to_numpy(np.int64)
    left = shop - items["cancelled"].to_numpy(np.int64)
    current = items["current"].to_numpy(np.int64)
    in_shop, in_odoo = shop != NO_INT, (odoo != NO_INT) | items["unknown"].to_numpy(bool)
    missing = in_shop & ~in_odoo & (left > 0) & (current != 0)
    extra = ~in_shop & in_odoo & (odoo != 0)
    partner = _partners(items, missing, extra)
    renamed = partner >= 0
    gone = renamed | np.isin(np.arange(len(items)), partner[renamed])
    same = (odoo == shop) | (odoo == left) | (odoo == current)
    quantity = in_shop & in_odoo & ~same
    price = in_shop & in_odoo & (odoo == shop) & _other_price(items, amounts)
    found = []
    for what, mask in (
        (MISSING, missing & ~gone),
        (EXTRA, extra & ~gone),
        (SKU, renamed),
        (QUANTITY, quantity),
        (PRICE, price),
    ):
        rows = np.flatnonzero(mask)
        other = partner[rows] if what == SKU else rows
        found.append(
            pd.DataFrame(
                {
                    "code": items["code"].to_numpy(np.int64)[rows],
                    "what": np.full(len(rows), what, object),
                    "sku": items["sku"].to_numpy(object)[rows],
                    "other": items["sku"].to_numpy(object)[other],
                    "shop": shop[rows],
                    "odoo": odoo[other],
                    "shop_value": items["after"].to_numpy(np.int64)[rows],
                    "odoo_value": items["value"].to_numpy(np.int64)[other],
                }
            )
        )
    return pd.concat(found, ignore_index=True).sort_values(["code", "sku"], kind="stable", ignore_index=True)


def _partners(items: pd.DataFrame, missing: Mask, extra: Mask) -> Ints:
    """For each product missing in Odoo, the one there that nobody ordered with its quantity and value.

    Only what no other product of the order fits as well is taken for the same thing.
    """
    partner = np.full(len(items), -1, np.int64)
    left, right = np.flatnonzero(missing), np.flatnonzero(extra)
    if not len(left) or not len(right):
        return partner
    one = items.iloc[left][["code", "shop", "before", "after"]].assign(row=left)
    other = items.iloc[right][["code", "odoo", "value"]].assign(place=right)
    both = one.merge(other, left_on=["code", "shop"], right_on=["code", "odoo"])
    fits = (both["value"] == NO_INT) | (both["value"] == both["before"]) | (both["value"] == both["after"])
    both = both[fits]
    alone = ~both["row"].duplicated(keep=False) & ~both["place"].duplicated(keep=False)
    partner[both["row"][alone].to_numpy(np.int64)] = both["place"][alone].to_numpy(np.int64)
    return partner


def _other_price(items: pd.DataFrame, amounts: Amounts) -> Mask:
    """Lines whose value in Odoo is neither before nor after the discounts of the shop.

    A discount on the whole order is spread by largest remainder (rule TAX-04). Where the shop spread it in
    another way nobody knows its lines, so they speak only when their sum differs.
    """
    before, after, value = (items[name].to_numpy(np.int64) for name in ("before", "after", "value"))
    code = items["code"].to_numpy(np.int64)
    off = amounts.code_discount
    weights = np.where(after == NO_INT, 0, np.maximum(after, 0))
    parts = spread_columns(code, weights, np.where(off == NO_INT, 0, off)) if len(items) else weights
    spread = np.where(parts == NO_INT, NO_INT, after - parts)
    known = (value != NO_INT) & (after != NO_INT)
    other = known & (value != before) & (value != after) & (value != spread)
    told = (off == 0)[code] | ((amounts.parts[GOODS] != 0) & (amounts.parts[GOODS] != NO_INT))[code]
    result: Mask = other & told
    return result


def _discounts(found: pd.DataFrame, amounts: Amounts, compared: Mask) -> Mask:
    """Orders whose products and prices agree, while what was taken off them differs."""
    clean = compared & ~np.isin(np.arange(len(compared)), found["code"].to_numpy(np.int64))
    part = amounts.parts[GOODS]
    result: Mask = clean & (part != 0) & (part != NO_INT)
    return result
