"""The timeline of a refund and what to do next."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from recon_app.engine.normalise import Ints
from recon_app.models.money import format_minor
from recon_app.models.quantity import format_quantity
from recon_app.models.record import NO_INT, Side
from recon_app.reconciliations._refunds_cases import GOODS, NOTE, PAYMENT, PLATFORM
from recon_app.reconciliations._refunds_judge import COMES_BACK, Leg, Standing
from recon_app.reconciliations._refunds_records import DUE, FAILED, PENDING, UNTOLD, VOID

#: The rows of each side of one case.
Legs = dict[str, list[dict[str, Any]]]
#: What a restock type does to Shopify's on hand, available and committed, per piece (REF-03, REF-04).
_EFFECTS = {
    "return": (1, 1, 0),
    "restocked": (1, 1, 0),
    "legacy_restock": (1, 1, 0),
    "cancel": (0, 1, -1),
    "processing_required": (1, 0, 0),  # held: on hand, not available
}


class Told:
    """What is known of the cases, as lists: one case after the other is looked at.

    Attributes:
        states: State of each leg: done, waiting, late, missing, not_needed or unknown.
        days: Day of each leg, None for not done.
        lacks: Legs that should be there, and are not done.
        later: Legs that may still come.
        why: Why a leg is not known.
    """

    def __init__(self, made: Standing) -> None:
        self.states = {side: _states(leg) for side, leg in made.legs.items()}
        self.days = {side: _days(leg.day) for side, leg in made.legs.items()}
        self.lacks = {side: leg.lacks.tolist() for side, leg in made.legs.items()}
        self.later = {side: leg.later.tolist() for side, leg in made.legs.items()}
        self.why = {side: leg.why.tolist() for side, leg in made.legs.items()}
        self.chargeback, self.won = made.chargeback.tolist(), made.won.tolist()
        self.partly, self.open = made.partly.tolist(), made.open.tolist()
        self.kind, self.cause = made.kind.tolist(), made.cause.tolist()


def _states(leg: Leg) -> list[str]:
    steps = (
        (leg.done, "done"),
        (leg.waits & leg.later, "waiting"),
        (leg.waits, "late"),
        (~leg.wanted, "not_needed"),
        (~leg.known, "unknown"),
        (leg.later, "waiting"),
    )
    found = np.full(len(leg.done), "missing", object)
    for mask, state in reversed(steps):
        found[mask] = state
    return [str(state) for state in found.tolist()]


def _days(days: Ints) -> list[int | None]:
    return [None if day == NO_INT else day for day in days.tolist()]


def effect(restock: str, quantity: int) -> dict[str, int]:
    """What a refunded line did to Shopify's figures, in millionths."""
    hand, available, committed = _EFFECTS.get(restock, (0, 0, 0))
    return {
        "on_hand": hand * quantity,
        "available": available * quantity,
        "committed": committed * quantity,
    }


@lru_cache(maxsize=65_536)
def said(minor: int, currency: str) -> str:
    """An amount without its sign, with its currency."""
    return f"{format_minor(abs(minor), currency)} {currency}" if currency else str(abs(minor))


