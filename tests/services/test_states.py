"""How far the work on a case is: it survives runs, and never hides what changed."""

from __future__ import annotations

import pytest

from recon_app.models.case import Case, State
from recon_app.models.money import Money
from recon_app.models.problem import UsageError
from recon_app.services import cases, corrections, states
from recon_app.services import summary as figures
from recon_app.services.run import run
from recon_app.store.events import list_events
from recon_app.store.workspace import Workspace
from tests.reconciliations.books import Books
from tests.services.conftest import Put
from tests.services.fees import ANSWERS, unbooked_fees


def wrong() -> Books:
    """A payment with a wrong amount, one that is not booked, and a payout nobody can explain."""
    books = Books()
    books.line("#1", "10.00", grp="")
    books.payment("#1", "9.00")
    for day in ("2026-10-01", "2026-10-31"):
        books.payment("#9", "1.00", day=day)
    books.line("#2", "7.00", grp="")
    books.line("#3", "80.00", "2.45", grp="90001234")
    books.payment("#3", "80.00")
    books.payout("60.28", ident="90001234")
    return books


def by_cause(ws: Workspace, cause: str | None) -> Case:
    (case,) = (case for case in cases.iterate(ws, "settlements") if case.cause == cause and case.delta)
    return case


def states_of(ws: Workspace) -> dict[str, State]:
    return {case.id: case.state for case in cases.iterate(ws, "settlements")}


@pytest.fixture
def found(shelf: Workspace, put: Put) -> Workspace:
    put(wrong())
    run(shelf, "settlements")
    return shelf


def test_accepting_wants_a_reason(found: Workspace) -> None:
    case = by_cause(found, "not_booked")
    for reason in ("", "  \n"):
        with pytest.raises(UsageError, match="say why the difference is accepted"):
            states.accept(found, case.id, reason)
    assert set(states_of(found).values()) == {State.OPEN}
    changes = states.accept(found, case.id, "paid in cash", who="Ann")
    assert changes.states
    assert cases.case(found, case.id).state is State.ACCEPTED
    event = list_events(found, case.id)[-1]
    difference = {"kind": "missing", "cause": "not_booked", "delta": -700, "corrections": 0}
    assert (event.who, event.what) == ("Ann", "accept")
    assert isinstance(event.data, dict)
    sort = event.data.pop("sort")
    assert event.data == {"reason": "paid in cash", **difference}
    assert (sort["where"], sort["currency"], sort["sign"]) == ("shopify_payments", "EUR", -1)


def test_what_is_accepted_is_no_longer_open(found: Workspace) -> None:
    before = figures.summary(found, "settlements")
    case = by_cause(found, "not_booked")
    states.accept(found, case.id, "paid in cash")
    after = figures.summary(found, "settlements")
    assert before is not None
    assert after is not None
    assert after.open_counts.get(case.kind, 0) == before.open_counts[case.kind] - 1
    assert isinstance(case.delta, Money)
    assert after.totals[0].open == before.totals[0].open - case.delta.minor
    assert after.totals[0].difference == before.totals[0].difference


def test_a_residual_that_nothing_explains_can_never_be_accepted(found: Workspace) -> None:
    with pytest.raises(UsageError, match="does not close and nothing explains it; it cannot be accepted"):
        states.accept(found, by_cause(found, "unexplained_residual").id, "small enough")
    assert set(states_of(found).values()) == {State.OPEN}


def test_neither_behind_another_finding(shelf: Workspace, put: Put) -> None:
    books = Books()
    for name, ident in (("A1", "90000001"), ("A2", "90000002")):
        books.line(f"#{name}", "60.00", grp=ident)
        books.payout("55.00", ident=ident)
        books.bank("55.00", "SHOPIFY")
    put(books)
    run(shelf, "settlements")
    (case,) = (case for case in cases.iterate(shelf, "settlements") if case.cause == "unexplained_residual")
    assert {evidence.rule for evidence in case.evidence} >= {"same_amount_no_reference"}
    with pytest.raises(UsageError, match="cannot be accepted"):
        states.accept(shelf, case.id, "the bank has both")


@pytest.mark.parametrize("text", ["settlements-0000000000000001", "refunds-0000000000000001"])
def test_only_cases_of_the_last_run_can_be_accepted(found: Workspace, text: str) -> None:
    with pytest.raises(UsageError, match=f"the last run has no case {text}"):
        states.accept(found, text, "a reason")


def test_an_acceptance_is_stable_over_runs_and_imports(found: Workspace, put: Put) -> None:
    case = by_cause(found, "not_booked")
    states.accept(found, case.id, "paid in cash")
    before = states_of(found)
    run(found, "settlements")
    assert states_of(found) == before
    later = Books()
    later.line("#50", "5.00")
    put(later, "later")
    run(found, "settlements")
    assert states_of(found).items() >= before.items()


def test_a_difference_that_changed_is_open_again(found: Workspace, put: Put) -> None:
    case = by_cause(found, None)
    states.accept(found, case.id, "one euro only")
    later = Books()
    later.payment("#1", "400.00", day="2026-10-06")
    put(later, "later")
    run(found, "settlements")
    again = cases.case(found, case.id)
    assert (again.state, again.delta) != (State.ACCEPTED, case.delta)
    assert again.state is State.REOPENED
    summary = figures.summary(found, "settlements")
    assert summary is not None
    assert summary.open_counts[again.kind] >= 1
    states.accept(found, case.id, "that one too")
    run(found, "settlements")
    assert cases.case(found, case.id).state is State.ACCEPTED


