"""What each order is in the end: kind, cause, and the figures that count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recon_app.engine.normalise import Ints
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _orders_lines as by_line
from recon_app.reconciliations import _orders_tax as tax
from recon_app.reconciliations._goods_cases import Mask, Texts
from recon_app.reconciliations._orders_guesses import SAME_NAME
from recon_app.reconciliations._orders_money import ADJUSTMENT, DUTY, GOODS, PARTS, SHIPPING, TIP, Amounts
from recon_app.reconciliations._orders_records import AMOUNT, NEVER, RANKS, Orders

_PAID = RANKS["paid"]
_OFFERS = frozenset({"draft", "sent"})
#: Days that an invoice may take.
_USUAL = 2


@dataclass(frozen=True)
class Standing:
    """What is known of the orders beside their figures, per order number.

    Attributes:
        shop: Orders of the shop of that name.
        alive: Sale orders that are not cancelled.
        dead: Cancelled sale orders.
        rank: How far the payment has come, -1 for none or a word nobody knows.
        part_paid: Whether a part was paid.
        due: Whether the order should be in Odoo.
        cancelled: Whether it was cancelled in the shop.
        picked: Whether goods left in Odoo and did not come back.
        confirmed: Whether a sale order of it is confirmed.
        invoiced: 1 invoiced, 0 not, -1 nobody knows.
        by_reference: Whether all of its sale orders name it in the customer reference.
        open: What is still to be paid.
        refunded: What was refunded.
        current: What it amounts to after edits and refunds.
        outside: Whether the files of the other side do not reach its day.
        age: Days since it was made.
        reference_expected: Whether most sale orders name their order in the customer reference.
    """

    shop: Ints
    alive: Ints
    dead: Ints
    rank: Ints
    part_paid: Mask
    due: Mask
    cancelled: Mask
    picked: Mask
    confirmed: Mask
    invoiced: Ints
    by_reference: Mask
    open: Ints
    refunded: Ints
    current: Ints
    outside: Mask
    age: Ints
    reference_expected: bool


@dataclass(frozen=True)
class Judged:
    """The columns of the cases.

    Attributes:
        kind: Kind of each.
        cause: Cause of each.
        every: All causes that hold, the gravest first.
        shop: What the shop's side counts, minor units.
        odoo: What Odoo's side counts.
        lacks_shop: Cases without an order in the shop.
        lacks_odoo: Cases without a sale order.
    """

    kind: Texts
    cause: Texts
    every: list[list[str]]
    shop: Ints
    odoo: Ints
    lacks_shop: Mask
    lacks_odoo: Mask


def judge(
    standing: Standing, amounts: Amounts, lines: by_line.Lines, taxes: Mapping[int, tax.Explained]
) -> Judged:
    """Name what differs, the gravest last."""
    from recon_app.reconciliations._money_cases import judged

    count, here = len(amounts.shop), standing
    one = (here.shop == 1) & (here.alive > 0)
    shop, odoo, taken_off = _counted(here, amounts, one)
    delta = np.where((shop == NO_INT) | (odoo == NO_INT), NO_INT, odoo - shop)
    apart = one & (delta != 0) & (delta != NO_INT)
    lacks_odoo, lacks_shop = (here.shop > 0) & (here.alive == 0), (here.shop == 0) & (here.alive > 0)
    clean = one & ~apart & ~here.cancelled
    paid = (here.rank >= _PAID) & (amounts.shop > 0)
    waiting = clean & paid & here.confirmed & (here.invoiced == 0)
    young = (here.age != NO_INT) & (here.age <= _USUAL)
    several = (here.shop == 1) & (here.alive > 1) & (delta != 0) & ~_split(lines, amounts, here)
    steps = [
        (one & taken_off, Kind.MATCHED, "refund_taken_off"),
        (clean & ~here.by_reference & here.reference_expected, Kind.FIELD, "reference_differs"),
        (waiting & young, Kind.TIMING, "not_invoiced"),
        (waiting & ~young, Kind.FIELD, "not_invoiced"),
        (clean & here.part_paid, Kind.TIMING, "part_paid"),
        (clean & paid & ~here.confirmed, Kind.FIELD, "not_confirmed"),
        *(
            (clean & ~taken_off & mask, Kind.FIELD, cause)
            for mask, cause in _fields(amounts, lines, taxes, count)
        ),
        *((apart & mask, Kind.AMOUNT, cause) for mask, cause in _amounts(here, amounts, lines, taxes, count)),
        (one & amounts.mixed, Kind.FIELD, "currency_differs"),
        *_absent(here, amounts, lacks_odoo, lacks_shop),
        (one & here.cancelled, Kind.FIELD, "cancelled_in_shop_only"),
        (one & here.cancelled & here.picked, Kind.FIELD, "cancelled_after_pick"),
        (several & ~here.cancelled, Kind.DUPLICATE, "imported_twice"),
        ((here.shop > 1) & (here.alive > 0), Kind.AMBIGUOUS, "same_name"),
    ]
    kind, cause, every = judged(count, *steps)
    absent = kind == str(Kind.MISSING)
    return Judged(kind, cause, every, shop, odoo, lacks_shop & absent, lacks_odoo & absent)


def _counted(here: Standing, amounts: Amounts, one: Mask) -> tuple[Ints, Ints, Mask]:
    """What counts on both sides: nothing of what was cancelled, no refund that Odoo's order is without."""
    known = (amounts.shop != NO_INT) & (amounts.odoo != NO_INT) & ~amounts.mixed
    off = (here.refunded > 0) & (amounts.odoo == amounts.shop - here.refunded)
    off |= (here.current != NO_INT) & (amounts.odoo == here.current)
    taken_off = one & known & off & (amounts.odoo != amounts.shop) & ~here.cancelled
    shop = np.where(taken_off, amounts.odoo, amounts.shop)
    shop = np.where(here.cancelled | (here.shop == 0), 0, shop)
    odoo = np.where(here.alive == 0, 0, amounts.odoo)
    nothing_left = (here.alive == 0) & (here.dead > 0) & (here.refunded > 0) & (here.refunded == amounts.shop)
    shop = np.where(nothing_left, 0, shop)
    return np.where(amounts.mixed, NO_INT, shop), np.where(amounts.mixed, NO_INT, odoo), taken_off


