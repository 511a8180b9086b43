"""Lines and moves that stand below their documents in Odoo's exports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app import registry
from recon_app.sources import _base
from recon_app.sources._base import InputFile, Source

Read = Callable[..., dict[str, Any]]
DATA = Path(__file__).parent / "data"
CASES = [
    ("odoo_sale_order_stacked_lines", DATA / "odoo_sale_orders" / "v18_labels.csv"),
    ("odoo_purchase_order_stacked_lines", DATA / "odoo_purchase_orders" / "v18_labels.csv"),
    ("odoo_transfer_stacked_moves", DATA / "odoo_transfers" / "v18_labels.csv"),
    ("odoo_transfer_stacked_moves", DATA / "odoo_transfers" / "v18_import_compatible.csv"),
]


def _source(name: str) -> Source:
    return registry.sources()[name]


@pytest.mark.parametrize(("name", "path"), CASES)
def test_samples(name: str, path: Path, read_sample: Read, check_expected: Callable[..., None]) -> None:
    (DATA / name).mkdir(exist_ok=True)
    result = read_sample(_source(name), path)
    check_expected(result, path.name)
    assert result["records"]


@pytest.mark.parametrize(("name", "path"), CASES)
def test_chunks_make_no_difference(
    name: str, path: Path, read_sample: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read_sample(_source(name), path)
    monkeypatch.setattr(_base, "CHUNK_ROWS", 1)
    assert read_sample(_source(name), path) == whole


def test_rows_of_other_links_are_no_lines(read_sample: Read) -> None:
    """Each link to many records makes rows of its own: invoices, transfers, taxes."""
    result = read_sample(_source(CASES[0][0]), CASES[0][1])
    assert result["rows"] == 7
    assert [
        (record["row"], record["grp"], record["sku"], record["amount"]) for record in result["records"]
    ] == [
        (1, "S00034", "P-2", 800),
        (2, "S00031", "P-1", 4011),
        (5, "S00031", "DISC", -402),
        (7, "S00030", "P-3", 1000),
    ]


def test_further_taxes_of_a_line_stand_below_it(
    read_sample: Read, csv_rows: Callable[[Path], list[list[str]]], write_csv: Callable[..., Path]
) -> None:
    rows = csv_rows(CASES[0][1])
    rows.insert(6, [*([""] * (len(rows[0]) - 1)), "2%"])
    records = read_sample(_source(CASES[0][0]), write_csv(rows))["records"]
    assert [(record["sku"], record["extra"]["taxes"]) for record in records[1:3]] == [
        ("P-1", "15%"),
        ("DISC", "15%, 2%"),
    ]


def test_moves_stand_at_the_locations_of_their_transfer(read_sample: Read) -> None:
    records = read_sample(_source(CASES[2][0]), CASES[2][1])["records"]
    assert {(record["grp"], record["location"], record["location_to"]) for record in records} == {
        ("WH/IN/00012", "Partners/Vendors", "WH/Stock"),
        ("WH/OUT/00031", "WH/Stock", "Partners/Customers"),
        ("WH/OUT/00033", "WH/Stock", "Partners/Customers"),
    }
    assert [record.get("done") for record in records] == [None, 4_000_000, 2_000_000, None, None]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("odoo_sale_order_stacked_lines", DATA / "odoo_sale_orders" / "v18_export_all.csv"),
        ("odoo_purchase_order_stacked_lines", DATA / "odoo_purchase_orders" / "v18_export_all.csv"),
        ("odoo_transfer_stacked_moves", DATA / "odoo_transfers" / "v18_export_all.csv"),
    ],
)
def test_a_list_without_lines_is_not_read(name: str, path: Path) -> None:
    assert not _source(name).recognises(InputFile(path))
