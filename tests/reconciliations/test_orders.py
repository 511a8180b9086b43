"""Orders of the shop and sale orders: presence, amounts, lines, tax."""

from __future__ import annotations

import pytest

from recon_app.models.alias import Alias, Aliases
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations.orders import Orders
from tests.reconciliations.desk import DAY, Desk, case_of

_LATER, _SOONER = DAY + 60, DAY - 60
_A, _B = ("A", "2", "20.00"), ("B", "1", "12.50")


@pytest.fixture
def desk() -> Desk:
    """Two orders at the ends of the period, so that those between are not cut off."""
    desk = Desk(Orders())
    for ref, day in (("#1", _SOONER), ("#9", _LATER)):
        desk.order(ref, _A, day=day, at=day * 86_400)
        desk.sale(f"S{ref[1:]}", ref, _A, day=day, at=day * 86_400)
    return desk


def _says(desk: Desk) -> tuple[str, str, str]:
    """What the only odd case says."""
    (found,) = desk.odd()
    return found.says


def test_the_same_order_on_both_sides(desk: Desk) -> None:
    desk.both("#2", _A, _B)
    case = case_of(desk.compare(), "#2")
    assert case.says == ("matched", "", "0.00")
    assert case.text == "Order #2 is S2 in Odoo, 52.50 EUR; all that is known of both agrees."
    assert case.evidence == ["The customer reference of S2 is the name of the order."]
    assert desk.odd() == []


def test_references_are_compared_without_number_sign_case_and_blanks(desk: Desk) -> None:
    desk.order("#EU-2", _A)
    desk.sale("S2", " eu-2", _A)
    assert desk.odd() == []


def test_leading_zeros_of_references_count(desk: Desk) -> None:
    desk.order("#02", _A)
    desk.sale("S2", "#2", _A)
    assert {case.says[1] for case in desk.odd()} == {"order_not_imported", "no_shop_order"}


def test_an_order_that_odoo_does_not_have(desk: Desk) -> None:
    desk.order("#2", _A)
    case = case_of(desk.compare(), "#2")
    assert case.says == ("missing", "order_not_imported", "-40.00")
    assert case.facts.missing == (Side.ODOO,)
    assert case.text == "Order #2: 40.00 EUR, paid, and Odoo does not have it."
    assert case.facts.note["bucket"] == "over 30 days"
    assert case.facts.note["next"][0].startswith("Import the order")


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("pending", "not_due"),
        ("authorized", "not_due"),
        ("partially_paid", "part_paid"),
        ("voided", "cancelled"),
    ],
)
def test_what_is_not_paid_need_not_be_in_odoo(desk: Desk, status: str, cause: str) -> None:
    desk.order("#2", _A, status=status)
    case = case_of(desk.compare(), "#2")
    assert case.facts.kind in ("timing", "matched")
    assert case.facts.cause == cause


def test_the_agreed_status_is_an_answer(desk: Desk) -> None:
    desk.order("#2", _A, status="authorized")
    desk.run()
    assert desk.result is not None
    assert desk.result.proposals["order_status.Shopify"] == "paid"
    desk.answers["order_status.Shopify"] = "authorized"
    assert _says(desk) == ("missing", "order_not_imported", "-40.00")
    assert desk.result.proposals == {}
    desk.answers["order_status.Shopify"] = "soon"
    assert case_of(desk.compare(), "#2").says[0] == "timing"
    assert any("order_status.Shopify is 'soon'" in text for text in desk.result.remarks)


def test_an_order_beyond_the_files_of_the_other_side_is_timing(desk: Desk) -> None:
    desk.order("#99", _A, day=_LATER + 1, at=(_LATER + 1) * 86_400)
    desk.sale("S0", "#0", _A, day=_SOONER - 1, at=(_SOONER - 1) * 86_400)
    found = desk.odd()
    assert [case.says[:2] for case in found] == [("timing", "outside_export")] * 2
    (said,) = [text for text in desk.result.remarks if "do not reach" in text]  # type: ignore[union-attr]
    assert said.startswith("2 orders of ")


