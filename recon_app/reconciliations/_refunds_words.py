"""The sentences of refunds."""

from __future__ import annotations

from collections.abc import Mapping

from recon_app.engine.normalise import normalised
from recon_app.models.case import Evidence, Kind
from recon_app.models.money import format_minor
from recon_app.models.quantity import amount_of, format_quantity
from recon_app.models.record import Record, RecordType
from recon_app.models.rule import Transform
from recon_app.reconciliations._base import Facts
from recon_app.reconciliations._goods_cases import iso

_RULES = {
    "number": "The platform and the shop have the same payment number.",
    "order_and_amount": "Order and amount are the same.",
    "sum": "The order is the same, and the amounts add up exactly.",
    "order_only": "The order is the same, and nothing else of it is left on either side.",
    "other_currency": "The order is the same; the currencies are not.",
    "amount_and_date": "One side names no order; amount and date fit nothing else.",
    "came_back": "Order and amount are the same; the payment came back.",
    "twice": "Order and amount are the same as those of another record.",
}
_RESTOCK = {
    "return": "restocked",
    "restocked": "restocked",
    "legacy_restock": "restocked",
    "cancel": "cancelled before it was sent",
    "no_restock": "not restocked",
    "not_restocked": "not restocked: write it off, or give it back to the vendor",
    "processing_required": "waits to be looked at, not for sale",
    "missing": "missing: ask the customer or the carrier",
}


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    note = facts.note
    name = note["order"] or "No order"
    amount = _said(note["amount"], note["currency"])
    if facts.kind == Kind.AMBIGUOUS:
        return f"{name}: {amount} refunded; several records fit equally well."
    age = f", for {note['age']} days" if note["age"] else ""
    return f"{name}: {_clause(facts, amount, age)}"


def _clause(facts: Facts, amount: str, age: str) -> str:
    note, cause = facts.note, facts.cause
    number = (note["credit_note"] or {}).get("number", "")
    texts = {
        "": _complete(facts, amount),
        "refunded_not_booked": f"{amount} refunded, not booked in Odoo{age}.",
        "credit_note_draft": f"{amount} refunded; the credit note {number} is a draft{age}.",
        "booked_not_paid": f"{number or amount} is booked in Odoo, and {amount} is not paid{age}.",
        "refunded_not_paid": f"{amount} refunded in the shop, not paid by the platform{age}.",
        "refund_pending": f"the refund of {amount} waits in the shop{age}.",
        "refund_failed": f"the refund of {amount} failed: the customer has no money{age}.",
        "refunded_outside_shop": f"the platform paid {amount} that the shop does not show as refunded.",
        "order_not_imported": f"the platform paid {amount}; the order is not in the shop's files.",
        "returned_not_refunded": f"goods came back, and nothing is refunded{age}.",
        "return_on_its_way": "goods are to come back, and nothing is refunded yet.",
        "cancelled_not_refunded": f"cancelled after {amount} was paid, and nothing is refunded{age}.",
        "goods_not_returned": f"{amount} refunded, and the goods are not back{age}.",
        "goods_not_received": f"{amount} refunded; the receipt of the goods is not done{age}.",
        "chargeback": f"{amount} taken by a chargeback.",
        "chargeback_won": f"the chargeback of {amount} was won: the money came back.",
        "charged_back_too": f"{amount} taken by a chargeback although the order was refunded.",
        "tax_differs": f"{amount} refunded; the tax of {number} differs{_of_tax(facts)}.",
        "untaxed_line": f"{amount} refunded; {number} has {_untaxed(facts)}.",
        "rounding_method": f"{amount} refunded; only the rounding of the tax differs{_of_tax(facts)}.",
        "other_currency": f"{amount} refunded; another side is in another currency.",
        "parts_differ": f"{amount} refunded; its order says that less was refunded.",
        "amount_differs": f"{amount} refunded; {_difference(facts)}.",
        "exchange_not_invoiced": f"{amount} refunded after an exchange, and the new goods are not invoiced.",
        "exchange_counted_twice": f"{amount} refunded; the new goods count twice, {_difference(facts)}.",
        "rate_difference": f"{amount} refunded at another day's rate: {_rate(facts)}.",
        "paid_twice": f"{amount} was paid more than once.",
        "booked_twice": f"{amount} was booked more than once in Odoo.",
    }
    return texts[cause]


