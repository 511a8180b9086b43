"""Payouts find the lines that carry them; what fits twice stays open."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.deposits import Links, link, tokens
from recon_app.models.record import NO_INT

BEFORE, AFTER = 1, 6


def payouts(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Id, amount, due; also currency and reference."""
    whole = [(*row, *("EUR", "")[len(row) - 3 :]) for row in rows]
    return pd.DataFrame(
        {
            "id": np.array([row[0] for row in whole], object),
            "amount": np.array([row[1] for row in whole], np.int64),
            "due": np.array([row[2] for row in whole], np.int64),
            "currency": np.array([row[3] for row in whole], object),
            "reference": np.array([row[4] for row in whole], object),
        }
    )


def lines(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Text, amount, day; also currency and whether it belongs."""
    whole = [(*row, *("EUR", True)[len(row) - 3 :]) for row in rows]
    blank = np.array([""] * len(whole), object)
    return pd.DataFrame(
        {
            "text": np.array([row[0] for row in whole], object),
            "ref": blank,
            "ref2": blank,
            "amount": np.array([row[1] for row in whole], np.int64),
            "day": np.array([row[2] for row in whole], np.int64),
            "currency": np.array([row[3] for row in whole], object),
            "belongs": np.array([row[4] for row in whole], np.bool_),
        }
    )


def linked(some: pd.DataFrame, others: pd.DataFrame) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Lines per payout that were linked, and those left undecided."""
    found = link(some, others, BEFORE, AFTER)
    return dict(found.lines), {payout: sorted(rivals) for payout, rivals in found.rivals.items() if rivals}


def test_nothing_gives_nothing() -> None:
    assert linked(payouts(), lines()) == ({}, {})
    assert linked(payouts(("P", 100, 10)), lines()) == ({}, {})
    assert linked(payouts(), lines(("SHOPIFY", 100, 10))) == ({}, {})


def test_a_name_says_more_than_amount_and_date() -> None:
    some = payouts(("140762864432", 100, 10), ("140763766292", 100, 10))
    others = lines(("SHOPIFY 140763766292", 90, 40, "EUR", False), ("SHOPIFY", 100, 11))
    assert linked(some, others) == ({1: [0], 0: [1]}, {})


def test_the_reference_of_the_bank_is_a_name() -> None:
    some = payouts(("", 100, 10, "EUR", "1YE-42AB77"))
    assert linked(some, lines(("ref 1YE42AB77/x", 100, 10, "EUR", False)))[0] == {0: [0]}


def test_a_name_with_dots_is_one_name() -> None:
    some = payouts(("7654321.2609.02", 100, NO_INT), ("7654321.2609.03", 100, NO_INT))
    assert linked(some, lines(("MOLLIE 7654321.2609.03.", 100, 40)))[0] == {1: [0]}


def test_a_name_in_another_currency_is_not_the_payout() -> None:
    some, others = payouts(("140762864432", 100, 10)), lines(("140762864432", 100, 10, "USD"))
    assert linked(some, others) == ({}, {})
    assert dict(link(some, others, BEFORE, AFTER).abroad) == {0: [0]}, "it is shown, and no sum is compared"


@pytest.mark.parametrize(("belongs", "found"), [(False, {}), (True, {0: [0]})])
def test_a_short_id_may_be_a_postcode(belongs: bool, found: dict[int, list[int]]) -> None:
    assert (
        linked(payouts(("10115", 100, 10)), lines(("Rent 10115 Berlin", 99, 10, "EUR", belongs)))[0] == found
    )


def test_amounts_count_inside_the_window_and_only_on_lines_that_belong() -> None:
    some = payouts(("P", 100, 10))
    for day, fits in ((8, False), (9, True), (16, True), (17, False)):
        assert bool(linked(some, lines(("SHOPIFY", 100, day)))[0]) is fits
    assert linked(some, lines(("rent", 100, 10, "EUR", False))) == ({}, {})
    assert linked(payouts(("P", 100, NO_INT)), lines(("SHOPIFY", 100, 10))) == ({}, {})
    assert linked(payouts(("P", 0, 10)), lines(("SHOPIFY", 0, 10))) == ({}, {})


def test_rivals_stay_open() -> None:
    some, others = payouts(("P", 100, 10), ("Q", 100, 10)), lines(("SHOPIFY", 100, 11))
    assert linked(some, others) == ({}, {0: [0], 1: [0]})
    assert linked(payouts(("P", 100, 10)), lines(("SHOPIFY", 100, 11), ("SHOPIFY", 100, 12))) == (
        {},
        {0: [0, 1]},
    )


def test_one_deposit_carries_several_payouts() -> None:
    some = payouts(("P", 60, 10), ("Q", 40, 11), ("R", 70, 10))
    assert linked(some, lines(("SHOPIFY", 100, 12))) == ({0: [0], 1: [0]}, {})


def test_two_sets_of_payouts_for_one_deposit_stay_open() -> None:
    some = payouts(("P", 60, 10), ("Q", 40, 10), ("R", 70, 10), ("S", 30, 10))
    assert linked(some, lines(("SHOPIFY", 100, 12))) == ({}, {0: [0], 1: [0], 2: [0], 3: [0]})


def test_two_deposits_for_one_set_of_payouts_stay_open() -> None:
    some = payouts(("P", 60, 10), ("Q", 40, 10))
    others = lines(("SHOPIFY", 100, 12), ("SHOPIFY", 100, 12))
    assert linked(some, others) == ({}, {0: [0, 1], 1: [0, 1]})
    overlapping = payouts(("P", 60, 10), ("Q", 40, 10), ("R", 15, 10))
    others = lines(("SHOPIFY", 100, 12), ("SHOPIFY", 55, 12))
    assert linked(overlapping, others)[0] == {}, "Q cannot be in both"


def test_too_many_payouts_add_up_to_anything() -> None:
    some = payouts(*((f"P{number}", 2**number, 10) for number in range(17)))
    assert linked(some, lines(("SHOPIFY", 3, 12))) == ({}, {})


def test_tokens_are_the_words_that_can_be_ids() -> None:
    assert tokens("po_1Ab2Cd/x", "SEPA 12-34-56") == {"PO_1AB2CD", "123456"}


PAYOUTS = st.lists(
    st.tuples(
        st.sampled_from(["", "140762864432", "140763766292"]),
        st.integers(-30, 60),
        st.integers(10, 14),
        st.sampled_from(["EUR", "USD"]),
    ),
    max_size=7,
)
LINES = st.lists(
    st.tuples(
        st.sampled_from(["SHOPIFY", "SHOPIFY 140762864432"]),
        st.integers(-30, 90),
        st.integers(9, 18),
        st.sampled_from(["EUR", "USD"]),
        st.booleans(),
    ),
    max_size=7,
)


def named(found: Links, some: list[Any], others: list[Any]) -> set[tuple[Any, ...]]:
    """The links by the values they are between."""
    return {
        (some[payout], others[line], found.rule[line])
        for line, carried in found.payouts.items()
        for payout in carried
    }


@given(PAYOUTS, LINES)
def test_links_are_exact_and_their_order_decides_nothing(some: list[Any], others: list[Any]) -> None:
    found = link(payouts(*some), lines(*others), BEFORE, AFTER)
    for line, carried in found.payouts.items():
        amount, day, currency, belongs = others[line][1:]
        assert {some[payout][3] for payout in carried} == {currency}
        assert all(line in found.lines[payout] for payout in carried)
        if found.rule[line] != "names_payout":
            assert belongs
            assert amount == sum(some[payout][1] for payout in carried)
            assert all(-BEFORE <= day - some[payout][2] <= AFTER for payout in carried)
            assert all(found.lines[payout] == [line] for payout in carried)
            assert not any(found.rivals.get(payout) for payout in carried)
    for rivals in found.rivals.values():
        assert not set(rivals) & set(found.payouts), "an undecided line is not linked"
    mirrored = link(payouts(*some[::-1]), lines(*others[::-1]), BEFORE, AFTER)
    assert named(found, some, others) == named(mirrored, some[::-1], others[::-1])
