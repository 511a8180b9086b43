"""How Odoo 16, 18 and 19 spell the fields of goods; see :mod:`recon_app.sources._odoo_fields`."""

from __future__ import annotations

from recon_app.sources._odoo_fields import (
    _COMPANY_CURRENCY,
    _CURRENCY,
    _EXTERNAL_ID,
    MOVE_STATES,
    SALE_ORDER,
    Name,
    Names,
)

_PRODUCT = (Name("product_id", "Product"),)
_SKU = (Name("product_id/default_code", "Product/Internal Reference"),)
_BARCODE = (Name("product_id/barcode", "Product/Barcode"),)
_LINE_UNIT = (
    Name("product_uom", "Unit of Measure", "16 18"),
    Name("product_uom_id", "Unit", "19"),
)

STOCK_MOVE: Names = {  # stock.move
    "external_id": _EXTERNAL_ID,
    "date": (Name("date", "Date Scheduled"),),
    "transfer": (Name("picking_id", "Transfer"), Name("picking_id/name", "Transfer/Reference")),
    "reference": (Name("reference", "Reference"),),
    "origin": (Name("origin", "Source Document"),),
    "product": _PRODUCT,
    "sku": _SKU,
    "barcode": _BARCODE,
    "demand": (Name("product_uom_qty", "Demand"),),
    "quantity": (Name("quantity", "Quantity", "18 19"),),
    "quantity_done": (Name("quantity_done", "Quantity Done", "16"),),
    "unit": (Name("product_uom", "UoM", "16 18"), Name("product_uom", "Unit", "19")),
    "location": (Name("location_id", "Source Location"),),
    "location_to": (
        Name("location_dest_id", "Intermediate Location", "18 19"),
        Name("location_dest_id", "Destination Location", "16"),
    ),
    "state": (Name("state", "Status"),),
    "inventory": (Name("is_inventory", "Inventory"),),
    "scrapped": (Name("scrapped", "Scrapped", "16 18"),),
    "sale_line": (Name("sale_line_id", "Sale Line"),),
    "purchase_line": (Name("purchase_line_id", "Purchase Order Line"),),
    "bom_line": (Name("bom_line_id", "BoM Line"),),
    "return_of": (Name("origin_returned_move_id", "Origin return move"),),
}

STOCK_MOVE_LINE: Names = {  # stock.move.line
    "external_id": _EXTERNAL_ID,
    "date": (Name("date", "Date"),),
    "transfer": (Name("picking_id", "Transfer"), Name("picking_id/name", "Transfer/Reference")),
    "reference": (Name("reference", "Reference"),),
    "origin": (Name("origin", "Source"),),
    "product": _PRODUCT,
    "sku": _SKU,
    "barcode": _BARCODE,
    "quantity": (Name("quantity", "Quantity", "18 19"),),
    "quantity_done": (Name("qty_done", "Done", "16"),),
    "reserved": (Name("reserved_uom_qty", "Reserved", "16"),),
    "unit": (Name("product_uom_id", "Unit of Measure", "16 18"), Name("product_uom_id", "Unit", "19")),
    "lot": (
        Name("lot_id", "Lot/Serial Number"),
        Name("lot_id/name", "Lot/Serial Number/Lot/Serial Number"),
        Name("lot_name", "Lot/Serial Number Name"),
    ),
    "location": (Name("location_id", "From"),),
    "location_to": (Name("location_dest_id", "To"),),
    "state": (Name("state", "Status"),),
}

TRANSFER: Names = {  # stock.picking
    "external_id": _EXTERNAL_ID,
    "number": (Name("name", "Reference"),),
    "origin": (Name("origin", "Source Document"),),
    "operation": (Name("picking_type_id", "Operation Type"),),
    "direction": (Name("picking_type_code", "Type of Operation"),),
    "scheduled": (Name("scheduled_date", "Scheduled Date"),),
    "date": (Name("date_done", "Date of Transfer"),),
    "location": (Name("location_id", "Source Location"),),
    "location_to": (Name("location_dest_id", "Destination Location"),),
    "state": (Name("state", "Status"),),
    "backorder_of": (Name("backorder_id", "Back Order of"),),
    "return_of": (Name("return_id", "Return of", "18 19"),),
    "tracking": (Name("carrier_tracking_ref", "Tracking Reference"),),
    "sale_order": (Name("sale_id", "Sales Order"),),
    "purchase_order": (Name("purchase_id", "Purchase Orders"),),
    "line_state": (Name("move_ids/state", "Stock Moves/Status"),),
}

