"""The stock comparison, rule by rule."""

from __future__ import annotations

import pytest

from recon_app.models.alias import Alias, Aliases
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations.stock import Stock
from tests.reconciliations.goods import Shelf

_LATER = {"exported_at__Shopify": "2026-11-23T09:00+00:00", "exported_at__Odoo": "2026-11-23T09:30+00:00"}


def test_equal_figures_match() -> None:
    shelf = Shelf()
    shelf.level("A", "82", "100", "18")
    shelf.quant("A", "100", "18")
    found = shelf.compare()
    assert found.of("A").says == ("matched", "", "0")
    assert found.of("A").text() == "A at Berlin: Shopify and Odoo agree."
    assert {side: len(legs) for side, legs in found.of("A").facts.legs.items()} == {
        Side.SHOP: 1,
        Side.ODOO: 1,
    }


def test_stk_01_what_shopify_calls_unavailable_is_what_is_left_of_on_hand() -> None:
    shelf = Shelf()
    shelf.level("A", "82", "100", "13")
    shelf.quant("A", "90")
    assert shelf.compare().of("A").facts.note["figures"]["unavailable"] == 5_000_000


def test_stk_02_committed_and_reserved_need_not_be_equal() -> None:
    shelf = Shelf(excluded__WH_Q="quarantine")
    shelf.answers["excluded.WH/Quarantine"] = "quarantine"
    shelf.level("A", "82", "100", "13")
    shelf.quant("A", "95", "11")
    shelf.quant("A", "5", location="WH/Quarantine")
    shelf.sale("S1", "#1001")
    shelf.move("A", "11", "assigned", ref="S1")
    shelf.order("#1001", "A", "11")
    shelf.order("#1002", "A", "2")
    case = shelf.compare().of("A")
    assert case.says == ("timing", "orders_not_imported", "-2")
    assert case.bridge == [("orders_not_imported", "-2")]
    assert case.facts.note["figures"]["free"] == 84_000_000
    assert case.text() == (
        "A at Berlin: available 82 Units in Shopify, 84 Units in Odoo: orders not yet in Odoo -2."
    )
    assert "orders not yet in Odoo -2 (#1002 -2)" in [line.text for line in case.evidence()]
    assert [record.values["ref"] for record in case.support] == ["#1002"]


def test_stk_03_a_kit_is_the_smallest_of_its_parts_after_the_subtraction() -> None:
    shelf = Shelf()
    shelf.part("KIT", "A", "2")
    shelf.part("KIT", "B", "2")
    shelf.level("KIT", "0")
    shelf.quant("A", "8", "14")
    shelf.quant("B", "4258", "168")
    case = shelf.compare().of("KIT")
    assert case.facts.note["figures"]["free"] == -3_000_000
    assert case.says == ("amount", "negative_clamped", "3")
    assert case.facts.rule == "kit"


def test_stk_04_nested_kits_take_their_parts_once() -> None:
    shelf = Shelf()
    for kit, sku in (("P1", "P2"), ("P1", "P3"), ("P2", "P3")):
        shelf.part(kit, sku, "1")
    shelf.level("P1", "10")
    shelf.level("P2", "10")
    shelf.quant("P3", "10")
    found = shelf.compare()
    assert found.of("P1").delta == "5"
    assert found.of("P2").says == ("matched", "", "0")
    assert "P3 is also a part of P2: their figures cannot be added up." in [
        line.text for line in found.of("P1").evidence()
    ]


def test_a_kit_whose_parts_nobody_knows_is_not_compared() -> None:
    shelf = Shelf()
    shelf.product("KIT", extra={"kit": True})
    shelf.level("KIT", "10")
    shelf.quant("A", "1")
    assert shelf.compare().of("KIT").says == ("field", "kit_without_components", "")


def test_parts_of_kits_that_are_reserved_for_orders_of_the_shop() -> None:
    shelf = Shelf()
    shelf.part("KIT", "A", "2")
    shelf.level("A", "10")
    shelf.quant("A", "10", "4")
    shelf.sale("S1", "#1")
    shelf.order("#1", "KIT", "2")
    shelf.move("A", "4", "assigned", ref="S1", extra={"bom_line": "KIT"})
    assert shelf.compare().of("A").bridge == [("kit_component", "4")]


