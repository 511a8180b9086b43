"""Exports lack columns and cells: no rule fails over what is blank, and none takes blank for 0."""

from __future__ import annotations

import random

import pytest

from recon_app.models.record import INT_FIELDS, NO_INT, TEXT_FIELDS
from tests.fingerprints.planting import PLANTS
from tests.fingerprints.shop import Shop

_KEPT = {"id", "key", "row"}
#: No source yields records without these.
_ALWAYS = {"category", "amount", "location", "location_to"}


@pytest.mark.parametrize("seed", range(8))
def test_blank_cells_anywhere(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same cells in every run
    shop = Shop(seed)
    for plant in PLANTS.values():
        plant(shop)
    for rows in shop.rows().values():
        for row in rows:
            for name in chance.sample([*INT_FIELDS, *TEXT_FIELDS], 6):
                if name not in _KEPT:
                    row[name] = NO_INT if name in INT_FIELDS else ""
    for case in shop.compare():
        assert case.text.endswith(".")
        assert str(NO_INT) not in case.text


@pytest.mark.parametrize("name", sorted({*INT_FIELDS, *TEXT_FIELDS} - _KEPT - _ALWAYS))
def test_a_column_that_no_export_has(name: str) -> None:
    shop = Shop(2)
    for rows in shop.rows().values():
        for row in rows:
            row[name] = NO_INT if name in INT_FIELDS else ""
    for case in shop.compare():  # a clean shop with a hole in it is still clean
        assert case.facts.cause == "", case.text
