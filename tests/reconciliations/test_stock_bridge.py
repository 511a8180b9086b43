"""The stock comparison: the named items that lead from one figure to the other."""

from __future__ import annotations

from recon_app.models.record import RecordType
from tests.reconciliations.goods import Shelf

_LATER = {"exported_at__Shopify": "2026-11-23T09:00+00:00", "exported_at__Odoo": "2026-11-23T09:30+00:00"}


def test_orders_that_are_delivered_or_fulfilled_first_on_one_side() -> None:
    shelf = Shelf(stock_figure__Berlin="on_hand=on_hand")
    for number, sku in (("S1", "PICKED"), ("S2", "LATE")):
        shelf.sale(number, f"#{number}")
        shelf.quant(sku, "10", "0" if sku == "PICKED" else "3")
    shelf.level("PICKED", "10", "13", "3")
    shelf.order("#S1", "PICKED", "3")
    shelf.move("PICKED", "3", "done", ref="S1")
    shelf.level("LATE", "7", "7", "0")
    shelf.order("#S2", "LATE", "3", "fulfilled")
    shelf.move("LATE", "3", "assigned", ref="S2")
    found = shelf.compare()
    assert found.of("PICKED").bridge == [("picked_not_fulfilled", "3")]
    assert found.of("LATE").bridge == [("fulfilled_not_delivered", "-3")]
    assert set(found.kinds().values()) == {"timing"}
    shelf.answers["stock_figure.Berlin"] = "free=available"
    assert set(shelf.compare().kinds().values()) == {"matched"}  # neither changes what can be sold


def test_quarantine_that_shopify_still_sells() -> None:
    shelf = Shelf()
    shelf.level("A", "10", "10", "0")
    shelf.quant("A", "6")
    shelf.quant("A", "4", location="WH/Quarantine")
    found = shelf.compare()
    assert found.of("A").bridge == [("quarantine", "4")]
    assert found.of("A").facts.kind == "amount"
    assert found.result.proposals["excluded.WH/Quarantine"] == "quarantine"


def test_quarantine_is_no_item_where_the_connector_writes_what_is_free() -> None:
    shelf = Shelf()
    shelf.level("A", "6", "6", "0")
    shelf.quant("A", "6")
    shelf.quant("A", "4", location="WH/Quarantine")
    assert shelf.compare().of("A").says == ("matched", "", "0")


def test_goods_reserved_for_other_channels() -> None:
    shelf = Shelf()
    shelf.level("A", "10", "10", "0")
    shelf.quant("A", "10", "4")
    shelf.order("#1", "B", "1")
    shelf.sale("S9", "Wholesale")
    shelf.move("A", "4", "assigned", ref="S9", grp="WH/OUT/1")
    case = shelf.compare().of("A")
    assert case.bridge == [("reserved_not_committed", "4")]
    assert "(WH/OUT/1 +4)" in case.evidence()[-3].text


def test_goods_reserved_for_orders_that_no_loaded_file_has_are_no_alarm() -> None:
    shelf = Shelf()
    shelf.level("A", "6", "10", "4")
    shelf.quant("A", "10", "4")
    shelf.order("#1", "B", "1")
    shelf.sale("S9", "#9")
    shelf.move("A", "4", "assigned", ref="S9")
    assert shelf.compare().of("A").says == ("matched", "", "0")


def test_orders_that_odoo_has_but_did_not_reserve() -> None:
    shelf = Shelf()
    shelf.level("A", "7", "10", "3")
    shelf.quant("A", "10")
    shelf.sale("S1", "#1")
    shelf.order("#1", "A", "3")
    shelf.move("A", "3", "confirmed", ref="S1")
    assert shelf.compare().of("A").bridge == [("committed_not_reserved", "-3")]


def test_an_order_that_only_odoo_has_cancelled_does_not_go_away_by_itself() -> None:
    shelf = Shelf()
    shelf.level("A", "7", "10", "3")
    shelf.quant("A", "10")
    shelf.sale("S1", "#1", status="cancel")
    shelf.sale("S0", "#0")
    shelf.order("#1", "A", "3")
    case = shelf.compare().of("A")
    assert case.says == ("amount", "cancelled_in_odoo", "-3")
    assert case.bridge == [("cancelled_in_odoo", "-3")]


