"""The sentences of fulfilment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recon_app.models.case import BridgeLine, Evidence
from recon_app.models.record import Record, Side
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._base import Facts
from recon_app.reconciliations._goods_cases import amount, said

_NEXT = {
    "fulfilled_not_delivered": "Validate the delivery{transfers}, or take the fulfilment back in the shop.",
    "delivered_not_fulfilled": "Fulfil the order in the shop with its tracking number, to tell the buyer.",
    "cancelled_after_pick": "Stop the parcel, or take the goods back by a return of the delivery.",
    "refunded_open_delivery": "Cancel the delivery{transfers}: what it holds was refunded or cancelled.",
    "tracking_missing": "Write the tracking number where it is missing.",
    "tracking_differs": "See which tracking number is right, then correct the other one.",
    "more_than_ordered": "Ask the customer to send back what is too much, or bill it.",
    "line_missing": "See on which product of the sale order it was delivered.",
    "line_extra": "Ask who added the product to the sale order, and to whom it was sent.",
    "order_not_imported": "Import the order into Odoo; then deliver it there.",
    "delivered_unknown": "Export the sale order lines with Delivery Quantity.",
    "unknown_unit": "Answer unit.NAME, as in '12 Units'.",
    "not_shipped_yet": "Send it, or tell the customer when it comes.",
    "back_order": "Send the rest, or tell the customer when it comes.",
    "partly_fulfilled": "Import the fulfilments (Matrixify or Admin data) to see how many were sent.",
}
_STEPS = {
    "cancelled": "more was cancelled than ordered",
    "delivered": "what was delivered is not what is wanted",
    "returned": "more came back than was delivered",
    "invoiced": "what was invoiced is not what was delivered",
    "credited": "what was credited is not what came back",
}


def next_actions(cause: str, note: Mapping[str, Any]) -> list[str]:
    """What to do; nothing where nothing is wrong."""
    if cause not in _NEXT:
        return []
    listed = f" ({', '.join(note['transfers'])})" if note["transfers"] else ""
    return [_NEXT[cause].format(transfers=listed)]


class _Words:
    """Quantities of a case as they stand in a sentence."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.note = facts, facts.note

    def many(self, name: str) -> str:
        """A quantity of the note with its unit."""
        value = self.note[name]
        return "an unknown number" if value is None else amount(value, self.facts.unit)

    @property
    def apart(self) -> str:
        """By how much the sides differ."""
        delta = self.facts.delta
        return "" if not delta else amount(abs(delta), self.facts.unit)

    @property
    def left(self) -> str:
        """What is still to be sent."""
        return amount(max(self.note["wanted"] - (self.note["fulfilled"] or 0), 0), self.facts.unit)

    @property
    def age(self) -> str:
        """How long ago it was."""
        age = self.note["age"]
        if age is None:
            return ""
        return f" {age} day{'s' * (age != 1)} ago" if age else " today"

    def tracking(self) -> str:
        """Which sides have a number."""
        shop, odoo = (", ".join(self.note["tracking"][side]) for side in ("shop", "odoo"))
        if shop and odoo:
            return f"{shop} in the shop, {odoo} in Odoo"
        have = f"{shop} in the shop, none in Odoo" if shop else f"{odoo} in Odoo, none in the shop"
        return have if shop or odoo else "none on either side"


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    if not facts.note:
        return _matched(facts)
    words = _Words(facts)
    values = {name: words.many(name) for name in _QUANTITIES}
    text = _TEXTS[facts.cause].format(
        **values,
        apart=words.apart,
        left=words.left,
        age=words.age,
        tracking=words.tracking(),
        parcels=facts.note["parcels"],
    )
    return f"Order {facts.note['order']}, {said(facts.note['sku'])}: {text}"


