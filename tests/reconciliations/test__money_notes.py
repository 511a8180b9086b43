"""Payments to customers find their order through the credit note that they pay."""

from __future__ import annotations

import json

import pytest

from recon_app.models.record import RecordType
from recon_app.reconciliations._money_notes import reversed_number, with_orders
from tests.reconciliations.books import Books

NOTE, INVOICE = "RINV/2026/00004", "INV/2026/00017"


def refunded(memo: str, *paid: str, reverses: str = INVOICE) -> Books:
    """An invoice of order #1 with its credit note, and a payment of the note."""
    books = Books()
    books.line("#1", "-12.95")
    books.invoice("#1", "50.00", grp=INVOICE)
    books.invoice("#2", "50.00", grp="INV/2026/00018")
    books.invoice(f"Reversal of: {reverses}, damaged", "-12.95", grp=NOTE)
    books.payment(memo, "-12.95", extra=json.dumps({"invoices": paid}) if paid else "")
    return books


def order_of(books: Books) -> str:
    """The order that the payment is found to be of."""
    frames = books.inputs().frames
    return str(with_orders(frames[RecordType.ODOO_PAYMENT], frames[RecordType.INVOICE])["ref2"].iloc[0])


@pytest.mark.parametrize(
    ("memo", "paid"),
    [
        (NOTE, ()),
        (f"Reversal of: {INVOICE}, damaged", ()),
        ("re_7xQ", (NOTE,)),
        ("", (NOTE,)),
        ("INV/2026/00018", (NOTE,)),
    ],
)
def test_the_order_is_that_of_the_reversed_invoice(memo: str, paid: tuple[str, ...]) -> None:
    assert order_of(refunded(memo, *paid)) == "#1"


def test_a_payment_that_names_an_order_keeps_it() -> None:
    books = refunded(NOTE)
    books.payment(NOTE, "-12.95", ref2="#7")
    frames = books.inputs().frames
    found = with_orders(frames[RecordType.ODOO_PAYMENT], frames[RecordType.INVOICE])
    assert found["ref2"].tolist() == ["#1", "#7"]


def test_a_payment_of_notes_of_two_orders_is_of_neither() -> None:
    books = refunded("", NOTE, "RINV/2026/00005")
    books.invoice("Reversal of: INV/2026/00018", "-1.00", grp="RINV/2026/00005")
    assert order_of(books) == ""


def test_a_number_that_two_documents_have_names_no_order() -> None:
    books = refunded(NOTE)
    books.invoice("Reversal of: INV/2026/00018", "-12.95", grp=NOTE)
    assert order_of(books) == ""


def test_a_note_that_reverses_nothing_known_names_no_order() -> None:
    assert order_of(refunded(NOTE, reverses="INV/2025/99999")) == ""


def test_money_received_is_left_alone() -> None:
    books = Books()
    books.invoice("#1", "50.00", grp=INVOICE)
    books.payment(f"Reversal of: {INVOICE}", "12.95")
    assert order_of(books) == ""


@pytest.mark.parametrize(
    "text",
    ["Reversal of: INV/1, broken", "Storno von: INV/1, kaputt", "Extourne de : INV/1", "x Reversal of INV/1"],
)
def test_the_words_of_a_reversal_are_read_in_three_languages(text: str) -> None:
    assert reversed_number(text) == "INV/1"


def test_other_words_reverse_nothing() -> None:
    assert reversed_number("INV/1, goodwill") == ""


@pytest.mark.parametrize("memo", [NOTE, f"Reversal of: {INVOICE}, damaged"])
def test_a_refund_that_is_booked_on_its_credit_note_is_not_missing(memo: str) -> None:
    books = refunded(memo)
    books.transaction("#1", "-12.95")
    assert set(books.settle().result.cases["cause"]) == {""}
