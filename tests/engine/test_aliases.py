"""Aliases on whole columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.aliases import applied, renamed
from recon_app.models.alias import Alias, Aliases
from recon_app.models.record import NO_INT, RecordType

_SOME = Aliases((Alias("a", "A", 10, 19), Alias("a", "B", 20), Alias("c", "C", last=15)), today=30)


def test_an_alias_counts_on_its_days() -> None:
    skus = pd.Series(["a", "a", "a", "a", "c", "c", "x", "a"], dtype=object)
    days = np.array([9, 10, 19, 20, 15, 16, 12, NO_INT], np.int64)
    assert renamed(skus, _SOME, days).tolist() == ["a", "A", "A", "B", "C", "c", "x", "B"]


def test_only_the_shop_is_renamed_by_day_moment_or_today() -> None:
    frames = {
        RecordType.ORDER_LINE: pd.DataFrame({"sku": ["a"], "day": [12], "at": [25 * 86_400]}),
        RecordType.INVENTORY_LEVEL: pd.DataFrame(
            {"sku": ["a", "a", "a"], "at": [20 * 86_400 - 1, 20 * 86_400, NO_INT]}
        ),
        RecordType.SHOP_PRODUCT: pd.DataFrame({"sku": ["a", "c"]}),
        RecordType.STOCK_QUANT: pd.DataFrame({"sku": ["a"]}),
        RecordType.ORDER: pd.DataFrame({"ref": ["#1"]}),
    }
    found = applied(frames, _SOME)
    skus = {kind: frame["sku"].tolist() for kind, frame in found.items() if "sku" in frame}
    assert skus == {
        RecordType.ORDER_LINE: ["A"],
        RecordType.INVENTORY_LEVEL: ["A", "B", "B"],
        RecordType.SHOP_PRODUCT: ["B", "c"],
        RecordType.STOCK_QUANT: ["a"],
    }


def test_without_aliases_nothing_changes() -> None:
    frames = {RecordType.SHOP_PRODUCT: pd.DataFrame({"sku": ["a"]})}
    assert applied(frames, Aliases()) == frames
    assert renamed(pd.Series([], dtype=object), _SOME).tolist() == []


_DAYS = st.integers(0, 9)


def counts_on(alias: Alias, day: int) -> bool:
    return alias.first <= day and (alias.last == NO_INT or day <= alias.last)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("XY"), _DAYS, _DAYS), max_size=3), st.data())
def test_a_column_is_renamed_as_its_rows_are_one_by_one(
    given_aliases: list[tuple[str, str, int, int]], data: st.DataObject
) -> None:
    entries = tuple(Alias(*entry) for entry in given_aliases)
    free = tuple(
        alias
        for place, alias in enumerate(entries)
        if not any(
            other.shop == alias.shop
            and any(counts_on(alias, day) and counts_on(other, day) for day in range(10))
            for other in entries[:place]
        )
    )
    rows = data.draw(st.lists(st.tuples(st.sampled_from("abc"), _DAYS)))
    found = renamed(
        np.array([sku for sku, _ in rows], object), Aliases(free, 0), np.array([day for _, day in rows])
    )
    assert found.tolist() == [
        next((alias.odoo for alias in free if alias.shop == sku and counts_on(alias, day)), sku)
        for sku, day in rows
    ]
