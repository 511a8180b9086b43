"""Stock on hand in the files of several versions of Odoo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.sources import _base
from recon_app.sources.odoo_stock_quants import OdooStockQuants

Read = Callable[..., dict[str, Any]]
SOURCE = OdooStockQuants()
SAMPLES = sorted(path.name for path in (Path(__file__).parent / "data" / "odoo_stock_quants").glob("*.csv"))
HEAD = ["Product", "Location", "Quantity", "Reserved Quantity"]


@pytest.mark.parametrize("sample", SAMPLES)
def test_samples(sample: str, read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, sample), sample)


@pytest.mark.parametrize("sample", SAMPLES)
def test_chunks_make_no_difference(sample: str, read_sample: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_sample(SOURCE, sample)
    monkeypatch.setattr(_base, "CHUNK_ROWS", 1)
    assert read_sample(SOURCE, sample) == whole


def test_the_same_quant_is_the_same_record_in_every_file_that_names_it(read_sample: Read) -> None:
    keys = {
        tuple(read_sample(SOURCE, sample)["records"][0].get(name, "") for name in SOURCE.key)
        for sample in ("v18_labels.csv", "v18_export_all.csv", "v19_labels.csv", "live.csv")
    }
    assert keys == {("TEA-01", "", "MAIN/Stock", "", "")}


def test_packages_and_owners_keep_quants_apart(read_sample: Read) -> None:
    records = read_sample(SOURCE, "v18_labels.csv")["records"]
    keys = [tuple(record.get(name, "") for name in SOURCE.key) for record in records]
    assert len(set(keys)) == 5  # the twin is another product with the same code
    assert keys[2][-1] == "PACK0001 / Acme"


def test_only_what_was_counted_is_a_count(read_sample: Read) -> None:
    counted = [record.get("counted") for record in read_sample(SOURCE, "v18_labels.csv")["records"]]
    assert counted == [11_000_000, 0, None, None, None, None]


def test_without_the_field_a_count_of_nothing_shows_in_the_difference(read_sample: Read) -> None:
    found = read_sample(SOURCE, "v18_import_compatible.csv")
    assert [record.get("counted") for record in found["records"]] == [11_000_000, 0, None]
    assert any(note.startswith("A counted quantity of 0") for note in found["notes"])


def test_a_value_without_its_currency_is_left_out_until_it_is_told(read_sample: Read) -> None:
    found = read_sample(SOURCE, "v18_import_compatible.csv")
    assert all("amount" not in record for record in found["records"])
    assert any(note.startswith("The values were left out") for note in found["notes"])
    told = read_sample(SOURCE, "v18_import_compatible.csv", {"currency": "EUR"})
    assert [record["amount"] for record in told["records"]] == [5460, 0, 0]


def test_what_is_available_is_proven(read_sample: Read, write_csv: Callable[..., Path]) -> None:
    path = write_csv(
        [
            [*HEAD, "Available Quantity"],
            ["Mug", "MAIN/Stock", "5.0", "2.0", "3.0"],
            ["Cup", "MAIN", "5.0", "2.0", "4.0"],
        ]
    )
    proof = read_sample(SOURCE, path)["proofs"][0]
    assert (proof["ok"], proof["found"]) == (False, "1 rows, first broken: row 2")


def test_groups_prove_their_quantities(read_sample: Read, write_xlsx: Callable[..., Path]) -> None:
    path = write_xlsx(
        [
            HEAD,
            ["MAIN/Stock (2)", "", 5.5, 1.0],
            ["[A] Mug", "MAIN/Stock", 3.5, 1.0],
            ["[B] Cup", "MAIN/Stock", 2.0, 0.0],
        ]
    )
    found = read_sample(SOURCE, path)
    assert [record["sku"] for record in found["records"]] == ["A", "B"]
    assert [proof["ok"] for proof in found["proofs"]] == [True]
