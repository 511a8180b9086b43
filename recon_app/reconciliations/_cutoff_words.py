"""The sentences of the cut-off."""

from __future__ import annotations

from recon_app.models.case import Evidence
from recon_app.models.counted import counted
from recon_app.models.record import Record, RecordType
from recon_app.reconciliations._base import Facts
from recon_app.reconciliations._goods_cases import iso
from recon_app.reconciliations._money_cases import said, signed

_TYPES = (
    RecordType.ORDER,
    RecordType.SHOP_TRANSACTION,
    RecordType.PAYMENT_LINE,
    RecordType.PAYOUT,
    RecordType.ODOO_PAYMENT,
    RecordType.BANK_LINE,
)
_DAYS = {
    "shop": "in shop time",
    "utc": "by UTC",
    "payout": "by its payout",
    "bank": "at the bank",
    "odoo": "in Odoo",
}
#: Which two days of a case are in different periods.
_BETWEEN = {
    "shop_day_later_than_utc": ("shop", "utc"),
    "shop_day_earlier_than_utc": ("shop", "utc"),
    "paid_out_later": ("utc", "payout"),
    "paid_out_earlier": ("utc", "payout"),
    "odoo_later_than_shop": ("shop", "odoo"),
    "odoo_earlier_than_shop": ("shop", "odoo"),
    "in_bank_later": ("payout", "bank"),
    "in_bank_earlier": ("payout", "bank"),
}
_ITEMS = {
    "utc": {
        "out": "In {} by UTC",
        "in": "By UTC from {} of shop time",
        "gone": "Without a moment",
        "new": "Without a day in the shop",
    },
    "payout": {
        "out": "Paid out in {}",
        "in": "Captured in {}, paid out now",
        "gone": "In no payout yet",
        "elsewhere": "Not paid by a platform that is loaded",
        "abroad": "Settled in another currency",
        "new": "Without a day in the shop",
        "differs": "The platform has another amount than the shop",
    },
    "paid": {
        "fees": "Fees of the movements",
        "other_lines": "Other lines of the payouts: adjustments, reserves, fees of their own",
        "residual": "What the lines of the payouts do not explain",
    },
    "bank": {
        "out": "At the bank in {}",
        "in": "Paid out in {}, at the bank now",
        "gone": "Not at the bank yet, or not in its files",
        "new": "Without a payout date",
        "differs": "The bank has another amount than the payout",
    },
    "odoo": {
        "out": "In {} in Odoo",
        "in": "From {} of shop time",
        "gone": "Not among Odoo's payments",
        "abroad": "In Odoo in another currency",
        "new": "Without a day in the shop",
        "differs": "Odoo has another amount than the shop",
    },
}
_FIGURES = {
    "shop": "by shop time",
    "utc": "by UTC",
    "payout": "by payout date",
    "paid": "net by payout date",
    "bank": "by bank date",
    "odoo": "by Odoo's date",
}


def item_title(code: str, end: str, month: str) -> str:
    """What an item on the way to a figure is called."""
    return _ITEMS[end][code].format(month)


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    note = facts.note
    if "bridge" in note:
        told = {step["from"]: step["first"] for step in note["steps"]}
        told |= {step["to"]: step["last"] for step in note["steps"]}
        shown = ", ".join(
            f"{signed(told[name], facts.currency)} {_FIGURES[name]}" for name in _FIGURES if name in told
        )
        return f"{note['bridge']}: {shown}. Every step adds up to the cent."
    subject, amount = note["ref"] or "No reference", said(note["amount"], facts.currency)
    back = " paid back" if note["amount"] < 0 else ""
    if facts.cause == "not_paid_out_yet":
        return f"{subject}: {amount}{back} of {iso(note['days']['utc'])} by UTC is in no payout yet."
    if facts.cause == "not_in_bank_yet":
        return f"Payout {subject}: {amount}{back} of {iso(note['days']['payout'])} is not at the bank yet."
    one, other = _BETWEEN[facts.cause]
    of = "Payout " if one == "payout" else ""
    first, last = iso(note["days"][one]), iso(note["days"][other])
    return f"{of}{subject}: {amount}{back} is of {first} {_DAYS[one]} and of {last} {_DAYS[other]}."


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say the day of each system, or what is between the figures of a bridge."""
    note = facts.note
    if "bridge" in note:
        return _of_bridge(facts)
    shown = [f"{iso(note['days'][name])} {word}" for name, word in _DAYS.items() if name in note["days"]]
    text = "It counts in another month than by shop time; nothing is missing."
    if facts.cause in ("in_bank_later", "in_bank_earlier", "not_in_bank_yet"):
        text = "It counts in another month than by its payout date; nothing is missing."
    return (Evidence(facts.rule, f"Its days: {', '.join(shown)}."), Evidence("timing", text))


def _of_bridge(facts: Facts) -> tuple[Evidence, ...]:
    note, currency = facts.note, facts.currency
    found = []
    for step in note["steps"]:
        parts = [f"{signed(step['first'], currency)} {_FIGURES[step['from']]}"]
        for code, month, minor, count in step["items"]:
            what = f"{item_title(code, step['to'], month)}, {counted(count, 'record')}"
            parts.append(f"{signed(minor, currency)} ({what})")
        text = f"{'; '.join(parts)} = {signed(step['last'], currency)} {_FIGURES[step['to']]}."
        found.append(Evidence(f"{step['from']}_to_{step['to']}", text))
    waiting = signed(note["waiting"], currency)
    found.append(Evidence("waiting", f"Captured and not at the bank at the end of the month: {waiting}."))
    return tuple(found)


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say, rule by rule, why two records are not one movement."""
    if not {left.type, right.type} <= set(_TYPES):
        return (Evidence("type", "Only payments, payouts and bank lines have a period here."),)
    found = []
    for name, word in (("ref", "reference"), ("amount", "amount in minor units"), ("currency", "currency")):
        one, other = (str(record.values.get(name, "")) for record in (left, right))
        if one != other:
            found.append(Evidence(name, f"The {word} differs: '{one}' and '{other}'."))
    return tuple(found)