def test_a_kit_whose_parts_are_in_quarantine() -> None:
    shelf = Shelf()
    shelf.part("KIT", "A", "2", extra={"per": 1_000_000})
    shelf.part("KIT", "B", "1")
    shelf.level("KIT", "5", "5", "0")
    for sku in ("A", "B"):
        shelf.quant(sku, "10")
    shelf.quant("A", "-4")
    shelf.quant("A", "4", location="WH/Quarantine")
    case = shelf.compare().of("KIT")
    assert case.bridge == [("kit_component", "2")]
    assert "It is a kit: Odoo's figures are what its parts make." in [line.text for line in case.evidence()]


def test_a_location_without_a_place_in_odoo_is_one_question() -> None:
    shelf = Shelf()
    shelf.answers = {}
    for sku in ("A", "B"):
        shelf.level(sku, "1", location="Nowhere")
        shelf.quant(sku, "1")
    shelf.quant("A", "1", location="EAST/Stock")
    (case,) = shelf.compare().cases
    assert case.says == ("ambiguous", "place_not_known", "")
    assert case.text() == (
        "Nowhere: nobody said where this Shopify location is in Odoo, so 2 products are not compared."
    )
    assert case.evidence()[0].text == "Answer stock_location.Nowhere with Odoo locations, or - for none."


def test_products_of_a_store_with_one_location_have_figures_too() -> None:
    shelf = Shelf()
    shelf.answers = {}
    shelf.quant("A", "5")
    shelf.add(RecordType.SHOP_PRODUCT, sku="A", grp="a", ref2="Default Title", available="4", status="active")
    shelf.add(RecordType.SHOP_PRODUCT, sku="B", grp="b", ref2="Default Title", status="active")
    found = shelf.compare()
    assert [case.says for case in found.cases] == [("amount", "", "-1")]
    assert found.result.proposals == {"stock_location.Shopify": "WH"}


def test_stk_05_consigned_goods_are_sold_and_not_valued() -> None:
    shelf = Shelf()
    shelf.level("A", "29")
    shelf.quant("A", "18", amount=9_000, currency="EUR")
    shelf.quant("A", "12", amount=0, currency="EUR", grp="Vendor", extra={"owner": "Vendor"})
    case = shelf.compare().of("A")
    assert case.facts.note["figures"]["free"] == 30_000_000
    assert (case.delta, case.facts.value, case.facts.currency) == ("-1", -500, "EUR")


def test_consigned_goods_that_are_not_for_sale_explain_what_shopify_has_more() -> None:
    shelf = Shelf(excluded__Vendor="consigned")
    shelf.level("A", "30")
    shelf.quant("A", "18")
    shelf.quant("A", "12", grp="Vendor", extra={"owner": "Vendor"})
    assert shelf.compare().of("A").bridge == [("consignment", "12")]


def test_uom_01_a_piece_of_a_dozen_is_not_0_08() -> None:
    shelf = Shelf()
    shelf.level("EGG", "1")
    shelf.quant("EGG", "0.08", unit="Dozens")
    found = shelf.compare()
    assert found.of("EGG").says == ("amount", "unit_of_measure", "0.04")
    assert found.of("EGG").bridge == [("unit_of_measure", "0.04")]
    assert found.result.proposals["unit.Dozens"] == "12 Units"


def test_uom_02_rounded_dozens_are_a_little_more_than_was_needed() -> None:
    shelf = Shelf()
    shelf.answers["unit.Units"] = "1/12 Dozens"
    shelf.level("EGG", "200")
    shelf.quant("EGG", "16.67", unit="Dozens")
    assert shelf.compare().of("EGG").bridge == [("unit_of_measure", "-0.04")]


def test_dozens_that_were_taken_for_pieces_are_named() -> None:
    shelf = Shelf()
    shelf.level("EGG", "10")
    shelf.quant("EGG", "10", unit="Dozens")
    assert shelf.compare().of("EGG").bridge == [("unit_of_measure", "-110")]


def test_rounded_dozens_are_not_taken_for_pieces_too() -> None:
    shelf = Shelf()
    shelf.level("EGG", "100", hand="100", committed="0")
    shelf.quant("EGG", "8.33", unit="Dozens")
    assert shelf.compare().of("EGG").bridge == [("unit_of_measure", "0.04")]


