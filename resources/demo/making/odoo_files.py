"""Write the month as Odoo 18 exports it."""

from __future__ import annotations

from making.books import CLEARING, order_lines, order_total
from making.documents import Books, Invoice, InvoiceLine, Payment
from making.shop import Order
from making.table import Table, odoo, odoo_csv

PAYMENT_HEADER = (
    "Number,Date,Journal,Payment Method,Customer/Vendor,Payment Type,Partner Type,Amount,Amount Signed,"
    "Currency,Memo,Payment Reference,State,Is Reconciled,Is Matched With a Bank Statement,Journal Entry,"
    "Reconciled Invoices,Outstanding Account"
)
JOURNAL_ITEM_HEADER = (
    "Date,Journal Entry,Number,Journal,Account,Account/Code,Partner,Reference,Label,Debit,Credit,Balance,"
    "Amount in Currency,Currency,Residual Amount,Reconciled,Matching,Matching #,Taxes,Originator Tax,Status"
)
INVOICE_HEADER = (
    "Number,Type,Invoice/Bill Date,Due Date,Partner,Origin,Reference,Payment Reference,Currency,"
    "Untaxed Amount,Tax,Total,Total Signed,Amount Due,Amount Due Signed,Status,Payment Status,Reversal of,"
    "Journal,Invoice lines/Product,Invoice lines/Quantity,Invoice lines/Unit Price,Invoice lines/Subtotal,"
    "Invoice lines/Taxes,Invoice lines/Account"
)
SALE_ORDER_HEADER = (
    "Order Reference,Customer Reference,Source Document,Order Date,Customer,Customer/Email,Status,"
    "Invoice Status,Delivery Status,Currency,Untaxed Amount,Taxes,Total,Warehouse,Tags,Invoices,"
    "Order Lines/Product,Order Lines/Product/Internal Reference,Order Lines/Description,"
    "Order Lines/Quantity,Order Lines/Delivery Quantity,Order Lines/Invoiced Quantity,"
    "Order Lines/Unit Price,Order Lines/Discount (%),Order Lines/Subtotal,Order Lines/Taxes"
)


def odoo_files(orders: list[Order], books: Books) -> list[Table]:
    """Make the four exports of Odoo."""
    return [
        odoo_csv("odoo/payments.csv", PAYMENT_HEADER, _payment_rows(books)),
        odoo_csv("odoo/journal_items.csv", JOURNAL_ITEM_HEADER, _journal_item_rows(books)),
        odoo_csv("odoo/invoices_credit_notes.csv", INVOICE_HEADER, _invoice_rows(books)),
        odoo_csv("odoo/sale_orders.csv", SALE_ORDER_HEADER, _sale_order_rows(orders, books)),
    ]


def _payment_rows(books: Books) -> list[dict[str, str]]:
    return [_payment_row(payment) for payment in reversed(books.payments)]


def _payment_row(payment: Payment) -> dict[str, str]:
    return {
        "Number": payment.number,
        "Date": str(payment.date),
        "Journal": payment.journal,
        "Payment Method": f"Manual Payment ({payment.journal})",
        "Customer/Vendor": payment.partner,
        "Payment Type": "Receive" if payment.amount > 0 else "Send",
        "Partner Type": "Customer",
        "Amount": odoo(abs(payment.amount)),
        "Amount Signed": odoo(payment.amount),
        "Currency": payment.currency,
        "Memo": payment.memo,
        "State": "In Process",
        "Is Reconciled": "True" if payment.invoice else "",
        "Journal Entry": payment.entry,
        "Reconciled Invoices": payment.invoice.display if payment.invoice else "",
        "Outstanding Account": CLEARING[payment.journal],
    }


def _journal_item_rows(books: Books) -> list[dict[str, str]]:
    rows = []
    items = sorted(books.items, key=lambda item: (item.date, item.number), reverse=True)
    for item in items:
        reference = f" ({item.reference})" if item.reference else ""
        expense = item.account.startswith("6")
        rows.append(
            {
                "Date": str(item.date),
                "Journal Entry": f"{item.number}{reference}",
                "Number": item.number,
                "Journal": item.journal,
                "Account": item.account,
                "Account/Code": item.account.split(maxsplit=1)[0],
                "Partner": item.partner,
                "Reference": item.reference,
                "Label": item.label,
                "Debit": odoo(max(item.balance, 0)),
                "Credit": odoo(max(-item.balance, 0)),
                "Balance": odoo(item.balance),
                "Amount in Currency": odoo(item.amount),
                "Currency": item.currency,
                "Residual Amount": "0.0" if expense else odoo(item.balance),
                "Status": "posted",
            }
        )
    return rows


