"""The made-up shop month: its orders and what the shop's payment history says about them.

Every choice is drawn from a hash of a label, so nothing depends on the order of the code, on the Python
version or on the machine. Amounts are integer cents; times are local times of Berlin.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

SEED = "Quillfern Stationers, October 2026"
FIRST_ORDER = 5001
ORDERS = 300
DAYS = 31
SUMMER_TIME_ENDS = datetime(2026, 10, 25, 3)  # noqa: DTZ001  # local time
VENDOR = "Quillfern"

#: What is special about an order; every other order is an ordinary one.
ROLES = {
    5012: "chargeback",
    5033: "net_booked",
    5038: "not_booked",
    5041: "large_refund",
    5047: "cod",
    5058: "digit_swap",
    5064: "manual",
    5066: "stripe_not_booked",
    5072: "tie",
    5075: "tie",
    5083: "gift_card_sold",
    5093: "cod",
    5098: "refund_not_booked",
    5105: "free",
    5110: "charged_twice",
    5120: "refund_in_other_payout",
    5128: "manual",
    5131: "booked_twice",
    5138: "wrong_currency",
    5145: "voided",
    5152: "wrong_account",
    5156: "cod",
    5160: "edited",
    5171: "part_paid",
    5178: "fx",
    5190: "gift_card_spent",
    5220: "cod",
    5233: "manual",
    5287: "unpaid",
}
#: Roles that a month without any mistake has too.
CALM_ROLES = frozenset({"cod", "free", "gift_card_sold", "gift_card_spent", "large_refund", "manual"})
#: What else is wrong with an order, on its way through warehouse and books or with its refund.
FLAWS = {
    5012: "chargeback",
    5022: "refund_failed",
    5026: "never_received",
    5027: "tax_per_line",
    5029: "discount_lost",
    5031: "default_product",
    5036: "received_not_restocked",
    5054: "adjusted_not_invoiced",
    5055: "adjustment_line",
    5089: "draft_credit_note",
    5095: "invoiced_twice",
    5098: "refund_not_booked",
    5106: "refunded_twice",
    5161: "exchange_twice",
    5208: "receipt_open",
    5219: "credit_note_short",
    5244: "refund_not_paid",
    5253: "tracking_lost",
    5256: "not_delivered",
    5260: "credit_note_alone",
    5263: "not_imported",
    5267: "imported_twice",
    5277: "cancelled_after_pick",
    5279: "refunded_before_shipping",
    5287: "unpaid",
    5293: "picked",
    5295: "not_reserved",
}
#: Orders that a month without any mistake cancels, too.
CANCELLED = (5277, 5279)
#: Orders that are sent in two parcels.
SPLIT = frozenset({5255})
#: Orders that Odoo delivered and Shopify did not send, or the other way around.
DELIVERED_DIFFERENTLY = frozenset({"not_delivered", "picked", "cancelled_after_pick"})
#: Odoo memos that a person or a connector has spoilt, and that must still be read.
NOISY_MEMOS = {
    5019: "# 5019",
    5052: "5052 ",
    5087: "Shopify #5087",
    5115: "Order 5115",
    5142: "##5142",
    5165: "ORDER#5165",
    5194: "  #5194",
    5213: "#5213 - web shop",
    5241: "Payment for #5241",
}
#: Ordinary refunds, booked as they should be: order -> (days after the order, per cent of the total).
REFUNDS = {
    5009: (6, 100),
    5017: (3, 50),
    5036: (5, 100),
    5055: (8, 30),
    5078: (4, 100),
    5089: (9, 25),
    5117: (3, 100),
    5148: (6, 40),
    5175: (2, 100),
    5198: (7, 60),
    5208: (4, 100),
    5227: (3, 35),
}
#: Refunds of single things, by amount: order -> (days after the order, minutes more, cents), one each.
PARTIAL_REFUNDS = {
    5022: ((19, 0, 5480),),
    5023: ((2, 0, 495),),
    5026: ((17, 0, 2185),),
    5106: ((12, 0, 2190),),
    5109: ((7, 0, 4650),),
    5161: ((5, 0, 4030),),
    5219: ((2, 0, 1450),),
    5226: ((2, 0, 1450), (2, 95, 500)),
    5244: ((3, 0, 990),),
    5277: ((1, 0, 5735),),
    5279: ((1, 0, 1945),),
}
_STRIPE_REFUNDS = (5055, 5117, 5198)
_ROLE_REFUNDS = {  # role -> (days after the order, cents; 0 is all of it)
    "large_refund": (7, 0),
    "refund_not_booked": (3, 3990),
    "refund_in_other_payout": (4, 2345),
    "fx": (3, 0),
}
_TENDERS = {  # role -> tender, where it is not Shopify Payments
    "cod": "cod",
    "manual": "manual",
    "unpaid": "manual",
    "free": "none",
    "stripe_not_booked": "stripe",
    "charged_twice": "stripe",
    "wrong_currency": "stripe",
}
CATALOGUE = (  # SKU, name, price
    ("QF-NB-A5-DOT", "Notebook A5, dotted", 1690),
    ("QF-NB-A5-LIN", "Notebook A5, lined", 1690),
    ("QF-NB-A6-PLN", "Pocket notebook A6, plain", 990),
    ("QF-NB-B5-GRD", "Notebook B5, grid", 2190),
    ("QF-INK-FERN", "Ink 50 ml, Fern Green", 1450),
    ("QF-INK-SLATE", "Ink 50 ml, Slate", 1450),
    ("QF-PEN-ASH-F", "Fountain pen, ash wood, nib F", 8900),
    ("QF-PEN-ASH-M", "Fountain pen, ash wood, nib M", 8900),
    ("QF-PEN-BRASS", "Brass ballpoint", 4250),
    ("00417", "Blotting paper, 25 sheets", 620),
    ("QF-CASE-3", "Pen case for three", 3495),
    ("QF-LETTER-50", "Letter paper, 50 sheets", 1275),
    ("QF-SEAL-SET", "Sealing wax set", 2360),
    ("QF-DESKPAD", "Felt desk pad", 5480),
)
_COUNTRIES = ("DE", "DE", "DE", "DE", "AT", "NL", "FR", "BE")


def draw(label: str, below: int) -> int:
    """Return a whole number from 0 to ``below`` - 1 that depends on the label only."""
    return int.from_bytes(hashlib.sha256(f"{SEED}/{label}".encode()).digest()[:8]) % below


def code(label: str, length: int, alphabet: str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ") -> str:
    """Return a made-up identifier that depends on the label only."""
    return "".join(alphabet[draw(f"{label}/{place}", len(alphabet))] for place in range(length))


def part(amount: int, numerator: int, denominator: int) -> int:
    """Return a share of a non-negative amount in whole cents, half a cent up."""
    return (2 * amount * numerator + denominator) // (2 * denominator)


def money_text(cents: int) -> str:
    """Write cents as Shopify's Admin interface does: 12.50 is 12.5, 12.00 is 12.0."""
    return f"{cents // 100}.{cents % 100:02}".removesuffix("0")


