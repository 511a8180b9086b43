"""The hand-offs from orders to invoices, payments and the clearing account."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.record import RecordType
from recon_app.reconciliations.invoices import Invoices
from tests.reconciliations.invoice_orders import Order, few
from tests.reconciliations.ledger import Found, Ledger, day, same_backwards, stands_once


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(Invoices())


def test_all_hand_offs_agree(ledger: Ledger) -> None:
    few(ledger)
    found = ledger.compare()
    assert [each.says for each in found] == [("matched", "", 0)] * 4
    assert found[0].text == "#1: ordered, invoiced and paid agree."
    assert all(len(each.records) == 5 for each in found)
    assert stands_once(ledger)


def test_an_order_without_an_amount_is_not_one_of_nothing(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9)
    ledger.add(RecordType.ORDER, ref="#9", status="paid", day="2026-11-05", open="0.00")
    order.sale()
    order.bill()
    order.pay()
    assert ledger.differences() == []
    assert ledger.remarks == [
        "1 order of the shop has no amount in the files, so what was ordered is not compared."
    ]


def test_pay_01_a_part_paid_order_without_invoice_is_open_and_not_broken(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9, "200.00")
    order.shop(status="partially_paid", open="120.00")
    order.sale("to_invoice")
    case = ledger.only()
    assert case.says == ("timing", "awaiting_payment", -120_00)
    assert case.text == "#9: the customer still owes 120.00 EUR of 200.00 EUR: open, and nothing is wrong."
    assert case.facts.missing == ()


def test_paid_and_not_invoiced(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9)
    order.shop()
    order.sale("to_invoice")
    case = ledger.only()
    assert case.says == ("missing", "paid_not_invoiced", -100_00)
    assert [str(side) for side in case.facts.missing] == ["odoo"]
    assert case.text == "#9: paid 100.00 EUR, and there is no invoice in Odoo."
    assert case.facts.note["bucket"] == case.facts.grp == "8-30 days"
    assert case.facts.note["next"] == ["Confirm the order in Odoo and create its invoice."]


@pytest.mark.parametrize(
    ("on", "status", "cause"),
    [
        ("2026-11-22", "to_invoice", "invoice_awaited"),
        ("2026-11-21", "to_invoice", "invoice_awaited"),
        ("2026-11-05", "no", "nothing_to_invoice_yet"),
    ],
)
def test_an_invoice_may_be_to_come(ledger: Ledger, on: str, status: str, cause: str) -> None:
    few(ledger)
    order = Order(ledger, 9, on=on)
    order.shop()
    order.sale(status)
    assert ledger.only().says == ("timing", cause, -100_00)


@pytest.mark.parametrize("status", ["voided", "pending", "refunded"])
def test_what_is_not_paid_or_was_paid_back_needs_no_invoice(ledger: Ledger, status: str) -> None:
    few(ledger)
    order = Order(ledger, 9)
    order.shop(
        status=status,
        open="100.00" if status == "pending" else "0.00",
        refunded="100.00" if status == "refunded" else "0.00",
    )
    order.sale("to_invoice")
    (case,) = (each for each in ledger.compare() if "#9" in each.text)
    assert case.facts.kind == ("timing" if status == "pending" else "matched")


def test_invoiced_and_not_paid(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9)
    order.shop()
    order.sale()
    order.bill(owed="100.00", status="posted/not_paid")
    case = ledger.only()
    assert case.says == ("missing", "invoice_not_paid", -100_00)
    assert (
        case.text == "#9: paid in the shop, and INV/2026/00009 is open with 100.00 EUR: no payment in Odoo."
    )


def test_invoiced_twice(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9).whole()
    order.bill(grp="INV/2026/00077", owed="100.00", status="posted/not_paid")
    case = ledger.only()
    assert case.says == ("duplicate", "invoiced_twice", 100_00)
    assert case.text == (
        "#9: ordered 100.00 EUR, invoiced 200.00 EUR by INV/2026/00009, INV/2026/00077: 100.00 EUR twice."
    )


def test_a_second_invoice_that_was_reversed_is_fine(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9).whole()
    order.bill(grp="INV/2026/00077", status="posted/reversed")
    order.credit("100.00", extra={"reversal_of": "INV/2026/00077"}, status="posted/paid")
    assert ledger.differences() == []


def test_a_draft_invoice_alone_and_beside(ledger: Ledger) -> None:
    few(ledger)
    alone, beside = Order(ledger, 8), Order(ledger, 9).whole()
    alone.shop()
    alone.sale()
    alone.bill(grp="Draft (#8)", status="draft/not_paid")
    beside.bill(grp="Draft (#9)", status="draft/not_paid")
    found = {each.text[:2]: each for each in ledger.differences()}
    assert found["#8"].says == ("field", "draft_invoice", -100_00)
    assert found["#9"].says == ("field", "draft_invoice_left", 100_00)


def test_the_invoice_differs_from_the_order(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9)
    order.shop()
    order.sale()
    order.bill("103.88")
    order.pay("103.88")
    case = ledger.only()
    assert case.says == ("amount", "invoice_differs", 3_88)
    assert case.text == "#9: ordered 100.00 EUR, invoiced 103.88 EUR: 3.88 EUR more than was ordered."
    assert "Ordered 100.00 EUR" in case.evidence[1]


def test_a_part_may_be_invoiced_and_the_rest_to_come(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9)
    order.shop()
    order.sale("to_invoice")
    order.bill("60.00")
    order.pay("60.00")
    assert ledger.only().says == ("timing", "not_fully_invoiced", -40_00)


@pytest.mark.parametrize(
    ("paid", "owed", "says"),
    [
        ("97.00", "3.00", ("amount", "paid_under", -3_00)),
        ("105.00", "0.00", ("amount", "paid_over", 5_00)),
        ("97.00", "0.00", ("amount", "shown_paid_received_less", -3_00)),
    ],
)
def test_paid_too_little_or_too_much(
    ledger: Ledger, paid: str, owed: str, says: tuple[str, str, int]
) -> None:
    few(ledger)
    order = Order(ledger, 9)
    order.shop()
    order.sale()
    order.bill(owed=owed)
    order.pay(paid)
    assert ledger.only().says == says


@pytest.mark.parametrize(
    ("named", "amount", "cause"),
    [
        ("#9", "-20.00", ""),
        ("{invoice}", "-20.00", ""),
        ("#9", "-19.99", "shown_paid_received_less"),
        ("#90", "-20.00", "shown_paid_received_less"),
        ("#9", "20.00", "shown_paid_received_less"),
    ],
)
def test_what_an_entry_takes_off_the_customers_account_is_booked(
    ledger: Ledger, named: str, amount: str, cause: str
) -> None:
    few(ledger)
    order = Order(ledger, 9)
    order.shop()
    order.sale()
    order.bill()
    order.pay("80.00")
    named = named.format(invoice=order.invoice_name)
    customers = {"account_type": "asset_receivable"}
    ledger.item("121000", amount, ref=named, grp="MISC/1", extra=customers)
    ledger.item("230000", amount.removeprefix("-"), ref=named, grp="MISC/1", extra={})
    assert next(each.says[1] for each in ledger.compare() if "#9" in each.text) == cause


def test_figures_of_a_sentence_follow_from_each_other(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9, "148.75")
    order.shop()
    order.sale()
    order.bill(owed="1.63")
    order.pay("147.12")
    text = "#9: invoiced 148.75 EUR, received 147.12 EUR: 1.63 EUR too little."
    assert ledger.only().text == text


def test_what_odoo_calls_open_is_told_as_its_own_figure(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9, "148.75")
    order.shop()
    order.sale()
    order.bill(owed="2.63")
    order.pay("147.12")
    case = ledger.only()
    assert case.says == ("amount", "paid_under", -2_63)
    assert case.text == (
        "#9: invoiced 148.75 EUR, received 147.12 EUR by the payments that are loaded; the file of invoices "
        "has 2.63 EUR open on INV/2026/00009."
    )


def test_what_was_credited_and_paid_back_stands_in_the_sentence(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9).whole()
    order.credit("10.00")
    order.pay("8.00", grp="PSHOP/X9")
    ledger.payment("#9", "-4.00", grp="PSHOP/R9", day="2026-11-07")
    assert ledger.only().text == (
        "#9: invoiced 100.00 EUR less 10.00 EUR credited, received 108.00 EUR less 4.00 EUR paid back: "
        "14.00 EUR too much."
    )


def test_what_is_missing_is_told_beside_what_is_booked_elsewhere(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9)
    order.shop()
    order.sale()
    order.bill()
    order.pay("95.00")
    ledger.item("626000", "3.00", grp="PSHOP/00009", extra={"account_name": "Bank fees"})
    ledger.item("121000", "-98.00", grp="PSHOP/00009", extra={"account_name": "Account Receivable"})
    assert ledger.only().text == (
        "#9: INV/2026/00009 is shown as paid: invoiced 100.00 EUR, received 95.00 EUR: 5.00 EUR are missing, "
        "and 3.00 EUR are booked elsewhere with the payment."
    )


def test_a_fee_that_is_booked_explains_what_was_not_received(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9)
    order.shop()
    order.sale()
    order.bill()
    order.pay("97.00")
    ledger.item("626000", "3.00", grp="PSHOP/00009", extra={"account_name": "Bank fees"})
    ledger.item("121000", "-100.00", grp="PSHOP/00009", extra={"account_name": "Account Receivable"})
    assert ledger.differences() == []


def test_a_payment_without_journal_entry(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9)
    order.shop()
    order.sale()
    order.bill(owed="100.00", status="posted/paid")
    order.pay(account="")
    case = ledger.only()
    assert case.says == ("field", "paid_not_booked", -100_00)
    assert "its payment has no journal entry" in case.text


def test_a_payment_that_is_not_on_the_clearing_account(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9)
    order.shop()
    order.sale()
    order.bill()
    order.pay(account="101403", grp="PSHOP/9")
    case = ledger.only()
    assert case.says == ("field", "not_on_clearing", 0)
    assert case.text == (
        "#9: payment PSHOP/9 (100.00 EUR) is on account 101403, "
        "not on 101410 as other payments of its journal."
    )
    assert ledger.result is not None
    assert ledger.result.proposals == {"clearing_account.Shopify Payments": "101410"}
    ledger.answers["clearing_account.Shopify Payments"] = "101403"
    assert len(ledger.differences()) == 4
    ledger.answers["clearing_account.Shopify Payments"] = "-"
    assert ledger.differences() == []


def test_a_payment_for_which_there_is_no_invoice(ledger: Ledger) -> None:
    few(ledger)
    alone = ledger.payment("unknown", "12.00", day="2026-11-05")
    case = ledger.only()
    assert (case.says, case.records) == (("missing", "payment_alone", 12_00), [alone])


def test_a_credit_note_that_reverses_no_invoice(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9).whole()
    order.credit("40.00", owed="-40.00", extra={"no_reversal": True})
    case = ledger.only()
    assert case.says == ("field", "credit_note_not_linked", 0)
    assert case.text == "#9: the credit note of 40.00 EUR is linked with no invoice."


def test_a_file_without_the_column_shows_no_link(ledger: Ledger) -> None:
    few(ledger)
    Order(ledger, 9).whole().credit("40.00", owed="-40.00", extra={})
    assert ledger.only().facts.cause == "credit_note_open"
    assert any("Reversal of" in remark for remark in ledger.remarks)


@pytest.mark.parametrize(
    ("on", "answer", "says"),
    [
        ("2026-11-20", "", ("timing", "draft_credit_note")),
        ("2026-11-15", "", ("amount", "draft_credit_note_old")),
        ("2026-11-15", "10", ("timing", "draft_credit_note")),
    ],
)
def test_a_draft_credit_note_ages(ledger: Ledger, on: str, answer: str, says: tuple[str, str]) -> None:
    few(ledger)
    if answer:
        ledger.answers["draft_days.credit_notes"] = answer
    Order(ledger, 9).whole().credit("40.00", grp="Draft (x)", status="draft/not_paid", day=on)
    assert ledger.only().says[:2] == says


def test_paid_back_before_its_credit_note_is_posted(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9).whole()
    order.credit("40.00", grp="Draft (x)", status="draft/not_paid")
    ledger.payment("#9", "-40.00", grp="PSHOP/R9", day="2026-11-07")
    case = ledger.only()
    assert case.says == ("amount", "draft_credit_note_old", 0)
    assert case.text == "#9: a credit note of 40.00 EUR has been a draft for too long."


def test_more_credited_than_invoiced(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9).whole()
    order.credit("100.00")
    order.credit("20.00", grp="RINV/2")
    assert ledger.only().says == ("amount", "over_credited", -20_00)


def test_paid_back_without_a_credit_note(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9).whole()
    ledger.payment("#9", "-40.00", grp="PSHOP/R9", day="2026-11-07")
    assert ledger.only().says == ("amount", "refund_without_credit_note", -40_00)
    order.credit("40.00")
    assert ledger.differences() == []


def test_an_order_in_another_currency_than_its_invoice(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9)
    order.shop(currency="USD")
    order.bill()
    case = ledger.only()
    assert case.says == ("field", "other_currency", None)


def test_a_payment_in_another_currency_is_not_added_up(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9)
    order.shop()
    order.bill()
    order.pay("108.50", currency="USD", grp="PSTRP/1")
    assert ledger.differences() == []


def test_a_payment_is_said_in_its_own_currency(ledger: Ledger) -> None:
    few(ledger)
    order = Order(ledger, 9)
    order.shop()
    ledger.payment("#9", "108.50", currency="USD", grp="PSTRP/1")
    case = ledger.only()
    assert case.says == ("missing", "paid_not_invoiced", -100_00)
    assert "Ordered 100.00 EUR." in case.evidence
    assert "Payments in Odoo: PSTRP/1 (108.50 USD)." in case.evidence
    assert not any("108.50 EUR" in text for text in (case.text, *case.evidence))


def test_one_payment_of_two_orders_makes_one_case(ledger: Ledger) -> None:
    one, two = Order(ledger, 1), Order(ledger, 2)
    for order in (one, two):
        order.shop()
        order.bill()
    one.pay("200.00", extra={"invoices": [one.invoice_name, two.invoice_name]}, grp="P1")
    (case,) = ledger.compare()
    assert case.says == ("matched", "", 0)


def test_a_reference_that_many_records_share_names_no_order(ledger: Ledger) -> None:
    for number in range(1, 9):
        order = Order(ledger, number)
        order.bill(ref="Spring 2026")
        order.pay()
    assert len(ledger.compare()) == 8
    assert ledger.differences() == []


def test_orders_of_days_that_odoo_does_not_cover_are_left_out(ledger: Ledger) -> None:
    few(ledger)
    Order(ledger, 9, on="2025-01-01").shop()
    Order(ledger, 3, on="2025-01-01").shop(currency="GBP")
    Order(ledger, 10, on="2026-11-20").shop()
    assert ledger.differences() == []
    assert ledger.remarks == [
        "2 orders of the shop of 2025-01-01 were left out: Odoo's orders and invoices cover 2026-11-05 only.",
        "1 order of the shop of 2026-11-20 was left out: Odoo's orders and invoices cover 2026-11-05 only.",
    ]


def test_orders_of_another_store_are_one_remark(ledger: Ledger) -> None:
    few(ledger)
    for number in range(6):
        ledger.order(f"US-{number}", "10.00", day="2026-11-05", open="0.00", refunded="0.00")
    assert ledger.differences() == []
    (said,) = ledger.remarks
    assert said == (
        "6 orders of the shop of 2026-11-05 were left out: they are named unlike all orders that Odoo knows, "
        "as those of another store."
    )


def test_orders_whose_invoices_are_not_loaded_are_one_remark(ledger: Ledger) -> None:
    few(ledger)
    for number in (7, 8):
        order = Order(ledger, number, on=f"2026-10-0{number}")
        order.shop()
        order.sale("invoiced")
    assert ledger.differences() == []
    (said,) = ledger.remarks
    assert said == (
        "2 orders that Odoo calls invoiced of 2026-10-07 to 2026-10-08 were left out: their invoices are not "
        "among the loaded ones."
    )


def test_payments_of_months_without_invoices_are_one_remark(ledger: Ledger) -> None:
    few(ledger)
    for on in ("2026-09-03", "2026-09-20"):
        ledger.payment("", "12.00", day=on, grp=f"BNK/{on}")
    assert ledger.differences() == []
    assert ledger.remarks == [
        "2 payments of 2026-09-03 to 2026-09-20 were left out: Odoo's invoices cover 2026-11-05 only."
    ]


def test_orders_of_another_shop_are_left_out(ledger: Ledger) -> None:
    Order(ledger, 9).shop()
    Order(ledger, 8).bill()
    assert ledger.differences() == []
    assert "no document of Odoo names any" in ledger.remarks[0]


def test_without_invoices_there_is_nothing_to_say(ledger: Ledger) -> None:
    Order(ledger, 9).shop()
    assert ledger.compare() == []
    assert "Import invoices of Odoo (Accounting" in ledger.remarks[0]


def test_offers_and_payments_of_vendors_do_not_count(ledger: Ledger) -> None:
    few(ledger)
    ledger.sale("S99", "#99", status="draft", amount="5.00", extra={})
    ledger.add(RecordType.ODOO_PAYMENT, ref="x", amount="-5.00", category="other", account="Bank")
    assert ledger.differences() == []
    assert len(ledger.compare()) == 4


def test_why_not(ledger: Ledger) -> None:
    one, two = Order(ledger, 1), Order(ledger, 2)
    order, invoice, other = one.shop(), one.bill(), two.bill()
    why = Invoices().why_not
    assert "Both name 1" in why(ledger.records[order], ledger.records[invoice])[0].text
    assert "nothing in common" in why(ledger.records[order], ledger.records[other])[0].text
    item = ledger.item("1", "1.00")
    assert why(ledger.records[order], ledger.records[item])[0].rule == "type"


_DEFECTS = ("", "no_invoice", "no_payment", "twice", "short", "draft", "over", "credit", "other_account")


def _spoil(ledger: Ledger, number: int, defect: str) -> None:
    order = Order(ledger, number)
    order.shop()
    order.sale("to_invoice" if defect == "no_invoice" else "invoiced")
    if defect in ("no_invoice", "draft"):
        if defect == "draft":
            order.bill(grp=f"Draft (#{number})", status="draft/not_paid")
        return
    order.bill(owed="100.00" if defect == "no_payment" else "3.00" if defect == "short" else "0.00")
    if defect == "twice":
        order.bill(grp=f"INV/9/{number}")
    if defect == "credit":
        order.credit("10.00", extra={"no_reversal": True})
    if defect != "no_payment":
        amount = {"short": "97.00", "over": "108.00"}.get(defect, "100.00")
        order.pay(amount, account="1" if defect == "other_account" else "101410")


_CAUSES = {
    "": "",
    "no_invoice": "paid_not_invoiced",
    "no_payment": "invoice_not_paid",
    "twice": "invoiced_twice",
    "short": "paid_under",
    "draft": "draft_invoice",
    "over": "paid_over",
    "credit": "credit_note_not_linked",
    "other_account": "not_on_clearing",
}


@settings(max_examples=40)
@given(st.lists(st.sampled_from(_DEFECTS), min_size=1, max_size=8))
def test_every_defect_is_named_whatever_stands_beside_it(defects: list[str]) -> None:
    ledger = Ledger(Invoices())
    few(ledger, 12)
    for number, defect in enumerate(defects, 101):
        _spoil(ledger, number, defect)
    found: dict[str, Found] = {str(each.facts.note.get("order", "")): each for each in ledger.differences()}
    assert {name: each.facts.cause for name, each in found.items()} == {
        f"#{number}": _CAUSES[defect] for number, defect in enumerate(defects, 101) if defect
    }
    assert stands_once(ledger)
    assert same_backwards(ledger)


def test_a_clean_month_has_no_difference(ledger: Ledger) -> None:
    for number in range(1, 121):
        Order(ledger, number, f"{number}.{number % 100:02}", f"2026-11-{number % 20 + 1:02}").whole()
    assert ledger.differences() == []
    assert len(ledger.compare()) == 120


def test_cases_keep_their_keys_when_more_is_loaded(ledger: Ledger) -> None:
    few(ledger)
    before = {each.text: each.key for each in ledger.compare()}
    Order(ledger, 5).whole()
    assert before.items() <= {each.text: each.key for each in ledger.compare()}.items()
    assert {each.day for each in ledger.compare()} == {day("2026-11-05")}


def test_reads_every_type_it_compares() -> None:
    assert set(Invoices.reads) >= {RecordType.ORDER, RecordType.INVOICE, RecordType.ODOO_PAYMENT}
