"""Goods are looked at pair by pair and place by place, and their past is reckoned back."""

from __future__ import annotations

from pathlib import Path

import pytest

from recon_app.models.case import Case, Kind
from recon_app.models.quantity import Quantity, format_quantity
from recon_app.models.record import Side
from recon_app.services import cases, goods, holds
from recon_app.services.listing import View, open_listing
from recon_app.services.run import run
from recon_app.services.stock_answers import questions
from recon_app.services.stock_history import history
from recon_app.services.summary import UnitTotal
from recon_app.store.workspace import Workspace
from tests.services.shelves import goods as goods_of_a_store
from tests.services.shelves import put_goods, put_records

SHOP, COUNT = (Side.ODOO, Side.SHOP), (Side.ODOO, Side.COUNT)
ONE = 1_000_000


@pytest.fixture
def stock(shelf: Workspace, tmp_path: Path) -> Workspace:
    """A workspace with goods that were compared."""
    put_goods(shelf, tmp_path)
    return shelf


def listed(ws: Workspace, sides: tuple[Side, Side], place: str | None = None) -> list[Case]:
    listing = open_listing(ws, "stock", View(sides, grp=place))
    return [cases.case(ws, row.case_id) for row in listing.rows(0, listing.count)]


def test_a_pair_shows_its_own_cases_only(stock: Workspace) -> None:
    assert len(listed(stock, SHOP)) == 4
    assert {Side.COUNT in case.legs or Side.COUNT in case.missing for case in listed(stock, SHOP)} == {False}
    assert len(listed(stock, COUNT)) == 3  # the place was counted: what nobody counted is named
    assert [str(case.delta) for case in listed(stock, COUNT) if case.kind is Kind.AMOUNT] == ["-2 Units"]


def test_the_pairs_share_no_case_and_leave_none_out(stock: Workspace) -> None:
    apart = [{case.id for case in listed(stock, sides)} for sides in (SHOP, COUNT)]
    assert not apart[0] & apart[1]
    assert apart[0] | apart[1] == {case.id for case in cases.iterate(stock, "stock")}


def test_places_and_their_figures(stock: Workspace) -> None:
    assert goods.places(stock, "stock", SHOP) == ["Berlin", "Rome"]
    assert goods.places(stock, "stock", COUNT) == ["WH/Stock"]
    everywhere, rome = (goods.figures(stock, "stock", SHOP, place) for place in (None, "Rome"))
    # too much and too little do not cancel out
    assert everywhere.quantities == [UnitTotal("Units", 2 * ONE, 2 * ONE, 2 * ONE, 2 * ONE)]
    assert everywhere.values == [UnitTotal("EUR", 2000, 2000, 2000, 2000)]
    assert everywhere.counts == {Kind.AMOUNT: 2, Kind.MATCHED: 2}
    assert everywhere.open_count == 2
    assert (rome.counts, rome.open_count) == ({Kind.MATCHED: 1}, 0)


@pytest.mark.parametrize("code", ["CUP", "0012345678905", "12345678905"])
def test_a_scanned_code_finds_its_row(stock: Workspace, code: str) -> None:
    listing = open_listing(stock, "stock", View((Side.ODOO, Side.SHOP), grp="Berlin"))
    row = listing.row_of(code)
    assert row is not None
    assert listing.rows(row, 1)[0].cell(Side.ODOO, "sku") == "CUP"
    assert listing.row_of("CUPS") is None


def test_the_bridge_adds_up_line_by_line(stock: Workspace) -> None:
    for case in (*listed(stock, SHOP), *listed(stock, COUNT)):
        if not case.bridge or case.kind in (Kind.MATCHED, Kind.MISSING):
            continue
        assert isinstance(case.delta, Quantity)
        *way, end = (line.millionths for line in case.bridge)
        assert sum(way) == end, case.text
    counted = next(case for case in listed(stock, COUNT) if case.kind is Kind.AMOUNT)
    assert [(line.title, format_quantity(line.millionths)) for line in counted.bridge] == [
        ("Odoo, on hand", "10"),
        ("Moved since the count", "3"),
        ("Counted differently", "-2"),
        ("Counted", "11"),
    ]


def test_the_past_is_reckoned_back_from_now(stock: Workspace) -> None:
    case = next(case for case in listed(stock, SHOP, "Berlin") if "CUP" in case.text)
    found = history(stock, case.id)
    assert found is not None
    assert [format_quantity(step.balance) for step in found.steps] == ["15", "13", "10"]
    assert (found.start, found.now, found.places) == (10 * ONE, 10 * ONE, ("WH",))
    assert found.steps[0].what == "WH/IN/1, from Partners/Vendors"
    assert [(format_quantity(mark.quantity), mark.who) for mark in found.counts] == [("11", "Ann")]


def test_a_product_that_never_moved_says_so(stock: Workspace) -> None:
    case = next(case for case in listed(stock, SHOP, "Berlin") if "JUG" in case.text)
    found = history(stock, case.id)
    assert found is not None
    assert (found.steps, found.now) == ((), 3 * ONE)
    assert found.remark.startswith("No moves of this product")


def test_the_data_says_what_can_be_asked(stock: Workspace) -> None:
    found = questions(stock)
    assert found.shops == ["Berlin", "Rome"]
    assert found.places == ["RO", "RO/Stock", "WH", "WH/Stock"]
    assert found.units == ["Units"]
    assert found.answer("stock_location.Rome") == "RO"
    assert found.answer("safety_stock.Rome") == ""


def test_a_case_says_what_holds_its_product(shelf: Workspace, tmp_path: Path) -> None:
    made = goods_of_a_store()
    made.quant("cup", "1")
    put_records(shelf, made, tmp_path)
    for name in ("stock", "products"):
        run(shelf, name)
    assert set(holds.held(shelf)) == {"CUP", "cup"}
    told = {
        case.id: [one.text for one in case.evidence if one.rule == "held"]
        for case in cases.iterate(shelf, "stock")
        for case in [cases.case(shelf, case.id)]
    }
    assert [texts for texts in told.values() if texts]
    for case in cases.iterate(shelf, "stock"):
        skus = {str(record.values["sku"]) for records in case.legs.values() for record in records}
        assert len(told[case.id]) == len(skus & {"CUP", "cup"})
        assert all("the product data must be corrected first" in text for text in told[case.id])
