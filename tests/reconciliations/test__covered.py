"""Days and stores that the files of one side know nothing of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recon_app.models.record import NO_INT
from recon_app.reconciliations import _covered as covered

_DAY = 20_740  # 2026-10-14


def _days(*days: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(days, np.int64)


def test_days_that_are_not_known_cover_nothing_and_are_never_beyond() -> None:
    assert covered.span(_days(NO_INT)) is None
    assert covered.span() is None
    found = covered.span(_days(_DAY + 3, NO_INT), _days(_DAY))
    assert found == (_DAY, _DAY + 3)
    assert covered.beyond(_days(NO_INT, _DAY - 1, _DAY + 4), found).tolist() == [False, True, True]
    assert covered.beyond(_days(_DAY - 1, _DAY + 4), None).tolist() == [False, False]


def test_a_margin_widens_what_is_covered() -> None:
    days = _days(_DAY - 3, _DAY - 2, _DAY + 1, _DAY + 2)
    assert covered.beyond(days, (_DAY, _DAY), 2, 1).tolist() == [True, False, False, True]


def test_orders_named_unlike_any_that_is_known_are_of_another_store() -> None:
    names = pd.Series(["#1001", "#1002", *(f"US-{number}" for number in range(5)), "", "", "", "", ""])
    currency = pd.Series(["EUR"] * len(names))
    known = np.array([True, *[False] * 11], np.bool_)
    assert covered.other_stores(names, currency, known).tolist() == [False] * 2 + [True] * 5 + [False] * 5
    # a few that nobody knows may be missing
    assert not covered.other_stores(names[:6], currency[:6], known[:6]).any()
    # where nothing is known, nothing can be told apart
    assert not covered.other_stores(names, currency, np.zeros(12, np.bool_)).any()
    # the same names in another currency are those of another store
    currency = pd.Series(["EUR", *["USD"] * 11])
    names = pd.Series([f"#{number}" for number in range(12)])
    assert covered.other_stores(names, currency, known).tolist() == [False] + [True] * 11


def test_one_remark_says_how_many_and_of_which_days() -> None:
    why = covered.only("Odoo's invoices", (_DAY, _DAY + 1))
    (said,) = covered.left_out(_days(_DAY - 9, _DAY - 5), "order", "orders", why)
    assert said == (
        "2 orders of 2026-10-05 to 2026-10-09 were left out: Odoo's invoices cover 2026-10-14 "
        "to 2026-10-15 only."
    )
    assert covered.left_out(_days(NO_INT), "order", "orders", "nobody knows") == [
        "1 order was left out: nobody knows."
    ]
    assert covered.left_out(_days(), "order", "orders", why) == []
