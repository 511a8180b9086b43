"""The sentences of the hand-offs from orders to invoices and payments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recon_app.models.case import Evidence
from recon_app.models.record import Record, RecordType
from recon_app.reconciliations._base import Facts
from recon_app.reconciliations._money_cases import figures_said, references, said

_TYPES = (RecordType.ORDER, RecordType.SALE_ORDER, RecordType.INVOICE, RecordType.ODOO_PAYMENT)
#: What to do, the first is the next step.
NEXT = {
    "paid_not_invoiced": "Confirm the order in Odoo and create its invoice.",
    "draft_invoice": "Post the draft invoice, or delete it and create it anew.",
    "draft_invoice_left": "Delete the draft, after a look whether anything of it is missing.",
    "invoiced_twice": "Reverse the second invoice with a credit note.",
    "invoice_differs": "Compare the lines of the order and the invoice, then correct the invoice.",
    "invoice_not_paid": "Register the payment on the invoice, on the journal of the payment platform.",
    "paid_not_booked": "Give the journal's payment method an outstanding account and post the payment anew.",
    "paid_under": "Ask for the rest, or book why it does not come.",
    "paid_over": "Pay the surplus back, or keep it on the customer's account.",
    "shown_paid_received_less": "Book what was kept as a fee or a discount, or reopen the invoice.",
    "payment_alone": "Find the invoice of the payment and reconcile them.",
    "not_on_clearing": "Book the payment on the clearing account of its journal.",
    "refund_without_credit_note": "Create the credit note of the refund.",
    "credit_note_not_linked": "Link the credit note with the invoice it reverses.",
    "draft_credit_note": "Check the credit note, then post it.",
    "draft_credit_note_old": "Check the credit note, then post it.",
    "over_credited": "Find out which credit note is too much and reverse it.",
    "other_currency": "Look in which currency the customer paid, then correct the invoice.",
}
#: Figures in the order in which they are told.
_FIGURES = {
    "target": "ordered",
    "sold": "order in Odoo",
    "invoiced": "invoiced",
    "drafted": "in draft invoices",
    "credited": "credited",
    "draft_credited": "in draft credit notes",
    "owed": "open on invoices",
    "owed_back": "open on credit notes",
    "paid": "received",
    "paid_back": "paid back",
    "fees": "booked elsewhere with the payment",
    "refunded": "refunded in the shop",
    "shop_open": "open in the shop",
}


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    if not facts.note:
        return f"{_name(facts)}: ordered, invoiced and paid agree."
    return f"{facts.note['order'] or 'No reference'}: {_text(facts, facts.cause)}"


def _name(facts: Facts) -> str:
    """The order of a case, else its first document."""
    records = [record for found in facts.legs.values() for record in found if record.type in _TYPES]
    for record in sorted(records, key=lambda each: _TYPES.index(each.type)):
        names = ("ref", "grp") if record.type is RecordType.ORDER else ("grp", "ref")
        if name := next((str(record.values[name]) for name in names if record.values.get(name)), ""):
            return name
    return "No reference"


def _text(facts: Facts, cause: str) -> str:
    """What a cause says with the figures of a case."""
    note = facts.note
    off = facts.delta or 0
    return _TEXTS[cause].format(
        **{name: said(note["figures"].get(name, 0), facts.currency) for name in _FIGURES},
        off=said(off, facts.currency),
        more="more" if off > 0 else "less",
        documents=_listed(note, "documents"),
        payments=_listed(note, "payments"),
        account=note.get("account", ""),
        usual=note.get("usual", ""),
    )


def _listed(note: Mapping[str, Any], name: str) -> str:
    return ", ".join(note.get(name, [])) or "no number"


_TEXTS = {
    "to_invoice": "{target} are to be invoiced in Odoo.",
    "invoice_open": "{documents} is open with {owed}.",
    "awaiting_payment": "the customer still owes {shop_open} of {target}: open, and nothing is wrong.",
    "invoice_not_loaded": "{credited} credited on an invoice that is not among the loaded ones.",
    "credit_note_open": "a credit note is open: {owed_back} were not paid back or set off yet.",
    "draft_credit_note": "a credit note of {draft_credited} is a draft.",
    "draft_credit_note_old": "a credit note of {draft_credited} has been a draft for too long.",
    "credit_note_not_linked": "the credit note of {credited} is linked with no invoice.",
    "not_on_clearing": "payment {payments} is on account {account}, not on {usual} as other payments of "
    "its journal.",
    "draft_invoice_left": "a draft invoice of {drafted} is left beside {invoiced} invoiced.",
    "draft_invoice": "its invoice of {drafted} is still a draft.",
    "payment_awaited": "{owed} are paid in the shop and not yet on the invoice in Odoo.",
    "invoice_not_paid": "paid in the shop, and {documents} is open with {owed}: no payment in Odoo.",
    "paid_under": "invoiced {invoiced}, received {paid}: {off} too little.",
    "paid_not_booked": "{documents} is shown as paid, but its payment has no journal entry: {owed} are still "
    "open in the books.",
    "paid_over": "invoiced {invoiced}, received {paid}: {off} too much.",
    "shown_paid_received_less": "{documents} is shown as paid, but {paid} of {invoiced} were received and no "
    "fee was booked: {off} are missing.",
    "refund_without_credit_note": "{paid_back} paid back, {credited} credited: a credit note of {off} is "
    "missing.",
    "payment_alone": "received {paid}, and there is no invoice for it.",
    "invoice_differs": "ordered {target}, invoiced {invoiced}: {off} {more} than was ordered.",
    "not_fully_invoiced": "{invoiced} of {target} are invoiced; the rest is to come.",
    "invoiced_twice": "ordered {target}, invoiced {invoiced} by {documents}: {off} twice.",
    "over_credited": "invoiced {invoiced}, credited {credited}: {off} too much.",
    "paid_not_invoiced": "paid {target}, and there is no invoice in Odoo.",
    "invoice_awaited": "paid {target} just now; its invoice is to come.",
    "nothing_to_invoice_yet": "paid {target}; Odoo invoices it when it is delivered.",
    "other_currency": "the order is in another currency than its documents in Odoo.",
}


_NAMED = (
    ("sales", "Orders"),
    ("documents", "Invoices"),
    ("credit_notes", "Credit notes"),
    ("payments", "Payments"),
)


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say why the records belong together, the figures, what else was found and what to do."""
    found = [
        Evidence(
            facts.rule,
            "The records name each other: the order, its order in Odoo, the invoices and their payments.",
        )
    ]
    if not facts.note:
        return tuple(found)
    found += figures_said(facts.note["figures"], _FIGURES, facts.currency)
    for name, word in _NAMED:
        if facts.note.get(name):
            found.append(Evidence(name, f"{word} in Odoo: {_listed(facts.note, name)}."))
    if facts.note["age"] is not None:
        days = "day" if facts.note["age"] == 1 else "days"
        found.append(Evidence("age", f"It is {facts.note['age']} {days} old."))
    besides = (why for why in facts.note["also"] if why in _PLAIN)
    found += [Evidence("also", f"Besides: {_text(facts, why)}") for why in besides]
    if facts.cause in NEXT:
        found.append(Evidence("next", NEXT[facts.cause]))
    return tuple(found)


#: What can be said beside another cause: its sentence does not need the difference of the case.
_PLAIN = frozenset(
    {
        "draft_credit_note_old",
        "credit_note_not_linked",
        "not_on_clearing",
        "draft_invoice_left",
        "credit_note_open",
        "awaiting_payment",
    }
)


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say, rule by rule, why two records do not stand in one case."""
    if not {left.type, right.type} <= set(_TYPES):
        text = "Only orders, invoices, credit notes and customers' payments are compared here."
        return (Evidence("type", text),)
    mine, other = _named(left), _named(right)
    one, two = (", ".join(sorted(names)) or "nothing" for names in (mine, other))
    if mine & other:
        return (Evidence("names", f"Both name {', '.join(sorted(mine & other))}; they are of one case."),)
    return (Evidence("names", f"They name nothing in common: {one}; {two}."),)


def _named(record: Record) -> set[str]:
    values = (str(record.values.get(name, "")) for name in ("ref", "ref2", "grp"))
    return set(references([part for value in values for part in value.split(",")])) - {""}