def test_a_unit_without_a_size_is_not_guessed() -> None:
    shelf = Shelf()
    shelf.level("A", "10")
    shelf.quant("A", "10", unit="Boxes")
    assert shelf.compare().of("A").says == ("field", "unknown_unit", "")
    shelf.answers["unit.Boxes"] = "2 Dozens"
    assert shelf.compare().of("A").delta == "-230"
    shelf.answers["unit.Boxes"] = "many"
    assert any("unit.Boxes is 'many'" in remark for remark in shelf.compare().result.remarks)


def test_thirds_of_a_piece_are_compared_exactly() -> None:
    shelf = Shelf()
    shelf.answers["unit.Slices"] = "1/3 Units"
    shelf.level("CAKE", "2")
    shelf.quant("CAKE", "7", unit="Slices")
    case = shelf.compare().of("CAKE")
    assert (case.delta, case.facts.unit) == ("-1", "1/3 Units")


def test_id_02_skus_are_text() -> None:
    shelf = Shelf()
    for sku in ("00123", "123", "73928e05", "4.687E+11"):
        shelf.level(sku, "1")
    shelf.quant("00123", "1")
    shelf.quant("123", "2")
    shelf.quant("73928E05", "1")
    found = shelf.compare()
    assert found.kinds() == {
        "00123": "matched",
        "123": "amount",
        "73928e05": "missing",
        "4.687E+11": "missing",
        "73928E05": "missing",
    }
    assert found.of("73928e05").text() == (
        "73928e05 at Berlin: Shopify has 1 Units, and Odoo does not know the SKU, but '73928E05', which "
        "differs only by case, blanks or zeros."
    )


def test_blanks_at_the_ends_of_a_sku_can_be_seen() -> None:
    shelf = Shelf()
    shelf.quant(" A ", "1")
    shelf.level("B", "1")
    assert shelf.compare().of(" A ").text().startswith("' A ' at Berlin: Odoo has 1 Units, and Shopify")


def test_cases_come_in_the_order_of_their_skus() -> None:
    shelf = Shelf()
    for sku in ("B", "C", "A"):
        shelf.level(sku, "1")
        shelf.quant(sku, "2")
    assert [case.sku for case in shelf.compare().cases] == ["A", "B", "C"]


def test_id_02_a_sku_of_two_variants_is_not_compared() -> None:
    shelf = Shelf()
    shelf.level("A", "1")
    shelf.level("A", "2", ref2="Red")
    shelf.quant("A", "3")
    case = shelf.compare().of("A")
    assert case.says == ("duplicate", "duplicate_sku", "")
    assert case.text() == "A at Berlin: 2 variants of Shopify have this SKU; give each its own."


def test_id_02_a_sku_of_two_products_of_odoo_is_not_compared() -> None:
    shelf = Shelf()
    shelf.level("A", "3")
    shelf.quant("A", "1")
    shelf.product("A")
    shelf.product("A")
    assert "several products of Odoo" in shelf.compare().of("A").text()


def test_not_stocked_and_blank_are_not_zero() -> None:
    shelf = Shelf()
    shelf.level("EMPTY", "", status="not stocked")
    shelf.level("NONE", "0")
    shelf.quant("EMPTY", "4")
    shelf.quant("NONE", "0")
    shelf.level("NOWHERE", "", status="not stocked")
    found = shelf.compare()
    assert found.of("EMPTY").says == ("missing", "on_one_side_only", "-4")
    assert found.of("EMPTY").facts.missing == (Side.SHOP,)
    assert "not stocked or not tracked" in found.of("EMPTY").text()
    assert found.of("NONE").says == ("matched", "", "0")
    assert "NOWHERE" not in found.kinds()


def test_a_product_that_odoo_knows_has_zero_where_it_has_no_quant() -> None:
    shelf = Shelf()
    shelf.level("KNOWN", "0")
    shelf.level("UNKNOWN", "0")
    shelf.product("KNOWN")
    shelf.quant("OTHER", "1")
    found = shelf.compare()
    assert found.of("KNOWN").says == ("matched", "", "0")
    assert found.of("UNKNOWN").says == ("missing", "on_one_side_only", "0")
    assert found.of("OTHER").says == ("missing", "on_one_side_only", "-1")


