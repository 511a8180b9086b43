"""Write orders as Shopify's Admin interface answers: with refunds line by line, and parcels with tracking."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from making.parcels import Parcel, parcels
from making.returns import Refund, refunds_of
from making.shop import SUMMER_TIME_ENDS, Order, money_text
from making.table import Table

_A_PAGE = 100  # orders in one answer
_FINANCIAL = {"paid": "PAID", "pending": "PENDING", "voided": "VOIDED"}


def admin_files(orders: list[Order]) -> list[Table]:
    """Make the answers of a query of all orders, page by page, newest first."""
    newest = list(reversed(orders))
    pages = [newest[start : start + _A_PAGE] for start in range(0, len(newest), _A_PAGE)]
    return [_page(number, page) for number, page in enumerate(pages, 1)]


def _page(number: int, orders: list[Order]) -> Table:
    answer = {"data": {"orders": {"nodes": [_order(order) for order in orders]}}}
    content = (json.dumps(answer, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
    rows = [{"name": order.name} for order in orders]
    return Table(f"shopify/admin_orders_{number}.json", "shop", rows, content)


def _order(order: Order) -> dict[str, object]:
    refunds = refunds_of(order)
    return {
        "id": _gid("Order", order.id),
        "name": order.name,
        "createdAt": _utc(order.created),
        "cancelledAt": _utc(order.cancelled_at) if order.cancelled_at else None,
        "currencyCode": "EUR",
        "displayFinancialStatus": order.financial_status.upper(),
        "displayFulfillmentStatus": "FULFILLED" if order.shipped else "UNFULFILLED",
        "taxesIncluded": True,
        "totalPriceSet": _bag(order.total),
        "totalTaxSet": _bag(order.tax),
        "totalRefundedSet": _bag(order.refunded),
        "refunds": [_refund(refund) for refund in refunds],
        "fulfillments": [_fulfilment(parcel) for parcel in parcels(order) if parcel.sent],
    }


def _refund(refund: Refund) -> dict[str, object]:
    lines = [
        {
            "quantity": line.quantity,
            "restockType": refund.restock,
            "restocked": refund.restocked,
            "location": {"name": "Depot"} if refund.restocked else None,
            "subtotalSet": _bag(line.amount),
            "totalTaxSet": _bag(line.tax),
            "lineItem": _line_item(refund.order, line.item.sku, line.item.name),
        }
        for line in refund.lines
    ]
    return {
        "id": _gid("Refund", refund.id),
        "createdAt": _utc(refund.at),
        "note": refund.note or None,
        "totalRefundedSet": _bag(refund.total),
        "refundLineItems": {"nodes": lines},
    }


def _fulfilment(parcel: Parcel) -> dict[str, object]:
    number = parcel.shop_tracking
    return {
        "id": _gid("Fulfillment", parcel.id),
        "status": "SUCCESS",
        "displayStatus": "DELIVERED" if parcel.arrived else "IN_TRANSIT",
        "createdAt": _utc(parcel.at),
        "location": {"name": "Depot"},
        "trackingInfo": [{"number": number, "company": "DHL"}] if number else [],
        "fulfillmentLineItems": {
            "nodes": [
                {"quantity": item.quantity, "lineItem": _line_item(parcel.order, item.sku, item.name)}
                for item in parcel.items
            ]
        },
    }


def _line_item(order: Order, sku: str, name: str) -> dict[str, str]:
    place = [item.sku for item in order.items].index(sku) + 1
    return {"id": _gid("LineItem", f"{order.id}{place}"), "sku": sku, "name": name}


def _gid(kind: str, number: str) -> str:
    return f"gid://shopify/{kind}/{number}"


def _bag(cents: int) -> dict[str, object]:
    """An amount as the interface writes it: needless zeros are left out."""
    return {"shopMoney": {"amount": money_text(cents), "currencyCode": "EUR"}}


def _utc(moment: datetime) -> str:
    offset = timedelta(hours=2 if moment < SUMMER_TIME_ENDS else 1)
    return f"{moment - offset:%Y-%m-%dT%H:%M:%SZ}"
