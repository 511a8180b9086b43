"""The sentences of orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recon_app.models.case import Evidence
from recon_app.models.record import Record, RecordType, Side
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._base import Facts
from recon_app.reconciliations._goods_cases import amount, iso, said

_NEXT = {
    "order_not_imported": "Import the order into Odoo; look at the connector's list of failed orders first.",
    "no_shop_order": "Ask who made the sale order; cancel it if nobody ordered it.",
    "imported_twice": "Cancel the sale order that has neither delivery nor invoice.",
    "same_name": "Import the orders of one store only, or give the stores different order prefixes.",
    "edited_after_import": "Change the sale order to what the shop has now.",
    "cancelled_after_pick": "Take the goods back by a return of the delivery, then cancel the sale order.",
    "cancelled_in_shop_only": "Cancel the sale order, and what is reserved for it.",
    "cancelled_in_odoo_only": "Cancel and refund the order in the shop, or confirm the sale order again.",
    "not_confirmed": "Confirm the quotation: the customer has paid.",
    "not_invoiced": "Invoice the order.",
    "reference_differs": "Write the name of the order into the sale order's Customer Reference.",
    "currency_differs": "Correct the sale order's pricelist and currency.",
    "line_missing": "Add the line to the sale order; see whether the product is known in Odoo.",
    "line_extra": "Ask who added the line; take it off if the customer did not order it.",
    "sku_differs": "Change the product on the sale order, or declare the two SKUs to be one product.",
    "quantity_differs": "Change the quantity to what was ordered.",
    "price_differs": "Change the price to what the customer paid.",
    "discount_differs": "Change the discount to that of the shop.",
    "shipping_differs": "Change the shipping on the sale order to what the customer paid.",
    "tip_differs": "Add the tip to the sale order, on a product of its own.",
    "duty_differs": "Add the duties to the sale order, on a product of their own.",
    "adjustment_line": "See what the adjustment stands for; an order with one may not be invoiced by itself.",
    "rounding_method": "Choose one way to round tax in Odoo's settings, the shop's, or accept the cents.",
    "tax_missing": "Put the tax on the lines of the sale order.",
    "tax_twice": "Take the second tax off the lines.",
    "tax_on_top": "Set the tax to be included in the price: Odoo puts on top what the price holds already.",
    "tax_differs": "Compare the tax rates of the lines with those of the shop.",
    "": "Compare the two orders line by line.",
}
_PARTS = {
    "goods": "goods after discounts",
    "shipping": "shipping",
    "tip": "tips",
    "duty": "duties",
    "tax": "tax on top",
    "adjustment": "adjustment lines",
}
_RULES = {
    "order_reference": "The customer reference of {sales} is the name of the order.",
    "source_document": "The source document of {sales} names the order; the customer reference does not.",
    "order_number": "{sales} has the number of the order, and a day close to it.",
    "similar_reference": "The reference of {sales} is one typing error apart; amount and day agree.",
    "cut_reference": "The reference of {sales} is that of the order, cut short; amount and day agree.",
    "order_amount": "Several orders have this name; the amount tells which one {sales} is.",
}
_ALSO = {
    "not_invoiced": "It is paid and has no invoice.",
    "not_confirmed": "It is still a quotation in Odoo.",
    "reference_differs": "Its customer reference is not the name of the order.",
    "edited_after_import": "It was edited in the shop after it came to Odoo.",
    "cancelled_in_shop_only": "It was cancelled in the shop.",
}


def next_actions(cause: str, note: Mapping[str, Any]) -> list[str]:
    """What to do, the first thing first; nothing where nothing is wrong."""
    first = _NEXT.get(cause) if cause or note["odoo"] != note["shop"] else None
    others = [_NEXT[other] for other in note["also"] if other in ("not_invoiced", "not_confirmed")]
    return list(dict.fromkeys([*([first] if first else []), *others]))


class _Words:
    """Figures of a case as they stand in a sentence."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.note, self.currency = facts, facts.note, facts.currency
        self.sales = " and ".join(self.note["sales"]) or "no sale order"

    def money(self, name: str) -> str:
        """An amount of the note with its currency."""
        value = self.note[name]
        return (
            "an unknown amount" if value is None or not self.currency else money.signed(value, self.currency)
        )

    def known(self, value: int | None) -> bool:
        """Whether an amount can be written."""
        return value is not None and bool(self.currency)

    @property
    def apart(self) -> str:
        """By how much the totals differ."""
        delta = self.facts.delta
        if not delta:
            return "The totals agree."
        more = "more" if delta > 0 else "less"
        return f"Odoo has {money.said(delta, self.currency)} {more} than the shop."

    def first(self, what: str) -> Mapping[str, Any]:
        """The first difference of a kind."""
        return next(item for item in self.note["differences"] if item["what"] == what)

    def others(self, what: str) -> str:
        """How many more differences of the kind there are."""
        many = sum(item["what"] == what for item in self.note["differences"]) - 1
        return f", and {many} more" if many > 0 else ""

    def quantity(self, value: int | None) -> str:
        """A quantity with its unit."""
        return "none" if value is None else amount(value, self.note["unit"])

    def part(self, name: str) -> str:
        """By how much a part of the total differs."""
        value = self.note["parts"].get(name)
        if value is None:
            return ""
        more = "more" if value > 0 else "less"
        return f"{money.said(value, self.currency)} {more} {_PARTS[name]}"


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    if not facts.note:
        return _matched(facts)
    words = _Words(facts)
    return f"Order {facts.note['order']}: {_said(words)}"


