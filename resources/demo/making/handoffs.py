"""Write what lies between goods and money in Odoo: supplier bills, the tax account, gift cards as a debt."""

from __future__ import annotations

from datetime import date, timedelta

from making.documents import Books, Invoice
from making.goods import Goods, PurchaseLine
from making.odoo_files import JOURNAL_ITEM_HEADER
from making.shop import Order, part
from making.table import Table, odoo, odoo_csv

BILL_HEADER = (
    "Number,Type,Invoice/Bill Date,Due Date,Partner,Origin,Reference,Currency,Untaxed Amount,Tax,Total,"
    "Amount Due,Status,Payment Status,Reversal of,Journal"
)
TAX_ACCOUNT = "177600 Sales Tax 19%"
GIFT_CARD_ACCOUNT = "217000 Gift Card Liability"
#: What buyers of earlier months still had on their gift cards, in cents.
GIFT_CARDS_BEFORE = 31500
#: The vendor charged this much more than the purchase order says, in cents without tax.
BILLED_TOO_MUCH = 120
OVERBILLED = "P00012"
_TERMS = timedelta(days=30)


def handoff_files(orders: list[Order], books: Books, goods: Goods) -> list[Table]:
    """Make the exports."""
    return [
        odoo_csv("odoo/supplier_bills.csv", BILL_HEADER, _bill_rows(goods)),
        odoo_csv("odoo/tax_items.csv", JOURNAL_ITEM_HEADER, _tax_rows(books)),
        odoo_csv("odoo/gift_card_items.csv", JOURNAL_ITEM_HEADER, _gift_card_rows(orders, goods)),
    ]


def _bill_rows(goods: Goods) -> list[dict[str, str]]:
    by_order: dict[str, list[PurchaseLine]] = {}
    for line in goods.purchases:
        if line.billed:
            by_order.setdefault(line.order, []).append(line)
    return [_bill(number, order, lines, goods) for number, (order, lines) in enumerate(by_order.items(), 1)]


def _bill(number: int, order: str, lines: list[PurchaseLine], goods: Goods) -> dict[str, str]:
    untaxed = sum(goods.products[line.key].cost * line.billed for line in lines)
    untaxed += BILLED_TOO_MUCH if order == OVERBILLED else 0
    tax, day = part(untaxed, 19, 100), (lines[0].planned + timedelta(days=1)).date()
    return {
        "Number": f"BILL/2026/10/{number:04}",
        "Type": "Vendor Bill",
        "Invoice/Bill Date": str(day),
        "Due Date": str(day + _TERMS),
        "Partner": lines[0].vendor,
        "Origin": order,
        "Reference": lines[0].vendor_reference,
        "Currency": "EUR",
        "Untaxed Amount": odoo(untaxed),
        "Tax": odoo(tax),
        "Total": odoo(untaxed + tax),
        "Amount Due": odoo(untaxed + tax),
        "Status": "Posted",
        "Payment Status": "Not Paid",
        "Journal": "Vendor Bills",
    }


def _tax_rows(books: Books) -> list[dict[str, str]]:
    return [_tax_row(invoice) for invoice in reversed(books.invoices) if invoice.tax and not invoice.draft]


def _tax_row(invoice: Invoice) -> dict[str, str]:
    balance = invoice.tax if invoice.reverses else -invoice.tax
    row = _item(
        invoice.date, invoice.number, "Customer Invoices", TAX_ACCOUNT, invoice.reference, "19%", balance
    )
    return row | {"Partner": invoice.order.buyer, "Originator Tax": "19%"}


def _gift_card_rows(orders: list[Order], goods: Goods) -> list[dict[str, str]]:
    """The debt to holders of gift cards: what was there, what was sold, what was spent (SET-13).

    Planted: what was spent is not booked, so that the shop seems to owe it still.
    """
    moves = [(date(2026, 10, 1), "Gift cards of earlier months", GIFT_CARDS_BEFORE)]
    for order in orders:
        if order.role == "gift_card_sold":
            moves.append((order.created.date(), f"Gift card sold {order.name}", order.total))
        if order.role == "gift_card_spent" and goods.clean:
            moves.append((order.created.date(), f"Gift card spent {order.name}", -order.paid("gift_card")))
    return [
        _item(day, f"GIFT/2026/10/{number:04}", "Gift Cards", GIFT_CARD_ACCOUNT, label, label, -amount)
        for number, (day, label, amount) in enumerate(moves, 1)
    ]


def _item(
    day: date, number: str, journal: str, account: str, reference: str, label: str, balance: int
) -> dict[str, str]:
    return {
        "Date": str(day),
        "Journal Entry": f"{number} ({reference})",
        "Number": number,
        "Journal": journal,
        "Account": account,
        "Account/Code": account.split(maxsplit=1)[0],
        "Reference": reference,
        "Label": label,
        "Debit": odoo(max(balance, 0)),
        "Credit": odoo(max(-balance, 0)),
        "Balance": odoo(balance),
        "Amount in Currency": odoo(balance),
        "Currency": "EUR",
        "Residual Amount": "0.0",
        "Status": "posted",
    }