def stamp(moment: datetime) -> str:
    """Write a local time the way Shopify does: the offset follows summer time."""
    return f"{moment:%Y-%m-%d %H:%M:%S} {'+0200' if moment < SUMMER_TIME_ENDS else '+0100'}"


def usd_per_eur(day: date) -> int:
    """Return the day's made-up rate, US dollars for 10,000 euros."""
    return 10600 + draw(f"rate {day}", 500)


@dataclass(frozen=True)
class Item:
    """One line of an order; the price is for one piece, tax included."""

    sku: str
    name: str
    quantity: int
    price: int
    taxable: bool = True
    ships: bool = True


@dataclass(frozen=True)
class ShopTransaction:
    """One line of an order's payment history; the amount is never negative."""

    kind: str
    gateway: str
    at: datetime
    status: str
    amount: int


@dataclass
class Order:
    """One order of the shop, in euros.

    Attributes:
        tender: shopify, stripe, gift, cod, manual or none.
        presentment: Currency the buyer saw.
        original_total: Total before a later edit of the order.
        flaw: What is wrong with the order apart from its payment, "" for nothing.
    """

    number: int
    created: datetime
    items: list[Item]
    shipping: int
    discount: int
    country: str
    tender: str
    presentment: str
    role: str
    tip: int = 0
    original_total: int = 0
    flaw: str = ""
    transactions: list[ShopTransaction] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The order name."""
        return f"#{self.number}"

    @property
    def id(self) -> str:
        """The shop's own number of the order."""
        return str(6204113000000 + (self.number - 5000) * 32768)

    @property
    def buyer(self) -> str:
        """An obviously made-up name."""
        return f"Buyer {self.number}"

    @property
    def goods(self) -> int:
        """Value of the items before the discount."""
        return sum(item.price * item.quantity for item in self.items)

    @property
    def subtotal(self) -> int:
        """Goods after discount, without tip."""
        return self.goods - self.discount

    @property
    def total(self) -> int:
        """What the order costs now."""
        return self.subtotal + self.shipping + self.tip

    @property
    def tax(self) -> int:
        """19 % German tax inside the total; none on exports, tips and gift cards."""
        if self.country == "US":
            return 0
        untaxed = sum(item.price * item.quantity for item in self.items if not item.taxable)
        return part(self.total - self.tip - untaxed, 19, 119)

    def paid(self, kind: str = "") -> int:
        """Sum of the successful sales and captures, of one gateway if named."""
        return sum(
            move.amount
            for move in self.transactions
            if move.kind in ("sale", "capture") and move.status == "success" and kind in ("", move.gateway)
        )

    @property
    def shipped(self) -> bool:
        """Whether the goods had left by the end of the month."""
        return self.created.day <= 27 and self.role not in ("voided", "part_paid")

    @property
    def financial_status(self) -> str:
        """The word of Shopify for how far it is paid."""
        by_role = {"voided": "voided", "part_paid": "partially_paid", "unpaid": "pending"}
        if self.refunded:
            return "refunded" if self.refunded == self.total else "partially_refunded"
        return by_role.get(self.role, "paid")

    @property
    def cancelled_at(self) -> datetime | None:
        """When it was cancelled, None for orders that were not."""
        gone = self.cancelled or self.role == "voided"
        return self.transactions[-1].at if gone else None

    @property
    def cancelled(self) -> bool:
        """Whether the order was cancelled before it was sent, and its money given back."""
        return self.number in CANCELLED

    @property
    def delivered(self) -> bool:
        """Whether Odoo delivered the goods: for some orders it is not what Shopify says."""
        return self.shipped != (self.flaw in DELIVERED_DIFFERENTLY)

    @property
    def refunded(self) -> int:
        """Sum of the successful refunds."""
        return sum(
            move.amount for move in self.transactions if move.kind == "refund" and move.status == "success"
        )


