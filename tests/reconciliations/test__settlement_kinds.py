"""What differs in a case of single lines, and when the data names a cause."""

from __future__ import annotations

import pytest

from recon_app.engine.cases import missing_sides
from recon_app.models.record import NO_INT, Category, Side
from tests.reconciliations.books import Books


def month(books: Books) -> None:
    """Payments of other orders that show that every file covers the whole month."""
    for place, day in enumerate(("2026-10-01", "2026-10-31")):
        books.line(f"#90{place}", "1.00", day=day, grp="", due=NO_INT)
        books.payment(f"#90{place}", "1.00", day=day)
        books.transaction(f"#90{place}", "1.00", day=day)


def test_platform_and_shop_differ_when_odoo_was_not_loaded() -> None:
    books = Books()
    line = books.line("#1", "100.00")
    books.transaction("#1", "90.00")
    settled = books.settle()
    assert settled.kind(line) == ("amount", "")
    assert settled.case(line)["delta"] == 1000
    assert settled.sentence(line) == "Charge #1 of 100.00 EUR: platform and shop differ by 10.00 EUR."


def test_the_shop_differs_where_odoo_and_platform_agree() -> None:
    books = Books()
    line = books.line("#1", "100.00")
    books.payment("#1", "100.00")
    books.transaction("#1", "90.00")
    settled = books.settle()
    assert settled.case(line)["delta"] == 1000
    assert "platform and shop differ" in settled.sentence(line)


def test_odoo_and_shop_differ_without_a_platform() -> None:
    books = Books()
    shop = books.transaction("#1", "50.00", account="bank_deposit")
    books.payment("#1", "45.00", account="Bank")
    settled = books.settle()
    assert settled.kind(shop) == ("amount", "")
    assert settled.case(shop)["delta"] == -500
    assert "Odoo and the shop differ by -5.00 EUR" in settled.sentence(shop)


def test_the_cause_names_the_side_that_is_missing_for_certain() -> None:
    books = Books()
    month(books)
    books.transaction("#8", "5.00", day="2026-11-20")
    line = books.line("#1", "10.00", day="2026-10-31")
    settled = books.settle()
    assert settled.kind(line) == ("missing", "no_shop_record"), "Odoo may still book it, the shop has had it"
    assert missing_sides(int(settled.case(line)["missing"])) == (Side.SHOP, Side.ODOO)


@pytest.mark.parametrize(
    ("category", "amount", "cause"),
    [
        (Category.CHARGE, "10.00", "not_booked"),
        (Category.REFUND, "-10.00", "refund_not_booked"),
        (Category.CHARGEBACK, "-10.00", "chargeback_not_booked"),
        (Category.CHARGEBACK_REVERSAL, "10.00", "not_booked"),
    ],
)
def test_what_odoo_lacks_is_named_by_its_kind(category: Category, amount: str, cause: str) -> None:
    books = Books()
    month(books)
    line = books.line("#1", amount, category=str(category))
    if category in (Category.CHARGE, Category.REFUND):
        books.transaction("#1", amount)
    settled = books.settle()
    assert settled.kind(line) == ("missing", cause)
    assert missing_sides(int(settled.case(line)["missing"])) == (Side.ODOO,), "shops know no disputes"
    assert settled.case(line)["delta"] == (-1000 if amount == "10.00" else 1000)


def test_a_wrong_currency_stays_one_when_the_shop_has_no_record() -> None:
    books = Books()
    month(books)
    line = books.line("#1", "10.00", currency="USD")
    payment = books.payment("#1", "10.00")
    settled = books.settle()
    assert settled.together(line, payment)
    assert settled.kind(line) == ("field", "wrong_currency")
    assert settled.case(line)["delta"] == NO_INT, "two currencies have no difference"