PRODUCT: Names = {  # product.product
    "external_id": _EXTERNAL_ID,
    "sku": (Name("default_code", "Internal Reference"),),
    "barcode": (Name("barcode", "Barcode"),),
    "name": (Name("name", "Name"),),
    "display": (Name("display_name", "Display Name"),),
    "variant_values": (Name("product_template_variant_value_ids", "Variant Values"),),
    "template": (Name("product_tmpl_id", "Product Template"),),
    "active": (Name("active", "Active"),),
    "type": (
        Name("type", "Product Type", "18 19"),
        Name("detailed_type", "Product Type", "16"),
        Name("type", "Type", "16"),
    ),
    "storable": (Name("is_storable", "Track Inventory", "18 19"),),
    "tracking": (Name("tracking", "Tracking"),),
    "price": (Name("lst_price", "Sales Price"), Name("list_price", "Sales Price")),
    "cost": (Name("standard_price", "Cost"),),
    "unit": (Name("uom_id", "Unit of Measure", "16 18"), Name("uom_id", "Unit", "19")),
    "purchase_unit": (
        Name("uom_po_id", "Purchase Unit", "18"),
        Name("uom_po_id", "Purchase UoM", "16"),
    ),
    "on_hand": (Name("qty_available", "Quantity On Hand"),),
    "free": (Name("free_qty", "Free To Use Quantity"),),
    "forecast": (Name("virtual_available", "Forecasted Quantity"),),
    "incoming": (Name("incoming_qty", "Incoming"),),
    "outgoing": (Name("outgoing_qty", "Outgoing"),),
    "kit": (Name("is_kits", "Is Kits"),),
}

PURCHASE_ORDER: Names = {  # purchase.order
    "external_id": _EXTERNAL_ID,
    "number": (Name("name", "Order Reference"),),
    "vendor_ref": (Name("partner_ref", "Vendor Reference"),),
    "origin": (Name("origin", "Source Document", "16 18"), Name("origin", "Source", "19")),
    "date": (Name("date_approve", "Confirmation Date"),),
    "deadline": (Name("date_order", "Order Deadline"),),
    "planned": (Name("date_planned", "Expected Arrival"),),
    "state": (Name("state", "Status"),),
    "receipt_status": (Name("receipt_status", "Receipt Status"),),
    "invoice_status": (Name("invoice_status", "Billing Status"),),
    "currency": _CURRENCY,
    "company_currency": _COMPANY_CURRENCY,
    "untaxed": (Name("amount_untaxed", "Untaxed Amount"),),
    "tax": (Name("amount_tax", "Taxes"),),
    "total": (Name("amount_total", "Total"),),
    "line_subtotal": (Name("order_line/price_subtotal", "Order Lines/Subtotal"),),
}

PURCHASE_ORDER_LINE: Names = {  # purchase.order.line
    "external_id": _EXTERNAL_ID,
    "order": (Name("order_id/name", "Order Reference/Order Reference"), Name("order_id", "Order Reference")),
    "order_ref": (Name("order_id/partner_ref", "Order Reference/Vendor Reference"),),
    "product": _PRODUCT,
    "sku": _SKU,
    "barcode": _BARCODE,
    "description": (Name("name", "Description"),),
    "quantity": (Name("product_qty", "Quantity"),),
    "total_quantity": (Name("product_uom_qty", "Total Quantity"),),
    "done": (Name("qty_received", "Received Qty"),),
    "invoiced": (Name("qty_invoiced", "Billed Qty"),),
    "unit": _LINE_UNIT,
    "price": (Name("price_unit", "Unit Price"),),
    "discount": (Name("discount", "Discount (%)", "18 19"),),
    "subtotal": (Name("price_subtotal", "Subtotal"),),
    "total": (Name("price_total", "Total"),),
    "currency": _CURRENCY,
    "planned": (Name("date_planned", "Expected Arrival"),),
    "state": (Name("state", "Status"),),
}

SALE_ORDER_LINE: Names = {  # sale.order.line
    "external_id": _EXTERNAL_ID,
    "order": (Name("order_id/name", "Order Reference/Order Reference"), Name("order_id", "Order Reference")),
    "order_ref": (Name("order_id/client_order_ref", "Order Reference/Customer Reference"),),
    "product": _PRODUCT,
    "sku": _SKU,
    "barcode": _BARCODE,
    "description": (Name("name", "Description"),),
    "quantity": (Name("product_uom_qty", "Quantity"),),
    "done": (Name("qty_delivered", "Delivery Quantity"),),
    "invoiced": (Name("qty_invoiced", "Invoiced Quantity"),),
    "unit": _LINE_UNIT,
    "price": (Name("price_unit", "Unit Price"),),
    "discount": (Name("discount", "Discount (%)"),),
    "subtotal": (Name("price_subtotal", "Subtotal"),),
    "total": (Name("price_total", "Total"),),
    "currency": _CURRENCY,
    "delivery": (Name("is_delivery", "Is a Delivery"),),
    "taxes": (Name("tax_id", "Taxes", "16 18"), Name("tax_ids", "Taxes", "19")),
    "state": (Name("state", "Order Status"),),
}


def _lines(path: str, label: str, fields: Names) -> Names:
    """Fields of lines under the link to them, as in an export of the documents that have them."""
    return {
        f"line_{name}": tuple(
            Name(f"{path}/{each.technical}", f"{label}/{each.label}", each.versions) for each in spellings
        )
        for name, spellings in fields.items()
    }


