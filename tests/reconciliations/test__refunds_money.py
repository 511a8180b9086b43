"""What refunds come to: exchanges, other ways to pay back, rates, taxes, fees, chargebacks, failures."""

from __future__ import annotations

import pytest

from recon_app.models.money import format_minor, parse_minor
from recon_app.models.record import Side
from tests.reconciliations.refund_books import Given, One
from tests.reconciliations.test_refunds import whole


def exchange() -> tuple[Given, int]:
    """1893 was returned and 365 taken instead: 1528 was given back."""
    books = Given()
    books.sold("#1", "1893.00")
    books.invoice("#1", "1893.00", day="2026-10-02", grp="INV/1")
    refund = books.refund(
        "#1", "-1893.00", sku="SOFA", quantity="1", status="no_restock", extra={"refund_total": 152800}
    )
    books.back("#1", "-1528.00")
    books.paid("#1", "-1528.00")
    return books, refund


def test_ref_01_total_refunded_is_net_of_the_exchanged_goods() -> None:
    books, refund = exchange()
    note = books.note("#1", "-1893.00", extra={"reversal_of": "INV/1"})
    sold = books.invoice("#1", "365.00", day="2026-11-03")
    found = books.compare()
    case = found.of(refund)
    assert (*case.says, case.delta) == ("matched", "", "0.00")
    assert int(case.row["sum_odoo"]) == int(case.row["sum_shop"]) == -152_800
    assert found.of(note).number == found.of(sold).number == case.number
    assert case.told("exchange") == ["The refund is net of exchanged goods of 365.00 EUR."]


def test_ref_01_the_exchanged_goods_have_to_be_invoiced() -> None:
    books, refund = exchange()
    books.note("#1", "-1893.00", extra={"reversal_of": "INV/1"})
    case = books.compare().of(refund)
    assert (*case.says, case.delta) == ("amount", "exchange_not_invoiced", "-365.00")
    assert case.next == ["Invoice the exchanged goods in Odoo."]


@pytest.mark.parametrize(
    ("credit", "delta"), [("-2258.00", "-730.00"), ("-798.00", "730.00"), ("-1163.00", "365.00")]
)
def test_ref_01_the_wrong_signature_is_twice_the_exchange(credit: str, delta: str) -> None:
    books, refund = exchange()
    books.note("#1", credit, extra={"reversal_of": "INV/1"})
    case = books.compare().of(refund)
    assert (*case.says, case.delta) == ("amount", "exchange_counted_twice", delta)
    assert case.note["exchange"] == 36_500


def test_ref_02_a_cashless_refund_moves_goods_and_no_money() -> None:
    books = Given()
    books.sold("#1", "21.50")
    books.delivery("WH/OUT/1", "#1")
    given = {"number": "9", "source": "matrixify_refunds"}
    line = books.refund(
        "#1", "-21.50", **given, sku="MUG", quantity="1", status="return", extra={"type": "Refund Line"}
    )
    books.refund("#1", "21.50", **given, extra={"type": "Refund Adjustment"})
    books.move("MUG", "1", ref="Return of WH/OUT/1")
    case = books.compare().of(line)
    assert (*case.says, case.delta) == ("matched", "", "0.00")
    assert int(case.row["sum_shop"]) == 0
    assert case.state == "shop+goods"
    assert (case.steps()["paid"], case.steps()["credit_note"]) == ("not_needed", "not_needed")
    assert case.text() == "#1: no money was given back, and nothing is open."


def test_ref_06_a_void_has_no_line_of_the_platform() -> None:
    books = Given()
    books.order("#1", "50.00", status="voided", day="2026-11-01", extra={"cancelled_at": 1_793_600_000})
    books.transaction("#1", "50.00", category="authorization", day="2026-11-01")
    books.transaction("#1", "0.00", category="void", day="2026-11-01")
    assert len(books.compare()) == 0
    refund = books.refund("#1", "-50.00", sku="MUG", quantity="1", status="cancel")
    case = books.compare().of(refund)
    assert case.says == ("matched", "")
    assert case.steps()["paid"] == case.steps()["credit_note"] == "not_needed"
    assert case.missing == set()
    assert case.text() == "#1: voided before any money moved."


