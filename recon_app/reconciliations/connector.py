"""Connector: what known behaviours of connectors between Shopify and Odoo left behind in the records."""

from __future__ import annotations

from typing import ClassVar

from recon_app.fingerprints._base import Fingerprint
from recon_app.models.case import Evidence
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import Record, Side
from recon_app.plugins import discover
from recon_app.reconciliations import _asks
from recon_app.reconciliations._base import Facts, Inputs, Progress, Reconciliation, Result
from recon_app.reconciliations._connector_run import needed

RULES: dict[str, Fingerprint] = discover("recon_app.fingerprints", "Fingerprint")


class Connector(Reconciliation):
    """One case per place where a rule of the folder ``fingerprints`` shows; its cause is the rule.

    A behaviour may hit an order that another one hits too, so that a record can stand in several cases, in
    contrast to other comparisons. The difference of a case is what the behaviour is about: money, or goods.
    """

    id = "connector"
    title = "Connector"
    reads: ClassVar = needed(RULES.values())
    pairs: ClassVar = ((Side.SHOP, Side.ODOO), (Side.ODOO, Side.PLATFORM))
    apart: ClassVar = True
    asks: ClassVar = (_asks.STOCK_LOCATION, _asks.EXCLUDED, _asks.SAFETY_STOCK)
    columns: ClassVar = {
        Side.SHOP: (
            Column("ref", "Order", role=Role.KEY, width=10),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("location", "Place", width=14, shown=False),
            Column("quantity", "Quantity", ColumnType.QUANTITY, width=9),
            Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("currency", "Cur.", width=5, shown=False),
            Column("status", "Status", width=12),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.ODOO: (
            Column("grp", "Document", role=Role.KEY, width=16),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("ref", "Ref", role=Role.KEY, width=14),
            Column("sku", "SKU", role=Role.KEY, width=16),
            Column("location", "Place", width=14, shown=False),
            Column("quantity", "Quantity", ColumnType.QUANTITY, width=9),
            Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("currency", "Cur.", width=5, shown=False),
            Column("status", "Status", width=12),
            Column("text", "Label", width=20, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.PLATFORM: (
            Column("ident", "Id", role=Role.KEY, width=16),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("ref", "Order ref", role=Role.KEY, width=10),
            Column("account", "Platform", width=16),
            Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("net", "Net", ColumnType.MONEY, width=11),
            Column("currency", "Cur.", width=5, shown=False),
            Column("status", "Status", width=10),
            Column("file", "File and row", width=24, shown=False),
        ),
    }

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Run all rules over the loaded records."""
        from recon_app.reconciliations._connector_run import reconcile

        return reconcile(inputs, list(RULES.values()), progress)

    def sentence(self, facts: Facts) -> str:
        """Say in one plain sentence what the case is."""
        return str(facts.note["text"])

    def evidence(self, facts: Facts) -> tuple[Evidence, ...]:
        """Say what the connector does and what to do about it."""
        rule = RULES.get(facts.cause)
        if rule is None:  # a run of a version that had more rules
            return ()
        steps = (Evidence("next", text) for text in rule.advice)
        return (Evidence(rule.id, f"{rule.code}: {rule.behaviour}"), *steps)

    def why_not(self, left: Record, right: Record) -> tuple[Evidence, ...]:
        """Nothing is linked here: each rule looks for one behaviour."""
        del left, right
        return (Evidence("rules", "Nothing is linked here; the rules look for known behaviours only."),)
