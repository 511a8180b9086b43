"""What may explain the residual of a payout: only sums that are exactly it, and no guess between rivals."""

from __future__ import annotations

from typing import Any

import pytest

from recon_app.models.proof import PayoutProof
from recon_app.models.record import NO_INT, Category
from tests.engine.payout_tables import lines, proofs, records

LOOSE: dict[str, Any] = {"grp": "", "due": NO_INT, "ref": "#9"}
DUE = 20_003


def rules(proof: PayoutProof) -> list[str]:
    return [cause.rule for cause in proof.causes]


def test_a_line_under_another_payout_explains_both_sides() -> None:
    some = lines(
        {"amount": 7_700},
        {"amount": 4_900, "grp": "P2"},
        {"amount": 700, "grp": "P2", "ref": "#3"},
    )
    found = proofs(some, records({"amount": 8_400, "ident": "P1"}, {"amount": 4_900, "ident": "P2"}))
    assert {key: (proof.residual, proof.cause) for key, proof in found.items()} == {
        "P1": (700, "line_in_other_payout"),
        "P2": (-700, "line_in_other_payout"),
    }
    assert found["P2"].causes[0].text == "charge #3 of 7.00 EUR was paid with payout P1"


def test_a_payout_that_closes_lends_no_line() -> None:
    some = lines({"amount": 7_700}, {"amount": 700, "grp": "P2"})
    found = proofs(some, records({"amount": 8_400, "ident": "P1"}, {"amount": 700, "ident": "P2"}))
    assert (found["P1"].residual, found["P1"].cause) == (700, "unexplained_residual")


def test_several_lines_of_the_sum_are_candidates_and_no_cause() -> None:
    some = lines({"amount": 700, "ref": "#1"}, {"amount": 700, "ref": "#2"}, {"amount": 50})
    proof = proofs(some, records({"amount": 750, "ident": "P1"}))["P1"]
    assert [cause.rule for cause in proof.causes] == ["line_not_paid"] * 2
    assert proof.cause == "unexplained_residual"


def test_hundreds_of_equal_lines_are_no_list_of_candidates() -> None:
    some = lines(*({"amount": 700} for _ in range(300)))
    assert len(proofs(some, records({"amount": 299 * 700, "ident": "P1"}))["P1"].causes) == 10


def test_lines_without_a_payout_explain_when_only_one_set_does() -> None:
    loose = {"grp": "", "due": NO_INT, "ref": "#9"}
    some = lines({"amount": 1_000}, {"amount": 200, **loose}, {"amount": 300, **loose})
    listed = records({"amount": 1_500, "ident": "P1"})
    assert proofs(some, listed)["P1"].cause == "line_without_payout"
    some = lines(
        {"amount": 1_000}, {"amount": 200, **loose}, {"amount": 300, **loose}, {"amount": 500, **loose}
    )
    assert proofs(some, listed)["P1"].cause == "unexplained_residual"


def test_a_negative_payout_is_taken_off_once() -> None:
    some = lines(
        {"amount": -3_000, "category": str(Category.REFUND)},
        {"amount": 10_000, "grp": "P2", "due": 20_005},
        {"amount": 8_000, "grp": "P3", "due": 20_007},
    )
    listed = records(
        {"amount": -3_000, "ident": "P1"},
        {"amount": 7_000, "ident": "P2", "day": 20_005},
        {"amount": 5_000, "ident": "P3", "day": 20_007},
    )
    found = proofs(some, listed)
    assert dict(found["P2"].terms) == {"gross": 10_000, "carry-over": -3_000}
    assert (found["P2"].residual, found["P2"].causes) == (0, ())
    assert (found["P3"].residual, found["P3"].cause) == (-3_000, "unexplained_residual")


def test_who_takes_a_negative_payout_off_is_not_guessed() -> None:
    some = lines(
        {"amount": -3_000, "category": str(Category.REFUND)},
        {"amount": 10_000, "grp": "P2", "due": 20_005},
        {"amount": 8_000, "grp": "P3", "due": 20_005},
    )
    listed = records(
        {"amount": -3_000, "ident": "P1"},
        {"amount": 7_000, "ident": "P2", "day": 20_005},
        {"amount": 5_000, "ident": "P3", "day": 20_005},
    )
    found = proofs(some, listed)
    assert [found[key].cause for key in ("P2", "P3")] == ["unexplained_residual"] * 2