def test_tax_03_the_tax_of_the_credit_note_is_that_of_the_refund() -> None:
    books = Given()
    books.sold("#1", "121.00")
    refund = books.refund("#1", "-12.10", sku="MUG", quantity="1", status="no_restock", extra={"tax": 210})
    books.paid("#1", "-12.10")
    books.note("#1", "-12.10", grp="RINV/1", extra={"untaxed": -1000, "tax": -210})
    assert books.compare().of(refund).says == ("matched", "")


def test_tax_03_a_rounding_line_must_keep_the_tax() -> None:
    books = Given()
    books.sold("#1", "121.00")
    refund = books.refund("#1", "-12.10", sku="MUG", quantity="1", status="no_restock", extra={"tax": 210})
    books.paid("#1", "-12.10")
    # the lines give 12.04 with their tax, and 0.06 was posted as a line without one
    books.note("#1", "-12.10", grp="RINV/1", extra={"untaxed": -1001, "tax": -209})
    case = books.compare().of(refund)
    assert (*case.says, case.delta) == ("field", "tax_differs", "0.00")
    assert case.told("tax") == ["Odoo has another tax: 2.09 EUR, the shop 2.10 EUR."]
    assert case.next == ["Correct the tax of RINV/1: every line keeps the tax of the goods it is for."]


@pytest.mark.parametrize(
    ("told", "says"),
    [({}, ("matched", "")), ({"tax": 0}, ("field", "tax_differs")), ({"tax": 78}, ("matched", ""))],
)
def test_tax_03_a_blank_tax_of_refunded_shipping_is_not_zero(
    told: dict[str, int], says: tuple[str, str]
) -> None:
    books = Given()
    books.sold("#1", "17.00")
    line = {"type": "Refund Line", "tax": 210}
    refund = books.refund(
        "#1", "-12.10", "7", source="matrixify_refunds", sku="MUG", status="no_restock", extra=line
    )
    shipping = {"type": "Refund Shipping"} | told
    books.refund("#1", "-4.90", "7", source="matrixify_refunds", status="no_restock", extra=shipping)
    books.paid("#1", "-17.00")
    books.note("#1", "-17.00", grp="RINV/1", extra={"untaxed": -1412, "tax": -288})
    assert books.compare().of(refund).says == says


def taxed(lines: list[list[object]], tax: int, *parts: tuple[str, int]) -> One:
    """A refund of lines with their tax, and its credit note with lines of its own."""
    books = Given()
    books.sold("#1", "121.00")
    for sku, (amount, own) in enumerate(parts):
        refund = books.refund("#1", amount, "7", sku=f"A{sku}", status="no_restock", extra={"tax": own})
    whole_ = format_minor(sum(parse_minor(amount, "EUR") for amount, _ in parts), "EUR")
    books.paid("#1", whole_)
    books.note("#1", whole_, grp="RINV/1", extra={"tax": -tax, "lines": lines})
    return books.compare().of(refund)


def test_tax_03_a_rounding_line_without_tax_is_named() -> None:
    # the lines give 12.09, and the residual of 0.01 stands on a line of its own
    case = taxed([["[A] Mug", 999, "21%"], ["Rounding", 1, ""]], 210, ("-12.10", 210))
    assert case.says == ("field", "untaxed_line")
    assert case.text() == "#1: 12.10 EUR refunded; RINV/1 has a line of 0.01 EUR without tax."
    (text,) = case.told("tax_lost")
    assert text.startswith(
        "The credit note has a line of 0.01 EUR without tax ('Rounding') beside taxed lines."
    )
    assert case.next == ["Give the line of RINV/1 the tax of the goods it is for."]


def test_tax_03_the_tax_that_the_line_should_have_is_said() -> None:
    case = taxed([["[A] Mug", 900, "21%"], ["Adjustment", 121, ""]], 189, ("-12.10", 210))
    assert case.says == ("field", "untaxed_line")
    assert "; its tax would be 0.25 EUR." in case.told("tax_lost")[0]


def test_tax_03_an_untaxed_line_is_right_where_the_shop_refunded_one() -> None:
    case = taxed([["[A] Mug", 1000, "21%"], ["[B] Book", 500, ""]], 210, ("-12.10", 210), ("-5.00", 0))
    assert case.says == ("matched", "")


