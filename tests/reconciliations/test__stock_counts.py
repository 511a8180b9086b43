"""Counts beside Odoo."""

from __future__ import annotations

from recon_app.models.record import RecordType, Side
from recon_app.reconciliations.stock import Stock
from tests.reconciliations.goods import Compared, Shelf


def counts(shelf: Shelf) -> Compared:
    """Only the cases of counts."""
    found = shelf.compare()
    found.cases = [case for case in found.cases if case.facts.rule == "count"]
    return found


def test_a_count_that_agrees() -> None:
    shelf = Shelf()
    shelf.quant("A", "5")
    shelf.count("A", "5")
    case = counts(shelf).of("A")
    assert case.says == ("matched", "", "0")
    assert case.text() == "A at WH/Stock: 5 Units counted, as in Odoo."
    assert set(case.facts.legs) == {Side.ODOO, Side.COUNT}


def test_cnt_01_what_was_shipped_after_the_count_is_no_difference() -> None:
    shelf = Shelf()
    shelf.quant("A", "47", amount=47_000, currency="EUR")
    shelf.count("A", "52")
    shelf.move("A", "3", "done", at="2026-11-23T09:40+00:00")
    shelf.move("A", "9", "done", at="2026-11-23T08:40+00:00")
    case = counts(shelf).of("A")
    assert case.says == ("amount", "counted_differently", "2")
    assert case.facts.value == 2_000
    assert case.text() == "A at WH/Stock: 52 Units counted, 50 in Odoo (+2)."
    assert "Odoo has 47 Units now, -3 since then." in [line.text for line in case.evidence()]


def test_moves_of_lots_belong_to_their_lot() -> None:
    shelf = Shelf()
    for lot in ("L1", "L2"):
        shelf.quant("A", "5", lot=lot)
        shelf.count("A", "6", lot=lot)
    move = {"location": "WH/Stock", "location_to": "Partners/Customers", "unit": "Units", "done": "1"}
    shelf.add(
        RecordType.STOCK_MOVE_LINE, sku="A", lot="L1", status="done", at="2026-11-23T10:00+00:00", **move
    )
    assert {case.facts.note["lot"]: case.says[0] for case in counts(shelf).cases} == {
        "L1": "matched",
        "L2": "amount",
    }


def test_blank_is_not_zero() -> None:
    shelf = Shelf()
    for sku, counted in (("BLANK", ""), ("ZERO", "0")):
        shelf.quant(sku, "4")
        shelf.count(sku, counted)
    shelf.quant("FORGOTTEN", "1")
    shelf.quant("ELSEWHERE", "1", location="WH/Shelf A")
    found = counts(shelf)
    assert found.of("BLANK").says == ("missing", "not_counted", "")
    assert found.of("BLANK").facts.missing == (Side.COUNT,)
    assert found.of("ZERO").says == ("amount", "counted_differently", "-4")
    assert found.of("FORGOTTEN").text() == "FORGOTTEN at WH/Stock: Odoo has 1 Unit, and nobody counted it."
    assert "ELSEWHERE" not in found.kinds()


def test_what_odoo_does_not_have() -> None:
    shelf = Shelf()
    shelf.quant("A", "1")
    shelf.count("A", "1")
    shelf.count("B", "2")
    shelf.count("C", "0")
    found = counts(shelf)
    assert found.of("B").says == ("missing", "not_in_odoo", "2")
    assert found.of("B").facts.missing == (Side.ODOO,)
    assert found.of("C").says == ("matched", "", "0")


def test_a_pair_of_wrong_places_is_one_move() -> None:
    shelf = Shelf()
    for place, book, counted in (("WH/Stock", "10", "7"), ("WH/Shelf A", "1", "4")):
        shelf.quant("A", book, location=place)
        shelf.count("A", counted, location=place)
    found = counts(shelf)
    assert {case.facts.cause for case in found.cases} == {"wrong_location"}
    assert found.of("A", "WH/Stock").text() == (
        "A at WH/Stock: 7 Units counted, 10 in Odoo; WH/Shelf A is off by as many the other way: it may have "
        "been moved."
    )


def test_a_pair_of_wrong_lots_at_one_place() -> None:
    shelf = Shelf()
    for lot, counted in (("L1", "4"), ("L2", "6")):
        shelf.quant("A", "5", lot=lot)
        shelf.count("A", counted, lot=lot)
    assert {case.facts.cause for case in counts(shelf).cases} == {"wrong_lot"}


def test_counts_that_disagree_are_counted_again() -> None:
    shelf = Shelf()
    shelf.quant("A", "5")
    shelf.quant("B", "5")
    for who, counted in (("Ann", "5"), ("Bob", "6")):
        shelf.count("A", counted, account=who)
        shelf.count("B", "5", account=who)
    found = counts(shelf)
    assert found.of("A").says == ("duplicate", "counts_disagree", "")
    assert found.of("B").says == ("matched", "", "0")


def test_two_packages_of_one_sheet_are_added_up() -> None:
    shelf = Shelf()
    for package in ("P1", "P2"):
        shelf.quant("A", "5", grp=package, extra={"package": package})
        shelf.count("A", "5", ident=package)
    assert counts(shelf).of("A").says == ("matched", "", "0")


def test_a_count_without_a_time_says_so() -> None:
    shelf = Shelf()
    shelf.quant("A", "5")
    shelf.count("A", "6", at="2026-11-23T09:10+00:00")
    assert len(counts(shelf).of("A").evidence()) == 2
    shelf = Shelf()
    shelf.quant("A", "5")
    shelf.add(RecordType.STOCK_COUNT, sku="A", counted="6", location="WH/Stock", unit="Units")
    assert [line.rule for line in counts(shelf).of("A").evidence()] == ["count", "no_time"]


def test_a_counted_quant_stands_in_the_shops_case_too() -> None:
    shelf = Shelf()
    shelf.level("A", "5")
    quant = shelf.quant("A", "5")
    shelf.count("A", "4")
    result = shelf.compare().result
    assert sorted(result.cases["rule"]) == ["count", "sku"]
    assert (result.legs.record == quant).sum() == 2
    assert result.cases["key"].is_unique
    assert Stock.pairs == ((Side.ODOO, Side.SHOP), (Side.ODOO, Side.COUNT))
