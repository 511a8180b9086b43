"""The sentences of causes: what is short, why, and what became of the money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from recon_app.models.case import Evidence, Kind
from recon_app.models.money import format_minor
from recon_app.models.quantity import amount_of
from recon_app.models.record import Record
from recon_app.reconciliations._base import Facts

Note = Mapping[str, Any]

#: Causes that go away by themselves.
TIMING = frozenset(
    {
        "order_not_paid",
        "fulfilled_not_delivered",
        "delivered_not_fulfilled",
        "in_transit",
        "moved_between_exports",
    }
)
#: What happened, and what to do; {about} is the order, transfer or purchase, {docs} the documents it is on.
_SAID = {
    "order_not_in_odoo": (
        "order {about} is not in Odoo",
        "Import order {about} into Odoo.",
    ),
    "order_not_paid": (
        "order {about} is not paid yet, so Odoo does not have it, and Shopify has promised its goods",
        "Wait for the payment of {about}, or cancel the order.",
    ),
    "imported_twice": (
        "order {about} stands in Odoo twice and its goods are taken twice",
        "Cancel the second sale order of {about}.",
    ),
    "cancelled_after_pick": (
        "order {about} was cancelled in Shopify after {done_delivery} had been delivered",
        "Stop the parcel of {about}, or take the goods back with a receipt.",
    ),
    "refunded_before_shipping": (
        "order {about} was refunded before it was sent, and {open_delivery} still reserves its goods",
        "Cancel {open_delivery}.",
    ),
    "return_not_validated": (
        "the return of {about} was restocked in Shopify, and {open_receipt} is not validated",
        "Validate {open_receipt}, or record the goods as missing.",
    ),
    "return_not_received": (
        "the return of {about} was restocked in Shopify, and Odoo has no receipt of the goods",
        "Look for the goods of {about}: receive them in Odoo, or take them off Shopify's stock.",
    ),
    "return_not_restocked": (
        "the goods of {about} came back with {done_receipt}, and Shopify did not restock them",
        "Restock the return of {about} in Shopify.",
    ),
    "exchange_not_in_odoo": (
        "the goods sent in exchange for the return of {about} are not booked in Odoo",
        "Book the exchange of {about} in Odoo: a sale order line and its delivery.",
    ),
    "exchange_not_in_shop": (
        "Odoo sent goods in exchange for the return of {about}, and Shopify's order does not have them",
        "Add the exchanged goods to order {about} in Shopify.",
    ),
    "line_not_in_odoo": (
        "Odoo's order for {about} has no line for it",
        "Add the line to the sale order of {about}.",
    ),
    "line_not_in_shop": (
        "Odoo delivers it for {about}, and Shopify's order does not have it",
        "Check which of the two is right about {about}.",
    ),
    "wrong_component": (
        "another component than the kit's bill of materials says was delivered for {about}",
        "Correct the delivery {done_delivery}: exchange the component.",
    ),
    "fulfilled_not_delivered": (
        "order {about} was sent in Shopify, and {open_delivery} is not validated",
        "Validate {open_delivery}.",
    ),
    "delivered_not_fulfilled": (
        "order {about} was delivered in Odoo, and Shopify has it as not sent",
        "Fulfil order {about} in Shopify.",
    ),
    "not_reserved": (
        "Shopify has promised it to {about}, and nothing is reserved in Odoo",
        "Check the availability of {open_delivery}.",
    ),
    "receipt_billed": (
        "{about} is not validated, although the vendor has billed it",
        "Validate {about} with what really arrived.",
    ),
    "receipt_not_validated": (
        "{about} is not validated",
        "Validate {about} with what really arrived.",
    ),
    "in_transit": ("{about} is on its way between two places", "Receive {about} when it arrives."),
    "transfer_lost": (
        "the whole of transfer {about} was booked in and is not there",
        "Look for the goods of {about}; then claim them from the carrier or write them off.",
    ),
    "receipt_too_much": ("{about} may be booked in without having arrived", "Check {about} with the vendor."),
    "delivered_not_sent": (
        "{about} is delivered in Odoo and may still lie there",
        "Check whether {about} was sent.",
    ),
    "taken_not_delivered": (
        "the goods of {about} are off the shelf, and {open_delivery} is not validated",
        "Validate {open_delivery}.",
    ),
    "chargeback_goods_gone": (
        "the card holder took the money of {about} back, and the goods are gone",
        "Contest the chargeback with the tracking number of {about}, or book the loss.",
    ),
    "quarantine": (
        "the goods are not for sale in Odoo",
        "Hold the goods back in Shopify, or release them in Odoo.",
    ),
    "consignment": ("the goods belong to somebody else", "Exclude consigned goods on both sides."),
    "safety_stock": (
        "the safety stock is not held back in Shopify",
        "Hold the safety stock back in Shopify.",
    ),
    "unit_of_measure": ("the two sides count in different units", "Check the unit of the product in Odoo."),
    "moved_within": (
        "{about} reserves it for a move within the place",
        "Validate {about}, or cancel it.",
    ),
    "reserved_not_committed": (
        "{about} reserves it for a customer of another channel",
        "Tell Shopify of the goods sold elsewhere.",
    ),
    "kit_component": ("it is reserved as a part of kits that were sold", "Nothing: kits take their parts."),
    "moved_between_exports": (
        "{about} was moved between the two exports",
        "Export both systems at the same time.",
    ),
}
_WORDS = {"delivery": "delivery", "receipt": "receipt"}


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what differs and why, with the money beside."""
    note = facts.note
    if facts.kind == Kind.AMBIGUOUS:
        ways = [_because(note, choice) for choice in note["choices"][: note["tied"]]]
        return f"{_what(facts)}: either {', or '.join(ways)}; nothing tells which."
    choice = note["choices"][0]
    sure = "perhaps because" if choice["perhaps"] else "because"
    said = f"{_what(facts)} {sure} {_because(note, choice)}"
    if choice["rest"]:
        said += f"; {_quantity(facts, choice['rest'])} more is not explained"
    if clauses := _money(note, choice):
        said += f"; {', '.join(clauses)}"
    return f"{said}."


