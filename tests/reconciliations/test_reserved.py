"""Reservations of quants against open move lines, in both directions."""

from __future__ import annotations

import pytest

from recon_app.models.record import RecordType
from recon_app.reconciliations.reserved import Reserved
from tests.reconciliations.depot import STOCK, VENDORS, Depot


@pytest.fixture
def depot() -> Depot:
    return Depot(Reserved())


def _line(depot: Depot, reserved: str, **values: str) -> int:
    given = {"sku": "A", "location": STOCK, "status": "assigned", "unit": "Units"} | values
    return depot.add(RecordType.STOCK_MOVE_LINE, reserved=reserved, **given)


def test_stk_07_orphan_reservations(depot: Depot) -> None:
    depot.quant("A", "100", "13", amount=50000, currency="EUR")
    _line(depot, "11")
    case = depot.only()
    assert case.says == ("amount", "orphan_reserved", "2")
    assert case.facts.value == 1000
    assert case.text == (
        "A at WH/Stock: 13 Units reserved, 11 Units in open move lines: 2 Units reserved for nothing."
    )
    assert case.adds_up()


def test_move_lines_that_the_stock_does_not_hold(depot: Depot) -> None:
    depot.quant("A", "100", "11")
    _line(depot, "13")
    case = depot.only()
    assert case.says == ("amount", "line_without_reservation", "-2")
    assert case.adds_up()


def test_a_place_without_any_stock(depot: Depot) -> None:
    depot.quant("A", "5", "0")
    _line(depot, "3", location="WH/Shelf")
    assert depot.only().says == ("amount", "line_without_reservation", "-3")


def test_both_agree(depot: Depot) -> None:
    depot.quant("A", "10", "4")
    depot.quant("B", "10", "0")
    _line(depot, "3")
    _line(depot, "1")
    assert depot.only().says == ("matched", "", "0")


def test_lots_are_apart(depot: Depot) -> None:
    depot.quant("A", "10", "4", lot="L1")
    depot.quant("A", "10", "0", lot="L2")
    _line(depot, "4", lot="L2")
    assert {case.facts.note["lot"]: case.says[1:] for case in depot.compare()} == {
        "L1": ("orphan_reserved", "4"),
        "L2": ("line_without_reservation", "-4"),
    }


def test_without_lots_in_the_lines_lots_count_together(depot: Depot) -> None:
    depot.quant("A", "10", "4", lot="L1")
    depot.quant("A", "10", "1", lot="L2")
    _line(depot, "5")
    assert depot.only().says == ("matched", "", "0")
    assert depot.remarks == ["The open move lines name no lots, so lots were compared together."]


@pytest.mark.parametrize("values", [{"status": "done"}, {"status": "cancel"}, {"location": VENDORS}])
def test_lines_that_reserve_nothing(depot: Depot, values: dict[str, str]) -> None:
    depot.quant("A", "10", "4")
    _line(depot, "4", **values)
    assert depot.only().says == ("amount", "orphan_reserved", "4")


def test_more_reserved_than_there_is(depot: Depot) -> None:
    depot.quant("A", "3", "4")
    _line(depot, "4")
    assert depot.only().says == ("amount", "reserved_above_stock", "0")


def test_dozens_in_lines_are_pieces_in_the_stock(depot: Depot) -> None:
    depot.quant("EGG", "100", "24")
    _line(depot, "2", sku="EGG", unit="Dozens")
    assert depot.only().says == ("matched", "", "0")


def test_nothing_is_said_without_move_lines(depot: Depot) -> None:
    depot.quant("A", "3", "4")
    assert depot.compare() == []
    (said,) = depot.remarks
    assert said.startswith("Import stock move lines of Odoo (Inventory, Reporting, Moves History")


def test_products_in_units_of_unknown_size_are_one_case(depot: Depot) -> None:
    for sku in "ABC":
        depot.quant(sku, "10", "4", unit="Sacks" if sku != "C" else "Crates")
        _line(depot, "4", sku=sku, unit="Sacks")
    depot.quant("D", "10", "2")
    _line(depot, "2", sku="D")
    cases = depot.compare()
    assert sorted(case.facts.kind for case in cases) == ["field", "matched"]
    (case,) = (each for each in cases if each.facts.kind == "field")
    assert case.text == (
        "3 products are not compared: the sizes of Crates, Sacks are not known; answer unit.Crates and "
        "unit.Sacks, as in '12 Units'."
    )
    assert len(case.records) == 6
    assert "Of these products: A, B, C." in case.evidence
    depot.answers |= {"unit.Sacks": "20 Units", "unit.Crates": "20 Units"}
    assert {each.facts.kind for each in depot.compare()} == {"matched"}


def test_units_by_their_external_ids_are_odoos_own(depot: Depot) -> None:
    depot.quant("A", "10", "4", unit="uom.product_uom_unit")
    _line(depot, "4")
    assert depot.only().says == ("matched", "", "0")
