"""What Odoo and the two banks hold: the month as it should be booked, with the planted mistakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from making.credit_notes import credit_note, lines_of, money_back
from making.documents import BankLine, Books, Invoice, InvoiceLine, JournalItem, Payment
from making.platforms import BANK_CHARGE, Line, Payout, Platform
from making.returns import Refund, refunds_of
from making.shop import NOISY_MEMOS, Order, draw, part

#: Odoo books dollars at one rate for the whole month: US dollars for 10,000 euros.
BOOK_RATE = 10850
COMPANY_CURRENCY = "EUR"
CLEARING = {
    "Shopify Payments": "101410 Shopify Payments Clearing",
    "Stripe": "101420 Stripe Clearing",
    "Cash on Delivery": "101430 Cash on Delivery Clearing",
    "Bank": "101403 Outstanding Receipts",
    "Gift Cards": "217000 Gift Card Liability",
}
BANKS = {"EUR": ("Bank", "101401 Bank", "BNK1"), "USD": ("Bank USD", "101402 Bank USD", "BNK2")}
FEES = "627100 Payment Fees"
RESERVE = "101415 Shopify Payments Reserve"
_JOURNALS = {  # gateway of the shop -> journal in Odoo
    "shopify_payments": "Shopify Payments",
    "stripe": "Stripe",
    "Cash on Delivery (COD)": "Cash on Delivery",
    "manual": "Bank",
    "gift_card": "Gift Cards",
}
_PREFIXES = {
    "Shopify Payments": "PSHOP",
    "Stripe": "PSTRP",
    "Cash on Delivery": "PCOD",
    "Bank": "PBNK1",
    "Gift Cards": "PGIFT",
}
_NEVER_INVOICED = frozenset({"adjusted_not_invoiced", "not_imported"})
_LAST_LATE_BOOKING = 27  # payments after this day of the month are booked on the day itself


def euros(amount: int, currency: str) -> int:
    """Value in the company's currency at the month's booking rate."""
    if currency == COMPANY_CURRENCY:
        return amount
    value = part(abs(amount), 10000, BOOK_RATE)
    return value if amount >= 0 else -value


def books(orders: list[Order], shopify: Platform, stripe: Platform) -> Books:
    """Book the month."""
    made = Books()
    settled = {
        (line.order.name, line.kind, line.at): line
        for platform in (shopify, stripe)
        for line in [*platform.pending, *(line for payout in platform.payouts for line in payout.lines)]
        if line.order
    }
    for order in orders:
        _book_order(made, order, settled)
    _book_payment_link(made, stripe)
    _number(made)
    _bank_lines(made, orders, shopify, stripe)
    _payment_items(made)
    for platform in (shopify, stripe):
        for payout in platform.payouts:
            _fee_items(made, payout)
            _reserve_items(made, payout)
    _bank_items(made, shopify, stripe)
    return made


def order_lines(order: Order, *, original: bool = False) -> list[InvoiceLine]:
    """Lines of the sale order, tax spread so that the sums are those of the shop."""
    items = order.items[:-1] if original and order.role == "edited" else order.items
    rows = [
        (item.sku, f"[{item.sku}] {item.name}", item.quantity, item.price, item.taxable) for item in items
    ]
    if order.flaw == "default_product":
        rows[-1] = ("ECOM", "[ECOM] Ecommerce-Sale", *rows[-1][2:])
    if order.discount and order.flaw != "discount_lost":
        rows.append(("DISC", "[DISC] Shop discount", 1, -order.discount, True))
    if order.shipping:
        rows.append(("SHIP", "[SHIP] Shipping", 1, order.shipping, True))
    if order.tip:
        rows.append(("TIP", "[TIP] Tip", 1, order.tip, False))
    if order.flaw == "adjusted_not_invoiced":
        rows[-1] = (*rows[-1][:3], rows[-1][3] - 1, rows[-1][4])
        rows.append(("ADJ", "[ADJ] Order adjustment", 1, rows[-1][2], True))
    taxed = order.country != "US"
    lines = []
    before = 0
    for sku, name, quantity, price, taxable in rows:
        amount = quantity * price
        tax = 0
        if taxable and taxed and order.flaw == "tax_per_line":
            tax = part(amount, 19, 119)
        elif taxable and taxed:
            # rounding the running sum makes the lines add up to the tax of the whole order
            tax = part(before + amount, 19, 119) - part(before, 19, 119)
            before += amount
        lines.append(
            InvoiceLine(sku, name, quantity, price, "19%" if taxable and taxed else "", amount - tax)
        )
    return lines


def order_total(lines: list[InvoiceLine]) -> int:
    """What a sale order in Odoo costs: it differs from the shop's where the order was not taken over well."""
    return sum(line.quantity * line.price for line in lines)


