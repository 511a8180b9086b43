"""The rule pack as a whole: every planted behaviour is found, and a clean shop has none."""

from __future__ import annotations

import pytest

from recon_app import registry
from tests.fingerprints.planting import LATE, PLANTS
from tests.fingerprints.shop import Shop
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
    assert causes(shop) == {name: 1}
    (case,) = shop.compare()
    rule = registry.fingerprints()[name]
    assert case.facts.kind == rule.kind
    assert case.facts.missing == rule.missing
    assert case.facts.grp == f"{rule.code} {rule.title}"
    assert case.facts.legs
    assert case.facts.note["next"] == list(rule.advice)
    assert case.evidence == [f"{rule.code}: {rule.behaviour}", *rule.advice]
    assert case.text.endswith(".")


@pytest.mark.parametrize("seed", [3, 4])
def test_all_of_them_in_one_shop(seed: int) -> None:
    shop = Shop(seed)
    # with two places of the shop on one of Odoo, their figures cannot be compared, so F12 hides F11 and F13
    names = [name for name in PLANTS if name != "f12_shared_location"]
    for name in sorted(names, key=lambda name: (name in LATE, name)):
        PLANTS[name](shop)
    assert causes(shop) == dict.fromkeys(names, 1)


@pytest.mark.parametrize("name", PLANTS)
def test_the_order_of_the_records_changes_nothing(name: str) -> None:
    shop = Shop(4)
    PLANTS[name](shop)
    assert same_backwards(shop)
