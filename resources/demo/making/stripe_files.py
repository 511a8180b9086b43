"""Write the month as Stripe reports it."""

from __future__ import annotations

from datetime import date

from making.platforms import Line, Payout, Platform
from making.shop import SUMMER_TIME_ENDS
from making.table import Table, money, plain_csv

_NAME = "Itemised_payout_reconciliation_USD_2026-10-01_to_2026-10-31_Europe-Berlin.csv"
STRIPE_HEADER = (
    "automatic_payout_id,automatic_payout_effective_at,balance_transaction_id,created,available_on,currency,"
    "gross,fee,net,reporting_category,description,source_id,charge_id,payment_intent_id,"
    "customer_facing_amount,customer_facing_currency,payment_metadata[order_id]"
)


def stripe_files(platform: Platform) -> list[Table]:
    """Make the itemised report of what the payouts hold."""
    return [plain_csv(f"stripe/{_NAME}", "platform", STRIPE_HEADER, _rows(platform))]


def _rows(platform: Platform) -> list[dict[str, str]]:
    return [_row(line, payout) for payout in platform.payouts for line in payout.lines]


def _row(line: Line, payout: Payout) -> dict[str, str]:
    row = {
        "automatic_payout_id": payout.id,
        "automatic_payout_effective_at": _midnight_utc(payout.day),
        "balance_transaction_id": line.ident["txn"],
        "created": f"{line.at:%Y-%m-%d %H:%M:%S}",
        "available_on": _midnight_utc(payout.day),
        "currency": "usd",
        "gross": money(line.amount),
        "fee": money(line.fee),
        "net": money(line.net),
        "reporting_category": line.kind,
        "description": line.text,
    }
    if line.kind == "fee":
        return row
    return row | {
        "source_id": line.ident.get("re") or line.ident["ch"],
        "charge_id": line.ident.get("ch", ""),
        "payment_intent_id": line.ident["pi"],
        "customer_facing_amount": money(line.eur),
        "customer_facing_currency": "eur",
        "payment_metadata[order_id]": line.order.name if line.order else "",
    }


def _midnight_utc(day: date) -> str:
    """Midnight UTC as a report in Berlin time shows it."""
    return f"{day} {'02' if day < SUMMER_TIME_ENDS.date() else '01'}:00:00"