def test_an_order_that_was_cancelled_in_odoo_and_imported_again_is_in_odoo() -> None:
    shelf = Shelf()
    shelf.level("A", "7", "10", "3")
    shelf.quant("A", "10", "3")
    shelf.sale("S1", "#1", status="cancel")
    shelf.sale("S2", "#1")
    shelf.order("#1", "A", "3")
    shelf.move("A", "3", "assigned", ref="S2")
    assert shelf.compare().of("A").says == ("matched", "", "0")


def test_an_order_reserved_beyond_orderify_that_odoo_still_reserves_or_has_sent() -> None:
    shelf = Shelf()
    for number, sku, status in (("1", "HELD", "assigned"), ("2", "SENT", "done")):
        shelf.sale(f"S{number}", f"#{number}")
        shelf.level(sku, "10", "10", "0")
        shelf.order(f"#{number}", sku, "3")
        shelf.add(RecordType.ORDER, ref=f"#{number}", extra={"cancelled_at": 1})
        shelf.move(sku, "3", status, ref=f"S{number}", grp=f"WH/OUT/{number}")
    shelf.quant("HELD", "10", "3")
    shelf.quant("SENT", "7")
    found = shelf.compare()
    assert found.of("HELD").says == ("amount", "reserved_beyond_order", "3")
    assert "(WH/OUT/1 +3)" in found.of("HELD").evidence()[-3].text
    assert found.of("SENT").says == ("amount", "sent_beyond_order", "3")


def test_goods_sent_in_exchange_long_ago_hide_no_parcel_of_a_cancelled_order() -> None:
    shelf = Shelf()
    shelf.level("A", "10", "10", "0")
    shelf.quant("A", "7")
    for number, sku, quantity in (("1", "A", "3"), ("2", "B", "2")):
        shelf.sale(f"S{number}", f"#{number}")
        shelf.order(f"#{number}", sku, quantity)
        shelf.move("A", quantity, "done", ref=f"S{number}")
    shelf.add(RecordType.ORDER, ref="#1", extra={"cancelled_at": 1})
    assert shelf.compare().of("A").bridge == [("sent_beyond_order", "3")]


def test_a_line_that_was_taken_out_or_lowered_in_shopify() -> None:
    shelf = Shelf()
    shelf.sale("S1", "#1")
    shelf.order("#1", "LOWERED", "3")
    for sku, available, committed in (("LOWERED", "7", "3"), ("OUT", "10", "0")):
        shelf.level(sku, available, "10", committed)
        shelf.quant(sku, "10", "5")
        shelf.move(sku, "5", "assigned", ref="S1")
    found = shelf.compare()
    assert found.of("LOWERED").bridge == [("reserved_beyond_order", "2")]
    assert found.of("OUT").bridge == [("reserved_beyond_order", "5")]


def test_of_a_line_sent_in_part_nobody_says_how_much_nothing_is_too_much() -> None:
    shelf = Shelf()
    shelf.sale("S1", "#1")
    shelf.order("#1", "A", "5", "partial")
    shelf.level("A", "13", "13", "0")
    shelf.quant("A", "10", "3")
    shelf.move("A", "3", "assigned", ref="S1")
    assert ("reserved_beyond_order", "3") not in shelf.compare().of("A").bridge


def test_goods_reserved_for_a_move_within_the_place() -> None:
    shelf = Shelf()
    shelf.sale("S1", "#1")
    shelf.level("A", "10", "10", "0")
    shelf.quant("A", "10", "4")
    shelf.move("A", "4", "assigned", grp="WH/INT/1", location_to="WH/Stock/Shelf 2")
    assert shelf.compare().of("A").says == ("amount", "moved_within", "4")


def test_the_first_step_of_a_delivery_is_no_move_within_the_place() -> None:
    shelf = Shelf()
    shelf.sale("S1", "Wholesale")
    shelf.level("A", "10", "10", "0")
    shelf.quant("A", "10", "4")
    shelf.move("A", "4", "assigned", ref="S1 - 17", grp="WH/PICK/1", location_to="WH/Output")
    shelf.order("#9", "B", "1")
    assert shelf.compare().of("A").bridge == [("reserved_not_committed", "4")]


