"""Write the documents around the goods: order lines, parts of kits, the stock account, the count sheet."""

from __future__ import annotations

from datetime import date, datetime

from making.books import order_lines
from making.documents import Books
from making.goods import COUNTED_AT, CUSTOMERS, SHOP, Goods, in_unit
from making.odoo_files import JOURNAL_ITEM_HEADER, second_number
from making.shop import Order
from making.table import Table, odoo, odoo_csv, plain_csv

STOCK_ACCOUNT = "110100 Stock Valuation"
#: What somebody booked on the stock account by hand, in cents.
BOOKED_BY_HAND = 1200
#: A delivery whose cost nobody booked.
COST_NOT_BOOKED = "Depot/OUT/00172"
SHEET = "RC-261031-MITTE"
SALE_LINE_HEADER = (
    "Order Reference,Order Reference/Customer Reference,Product,Product/Internal Reference,Quantity,"
    "Delivery Quantity,Invoiced Quantity,Unit of Measure,Currency,Order Status"
)
PURCHASE_LINE_HEADER = (
    "Order Reference,Order Reference/Vendor Reference,Partner,Product,Product/Internal Reference,Description,"
    "Quantity,Received Qty,Billed Qty,Unit of Measure,Unit Price,Discount (%),Subtotal,Currency,"
    "Expected Arrival,Status"
)
BOM_LINE_HEADER = (
    "Component,Component/Internal Reference,Quantity,Product Unit of Measure,Parent BoM,Parent BoM/Product,"
    "Parent BoM/Product/Internal Reference,Parent BoM/BoM Type,Parent BoM/Quantity"
)
COUNT_HEADER = (
    "Sheet,Line,SKU,Barcode,Product,Location,Lot,Package,Owner,Unit,Counted,Counted by,Counted at,Zone"
)
_OPENING = date(2026, 10, 1)
_BY_HAND = date(2026, 10, 22)
_SINCE_ORDER = 5224  # sale order lines are exported from this order on: those of the last week


def goods_documents(orders: list[Order], books: Books, goods: Goods) -> list[Table]:
    """Make the exports of Odoo around the goods, and the filled count sheet."""
    sales = _sale_line_rows(orders, books, goods)
    return [
        odoo_csv("odoo/sale_order_lines.csv", SALE_LINE_HEADER, sales),
        odoo_csv("odoo/purchase_order_lines.csv", PURCHASE_LINE_HEADER, _purchase_rows(goods)),
        odoo_csv("odoo/bill_of_material_lines.csv", BOM_LINE_HEADER, _bom_rows(goods)),
        odoo_csv("odoo/stock_account_items.csv", JOURNAL_ITEM_HEADER, _account_rows(goods)),
        plain_csv("counts/count_shop_2026-10-31.csv", "count", COUNT_HEADER, _count_rows(goods)),
    ]


def _sale_line_rows(orders: list[Order], books: Books, goods: Goods) -> list[dict[str, str]]:
    invoiced = {invoice.order.number for invoice in books.invoices}
    rows = []
    for other in goods.others:
        product = goods.products[other.key]
        rows.append(
            _sale_line(other.order, other.reference, product.sku, product.display, other.quantity, 0, 0)
        )
    for order in reversed(orders):
        if order.number < _SINCE_ORDER or order.role == "unpaid" or order.flaw == "not_imported":
            continue
        first = f"S{order.number - 5000:05}"
        for number in (first, second_number(order)) if order.flaw == "imported_twice" else (first,):
            billed = order.number in invoiced and number == first
            rows += [
                _sale_line(
                    number, order.name, line.sku, line.name, line.quantity,
                    line.quantity if order.delivered else 0, line.quantity if billed else 0,
                )
                for line in order_lines(order, original=True)
            ]  # fmt: skip
    return rows


def _sale_line(
    number: str, reference: str, sku: str, display: str, quantity: int, delivered: int, invoiced: int
) -> dict[str, str]:
    return {
        "Order Reference": number,
        "Order Reference/Customer Reference": reference,
        "Product": display,
        "Product/Internal Reference": sku,
        "Quantity": f"{quantity}.0",
        "Delivery Quantity": f"{delivered}.0",
        "Invoiced Quantity": f"{invoiced}.0",
        "Unit of Measure": "Units",
        "Currency": "EUR",
        "Order Status": "sale",
    }


