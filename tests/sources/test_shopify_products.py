"""Shopify's products export with the classic and the new column names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources import _base
from recon_app.sources.shopify_products import ShopifyProducts

SOURCE = ShopifyProducts()
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]
SAMPLES = ["classic_48_columns.csv", "multi_location_no_quantity_2026.csv", "new_names.csv"]


@pytest.mark.parametrize("sample", SAMPLES)
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


@pytest.mark.parametrize("sample", SAMPLES)
def test_chunks_make_no_difference(sample: str, read_sample: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_sample(SOURCE, sample)
    monkeypatch.setattr(_base, "CHUNK_ROWS", 1)
    assert read_sample(SOURCE, sample) == whole


def test_pictures_are_no_variants_and_rows_keep_their_numbers(read_sample: Read) -> None:
    result = read_sample(SOURCE, "classic_48_columns.csv")
    assert [record["row"] for record in result["records"]] == [1, 2, 4]
    assert "Rows with a picture only, which are no variants: 1" in result["notes"]


def test_one_apostrophe_is_taken_off_and_zeros_stay(read_sample: Read) -> None:
    record = read_sample(SOURCE, "classic_48_columns.csv")["records"][0]
    assert (record["sku"], record["barcode"]) == ("00123", "4006381333931")


def test_later_variants_carry_their_products_values(read_sample: Read) -> None:
    record = read_sample(SOURCE, "classic_48_columns.csv")["records"][1]
    assert (record["text"], record["status"], record["available"]) == ("Travel Mug", "active", -3_000_000)


def test_a_missing_quantity_column_is_not_zero(read_sample: Read) -> None:
    records = read_sample(SOURCE, "multi_location_no_quantity_2026.csv")["records"]
    assert not any("available" in record for record in records)


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("Variant Price", "19,90", "'19,90' is not an exact quantity"),
        ("Variant Inventory Qty", "x", "'x' is not an exact quantity"),
        ("Variant Barcode", "4.00638E+12", "'4.00638E+12' has lost its digits"),
        ("Handle", "", "is empty"),
    ],
)
def test_damaged_cells_reject_the_file(
    column: str,
    cell: str,
    problem: str,
    csv_rows: Rows,
    write_csv: Callable[..., Path],
    read_sample: Read,
    data: Path,
) -> None:
    rows = csv_rows(data / SOURCE.id / "classic_48_columns.csv")
    rows[2][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert (rejected.value.problems[0].row, rejected.value.problems[0].problem) == (2, problem)