def _split(lines: by_line.Lines, amounts: Amounts, here: Standing) -> Mask:
    """Orders that Odoo has in parts: nobody knows the totals, and together the lines are the shop's."""
    count = len(here.shop)
    differs = np.zeros(count, np.bool_)
    differs[lines.differing["code"].to_numpy(np.int64)] = True
    result: Mask = lines.compared & ~differs & (amounts.odoo == NO_INT)
    return result


def _fields(
    amounts: Amounts, lines: by_line.Lines, taxes: Mapping[int, tax.Explained], count: int
) -> list[tuple[Mask, str]]:
    """What differs although the totals agree, the gravest last."""
    parts = amounts.parts
    differs = {name: (parts[name] != 0) & (parts[name] != NO_INT) for name in PARTS}
    return [
        *_tax_masks(taxes, count),
        (differs[ADJUSTMENT], "adjustment_line"),
        (differs[SHIPPING], "shipping_differs"),
        (differs[TIP], "tip_differs"),
        (differs[DUTY], "duty_differs"),
        (lines.discounts, "discount_differs"),
        (lines.having(by_line.PRICE, count), "price_differs"),
        (differs[ADJUSTMENT] & (parts[ADJUSTMENT] == -parts[GOODS]), "adjustment_line"),
        (lines.having(by_line.QUANTITY, count), "quantity_differs"),
        (lines.having(by_line.SKU, count), "sku_differs"),
        (lines.having(by_line.EXTRA, count), "line_extra"),
        (lines.having(by_line.MISSING, count), "line_missing"),
    ]


def _tax_masks(taxes: Mapping[int, tax.Explained], count: int) -> list[tuple[Mask, str]]:
    found = []
    for cause in (tax.OTHER, tax.TWICE, tax.ABSENT, tax.ON_TOP, tax.ROUNDING):
        mask = np.zeros(count, np.bool_)
        mask[[code for code, each in taxes.items() if each.cause == cause]] = True
        found.append((mask, cause))
    return found


def _amounts(
    here: Standing, amounts: Amounts, lines: by_line.Lines, taxes: Mapping[int, tax.Explained], count: int
) -> list[tuple[Mask, str]]:
    """Why the totals differ: the largest part, or the only figure that is exactly the difference."""
    table = np.stack([amounts.parts[name] for name in PARTS])
    known = table[0] != NO_INT
    largest = np.where(known, np.abs(np.where(table == NO_INT, 0, table)).argmax(axis=0), -1)
    of = {name: largest == place for place, name in enumerate(PARTS)}
    exact = {name: ~known & mask for name, mask in _exact(amounts).items()}
    alone = sum(mask.astype(np.int64) for mask in exact.values()) == 1
    missing, extra, sku, quantity, price = (
        lines.having(what, count)
        for what in (by_line.MISSING, by_line.EXTRA, by_line.SKU, by_line.QUANTITY, by_line.PRICE)
    )
    in_goods = of[GOODS] | ~known
    delta = amounts.delta
    by_code = {cause: mask for mask, cause in _tax_masks(taxes, count)}
    by_tax = (amounts.odoo_tax != NO_INT) & (delta == amounts.odoo_tax - amounts.shop_tax)
    edited = (here.open > 0) & (delta == -here.open) & (here.rank >= RANKS["partially_paid"])
    edited |= (here.current != NO_INT) & (here.current != amounts.shop) & (here.refunded <= 0) & of[GOODS]
    return [
        (np.ones(count, np.bool_), ""),
        *((mask & alone, name) for name, mask in exact.items()),
        (of[ADJUSTMENT], "adjustment_line"),
        (of[SHIPPING], "shipping_differs"),
        (of[TIP], "tip_differs"),
        (of[DUTY], "duty_differs"),
        *((mask & (of["tax"] | (~known & by_tax)), cause) for mask, cause in _tax_masks(taxes, count)),
        (of[GOODS] & lines.discounts, "discount_differs"),
        (in_goods & price, "price_differs"),
        (in_goods & quantity, "quantity_differs"),
        (in_goods & sku & of[GOODS], "sku_differs"),
        (in_goods & extra, "line_extra"),
        (in_goods & missing, "line_missing"),
        (by_code[tax.ON_TOP], tax.ON_TOP),
        (edited, "edited_after_import"),
    ]


