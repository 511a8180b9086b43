"""Random stores: a true state, causes that move both sides apart, and the files that show them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from recon_app.models.record import FIELDS, NO_INT, RecordType
from recon_app.reconciliations._base import Inputs
from recon_app.reconciliations.stock import Stock
from tests.reconciliations.goods import seconds

_ONE = 1_000_000
_INTEGERS = {spec.name for spec in FIELDS if spec.integer} | {"id", "key"}
#: Shopify location: its place in Odoo, the compared figures, whether the file has on hand, safety stock.
PLACES = {
    "Berlin": ("WH", "free=available", True, 0),
    "Paris": ("PAR", "free=available", True, 4_000),
    "Rome": ("ROM", "on_hand=on_hand", True, 0),
    "Web": ("WEB", "free=available", False, 0),
}
ANSWERS = {
    **{f"stock_location.{name}": place for name, (place, *_) in PLACES.items()},
    **{f"stock_figure.{name}": pair for name, (_, pair, *_) in PLACES.items()},
    "safety_stock.Paris": "4000",
    "excluded.Vendor": "consigned",
    "exported_at.Shopify": "2026-11-23T09:00+00:00",
    "exported_at.Odoo": "2026-11-23T09:30+00:00",
}


@dataclass
class Store:
    """One product at one place, seen from both sides.

    Attributes:
        sku: Its code.
        place: Shopify location.
        root: Odoo location.
        truth: Effect of each cause on what can be sold and on what is on hand, by code.
    """

    sku: str
    place: str
    root: str
    shop_hand: int
    committed: int = 0
    unavailable: int = 0
    odoo_hand: int = 0
    reserved: int = 0
    quarantine: int = 0
    consigned: int = 0
    truth: dict[str, tuple[int, int]] = field(default_factory=dict)

    def cause(self, code: str, sell: int, hand: int) -> None:
        """Remember what explains a difference."""
        before = self.truth.get(code, (0, 0))
        self.truth[code] = before[0] + sell, before[1] + hand


class Stores:
    """Many stores in one set of files."""

    def __init__(self, seed: int, count: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311
        self._rows: dict[RecordType, list[dict[str, Any]]] = {kind: [] for kind in Stock.reads}
        self._orders = 0
        self.stores = [self._store(number) for number in range(count)]

    def inputs(self) -> Inputs:
        """The files of all stores."""
        frames = {}
        for kind, fields in Stock.reads.items():
            rows = self._rows[kind]
            columns = {
                name: pd.Series(
                    [row.get(name, NO_INT if name in _INTEGERS else "") for row in rows],
                    dtype="int64" if name in _INTEGERS else object,
                )
                for name in ("id", "key", *fields)
            }
            frames[kind] = pd.DataFrame(columns)
        return Inputs(frames, ANSWERS)

    def _add(self, kind: RecordType, **values: Any) -> None:
        number = len(self._rows[kind]) + 1
        self._rows[kind].append({"id": number, "key": number, **values})

    def _store(self, number: int) -> Store:
        chance = self._chance
        place = chance.choice(list(PLACES))
        root, _, _, safety = PLACES[place]
        hand = chance.randint(20_000, 90_000)
        store = Store(f"SKU-{number:05}", place, root, hand, odoo_hand=hand)
        # distinct powers of two, so that no two choices of causes come to the same
        sizes = [2**power for power in range(10)]
        chance.shuffle(sizes)
        for make in self._certain():
            if chance.random() < 0.25:
                make(store, chance.randint(1_100, 1_140))  # not to be mixed up with the sizes below
        for make in self._possible():
            size = sizes.pop()
            if chance.random() < 0.25:
                make(store, size)
        if safety:
            store.cause("safety_stock", safety, 0)
        self._write(store)
        return store

    def _write(self, store: Store) -> None:
        """The figures that both sides export."""
        _, _, full, _ = PLACES[store.place]
        figures = {"available": store.shop_hand - store.committed - store.unavailable}
        if full:
            figures |= {"quantity": store.shop_hand, "reserved": store.committed}
        self._add(
            RecordType.INVENTORY_LEVEL,
            sku=store.sku,
            grp=store.sku.casefold(),
            location=store.place,
            **{name: quantity * _ONE for name, quantity in figures.items()},
        )
        own = store.odoo_hand - store.quarantine - store.consigned
        for location, quantity, reserved, more in (
            (f"{store.root}/Stock", own, store.reserved, {}),
            (f"{store.root}/Quarantine", store.quarantine, 0, {}),
            (
                f"{store.root}/Stock",
                store.consigned,
                0,
                {"grp": "Vendor", "extra": json.dumps({"owner": "Vendor"})},
            ),
        ):
            if quantity:
                self._add(
                    RecordType.STOCK_QUANT,
                    sku=store.sku,
                    location=location,
                    unit="Units",
                    quantity=quantity * _ONE,
                    reserved=reserved * _ONE,
                    **more,
                )

    def _order(self, store: Store, quantity: int, status: str, sale: str = "sale") -> str:
        """A line of a new order, with its sale order unless Odoo does not have it."""
        self._orders += 1
        name, number = f"#{self._orders}", f"S{self._orders}"
        self._add(
            RecordType.ORDER_LINE,
            ref=name,
            sku=store.sku,
            quantity=quantity * _ONE,
            status=status,
            day=20_780,
        )
        if sale != "none":
            self._add(RecordType.SALE_ORDER, ref=name, grp=number, status=sale, day=20_770)
        return number

    def _move(self, store: Store, quantity: int, status: str, ref: str, **values: Any) -> None:
        amounts = {"done": quantity * _ONE} if status == "done" else {}
        if status == "assigned":
            amounts = {"reserved": quantity * _ONE}
        given = {"location": f"{store.root}/Stock", "location_to": "Partners/Customers"} | amounts | values
        self._add(
            RecordType.STOCK_MOVE,
            sku=store.sku,
            ref=ref,
            grp=f"{store.root}/{len(self._rows[RecordType.STOCK_MOVE])}",
            status=status,
            unit="Units",
            quantity=quantity * _ONE,
            **given,
        )

    def _certain(self) -> list[Callable[[Store, int], None]]:
        """Causes that records of both sides prove."""
        return [
            self.nothing_wrong,
            self.not_imported,
            self.cancelled_in_odoo,
            self.fulfilled_first,
            self.picked_first,
            self.moved_meanwhile,
            self.quarantine_known_to_both,
        ]

    def _possible(self) -> list[Callable[[Store, int], None]]:
        """Causes that only the figures prove."""
        return [
            self.sent_without_odoo,
            self.other_channel,
            self.not_reserved,
            self.returned_in_shop,
            self.quarantined,
            self.consignment,
            self.in_transit,
            self.cancelled_in_shop,
            self.sent_although_cancelled,
            self.moved_within,
        ]

    def nothing_wrong(self, store: Store, quantity: int) -> None:
        """An order that both sides hold goods back for."""
        self._move(store, quantity, "assigned", self._order(store, quantity, "pending"))
        store.committed += quantity
        store.reserved += quantity

    def not_imported(self, store: Store, quantity: int) -> None:
        """An order that Odoo does not have."""
        self._order(store, quantity, "pending", sale="none")
        store.committed += quantity
        store.cause("orders_not_imported", -quantity, 0)

    def cancelled_in_odoo(self, store: Store, quantity: int) -> None:
        """An order that only Odoo has cancelled."""
        self._order(store, quantity, "pending", sale="cancel")
        store.committed += quantity
        store.cause("cancelled_in_odoo", -quantity, 0)

    def fulfilled_first(self, store: Store, quantity: int) -> None:
        """An order that is sent in the shop and waits in Odoo."""
        self._move(store, quantity, "assigned", self._order(store, quantity, "fulfilled"))
        store.shop_hand -= quantity
        store.reserved += quantity
        store.cause("fulfilled_not_delivered", 0, -quantity)

    def picked_first(self, store: Store, quantity: int) -> None:
        """An order that is delivered in Odoo and waits in the shop."""
        self._move(store, quantity, "done", self._order(store, quantity, "pending"))
        store.odoo_hand -= quantity
        store.committed += quantity
        store.cause("picked_not_fulfilled", 0, quantity)

    def moved_meanwhile(self, store: Store, quantity: int) -> None:
        """A receipt after the shop's export."""
        self._move(
            store,
            quantity,
            "done",
            "P1",
            location="Partners/Vendors",
            location_to=f"{store.root}/Stock",
            at=seconds("2026-11-23T09:10+00:00"),
        )
        store.odoo_hand += quantity
        store.cause("moved_between_exports", -quantity, -quantity)

    def quarantine_known_to_both(self, store: Store, quantity: int) -> None:
        """Goods that neither side sells; only a file with on hand shows that the shop knows of them."""
        if PLACES[store.place][2]:
            store.quarantine += quantity
            store.unavailable += quantity

    def sent_without_odoo(self, store: Store, quantity: int) -> None:
        """An order that was sent while Odoo does not have it."""
        self._order(store, quantity, "fulfilled", sale="none")
        store.shop_hand -= quantity
        store.cause("orders_not_imported", -quantity, -quantity)

    def other_channel(self, store: Store, quantity: int) -> None:
        """An order of another channel."""
        self._move(store, quantity, "assigned", f"Wholesale {store.sku}")
        store.reserved += quantity
        store.cause("reserved_not_committed", quantity, 0)

    def not_reserved(self, store: Store, quantity: int) -> None:
        """An order that Odoo has not reserved anything for."""
        self._move(store, quantity, "confirmed", self._order(store, quantity, "pending"))
        store.committed += quantity
        store.cause("committed_not_reserved", -quantity, 0)

    def returned_in_shop(self, store: Store, quantity: int) -> None:
        """A return that only the shop has put back."""
        self._move(store, quantity, "done", self._order(store, quantity, "fulfilled"))
        self._add(
            RecordType.REFUND,
            ref=f"#{self._orders}",
            sku=store.sku,
            quantity=quantity * _ONE,
            status="return",
        )
        store.shop_hand += quantity
        store.cause("returned_on_one_side", quantity, quantity)

    def quarantined(self, store: Store, quantity: int) -> None:
        """Goods that the shop still sells."""
        store.quarantine += quantity
        store.cause("quarantine", quantity, 0)

    def consignment(self, store: Store, quantity: int) -> None:
        """Goods of somebody else, which only the shop sells."""
        store.consigned += quantity
        store.shop_hand += quantity
        store.odoo_hand += quantity
        store.cause("consignment", quantity, 0)

    def in_transit(self, store: Store, quantity: int) -> None:
        """Goods that left Odoo's place and have not arrived."""
        ref, between = f"T{store.sku}", "Inter-warehouse transit"
        self._move(store, quantity, "done", ref, location_to=between)
        self._move(store, quantity, "confirmed", ref, location=between, location_to="OUT/Stock")
        store.odoo_hand -= quantity
        store.cause("in_transit", quantity, quantity)

    def cancelled_in_shop(self, store: Store, quantity: int) -> None:
        """An order that only the shop has cancelled."""
        self._move(store, quantity, "assigned", self._cancelled_order(store, quantity))
        store.reserved += quantity
        store.cause("reserved_beyond_order", quantity, 0)

    def sent_although_cancelled(self, store: Store, quantity: int) -> None:
        """An order that left the warehouse after the shop had cancelled it."""
        self._move(store, quantity, "done", self._cancelled_order(store, quantity))
        store.odoo_hand -= quantity
        store.cause("sent_beyond_order", quantity, quantity)

    def _cancelled_order(self, store: Store, quantity: int) -> str:
        number = self._order(store, quantity, "pending")
        self._add(RecordType.ORDER, ref=f"#{self._orders}", extra=json.dumps({"cancelled_at": 1_790_000_000}))
        return number

    def moved_within(self, store: Store, quantity: int) -> None:
        """Goods that wait to be brought from one shelf to another."""
        self._move(store, quantity, "assigned", "", location_to=f"{store.root}/Stock/Shelf 2")
        store.reserved += quantity
        store.cause("moved_within", quantity, 0)
