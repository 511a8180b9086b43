"""The sentences of refunds."""

from __future__ import annotations

from recon_app.models.case import Evidence
from recon_app.models.money import Money
from recon_app.models.record import Record
from recon_app.reconciliations._base import Facts


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    note = facts.note
    name = note["order"] or note["refund"] or "No order"
    return f"{name}: {Money(note['amount'], note['currency'])} refunded; done: {note['state']}."


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say where each leg stands and what to do."""
    steps = [Evidence(step["step"], step["text"]) for step in facts.note["legs"]]
    return (*steps, *(Evidence("next", text) for text in facts.note["next"]))


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say, rule by rule, why two records are not legs of one refund."""
    found = []
    for name, word in (("ref", "order"), ("currency", "currency"), ("amount", "amount")):
        one, other = (str(record.values.get(name, "")) for record in (left, right))
        if one != other:
            found.append(Evidence(name, f"The {word} differs: '{one}' and '{other}'."))
    return tuple(found)
