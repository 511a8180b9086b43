"""The sentences of transfers."""

from __future__ import annotations

from recon_app.models.case import BridgeLine, Evidence
from recon_app.models.record import Record
from recon_app.reconciliations._base import Facts
from recon_app.reconciliations._goods_cases import amount, said, sizeless_evidence, sizeless_said

_NEXT = {
    "in_transit": "Receive it in Odoo, or ask where it is; when it is lost, claim it or book the loss.",
    "received_short": "Look for the rest; then claim it from the carrier, or book the loss.",
    "second_leg_missing": "Make the transfer out of transit in Odoo, with what really arrived.",
    "received_over": "Count what arrived, then correct the first or the second transfer.",
    "first_leg_missing": "Check what was sent; its transfer is not done or is not in the export.",
}


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    note, unit = facts.note, facts.unit
    if facts.cause == "unknown_unit":
        return sizeless_said(note)
    sent, received = (amount(note[name], unit) for name in ("sent", "received"))
    rest = amount(abs(note["sent"] - note["received"]), unit)
    age = _since(note["age"])
    texts = {
        "": f"sent {sent}, received {received}: all of it arrived.",
        "in_transit": f"sent {sent}, received {received}: {rest} in transit{age}.",
        "received_short": f"sent {sent}, received {received}: {rest} in transit{age}, and nothing is planned "
        "to receive all of it.",
        "second_leg_missing": f"sent {sent}, and no transfer receives it: {rest} in transit{age}.",
        "received_over": f"sent {sent}, received {received}: {rest} more than was sent.",
        "first_leg_missing": f"received {received}, and no transfer sent it.",
    }
    return f"{note['reference'] or 'No reference'}, {said(note['sku'])}: {texts[facts.cause]}"


def _since(age: int | None) -> str:
    """How long goods are on their way: `` for 1 day``; nothing where that is not known."""
    if age is None:
        return ""
    return {0: " since today", 1: " for 1 day"}.get(age, f" for {age} days")


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say how the legs were found, that nothing is lost between them, and what to do."""
    note, unit = facts.note, facts.unit
    if facts.cause == "unknown_unit":
        return sizeless_evidence(facts)
    found = [
        Evidence(facts.rule, f"Both legs name {note['reference'] or 'nothing'} and go by {note['transit']}.")
    ]
    if facts.grp:
        found.append(Evidence("age", f"On its way for {facts.grp}, by the day of the last first leg."))
    if facts.cause in ("in_transit", "received_short", "second_leg_missing"):
        left = note["sent"] - note["received"]
        found.append(
            Evidence(
                "total",
                f"The total is unchanged: {amount(note['received'], unit)} received and "
                f"{amount(left, unit)} in transit are the {amount(note['sent'], unit)} sent.",
            )
        )
    if note["waiting"]:
        found.append(
            Evidence("waiting", f"{amount(note['waiting'], unit)} planned to be received; not counted.")
        )
    if facts.cause in _NEXT:
        found.append(Evidence("next", _NEXT[facts.cause]))
    return tuple(found)


def bridge(facts: Facts) -> tuple[BridgeLine, ...]:
    """From what was sent to what was received."""
    if facts.delta is None:
        return ()
    note = facts.note
    rest = note["received"] - note["sent"]
    lines = [BridgeLine("figure", "Sent", note["sent"])]
    if rest:
        code = "in_transit" if rest < 0 else "other"
        lines.append(BridgeLine(code, "In transit" if rest < 0 else "More than was sent", rest))
    return (*lines, BridgeLine("figure", "Received", note["received"]))


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say, rule by rule, why two moves are not the legs of one transfer."""
    found = []
    for name, word in (("sku", "SKU"), ("ref", "source document")):
        one, other = (str(record.values.get(name, "")) for record in (left, right))
        if one != other:
            found.append(Evidence(name, f"The {word} differs: '{one}' and '{other}'."))
    one, other = str(left.values.get("location_to", "")), str(right.values.get("location", ""))
    if one != other:
        found.append(Evidence("location", f"The first goes to '{one}', the second comes from '{other}'."))
    return tuple(found)
