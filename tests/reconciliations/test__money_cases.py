"""What the comparisons of documents have in common."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.case import Kind
from recon_app.models.record import NO_INT
from recon_app.reconciliations import _money_cases as money

_TOKENS = st.lists(st.tuples(st.integers(0, 7), st.sampled_from(("", "a", "b", "c", "d"))), max_size=20)


def _by_hand(pairs: list[tuple[int, str]], count: int) -> list[int]:
    """Groups by going from record to record, numbered by their first one."""
    group = list(range(count))
    for one, token in pairs:
        for other, again in pairs:
            if token and token == again:
                low, high = sorted((group[one], group[other]))
                group = [low if each == high else each for each in group]
    seen: dict[int, int] = {}
    return [seen.setdefault(each, len(seen)) for each in group]


@given(_TOKENS)
def test_records_with_a_token_in_common_are_one_group(pairs: list[tuple[int, str]]) -> None:
    nodes = np.array([node for node, _ in pairs], np.int64)
    assert money.joined(nodes, [token for _, token in pairs], 8).tolist() == _by_hand(pairs, 8)


def test_sums_leave_out_what_is_not_there() -> None:
    code, values = np.array([0, 0, 1, 1], np.int64), np.array([5, NO_INT, 7, 9], np.int64)
    chosen = np.array([True, True, True, False])
    assert money.total(code, values, chosen, 3).tolist() == [5, 7, 0]
    assert money.tally(code, chosen, 3).tolist() == [2, 1, 0]


def test_the_smallest_text_whatever_the_order() -> None:
    code, chosen = np.array([0, 0, 1], np.int64), np.array([True, True, False])
    texts = np.array(["b", "a", "c"], object)
    assert money.first_text(code, texts, chosen, 2).tolist() == ["a", ""]
    assert money.first_text(code[::-1], texts[::-1], chosen[::-1], 2).tolist() == ["a", ""]


def test_one_currency_or_several() -> None:
    code = np.array([0, 0, 1, 2], np.int64)
    found, several = money.one_currency(code, np.array(["EUR", "USD", "EUR", ""], object), 3)
    assert (found.tolist(), several.tolist()) == (["EUR", "EUR", ""], [True, False, False])


def test_a_later_step_overrules_and_all_of_them_are_kept() -> None:
    one, two = np.array([True, True, False]), np.array([False, True, False])
    kind, cause, every = money.judged(3, (one, Kind.TIMING, "late"), (two, Kind.AMOUNT, "short"))
    assert kind.tolist() == ["timing", "amount", "matched"]
    assert cause.tolist() == ["late", "short", ""]
    assert every == [["late"], ["short", "late"], []]


def test_states_of_documents() -> None:
    frame = pd.DataFrame(
        {
            "status": ["posted/paid", "draft/not_paid", "posted", "paid"],
            "grp": ["INV/1", "Draft (#1)", "INV/2", "Draft (#2)"],
        }
    )
    assert money.states(frame).tolist() == ["posted", "draft", "posted", "draft"]


def test_days_and_months() -> None:
    day = np.array([20_780, NO_INT], np.int64)
    assert money.days_of(day).tolist() == ["2026-11-23", ""]
    assert money.months_of(day).tolist() == ["2026-11", ""]


def test_further_values() -> None:
    frame = pd.DataFrame({"extra": ['{"a": 1, "b": "x"}', ""]})
    values = money.parsed(frame)
    assert money.texts(values, "b").tolist() == ["x", ""]
    assert money.numbers(values, "a").tolist() == [1, NO_INT]


def test_amounts_in_words() -> None:
    assert (money.said(-1250, "EUR"), money.signed(-1250, "EUR")) == ("12.50 EUR", "-12.50 EUR")