def _matched(facts: Facts) -> str:
    shop, odoo = (facts.legs.get(side, ()) for side in (Side.SHOP, Side.ODOO))
    if not shop or not odoo:
        return "The order is the same on both sides."
    name, number = shop[0].values.get("ref", ""), odoo[0].values.get("grp", "")
    total = shop[0].values.get("amount")
    worth = f", {money.signed(int(total), facts.currency)}" if total is not None and facts.currency else ""
    return f"Order {name} is {number} in Odoo{worth}; all that is known of both agrees."


def _said(words: _Words) -> str:
    cause, note = words.facts.cause, words.note
    if cause in _SINGLE:
        return _SINGLE[cause].format(
            **{
                name: words.money(name)
                for name in ("shop", "odoo", "open", "refunded", "shop_tax", "odoo_tax")
            },
            sales=words.sales,
            status=note["status"].replace("_", " ") or "of unknown payment",
            apart=words.apart,
            paid=_paid(words),
        )
    if cause == "outside_export":
        side, total = ("shop's orders", "odoo") if note["sales"] else ("sale orders", "shop")
        return f"{words.money(total)}; the {side} in the files do not reach its day."
    if cause == "rounding_method":
        tax = note["tax"]
        return (
            f"the shop rounds its tax {tax['shop_rounds']} and has {words.money('shop_tax')}, Odoo rounds "
            f"{tax['odoo_rounds']} and has {words.money('odoo_tax')}. Both were recomputed exactly."
        )
    if cause in _BY_LINE:
        return _of_lines(words, *_BY_LINE[cause])
    part = {"discount_differs": "goods", "shipping_differs": "shipping", "tip_differs": "tip"}
    part |= {"duty_differs": "duty", "adjustment_line": "adjustment"}
    if cause in part:
        told = words.part(part[cause])
        return f"Odoo has {told}. {words.apart}" if told else f"{_TITLES[cause]} differ. {words.apart}"
    return f"{words.sales} has {words.money('odoo')}, the shop {words.money('shop')}. {words.apart}"


_TITLES = {
    "discount_differs": "the discounts",
    "shipping_differs": "the shipping costs",
    "tip_differs": "the tips",
    "duty_differs": "the duties",
    "adjustment_line": "the adjustments",
}
_SINGLE = {
    "order_not_imported": "{shop}, {status}, and Odoo does not have it.",
    "not_due": "{shop}, {status}; it need not be in Odoo yet.",
    "part_paid": "{paid}; nothing is wrong.",
    "cancelled": "cancelled, and Odoo has no sale order that is alive.",
    "no_shop_order": "{sales}, {odoo}, names an order that the shop does not have.",
    "imported_twice": "{sales} are the same order of {shop}; together they have {odoo}.",
    "same_name": "several orders of the shop have this name, and nothing tells which one {sales} is.",
    "edited_after_import": "the shop has {shop} after an edit, {sales} has {odoo}. {apart}",
    "refund_taken_off": "{sales} has {odoo}: the order is without what was refunded, {refunded}.",
    "cancelled_after_pick": "cancelled in the shop, and goods of {sales}, {odoo}, have left in Odoo.",
    "cancelled_in_shop_only": "cancelled in the shop; {sales}, {odoo}, is still alive.",
    "cancelled_in_odoo_only": "{shop}, {status}; its sale order in Odoo is cancelled.",
    "not_confirmed": "{shop}, {status}; {sales} is still a quotation.",
    "not_invoiced": "{shop}, {status}; {sales} has no invoice.",
    "reference_differs": "only the source document of {sales} names it, the customer reference does not.",
    "currency_differs": "{sales} is in another currency, so the amounts cannot be compared.",
    "tax_missing": "the shop has {shop_tax} of tax, {sales} has none. {apart}",
    "tax_twice": "the shop has {shop_tax} of tax, {sales} has exactly twice that, {odoo_tax}. {apart}",
    "tax_on_top": "Odoo puts {odoo_tax} of tax on top of {shop}, which holds the tax already. {apart}",
    "tax_differs": "the shop has {shop_tax} of tax, {sales} has {odoo_tax}. {apart}",
}
_BY_LINE = {
    "line_missing": ("missing", "{sku}, {shop}, is not on the sale order{more}."),
    "line_extra": ("extra", "{sku}, {odoo}, is on the sale order and was not ordered in the shop{more}."),
    "sku_differs": ("sku", "{sku} in the shop is {other} in Odoo{more}."),
    "quantity_differs": ("quantity", "{sku}: ordered {shop}, in Odoo {odoo}{more}."),
    "price_differs": ("price", "{sku}: {shop_value} in the shop, {odoo_value} in Odoo{more}."),
}


