"""Learn rules from decisions, without magic: one thing said often enough, and next to nothing against it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from recon_app.models.case import CALM, Kind
from recon_app.models.learned import BackTest, Decided, Learned, Sort

#: Decisions alike from which a rule is proposed.
FEWEST = 5
#: Of so many decisions alike one may say something else.
ONE_AGAINST = 20
#: What is never decided without a person: ties, and sums that nothing explains (rule SET-02).
_NEVER_KINDS = frozenset({str(Kind.AMBIGUOUS), *map(str, CALM)})
_NEVER_CAUSES = frozenset({"unexplained_residual"})


def teachable(sort: Sort) -> bool:
    """Whether a rule may speak about such cases at all."""
    return sort.kind not in _NEVER_KINDS and sort.cause not in _NEVER_CAUSES


def learn(decisions: Iterable[Decided]) -> list[Learned]:
    """The rules that the decisions show, by sort.

    Args:
        decisions: What was done last about each case.

    Returns:
        At most one rule a sort: accepted for one reason at least :data:`FEWEST` times, and for each
        :data:`ONE_AGAINST` times at most once otherwise.
    """
    by_sort: dict[Sort, list[Decided]] = defaultdict(list)
    for each in sorted(decisions, key=lambda each: (each.at, each.case_id)):
        if teachable(each.sort):
            by_sort[each.sort].append(each)
    found = [_learned(sort, made) for sort, made in by_sort.items()]
    return sorted(
        (rule for rule in found if rule is not None),
        key=lambda rule: (rule.sort.reconciliation, -rule.test.agreeing, rule.sort.cause, rule.sort.where),
    )


def _learned(sort: Sort, made: Sequence[Decided]) -> Learned | None:
    verdict = _said(Counter(each.verdict for each in made))
    if not verdict:
        return None
    same = [each for each in made if each.verdict == verdict]
    return Learned(
        sort=sort,
        largest=max(each.size for each in same),
        reason=same[-1].reason,
        people=tuple(sorted({each.who for each in same})),
        days=len({each.at[:10] for each in same}),
        test=back_test(made, verdict),
    )


def back_test(made: Sequence[Decided], verdict: str) -> BackTest:
    """Go through the decisions on one sort in order; before each, the rule knows only the earlier ones."""
    said: Counter[str] = Counter()
    largest = spoken = right = false_size = 0
    for each in made:
        if _said(said) == verdict and each.size <= largest:
            spoken += 1
            right += each.verdict == verdict
            false_size += 0 if each.verdict == verdict else each.size
        said[each.verdict] += 1
        if each.verdict == verdict:
            largest = max(largest, each.size)
    return BackTest(len(made), said[verdict], spoken, right, false_size)


def _said(verdicts: Counter[str]) -> str:
    """The reason that counts as a rule, "" for none."""
    for verdict, count in verdicts.items():
        against = verdicts.total() - count
        if verdict and count >= FEWEST and against * ONE_AGAINST <= count:
            return verdict
    return ""
