"""The sentences of gift cards."""

from __future__ import annotations

from recon_app.models.case import Evidence
from recon_app.models.counted import counted
from recon_app.models.record import Record
from recon_app.reconciliations._base import Facts
from recon_app.reconciliations._money_cases import said, signed

NAMES = {
    "opening": "Owed at the start",
    "sold": "Sold",
    "given_back": "Refunded onto cards",
    "spent": "Spent",
    "expired": "Lapsed",
}
_NEXT = {
    "sale_not_booked": "Book the sale of the card as a debt, not as revenue.",
    "payment_not_booked": "Book the payment with the card against the debt.",
    "orders_differ": "Correct the bookings of the named orders.",
    "": "Look for items of the account that no sale and no payment explains.",
}


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    note, currency = facts.note, facts.currency
    terms = note["terms"]
    parts = [f"{signed(terms['opening'], currency)} owed at the start"]
    words = (
        ("sold", "sold"),
        ("given_back", "refunded onto cards"),
        ("spent", "spent"),
        ("expired", "lapsed"),
    )
    parts += [f"{said(terms[name], currency)} {word}" for name, word in words if terms[name]]
    text = f"{note['month']}: {', '.join(parts)}: {signed(note['closing'], currency)} owed"
    if note["balance"] is None:
        return f"{text}; no account is known to compare it with."
    text = f"{text}, the account says {signed(note['balance'], currency)}"
    gap = note["balance"] - note["closing"]
    if not facts.delta:
        carried = f"; {said(gap, currency)} of it differ since an earlier month" if gap else ""
        return f"{text}{carried}."
    more = "more" if facts.delta > 0 else "less"
    return f"{text}: {said(facts.delta, currency)} {more} of this month."


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say how the debt moved, which orders differ, and what to do."""
    note, currency = facts.note, facts.currency
    shown = ", ".join(
        f"{NAMES[name].casefold()} {signed(minor, currency)}" for name, minor in note["terms"].items()
    )
    found = [
        Evidence(facts.rule, f"{shown[:1].upper()}{shown[1:]}; together {signed(note['closing'], currency)}.")
    ]
    count, total, by_card = note["used"]
    if count:
        orders = counted(count, "order")
        rest = said(total - by_card, currency)
        text = f"{orders} of {said(total, currency)}: {said(by_card, currency)} paid with cards, {rest} not"
        found.append(Evidence("tender", f"{text}; payouts never hold the part of the cards."))
    if note["codes"]:
        found.append(Evidence("account", f"Account {', '.join(note['codes'])}, credit less debit."))
    if note["orders"]:
        named = ", ".join(f"{order} ({signed(minor, currency)})" for order, minor in note["orders"])
        found.append(Evidence("orders", f"Booked less what the shop did, by order: {named}."))
    if facts.delta:
        found.append(Evidence("next", _NEXT[facts.cause]))
    return tuple(found)


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say why two records do not stand in one case."""
    one, other = (record.values.get("currency", "") for record in (left, right))
    if one != other:
        return (Evidence("currency", f"The currency differs: '{one}' and '{other}'."),)
    return (Evidence("month", "Records of gift cards stand in the case of their month."),)
