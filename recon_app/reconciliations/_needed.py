"""Which exports a comparison lacks, and where a person gets them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from recon_app.models.record import RecordType

_LIST = "select all, Action, Export"
#: What the records of a type are called, and where their export is.
_EXPORTS = {
    RecordType.ORDER: ("orders of the shop", "Shopify, Orders, Export"),
    RecordType.ORDER_LINE: ("order lines of the shop", "Shopify, Orders, Export"),
    RecordType.SHOP_TRANSACTION: (
        "transactions of the shop",
        "Shopify, Orders, Export, Export transaction histories",
    ),
    RecordType.INVENTORY_LEVEL: ("inventory of Shopify", "Shopify, Products, Inventory, Export"),
    RecordType.PAYMENT_LINE: ("transactions of a payment platform", "its report of settlements or payouts"),
    RecordType.INVOICE: ("invoices of Odoo", f"Accounting, Customers, Invoices, {_LIST}"),
    RecordType.BILL: ("bills of Odoo", f"Accounting, Vendors, Bills, {_LIST}"),
    RecordType.ODOO_PAYMENT: ("payments of Odoo", f"Accounting, Customers, Payments, {_LIST}"),
    RecordType.JOURNAL_ITEM: ("journal items of Odoo", f"Accounting, Journal Items, {_LIST}"),
    RecordType.PURCHASE_ORDER_LINE: (
        "purchase orders of Odoo with their lines",
        f"Purchase, Orders, {_LIST} with the fields of Order Lines",
    ),
    RecordType.STOCK_QUANT: ("stock on hand of Odoo", f"Inventory, Reporting, Locations, {_LIST}"),
    RecordType.STOCK_MOVE: ("stock moves of Odoo", f"Inventory, Reporting, Stock Moves, {_LIST}"),
    RecordType.STOCK_MOVE_LINE: ("stock move lines of Odoo", f"Inventory, Reporting, Moves History, {_LIST}"),
    RecordType.ODOO_PRODUCT: ("products of Odoo", f"Inventory, Products, {_LIST}"),
}


def needed(
    frames: Mapping[RecordType, pd.DataFrame], what: str, *kinds: RecordType | tuple[RecordType, ...]
) -> list[str]:
    """One sentence on the exports that are not imported; none where nothing is missing.

    Args:
        frames: What is imported.
        what: What cannot be compared without them, ``receipts are``.
        kinds: Types of records that are needed; of several in a tuple one is enough.
    """
    lacking = []
    for kind in kinds:
        choices = kind if isinstance(kind, tuple) else (kind,)
        if not any(len(frames[each]) for each in choices):
            named = (_EXPORTS[each] for each in choices)
            lacking.append(" or ".join(f"{name} ({where})" for name, where in named))
    if not lacking:
        return []
    return [f"Import {' and '.join(lacking)}: without that {what} not compared."]
