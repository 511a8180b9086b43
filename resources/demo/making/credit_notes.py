"""The credit notes of refunds, as they should be, and as a connector makes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from making.documents import Invoice, InvoiceLine
from making.returns import Refund
from making.shop import Order, part


def credit_note(invoice: Invoice, refund: Refund) -> Invoice:
    """The credit note of a refund: of the whole invoice, of goods, or of money only."""
    order, day = invoice.order, refund.at.date()
    if refund.total == invoice.total:
        return Invoice(order, day, invoice.lines, invoice.tax, refund.total, paid=True, reverses=invoice)
    value = sum(line.amount for line in refund.lines)
    if not refund.lines or order.flaw == "exchange_twice":
        # who takes the net refund for the value of the goods takes off the exchange a second time
        taken = refund.exchange.price if refund.exchange else 0
        return money_back(invoice, day, refund.total - taken)
    if order.flaw == "credit_note_short":
        value -= sum(line.tax for line in refund.lines)
    rows = [(line.item.sku, line.item.name, line.quantity, line.item.price) for line in refund.lines]
    lines = lines_of(rows, order)
    if order.flaw == "credit_note_short":
        lines = [replace(each, price=value, tax="", subtotal=value) for each in lines]
    tax = value - sum(each.subtotal for each in lines)
    return Invoice(order, day, lines, tax, value, paid=True, reverses=invoice)


def money_back(invoice: Invoice, day: date, amount: int) -> Invoice:
    """A credit note about money only: on the first product, or on a product of the connector's own."""
    order, tax = invoice.order, part(amount, invoice.tax, invoice.total)
    own = order.flaw in ("adjustment_line", "draft_credit_note", "exchange_twice")
    first = invoice.lines[0]
    sku, name = ("REFUND", "[REFUND] Refund Adjustment") if own else (first.sku, first.name)
    line = InvoiceLine(sku, name, 1, amount, "19%" if invoice.tax else "", amount - tax)
    draft = order.flaw == "draft_credit_note"
    return Invoice(order, day, [line], tax, amount, paid=not draft, reverses=invoice, draft=draft)


def lines_of(rows: list[tuple[str, str, int, int]], order: Order) -> list[InvoiceLine]:
    """Document lines of SKU, name, quantity and price, tax included in the price."""
    taxed = order.country != "US"
    made = []
    for sku, name, quantity, price in rows:
        amount = quantity * price
        tax = part(amount, 19, 119) if taxed else 0
        made.append(InvoiceLine(sku, f"[{sku}] {name}", quantity, price, "19%" if tax else "", amount - tax))
    return made
