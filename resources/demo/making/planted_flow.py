"""The list of what is wrong on the way of refunds, orders, parcels and invoices, or done by a connector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from making.goods import Goods
from making.goods_documents import COST_NOT_BOOKED, cost_of
from making.handoffs import OVERBILLED
from making.shop import Order
from making.table import Table, money

_NATIVE, _NOTES = "shopify/orders_export_1.csv", "odoo/invoices_credit_notes.csv"
_SALES, _TRANSFERS, _BILLS = "odoo/sale_orders.csv", "odoo/transfers.csv", "odoo/supplier_bills.csv"
_PAYMENTS, _QUANTS, _LEVELS = (
    "odoo/payments.csv",
    "odoo/stock_quants.csv",
    "shopify/inventory_export_1.csv",
)
_MOVES = "odoo/stock_moves.csv"
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

    def __init__(self, orders: list[Order], goods: Goods, tables: Sequence[Table]) -> None:
        self._goods = goods
        self._tables = {table.file: table for table in tables}
        self._flawed = {order.flaw: order for order in orders if order.flaw}
        self._role = {order.role: order for order in orders if order.role}
        self._named = {order.number: order for order in orders}

    def all(self) -> dict[str, list[PlantedFlow]]:
        """All items by the comparison that finds them."""
        found = {
            "refunds": [*self._money_back(), *self._other_refunds(), *self._calm_refunds()],
            "orders": self._orders(),
            "fulfilment": self._parcels(),
            "invoices": [*self._invoices(), *self._payments()],
            "bills": self._bills(),
            "tax": [self._tax()],
            "gift_cards": [self._gift_cards()],
            "cogs": [self._costs()],
            "cutoff": [self._first_order()],
            "connector": self._connector(),
            "causes": self._causes(),
        }
        for section, items in found.items():
            for item in items:
                item.id = f"{section}-{item.id}"
        return found

    def _money_back(self) -> list[PlantedFlow]:
        item, short = self._item, self._flawed["credit_note_short"]
        lost = short.refunded - _untaxed(short.refunded)
        return [
            item("paid-not-booked", "missing", "refunded_not_booked", "refund_not_booked", missing=("odoo",),
                text="{order}: refunded in Shopify and paid out; Odoo has no credit note."),
            item("draft", "field", "credit_note_draft", "draft_credit_note", _NOTES,
                text="{order}: refunded and paid out; the credit note in Odoo is still a draft. Post it."),
            item("credit-note-without-tax", "amount", "tax_differs", "credit_note_short", _NOTES,
                delta=money(lost),
                text=f"{{order}}: {money(short.refunded)} EUR were refunded; the credit note leaves out "
                f"the tax of {money(lost)} EUR."),
            item("paid-twice", "duplicate", "paid_twice", "refunded_twice", _SETTLED, delta="-21.90",
                text="{order}: one refund of 21.90 EUR in Shopify, two payments by the platform."),
            item("came-back", "amount", "refund_failed", "refund_failed", _SETTLED, missing=("platform",),
                text="{order}: the refund of 54.80 EUR came back from the buyer's bank; Odoo has it paid."),
            item("not-paid", "amount", "refund_failed", "refund_not_paid", _HISTORY, missing=("platform",),
                text="{order}: the refund of 9.90 EUR failed in Shopify, and Odoo has a credit note for it."),
            item("not-in-shop", "missing", "booked_not_paid", "credit_note_alone", _NOTES,
                missing=("shop", "platform"),
                text="{order}: Odoo has a credit note of 9.90 EUR; Shopify knows of no refund."),
            item("chargeback", "missing", "chargeback", "chargeback", _SETTLED, missing=("odoo",),
                text="{order}: the card holder took 93.95 EUR back through the bank; Odoo has nothing of it, "
                "and the goods are gone."),
        ]  # fmt: skip

    def _other_refunds(self) -> list[PlantedFlow]:
        """Goods that did not come back, an exchange, and refunds at another day's rate."""
        item, fx = self._item, self._role["fx"]
        rated = [
            PlantedFlow(f"other-rate-{number}", "amount", "rate_difference",
                f"Order #{number}: paid and refunded through Stripe; the dollar moved in between.",
                (f"#{number}",), records=self._records(self._named[number]))
            for number in (5055, 5117, 5198)
        ]  # fmt: skip
        return [
            item("not-received", "missing", "goods_not_returned", "never_received", missing=("goods",),
                text="{order}: refunded and put back on the shelf in Shopify; no receipt in Odoo shows that "
                "the notebook came back."),
            item("receipt-open", "timing", "goods_not_returned", "receipt_open",
                text="{order}: refunded and put back on the shelf in Shopify; the receipt of 2 bottles of "
                "ink waits in Odoo. Validate it."),
            item("exchange-counted-twice", "amount", "exchange_counted_twice", "exchange_twice", _NOTES,
                delta="14.50",
                text="{order}: a desk pad went back and an ink was taken instead. The refund is net of the "
                "ink already; the credit note takes it off a second time."),
            PlantedFlow("dollars-back", "amount", "rate_difference",
                f"Order {fx.name}: the buyer got the same dollars back, which cost 3.11 EUR less by then.",
                (fx.name,), "3.11", records=self._records(fx)),
            *rated,
        ]  # fmt: skip

    def _calm_refunds(self) -> list[PlantedFlow]:
        """Refunds that look odd and are right."""
        made = []
        for name, number, text in (
            ("exchange", 5109, "a pen went back, a cheaper one was taken instead: refunded net"),
            ("cashless", 5119, "exchanged for a pen of the same price: no money moves, goods do"),
            ("shipping-only", 5023, "only the shipping was refunded, so no goods come back"),
            ("several", 5226, "two refunds of one order, one with goods and one without"),
        ):
            order = self._named[number]
            said = f"Order {order.name}: {text}."
            made.append(PlantedFlow(name, "matched", None, said, (order.name,), records=self._records(order)))
        return made

    def _orders(self) -> list[PlantedFlow]:
        item, role = self._item, self._role
        edited, part, voided = role["edited"], role["part_paid"], role["voided"]
        lost = self._flawed["discount_lost"].discount
        return [
            item("not-in-odoo", "missing", "order_not_imported", "not_imported", missing=("odoo",),
                text="{order}: paid, and not in Odoo. Import it again."),
            item("not-due", "timing", "not_due", "unpaid", text="{order}: not paid, so not in Odoo yet."),
            item("imported-twice", "duplicate", "imported_twice", "imported_twice", _SALES,
                text="{order}: two sale orders in Odoo, and both reserve the goods. Cancel the second."),
            item("cancelled-after-pick", "field", "cancelled_after_pick", "cancelled_after_pick", _SALES,
                text="{order}: cancelled in Shopify after Odoo delivered it. Stop the parcel."),
            item("cancelled-in-shop", "field", "cancelled_in_shop_only", "refunded_before_shipping", _SALES,
                text="{order}: cancelled and refunded in Shopify, alive in Odoo. Cancel the sale order."),
            PlantedFlow("voided-in-shop", "field", "cancelled_in_shop_only",
                f"Order {voided.name}: its payment was voided; the sale order is alive.", (voided.name,),
                records=self._records(voided, _SALES)),
            item("tax-per-line", "field", "rounding_method", "tax_per_line", _SALES,
                text="{order}: Shopify rounds the tax of the whole order, Odoo that of each line: 10.60 and "
                "10.61 EUR."),
            item("discount-lost", "amount", "discount_differs", "discount_lost", _SALES, delta=money(lost),
                text=f"{{order}}: the discount of {money(lost)} EUR did not reach Odoo."),
            item("wrong-product", "field", "sku_differs", "default_product", _SALES,
                text="{order}: Odoo has 'Ecommerce-Sale' instead of 00417."),
            item("adjusted", "field", "adjustment_line", "adjusted_not_invoiced", _SALES,
                text="{order}: an adjustment line in Odoo makes up for 2 cents of the price."),
            PlantedFlow("edited", "amount", "edited_after_import",
                f"Order {edited.name}: 2 packs of blotting paper were added after it was imported.",
                (edited.name,), money(edited.original_total - edited.total),
                records=self._records(edited, _SALES)),
            PlantedFlow("part-paid", "timing", "part_paid",
                f"Order {part.name}: 80.00 of 200.00 EUR are paid; nothing is wrong.", (part.name,),
                records=self._records(part, _SALES)),
        ]  # fmt: skip

    def _parcels(self) -> list[PlantedFlow]:
        item, split, edited = self._item, self._named[5255], self._role["edited"]
        return [
            item("sent-not-delivered", "amount", "fulfilled_not_delivered", "not_delivered", _TRANSFERS,
                text="{order}: sent in Shopify, the delivery in Odoo is still open. Validate it."),
            item("delivered-not-sent", "timing", "delivered_not_fulfilled", "picked", _TRANSFERS,
                text="{order}: delivered in Odoo, not fulfilled in Shopify: the buyer was not told."),
            item("no-tracking", "field", "tracking_missing", "tracking_lost", _TRANSFERS,
                text="{order}: the tracking number is in Odoo and not in Shopify."),
            item("open-delivery-of-refunded", "field", "refunded_open_delivery",
                "refunded_before_shipping", _TRANSFERS,
                text="{order}: refunded and cancelled before it was sent; its delivery in Odoo is open and "
                "holds 1 bottle of ink. Cancel the delivery."),
            item("picked-then-cancelled", "amount", "cancelled_after_pick", "cancelled_after_pick",
                _TRANSFERS, text="{order}: delivered in Odoo, cancelled in Shopify: two products."),
            PlantedFlow("added-not-delivered", "amount", "fulfilled_not_delivered",
                f"Order {edited.name}: what was added after the import was sent, and Odoo does not know.",
                (edited.name,), records=self._records(edited, _TRANSFERS)),
            PlantedFlow("two-parcels", "matched", None,
                f"Order {split.name}: sent in two parcels, and all of it arrived.", (split.name,),
                records=self._records(split, _TRANSFERS)),
        ]  # fmt: skip

    def _invoices(self) -> list[PlantedFlow]:
        item, part, edited = self._item, self._role["part_paid"], self._role["edited"]
        lost = money(self._flawed["discount_lost"].discount)
        return [
            item("paid-not-invoiced", "missing", "paid_not_invoiced", "adjusted_not_invoiced", _SALES,
                text="{order}: paid in full; an adjustment of 2 cents kept the invoice from being made."),
            item("paid-not-imported", "missing", "paid_not_invoiced", "not_imported",
                text="{order}: paid, and not in Odoo, so there is no invoice."),
            item("invoiced-twice", "duplicate", "invoiced_twice", "invoiced_twice", _NOTES,
                text="{order}: two posted invoices for one order. Reverse the second."),
            item("invoice-too-high", "amount", "invoice_differs", "discount_lost", _NOTES, delta=lost,
                text=f"{{order}}: the invoice leaves out the discount of {lost} EUR."),
            item("exchange-invoiced", "amount", "invoice_differs", "exchange_twice", _NOTES, delta="14.50",
                text="{order}: the ink taken in exchange is invoiced, and taken off the credit note."),
            PlantedFlow("invoice-too-low", "amount", "invoice_differs",
                f"Order {edited.name}: the invoice lacks what was added later.", (edited.name,),
                money(edited.original_total - edited.total), records=self._records(edited, _NOTES)),
            item("draft-left", "amount", "draft_credit_note_old", "draft_credit_note", _NOTES,
                text="{order}: 22.25 EUR went back, and the credit note for it is a draft."),
            item("tax-not-credited", "amount", "refund_without_credit_note", "credit_note_short", _NOTES,
                text="{order}: 14.50 EUR went back, and 12.18 EUR are credited."),
            item("not-due-yet", "timing", "awaiting_payment", "unpaid",
                text="{order}: the buyer has not paid yet."),
            PlantedFlow("paid-in-part", "timing", "awaiting_payment",
                f"Order {part.name}: no invoice before it is paid in full.", (part.name,),
                records=self._records(part, _SALES)),
        ]  # fmt: skip

    def _payments(self) -> list[PlantedFlow]:
        """What is wrong with payments shows at their invoices, too."""
        made = [
            PlantedFlow(
                f"{name}-{order.number}".replace("_", "-"), kind, cause, f"Order {order.name}: {text}.",
                (order.name,), records=self._records(order, _NOTES),
            )
            for name, kind, cause, text in _OF_PAYMENTS
            for order in self._named.values()
            if order.role == name
        ]  # fmt: skip
        for row in self._tables[_PAYMENTS].rows:
            if not row["Memo"] or row["Memo"].startswith("ch_"):
                found = self._rows(_PAYMENTS, {"Number": row["Number"]}, row["Number"])
                text = f"Payment {row['Number']} names no order, so no invoice is found for it."
                made.append(
                    PlantedFlow(f"alone-{row['Number']}", "missing", "payment_alone", text, records=found)
                )
        return made

    def _bills(self) -> list[PlantedFlow]:
        made = []
        for order, kind, cause, delta, text in (
            (OVERBILLED, "amount", "bill_price_differs", "1.20", "1.20 EUR above the prices of the order"),
            ("P00011", "timing", "received_not_billed", "", "2 glass pens arrived that are not billed"),
        ):
            bill = self._rows(_BILLS, {"Origin": order}, order)
            said = f"The bill of {order}: {text}."
            made.append(PlantedFlow(f"bill-{order}", kind, cause, said, (), delta, records=bill))
        return made

    def _tax(self) -> PlantedFlow:
        text = (
            "Four orders of October have another tax in Odoo than in Shopify: one is invoiced twice, one was "
            "edited, one lost its discount, and one is rounded per line."
        )
        differ = [self._flawed[flaw] for flaw in ("invoiced_twice", "discount_lost", "tax_per_line")]
        return PlantedFlow(
            "tax-of-october", "amount", "tax_differs", text, (), "12.03",
            records=[record for order in differ for record in self._records(order, _NOTES)],
        )  # fmt: skip

    def _gift_cards(self) -> PlantedFlow:
        order = self._role["gift_card_spent"]
        spent = money(order.paid("gift_card"))
        text = f"Order {order.name}: {spent} EUR were paid with a gift card, and the debt does not go down."
        return PlantedFlow(
            "gift-card-not-booked", "amount", "payment_not_booked", text, (), spent,
            records=self._rows(_HISTORY, {"Name": order.name}, order.name),
        )  # fmt: skip

    def _costs(self) -> PlantedFlow:
        cost = money(cost_of(self._goods, COST_NOT_BOOKED))
        text = f"Delivery {COST_NOT_BOOKED}: its goods cost {cost} EUR, and no entry says so."
        return PlantedFlow(
            "cost-not-booked", "missing", "no_entry", text, (), f"-{cost}", ("odoo",),
            self._rows(_MOVES, {"Transfer": COST_NOT_BOOKED}, COST_NOT_BOOKED),
        )  # fmt: skip

    def _first_order(self) -> PlantedFlow:
        order = self._named[5001]
        text = f"Order {order.name} was placed on 1 October at 00:41 in Berlin: that is 30 September in UTC."
        return PlantedFlow(
            "september-in-utc",
            "timing",
            "shop_day_later_than_utc",
            text,
            (order.name,),
            records=[
                *self._rows(_SETTLED, {"Order": order.name}, order.name),
                *self._rows(_HISTORY, {"Name": order.name}, order.name),
            ],
        )

    def _connector(self) -> list[PlantedFlow]:
        made = []
        for kind, cause, flaw, text in _FINGERPRINTS:
            order = self._flawed.get(flaw) or self._role[flaw]
            made.append(
                PlantedFlow(
                    f"{cause[:3]}-{order.number}", kind, cause, f"Order {order.name}: {text}.",
                    (order.name,), records=self._records(order, _SALES, _NOTES, _TRANSFERS),
                )
            )  # fmt: skip
        lamp = self._rows(_QUANTS, {"Product/Internal Reference": "QF-LAMP", "Location": "Shop/Stock"},
                          "QF-LAMP")  # fmt: skip
        text = "The lamp is in stock in Mitte, and Shopify does not stock it there: nothing is pushed."
        unknown = next(item for item in made if item.cause == "f01_default_product")
        unknown.records += self._rows(_SALES, {"Order Lines/Product/Internal Reference": "ECOM"}, "ECOM")
        return [*made, PlantedFlow("f13-lamp", "amount", "f13_pushed_stock", text, records=lamp)]

    def _causes(self) -> list[PlantedFlow]:
        """Differences of stock whose sentence joins them with the money behind them."""
        made = []
        for cause, flaw, skus in _CAUSES:
            order = self._flawed[flaw]
            for sku in skus:
                level = self._rows(_LEVELS, {"SKU": sku, "Location": "Depot"}, sku)
                text = f"{sku} in the depot differs because of order {order.name}."
                name = f"{cause}-{sku}".replace("_", "-")
                made.append(PlantedFlow(name, "amount", cause, text, (order.name,), records=level))
        gone = self._flawed["chargeback"]
        text = f"Order {gone.name}: charged back, and the goods are gone."
        lines = self._rows(_SETTLED, {"Order": gone.name, "Type": "chargeback"}, gone.name)
        made.append(
            PlantedFlow("goods-gone", "amount", "chargeback_goods_gone", text, (gone.name,), records=lines)
        )
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
        found = self._rows(_NATIVE, {"Name": order.name}, order.name)
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


