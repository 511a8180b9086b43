"""Personal data on its way through an import: masked, left out, and gone when its file is removed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from recon_app.services.import_files import import_paths
from recon_app.services.preview import preview
from recon_app.services.workspace import remove_file
from recon_app.store.imports import list_imports
from recon_app.store.workspace import Workspace

CANARY = "Kanarienvogel"
NAMED = {
    "mapping.order": "order",
    "mapping.amount": "amount",
    "mapping.date": "date",
    "mapping.currency": "currency",
    "mapping.text": "customer",
}
PAYOUTS = (
    "Payout Date,Status,Charges,Refunds,Adjustments,Reserved Funds,Fees,Retried Amount,Total,Currency,Email\n"
    "2026-01-05,paid,100.00,-10.00,0.00,0.00,2.90,0.00,87.10,EUR,ann@example.com\n"
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    lines = "".join(f"{number},10.50,2026-11-23,EUR,{CANARY} Ann {number}\n" for number in range(2_000))
    path.write_text(f"order,amount,date,currency,customer\n{lines}", encoding="utf-8")
    return path


def hits(folder: Path) -> dict[str, int]:
    """How often the canary stands in each file of a workspace."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            found[path.name] = content.count(CANARY.encode())
    return {name: count for name, count in found.items() if count}


def test_a_removed_file_leaves_no_byte_of_its_text(shelf: Workspace, table: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("order,amount,date,currency,customer\nx1,1.00,2026-11-23,EUR,Bob\n", encoding="utf-8")
    reports = list(import_paths(shelf, [table, other], source="mapped_orders", options=NAMED))
    assert [report.added for report in reports] == [2_000, 1]
    assert hits(shelf.folder)
    remove_file(shelf, list_imports(shelf)[0].id)
    assert hits(shelf.folder) == {}
    shelf.close()
    assert hits(shelf.folder) == {}


def test_the_preview_masks_names_unless_they_are_asked_for(shelf: Workspace, table: Path) -> None:
    assert preview(shelf, table).cells[1][4] == "K… A… 0…"
    assert preview(shelf, table, options={"personal": "keep"}).cells[1][4] == f"{CANARY} Ann 0"


def test_a_bank_statement_shows_who_paid(shelf: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "bank.csv"
    path.write_text(
        "Booking Date,Value Date,Counterparty Name,Description,Amount,Currency,Balance\n"
        "2026-11-23,2026-11-23,Ann Example,invoice 7,10.00,EUR,110.00\n"
        "2026-11-24,2026-11-24,Bob Example,invoice 8,5.00,EUR,115.00\n",
        encoding="utf-8",
    )
    shown = preview(shelf, path)
    assert shown.cells[1][2] == ("Ann Example" if shown.sources == ("bank_csv",) else "A… E…")


def test_columns_that_nothing_compares_are_not_stored(shelf: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "payouts.csv"
    path.write_text(PAYOUTS, encoding="utf-8")
    (report,) = import_paths(shelf, [path])
    assert (report.status, report.source) == ("imported", "shopify_payouts")
    with shelf.cache.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM record").all()
    assert "example.com" not in str(rows)
