"""The timeline of a refund and what to do next."""

from __future__ import annotations

from typing import Any

from recon_app.models.money import format_minor
from recon_app.models.quantity import format_quantity
from recon_app.models.record import NO_INT, Side
from recon_app.reconciliations._refunds_cases import GOODS, NOTE, PAYMENT, PLATFORM
from recon_app.reconciliations._refunds_judge import COMES_BACK, Leg, Standing
from recon_app.reconciliations._refunds_shop import DUE, FAILED, PENDING, VOID

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


def effect(restock: str, quantity: int) -> dict[str, int]:
    """What a refunded line did to Shopify's figures, in millionths."""
    hand, available, committed = _EFFECTS.get(restock, (0, 0, 0))
    return {
        "on_hand": hand * quantity,
        "available": available * quantity,
        "committed": committed * quantity,
    }


def said(minor: int, currency: str) -> str:
    """An amount without its sign, with its currency."""
    return f"{format_minor(abs(minor), currency)} {currency}" if currency else str(abs(minor))


def timeline(case: int, made: Standing, mine: Legs, note: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The five steps of a refund, and whether its goods came back."""
    back, items = _goods(case, made, mine, note)
    found = [
        _ordered(mine, note),
        _refunded(case, made, mine, note),
        _paid(case, made, mine, note),
        _booked(case, made, mine, note),
        back,
    ]
    return found, items


def _step(name: str, state: str, day: int | None, record: int | None, text: str) -> dict[str, Any]:
    return {
        "step": name,
        "state": state,
        "day": None if day is None or day == NO_INT else int(day),
        "record": None if record is None else int(record),
        "text": text,
    }


def _first(rows: list[dict[str, Any]]) -> int | None:
    return rows[0]["id"] if rows else None


def _state(leg: Leg, case: int) -> str:
    """done, waiting, late, missing, not_needed or unknown."""
    if leg.done[case]:
        return "done"
    if leg.waits[case]:
        return "waiting" if leg.later[case] else "late"
    if not leg.wanted[case]:
        return "not_needed"
    if not leg.known[case]:
        return "unknown"
    return "waiting" if leg.later[case] else "missing"


def _ordered(mine: Legs, note: dict[str, Any]) -> dict[str, Any]:
    order = mine["order"]
    if order:
        return _step("ordered", "done", order[0]["day"], order[0]["id"], f"Order {note['order']}")
    text = f"Order {note['order']} is not in the files" if note["order"] else "No order is named"
    return _step("ordered", "unknown", None, None, text)


def _refunded(case: int, made: Standing, mine: Legs, note: dict[str, Any]) -> dict[str, Any]:
    leg, status = made.legs[Side.SHOP], note["status"]
    amount = said(note["amount"], note["currency"])
    state = {FAILED: "failed", DUE: "missing", VOID: "not_needed"}.get(status) or _state(leg, case)
    words = {
        FAILED: f"{amount}: the refund failed in the shop",
        PENDING: f"{amount}: the refund waits in the shop",
        DUE: f"Cancelled, and {amount} not refunded",
        VOID: "Voided before any money moved",
    }
    text = words.get(status, "")
    if not text and state == "done":
        text = f"{amount} refunded"
        if note["cumulative"]:
            text += ", as the order says"
        if note["amount"] == 0:
            text = "No money was given back"
    if not text:
        other = {
            "missing": "Not refunded in the shop",
            "not_needed": "No refund is needed: the bank took it back"
            if made.chargeback[case]
            else "Not needed",
            "unknown": "No file tells what the shop refunded",
        }
        text = other.get(state, "Not refunded in the shop yet")
    day = int(leg.day[case]) if state == "done" else None
    return _step("refunded", state, day, _first(mine["shop"]), text)


def _paid(case: int, made: Standing, mine: Legs, note: dict[str, Any]) -> dict[str, Any]:
    leg, rows = made.legs[Side.PLATFORM], mine[PLATFORM]
    paid = note["paid"]
    if paid:
        word = "taken by a chargeback" if made.chargeback[case] else "paid out"
        text = f"{said(paid['amount'], paid['currency'])} {word} by {rows[0]['account'].replace('_', ' ')}"
        return _step("paid", "done", paid["day"], _first(rows), text)
    if rows:
        day = max(row["day"] for row in rows)
        if made.won[case]:
            return _step("paid", "not_needed", day, _first(rows), "The dispute was won: the money came back")
        return _step("paid", "failed", day, _first(rows), "The payment came back: the customer has no money")
    state = _state(leg, case)
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
        "unknown": "No file of the platform covers the day",
        "waiting": "Not in the platform's file yet",
        "missing": "No platform paid it",
    }
    return _step("paid", state, None, None, texts[state])


def _booked(case: int, made: Standing, mine: Legs, note: dict[str, Any]) -> dict[str, Any]:
    state = _state(made.legs[Side.ODOO], case)
    credit, payments = note["credit_note"], mine[PAYMENT]
    if credit:
        amount = said(note["booked"] or 0, note["currency"])
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
    texts = {
        "not_needed": "No credit note is needed",
        "unknown": "No file of Odoo covers the day",
        "waiting": "Not booked in Odoo yet",
        "missing": "Not booked in Odoo",
        "done": "Booked",
    }
    return _step("credit_note", state, None, None, texts[state])


def _goods(case: int, made: Standing, mine: Legs, note: dict[str, Any]) -> tuple[dict[str, Any], str]:
    leg, rows = made.legs[Side.GOODS], mine[GOODS]
    state = _state(leg, case)
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
    if made.partly[case]:
        lacking = _lacking(note["goods"])
        state = state if state == "waiting" else "late"
        return _step("goods", state, day, _first(done), f"{receipt} is done, {lacking} still out"), "partly"
    if rows:
        return _step("goods", state, None, _first(rows), f"{receipt} is ready, not done"), "no"
    words = {
        "not_needed": (_no_goods(mine), "not needed"),
        "unknown": ("No stock moves cover the day", "unknown"),
        "waiting": ("Not back yet", "no"),
        "missing": ("No receipt of the return", "no"),
    }
    text, items = words[state]
    if state == "not_needed" and not mine["lines"] and note["origin"] == "shop":
        items = "unknown" if not note["refund"] else items
    return _step("goods", state, None, None, text), items


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


def actions(case: int, made: Standing, mine: Legs, note: dict[str, Any]) -> list[str]:
    """What to do, the most urgent first; empty when nothing is open."""
    if not made.open[case]:
        return []
    cause, amount = str(made.cause[case]), said(note["amount"], note["currency"])
    if made.kind[case] == "ambiguous":
        return ["Look which of the records belongs to it, by date or number, and decide."]
    first = _BY_CAUSE.get(cause, "").format(
        amount=amount,
        order=note["order"] or "no order",
        number=(note["credit_note"] or {}).get("number", "the credit note"),
        **_rated(note),
    )
    found = [first] if first else []
    found += _goods_next(case, made, mine)
    found += _money_next(case, made, note, cause)
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
    "other_currency": "Compare the currencies; one side booked in another one.",
    "rate_difference": "Book {rate} as exchange {result}.",
}


def _goods_next(case: int, made: Standing, mine: Legs) -> list[str]:
    leg = made.legs[Side.GOODS]
    if not leg.lacks[case]:
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
    if leg.later[case]:
        return []
    return ["Receive the returned goods in Odoo, or record them as missing."]


def _money_next(case: int, made: Standing, note: dict[str, Any], cause: str) -> list[str]:
    found = []
    odoo, credit = made.legs[Side.ODOO], note["credit_note"]
    if odoo.lacks[case] and cause not in ("chargeback", "charged_back_too", "order_not_imported"):
        if credit:
            found.append(f"Post the credit note {credit['number']}.")
        elif not odoo.later[case] and note["amount"]:
            found.append(f"Make the credit note of {said(note['amount'], note['currency'])} in Odoo.")
    paid = made.legs[Side.PLATFORM].done[case]
    if credit and credit["status"] == "posted" and credit["paid"] in ("not_paid", "partial") and paid:
        found.append(f"Register the payment of {credit['number']} in Odoo.")
    return found
