"""Rows of totals below the records of an export."""

from __future__ import annotations

from pathlib import Path

import pytest

from recon_app.models.problem import FileRejected
from recon_app.services.reading import batches
from recon_app.services.recognise import claims
from recon_app.sources._base import InputFile, Reading
from recon_app.sources._totals import is_total

DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize(
    "row",
    [
        ["Total", "", "2", "20.00"],
        ["", "TOTAL:", "", "€ 1.234,50"],
        ["Gesamtsumme", "", "-12,00 EUR"],
        ["Total général", "(5.00)"],
        ["Grand total", "12 %"],
    ],
)
def test_a_word_and_figures_are_a_total(row: list[str]) -> None:
    assert is_total(row)


@pytest.mark.parametrize(
    "row",
    [["Total", "Tea", "2"], ["Total", "", ""], ["Totally new mug", "2"], ["A-1", "Total", "2"], [], [""]],
)
def test_others_are_none(row: list[str]) -> None:
    assert not is_total(row)


@pytest.mark.parametrize(
    "sample",
    [
        "odoo_stock_quants/v18_labels.csv",
        "odoo_products/v18_labels.csv",
        "shopify_inventory/row_per_location_2026.csv",
        "stock_count/filled.csv",
    ],
)
def test_a_total_below_the_records_is_refused(sample: str, tmp_path: Path) -> None:
    whole = (DATA / sample).read_text(encoding="utf-8").rstrip("\r\n")
    width = len(InputFile(DATA / sample).head_rows[0])
    path = tmp_path / "export.csv"
    path.write_text(f"{whole}\nTotal{',' * (width - 1)}123.45\n", encoding="utf-8")
    file, reading = InputFile(path), Reading()
    (source,) = claims(file)
    list(batches(file, source, {}, reading))
    with pytest.raises(FileRejected, match="called a total"):
        reading.finish()
