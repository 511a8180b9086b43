"""Bills of vendors against what was ordered and what arrived, in money."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.problem import UsageError
from recon_app.models.quantity import parse_quantity
from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations.bills import Bills
from tests.reconciliations.ledger import Ledger, same_backwards, stands_once


class Vendor(Ledger):
    """Purchase orders at 5.00 EUR a piece."""

    def __init__(self) -> None:
        super().__init__(Bills())

    def bought(self, ordered: str, received: str, billed: str, order: str = "P1", **values: Any) -> int:
        """A line of an order."""
        price = values.pop("price", "5")
        subtotal = -round(Fraction(price or "5") * Fraction(ordered) * 100)
        given = {"sku": "A", "status": "purchase", "due": "2026-11-18", "amount": subtotal, "source": "lines"}
        quantities = {
            name: parse_quantity(text) if text else NO_INT
            for name, text in (("quantity", ordered), ("done", received), ("invoiced", billed))
        }
        extra = {"price": price} if price else {}
        return self.add(
            RecordType.PURCHASE_ORDER_LINE, grp=order, extra=extra, **(given | quantities | values)
        )

    def bill(self, untaxed: int, order: str = "P1", name: str = "BILL/1", **values: Any) -> int:
        """A posted bill with 19 % tax, in minor units without tax; a credit note when negative."""
        tax = untaxed * 19 // 100
        given = {"status": "posted/not_paid", "day": "2026-11-19", "amount": -(untaxed + tax)} | values
        given.setdefault("extra", {"untaxed": -untaxed, "tax": -tax})
        return self.add(RecordType.BILL, grp=name, ref2=order, **given)


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


def test_ordered_arrived_and_billed_agree(vendor: Vendor) -> None:
    vendor.bought("10", "10", "10")
    vendor.bill(50_00)
    (case,) = vendor.compare()
    assert (case.says, case.text) == (
        ("matched", "", 0),
        "P1: ordered, arrived and billed agree in money.",
    )


def test_a_bill_without_its_amount_before_tax_agrees_with_nothing(vendor: Vendor) -> None:
    vendor.bought("10", "10", "10")
    vendor.bill(50_00, extra={})
    vendor.bought("10", "10", "10", "P2")
    vendor.bill(50_00, "P2", "BILL/2")
    (case,) = vendor.compare()
    assert case.text == "P2: ordered, arrived and billed agree in money."
    (remark,) = vendor.remarks
    assert remark.startswith("1 purchase order of 2026-11-18 ")
    assert "export the bills with the column Untaxed Amount" in remark


def test_what_a_draft_without_its_amount_comes_to_is_not_said(vendor: Vendor) -> None:
    vendor.bought("10", "10", "10")
    vendor.bill(50_00, extra={}, status="draft/not_paid")
    case = vendor.only()
    assert case.says == ("field", "draft_bill", 0)
    assert case.text == "P1: a bill is a draft."


def test_arrived_and_not_billed_is_an_accrual(vendor: Vendor) -> None:
    vendor.bought("10", "10", "4")
    vendor.bill(20_00)
    case = vendor.only()
    assert case.says == ("timing", "received_not_billed", -30_00)
    assert case.text == "P1: 30.00 EUR of goods arrived and are not billed yet."


def test_an_old_accrual_is_asked_about(vendor: Vendor) -> None:
    vendor.bought("10", "10", "0", due="2026-10-01")
    assert vendor.only().says == ("amount", "received_not_billed", -50_00)


def test_billed_and_not_arrived(vendor: Vendor) -> None:
    vendor.bought("10", "6", "10")
    vendor.bill(50_00)
    case = vendor.only()
    assert case.says == ("amount", "billed_not_received", 20_00)
    assert case.evidence[-1] == "Do not pay it before the goods are here."


def test_lines_do_not_make_up_for_each_other(vendor: Vendor) -> None:
    vendor.bought("10", "6", "10")
    vendor.bought("10", "10", "6", sku="B")
    vendor.bill(80_00)
    case = vendor.only()
    assert case.says == ("amount", "billed_not_received", 20_00)
    assert "Besides: 20.00 EUR of goods arrived and are not billed yet." in case.evidence


@pytest.mark.parametrize(("untaxed", "word"), [(52_00, "more"), (49_00, "less")])
def test_the_price_differs_from_the_order(vendor: Vendor, untaxed: int, word: str) -> None:
    vendor.bought("10", "10", "10")
    vendor.bill(untaxed)
    case = vendor.only()
    assert case.says == ("amount", "bill_price_differs", untaxed - 50_00)
    assert case.text.endswith(f".00 EUR {word}.")


def test_prices_are_exact_and_rounded_as_odoo_rounds_a_line(vendor: Vendor) -> None:
    vendor.bought("3", "3", "3", price="0.335", amount=-1_01)
    vendor.bill(1_01)
    assert vendor.differences() == []


def test_a_line_without_price_is_worth_its_part(vendor: Vendor) -> None:
    vendor.bought("10", "5", "5", price="", amount=-50_00)
    vendor.bill(25_00)
    assert vendor.differences() == []


def test_a_line_without_price_and_amount_is_worth_nothing_that_is_known(vendor: Vendor) -> None:
    vendor.bought("10", "10", "10")
    vendor.bill(50_00)
    vendor.bought("10", "10", "4", order="P2", price="", amount=NO_INT)
    assert vendor.only().says == ("ambiguous", "quantities_not_known", 0)


def test_a_discount_of_the_line_counts(vendor: Vendor) -> None:
    vendor.add(
        RecordType.PURCHASE_ORDER_LINE,
        grp="P1",
        sku="A",
        status="purchase",
        amount=-45_00,
        source="lines",
        **dict.fromkeys(("quantity", "done", "invoiced"), parse_quantity("10")),
        extra={"price": "5", "discount": "10"},
    )
    vendor.bill(45_00)
    assert vendor.differences() == []


def test_credit_notes_of_vendors_lower_the_bill(vendor: Vendor) -> None:
    vendor.bought("10", "8", "8")
    vendor.bill(50_00)
    vendor.bill(-10_00, name="RBILL/1", category="credit_note")
    assert vendor.differences() == []


def test_billed_twice(vendor: Vendor) -> None:
    vendor.bought("10", "10", "20")
    vendor.bill(50_00)
    vendor.bill(50_00, name="BILL/2")
    case = vendor.only()
    assert case.says == ("duplicate", "billed_twice", 50_00)
    assert "BILL/1, BILL/2 come to 100.00 EUR, and 50.00 EUR were ordered" in case.text


def test_a_draft_bill(vendor: Vendor) -> None:
    vendor.bought("10", "10", "10")
    vendor.bill(50_00, name="Draft (x)", status="draft/not_paid")
    assert vendor.only().says == ("field", "draft_bill", 0)


def test_a_bill_whose_lines_are_not_those_of_the_order(vendor: Vendor) -> None:
    vendor.bought("10", "10", "0")
    vendor.bill(50_00)
    assert vendor.only().says == ("field", "bill_not_linked", 50_00)


def test_called_billed_and_no_bill_names_the_order(vendor: Vendor) -> None:
    vendor.bought("10", "10", "10")
    vendor.bought("10", "10", "10", order="P2")
    vendor.bill(50_00, order="P2")
    assert vendor.only().says == ("missing", "bill_missing", -50_00)


def test_without_bills_nobody_is_accused(vendor: Vendor) -> None:
    vendor.bought("10", "10", "10")
    assert vendor.differences() == []
    assert "Import bills of Odoo (Accounting, Vendors, Bills" in vendor.remarks[0]


def test_orders_of_months_that_the_bills_do_not_cover_are_one_remark(vendor: Vendor) -> None:
    vendor.bought("10", "10", "10")
    vendor.bill(50_00)
    for number, due in enumerate(("2026-03-01", "2026-05-09"), 2):
        vendor.bought("10", "10", "10", order=f"P{number}", due=due)
    assert vendor.differences() == []
    (said,) = vendor.remarks
    assert said == (
        "2 purchase orders that are called billed of 2026-03-01 to 2026-05-09 were left out: Odoo's bills "
        "cover 2026-11-19 only."
    )


def test_two_orders_of_one_name_are_left_to_a_person(vendor: Vendor) -> None:
    for company in ("One Ltd", "Other Ltd"):
        vendor.bought("10", "10", "10", text=company)
        vendor.add(RecordType.PURCHASE_ORDER, grp="P1", status="purchase", day="2026-11-10", amount=-50_00)
    vendor.bill(50_00)
    case = vendor.only()
    assert case.says == ("ambiguous", "same_name", None)
    assert case.text.startswith("P1: several purchase orders have this name")


def test_a_line_that_comes_to_more_than_any_amount_is_refused_in_words(vendor: Vendor) -> None:
    vendor.bought("10", "10", "10")
    vendor.bill(50_00)
    vendor.bought("9000000000", "9000000000", "9000000000", order="P2", price="9000000000", amount=NO_INT)
    assert vendor.only().says == ("ambiguous", "quantities_not_known", 0)
    assert vendor.remarks == ["1 order line comes to more than any amount can be, and counts as not known."]


def test_sums_that_cannot_be_exact_are_refused_in_words(vendor: Vendor) -> None:
    for number in range(600):
        vendor.bought("1", "1", "1", order=f"P{number}", price="99999999999999.00")
    with pytest.raises(UsageError, match="more than can be added up exactly"):
        vendor.compare()


def test_a_price_near_the_largest_amount_is_exact(vendor: Vendor) -> None:
    vendor.bought("1", "1", "1", price="99999999999999.99")
    vendor.bill(99_999_999_999_999_98)
    assert vendor.only().says == ("amount", "bill_price_differs", -1)


def test_one_bill_of_two_orders_makes_one_case(vendor: Vendor) -> None:
    vendor.bought("10", "10", "10")
    vendor.bought("10", "10", "10", order="P2")
    vendor.bill(100_00, order="P1, P2")
    (case,) = vendor.compare()
    assert (case.says, len(case.records)) == (("matched", "", 0), 3)


def test_other_currencies_and_unknown_quantities(vendor: Vendor) -> None:
    vendor.bought("10", "10", "10")
    vendor.bill(50_00, currency="USD")
    vendor.bought("10", "10", "", order="P2")
    assert {each.says for each in vendor.differences()} == {
        ("field", "other_currency", None),
        ("ambiguous", "quantities_not_known", 0),
    }


def test_a_file_without_quantities_is_no_flood(vendor: Vendor) -> None:
    for order in ("P1", "P2", "P3"):
        vendor.bought("10", "", "", order=order)
    assert vendor.differences() == []
    assert any("Received Qty" in remark for remark in vendor.remarks)


def test_what_is_left_out_is_said(vendor: Vendor) -> None:
    vendor.bought("10", "10", "10", status="draft")
    vendor.bill(7_00, order="")
    assert vendor.compare() == []
    assert vendor.remarks == ["1 bill of 8.33 EUR names no purchase order that is loaded and was left out."]
    nothing = Vendor()
    assert nothing.compare() == []
    assert "Import purchase orders of Odoo with their lines" in nothing.remarks[0]


def test_why_not(vendor: Vendor) -> None:
    line, bill = vendor.bought("1", "1", "1"), vendor.bill(5_00, order="P2")
    order = vendor.add(RecordType.PURCHASE_ORDER, grp="P2", amount=-5_00)
    why = Bills().why_not
    assert why(vendor.records[line], vendor.records[bill])[0].text == "The order differs: 'P1' and 'P2'."
    assert why(vendor.records[order], vendor.records[bill])[0].text == "Both name P2."
    item = vendor.item("1", "1.00")
    assert why(vendor.records[line], vendor.records[item])[0].rule == "type"


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3), st.integers(1, 50), st.integers(0, 50), st.integers(0, 50), st.integers(-2, 2)
        ),
        min_size=1,
        max_size=8,
    )
)
def test_the_amounts_of_any_orders(rows: list[tuple[int, int, int, int, int]]) -> None:
    vendor = Vendor()
    expected: dict[str, list[int]] = {}
    for number, (order, ordered, received, billed, more) in enumerate(rows):
        name = f"P{order}"
        vendor.bought(str(ordered), str(received), str(billed), order=name, sku=f"S{number}")
        sums = expected.setdefault(name, [0, 0, 0])
        sums[0] += max(received - billed, 0) * 5_00
        sums[1] += max(billed - received, 0) * 5_00
        if billed:
            vendor.bill(billed * 5_00 + more, order=name, name=f"BILL/{number}")
            sums[2] += more
    for case in vendor.differences():
        name = case.facts.note["order"]
        under, over, off = expected[name]
        figures = case.facts.note["figures"]
        assert (figures.get("under", 0), figures.get("over", 0)) == (under, over)
        assert figures.get("billed", 0) - figures.get("counted", 0) == off
    found = {case.facts.note["order"] for case in vendor.differences()}
    assert {name for name, sums in expected.items() if any(sums)} <= found
    assert stands_once(vendor)
    assert same_backwards(vendor)
