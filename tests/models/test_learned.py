"""How sure a rule is, from how often it was right."""

from __future__ import annotations

import math

import pytest

from recon_app.models.learned import BackTest, Learned, Sort

SORT = Sort("settlements", "missing", "not_booked", 4, "EUR", "", -1, "shopify")


def tried(spoken: int, false: int) -> BackTest:
    return BackTest(spoken + 5, spoken + 5 - false, spoken, spoken - false, 0)


@pytest.mark.parametrize(
    ("spoken", "false", "share"),
    [
        # upper bounds (95 %, one-sided) of Clopper and Pearson, by their definition
        (10, 0, 1 - 0.05 ** (1 / 10)),
        (59, 0, 1 - 0.05 ** (1 / 59)),
        (1, 0, 0.95),
        (20, 1, 0.2161),
        (100, 3, 0.0757),
    ],
)
def test_the_worst_share_of_false_matches(spoken: int, false: int, share: float) -> None:
    assert tried(spoken, false).worst(10_000) == pytest.approx(share * 10_000, abs=2)


def test_without_a_trial_every_match_may_be_false() -> None:
    assert tried(0, 0).worst(40) == 40
    assert tried(2, 2).worst(40) == 40


def test_the_bound_holds_by_its_own_definition() -> None:
    """So few failures are just not improbable yet at the bound."""
    bound = tried(50, 2).worst(10**9) / 10**9
    likely = sum(math.comb(50, n) * bound**n * (1 - bound) ** (50 - n) for n in range(3))
    assert likely == pytest.approx(0.05, abs=1e-6)


def test_of_more_cases_never_fewer_are_wrong() -> None:
    test = tried(30, 1)
    worst = [test.worst(cases) for cases in range(200)]
    assert worst == sorted(worst)
    assert all(one <= cases for cases, one in enumerate(worst))


def test_a_rule_takes_its_sort_up_to_its_size_only() -> None:
    rule = Learned(SORT, 300, "paid in cash", ("Ann",), 2, tried(5, 0))
    assert rule.takes(SORT, 300)
    assert not rule.takes(SORT, 301)
    other = Sort("settlements", "missing", "not_booked", 4, "USD", "", -1, "shopify")
    assert not rule.takes(other, 1)
