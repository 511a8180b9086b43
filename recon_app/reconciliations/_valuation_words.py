"""The sentences of the value of the stock."""

from __future__ import annotations

from recon_app.models.case import Evidence
from recon_app.models.money import Money
from recon_app.models.record import Record
from recon_app.reconciliations._base import Facts

NAMES = {
    "landed_cost": "landed cost",
    "price_difference": "price difference",
    "manual_entry": "manual entry",
    "several_entries": "several kinds of entries",
}


def sentence(facts: Facts) -> str:
    """Say in one plain sentence what the case is."""
    note = facts.note
    stock = Money(note["stock"], note["currency"])
    if facts.cause == "account_not_known":
        return (
            f"{note['currency']}: the stock is worth {stock}, and no stock account is known; answer "
            f"stock_account.{note['currency']} with its code."
        )
    said = f"{note['currency']}: the stock is worth {stock}, the stock account holds"
    ledger = Money(note["ledger"], note["currency"])
    if not facts.delta:
        return f"{said} the same."
    rest = Money(facts.delta, note["currency"])
    why = NAMES.get(facts.cause)
    if why:
        return f"{said} {ledger}: {rest}, which is exactly {why}."
    several = " (several things fit)" if note.get("causes") else ""
    return f"{said} {ledger}: {rest} not explained{several}."


def evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Say what was added up and what makes up the difference."""
    note = facts.note
    accounts = ", ".join(note["accounts"]) or "none"
    found = [
        Evidence("stock", f"Value of {note['quants']} quants: {Money(note['stock'], note['currency'])}."),
        Evidence("account", f"Posted items of account {accounts} up to the day of the exports."),
    ]
    if note["others"]:
        found.append(
            Evidence("consignment", f"{note['others']} quants belong to others: sellable, but not valued.")
        )
    for code, text in note.get("causes", ()):
        found.append(Evidence(code, f"The difference is exactly {text}."))
    if facts.kind == "amount" and not note.get("causes"):
        found.append(
            Evidence("open", "No landed cost, price difference or manual entry makes up the difference.")
        )
    return tuple(found)


def why_not(left: Record, right: Record) -> tuple[Evidence, ...]:
    """Say why two records are not linked."""
    one, other = (str(record.values.get("currency", "")) for record in (left, right))
    if one != other:
        return (Evidence("currency", f"The currency differs: '{one}' and '{other}'."),)
    return (Evidence("sum", "Only sums are compared here: all stock against all items of its account."),)
