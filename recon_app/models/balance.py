"""How the stock of a product went up and down at a place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One done move into or out of the place.

    Attributes:
        at: Seconds in UTC; the beginning of the day where the export gives no time.
        timed: Whether the time of the day is known.
        change: Signed millionths, + is into the place.
        balance: Millionths that were there after it.
        what: The document and where the goods came from or went.
    """

    at: int
    timed: bool
    change: int
    balance: int
    what: str


@dataclass(frozen=True, slots=True)
class CountMark:
    """What a person counted.

    Attributes:
        at: Seconds in UTC.
        quantity: Millionths that were counted.
        who: Who counted.
    """

    at: int
    quantity: int
    who: str


@dataclass(frozen=True, slots=True)
class Balance:
    """The way to the stock of today, reckoned back from what Odoo has now.

    Attributes:
        unit: Unit of all quantities.
        places: The Odoo locations that are added up.
        now: Millionths in Odoo now.
        steps: The known moves, the oldest first.
        counts: What was counted there.
        remark: What is not in it, "" when everything is.
    """

    unit: str
    places: tuple[str, ...]
    now: int
    steps: tuple[Step, ...] = ()
    counts: tuple[CountMark, ...] = ()
    remark: str = ""

    @property
    def start(self) -> int:
        """Millionths before the first known move."""
        return self.now - sum(step.change for step in self.steps)