_QUANTITIES = ("ordered", "cancelled", "fulfilled", "delivered", "open", "sold", "wanted")
_TEXTS = {
    "": "{fulfilled} sent and delivered in {parcels} parcels.",
    "not_shipped_yet": "{left} not sent yet, ordered{age}; both sides agree.",
    "back_order": "{fulfilled} sent and delivered, {left} still to be sent; both sides agree.",
    "tracking_missing": "{fulfilled} sent; tracking number: {tracking}.",
    "tracking_differs": "{fulfilled} sent; the tracking numbers differ: {tracking}.",
    "more_than_ordered": "{fulfilled} sent and delivered, {wanted} wanted.",
    "refunded_open_delivery": "{cancelled} refunded or cancelled before sending, and Odoo waits to deliver "
    "{open}.",
    "fulfilled_not_delivered": "{fulfilled} sent in the shop{age}, {delivered} delivered in Odoo.",
    "delivered_not_fulfilled": "{delivered} delivered in Odoo{age}, {fulfilled} sent in the shop.",
    "cancelled_after_pick": "{delivered} delivered in Odoo, and the shop has cancelled them.",
    "partly_fulfilled": "a part of {ordered} was sent in the shop, {delivered} delivered in Odoo.",
    "line_missing": "{fulfilled} sent in the shop, and the product is not on the sale order.",
    "line_extra": "{delivered} delivered in Odoo, and the shop's order does not have the product.",
    "order_not_imported": "{fulfilled} sent in the shop, and Odoo does not have the order.",
    "delivered_unknown": "{fulfilled} sent in the shop; no file says what Odoo delivered.",
    "unknown_unit": "a unit of measure has no known size in pieces; answer unit.NAME, as in '12 Units'.",
}


def _matched(facts: Facts) -> str:
    shop, odoo = (facts.legs.get(side, ()) for side in (Side.SHOP, Side.ODOO))
    named = shop or odoo
    if not named:
        return "All that was sent was delivered."
    order, sku = (named[0].values.get(name, "") for name in ("ref", "sku"))
    if not shop or not odoo:
        return f"Order {order}, {sku}: nothing was sent."
    done = odoo[0].values.get("done")
    many = f"{amount(int(done), facts.unit)} " if done and len(odoo) == 1 else ""
    return f"Order {order}, {sku}: {many}sent in the shop and delivered in Odoo."


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say how the lines were found, what is known of each step, and what to do."""
    if not facts.note:
        return (Evidence("order_and_sku", "Both sides name the order and the SKU."),)
    note, words = facts.note, _Words(facts)
    sales = " and ".join(note["sales"])
    both = ", and both sides the SKU" if note["ordered"] and note["sold"] else ""
    found = [Evidence(facts.rule, f"{sales} names the order{both}.")] if sales else []
    steps = [f"{word} {words.many(name)}" for name, word in _CHAIN if note[name]]
    found.append(Evidence("chain", f"So far: {', '.join(steps) or 'nothing'}."))
    if note["broken_at"] and facts.kind != "timing":
        found.append(Evidence("broken_at", f"From ordered to billed: {_STEPS[note['broken_at']]}."))
    if any(note["tracking"].values()) or facts.cause.startswith("tracking"):
        found.append(Evidence("tracking", f"Tracking number: {words.tracking()}."))
    if note["parcels"] > 1:
        found.append(Evidence("parcels", f"The order was sent in {note['parcels']} parcels."))
    if facts.value is not None and facts.value and facts.currency:
        found.append(
            Evidence("value", f"Worth {money.signed(facts.value, facts.currency)} at the price of the order.")
        )
    if facts.grp:
        found.append(Evidence("age", f"It has been so for {facts.grp}."))
    return (*found, *(Evidence("next", text) for text in note["next"]))


_CHAIN = (
    ("ordered", "ordered"),
    ("cancelled", "cancelled"),
    ("fulfilled", "sent"),
    ("delivered", "delivered"),
    ("open", "waiting in Odoo"),
    ("back", "come back"),
    ("invoiced", "invoiced after credit notes"),
)


def bridge(facts: Facts) -> tuple[BridgeLine, ...]:
    """Lead from what was sent in the shop to what was delivered in Odoo."""
    note = facts.note
    if facts.delta is None or not note or note["fulfilled"] is None:
        return ()
    lines = [BridgeLine("figure", "Sent in the shop", note["fulfilled"])]
    if facts.delta:
        title = "Delivered and not sent" if facts.delta > 0 else "Sent and not delivered"
        lines.append(BridgeLine(facts.cause or "other", title, facts.delta))
    return (*lines, BridgeLine("figure", "Delivered in Odoo", note["fulfilled"] + facts.delta))


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say why two lines are not of one product of one order."""
    found = []
    one, other = (str(record.values.get("ref", "")) for record in (left, right))
    if len(set(money.references([one, other]))) > 1:
        found.append(Evidence("order", f"The order differs: '{one}' and '{other}'."))
    one, other = (str(record.values.get("sku", "")) for record in (left, right))
    if one != other:
        found.append(Evidence("sku", f"The SKU differs: '{one}' and '{other}'."))
    return tuple(found)
