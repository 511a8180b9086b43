"""Lines become payouts, and each payout closes or says what it lacks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.payouts import TERMS, Payouts, group, prove
from recon_app.models.record import NO_INT, Category
from tests.engine.payout_tables import lines, proofs, records


def totals(found: Payouts) -> dict[str, int]:
    return dict(zip(found.frame["key"], found.frame["total"].tolist(), strict=True))


def test_nothing_gives_nothing() -> None:
    found = group(lines(), records())
    assert (len(found.frame), len(found.of_line), found.ambiguous) == (0, 0, ())
    assert prove(found, lines(), np.array([], np.int64)) == []


def test_a_payout_is_known_by_its_id_else_by_its_date() -> None:
    some = lines(
        {"amount": 100},
        {"amount": 200, "due": 20_009},
        {"amount": 300, "grp": ""},
        {"amount": 400, "grp": "", "currency": "USD"},
        {"amount": 500, "grp": "", "account": "stripe"},
        {"amount": 600, "grp": "", "due": NO_INT},
    )
    found = group(some, records())
    assert found.of_line.tolist() == [1, 1, 0, 2, 3, -1]
    assert found.frame["key"].tolist() == ["2024-10-07 EUR", "P1", "2024-10-07 USD", "2024-10-07 EUR stripe"]
    assert found.frame["due"].tolist() == [20_003, 20_009, 20_003, 20_003]
    assert found.frame["net"].tolist() == [300, 300, 400, 500]
    assert set(found.frame["total"]) == {NO_INT}


def test_names_stay_when_other_payouts_are_loaded() -> None:
    one = {"amount": 500, "grp": "", "account": "stripe"}
    alone = group(lines(one), records()).frame
    both = group(lines({"amount": 1, "grp": ""}, one), records()).frame
    assert alone["name"].iloc[0] == both["name"].iloc[1]
    assert alone["key"].iloc[0] != both["key"].iloc[1], "two payouts are never shown under one key"


def test_payouts_of_one_day_are_numbered_by_what_they_pay() -> None:
    paid = [{"amount": minor} for minor in (300, 100, 200)]
    one, other = (group(lines(), records(*some)).frame for some in (paid, paid[::-1]))
    assert dict(zip(one["total"], one["name"], strict=True)) == dict(
        zip(other["total"], other["name"], strict=True)
    )
    first = "2024-10-07 EUR"
    account = records(paid[0])["account"].iloc[0]
    assert dict(zip(one["total"], one["key"], strict=True)) == {
        100: first,
        200: f"{first} {account}",
        300: f"{first} {account} (3)",
    }


def test_no_order_of_the_lines_changes_the_payouts() -> None:
    some = lines(
        {"amount": 1, "currency": "USD"},
        {"amount": 2, "grp": "P1 USD"},
        {"amount": 4, "account": "stripe"},
        {"amount": 8},
    )
    one, other = group(some, records()), group(some.iloc[::-1].reset_index(drop=True), records())
    pd.testing.assert_frame_equal(one.frame, other.frame)
    assert one.of_line.tolist() == other.of_line.tolist()[::-1]


def test_a_payout_is_unpaid_as_long_as_one_of_its_lines_is() -> None:
    some = lines({"amount": 1}, {"amount": 2, "status": "In_Transit"}, {"amount": 3, "grp": "P2"})
    found = group(some, records()).frame
    assert found["paid"].tolist() == [False, True]
    assert found["moving"].tolist() == [True, False]


@pytest.mark.parametrize("status", ["failed", "canceled", "scheduled", "pending", "in transit"])
def test_the_word_of_the_payout_list_counts(status: str) -> None:
    found = group(lines({"amount": 1}), records({"amount": 1, "ident": "P1", "status": status})).frame
    assert found["paid"].tolist() == [False]


def test_records_find_their_lines_by_id_before_date() -> None:
    some = lines({"amount": 100}, {"amount": 100, "grp": "P2"})
    listed = records({"amount": 90, "ident": "P2", "day": 20_050}, {"amount": 100})
    found = group(some, listed)
    assert found.frame["record"].tolist() == [1, 0]
    assert totals(found) == {"P1": 100, "P2": 90}


def test_an_id_in_another_currency_is_another_payout() -> None:
    some = lines({"amount": 100}, {"amount": 200, "currency": "USD"})
    found = group(some, records({"amount": 100, "ident": "P1"}))
    assert found.frame["total"].tolist() == [100, NO_INT]


def test_payouts_of_one_day_are_told_apart_by_their_sums() -> None:
    some = lines({"amount": 100}, {"amount": 250, "grp": "P2"}, {"amount": 7, "grp": "P3"})
    found = group(some, records({"amount": 250}, {"amount": 9}, {"amount": 100}))
    assert totals(found) == {"P1": 100, "P2": 250, "P3": 9}
    assert found.ambiguous == ()


def test_what_fits_twice_is_left_to_a_person_and_stays_whole() -> None:
    some = lines({"amount": 100}, {"amount": 100, "grp": "P2"})
    found = group(some, records({"amount": 100}, {"amount": 100}))
    assert found.ambiguous == ((0, 1, 2, 3),)
    assert sorted(found.frame["record"]) == [-1, -1, 0, 1]
    assert found.frame["key"].is_unique


def test_two_records_with_one_id_are_not_guessed() -> None:
    some = lines({"amount": 100})
    clear = group(some, records({"amount": 90, "ident": "P1"}, {"amount": 100, "ident": "P1"}))
    assert clear.frame["record"].tolist() == [1, 0]
    assert clear.ambiguous == ()
    twins = group(some, records({"amount": 100, "ident": "P1"}, {"amount": 100, "ident": "P1"}))
    assert twins.ambiguous == ((0, 1, 2),)


def test_records_without_lines_are_payouts_of_their_own() -> None:
    found = group(lines(), records({"amount": 100, "ident": "P9"}, {"amount": -5}))
    assert found.frame["key"].tolist() == ["P9", "2024-10-07 EUR"]
    assert found.frame["lines"].tolist() == [0, 0]
    assert found.frame["record"].tolist() == [0, 1]


@pytest.mark.parametrize("amount", [9_700, -9_700])
def test_a_payout_row_among_the_lines_tells_the_total(amount: int) -> None:
    some = lines(
        {"amount": 10_000, "fee": 300}, {"amount": amount, "category": str(Category.PAYOUT), "net": amount}
    )
    proof = proofs(some, records())["P1"]
    assert (proof.total, proof.net, proof.residual) == (9_700, 9_700, 0)


def test_each_kind_of_line_has_its_term() -> None:
    some = lines(*({"amount": 10 + place, "category": str(one)} for place, one in enumerate(Category)))
    row = group(some, records()).frame.iloc[0]
    assert row["net"] == sum(row[term] for term in TERMS)
    counted = [one for one in Category if one is not Category.PAYOUT]
    assert row["net"] == sum(10 + list(Category).index(one) for one in counted)


def test_fees_inside_lines_are_fees() -> None:
    some = lines(
        {"amount": 10_000, "fee": 320},
        {"amount": -10_000, "fee": NO_INT, "net": -10_000, "category": str(Category.REFUND)},
    )
    assert proofs(some, records())["P1"].terms == (("gross", 10_000), ("refunds", -10_000), ("fees", -320))


AMOUNTS = st.integers(-10_000, 10_000)
LINES: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.builds(
        dict,
        amount=AMOUNTS,
        fee=st.integers(-50, 500),
        category=st.sampled_from([str(one) for one in Category]),
        grp=st.sampled_from(["P1", "P2", ""]),
        currency=st.sampled_from(["EUR", "USD"]),
        due=st.sampled_from([20_003, 20_004, NO_INT]),
    ),
    max_size=12,
)
RECORDS: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.builds(
        dict,
        amount=AMOUNTS,
        ident=st.sampled_from(["P1", "P2", "P3", ""]),
        currency=st.sampled_from(["EUR", "USD"]),
        day=st.sampled_from([20_003, 20_004]),
    ),
    max_size=6,
)


@given(LINES, RECORDS)
def test_group_sums_are_exact_and_no_record_is_lost(
    some: list[dict[str, Any]], listed: list[dict[str, Any]]
) -> None:
    table, payouts = lines(*some), records(*listed)
    found = group(table, payouts)
    inside = found.of_line >= 0
    grouped = (table["grp"] != "") | (table["due"] != NO_INT)
    assert inside.tolist() == grouped.tolist()
    counted = table[inside & (table["category"] != str(Category.PAYOUT)).to_numpy()]
    assert found.frame["net"].sum() == (counted["amount"] - counted["fee"]).sum()
    for row in range(len(found.frame)):
        mine = table[found.of_line == row]
        assert set(mine["currency"]) <= {found.frame["currency"][row]}
        mine = mine[mine["category"] != str(Category.PAYOUT)]
        assert found.frame["net"][row] == (mine["amount"] - mine["fee"]).sum()
    placed = [record for record in found.frame["record"] if record >= 0]
    assert sorted(placed) == list(range(len(payouts)))
    assert found.frame["key"].is_unique
    assert found.frame["name"].is_unique


@given(LINES, RECORDS, st.data())
def test_a_residual_is_the_total_minus_the_net_and_candidates_are_sum_exact(
    some: list[dict[str, Any]], listed: list[dict[str, Any]], data: st.DataObject
) -> None:
    table, payouts = lines(*some), records(*listed)
    found = group(table, payouts)
    size = len(found.frame)
    bank = data.draw(st.lists(AMOUNTS | st.just(NO_INT), min_size=size, max_size=size))
    known = {int(net) for net in table["net"]}
    for proof in prove(found, table, np.array(bank, np.int64)):
        target = proof.total if proof.total is not None else proof.bank
        assert proof.residual == (0 if target is None else target - proof.net)
        assert proof.net == sum(minor for _, minor in proof.terms)
        for cause in proof.causes:
            if cause.rule in ("line_in_other_payout", "line_not_paid"):
                assert known & {proof.residual, -proof.residual}
        if proof.causes:
            assert proof.residual != 0
