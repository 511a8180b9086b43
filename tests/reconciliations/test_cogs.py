"""Costs of what was delivered, and entries that name deliveries."""

from __future__ import annotations

from typing import Any

import pytest

from recon_app.models.quantity import parse_quantity
from recon_app.models.record import RecordType
from recon_app.reconciliations.cogs import Cogs
from tests.reconciliations.ledger import Ledger, same_backwards, stands_once


class Depot(Ledger):
    """Deliveries and costs."""

    def __init__(self) -> None:
        super().__init__(Cogs())

    def product(self, sku: str, cost: str, unit: str = "Units") -> None:
        """A product with its cost."""
        self.add(RecordType.ODOO_PRODUCT, sku=sku, unit=unit, extra={"cost": cost} if cost else {})

    def delivered(self, name: str, sku: str, many: str, on: str = "2026-11-05", **values: Any) -> int:
        """A move to a customer that is done."""
        given = {
            "location": "WH/Stock",
            "location_to": "Partners/Customers",
            "status": "done",
            "unit": "Units",
            "source": "odoo_stock_moves",
        } | values
        return self.add(
            RecordType.STOCK_MOVE, grp=name, ref="S1", sku=sku, day=on, done=parse_quantity(many), **given
        )

    def entry(self, name: str, sku: str = "", on: str = "2026-11-05") -> int:
        """An item of the stock account as Odoo labels it."""
        return self.item(
            "110100", "-1.00", ref=f"{name} - {sku}", text=f"{name} - {sku}", day=on, grp="STJ/1"
        )


@pytest.fixture
def depot() -> Depot:
    found = Depot()
    found.product("A", "2.5")
    return found


def test_every_delivery_has_a_cost_and_an_entry(depot: Depot) -> None:
    move = depot.delivered("WH/OUT/1", "A", "3")
    entry = depot.entry("WH/OUT/1", "A")
    (case,) = depot.compare()
    assert (case.says, case.text) == (("matched", "", 0), "WH/OUT/1, A: delivered, with a cost.")
    assert case.records == [move, entry]
    assert depot.remarks == []


def test_a_delivery_that_no_entry_names(depot: Depot) -> None:
    depot.delivered("WH/OUT/1", "A", "3")
    depot.delivered("WH/OUT/2", "A", "4")
    depot.entry("WH/OUT/1", "A")
    case = depot.only()
    assert case.says == ("missing", "no_entry", -10_00)
    assert case.text == (
        "WH/OUT/2, A: 4 Units delivered, worth 10.00 EUR, and no journal entry names the delivery."
    )
    assert "Delivered for S1." in case.evidence


def test_beyond_the_days_of_the_entries_nobody_knows(depot: Depot) -> None:
    depot.delivered("WH/OUT/1", "A", "3")
    depot.delivered("WH/OUT/2", "A", "4", "2026-11-20")
    depot.entry("WH/OUT/1", "A")
    assert depot.differences() == []


def test_entries_of_sums_name_no_delivery(depot: Depot) -> None:
    depot.delivered("WH/OUT/1", "A", "3")
    depot.entry("Deliveries of 2026-11-05")
    assert depot.differences() == []
    assert "No journal item names a delivery" in depot.remarks[0]


@pytest.mark.parametrize("cost", ["", "0", "0.0"])
def test_a_product_without_a_cost_is_one_case(depot: Depot, cost: str) -> None:
    depot.product("B", cost)
    depot.delivered("WH/OUT/1", "B", "3")
    depot.delivered("WH/OUT/2", "B", "4")
    case = depot.only()
    assert case.says == ("field", "no_cost", 0)
    assert case.text == "B: 7 Units delivered in 2 deliveries, and the product has no cost."
    assert case.evidence[-1].startswith("Enter the cost")
    assert len(case.records) == 2


def test_a_product_that_is_not_loaded(depot: Depot) -> None:
    depot.delivered("WH/OUT/1", "C", "1")
    case = depot.only()
    assert case.says == ("field", "product_not_known", 0)
    assert case.text.startswith("C: 1 Unit delivered in 1 delivery")


def test_units_are_turned_into_that_of_the_cost(depot: Depot) -> None:
    depot.product("B", "12", "Dozens")
    depot.delivered("WH/OUT/1", "A", "1")
    depot.delivered("WH/OUT/2", "B", "30")
    depot.entry("WH/OUT/1")
    assert depot.only().says == ("missing", "no_entry", -30_00)


def test_what_is_not_delivered_does_not_count(depot: Depot) -> None:
    depot.delivered("WH/OUT/1", "A", "3", status="assigned")
    depot.delivered("WH/IN/1", "A", "3", location_to="WH/Stock")
    assert depot.compare() == []
    assert "nothing was delivered" in depot.remarks[0]


def test_without_products_or_currency_little_is_known() -> None:
    depot = Depot()
    depot.delivered("WH/OUT/1", "A", "3")
    assert depot.differences() == []
    assert any("No products of Odoo" in remark for remark in depot.remarks)
    assert any("one currency" in remark for remark in depot.remarks)


def test_records_stand_once_whatever_their_order(depot: Depot) -> None:
    depot.product("B", "0")
    for number in range(1, 6):
        depot.delivered(f"WH/OUT/{number}", "A", "1")
        depot.delivered(f"WH/OUT/{number}", "B", "1")
        if number != 3:
            depot.entry(f"WH/OUT/{number}", "A")
    assert {each.says for each in depot.differences()} == {
        ("field", "no_cost", 0),
        ("missing", "no_entry", -2_50),
    }
    assert stands_once(depot)
    assert same_backwards(depot)


def test_why_not(depot: Depot) -> None:
    one, two = depot.delivered("WH/OUT/1", "A", "1"), depot.delivered("WH/OUT/2", "B", "1")
    assert [line.rule for line in Cogs().why_not(depot.records[one], depot.records[two])] == ["grp", "sku"]