#: What a connector does, and the order that shows it: kind, cause, flaw or role, what to say.
_FINGERPRINTS = (
    ("field", "f01_default_product", "default_product", "00417 was booked on the default product"),
    ("missing", "f02_cents_no_invoice", "adjusted_not_invoiced", "an adjustment line, and no invoice"),
    ("amount", "f04_draft_credit_notes", "draft_credit_note", "the credit note waits as a draft"),
    ("amount", "f05_refund_adjustment", "adjustment_line", "credited on 'Refund Adjustment' only"),
    ("missing", "f06_return_not_synced", "never_received", "returned in Shopify, no receipt in Odoo"),
    ("amount", "f07_restock_not_chosen", "received_not_restocked", "received back, not restocked"),
    ("amount", "f09_open_delivery", "refunded_before_shipping", "refunded, and still to be sent"),
    ("timing", "f10_part_paid", "part_paid", "paid in part, and so not invoiced"),
    ("duplicate", "f17_duplicate_orders", "imported_twice", "imported twice"),
    ("amount", "f20_rounding_method", "tax_per_line", "Odoo rounds the tax of each line"),
    ("amount", "f21_exchange_twice", "exchange_twice", "the exchanged goods were counted twice"),
)
#: What is wrong with payments, by role of the order: kind and cause at its invoice, what to say.
_OF_PAYMENTS = (
    ("net_booked", "amount", "paid_under", "the payment was booked after its fee"),
    ("digit_swap", "amount", "paid_under", "two digits of the payment are swapped"),
    ("not_booked", "missing", "invoice_not_paid", "the payment is not booked"),
    ("stripe_not_booked", "missing", "invoice_not_paid", "the payment is not booked"),
    ("tie", "missing", "invoice_not_paid", "a payment names neither order nor buyer"),
    ("booked_twice", "amount", "paid_over", "the payment is booked twice"),
    ("wrong_currency", "amount", "paid_over", "the payment is booked in euros instead of dollars"),
)
#: Causes of stock differences: cause, flaw, products.
_CAUSES = (
    ("order_not_in_odoo", "not_imported", ("QF-PEN-ASH-M",)),
    ("imported_twice", "imported_twice", ("QF-NB-A5-DOT", "QF-NB-B5-GRD")),
    ("cancelled_after_pick", "cancelled_after_pick", ("QF-PEN-BRASS", "QF-NB-A6-PLN")),
    ("refunded_before_shipping", "refunded_before_shipping", ("QF-INK-FERN",)),
    ("return_not_validated", "receipt_open", ("QF-INK-SLATE",)),
    ("return_not_received", "never_received", ("QF-NB-A5-LIN",)),
    ("return_not_restocked", "received_not_restocked", ("QF-LETTER-50",)),
    ("not_reserved", "not_reserved", ("00417",)),
)


def _untaxed(cents: int) -> int:
    return cents - (2 * cents * 19 + 119) // 238