def test_safety_stock_that_shopify_does_not_hold_back() -> None:
    shelf = Shelf(safety_stock__Berlin="2")
    for sku, available in (("HELD", "8"), ("SOLD", "10")):
        shelf.level(sku, available)
        shelf.quant(sku, "10")
    found = shelf.compare()
    assert found.of("HELD").says == ("matched", "", "0")
    assert found.of("SOLD").bridge == [("safety_stock", "2")]


def test_returns_that_one_side_put_back() -> None:
    shelf = Shelf()
    shelf.sale("S1", "#1")
    for sku in ("SHOP", "ODOO"):
        shelf.order("#1", sku, "2", "fulfilled")
        shelf.move(sku, "2", "done", ref="S1", grp=f"WH/OUT/{sku}")
        shelf.quant(sku, "10")
    shelf.add(RecordType.TRANSFER, grp="WH/OUT/ODOO", ref="S1")
    shelf.level("SHOP", "11", "11", "0")
    shelf.add(RecordType.REFUND, ref="#1", sku="SHOP", quantity="1", status="return")
    shelf.level("ODOO", "9", "9", "0")
    shelf.receipt("ODOO", "1", "done", ref="Return of WH/OUT/ODOO", location="Partners/Customers")
    found = shelf.compare()
    assert found.of("SHOP").bridge == [("returned_on_one_side", "1")]
    assert found.of("ODOO").bridge == [("returned_on_one_side", "-1")]


def test_goods_in_transit_stand_at_the_source_until_they_arrive() -> None:
    shelf = Shelf(stock_location__Store="ST")
    shelf.level("A", "10", "10", "0")
    shelf.level("A", "0", "0", "0", location="Store")
    shelf.quant("A", "6")
    shelf.quant("A", "0", location="ST/Stock")
    shelf.move("A", "4", "done", ref="T1", location_to="Inter-warehouse transit")
    shelf.move("A", "4", "assigned", ref="T1", location="Inter-warehouse transit", location_to="ST/Stock")
    found = shelf.compare()
    assert found.of("A", "Berlin").bridge == [("in_transit", "4")]
    assert found.of("A", "Berlin").facts.kind == "timing"
    assert found.of("A", "Store").says == ("matched", "", "0")


def test_an_open_receipt_is_a_hint_only() -> None:
    shelf = Shelf()
    shelf.level("A", "16")
    shelf.quant("A", "10")
    shelf.receipt("A", "6", "assigned", ref="P1")
    case = shelf.compare().of("A")
    assert case.says == ("amount", "", "6")
    assert case.bridge == [("other", "6")]
    assert case.facts.note["causes"] == [["receipt_not_validated", "receipts not validated in Odoo +6"]]
    assert case.text().endswith("+6 is not explained (perhaps receipts not validated in Odoo +6).")


def test_moves_between_the_exports_are_in_the_later_one_only() -> None:
    shelf = Shelf(**_LATER)
    shelf.level("A", "10")
    shelf.quant("A", "15")
    shelf.receipt("A", "5", "done", at="2026-11-23T09:15+00:00", grp="WH/IN/1")
    shelf.receipt("A", "3", "done", at="2026-11-23T08:15+00:00")
    case = shelf.compare().of("A")
    assert case.says == ("timing", "moved_between_exports", "-5")
    assert "moved between the two exports -5 (WH/IN/1 -5)" in [line.text for line in case.evidence()]


def test_moves_that_only_a_later_shop_export_can_know_are_checked() -> None:
    told = {"exported_at__Shopify": "2026-11-23T12:00+00:00", "exported_at__Odoo": "2026-11-23T09:30+00:00"}
    shelf = Shelf(**told)
    for sku, available in (("HEARD", "15"), ("UNHEARD", "10")):
        shelf.level(sku, available)
        shelf.quant(sku, "10")
        shelf.receipt(sku, "5", "done", at="2026-11-23T10:15+00:00")
    found = shelf.compare()
    assert found.of("HEARD").bridge == [("moved_between_exports", "5")]
    assert found.of("UNHEARD").says == ("matched", "", "0")
    assert any("150 minutes apart" in remark for remark in found.result.remarks)