def test_an_accepted_case_that_agrees_now_needs_nobody(found: Workspace, put: Put) -> None:
    case = by_cause(found, "not_booked")
    states.accept(found, case.id, "comes next month")
    later = Books()
    later.payment("#2", "7.00")
    put(later, "later")
    run(found, "settlements")
    again = cases.case(found, case.id)
    assert (str(again.kind), again.state) == ("matched", State.ACCEPTED)


def test_undo_takes_back_the_newest_acceptance_that_stands(found: Workspace) -> None:
    assert states.undo(found) is None
    first, second = by_cause(found, "not_booked"), by_cause(found, None)
    states.accept(found, first.id, "one")
    states.accept(found, second.id, "two")
    undone = states.undo(found)
    assert undone is not None
    assert (undone[0], undone[1].states) == (second.id, True)
    assert (cases.case(found, first.id).state, cases.case(found, second.id).state) == ("accepted", "open")
    run(found, "settlements")
    assert (cases.case(found, first.id).state, cases.case(found, second.id).state) == ("accepted", "open")
    states.accept(found, second.id, "two, again")
    undone_now = [one and one[0] for one in (states.undo(found), states.undo(found), states.undo(found))]
    assert undone_now == [
        second.id,
        first.id,
        None,
    ]
    assert set(states_of(found).values()) == {State.OPEN}


def test_a_case_is_accepted_once(found: Workspace) -> None:
    case = by_cause(found, "not_booked")
    states.accept(found, case.id, "one")
    with pytest.raises(UsageError, match="is accepted already; take that back first"):
        states.accept(found, case.id, "two")
    assert [event.what for event in list_events(found, case.id)] == ["accept"]


def test_what_agrees_is_not_accepted(found: Workspace, put: Put) -> None:
    later = Books()
    later.payment("#2", "7.00")
    put(later, "later")
    case = by_cause(found, "not_booked")
    run(found, "settlements")
    with pytest.raises(UsageError, match="agrees; there is nothing to accept"):
        states.accept(found, case.id, "one")


def test_undo_of_one_case_leaves_the_newer_ones(found: Workspace) -> None:
    first, second = by_cause(found, "not_booked"), by_cause(found, None)
    states.accept(found, first.id, "one")
    states.accept(found, second.id, "two")
    assert states.undo(found, of="refunds") is None
    undone = states.undo(found, of=first.id)
    assert undone is not None
    assert undone[0] == first.id
    assert states.undo(found, of=first.id) is None
    assert (cases.case(found, first.id).state, cases.case(found, second.id).state) == ("open", "accepted")
    undone = states.undo(found, of="settlements")
    assert undone is not None
    assert undone[0] == second.id


def test_undo_works_without_a_result(found: Workspace) -> None:
    case = by_cause(found, "not_booked")
    states.accept(found, case.id, "one")
    run(found, "settlements", "2020-01")
    undone = states.undo(found)
    assert undone is not None
    run(found, "settlements")
    assert cases.case(found, case.id).state is State.OPEN


def test_a_case_with_a_correction_under_way_is_not_accepted(shelf: Workspace, put: Put) -> None:
    case = unbooked_fees(shelf, put)
    made, _ = corrections.propose(shelf, case.id, "book_payout_fees", ANSWERS)
    with pytest.raises(UsageError, match="has a correction that is proposed; take it back first"):
        states.accept(shelf, case.id, "too small")
    corrections.reverse(shelf, made.id)
    states.accept(shelf, case.id, "too small")
    run(shelf, "settlements")
    assert cases.case(shelf, case.id).state is State.ACCEPTED, "what was withdrawn says nothing"


def test_a_later_correction_says_more_than_an_acceptance_until_it_is_withdrawn(
    shelf: Workspace, put: Put
) -> None:
    case = unbooked_fees(shelf, put)
    states.accept(shelf, case.id, "too small")
    made, _ = corrections.propose(shelf, case.id, "book_payout_fees", ANSWERS)
    assert cases.case(shelf, case.id).state is State.PROPOSED
    run(shelf, "settlements")
    assert cases.case(shelf, case.id).state is State.PROPOSED
    corrections.reverse(shelf, made.id)
    assert cases.case(shelf, case.id).state is State.ACCEPTED
    run(shelf, "settlements")
    assert cases.case(shelf, case.id).state is State.ACCEPTED


@pytest.mark.parametrize(
    ("standing", "kind", "delta", "state"),
    [
        (states.Standing("verified", ""), "matched", None, "verified"),
        (states.Standing("verified", ""), "missing", -9700, "reopened"),
        (states.Standing("posted", ""), "amount", 300, "posted"),
        (states.Standing("accepted", "", ("amount", "c", 5)), "amount", 5, "accepted"),
        (states.Standing("accepted", "", ("amount", "c", 5)), "amount", 6, "reopened"),
        (states.Standing("accepted", "", ("amount", "c", 5)), "missing", 5, "reopened"),
        (states.Standing("accepted", "", ("amount", "c", 5)), "timing", None, "accepted"),
    ],
)
def test_what_a_run_makes_of_a_standing(
    standing: states.Standing, kind: str, delta: int | None, state: str
) -> None:
    assert standing.seen_in(kind, "c", delta) == state