_PEN = Item("QF-PEN-ASH-F", "Fountain pen, ash wood, nib F", 1, 8900)
_ROLE_ITEMS = {
    "chargeback": _PEN,
    "digit_swap": Item("QF-DESK-SET", "Desk set, walnut", 1, 17995),
    "fx": _PEN,
    "gift_card_sold": Item("QF-GIFT-100", "Gift card 100 EUR", 1, 10000, taxable=False, ships=False),
    "gift_card_spent": Item("QF-STAMP-8", "Stamp set, eight motifs", 1, 8000),
    "large_refund": Item("QF-PEN-ASH-M", "Fountain pen, ash wood, nib M", 15, 8900),
    "part_paid": Item("QF-BINDING", "Hand-bound guest book", 1, 19505),
    "refund_in_other_payout": _PEN,
    "refund_not_booked": _PEN,
    "tie": Item("QF-GIFTBOX", "Gift box, ink and pen", 1, 6850),
}
_OWN_ITEMS = {5279: Item("QF-INK-FERN", "Ink 50 ml, Fern Green", 1, 1450)}
_FROM_GIFT_CARD = 6000
_DEPOSIT = 8000


def orders(*, clean: bool = False) -> list[Order]:
    """Make all orders of the month with their payment histories, oldest first.

    Args:
        clean: Leave out everything that is planted.
    """
    made = []
    for index in range(ORDERS):
        order = _order(index, clean)
        _pay(order)
        _refund(order)
        made.append(order)
    return made


def _order(index: int, clean: bool) -> Order:
    number = FIRST_ORDER + index
    role = ROLES.get(number, "")
    if clean and role not in CALM_ROLES:
        role = ""
    tender, presentment = _tender(number, role)
    order = Order(
        number=number,
        created=_created(index),
        items=_items(number, role),
        shipping=0,
        discount=0,
        country="US" if presentment == "USD" else _COUNTRIES[draw(f"{number} country", len(_COUNTRIES))],
        tender=tender,
        presentment=presentment,
        role=role,
        flaw="" if clean else FLAWS.get(number, ""),
    )
    if draw(f"{number} discount", 9) == 0 and not role:
        order.discount = part(order.goods, 10, 100)
    if role in ("gift_card_sold", "gift_card_spent", "free"):
        order.discount = order.goods if role == "free" else 0
    elif presentment == "USD":
        order.shipping = 1490
    elif order.subtotal < 7500 or role:
        order.shipping = 495
    if number in (5044, 5211):
        order.tip = 300
    order.original_total = order.total
    if role == "edited":
        order.items.append(Item("00417", "Blotting paper, 25 sheets", 2, 620))
    return order


