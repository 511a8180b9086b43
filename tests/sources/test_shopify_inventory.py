"""Shopify's inventory export in its three layouts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.problem import FileRejected
from recon_app.models.record import NO_INT
from recon_app.sources import _base
from recon_app.sources._base import InputFile
from recon_app.sources.shopify_inventory import ShopifyInventory

SOURCE = ShopifyInventory()
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]
SAMPLES = ["column_per_location.csv", "row_per_location_2023.csv", "row_per_location_2026.csv"]
ONE = 1_000_000


@pytest.mark.parametrize("sample", SAMPLES)
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


@pytest.mark.parametrize("sample", SAMPLES)
def test_chunks_make_no_difference(sample: str, read_sample: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_sample(SOURCE, sample)
    monkeypatch.setattr(_base, "CHUNK_ROWS", 2)
    assert read_sample(SOURCE, sample) == whole


def test_each_location_of_a_row_is_a_record_of_that_row(read_sample: Read) -> None:
    records = read_sample(SOURCE, "column_per_location.csv")["records"]
    assert [(record["row"], record["location"]) for record in records] == [
        (row, location) for row in (1, 2, 3) for location in ("Warehouse Nord", "Laden")
    ]


def test_not_stocked_and_blank_are_not_zero(read_sample: Read) -> None:
    records = read_sample(SOURCE, "column_per_location.csv")["records"]
    assert [record.get("available") for record in records] == [23 * ONE, 0, -2 * ONE, None, None, 4 * ONE]
    assert [record.get("status") for record in records] == [None, None, None, "not stocked", None, None]


def test_the_plan_of_a_count_is_no_quantity(read_sample: Read) -> None:
    result = read_sample(SOURCE, "row_per_location_2026.csv")
    assert result["records"][1]["quantity"] == -2 * ONE
    assert "`On hand (new)` is filled in 1 rows: it is a plan and is not read" in result["notes"]


def test_figures_that_do_not_add_up_break_the_proof(
    csv_rows: Rows, write_csv: Callable[..., Path], read_sample: Read, data: Path
) -> None:
    rows = csv_rows(data / SOURCE.id / "row_per_location_2023.csv")
    rows[3][-1] = "-1"
    proof = read_sample(SOURCE, write_csv(rows))["proofs"][0]
    assert (proof["ok"], proof["found"]) == (False, "2 rows, first broken: row 3")


@pytest.mark.parametrize(
    ("column", "cell", "problem"),
    [
        ("On hand", "1,000", "'1,000' is not an exact quantity"),
        ("Available", "many", "'many' is not an exact quantity"),
        ("SKU", "1.23E+11", "'1.23E+11' has lost its digits"),
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
    rows = csv_rows(data / SOURCE.id / "row_per_location_2023.csv")
    rows[2][rows[0].index(column)] = cell
    with pytest.raises(FileRejected) as rejected:
        read_sample(SOURCE, write_csv(rows))
    assert (rejected.value.problems[0].row, rejected.value.problems[0].problem) == (2, problem)


def test_two_columns_of_one_location_are_refused(write_csv: Callable[..., Path], read_sample: Read) -> None:
    header = ["Handle", "Title", "Option1 Name", "Option1 Value", "SKU", "Nord", "Nord"]
    with pytest.raises(FileRejected, match="two columns are of one location"):
        read_sample(SOURCE, write_csv([header, ["mug", "Mug", "Title", "Default Title", "M", "1", "2"]]))


def test_a_file_without_stock_is_not_claimed(write_csv: Callable[..., Path]) -> None:
    header = ["Handle", "Title", "Option1 Name", "Option1 Value", "SKU", "HS Code", "COO"]
    assert not SOURCE.recognises(InputFile(write_csv([header, ["mug", "Mug", "", "", "M", "", ""]])))


@given(
    figures=st.lists(st.one_of(st.just(""), st.just("not stocked"), st.integers(-(10**9), 10**9)), min_size=1)
)
def test_every_figure_comes_back_exactly(
    figures: list[int | str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("stock") / "stock.csv"
    lines = ["Handle,Title,Option1 Name,Option1 Value,SKU,Nord"]
    path.write_text(
        "\n".join([*lines, *(f"m{n},M,Title,X,S{n},{cell}" for n, cell in enumerate(figures))]) + "\n"
    )
    batches = SOURCE.read(InputFile(path), {}, _base.Reading())
    read = [value for batch in batches for value in batch["available"]]
    assert read == [cell * ONE if isinstance(cell, int) else NO_INT for cell in figures]
