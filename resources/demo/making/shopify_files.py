"""Write the month as Shopify exports it."""

from __future__ import annotations

from datetime import timedelta

from making.platforms import BRANDS, NEXT_MONTH, Line, Payout, Platform
from making.shop import VENDOR, Order, ShopTransaction, code, draw, part, stamp, usd_per_eur
from making.table import Table, money, plain_csv

ORDER_HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,"
    "Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,"
    "Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,"
    "Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,"
    "Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,"
    "Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,"
    "Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,"
    "Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,"
    "Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,"
    "Duties,Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,"
    "Payment References"
)
TRANSACTION_HEADER = "Order,Name,Kind,Gateway,Created At,Status,Amount,Currency,Card Type"
PAYMENT_HEADER = (
    "Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,Payout ID,Available On,"
    "Amount,Fee,Net,Checkout,Payment Method Name,Presentment Amount,Presentment Currency,Currency,VAT"
)
PAYOUT_HEADER = (
    "Payout Date,Status,Charges,Refunds,Adjustments,Marketplace Sales Tax,Advances,Reserved Funds,Fees,"
    "Retried Amount,Total,Currency,Bank Reference"
)

_CAPTURES = ("sale", "capture")


def shopify_files(orders: list[Order], platform: Platform) -> list[Table]:
    """Make the four exports of the shop and of Shopify Payments."""
    payments = plain_csv(
        "shopify/payment_transactions_export_1.csv", "platform", PAYMENT_HEADER, _payment_rows(platform)
    )
    return [
        plain_csv("shopify/orders_export_1.csv", "shop", ORDER_HEADER, _order_rows(orders)),
        _transactions(orders),
        payments,
        plain_csv("shopify/payouts_export_1.csv", "platform", PAYOUT_HEADER, _payout_rows(platform)),
    ]


def _order_rows(orders: list[Order]) -> list[dict[str, str]]:
    rows = []
    for order in reversed(orders):
        for index, item in enumerate(order.items):
            row = {
                "Name": order.name,
                "Email": f"buyer{order.number}@example.com",
                "Created at": stamp(order.created),
                "Lineitem quantity": str(item.quantity),
                "Lineitem name": item.name,
                "Lineitem price": money(item.price),
                "Lineitem sku": item.sku,
                "Lineitem requires shipping": _flag(item.ships),
                "Lineitem taxable": _flag(item.taxable),
                "Lineitem fulfillment status": "fulfilled" if order.shipped else "pending",
                "Vendor": VENDOR,
                "Lineitem discount": "0.00",
            }
            rows.append(row | _order_cells(order) if index == 0 else row)
        if order.tip:
            rows.append(_tip_row(rows[-1], order))
    return rows


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _tip_row(row: dict[str, str], order: Order) -> dict[str, str]:
    own = {name: row[name] for name in ("Name", "Email", "Created at")}
    return own | {
        "Lineitem quantity": "1",
        "Lineitem name": "Tip",
        "Lineitem price": money(order.tip),
        "Lineitem requires shipping": "false",
        "Lineitem taxable": "false",
        "Lineitem fulfillment status": "not_eligible",
        "Lineitem discount": "0.00",
    }


def _order_cells(order: Order) -> dict[str, str]:
    status = order.financial_status
    paid = order.paid()
    captured = [move.at for move in order.transactions if move.kind in _CAPTURES and move.status == "success"]
    owed = 0 if order.role == "voided" else order.total - paid
    tax = {"Tax 1 Name": f"{order.country} VAT 19%", "Tax 1 Value": money(order.tax)} if order.tax else {}
    dates = {
        "Paid at": stamp(captured[-1])
        if status in ("paid", "refunded", "partially_refunded") and paid
        else "",
        "Fulfilled at": stamp(order.created + timedelta(hours=20)) if order.shipped else "",
        "Cancelled at": stamp(order.cancelled_at) if order.cancelled_at else "",
    }
    return (
        tax
        | dates
        | _payment_cells(order)
        | {
            "Financial Status": status,
            "Fulfillment Status": "fulfilled" if order.shipped else "unfulfilled",
            "Accepts Marketing": "no",
            "Currency": "EUR",
            "Subtotal": money(order.subtotal),
            "Shipping": money(order.shipping),
            "Taxes": money(order.tax),
            "Total": money(order.total),
            "Discount Code": ("FREE" if order.role == "free" else "FERN10") if order.discount else "",
            "Discount Amount": money(order.discount),
            "Shipping Method": "Standard" if order.shipping else "",
            "Billing Name": order.buyer,
            "Billing Country": order.country,
            "Shipping Name": order.buyer,
            "Shipping Country": order.country,
            "Notes": "Please leave it with the neighbours.\nThank you!" if order.number == 5030 else "",
            "Refunded Amount": money(order.refunded),
            "Outstanding Balance": money(owed),
            "Id": order.id,
            "Tags": "edited" if order.role == "edited" else "",
            "Risk Level": "Low",
            "Source": "web",
        }
    )