def test_orders_of_another_store_are_said_once_and_not_missing(desk: Desk) -> None:
    for number in range(5):
        desk.order(f"US-{number}", _A, currency="USD")
    assert desk.odd() == []
    (said,) = [text for text in desk.result.remarks if "that store" in text]  # type: ignore[union-attr]
    assert said.startswith("5 orders of the shop of ")
    desk.sale("S5", "US-1", _A, currency="USD")
    assert {case.says[:2] for case in desk.odd()} == {("missing", "order_not_imported")}
    assert len(desk.odd()) == 4


@pytest.mark.parametrize("turned", [False, True])
def test_lines_of_sale_orders_of_one_number_are_those_of_their_reference(desk: Desk, turned: bool) -> None:
    """Two databases of Odoo may both have an S00001."""
    for name, item in (("#3", _A), ("#4", _B)):
        desk.order(name, item)
        desk.sale("S3", name, item)
    if turned:
        for rows in desk.rows.values():
            rows.reverse()
    assert desk.odd() == []
    for row in desk.rows[RecordType.SALE_ORDER_LINE]:
        row["ref"] = ""
    assert desk.odd() == []
    (said,) = [text for text in desk.result.remarks if "S3" in text]  # type: ignore[union-attr]
    assert said.startswith("1 number of sale orders stands for several sale orders each (S3)")


def test_a_sale_order_that_the_shop_does_not_have(desk: Desk) -> None:
    desk.sale("S2", "#2", _A)
    case = case_of(desk.compare(), "#2")
    assert case.says == ("missing", "no_shop_order", "40.00")
    assert case.facts.missing == (Side.SHOP,)


def test_sale_orders_of_other_channels_are_left_out(desk: Desk) -> None:
    desk.sale("S2", "PO-7781", _A)
    desk.sale("S3", "", _A)
    desk.sale("S4", "#4", _A, status="cancel")
    assert desk.odd() == []
    assert "2 sale orders are of other channels" in " ".join(desk.result.remarks)  # type: ignore[union-attr]


def test_f17_imported_twice(desk: Desk) -> None:
    desk.both("#2", _A)
    desk.sale("S22", "#2", _A)
    case = case_of(desk.compare(), "#2")
    assert case.says == ("duplicate", "imported_twice", "40.00")
    assert case.text == "Order #2: S2 and S22 are the same order of 40.00 EUR; together they have 80.00 EUR."


def test_a_cancelled_sale_order_beside_one_that_lives_is_no_duplicate(desk: Desk) -> None:
    desk.both("#2", _A)
    desk.sale("S22", "#2", _A, status="cancel")
    assert desk.odd() == []


def test_an_order_in_two_parts_is_no_duplicate(desk: Desk) -> None:
    desk.order("#2", _A, _B)
    desk.sale("S2", "#2", _A)
    desk.sale("S22", "#2", _B)
    assert desk.odd() == []


def test_two_orders_of_one_name_are_told_apart_by_their_amounts(desk: Desk) -> None:
    desk.order("#2", _A, ident="1002")
    desk.order("#2", _B, ident="2002")
    desk.sale("S2", "#2", _A)
    desk.sale("S3", "#2", _B)
    found = [case for case in desk.compare() if case.facts.rule == "order_amount"]
    assert [case.says for case in found] == [("matched", "", "0.00")] * 2


def test_a_tie_of_two_orders_is_not_decided(desk: Desk) -> None:
    desk.order("#2", _A, ident="1002")
    desk.order("#2", _A, ident="2002")
    desk.sale("S2", "#2", _A)
    (case,) = desk.odd()
    assert case.says[:2] == ("ambiguous", "same_name")
    assert sum("2026-11-02, 40.00 EUR" in text for text in case.evidence) == 2


def test_the_source_document_names_the_order_too(desk: Desk) -> None:
    desk.order("#2", _A)
    desk.sale("S2", "", _A, ref2="Shopify #2")
    (case,) = desk.odd()
    assert case.says == ("field", "reference_differs", "0.00")
    assert case.facts.rule == "source_document"


