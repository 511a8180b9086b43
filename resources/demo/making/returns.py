"""What was refunded, line by line, and what became of the goods: they came back, will come back, or stay.

The shop's payment history has the money of a refund only. Its goods, and what the buyer took in exchange,
are made here; Shopify tells of them in its Admin data, Odoo in credit notes and receipts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from making.shop import CATALOGUE, Item, Order, part

#: What Shopify does with the goods: back on the shelf, never sent, or nothing.
RETURN, CANCEL, NO_RESTOCK = "RETURN", "CANCEL", "NO_RESTOCK"
#: Refunds of whole orders whose goods did not come back to the shelf of both systems.
_RESTOCK = {"received_not_restocked": NO_RESTOCK}
#: Lines of an order that a refund of a part takes back; other parts are money only.
_TAKEN_BACK = {
    5109: ("QF-PEN-ASH-F",),
    5119: ("QF-PEN-ASH-M",),
    5161: ("QF-DESKPAD",),
    5219: ("QF-INK-FERN",),
    5226: ("QF-INK-SLATE",),
}
#: What the buyer took instead.
_EXCHANGED = {5109: "QF-PEN-BRASS", 5119: "QF-PEN-ASH-F", 5161: "QF-INK-SLATE"}
#: An exchange for something of the same price: no money moves. Days after the order.
_CASHLESS = {5119: 5}
_NOTES = {5023: "Delivered late, shipping refunded", 5119: "Wrong nib", 5226: "Leaked in transport"}


@dataclass(frozen=True)
class RefundLine:
    """A line of a refund; amount and tax are what is given back for it, tax included."""

    item: Item
    quantity: int
    amount: int
    tax: int


@dataclass(frozen=True)
class Refund:
    """One refund as Shopify keeps it.

    Attributes:
        place: Its place among the refunds of the order, from 1.
        total: Money given back, less what was taken in exchange.
        restock: What Shopify did with the goods.
        exchange: What the buyer took instead, if anything.
        paid: Whether the payment went through.
    """

    order: Order
    place: int
    at: datetime
    total: int
    restock: str = NO_RESTOCK
    lines: tuple[RefundLine, ...] = field(default=())
    exchange: Item | None = None
    paid: bool = True

    @property
    def id(self) -> str:
        """The shop's own number of the refund."""
        return str(9100000000000 + (self.order.number - 5000) * 4096 + self.place)

    @property
    def note(self) -> str:
        """What somebody wrote on it."""
        return _NOTES.get(self.order.number, "")

    @property
    def restocked(self) -> bool:
        """Whether Shopify put the goods back on the shelf."""
        return self.restock != NO_RESTOCK and bool(self.lines)

    @property
    def receipt(self) -> str:
        """What Odoo has of the goods: a receipt that is done or waits, or nothing."""
        if self.restock == CANCEL or not self.lines or self.order.flaw == "never_received":
            return ""
        return "waits" if self.order.flaw == "receipt_open" else "done"


def refunds(orders: list[Order]) -> list[Refund]:
    """All refunds of the month, by order."""
    return [refund for order in orders for refund in refunds_of(order)]


def refunds_of(order: Order) -> list[Refund]:
    """The refunds of an order, in the order of their times."""
    moves = [move for move in order.transactions if move.kind == "refund"]
    made = [
        _refund(order, place, move.at, move.amount, move.status == "success")
        for place, move in enumerate(moves, 1)
    ]
    if order.number in _CASHLESS:
        when = order.created + timedelta(days=_CASHLESS[order.number], hours=1)
        made.append(_refund(order, len(made) + 1, when, 0, True))
    return made


def _refund(order: Order, place: int, at: datetime, total: int, paid: bool) -> Refund:
    if total == order.total:
        lines = _lines(order, order.items)
        restock = CANCEL if order.cancelled else _RESTOCK.get(order.flaw, RETURN)
        return Refund(order, place, at, total, restock, lines, paid=paid)
    back = [item for item in order.items if item.sku in _TAKEN_BACK.get(order.number, ())]
    if not back or place > 1:
        return Refund(order, place, at, total, paid=paid)
    taken = next((_item(*row) for row in CATALOGUE if row[0] == _EXCHANGED.get(order.number)), None)
    return Refund(order, place, at, total, RETURN, _lines(order, back), taken, paid)


def _item(sku: str, name: str, price: int) -> Item:
    return Item(sku, name, 1, price)


def _lines(order: Order, items: list[Item]) -> tuple[RefundLine, ...]:
    """Whole lines of an order, each with its part of the discount."""
    made, goods, discount = [], 0, 0
    for item in items:
        goods += item.price * item.quantity
        before, discount = discount, part(order.discount, goods, order.goods) if order.goods else 0
        amount = item.price * item.quantity - (discount - before)
        tax = 0 if order.country == "US" or not item.taxable else part(amount, 19, 119)
        made.append(RefundLine(item, item.quantity, amount, tax))
    return tuple(made)
