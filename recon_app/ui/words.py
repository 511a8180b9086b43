"""What the window calls things: words, icons and colour families of kinds, states and sides.

The word carries the meaning and the icon repeats it; colour only helps, so that nothing depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from recon_app.models.case import Kind, State, Strength
from recon_app.models.record import RecordType, Side


class Family(StrEnum):
    """Groups of kinds that share a colour."""

    CALM = "calm"
    ONE_SIDED = "one-sided"
    DIFFERS = "differs"
    DECIDE = "decide"


FAMILY = {
    Kind.MATCHED: Family.CALM,
    Kind.TOLERANCE: Family.CALM,
    Kind.TIMING: Family.CALM,
    Kind.MISSING: Family.ONE_SIDED,
    Kind.AMOUNT: Family.DIFFERS,
    Kind.FIELD: Family.DIFFERS,
    Kind.DUPLICATE: Family.DECIDE,
    Kind.AMBIGUOUS: Family.DECIDE,
}

KIND = {
    Kind.MATCHED: "Matched",
    Kind.TOLERANCE: "Within tolerance",
    Kind.TIMING: "In transit",
    Kind.MISSING: "Missing",
    Kind.AMOUNT: "Amount differs",
    Kind.FIELD: "Field differs",
    Kind.DUPLICATE: "Duplicate",
    Kind.AMBIGUOUS: "Several candidates",
}

#: Words short enough for a chip.
KIND_SHORT = {
    Kind.MATCHED: "Matched",
    Kind.TOLERANCE: "Tolerance",
    Kind.TIMING: "In transit",
    Kind.MISSING: "Missing",
    Kind.AMOUNT: "Amount",
    Kind.FIELD: "Field",
    Kind.DUPLICATE: "Duplicate",
    Kind.AMBIGUOUS: "Several",
}


class Wording(StrEnum):
    """What is compared, where kinds have other words than for money."""

    MONEY = "money"
    GOODS = "goods"
    FLOW = "flow"
    DELIVERIES = "deliveries"
    MONTHS = "months"
    PRODUCTS = "products"
    FINDINGS = "findings"
    REFUNDS = "refunds"


#: Words that are not those of money: in full, and for a chip.
_OTHER_WORDS: dict[Wording, dict[Kind, tuple[str, str]]] = {
    Wording.MONEY: {},
    Wording.GOODS: {Kind.AMOUNT: ("Quantity differs", "Quantity")},
    Wording.FLOW: {Kind.TIMING: ("Waiting", "Waiting")},
    Wording.DELIVERIES: {
        Kind.AMOUNT: ("Quantity differs", "Quantity"),
        Kind.TIMING: ("Not sent yet", "Not sent yet"),
    },
    Wording.MONTHS: {Kind.TIMING: ("Moves to another month", "Moves")},
    Wording.PRODUCTS: {
        Kind.FIELD: ("Data to correct", "Data"),
        Kind.TOLERANCE: ("Warning", "Warnings"),
        Kind.MATCHED: ("Sound", "Sound"),
    },
    Wording.REFUNDS: {
        Kind.MISSING: ("A leg is missing", "Leg missing"),
        Kind.TIMING: ("On its way", "On its way"),
    },
    Wording.FINDINGS: {
        Kind.MISSING: ("Something is missing", "Missing"),
        Kind.TIMING: ("Waiting", "Waiting"),
    },
}


#: Ages of cases as runs call them.
AGES = ("0-2 days", "3-7 days", "8-30 days", "over 30 days")

#: The order of the chips: what needs work comes first.
KIND_ORDER = (
    Kind.AMOUNT,
    Kind.MISSING,
    Kind.FIELD,
    Kind.DUPLICATE,
    Kind.AMBIGUOUS,
    Kind.TIMING,
    Kind.TOLERANCE,
    Kind.MATCHED,
)

STATE = {
    State.OPEN: "Open",
    State.PROPOSED: "Proposed",
    State.AWAITING_APPROVAL: "Awaiting approval",
    State.APPROVED: "Approved",
    State.POSTED: "Posted",
    State.VERIFIED: "Verified",
    State.ACCEPTED: "Accepted",
    State.SNOOZED: "Snoozed",
    State.REOPENED: "Reopened",
}

#: States in which a difference still waits for somebody.
OPEN_STATES = frozenset({State.OPEN, State.REOPENED})

STRENGTH = {
    Strength.EXACT: "Exact",
    Strength.STRONG: "Strong",
    Strength.WEAK: "Weak",
    Strength.BY_HAND: "By hand",
}

SIDE = {
    Side.SHOP: "Shop",
    Side.PLATFORM: "Platform",
    Side.ODOO: "Odoo",
    Side.BANK: "Bank",
    Side.COUNT: "Count",
    Side.GOODS: "Goods",
}

#: Steps of a process.
STEP = {
    "ordered": "Ordered",
    "refunded": "Refunded in shop",
    "paid": "Paid out",
    "credit_note": "Credit note",
    "goods": "Goods back",
}

#: How far a step is.
STEP_STATE = {
    "done": "done",
    "waiting": "waiting",
    "late": "late",
    "missing": "missing",
    "failed": "failed",
    "not_needed": "not needed",
    "unknown": "not known",
}


def step_family(state: str) -> Family:
    """The colour of a step: what is late or failed stands out, what is missing is one-sided."""
    if state in ("late", "failed"):
        return Family.DIFFERS
    return Family.ONE_SIDED if state == "missing" else Family.CALM


RECORD_TYPE = {
    RecordType.ORDER: "Order",
    RecordType.SHOP_TRANSACTION: "Shop transaction",
    RecordType.PAYMENT_LINE: "Payment line",
    RecordType.PAYOUT: "Payout",
    RecordType.ODOO_PAYMENT: "Odoo payment",
    RecordType.JOURNAL_ITEM: "Journal item",
    RecordType.INVOICE: "Invoice",
    RecordType.SALE_ORDER: "Sales order",
    RecordType.SALE_ORDER_LINE: "Sales order line",
    RecordType.PURCHASE_ORDER: "Purchase order",
    RecordType.PURCHASE_ORDER_LINE: "Purchase order line",
    RecordType.BILL: "Supplier bill",
    RecordType.ODOO_PRODUCT: "Odoo product",
    RecordType.KIT_COMPONENT: "Kit component",
    RecordType.STOCK_QUANT: "Quant",
    RecordType.STOCK_MOVE: "Stock move",
    RecordType.STOCK_MOVE_LINE: "Stock move line",
    RecordType.TRANSFER: "Transfer",
    RecordType.ORDER_LINE: "Order line",
    RecordType.REFUND: "Refund",
    RecordType.FULFILMENT: "Fulfilment",
    RecordType.SHOP_PRODUCT: "Shopify product",
    RecordType.INVENTORY_LEVEL: "Inventory level",
    RecordType.BANK_LINE: "Bank line",
    RecordType.STOCK_COUNT: "Count",
}

_AT_SIDE = {
    Side.SHOP: "in the shop",
    Side.PLATFORM: "on the platform",
    Side.ODOO: "in Odoo",
    Side.BANK: "at the bank",
    Side.COUNT: "in the count",
    Side.GOODS: "on the shelf",
}


_NO_WORDS: Mapping[Side, str] = {}


def absent(side: Side) -> str:
    """Say that a record is not there: ``Not in Odoo``."""
    return f"Not {_AT_SIDE[side]}"


def kind_short(kind: Kind, wording: Wording = Wording.MONEY) -> str:
    """The word of a kind for a chip."""
    return _OTHER_WORDS[wording].get(kind, ("", KIND_SHORT[kind]))[1]


def kind_word(
    kind: Kind,
    missing: Iterable[Side] = (),
    wording: Wording = Wording.MONEY,
    own: Mapping[Side, str] = _NO_WORDS,
) -> str:
    """The word of a kind; a missing record names the sides it is missing on, in a comparison's own words."""
    sides = [side for side in Side if side in set(missing)]
    if kind is not Kind.MISSING or not sides:
        return _OTHER_WORDS[wording].get(kind, (KIND[kind], ""))[0]
    if any(side in own for side in sides):
        first, *others = (own.get(side) or absent(side) for side in sides)
        return ", ".join([first, *(f"{word[:1].lower()}{word[1:]}" for word in others)])
    return f"Not {' and '.join(_AT_SIDE[side] for side in sides)}"