def _only(fields: Names, *names: str) -> Names:
    return {name: fields[name] for name in names}


_ORDERED = (
    "product",
    "sku",
    "barcode",
    "description",
    "quantity",
    "done",
    "invoiced",
    "unit",
    "price",
    "subtotal",
)
SALE_ORDER_STACKED: Names = {  # sale.order with its lines
    **_only(SALE_ORDER, "number", "customer_ref", "state", "currency", "company_currency"),
    **_lines(
        "order_line",
        "Order Lines",
        _only(SALE_ORDER_LINE, *_ORDERED, "discount", "total", "taxes", "delivery"),
    ),
}
PURCHASE_ORDER_STACKED: Names = {  # purchase.order with its lines
    **_only(PURCHASE_ORDER, "number", "vendor_ref", "planned", "state", "currency", "company_currency"),
    **_lines("order_line", "Order Lines", _only(PURCHASE_ORDER_LINE, *_ORDERED)),
}
TRANSFER_STACKED: Names = {  # stock.picking with its moves
    **_only(TRANSFER, "number", "origin", "scheduled", "date", "location", "location_to"),
    **_lines("move_ids", "Stock Moves", _only(STOCK_MOVE, "product", "sku", "barcode", "unit", "state")),
    "line_quantity": (Name("move_ids/product_uom_qty", "Stock Moves/Demand"),),
    "line_done": (
        Name("move_ids/quantity", "Stock Moves/Quantity", "18 19"),
        Name("move_ids/quantity_done", "Stock Moves/Quantity Done", "16"),
    ),
}

_BOM_SKU = (
    Name("product_id/default_code", "Product Variant/Internal Reference"),
    Name("product_tmpl_id/default_code", "Product/Internal Reference"),
)
BOM: Names = {  # mrp.bom with its lines
    "kit_sku": _BOM_SKU,
    "kit": (Name("product_tmpl_id", "Product"),),
    "kit_variant": (Name("product_id", "Product Variant"),),
    "type": (Name("type", "BoM Type"),),
    "code": (Name("code", "Reference"),),
    "per": (Name("product_qty", "Quantity"),),
    "line_product": (Name("bom_line_ids/product_id", "BoM Lines/Component"),),
    "line_sku": (Name("bom_line_ids/product_id/default_code", "BoM Lines/Component/Internal Reference"),),
    "line_quantity": (Name("bom_line_ids/product_qty", "BoM Lines/Quantity"),),
    "line_unit": (
        Name("bom_line_ids/product_uom_id", "BoM Lines/Product Unit of Measure", "16 18"),
        Name("bom_line_ids/product_uom_id", "BoM Lines/Unit", "19"),
    ),
}
BOM_LINE: Names = {  # mrp.bom.line
    "external_id": _EXTERNAL_ID,
    "kit_sku": tuple(Name(f"bom_id/{name.technical}", f"Parent BoM/{name.label}") for name in _BOM_SKU),
    "kit": (
        Name("bom_id/product_tmpl_id", "Parent BoM/Product"),
        Name("bom_id", "Parent BoM"),
    ),
    "kit_variant": (Name("bom_id/product_id", "Parent BoM/Product Variant"),),
    "type": (Name("bom_id/type", "Parent BoM/BoM Type"),),
    "code": (Name("bom_id/code", "Parent BoM/Reference"),),
    "per": (Name("bom_id/product_qty", "Parent BoM/Quantity"),),
    "line_product": (Name("product_id", "Component"),),
    "line_sku": (Name("product_id/default_code", "Component/Internal Reference"),),
    "line_quantity": (Name("product_qty", "Quantity"),),
    "line_unit": (
        Name("product_uom_id", "Product Unit of Measure", "16 18"),
        Name("product_uom_id", "Unit", "19"),
    ),
}

# What the lower snake case of a label becomes, per selection.
STOCK_MOVE_STATES = {
    "new": "draft",
    "waiting_another_move": "waiting",
    "waiting_availability": "confirmed",
    "available": "assigned",
    **MOVE_STATES,
}
TRANSFER_STATES = {
    "waiting": "confirmed",
    "waiting_another_operation": "waiting",
    "ready": "assigned",
    **MOVE_STATES,
}
DIRECTIONS = {"receipt": "incoming", "delivery": "outgoing", "internal_transfer": "internal"}
PURCHASE_STATES = {
    "rfq": "draft",
    "rfq_sent": "sent",
    "purchase_order": "purchase",
    "locked": "done",
    **MOVE_STATES,
}
RECEIPT_STATUSES = {"not_received": "pending", "partially_received": "partial", "fully_received": "full"}
BILLING_STATUSES = {"nothing_to_bill": "no", "waiting_bills": "to_invoice", "fully_billed": "invoiced"}
PRODUCT_TYPES = {"goods": "consu", "consumable": "consu", "storable_product": "product"}
TRACKINGS = {"by_lots": "lot", "by_unique_serial_number": "serial", "no_tracking": "none"}
BOM_TYPES = {"kit": "phantom", "manufacture_this_product": "normal"}
