"""Stock on hand exported from Odoo (``stock.quant``): one row per product, location, lot, package and owner.

Odoo keeps 0 as the counted quantity of a quant that nobody has counted, and says in another field whether
it was; without that field a counted 0 cannot be told from no count. Available = quantity - reserved (49 of
49 rows of an export of 18). "Export All" of the list of locations shows the quantity as Inventoried Quantity.
"""

from __future__ import annotations

import numpy as np

from recon_app.models.problem import AnswerNeeded
from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._base import Batch, Ints, Reading
from recon_app.sources._goods import Sums, known
from recon_app.sources._odoo import Part, cells, extras
from recon_app.sources._odoo_fields import Name, Names
from recon_app.sources._odoo_goods import OdooGoodsSource, products

_QUANT: Names = {
    "external_id": (Name("id", "External ID"), Name("id", "ID", "18")),
    "product": (Name("product_id", "Product"),),
    "sku": (Name("product_id/default_code", "Product/Internal Reference"),),
    "barcode": (Name("product_id/barcode", "Product/Barcode"),),
    "location": (Name("location_id", "Location"),),
    "lot": (Name("lot_id", "Lot/Serial Number"), Name("lot_id/name", "Lot/Serial Number/Lot/Serial Number")),
    "package": (Name("package_id", "Package"),),
    "owner": (Name("owner_id", "Owner"),),
    "quantity": (
        Name("quantity", "Quantity"),
        Name("inventory_quantity_auto_apply", "Inventoried Quantity"),
    ),
    "reserved": (Name("reserved_quantity", "Reserved Quantity"),),
    "available": (Name("available_quantity", "Available Quantity"),),
    "unit": (Name("product_uom_id", "Unit of Measure", "16 18"), Name("product_uom_id", "Unit", "19")),
    "counted": (
        Name("inventory_quantity", "Counted Quantity", "16 18"),
        Name("inventory_quantity", "Counted", "19"),
    ),
    "is_counted": (Name("inventory_quantity_set", "Inventory Quantity Set"),),
    "difference": (Name("inventory_diff_quantity", "Difference"),),
    "value": (Name("value", "Value"),),
    "currency": (Name("currency_id", "Currency"), Name("currency_id/name", "Currency/Currency")),
    "company": (Name("company_id", "Company"),),
}


class OdooStockQuants(OdooGoodsSource):
    """One record per quant; what is in packages or belongs to others is kept apart."""

    id = "odoo_stock_quants"
    title = "Odoo stock on hand"
    record_type = RecordType.STOCK_QUANT
    # The external id is in some exports only and must not make a second record.
    key = ("sku", "ref2", "location", "lot", "grp")
    snapshot = "location"
    progress = (
        "barcode",
        "unit",
        "quantity",
        "reserved",
        "available",
        "counted",
        "amount",
        "currency",
        "text",
        "extra",
    )
    names = _QUANT
    needs = (("product",), ("location",), ("quantity",))
    marks = cells(
        "Reserved Quantity | Available Quantity | Inventoried Quantity | Counted Quantity | Counted | "
        "Inventory Quantity Set | reserved_quantity | available_quantity | inventory_quantity | "
        "inventory_quantity_auto_apply | inventory_quantity_set"
    )
    never = cells(
        "Demand | Reference | Status | From | To | Handle | Debit | Order Reference | Unit Price | "
        "product_uom_qty | location_dest_id | state | picking_id"
    )
    summed = ("quantity", "reserved", "available", "value")

    def convert(self, part: Part, reading: Reading, sums: Sums) -> Batch:
        """Turn some quants into normalised fields."""
        units = part.text("unit")
        quantity, reserved = part.quantities("quantity"), part.quantities("reserved")
        available = part.quantities("available")
        _prove(part, quantity, reserved, available, reading)
        sums.add({"on hand": quantity, "reserved": reserved, "available": available}, units)
        amounts, currencies = _value(part, reading)
        packages, owners = part.text("package"), part.text("owner")
        return {
            "row": part.rows,
            "ident": part.text("external_id"),
            **products(part),
            "barcode": part.text("barcode"),
            "grp": [" / ".join(filter(None, pair)) for pair in zip(packages, owners, strict=True)],
            "location": part.text("location"),
            "lot": part.text("lot"),
            "unit": units,
            "quantity": quantity,
            "reserved": reserved,
            "available": available,
            "counted": _counted(part, reading),
            "amount": amounts,
            "currency": currencies,
            "text": part.text("product"),
            "extra": extras(
                part,
                {"package": packages, "owner": owners, "company": part.text("company")},
            ),
        }


def _prove(part: Part, quantity: Ints, reserved: Ints, available: Ints, reading: Reading) -> None:
    """Check available = quantity - reserved, where the file has all three."""
    if part.has("quantity", "reserved", "available"):
        some = known(quantity, reserved, available)
        name = f"{part.title('quantity')} - {part.title('reserved')} = {part.title('available')}"
        reading.identity(name, (quantity - reserved == available)[some], part.rows[some])


def _counted(part: Part, reading: Reading) -> Ints:
    """What a person counted, none where nobody did.

    A count of 0 shows in the difference to the quantity; without a difference, or with a quantity of 0, only
    the field that says so tells it.
    """
    counted = part.quantities("counted")
    if part.has("is_counted"):
        is_counted = np.array([flag is True for flag in part.flags("is_counted")], np.bool_)
        return np.where(is_counted, counted, NO_INT)
    difference = part.quantities("difference")
    is_counted = (counted != 0) | ((difference != 0) & (difference != NO_INT))
    if part.has("counted") and not is_counted.all() and _COUNT_UNSURE not in reading.notes:
        reading.notes.append(_COUNT_UNSURE)
    return np.where(is_counted, counted, NO_INT)


_COUNT_UNSURE = (
    "A counted quantity of 0 is taken as not counted; export with the field Inventory Quantity Set to be sure"
)


def _value(part: Part, reading: Reading) -> tuple[Ints, list[str]]:
    """Value and its currency; a file that does not say the currency is read without the value."""
    none = np.full(len(part), NO_INT, np.int64)
    if not part.has("value"):
        return none, [""] * len(part)
    try:
        currencies = part.currencies("currency")
    except AnswerNeeded:
        if _NO_CURRENCY not in reading.notes:
            reading.notes.append(_NO_CURRENCY)
        return none, [""] * len(part)
    amounts = part.money("value", currencies)
    reading.total("value", currencies, amounts)
    return amounts, currencies


_NO_CURRENCY = "The values were left out: the file does not say their currency; give the option currency"
