"""Which legs belong to one refund: totals of orders, references, files that are not there."""

from __future__ import annotations

import pytest

from recon_app.models.record import NO_INT, RecordType, Side
from tests.reconciliations.books import day
from tests.reconciliations.refund_books import Given
from tests.reconciliations.test_refunds import whole


def test_what_the_order_says_beyond_its_refunds_is_a_refund_too() -> None:
    books = Given()
    books.sold("#1", "100.00", refunded="75.00")
    refund = whole(books, "#1", "-50.00")
    books.paid("#1", "-25.00")
    books.note("#1", "-25.00")
    found = books.compare()
    (rest,) = [case for case in found.all() if case.number != found.of(refund).number]
    assert (rest.says, rest.note["amount"]) == (("matched", ""), 2_500)
    assert rest.told("parts") == ["The order says 75.00 EUR refunded; its refunds add up to 50.00 EUR."]


def test_only_the_order_s_total_is_one_case_per_order() -> None:
    books = Given()
    books.line("#1", "100.00", day="2026-10-01")
    order = books.order("#1", "100.00", refunded="75.00", status="partially_refunded", day="2026-10-01")
    for amount in ("-50.00", "-25.00"):
        books.paid("#1", amount)
        books.note("#1", amount)
    case = books.compare().of(order)
    assert (*case.says, case.delta) == ("matched", "", "0.00")
    assert case.note["cumulative"]
    assert case.step("refunded")["text"] == "75.00 EUR refunded, as the order says"


@pytest.mark.parametrize(("written", "says"), [("2026-11-10", "parts_differ"), ("2026-10-20", "")])
def test_an_order_that_says_less_than_its_refunds(written: str, says: str) -> None:
    books = Given()
    books.sold("#1", "100.00", refunded="20.00")
    refund = whole(books, "#1", "-50.00")
    moment = day(written) * 86_400
    case = books.compare(written={RecordType.ORDER: (moment, moment)}).of(refund)
    assert case.says[1] == says
    assert case.note["parts"] == {"order": 2_000, "refunds": 5_000}


def test_a_refund_outside_the_shop() -> None:
    books = Given()
    books.sold("#1", "100.00")
    paid = books.paid("#1", "-40.00")
    case = books.compare().of(paid)
    assert (*case.says, case.state) == ("missing", "refunded_outside_shop", "platform")
    assert case.missing == {Side.SHOP, Side.ODOO}


def test_a_refund_of_an_order_that_no_file_has() -> None:
    books = Given()
    books.sold("#1", "100.00")
    paid = books.paid("#77", "-40.00")
    case = books.compare().of(paid)
    assert case.says == ("missing", "order_not_imported")
    assert case.next[0] == "Import the shop's files of the time when #77 was ordered."


def test_a_movement_without_an_order_is_found_by_amount_and_date() -> None:
    books = Given()
    books.sold("#1", "100.00")
    refund = books.back("#1", "-40.00")
    paid = books.paid("", "-40.00", ident="txn_9")
    books.note("#1", "-40.00")
    found = books.compare()
    assert found.of(paid).number == found.of(refund).number
    assert str(found.of(refund).row["rule"]) == "amount_and_date"


def test_amount_and_date_alone_decide_no_tie() -> None:
    books = Given()
    for ref in ("#1", "#2"):
        books.sold(ref, "100.00")
        books.back(ref, "-40.00")
    paid = books.paid("", "-40.00", ident="txn_9")
    case = books.compare().of(paid)
    assert case.says == ("ambiguous", "")
    assert len(case.note["rivals"]) == 2


def test_a_line_without_an_order_has_that_of_the_sale_it_takes_back() -> None:
    books = Given()
    books.line("#1", "100.00", day="2026-10-01", ident="ch_1")
    books.transaction("#1", "100.00", day="2026-10-01")
    refund = books.back("#1", "-40.00", day="2026-11-02")
    paid = books.paid("", "-40.00", ref2="ch_1", day="2026-11-29")
    found = books.compare()
    assert found.of(paid).number == found.of(refund).number


def test_a_credit_note_names_its_order_by_its_invoice_or_its_sale() -> None:
    books = Given()
    books.sale("S1", "#1")
    for ref in ("#1", "#2"):
        books.sold(ref, "100.00")
    books.invoice("#2", "100.00", grp="INV/X2")
    one, two = (books.back(ref, "-40.00") for ref in ("#1", "#2"))
    by_sale = books.invoice("", "-40.00", ref2="S1", grp="RINV/1", day="2026-11-03")
    by_invoice = books.invoice("Reversal of: INV/X2, broken", "-40.00", grp="RINV/2", day="2026-11-03")
    found = books.compare()
    assert found.of(by_sale).number == found.of(one).number
    assert found.of(by_invoice).number == found.of(two).number