def _of_lines(words: _Words, what: str, text: str) -> str:
    item = words.first(what)
    return f"{_item(words, text, item, words.others(what))} {words.apart}"


def _item(words: _Words, text: str, item: Mapping[str, Any], more: str = "") -> str:
    values = {
        name: money.signed(item[name], words.currency) if words.known(item[name]) else "no known value"
        for name in ("shop_value", "odoo_value")
    }
    return text.format(
        sku=said(item["sku"]) or "A line without SKU",
        other=said(item["other"]) or "a line without SKU",
        shop=words.quantity(item["shop"]),
        odoo=words.quantity(item["odoo"]),
        more=more,
        **values,
    )


def _paid(words: _Words) -> str:
    note = words.note
    if note["open"] is None or note["shop"] is None:
        return f"a part of {words.money('shop')} is paid, and no file says how much"
    paid = money.signed(note["shop"] - note["open"], words.currency)
    return f"{paid} of {words.money('shop')} are paid, {words.money('open')} are open"


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say how the sale order was found, what differs, and what to do."""
    if not facts.note:
        return _linked(facts.rule, _numbers(facts))
    words = _Words(facts)
    found = [*_linked(facts.rule, words.sales)]
    parts = [words.part(name) for name in facts.note["parts"]]
    if parts:
        found.append(Evidence("parts", f"Odoo has {', '.join(parts)}; nothing else of the totals differs."))
    for item in facts.note["differences"]:
        text = next(text for what, text in _BY_LINE.values() if what == item["what"])
        found.append(Evidence(f"line_{item['what']}", _item(words, text, item)))
    if facts.kind == "ambiguous":
        found += [
            Evidence(str(Side.SHOP), f"The order of {_day(record)}, {_shown(record, 'amount')}.")
            for record in facts.legs.get(Side.SHOP, ())
            if record.type is RecordType.ORDER
        ]
    if facts.note["tax"]:
        tax = facts.note["tax"]
        both = (money.signed(tax[name], facts.currency) for name in ("per_line", "global"))
        found.append(
            Evidence("tax", "Tax rounded per line is {}, rounded once for each rate {}.".format(*both))
        )
    found += [Evidence(cause, _ALSO[cause]) for cause in facts.note["also"] if cause in _ALSO]
    if facts.grp:
        found.append(Evidence("age", f"The order is {facts.grp} old."))
    return (*found, *(Evidence("next", text) for text in facts.note["next"]))


def _numbers(facts: Facts) -> str:
    return " and ".join(str(record.values.get("grp", "")) for record in facts.legs.get(Side.ODOO, ()))


def _linked(rule: str, sales: str) -> tuple[Evidence, ...]:
    return (Evidence(rule, _RULES[rule].format(sales=sales)),) if rule in _RULES else ()


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say why an order of the shop and a sale order were not linked."""
    if {left.type, right.type} != {RecordType.ORDER, RecordType.SALE_ORDER}:
        return (Evidence("type", "Only an order of the shop and a sale order can be the same order."),)
    shop, odoo = (left, right) if left.type is RecordType.ORDER else (right, left)
    name, reference, source = (
        str(record.values.get(field, "")) for record, field in ((shop, "ref"), (odoo, "ref"), (odoo, "ref2"))
    )
    wanted, *given = money.references([name, reference, source.rpartition(" ")[2]])
    found = []
    if wanted not in given:
        found.append(
            Evidence(
                "order_reference",
                f"The order is '{name}'; the sale order names '{reference}' and its source '{source}'.",
            )
        )
    for field, word in (("amount", "amount"), ("currency", "currency")):
        one, other = shop.values.get(field), odoo.values.get(field)
        if one != other:
            shown = _shown(shop, field), _shown(odoo, field)
            found.append(Evidence(field, f"The {word} differs: {shown[0]} and {shown[1]}."))
    return tuple(found)


def _day(record: Record) -> str:
    day = record.values.get("day")
    return "an unknown day" if day is None else iso(int(day))


def _shown(record: Record, field: str) -> str:
    value, currency = record.values.get(field), str(record.values.get("currency", ""))
    if field != "amount":
        return str(value or "none")
    return money.signed(int(value), currency) if value is not None and currency else "none"
