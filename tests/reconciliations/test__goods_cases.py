"""What differences of goods are worth, and sums that 64 bits cannot hold."""

from __future__ import annotations

import numpy as np
import pytest

from recon_app.models.problem import UsageError
from recon_app.models.record import NO_INT
from recon_app.reconciliations import _goods_cases as goods


def _ints(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, np.int64)


def test_halves_go_away_from_zero() -> None:
    assert goods.worth(_ints(1, -1, 0), _ints(5, 5, 5), _ints(2, 2, 2)).tolist() == [3, -3, 0]


def test_what_is_not_known_or_larger_than_any_amount_has_no_worth() -> None:
    large = 10**16
    found = goods.worth(_ints(large, NO_INT, large), _ints(large, 1, large), _ints(1, 1, large))
    assert found.tolist() == [NO_INT, NO_INT, large]


def test_sums_are_exact_or_refused() -> None:
    code, large = _ints(0, 0, 1), 10**16
    assert goods.total(code, _ints(large, -1, NO_INT), 2).tolist() == [large - 1, NO_INT]
    with pytest.raises(UsageError, match="more than can be added up exactly"):
        goods.added(np.zeros(500, np.int64), np.full(500, large, np.int64), 1)