def test_a_payment_of_odoo_stands_beside_the_credit_note_it_pays() -> None:
    books = Given()
    books.sold("#1", "100.00")
    refund = books.back("#1", "-40.00")
    books.paid("#1", "-40.00")
    books.note("#1", "-40.00", grp="RINV/X5")
    payment = books.payment("", "-40.00", day="2026-11-30", extra={"invoices": ["RINV/X5"]})
    found = books.compare()
    assert found.of(payment).number == found.of(refund).number
    assert (*found.of(refund).says, found.of(refund).delta) == ("matched", "", "0.00")


def test_a_payment_that_is_registered_twice_is_booked_twice() -> None:
    books = Given()
    books.sold("#1", "100.00")
    refund = whole(books, "#1", "-40.00")
    for when in ("2026-11-04", "2026-11-09"):
        books.payment("#1", "-40.00", day=when)
    assert books.compare().of(refund).says == ("duplicate", "booked_twice")


def test_a_payment_without_a_credit_note_does_not_book_the_refund() -> None:
    books = Given()
    books.sold("#1", "100.00")
    refund = books.back("#1", "-40.00")
    books.paid("#1", "-40.00")
    books.payment("#1", "-40.00", day="2026-11-04")
    case = books.compare().of(refund)
    assert case.says == ("missing", "refunded_not_booked")
    assert case.step("credit_note")["text"].endswith("and no credit note")


def test_without_invoices_a_payment_books_the_refund_and_this_is_said() -> None:
    books = Given(covered=False)
    books.sold("#1", "100.00")
    refund = books.back("#1", "-40.00")
    books.paid("#1", "-40.00")
    books.payment("#1", "-40.00", day="2026-11-04")
    found = books.compare()
    assert found.of(refund).says == ("matched", "")
    assert any("No invoices of Odoo were imported" in text for text in found.result.remarks)


def test_a_cancelled_credit_note_books_nothing() -> None:
    books = Given()
    books.sold("#1", "100.00")
    refund = books.back("#1", "-40.00")
    books.paid("#1", "-40.00")
    dead = books.note("#1", "-40.00", "cancel")
    case = books.compare().of(refund)
    assert case.says == ("missing", "refunded_not_booked")
    assert dead in [record.id for record in case.facts.legs[Side.ODOO]]


def test_files_that_are_not_imported_are_asked_for_and_nothing_is_missing() -> None:
    books = Given(covered=False)
    books.order("#1", "100.00")
    refund = books.back("#1", "-40.00")
    found = books.compare()
    case = found.of(refund)
    assert case.says == ("matched", "")
    assert set(case.steps().values()) <= {"done", "unknown", "not_needed"}
    assert case.text() == "#1: 40.00 EUR refunded; the loaded files do not tell the rest."
    said = " ".join(found.result.remarks)
    for words in ("No lines of a payment platform", "No documents of Odoo", "No stock moves of Odoo"):
        assert words in said


def test_nothing_imported_is_no_case() -> None:
    found = Given(covered=False).compare()
    assert len(found) == 0
    assert found.result.remarks[0].startswith("No refunds of Shopify were imported")


def test_a_refund_after_the_last_day_of_the_platform_may_still_come() -> None:
    books = Given("2026-11-01")
    books.sold("#1", "100.00")
    refund = books.back("#1", "-40.00", day="2026-11-02")
    books.transaction("#9", "5.00", day="2026-12-30")
    books.back("#9", "-5.00", day="2026-12-30")
    assert books.compare().of(refund).says[0] == "timing"


def test_a_refund_before_the_first_day_of_the_platform_is_not_missing() -> None:
    books = Given()
    books.order("#1", "100.00", day="2026-08-01")
    refund = books.back("#1", "-40.00", day="2026-08-02")
    case = books.compare().of(refund)
    assert case.says == ("matched", "")
    assert case.step("paid")["text"] == "No file of shopify payments reaches this day"
    assert int(case.row["sum_platform"]) == NO_INT


def test_the_same_refund_in_two_exports_counts_once() -> None:
    books = Given()
    books.sold("#1", "100.00")
    admin = books.refund("#1", "-40.00", "gid://shopify/Refund/5")
    line = books.refund(
        "#1", "-40.00", "5", sku="MUG", quantity="1", status="no_restock", source="matrixify_refunds"
    )
    books.paid("#1", "-40.00")
    books.note("#1", "-40.00")
    found = books.compare()
    assert len(found) == 1
    case = found.of(line)
    assert case.says == ("matched", "")
    assert admin in [record.id for record in case.facts.legs[Side.SHOP]]
    assert int(case.row["sum_shop"]) == -4_000


def test_lines_stand_behind_the_transaction_that_moved_the_money() -> None:
    books = Given()
    books.sold("#1", "100.00")
    lines = [
        books.refund("#1", amount, "5", sku=sku) for sku, amount in (("MUG", "-25.00"), ("JUG", "-15.00"))
    ]
    moved = books.back("#1", "-40.00")
    found = books.compare()
    case = found.of(moved)
    legs, behind = found.result.legs, found.result.support
    assert legs.record[(legs.case == case.number)].tolist() == [moved]
    assert {found.of(line).number for line in lines} == {case.number}
    assert set(lines) <= set(behind.record[behind.case == case.number].tolist())
    assert int(case.row["sum_shop"]) == -4_000


