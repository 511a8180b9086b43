"""Write products, stock and moves as Shopify and Odoo export them."""

from __future__ import annotations

from making.assortment import Product
from making.documents import Books
from making.goods import DONE, INSIDE, READY, Goods, Move, Transfer, in_unit
from making.goods_documents import goods_documents
from making.shop import VENDOR, Order
from making.table import Table, money, odoo, odoo_csv, plain_csv

PRODUCT_HEADER = (
    "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,"
    "Option1 Linked To,Option2 Name,Option2 Value,Option2 Linked To,Option3 Name,Option3 Value,"
    "Option3 Linked To,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Policy,"
    "Variant Fulfillment Service,Variant Price,Variant Compare At Price,Variant Requires Shipping,"
    "Variant Taxable,Variant Barcode,Image Src,Image Position,Gift Card,Variant Weight Unit,Cost per item,"
    "Status"
)
INVENTORY_HEADER = (
    "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,"
    "HS Code,COO,Location,Bin name,Incoming (not editable),Unavailable (not editable),"
    "Committed (not editable),Available (not editable),On hand (current),On hand (new)"
)
ODOO_PRODUCT_HEADER = (
    "Internal Reference,Barcode,Name,Display Name,Variant Values,Product Type,Track Inventory,Tracking,"
    "Sales Price,Cost,Quantity On Hand,Free To Use Quantity ,Incoming,Outgoing,Forecasted Quantity,"
    "Unit of Measure,Purchase Unit,Active,Is Kits"
)
QUANT_HEADER = (
    "Location,Product,Product/Internal Reference,Product/Barcode,Lot/Serial Number,Package,Owner,Quantity,"
    "Reserved Quantity,Available Quantity,Unit of Measure,Value,Currency,Company"
)
MOVE_HEADER = (
    "Date Scheduled,Reference,Source Document,Product,Product/Internal Reference,Demand,Quantity,UoM,"
    "Source Location,Intermediate Location,Transfer,Status,Inventory,Purchase Order Line,BoM Line"
)
MOVE_LINE_HEADER = (
    "Date,Reference,Product,Product/Internal Reference,Lot/Serial Number,From,To,Quantity,Unit of Measure,"
    "Status"
)
TRANSFER_HEADER = (
    "Reference,Source Document,Contact,Operation Type,Scheduled Date,Date of Transfer,Source Location,"
    "Destination Location,Status,Back Order of,Return of,Tracking Reference"
)
_COMPANY = "Quillfern Stationers"


def goods_files(orders: list[Order], books: Books, goods: Goods) -> list[Table]:
    """Make the exports of products and stock, and the filled count sheet."""
    return [
        plain_csv("shopify/products_export_1.csv", "shop", PRODUCT_HEADER, _product_rows(goods)),
        plain_csv("shopify/inventory_export_1.csv", "shop", INVENTORY_HEADER, _level_rows(goods)),
        odoo_csv("odoo/products.csv", ODOO_PRODUCT_HEADER, _odoo_product_rows(goods)),
        odoo_csv("odoo/stock_quants.csv", QUANT_HEADER, _quant_rows(goods)),
        odoo_csv("odoo/stock_moves.csv", MOVE_HEADER, [_move_row(goods, move) for move in goods.moves()]),
        odoo_csv("odoo/stock_move_lines.csv", MOVE_LINE_HEADER, _move_line_rows(goods)),
        odoo_csv("odoo/transfers.csv", TRANSFER_HEADER, [_transfer_row(each) for each in goods.transfers]),
        *goods_documents(orders, books, goods),
    ]


def _variants(product: Product) -> list[tuple[str, str]]:
    """Option name and value of each variant."""
    return [("Colour", colour) for colour in product.colours] or [("Title", "Default Title")]


def _protected(code: str) -> str:
    """Shopify writes an apostrophe before codes of digits."""
    return f"'{code}" if code.isdigit() else code


def _in_shop(goods: Goods) -> list[Product]:
    return sorted(
        (product for product in goods.products.values() if product.shop_sku), key=lambda each: each.handle
    )


def _product_rows(goods: Goods) -> list[dict[str, str]]:
    rows = []
    for product in _in_shop(goods):
        head = {
            "Title": product.name,
            "Vendor": VENDOR,
            "Published": "true",
            "Gift Card": "true" if product.service else "false",
            "Status": "active",
        }
        for index, (option, value) in enumerate(_variants(product)):
            variant = {
                "Handle": product.handle,
                "Option1 Name": "" if index else option,
                "Option1 Value": value,
                "Variant SKU": _protected(product.shop_sku),
                "Variant Grams": "0.0",
                "Variant Inventory Tracker": "" if product.service else "shopify",
                "Variant Inventory Policy": "deny",
                "Variant Fulfillment Service": "manual",
                "Variant Price": money(product.price),
                "Variant Requires Shipping": "false" if product.service else "true",
                "Variant Taxable": "false" if product.service else "true",
                "Variant Barcode": _protected(product.shop_barcode),
                "Variant Weight Unit": "kg",
                "Cost per item": money(product.cost) if product.cost else "",
            }
            rows.append(variant | ({} if index else head))
    return rows


def _level_rows(goods: Goods) -> list[dict[str, str]]:
    return [
        {
            "Handle": product.handle,
            "Title": product.name,
            "Option1 Name": option,
            "Option1 Value": value,
            "SKU": product.shop_sku,
            "Location": location,
            **_level_cells(goods, product, location),
        }
        for product in _in_shop(goods)
        if not product.service
        for option, value in _variants(product)
        for location in ("Depot", "Shop")
    ]


