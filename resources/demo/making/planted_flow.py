"""The list of what is wrong on the way of refunds, orders, parcels and invoices, or done by a connector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from making.handoffs import OVERBILLED
from making.shop import Order
from making.table import Table, money

_NATIVE, _NOTES = "shopify/orders_export_1.csv", "odoo/invoices_credit_notes.csv"
_SALES, _TRANSFERS, _BILLS = "odoo/sale_orders.csv", "odoo/transfers.csv", "odoo/supplier_bills.csv"
_SETTLED, _HISTORY = "shopify/payment_transactions_export_1.csv", "shopify/transactions_export_1.csv"


@dataclass
class PlantedFlow:
    """One planted item.

    Attributes:
        kind: Kind of the case that must be found.
        cause: Its cause, None where nothing explains the difference or nothing is wrong.
        text: What a clerk should be told.
        orders: Every one of them has such a case; none where it is not about an order.
        delta: What the two sides differ by, where the item is about an amount.
        missing: Sides that lack a record.
        records: Where to look: side, file and number of the record.
    """

    id: str
    kind: str
    cause: str | None
    text: str
    orders: tuple[str, ...] = ()
    delta: str = ""
    missing: tuple[str, ...] = ()
    records: list[dict[str, object]] = field(default_factory=list)

    def entry(self) -> dict[str, object]:
        """The item for programs."""
        made: dict[str, object] = {
            "id": self.id,
            "kind": self.kind,
            "cause": self.cause,
            "missing": list(self.missing),
            "orders": list(self.orders),
        }
        made |= {"delta": self.delta, "unit": "EUR"} if self.delta else {}
        return made | {"text": self.text, "records": self.records}


class FlowPlanting:
    """Makes the lists from the orders and the files."""

    def __init__(self, orders: list[Order], tables: Sequence[Table]) -> None:
        self._tables = {table.file: table for table in tables}
        self._flawed = {order.flaw: order for order in orders if order.flaw}
        self._role = {order.role: order for order in orders if order.role}
        self._named = {order.number: order for order in orders}

    def all(self) -> dict[str, list[PlantedFlow]]:
        """All items by the comparison that finds them."""
        return {
            "refunds": [*self._money_back(), *self._goods_back(), *self._calm_refunds()],
            "orders": self._orders(),
            "fulfilment": self._parcels(),
            "invoices": self._invoices(),
            "cutoff": [self._first_order()],
            "connector": self._connector(),
        }

    def _money_back(self) -> list[PlantedFlow]:
        item, short = self._item, self._flawed["credit_note_short"]
        lost = short.refunded - _untaxed(short.refunded)
        return [
            item("paid-not-booked", "missing", "refunded_not_booked", "refund_not_booked", missing=("odoo",),
                text="{order}: refunded in Shopify and paid out; Odoo has no credit note."),
            item("draft", "missing", "credit_note_draft", "draft_credit_note", _NOTES,
                text="{order}: refunded and paid out; the credit note in Odoo is still a draft. Post it."),
            item("credit-note-without-tax", "amount", "amount_differs", "credit_note_short", _NOTES,
                delta=money(lost),
                text=f"{{order}}: {money(short.refunded)} EUR were refunded; the credit note leaves out "
                f"the tax of {money(lost)} EUR."),
            item("exchange-counted-twice", "amount", "exchange_counted_twice", "exchange_twice", _NOTES,
                text="{order}: a desk pad went back and an ink was taken instead. The refund is net of the "
                "ink already; the credit note takes it off a second time: 29.00 EUR = 2 x 14.50 EUR."),
            item("paid-twice", "duplicate", "paid_twice", "refunded_twice", _SETTLED,
                text="{order}: one refund of 21.90 EUR in Shopify, two payments by the platform."),
            item("came-back", "missing", "refund_failed", "refund_failed", _SETTLED, missing=("platform",),
                text="{order}: the refund of 54.80 EUR came back from the buyer's bank; Odoo has it paid."),
            item("not-paid", "missing", "booked_not_paid", "refund_not_paid", _HISTORY,
                missing=("platform",),
                text="{order}: the refund of 9.90 EUR failed in Shopify, and Odoo has a credit note for it."),
            item("not-in-shop", "missing", "refunded_outside_shop", "credit_note_alone", _NOTES,
                missing=("shop",),
                text="{order}: Odoo has a credit note of 9.90 EUR; Shopify knows of no refund."),
            item("chargeback", "missing", "chargeback", "chargeback", _SETTLED, missing=("odoo",),
                text="{order}: the card holder took 93.95 EUR back through the bank; Odoo has nothing of it, "
                "and the goods are gone."),
        ]  # fmt: skip

    def _goods_back(self) -> list[PlantedFlow]:
        item = self._item
        return [
            item("not-received", "missing", "goods_not_returned", "never_received", missing=("goods",),
                text="{order}: refunded and put back on the shelf in Shopify; no receipt in Odoo shows that "
                "the notebook came back."),
            item("receipt-open", "missing", "goods_not_received", "receipt_open", _TRANSFERS,
                missing=("goods",),
                text="{order}: refunded and put back on the shelf in Shopify; the receipt of 2 bottles of "
                "ink waits in Odoo. Validate it."),
        ]  # fmt: skip

    def _calm_refunds(self) -> list[PlantedFlow]:
        """Refunds that look odd and are right."""
        made = []
        for name, number, text in (
            ("exchange", 5109, "a pen went back, a cheaper one was taken instead: refunded net"),
            ("cashless", 5119, "exchanged for a pen of the same price: no money moves, goods do"),
            ("shipping-only", 5023, "only the shipping was refunded, so no goods come back"),
            ("several", 5226, "two refunds of one order, one with goods and one without"),
        ):  # fmt: skip
            order = self._named[number]
            said = f"Order {order.name}: {text}."
            made.append(PlantedFlow(name, "matched", None, said, (order.name,), records=self._records(order)))
        return made

    def _orders(self) -> list[PlantedFlow]:
        item, edited, part = self._item, self._role["edited"], self._role["part_paid"]
        lost = self._flawed["discount_lost"].discount
        return [
            item("not-in-odoo", "missing", "not_imported", "not_imported", missing=("odoo",),
                text="{order}: paid, and not in Odoo. Import it again."),
            item("imported-twice", "duplicate", "imported_twice", "imported_twice", _SALES,
                text="{order}: two sale orders in Odoo, and both reserve the goods. Cancel the second."),
            item("cancelled-after-pick", "field", "cancelled_after_pick", "cancelled_after_pick", _SALES,
                text="{order}: cancelled in Shopify after Odoo delivered it. Stop the parcel."),
            item("tax-per-line", "amount", "tax_rounding", "tax_per_line", _SALES, delta="0.01",
                text="{order}: Shopify rounds the tax of the whole order, Odoo that of each line: 10.60 and "
                "10.61 EUR."),
            item("discount-lost", "amount", "discount", "discount_lost", _SALES, delta=money(lost),
                text=f"{{order}}: the discount of {money(lost)} EUR did not reach Odoo."),
            item("wrong-product", "field", "sku_differs", "default_product", _SALES,
                text="{order}: Odoo has 'Ecommerce-Sale' instead of 00417."),
            PlantedFlow("edited", "amount", "order_edited",
                f"Order {edited.name}: 2 packs of blotting paper were added after it was imported.",
                (edited.name,), money(edited.original_total - edited.total),
                records=self._records(edited, _SALES)),
            PlantedFlow("part-paid", "timing", "part_paid",
                f"Order {part.name}: 80.00 of 200.00 EUR are paid; nothing is wrong.", (part.name,),
                records=self._records(part, _SALES)),
        ]  # fmt: skip

    def _parcels(self) -> list[PlantedFlow]:
        item, split = self._item, self._named[5255]
        return [
            item("sent-not-delivered", "missing", "fulfilled_not_delivered", "not_delivered", _TRANSFERS,
                text="{order}: sent in Shopify, the delivery in Odoo is still open. Validate it."),
            item("delivered-not-sent", "missing", "delivered_not_fulfilled", "picked", _TRANSFERS,
                text="{order}: delivered in Odoo, not fulfilled in Shopify: the buyer was not told."),
            item("no-tracking", "field", "tracking_missing", "tracking_lost", _TRANSFERS,
                text="{order}: the tracking number is in Odoo and not in Shopify."),
            item("open-delivery-of-refunded", "field", "refunded_before_shipping",
                "refunded_before_shipping", _TRANSFERS,
                text="{order}: refunded and cancelled before it was sent; its delivery in Odoo is open and "
                "holds 1 bottle of ink. Cancel the delivery."),
            item("picked-then-cancelled", "field", "cancelled_after_pick", "cancelled_after_pick",
                _TRANSFERS, text="{order}: delivered in Odoo, cancelled in Shopify."),
            PlantedFlow("two-parcels", "matched", None,
                f"Order {split.name}: sent in two parcels, and all of it arrived.", (split.name,),
                records=self._records(split, _TRANSFERS)),
        ]  # fmt: skip

    def _invoices(self) -> list[PlantedFlow]:
        item, part = self._item, self._role["part_paid"]
        bill = self._rows(_BILLS, {"Origin": OVERBILLED}, OVERBILLED)
        return [
            item("paid-not-invoiced", "missing", "paid_not_invoiced", "adjusted_not_invoiced", _SALES,
                text="{order}: paid in full; an adjustment of 2 cents kept the invoice from being made."),
            item("invoiced-twice", "duplicate", "invoiced_twice", "invoiced_twice", _NOTES,
                text="{order}: two posted invoices for one order. Reverse the second."),
            item("invoice-too-high", "amount", "invoice_differs", "discount_lost", _NOTES, delta="3.88",
                text="{order}: the invoice leaves out the discount of 3.88 EUR."),
            PlantedFlow("not-due-yet", "timing", "awaiting_payment",
                f"Order {part.name}: no invoice before it is paid in full.", (part.name,),
                records=self._records(part, _SALES)),
            PlantedFlow("billed-too-much", "amount", "bill_price_differs",
                f"The bill of {OVERBILLED} is 1.20 EUR above the price of the order.", delta="1.20",
                records=bill),
        ]  # fmt: skip

    def _first_order(self) -> PlantedFlow:
        order = self._named[5001]
        text = f"Order {order.name} was placed on 1 October at 00:41 in Berlin: that is 30 September in UTC."
        return PlantedFlow(
            "september-in-utc", "timing", "other_day", text, (order.name,), records=self._records(order)
        )

    def _connector(self) -> list[PlantedFlow]:
        made = []
        for name, cause, flaw, text in _FINGERPRINTS:
            order = self._flawed[flaw]
            made.append(
                PlantedFlow(
                    name, "", cause, f"Order {order.name}: {text}.", (order.name,),
                    records=self._records(order, _SALES, _NOTES, _TRANSFERS),
                )
            )  # fmt: skip
        return made

    def _item(
        self, name: str, kind: str, cause: str, flaw: str, *files: str, text: str, delta: str = "",
        missing: tuple[str, ...] = (),
    ) -> PlantedFlow:  # fmt: skip
        order = self._flawed[flaw]
        said = text.format(order=f"Order {order.name}")
        return PlantedFlow(
            name, kind, cause, said, (order.name,), delta, missing, self._records(order, *files)
        )

    def _records(self, order: Order, *files: str) -> list[dict[str, object]]:
        """Where an order stands in Shopify's files, and what other files have of it."""
        found = self._rows(_NATIVE, {"Name": order.name, "Id": order.id}, order.name)
        for file in self._tables:
            if "admin_orders" in file:
                found += self._rows(file, {"name": order.name}, order.name)
        number = f"S{order.number - 5000:05}"
        wanted = {
            _NOTES: ({"Origin": number}, number),
            _SALES: ({"Customer Reference": order.name}, order.name),
            _SETTLED: ({"Order": order.name}, order.name),
            _HISTORY: ({"Name": order.name, "Kind": "refund"}, order.name),
        }
        for file in files:
            if file == _TRANSFERS:
                found += self._transfers(number, order)
            else:
                found += self._rows(file, *wanted[file])
        return found

    def _transfers(self, number: str, order: Order) -> list[dict[str, object]]:
        back = f"Return of Depot/OUT/{order.number - 5000:05}"
        sent = self._rows(_TRANSFERS, {"Source Document": number}, number)
        return sent + self._rows(_TRANSFERS, {"Source Document": back}, back)

    def _rows(self, file: str, cells: dict[str, str], key: str) -> list[dict[str, object]]:
        table = self._tables[file]
        name = file.rsplit("/", maxsplit=1)[-1]
        return [{"side": table.side, "file": name, "row": row, "key": key} for row in table.find(cells)]


#: What a connector does, and the order that shows it: id, cause, flaw, what to say.
_FINGERPRINTS = (
    ("unknown-sku", "f01_default_product", "default_product", "00417 was booked on the default product"),
    ("cents", "f02_cents_no_invoice", "adjusted_not_invoiced", "an adjustment line, and no invoice"),
    ("draft", "f04_draft_credit_notes", "draft_credit_note", "the credit note waits as a draft"),
    ("adjustment", "f05_refund_adjustment", "adjustment_line", "credited on 'Refund Adjustment' only"),
    ("not-restocked", "f07_restock_not_chosen", "received_not_restocked", "received back, not restocked"),
    ("open-delivery", "f09_open_delivery", "refunded_before_shipping", "refunded, and still to be sent"),
    ("twice", "f17_imported_twice", "imported_twice", "imported twice"),
    ("rounding", "f20_tax_rounding", "tax_per_line", "tax is rounded per line, not per order"),
    ("exchange", "f21_exchange_twice", "exchange_twice", "the exchanged goods were counted twice"),
)


def _untaxed(cents: int) -> int:
    return cents - (2 * cents * 19 + 119) // 238
