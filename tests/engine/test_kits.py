"""Kits are limited by their scarcest component (STK-03, STK-04)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.kits import Component, buildable, take_apart


def line(kit: str, code: str, need: int | Fraction = 1) -> Component:
    return Component(kit, code, Fraction(need))


def test_stk_03_subtract_first_then_take_the_smallest() -> None:
    kits = take_apart([line("kit", "A", 2), line("kit", "B", 2)])
    free = {"A": Fraction(8 - 14), "B": Fraction(4258 - 168)}
    assert buildable(kits.needs["kit"], free) == -3


def test_stk_04_nested_kits_use_their_shared_parts_twice() -> None:
    kits = take_apart([line("P1", "P2"), line("P1", "P3"), line("P2", "P3")])
    assert kits.needs["P1"] == {"P3": 2}
    assert buildable(kits.needs["P1"], {"P3": Fraction(10)}) == 5
    assert kits.shared == {"P3": ("P1", "P2")}


def test_the_needs_of_nested_kits_multiply() -> None:
    kits = take_apart([line("box", "set", 2), line("set", "cup", 3), line("set", "tea", Fraction(1, 2))])
    assert kits.needs["box"] == {"cup": 6, "tea": 1}


def test_what_one_kit_alone_takes_is_not_shared() -> None:
    assert take_apart([line("kit", "A"), line("kit", "B")]).shared == {}


def test_a_component_without_stock_is_none_and_one_without_figure_is_unknown() -> None:
    needs = take_apart([line("kit", "A"), line("kit", "B")]).needs["kit"]
    assert buildable(needs, {"A": Fraction(5)}) == 0
    assert buildable(needs, {"A": Fraction(5), "B": None}) is None
    assert buildable({}, {}) is None


def test_kits_that_contain_themselves_are_named() -> None:
    kits = take_apart([line("A", "B"), line("B", "A"), line("C", "A"), line("D", "x")])
    assert kits.circular == {"A", "B", "C"}
    assert set(kits.needs) == {"D"}


def test_a_component_that_is_named_twice_is_needed_twice() -> None:
    assert take_apart([line("kit", "A"), line("kit", "A", 2)]).needs["kit"] == {"A": 3}


def test_a_line_that_takes_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="takes 0 of A"):
        take_apart([line("kit", "A", 0)])


def test_a_deep_chain_of_kits_is_no_recursion() -> None:
    lines = [line(f"k{number}", f"k{number + 1}") for number in range(5_000)]
    assert take_apart(lines).needs["k0"] == {"k5000": 1}


@given(
    st.dictionaries(
        st.sampled_from("abcd"),
        st.tuples(st.integers(-1000, 1000), st.integers(1, 50)),
        min_size=1,
    )
)
def test_one_more_kit_than_buildable_lacks_a_component(parts: dict[str, tuple[int, int]]) -> None:
    needs = {code: Fraction(need) for code, (_, need) in parts.items()}
    figures: dict[str, Fraction | None] = {code: Fraction(figure) for code, (figure, _) in parts.items()}
    count = buildable(needs, figures)
    assert count is not None
    assert all(count * need <= figure for figure, need in parts.values())
    assert any((count + 1) * need > figure for figure, need in parts.values())
