"""How the orders of the month were sent: the parcels, and what each system knows of their tracking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from making.shop import SPLIT, Item, Order, code

_ARRIVES = timedelta(days=2)
_MONTH_ENDS = datetime(2026, 10, 31, 21)  # noqa: DTZ001  # local time of the export


@dataclass(frozen=True)
class Parcel:
    """One parcel of an order.

    Attributes:
        place: Its place among the parcels of the order, from 1.
        at: When it left, or would have left.
        sent: Whether Shopify knows that it left.
    """

    order: Order
    place: int
    at: datetime
    items: tuple[Item, ...]
    sent: bool

    @property
    def id(self) -> str:
        """The shop's own number of the fulfilment."""
        return str(5800000000000 + (self.order.number - 5000) * 1024 + self.place)

    @property
    def tracking(self) -> str:
        """The carrier's number of the parcel."""
        return f"00340{code(f'{self.order.name} parcel {self.place}', 15, '0123456789')}"

    @property
    def shop_tracking(self) -> str:
        """The carrier's number as Shopify has it."""
        return "" if self.order.flaw == "tracking_lost" else self.tracking

    @property
    def arrived(self) -> bool:
        """Whether the carrier delivered it by the end of the month."""
        return self.at + _ARRIVES < _MONTH_ENDS


def parcels(order: Order) -> list[Parcel]:
    """The parcels of an order: one, or one for each line."""
    items = tuple(item for item in order.items if item.ships)
    if not items:
        return []
    at = order.created + timedelta(hours=20)
    if order.number not in SPLIT:
        return [Parcel(order, 1, at, items, order.shipped)]
    return [
        Parcel(order, place, at + timedelta(hours=5 * (place - 1)), (item,), order.shipped)
        for place, item in enumerate(items, 1)
    ]
