"""Ages, notes and sums in the rows of a result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from recon_app.models.case import CALM, Kind
from recon_app.models.record import Side
from recon_app.services.listing import View, ages, open_listing
from recon_app.store.workspace import Workspace
from tests.ui.demo_month import demo_month

ALL = (Side.SHOP, Side.PLATFORM, Side.ODOO, Side.GOODS)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder: Path = tmp_path_factory.mktemp("month") / "workspace"
    workspace = demo_month(folder, ("refunds", "transfers", "valuation"))
    yield workspace
    workspace.close()


@pytest.mark.parametrize("name", ["refunds", "transfers"])
def test_ages_narrow_to_what_they_count(month: Workspace, name: str) -> None:
    counted = ages(month, name, ALL)
    assert sum(counted.values()) > 1
    aged = {age for _, age in counted if age}
    assert aged
    for age in aged:
        listing = open_listing(month, name, View(ALL, ages=(age,)))
        cases = {row.case_id: row.kind for row in listing.rows(0, listing.count)}
        assert len(cases) == sum(count for (_, other), count in counted.items() if other == age)
    both = open_listing(month, name, View(ALL, ages=tuple(aged)))
    assert len({row.case_id for row in both.rows(0, both.count)}) == sum(
        count for (_, age), count in counted.items() if age
    )


def test_every_open_refund_has_an_age(month: Workspace) -> None:
    assert all(age for (kind, age), _ in ages(month, "refunds", ALL).items() if kind not in CALM)


@pytest.mark.parametrize("descending", [False, True])
def test_rows_sort_by_a_value_of_the_note(month: Workspace, descending: bool) -> None:
    view = View(ALL, sort=(Side.SHOP, "note.amount"), descending=descending)
    listing = open_listing(month, "refunds", view)
    heads = [row for row in listing.rows(0, listing.count) if not row.part]
    found = [row.note["amount"] for row in heads if row.note.get("amount") is not None]
    assert len(found) > 5
    assert found == sorted(found, reverse=descending)


def test_only_the_first_line_of_a_case_has_its_note(month: Workspace) -> None:
    listing = open_listing(month, "refunds", View(ALL))
    rows = listing.rows(0, listing.count)
    assert {bool(row.note) for row in rows if row.part} == {False}
    assert {bool(row.note) for row in rows if not row.part} == {True}


def test_a_case_of_sums_shows_them(month: Workspace) -> None:
    listing = open_listing(month, "valuation", View((Side.GOODS, Side.ODOO)))
    (row,) = listing.rows(0, listing.count)
    worth, balance = (row.records[side].values["amount"] for side in (Side.GOODS, Side.ODOO))
    assert isinstance(worth, int)
    assert isinstance(balance, int)
    assert row.delta == balance - worth
    assert row.kind is Kind.AMOUNT


def test_a_note_is_no_way_into_the_query(month: Workspace) -> None:
    with pytest.raises(ValueError, match="not a record field"):
        open_listing(month, "refunds", View(ALL, sort=(Side.SHOP, "note.x') OR 1=1 --")))
