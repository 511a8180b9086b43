"""What a count writes for Odoo: files by external id, each with its reversal."""

from __future__ import annotations

from pathlib import Path

import pytest

from recon_app.models.problem import UsageError
from recon_app.services import counts
from recon_app.services.counts import Desk, Verdict
from recon_app.store.events import list_events
from recon_app.store.workspace import Workspace
from tests.services.counting import SHELF, STOCK, Clock, Warehouse, counted


def test_the_files_for_odoo(shelf: Workspace, warehouse: Warehouse, clock: Clock, tmp_path: Path) -> None:
    stock = (("LAMP", STOCK, "", "100.0"), ("TEA", STOCK, "L1", "100.0"), ("MUG", STOCK, "", "100.0"))
    warehouse.stock(*stock, ids=True)
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "98*LAMP", "101.5*TEA", "50*MUG")
    with pytest.raises(UsageError, match="is open; close it first"):
        counts.write(shelf, count.id, tmp_path / "out")
    counts.close(shelf, count.id)
    written = counts.write(shelf, count.id, tmp_path / "out", "Eva")
    assert written.adjustment is not None
    assert written.reversal is not None
    assert written.found is None
    assert written.adjustment.read_text(encoding="utf-8").splitlines() == [
        '"id","inventory_quantity"',
        '"__export__.stock_quant_LAMP","98"',
        '"__export__.stock_quant_TEAL1","101.5"',
    ]
    assert written.reversal.read_text(encoding="utf-8").splitlines()[1:] == [
        '"__export__.stock_quant_LAMP","100"',
        '"__export__.stock_quant_TEAL1","100"',
    ]
    assert written.proposal.lines[1].verdict is Verdict.RECOUNT  # the mugs wait
    assert [event.what for event in list_events(shelf, count.id)] == [
        "count made",
        "count closed",
        "count line result",
        "count written",
    ]


def test_without_external_ids_nothing_is_written_for_odoo(
    shelf: Workspace, warehouse: Warehouse, clock: Clock, tmp_path: Path
) -> None:
    """By product and place Odoo 18 and 19 make a second quant and add what was counted."""
    warehouse.stock(("LAMP", STOCK, "", "100.0"))
    count = counts.make(shelf, "")
    counted(shelf, count.id, "Mia", "98*LAMP")
    counts.close(shelf, count.id)
    with pytest.raises(UsageError, match=r"without external ids \(lines 1\).*may add what was counted"):
        counts.write(shelf, count.id, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    clock.to(9, 30)
    warehouse.stock(("LAMP", STOCK, "", "100.0"), ids=True)  # a later export tells
    written = counts.write(shelf, count.id, tmp_path / "out")
    assert written.adjustment is not None
    assert written.adjustment.read_text(encoding="utf-8").endswith('"__export__.stock_quant_LAMP","98"\n')


def test_what_odoo_has_nowhere_gets_an_id_of_our_own(
    shelf: Workspace, warehouse: Warehouse, clock: Clock, tmp_path: Path
) -> None:
    warehouse.stock(("LAMP", STOCK, "", "5.0"), ("MUG", SHELF, "", "5.0"), ids=True)
    limits = ("above", "below", "value_above", "value_below")
    counts.set_policy(shelf, {f"{name}.{limit}": "" for name in "ABC" for limit in limits})
    count = counts.make(shelf, "", locations=[SHELF])
    desk = Desk(shelf, count.id)
    desk.choose(desk.scan("2*LAMP", "Mia"), 1, "Mia")
    counted(shelf, count.id, "Mia", "6*MUG")
    counts.close(shelf, count.id)
    written = counts.write(shelf, count.id, tmp_path / "out")
    assert written.adjustment is not None
    assert written.found is not None
    assert written.reversal is not None
    own = f"__import__.recon_count_{count.id.replace('-', '_')}_2"
    assert written.found.read_text(encoding="utf-8").splitlines() == [
        '"id","product_id","location_id","lot_id","package_id","owner_id","inventory_quantity"',
        f'"{own}","LAMP","{SHELF}","","","","2"',
    ]
    assert written.adjustment.read_text(encoding="utf-8").splitlines()[1:] == [
        '"__export__.stock_quant_MUG","6"'
    ]
    assert written.reversal.read_text(encoding="utf-8").splitlines()[1:] == [
        '"__export__.stock_quant_MUG","5"',
        f'"{own}","0"',
    ]


def test_a_lot_that_several_products_have_is_not_written_by_name(
    shelf: Workspace, warehouse: Warehouse, clock: Clock
) -> None:
    warehouse.stock(("TEA", STOCK, "L1", "100.0"), ("MUG", STOCK, "L1", "100.0"))
    count = counts.make(shelf, "", skus=["TEA"])
    counted(shelf, count.id, "Mia", "99*TEA")
    counts.close(shelf, count.id)
    (one,) = counts.proposal(shelf, count.id, now=clock.seconds).lines
    assert (one.verdict, "several products have a lot L1" in one.why) == (Verdict.STALE, True)