def test_a_shop_that_always_uses_the_source_document_has_no_differences() -> None:
    desk = Desk(Orders())
    for number in range(1, 6):
        desk.order(f"#{number}", _A)
        desk.sale(f"S{number}", "", _A, ref2=f"Shopify #{number}")
    assert desk.odd() == []


@pytest.mark.parametrize(
    ("reference", "days", "rule"),
    [
        ("WEB-400213", 0, "order_number"),
        ("400213 (web)", 30, "order_number"),
        ("WEB-400213", 31, ""),
        ("#400231", 30, "similar_reference"),
        ("#480213", 0, "similar_reference"),
        ("#4002", 5, "cut_reference"),
        ("#4002", 6, ""),
        ("#77777", 0, ""),
    ],
)
def test_a_reference_that_is_not_the_name_links_where_amount_and_day_agree(
    desk: Desk, reference: str, days: int, rule: str
) -> None:
    desk.order("#400213", _A, _B)
    desk.sale("S2", reference, _A, _B, day=DAY + days)
    case = case_of(desk.compare(), "#400213")
    assert case.facts.rule == rule
    assert case.facts.kind == ("missing" if not rule else "matched" if rule == "order_number" else "field")


def test_a_number_links_another_amount_within_days(desk: Desk) -> None:
    desk.order("#40021", _A)
    desk.sale("S2", "WEB-40021", ("A", "1", "20.00"), day=DAY + 5)
    desk.order("#40022", _A)
    desk.sale("S3", "WEB-40022", ("A", "1", "20.00"), day=DAY + 6)
    found = desk.compare()
    assert case_of(found, "#40021").says == ("amount", "quantity_differs", "-20.00")
    assert case_of(found, "#40022").says[:2] == ("missing", "order_not_imported")


def test_a_typing_error_that_is_the_name_of_another_order(desk: Desk) -> None:
    desk.both("#40021", _A)
    desk.order("#40012", _B)
    desk.sale("S3", "#40021", _B)
    found = desk.compare()
    assert case_of(found, "#40012").facts.rule == "similar_reference"
    assert [case.says for case in desk.odd()] == [("field", "reference_differs", "0.00")]


def test_an_edited_order_is_not_taken_for_its_neighbour(desk: Desk) -> None:
    desk.order("#40021", _A, _B, open="12.50")
    desk.sale("S2", "#40021", _A)
    desk.order("#40022", _A)
    found = desk.compare()
    assert case_of(found, "#40021").says == ("amount", "edited_after_import", "-12.50")
    assert case_of(found, "#40022").says[:2] == ("missing", "order_not_imported")


def test_a_second_sale_order_with_a_prefix_is_a_duplicate(desk: Desk) -> None:
    desk.both("#40021", _A)
    desk.sale("S3", "WEB-40021", _A)
    assert _says(desk) == ("duplicate", "imported_twice", "40.00")


def test_what_fits_two_orders_is_not_decided(desk: Desk) -> None:
    desk.order("#40021", _A)
    desk.order("#40022", _A)
    desk.sale("S3", "#4002", _A)
    assert {case.facts.kind for case in desk.odd()} == {"missing"}


def test_pay_01_a_part_paid_order_is_open_and_not_broken(desk: Desk) -> None:
    desk.order("#2", ("A", "10", "20.00"), status="partially_paid", open="120.00")
    desk.sale("S2", "#2", ("A", "10", "20.00"), extra={"invoice_status": "to_invoice"})
    (case,) = desk.odd()
    assert case.says == ("timing", "part_paid", "0.00")
    assert case.text == "Order #2: 80.00 EUR of 200.00 EUR are paid, 120.00 EUR are open; nothing is wrong."


