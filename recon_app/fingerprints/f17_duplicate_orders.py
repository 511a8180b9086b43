"""F17: one order of the shop stands on two or more sale orders.

Only orders that the shop's files have: a reference that customers use more than once is their own affair. A
second sale order for other goods (an exchange, a part that was added) is no duplicate; one with the same
total or with goods of the first is.
"""

from __future__ import annotations

from typing import Any, ClassVar

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books, grouped, ids_of
from recon_app.fingerprints._fields import SALES, reading
from recon_app.fingerprints._words import money, several
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side


class DuplicateOrders(Fingerprint):
    """Sale orders with the same order of the shop and the same total or goods."""

    id = "f17_duplicate_orders"
    title = "Order imported more than once"
    behaviour = (
        "Shopify repeats a webhook that was not answered in time, and an import of the order history may "
        "overlap with it: some connectors then make a second sale order for the same order."
    )
    advice = (
        "Cancel the sale order that was not delivered and invoiced.",
        "Credit its invoice where it has one, and return what was delivered twice.",
    )
    reads: ClassVar = reading(*SALES, RecordType.SALE_ORDER_LINE)
    needs: ClassVar = (RecordType.ORDER, RecordType.SALE_ORDER)
    kind: ClassVar = Kind.DUPLICATE

    def hits(self, books: Books) -> Found:
        """One hit per order of the shop; its value is what stands in Odoo too often."""
        sales = books.sales[books.sales["live"] & books.sales["order"].isin(books.orders["order"])]
        twice = sales[sales.duplicated("order", keep=False)]
        several_of = grouped(twice, twice["order"])
        lines = books.sale_lines
        own = lines[lines["number"].isin(twice["number"]) & (lines["sku"] != "")]
        goods = own.groupby("number")["sku"].agg(set).to_dict()
        shop = ids_of(books.orders, several_of)
        found = Found()
        for order, part in several_of.items():
            rows = part.sort_values(["day", "number", "amount", "currency"], kind="stable").to_dict("records")
            again = [
                row for place, row in enumerate(rows) if any(_same(row, it, goods) for it in rows[:place])
            ]
            if again:
                first = next(
                    row for row in rows if any(_same(it, row, goods) for it in again if it is not row)
                )
                found.hits.append(_hit(books.names[order], first, again, shop[order]))
        return found


def _same(row: dict[Any, Any], first: dict[Any, Any], goods: dict[Any, set[str]]) -> bool:
    if row["amount"] == first["amount"]:
        return bool(row["amount"])
    # a replacement costs nothing
    return bool(row["amount"] > 0 and goods.get(row["number"], set()) & goods.get(first["number"], set()))


def _hit(name: str, first: dict[Any, Any], again: list[dict[Any, Any]], shop: tuple[int, ...]) -> Hit:
    amount = sum(row["amount"] for row in again if row["amount"] != NO_INT)
    return Hit(
        key=name,
        text=f"Order {name} stands in Odoo as {first['number']} and again as "
        f"{several([row['number'] for row in again])}: {money(amount, first['currency'])} too much.",
        records={Side.SHOP: shop, Side.ODOO: (first["id"], *(row["id"] for row in again))},
        day=first["day"],
        value=amount,
        currency=first["currency"],
    )
