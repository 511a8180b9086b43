"""Transfers of two legs and their ages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.record import Side
from recon_app.reconciliations.transfers import Transfers
from tests.reconciliations.depot import STOCK, TODAY, Depot

_TRANSIT, _EAST = "Physical Locations/Inter-warehouse transit", "EAST/Stock"


@pytest.fixture
def depot() -> Depot:
    return Depot(Transfers(), exported_at__Odoo="2026-11-23T12:00+00:00")


def _send(depot: Depot, quantity: str, days: int = 0, **values: str) -> None:
    places = {"location": STOCK, "location_to": _TRANSIT, "grp": "WH/OUT/1", "ref": "R1"} | values
    depot.move("A", quantity, quantity, day=TODAY - days, **places)


def _receive(depot: Depot, planned: str, done: str = "", **values: str) -> None:
    places = {"location": _TRANSIT, "location_to": _EAST, "grp": "EAST/IN/1", "ref": "R1"} | values
    depot.move("A", planned, done, **places)


def test_stk_06_sent_20_received_18(depot: Depot) -> None:
    _send(depot, "20", days=12)
    _receive(depot, "18", "18")
    _receive(depot, "2", grp="EAST/IN/2")
    case = depot.only()
    assert case.says == ("amount", "in_transit", "-2")
    assert case.facts.grp == "8-30 days"
    assert case.text == "R1, A: sent 20 Units, received 18 Units: 2 Units in transit for 12 days."
    assert (
        "The total is unchanged: 18 Units received and 2 Units in transit are the 20 Units sent."
        in case.evidence
    )
    assert any("claim it or book the loss" in text for text in case.evidence)
    assert case.adds_up()


@pytest.mark.parametrize(("days", "said"), [(0, "since today"), (1, "for 1 day"), (2, "for 2 days")])
def test_the_age_reads_well(depot: Depot, days: int, said: str) -> None:
    _send(depot, "5", days)
    _receive(depot, "5")
    assert depot.only().text == f"R1, A: sent 5 Units, received 0 Units: 5 Units in transit {said}."


def test_what_was_sent_stands_beside_what_came(depot: Depot) -> None:
    _send(depot, "20")
    _receive(depot, "18", "18")
    facts = depot.only().facts
    assert {side: [one.values["grp"] for one in found] for side, found in facts.legs.items()} == {
        Side.ODOO: ["WH/OUT/1"],
        Side.GOODS: ["EAST/IN/1"],
    }
    assert facts.missing == ()


def test_a_leg_that_is_not_there_is_said(depot: Depot) -> None:
    _send(depot, "20")
    assert depot.only().facts.missing == (Side.GOODS,)


@pytest.mark.parametrize(
    ("days", "age", "kind"),
    [
        (0, "0-2 days", "timing"),
        (2, "0-2 days", "timing"),
        (3, "3-7 days", "timing"),
        (7, "3-7 days", "timing"),
        (8, "8-30 days", "amount"),
        (30, "8-30 days", "amount"),
        (31, "over 30 days", "amount"),
    ],
)
def test_what_is_in_transit_ages(depot: Depot, days: int, age: str, kind: str) -> None:
    _send(depot, "5", days)
    _receive(depot, "5")
    case = depot.only()
    assert (case.facts.grp, *case.says) == (age, kind, "in_transit", "-5")


def test_all_of_it_arrived(depot: Depot) -> None:
    _send(depot, "20", 12)
    _receive(depot, "20", "20")
    case = depot.only()
    assert (case.facts.grp, *case.says) == ("", "matched", "", "0")


def test_the_second_leg_is_missing(depot: Depot) -> None:
    _send(depot, "20")
    assert depot.only().says == ("amount", "second_leg_missing", "-20")


def test_nobody_waits_for_the_rest(depot: Depot) -> None:
    _send(depot, "20", 12)
    _receive(depot, "18", "18")
    assert depot.only().says == ("amount", "received_short", "-2")


def test_more_arrived_than_was_sent(depot: Depot) -> None:
    _send(depot, "18")
    _receive(depot, "18", "20")
    assert depot.only().says == ("amount", "received_over", "2")


def test_the_first_leg_is_missing(depot: Depot) -> None:
    _receive(depot, "18", "18")
    assert depot.only().says == ("amount", "first_leg_missing", "18")


def test_the_second_transfer_may_name_the_first(depot: Depot) -> None:
    _send(depot, "5", ref="R9")
    _receive(depot, "5", "5", ref="WH/OUT/1")
    assert depot.only().says == ("matched", "", "0")


def test_what_was_not_sent_yet_is_no_case(depot: Depot) -> None:
    depot.move("A", "5", location=STOCK, location_to=_TRANSIT)
    assert depot.compare() == []


def test_a_location_can_be_answered_to_be_transit(depot: Depot) -> None:
    _send(depot, "5", location_to="WH/Truck")
    _receive(depot, "5", "4", location="WH/Truck")
    assert depot.compare() == []
    assert depot.remarks
    depot.answers["transit.WH/Truck"] = "yes"
    assert depot.only().says == ("timing", "received_short", "-1")


def test_without_moves_there_is_nothing_to_say(depot: Depot) -> None:
    assert depot.compare() == []


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 10**9), st.booleans()), min_size=1, max_size=12))
def test_what_is_in_transit_is_what_was_sent_less_what_came(legs: list[tuple[int, int, bool]]) -> None:
    depot = Depot(Transfers())
    for number, (transfer, many, coming) in enumerate(legs):
        quantity, reference = f"{many}.5", f"R{transfer}"
        if coming:
            _receive(depot, quantity, quantity, ref=reference)
        else:
            _send(depot, quantity, ref=reference, grp=f"WH/OUT/{number}")
    found = depot.compare()
    away = sum(many * 10**6 + 500_000 for _, many, coming in legs if not coming)
    come = sum(many * 10**6 + 500_000 for _, many, coming in legs if coming)
    assert sum(case.facts.delta or 0 for case in found) == come - away
    assert all(case.adds_up() for case in found)


def test_transfers_in_units_of_unknown_size_are_one_case(depot: Depot) -> None:
    for sku in "AB":
        depot.move(sku, "2", "2", unit="Sacks", location=STOCK, location_to="Transit", ref="R1")
    case = depot.only()
    assert case.facts.cause == "unknown_unit"
    assert case.text.startswith("2 products are not compared: the size of the unit Sacks is not known")
    assert case.recon.bridge(case.facts) == ()