def test_a_payout_of_which_only_lines_are_known_may_be_carried_over_too() -> None:
    some = lines(
        {"amount": -3_000, "category": str(Category.REFUND)},
        {"amount": 10_000, "grp": "P2", "due": 20_005},
    )
    found = proofs(some, records({"amount": 7_000, "ident": "P2", "day": 20_005}))
    assert dict(found["P2"].terms) == {"gross": 10_000, "carry-over": -3_000}


@pytest.mark.parametrize(
    ("other", "explains"),
    [
        ({}, True),
        ({"due": DUE + 14}, True),
        ({"due": DUE - 14}, True),
        ({"due": DUE + 15}, False),
        ({"due": DUE - 15}, False),
        ({"account": "stripe"}, False),
        ({"currency": "USD"}, False),
    ],
)
def test_only_payouts_of_the_account_and_of_two_weeks_around_lend_lines(
    other: dict[str, Any], *, explains: bool
) -> None:
    some = lines({"amount": 7_700}, {"amount": 700, "grp": "P2", **other})
    found = proofs(some, records({"amount": 8_400, "ident": "P1"}))
    assert rules(found["P1"]) == (["line_in_other_payout"] if explains else [])


def test_a_payout_of_another_account_was_not_paid_for_a_line() -> None:
    some = lines(
        {"amount": 4_900}, {"amount": 700, "ref": "#3"}, {"amount": 1, "grp": "P2", "account": "stripe"}
    )
    listed = records({"amount": 4_900, "ident": "P1"}, {"amount": 701, "ident": "P2", "account": "stripe"})
    assert rules(proofs(some, listed)["P1"]) == ["line_not_paid"]


@pytest.mark.parametrize(("short", "full"), [("P1", "P2"), ("P2", "P1")])
def test_the_payout_that_has_too_much_outweighs_one_with_an_equal_line(short: str, full: str) -> None:
    some = lines(
        {"amount": 7_700, "grp": short},
        {"amount": 4_900, "grp": full},
        {"amount": 700, "grp": full, "ref": "#3"},
        {"amount": 700, "grp": "P3", "ref": "#4"},
    )
    found = proofs(some, records({"amount": 8_400, "ident": short}, {"amount": 4_900, "ident": full}))
    (cause,) = found[short].causes
    assert cause.text == f"charge #3 of 7.00 EUR is listed under payout {full}"


@pytest.mark.parametrize(("days", "explains"), [((-14, 14), True), ((-15, 0), False), ((0, 15), False)])
def test_lines_without_a_payout_explain_within_two_weeks(days: tuple[int, int], *, explains: bool) -> None:
    one, other = ({"day": DUE + each, **LOOSE} for each in days)
    some = lines({"amount": 1_000}, {"amount": 200, **one}, {"amount": 300, **other})
    found = proofs(some, records({"amount": 1_500, "ident": "P1"}))
    assert rules(found["P1"]) == (["line_without_payout"] if explains else [])


@pytest.mark.parametrize(("together", "explains"), [(1, True), (2, True), (3, True), (4, False)])
def test_at_most_three_lines_explain_together(together: int, *, explains: bool) -> None:
    loose = [{"amount": 10**place, **LOOSE} for place in range(together)]
    listed = records({"amount": 5_000 + sum(line["amount"] for line in loose), "ident": "P1"})
    found = proofs(lines({"amount": 5_000}, *loose), listed)
    assert rules(found["P1"]) == (["line_without_payout"] if explains else [])


@pytest.mark.parametrize(("candidates", "explains"), [(20, True), (21, False)])
def test_among_too_many_lines_a_sum_proves_nothing(candidates: int, *, explains: bool) -> None:
    loose = [{"amount": 2**place, **LOOSE} for place in range(candidates)]
    found = proofs(lines({"amount": 5_000}, *loose), records({"amount": 5_003, "ident": "P1"}))
    assert rules(found["P1"]) == (["line_without_payout"] if explains else [])


def test_candidates_come_in_the_order_of_their_days_whatever_was_loaded_first() -> None:
    late, early = {"amount": 700, "ref": "#2", "day": 20_001}, {"amount": 700, "ref": "#1", "day": 20_000}
    listed = records({"amount": 750, "ident": "P1"})
    for some in (lines(late, early, {"amount": 50}), lines(early, late, {"amount": 50})):
        told = [cause.text for cause in proofs(some, listed)["P1"].causes]
        assert [text.split()[1] for text in told] == ["#1", "#2"]
