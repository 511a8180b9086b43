"""A rule is proposed after repeated decisions, switched on by a person who may, and watched."""

from __future__ import annotations

import pytest

from recon_app.models.case import State
from recon_app.models.problem import UsageError
from recon_app.services import cases, learning, states
from recon_app.services.run import run
from recon_app.store.audit import faults as found_faults
from recon_app.store.database import connect, writing
from recon_app.store.events import list_events
from recon_app.store.workspace import Workspace
from tests.reconciliations.books import Books
from tests.services.conftest import Put

REASON = "Paid out before we used Odoo"


def month(first: int, count: int, amount: str = "7.00", payment: str = "") -> Books:
    """Charges that Odoo does not have, or has with another amount."""
    books = Books()
    for number in range(first, first + count):
        books.line(f"#{number}", amount, grp="")
        if payment:
            books.payment(f"#{number}", payment)
    books.line("#1", "1.00", grp="")
    for day in ("2026-10-01", "2026-10-31"):  # the period of Odoo's file
        books.payment("#1", "1.00", day=day) if day.endswith("01") else books.payment("#2", "9.00", day=day)
    return books


def unbooked(ws: Workspace, wanted: State = State.OPEN) -> list[str]:
    found = cases.iterate(ws, "settlements")
    return [case.id for case in found if case.cause == "not_booked" and case.state is wanted]


def faults(ws: Workspace) -> list[str]:
    connection = connect(ws.folder / "ledger.sqlite", read_only=True)
    try:
        return found_faults(connection, ())
    finally:
        connection.close()


def accept(ws: Workspace, count: int, who: str = "Ann") -> None:
    for case_id in unbooked(ws)[:count]:
        states.accept(ws, case_id, REASON, who)


@pytest.fixture
def learned(shelf: Workspace, put: Put) -> Workspace:
    """Twelve unbooked charges, seven of them accepted by Ann; Mia may switch rules on."""
    put(month(101, 12))
    run(shelf, "settlements")
    accept(shelf, 7)
    learning.authorise(shelf, ["Mia", "Ann"], "Mia")
    return shelf


def on(ws: Workspace) -> None:
    learning.propose(ws)
    learning.switch_on(ws, 1, "Mia", "looked at all seven")


def test_nothing_is_proposed_from_few_decisions(shelf: Workspace, put: Put) -> None:
    put(month(101, 12))
    run(shelf, "settlements")
    accept(shelf, 4)
    assert learning.propose(shelf) == []


def test_a_proposal_shows_its_past_and_its_price_and_changes_nothing(learned: Workspace) -> None:
    (rule,) = learning.propose(learned)
    assert (rule.rule, rule.version, rule.state) == (1, 1, "proposed")
    test = rule.learned.test
    assert (test.decided, test.spoken, test.right) == (7, 2, 2)
    assert (rule.learned.reason, rule.learned.largest, rule.learned.people) == (REASON, 700, ("Ann",))
    price = learning.price(learned, rule)
    assert (price.cases, price.size, price.worst) == (5, 3500, 4)
    assert len(unbooked(learned)) == 5
    assert learning.apply(learned, "settlements") == {}
    assert learning.propose(learned) == [rule]  # not a second time


def test_only_who_may_and_did_not_decide_alone_switches_it_on(learned: Workspace) -> None:
    learning.propose(learned)
    for who, told in (
        ("Ben", "Ben may not switch rules on; Ann, Mia may"),
        ("Ann", "all decisions behind rule 1 are by Ann"),
        (" ", "say who decides it"),
    ):
        with pytest.raises(UsageError, match=told):
            learning.switch_on(learned, 1, who, "fine")
    with pytest.raises(UsageError, match="say why"):
        learning.switch_on(learned, 1, "Mia", "")
    with pytest.raises(UsageError, match="there is no rule 2"):
        learning.switch_on(learned, 2, "Mia", "fine")
    assert [rule.state for rule in learning.listed(learned)] == ["proposed"]


def test_nobody_may_until_somebody_is_named(shelf: Workspace, put: Put) -> None:
    put(month(101, 12))
    run(shelf, "settlements")
    accept(shelf, 7)
    learning.propose(shelf)
    with pytest.raises(UsageError, match="nobody was named who may"):
        learning.switch_on(shelf, 1, "Mia", "fine")
    learning.authorise(shelf, ["Mia"], "Mia")
    with pytest.raises(UsageError, match="only Mia can change who may switch rules on"):
        learning.authorise(shelf, ["Ann"], "Ann")


