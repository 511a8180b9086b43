"""Tax by both rounding methods, and discounts spread over lines."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.tax import (
    GLOBAL,
    PER_LINE,
    Base,
    globally,
    half_up,
    per_line,
    rates_in,
    recompute,
    spread,
    spread_columns,
)
from recon_app.models.record import NO_INT

_RATES = st.sampled_from([Fraction(n, 1000) for n in (0, 25, 55, 70, 81, 190, 200, 210)])
_BASES = st.lists(
    st.builds(
        Base,
        st.integers(-(10**7), 10**7).map(Fraction),
        st.lists(_RATES, max_size=3, unique=True).map(tuple),
    ),
    max_size=12,
)


def _lines(count: int, minor: int, *rates: str) -> list[Base]:
    return [Base(Fraction(minor), tuple(Fraction(rate) for rate in rates))] * count


def test_tax_01_per_line_and_global_rounding_without_tax_in_prices() -> None:
    found = recompute(_lines(7, 849, "0.21"), included=False)
    assert (found.per_line, found.globally) == (1246, 1248)
    assert found.methods(1246, 1248) == (PER_LINE, GLOBAL)
    assert found.methods(1248, 1246) == (GLOBAL, PER_LINE)


def test_tax_02_per_line_and_global_rounding_with_tax_in_prices() -> None:
    found = recompute(_lines(3, 1999, "0.20"), included=True)
    assert (found.per_line, found.globally) == (999, 1000)
    assert found.methods(999, 1000) == (PER_LINE, GLOBAL)


@pytest.mark.parametrize(
    ("left", "right"), [(1246, 1247), (1245, 1248), (1246, 1246), (1248, 1248), (1247, 1249)]
)
def test_rounding_is_no_name_for_other_figures(left: int, right: int) -> None:
    assert recompute(_lines(7, 849, "0.21"), included=False).methods(left, right) is None


def test_no_method_explains_anything_where_both_give_the_same() -> None:
    assert recompute(_lines(2, 1000, "0.19"), included=False).methods(380, 380) is None


def test_each_rate_is_rounded_by_itself() -> None:
    bases = _lines(2, 849, "0.21") + _lines(2, 333, "0.07")
    # 8.49 x 21 % = 1.7829, 3.33 x 7 % = 0.2331
    assert per_line(bases, included=False) == 178 * 2 + 23 * 2
    assert globally(bases, included=False) == 357 + 47


def test_two_taxes_on_one_line_are_two_figures() -> None:
    # 10.10 at 6 % is 0.606, at 0.5 % 0.0505
    assert per_line(_lines(1, 1010, "0.06", "0.005"), included=False) == 61 + 5
    # 19.99 holds 6 and 0.5 of 106.5 parts: 1.1262 and 0.0938
    assert per_line(_lines(1, 1999, "0.06", "0.005"), included=True) == 113 + 9


def test_a_half_is_rounded_away_from_zero() -> None:
    assert [half_up(Fraction(n, 2)) for n in (-3, -1, 0, 1, 3)] == [-2, -1, 0, 1, 2]


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("GB VAT 20%", ["1/5"]),
        ("15%", ["3/20"]),
        ("New Jersey State Tax 6.625%", ["53/800"]),
        ("USt. 8,1 %", ["81/1000"]),
        ("19% , 7%", ["19/100", "7/100"]),
        ("Shipping fee tax 0%", []),
        ("VAT", []),
        ("", []),
    ],
)
def test_rates_stand_in_the_names_of_taxes(name: str, rates: list[str]) -> None:
    assert rates_in(name) == tuple(map(Fraction, rates))


@given(_BASES, st.booleans())
def test_the_methods_differ_by_half_a_unit_a_rounding_at_most(bases: list[Base], included: bool) -> None:
    exact = sum(
        (
            base.amount * rate / (1 + sum(base.rates) if included else 1)
            for base in bases
            for rate in base.rates
        ),
        Fraction(0),
    )
    roundings = sum(len(base.rates) for base in bases)
    rates = len({rate for base in bases for rate in base.rates})
    assert abs(per_line(bases, included=included) - exact) <= Fraction(roundings, 2)
    assert abs(globally(bases, included=included) - exact) <= Fraction(rates, 2)


@given(_BASES, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(bases: list[Base], included: bool, dice: object) -> None:
    shuffled = list(bases)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert recompute(bases, included=included) == recompute(shuffled, included=included)


def test_tax_04_an_order_discount_is_spread_by_largest_remainder() -> None:
    assert spread(1000, [5000, 5000, 5000]) == [334, 333, 333]
    assert spread(1000, [100, 200, 301]) == [166, 333, 501]
    assert spread(0, [0, 0]) == [0, 0]
    assert spread(0, []) == []


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (5, [0, 0]), (5, []), (5, [3, -1])])
def test_what_cannot_be_spread_is_refused(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="cannot be spread"):
        spread(total, weights)


@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_the_parts_are_the_total_and_nearly_exact(total: int, weights: list[int]) -> None:
    weights[0] += 1
    parts = spread(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    assert all(
        abs(Fraction(part) - Fraction(total * weight, whole)) < 1
        for part, weight in zip(parts, weights, strict=True)
    )


@given(
    st.lists(
        st.tuples(
            st.integers(-2, 10**12) | st.just(10**17),
            st.lists(st.integers(-1, 10**9), min_size=0, max_size=6),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_columns_are_spread_as_single_groups_are(groups: list[tuple[int, list[int]]]) -> None:
    code = np.array([n for n, (_, weights) in enumerate(groups) for _ in weights], np.int64)
    weights = np.array([weight for _, weights in groups for weight in weights], np.int64)
    mixed = np.argsort(np.arange(len(code)) % 3, kind="stable")
    found = np.empty(len(code), np.int64)
    found[mixed] = spread_columns(
        code[mixed], weights[mixed], np.array([total for total, _ in groups], np.int64)
    )
    for number, (total, own) in enumerate(groups):
        mine = found[code == number].tolist()
        try:
            expected = spread(total, own)
        except ValueError:
            expected = [NO_INT] * len(own)
        assert sorted(mine) == sorted(expected)
        assert sum(mine) == total or NO_INT in mine or not own
