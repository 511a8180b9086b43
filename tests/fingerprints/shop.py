"""A clean month of two stores of one made-up shop, in the records of shop, platform and Odoo.

Everything agrees: each order stands in Odoo once, is invoiced, paid and delivered; each refund has its credit
note, and its goods came back on both sides; each payout nets and is booked; the stock is the same on both
sides. It also has what looks alike and is no break: a cancelled order, a part-paid one with a down payment, a
refund of yesterday, a count, an exchange of another order's goods.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from recon_app.engine.tax import half_up
from recon_app.models.record import NO_INT, Category, RecordType
from tests.fingerprints.register import CUSTOMERS, DEPOT, ONE, STORES, Register, Row
from tests.reconciliations.ledger import day

FIRST = day("2026-10-01")
DAYS = 30
CATALOGUE = tuple((f"QF-{number:02}", 590 + 331 * number) for number in range(1, 15))
#: Orders with which nothing happens: somebody may plant something there.
_PLAIN = (2, 4, 7, 8, 10, 11, 13, 14, 17, 19, 20, 22, 23, 25, 26)


@dataclass
class Sale:
    """One order with all of its records, to be changed by who plants something."""

    name: str
    day: int
    order: Row
    lines: list[Row]
    tax: int
    shipping: int
    so: Row
    so_lines: list[Row]
    invoice: Row
    payment: Row
    moves: list[Row]
    charge: Row
    transaction: Row
    credits: list[Row] = field(default_factory=list)
    refunds: list[Row] = field(default_factory=list)

    @property
    def total(self) -> int:
        """What the order comes to, in cents."""
        return int(self.order["amount"])


class Shop(Register):
    """The books; ``sell`` and ``refund`` write coherent records."""

    def __init__(self, seed: int = 1, *, empty: bool = False) -> None:
        super().__init__()
        self._random = random.Random(seed)  # noqa: S311
        self._numbers = 1000
        self._notes = 0
        self._made = False
        if empty:
            return
        self.sales = [self.sell(FIRST + place * DAYS // 40) for place in range(40)]
        self._refunds()
        self._odd_ones()
        self._goods()
        self._plain = [self.sales[place] for place in _PLAIN]
        self._made = True
        self.pay_out()

    def plain(self) -> Sale:
        """The next order with which nothing happens."""
        return self._plain.pop(0)

    # -- orders ------------------------------------------------------------------------------------

    def sell(
        self,
        when: int,
        lines: list[tuple[str, int, int]] | None = None,
        *,
        rate: int = 19,
        foreign: bool | None = None,
    ) -> Sale:
        """An order that was paid, imported, invoiced and delivered.

        Args:
            when: Day.
            lines: SKU, quantity and price in cents without tax; at random when left out.
            rate: Tax in percent, on shipping too.
            foreign: Whether the buyer saw dollars.
        """
        self._numbers += 1
        number, rng = self._numbers, self._random
        name, at = f"#{number}", when * 86_400 + rng.randrange(30_000, 70_000)
        if lines is None:
            picked = rng.sample(CATALOGUE, rng.randint(1, 3))
            lines = [(sku, rng.randint(1, 3), price) for sku, price in picked]
        foreign = number % 7 == 0 if foreign is None else foreign
        shipping = rng.choice((495, 790))
        taxes = [half_up(Fraction(price * many * rate, 100)) for _, many, price in lines]
        ship_tax = half_up(Fraction(shipping * rate, 100))
        net, tax = sum(price * many for _, many, price in lines) + shipping, sum(taxes) + ship_tax
        total = net + tax
        order, shop_lines = self._in_shopify(name, when, at, lines, (total, net, tax, shipping))
        parts = self._in_odoo(number, when, at, [*lines, ("SHIP", 1, shipping)], (total, net, tax), rate)
        transaction, charge = self.money(name, when, at, total, total, foreign=foreign)
        self.pay_out()
        return Sale(name, when, order, shop_lines, tax, shipping, *parts, charge, transaction)

    def _in_shopify(
        self,
        name: str,
        when: int,
        at: int,
        lines: list[tuple[str, int, int]],
        figures: tuple[int, int, int, int],
    ) -> tuple[Row, list[Row]]:
        """The order and its lines; figures are total, net, tax and shipping."""
        total, net, tax, shipping = figures
        order = self.put(
            RecordType.ORDER,
            ident=f"620{name[1:]}",
            ref=name,
            status="paid",
            account="Shopify Payments",
            day=when,
            at=at,
            amount=total,
            open=0,
            refunded=0,
            extra={
                "subtotal": net - shipping,
                "shipping": shipping,
                "taxes": tax,
                "taxes_are": "added",
                "fulfillment": "fulfilled",
            },
        )
        shop_lines = [
            self.put(
                RecordType.ORDER_LINE,
                ref=name,
                sku=sku,
                text=f"Thing {sku}",
                status="fulfilled",
                day=when,
                quantity=many * ONE,
                amount=price * many,
                extra={"price": price},
            )
            for sku, many, price in lines
        ]
        return order, shop_lines

    def _in_odoo(
        self,
        number: int,
        when: int,
        at: int,
        lines: list[tuple[str, int, int]],
        figures: tuple[int, int, int],
        rate: int,
    ) -> tuple[Row, list[Row], Row, Row, list[Row]]:
        """Sale order, its lines, invoice, payment and moves; the last line is shipping."""
        name, (total, net, tax) = f"#{number}", figures
        so, invoice = f"S{number:05}", f"INV/2026/{number:05}"
        sale = self.put(
            RecordType.SALE_ORDER,
            grp=so,
            ref=name,
            ref2=f"Shopify {name}",
            status="sale",
            day=when,
            at=at,
            amount=total,
            extra={"invoices": [invoice], "invoice_status": "invoiced", "untaxed": net, "tax": tax},
        )
        so_lines = [
            self.so_line(so, name, sku, f"[{sku}] Thing {sku}", many, price, rate)
            for sku, many, price in lines
        ]
        document = self.put(
            RecordType.INVOICE,
            category=str(Category.INVOICE),
            grp=invoice,
            ref=name,
            ref2=so,
            status="posted/paid",
            day=when,
            amount=total,
            open=0,
            extra={"untaxed": net, "tax": tax},
        )
        payment = self.put(
            RecordType.ODOO_PAYMENT,
            grp=f"PSHOP/2026/{number:05}",
            ref=name,
            category=str(Category.CHARGE),
            status="paid",
            day=when,
            amount=total,
            extra={"invoices": [invoice]},
        )
        moves = [
            self.move(sku, many, ref=so, grp=f"Depot/OUT/{number:05}", day=when + 1, at=at + 86_400)
            for sku, many, _ in lines[:-1]
        ]
        self.add(
            RecordType.TRANSFER,
            grp=f"Depot/OUT/{number:05}",
            ref=so,
            status="done",
            day=when + 1,
            location=DEPOT,
            location_to=CUSTOMERS,
        )
        return sale, so_lines, document, payment, moves

    # -- refunds -----------------------------------------------------------------------------------

    def refund(
        self,
        sale: Sale,
        when: int,
        *,
        lines: list[tuple[int, str]] | None = None,
        amount: int = 0,
        shipping: bool = False,
        back: bool = True,
        credit: bool = True,
    ) -> Row | None:
        """Money back; returns the credit note.

        Args:
            sale: Of which order.
            when: Day.
            lines: Places of the lines that come back, with their way of restocking.
            amount: Cents, where no lines come back.
            shipping: Whether shipping is refunded too.
            back: Whether Odoo receives what was restocked.
            credit: Whether Odoo has a credit note.
        """
        self._notes += 1
        number, at = self._notes, when * 86_400 + 40_000
        ident, so = f"gid://shopify/Refund/{9_000 + number}", sale.so["grp"]
        net = [int(sale.lines[place]["amount"]) for place, _ in lines or ()]
        taxes = [half_up(Fraction(each * 19, 100)) for each in net]
        ship_tax = half_up(Fraction(sale.shipping * 19, 100)) if shipping else 0
        whole = sum(net) + sum(taxes) + (sale.shipping + ship_tax if shipping else 0)
        whole = whole if lines else amount
        common: Row = {"category": "refund", "ident": ident, "ref": sale.name, "day": when, "at": at}
        for (place, how), each, tax in zip(lines or (), net, taxes, strict=True):
            line = sale.lines[place]
            row = self.put(
                RecordType.REFUND,
                **common,
                ref2=f"l{place}",
                sku=line["sku"],
                status=how,
                quantity=line["quantity"],
                amount=-each,
                extra={"tax": tax, "refund_total": whole},
            )
            sale.refunds.append(row)
            if how == "return" and back:
                self.come_back(sale, place, when)
        if not lines:
            sale.refunds.append(self.put(RecordType.REFUND, **common, amount=-whole))
        self.money(sale.name, when, at, -whole, sale.total, foreign=sale.charge["foreign_currency"] == "USD")
        self.pay_out()
        sale.order["refunded"] += whole
        sale.order["status"] = "refunded" if sale.order["refunded"] == sale.total else "partially_refunded"
        if not credit:
            return None
        tax = sum(taxes) + ship_tax if lines else 0
        shown = [
            [f"[{sale.lines[place]['sku']}] Thing", each, "19%"]
            for (place, _), each in zip(lines or (), net, strict=True)
        ]
        shown += [["[SHIP] Shipping", sale.shipping, "19%"]] if shipping else []
        shown = shown or [["Refund Adjustment", whole, ""]]
        note = self.credit_note(sale, when, whole, tax, shown)
        self.put(
            RecordType.ODOO_PAYMENT,
            grp=f"PSHOP/2026/R{number:04}",
            ref=sale.name,
            category="refund",
            status="paid",
            day=when,
            amount=-whole,
            extra={"invoices": [note["grp"]]},
        )
        named = json.loads(sale.so["extra"])["invoices"]
        self.note(sale.so, invoices=[*named, note["grp"]])
        assert note["ref2"] == so
        return note

    def credit_note(self, sale: Sale, when: int, whole: int, tax: int, lines: list[Any]) -> Row:
        """A posted credit note that reverses the invoice."""
        self._notes += 1
        note = self.put(
            RecordType.INVOICE,
            category=str(Category.CREDIT_NOTE),
            grp=f"RINV/2026/{self._notes:05}",
            ref=f"Reversal of: {sale.invoice['grp']}",
            ref2=sale.so["grp"],
            status="posted/paid",
            day=when,
            amount=-whole,
            open=0,
            extra={"reversal_of": sale.invoice["grp"], "untaxed": tax - whole, "tax": -tax, "lines": lines},
        )
        sale.credits.append(note)
        return note

    def come_back(self, sale: Sale, place: int, when: int, **values: Any) -> Row:
        """The receipt of a returned line."""
        line = sale.lines[place]
        given: Row = {
            "ref": f"Return of {sale.moves[0]['grp']}",
            "grp": f"Depot/IN/{self._next:05}",
            "day": when,
            "location": CUSTOMERS,
            "location_to": DEPOT,
        }
        return self.move(line["sku"], line["quantity"] // ONE, **given | values)

    def _refunds(self) -> None:
        for place in (3, 9, 15, 21):
            sale = self.sales[place]
            self.refund(sale, sale.day + 3, lines=[(0, "return")])
        for place in (6, 18):  # for nothing that came back, as the order names the credit note
            self.refund(self.sales[place], self.sales[place].day + 2, amount=300)
        twice = self.sales[12]
        self.refund(twice, twice.day + 2, amount=200)
        self.refund(twice, twice.day + 5, amount=150)
        # to be thrown away: not restocked, and not received into stock
        self.refund(self.sales[16], self.sales[16].day + 4, lines=[(0, "no_restock")])
        self.come_back(self.sales[16], 0, self.sales[16].day + 4, location_to="Depot/Quarantine")
        whole = self.sales[27]
        self.refund(
            whole, whole.day + 2, lines=[(n, "return") for n in range(len(whole.lines))], shipping=True
        )
        # of yesterday: Odoo has until tomorrow
        self.refund(self.sales[38], FIRST + DAYS - 1, amount=100, credit=False)

    def _odd_ones(self) -> None:
        # cancelled before it was sent, on both sides
        gone = self.sales[24]
        gone.order |= {"status": "refunded", "refunded": gone.total}
        self.note(gone.order, cancelled_at=gone.day * 86_400 + 80_000)
        self.money(gone.name, gone.day, gone.day * 86_400 + 80_000, -gone.total, gone.total)
        gone.so["status"] = "cancel"
        self.note(gone.so, invoices=None, invoice_status="no")
        self.drop(RecordType.INVOICE, gone.invoice)
        self.drop(RecordType.ODOO_PAYMENT, gone.payment)
        for move in gone.moves:
            move |= {"status": "cancel", "done": NO_INT}
        for line in gone.so_lines:
            line["status"] = "cancel"
        # part-paid, with an invoice for what was paid
        part = self.sales[5]
        part.order |= {"status": "partially_paid", "open": 500}
        for row in (part.invoice, part.payment, part.charge, part.transaction):
            row["amount"] -= 500
        part.charge["net"] -= 500
        # an exchange has a sale order of its own, for other goods
        other = self.sales[30]
        self.put(
            RecordType.SALE_ORDER, grp="S90001", ref=other.name, status="sale", day=other.day + 5, amount=777
        )
        self.so_line("S90001", other.name, "QF-99", "[QF-99] Other thing", 1, 777)
        # customers who write the same purchase number twice
        for number in ("S90002", "S90003"):
            self.put(RecordType.SALE_ORDER, grp=number, ref="PO-7781", status="sale", day=FIRST, amount=5000)

    def _goods(self) -> None:
        for place, (sku, _) in enumerate(CATALOGUE):
            self.stock(sku, "Depot", 40 + place, 3)
            self.stock(sku, "Mitte", 10 + place, 0)
        # held back for counting: six corrections within a minute, from a sheet
        at = (FIRST + 12) * 86_400 + 36_000
        for sku, _ in CATALOGUE[:6]:
            self.correct(sku, 1, at)
            self.add(RecordType.STOCK_COUNT, sku=sku, location="Depot/Stock", day=FIRST + 12)
        for number, (sku, _) in enumerate(CATALOGUE[6:12]):  # one after the other
            self.correct(sku, 1, at + 600 * number)
        # figures that differ, as they do: an order that is not imported yet
        self.stock("QF-90", "Depot", 5, 0, shop=(5, 3))
        self.stock("QF-91", "Depot", 0, 0)

    # -- payouts -----------------------------------------------------------------------------------

    def pay_out(self) -> None:
        """Pay out every five days, a store at a time, and book it; again when money was added."""
        if not self._made:
            return
        for kind in (RecordType.PAYOUT, RecordType.JOURNAL_ITEM):
            self._rows[kind] = []
        for store in STORES:
            for end in range(FIRST + 4, FIRST + DAYS + 4, 5):
                self._pay(store, end)

    def _pay(self, store: str, end: int) -> None:
        name = f"{store}{end}"
        mine = [
            row
            for row in self._rows[RecordType.PAYMENT_LINE]
            if end - 5 < row["day"] <= end and f'"{store}"' in row["extra"]
        ]
        for row in mine:
            row |= {"grp": name, "due": end + 2}
        if not mine:
            return
        net = sum(row["net"] for row in mine)
        payout = {"amount": net, "day": end + 2}
        self.put(
            RecordType.PAYOUT,
            ident=name,
            account="shopify_payments",
            status="paid",
            extra={"entity": store},
            **payout,
        )
        self.put(
            RecordType.JOURNAL_ITEM,
            grp=f"BNK1/2026/{name}",
            ref=f"Payout {name}",
            text=f"Payout {name}",
            account="101401",
            status="posted",
            **payout,
        )
        self.put(
            RecordType.JOURNAL_ITEM, grp="MISC/1", account="600000", status="posted", day=end + 12, amount=1
        )
