"""What happened to the goods in October, and what each system believes is there at the end of it.

The exports are made on 31 October, Shopify's at 21:00 and Odoo's at 21:40. Quantities are whole pieces; a
file says them in the unit of the product.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from making.assortment import KITS, Product, products
from making.parcels import Parcel, parcels
from making.returns import RETURN, Refund, refunds_of
from making.shop import Item, Order

DEPOT, SHOP, QUARANTINE = "Depot/Stock", "Shop/Stock", "Depot/Quarantine"
TRANSIT = "Physical Locations/Inter-warehouse transit"
CUSTOMERS, VENDORS = "Partners/Customers", "Partners/Vendors"
INSIDE = (DEPOT, SHOP, QUARANTINE)
LOCATIONS = {DEPOT: "Depot", SHOP: "Shop"}
SHOPIFY_EXPORT = datetime(2026, 10, 31, 21, 0)  # noqa: DTZ001
ODOO_EXPORT = datetime(2026, 10, 31, 21, 40)  # noqa: DTZ001
COUNTED_AT = datetime(2026, 10, 31, 16, 30)  # noqa: DTZ001
DONE, READY, WAITING, CANCELLED = "Done", "Available", "Waiting Availability", "Cancelled"
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
    tracking: str = ""
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
        clean: Whether nothing is planted.
    """

    def __init__(self, orders: list[Order], *, clean: bool = False) -> None:
        self.clean = clean
        self.products = products(clean=clean)
        self.kits = {} if clean else KITS
        self.on_hand: dict[tuple[str, str], int] = defaultdict(int)
        self.reserved: dict[tuple[str, str], int] = defaultdict(int)
        self.levels: dict[tuple[str, str], Level] = {}
        self.transfers: list[Transfer] = []
        self.purchases: list[PurchaseLine] = []
        self.others: list[OtherLine] = []
        self._stock_up()
        for order in orders:
            self._web_order(order)
            for refund in refunds_of(order):
                self._return(refund)
        self._receipts()
        self._between_places()
        self._held_back()
        if not clean:
            self._only_one_side_knows()
            self._fill_kits()
        self.counted = self._count()
        self.transfers.sort(key=lambda transfer: (transfer.scheduled, transfer.number))

    def moves(self) -> list[Move]:
        """The moves of all transfers."""
        return [move for transfer in self.transfers for move in transfer.moves]

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
        sent = [parcel for parcel in parcels(order) if self._kept(parcel)]
        if order.role == "voided" or not sent:
            return
        place = SHOP if order.flaw == "picked" else DEPOT
        if not order.shipped and not order.cancelled:
            for parcel in sent:
                for item in self._kept(parcel):
                    self._level(place, item.sku).committed += item.quantity
        if order.flaw in ("unpaid", "not_imported"):
            return
        # an order that is cancelled in time is never delivered
        if order.cancelled and order.flaw not in ("cancelled_after_pick", "refunded_before_shipping"):
            return
        number = order.number - 5000
        for parcel in sent:
            part = 800 * (parcel.place - 1)
            self._send(parcel, place, f"S{number:05}", number + part, number if part else 0)
        if order.flaw == "imported_twice":
            self._send(sent[0], place, f"S{number + 700:05}", number + 700, 0)

    def _kept(self, parcel: Parcel) -> list[Item]:
        """What of a parcel lies on a shelf."""
        return [item for item in parcel.items if item.sku in self.products]

    def _send(self, parcel: Parcel, place: str, origin: str, number: int, before: int) -> None:
        order, name = parcel.order, LOCATIONS[place]
        transfer = Transfer(
            f"{name}/OUT/{number:05}", origin, order.buyer, _operation(place, "Delivery Orders"),
            order.created + timedelta(hours=4), place, CUSTOMERS,
            backorder_of=f"{name}/OUT/{before:05}" if before else "",
        )  # fmt: skip
        if order.delivered:
            transfer.done = _picked_at(parcel)
            transfer.tracking = parcel.tracking
        items = self._kept(parcel)
        for item in items[: 1 if order.role == "edited" else None]:
            if order.flaw == "default_product" and item is items[-1]:
                continue  # Odoo does not know what it was
            self._deliver(transfer, item.sku, item.quantity, order)
        self.transfers.append(transfer)

    def _deliver(self, transfer: Transfer, key: str, quantity: int, order: Order) -> None:
        made_of = [(part, quantity * pieces, key) for part, pieces in self.kits.get(key, ())]
        for part, pieces, kit in made_of or [(key, quantity, "")]:
            late = order.flaw == "not_delivered" or (order.flaw == "not_reserved" and key == "00417")
            status = DONE if transfer.done else WAITING if late else READY
            transfer.moves.append(
                Move(part, pieces, 0 if status == WAITING else pieces, status, transfer, kit)
            )
            if status == READY:
                self.reserved[transfer.source, part] += pieces
        # the stock to start with is what is left when everybody did what he should
        if order.flaw == "not_delivered":
            self.on_hand[transfer.source, key] += quantity
        if order.flaw in ("picked", "cancelled_after_pick"):
            self.on_hand[transfer.source, key] -= quantity

    def _return(self, refund: Refund) -> None:
        """Take back what was refunded, and send what the buyer took instead."""
        if refund.restock == RETURN:
            for line in refund.lines:
                self._back_in_shop(line.item.sku, line.quantity)
        number = refund.order.number - 5000
        back = f"Depot/IN/{900 + number:05}", f"Return of Depot/OUT/{number:05}"
        if refund.receipt:
            done = refund.at if refund.receipt == "done" else None
            transfer = Transfer(
                *back, refund.order.buyer, _operation(DEPOT, "Receipts"), refund.at, CUSTOMERS, DEPOT, done,
                return_of=f"Depot/OUT/{number:05}",
            )  # fmt: skip
            for line in refund.lines:
                self._take_back(transfer, line.item.sku, line.quantity)
            self.transfers.append(transfer)
        if refund.exchange:
            self._exchange(refund, refund.exchange)

    def _back_in_shop(self, key: str, pieces: int) -> None:
        self._level(DEPOT, key).hand += pieces

    def _take_back(self, transfer: Transfer, key: str, pieces: int) -> None:
        made_of = [(part, pieces * count, key) for part, count in self.kits.get(key, ())]
        for part, count, kit in made_of or [(key, pieces, "")]:
            status = DONE if transfer.done else READY
            transfer.moves.append(Move(part, count, count, status, transfer, kit))
            if transfer.done:
                self.on_hand[DEPOT, part] += count
                if kit:  # its parts are sold one by one in Shopify, too
                    self._level(DEPOT, part).hand += count

    def _exchange(self, refund: Refund, item: Item) -> None:
        number, done = 1800 + refund.order.number - 5000, refund.at + timedelta(hours=3)
        transfer = Transfer(
            f"Depot/OUT/{number:05}", f"S{refund.order.number - 5000:05}", refund.order.buyer,
            _operation(DEPOT, "Delivery Orders"), refund.at, DEPOT, CUSTOMERS, done,
        )  # fmt: skip
        transfer.moves.append(Move(item.sku, item.quantity, item.quantity, DONE, transfer))
        self.on_hand[DEPOT, item.sku] -= item.quantity
        self._level(DEPOT, item.sku).hand -= item.quantity
        self.transfers.append(transfer)

    def _receipts(self) -> None:
        """What vendors sent: short, too much, after the first export, and not taken in yet."""
        mill, glass = "Papiermühle Muster", "Glashütte Muster"
        if self.clean:
            self._receipt("P00010", mill, at(12, 10), ("QF-STICKERS", 20, 20, 20), ("QF-TWINE", 30, 30, 30))
            self._receipt("P00011", glass, at(20, 14), ("QF-RIBBON", 25, 25, 25))
            return
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
        if self.clean:
            self._leg("Depot/OUT/00900", 43, at(26, 15), DEPOT, TRANSIT, "QF-LABELS-100", 8, DONE)
            self._leg("Shop/IN/00018", 43, at(27, 11), TRANSIT, SHOP, "QF-LABELS-100", 8, DONE)
            return
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
        held = [("QF-SCISSORS", 2)]
        if not self.clean:
            self._other_channel("S00902", "PO-7781", DEPOT, "QF-RULER-30", 6, 6)
            self._other_channel("S00903", "PO-7790", SHOP, "QF-MAP-TUBE", ORPHAN_OPEN, ORPHAN_RESERVED)
            held.append(("QF-GLUE-STICK", 4))
        for key, pieces in held:
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
        if self.clean:
            return there
        there["QF-BOOKMARK"] += 3  # they left after the count
        there["QF-NIB-SET"] -= 2
        there["QF-INKWELL"] += 1
        there["QF-FOLDER-A4"] = 3
        return there

    def _level(self, place: str, key: str) -> Level:
        return self.levels.setdefault((LOCATIONS[place], key), Level())


def _picked_at(parcel: Parcel) -> datetime:
    """When the goods left the shelf in Odoo."""
    return {"picked": at(31, 11), "cancelled_after_pick": at(30, 10)}.get(parcel.order.flaw, parcel.at)


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