def test_tax_01_rounding_is_called_so_where_both_figures_come_out() -> None:
    # seven lines of 8.49 at 21 %: 12.46 line by line, 12.48 over all
    lines: list[list[object]] = [["[A] Mug", 849, "21%"]] * 7
    case = taxed(lines, 1248, *[("-10.27", 178)] * 7)
    assert (*case.says, case.note["tax"]["shop"]) == ("field", "rounding_method", 1246)
    assert case.note["tax"]["why"] == {
        "cause": "rounding_method",
        "per_line": 1246,
        "global": 1248,
        "shop": "per line",
        "odoo": "global",
    }
    assert case.told("tax_per_line") == ["Rounded line by line, the tax is 12.46 EUR: so the shop does."]
    assert case.told("tax_global") == ["Rounded once for each rate, it is 12.48 EUR: so Odoo does."]


def test_tax_01_a_cent_that_no_rounding_gives_is_not_called_so() -> None:
    lines: list[list[object]] = [["[A] Mug", 849, "21%"]] * 7
    case = taxed(lines, 1247, *[("-10.27", 178)] * 7)
    assert (*case.says, case.note["tax"]["why"]) == ("field", "tax_differs", None)


def test_tax_02_rounding_of_prices_with_tax() -> None:
    # three times 19.99 with 20 %: 9.99 line by line, 10.00 over all
    lines: list[list[object]] = [["[A] Mug", 1666, "20%"]] * 3
    case = taxed(lines, 1000, *[("-19.99", 333)] * 3)
    assert case.says == ("field", "rounding_method")
    assert (case.note["tax"]["why"]["per_line"], case.note["tax"]["why"]["global"]) == (999, 1000)


def test_a_credit_note_without_the_tax_differs_by_the_tax() -> None:
    books = Given()
    books.sold("#1", "121.00")
    refund = books.refund("#1", "-14.50", sku="MUG", quantity="1", status="no_restock", extra={"tax": 232})
    books.paid("#1", "-14.50")
    books.note("#1", "-12.18", grp="RINV/1", extra={"untaxed": -1218, "tax": 0})
    case = books.compare().of(refund)
    assert (*case.says, case.delta) == ("amount", "tax_differs", "2.32")
    assert case.text() == "#1: 14.50 EUR refunded; the tax of RINV/1 differs by 2.32 EUR."


def test_set_05_the_platform_keeps_the_fee_of_the_sale() -> None:
    books = Given()
    books.line("#1", "100.00", "3.20", day="2026-10-01")
    books.transaction("#1", "100.00", day="2026-10-01")
    refund = whole(books, "#1", "-100.00")
    case = books.compare().of(refund)
    assert case.says == ("matched", "")
    assert case.note["fee_kept"] == 320
    assert case.told("fee_kept") == ["The platform keeps the fee of the sale: 3.20 EUR."]


def test_a_fee_that_came_back_is_not_kept() -> None:
    books = Given()
    books.line("#1", "100.00", "3.20", day="2026-10-01")
    refund = books.back("#1", "-100.00")
    books.paid("#1", "-100.00", fee="-3.20")
    books.note("#1", "-100.00")
    case = books.compare().of(refund)
    assert case.note["fee_kept"] == 0
    assert case.told("fee_kept") == []


@pytest.mark.parametrize(
    ("refunded", "says", "delta"), [("-738.51", "rate_difference", "-3.72"), ("-734.79", "", "0.00")]
)
def test_fx_02_another_day_s_rate_is_named(refunded: str, says: str, delta: str) -> None:
    books = Given()
    abroad = {"currency": "CZK", "foreign_currency": "EUR", "foreign_amount": "29.90"}
    books.line("#1", "734.79", "20.00", day="2026-10-01", **abroad)
    books.transaction("#1", "29.90", day="2026-10-01")
    refund = books.back("#1", "-29.90")
    books.paid("#1", refunded, **abroad)
    books.note("#1", "-29.90")
    case = books.compare().of(refund)
    assert (case.says[1], case.delta) == (says, delta)
    assert case.says[0] == ("amount" if says else "matched")
    if says:
        assert str(case.row["currency"]) == "CZK"
        assert case.text() == "#1: 29.90 EUR refunded at another day's rate: a loss of 3.72 CZK."
        assert case.next == ["Book 3.72 CZK as exchange loss."]


