"""What the program may learn from decisions of persons: rules that say again what they said."""

from __future__ import annotations

import math
from dataclasses import dataclass

# One-sided: in one sample of twenty the true share lies above the bound.
_DOUBT = 0.05


@dataclass(frozen=True, slots=True)
class Sort:
    """What makes cases alike for a rule. All of it must be equal; sizes are bounded by :class:`Rule`.

    Attributes:
        reconciliation: Its id.
        kind: Kind value.
        cause: Cause code, "" for none.
        missing: Bits of the sides an expected record is missing on.
        currency: Currency of the difference, "" for none.
        unit: Unit where goods are compared, else "".
        sign: -1, 0 or 1: the direction of the difference.
        where: Account or gateway of the first record; the place where goods are compared.
    """

    reconciliation: str
    kind: str
    cause: str
    missing: int
    currency: str
    unit: str
    sign: int
    where: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What was done about one case.

    Attributes:
        case_id: The case.
        at: ISO moment in UTC.
        who: The person, "" when nobody was named.
        sort: What sort of case it was then.
        size: Difference without its sign, in minor units or millionths.
        reason: Why the difference was accepted; "" when something else was done.
    """

    case_id: str
    at: str
    who: str
    sort: Sort
    size: int
    reason: str

    @property
    def verdict(self) -> str:
        """The reason without what does not matter: case and blanks."""
        return " ".join(self.reason.casefold().split())


@dataclass(frozen=True, slots=True)
class BackTest:
    """How a rule would have done on the decisions of the past, each judged by those before it alone.

    Attributes:
        decided: Decisions on cases of its sort.
        agreeing: Those that say what the rule says.
        spoken: Those on which it would have spoken.
        right: Those of them on which the person said the same.
        false_size: Sum of the differences it would have accepted and the person did not, in minor units or
            millionths.
    """

    decided: int
    agreeing: int
    spoken: int
    right: int
    false_size: int

    @property
    def false(self) -> int:
        """Cases that it would have accepted and the person did not."""
        return self.spoken - self.right

    @property
    def silent(self) -> int:
        """Decisions on which it would have abstained."""
        return self.decided - self.spoken

    def worst(self, cases: int) -> int:
        """How many of some further cases may be accepted wrongly, at worst.

        The upper bound (95 %, Clopper and Pearson) of the share of false matches, times the cases, rounded
        up. Without a single trial it is all of them.
        """
        return min(cases, math.ceil(cases * _upper_bound(self.false, self.spoken)))


def _upper_bound(failures: int, trials: int) -> float:
    """The largest share of failures with which so few of them are not yet improbable."""
    if failures >= trials:
        return 1.0
    low, high = failures / trials, 1.0
    for _ in range(60):
        share = (low + high) / 2
        low, high = (share, high) if _at_most(failures, trials, share) > _DOUBT else (low, share)
    return high


def _at_most(failures: int, trials: int, share: float) -> float:
    """Probability of at most so many failures, each trial failing with this probability."""
    if share >= 1.0:
        return 0.0
    logs = (
        math.lgamma(trials + 1)
        - math.lgamma(each + 1)
        - math.lgamma(trials - each + 1)
        + (each * math.log(share) if each else 0.0)
        + (trials - each) * math.log1p(-share)
        for each in range(failures + 1)
    )
    return math.fsum(map(math.exp, logs))


@dataclass(frozen=True, slots=True)
class Learned:
    """A rule: cases of one sort, up to a size, are accepted for a reason.

    Attributes:
        sort: Which cases.
        largest: Largest difference that was ever accepted so, without its sign; it never takes larger ones.
        reason: The reason, as it was written last.
        people: Who decided so, by name.
        days: On how many days.
        test: How it would have done.
    """

    sort: Sort
    largest: int
    reason: str
    people: tuple[str, ...]
    days: int
    test: BackTest

    def takes(self, sort: Sort, size: int) -> bool:
        """Whether it speaks about a case."""
        return sort == self.sort and size <= self.largest