def test_a_platforms_days_are_its_own() -> None:
    """The file of one platform says nothing of the payments of another one."""
    books = Books()
    month(books)
    books.line("#s", "9.00", account="stripe", day="2026-10-02", grp="", due=NO_INT)
    books.payment("#s", "9.00", account="Stripe", day="2026-10-02")
    early = books.payment("#1", "10.00", day="2026-10-15")
    later = books.payment("#2", "10.00", account="Stripe", day="2026-10-15")
    settled = books.settle()
    assert settled.kind(early) == ("missing", "no_platform_line")
    assert settled.kind(later)[0] == "missing", "the shop covers the day"
    assert settled.kind(later)[1] == "no_shop_record"


@pytest.mark.parametrize(
    ("booked", "cause"),
    [("108.00", "fx_difference"), ("10.00", ""), ("99.00", "fx_difference"), ("98.90", "")],
)
def test_fx_02_a_difference_of_rates_is_small(booked: str, cause: str) -> None:
    books = Books()
    line = books.line("#1", "110.00", currency="USD", foreign_amount="100.00", foreign_currency="EUR")
    books.payment("#1", booked, currency="USD")
    assert books.settle().kind(line) == ("amount", cause)


def test_a_difference_in_the_presented_currency_is_none_of_rates() -> None:
    books = Books()
    line = books.line("#1", "74.10", currency="USD", foreign_amount="100.00", foreign_currency="CAD")
    payment = books.payment("#1", "97.00", currency="CAD")
    settled = books.settle()
    assert settled.together(line, payment)
    assert settled.kind(line) == ("amount", "")
    case = settled.case(line)
    assert (case["delta"], case["currency"]) == (-300, "CAD")
    assert case["sum_platform"] == NO_INT, "dollars of two countries are not put side by side"


def test_swapped_digits_count_in_the_currency_that_was_booked() -> None:
    books = Books()
    line = books.line("#1", "74.10", currency="USD", foreign_amount="184.90", foreign_currency="CAD")
    books.payment("#1", "148.90", currency="CAD")
    assert books.settle().kind(line) == ("amount", "digit_swap")


def test_the_fee_of_all_captures_makes_the_net() -> None:
    books = Books()
    lines = [books.line("#1", "70.00", "2.00"), books.line("#1", "30.00", "1.00")]
    books.payment("#1", "97.00")
    settled = books.settle()
    assert settled.together(*lines)
    assert settled.kind(lines[0]) == ("amount", "net_booked")


def test_more_often_in_the_shop_is_not_charged_twice() -> None:
    books = Books()
    line = books.line("#1", "10.00")
    books.payment("#1", "10.00")
    books.transaction("#1", "10.00")
    books.transaction("#1", "10.00")
    settled = books.settle()
    assert settled.kind(line) == ("duplicate", "more_often")
    assert settled.case(line)["delta"] == -1000
    assert "platform and shop differ by -10.00 EUR" in settled.sentence(line)


def test_sums_of_two_currencies_under_one_reference_are_no_sum() -> None:
    books = Books()
    books.line("#1", "10.00")
    books.line("#1", "10.00", currency="USD")
    books.payment("#1", "12.00")
    books.payment("#1", "13.00", currency="CAD")
    cases = books.settle().result.cases
    assert set(cases["sum_platform"]) <= {1000, NO_INT}
    assert set(cases["sum_odoo"]) <= {1200, 1300, NO_INT}
    assert set(cases["delta"]) <= {200, NO_INT}


def test_set_12_cash_on_delivery_is_outside_the_platforms() -> None:
    """What the courier remits is compared with no platform file; the order is paid by hand."""
    books = Books()
    month(books)
    sold = [books.transaction(f"#{place}", "50.00", account="Cash on Delivery (COD)") for place in (1, 2)]
    payments = [books.payment(f"#{place}", "50.00", account="Cash") for place in (1, 2)]
    returned = books.transaction("#3", "50.00", account="Cash on Delivery (COD)")
    settled = books.settle()
    for shop, payment in zip(sold, payments, strict=True):
        assert settled.together(shop, payment)
        assert settled.kind(shop) == ("matched", "manual_payment")
    assert settled.kind(returned) == ("missing", "not_booked")
    assert missing_sides(int(settled.case(returned)["missing"])) == (Side.ODOO,), "no platform owes it"


