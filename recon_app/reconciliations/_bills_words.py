"""The sentences of vendors' bills."""

from __future__ import annotations

from recon_app.models.case import Evidence
from recon_app.models.record import Record, RecordType
from recon_app.reconciliations._base import Facts
from recon_app.reconciliations._money_cases import figures_said, said

_TYPES = (RecordType.PURCHASE_ORDER_LINE, RecordType.PURCHASE_ORDER, RecordType.BILL)
NEXT = {
    "received_not_billed": "Ask the vendor for the bill; until it comes, accrue what arrived.",
    "draft_bill": "Check the draft bill against the order, then post it.",
    "bill_not_linked": "Link the lines of the bill with those of the order.",
    "bill_missing": "Import the bills of that time; if there is none, correct what is called billed.",
    "bill_price_differs": "Ask the vendor for a credit note, or agree to the new price.",
    "billed_not_received": "Do not pay it before the goods are here.",
    "billed_twice": "Ask whether both bills are right, and cancel one.",
    "other_currency": "Compare the currency of the order with that of the bill.",
    "quantities_not_known": "Export the order lines with Received Qty and Billed Qty.",
    "same_name": "Decide by hand which bill belongs to which order.",
}
_FIGURES = {
    "ordered": "ordered",
    "arrived": "arrived",
    "counted": "billed at the order's prices",
    "billed": "billed",
    "drafted": "in draft bills",
    "owed": "still to be paid, with tax",
}
_TEXTS = {
    "received_not_billed": "{under} of goods arrived and are not billed yet.",
    "draft_bill": "a bill of {drafted} is a draft.",
    "bill_not_linked": "{bills} of {billed} names the order, but no line of the order is billed.",
    "bill_missing": "{counted} are called billed, and no bill that is loaded names the order.",
    "bill_price_differs": "{bills} comes to {billed}, at the order's prices it is {counted}: {off} {more}.",
    "billed_not_received": "{over} are billed for goods that did not arrive.",
    "billed_twice": "{bills} come to {billed}, and {ordered} were ordered: {off} too much by equal bills.",
    "other_currency": "the order and its bill are in different currencies.",
    "quantities_not_known": "its lines do not say what arrived or what was billed.",
    "same_name": "several purchase orders have this name, and nothing tells which lines and bills are whose.",
}
_PLAIN = frozenset(
    {"received_not_billed", "billed_not_received", "draft_bill", "bill_missing", "bill_not_linked"}
)


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    if not facts.note:
        lines = (record for found in facts.legs.values() for record in found if record.type in _TYPES[:2])
        name = next((str(record.values.get("grp", "")) for record in lines), "")
        return f"{name}: ordered, arrived and billed agree in money."
    return f"{facts.note['order']}: {_text(facts, facts.cause)}"


def _text(facts: Facts, cause: str) -> str:
    off = facts.delta or 0
    figures = facts.note["figures"]
    names = (*_FIGURES, "over", "under")
    if cause == "draft_bill" and "drafted" not in figures:
        return "a bill is a draft."
    return _TEXTS[cause].format(
        **{name: said(figures.get(name, 0), facts.currency) for name in names},
        off=said(off, facts.currency),
        more="more" if off > 0 else "less",
        bills=", ".join(facts.note["bills"]) or "The bill",
    )


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say what was compared, what else was found and what to do."""
    found = [
        Evidence(
            facts.rule,
            "The bill names the purchase order; all amounts are without tax, at the prices of the order.",
        )
    ]
    if not facts.note:
        return tuple(found)
    found += figures_said(facts.note["figures"], _FIGURES, facts.currency)
    found += [
        Evidence("also", f"Besides: {_text(facts, why)}") for why in facts.note["also"] if why in _PLAIN
    ]
    if facts.cause in NEXT:
        found.append(Evidence("next", NEXT[facts.cause]))
    return tuple(found)


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say, rule by rule, why two records do not stand in one case."""
    if not {left.type, right.type} <= set(_TYPES):
        return (Evidence("type", "Only purchase orders, their lines and bills are compared here."),)
    one, other = (
        str(record.values.get("ref2" if record.type is RecordType.BILL else "grp", ""))
        for record in (left, right)
    )
    if one == other:
        return (Evidence("order", f"Both name {one or 'no order'}."),)
    return (Evidence("order", f"The order differs: '{one}' and '{other}'."),)