def test_fx_02_the_same_foreign_money_may_cost_another_amount_of_the_shop_s_own() -> None:
    books = Given()
    abroad = {"foreign_currency": "USD", "foreign_amount": "120.00"}
    books.line("#1", "103.90", day="2026-10-01", **abroad)
    refund = books.back("#1", "-103.90")
    books.paid("#1", "-100.79", **abroad)
    books.note("#1", "-103.90")
    case = books.compare().of(refund)
    assert (*case.says, case.delta) == ("amount", "rate_difference", "3.11")
    assert case.next == ["Book 3.11 EUR as exchange gain."]


def test_a_part_of_a_sale_at_the_sale_s_rate_has_no_difference() -> None:
    books = Given()
    abroad = {"currency": "CZK", "foreign_currency": "EUR"}
    books.line("#1", "1000.00", "0.00", day="2026-10-01", foreign_amount="30.00", **abroad)
    refund = books.back("#1", "-10.00")
    books.paid("#1", "-333.33", foreign_amount="10.00", **abroad)
    books.note("#1", "-10.00")
    assert books.compare().of(refund).says == ("matched", "")


@pytest.mark.parametrize("gateway", ["gift_card", "Gift Card", "shopify_store_credit"])
def test_a_refund_to_a_gift_card_needs_no_platform(gateway: str) -> None:
    books = Given()
    books.sold("#1", "40.00")
    refund = books.back("#1", "-40.00", account=gateway)
    books.note("#1", "-40.00")
    case = books.compare().of(refund)
    assert case.says == ("matched", "")
    assert case.state == "shop+odoo"
    assert case.step("paid")["text"] == "Given back as a gift card or store credit: no platform pays it"


def test_a_split_refund_asks_the_platform_for_its_part_only() -> None:
    books = Given()
    books.sold("#1", "80.00")
    refund = books.refund("#1", "-80.00", "5")
    books.back("#1", "-60.00", account="gift_card")
    books.back("#1", "-20.00")
    books.paid("#1", "-20.00")
    books.note("#1", "-80.00")
    case = books.compare().of(refund)
    assert (*case.says, case.delta) == ("matched", "", "0.00")
    assert int(case.row["sum_shop"]) == -8_000
    assert int(case.row["sum_platform"]) == -2_000


def test_a_refund_by_hand_needs_no_platform() -> None:
    books = Given()
    books.sold("#1", "40.00")
    refund = books.back("#1", "-40.00", account="manual")
    books.note("#1", "-40.00")
    assert books.compare().of(refund).says == ("matched", "")


def test_a_chargeback_needs_no_refund_of_the_shop() -> None:
    books = Given()
    books.sold("#1", "45.00")
    taken = books.paid("#1", "-45.00", category="chargeback", fee="15.00")
    case = books.compare().of(taken)
    assert (*case.says, case.state) == ("missing", "chargeback", "platform")
    assert case.missing == {Side.ODOO}
    assert case.steps()["refunded"] == "not_needed"
    assert case.next == ["Answer the dispute in time, or book the loss of 45.00 EUR in Odoo."]


def test_a_chargeback_that_is_booked_is_settled() -> None:
    books = Given()
    books.sold("#1", "45.00")
    taken = books.paid("#1", "-45.00", category="chargeback")
    books.payment("#1", "-45.00", day="2026-11-05")
    assert books.compare().of(taken).says == ("matched", "chargeback")


def test_set_10_a_dispute_that_was_won_is_settled() -> None:
    books = Given()
    books.sold("#1", "45.00")
    taken = books.paid("#1", "-45.00", category="chargeback", fee="15.00")
    back = books.paid("#1", "45.00", category="chargeback_reversal", fee="-15.00", day="2026-11-20")
    found = books.compare()
    case = found.of(taken)
    assert found.of(back).number == case.number
    assert (*case.says, case.state) == ("matched", "chargeback_won", "none")
    assert int(case.row["sum_platform"]) == 0
    assert case.missing == set()


