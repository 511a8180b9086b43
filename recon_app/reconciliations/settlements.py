"""Settlements: what the shop sold, what the platform paid, what Odoo booked, what reached the bank."""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.case import Evidence, Strength
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.proof import ClearingProof
from recon_app.models.record import Record, RecordType, Side
from recon_app.models.rule import Amounts, Key, Rule, Transform
from recon_app.reconciliations import _asks
from recon_app.reconciliations import _settlement_words as words
from recon_app.reconciliations._base import Facts, Inputs, Progress, Reconciliation, Result

_WINDOW = 5  # days a booking usually stays within
_WIDE = 30  # days for references that say more than the date
_LATE = 10  # a link further apart than this is timing


def _rule(
    name: str,
    sides: tuple[Side, Side],
    key: Key,
    strength: Strength,
    amount: Amounts = Amounts.EQUAL,
    window: int | None = None,
    *,
    same_currency: bool = True,
) -> Rule:
    return Rule(name, *sides, (key,), window, strength, amount, _LATE, same_currency)


_ODOO, _SHOP, _SHOP_ODOO = (
    (Side.PLATFORM, Side.ODOO),
    (Side.PLATFORM, Side.SHOP),
    (Side.SHOP, Side.ODOO),
)
_ORDER, _INVOICE = Key("ref", "ref", Transform.ORDER_REF), Key("ref", "ref2", Transform.ORDER_REF)

_NUMBER = Key("ref", "ref", Transform.CORE)
_SLIP, _CUT = Key("ref", "ref", Transform.SIMILAR), Key("ref", "ref", Transform.CUT)
_NO_REF = Key("ref", "ref", Transform.ABSENT)
_WEAK = Strength.WEAK

#: From certain to weak, measured by benchmarks/match.py. Whatever has the same amount speaks first, written
#: differently too: a typing error often makes the reference of another order. Then what the same reference
#: says about amounts that differ; last, references that fit many orders or none.
RULES = (
    _rule("platform_id", _ODOO, Key("ident", "ref"), Strength.EXACT),
    _rule("payment_reference", _ODOO, Key("ref2", "ref"), Strength.EXACT),
    _rule("order_reference", _ODOO, _ORDER, Strength.STRONG),
    _rule("invoice_of_order", _ODOO, _INVOICE, Strength.STRONG),
    _rule("order_number", _ODOO, _NUMBER, _WEAK, window=_WIDE),
    _rule("similar_reference", _ODOO, _SLIP, _WEAK, window=_WIDE),
    _rule("platform_id_only", _ODOO, Key("ident", "ref"), Strength.EXACT, Amounts.ANY),
    _rule("order_reference_only", _ODOO, _ORDER, Strength.STRONG, Amounts.ANY),
    _rule("invoice_of_order_only", _ODOO, _INVOICE, Strength.STRONG, Amounts.ANY),
    _rule("order_number_other_currency", _ODOO, _NUMBER, _WEAK, window=_WINDOW, same_currency=False),
    _rule("order_number_only", _ODOO, _NUMBER, _WEAK, Amounts.ANY, window=_WINDOW),
    _rule("cut_reference", _ODOO, _CUT, _WEAK, window=_WINDOW),
    _rule("amount_and_date", _ODOO, _NO_REF, _WEAK, window=_WINDOW),
    _rule("shop_order", _SHOP, _ORDER, Strength.STRONG),
    _rule("shop_order_only", _SHOP, _ORDER, Strength.STRONG, Amounts.ANY),
    _rule("shop_order_in_odoo", _SHOP_ODOO, _ORDER, Strength.STRONG),
    _rule("shop_order_invoice", _SHOP_ODOO, _INVOICE, Strength.STRONG),
    _rule("shop_order_in_odoo_only", _SHOP_ODOO, _ORDER, Strength.STRONG, Amounts.ANY),
)

_COMMON = ("ref", "account", "status", "day", "amount", "currency")


