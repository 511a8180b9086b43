"""Orders, journal items, invoices and credit notes stand behind the case they belong to."""

from __future__ import annotations

import json

import pytest

from recon_app.models.record import Category
from tests.reconciliations.books import Books


def reversal(of: str = "", ref: str = "") -> str:
    return json.dumps({name: value for name, value in (("reversal_of", of), ("reversal_ref", ref)) if value})


def refunded(books: Books) -> tuple[int, int]:
    """An order that was charged and paid back."""
    return books.line("#1", "100.00"), books.line("#1", "-40.00")


@pytest.mark.parametrize(
    "values",
    [{"ref2": "S1"}, {"ref": "#1"}, {"ref2": "1"}, {"ref": "Customer's own number", "ref2": "S1"}],
)
def test_an_invoice_stands_behind_the_charge_of_its_order(values: dict[str, str]) -> None:
    books = Books()
    charge, _ = refunded(books)
    books.sale("S1", "#1")
    invoice = books.invoice(values.pop("ref", ""), "100.00", **values)
    settled = books.settle()
    assert settled.together(charge, invoice)
    assert invoice in settled.result.support.record


@pytest.mark.parametrize(
    ("extra", "values"),
    [
        (reversal("INV/1"), {}),
        (reversal("INV/9 cut [...]", "#1"), {}),
        (reversal("INV/8", "#1"), {}),
        (reversal(), {"ref2": "S1"}),
        ("", {"ref": "#1"}),
    ],
)
def test_a_credit_note_stands_behind_the_refund(extra: str, values: dict[str, str]) -> None:
    books = Books()
    _, refund = refunded(books)
    books.sale("S1", "#1")
    books.invoice("#1", "100.00", grp="INV/1", ref2="S1")
    books.invoice("#7", "100.00", grp="INV/8")
    note = books.invoice(values.pop("ref", "Reversal of: INV/1"), "-40.00", extra=extra, **values)
    settled = books.settle()
    assert settled.together(refund, note)


@pytest.mark.parametrize("turned", [False, True])
def test_a_name_of_two_sale_orders_says_nothing(turned: bool) -> None:
    books = Books()
    books.line("#1", "100.00")
    second = books.line("#2", "100.00")
    for order in ("#2", "#1") if turned else ("#1", "#2"):
        books.sale("S1", order)
    books.sale("S3", "#2")
    unclear = books.invoice("", "100.00", ref2="S1")
    books.sale("S3", "#2")
    clear = books.invoice("", "100.00", ref2="S3")
    settled = books.settle()
    assert unclear not in settled.result.support.record
    assert settled.together(second, clear)


def test_a_credit_note_without_a_refund_stands_behind_the_charge() -> None:
    books = Books()
    charge = books.line("#1", "100.00")
    books.invoice("#1", "100.00", grp="INV/1")
    note = books.invoice("", "-40.00", extra=reversal("INV/1"))
    assert books.settle().together(charge, note)


def test_a_refund_of_an_earlier_months_order_has_its_credit_note() -> None:
    books = Books()
    refund = books.line("#1", "-40.00")
    books.invoice("#1", "100.00", grp="INV/1")
    note = books.invoice("", "-40.00", extra=reversal("INV/1"))
    assert books.settle().together(refund, note)


def test_a_vendor_bill_with_the_number_of_an_order_belongs_to_nothing() -> None:
    books = Books()
    books.line("#1", "100.00")
    bill = books.invoice("1", "-100.00", category=str(Category.OTHER))
    result = books.settle().result
    assert bill not in [*result.support.record, *result.legs.record]


def test_the_items_of_a_payments_entry_stand_behind_it() -> None:
    books = Books()
    line = books.line("#1", "100.00")
    payment = books.payment("#1", "100.00", grp="PSHOP/1")
    items = [
        books.item("101410", "100.00", grp="PSHOP/1", day="2026-10-05"),
        books.item("121000", "-100.00", grp="PSHOP/1", day="2026-10-05"),
    ]
    settled = books.settle()
    assert settled.together(line, payment, *items)
    assert settled.kind(line) == ("matched", "")


def test_an_item_of_a_payout_is_not_behind_another_item_of_its_entry() -> None:
    books = Books()
    books.line("#1", "100.00", "3.00", grp="90001234")
    payout = books.payout("97.00", ident="90001234")
    transfer = books.item("101410", "-97.00", ref="90001234", grp="BNK1/1")
    stray = books.item("101410", "-0.55", ref="stray", grp="BNK1/1")
    bank = books.item("100500", "97.55", ref="90001234", grp="BNK1/1")
    settled = books.settle({"clearing.101410": "shopify_payments"})
    assert settled.together(payout, transfer)
    assert settled.together(stray, bank)
    assert not settled.together(transfer, stray)


def test_orders_stand_behind_their_charge_whatever_their_name_looks_like() -> None:
    books = Books()
    line = books.line("# 1001", "10.00")
    books.transaction("#1001", "10.00")
    order = books.order("1001", "10.00")
    other = books.order("#01001", "10.00")
    settled = books.settle()
    assert settled.together(line, order)
    assert other not in settled.result.support.record
