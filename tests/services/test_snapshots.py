"""Lists of stock, and edited records of Odoo, from file to workspace and back from the originals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recon_app.models.problem import UsageError
from recon_app.services.import_files import FileReport, Status, import_paths, restore
from recon_app.services.workspace import open_workspace
from recon_app.store.imports import list_imports, missing_imports, remove_imports
from recon_app.store.records import read_columns
from recon_app.store.workspace import CACHE, Workspace

Bring = Callable[..., FileReport]
_HEADER = "Handle,Title,Option1 Name,Option1 Value,SKU,Location,Available"
_DATA = Path(__file__).parents[1] / "sources" / "data"


@pytest.fixture
def bring(shelf: Workspace, tmp_path: Path) -> Bring:
    """``bring(name, *lines, **options)``: import a file with these lines."""

    def run(name: str, *lines: str, **options: str) -> FileReport:
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join((*lines, "")), encoding="utf-8")
        (report,) = import_paths(shelf, [path], options=options)
        return report

    return run


def level(sku: str, place: str, available: int) -> str:
    return f"{sku.lower()},Tea {sku},Title,Default Title,{sku},{place},{available}"


def levels(ws: Workspace) -> dict[tuple[str, str], int]:
    columns = read_columns(ws, [entry.id for entry in list_imports(ws)], ("sku", "location", "available"))
    return {
        (sku, place): number // 1_000_000
        for sku, place, number in zip(*(columns[name].tolist() for name in columns), strict=True)
    }


def test_a_variant_that_left_the_list_of_a_place_is_gone(shelf: Workspace, bring: Bring) -> None:
    bring("1", _HEADER, level("A", "Shop", 3), level("B", "Shop", 4), level("B", "Depot", 5))
    report = bring("2", _HEADER, level("A", "Shop", 2))
    assert (report.gone, report.changed) == (1, 1)
    assert "Records that are no longer there: 1; runs leave them out" in report.notes
    assert levels(shelf) == {("A", "Shop"): 2, ("B", "Depot"): 5}


def test_originals_give_the_same_state(shelf: Workspace, bring: Bring) -> None:
    bring("1", _HEADER, level("A", "Shop", 3), level("B", "Shop", 4), level("B", "Depot", 5))
    bring("2", _HEADER, level("A", "Shop", 2))
    bring("3", _HEADER, level("B", "Depot", 1), snapshot="part")
    before = levels(shelf)
    shelf.close()
    (shelf.folder / CACHE).unlink()
    again = open_workspace(shelf.folder)
    assert levels(again) == before == {("A", "Shop"): 2, ("B", "Depot"): 1}
    remove_imports(again, [2])
    assert len(missing_imports(again)) == 2
    assert restore(again) == []
    assert levels(again) == {("A", "Shop"): 3, ("B", "Shop"): 4, ("B", "Depot"): 1}
    again.close()


def test_where_most_would_be_gone_a_person_is_asked(shelf: Workspace, bring: Bring) -> None:
    bring("1", _HEADER, *(level(f"S{number}", "Shop", number) for number in range(20)))
    few = (_HEADER, level("S1", "Shop", 7), level("S2", "Shop", 7))
    asked = bring("2", *few)
    assert asked.status is Status.AMBIGUOUS
    assert asked.question is not None
    assert (asked.question.option, asked.question.choices) == ("snapshot", ("whole", "part"))
    assert "2 are in it and 18 are not" in asked.question.text
    assert levels(shelf)["S1", "Shop"] == 1
    with pytest.raises(UsageError, match="must be whole or part"):
        bring("2", *few, snapshot="maybe")
    assert bring("2", *few, snapshot="part").gone == 0
    assert len(levels(shelf)) == 20
    assert bring("3", *few, level("S3", "Shop", 7), snapshot="whole").gone == 17
    assert len(levels(shelf)) == 3


def test_a_list_that_was_replaced_does_not_come_back_by_itself(shelf: Workspace, bring: Bring) -> None:
    first = (_HEADER, level("A", "Shop", 3))
    bring("1", *first)
    assert not any("stays in force" in note for note in bring("1", *first).notes)
    bring("2", _HEADER, level("A", "Shop", 2))
    report = bring("1", *first)
    assert report.status is Status.KNOWN
    assert "stays in force" in report.notes[-1]
    assert levels(shelf) == {("A", "Shop"): 2}
    remove_imports(shelf, [1])
    assert restore(shelf) == []
    assert bring("1", *first).status is Status.IMPORTED
    assert levels(shelf) == {("A", "Shop"): 3}


_PAYMENT = "Number,Date,Journal,Payment Type,Partner Type,Amount,Currency,Memo,State"


def test_an_edited_memo_moves_a_payment_on(shelf: Workspace, bring: Bring) -> None:
    line = "PBNK1/2026/00001,2026-11-02,Bank,Receive,Customer,12.50,EUR,{},{}"
    bring("1", _PAYMENT, line.format("#1001", "In Process"))
    report = bring("2", _PAYMENT, line.format("#1001 Stripe", "Paid"))
    assert (report.added, report.changed) == (0, 1)
    columns = read_columns(shelf, [1], ("ref", "status"))
    assert (columns["ref"].tolist(), columns["status"].tolist()) == (["#1001 Stripe"], ["paid"])
    with shelf.cache.connect() as connection:
        changes = connection.exec_driver_sql("SELECT kind, before FROM change").all()
    assert changes == [("progress", '{"ref":"#1001","status":"in_process"}')]


def test_an_edited_reference_makes_no_second_bank_line(shelf: Workspace, bring: Bring) -> None:
    header = "Number,Date,Label,Reference,Amount,Currency,Journal,Is Reconciled"
    line = "BNK1/2026/00001,2026-11-02,Stripe payout,{},12.50,EUR,Bank,False"
    bring("1", header, line.format("old"))
    report = bring("2", header, line.format("new"))
    assert (report.added, report.changed) == (0, 1)


def test_a_payment_that_was_deleted_is_named(shelf: Workspace, bring: Bring) -> None:
    line = "PBNK1/2026/0000{},2026-11-0{},Bank,Receive,Customer,12.50,EUR,#100{},Paid"
    bring("1", _PAYMENT, *(line.format(*3 * [number]) for number in range(1, 5)))
    report = bring("2", _PAYMENT, *(line.format(*3 * [number]) for number in (1, 2, 4)))
    (note,) = (note for note in report.notes if "earlier files" in note)
    assert "this one has not: 1 (PBNK1/2026/00003)" in note
    assert list_imports(shelf)[1].findings.notes == report.notes


@pytest.mark.parametrize(
    ("source", "first", "second"),
    [
        ("odoo_payments", "v18_labels.csv", "v18_export_all.csv"),
        ("odoo_invoices", "v18_labels.csv", "v18_export_all.csv"),
        ("odoo_sale_orders", "v18_labels.csv", "v18_export_all.csv"),
        ("odoo_transfers", "v18_labels.csv", "v18_export_all.csv"),
    ],
)
def test_other_kinds_of_exports_change_no_records(
    source: str, first: str, second: str, shelf: Workspace
) -> None:
    options = {"currency": "EUR", "documents": "customer", "timezone": "Europe/Berlin"}
    seen = {}
    for name in (first, second):
        reports = import_paths(shelf, [_DATA / source / name], source=source, options=options)
        seen[name] = next(report for report in reports if report.source == source)
    assert seen[second].known + seen[second].changed > 0
    assert seen[second].changed == 0


def test_a_list_read_live_changes_no_record_of_a_file(shelf: Workspace, bring: Bring) -> None:
    """It has the database ids, which are kept beside the external ids."""
    values = "MAIN/Stock,[TEA-01] Green Tea,TEA-01,12.0,3.0"
    labels = "External ID,Location,Product,Product/Internal Reference,Quantity,Reserved Quantity"
    technical = ".id,location_id,product_id,product_id/default_code,quantity,reserved_quantity,company_id"
    bring("labels", labels, f"__export__.stock_quant_4_aa,{values}")
    report = bring("live", technical, f"4,{values},Tea House")
    assert (report.source, report.added, report.changed) == ("odoo_stock_quants", 0, 0)
    columns = read_columns(shelf, [1], ("ident", "extra"))
    assert columns["ident"].tolist() == ["__export__.stock_quant_4_aa"]
    assert columns["extra"].tolist() == ['{"company":"Tea House","odoo_id":"4"}']
