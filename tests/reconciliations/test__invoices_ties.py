"""Several orders, invoices or payments of one name: told apart by what is unique, else left to a person."""

from __future__ import annotations

import pytest

from recon_app.reconciliations.invoices import Invoices
from tests.reconciliations.invoice_orders import Order, few
from tests.reconciliations.ledger import Ledger, same_backwards, stands_once


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(Invoices())


def _two_of_one_name(ledger: Ledger, amounts: tuple[str, str], days: tuple[str, str]) -> tuple[int, int]:
    """Two orders of the shop called #9, of one currency."""
    one, two = (Order(ledger, 9, amount, on).shop() for amount, on in zip(amounts, days, strict=True))
    return one, two


def test_a_tie_is_never_decided_by_the_machine(ledger: Ledger) -> None:
    few(ledger)
    _two_of_one_name(ledger, ("100.00", "100.00"), ("2026-11-05", "2026-11-05"))
    order = Order(ledger, 9)
    order.bill(ref2="")
    order.pay()
    case = ledger.only()
    assert case.says == ("ambiguous", "same_name", None)
    assert case.text == ("#9: 2 orders of the shop are called #9, and nothing tells which of them is meant.")
    (rivals,) = [text for text in case.evidence if text.startswith("#9: 100.00 EUR")]
    assert rivals.count("100.00 EUR, 2026-11-05, file.csv row ") == 2
    assert same_backwards(ledger)
    assert stands_once(ledger)


@pytest.mark.parametrize(
    ("amounts", "days", "amount", "on"),
    [
        (("100.00", "50.00"), ("2026-11-05", "2026-11-05"), "100.00", "2026-11-06"),
        (("100.00", "100.00"), ("2026-11-05", "2026-11-09"), "100.00", "2026-11-05"),
        (("100.00", "100.00"), ("2026-11-05", "2026-08-01"), "100.00", "2026-11-09"),
    ],
)
def test_orders_of_one_name_are_told_apart_by_amounts_and_days(
    ledger: Ledger, amounts: tuple[str, str], days: tuple[str, str], amount: str, on: str
) -> None:
    few(ledger)
    Order(ledger, 20, on="2026-07-25").whole()
    Order(ledger, 21, on="2026-11-10").whole()
    mine, other = _two_of_one_name(ledger, amounts, days)
    order = Order(ledger, 9, amount, on)
    invoice = order.bill(ref2="")
    payment = order.pay()
    cases = [each for each in ledger.compare() if {mine, other} & set(each.records)]
    assert {tuple(sorted(each.records))[:1] for each in cases} == {(mine,), (other,)}
    (found,) = [each for each in cases if mine in each.records]
    assert {mine, invoice, payment} <= set(found.records)
    assert found.says == ("matched", "", 0)
    assert [each.facts.cause for each in cases if other in each.records] == ["paid_not_invoiced"]
    assert same_backwards(ledger)


def test_orders_of_one_name_are_told_apart_by_their_currency(ledger: Ledger) -> None:
    few(ledger)
    mine = Order(ledger, 9).shop()
    Order(ledger, 9).shop(currency="USD")
    order = Order(ledger, 9)
    invoice = order.bill("99.00", ref2="")
    order.pay("99.00")
    found = {each.facts.cause: each for each in ledger.differences()}
    assert set(found) == {"invoice_differs", "paid_not_invoiced"}
    assert {mine, invoice} <= set(found["invoice_differs"].records)


def test_an_amount_that_two_documents_have_tells_nothing(ledger: Ledger) -> None:
    few(ledger)
    _two_of_one_name(ledger, ("100.00", "50.00"), ("2026-11-05", "2026-11-05"))
    for number in ("INV/A", "INV/B"):
        ledger.invoice("#9", "100.00", grp=number, open="0.00", day="2026-11-05")
    assert ledger.only().says == ("ambiguous", "same_name", None)


def test_invoices_of_one_number_are_told_apart_by_their_orders(ledger: Ledger) -> None:
    few(ledger)
    orders = [Order(ledger, number, f"{number}0.00") for number in (8, 9)]
    for order in orders:
        order.shop()
        order.sale()
        order.bill(grp="INV/1")
    for order in orders:
        order.pay(grp=f"PSHOP/{order.ref}", extra={"invoices": ["INV/1"]})
    assert ledger.differences() == []
    assert len(ledger.compare()) == 6
    assert same_backwards(ledger)


def test_payments_of_one_number_and_amount_are_tied(ledger: Ledger) -> None:
    few(ledger)
    orders = [Order(ledger, number) for number in (8, 9)]
    for order in orders:
        order.shop()
        order.sale()
        order.bill(grp="INV/1")
    orders[0].pay(grp="PSHOP/8", extra={"invoices": ["INV/1"]})
    case = ledger.only()
    assert case.says == ("ambiguous", "same_name", None)
    assert case.text == (
        "#8: 2 documents in Odoo are called INV/1, and nothing tells which of them is meant."
    )


def test_items_of_two_entries_of_one_name_stand_with_neither_payment(ledger: Ledger) -> None:
    few(ledger)
    orders = [Order(ledger, number) for number in (8, 9)]
    for order in orders:
        order.shop()
        order.sale()
        order.bill()
        order.pay(account="", grp="PSHOP/X")
    item = ledger.item("101410", "100.00", grp="PSHOP/X", day="2026-11-05")
    assert [each for each in ledger.compare() if item in each.records] == []
    assert same_backwards(ledger)
