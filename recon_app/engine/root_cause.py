"""Which recorded facts explain a difference exactly, from certain to weak.

A fact is something that records show and that moves one side only, such as a return that one system has
taken in. A choice of facts explains a difference when its quantities add up to it exactly. Facts that are
certain are in every good explanation; what leaves one out is weaker. A tie is never decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

#: How sure a fact is: records of both sides show it, records of one side do, or it is only possible.
CERTAIN, LIKELY, POSSIBLE = range(3)
#: So many facts are tried together, the surest first, and so many of them at most make up one explanation.
_MOST_FACTS, _MOST_TOGETHER = 12, 4


@dataclass(frozen=True)
class Fact:
    """Something that moved one side only.

    Attributes:
        code: Stable code of the cause.
        about: What it is about: an order, a transfer; equal facts are told apart by it.
        quantity: What it adds to the difference, never 0.
        sure: CERTAIN, LIKELY or POSSIBLE.
    """

    code: str
    about: str
    quantity: int
    sure: int


@dataclass(frozen=True)
class Choice:
    """Facts that explain a difference together.

    Attributes:
        facts: The facts, the largest first.
        rest: What of the difference they leave open; 0 for an exact explanation.
        rank: The smaller, the surer; choices of one rank explain equally well.
    """

    facts: tuple[Fact, ...]
    rest: int
    rank: tuple[int, int, int]

    @property
    def perhaps(self) -> bool:
        """Whether a part of it is only possible."""
        return any(fact.sure == POSSIBLE for fact in self.facts)

    @property
    def codes(self) -> tuple[str, ...]:
        """The causes."""
        return tuple(dict.fromkeys(fact.code for fact in self.facts))


@dataclass(frozen=True)
class Ranking:
    """The explanations of one difference, the surest first; none when no fact touches it.

    Attributes:
        choices: The explanations.
        tied: How many of the first ones explain equally well: 1 where there is a winner, 0 for none.
    """

    choices: tuple[Choice, ...]
    tied: int

    @property
    def decided(self) -> Choice | None:
        """The one explanation that is better than all others."""
        return self.choices[0] if self.tied == 1 else None


def explain(difference: int, facts: Sequence[Fact]) -> Ranking:
    """Rank what explains a difference.

    Args:
        difference: One side less the other.
        facts: What the records show; their quantities have the sign of their effect on the difference.
    """
    some = sorted(facts, key=lambda fact: (fact.sure, -abs(fact.quantity), fact.code, fact.about))
    some = [fact for fact in some if fact.quantity][:_MOST_FACTS]
    sure = {fact for fact in some if fact.sure == CERTAIN}
    exact = sorted(_exact(difference, some, sure), key=lambda choice: choice.rank)
    if exact:
        return Ranking(tuple(exact), _equal(exact))
    partial = _partial(difference, some, sure)
    return Ranking((partial,), 1) if partial else Ranking((), 0)


def _exact(difference: int, facts: Sequence[Fact], sure: set[Fact]) -> Iterator[Choice]:
    """Choices that come to the difference exactly; smaller ones hide those that contain them."""
    found: list[frozenset[int]] = []
    places = range(len(facts))
    groups = [place for place in places if facts[place] in sure]
    sizes = {*range(1, _MOST_TOGETHER + 1), len(groups)} - {0}
    for size in sorted(sizes):
        several = combinations(places, size) if size <= _MOST_TOGETHER else iter([tuple(groups)])
        for chosen in several:
            mine = [facts[place] for place in chosen]
            if sum(fact.quantity for fact in mine) != difference:
                continue
            left_out = len(sure - set(mine))
            if left_out and any(known <= frozenset(chosen) for known in found):
                continue
            found.append(frozenset(chosen))
            yield _choice(mine, 0, left_out)


def _choice(facts: Sequence[Fact], rest: int, left_out: int) -> Choice:
    weakest = max(fact.sure for fact in facts)
    return Choice(
        tuple(sorted(facts, key=lambda fact: -abs(fact.quantity))), rest, (left_out, weakest, len(facts))
    )


def _equal(choices: Sequence[Choice]) -> int:
    return sum(choice.rank == choices[0].rank for choice in choices)


def _partial(difference: int, facts: Sequence[Fact], sure: set[Fact]) -> Choice | None:
    """What is certain although it leaves something open."""
    mine = [fact for fact in facts if fact in sure]
    if not mine:
        return None
    return _choice(mine, difference - sum(fact.quantity for fact in mine), 0)