def timeline(case: int, told: Told, mine: Legs, note: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The five steps of a refund, and whether its goods came back."""
    back, items = _goods(case, told, mine, note)
    found = [
        _ordered(mine, note),
        _refunded(case, told, mine, note),
        _paid(case, told, mine, note),
        _booked(case, told, mine, note),
        back,
    ]
    return found, items


def _step(name: str, state: str, day: int | None, record: int | None, text: str) -> dict[str, Any]:
    return {
        "step": name,
        "state": state,
        "day": None if day == NO_INT else day,
        "record": record,
        "text": text,
    }


def _first(rows: list[dict[str, Any]]) -> int | None:
    return rows[0]["id"] if rows else None


def _ordered(mine: Legs, note: dict[str, Any]) -> dict[str, Any]:
    order = mine["order"]
    if len(order) > 1:
        text = f"{len(order)} orders are called {note['order']}: nothing tells which of them it is"
        return _step("ordered", "unknown", None, None, text)
    if order:
        return _step("ordered", "done", order[0]["day"], order[0]["id"], f"Order {note['order']}")
    text = f"Order {note['order']} is not in the files" if note["order"] else "No order is named"
    return _step("ordered", "unknown", None, None, text)


_OF_STATUS = {FAILED: "failed", DUE: "missing", VOID: "not_needed"}
_WORDS = {
    FAILED: "{}: the refund failed in the shop",
    PENDING: "{}: the refund waits in the shop",
    DUE: "Cancelled, and {} not refunded",
    VOID: "Voided before any money moved",
    UNTOLD: "Refunded; no file tells how much",
}


def _refunded(case: int, told: Told, mine: Legs, note: dict[str, Any]) -> dict[str, Any]:
    status, shown = note["status"], said(note["amount"], note["currency"])
    state = _OF_STATUS.get(status) or told.states[Side.SHOP][case]
    if status in _WORDS:
        text = _WORDS[status].format(shown)
    elif state == "done":
        text = f"{shown} refunded, as the order says" if note["cumulative"] else f"{shown} refunded"
        if note["amount"] == 0:
            text = "No money was given back"
    elif state == "unknown":
        text = told.why[Side.SHOP][case] or "No file of the shop has the order"
    elif state == "not_needed":
        text = "No refund is needed: the bank took it back" if told.chargeback[case] else "Not needed"
    else:
        text = "Not refunded in the shop" if state == "missing" else "Not refunded in the shop yet"
    day = told.days[Side.SHOP][case] if state == "done" else None
    return _step("refunded", state, day, _first(mine["shop"]), text)


def _paid(case: int, told: Told, mine: Legs, note: dict[str, Any]) -> dict[str, Any]:
    rows = mine[PLATFORM]
    paid = note["paid"]
    if paid:
        word = "taken by a chargeback" if told.chargeback[case] else "paid out"
        text = f"{said(paid['amount'], paid['currency'])} {word} by {rows[0]['account'].replace('_', ' ')}"
        return _step("paid", "done", paid["day"], _first(rows), text)
    if rows:
        day = max(row["day"] for row in rows)
        if told.won[case]:
            return _step("paid", "not_needed", day, _first(rows), "The dispute was won: the money came back")
        return _step("paid", "failed", day, _first(rows), "The payment came back: the customer has no money")
    state = told.states[Side.PLATFORM][case]
    ended = {
        UNTOLD: ("unknown", "The amount is not known"),
        FAILED: ("missing", "Nothing was paid: the refund failed"),
    }
    if note["status"] in ended:
        return _step("paid", ended[note["status"]][0], None, None, ended[note["status"]][1])
    if state == "not_needed" and note["amount"]:
        means = f" by {note['gateway']}" if note["gateway"] else ""
        text = f"Given back{means}: no platform pays it"
        if note["credit"]:
            text = "Given back as a gift card or store credit: no platform pays it"
        if note["status"] == VOID:
            text = "Voided: no platform has a line for it"
        return _step("paid", state, None, None, text)
    texts = {
        "not_needed": "No money moves",
        "unknown": told.why[Side.PLATFORM][case],
        "waiting": "Not in the platform's file yet",
        "missing": "No platform paid it",
    }
    return _step("paid", state, None, None, texts[state])


def _booked(case: int, told: Told, mine: Legs, note: dict[str, Any]) -> dict[str, Any]:
    state = told.states[Side.ODOO][case]
    credit, payments = note["credit_note"], mine[PAYMENT]
    if credit:
        amount = said(note["booked"] or 0, mine[NOTE][0]["currency"])
        if credit["status"] == "draft":
            text = f"{credit['number']} is a draft"
        else:
            text = f"{credit['number']}: {amount}"
            text += {"not_paid": ", not paid", "partial": ", partly paid", "paid": ", paid"}.get(
                credit["paid"], ""
            )
        return _step("credit_note", state, credit["day"], _first(mine[NOTE]), text)
    if payments:
        has = f"Odoo has the payment {payments[0]['number']}"
        text = has if state == "done" else f"{has}, and no credit note"
        return _step(
            "credit_note", state, payments[0]["day"] if state == "done" else None, _first(payments), text
        )
    if note["status"] == UNTOLD:
        return _step("credit_note", "unknown", None, None, "The amount is not known")
    texts = {
        "not_needed": "No credit note is needed",
        "unknown": told.why[Side.ODOO][case],
        "waiting": "Not booked in Odoo yet",
        "missing": "Not booked in Odoo",
        "done": "Booked",
    }
    return _step("credit_note", state, None, None, texts[state])


def _goods(case: int, told: Told, mine: Legs, note: dict[str, Any]) -> tuple[dict[str, Any], str]:
    rows, state = mine[GOODS], told.states[Side.GOODS][case]
    if not rows:
        return _no_receipt(case, told, mine, note, state)
    done = [row for row in rows if row["done"]]
    shown = done or rows
    day = max(row["day"] for row in done) if done else None
    receipt = ", ".join(dict.fromkeys(row["grp"] for row in shown if row["grp"])) or "A receipt"
    if state == "done":
        held = next((row for row in done if row["held"]), None)
        text = f"{receipt} is done"
        if held:
            text += f"; the goods are in {held['location_to']} ({held['held']}), not for sale"
        return _step("goods", state, day, _first(done), text), "yes"
    if told.partly[case]:
        lacking = _lacking(note["goods"])
        state = state if state == "waiting" else "late"
        return _step("goods", state, day, _first(done), f"{receipt} is done, {lacking} still out"), "partly"
    return _step("goods", state, None, _first(rows), f"{receipt} is ready, not done"), "no"


def _no_receipt(
    case: int, told: Told, mine: Legs, note: dict[str, Any], state: str
) -> tuple[dict[str, Any], str]:
    if state == "not_needed":
        unknown = not mine["lines"] and note["origin"] == "shop" and not note["refund"]
        return _step("goods", state, None, None, _no_goods(mine)), "unknown" if unknown else "not needed"
    if state == "unknown":
        return _step("goods", state, None, None, told.why[Side.GOODS][case]), "unknown"
    text = "Not back yet" if state == "waiting" else "No receipt of the return"
    return _step("goods", state, None, None, text), "no"


def _lacking(rows: list[dict[str, Any]]) -> str:
    """What did not come back, by product."""
    found = []
    for row in rows:
        left = (row["refunded"] or 0) - (row["received"] or 0)
        if left > 0 and row["restock"] in COMES_BACK:
            found.append(f"{format_quantity(left)} of {row['sku']}")
    return ", ".join(found) or "some"


def _no_goods(mine: Legs) -> str:
    words = {line["restock"] for line in mine["lines"]}
    if not words:
        return "No goods are named"
    if words == {"cancel"}:
        return "Cancelled before it was sent"
    return "No goods are to come back"


# -- what to do ----------------------------------------------------------------------------------------


def actions(case: int, told: Told, mine: Legs, note: dict[str, Any]) -> list[str]:
    """What to do, the most urgent first; empty when nothing is open."""
    if not told.open[case]:
        return []
    cause, amount = told.cause[case], said(note["amount"], note["currency"])
    if told.kind[case] == "ambiguous":
        return ["Look which of the records belongs to it, by date or number, and decide."]
    first = _BY_CAUSE.get(cause, "").format(
        amount=amount,
        order=note["order"] or "no order",
        number=(note["credit_note"] or {}).get("number", "the credit note"),
        **_rated(note),
    )
    found = [first] if first else []
    found += _goods_next(case, told, mine)
    found += _money_next(case, told, note, cause)
    return list(dict.fromkeys(found))


def _rated(note: dict[str, Any]) -> dict[str, str]:
    rate = note["rate"]
    if rate is None:
        return {"rate": "", "result": ""}
    return {
        "rate": said(rate["difference"], rate["currency"]),
        "result": "loss" if rate["difference"] < 0 else "gain",
    }


_BY_CAUSE = {
    "refund_failed": "Pay {amount} in another way, or repeat the refund: the customer has no money.",
    "paid_twice": "Ask for the second payment of {amount} back, or note why it was made.",
    "booked_twice": "Cancel what was booked twice in Odoo.",
    "charged_back_too": "Answer the dispute with the proof of the refund: the customer has the money twice.",
    "chargeback": "Answer the dispute in time, or book the loss of {amount} in Odoo.",
    "refunded_outside_shop": "Mark {amount} as refunded in the shop, or ask who refunded {order} elsewhere.",
    "order_not_imported": "Import the shop's files of the time when {order} was ordered.",
    "booked_not_paid": "Refund {amount} to the customer, or cancel {number}.",
    "refunded_not_paid": "Look in the platform whether {amount} was paid out.",
    "cancelled_not_refunded": "Refund {amount} for {order}, or note why it is kept.",
    "returned_not_refunded": "Refund {order}, exchange the goods, or note why the money is kept.",
    "amount_differs": "Compare the amounts, then correct the side that is wrong.",
    "parts_differ": "Look at the transactions of {order}: a refund may not have moved any money.",
    "exchange_not_invoiced": "Invoice the exchanged goods in Odoo.",
    "exchange_counted_twice": "Correct the credit note: the refund is net of the exchanged goods already.",
    "tax_differs": "Correct the tax of {number}: every line keeps the tax of the goods it is for.",
    "untaxed_line": "Give the line of {number} the tax of the goods it is for.",
    "rounding_method": "Nothing is wrong: accept it, or let Odoo round tax as the shop does.",
    "other_currency": "Compare the currencies; one side booked in another one.",
    "rate_difference": "Book {rate} as exchange {result}.",
}


def _goods_next(case: int, told: Told, mine: Legs) -> list[str]:
    if not told.lacks[Side.GOODS][case]:
        held = next((row for row in mine[GOODS] if row["done"] and row["held"]), None)
        return (
            [f"Look at the goods in {held['location_to']} and restock them or write them off."]
            if held
            else []
        )
    waits = [row for row in mine[GOODS] if not row["done"]]
    if waits:
        return [f"Validate the receipt {waits[0]['grp'] or 'of the return'}, or record the goods as missing."]
    missing = {line["restock"] for line in mine["lines"]} & {"missing"}
    if missing:
        return ["Ask the customer or the carrier for the goods, or record them as lost."]
    if told.later[Side.GOODS][case]:
        return []
    return ["Receive the returned goods in Odoo, or record them as missing."]


def _money_next(case: int, told: Told, note: dict[str, Any], cause: str) -> list[str]:
    found = []
    credit = note["credit_note"]
    if told.lacks[Side.ODOO][case] and cause not in ("chargeback", "charged_back_too", "order_not_imported"):
        if credit:
            found.append(f"Post the credit note {credit['number']}.")
        elif not told.later[Side.ODOO][case] and note["amount"]:
            found.append(f"Make the credit note of {said(note['amount'], note['currency'])} in Odoo.")
    paid = told.states[Side.PLATFORM][case] == "done"
    if credit and credit["status"] == "posted" and credit["paid"] in ("not_paid", "partial") and paid:
        found.append(f"Register the payment of {credit['number']} in Odoo.")
    return found
