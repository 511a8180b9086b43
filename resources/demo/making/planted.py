"""The list of what is wrong, open or worth knowing in the made-up month."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from making.documents import Books, Payment
from making.platforms import BANK_CHARGE, RESERVE, UNEXPLAINED, Payout, Platform
from making.shop import NOISY_MEMOS, Order
from making.table import Table, money

_SHOP_KINDS = {"charge": ("sale", "capture"), "refund": ("refund",), "void": ("authorization", "void")}


@dataclass
class Planted:
    """One planted item.

    Attributes:
        kind: Kind of the case that must be found.
        cause: Its cause, None where a matched case needs none.
        text: What a clerk should be told.
        amount: The money in question, in cents.
        delta: Odoo minus platform, bank minus payout or payout minus its lines; None without a difference.
        missing: Sides that lack a record.
        orders: Every one of them has such a case.
        payouts: Every one of them has such a case, when there are no orders.
        records: Where to look: side, file and number of the record.
    """

    id: str
    kind: str
    cause: str | None
    text: str
    amount: int
    currency: str = "EUR"
    delta: int | None = None
    missing: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    payouts: tuple[str, ...] = ()
    records: list[dict[str, object]] = field(default_factory=list)

    def entry(self) -> dict[str, object]:
        """The item for programs."""
        made: dict[str, object] = {
            "id": self.id,
            "kind": self.kind,
            "cause": self.cause,
            "missing": list(self.missing),
            "orders": list(self.orders),
            "payouts": list(self.payouts),
            "amount": money(self.amount),
            "currency": self.currency,
        }
        if self.delta is not None:
            made["delta"] = money(self.delta)
        return made | {"text": self.text, "records": self.records}


class Planting:
    """Makes the list from the month and its files."""

    def __init__(
        self, orders: list[Order], shopify: Platform, stripe: Platform, books: Books, tables: list[Table]
    ) -> None:
        self._orders = orders
        self._role = {order.role: order for order in orders if order.role}
        self._flawed = {order.flaw: order for order in orders if order.flaw}
        self._shopify = shopify
        self._stripe = stripe
        self._books = books
        self._tables = {table.file: table for table in tables}
        self._payout = {payout.role: payout for payout in shopify.payouts if payout.role}

    def all(self) -> list[Planted]:
        """Make every item."""
        return [*self._payments(), *self._other_lines(), *self._payouts(), *self._open(), *self._calm()]

    def _payments(self) -> list[Planted]:
        role, usd = self._role, self._stripe_line
        net, swap, wrong = role["net_booked"], role["digit_swap"], role["wrong_currency"]
        net_paid, swap_paid = self._paid(net)[0], self._paid(swap)[0]
        return [
            self._order("not-booked-shopify", "missing", "not_booked", role["not_booked"], missing=("odoo",),
                text="{order}: the buyer paid {amount} and Shopify paid it out, but Odoo has no payment; "
                "the invoice is still open. Register the payment."),
            self._order("not-booked-stripe", "missing", "not_booked", role["stripe_not_booked"],
                missing=("odoo",), amount=usd(role["stripe_not_booked"]), currency="USD",
                text="{order}: Stripe paid out {amount}, but Odoo has no payment. Register it in the Stripe "
                "journal."),
            self._order("net-booked", "amount", "net_booked", net, amount=net.total - net_paid.amount,
                delta=net_paid.amount - net.total,
                text="{order}: Odoo booked what was left after the fee. The fee of {amount} is booked with "
                "the payout as well, so correct the payment to the full amount."),
            self._order("digit-swap", "amount", "digit_swap", swap, amount=swap.total - swap_paid.amount,
                delta=swap_paid.amount - swap.total,
                text=f"{{order}}: two digits are swapped in Odoo: {money(swap_paid.amount)} instead of "
                f"{money(swap.total)} EUR, {{amount}} too little."),
            self._order("booked-twice", "duplicate", "booked_twice", role["booked_twice"],
                delta=role["booked_twice"].total,
                text="{order}: the payment of {amount} stands in Odoo twice, on two days in a row. Cancel "
                "the second one."),
            self._order("no-platform-line", "missing", "no_platform_line", role["voided"], lines="void",
                missing=("shop", "platform"),
                text="{order}: the authorisation was voided and no money was taken, but Odoo has a payment "
                "of {amount}. Cancel payment and invoice."),
            self._order("wrong-account", "field", "wrong_account", role["wrong_account"],
                text="{order}: paid through Shopify Payments, but booked in the Stripe journal on 101420. "
                "Move {amount} to 101410."),
            self._order("wrong-currency", "field", "wrong_currency", wrong, amount=usd(wrong), currency="USD",
                text="{order}: Stripe settled {amount}; Odoo has the same number in EUR. Correct the "
                "currency of the payment."),
            self._tie(),
        ]  # fmt: skip

    def _other_lines(self) -> list[Planted]:
        role, flawed = self._role, self._flawed
        refund, disputed, fx, twice = (
            role[name] for name in ("refund_not_booked", "chargeback", "fx", "charged_twice")
        )
        fx_line = next(
            line for payout in self._shopify.payouts for line in payout.lines
            if line.order is fx and line.kind == "refund"
        )  # fmt: skip
        return [
            self._order("refund-not-booked", "missing", "refund_not_booked", refund, lines="refund",
                amount=refund.refunded, missing=("odoo",),
                text="{order}: {amount} were refunded and paid out, but Odoo has neither credit note nor "
                "refund payment."),
            self._order("chargeback-not-booked", "missing", "chargeback_not_booked", disputed,
                lines="chargeback", missing=("odoo",),
                text="{order}: the card holder got {amount} back through a chargeback. Odoo knows nothing "
                "of it; only the dispute fee of 15.00 EUR is booked with the payout's fees."),
            self._order("charged-twice", "duplicate", "charged_twice", twice,
                amount=self._stripe_line(twice), currency="USD", delta=-self._stripe_line(twice),
                text="{order}: Stripe charged the card twice within a minute. {amount} belong back to the "
                "buyer."),
            self._order("fx-difference", "amount", "fx_difference", fx, lines="refund",
                amount=abs(fx.total + fx_line.amount), delta=-fx.total - fx_line.amount,
                text="{order}: the buyer paid and got back the same dollars, but the rate had moved: "
                "{amount} difference between refund and credit note are an exchange difference."),
            self._no_shop_record(),
            self._order("refund-paid-twice", "duplicate", "charged_twice", flawed["refunded_twice"],
                lines="refund", amount=flawed["refunded_twice"].refunded,
                delta=flawed["refunded_twice"].refunded,
                text="{order}: the shop refunded {amount} once, the platform paid it out twice."),
            self._order("refund-came-back", "missing", "not_booked", flawed["refund_failed"],
                lines="refund_failure", amount=flawed["refund_failed"].refunded,
                delta=-flawed["refund_failed"].refunded, missing=("odoo",),
                text="{order}: the bank of the buyer sent the refund of {amount} back. Odoo does not know; "
                "the buyer has to be paid in another way."),
        ]  # fmt: skip

    def _payouts(self) -> list[Planted]:
        pay = self._payout
        early, late = pay["line_is_in_next"], pay["has_line_of_previous"]
        moved = self._role["refund_in_other_payout"].refunded
        fee = pay["fee_not_booked"]
        return [
            self._payout_item("fee-not-booked", "amount", "fee_not_booked", fee, fee.fees, delta=fee.fees,
                missing=("odoo",),
                text="Payout {payout}: the transfer to the bank is booked, the fees of {amount} are not. "
                "Book them to 627100 Payment Fees."),
            self._payout_item("residual-line-elsewhere", "amount", "line_in_other_payout", early, moved,
                delta=-moved,
                text=f"Payout {{payout}} is {{amount}} lower than its lines. The refund of order "
                f"{self._role['refund_in_other_payout'].name} explains it: it is listed under payout "
                f"{late.id}."),
            self._payout_item("residual-line-from-elsewhere", "amount", "line_in_other_payout", late, moved,
                delta=moved,
                text=f"Payout {{payout}} is {{amount}} higher than its lines: one refund listed here was "
                f"taken off payout {early.id}."),
            self._payout_item("residual-unexplained", "amount", "unexplained_residual", pay["unexplained"],
                -UNEXPLAINED, delta=UNEXPLAINED,
                text="Payout {payout} is {amount} lower than its lines. The payout list calls it an "
                "adjustment; no line explains it. Ask Shopify before signing off."),
            self._payout_item("bank-charge", "amount", "bank_charge", pay["bank_charge"], BANK_CHARGE,
                delta=-BANK_CHARGE,
                text="Payout {payout}: the bank kept {amount} as a charge. Book it as a bank charge."),
            self._payout_item("negative-payout", "timing", "carried_over", pay["negative"],
                -pay["negative"].total, missing=("bank",),
                text="Payout {payout}: the refunds were larger than the sales, so nothing reached the bank. "
                f"Shopify took {{amount}} off the next payout {pay['carries_over'].id}."),
        ]  # fmt: skip

    def _open(self) -> list[Planted]:
        role = self._role
        transit = self._payout["in_transit"]
        part, edited = role["part_paid"], role["edited"]
        pending = [line for line in self._shopify.pending if line.order and line.kind == "charge"]
        cut_off = [line for line in self._stripe.pending if line.order]
        return [
            self._payout_item("in-transit", "timing", "in_transit", transit, transit.total, missing=("bank",),
                text="Payout {payout} of {amount} left Shopify on 30 October and reaches the bank in "
                "November. Transfer and fees are booked then."),
            Planted("pending-payout", "timing", "pending_payout",
                "Captured in the last days of October: Shopify pays them out on 2 November. They are what "
                f"Shopify still owes: {money(sum(line.amount for line in pending))} EUR before fees.",
                sum(line.amount for line in pending), missing=("bank",),
                orders=tuple(line.order.name for line in pending if line.order),
                records=[record for line in pending if line.order
                         for record in self._order_records(line.order, "charge")]),
            Planted("cut-off-stripe", "timing", "cut_off",
                "Paid by card through Stripe after the last payout of the month: the payout report ends "
                "before them, so they are only in the shop and in Odoo.",
                sum(line.amount for line in cut_off), "USD", missing=("platform",),
                orders=tuple(line.order.name for line in cut_off if line.order),
                records=[record for line in cut_off if line.order
                         for record in self._order_records(line.order, "charge")]),
            self._order("part-paid", "timing", "part_paid", part, amount=part.total - part.paid(),
                text="{order}: the buyer paid 80.00 EUR down. {amount} are still open; nothing is wrong."),
            self._order("order-edited", "amount", "order_edited", edited, amount=edited.total - edited.paid(),
                delta=edited.paid() - edited.total,
                text="{order}: goods for {amount} were added after it was paid. The buyer still owes them, "
                "and Odoo's order does not have them."),
        ]  # fmt: skip

    def _calm(self) -> list[Planted]:
        role = self._role
        held, released = self._payout["reserve_held"], self._payout["reserve_released"]
        noisy = [order for order in self._orders if order.number in NOISY_MEMOS]
        manual = [order for order in self._orders if order.tender in ("cod", "manual") and order.paid()]
        items = [
            self._order("gift-card", "matched", None, role["gift_card_spent"],
                amount=role["gift_card_spent"].paid("shopify_payments"),
                text="{order}: paid with 60.00 EUR from a gift card and {amount} by card. Only the card part "
                "goes through Shopify Payments."),
            Planted("noisy-memos", "matched", None,
                "The memos of these Odoo payments are untidy (blanks, two number signs, extra words) and "
                "still name the order.",
                sum(order.total for order in noisy), orders=tuple(order.name for order in noisy),
                records=[record for order in noisy for record in self._order_records(order, "charge")]),
            Planted("manual-payments", "matched", "manual_payment",
                "Paid on delivery or by bank transfer: first pending, then successful. No platform takes "
                "part, and none is missing.",
                sum(order.total for order in manual), orders=tuple(order.name for order in manual),
                records=[record for order in manual for record in self._order_records(order, "charge")]),
        ]  # fmt: skip
        carries, negative = self._payout["carries_over"], self._payout["negative"]
        text = (
            f"Payout {{payout}} is {{amount}} below its lines: it takes over the negative one, {negative.id}."
        )
        items.append(
            self._payout_item("carry-over-taken", "matched", None, carries, -carries.retried, text=text)
        )
        for payout, text in (
            (
                held,
                f"Payout {{payout}}: {{amount}} were held back, until payout {released.id}; Odoo: 101415.",
            ),
            (released, f"Payout {{payout}}: the {{amount}} held back from payout {held.id} came back."),
        ):
            name = payout.role.replace("_", "-")
            items.append(self._payout_item(name, "matched", None, payout, RESERVE, text=text))
        return items

    def _order(
        self, name: str, kind: str, cause: str | None, order: Order, *, text: str, lines: str = "charge",
        amount: int = 0, currency: str = "EUR", delta: int | None = None, missing: tuple[str, ...] = (),
    ) -> Planted:  # fmt: skip
        amount = amount or order.original_total
        said = text.format(order=f"Order {order.name}", amount=f"{money(amount)} {currency}")
        records = self._order_records(order, lines)
        return Planted(name, kind, cause, said, amount, currency, delta, missing, (order.name,), (), records)

    def _payout_item(
        self, name: str, kind: str, cause: str | None, payout: Payout, amount: int, *, text: str,
        delta: int | None = None, missing: tuple[str, ...] = (),
    ) -> Planted:  # fmt: skip
        said = text.format(payout=payout.id, amount=f"{money(amount)} {payout.currency}")
        records = self._payout_records(payout)
        return Planted(
            name, kind, cause, said, amount, payout.currency, delta, missing, (), (payout.id,), records
        )

    def _tie(self) -> Planted:
        tied = [order for order in self._orders if order.role == "tie"]
        names = " and ".join(order.name for order in tied)
        text = (
            f"Orders {names} cost the same and were paid on the same day; the two payments in Odoo name "
            f"neither order nor buyer. Which is which nobody can tell from the files: decide by hand."
        )
        return Planted(
            "tie", "ambiguous", "same_amount_no_reference", text, tied[0].total,
            orders=tuple(order.name for order in tied),
            records=[record for order in tied for record in self._order_records(order, "charge")],
        )  # fmt: skip

    def _no_shop_record(self) -> Planted:
        line = next(line for payout in self._stripe.payouts for line in payout.lines
                    if line.kind == "charge" and not line.order)  # fmt: skip
        text = (
            f"Stripe has a charge of {money(line.amount)} USD from a payment link. It is booked in Odoo, but "
            "the shop has no order for it."
        )
        records = self._records("platform", "balance_transaction_id", line.ident["txn"])
        records += self._records("odoo", "Memo", line.ident["ch"])
        return Planted(
            "no-shop-record", "missing", "no_shop_record", text, line.amount, "USD", None, ("shop",), (), (),
            records,
        )  # fmt: skip

    def _paid(self, order: Order) -> list[Payment]:
        return [payment for payment in self._books.payments if payment.order is order and payment.amount > 0]

    def _stripe_line(self, order: Order) -> int:
        lines = [line for payout in self._stripe.payouts for line in payout.lines if line.order is order]
        return lines[0].amount

    def _order_records(self, order: Order, lines: str) -> list[dict[str, object]]:
        """Where the records of an order's charge, refund or chargeback stand."""
        wanted = _SHOP_KINDS.get(lines, ())
        found = [
            self._record("shopify/transactions_export_1.csv", number, order.name)
            for kind in wanted
            for number in self._table("transactions").find(
                {"Name": order.name, "Kind": kind, "Status": "success"}
            )
        ]
        for file, cells in (
            ("payment_transactions", {"Order": order.name, "Type": lines}),
            ("Itemised", {"payment_metadata[order_id]": order.name, "reporting_category": lines}),
        ):
            table = self._table(file)
            found += [self._record(table.file, number, order.name) for number in table.find(cells)]
        for payment in self._books.payments:
            right_way = (payment.amount < 0) == (lines == "refund")
            if payment.order is order and right_way and lines not in ("chargeback", "refund_failure"):
                found += self._records("odoo", "Number", payment.number)
        if order.role in ("edited", "part_paid", "voided"):
            number = self._table("orders_export").find({"Id": order.id})[0]
            found.append(self._record("shopify/orders_export_1.csv", number, order.name))
        return found

    def _payout_records(self, payout: Payout) -> list[dict[str, object]]:
        """Where a payout, its bank line and its journal items stand."""
        table = self._table("payouts_export")
        found = [
            self._record(table.file, number, str(payout.day))
            for number in table.find({"Payout Date": str(payout.day), "Currency": payout.currency})
        ]
        if payout.total > 0:
            bank = self._table("camt053")
            found += [
                self._record(bank.file, number, payout.reference)
                for number in bank.find({"Reference": payout.reference})
            ]
        items = self._table("journal_items")
        for number, row in enumerate(items.rows, 1):
            if payout.id in row["Reference"]:
                found.append(self._record(items.file, number, row["Number"]))
        return found

    def _records(self, side: str, column: str, value: str) -> list[dict[str, object]]:
        """Records of a side by one cell, but only in the file that lists payments."""
        table = self._table({"platform": "Itemised", "odoo": "odoo/payments"}[side])
        return [self._record(table.file, number, value) for number in table.find({column: value})]

    def _record(self, file: str, row: int, key: str) -> dict[str, object]:
        name = file.rsplit("/", maxsplit=1)[-1]
        return {"side": self._tables[file].side, "file": name, "row": row, "key": key}

    def _table(self, part: str) -> Table:
        return next(table for file, table in self._tables.items() if part in file)


def as_json(sections: Mapping[str, object]) -> bytes:
    """Write the lists for programs: by the comparison that finds the items, and what it is to be told."""
    return (json.dumps(sections, indent=1, ensure_ascii=False) + "\n").encode()
