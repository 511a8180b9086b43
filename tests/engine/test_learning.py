"""Rules come from decisions that were made again and again, and are judged by the past only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.learning import FEWEST, ONE_AGAINST, back_test, learn, teachable
from recon_app.models.learned import Decided, Sort

SORT = Sort("settlements", "amount", "fee_not_booked", 0, "EUR", "", -1, "stripe")
REASON = "Fee is booked quarterly"


def made(*reasons: str, sizes: tuple[int, ...] = (), sort: Sort = SORT) -> list[Decided]:
    """Decisions one after the other; "" for something else than accepting."""
    return [
        Decided(
            case_id=f"settlements-{number:016x}",
            at=f"2026-10-{1 + number // 24:02}T{number % 24:02}:00:00Z",
            who="Ann" if number % 2 else "Ben",
            sort=sort,
            size=sizes[number] if sizes else 100,
            reason=reason,
        )
        for number, reason in enumerate(reasons)
    ]


def test_a_rule_needs_the_same_decision_five_times() -> None:
    assert learn(made(*[REASON] * (FEWEST - 1))) == []
    (rule,) = learn(made(*[REASON] * FEWEST))
    assert (rule.sort, rule.largest, rule.reason) == (SORT, 100, REASON)
    assert (rule.people, rule.days) == (("Ann", "Ben"), 1)
    assert rule.test.spoken == 0
    assert rule.test.worst(7) == 7  # nothing was tried yet


def test_reasons_differ_by_more_than_case_and_blanks() -> None:
    (rule,) = learn(made(REASON, REASON.upper(), f" {REASON} ", REASON.replace(" ", "  "), REASON))
    assert rule.test.agreeing == FEWEST
    assert learn(made(REASON, REASON, "cash", "cash", REASON, "cash", REASON)) == []


@pytest.mark.parametrize(("agreeing", "learned"), [(19, False), (20, True), (39, True)])
def test_one_in_twenty_may_say_something_else(agreeing: int, *, learned: bool) -> None:
    assert bool(learn(made("cash", *[REASON] * agreeing))) is learned
    assert bool(learn(made("cash", "cash", *[REASON] * agreeing))) is False


def test_the_reason_is_worded_as_it_was_last_and_days_are_counted_once() -> None:
    (rule,) = learn(made(*[REASON] * 24, REASON.upper()))
    assert (rule.reason, rule.days) == (REASON.upper(), 2)


def test_the_rule_that_is_said_most_often_comes_first() -> None:
    often = made(*[REASON] * 9, sort=replace(SORT, where="adyen"))
    rules = learn([*made(*[REASON] * 6), *often, *made(*[REASON] * 7, sort=replace(SORT, where="zettle"))])
    assert [rule.sort.where for rule in rules] == ["adyen", "zettle", "stripe"]


def test_the_back_test_knows_only_what_came_before() -> None:
    (rule,) = learn(made(*[REASON] * 12))
    test = rule.test
    assert (test.decided, test.agreeing, test.spoken, test.right, test.silent) == (12, 12, 7, 7, 5)


def test_a_larger_difference_than_ever_before_is_left_to_the_person() -> None:
    sizes = (100, 100, 100, 100, 100, 900, 900, 50)
    (rule,) = learn(made(*[REASON] * 8, sizes=sizes))
    assert rule.test.spoken == 2  # the second 900 and the 50
    assert rule.largest == 900


def test_what_it_would_have_accepted_wrongly_is_its_price() -> None:
    reasons = [REASON] * ONE_AGAINST + ["", REASON]
    (rule,) = learn(made(*reasons))
    assert (rule.test.false, rule.test.false_size) == (1, 100)
    assert learn(made(*[REASON] * ONE_AGAINST, "", "")) == []


@pytest.mark.parametrize("kind", ["ambiguous", "matched", "timing"])
def test_ties_and_calm_cases_teach_nothing(kind: str) -> None:
    sort = replace(SORT, kind=kind)
    assert not teachable(sort)
    assert learn(made(*[REASON] * 9, sort=sort)) == []


def test_a_residual_that_nothing_explains_teaches_nothing() -> None:
    assert learn(made(*[REASON] * 9, sort=replace(SORT, cause="unexplained_residual"))) == []


def test_sorts_are_learned_apart() -> None:
    other = replace(SORT, where="paypal")
    assert {rule.sort for rule in learn(made(*[REASON] * 5) + made(*["cash"] * 5, sort=other))} == {
        SORT,
        other,
    }


@given(st.lists(st.tuples(st.sampled_from(["a", "b", ""]), st.integers(0, 500)), max_size=80), st.randoms())
def test_any_history(history: list[tuple[str, int]], random: object) -> None:
    decisions = made(*(reason for reason, _ in history), sizes=tuple(size for _, size in history))
    shuffled = list(decisions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = learn(shuffled)
    assert found == learn(decisions)
    assert len(found) <= 1
    for rule in found:
        test = rule.test
        against = test.decided - test.agreeing
        assert test.agreeing >= FEWEST
        assert against * ONE_AGAINST <= test.agreeing
        assert 0 <= test.right <= test.spoken <= test.decided
        assert test == back_test(decisions, rule.reason)
        assert rule.largest == max(each.size for each in decisions if each.verdict == rule.reason)
