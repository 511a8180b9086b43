"""What happened to the goods in October, and what each system believes is there at the end of it.

The exports are made on 31 October, Shopify's at 21:00 and Odoo's at 21:40. Quantities are whole pieces; a
file says them in the unit of the product.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from making.assortment import KITS, Product, products
from making.shop import Order

DEPOT, SHOP, QUARANTINE = "Depot/Stock", "Shop/Stock", "Depot/Quarantine"
TRANSIT = "Physical Locations/Inter-warehouse transit"
CUSTOMERS, VENDORS = "Partners/Customers", "Partners/Vendors"
INSIDE = (DEPOT, SHOP, QUARANTINE)
LOCATIONS = {DEPOT: "Depot", SHOP: "Shop"}
#: Moves before this time are left out of the exports, but for those of receipts.
SINCE = datetime(2026, 10, 25)  # noqa: DTZ001  # local time
SHOPIFY_EXPORT = datetime(2026, 10, 31, 21, 0)  # noqa: DTZ001
ODOO_EXPORT = datetime(2026, 10, 31, 21, 40)  # noqa: DTZ001
COUNTED_AT = datetime(2026, 10, 31, 16, 30)  # noqa: DTZ001
DONE, READY, WAITING, CANCELLED = "Done", "Available", "Waiting Availability", "Cancelled"
#: What is wrong with the order in the warehouse, by number.
NOT_IMPORTED, NOT_DELIVERED, NOT_RESERVED, PICKED = 5287, 5256, 5295, 5293
#: Orders whose goods came back; Shopify put back on the shelf what the second one returned.
RETURNED_IN_ODOO, RETURNED_IN_BOTH = 5036, 5009
#: The quant says so many are reserved, the open transfers ask for fewer.
ORPHAN_RESERVED, ORPHAN_OPEN = 13, 11


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A local time of October."""
    return datetime(2026, 10, day, hour, minute)  # noqa: DTZ001


@dataclass
class Move:
    """One product on its way, in pieces; ``kit`` is the kit that it is a part of."""

    key: str
    demand: int
    quantity: int
    status: str
    transfer: Transfer
    kit: str = ""


@dataclass
class Transfer:
    """A document of the warehouse: its moves go from one place to another."""

    number: str
    origin: str
    partner: str
    operation: str
    scheduled: datetime
    source: str
    target: str
    done: datetime | None = None
    backorder_of: str = ""
    return_of: str = ""
    moves: list[Move] = field(default_factory=list)

    @property
    def status(self) -> str:
        """What Odoo shows as its state."""
        if self.done:
            return "Done"
        return "Ready" if any(move.status == READY for move in self.moves) else "Waiting"


@dataclass(frozen=True)
class PurchaseLine:
    """One line of a purchase order, in pieces."""

    order: str
    vendor_reference: str
    vendor: str
    key: str
    ordered: int
    received: int
    billed: int
    planned: datetime


@dataclass(frozen=True)
class OtherLine:
    """A line of a sale order that is no order of the web shop."""

    order: str
    reference: str
    key: str
    quantity: int


@dataclass
class Level:
    """What Shopify says of a product at a location."""

    hand: int = 0
    committed: int = 0
    unavailable: int = 0

    @property
    def available(self) -> int:
        """What can be sold."""
        return self.hand - self.committed - self.unavailable


