"""Which fields the tables of :class:`recon_app.fingerprints._books.Books` are made of."""

from __future__ import annotations

from collections.abc import Mapping

from recon_app.models.record import RecordType

_GOODS = ("sku", "ref2", "grp", "status", "day", "at", "location", "location_to", "unit", "quantity")
_FIELDS: Mapping[RecordType, tuple[str, ...]] = {
    RecordType.ORDER: (
        *("ident", "ref", "day", "at", "amount", "currency", "status", "open", "refunded", "extra"),
    ),
    RecordType.ORDER_LINE: ("ref", "sku", "quantity", "amount", "currency", "text", "status", "extra"),
    RecordType.REFUND: (
        *("ident", "ref", "ref2", "sku", "status", "day", "at", "amount", "currency", "quantity"),
        *("location", "text", "extra"),
    ),
    RecordType.SHOP_TRANSACTION: (
        *("ident", "ref", "category", "status", "day", "at", "amount", "currency", "account"),
    ),
    RecordType.PAYMENT_LINE: (
        *("ident", "ref", "ref2", "grp", "account", "category", "status", "day", "at", "due", "amount"),
        *("currency", "fee", "net", "foreign_amount", "foreign_currency", "text", "extra"),
    ),
    RecordType.PAYOUT: (
        *("ident", "ref", "ref2", "account", "status", "day", "amount", "currency", "fee", "extra"),
    ),
    RecordType.SALE_ORDER: (*("ref", "ref2", "grp", "day", "at", "amount", "currency", "status", "extra"),),
    RecordType.SALE_ORDER_LINE: (
        *("ref", "ref2", "grp", "sku", "status", "amount", "currency", "quantity", "text", "extra"),
    ),
    RecordType.INVOICE: (
        *("category", "ref", "ref2", "grp", "day", "amount", "currency", "status", "open", "extra"),
    ),
    RecordType.ODOO_PAYMENT: ("ref", "ref2", "grp", "status", "day", "amount", "currency", "extra"),
    RecordType.JOURNAL_ITEM: (
        *("ref", "grp", "account", "status", "day", "amount", "currency", "open", "foreign_amount"),
        *("foreign_currency", "text", "extra"),
    ),
    RecordType.STOCK_MOVE: (*_GOODS, "ref", "reserved", "done", "extra"),
    RecordType.TRANSFER: ("ref", "grp", "status", "day", "location", "location_to", "extra"),
    RecordType.STOCK_QUANT: (
        "sku",
        "ref2",
        "grp",
        "location",
        "lot",
        "unit",
        "quantity",
        "reserved",
        "available",
    ),
    RecordType.INVENTORY_LEVEL: (
        *("sku", "ref2", "grp", "location", "status", "at", "unit", "quantity", "available", "text"),
    ),
    RecordType.STOCK_COUNT: ("sku", "location", "day"),
    RecordType.KIT_COMPONENT: ("grp", "sku"),
    RecordType.ODOO_PRODUCT: ("sku", "unit"),
}


def reading(*kinds: RecordType) -> dict[RecordType, tuple[str, ...]]:
    """Fields of :attr:`Fingerprint.reads` for the tables of :class:`Books` that are made of these records."""
    return {kind: _FIELDS[kind] for kind in kinds}


#: What the tables of documents are made of.
SALES = (RecordType.ORDER, RecordType.SALE_ORDER)
DOCUMENTS = (*SALES, RecordType.INVOICE)
MOVES = (*SALES, RecordType.STOCK_MOVE, RecordType.TRANSFER)
REFUNDS = (RecordType.ORDER, RecordType.REFUND, RecordType.SHOP_TRANSACTION)
PAYOUTS = (RecordType.PAYOUT, RecordType.PAYMENT_LINE, RecordType.JOURNAL_ITEM)
