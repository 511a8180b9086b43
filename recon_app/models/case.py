"""A case: the linked records that a person reviews together."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from recon_app.models.money import Money
from recon_app.models.quantity import Quantity
from recon_app.models.record import Record, Side


class Kind(StrEnum):
    """What differs. Stored values are never renamed."""

    MATCHED = "matched"
    TOLERANCE = "tolerance"
    TIMING = "timing"
    MISSING = "missing"
    AMOUNT = "amount"
    FIELD = "field"
    DUPLICATE = "duplicate"
    AMBIGUOUS = "ambiguous"


#: Kinds that need nobody's work.
CALM = (Kind.MATCHED, Kind.TOLERANCE, Kind.TIMING)


class State(StrEnum):
    """How far the work on a case is: the second axis, never mixed with :class:`Kind`."""

    OPEN = "open"
    PROPOSED = "proposed"
    AWAITING_APPROVAL = "awaiting approval"
    APPROVED = "approved"
    POSTED = "posted"
    VERIFIED = "verified"
    ACCEPTED = "accepted"
    SNOOZED = "snoozed"
    REOPENED = "reopened"


class Strength(StrEnum):
    """How sure a link is, shown as bars."""

    EXACT = "exact"
    STRONG = "strong"
    WEAK = "weak"
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a link or for a cause.

    Attributes:
        rule: Stable code of the rule that spoke.
        text: One plain sentence with the compared values.
    """

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class BridgeLine:
    """One line of the way from the left figure of goods to the right one.

    Attributes:
        code: Stable code of the item, "figure" for a figure of one side, "other" for what is not explained.
        title: What it is called.
        millionths: The figure, or what the item adds to it.
        records: The records it comes from, in words.
    """

    code: str
    title: str
    millionths: int
    records: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a process that a case goes through, such as a refund.

    Attributes:
        step: Stable code: ordered, refunded, paid, credit_note, goods.
        state: done, late, waiting, not_needed, missing or failed.
        day: When it was done, days since 1970-01-01; None when it was not or nobody knows.
        record: Record that shows it, None for none.
        text: What is known of it, in a few words.
    """

    step: str
    state: str
    day: int | None = None
    record: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """Linked records with what differs between them.

    Attributes:
        id: Stable over re-runs and re-imports (made from source keys).
        reconciliation: Id of the reconciliation that found it.
        kind: What differs.
        state: How far the work is.
        cause: Stable code of the named cause, or None when the data shows none.
        text: One plain sentence.
        missing: The sides on which an expected record is absent.
        delta: Right minus left (Odoo minus platform, bank minus payout): money, or a quantity where goods
            are compared; None without figures.
        value: What a difference of goods is worth at cost, None where no cost is known.
        legs: The records per side.
        evidence: Why they belong together and what was compared.
        candidates: The rivals of an ambiguous case, or sum-exact candidate causes, as sentences.
        bridge: Where goods are compared, the lines from one figure to the other; they add up.
        steps: How far its process is, in order; empty where there is none.
        next: What to do, as short sentences; the first is the next step.
    """

    id: str
    reconciliation: str
    kind: Kind
    state: State
    cause: str | None
    text: str
    missing: tuple[Side, ...] = ()
    delta: Money | Quantity | None = None
    value: Money | None = None
    legs: dict[Side, tuple[Record, ...]] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    candidates: tuple[str, ...] = ()
    bridge: tuple[BridgeLine, ...] = ()
    steps: tuple[Step, ...] = ()
    next: tuple[str, ...] = ()
