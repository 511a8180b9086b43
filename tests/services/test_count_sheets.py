"""Sheets and scans of a count: what goes out is blind, and what comes back is never guessed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from recon_app.models.problem import UsageError
from recon_app.services import counts
from recon_app.services.counts import Desk, Heard, Verdict
from recon_app.services.import_files import import_paths
from recon_app.store import counts as store
from recon_app.store.workspace import Workspace
from tests.services.counting import ONE, SHELF, STOCK, Clock, Warehouse, counted, verdicts


def test_a_sheet_does_not_hold_the_answer(shelf: Workspace, warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse.stock(("LAMP", STOCK, "", "7391.25"), ("-20OFF", STOCK, "", "8462.0"))
    count = counts.make(shelf, "")
    path = tmp_path / "sheet.csv"
    counts.write_sheet(shelf, count.id, path)
    text = path.read_text(encoding="utf-8")
    assert not any(book in text for book in ("7391", "8462", "73912"))
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["Counted"] for row in rows} == {""}
    assert {row["Sheet"] for row in rows} == {count.id}
    assert {row["SKU"] for row in rows} == {"LAMP", "'-20OFF"}
    for line in counts.sheet(shelf, count.id):
        assert not hasattr(line, "book")
    counts.write_sheet(shelf, count.id, tmp_path / "sheet.xlsx")
    assert (tmp_path / "sheet.xlsx").read_bytes()[:2] == b"PK"


def test_a_filled_sheet_comes_back(
    shelf: Workspace, warehouse: Warehouse, clock: Clock, tmp_path: Path
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "10.0"), ("-20OFF", STOCK, "", "3.0"))
    count = counts.make(shelf, "")
    path = tmp_path / "sheet.csv"
    counts.write_sheet(shelf, count.id, path)
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    rows[1][10:14] = ["2", "Mia", "2026-11-23 10:00", "+00:00"]
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    (report,) = import_paths(shelf, [path])
    assert (report.source, report.status) == ("stock_count", "imported")
    counts.close(shelf, count.id)
    clock.to(11)
    warehouse.stock(("LAMP", STOCK, "", "10.0"), ("-20OFF", STOCK, "", "3.0"), ("NEW", STOCK, "", "1.0"))
    made = counts.proposal(shelf, count.id, now=clock.seconds)
    assert verdicts(made) == {
        f"-20OFF@{STOCK}": Verdict.RECOUNT,
        f"LAMP@{STOCK}": Verdict.NOT_COUNTED,
    }


def test_scans_become_records_that_are_not_counted_twice(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "10.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "LAMP", "40LAMP", "8*LAMP")
    changes = counts.close(shelf, count.id)
    assert changes.files
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert [(each.who, each.quantity, each.scans) for each in one.found] == [("Mia", 10 * ONE, 3)]


def test_what_can_mean_several_lots_is_asked(shelf: Workspace, warehouse: Warehouse) -> None:
    warehouse.stock(("TEA", STOCK, "L1", "5.0"), ("TEA", STOCK, "L2", "5.0"), ("MUG", STOCK, "", "1.0"))
    count = counts.make(shelf, "")
    desk = Desk(shelf, count.id)
    asked = desk.scan("3*TEA", "Mia")
    assert (asked.heard, [choice.label for choice in asked.choices]) == (Heard.ASKED, ["lot L1", "lot L2"])
    assert not store.entries_of(shelf, count.id)
    assert desk.choose(asked, 2, "Mia").total == 3 * ONE
    assert desk.scan("L2", "Mia").total == 4 * ONE  # the lot itself leaves no doubt
    with pytest.raises(UsageError, match="Choose 1 to 2"):
        desk.choose(asked, 3, "Mia")


def test_unknown_codes_and_codes_that_differ_by_case(shelf: Workspace, warehouse: Warehouse) -> None:
    warehouse.stock(("Lamp-1", STOCK, "", "5.0"))
    desk = Desk(shelf, counts.make(shelf, "").id)
    assert desk.scan("LAMP-1", "Mia").text == "No product has the code LAMP-1; Lamp-1 has"
    assert desk.scan("nothing", "Mia").heard is Heard.UNKNOWN
    with pytest.raises(UsageError, match="Type your name"):
        desk.scan("Lamp-1", " ")


def test_what_is_found_where_the_book_has_nothing_is_asked_first(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "5.0"), ("MUG", SHELF, "", "5.0"))
    count = counts.make(shelf, "", locations=[SHELF])
    desk = Desk(shelf, count.id)
    asked = desk.scan("2*LAMP", "Mia")
    assert asked.heard is Heard.ASKED
    assert [choice.label for choice in asked.choices] == [f"Add to the sheet: The LAMP at {SHELF}"]
    assert desk.choose(asked, 1, "Mia").line == 2
    assert desk.scan("LAMP", "Mia").total == 3 * ONE
    counts.close(shelf, count.id)
    found = counts.proposal(shelf, count.id, now=clock.seconds).lines[1]
    assert (found.book, found.adjust, found.verdict) == (0, 3 * ONE, Verdict.RECOUNT)


def test_a_quantity_replaces_and_undo_takes_back_only_ones_own(
    shelf: Workspace, warehouse: Warehouse
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "5.0"), ("MUG", STOCK, "", "5.0"))
    count = counts.make(shelf, "")
    desk = Desk(shelf, count.id)
    counted(shelf, count.id, "Mia", "LAMP", "LAMP", "=7*LAMP", "MUG")
    counted(shelf, count.id, "Tom", "MUG")
    assert desk.set_quantity(1, 9 * ONE, "Mia").total == 9 * ONE
    taken = desk.undo("Mia")
    assert taken is not None
    assert (taken.verb, taken.quantity) == ("set", 9 * ONE)
    lamp, mug = counts.sheet(shelf, count.id)
    assert [(one.who, one.quantity) for one in lamp.found] == [("Mia", 7 * ONE)]
    assert [(one.who, one.quantity) for one in mug.found] == [("Mia", ONE), ("Tom", ONE)]
    for _ in range(4):
        assert desk.undo("Mia") is not None
    assert desk.undo("Mia") is None
    lamp, mug = counts.sheet(shelf, count.id)
    assert (lamp.found, [one.who for one in mug.found]) == ((), ["Tom"])
    assert len(store.entries_of(shelf, count.id)) == 6  # what was taken back is still there


def test_a_sheet_of_a_count_that_is_over_is_not_written(
    shelf: Workspace, warehouse: Warehouse, tmp_path: Path
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "5.0"))
    count = counts.make(shelf, "")
    with pytest.raises(UsageError, match="nobody counted anything"):
        counts.close(shelf, count.id)
    with pytest.raises(UsageError, match=r"must end in \.csv or \.xlsx"):
        counts.write_sheet(shelf, count.id, tmp_path / "sheet.pdf")
    counts.cancel(shelf, count.id)
    with pytest.raises(UsageError, match="nothing left"):
        counts.write_sheet(shelf, count.id, tmp_path / "sheet.csv")
    with pytest.raises(UsageError, match="is cancelled"):
        Desk(shelf, count.id).scan("LAMP", "Mia")


def test_conditions_that_nothing_fits(shelf: Workspace, warehouse: Warehouse) -> None:
    with pytest.raises(UsageError, match="import Odoo's stock"):
        counts.make(shelf, "")
    warehouse.stock(("LAMP", STOCK, "", "5.0"))
    with pytest.raises(UsageError, match="no location 'WH/Elsewhere'"):
        counts.make(shelf, "", locations=["WH/Elsewhere"])
    with pytest.raises(UsageError, match="nothing in Odoo's stock fits"):
        counts.make(shelf, "", skus=["MUG"])
    assert counts.places(shelf) == [STOCK]


def test_two_products_of_one_code_cannot_be_counted(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.export_twins()
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "9*LAMP")
    counts.close(shelf, count.id)
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert "several products have the code LAMP" in one.why


def test_a_sheet_of_external_ids_is_refused(shelf: Workspace, warehouse: Warehouse) -> None:
    warehouse.stock(("LAMP", "stock.stock_location_stock", "", "5.0"))
    with pytest.raises(UsageError, match="export it again without"):
        counts.make(shelf, "")
