"""The stock comparison: kits and units of measure."""

from __future__ import annotations

from tests.reconciliations.goods import Shelf


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


def test_parts_reserved_for_a_kit_are_known_by_its_bill_of_materials() -> None:
    """The list of moves has no column for the line of the bill unless it is chosen."""
    shelf = Shelf()
    shelf.part("KIT", "A", "2")
    shelf.sale("S1", "#1")
    shelf.order("#1", "KIT", "3")
    shelf.level("A", "20", "20", "0")
    shelf.quant("A", "20", "6")
    shelf.move("A", "6", "assigned", ref="S1")
    assert shelf.compare().of("A").bridge == [("kit_component", "6")]