def _exact(amounts: Amounts) -> dict[str, Mask]:
    """Figures of the shop that are the difference to the cent, for orders of which only totals are known."""
    terms = {
        "tip_differs": amounts.tip,
        "duty_differs": amounts.duties,
        "shipping_differs": amounts.shipping,
    }
    found = {name: (values > 0) & (amounts.delta == -values) for name, values in terms.items()}
    return found | {"discount_differs": (amounts.discount > 0) & (amounts.delta == amounts.discount)}


def _absent(
    here: Standing, amounts: Amounts, lacks_odoo: Mask, lacks_shop: Mask
) -> list[tuple[Mask, Kind, str]]:
    """What is on one side only."""
    never = lacks_odoo & (here.dead == 0)
    wanted = lacks_odoo & here.due & ~here.cancelled
    settled = here.cancelled | ((here.refunded > 0) & (here.refunded == amounts.shop))
    return [
        (never & ~here.due, Kind.TIMING, "not_due"),
        (never & ~here.due & here.part_paid, Kind.TIMING, "part_paid"),
        (never & wanted, Kind.MISSING, "order_not_imported"),
        (never & wanted & here.outside, Kind.TIMING, "outside_export"),
        (lacks_odoo & (here.dead > 0) & ~here.due, Kind.TIMING, "not_due"),
        (lacks_odoo & (here.dead > 0) & wanted, Kind.FIELD, "cancelled_in_odoo_only"),
        (lacks_odoo & (here.dead > 0) & settled, Kind.MATCHED, "cancelled"),
        (lacks_odoo & here.cancelled, Kind.MATCHED, "cancelled"),
        (lacks_shop, Kind.MISSING, "no_shop_order"),
        (lacks_shop & here.outside, Kind.TIMING, "outside_export"),
    ]


def standing_of(found: Orders, **known: Mask | Ints) -> Standing:
    """Count and gather what the orders themselves say.

    Args:
        found: The orders.
        known: What other records say: due, picked, invoiced, outside and age.
    """
    count, shop, sales = found.count, found.shop, found.sales
    code = shop["code"].to_numpy(np.int64)
    mine = sales[sales["code"] >= 0]
    of_sale, alive = mine["code"].to_numpy(np.int64), mine["alive"].to_numpy(bool)
    status = shop["status"].to_numpy(object)
    rank = np.full(count, -1, np.int64)
    np.maximum.at(rank, code, np.array([RANKS.get(str(word), -1) for word in status], np.int64))
    gone = shop["cancelled"].to_numpy(bool) | np.isin(status, list(NEVER))
    confirmed = alive & ~mine["status"].isin(_OFFERS).to_numpy(bool)
    by_reference = mine["rule"].isin((*SAME_NAME, AMOUNT)).to_numpy(bool)
    linked = alive & (mine["rule"] != "").to_numpy(bool)
    return Standing(
        shop=np.bincount(code, minlength=count),
        alive=np.bincount(of_sale[alive], minlength=count),
        dead=np.bincount(of_sale[~alive], minlength=count),
        rank=rank,
        part_paid=goods.any_of(code, status == "partially_paid", count),
        cancelled=goods.any_of(code, gone, count) & ~goods.any_of(code, ~gone, count),
        confirmed=goods.any_of(of_sale, confirmed, count),
        by_reference=~goods.any_of(of_sale, linked & ~by_reference, count),
        reference_expected=bool(2 * (linked & by_reference).sum() >= linked.sum()),
        open=goods.latest(code, shop["open"].to_numpy(np.int64), count),
        refunded=goods.latest(code, shop["refunded"].to_numpy(np.int64), count),
        current=goods.latest(code, shop["current_total"].to_numpy(np.int64), count),
        **known,  # type: ignore[arg-type]
    )
