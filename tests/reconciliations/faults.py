"""Made-up shops with one fault each that shows in money and in stock, among everything that is right.

Each fault is drawn from a seed: which product, how many pieces, how much money, how many days ago. Around it
are calm orders, returns and receipts, and often a weaker rival: an open receipt of as many pieces, or another
order that is late for the same product.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from recon_app.engine.cases import SIDES, missing_sides
from recon_app.models.record import NO_INT, Record, RecordType, Side
from recon_app.reconciliations._base import Facts, Inputs
from recon_app.reconciliations.causes import Causes
from tests.reconciliations.goods import Shelf

TODAY = 20_780  # 2026-11-23
_CUSTOMERS, _VENDORS, _TRANSIT = "Partners/Customers", "Partners/Vendors", "Physical Locations/Transit"


@dataclass(frozen=True)
class Truth:
    """What a fault is.

    Attributes:
        code: The cause that must come first.
        sku: Product that differs, "" where only money does.
        place: Where, as the case calls it.
        about: What the sentence must name: an order, a transfer.
    """

    code: str
    sku: str
    place: str
    about: str


class Shop:
    """A small shop: Berlin, on hand and reserved on both sides, orders with their money."""

    def __init__(self, seed: int, fault: Fault) -> None:
        self.chance = random.Random(f"{fault.__name__} {seed}")  # noqa: S311
        self.shelf = Shelf()
        self._figures: dict[str, defaultdict[str, int]] = {
            name: defaultdict(int) for name in ("shop", "committed", "odoo", "reserved")
        }
        self._orders = 1000 + self.chance.randrange(500)
        self._documents = 0
        self.pieces, self.cases = 1, 0
        self.skus = [f"SKU-{letter}" for letter in "ABCDEFGH"]
        for sku in self.skus:
            self.move_both(sku, self.chance.randint(40, 90))
            self.shelf.product(sku)
        for _ in range(self.chance.randint(6, 12)):
            self.calm_order()
        self.truth = fault(self)
        self._rivals()
        self._write()

    # -- what is right -----------------------------------------------------------------------------

    def move_both(self, sku: str, pieces: int) -> None:
        """Change what is on hand on both sides."""
        self.change("shop", sku, pieces)
        self.change("odoo", sku, pieces)

    def change(self, figure: str, sku: str, pieces: int) -> None:
        """Change one figure: shop and odoo are on hand, committed is the shop's, reserved Odoo's."""
        self._figures[figure][sku] += pieces

    def number(self) -> int:
        """The next number of a document."""
        self._documents += 1
        return self._documents

    def pick(self, among: str = "ABCD") -> tuple[str, int]:
        """A product and some pieces of it."""
        self.pieces = self.chance.randint(3, 9)
        return f"SKU-{self.chance.choice(among)}", self.pieces

    def order(
        self, sku: str, pieces: int, *, sent: bool, gone: bool = False, refunded: bool = False,
        day: int = 0, booked: bool = True, status: str = "paid",
    ) -> str:  # fmt: skip
        """An order in the shop with its payment; returns its name."""
        self._orders += 1
        name, day = f"#{self._orders}", day or TODAY - self.chance.randint(4, 12)
        extra = {"cancelled": "2026-11-20T10:00:00Z"} if gone else {}
        cents = pieces * 1490
        self.shelf.add(
            RecordType.ORDER, ref=name, ident=name, amount=cents, currency="EUR", extra=extra, status=status
        )
        self.shelf.order(name, sku, str(pieces), "fulfilled" if sent else "pending", day=day)
        if status == "paid":
            self.shelf.add(
                RecordType.PAYMENT_LINE, ref=name, category="charge", day=day, amount=cents, currency="EUR"
            )
        if booked:
            self.shelf.add(RecordType.ODOO_PAYMENT, ref=name, day=day, amount=cents, currency="EUR")
        if refunded:
            self.refund(name, sku, pieces, "cancel")
        return name

    def refund(self, name: str, sku: str, pieces: int, restock: str) -> None:
        """A refund that was paid out."""
        day, cents = TODAY - self.chance.randint(1, 9), pieces * 1490
        self.shelf.add(
            RecordType.REFUND, ref=name, ident=f"R-{name[1:]}", sku=sku, quantity=str(pieces),
            status=restock, day=day, amount=-cents, currency="EUR",
        )  # fmt: skip
        self.shelf.add(
            RecordType.PAYMENT_LINE, ref=name, category="refund", day=day, amount=-cents, currency="EUR"
        )

    def sale(self, name: str) -> str:
        """The sale order of an order in Odoo."""
        number = f"S{self.number():05}"
        self.shelf.sale(number, name, day=TODAY - 20)
        return number

    def delivery(self, number: str, sku: str, pieces: int, *, done: bool, **values: Any) -> str:
        """A delivery of a sale order; an open one reserves its goods."""
        transfer = f"WH/OUT/{self.number():05}"
        status = "done" if done else "assigned"
        self.shelf.move(sku, str(pieces), status, number, transfer, **values)
        self.shelf.add(RecordType.TRANSFER, grp=transfer, ref=number)
        self.change("odoo", sku, -pieces if done else 0)
        self.change("reserved", sku, 0 if done else pieces)
        return transfer

    def receipt(self, source: str, sku: str, pieces: int, *, done: bool, of_customer: bool) -> str:
        """A receipt from a vendor or a customer."""
        transfer = f"WH/IN/{self.number():05}"
        place = _CUSTOMERS if of_customer else _VENDORS
        status = "done" if done else "assigned"
        self.shelf.receipt(sku, str(pieces), status, source, grp=transfer, location=place)
        self.shelf.add(RecordType.TRANSFER, grp=transfer, ref=source)
        self.change("odoo", sku, pieces if done else 0)
        return transfer

    def calm_order(self) -> None:
        """An order that both sides tell the same of: sent, waiting, or returned."""
        sku, pieces = self.pick("ABCDEFGH")
        sent = self.chance.random() < 0.7
        name = self.order(sku, pieces, sent=sent)
        sold = self.sale(name)
        delivery = self.delivery(sold, sku, pieces, done=sent)
        self.change("shop" if sent else "committed", sku, -pieces if sent else pieces)
        if sent and self.chance.random() < 0.3:
            self.refund(name, sku, pieces, "return")
            self.change("shop", sku, pieces)
            self.receipt(f"Return of {delivery}", sku, pieces, done=True, of_customer=True)

    def _rivals(self) -> None:
        """What might be taken for the cause: an open receipt of as many, a late delivery of the same."""
        sku = self.truth.sku
        if self.chance.random() < 0.5 and self.truth.code != "receipt_billed":
            for other in (sku or "SKU-A", "SKU-E"):
                self.receipt(f"P{self.number():05}", other, self.pieces, done=False, of_customer=False)
        if sku and self.truth.place == "Berlin" and self.chance.random() < 0.4:
            name = self.order(sku, 1, sent=True)
            self.shelf.move(sku, "1", "confirmed", self.sale(name), f"WH/OUT/{self.number():05}")
            self.change("shop", sku, -1)

    def _write(self) -> None:
        """The figures that both sides export."""
        shop, committed, odoo, reserved = self._figures.values()
        for sku in self.skus:
            self.shelf.level(sku, str(shop[sku] - committed[sku]), str(shop[sku]), str(committed[sku]))
            self.shelf.quant(sku, str(odoo[sku]), str(reserved[sku]))

    # -- what is found -----------------------------------------------------------------------------

    def found(self) -> Facts | None:
        """The case of the product that differs, or of the money; None where there is none."""
        frames, wanted = self.shelf.frames(), Causes.reads
        inputs = {kind: frames[kind][["id", "key", *fields]] for kind, fields in wanted.items()}
        result = Causes().reconcile(Inputs(inputs, self.shelf.answers), lambda *_: None)
        self.cases = len(result.cases)
        for case, row in enumerate(result.cases.to_dict("records")):
            note = result.notes[case]
            if (note["sku"], note["place"]) == (self.truth.sku, self.truth.place):
                legs: dict[Side, tuple[Record, ...]] = {}
                for part in (result.legs, result.support):
                    mine = part.case == case
                    for side, record in zip(part.side[mine], part.record[mine], strict=True):
                        own = SIDES[side]
                        legs[own] = (*legs.get(own, ()), self.shelf.records[int(record)])
                delta = None if row["delta"] == NO_INT else int(row["delta"])
                return Facts(
                    row["kind"], row["cause"], row["rule"], missing_sides(row["missing"]), delta,
                    row["currency"], row["grp"], legs, note, row["unit"],
                )  # fmt: skip
        return None


Fault = Callable[[Shop], Truth]


def return_restocked_receipt_open(shop: Shop) -> Truth:
    """Restocked in the shop, refund paid; the receipt in Odoo waits."""
    sku, pieces = shop.pick()
    name = _sent(shop, sku, pieces)
    shop.refund(name, sku, pieces, "return")
    shop.change("shop", sku, pieces)
    shop.receipt(_delivered(shop, name), sku, pieces, done=False, of_customer=True)
    return Truth("return_not_validated", sku, "Berlin", name)


def refund_paid_goods_never_back(shop: Shop) -> Truth:
    """Restocked in the shop, refund paid; nothing came back."""
    sku, pieces = shop.pick()
    name = _sent(shop, sku, pieces)
    shop.refund(name, sku, pieces, "return")
    shop.change("shop", sku, pieces)
    return Truth("return_not_received", sku, "Berlin", name)


def returned_not_restocked(shop: Shop) -> Truth:
    """Received in Odoo, refund paid; the shop put nothing back on the shelf."""
    sku, pieces = shop.pick()
    name = _sent(shop, sku, pieces)
    shop.refund(name, sku, pieces, "no_restock")
    shop.receipt(_delivered(shop, name), sku, pieces, done=True, of_customer=True)
    return Truth("return_not_restocked", sku, "Berlin", name)


def refunded_before_shipping(shop: Shop) -> Truth:
    """Refunded and cancelled; the open delivery still reserves the goods."""
    sku, pieces = shop.pick()
    name = shop.order(sku, pieces, sent=False, gone=True, refunded=True)
    shop.delivery(shop.sale(name), sku, pieces, done=False)
    return Truth("refunded_before_shipping", sku, "Berlin", name)


def imported_twice(shop: Shop) -> Truth:
    """Two sale orders for one order, and both reserve its goods."""
    sku, pieces = shop.pick()
    name = shop.order(sku, pieces, sent=False)
    shop.change("committed", sku, pieces)
    for _ in range(2):
        shop.delivery(shop.sale(name), sku, pieces, done=False)
    return Truth("imported_twice", sku, "Berlin", name)


def missing_in_odoo(shop: Shop) -> Truth:
    """Paid and promised in the shop; Odoo has neither the order nor its payment."""
    sku, pieces = shop.pick()
    name = shop.order(sku, pieces, sent=False, booked=False, day=TODAY - 2)
    shop.change("committed", sku, pieces)
    return Truth("order_not_in_odoo", sku, "Berlin", name)


def cancelled_after_pick(shop: Shop) -> Truth:
    """Delivered in Odoo, then cancelled and refunded in the shop."""
    sku, pieces = shop.pick()
    name = shop.order(sku, pieces, sent=False, gone=True, refunded=True)
    shop.delivery(shop.sale(name), sku, pieces, done=True)
    return Truth("cancelled_after_pick", sku, "Berlin", name)


def exchange_not_booked(shop: Shop) -> Truth:
    """The shop sent something in exchange for a return; Odoo knows only of the return."""
    sku, pieces = shop.pick("AB")
    other = shop.chance.choice(("SKU-C", "SKU-D"))
    name = _sent(shop, sku, pieces)
    shop.refund(name, sku, pieces, "return")
    shop.change("shop", sku, pieces)
    shop.receipt(_delivered(shop, name), sku, pieces, done=True, of_customer=True)
    shop.shelf.order(name, other, str(pieces), "fulfilled", day=TODAY - 3)
    shop.change("shop", other, -pieces)
    return Truth("exchange_not_in_odoo", other, "Berlin", name)


def wrong_component(shop: Shop) -> Truth:
    """A kit was sold; another component left the shelf than the shop took off its figures."""
    sku, pieces = "SKU-A", shop.pick()[1]
    shop.shelf.part("KIT", sku, "1")
    shop.shelf.part("KIT", "SKU-B", "1")
    name = shop.order("KIT", pieces, sent=True)
    shop.shelf.product("KIT", extra={"kit": True})
    number = shop.sale(name)
    shop.delivery(number, "SKU-B", pieces, done=True, extra={"bom_line": "KIT"})
    shop.delivery(number, "SKU-C", pieces, done=True, extra={"bom_line": "KIT"})
    shop.change("shop", sku, -pieces)
    shop.change("shop", "SKU-B", -pieces)
    return Truth("wrong_component", shop.chance.choice((sku, "SKU-C")), "Berlin", name)


def receipt_open_but_billed(shop: Shop) -> Truth:
    """The shop sells what arrived; the receipt is not validated, the vendor has billed it."""
    sku, pieces = shop.pick()
    order = f"P{shop.number():05}"
    receipt = shop.receipt(order, sku, pieces, done=False, of_customer=False)
    shop.shelf.add(
        RecordType.PURCHASE_ORDER_LINE, grp=order, sku=sku, quantity=str(pieces), done="0",
        invoiced=str(pieces),
    )  # fmt: skip
    shop.change("shop", sku, pieces)
    return Truth("receipt_billed", sku, "Berlin", receipt)


def transfer_lost(shop: Shop) -> Truth:
    """A transfer was booked in, and the count does not find it."""
    sku, pieces = shop.pick()
    transfer = f"WH/IN/{shop.number():05}"
    shop.move_both(sku, pieces)
    shop.shelf.move(
        sku, str(pieces), "done", "Replenishment 7", transfer, location=_TRANSIT, location_to="WH/Stock",
        at="2026-11-20T10:00+00:00",
    )  # fmt: skip
    there = shop._figures["odoo"][sku] - pieces  # what is really on the shelf
    shop.shelf.count(sku, str(there))
    return Truth("transfer_lost", sku, "WH/Stock", transfer)


def sent_without_delivery(shop: Shop) -> Truth:
    """Sent in the shop; the delivery in Odoo is open and nothing is reserved for it."""
    sku, pieces = shop.pick()
    name = shop.order(sku, pieces, sent=True)
    shop.change("shop", sku, -pieces)
    number, transfer = shop.sale(name), f"WH/OUT/{shop.number():05}"
    shop.shelf.move(sku, str(pieces), "confirmed", number, transfer)
    shop.shelf.add(RecordType.TRANSFER, grp=transfer, ref=number)
    return Truth("fulfilled_not_delivered", sku, "Berlin", name)


def chargeback_goods_gone(shop: Shop) -> Truth:
    """The goods were delivered, and the card holder took the money back."""
    sku, pieces = shop.pick()
    name = _sent(shop, sku, pieces)
    shop.shelf.add(
        RecordType.PAYMENT_LINE, ref=name, category="chargeback", day=TODAY - 2, amount=-pieces * 1490,
        currency="EUR", ident=f"cb {name}",
    )  # fmt: skip
    return Truth("chargeback_goods_gone", "", "", name)


FAULTS: tuple[Fault, ...] = (
    return_restocked_receipt_open,
    refund_paid_goods_never_back,
    returned_not_restocked,
    refunded_before_shipping,
    imported_twice,
    missing_in_odoo,
    cancelled_after_pick,
    exchange_not_booked,
    wrong_component,
    receipt_open_but_billed,
    transfer_lost,
    sent_without_delivery,
    chargeback_goods_gone,
)


def _sent(shop: Shop, sku: str, pieces: int) -> str:
    """An order that both sides have sent."""
    name = shop.order(sku, pieces, sent=True)
    shop.delivery(shop.sale(name), sku, pieces, done=True)
    shop.change("shop", sku, -pieces)
    return name


def _delivered(shop: Shop, name: str) -> str:
    """What a return of the order newest in Odoo names as its source."""
    del name
    return f"Return of WH/OUT/{shop._documents:05}"  # the delivery was made last
