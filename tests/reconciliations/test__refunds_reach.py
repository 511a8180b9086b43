"""What no file can show is not missing: days and stores that the files of a side do not reach."""

from __future__ import annotations

import pytest

from recon_app.models.record import NO_INT, Side
from tests.reconciliations.refund_books import Given

_AUGUST, _DECEMBER = "2025-08-{:02}", "2026-12-{:02}"


def refunds_of(day: str, count: int = 4) -> tuple[Given, list[int]]:
    """Refunds of days that only the shop's files have; the files of others are of September to November."""
    books, records = Given(), []
    for number in range(1, count + 1):
        when = day.format(number + 9)
        books.order(f"#{number}", "100.00", day=when)
        records.append(books.back(f"#{number}", "-40.00", day=when))
    return books, records


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (_AUGUST, "4 refunds of 2025-08-10 to 2025-08-13 lie before Odoo's files (first day 2026-09-01)"),
        (_DECEMBER, "4 refunds of 2026-12-10 to 2026-12-13 lie behind Odoo's files (last day 2026-11-30)"),
    ],
)
def test_flood_days_that_no_file_reaches_are_said_once(day: str, words: str) -> None:
    books, records = refunds_of(day)
    found = books.compare()
    for record in records:
        case = found.of(record)
        assert (*case.says, case.missing, case.next) == ("matched", "", set(), [])
        assert case.steps()["credit_note"] == case.steps()["paid"] == "unknown"
        assert case.step("credit_note")["text"] == "No file of Odoo reaches this day"
        assert case.text().endswith("40.00 EUR refunded; the loaded files do not tell the rest.")
    remarks = [text for text in found.result.remarks if "Odoo's files" in text]
    assert remarks == [f"{words}: what is booked is not known."]
    assert len([text for text in found.result.remarks if "shopify payments's files" in text]) == 1


def test_flood_a_refund_without_a_day_lies_where_its_order_lies() -> None:
    books = Given()
    orders = [
        books.order(f"#{number}", "50.00", refunded="20.00", status="partially_refunded", day="2025-03-01")
        for number in range(1, 6)
    ]
    found = books.compare()
    assert {found.of(order).says for order in orders} == {("matched", "")}
    assert "5 refunds of 2025-03-01 lie before Odoo's files (first day 2026-09-01): " in " ".join(
        found.result.remarks
    )


def test_flood_within_the_files_a_leg_is_missing_still() -> None:
    books = Given()
    books.sold("#1", "50.00")
    refund = books.back("#1", "-20.00", day="2026-09-02")
    assert books.compare().of(refund).missing == {Side.PLATFORM, Side.ODOO}


def test_flood_payments_tell_their_own_days_only() -> None:
    books = Given(covered=False)
    books.sold("#1", "100.00")
    books.payment("#9", "-5.00", day="2026-11-01")
    refund = books.back("#1", "-40.00", day="2026-10-02")
    books.paid("#1", "-40.00", day="2026-10-02")
    case = books.compare().of(refund)
    assert (case.says, case.steps()["credit_note"]) == (("matched", ""), "unknown")


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_flood_another_store_that_odoo_knows_nothing_of(currency: str) -> None:
    books = Given()
    books.sold("#1", "100.00")
    books.invoice("#1", "100.00", day="2026-10-02")
    mine = books.back("#1", "-40.00", day="2026-10-20")
    other = []
    for number in range(1, 8):
        ref = f"US-{number}"
        books.order(ref, "100.00", day="2026-10-10", currency=currency)
        other.append(books.back(ref, "-30.00", day="2026-10-20", currency=currency))
        books.paid(ref, "-30.00", day="2026-10-20", currency=currency, account="stripe")
    found = books.compare()
    assert found.of(mine).missing == {Side.PLATFORM, Side.ODOO}
    for record in other:
        assert (*found.of(record).says, found.of(record).missing) == ("matched", "", set())
        assert found.of(record).step("credit_note")["text"] == "No file of Odoo knows this store"
    assert (
        found.result.remarks.count(
            "7 refunds of 2026-10-20 lie in a store that Odoo's files know nothing of: "
            "what is booked is not known."
        )
        == 1
    )


def test_flood_a_platform_of_another_store_is_not_outside_the_shop() -> None:
    books = Given()
    books.sold("#1", "100.00")
    books.back("#1", "-40.00", day="2026-10-20")
    for number in range(6):
        books.line(f"X{number}", "80.00", account="stripe", day="2026-10-02")
    paid = [books.paid(f"X{number}", "-8.00", account="stripe", day="2026-10-20") for number in range(6)]
    found = books.compare()
    assert {found.of(record).says for record in paid} == {("matched", "")}
    assert "6 refunds of 2026-10-20 lie in a store that the shop's files know nothing of" in " ".join(
        found.result.remarks
    )


def test_flood_what_the_platform_paid_behind_the_shop_s_files_is_not_outside_the_shop() -> None:
    books = Given(covered=False)
    for when in ("2026-09-01", "2026-11-30"):
        books.line("#far", "1.00", day=when)
    books.sold("#1", "100.00")
    soon, late = (
        books.paid("#1", amount, day=day)
        for amount, day in (("-10.00", "2026-10-04"), ("-20.00", "2026-11-20"))
    )
    found = books.compare()
    assert found.of(soon).says == ("timing", "refunded_outside_shop")
    assert found.of(late).says == ("matched", "")
    assert found.of(late).step("refunded")["text"] == "No file of the shop reaches this day"


def test_a_platform_without_a_file_is_named() -> None:
    books = Given()
    books.order("#1", "100.00", account="Klarna", day="2026-10-01")
    refunds = [
        books.back("#1", amount, account="Klarna", day="2026-10-20") for amount in ("-40.00", "-50.00")
    ]
    for amount in ("-40.00", "-50.00"):
        books.note("#1", amount, day="2026-10-21")
    found = books.compare()
    case = found.of(refunds[0])
    assert (case.says, case.state) == (("matched", ""), "shop+odoo")
    assert (case.step("paid")["state"], case.step("paid")["text"]) == (
        "unknown",
        "No file of Klarna is imported",
    )
    assert "No file of Klarna is imported: what was paid is not known, 2 refunds." in found.result.remarks
    assert int(case.row["sum_platform"]) == NO_INT


def test_a_gateway_that_is_no_platform_needs_none() -> None:
    books = Given()
    books.order("#1", "100.00", account="Voucher", day="2026-10-01")
    refund = books.back("#1", "-40.00", account="Voucher", day="2026-10-20")
    books.note("#1", "-40.00", day="2026-10-21")
    step = books.compare({"gateway.Voucher": "-"}).of(refund).step("paid")
    assert (step["state"], step["text"]) == ("not_needed", "Given back by Voucher: no platform pays it")