def _complete(facts: Facts, amount: str) -> str:
    note = facts.note
    if note["status"] == "void":
        return "voided before any money moved."
    if note["status"] == "untold":
        return "refunded; no file tells how much."
    if note["amount"] == 0:
        return "no money was given back, and nothing is open."
    if note["credit"]:
        return f"{amount} given back as a gift card or store credit; nothing is open."
    money = ("refunded", "paid", "credit_note")
    if any(step["state"] == "unknown" for step in note["legs"] if step["step"] in money):
        return f"{amount} refunded; the loaded files do not tell the rest."
    return f"{amount} refunded; nothing is open."


def _difference(facts: Facts) -> str:
    if facts.delta is None:
        return "the amounts differ"
    word = "less" if facts.delta > 0 else "more"
    return f"{_said(facts.delta, facts.currency)} {word} on the other side"


def _of_tax(facts: Facts) -> str:
    tax = facts.note["tax"]
    if tax["shop"] is None or tax["odoo"] is None:
        return ""
    return f" by {_said(tax['shop'] - tax['odoo'], facts.note['currency'])}"


def _untaxed(facts: Facts) -> str:
    """What stands on the credit note without tax."""
    why = facts.note["tax"]["why"] or {"lines": 1, "amount": 0}
    what = "a line" if why["lines"] == 1 else f"{why['lines']} lines"
    return f"{what} of {_said(why['amount'], facts.note['currency'])} without tax"


def _why_tax(facts: Facts) -> list[Evidence]:
    """Why the tax differs, in figures."""
    why, currency = facts.note["tax"]["why"], facts.note["currency"]
    if why is None:
        return []
    if why["cause"] == "rounding_method":
        line, whole = _said(why["per_line"], currency), _said(why["global"], currency)
        return [
            Evidence("tax_per_line", f"Rounded line by line, the tax is {line}: {_side(why, 'per line')}."),
            Evidence("tax_global", f"Rounded once for each rate, it is {whole}: {_side(why, 'global')}."),
        ]
    text = f"{_untaxed(facts)} ('{why['line']}')" if why["line"] else _untaxed(facts)
    own = f"; its tax would be {_said(why['tax'], currency)}" if why["tax"] else ""
    return [
        Evidence(
            "tax_lost",
            f"The credit note has {text} beside taxed lines{own}. All that was refunded is taxed.",
        )
    ]


def _side(why: Mapping[str, str], method: str) -> str:
    return "so the shop does" if why["shop"] == method else "so Odoo does"