def _purchase_rows(goods: Goods) -> list[dict[str, str]]:
    rows = []
    for line in goods.purchases:
        product = goods.products[line.key]
        rows.append(
            {
                "Order Reference": f"{line.order} ({line.vendor_reference})",
                "Order Reference/Vendor Reference": line.vendor_reference,
                "Partner": line.vendor,
                "Product": product.display,
                "Product/Internal Reference": product.sku,
                "Description": product.display,
                "Quantity": in_unit(line.ordered, product),
                "Received Qty": in_unit(line.received, product),
                "Billed Qty": in_unit(line.billed, product),
                "Unit of Measure": product.unit,
                "Unit Price": odoo(product.cost * product.per),
                "Discount (%)": "0.0",
                "Subtotal": odoo(product.cost * line.ordered),
                "Currency": "EUR",
                "Expected Arrival": f"{line.planned:%Y-%m-%d} 12:00:00",
                "Status": "purchase",
            }
        )
    return rows


def _bom_rows(goods: Goods) -> list[dict[str, str]]:
    rows = []
    for kit, parts in goods.kits.items():
        for key, pieces in parts:
            rows.append(
                {
                    "Component": goods.products[key].display,
                    "Component/Internal Reference": key,
                    "Quantity": f"{pieces}.0",
                    "Product Unit of Measure": "Units",
                    "Parent BoM": goods.products[kit].display,
                    "Parent BoM/Product": goods.products[kit].display,
                    "Parent BoM/Product/Internal Reference": kit,
                    "Parent BoM/BoM Type": "Kit",
                    "Parent BoM/Quantity": "1.0",
                }
            )
    return rows


def _account_rows(goods: Goods) -> list[dict[str, str]]:
    """The stock account: its balance is the value of the stock and what was booked by hand."""
    by_hand = 0 if goods.clean else BOOKED_BY_HAND
    booked = [(_BY_HAND, "Packing material, by hand", by_hand)] if by_hand else []
    booked += [(line.planned.date(), f"{line.order} received", _paid(goods, line.key, line.received))
               for line in goods.purchases if line.received]  # fmt: skip
    booked += [(done.date(), f"{number} delivered", -cost) for number, done, cost in _delivered(goods)
               if goods.clean or number != COST_NOT_BOOKED]  # fmt: skip
    booked += [(done.date(), f"{number} taken back", amount) for number, done, amount in _taken_back(goods)]
    worth = sum(goods.worth(place, key) for place, key in goods.on_hand)
    opening = worth + by_hand - sum(amount for _, _, amount in booked)
    rows = []
    for number, (day, label, amount) in enumerate(sorted([*booked, (_OPENING, "Opening stock", opening)]), 1):
        manual = label.endswith("by hand")
        name, journal = ("MISC", "Miscellaneous Operations") if manual else ("STJ", "Inventory Valuation")
        rows.append(_account_row(f"{name}/2026/10/{number:04}", journal, day, label, amount))
    return rows


def cost_of(goods: Goods, number: str) -> int:
    """What the goods of a delivery cost, in cents."""
    return next(cost for name, _, cost in _delivered(goods) if name == number)


def _delivered(goods: Goods) -> list[tuple[str, datetime, int]]:
    return [
        (
            transfer.number,
            transfer.done,
            sum(_paid(goods, move.key, move.quantity) for move in transfer.moves),
        )
        for transfer in goods.transfers
        if transfer.done and transfer.target == CUSTOMERS
    ]


def _paid(goods: Goods, key: str, pieces: int) -> int:
    return goods.products[key].cost * pieces


def _taken_back(goods: Goods) -> list[tuple[str, datetime, int]]:
    return [
        (
            transfer.number,
            transfer.done,
            sum(_paid(goods, move.key, move.quantity) for move in transfer.moves),
        )
        for transfer in goods.transfers
        if transfer.return_of and transfer.done
    ]


def _account_row(number: str, journal: str, day: date, label: str, amount: int) -> dict[str, str]:
    return {
        "Date": str(day),
        "Journal Entry": number,
        "Number": number,
        "Journal": journal,
        "Account": STOCK_ACCOUNT,
        "Account/Code": STOCK_ACCOUNT.split(maxsplit=1)[0],
        "Label": label,
        "Debit": odoo(max(amount, 0)),
        "Credit": odoo(max(-amount, 0)),
        "Balance": odoo(amount),
        "Amount in Currency": odoo(amount),
        "Currency": "EUR",
        "Residual Amount": "0.0",
        "Status": "posted",
    }


def _count_rows(goods: Goods) -> list[dict[str, str]]:
    rows = []
    for number, (key, pieces) in enumerate(sorted(goods.counted.items()), 1):
        product = goods.products[key]
        rows.append(
            {
                "Sheet": SHEET,
                "Line": str(number),
                "SKU": product.sku,
                "Barcode": product.barcode,
                "Product": product.name,
                "Location": SHOP,
                "Unit": product.unit,
                "Counted": str(pieces),
                "Counted by": "Mia",
                "Counted at": f"{COUNTED_AT:%Y-%m-%d %H:%M}",
                "Zone": "+01:00",
            }
        )
    return rows