#: What the causes of refunds are called.
REFUND_WORD = {
    "refunded_not_booked": "Refunded but not booked",
    "credit_note_draft": "Refunded but not booked",
    "booked_not_paid": "Booked but not paid",
    "refunded_not_paid": "Refunded but not paid",
    "refund_failed": "Refund failed",
    "amount_differs": "Amount differs",
    "exchange_counted_twice": "Amount differs",
    "exchange_not_invoiced": "Amount differs",
    "parts_differ": "Amount differs",
    "rate_difference": "Another day's rate",
    "tax_differs": "Tax differs",
    "untaxed_line": "Tax differs",
    "rounding_method": "Tax rounded another way",
    "paid_twice": "Paid twice",
    "booked_twice": "Booked twice",
    "charged_back_too": "Paid twice",
    "goods_not_returned": "Goods not returned",
    "goods_not_received": "Goods not returned",
    "returned_not_refunded": "Not refunded",
    "cancelled_not_refunded": "Not refunded",
    "refunded_outside_shop": "Refunded outside the shop",
    "chargeback": "Chargeback",
    "chargeback_won": "Chargeback won",
}


def case_word(
    kind: Kind,
    cause: str | None,
    missing: Iterable[Side] = (),
    wording: Wording = Wording.MONEY,
    own: Mapping[Side, str] = _NO_WORDS,
) -> str:
    """The word of a case: of its kind, or of its cause where causes have words."""
    if wording is Wording.REFUNDS and cause in REFUND_WORD:
        return REFUND_WORD[cause]
    return kind_word(kind, missing, wording, own)


def kind_icon(kind: Kind, *, left_missing: bool = False, right_missing: bool = False) -> str:
    """Name of the icon of a kind; a one-sided row shows on which side it stands."""
    if kind is Kind.MISSING and left_missing != right_missing:
        return "kind-right-only" if left_missing else "kind-left-only"
    return f"kind-{kind.value}"


def state_icon(state: State) -> str:
    """Name of the icon of a state."""
    return f"state-{state.value.replace(' ', '-')}"