def _rate(facts: Facts) -> str:
    rate = facts.note["rate"]
    if rate is None:
        return "the rates differ"
    word = "loss" if rate["difference"] < 0 else "gain"
    return f"a {word} of {_said(rate['difference'], rate['currency'])}"


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say why the legs belong together, where each stands, what was compared, and what to do."""
    note = facts.note
    if facts.kind == Kind.AMBIGUOUS:
        rivals = [Evidence(side, f"Fits as well: {text}.") for side, text in note["rivals"]]
        return (*rivals, Evidence("tie", "Order and amount fit several times; nothing tells them apart."))
    found = [Evidence(facts.rule, _RULES[facts.rule])] if facts.rule in _RULES else []
    found += [Evidence(step["step"], f"{_STEPS[step['step']]}: {_dated(step)}.") for step in note["legs"]]
    found += _money(facts)
    found += _goods(facts)
    found += [Evidence("next", text) for text in note["next"]]
    return tuple(found)


_STEPS = {
    "ordered": "Ordered",
    "refunded": "Refund",
    "paid": "Payment",
    "credit_note": "Credit note",
    "goods": "Goods",
}


def _dated(step: dict[str, object]) -> str:
    day = step["day"]
    return f"{step['text']}, {iso(day)}" if isinstance(day, int) else str(step["text"])


def _money(facts: Facts) -> list[Evidence]:
    note, found = facts.note, []
    currency = note["currency"]
    if note["rate"]:
        rate = note["rate"]
        charged, refunded = (_said(rate[name], rate["currency"]) for name in ("charged", "refunded"))
        found.append(Evidence("rate", f"Charged as {charged}, given back as {refunded}: {_rate(facts)}."))
    if note["fee_kept"]:
        paid = (note["paid"] or {}).get("currency", currency)
        found.append(
            Evidence("fee_kept", f"The platform keeps the fee of the sale: {_said(note['fee_kept'], paid)}.")
        )
    tax = note["tax"]
    if tax["shop"] is not None and tax["odoo"] is not None:
        words = "the same tax" if tax["shop"] == tax["odoo"] else "another tax"
        found.append(
            Evidence(
                "tax",
                f"Odoo has {words}: {_said(tax['odoo'], currency)}, the shop {_said(tax['shop'], currency)}.",
            )
        )
    found += _why_tax(facts)
    if note["exchange"]:
        value = _said(note["exchange"], currency)
        found.append(Evidence("exchange", f"The refund is net of exchanged goods of {value}."))
    parts = note["parts"]
    if parts and parts["refunds"]:  # else the order alone tells of refunds
        found.append(
            Evidence(
                "parts",
                f"The order says {_said(parts['order'], currency)} refunded; its refunds add up to "
                f"{_said(parts['refunds'], currency)}.",
            )
        )
    if note["shared"]:
        found.append(Evidence("shared", f"{', '.join(note['shared'])} stands for several refunds."))
    return found


def _goods(facts: Facts) -> list[Evidence]:
    note, found = facts.note, []
    for row in note["goods"]:
        told = [
            (word, row[name])
            for name, word in (("refunded", "refunded"), ("received", "received"), ("waiting", "on the way"))
            if row[name] is not None
        ]
        parts = [f"{word} {format_quantity(pieces)}" for word, pieces in told[:-1]]
        parts += [f"{word} {amount_of(pieces, note['unit'])}" for word, pieces in told[-1:]]
        what = _RESTOCK.get(row["restock"], row["restock"].replace("_", " "))
        text = f"{row['sku'] or 'Goods'}: {', '.join(parts)}" if parts else row["sku"] or "Goods"
        found.append(Evidence("goods_of", f"{text}{f'; {what}' if what else ''}."))
    for row in note["stock"]:
        moves = [
            f"{word} {'+' if row[name] > 0 else ''}{format_quantity(row[name])}"
            for name, word in (("on_hand", "on hand"), ("available", "available"), ("committed", "committed"))
            if row[name]
        ]
        text = ", ".join(moves) + f" {note['unit']}" if moves else "no change"
        found.append(Evidence("stock", f"In Shopify {row['sku'] or 'the goods'}: {text}."))
    return found


def _said(minor: int, currency: str) -> str:
    return f"{format_minor(abs(minor), currency)} {currency}" if currency else "an amount"


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say, rule by rule, why two records are not legs of one refund."""
    found = [Evidence("not_a_refund", text) for text in map(_not_a_refund, (left, right)) if text]
    one, other = (
        normalised(str(record.values.get("ref", "")), Transform.ORDER_REF) for record in (left, right)
    )
    if one != other:
        names = [str(record.values.get("ref", "")) for record in (left, right)]
        found.append(Evidence("ref", f"The references differ: '{names[0]}' and '{names[1]}'."))
    if "quantity" in left.values or "quantity" in right.values:
        names = [str(record.values.get("sku", "")) for record in (left, right)]
        if names[0] != names[1]:
            found.append(Evidence("sku", f"The SKU differs: '{names[0]}' and '{names[1]}'."))
        return tuple(found)
    texts = [_shown(record) for record in (left, right)]
    if texts[0] != texts[1]:
        found.append(Evidence("amount", f"The amounts differ: {texts[0]} and {texts[1]}."))
    days = [record.values.get("day") for record in (left, right)]
    if isinstance(days[0], int) and isinstance(days[1], int) and days[0] != days[1]:
        found.append(Evidence("day", f"They are {abs(days[0] - days[1])} days apart."))
    return tuple(found)


_CATEGORIES = ("refund", "refund_failure", "chargeback", "chargeback_reversal", "credit_note")
_OTHERS = (RecordType.REFUND, RecordType.ORDER, RecordType.STOCK_MOVE, RecordType.TRANSFER)


def _not_a_refund(record: Record) -> str:
    category = str(record.values.get("category", ""))
    if record.type in _OTHERS or category in _CATEGORIES:
        return ""
    return f"Record {record.id} is no refund: {category or record.type.replace('_', ' ')}."


def _shown(record: Record) -> str:
    amount, currency = record.values.get("amount"), str(record.values.get("currency", ""))
    return _said(amount, currency) if isinstance(amount, int) and currency else "no amount"