def _what(facts: Facts) -> str:
    note = facts.note
    if not note["sku"]:
        return f"{format_minor(abs(facts.delta or 0), facts.currency)} {facts.currency} are lost"
    return f"{note['sku']} at {note['place']}: {note['short']} is short {_quantity(facts, facts.delta or 0)}"


def _quantity(facts: Facts, value: int) -> str:
    if not facts.unit:
        return f"{format_minor(abs(value), facts.currency)} {facts.currency}"
    return amount_of(abs(value), facts.unit)


def _because(note: Note, choice: Mapping[str, Any]) -> str:
    return " and ".join(dict.fromkeys(_fact(note, fact) for fact in choice["facts"]))


def _fact(note: Note, fact: Mapping[str, Any]) -> str:
    return _filled(note, fact, _SAID.get(fact["code"], ("{about}", ""))[0])


def _filled(note: Note, fact: Mapping[str, Any], text: str) -> str:
    known = note["documents"].get(fact["about"], {})
    named = {
        f"{state}_{kind}": f"{word} {' and '.join(known.get(f'{state}_{kind}', ())) or 'in Odoo'}"
        for state in ("open", "done")
        for kind, word in _WORDS.items()
    }
    return text.format(about=fact["about"] or "it", **named)


def _money(note: Note, choice: Mapping[str, Any]) -> list[str]:
    """What became of the money of the orders that explain it."""
    orders = list(dict.fromkeys(fact["about"] for fact in choice["facts"]))
    several = len(orders) > 1
    return [
        f"{clause} ({name})" if several else clause
        for name in orders
        for clause in note["money"].get(name, ())
    ]


def next_actions(note: Note) -> list[str]:
    """What to do, the first is the next step."""
    if note["tied"] != 1:
        return ["Find out which of the explanations is right, then correct that one."]
    facts = note["choices"][0]["facts"]
    return list(
        dict.fromkeys(_filled(note, fact, _SAID[fact["code"]][1]) for fact in facts if fact["code"] in _SAID)
    )


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Every part of the explanation with its quantity, and the weaker explanations."""
    return tuple(_evidence(facts))


def _evidence(facts: Facts) -> Iterator[Evidence]:
    note = facts.note
    for place, choice in enumerate(note["choices"]):
        rank = "tied" if place < note["tied"] != 1 else "cause" if place == 0 else "weaker"
        for fact in choice["facts"]:
            said = _fact(note, fact)
            text = f"{_quantity(facts, fact['quantity'])}: {said}."
            yield Evidence(rank, text if rank != "weaker" else f"Less likely: {text}")
    for step in note["next"]:
        yield Evidence("next", step)


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Causes link no records of their own."""
    del left, right
    return (
        Evidence("causes", "Causes join what other comparisons linked; ask stock or refunds about pairs."),
    )
