"""Files that are recognised and refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import FileRejected
from recon_app.sources._base import InputFile, Source
from recon_app.sources.odoo_numbers import OdooNumbers
from recon_app.sources.shopify_analytics import ShopifyAnalytics
from recon_app.sources.shopify_customers import ShopifyCustomers


@pytest.mark.parametrize(
    ("source", "sample", "reason"),
    [
        (ShopifyCustomers(), "2024_columns.csv", "nothing of it was stored"),
        (OdooNumbers(), "v18_export_all.csv", "only the column Number"),
        (ShopifyAnalytics(), "total_sales_by_product.csv", "sums without order, payment and currency"),
    ],
)
def test_refused_with_the_reason(
    source: Source, sample: str, reason: str, read_sample: Callable[..., dict[str, Any]]
) -> None:
    with pytest.raises(FileRejected, match=reason):
        read_sample(source, sample)


def test_a_list_of_other_numbers_is_not_claimed(write_csv: Callable[..., Path]) -> None:
    assert not OdooNumbers().recognises(InputFile(write_csv([["Number"], ["12"], ["13"]])))
    assert not OdooNumbers().recognises(InputFile(write_csv([["Number"]])))