def test_edt_01_an_order_edited_after_the_payout(desk: Desk) -> None:
    desk.order("#2", ("A", "1", "1989.72"), ("B", "1", "150.00"), open="150.00")
    desk.sale("S2", "#2", ("A", "1", "1989.72"))
    (case,) = desk.odd()
    assert case.says == ("amount", "edited_after_import", "-150.00")
    assert "the shop has 2139.72 EUR after an edit, S2 has 1989.72 EUR" in case.text
    assert "B, 1 Unit, is not on the sale order." in case.evidence


def test_an_edit_that_odoo_has_is_no_difference(desk: Desk) -> None:
    desk.order("#2", _A, _B, extra={"current_total": 4000})
    desk.sale("S2", "#2", _A)
    case = case_of(desk.compare(), "#2")
    assert case.facts.delta == 0


def test_cancelled_after_pick(desk: Desk) -> None:
    desk.order("#2", _A, extra={"cancelled_at": 1_790_000_000}, status="refunded", refunded="40.00")
    desk.sale("S2", "#2", _A, line={"done": "2"})
    case = case_of(desk.compare(), "#2")
    assert case.says == ("field", "cancelled_after_pick", "40.00")


def test_a_delivered_service_is_no_goods_that_left(desk: Desk) -> None:
    desk.order("#2", _A, shipping="4.90", extra={"cancelled_at": 1_790_000_000})
    desk.sale("S2", "#2", _A, amount=4490, extra={"untaxed": 4490})
    desk.sale_line("S2", "#2", "SHIP", "1", 490, text="[SHIP] Shipping", done="1")
    case = case_of(desk.compare(), "#2")
    assert case.says == ("field", "cancelled_in_shop_only", "44.90")


def test_picked_is_what_a_transfer_sent_and_nothing_brought_back(desk: Desk) -> None:
    for ref, number in (("#2", "S2"), ("#3", "S3")):
        desk.order(ref, _A, extra={"cancelled_at": 1_790_000_000})
        desk.sale(number, ref, _A)
        desk.add(RecordType.TRANSFER, grp=f"WH/OUT/{number}", ref=number, status="done")
    desk.add(RecordType.TRANSFER, grp="WH/IN/3", ref="Return of WH/OUT/S3", status="done")
    found = desk.compare()
    assert case_of(found, "#2").says[1] == "cancelled_after_pick"
    assert case_of(found, "#3").says[1] == "cancelled_in_shop_only"
    shown = case_of(found, "#2").facts.legs[Side.ODOO]
    assert any(record.type is RecordType.TRANSFER for record in shown)


def test_cancelled_on_one_side_only(desk: Desk) -> None:
    desk.order("#2", _A, extra={"cancelled_at": 1_790_000_000})
    desk.sale("S2", "#2", _A)
    desk.order("#3", _A)
    desk.sale("S3", "#3", _A, status="cancel")
    found = desk.compare()
    assert case_of(found, "#2").says == ("field", "cancelled_in_shop_only", "40.00")
    assert case_of(found, "#3").says == ("field", "cancelled_in_odoo_only", "-40.00")


def test_cancelled_on_both_sides(desk: Desk) -> None:
    desk.order("#2", _A, extra={"cancelled_at": 1_790_000_000})
    desk.sale("S2", "#2", _A, status="cancel")
    desk.order("#3", _A, extra={"cancelled_at": 1_790_000_000})
    assert desk.odd() == []


def test_paid_and_not_invoiced(desk: Desk) -> None:
    desk.order("#2", _A)
    desk.sale("S2", "#2", _A, extra={"invoice_status": "to_invoice"})
    assert _says(desk) == ("field", "not_invoiced", "0.00")
    desk.add(RecordType.INVOICE, category="invoice", ref="", ref2="S2", grp="INV/1", status="posted/paid")
    assert desk.odd() == []


@pytest.mark.parametrize("reference", ["", "#2"])
def test_a_credit_note_or_a_cancelled_invoice_does_not_invoice_an_order(desk: Desk, reference: str) -> None:
    desk.order("#2", _A)
    desk.sale("S2", "#2", _A, extra={"invoice_status": "to_invoice"})
    desk.add(RecordType.INVOICE, category="credit_note", ref=reference, ref2="S2", status="posted")
    desk.add(RecordType.INVOICE, category="invoice", ref=reference, ref2="S2", status="cancel")
    assert _says(desk) == ("field", "not_invoiced", "0.00")


