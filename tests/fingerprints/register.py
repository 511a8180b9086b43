"""Records of a shop, its platform and its Odoo, written so that they agree with each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from recon_app.engine.tax import half_up
from recon_app.models.record import Category, RecordType
from recon_app.reconciliations.connector import Connector
from tests.reconciliations.ledger import Ledger

ONE = 10**6
DEPOT, CUSTOMERS, SCRAP = "Depot/Stock", "Partners/Customers", "Virtual Locations/Inventory adjustment"
STORES = ("101", "202")
Row = dict[str, Any]


class Register(Ledger):
    """Writes single records; what belongs together is up to :class:`tests.fingerprints.shop.Shop`."""

    def __init__(self) -> None:
        super().__init__(Connector())
        self.answers = {}

    def add(self, kind: RecordType, **values: Any) -> int:
        """Add a record; further values are kept as the sources write them."""
        if isinstance(values.get("extra"), Mapping):
            values["extra"] = json.dumps(values["extra"], separators=(",", ":"))
        return super().add(kind, **values)

    def put(self, kind: RecordType, **values: Any) -> Row:
        """Add a record and return its row."""
        self.add(kind, **values)
        return self._rows[kind][-1]

    def drop(self, kind: RecordType, *rows: Row) -> None:
        """Take records out again."""
        gone = {row["id"] for row in rows}
        self._rows[kind] = [row for row in self._rows[kind] if row["id"] not in gone]

    @staticmethod
    def note(row: Row, **values: Any) -> None:
        """Change further values of a record; None takes one away."""
        kept = (json.loads(row["extra"]) if row["extra"] else {}) | values
        kept = {name: value for name, value in kept.items() if value is not None}
        row["extra"] = json.dumps(kept, separators=(",", ":"))

    def so_line(self, so: str, name: str, sku: str, text: str, many: int, price: int, rate: int = 19) -> Row:
        """A line of a sale order, price in cents without tax."""
        amount = price * many
        extra: Row = {"price": f"{price // 100}.{price % 100:02}"} if price >= 0 else {"price": "-0.01"}
        if rate:
            extra |= {"taxes": f"{rate}%", "total": amount + half_up(Fraction(amount * rate, 100))}
        return self.put(
            RecordType.SALE_ORDER_LINE,
            grp=so,
            ref=name,
            sku=sku,
            ref2="" if sku else text,
            text=text,
            status="sale",
            quantity=many * ONE,
            amount=amount,
            extra=extra,
        )

    def move(self, sku: str, many: int, **values: Any) -> Row:
        """A delivery that was made, or another move."""
        given = {"status": "done", "location": DEPOT, "location_to": CUSTOMERS} | values
        done = given["status"] == "done"
        given |= {"done": many * ONE} if done else {}
        return self.put(RecordType.STOCK_MOVE, sku=sku, quantity=many * ONE, **given)

    def money(
        self, name: str, when: int, at: int, amount: int, total: int, *, foreign: bool = False
    ) -> tuple[Row, Row]:
        """The transaction of the shop and the line of the platform, of a charge or a refund."""
        category = str(Category.CHARGE if amount > 0 else Category.REFUND)
        transaction = self.put(
            RecordType.SHOP_TRANSACTION,
            ident=f"t{self._next}",
            ref=name,
            category=category,
            status="success",
            account="shopify_payments",
            day=when,
            at=at,
            amount=amount,
        )
        fee = half_up(Fraction(amount * 2, 100)) if amount > 0 else 0
        seen = half_up(Fraction(amount * half_up(Fraction(total * 107, 100)), total)) if foreign else amount
        line = self.put(
            RecordType.PAYMENT_LINE,
            ref=name,
            category=category,
            account="shopify_payments",
            status="paid",
            text="charge" if amount > 0 else "refund",
            day=when,
            at=at,
            amount=amount,
            fee=fee,
            net=amount - fee,
            foreign_amount=seen,
            foreign_currency="USD" if foreign else "EUR",
            extra={"entity": STORES[int(name[1:]) % 2]},
        )
        return transaction, line

    def stock(
        self, sku: str, place: str, on_hand: int, reserved: int, shop: tuple[int, int] | None = None
    ) -> tuple[Row, Row]:
        """The same stock on both sides, or what the shop shows instead (on hand, available)."""
        own = shop or (on_hand, on_hand - reserved)
        level = self.put(
            RecordType.INVENTORY_LEVEL,
            sku=sku,
            location=place,
            quantity=own[0] * ONE,
            available=own[1] * ONE,
            reserved=(own[0] - own[1]) * ONE,
        )
        quant = self.put(
            RecordType.STOCK_QUANT,
            sku=sku,
            location=f"{place}/Stock",
            quantity=on_hand * ONE,
            reserved=reserved * ONE,
        )
        return level, quant

    def correct(self, sku: str, many: int, at: int, **values: Any) -> Row:
        """A correction of stock."""
        given: Row = {"ref": "", "grp": str(at), "day": at // 86_400, "at": at, "location": SCRAP} | values
        extra = {"inventory": True, "reference": "Product Quantity Updated"}
        return self.move(sku, many, **{"location_to": DEPOT, "extra": extra} | given)
