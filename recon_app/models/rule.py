"""Matching rules: a reconciliation declares them, the engine applies them in order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from recon_app.models.case import Strength
from recon_app.models.record import Side


class Transform(StrEnum):
    """How two texts are made comparable. An empty result never links.

    Attributes:
        EXACT: Byte for byte.
        ORDER_REF: One leading ``#``, case and blanks do not count; leading zeros do.
        CORE: The longest digit run with its leading zeros, so that a store's prefix and suffix do not
            count (``#AP-516072``, ``SHOP/1001-A``); none when it is shorter than 3 or not the only longest.
        SIMILAR: As order_ref, but not equal: one typing error or two swapped characters apart.
        CUT: As order_ref, but one is the other without its last 1 to 3 characters.
        ABSENT: One of the two is empty, so that it contradicts nothing.
    """

    EXACT = "exact"
    ORDER_REF = "order_ref"
    CORE = "core"
    SIMILAR = "similar"
    CUT = "cut"
    ABSENT = "absent"


#: References that are not equal: only together with an equal amount and a date window.
GUESSES = frozenset({Transform.SIMILAR, Transform.CUT})


class Amounts(StrEnum):
    """What a rule demands of the two amounts."""

    EQUAL = "equal"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Key:
    """Two text fields that must agree.

    Attributes:
        left_field: Field of the left entries (see :data:`recon_app.models.record.FIELDS`).
        right_field: Field of the right entries.
        transform: What is compared of them.
    """

    left_field: str
    right_field: str
    transform: Transform = Transform.EXACT


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which two sides may be linked.

    A *strong* rule (strength exact or strong) trusts its reference: it accounts for every record that
    carries it. A *weak* rule links two records only when neither has another partner; all others are a tie.

    Attributes:
        name: Stable code, kept with each link.
        left: Side of the left entries.
        right: Side of the right entries.
        on: Text fields that must all agree; may be empty for a weak rule (amount and date alone).
        window_days: Most days between the two; None = no limit.
        strength: How sure a link by this rule is.
        amount: Whether the amounts must be equal. A strong rule with ``any`` reports what differs.
        late_days: Linked further apart than this is *timing*; None = the days do not matter.
        same_currency: False lets a weak rule link different currencies, which is a *field* difference.
            A strong rule with ``any`` always reports them.
    """

    name: str
    left: Side
    right: Side
    on: tuple[Key, ...]
    window_days: int | None
    strength: Strength
    amount: Amounts = Amounts.EQUAL
    late_days: int | None = None
    same_currency: bool = True

    def __post_init__(self) -> None:
        transforms = {key.transform for key in self.on}
        if self.strong and not (self.on and transforms <= {Transform.EXACT, Transform.ORDER_REF}):
            raise ValueError(f"rule {self.name}: a strong rule needs exact or order_ref keys only")
        if (self.guesses or transforms <= {Transform.ABSENT}) and (
            self.amount is not Amounts.EQUAL or self.window_days is None
        ):
            raise ValueError(f"rule {self.name}: needs equal amounts and a date window")
        if self.guesses and len(self.on) > 1:
            raise ValueError(f"rule {self.name}: a similar or cut key stands alone")

    @property
    def strong(self) -> bool:
        """Whether the reference alone proves that two records belong together."""
        return self.strength in (Strength.EXACT, Strength.STRONG)

    @property
    def equal_keys(self) -> tuple[Key, ...]:
        """Key fields that have to be there and to agree."""
        return tuple(key for key in self.on if key.transform not in {*GUESSES, Transform.ABSENT})

    @property
    def guesses(self) -> bool:
        """Whether references that are not equal may be linked."""
        return bool({key.transform for key in self.on} & GUESSES)

    @property
    def reads(self) -> bool:
        """Whether every key field has to be there and to agree."""
        return bool(self.on) and self.equal_keys == self.on
