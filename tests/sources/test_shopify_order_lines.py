"""The lines of Shopify's orders export, which the orders are read from too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources import _base
from recon_app.sources.shopify_order_lines import ShopifyOrderLines
from recon_app.sources.shopify_orders import ShopifyOrders

SOURCE = ShopifyOrderLines()
Read = Callable[..., dict[str, Any]]
Rows = Callable[[Path], list[list[str]]]
ORDERS = Path(__file__).parent / "data" / "shopify_orders"


def test_sample(read_sample: Read, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(SOURCE, "79_columns_lines.csv"), "79_columns_lines.csv")


@pytest.mark.parametrize("sample", sorted(path.name for path in ORDERS.glob("*.csv")))
def test_every_file_of_orders_has_as_many_lines_as_rows(sample: str, read_sample: Read) -> None:
    result = read_sample(SOURCE, ORDERS / sample)
    assert len(result["records"]) == result["rows"] == read_sample(ShopifyOrders(), sample)["rows"]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_orders_may_cross_chunks(size: int, read_sample: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_sample(SOURCE, "79_columns_lines.csv")
    monkeypatch.setattr(_base, "CHUNK_ROWS", size)
    assert read_sample(SOURCE, "79_columns_lines.csv") == whole


def test_later_lines_carry_their_orders_id_and_currency(read_sample: Read) -> None:
    records = read_sample(SOURCE, "79_columns_lines.csv")["records"]
    assert [(record["grp"], record["currency"], record.get("sku")) for record in records] == [
        ("5097100000010", "EUR", "00123"),
        ("5097100000010", "EUR", "TM-RED-L"),
        ("5097100000010", "EUR", None),
        ("5097100000009", "JPY", "00123"),
    ]


def test_a_rounded_sku_rejects_the_file(
    csv_rows: Rows, write_csv: Callable[..., Path], read_sample: Read, data: Path
) -> None:
    rows = csv_rows(data / SOURCE.id / "79_columns_lines.csv")
    rows[2][rows[0].index("Lineitem sku")] = "4.00638E+12"
    with pytest.raises(FileRejected, match="has lost its digits"):
        read_sample(SOURCE, write_csv(rows))
