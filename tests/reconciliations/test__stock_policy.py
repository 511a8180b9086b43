"""Decisions that the stock comparison stands on."""

from __future__ import annotations

import pytest

from recon_app.reconciliations._stock_policy import Policy, policy
from tests.reconciliations.goods import Shelf


def decide(shelf: Shelf, **answers: str) -> Policy:
    given = {key.replace("__", "."): value for key, value in answers.items()}
    return policy(shelf.frames(), given)


def shop(*locations: str, odoo: tuple[str, ...] = ("WH/Stock",)) -> Shelf:
    shelf = Shelf()
    for location in locations:
        shelf.level("A", "1", location=location)
    for place in odoo:
        shelf.quant("A", "1", location=place)
    return shelf


def test_one_location_and_one_warehouse_belong_together() -> None:
    found = decide(shop("Berlin", odoo=("WH/Stock", "WH/Output", "Partners/Customers")))
    assert found.proposals == {"stock_location.Berlin": "WH"}
    assert found.groups == (("Berlin",),)
    assert found.inside(["WH/Stock/Shelf 1", "Partners/Customers"]) == {
        "WH/Stock/Shelf 1": 0,
        "Partners/Customers": -1,
    }


def test_names_that_agree_belong_together() -> None:
    found = decide(shop("wh", "East", odoo=("WH/Stock", "EAST/Stock")))
    assert found.proposals == {"stock_location.wh": "WH", "stock_location.East": "EAST"}


def test_whatever_is_in_doubt_stays_a_question() -> None:
    found = decide(shop("Berlin", odoo=("WH/Stock", "EAST/Stock")))
    assert (found.groups, found.proposals, found.unanswered) == ((), {}, ("Berlin",))
    assert any("answer stock_location.Berlin" in remark for remark in found.remarks)
    assert any("belongs to no Shopify location: EAST/Stock, WH/Stock" in remark for remark in found.remarks)


def test_an_answer_of_nothing_is_an_answer() -> None:
    shelf = shop("Berlin", odoo=("WH/Stock",))
    found = decide(shelf, stock_location__Berlin="-")
    assert found.groups == ()
    assert not any("Nobody said" in remark for remark in found.remarks)


def test_several_odoo_locations_make_one_of_shopify_and_children_follow_their_nearest() -> None:
    shelf = shop("Berlin", "Shelf", odoo=("WH/Stock", "EAST/Stock"))
    found = decide(shelf, stock_location__Berlin="WH | EAST/Stock", stock_location__Shelf="WH/Stock/Shelf A")
    inside = found.inside(["WH/Stock/Shelf A/1", "WH/Stock", "EAST/Stock/2", "EAST"])
    assert inside == {"WH/Stock/Shelf A/1": 1, "WH/Stock": 0, "EAST/Stock/2": 0, "EAST": -1}


def test_f12_one_odoo_location_of_two_shopify_locations_is_flagged() -> None:
    shelf = shop("Berlin", "Paris")
    answers = {"stock_location.Berlin": "WH", "stock_location.Paris": "WH"}
    found = policy(shelf.frames(), answers)
    assert found.groups == (("Berlin", "Paris"),)
    assert any("cannot be told apart" in remark for remark in found.remarks)
    shelf.answers = answers
    case = shelf.compare().of("A")
    assert case.says == ("ambiguous", "shared_location", "")
    assert case.text() == (
        "A at Berlin + Paris: these Shopify locations share WH in Odoo, so they cannot be told apart."
    )


def test_a_place_that_no_export_has_is_told() -> None:
    found = decide(shop("Berlin"), stock_location__Berlin="WHX")
    assert any("'WHX' of 'Berlin' has no stock in the exports" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("WH/Quarantine", "quarantine"),
        ("WH/Quality Control", "inspection"),
        ("WH/Stock/Damaged goods", "damaged"),
    ],
)
def test_places_whose_name_says_so_are_not_for_sale(place: str, reason: str) -> None:
    found = decide(shop("Berlin", odoo=("WH/Stock", place)))
    assert found.proposals[f"excluded.{place}"] == reason
    assert found.why_excluded([f"{place}/1", "WH/Stock"]) == {f"{place}/1": reason, "WH/Stock": ""}
    assert decide(shop("Berlin", odoo=("WH/Stock", place)), **{f"excluded.{place}": "-"}).excluded == {}


def test_figures_and_safety_stock() -> None:
    shelf = shop("Berlin")
    found = decide(
        shelf,
        stock_location__Berlin="WH",
        stock_figure__Berlin="on_hand=on_hand",
        safety_stock__Berlin="2.5",
    )
    assert (found.on_hand, found.safety) == (frozenset({0}), {0: 2_500_000})
    wrong = decide(shelf, stock_location__Berlin="WH", stock_figure__Berlin="x", safety_stock__Berlin="x")
    assert (wrong.on_hand, wrong.safety) == (frozenset(), {})
    assert len([remark for remark in wrong.remarks if " is 'x'" in remark]) == 2


def test_a_location_without_available_is_compared_by_what_is_on_hand() -> None:
    shelf = Shelf()
    shelf.level("A", "", "5")
    shelf.quant("A", "5", "2")
    assert shelf.compare().of("A").says == ("matched", "", "0")


def test_times_of_exports_need_a_zone() -> None:
    found = decide(
        shop("Berlin"), exported_at__Odoo="2026-11-23T09:30+01:00", exported_at__Shopify="2026-11-23T09:30"
    )
    assert found.exported == {"Odoo": 1_795_422_600}
    assert any("exported_at.Shopify is '2026-11-23T09:30'" in remark for remark in found.remarks)


def test_reasons_that_nobody_knows_are_told() -> None:
    found = decide(shop("Berlin"), excluded__Vendor="because")
    assert any("'because' is taken as quarantine" in remark for remark in found.remarks)
