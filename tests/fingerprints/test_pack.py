"""The rule pack as a whole: every planted behaviour is found, and a clean shop has none."""

from __future__ import annotations

import pytest

from recon_app import registry
from recon_app.models.record import RecordType
from tests.fingerprints.planting import LATE, PLANTS
from tests.fingerprints.shop import FIRST, Shop
from tests.reconciliations.ledger import same_backwards


def causes(shop: Shop) -> dict[str, int]:
    """How often each rule hits."""
    found: dict[str, int] = {}
    for case in shop.compare():
        found[case.facts.cause] = found.get(case.facts.cause, 0) + 1
    return found


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_clean_shop_has_none(seed: int) -> None:
    shop = Shop(seed)
    assert [case.text for case in shop.compare()] == []
    assert shop.remarks == []


def test_there_are_twenty_four_and_each_is_planted() -> None:
    assert list(PLANTS) == sorted(registry.fingerprints())
    assert [rule.code for rule in registry.fingerprints().values()] == [f"F{n:02}" for n in range(1, 25)]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", PLANTS)
def test_each_planted_behaviour_is_found_and_no_other(name: str, seed: int) -> None:
    shop = Shop(seed)
    PLANTS[name](shop)
    found = shop.compare()
    assert [case.facts.cause for case in found] == [name]
    (case,) = found
    rule = registry.fingerprints()[name]
    assert case.facts.kind == rule.kind
    assert case.facts.missing == rule.missing
    assert case.facts.grp == f"{rule.code} {rule.title}"
    assert case.facts.legs
    assert case.facts.note["next"] == list(rule.advice)
    assert case.evidence == [f"{rule.code}: {rule.behaviour}", *rule.advice]
    assert case.text.endswith(".")


#: With two places of the shop on one of Odoo, their figures cannot be compared: F12 hides F11 and F13.
TOGETHER = [name for name in PLANTS if name != "f12_shared_location"]


def planted(seed: int) -> Shop:
    """A shop with all behaviours that can show side by side."""
    shop = Shop(seed)
    for name in sorted(TOGETHER, key=lambda name: (name in LATE, name)):
        PLANTS[name](shop)
    return shop


@pytest.mark.parametrize("seed", [3, 4])
def test_all_of_them_in_one_shop(seed: int) -> None:
    assert causes(planted(seed)) == dict.fromkeys(TOGETHER, 1)


def test_the_order_of_the_records_changes_nothing() -> None:
    assert same_backwards(planted(5))


def test_a_case_keeps_its_key_when_records_are_loaded_anew() -> None:
    first, again = (planted(6) for _ in range(2))
    again.add(RecordType.ORDER, ref="#1", amount=1, status="paid", day=FIRST)
    for rows in again.rows().values():  # other ids, and another order
        rows.sort(key=lambda row: -row["id"])
        for row in rows:
            row["id"] += 50_000
            again.records[row["id"]] = again.records[row["id"] - 50_000]
    assert {case.key for case in first.compare()} == {case.key for case in again.compare()}


def test_the_panel_counts_hits_and_adds_up_their_value() -> None:
    shop = Shop()
    PLANTS["f01_default_product"](shop)
    shop.sales[4].so_lines[0] |= {"sku": "", "ref2": "Ecommerce-Sale", "text": "Ecommerce-Sale"}
    found = shop.compare()
    assert shop.result is not None
    (panel,) = shop.result.panels
    assert len(panel.rows) == len(PLANTS)
    row = panel.rows[0]
    assert row["hits"] == 2
    assert row["value"] == sum(case.facts.delta or 0 for case in found)
    assert row["currency"] == "EUR"
    assert {other["hits"] for other in panel.rows[1:]} == {0}
    assert shop.remarks[0].startswith("F01 Unknown SKU booked to the default product: 2 hits, ")
