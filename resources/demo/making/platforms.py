"""What the two payment platforms report: Shopify Payments (settles euros) and Stripe (settles US dollars)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from making.shop import Order, ShopTransaction, code, draw, part, usd_per_eur

SHOPIFY_PAYOUT_DAYS = (5, 7, 9, 12, 14, 16, 19, 21, 23, 26, 28, 30)
STRIPE_PAYOUT_DAYS = (6, 9, 13, 16, 20, 23, 27, 30)
DAYS_TO_PAYOUT = 2
NEXT_MONTH = date(2026, 11, 2)
CHARGEBACK_FEE = 1500
BANK_CHARGE = 750
UNEXPLAINED = -1337
RESERVE = 12000
BRANDS = ("visa", "visa", "master", "master", "american_express")

#: What is special about a payout of Shopify Payments: day of October -> role.
PAYOUT_ROLES = {
    7: "reserve_held",
    9: "fee_not_booked",
    12: "bank_charge",
    14: "negative",
    16: "carries_over",
    19: "line_is_in_next",
    21: "has_line_of_previous",
    23: "unexplained",
    26: "chargeback",
    28: "reserve_released",
    30: "in_transit",
}


_FLAWED_PAYOUTS = frozenset({9, 12, 19, 21, 23, 26})


@dataclass
class Line:
    """One balance movement of a platform, in its settlement currency.

    Attributes:
        kind: charge, refund, chargeback, reserve or fee.
        order: The order, None where there is none.
        eur: What the buyer or the shop sees of it, in euros.
        ident: The platform's own ids, by prefix (Stripe).
    """

    kind: str
    order: Order | None
    at: datetime
    amount: int
    fee: int = 0
    eur: int = 0
    ident: dict[str, str] = field(default_factory=dict)
    text: str = ""

    @property
    def net(self) -> int:
        """What the movement adds to the payout."""
        return self.amount - self.fee


@dataclass
class Payout:
    """One payout.

    Attributes:
        lines: The movements that the platform lists under it.
        counted: The movements that its total is made of.
        adjustment: Part of the total that no movement stands for.
        retried: A negative payout of before, taken off this one.
    """

    id: str
    day: date
    currency: str
    role: str
    reference: str
    lines: list[Line] = field(default_factory=list)
    counted: list[Line] = field(default_factory=list)
    adjustment: int = 0
    retried: int = 0

    @property
    def status(self) -> str:
        """Status word of the platform."""
        return "in_transit" if self.role == "in_transit" else "paid"

    @property
    def fees(self) -> int:
        """Fees of the listed movements."""
        loose = sum(-line.amount for line in self.lines if line.kind == "fee")
        return loose + sum(line.fee for line in self.lines)

    @property
    def net(self) -> int:
        """Sum of the listed movements."""
        return sum(line.net for line in self.lines)

    @property
    def total(self) -> int:
        """What the platform says that it pays."""
        return sum(line.net for line in self.counted) + self.adjustment + self.retried


@dataclass
class Platform:
    """One platform's month: its payouts and what it has not paid out yet."""

    payouts: list[Payout]
    pending: list[Line]


def payout_day(day: date, days: tuple[int, ...]) -> date | None:
    """Return the day of the payout that takes a movement along, None when it is after the month."""
    ready = day + timedelta(days=DAYS_TO_PAYOUT)
    return next((date(2026, 10, number) for number in days if date(2026, 10, number) >= ready), None)


def shopify_payments(orders: list[Order], *, clean: bool = False) -> Platform:
    """Settle what went through Shopify Payments; ``clean`` leaves out what is planted."""
    lines = [
        _shopify_line(order, move)
        for order in orders
        for move in order.transactions
        if move.gateway == "shopify_payments" and move.status == "success" and move.amount
        if move.kind != "authorization"
    ]
    lines += [line for order in orders for line in _more_lines(order)]
    lines += [
        Line("reserve", None, _noon(5), -RESERVE),
        Line("reserve", None, _noon(26), RESERVE),
    ]
    payouts = {
        date(2026, 10, day): Payout(
            id=str(140760000000 + number * 1048576 + draw(f"payout {day}", 900000)),
            day=date(2026, 10, day),
            currency="EUR",
            role="" if clean and day in _FLAWED_PAYOUTS else PAYOUT_ROLES.get(day, ""),
            reference=f"QF{code(f'bank reference {day}', 10)}",
        )
        for number, day in enumerate(SHOPIFY_PAYOUT_DAYS)
    }
    platform = _group(lines, payouts, SHOPIFY_PAYOUT_DAYS)
    by_role = {payout.role: payout for payout in platform.payouts}
    by_role["carries_over"].retried = by_role["negative"].total
    if not clean:
        _plant(by_role)
    return platform