@pytest.mark.parametrize("kind", ["transaction", "order"])
def test_set_14_what_was_captured_includes_shipping_duty_and_tip(kind: str) -> None:
    books = Books()
    line = books.line("#1", "60.00")
    if kind == "transaction":
        books.transaction("#1", "60.00")
    order = books.order("#1", "60.00", extra='{"subtotal":"50.00","shipping":"5.00","duties":"3.00"}')
    settled = books.settle()
    assert settled.together(line, order)
    assert settled.kind(line) == ("matched", "")


def test_pay_01_and_edt_01_hold_without_the_shops_transactions() -> None:
    books = Books()
    part = books.line("#1", "80.00")
    books.order("#1", "200.00", status="partially_paid", open="120.00")
    edited = books.line("#2", "1989.72")
    books.order("#2", "2139.72", open="150.00", extra='{"paid_at":"2026-10-05"}')
    settled = books.settle()
    assert settled.kind(part) == ("timing", "part_paid")
    assert settled.kind(edited) == ("amount", "order_edited")
    assert settled.case(edited)["delta"] == -15000


def test_orders_alone_know_no_refunds() -> None:
    books = Books()
    for day in ("2026-10-01", "2026-10-31"):
        books.line("#9", "1.00", day=day, grp="", due=NO_INT)
        books.order(f"#9{day}", "1.00", day=day)
    books.order("#1", "100.00", status="partially_refunded", refunded="40.00")
    charge, refund = books.line("#1", "100.00"), books.line("#1", "-40.00")
    settled = books.settle()
    assert settled.kind(charge) == settled.kind(refund) == ("matched", "")
    books.transaction("#1", "100.00")
    assert books.settle().kind(refund)[0] != "matched", "the shop's transactions do"


def test_an_order_in_another_currency_is_told_in_it() -> None:
    books = Books()
    line = books.line("#1", "110.00", currency="USD")
    books.transaction("#1", "100.00")
    books.order("#1", "112.40", open="12.40", extra='{"paid_at":"2026-10-05"}')
    settled = books.settle()
    assert settled.kind(line) == ("amount", "order_edited")
    assert settled.case(line)["delta"] == NO_INT
    assert settled.sentence(line) == (
        "Charge #1 of 110.00 USD: 12.40 EUR of the order are not paid. "
        "The order was changed after it was paid."
    )


def test_id_02_references_are_text() -> None:
    books = Books()
    month(books)
    refs = ("#00123", "#123", "1E5", "100000", "#1E5")
    lines = [books.line(ref, f"{place + 2}.00") for place, ref in enumerate(refs)]
    payments = [books.payment(ref, f"{place + 2}.00") for place, ref in enumerate(refs)]
    settled = books.settle()
    for line, payment in zip(lines, payments, strict=True):
        assert settled.together(line, payment)
    assert not settled.together(lines[0], lines[1])
    assert not settled.together(lines[2], lines[3])


def test_id_02_a_leading_zero_is_another_order() -> None:
    books = Books()
    month(books)
    line = books.line("#00123", "10.00")
    payment = books.payment("#123", "25.00")
    settled = books.settle()
    assert not settled.together(line, payment)


def test_case_keys_stay_when_a_later_capture_joins() -> None:
    books = Books()
    first = books.line("#1", "70.00", day="2026-10-05")
    books.payment("#1", "100.00")
    before = int(books.settle().case(first)["key"])
    # a later record whose own key is smaller than any so far
    later = books.line("#1", "30.00", day="2026-10-09", key=-(2**62))
    settled = books.settle()
    assert settled.together(first, later)
    assert int(settled.case(first)["key"]) == before
