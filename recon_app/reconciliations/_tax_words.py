"""The sentences of taxes."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from recon_app.engine.tax import half_up
from recon_app.models.case import Evidence
from recon_app.models.counted import counted
from recon_app.models.record import Record
from recon_app.reconciliations._base import Facts
from recon_app.reconciliations._money_cases import said, signed

_FOUND = {
    "ratio_changed": "the ratio of tax changed",
    "rate_appeared": "the rate appeared",
    "rate_gone": "the rate is gone",
    "tax_above_rate": "more tax than the rate gives",
    "tax_below_rate": "less tax than the rate gives",
}
_NEXT = {
    "ratio_changed": "Look what changed at the start of the month: an update of the connector, a tax "
    "setting, or what is sold.",
    "rate_appeared": "Check that the new rate is right, and since when it applies.",
    "rate_gone": "Check whether these sales ended or are taxed at another rate now.",
    "tax_above_rate": "Look at the named records: the tax may be counted twice.",
    "tax_below_rate": "Look for records of the month whose tax is missing.",
    "tax_differs": "Open the orders; the comparison of orders says which line differs.",
}


def finding(code: str) -> str:
    """What was found in a month, short."""
    return _FOUND[code]


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    note, currency = facts.note, facts.currency
    if "orders" in note:
        return _of_orders(facts)
    start = f"{note['side']}, {note['month']}, {note['rate']}"
    before = note["before"] or {"tax": 0}
    if facts.cause == "rate_gone":
        return f"{start}: no tax any more; the month before had {signed(before['tax'], currency)}."
    if facts.cause == "rate_appeared":
        return f"{start}: {signed(note['tax'], currency)} of a rate that the month before did not have."
    if facts.cause == "ratio_changed":
        return (
            f"{start}: tax is {_percent(note)} of {signed(note['base'], currency)}, the month before it was "
            f"{_percent(before)}: {_off(facts)}."
        )
    if facts.cause in ("tax_above_rate", "tax_below_rate"):
        return (
            f"{start}: tax of {signed(note['single'], currency)} on {signed(note['base'], currency)}, the "
            f"rate gives {signed(note['expected'], currency)}: {_off(facts)}."
        )
    on = f" on {signed(note['base'], currency)}" if note["counted"] == note["records"] else ""
    return f"{start}: tax of {signed(note['tax'], currency)}{on}, {counted(note['records'], 'record')}."


def _of_orders(facts: Facts) -> str:
    note, currency = facts.note, facts.currency
    many = counted(note["orders"], "order with an invoice has", "orders with invoices have")
    start = f"{note['month']}: {many}"
    if not facts.cause:
        return f"{start} {signed(note['shop'], currency)} of tax in the shop and in Odoo."
    one = counted(note["differing"], "order differs", "orders differ")
    return (
        f"{start} {signed(note['shop'], currency)} of tax in the shop and "
        f"{signed(note['odoo'], currency)} in Odoo; {one}."
    )


def percentage(ratio: Fraction) -> str:
    """A ratio as 19.00 %."""
    hundredths = half_up(ratio * 10_000)
    whole, rest = divmod(abs(hundredths), 100)
    return f"{'-' if hundredths < 0 else ''}{whole}.{rest:02} %"


def _percent(values: Mapping[str, Any]) -> str:
    if values.get("base", 0) <= 0:
        return "not known"
    return percentage(Fraction(values["single"], values["base"]))


def _share(values: Mapping[str, Any], currency: str) -> str:
    one, other = (signed(values[name], currency) for name in ("single", "base"))
    return f"{one} of it on {other}: {_percent(values)}"


def _off(facts: Facts) -> str:
    delta = facts.delta or 0
    return f"{said(delta, facts.currency)} {'more' if delta > 0 else 'less'}"


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say what was added up and what to do."""
    note, currency = facts.note, facts.currency
    if "orders" in note:
        text = "Orders and posted invoices of one order and currency; months are those of the order."
        found = [Evidence(facts.rule, text)]
        if note["named"]:
            largest = said(note["largest"], currency)
            found.append(
                Evidence("orders", f"Such as {', '.join(note['named'])}; the largest gap is {largest}.")
            )
    else:
        text = "Tax by the name of its rate; what it is reckoned on is known of records with one rate."
        found = [Evidence(facts.rule, text)]
        records = f"Tax {signed(note['tax'], currency)} of {counted(note['records'], 'record')}"
        found.append(Evidence("figures", f"{records}; {_share(note, currency)}."))
        if note["before"]:
            before = note["before"]
            text = f"The month before: tax {signed(before['tax'], currency)}; {_share(before, currency)}."
            found.append(Evidence("before", text))
        if note["named"]:
            found.append(Evidence("records", f"More tax than the rate gives: {', '.join(note['named'])}."))
    if facts.cause in _NEXT:
        found.append(Evidence("next", _NEXT[facts.cause]))
    return tuple(found)


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say why two records were not compared."""
    one, other = (str(record.values.get("ref", "")) for record in (left, right))
    if one != other:
        return (Evidence("ref", f"The order differs: '{one}' and '{other}'."),)
    return (Evidence("ref", f"Both name {one or 'no order'}."),)