def _book_order(made: Books, order: Order, settled: dict[tuple[str, str, datetime], Line]) -> None:
    invoice = _invoice(order)
    if invoice:
        made.invoices.append(invoice)
    for move in order.transactions:
        captured = move.kind in ("sale", "capture") and move.status == "success"
        if not captured and not (order.role == "voided" and move.kind == "authorization"):
            continue
        line = settled.get((order.name, "charge", move.at))
        for payment in _customer_payments(order, move.gateway, move.at.date(), move.amount, line):
            payment.invoice = None if order.role in ("part_paid", "tie") else invoice
            made.payments.append(payment)
    if invoice and order.flaw == "invoiced_twice":
        made.invoices.append(replace(invoice, date=order.created.date() + timedelta(days=2), paid=False))
    if invoice and order.flaw == "credit_note_alone":
        day = order.created.date() + timedelta(days=2)
        made.invoices.append(money_back(invoice, day, invoice.lines[0].price))
    for refund in refunds_of(order):
        if invoice and order.flaw != "refund_not_booked":
            _book_refund(made, invoice, refund, settled.get((order.name, "refund", refund.at)))


def _invoice(order: Order) -> Invoice | None:
    # the connector makes no invoice before an order is fully paid
    if order.role in ("part_paid", "unpaid", "free") or order.flaw in _NEVER_INVOICED:
        return None
    lines = order_lines(order, original=True)
    total = order_total(lines)
    unpaid = order.role in ("not_booked", "stripe_not_booked", "tie")
    return Invoice(
        order, order.created.date(), lines, total - sum(line.subtotal for line in lines), total, not unpaid
    )


def _customer_payments(
    order: Order, gateway: str, day: date, amount: int, line: Line | None
) -> list[Payment]:
    """Return the payments that Odoo holds for one capture: usually one."""
    journal, currency = _JOURNALS[gateway], "EUR"
    if gateway == "stripe" and line:
        amount, currency = line.amount, "USD"
    if day.day <= _LAST_LATE_BOOKING and not order.role and draw(f"{order.number} late", 12) == 0:
        day += timedelta(days=1)
    payment = Payment(
        journal, day, order, amount, currency, NOISY_MEMOS.get(order.number, order.name), order.buyer
    )
    match order.role:
        case "not_booked" | "stripe_not_booked":
            return []
        case "net_booked" if line:
            payment.amount = line.net
        case "digit_swap":
            payment.amount = swap_digits(amount)
        case "booked_twice":
            again = Payment(
                journal, day + timedelta(days=1), order, amount, currency, order.name, order.buyer
            )
            return [payment, again]
        case "wrong_account":
            payment.journal = "Stripe"
        case "wrong_currency":
            payment.currency = "EUR"
        case "tie":
            payment.memo, payment.partner = "", "Web Shop Customers"
    return [payment]


def swap_digits(amount: int) -> int:
    """Exchange the tens and the units of the whole currency units: 184.90 becomes 148.90."""
    digits = list(str(amount))
    digits[-4], digits[-3] = digits[-3], digits[-4]
    return int("".join(digits))


def _book_refund(made: Books, invoice: Invoice, refund: Refund, line: Line | None) -> None:
    """Book the credit note, what was taken in exchange, and the money that went back."""
    order, day = invoice.order, refund.at.date()
    if not refund.total:
        return  # goods against goods of the same price: only the warehouse knows
    note = credit_note(invoice, refund)
    made.invoices.append(note)
    if refund.exchange:
        lines = lines_of([(refund.exchange.sku, refund.exchange.name, 1, refund.exchange.price)], order)
        price = refund.exchange.price
        tax = price - sum(each.subtotal for each in lines)
        made.invoices.append(Invoice(order, day, lines, tax, price, paid=True, exchange=True))
    if line is None:
        return
    stripe = order.tender == "stripe"
    journal = "Stripe" if stripe else "Shopify Payments"
    booked = line.amount if stripe else -refund.total
    settles = None if note.draft else note
    made.payments.append(
        Payment(journal, day, order, booked, "USD" if stripe else "EUR", order.name, order.buyer, "", settles)
    )


def _book_payment_link(made: Books, stripe: Platform) -> None:
    """Book the charge that never was an order of the shop, under the platform's own id."""
    for payout in stripe.payouts:
        for line in payout.lines:
            if line.kind == "charge" and not line.order:
                day, name = line.at.date(), line.ident["ch"]
                made.payments.append(
                    Payment("Stripe", day, None, line.amount, "USD", name, "Workshop Guests")
                )


def _number(made: Books) -> None:
    """Give the documents their numbers, in the order of their dates."""
    made.payments.sort(key=lambda payment: payment.date)
    counts: dict[str, int] = {}
    for payment in made.payments:
        prefix = _PREFIXES[payment.journal]
        counts[prefix] = counts.get(prefix, 0) + 1
        payment.number = f"{prefix}/2026/{counts[prefix]:05}"
    made.invoices.sort(key=lambda invoice: invoice.date)
    for invoice in made.invoices:
        if invoice.draft:
            invoice.number = "/"
            continue
        prefix = "RINV" if invoice.reverses else "INV"
        counts[prefix] = counts.get(prefix, 0) + 1
        invoice.number = f"{prefix}/2026/{counts[prefix]:05}"