def _more_lines(order: Order) -> list[Line]:
    """Movements that the payment history of the order knows nothing of."""
    refund = next((move for move in order.transactions if move.kind == "refund"), None)
    match order.flaw:
        case "chargeback":
            return [Line("chargeback", order, _noon(23), -order.total, CHARGEBACK_FEE)]
        case "refunded_twice" if refund:
            return [_shopify_line(order, replace(refund, at=refund.at + timedelta(hours=23)))]
        case "refund_failed" if refund:
            back = _shopify_line(order, replace(refund, at=refund.at + timedelta(hours=49)))
            return [replace(back, kind="refund_failure", amount=-back.amount, eur=-back.eur)]
        case _:
            return []


def stripe(orders: list[Order], *, clean: bool = False) -> Platform:
    """Settle what went through Stripe; ``clean`` leaves out what is planted."""
    lines: list[Line] = []
    for order in orders:
        lines += [
            # without mistakes nobody loses by another day's rate
            _stripe_line(order, move, move.at, order.created if clean else move.at)
            for move in order.transactions
            if move.gateway == "stripe"
        ]
        if order.role == "charged_twice":
            again = order.created + timedelta(seconds=43)
            lines.append(_stripe_line(order, order.transactions[0], again, again))
    if not clean:
        sale = ShopTransaction("sale", "stripe", _noon(20), "success", 4500)
        lines.append(_stripe_line(None, sale, _noon(20), _noon(20)))
        lines[-1].text = "Payment link: calligraphy workshop"
    fee = Line("fee", None, _noon(26), -240, text="Card payments (2026-10-26): network costs")
    fee.ident = {"txn": _stripe_id("txn", "network costs")}
    lines.append(fee)
    payouts = {
        date(2026, 10, day): Payout(
            id=_stripe_id("po", f"payout {day}"),
            day=date(2026, 10, day),
            currency="USD",
            role="",
            reference="",
        )
        for day in STRIPE_PAYOUT_DAYS
    }
    return _group(lines, payouts, STRIPE_PAYOUT_DAYS)


def _noon(day: int) -> datetime:
    return datetime(2026, 10, day, 12, 5, 9)  # noqa: DTZ001  # local time


def _shopify_line(order: Order, move: ShopTransaction) -> Line:
    if move.kind != "refund":
        points, abroad = (440, 25) if order.presentment == "USD" else (160, 25)
        return Line(
            "charge", order, move.at, move.amount, part(move.amount, points, 10000) + abroad, move.amount
        )
    amount = move.amount
    if order.presentment == "USD":
        # the buyer gets the dollars back that were paid; they cost what a dollar costs on that day
        dollars = part(move.amount, usd_per_eur(order.created.date()), 10000)
        amount = part(dollars, 10000, usd_per_eur(move.at.date()))
    return Line("refund", order, move.at, -amount, 0, -move.amount)


def _stripe_line(order: Order | None, move: ShopTransaction, at: datetime, rated: datetime) -> Line:
    label = f"{order.name if order else 'no order'} {move.kind} {at}"
    dollars = part(move.amount, usd_per_eur(rated.date()), 10000)
    prefix = "re" if move.kind == "refund" else "ch"
    ident = {name: _stripe_id(name, label) for name in ("txn", "pi", prefix)}
    text = f"Quillfern order {order.name}" if order else ""
    if move.kind == "refund":
        return Line("refund", order, at, -dollars, 0, -move.amount, ident, f"Refund: {text}")
    return Line("charge", order, at, dollars, part(dollars, 29, 1000) + 30, move.amount, ident, text)


def _stripe_id(prefix: str, label: str) -> str:
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return f"{prefix}_{'1' if prefix == 'po' else '3'}Q{code(f'{prefix} {label}', 22, letters)}"


def _group(lines: list[Line], payouts: dict[date, Payout], days: tuple[int, ...]) -> Platform:
    pending = []
    for line in sorted(lines, key=lambda line: line.at):
        day = payout_day(line.at.date(), days)
        if day is None:
            pending.append(line)
        else:
            payouts[day].lines.append(line)
            payouts[day].counted.append(line)
    return Platform(list(payouts.values()), pending)


def _plant(by_role: dict[str, Payout]) -> None:
    """Put the breaks between a payout's movements and its total."""
    by_role["unexplained"].adjustment = UNEXPLAINED
    early, late = by_role["line_is_in_next"], by_role["has_line_of_previous"]
    moved = next(
        line
        for line in early.lines
        if line.order and line.order.role == "refund_in_other_payout" and line.kind == "refund"
    )
    early.lines.remove(moved)
    late.lines.append(moved)