class Goods:
    """The goods of both systems at the end of October.

    Attributes:
        products: By the code that the demo knows them by.
        on_hand: Pieces in Odoo by place and product.
        reserved: Pieces in Odoo that are reserved there.
        levels: What Shopify says by location and product; products that a location does not keep are not in.
        transfers: The documents of the warehouse, oldest first.
        purchases: Lines of purchase orders.
        others: Lines of sale orders that were entered by hand.
        counted: What was counted in the shop, by product.
    """

    def __init__(self, orders: list[Order]) -> None:
        self.products = products()
        self.on_hand: dict[tuple[str, str], int] = defaultdict(int)
        self.reserved: dict[tuple[str, str], int] = defaultdict(int)
        self.levels: dict[tuple[str, str], Level] = {}
        self.transfers: list[Transfer] = []
        self.purchases: list[PurchaseLine] = []
        self.others: list[OtherLine] = []
        self._stock_up()
        for order in orders:
            self._web_order(order)
        self._returns(orders)
        self._receipts()
        self._between_places()
        self._held_back()
        self._only_one_side_knows()
        self._fill_kits()
        self.counted = self._count()
        self.transfers.sort(key=lambda transfer: (transfer.scheduled, transfer.number))

    def exported(self) -> list[Transfer]:
        """The transfers that the exports have: open, of the last week, receipts, and what was returned."""
        returned = {transfer.return_of for transfer in self.transfers}
        return [
            transfer
            for transfer in self.transfers
            if not transfer.done
            or transfer.done >= SINCE
            or transfer.source in (VENDORS, CUSTOMERS)
            or transfer.number in returned
        ]

    def moves(self) -> list[Move]:
        """The moves of the exported transfers."""
        return [move for transfer in self.exported() for move in transfer.moves]

    def worth(self, place: str, key: str) -> int:
        """Value of the pieces at a place in cents, of the quantity as Odoo rounds it."""
        product = self.products[key]
        return (2 * hundredths(self.on_hand[place, key], product) * product.cost * product.per + 100) // 200

    def _stock_up(self) -> None:
        for key, product in self.products.items():
            if product.service or product.kit:
                continue
            self.on_hand[DEPOT, key] = product.depot
            self.levels["Depot", key] = Level(product.depot)
            if product.shelf is not None:
                self.on_hand[SHOP, key] = product.shelf
                self.levels["Shop", key] = Level(product.shelf)

    def _web_order(self, order: Order) -> None:
        """Deliver an order or reserve it; what went wrong is on one side only."""
        items = [item for item in order.items if item.sku in self.products and item.ships]
        if order.role == "voided" or not items:
            return
        place = SHOP if order.number == PICKED else DEPOT
        if not order.shipped:
            for item in items:
                self._level(place, item.sku).committed += item.quantity
        if order.number == NOT_IMPORTED:
            return
        number = order.number - 5000
        transfer = Transfer(
            f"{LOCATIONS[place]}/OUT/{number:05}",
            f"S{number:05}",
            order.buyer,
            _operation(place, "Delivery Orders"),
            order.created + timedelta(hours=4),
            place,
            CUSTOMERS,
        )
        if order.delivered:
            transfer.done = at(31, 11) if order.number == PICKED else order.created + timedelta(hours=20)
        for item in items[: 1 if order.role == "edited" else None]:
            self._deliver(transfer, item.sku, item.quantity, order)
        self.transfers.append(transfer)

    def _deliver(self, transfer: Transfer, key: str, quantity: int, order: Order) -> None:
        parts = [(part, quantity * pieces, key) for part, pieces in KITS.get(key, ())]
        for part, pieces, kit in parts or [(key, quantity, "")]:
            late = order.number == NOT_DELIVERED or (order.number == NOT_RESERVED and key == "00417")
            status = DONE if transfer.done else WAITING if late else READY
            transfer.moves.append(
                Move(part, pieces, 0 if status == WAITING else pieces, status, transfer, kit)
            )
            if status == READY:
                self.reserved[transfer.source, part] += pieces
        # the stock to start with is what is left when everybody did what he should
        if order.number == NOT_DELIVERED:
            self.on_hand[transfer.source, key] += quantity
        if order.number == PICKED:
            self.on_hand[transfer.source, key] -= quantity

    def _returns(self, orders: list[Order]) -> None:
        for order in orders:
            if order.number not in (RETURNED_IN_ODOO, RETURNED_IN_BOTH):
                continue
            number = order.number - 5000
            when = order.transactions[-1].at
            transfer = Transfer(
                f"Depot/IN/{900 + number:05}", f"Return of Depot/OUT/{number:05}", order.buyer,
                _operation(DEPOT, "Receipts"), when, CUSTOMERS, DEPOT, when,
                return_of=f"Depot/OUT/{number:05}",
            )  # fmt: skip
            for item in order.items:
                transfer.moves.append(Move(item.sku, item.quantity, item.quantity, DONE, transfer))
                self.on_hand[DEPOT, item.sku] += item.quantity
                if order.number == RETURNED_IN_BOTH:
                    self._level(DEPOT, item.sku).hand += item.quantity
            self.transfers.append(transfer)

    def _receipts(self) -> None:
        """What vendors sent: short, too much, after the first export, and not taken in yet."""
        mill, glass = "Papiermühle Muster", "Glashütte Muster"
        self._receipt("P00010", mill, at(12, 10), ("QF-STICKERS", 20, 18, 18), ("QF-TWINE", 30, 30, 30))
        self._receipt("P00011", glass, at(20, 14), ("QF-GLASS-PEN", 10, 12, 10), ("QF-RIBBON", 25, 25, 25))
        self._receipt("P00012", mill, at(26, 9), ("QF-ERASER", 48, 48, 48))
        self._receipt("P00013", glass, at(31, 21, 20), ("QF-CORK-BOARD", 10, 10, 0))
        self.on_hand[DEPOT, "QF-CORK-BOARD"] += 10
        self._receipt("P00014", glass, None, ("QF-BLOTTER-XL", 12, 0, 0))
        self._level(DEPOT, "QF-BLOTTER-XL").hand += 12

    def _receipt(
        self, order: str, vendor: str, done: datetime | None, *lines: tuple[str, int, int, int]
    ) -> None:
        planned = done or at(31, 12)
        reference = f"AB-{order[-2:]}"
        transfer = Transfer(
            f"Depot/IN/{order[1:]}",
            order,
            vendor,
            _operation(DEPOT, "Receipts"),
            planned,
            VENDORS,
            DEPOT,
            done,
        )
        for key, ordered, received, billed in lines:
            line = PurchaseLine(order, reference, vendor, key, ordered, received, billed, planned)
            self.purchases.append(line)
            if done is None:
                transfer.moves.append(Move(key, ordered, ordered, READY, transfer))
                continue
            transfer.moves.append(Move(key, min(ordered, received), received, DONE, transfer))
            if received < ordered:  # nobody waits for the rest
                transfer.moves.append(Move(key, ordered - received, 0, CANCELLED, transfer))
        self.transfers.append(transfer)

    def _between_places(self) -> None:
        """Two transfers from the depot to the shop in two legs, and one in one step."""
        self._leg("Depot/OUT/00901", 44, at(30, 15), DEPOT, TRANSIT, "QF-GLOBE", 6, DONE)
        self._leg("Shop/IN/00020", 44, None, TRANSIT, SHOP, "QF-GLOBE", 6, READY)
        self._level(DEPOT, "QF-GLOBE").hand += 6
        self._leg("Depot/OUT/00900", 43, at(26, 15), DEPOT, TRANSIT, "QF-LABELS-100", 10, DONE)
        self._leg("Shop/IN/00018", 43, at(27, 11), TRANSIT, SHOP, "QF-LABELS-100", 8, DONE)
        self._leg("Shop/IN/00019", 43, None, TRANSIT, SHOP, "QF-LABELS-100", 2, READY, "Shop/IN/00018")
        self._leg("Depot/INT/00007", 0, at(31, 17), SHOP, DEPOT, "QF-BOOKMARK", 3, DONE)
        self.on_hand[TRANSIT, "QF-GLOBE"], self.reserved[TRANSIT, "QF-GLOBE"] = 6, 6
        self.on_hand[TRANSIT, "QF-LABELS-100"], self.reserved[TRANSIT, "QF-LABELS-100"] = 2, 2

    def _leg(
        self, number: str, request: int, done: datetime | None, source: str, target: str, key: str,
        pieces: int, status: str, backorder_of: str = "",
    ) -> None:  # fmt: skip
        kind = {"OUT": "Delivery Orders", "IN": "Receipts", "INT": "Internal Transfers"}[number.split("/")[1]]
        warehouse = SHOP if number.startswith("Shop") else DEPOT
        transfer = Transfer(
            number, f"Replenishment Shop {request}" if request else "", "", _operation(warehouse, kind),
            done or at(31, 9), source, target, done, backorder_of,
        )  # fmt: skip
        transfer.moves.append(Move(key, pieces, pieces, status, transfer))
        self.transfers.append(transfer)

    def _held_back(self) -> None:
        """Goods that are there and not for sale: other customers, quarantine, and a leftover."""
        self._other_channel("S00902", "PO-7781", DEPOT, "QF-RULER-30", 6, 6)
        self._other_channel("S00903", "PO-7790", SHOP, "QF-MAP-TUBE", ORPHAN_OPEN, ORPHAN_RESERVED)
        for key, pieces in (("QF-GLUE-STICK", 4), ("QF-SCISSORS", 2)):
            self.on_hand[DEPOT, key] -= pieces
            self.on_hand[QUARANTINE, key] += pieces
        self._level(DEPOT, "QF-SCISSORS").unavailable = 2

    def _other_channel(
        self, order: str, reference: str, place: str, key: str, pieces: int, reserved: int
    ) -> None:
        number = f"{LOCATIONS[place]}/OUT/00{order[-3:]}"
        operation = _operation(place, "Delivery Orders")
        transfer = Transfer(number, order, "Papeterie Muster", operation, at(30, 10), place, CUSTOMERS)
        transfer.moves.append(Move(key, pieces, pieces, READY, transfer))
        self.transfers.append(transfer)
        self.others.append(OtherLine(order, reference, key, pieces))
        self.reserved[place, key] += reserved

    def _only_one_side_knows(self) -> None:
        """Differences that no document explains, and products that one side does not have."""
        self.on_hand[DEPOT, "QF-WAX-RED"] = -2
        self._level(DEPOT, "QF-STAPLER").hand -= 3
        self.on_hand[SHOP, "QF-LAMP"] = 4
        self._level(DEPOT, "QF-CHALK").hand = 10
        del self.on_hand[DEPOT, "QF-POSTER"]
        del self.levels["Depot", "QF-SAMPLE-BOX"]

    def _fill_kits(self) -> None:
        """Kits have no stock of their own: Shopify sells as many as their components make."""
        for kit, parts in KITS.items():
            made = min(
                (self.on_hand[DEPOT, part] - self.reserved[DEPOT, part]) // pieces for part, pieces in parts
            )
            level = self._level(DEPOT, kit)
            level.hand = made + level.committed
        self.levels["Depot", "QF-TRAVEL-KIT"] = Level(self.products["QF-TRAVEL-KIT"].depot)

    def _count(self) -> dict[str, int]:
        """What was counted in the shop: what Odoo had at that moment, but for three mistakes."""
        there = {key: pieces for (place, key), pieces in self.on_hand.items() if place == SHOP}
        there["QF-BOOKMARK"] += 3  # they left after the count
        there["QF-NIB-SET"] -= 2
        there["QF-INKWELL"] += 1
        there["QF-FOLDER-A4"] = 3
        return there

    def _level(self, place: str, key: str) -> Level:
        return self.levels.setdefault((LOCATIONS[place], key), Level())


def _operation(place: str, kind: str) -> str:
    return f"{'Berlin Warehouse' if place == DEPOT else 'Shop Mitte'}: {kind}"


def hundredths(pieces: int, product: Product) -> int:
    """A quantity in hundredths of the product's unit, as Odoo rounds it."""
    return (2 * pieces * 100 + product.per) // (2 * product.per)


def in_unit(pieces: int, product: Product) -> str:
    """A quantity as Odoo writes it: 5.0 dozens are 60 pieces."""
    cents = hundredths(pieces, product)
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}".removesuffix("0")