def _payment_cells(order: Order) -> dict[str, str]:
    display = {
        "shopify": "Shopify Payments",
        "stripe": "Stripe",
        "gift": "Gift Card + Shopify Payments",
        "cod": "Cash on Delivery (COD)",
        "manual": "manual",
        "none": "",
    }
    paying = [move for move in order.transactions if move.kind in ("sale", "authorization")]
    good = [_payment_id(order, move) for move in paying if move.status == "success"]
    return {
        "Payment Method": display[order.tender],
        "Payment Reference": good[-1] if good else "",
        "Payment ID": " + ".join(good),
        "Payment References": " + ".join(_payment_id(order, move) for move in order.transactions),
    }


def _payment_id(order: Order, move: ShopTransaction) -> str:
    number = order.transactions.index(move) + 1
    if move.kind in ("sale", "authorization") and move.gateway in ("shopify_payments", "stripe"):
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        return "r" + code(f"{order.name} payment {number}", 24, letters)
    return f"{order.name}.{number}"


def _transactions(orders: list[Order]) -> Table:
    rows = [
        {
            "Order": order.id,
            "Name": order.name,
            "Kind": move.kind,
            "Gateway": move.gateway,
            "Created At": stamp(move.at),
            "Status": move.status,
            "Amount": money(move.amount),
            "Currency": "EUR",
            "Card Type": "",
        }
        for order in reversed(orders)
        for move in order.transactions
    ]
    # the last column is always quoted, even when it is blank
    lines = [",".join(list(row.values())[:-1]) + ',""' for row in rows]
    content = "\n".join([TRANSACTION_HEADER, *lines, ""]).encode()
    return Table("shopify/transactions_export_1.csv", "shop", rows, content)


def _payment_rows(platform: Platform) -> list[dict[str, str]]:
    placed: list[tuple[Line, Payout | None]] = [(line, None) for line in platform.pending]
    placed += [(line, payout) for payout in platform.payouts for line in payout.lines]
    placed.sort(key=lambda pair: pair[0].at, reverse=True)
    return [_payment_row(line, payout) for line, payout in placed]


def _payment_row(line: Line, payout: Payout | None) -> dict[str, str]:
    order, day = line.order, payout.day if payout else NEXT_MONTH
    row = {
        "Transaction Date": stamp(line.at),
        "Type": "reserved_funds" if line.kind == "reserve" else line.kind,
        "Payout Status": payout.status if payout else "pending",
        "Payout Date": str(day),
        "Payout ID": payout.id if payout else "",
        "Available On": str(min(line.at.date() + timedelta(days=2), day)),
        "Amount": money(line.amount),
        "Fee": money(line.fee),
        "Net": money(line.net),
        "Currency": "EUR",
        "VAT": "0.00",
    }
    if order:
        row |= {"Order": order.name, "Card Brand": BRANDS[draw(f"{order.number} brand", 5)]}
        row |= {"Card Source": "online"}
    if order and line.kind in ("charge", "refund", "refund_failure"):
        rate = usd_per_eur(order.created.date())
        seen = part(abs(line.eur), rate, 10000) if order.presentment == "USD" else abs(line.eur)
        row |= {
            "Checkout": f"#{52000000000000 + int(order.id) % 10**12}",
            "Payment Method Name": "card",
            "Presentment Amount": money(seen),
            "Presentment Currency": order.presentment,
        }
    return row


def _payout_rows(platform: Platform) -> list[dict[str, str]]:
    rows = []
    for payout in reversed(platform.payouts):
        gross = dict.fromkeys(("charge", "refund", "chargeback", "reserve"), 0)
        for line in payout.counted:
            gross[line.kind.removesuffix("_failure")] += line.amount
        rows.append(
            {
                "Payout Date": str(payout.day),
                "Status": payout.status,
                "Charges": money(gross["charge"]),
                "Refunds": money(gross["refund"]),
                "Adjustments": money(gross["chargeback"] + payout.adjustment),
                "Marketplace Sales Tax": "0.00",
                "Advances": "0.00",
                "Reserved Funds": money(gross["reserve"]),
                "Fees": money(sum(line.fee for line in payout.counted)),
                "Retried Amount": money(payout.retried),
                "Total": money(payout.total),
                "Currency": payout.currency,
                "Bank Reference": payout.reference if payout.total > 0 else "",
            }
        )
    return rows