def _level_cells(goods: Goods, product: Product, location: str) -> dict[str, str]:
    """The figures of a variant at a location; variants share the stock evenly."""
    names = [
        f"{name} (not editable)" for name in ("Incoming", "Unavailable", "Committed", "Available")
    ] + ["On hand (current)"]  # fmt: skip
    level = goods.levels.get((location, product.key))
    if level is None:
        return dict.fromkeys(names, "not stocked")
    figures = (0, level.unavailable, level.committed, level.available, level.hand)
    return {name: str(figure // len(_variants(product))) for name, figure in zip(names, figures, strict=True)}


def _odoo_product_rows(goods: Goods) -> list[dict[str, str]]:
    rows = []
    for product in sorted(goods.products.values(), key=lambda each: each.sku):
        if not product.sku:
            continue
        hand, free, coming, going = _figures(goods, product.key)
        rows.append(
            {
                "Internal Reference": product.sku,
                "Barcode": product.barcode,
                "Name": product.name,
                "Display Name": product.display,
                "Product Type": "service" if product.service else "consu",
                "Track Inventory": "" if product.service else "True",
                "Tracking": "none",
                "Sales Price": odoo(product.price * product.per),
                "Cost": odoo(product.cost * product.per),
                "Quantity On Hand": in_unit(hand, product),
                "Free To Use Quantity ": in_unit(free, product),
                "Incoming": in_unit(coming, product),
                "Outgoing": in_unit(going, product),
                # the sum of figures that are rounded already
                "Forecasted Quantity": in_unit(hand + coming - going, product),
                "Unit of Measure": product.unit,
                "Purchase Unit": product.unit,
                "Active": "True" if product.active else "",
                "Is Kits": "True" if product.kit else "",
            }
        )
    return rows


def _figures(goods: Goods, key: str) -> tuple[int, int, int, int]:
    """On hand, free, incoming and outgoing of both warehouses; those of a kit are what its parts make."""
    if key in goods.kits:
        kit = goods.kits[key]
        parts = [[figure // pieces for figure in _figures(goods, part)[:2]] for part, pieces in kit]
        hand, free = (min(figures) for figures in zip(*parts, strict=True))
        return hand, free, 0, 0
    hand = sum(goods.on_hand.get((place, key), 0) for place in INSIDE)
    free = hand - sum(goods.reserved.get((place, key), 0) for place in INSIDE)
    coming = going = 0
    for transfer in goods.transfers:
        waits = sum(move.demand for move in transfer.moves if move.key == key and not transfer.done)
        coming += waits if transfer.target in INSIDE else 0
        going += waits if transfer.source in INSIDE else 0
    return hand, free, coming, going


def _quant_rows(goods: Goods) -> list[dict[str, str]]:
    rows = []
    for (place, key), pieces in sorted(goods.on_hand.items()):
        if not pieces:
            continue
        product = goods.products[key]
        reserved = goods.reserved.get((place, key), 0)
        rows.append(
            {
                "Location": place,
                "Product": product.display,
                "Product/Internal Reference": product.sku,
                "Product/Barcode": product.barcode,
                "Quantity": in_unit(pieces, product),
                "Reserved Quantity": in_unit(reserved, product),
                "Available Quantity": in_unit(pieces - reserved, product),
                "Unit of Measure": product.unit,
                "Value": odoo(goods.worth(place, key)),
                "Currency": "EUR",
                "Company": _COMPANY,
            }
        )
    return rows


def _move_row(goods: Goods, move: Move) -> dict[str, str]:
    product, transfer = goods.products[move.key], move.transfer
    bought = transfer.origin.startswith("P0")
    return {
        "Date Scheduled": f"{transfer.done or transfer.scheduled:%Y-%m-%d %H:%M:%S}",
        "Reference": transfer.number,
        "Source Document": transfer.origin,
        "Product": product.display,
        "Product/Internal Reference": product.sku,
        "Demand": in_unit(move.demand, product),
        "Quantity": in_unit(move.quantity, product),
        "UoM": product.unit,
        "Source Location": transfer.source,
        "Intermediate Location": transfer.target,
        "Transfer": transfer.number,
        "Status": move.status,
        "Purchase Order Line": product.display if bought else "",
        "BoM Line": product.display if move.kit else "",
    }


def _move_line_rows(goods: Goods) -> list[dict[str, str]]:
    rows = []
    for move in goods.moves():
        if move.status not in (DONE, READY):
            continue
        product, transfer = goods.products[move.key], move.transfer
        rows.append(
            {
                "Date": f"{transfer.done or transfer.scheduled:%Y-%m-%d %H:%M:%S}",
                "Reference": transfer.number,
                "Product": product.display,
                "Product/Internal Reference": product.sku,
                "From": transfer.source,
                "To": transfer.target,
                "Quantity": in_unit(move.quantity, product),
                "Unit of Measure": product.unit,
                "Status": "done" if move.status == DONE else "assigned",
            }
        )
    return rows


def _transfer_row(transfer: Transfer) -> dict[str, str]:
    return {
        "Reference": transfer.number,
        "Source Document": transfer.origin,
        "Contact": transfer.partner,
        "Operation Type": transfer.operation,
        "Scheduled Date": f"{transfer.scheduled:%Y-%m-%d %H:%M:%S}",
        "Date of Transfer": f"{transfer.done:%Y-%m-%d %H:%M:%S}" if transfer.done else "",
        "Source Location": transfer.source,
        "Destination Location": transfer.target,
        "Status": transfer.status,
        "Back Order of": transfer.backorder_of,
        "Return of": transfer.return_of,
        "Tracking Reference": transfer.tracking,
    }