def test_the_reason_is_that_of_the_shop_only() -> None:
    books = Given()
    books.sold("#1", "100.00")
    told = books.refund("#1", "-40.00", extra={"note": "Too small"})
    untold = books.refund("#1", "-30.00")
    for amount in ("-40.00", "-30.00"):
        books.paid("#1", amount)
        books.invoice(f"Reversal of: INV/9, {amount}", amount, extra={"reversal_ref": "#1"}, day="2026-11-03")
    found = books.compare()
    assert [found.of(record).note["reason"] for record in (told, untold)] == ["Too small", ""]


# -- several of one name (a tie is never decided) ------------------------------------------------------


@pytest.mark.parametrize("backwards", [False, True])
def test_tie_two_orders_of_one_name_are_told_apart_by_shopify_s_number(backwards: bool) -> None:
    books = Given()
    books.line("#1", "100.00", day="2026-10-01")
    first = books.order("#1", "100.00", ident="501", refunded="40.00", account="Stripe", day="2026-10-01")
    second = books.order("#1", "90.00", ident="502", refunded="0.00", account="manual", day="2026-10-20")
    refund = books.refund("#1", "-40.00", grp="gid://shopify/Order/501")
    books.paid("#1", "-40.00")
    books.note("#1", "-40.00")
    found = books.compare(backwards=backwards)
    case = found.of(refund)
    assert (*case.says, case.note["parts"]) == ("matched", "", None)
    assert case.step("ordered")["record"] == first
    assert second not in [record.id for record in case.facts.legs[Side.SHOP]]


@pytest.mark.parametrize("backwards", [False, True])
def test_tie_two_orders_of_one_name_are_told_apart_by_currency(backwards: bool) -> None:
    books = Given()
    books.line("#1", "100.00", day="2026-10-01")
    euros = books.order("#1", "100.00", refunded="40.00", day="2026-10-01")
    books.order("#1", "90.00", currency="USD", refunded="0.00", day="2026-10-20")
    refund = books.refund("#1", "-40.00")
    assert books.compare(backwards=backwards).of(refund).step("ordered")["record"] == euros


@pytest.mark.parametrize("backwards", [False, True])
def test_tie_of_two_orders_that_nothing_tells_apart_none_is_taken(backwards: bool) -> None:
    books = Given()
    books.line("#1", "100.00", day="2026-10-01")
    orders = [books.order("#1", "100.00", refunded="40.00", day=day) for day in ("2026-10-01", "2026-10-20")]
    refund = books.refund("#1", "-40.00")
    books.paid("#1", "-40.00")
    books.note("#1", "-40.00")
    found = books.compare(backwards=backwards)
    step = found.of(refund).step("ordered")
    assert (step["state"], step["day"], step["record"]) == ("unknown", None, None)
    assert step["text"] == "2 orders are called #1: nothing tells which of them it is"
    rest = found.of(orders[0])  # the orders say 80.00 and only 40.00 is known
    assert found.of(orders[1]).number == rest.number != found.of(refund).number
    assert (*rest.says, rest.note["amount"]) == ("ambiguous", "", 4_000)
    assert sorted(text for _, text in rest.note["rivals"]) == [
        "#1: 40.00 EUR refunded, 2026-10-01",
        "#1: 40.00 EUR refunded, 2026-10-20",
    ]


def test_tie_orders_of_one_name_without_refunds_of_their_own_stay_two_cases() -> None:
    books = Given()
    orders = [
        books.order("#1", "100.00", ident=ident, refunded=refunded, day="2026-10-01")
        for ident, refunded in (("501", "40.00"), ("502", "25.00"))
    ]
    for amount in ("-40.00", "-25.00"):
        books.paid("#1", amount)
        books.note("#1", amount)
    found = books.compare()
    cases = [found.of(order) for order in orders]
    assert [(*case.says, case.note["amount"]) for case in cases] == [
        ("matched", "", 4_000),
        ("matched", "", 2_500),
    ]


@pytest.mark.parametrize("backwards", [False, True])
def test_tie_invoices_of_one_number_say_no_order_of_a_credit_note(backwards: bool) -> None:
    books = Given()
    for ref in ("#1", "#2"):
        books.sold(ref, "100.00")
        books.invoice(ref, "100.00", grp="INV/X2", day="2026-10-02")
    books.back("#1", "-40.00")
    note = books.invoice("", "-40.00", grp="RINV/1", extra={"reversal_of": "INV/X2"}, day="2026-11-20")
    found = books.compare(backwards=backwards)
    assert found.of(note).note["order"] == ""


@pytest.mark.parametrize("backwards", [False, True])
def test_tie_sales_of_one_id_say_no_order_of_a_refund(backwards: bool) -> None:
    books = Given()
    for ref in ("#1", "#2"):
        books.line(ref, "100.00", day="2026-10-01", ident="ch_1")
        books.order(ref, "100.00", day="2026-10-01")
    paid = books.paid("", "-40.00", ref2="ch_1", day="2026-11-29")
    assert books.compare(backwards=backwards).of(paid).note["order"] == ""