def test_times_of_earlier_exports_raise_no_alarm() -> None:
    shelf = Shelf(**_LATER)
    shelf.level("A", "10")
    shelf.quant("A", "10")
    shelf.receipt("A", "5", "done", at="2026-11-23T09:15+00:00")
    shelf.receipt("A", "5", "done", at="2026-11-30T09:15+00:00")
    found = shelf.compare()
    assert found.of("A").says == ("matched", "", "0")
    assert any("moves after exported_at.Odoo" in remark for remark in found.result.remarks)


def test_the_time_in_a_file_counts_more_than_an_answer() -> None:
    shelf = Shelf(exported_at__Shopify="2026-11-20T09:00+00:00", exported_at__Odoo="2026-11-23T09:30+00:00")
    shelf.level("A", "10", at="2026-11-23T09:00+00:00")
    shelf.quant("A", "15")
    shelf.receipt("A", "5", "done", at="2026-11-23T09:15+00:00")
    shelf.receipt("A", "7", "done", at="2026-11-21T09:15+00:00")
    assert shelf.compare().of("A").bridge == [("moved_between_exports", "-5")]


def test_without_export_times_a_remark_asks_for_them() -> None:
    shelf = Shelf()
    shelf.level("A", "1")
    shelf.quant("A", "1")
    assert any("exported_at.Shopify and exported_at.Odoo" in one for one in shelf.compare().result.remarks)


def test_a_negative_figure_that_shopify_shows_as_zero() -> None:
    shelf = Shelf()
    shelf.level("A", "0")
    shelf.quant("A", "-3")
    case = shelf.compare().of("A")
    assert case.says == ("amount", "negative_clamped", "3")
    assert case.bridge == [("negative_clamped", "3")]


def test_an_order_line_without_a_place_is_a_hint_where_the_sku_is_at_several() -> None:
    shelf = Shelf(stock_location__Store="ST")
    shelf.level("A", "8")
    shelf.level("A", "5", location="Store")
    shelf.quant("A", "10")
    shelf.quant("A", "5", location="ST/Stock")
    shelf.sale("S0", "#0")
    shelf.order("#1", "A", "2")
    found = shelf.compare()
    assert found.of("A", "Berlin").bridge == [("other", "-2")]
    assert found.of("A", "Berlin").facts.note["causes"] == [
        ["orders_not_imported", "orders not yet in Odoo -2"]
    ]
    assert found.of("A", "Store").says == ("matched", "", "0")


def test_orders_older_than_the_first_sale_order_prove_nothing() -> None:
    shelf = Shelf()
    shelf.level("A", "10")
    shelf.quant("A", "10")
    shelf.sale("S1", "#1", day=20_775)
    shelf.order("#0", "A", "2", day=20_700)
    assert shelf.compare().of("A").says == ("matched", "", "0")


def test_sale_orders_that_were_exported_before_the_stock_raise_no_alarm() -> None:
    shelf = Shelf()
    shelf.level("A", "8", "10", "2")
    shelf.quant("A", "10", "2")
    shelf.sale("S1", "#1")
    shelf.order("#2", "A", "2")
    assert shelf.compare().of("A").says == ("matched", "", "0")


def test_a_difference_that_two_causes_hide_is_no_match() -> None:
    shelf = Shelf()
    shelf.level("A", "8", "10", "2")
    shelf.quant("A", "8")
    shelf.sale("S1", "#1")
    shelf.order("#2", "A", "2")
    case = shelf.compare().of("A")
    assert case.says == ("amount", "", "0")
    assert case.bridge == [("orders_not_imported", "-2"), ("other", "2")]


def test_cancelled_and_partly_fulfilled_orders() -> None:
    shelf = Shelf()
    shelf.sale("S0", "#0")
    shelf.quant("A", "10")
    shelf.level("A", "7", "8", "1")
    shelf.order("#1", "A", "5")
    shelf.add(RecordType.ORDER, ref="#1", extra={"cancelled_at": 1})
    shelf.order("#2", "A", "3", "partial")
    shelf.add(RecordType.FULFILMENT, ref="#2", sku="A", quantity="2", status="success")
    shelf.order("#3", "A", "4", "partial")
    case = shelf.compare()
    assert case.of("A").bridge == [("orders_not_imported", "-3")]
    assert any("1 order lines are partly fulfilled" in remark for remark in case.result.remarks)
