"""Receipts, rule by rule: ordered, arrived and billed; nothing is taken to have arrived."""

from __future__ import annotations

import pytest

from recon_app.models.record import Side
from recon_app.reconciliations.receipts import Receipts
from tests.reconciliations.depot import STOCK, TODAY, VENDORS, Depot


@pytest.fixture
def depot() -> Depot:
    return Depot(Receipts())


def test_ordered_arrived_and_billed_agree(depot: Depot) -> None:
    depot.line("A", "10", "10", "10")
    depot.move("A", "10", "10")
    case = depot.only()
    assert case.says == ("matched", "", "0")
    assert case.text == "P1, A: ordered, arrived and billed agree."


def test_short_and_nothing_more_comes(depot: Depot) -> None:
    depot.line("A", "10", "8", "8", amount=-5000, currency="EUR")
    depot.move("A", "10", "8")
    case = depot.only()
    assert case.says == ("amount", "short", "-2")
    assert case.facts.value == -1000
    assert case.text == (
        "P1, A: 10 Units ordered, 8 Units arrived: 2 Units short, and nothing more is on its way."
    )
    assert case.adds_up()


def test_what_was_ordered_stands_beside_what_arrived(depot: Depot) -> None:
    depot.line("A", "10", "8", "8")
    depot.move("A", "10", "8")
    facts = depot.only().facts
    assert {side: len(found) for side, found in facts.legs.items()} == {Side.ODOO: 1, Side.GOODS: 1}
    assert facts.missing == ()


def test_nothing_arrived_is_said(depot: Depot) -> None:
    depot.line("A", "10", "0")
    depot.move("A", "10")
    assert depot.only().facts.missing == (Side.GOODS,)


def test_over(depot: Depot) -> None:
    depot.line("A", "10", "12", "12")
    depot.move("A", "10", "12")
    assert depot.only().says == ("amount", "over", "2")


def test_the_rest_is_awaited_until_it_is_late(depot: Depot) -> None:
    depot.line("A", "10", "8", "8")
    depot.move("A", "8", "8")
    depot.move("A", "2")
    assert depot.only().says == ("timing", "awaited", "-2")
    depot.answers["exported_at.Odoo"] = "2026-11-30T09:00+00:00"
    case = depot.only()
    assert case.says == ("amount", "late", "-2")
    assert "expected on 2026-11-28" in case.text


def test_a_backorder_over_less_than_the_rest_leaves_it_short(depot: Depot) -> None:
    depot.line("A", "10", "5", "5")
    depot.move("A", "5", "5")
    depot.move("A", "2")
    case = depot.only()
    assert case.says == ("amount", "short", "-5")
    assert case.adds_up()


def test_wrong_sku_arrived(depot: Depot) -> None:
    depot.line("A", "10", "10", "10")
    depot.move("A", "10", "10")
    depot.move("B", "3", "3")
    wrong = next(case for case in depot.compare() if case.facts.note)
    assert wrong.says == ("amount", "wrong_sku", "3")
    assert wrong.text == "P1, B: 3 Units arrived, which this order does not have."


def test_billed_but_not_received(depot: Depot) -> None:
    depot.line("A", "10", "4", "10")
    depot.move("A", "10", "4")
    case = depot.only()
    assert case.says == ("amount", "billed_not_received", "6")
    assert "Do not pay the bill before the goods are here." in case.evidence


def test_received_but_not_billed(depot: Depot) -> None:
    depot.line("A", "10", "10", "0")
    depot.move("A", "10", "10")
    assert depot.only().says == ("timing", "received_not_billed", "-10")


def test_what_odoo_plans_to_receive_never_counts_as_arrived(depot: Depot) -> None:
    depot.line("A", "10", "0", "0", due=TODAY + 5)
    depot.move("A", "10", reserved="10")
    case = depot.only()
    assert case.says == ("timing", "awaited", "-10")
    assert case.facts.note["figures"]["arrived"] == 0


def test_no_file_says_what_arrived(depot: Depot) -> None:
    depot.line("A", "10", "", "10")
    case = depot.only()
    assert case.says == ("ambiguous", "arrival_not_known", "")
    assert "arrived" not in case.facts.note["figures"]


def test_uom_01_dozens_are_compared_with_pieces_exactly(depot: Depot) -> None:
    depot.line("EGG", "10", "10", "10", unit="Dozens")
    depot.move("EGG", "120", "120")
    assert depot.only().says == ("matched", "", "0")


def test_uom_02_what_odoo_rounds_is_no_difference(depot: Depot) -> None:
    depot.line("EGG", "10", "10.08", "10.08", unit="Dozens")
    depot.move("EGG", "120", "121")
    assert depot.only().says == ("amount", "over", "1")


def test_as_many_pieces_as_dozens_were_ordered_is_a_unit_mismatch(depot: Depot) -> None:
    depot.line("EGG", "2", "0.17", "2", unit="Dozens")
    depot.move("EGG", "24", "2")
    case = depot.only()
    assert case.says == ("field", "unit_mismatch", "-22")
    assert case.text == (
        "P1, EGG: 24 Units ordered, 2 Units arrived: the number is the same, the unit is not."
    )
    assert case.adds_up()
    depot.move("EGG", "22")
    assert depot.only().facts.cause != "unit_mismatch"  # the rest is on its way


def test_a_unit_without_a_size_is_named(depot: Depot) -> None:
    depot.line("EGG", "2", "2", "2", unit="Crates")
    depot.move("EGG", "60", "60")
    assert depot.only().says == ("field", "unknown_unit", "")
    depot.answers["unit.Crates"] = "30 Units"
    assert depot.only().says == ("matched", "", "0")


def test_the_line_says_other_than_its_moves(depot: Depot) -> None:
    depot.line("A", "10", "10", "8")
    depot.move("A", "10", "8")
    assert depot.only().says == ("field", "received_differs", "2")


def test_returns_to_the_vendor_are_taken_off(depot: Depot) -> None:
    depot.line("A", "10", "7", "7")
    depot.move("A", "10", "10")
    depot.move("A", "3", "3", location=STOCK, location_to=VENDORS)
    assert depot.only().says == ("amount", "short", "-3")


def test_steps_within_the_warehouse_arrive_once(depot: Depot) -> None:
    depot.line("A", "10", "10", "10")
    depot.move("A", "10", "10", location_to="WH/Input")
    depot.move("A", "10", "10", location="WH/Input")
    assert depot.only().says == ("matched", "", "0")


def test_orders_that_are_not_confirmed_are_left_out(depot: Depot) -> None:
    depot.line("A", "10", "0", "0", status="draft")
    depot.line("B", "10", "0", "0", status="cancel")
    assert depot.compare() == []
    assert "2 products of orders that are not confirmed: left out." in depot.remarks


def test_moves_without_an_order_are_told_of(depot: Depot) -> None:
    depot.line("A", "10", "10", "10")
    depot.move("A", "10", "10")
    depot.move("A", "4", "4", ref="P9")
    assert depot.only().says == ("matched", "", "0")
    assert depot.remarks == ["1 move from a vendor names no purchase order that is loaded; left out."]


def test_keys_stay_when_quantities_change(depot: Depot) -> None:
    depot.line("A", "10", "8", "8")
    before = depot.only().key
    depot.move("A", "10", "10")
    assert depot.only().key == before
