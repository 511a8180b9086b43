"""The sentences of the costs of deliveries."""

from __future__ import annotations

from recon_app.models.case import Evidence
from recon_app.models.counted import counted
from recon_app.models.record import Record
from recon_app.reconciliations._base import Facts
from recon_app.reconciliations._goods_cases import amount
from recon_app.reconciliations._goods_cases import said as product_said
from recon_app.reconciliations._money_cases import said

NEXT = {
    "no_cost": "Enter the cost of the product in Odoo and revalue what was delivered.",
    "product_not_known": "Import all products of Odoo, archived ones too.",
    "no_entry": "Look whether the product's category is valued automatically, and book the cost.",
}
_TEXTS = {
    "no_cost": "{many} in {deliveries}, and the product has no cost.",
    "product_not_known": "{many} in {deliveries}, and the product is not among the loaded ones.",
    "no_entry": "{many}{worth} and no journal entry names the delivery.",
}


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    note = facts.note
    if not note:
        records = [record for found in facts.legs.values() for record in found]
        sku = next((str(record.values["sku"]) for record in records if record.values.get("sku")), "")
        return f"{', '.join(filter(None, (facts.grp, product_said(sku))))}: delivered, with a cost."
    many, value = "some", note["value"]
    if note["quantity"] is not None:
        many = amount(note["quantity"], note["unit"] or "Units")
    text = _TEXTS[facts.cause].format(
        many=f"{many} delivered",
        deliveries=counted(note["deliveries"], "delivery", "deliveries"),
        worth=f", worth {said(value, facts.currency)}," if value is not None and facts.currency else "",
    )
    return f"{', '.join(filter(None, (note['delivery'], product_said(note['sku']))))}: {text}"


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say what was looked for and what to do."""
    note = facts.note
    found = [
        Evidence(facts.rule, "Moves to customers that are done, at the cost that the product has today."),
    ]
    if not note:
        return tuple(found)
    if note["delivery"] and note["order"]:
        found.append(Evidence("order", f"Delivered for {note['order']}."))
    if facts.cause == "no_entry":
        found.append(Evidence("entries", "Other deliveries of these days have entries that name them."))
    found.append(Evidence("next", NEXT[facts.cause]))
    return tuple(found)


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say, field by field, why two moves are not in one case."""
    found = []
    for name, word in (("grp", "delivery"), ("sku", "SKU")):
        one, other = (str(record.values.get(name, "")) for record in (left, right))
        if one != other:
            found.append(Evidence(name, f"The {word} differs: '{one}' and '{other}'."))
    return tuple(found)
