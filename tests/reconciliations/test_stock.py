"""The stock comparison: figures, places and what a SKU is."""

from __future__ import annotations

import pytest

from recon_app.models.alias import Alias, Aliases
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations.stock import Stock
from tests.reconciliations.goods import Shelf


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
        "73928e05 at Berlin: Shopify has 1 Unit, and Odoo does not know the SKU, but '73928E05', which "
        "differs only by case, blanks or zeros."
    )


def test_blanks_at_the_ends_of_a_sku_can_be_seen() -> None:
    shelf = Shelf()
    shelf.quant(" A ", "1")
    shelf.level("B", "1")
    assert shelf.compare().of(" A ").text().startswith("' A ' at Berlin: Odoo has 1 Unit, and Shopify")


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
