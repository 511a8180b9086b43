"""Tables of any origin whose header words leave no doubt, read without an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recon_app import registry

SAMPLES = {
    "mapped_orders": "own_shop.csv",
    "mapped_payment_lines": "wallet.csv",
    "mapped_payouts": "payouts.csv",
    "mapped_stock": "stock.csv",
    "mapped_journal_items": "journal.csv",
}


@pytest.mark.parametrize("source", SAMPLES)
def test_samples(
    source: str,
    read_sample: Callable[..., dict[str, Any]],
    check_expected: Callable[[dict[str, Any], str], None],
) -> None:
    result = read_sample(registry.sources()[source], SAMPLES[source])
    check_expected(result, SAMPLES[source])