def test_products_without_a_sku_are_shown_and_not_compared() -> None:
    shelf = Shelf()
    shelf.level("", "5", grp="mug", ref2="Red")
    shelf.quant("", "5", ref2="Mug (Red)")
    found = shelf.compare()
    assert [case.says for case in found.cases] == [
        ("missing", "no_sku", "5"),
        ("missing", "no_sku", "-5"),
    ] or [case.says for case in found.cases] == [("missing", "no_sku", "-5"), ("missing", "no_sku", "5")]
    assert sorted(case.text() for case in found.cases) == [
        "Mug (Red) at Berlin: it has no SKU in Odoo, so nothing can be compared; give it one.",
        "mug Red at Berlin: it has no SKU in Shopify, so nothing can be compared; give it one.",
    ]


@pytest.mark.parametrize("kind", [RecordType.ODOO_PRODUCT, RecordType.SHOP_PRODUCT])
def test_archived_products_that_hold_stock_are_shown(kind: RecordType) -> None:
    shelf = Shelf()
    shelf.level("A", "2")
    shelf.quant("A", "2")
    shelf.add(kind, sku="A", status="archived")
    case = shelf.compare().of("A")
    assert case.says == ("field", "archived_with_stock", "0")
    assert "still holds stock (2 Units)" in case.text()


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


def test_the_same_moves_of_two_exports_count_once() -> None:
    shelf = Shelf()
    shelf.level("A", "7", "10", "3")
    shelf.quant("A", "10", "3")
    shelf.sale("S1", "#1")
    shelf.order("#1", "A", "3")
    for source in ("odoo_stock_moves", "odoo_transfer_stacked_moves"):
        shelf.move("A", "3", "assigned", ref="S1", grp="WH/OUT/1", source=source)
    assert shelf.compare().of("A").says == ("matched", "", "0")


def test_levels_of_two_kinds_of_files_count_once() -> None:
    shelf = Shelf()
    shelf.level("A", "10", source="old")
    shelf.level("A", "10", "10", "0", source="bulk")
    shelf.quant("A", "10")
    found = shelf.compare()
    assert found.of("A").says == ("matched", "", "0")
    assert "1 inventory levels were loaded from two kinds of files and count once." in found.result.remarks


def test_lots_are_compared_one_by_one_where_the_shop_has_them() -> None:
    shelf = Shelf()
    for lot, available in (("L1", "3"), ("L2", "4")):
        shelf.level("A", available, lot=lot)
    shelf.quant("A", "3", lot="L1")
    shelf.quant("A", "5", lot="L2")
    found = shelf.compare()
    assert sorted(case.delta for case in found.cases) == ["-1", "0"]
    assert next(case for case in found.cases if case.delta == "-1").text().startswith("A at Berlin, lot L2:")


def test_an_alias_makes_two_skus_one_product() -> None:
    shelf = Shelf()
    shelf.level("SHOP-1", "8")
    shelf.quant("ODOO-1", "10")
    shelf.sale("S0", "#0")
    shelf.order("#1", "SHOP-1", "2")
    shelf.aliases = Aliases((Alias("SHOP-1", "ODOO-1"),), today=20_780)
    found = shelf.compare()
    assert [case.bridge for case in found.cases] == [[("orders_not_imported", "-2")]]
    assert found.cases[0].facts.note["sku"] == "ODOO-1"


def test_nothing_loaded_finds_nothing() -> None:
    assert Shelf().compare().cases == []
    shelf = Shelf()
    shelf.quant("A", "1")
    assert shelf.compare().cases == []


def test_why_two_records_are_not_compared() -> None:
    shelf = Shelf()
    level, quant = shelf.level("a1", "1"), shelf.quant("A1", "1")
    order = shelf.order("#1", "A", "1")
    stock = Stock()
    said = [line.text for line in stock.why_not(shelf.records[level], shelf.records[quant])]
    assert said[0] == "The SKU differs: 'a1' and 'A1'. They differ only by case or blanks."
    assert "stock_location" in said[1]
    assert stock.why_not(shelf.records[level], shelf.records[order])[0].rule == "type"
    assert stock.why_not(shelf.records[level], shelf.records[level])[0].rule == "type"


def test_case_keys_stay_whatever_else_is_loaded() -> None:
    shelf = Shelf()
    shelf.level("B", "1")
    shelf.quant("B", "2")
    before = shelf.compare().result.cases["key"].tolist()
    shelf.level("A", "1")
    shelf.quant("A", "2")
    assert set(before) < set(shelf.compare().result.cases["key"])
