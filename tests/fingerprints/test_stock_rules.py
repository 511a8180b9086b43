"""What looks like F11, F12 and F13, and is not; and what their hits tell."""

from __future__ import annotations

import pytest

from recon_app.models.record import NO_INT, RecordType
from tests.fingerprints.planting import PLANTS
from tests.fingerprints.register import ONE
from tests.fingerprints.shop import CATALOGUE, FIRST, Shop

_AT = (FIRST + 20) * 86_400 + 7_200


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.mark.parametrize(("skus", "hits"), [(4, 0), (5, 1)])
def test_f11_five_skus_are_many(shop: Shop, skus: int, hits: int) -> None:
    for sku, _ in CATALOGUE[:skus]:
        shop.correct(sku, 2, _AT)
    assert len(shop.compare()) == hits


def test_f11_tells_what_was_added_and_taken_away(shop: Shop) -> None:
    for number, (sku, _) in enumerate(CATALOGUE[:6]):
        places = {"location": "Depot/Stock", "location_to": "Virtual Locations/Inventory adjustment"}
        shop.correct(sku, 2, _AT, **(places if number % 3 == 0 else {}))
    (case,) = shop.compare()
    assert "the stock of 6 SKUs (QF-01, QF-02, QF-03 and 3 more)" in case.text
    assert "+8 Units and -4 Units" in case.text
    assert case.facts.delta == 12 * ONE


def test_f11_an_export_without_a_zone_has_minutes_too(shop: Shop) -> None:
    for number, (sku, _) in enumerate(CATALOGUE[:6]):
        row = shop.correct(sku, 2, _AT)
        row |= {"at": NO_INT, "grp": f"2026-10-21 02:00:0{number}"}
    assert len(shop.compare()) == 1


def test_f11_a_count_is_none_even_without_its_sheet(shop: Shop) -> None:
    for sku, _ in CATALOGUE[:8]:
        shop.correct(sku, 2, _AT, extra={"inventory": True, "reference": "Annual count"})
    assert shop.compare() == []


def test_f11_stock_that_is_not_the_shops_was_not_fetched(shop: Shop) -> None:
    PLANTS["f11_stock_fetched"](shop)
    levels = shop.rows()[RecordType.INVENTORY_LEVEL]
    next(row for row in levels if row["location"] == "Depot")["quantity"] += ONE
    assert shop.compare() == []


def test_f11_deliveries_within_a_minute_are_none(shop: Shop) -> None:
    for sku, _ in CATALOGUE[:8]:
        shop.move(sku, 1, day=FIRST + 20, at=_AT, grp="Depot/OUT/9")
    assert shop.compare() == []


def test_f12_tells_what_is_shared(shop: Shop) -> None:
    PLANTS["f12_shared_location"](shop)
    (case,) = shop.compare()
    assert case.text.startswith("Depot and Fair stand for the same place in Odoo, Depot:")
    assert "4 SKUs offered in more than one of them" in case.text


def test_f12_a_place_of_its_own_is_none(shop: Shop) -> None:
    PLANTS["f12_shared_location"](shop)
    shop.answers["stock_location.Fair"] = "Fair/Stock"
    assert shop.compare() == []


def test_f13_says_how_far_below_nothing_odoo_is(shop: Shop) -> None:
    PLANTS["f13_pushed_stock"](shop)
    (case,) = shop.compare()
    assert case.says == ("amount", "f13_pushed_stock", 3 * ONE)
    assert case.text == "QF-77 at Depot: Odoo has -3 Units free, and Shopify shows 0."


@pytest.mark.parametrize("available", [-3, 1])
def test_f13_only_exactly_0_is_clamped(shop: Shop, available: int) -> None:
    shop.stock("QF-77", "Depot", 2, 5, shop=(2, available))
    assert shop.compare() == []


@pytest.mark.parametrize("side", ["shop", "odoo"])
def test_f13_a_figure_on_one_side_only(shop: Shop, side: str) -> None:
    shop.stock("QF-77", "Mitte", 3, 0)  # both sides know the SKU
    level, quant = shop.stock("QF-77", "Depot", 4, 0)
    shop.drop(
        RecordType.STOCK_QUANT if side == "shop" else RecordType.INVENTORY_LEVEL,
        quant if side == "shop" else level,
    )
    (case,) = shop.compare()
    assert case.says == ("amount", "f13_pushed_stock", 4 * ONE)
    assert list(case.facts.legs) == [side]


def test_f13_a_product_that_one_side_does_not_have_at_all_is_none(shop: Shop) -> None:
    level, _ = shop.stock("QF-77", "Depot", 4, 0)
    shop.drop(RecordType.INVENTORY_LEVEL, level)
    assert shop.compare() == []


def test_f13_a_shelf_that_is_not_stocked_is_not_0(shop: Shop) -> None:
    PLANTS["f13_pushed_stock"](shop)
    shop.rows()[RecordType.INVENTORY_LEVEL][-1] |= {"status": "not stocked", "available": NO_INT}
    assert shop.compare() == []


def test_f13_a_kit_has_no_stock_of_its_own(shop: Shop) -> None:
    PLANTS["f13_pushed_stock"](shop)
    shop.add(RecordType.KIT_COMPONENT, grp="QF-77", sku="QF-01")
    assert shop.compare() == []


def test_f13_where_nothing_agrees_nothing_was_pushed(shop: Shop) -> None:
    PLANTS["f13_pushed_stock"](shop)
    for row in shop.rows()[RecordType.INVENTORY_LEVEL]:
        if row["location"] == "Depot" and row["sku"] != "QF-77":
            row["available"] += ONE
    assert shop.compare() == []


def test_f13_stock_in_quarantine_is_not_free(shop: Shop) -> None:
    shop.stock("QF-77", "Depot", 2, 0, shop=(2, 0))
    shop.rows()[RecordType.STOCK_QUANT][-1]["location"] = "Depot/Quarantine"
    assert shop.compare() == []


def test_dozens_are_not_compared_with_pieces(shop: Shop) -> None:
    PLANTS["f13_pushed_stock"](shop)
    shop.rows()[RecordType.STOCK_QUANT][-1]["unit"] = "Dozens"
    assert shop.compare() == []


def test_a_sku_of_two_variants_is_nobodys(shop: Shop) -> None:
    PLANTS["f13_pushed_stock"](shop)
    shop.add(RecordType.INVENTORY_LEVEL, sku="QF-77", location="Depot", quantity=0, available=0, ref2="Blue")
    assert shop.compare() == []
