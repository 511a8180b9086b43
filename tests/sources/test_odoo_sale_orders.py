"""Sale orders of Odoo 16, 18 and 19."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.sources.odoo_sale_orders import OdooSaleOrders

SOURCE = OdooSaleOrders()
Read = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    "name",
    ["v16_labels", "v18_labels", "v18_import_compatible", "v18_export_all", "v19_import_compatible"],
)
def test_samples(name: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, f"{name}.csv"), f"{name}.csv")


def test_an_order_is_one_record_however_many_lines_are_stacked(read_sample: Read) -> None:
    result = read_sample(SOURCE, "v18_labels.csv")
    assert [record["row"] for record in result["records"]] == [1, 2, 7]
    assert result["records"][1]["extra"]["invoices"] == ["INV/2026/00031", "RINV/2026/00003"]
    assert all(proof["ok"] for proof in result["proofs"])


def test_customers_are_not_kept(read_sample: Read) -> None:
    shown = str(read_sample(SOURCE, "v18_labels.csv"))
    assert "Customer One" not in shown
    assert "example.com" not in shown


def test_a_lost_line_breaks_the_proof(
    csv_rows: Callable[[Path], list[list[str]]], write_csv: Callable[..., Path], read_sample: Read, data: Path
) -> None:
    rows = csv_rows(data / SOURCE.id / "v18_labels.csv")
    path = write_csv([row for row in rows if "DISC" not in row])
    proof = read_sample(SOURCE, path)["proofs"][1]
    assert (proof["found"], proof["ok"]) == ("2 rows, first broken: row 2", False)
