"""Explanations add up exactly, are ranked from certain to weak, and a tie is never decided."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.root_cause import CERTAIN, LIKELY, POSSIBLE, Fact, explain

_FACTS = st.lists(
    st.builds(
        Fact,
        code=st.sampled_from(["returned", "delivered", "receipt", "transfer"]),
        about=st.sampled_from(["#1", "#2", "#3", "WH/IN/1"]),
        quantity=st.integers(-6, 6).filter(bool),
        sure=st.sampled_from([CERTAIN, LIKELY, POSSIBLE]),
    ),
    max_size=7,
    unique=True,
)


@given(difference=st.integers(-12, 12).filter(bool), facts=_FACTS)
def test_every_explanation_adds_up_with_its_rest(difference: int, facts: list[Fact]) -> None:
    found = explain(difference, facts)
    for choice in found.choices:
        assert sum(fact.quantity for fact in choice.facts) + choice.rest == difference
        assert len(set(choice.facts)) == len(choice.facts)
        assert set(choice.facts) <= set(facts)
    assert [choice.rank for choice in found.choices] == sorted(choice.rank for choice in found.choices)


@given(difference=st.integers(-12, 12).filter(bool), facts=_FACTS)
def test_a_tie_is_never_decided(difference: int, facts: list[Fact]) -> None:
    found = explain(difference, facts)
    best = [choice for choice in found.choices if choice.rank == found.choices[0].rank]
    assert found.tied == len(best)
    assert (found.decided is None) == (len(best) != 1)


def test_the_surest_comes_first() -> None:
    sure, weak = Fact("returned", "#1", 3, CERTAIN), Fact("receipt", "WH/IN/1", 3, POSSIBLE)
    found = explain(3, [weak, sure])
    assert found.decided is not None
    assert found.decided.facts == (sure,)
    assert explain(3, [weak]).choices[0].perhaps


def test_several_certain_facts_explain_together() -> None:
    facts = [Fact("returned", "#1", 5, CERTAIN), Fact("delivered", "#2", -1, CERTAIN)]
    found = explain(4, facts)
    assert found.decided is not None
    assert found.decided.codes == ("returned", "delivered")


def test_more_than_four_certain_facts_explain_together() -> None:
    facts = [Fact("returned", f"#{number}", number, CERTAIN) for number in range(1, 8)]
    found = explain(28, facts)
    assert found.decided is not None
    assert found.decided.rest == 0


def test_what_is_certain_is_told_although_something_stays_open() -> None:
    found = explain(7, [Fact("returned", "#1", 5, CERTAIN), Fact("receipt", "P1", 9, POSSIBLE)])
    assert found.decided is not None
    assert (found.decided.codes, found.decided.rest) == (("returned",), 2)


def test_nothing_explains_what_no_fact_touches() -> None:
    found = explain(7, [Fact("receipt", "P1", 9, POSSIBLE)])
    assert (found.choices, found.tied, found.decided) == ((), 0, None)


def test_an_explanation_is_as_sure_as_its_weakest_fact() -> None:
    likely = [Fact("returned", "#1", 4, LIKELY), Fact("returned", "#2", 1, LIKELY)]
    mixed = [Fact("receipt", "#3", 3, LIKELY), Fact("receipt", "#4", 2, POSSIBLE)]
    found = explain(5, [*mixed, *likely])
    assert found.decided is not None
    assert set(found.decided.facts) == set(likely)
    assert not found.decided.perhaps
    doubtful = explain(5, mixed).decided
    assert doubtful is not None
    assert doubtful.perhaps


def test_an_exact_explanation_may_leave_out_what_is_certain() -> None:
    exact = Fact("receipt", "WH/IN/1", 5, LIKELY)
    found = explain(5, [Fact("returned", "#1", 3, CERTAIN), exact])
    assert found.decided is not None
    assert (found.decided.facts, found.decided.rest) == ((exact,), 0)
