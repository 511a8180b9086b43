"""The sentences of reservations."""

from __future__ import annotations

from recon_app.models.case import BridgeLine, Evidence
from recon_app.models.record import Record
from recon_app.reconciliations._base import Facts
from recon_app.reconciliations._goods_cases import amount, said, sizeless_evidence, sizeless_said

_NEXT = {
    "orphan_reserved": "Let Odoo release it: unreserve and check the availability of the product again.",
    "line_without_reservation": "Unreserve the transfers of these lines and check their availability again.",
    "reserved_above_stock": "Count the product, then correct Odoo.",
}


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    note, unit = facts.note, facts.unit
    if facts.cause == "unknown_unit":
        return sizeless_said(note)
    held, lines = (amount(note[name], unit) for name in ("reserved", "lines"))
    rest = amount(abs(facts.delta or 0), unit)
    texts = {
        "": f"{held} reserved, as the open move lines say.",
        "unit_rounding": f"{held} reserved, {lines} by the move lines: rounding of their unit.",
        "orphan_reserved": f"{held} reserved, {lines} in open move lines: {rest} reserved for nothing.",
        "line_without_reservation": f"{lines} in open move lines, {held} reserved: {rest} promised "
        "twice or not held.",
        "reserved_above_stock": f"{held} reserved, but only {amount(note['on_hand'], unit)} there.",
    }
    lot = f", lot {note['lot']}" if note["lot"] else ""
    return f"{said(note['sku'])} at {facts.grp}{lot}: {texts[facts.cause]}"


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say what was compared and what to do."""
    note, unit = facts.note, facts.unit
    if facts.cause == "unknown_unit":
        return sizeless_evidence(facts)
    found = [
        Evidence(facts.rule, "The same product, location and lot; packages and owners are added up."),
        Evidence(
            "figures",
            f"Reserved in the stock {amount(note['reserved'], unit)}, in open move lines "
            f"{amount(note['lines'], unit)}, on hand {amount(note['on_hand'], unit)}.",
        ),
    ]
    if facts.cause in _NEXT:
        found.append(Evidence("next", _NEXT[facts.cause]))
    return tuple(found)


def bridge(facts: Facts) -> tuple[BridgeLine, ...]:
    """From the open move lines to what is reserved."""
    if facts.delta is None:
        return ()
    rest = [BridgeLine("other", "Not explained", facts.delta)] if facts.delta else []
    return (
        BridgeLine("figure", "Open move lines", facts.note["lines"]),
        *rest,
        BridgeLine("figure", "Reserved in the stock", facts.note["reserved"]),
    )


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say, rule by rule, why two records do not stand in one case."""
    found = []
    for name, word in (("sku", "SKU"), ("location", "location"), ("lot", "lot")):
        one, other = (str(record.values.get(name, "")) for record in (left, right))
        if one != other:
            found.append(Evidence(name, f"The {word} differs: '{one}' and '{other}'."))
    return tuple(found)