def test_switched_on_it_decides_after_each_run(learned: Workspace, put: Put) -> None:
    on(learned)
    assert run(learned, "settlements").ruled == {"rule 1.1": 5}
    assert unbooked(learned) == []
    put(month(301, 3), "later")
    assert run(learned, "settlements").ruled == {"rule 1.1": 3}
    assert run(learned, "settlements").ruled == {}
    (event,) = list_events(learned, unbooked(learned, State.ACCEPTED)[-1])
    assert (event.who, event.what) == ("rule 1.1", "accept")
    assert faults(learned) == []


def test_it_takes_no_larger_difference_and_no_other_sort(learned: Workspace, put: Put) -> None:
    on(learned)
    put(month(301, 2, "7.01"), "larger")
    put(month(401, 2, "7.00", "6.00"), "amounts")
    assert run(learned, "settlements").ruled == {"rule 1.1": 5}
    assert len(unbooked(learned)) == 2


def test_what_it_did_teaches_it_nothing(learned: Workspace, put: Put) -> None:
    on(learned)
    run(learned, "settlements")
    put(month(301, 9), "later")
    run(learned, "settlements")
    assert [rule.version for rule in learning.propose(learned)] == [1]
    assert len(learning.decided(learned)) == 7


def test_taken_back_once_it_stops_and_stays_away_from_the_case(learned: Workspace, put: Put) -> None:
    on(learned)
    run(learned, "settlements")
    found = states.undo(learned, "Ben")
    assert found is not None
    put(month(301, 3), "later")
    assert run(learned, "settlements").ruled == {}
    (rule,) = learning.listed(learned)
    assert (rule.state, rule.why) == ("off", "1 of its decisions was taken back")
    assert len(unbooked(learned)) == 4
    # the case that was taken back speaks against the rule: one in seven is too many
    assert learning.decided(learned)[-1].reason == ""
    learning.propose(learned)
    assert [each.state for each in learning.listed(learned)] == ["off"]


def test_switching_off_can_open_again_what_it_accepted(learned: Workspace) -> None:
    on(learned)
    run(learned, "settlements")
    learning.switch_off(learned, 1, "Ben", "a wrong idea", reopen=True)
    assert len(unbooked(learned)) == 5
    assert len(unbooked(learned, State.ACCEPTED)) == 7  # what Ann decided stands
    assert run(learned, "settlements").ruled == {}
    assert faults(learned) == []
    with pytest.raises(UsageError, match="rule 1 is off"):
        learning.switch_off(learned, 1, "Ben", "again")


def test_a_larger_accepted_difference_makes_a_new_version(learned: Workspace, put: Put) -> None:
    on(learned)
    run(learned, "settlements")
    put(month(301, 2, "9.00"), "larger")
    run(learned, "settlements")
    accept(learned, 1, "Ben")
    rules = learning.propose(learned)
    assert [(rule.version, rule.state, rule.learned.largest) for rule in rules] == [
        (1, "on", 700),
        (2, "proposed", 900),
    ]
    assert run(learned, "settlements").ruled == {}
    learning.switch_on(learned, 1, "Mia", "yes, these too")
    assert [rule.state for rule in learning.listed(learned)] == ["replaced", "on"]
    assert run(learned, "settlements").ruled == {"rule 1.2": 1}


def test_a_rejected_proposal_does_not_come_back(learned: Workspace) -> None:
    learning.propose(learned)
    learning.reject(learned, 1, "Mia", "each needs a look")
    assert [rule.state for rule in learning.propose(learned)] == ["rejected"]
    with pytest.raises(UsageError, match="rule 1 is no proposal"):
        learning.reject(learned, 1, "Mia", "again")


def test_every_step_is_in_the_audit_trail(learned: Workspace) -> None:
    on(learned)
    learning.switch_off(learned, 1, "Mia", "month is closed")
    told = [(event.who, event.data["state"]) for event in list_events(learned, "rule:1.1")]  # type: ignore[index]
    assert told == [("", "proposed"), ("Mia", "on"), ("Mia", "off")]
    with writing(learned.ledger) as connection:
        connection.exec_driver_sql("UPDATE learned_rule SET state = 'on'")
    assert faults(learned) == ["the state of the rule 'rule:1.1' is not what the audit trail says"]