def test_an_order_of_today_may_wait_for_its_invoice(desk: Desk) -> None:
    desk.order("#8", _A, day=_LATER - 1, at=(_LATER - 1) * 86_400)
    desk.sale("S8", "#8", _A, day=_LATER - 1, extra={"invoice_status": "to_invoice"})
    assert _says(desk) == ("timing", "not_invoiced", "0.00")


def test_nobody_knows_what_is_invoiced_without_the_column() -> None:
    desk = Desk(Orders())
    desk.order("#2", _A)
    desk.sale("S2", "#2", _A, extra={"invoice_status": ""})
    assert desk.odd() == []
    assert "Nothing tells which sale orders are invoiced" in " ".join(desk.result.remarks)  # type: ignore[union-attr]


def test_a_paid_order_that_is_still_a_quotation(desk: Desk) -> None:
    desk.order("#2", _A)
    desk.sale("S2", "#2", _A, status="draft")
    assert _says(desk) == ("field", "not_confirmed", "0.00")


def test_another_currency(desk: Desk) -> None:
    desk.order("#2", _A)
    desk.sale("S2", "#2", _A, currency="USD")
    assert _says(desk) == ("field", "currency_differs", "")


def test_refunds_that_odoo_took_off_the_order(desk: Desk) -> None:
    desk.order("#2", _A, _B, status="partially_refunded", refunded="12.50")
    desk.sale("S2", "#2", _A)
    desk.add(RecordType.REFUND, ref="#2", sku="B", status="cancel", quantity="1")
    case = case_of(desk.compare(), "#2")
    assert case.says == ("matched", "refund_taken_off", "0.00")
    assert case.text == "Order #2: S2 has 40.00 EUR: the order is without what was refunded, 12.50 EUR."


def test_without_orders_or_sale_orders_it_says_what_to_import() -> None:
    desk = Desk(Orders())
    assert desk.compare() == []
    assert len(desk.result.remarks) == 2  # type: ignore[union-attr]
    desk.order("#2", _A)
    assert desk.compare() == []
    assert desk.result.remarks == ["No sale orders were imported: import the sale orders of Odoo."]  # type: ignore[union-attr]


def test_lines_without_their_sale_order_are_the_order(desk: Desk) -> None:
    desk.order("#2", _A)
    desk.sale_line("S2", "#2", "A", "2", 4000)
    case = case_of(desk.compare(), "#2")
    assert case.facts.kind == "matched"
    assert [record.type for record in case.facts.legs[Side.ODOO]] == [RecordType.SALE_ORDER_LINE]


def test_an_alias_makes_two_skus_one(desk: Desk) -> None:
    desk.order("#2", ("A-OLD", "1", "5.00"), _B)
    desk.sale("S2", "#2", ("A", "1", "5.00"), _B)
    assert _says(desk) == ("field", "sku_differs", "0.00")
    desk.aliases = Aliases((Alias("A-OLD", "A"),), today=DAY)
    assert desk.odd() == []


def test_why_two_orders_were_not_linked(desk: Desk) -> None:
    first = desk.order("#2", _A)
    second = desk.sale("S3", "#3", _B)
    why = Orders().why_not(desk.records[first], desk.records[second])
    assert [each.rule for each in why] == ["order_reference", "amount"]
    assert Orders().why_not(desk.records[first], desk.records[first])[0].rule == "type"


def test_orders_are_listed_by_day_and_number_however_they_were_imported(desk: Desk) -> None:
    for ref in ("#1000", "#999", "#1001"):
        desk.order(ref, _A)
    desk.rows[RecordType.ORDER].reverse()
    named = [case.facts.note["order"] for case in desk.odd()]
    assert named == ["#999", "#1000", "#1001"]
    assert "unit" in desk.result.cases  # type: ignore[union-attr]
