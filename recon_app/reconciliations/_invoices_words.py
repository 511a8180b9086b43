"""The sentences of the hand-offs from orders to invoices and payments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from recon_app.models.case import Evidence
from recon_app.models.counted import counted
from recon_app.models.record import Record, RecordType
from recon_app.reconciliations._base import Facts
from recon_app.reconciliations._goods_cases import iso
from recon_app.reconciliations._money_cases import figures_said, references, said, signed

_MOST = 6  # records of one name that are shown
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
    "same_name": "Decide by hand which record belongs to which; an amount or a day of its own would tell.",
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
    figures = {name: note["figures"].get(name, 0) for name in _FIGURES}
    return _TEXTS[cause].format(
        **{name: said(minor, facts.currency) for name, minor in figures.items()},
        off=said(off, facts.currency),
        more="more" if off > 0 else "less",
        billed=_less(figures["invoiced"], figures["credited"], "credited", facts.currency),
        got=_less(figures["paid"], figures["paid_back"], "paid back", facts.currency),
        # what was paid back beyond the credit notes is another finding
        kept=_less(
            figures["paid"],
            min(figures["paid_back"], figures["credited"]),
            "paid back",
            facts.currency,
        ),
        still=_still(figures, note, facts.currency),
        fee=_fee(figures["fees"], facts.currency),
        rivals=_rivals(facts) if "tied" in note else "",
        documents=_listed(note, "documents"),
        payments=_listed(note, "payments"),
        account=note.get("account", ""),
        usual=note.get("usual", ""),
    )


def _less(minor: int, back: int, word: str, currency: str) -> str:
    """An amount and what was taken off it."""
    return f"{said(minor, currency)}{f' less {said(back, currency)} {word}' if back else ''}"


def _still(figures: Mapping[str, int], note: Mapping[str, Any], currency: str) -> str:
    """What is too little: the gap between the two figures, else what Odoo itself calls open."""
    owed = figures["owed"]
    if figures["invoiced"] - figures["credited"] - figures["paid"] + figures["paid_back"] == owed:
        return f": {said(owed, currency)} too little"
    return (
        f" by the payments that are loaded; the file of invoices has {said(owed, currency)} open on "
        f"{_listed(note, 'documents')}"
    )


def _fee(fees: int, currency: str) -> str:
    """What the entry of a payment books on accounts of their own."""
    return f"{signed(fees, currency)} are booked elsewhere with the payment" if fees else "no fee was booked"


_KINDS = {
    "o": (RecordType.ORDER, "ref", "orders of the shop"),
    "s": (RecordType.SALE_ORDER, "grp", "orders in Odoo"),
    "i": (RecordType.INVOICE, "grp", "documents in Odoo"),
}


def _of_one_name(facts: Facts) -> list[tuple[str, str, list[Record]]]:
    """The names that several records have, what these are, and the records."""
    found = []
    for tied in facts.note["tied"]:
        kind, field, word = _KINDS[tied[0]]
        records = [each for side in facts.legs.values() for each in side if each.type is kind]
        names = [str(each.values.get(field, "")) for each in records]
        if kind is RecordType.ORDER:
            names = references(names)
        mine = [each for each, name in zip(records, names, strict=True) if name == tied[2:]]
        shown = sorted({str(each.values[field]).strip() for each in mine})
        found.append((shown[0] if shown else tied[2:], word, sorted(mine, key=_where)))
    return found


def _where(record: Record) -> tuple[int, str, int]:
    return int(record.values.get("day", 0)), record.origin.file, record.origin.row


def _rivals(facts: Facts) -> str:
    return "; ".join(
        f"{len(records)} {word} are called {name}" for name, word, records in _of_one_name(facts)
    )


def _each_rival(facts: Facts) -> Iterator[Evidence]:
    """What is known of each record of one name, and the file it comes from."""
    for name, _, records in _of_one_name(facts):
        shown = [_one(record) for record in records[:_MOST]]
        more = f"; {len(records) - _MOST} more" if len(records) > _MOST else ""
        yield Evidence("rivals", f"{name}: {'; '.join(shown)}{more}.")


def _one(record: Record) -> str:
    values = record.values
    amount = signed(int(values["amount"]), str(values.get("currency", ""))) if "amount" in values else ""
    day = iso(int(values["day"])) if "day" in values else ""
    return ", ".join(filter(None, (amount, day, f"{record.origin.file} row {record.origin.row}")))


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
    "payment_awaited": "{owed} of {documents} are open in Odoo; the payment is to come.",
    "invoice_not_paid": "paid in the shop, and {documents} is open with {owed}: no payment in Odoo.",
    "paid_under": "invoiced {billed}, received {got}{still}.",
    "paid_not_booked": "{documents} is shown as paid, but its payment has no journal entry: {owed} are still "
    "open in the books.",
    "paid_over": "invoiced {billed}, received {got}: {off} too much.",
    "shown_paid_received_less": "{documents} is shown as paid: invoiced {billed}, received {kept}: {off} are "
    "missing, and {fee}.",
    "refund_without_credit_note": "{paid_back} paid back, {credited} credited: a credit note of {off} is "
    "missing.",
    "payment_alone": "received {paid}, and there is no invoice for it.",
    "invoice_differs": "ordered {target}, invoiced {invoiced}: {off} {more} than was ordered.",
    "not_fully_invoiced": "{invoiced} of {target} are invoiced; the rest is to come.",
    "invoiced_twice": "ordered {target}, invoiced {billed} by {documents}: {off} twice.",
    "over_credited": "invoiced {invoiced}, credited {credited}: {off} too much.",
    "paid_not_invoiced": "paid {target}, and there is no invoice in Odoo.",
    "invoice_awaited": "paid {target} just now; its invoice is to come.",
    "nothing_to_invoice_yet": "paid {target}; Odoo invoices it when it is delivered.",
    "other_currency": "the order is in another currency than its documents in Odoo.",
    "same_name": "{rivals}, and nothing tells which of them is meant.",
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
    if "tied" in facts.note:
        found += _each_rival(facts)
    for name, word in _NAMED:
        if facts.note.get(name):
            found.append(Evidence(name, f"{word} in Odoo: {_listed(facts.note, name)}."))
    if facts.note["age"] is not None:
        found.append(Evidence("age", f"It is {counted(facts.note['age'], 'day')} old."))
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