def _bank_lines(made: Books, orders: list[Order], shopify: Platform, stripe: Platform) -> None:
    eur = made.bank["EUR"]
    eur += [
        BankLine(date(2026, 10, 1), -115000, "Hofgarten Office Rentals", "Rent October", "RENT-2026-10"),
        BankLine(date(2026, 10, 15), -28640, "Kurierdienst Musterweg", "Invoice 88120", "88120"),
        BankLine(date(2026, 10, 30), -990, "Musterbank", "Account fee October", "FEE-2026-10"),
    ]
    for payout in shopify.payouts:
        if payout.status == "paid" and payout.total > 0:
            charges = BANK_CHARGE if payout.role == "bank_charge" else 0
            text = f"SHOPIFY PAYMENTS PAYOUT {payout.reference}"
            day = bank_day(payout.day)
            eur.append(
                BankLine(day, payout.total - charges, "Shopify Payments", text, payout.reference, charges)
            )
    for order in orders:
        if order.tender == "manual" and order.paid():
            day = order.transactions[-1].at.date()
            eur.append(BankLine(day, order.total, order.buyer, f"Order {order.name}", "NOTPROVIDED"))
    eur.sort(key=lambda line: line.day)
    usd = made.bank["USD"]
    usd += [
        BankLine(payout.day, payout.total, "STRIPE", f"STRIPE TRANSFER {payout.id}", payout.id)
        for payout in stripe.payouts
    ]
    usd.append(BankLine(date(2026, 10, 30), -500, "MUSTERBANK", "MONTHLY ACCOUNT FEE", ""))


def _booking_day(payout: Payout) -> date:
    """Day on which a payout's fees are booked: with its arrival, or its own day when nothing arrives."""
    return bank_day(payout.day) if payout.currency == "EUR" and payout.total > 0 else payout.day


def bank_day(day: date) -> date:
    """Day on which a payout in euros reaches the bank: the next working day."""
    day += timedelta(days=1)
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def _payment_items(made: Books) -> None:
    """Book the clearing side of the payments on the platforms' accounts."""
    for payment in made.payments:
        if payment.journal not in ("Shopify Payments", "Stripe"):
            continue
        made.items.append(
            JournalItem(
                payment.date,
                payment.number,
                payment.journal,
                CLEARING[payment.journal],
                payment.partner,
                payment.memo,
                f"Manual Payment: {payment.memo}" if payment.memo else "Manual Payment",
                euros(payment.amount, payment.currency),
                payment.amount,
                payment.currency,
            )
        )


def payout_text(payout: Payout) -> str:
    """How the bookkeeper names a payout in a reference."""
    return f"{'Shopify' if payout.currency == 'EUR' else 'Stripe'} payout {payout.id}"


def _clearing(payout: Payout) -> str:
    return CLEARING["Shopify Payments" if payout.currency == "EUR" else "Stripe"]


def _fee_items(made: Books, payout: Payout) -> None:
    if payout.role in ("fee_not_booked", "in_transit"):
        return
    text = payout_text(payout)
    _entry(
        made,
        _booking_day(payout),
        _next_misc(made),
        "Miscellaneous Operations",
        f"{text} fees",
        f"Fees of {text}",
        payout.fees,
        payout.currency,
        FEES,
        _clearing(payout),
    )


def _reserve_items(made: Books, payout: Payout) -> None:
    """Move what the platform holds back to an account of its own, and back when it is released."""
    held = -sum(line.amount for line in payout.lines if line.kind == "reserve")
    if held:
        text = payout_text(payout)
        _entry(
            made,
            _booking_day(payout),
            _next_misc(made),
            "Miscellaneous Operations",
            f"{text} reserve",
            f"Reserve of {text}",
            held,
            payout.currency,
            RESERVE,
            _clearing(payout),
        )


def _next_misc(made: Books) -> str:
    count = len({item.number for item in made.items if item.number.startswith("MISC")}) + 1
    return f"MISC/2026/10/{count:04}"


def _bank_items(made: Books, shopify: Platform, stripe: Platform) -> None:
    """Book every bank line; payouts go against the platform's clearing account."""
    payouts = {payout.reference or payout.id: payout for payout in [*shopify.payouts, *stripe.payouts]}
    for currency, lines in made.bank.items():
        journal, account, prefix = BANKS[currency]
        for count, line in enumerate(lines, 1):
            payout = payouts.get(line.reference)
            reference = payout_text(payout) if payout else line.reference
            other = _clearing(payout) if payout else None
            _entry(
                made,
                line.day,
                f"{prefix}/2026/{count:05}",
                journal,
                reference,
                line.text,
                line.amount,
                currency,
                account,
                other,
            )


def _entry(
    made: Books,
    day: date,
    number: str,
    journal: str,
    reference: str,
    label: str,
    amount: int,
    currency: str,
    debit: str,
    credit: str | None,
) -> None:
    """Book an amount from one account to another; no ``credit`` when that account is not exported."""
    for account, signed in ((debit, amount), (credit, -amount)):
        if account:
            made.items.append(
                JournalItem(
                    day,
                    number,
                    journal,
                    account,
                    "",
                    reference,
                    label,
                    euros(signed, currency),
                    signed,
                    currency,
                )
            )
