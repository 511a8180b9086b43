"""What looks like F3 to F9, F14, F19, F21 and F22, and is not; and what their hits tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app import registry
from recon_app.fingerprints._books import Books
from recon_app.models.record import NO_INT, RecordType
from tests.fingerprints.planting import PLANTS, not_invoiced
from tests.fingerprints.shop import FIRST, Shop


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_f03_without_an_invoice(shop: Shop) -> None:
    sale = shop.sales[2]
    shop.refund(sale, sale.day + 2, amount=250, credit=False)
    not_invoiced(shop, sale)
    (case,) = shop.compare()
    assert case.says == ("missing", "f03_refund_skipped", 250)
    assert case.text == f"Order {sale.name}: 2.50 EUR refunded, no invoice in Odoo and no credit note."


def test_f03_with_an_invoice_that_is_a_draft(shop: Shop) -> None:
    sale = shop.sales[2]
    shop.refund(sale, sale.day + 2, amount=250, credit=False)
    sale.invoice["status"] = "draft/not_paid"
    (case,) = shop.compare()
    assert "the only invoice is a draft" in case.text


def test_f03_a_refund_that_is_just_not_booked_is_none(shop: Shop) -> None:
    sale = shop.sales[2]
    shop.refund(sale, sale.day + 2, amount=250, credit=False)
    assert shop.compare() == []


def test_f03_a_refund_of_yesterday_is_none(shop: Shop) -> None:
    sale = shop.sales[37]
    shop.refund(sale, FIRST + 28, amount=250, credit=False)
    not_invoiced(shop, sale)
    assert shop.compare() == []


def test_f03_an_invoice_that_is_not_in_the_export_counts(shop: Shop) -> None:
    sale = shop.sales[2]
    shop.refund(sale, sale.day + 2, amount=250, credit=False)
    shop.drop(RecordType.INVOICE, sale.invoice)
    assert shop.compare() == []


def test_f03_transactions_tell_refunds_too(shop: Shop) -> None:
    PLANTS["f03_refund_skipped"](shop)
    for row in shop.rows()[RecordType.REFUND]:
        row["ref"] = "elsewhere"
    assert [case.facts.cause for case in shop.compare()] == ["f03_refund_skipped"]


@pytest.mark.parametrize(("day", "hits"), [(25, 1), (26, 0), (29, 0)])
def test_f04_drafts_have_three_days(shop: Shop, day: int, hits: int) -> None:
    note = shop.refund(shop.sales[2], FIRST + day, amount=250)
    assert note is not None
    note["status"] = "draft/not_paid"
    assert len(shop.compare()) == hits


def test_f04_a_draft_without_a_date_is_as_old_as_its_refund(shop: Shop) -> None:
    note = shop.refund(shop.sales[2], FIRST + 10, amount=250)
    assert note is not None
    note |= {"status": "draft", "day": NO_INT}
    (case,) = shop.compare()
    assert "was paid 19 days ago, and its credit note over 2.50 EUR is a draft" in case.text


def test_f04_the_platform_tells_where_the_shop_does_not(shop: Shop) -> None:
    PLANTS["f04_draft_credit_notes"](shop)
    (case,) = shop.compare()
    assert list(case.facts.legs) == ["shop", "odoo"]
    rows = shop.rows()[RecordType.SHOP_TRANSACTION]
    shop.drop(RecordType.SHOP_TRANSACTION, *(row for row in rows if row["amount"] < 0))
    (case,) = shop.compare()
    assert sorted(case.facts.legs) == ["odoo", "platform"]


def test_f04_a_draft_whose_money_did_not_go_is_none(shop: Shop) -> None:
    PLANTS["f04_draft_credit_notes"](shop)
    name = shop.sales[2].name
    for kind in (RecordType.SHOP_TRANSACTION, RecordType.PAYMENT_LINE):
        rows = shop.rows()[kind]
        shop.drop(kind, *(row for row in rows if row["ref"] == name and row["category"] == "refund"))
    assert "f04_draft_credit_notes" not in {case.facts.cause for case in shop.compare()}


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [["[QF-01] Thing", 100, "19%"]],
        [["[QF-01] Thing", 100, "19%"], ["Refund Adjustment", 150, "19%"]],
        [["Readjustment of a clock", 250, ""]],
    ],
)
def test_f05_other_lines_are_no_lone_adjustment(shop: Shop, lines: list[list[object]]) -> None:
    PLANTS["f05_refund_adjustment"](shop)
    shop.note(shop.sales[2].credits[0], lines=lines)
    assert shop.compare() == []


def test_f05_an_export_without_invoices_of_orders_shows_nothing(shop: Shop) -> None:
    PLANTS["f05_refund_adjustment"](shop)
    for row in shop.rows()[RecordType.SALE_ORDER]:
        shop.note(row, invoices=None)
    assert shop.compare() == []


@pytest.mark.parametrize("status", ["done", "assigned", "waiting"])
def test_f06_a_receipt_that_is_made_is_enough(shop: Shop, status: str) -> None:
    PLANTS["f06_return_not_synced"](shop)
    shop.come_back(shop.sales[2], 0, shop.sales[2].day + 4, status=status)
    assert shop.compare() == []


def test_f06_goods_that_odoo_did_not_deliver_are_none(shop: Shop) -> None:
    PLANTS["f06_return_not_synced"](shop)
    for move in shop.sales[2].moves:
        move |= {"status": "cancel", "done": NO_INT}
    assert shop.compare() == []


def test_f06_a_return_of_today_is_none(shop: Shop) -> None:
    sale = shop.sales[2]
    shop.refund(sale, FIRST + 29, lines=[(0, "return")], back=False)
    assert shop.compare() == []


def test_f07_the_reverse_a_receipt_that_was_cancelled(shop: Shop) -> None:
    sale = shop.sales[2]
    shop.refund(sale, sale.day + 3, lines=[(0, "return")], back=False)
    shop.come_back(sale, 0, sale.day + 3, status="cancel")
    (case,) = shop.compare()
    assert case.says == ("amount", "f07_restock_not_chosen", sale.lines[0]["quantity"])
    assert "was cancelled" in case.text


def test_ref_03_f07_not_restocked_and_not_received_is_as_it_should_be(shop: Shop) -> None:
    sale = shop.sales[2]
    shop.refund(sale, sale.day + 3, lines=[(0, "no_restock")])
    assert shop.compare() == []


def test_f07_only_what_came_back_too_much_counts(shop: Shop) -> None:
    sale = shop.sell(FIRST + 3, [("QF-01", 1, 500), ("QF-01", 3, 500)])
    shop.refund(sale, FIRST + 6, lines=[(0, "return"), (1, "no_restock")])
    assert shop.compare() == []
    shop.come_back(sale, 1, FIRST + 6)
    (case,) = shop.compare()
    assert case.facts.delta == 3_000_000


def test_f08_tells_what_is_missing(shop: Shop) -> None:
    PLANTS["f08_deleted_refund"](shop)
    (case,) = shop.compare()
    assert case.says == ("missing", "f08_deleted_refund", 170)
    assert shop.sales[2].credits[0]["grp"] in case.text


def test_f08_a_credit_note_of_another_amount_is_its_refunds(shop: Shop) -> None:
    sale = shop.sales[2]
    note = shop.refund(sale, sale.day + 2, amount=250)
    assert note is not None
    note["amount"] = -240
    shop.refund(sale, sale.day + 6, amount=170, credit=False)
    assert shop.compare() == []


def test_f08_a_deleted_refund_without_later_ones_is_none(shop: Shop) -> None:
    PLANTS["f08_deleted_refund"](shop)
    shop.drop(RecordType.REFUND, shop.sales[2].refunds[-1])
    rows = shop.rows()[RecordType.SHOP_TRANSACTION]
    mine = [row for row in rows if row["ref"] == shop.sales[2].name and row["category"] == "refund"]
    shop.drop(RecordType.SHOP_TRANSACTION, *mine)
    assert shop.compare() == []


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(100, 105)), min_size=1, max_size=5))
def test_f08_refunds_that_all_have_their_credit_note_never_hit(refunds: list[tuple[int, int]]) -> None:
    shop = Shop(empty=True)
    sale = shop.sell(FIRST, [("QF-01", 1, 9_000)])
    for late, amount in refunds:
        shop.refund(sale, FIRST + late, amount=amount)
    shop.sell(FIRST + 30)
    assert registry.fingerprints()["f08_deleted_refund"].hits(Books(shop.frames())).hits == []


def test_f09_says_what_is_reserved(shop: Shop) -> None:
    PLANTS["f09_open_delivery"](shop)
    (case,) = shop.compare()
    quantity = sum(line["quantity"] for line in shop.sales[2].lines)
    assert case.says == ("amount", "f09_open_delivery", quantity)
    assert "reserved" in case.text


def test_f09_a_part_of_the_money_leaves_the_delivery_as_it_is(shop: Shop) -> None:
    sale = shop.sales[2]
    for move in sale.moves:
        move |= {"status": "assigned", "done": NO_INT}
    shop.refund(sale, sale.day + 1, amount=100)
    assert shop.compare() == []


def test_f09_a_delivery_that_was_made_is_none(shop: Shop) -> None:
    sale = shop.sales[2]
    every = [(place, "no_restock") for place in range(len(sale.lines))]
    shop.refund(sale, sale.day + 3, lines=every, shipping=True)
    assert shop.compare() == []


@pytest.mark.parametrize(
    "lines",
    [
        [["[QF-01] Thing", 100, "19%"], ["Rounding", 1, "19%"]],
        [["[QF-01] Thing", 100, ""], ["Rounding", 1, ""]],
        [["[QF-01] Thing", 100, "19%"], ["Gift wrapping", 250, ""]],
        [["[QF-01] Thing", 100, "19%"], ["Rounding", 0, ""]],
    ],
)
def test_tax_03_f14_lines_that_are_no_untaxed_rest(shop: Shop, lines: list[list[object]]) -> None:
    shop.note(shop.sales[3].credits[0], lines=lines)
    assert shop.compare() == []


@pytest.mark.parametrize("values", [{"ref2": "S01004"}, {"reversal_of": "INV/2026/01004"}])
def test_f19_one_link_is_enough(shop: Shop, values: dict[str, str]) -> None:
    PLANTS["f19_unlinked_credit_notes"](shop)
    note = shop.sales[3].credits[0]
    if "ref2" in values:
        note |= values
    else:
        shop.note(note, no_reversal=None, **values)
    assert shop.compare() == []


def test_f19_an_export_that_does_not_say_is_none(shop: Shop) -> None:
    PLANTS["f19_unlinked_credit_notes"](shop)
    shop.note(shop.sales[3].credits[0], no_reversal=None)
    assert shop.compare() == []


def test_ref_01_f21_twice_the_exchange(shop: Shop) -> None:
    PLANTS["f21_exchange_twice"](shop)
    (case,) = shop.compare()
    assert case.facts.delta == 2 * 365
    assert "goods of 3.65 EUR were sent in exchange" in case.text


@pytest.mark.parametrize(("credited", "exchange"), [(1893, 365), (1893, 0), (1893 + 100, 365)])
def test_ref_01_f21_other_balances_are_none(shop: Shop, credited: int, exchange: int) -> None:
    PLANTS["f21_exchange_twice"](shop)
    note = next(row for row in reversed(shop.rows()[RecordType.INVOICE]) if row["category"] == "credit_note")
    note["amount"] = -credited
    if exchange:
        sale = next(row for row in shop.rows()[RecordType.SALE_ORDER] if row["grp"] == note["ref2"])
        shop.put(
            RecordType.INVOICE,
            category="invoice",
            grp="INV/2026/90009",
            ref2=sale["grp"],
            status="posted/paid",
            day=FIRST + 12,
            amount=exchange,
        )
    assert shop.compare() == []


def test_f22_a_buyer_who_saw_euros_is_none(shop: Shop) -> None:
    PLANTS["f22_presentment_shipping"](shop)
    shop.rows()[RecordType.PAYMENT_LINE][-2] |= {"foreign_currency": "EUR"}
    assert shop.compare() == []


@pytest.mark.parametrize("off", [-200, -3, 3, 40])
def test_f22_another_difference_is_none(shop: Shop, off: int) -> None:
    PLANTS["f22_presentment_shipping"](shop)
    note = next(row for row in reversed(shop.rows()[RecordType.INVOICE]) if row["category"] == "credit_note")
    note["amount"] += off
    assert shop.compare() == []


def test_f22_a_row_of_the_refund_tells_its_shipping(shop: Shop) -> None:
    PLANTS["f22_presentment_shipping"](shop)
    line = shop.rows()[RecordType.REFUND][-1]
    total = -sum(row["amount"] for row in shop.rows()[RecordType.REFUND] if row["ident"] == line["ident"])
    whole = int(line["extra"].partition('"refund_total":')[2].rstrip("}"))
    shop.note(line, tax=None, refund_total=None)
    line["amount"] = -1190
    row = {
        **line,
        "sku": "",
        "quantity": NO_INT,
        "amount": 1190 - whole,
        "extra": {"type": "Refund Shipping"},
    }
    shop.put(RecordType.REFUND, **row)
    assert total == 1000
    assert [case.facts.cause for case in shop.compare()] == ["f22_presentment_shipping"]


def test_f22_without_lines_the_whole_shipping_went_back(shop: Shop) -> None:
    PLANTS["f22_presentment_shipping"](shop)
    line = shop.rows()[RecordType.REFUND][-1]
    order = next(row for row in shop.rows()[RecordType.ORDER] if row["ref"] == line["ref"])
    whole = int(line["extra"].partition('"refund_total":')[2].rstrip("}"))
    line |= {"sku": "", "quantity": NO_INT, "amount": -whole, "extra": ""}
    shop.note(order, shipping=whole - 1190)
    assert [case.facts.cause for case in shop.compare()] == ["f22_presentment_shipping"]
