"""The sentences of receipts."""

from __future__ import annotations

from recon_app.models.case import BridgeLine, Evidence
from recon_app.models.record import Record, RecordType
from recon_app.reconciliations._base import Facts
from recon_app.reconciliations._goods_cases import amount, iso, said, sizeless_evidence, sizeless_said

_TYPES = {RecordType.PURCHASE_ORDER_LINE, RecordType.STOCK_MOVE}
_NEXT = {
    "short": "Nothing more is on its way: claim the rest from the vendor, or lower the order.",
    "over": "Agree with the vendor: send back what is too much, or raise the order.",
    "late": "Ask the vendor when it comes, or cancel what does not.",
    "wrong_sku": "Send it back, or add it to the order.",
    "billed_not_received": "Do not pay the bill before the goods are here.",
    "received_differs": "Compare the receipts with the order line in Odoo.",
    "unit_mismatch": "Count what arrived, then correct the receipt or the unit of the order line.",
    "arrival_not_known": "Export the order lines with Received Qty, or the stock moves.",
}


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    if not facts.note:
        records = [record for found in facts.legs.values() for record in found]
        name = str(records[0].values.get("sku", "")) if records else ""
        return f"{facts.grp}, {said(name)}: ordered, arrived and billed agree."
    if facts.cause == "unknown_unit":
        return sizeless_said(facts.note)
    figures = {name: amount(value, facts.unit) for name, value in facts.note["figures"].items()}
    ordered, arrived = figures.get("ordered", "nothing"), figures.get("arrived", "")
    off = amount(abs(facts.delta or 0), facts.unit)
    due = facts.note["figures"].get("due")
    when = f", expected on {iso(due)}" if due is not None else ""
    texts = {
        "short": f"{ordered} ordered, {arrived} arrived: {off} short, and nothing more is on its way.",
        "over": f"{ordered} ordered, {arrived} arrived: {off} too much.",
        "late": f"{ordered} ordered, {arrived} arrived: {off} late{when}.",
        "awaited": f"{ordered} ordered, {arrived} arrived: {off} awaited{when}.",
        "wrong_sku": f"{arrived} arrived, which this order does not have.",
        "billed_not_received": f"{figures.get('billed')} billed, {arrived} arrived: {off} not received.",
        "received_not_billed": f"{arrived} arrived, {figures.get('billed')} billed: {off} not billed yet.",
        "received_differs": f"the order line says {figures.get('line')} received, its moves {arrived}.",
        "unit_mismatch": f"{ordered} ordered, {arrived} arrived: the number is the same, the unit is not.",
        "arrival_not_known": f"{ordered} ordered, and no file says what arrived.",
    }
    return f"{facts.grp}, {said(facts.note['sku'])}: {texts[facts.cause]}"


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say what was compared and what to do."""
    if facts.cause == "unknown_unit":
        return sizeless_evidence(facts)
    found = [Evidence(facts.rule, "The order and the SKU are the same; lines of one product count together.")]
    if not facts.note:
        return tuple(found)
    by = {
        "moves": "What arrived is the sum of the moves that are done; what Odoo only plans does not count.",
        "lines": "What arrived is the received quantity of the order line; no moves of the order are loaded.",
    }
    found.append(Evidence("arrived", by[facts.note["by"]]))
    names = ("ordered", "arrived", "billed", "waiting")
    figures = facts.note["figures"]
    shown = [f"{name} {amount(figures[name], facts.unit)}" for name in names if name in figures]
    if shown:
        text = f"{', '.join(shown)}."
        found.append(Evidence("figures", f"{text[:1].upper()}{text[1:]}"))
    if facts.cause in _NEXT:
        found.append(Evidence("next", _NEXT[facts.cause]))
    return tuple(found)


def bridge(facts: Facts) -> tuple[BridgeLine, ...]:
    """From what was ordered to what arrived."""
    figures = facts.note.get("figures", {})
    if "ordered" not in figures or "arrived" not in figures or facts.delta is None:
        return ()
    rest = figures["arrived"] - figures["ordered"]
    waiting = -min(max(-rest, 0), figures.get("waiting", 0))
    lines = [BridgeLine("figure", "Ordered", figures["ordered"])]
    if waiting:
        lines.append(BridgeLine("awaited", "Still on its way", waiting))
    if rest - waiting:
        lines.append(BridgeLine("other", "Too much" if rest > 0 else "Not on its way", rest - waiting))
    return (*lines, BridgeLine("figure", "Arrived", figures["arrived"]))


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say, rule by rule, why two records do not stand in one case."""
    if not {left.type, right.type} <= _TYPES:
        return (Evidence("type", "Only purchase order lines and stock moves are compared here."),)
    found = []
    one, other = (
        str(record.values.get("grp" if record.type is RecordType.PURCHASE_ORDER_LINE else "ref", ""))
        for record in (left, right)
    )
    if one != other:
        found.append(Evidence("order", f"The order differs: '{one}' and '{other}'."))
    one, other = (str(record.values.get("sku", "")) for record in (left, right))
    if one != other:
        found.append(Evidence("sku", f"The SKU differs: '{one}' and '{other}'."))
    return tuple(found)