def _created(index: int) -> datetime:
    if index == 0:
        return datetime(2026, 10, 1, 0, 41, 12)  # noqa: DTZ001  # still September in UTC
    day = index * DAYS // ORDERS
    first = -(-day * ORDERS // DAYS)
    count = -(-(day + 1) * ORDERS // DAYS) - first
    width = 840 * 60 // count
    seconds = (index - first) * width + draw(f"{index} created", width)
    return datetime(2026, 10, 1, 7, 30) + timedelta(days=day, seconds=seconds)  # noqa: DTZ001


def _tender(number: int, role: str) -> tuple[str, str]:
    if role == "fx":
        return "shopify", "USD"
    if role == "gift_card_spent":
        return "gift", "EUR"
    if number in _STRIPE_REFUNDS:
        return "stripe", "EUR"
    if role or number in NOISY_MEMOS or number in REFUNDS or number in PARTIAL_REFUNDS:
        return _TENDERS.get(role, "shopify"), "EUR"
    chance = draw(f"{number} tender", 100)
    if chance < 22:
        return "stripe", "EUR"
    return "shopify", "USD" if chance < 30 else "EUR"


def _items(number: int, role: str) -> list[Item]:
    if role in _ROLE_ITEMS:
        return [_ROLE_ITEMS[role]]
    if number in _OWN_ITEMS:
        return [_OWN_ITEMS[number]]
    picked: dict[str, Item] = {}
    for place in range(1 + draw(f"{number} lines", 100) % 7 // 3):
        sku, name, price = CATALOGUE[draw(f"{number} item {place}", len(CATALOGUE))]
        quantity = 1 + (draw(f"{number} quantity {place}", 5) == 0)
        picked[sku] = Item(sku, name, quantity, price)
    return list(picked.values())


def _pay(order: Order) -> None:
    due = order.original_total
    match order.tender:
        case "cod":
            _add(order, "sale", "Cash on Delivery (COD)", "pending", due)
            _add(order, "sale", "Cash on Delivery (COD)", "success", due, days=4, hours=2)
        case "manual":
            _add(order, "sale", "manual", "pending", due)
            if order.role != "unpaid":
                _add(order, "sale", "manual", "success", due, days=2)
        case "stripe":
            _add(order, "sale", "stripe", "success", due)
        case "gift":
            _add(order, "sale", "gift_card", "success", _FROM_GIFT_CARD)
            _add(order, "sale", "shopify_payments", "success", due - _FROM_GIFT_CARD, seconds=3)
        case "shopify":
            _pay_by_card(order, due)


def _pay_by_card(order: Order, due: int) -> None:
    gateway = "shopify_payments"
    if order.role == "part_paid":
        _add(order, "sale", gateway, "success", _DEPOSIT)
        return
    if order.role == "voided":
        _add(order, "authorization", gateway, "success", due)
        _add(order, "void", gateway, "success", 0, hours=5)
        return
    if draw(f"{order.number} failure", 20) == 0:
        _add(order, "sale", gateway, "failure", due)
    if draw(f"{order.number} capture", 8) == 0 and not order.role:
        _add(order, "authorization", gateway, "success", due, seconds=40)
        _add(order, "capture", gateway, "success", due, hours=1, minutes=30)
    else:
        _add(order, "sale", gateway, "success", due, seconds=45)


def _add(
    order: Order, kind: str, gateway: str, status: str, amount: int, seconds: int = 2, **later: int
) -> None:
    moment = order.created + timedelta(seconds=seconds, **later)
    order.transactions.append(ShopTransaction(kind, gateway, moment, status, amount))


def _refund(order: Order) -> None:
    days, cents = _ROLE_REFUNDS.get(order.role, (0, 0))
    if order.number in REFUNDS:
        days, percent = REFUNDS[order.number]
        cents = part(order.total, percent, 100)
    if days:
        moment = order.created + timedelta(days=days, minutes=17)
        gateway = order.transactions[-1].gateway
        order.transactions.append(ShopTransaction("refund", gateway, moment, "success", cents or order.total))
    status = "failure" if order.flaw == "refund_not_paid" else "success"
    for days, minutes, cents in PARTIAL_REFUNDS.get(order.number, ()):
        moment = order.created + timedelta(days=days, minutes=17 + minutes)
        order.transactions.append(ShopTransaction("refund", "shopify_payments", moment, status, cents))