def test_a_chargeback_after_the_refund_gives_the_money_twice() -> None:
    books = Given()
    books.sold("#1", "45.00")
    refund = whole(books, "#1", "-45.00")
    taken = books.paid("#1", "-45.00", category="chargeback", day="2026-11-10")
    found = books.compare()
    assert found.of(taken).says == ("duplicate", "charged_back_too")
    assert found.of(refund).says == ("matched", "")


def test_a_refund_that_came_back_left_the_customer_without_money() -> None:
    books = Given()
    books.sold("#1", "40.00")
    refund = books.back("#1", "-40.00")
    books.paid("#1", "-40.00")
    failed = books.paid("#1", "40.00", category="refund_failure", day="2026-11-08")
    books.note("#1", "-40.00")
    found = books.compare()
    case = found.of(refund)
    assert found.of(failed).number == case.number
    assert (*case.says, case.state) == ("amount", "refund_failed", "shop+odoo")
    assert int(case.row["sum_platform"]) == 0
    assert case.step("paid")["state"] == "failed"
    assert case.next == ["Pay 40.00 EUR in another way, or repeat the refund: the customer has no money."]


def test_a_refund_that_was_repeated_after_it_failed_is_paid() -> None:
    books = Given()
    books.sold("#1", "40.00")
    refund = books.back("#1", "-40.00")
    lines = [
        books.paid("#1", "-40.00", ref2="a"),
        books.paid("#1", "40.00", category="refund_failure", day="2026-11-08", ref2="a"),
        books.paid("#1", "-40.00", day="2026-11-09", ref2="b"),
    ]
    books.note("#1", "-40.00")
    found = books.compare()
    assert {found.of(line).number for line in lines} == {found.of(refund).number}
    assert found.of(refund).says == ("matched", "")


def test_a_refund_that_failed_in_the_shop_is_no_refund() -> None:
    books = Given()
    books.sold("#1", "40.00")
    tried = books.back("#1", "-40.00", status="failure")
    case = books.compare().of(tried)
    assert (*case.says, case.state) == ("amount", "refund_failed", "none")
    assert case.step("refunded")["state"] == "failed"
    assert case.step("paid")["text"] == "Nothing was paid: the refund failed"


def test_a_failure_before_the_refund_is_only_shown() -> None:
    books = Given()
    books.sold("#1", "40.00")
    tried = books.back("#1", "-40.00", status="failure", day="2026-11-01")
    refund = whole(books, "#1", "-40.00")
    case = books.compare().of(refund)
    assert case.says == ("matched", "")
    assert tried in [record.id for record in case.facts.legs[Side.SHOP]]


def test_a_refund_that_waits_in_the_shop_is_timing() -> None:
    books = Given("2026-11-03")
    books.sold("#1", "40.00")
    waiting = books.back("#1", "-40.00", status="pending")
    assert books.compare().of(waiting).says == ("timing", "refund_pending")


@pytest.mark.parametrize("day", ["2026-11-03", "2026-11-09"])
def test_a_second_payment_of_the_platform_is_paid_twice(day: str) -> None:
    books = Given()
    books.sold("#1", "100.00")
    refund = whole(books, "#1", "-40.00")
    again = books.paid("#1", "-40.00", day=day)
    found = books.compare()
    case = found.of(refund)
    assert found.of(again).number == case.number
    assert (*case.says, case.note["paid"]["amount"]) == ("duplicate", "paid_twice", 8_000)


def test_a_second_credit_note_is_booked_twice() -> None:
    books = Given()
    books.sold("#1", "100.00")
    refund = whole(books, "#1", "-40.00")
    books.note("#1", "-40.00", day="2026-11-09")
    assert books.compare().of(refund).says == ("duplicate", "booked_twice")


def test_one_payment_more_than_refunds_is_a_case_of_its_own() -> None:
    books = Given()
    books.sold("#1", "100.00")
    refunds = [whole(books, "#1", "-10.00", day=day) for day in ("2026-11-03", "2026-11-03")]
    again = books.paid("#1", "-10.00", day="2026-11-20")
    found = books.compare()
    assert len(found) == 3
    assert found.of(again).says == ("duplicate", "paid_twice")
    assert [found.of(record).says for record in refunds] == [("matched", "")] * 2
