"""What the comparison of stock reads and can be told; the causes across money and stock need the same."""

from __future__ import annotations

from recon_app.models.record import RecordType

_GOODS = ("sku", "status", "unit", "quantity")

READS: dict[RecordType, tuple[str, ...]] = {
    RecordType.INVENTORY_LEVEL: (
        *("sku", "grp", "ref2", "location", "lot", "unit", "quantity", "available", "reserved", "at"),
        "source",
    ),
    RecordType.STOCK_QUANT: (
        *("sku", "grp", "ref2", "location", "lot", "unit", "quantity", "reserved", "amount", "currency"),
        "extra",
    ),
    RecordType.STOCK_COUNT: ("sku", "grp", "ref2", "location", "lot", "unit", "counted", "at", "account"),
    RecordType.SHOP_PRODUCT: ("sku", "status", "grp", "ref2", "available", "source"),
    RecordType.ODOO_PRODUCT: ("sku", "ref2", "status", "unit", "extra"),
    RecordType.KIT_COMPONENT: (*_GOODS, "grp", "extra"),
    RecordType.ORDER: ("ref", "extra"),
    RecordType.ORDER_LINE: (*_GOODS, "ref", "day", "at", "extra"),
    RecordType.FULFILMENT: (*_GOODS, "ref"),
    RecordType.REFUND: (*_GOODS, "ref"),
    RecordType.SALE_ORDER: ("ref", "ref2", "grp", "status", "day"),
    RecordType.SALE_ORDER_LINE: (*_GOODS, "ref", "ref2", "grp", "done", "source"),
    RecordType.STOCK_MOVE: (
        *(*_GOODS, "ref", "ref2", "grp", "at", "location", "location_to", "reserved", "done"),
        *("extra", "source"),
    ),
    RecordType.STOCK_MOVE_LINE: (
        "sku",
        "ref2",
        "status",
        "at",
        "location",
        "location_to",
        "lot",
        "unit",
        "done",
    ),
    RecordType.TRANSFER: ("ref", "grp"),
}