class Settlements(Reconciliation):
    """Payouts, their lines and their bookings."""

    id = "settlements"
    title = "Settlements"
    reads: ClassVar = {
        RecordType.ORDER: (*_COMMON, "ident", "open", "extra", "source"),
        RecordType.SHOP_TRANSACTION: (*_COMMON, "ident", "at", "category", "source"),
        RecordType.PAYMENT_LINE: (
            *_COMMON,
            "category",
            "ident",
            "ref2",
            "grp",
            "at",
            "due",
            "fee",
            "net",
            "foreign_amount",
            "foreign_currency",
            "source",
        ),
        RecordType.PAYOUT: (*_COMMON, "ident", "ref2", "source"),
        RecordType.ODOO_PAYMENT: (*_COMMON, "ref2", "grp"),
        RecordType.JOURNAL_ITEM: (*_COMMON, "ref2", "grp", "foreign_amount", "foreign_currency", "text"),
        RecordType.INVOICE: (*_COMMON, "category", "ref2", "grp", "extra"),
        RecordType.SALE_ORDER: ("ref", "grp"),
        RecordType.BANK_LINE: (*_COMMON, "ref2", "foreign_amount", "foreign_currency", "text", "source"),
    }
    pairs: ClassVar = (
        (Side.PLATFORM, Side.ODOO),
        (Side.SHOP, Side.PLATFORM),
        (Side.PLATFORM, Side.BANK),
    )
    packed: ClassVar = frozenset(
        {RecordType.SHOP_TRANSACTION, RecordType.PAYMENT_LINE, RecordType.ODOO_PAYMENT}
    )
    asks: ClassVar = (_asks.GATEWAY, _asks.JOURNAL, _asks.CLEARING)
    columns: ClassVar = {
        Side.SHOP: (
            Column("ref", "Order", role=Role.KEY, width=10),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("account", "Gateway", width=16),
            Column("category", "Type", width=9),
            Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("currency", "Cur.", role=Role.COMPARED, width=5, shown=False),
            Column("status", "Status", width=10, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.PLATFORM: (
            Column("payout", "Payout", width=14),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("ref", "Order ref", role=Role.KEY, width=10),
            Column("category", "Type", width=9),
            Column("amount", "Gross", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("fee", "Fee", ColumnType.MONEY, width=8),
            Column("net", "Net", ColumnType.MONEY, width=11),
            Column("currency", "Cur.", role=Role.COMPARED, width=5, shown=False),
            Column("account", "Platform", width=16, shown=False),
            Column("ident", "Id", width=16, shown=False),
            Column("status", "Status", width=10, shown=False),
            Column("foreign_amount", "Presented", ColumnType.MONEY, width=11, shown=False),
            Column("foreign_currency", "Pres. cur.", width=8, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.ODOO: (
            Column("grp", "Journal entry", width=16),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("ref", "Ref", role=Role.KEY, width=14),
            Column("account", "Journal / account", role=Role.COMPARED, width=18),
            Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("currency", "Cur.", role=Role.COMPARED, width=5, shown=False),
            Column("ref2", "Order of invoice", width=12, shown=False),
            Column("status", "Status", width=10, shown=False),
            Column("text", "Label", width=20, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.BANK: (
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("ref", "Reference", role=Role.KEY, width=18),
            Column("text", "Text", width=24),
            Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("currency", "Cur.", role=Role.COMPARED, width=5, shown=False),
            Column("account", "Bank account", width=18, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
    }

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Link the records and name what differs."""
        from recon_app.reconciliations._settlement_run import reconcile

        return reconcile(inputs, RULES, progress)

    def sentence(self, facts: Facts) -> str:
        """Say in one plain sentence what the case is."""
        return words.sentence(facts)

    def evidence(self, facts: Facts) -> tuple[Evidence, ...]:
        """Say why the records belong together and what was compared."""
        return words.evidence(facts)

    def why_not(self, left: Record, right: Record) -> tuple[Evidence, ...]:
        """Say, rule by rule, why two records were not linked."""
        from recon_app.engine.why_not import why_not

        return why_not(left, right, RULES)

    def clearing(self, inputs: Inputs, result: Result, cut_off: int) -> list[ClearingProof]:
        """Prove the clearing accounts at the end of a day."""
        from recon_app.reconciliations._settlement_clearing import clearing

        return clearing(inputs, result, cut_off)
