"""The value of the stock against the stock account."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.record import RecordType
from recon_app.reconciliations.valuation import Valuation
from tests.reconciliations.depot import TODAY, Depot

_MISC = {"journal": "Miscellaneous Operations"}


@pytest.fixture
def depot() -> Depot:
    found = Depot(Valuation())
    found.quant("A", "100", amount=50000, currency="EUR")
    return found


def test_both_agree(depot: Depot) -> None:
    depot.item(50000)
    case = depot.only()
    assert case.says == ("matched", "", "0")
    assert case.text == "EUR: the stock is worth 500.00 EUR, the stock account holds the same."
    assert depot.proposals == {"stock_account.EUR": "110100"}


@pytest.mark.parametrize(
    ("cause", "values"),
    [
        ("landed_cost", {"ref": "LC/2026/0001", "entry": "STJ/9"}),
        ("price_difference", {"text": "Price difference A", "entry": "STJ/9"}),
        ("price_difference", {"entry": "BILL/1", "extra": {"journal": "Bills", "type": "in_invoice"}}),
        ("manual_entry", {"entry": "MISC/1", "extra": _MISC}),
    ],
)
def test_val_01_the_difference_is_named(depot: Depot, cause: str, values: dict[str, str]) -> None:
    depot.item(50000)
    number = depot.item(1200, **values)
    case = depot.only()
    assert case.says == ("amount", cause, "1200")
    assert [record.id for records in case.facts.legs.values() for record in records] == [number]
    assert "512.00 EUR: 12.00 EUR, which is exactly" in case.text


def test_val_01_two_kinds_of_entries_make_it_up_together(depot: Depot) -> None:
    depot.item(50000)
    depot.item(500, "STJ/9", ref="LC/2026/0001")
    depot.item(700, "MISC/1", extra=_MISC)
    case = depot.only()
    assert case.says == ("amount", "several_entries", "1200")
    assert "The difference is exactly all of landed cost and all of manual entry." in case.evidence


def test_val_01_several_fitting_entries_decide_nothing(depot: Depot) -> None:
    depot.item(50000 - 1200)
    depot.item(1200, "STJ/9", ref="LC/2026/0001")
    depot.item(1200, "MISC/1", extra=_MISC)
    case = depot.only()
    assert case.says == ("amount", "", "1200")
    assert [code for code, _ in case.facts.note["causes"]] == ["landed_cost", "manual_entry"]


def test_val_01_an_open_difference_stays_open(depot: Depot) -> None:
    depot.item(51200)
    case = depot.only()
    assert case.says == ("amount", "", "1200")
    assert case.text.endswith("512.00 EUR: 12.00 EUR not explained.")


def test_stk_05_consigned_goods_are_not_valued() -> None:
    depot = Depot(Valuation())
    depot.add(RecordType.ODOO_PRODUCT, sku="A", extra={"cost": "5"})
    depot.quant("A", "18")
    depot.quant("A", "12", extra={"owner": "Vendor"})
    depot.item(9000)
    case = depot.only()
    assert case.says == ("matched", "", "0")
    assert case.facts.note["stock"] == 9000
    assert depot.remarks[0] == "1 quant belongs to others and is not valued."


def test_stk_05_a_consigned_place_is_not_valued(depot: Depot) -> None:
    depot.quant("B", "10", amount=7000, currency="EUR", location="WH/Consignment/A")
    depot.answers["excluded.WH/Consignment"] = "consigned"
    depot.item(50000)
    assert depot.only().says == ("matched", "", "0")


def test_items_after_the_cut_off_do_not_count(depot: Depot) -> None:
    depot.item(50000)
    depot.item(700, day=TODAY + 1)
    depot.answers["exported_at.Odoo"] = "2026-11-23T12:00+00:00"
    assert depot.only().says == ("matched", "", "0")


def test_drafts_do_not_count(depot: Depot) -> None:
    depot.item(50000)
    depot.item(700, status="draft")
    assert depot.only().says == ("matched", "", "0")


def test_goods_at_customers_are_not_stock(depot: Depot) -> None:
    depot.quant("B", "10", amount=7000, currency="EUR", location="Partners/Customers")
    depot.item(50000)
    assert depot.only().says == ("matched", "", "0")


def test_goods_between_warehouses_are_still_valued(depot: Depot) -> None:
    place = "Physical Locations/Inter-warehouse transit"
    depot.quant("B", "10", amount=7000, currency="EUR", location=place)
    other = "Physical Locations/Inter-company transit"
    depot.quant("B", "10", amount=7000, currency="EUR", location=other)
    depot.item(57000)
    assert depot.only().says == ("matched", "", "0")


def test_currencies_are_apart(depot: Depot) -> None:
    depot.quant("B", "1", amount=300, currency="USD")
    depot.item(50000)
    depot.item(200, currency="USD")
    assert {case.facts.currency: case.says for case in depot.compare()} == {
        "EUR": ("matched", "", "0"),
        "USD": ("amount", "", "-100"),
    }


def test_the_stock_account_is_asked_for(depot: Depot) -> None:
    depot.item(50000, account="3970", extra={"account_name": "Bestand"})
    case = depot.only()
    assert case.says == ("ambiguous", "account_not_known", "")
    assert "answer stock_account.EUR with its code" in case.text
    depot.answers["stock_account.EUR"] = "3970"
    assert depot.only().says == ("matched", "", "0")


def test_without_journal_items_the_account_is_asked_for(depot: Depot) -> None:
    assert depot.only().says == ("ambiguous", "account_not_known", "")


def test_without_stock_there_is_nothing_to_say() -> None:
    assert Depot(Valuation()).compare() == []


@given(
    st.lists(st.integers(-(10**12), 10**12), max_size=8), st.lists(st.integers(-(10**12), 10**12), min_size=1)
)
def test_the_difference_is_exact(stock: list[int], ledger: list[int]) -> None:
    depot = Depot(Valuation())
    depot.quant("A", "1", amount=1, currency="EUR")
    for number, minor in enumerate(stock):
        depot.quant(f"B{number}", "1", amount=minor, currency="EUR")
    for number, minor in enumerate(ledger):
        depot.item(minor, f"STJ/{number}")
    assert depot.only().facts.delta == sum(ledger) - sum(stock) - 1