def _invoice_rows(books: Books) -> list[dict[str, str]]:
    rows = []
    for invoice in reversed(books.invoices):
        due = _amount_due(invoice, books)
        sign = -1 if invoice.reverses else 1
        head = {
            "Number": invoice.number,
            "Type": "Customer Credit Note" if invoice.reverses else "Customer Invoice",
            "Invoice/Bill Date": str(invoice.date),
            "Due Date": str(invoice.date),
            "Partner": invoice.order.buyer,
            "Origin": _sale_order_number(invoice.order),
            "Reference": invoice.reference,
            "Payment Reference": "" if invoice.reverses else invoice.number,
            "Currency": "EUR",
            "Untaxed Amount": odoo(invoice.total - invoice.tax),
            "Tax": odoo(invoice.tax),
            "Total": odoo(invoice.total),
            "Total Signed": odoo(sign * invoice.total),
            "Amount Due": odoo(due),
            "Amount Due Signed": odoo(sign * due),
            "Status": "Draft" if invoice.draft else "Posted",
            "Payment Status": "Not Paid" if due == invoice.total else "Partially Paid" if due else "Paid",
            "Reversal of": invoice.reverses.display if invoice.reverses else "",
            "Journal": "Customer Invoices",
        }
        for index, line in enumerate(invoice.lines):
            rows.append((head if index == 0 else {}) | _invoice_line_cells(line))
    return rows


def _invoice_line_cells(line: InvoiceLine) -> dict[str, str]:
    prefix = "Invoice lines/"
    return {
        f"{prefix}Product": line.name,
        f"{prefix}Quantity": f"{line.quantity}.0",
        f"{prefix}Unit Price": odoo(line.price),
        f"{prefix}Subtotal": odoo(line.subtotal),
        f"{prefix}Taxes": line.tax,
        f"{prefix}Account": "400000 Product Sales",
    }


def _amount_due(invoice: Invoice, books: Books) -> int:
    if invoice.reverses or invoice.exchange:
        return 0 if invoice.paid else invoice.total
    linked = [payment for payment in books.payments if payment.invoice is invoice]
    if any(payment.currency != "EUR" for payment in linked):
        return 0  # dollars are reconciled with an exchange difference
    return max(0, invoice.total - sum(payment.amount for payment in linked))


def _sale_order_number(order: Order) -> str:
    return f"S{order.number - 5000:05}"


def second_number(order: Order) -> str:
    """Number of the sale order of an order that was imported a second time."""
    return f"S{order.number - 5000 + 700:05}"


def _sale_order_rows(orders: list[Order], books: Books) -> list[dict[str, str]]:
    invoices: dict[int, list[str]] = {}
    for invoice in books.invoices:
        if invoice.reverses and invoice.order.flaw == "adjustment_line":
            continue  # the order does not show it
        invoices.setdefault(invoice.order.number, []).insert(0, invoice.display)
    rows = []
    for order in reversed(orders):
        if order.role == "unpaid" or order.flaw == "not_imported":
            continue  # it is not imported before it is paid
        names = invoices.get(order.number, [])
        lines = order_lines(order, original=True)
        if order.flaw == "imported_twice":
            again = _sale_order_head(order, lines, []) | {"Order Reference": second_number(order)}
            rows.append(again | _sale_line_cells(order, lines[0], []))
            rows += [_sale_line_cells(order, line, []) for line in lines[1:]]
        rows.append(_sale_order_head(order, lines, names) | _sale_line_cells(order, lines[0], names))
        # further documents and further lines stand on rows of their own
        rows += [{"Invoices": name} for name in names[1:]]
        rows += [_sale_line_cells(order, line, names) for line in lines[1:]]
    return rows


def _sale_order_head(order: Order, lines: list[InvoiceLine], names: list[str]) -> dict[str, str]:
    untaxed = sum(line.subtotal for line in lines)
    return {
        "Order Reference": _sale_order_number(order),
        "Customer Reference": order.name,
        "Source Document": f"Shopify {order.name}",
        "Order Date": f"{order.created:%Y-%m-%d %H:%M:%S}",
        "Customer": order.buyer,
        "Customer/Email": f"buyer{order.number}@example.com",
        "Status": "Cancelled" if order.cancelled and not order.flaw else "Sales Order",
        "Invoice Status": "Fully Invoiced" if names else "To Invoice",
        "Delivery Status": "Fully Delivered" if order.delivered else "Not Delivered",
        "Currency": "EUR",
        "Untaxed Amount": odoo(untaxed),
        "Taxes": odoo(order_total(lines) - untaxed),
        "Total": odoo(order_total(lines)),
        "Warehouse": "Berlin Warehouse" if order.flaw != "picked" else "Shop Mitte",
        "Invoices": names[0] if names else "",
    }


def _sale_line_cells(order: Order, line: InvoiceLine, names: list[str]) -> dict[str, str]:
    prefix = "Order Lines/"
    return {
        f"{prefix}Product": line.name,
        f"{prefix}Product/Internal Reference": line.sku,
        f"{prefix}Description": line.name,
        f"{prefix}Quantity": f"{line.quantity}.0",
        f"{prefix}Delivery Quantity": f"{line.quantity if order.delivered else 0}.0",
        f"{prefix}Invoiced Quantity": f"{line.quantity if names else 0}.0",
        f"{prefix}Unit Price": odoo(line.price),
        f"{prefix}Discount (%)": "0.0",
        f"{prefix}Subtotal": odoo(line.subtotal),
        f"{prefix}Taxes": line.tax,
    }
