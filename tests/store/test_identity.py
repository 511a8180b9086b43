"""Keys, digests and the pairing of rows with stored records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.record import NO_INT
from recon_app.store.identity import Repeated, Stored, identify, repeated, row_hashes, twin_keys

Batch = Callable[..., dict[str, Any]]


def ints(*values: int) -> Any:
    return np.array(values, np.int64)


def hashes(batch: Batch, *rows: dict[str, Any], source: str = "tiny") -> tuple[list[int], list[int]]:
    keys, digests = row_hashes(batch(rows), ("ident", "amount"), source)
    return keys.tolist(), digests.tolist()


def test_hashes_never_change(batch: Batch) -> None:
    """Decisions are kept by them: other values here would lose every decision of every workspace."""
    keys, digests = hashes(batch, {"ident": "A-1", "amount": 1250, "currency": "EUR", "text": "é"})
    assert (keys, digests) == ([-677488533745932077], [-5546461756138266759])


def test_a_blank_field_is_like_an_absent_one(batch: Batch) -> None:
    bare = hashes(batch, {"ident": "1"})
    assert hashes(batch, {"ident": "1", "text": "", "fee": NO_INT}) == bare
    assert hashes(batch, {"ident": "1", "text": "", "fee": 0}) != bare


def test_the_place_in_the_file_does_not_matter(batch: Batch) -> None:
    keys, digests = hashes(batch, {"ident": "1"}, {"ident": "1"})
    assert len(set(keys)) == len(set(digests)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"ref": "a", "ref2": "b"}, {"ref": "b", "ref2": "a"}),
        ({"ref": "a"}, {"ref2": "a"}),
        ({"fee": 1, "net": 2}, {"fee": 2, "net": 1}),
        ({"ref": "a"}, {"ref": "A"}),
        ({"ref": "007"}, {"ref": "7"}),
        ({"day": 5}, {"at": 5}),
    ],
)
def test_digests_differ(batch: Batch, one: dict[str, Any], other: dict[str, Any]) -> None:
    (first, second) = hashes(batch, one)[1] + hashes(batch, other)[1]
    assert first != second


def test_sources_have_keys_of_their_own(batch: Batch) -> None:
    assert hashes(batch, {"ident": "1"}, source="a")[0] != hashes(batch, {"ident": "1"}, source="b")[0]


def test_twin_keys_are_distinct_and_the_first_is_the_key() -> None:
    keys = twin_keys(np.full(1000, 42, np.int64), np.arange(1000))
    assert keys[0] == 42
    assert len(set(keys.tolist())) == 1000


NOTHING = Stored.of(ints(), ints(), ints())


def test_without_stored_records_all_rows_are_new() -> None:
    found = identify(ints(5, 6, 5), ints(1, 2, 3), NOTHING)
    assert found.is_new.all()
    assert not found.differs.any()
    assert len(set(found.keys.tolist())) == 3


def test_a_twin_is_paired_by_its_values_not_by_its_place() -> None:
    first = identify(ints(5, 5), ints(10, 20), NOTHING)
    stored = Stored.of(first.keys, ints(10, 20), ints(101, 102))
    found = identify(ints(5, 5), ints(20, 10), stored)
    assert found.ids.tolist() == [102, 101]
    assert not found.differs.any()
    alone = identify(ints(5), ints(20), stored)
    assert alone.ids.tolist() == [102]
    assert not alone.differs.any()


def test_a_changed_twin_is_the_one_left_over() -> None:
    first = identify(ints(5, 5), ints(10, 20), NOTHING)
    found = identify(ints(5, 5, 5), ints(20, 30, 40), Stored.of(first.keys, ints(10, 20), ints(101, 102)))
    assert found.ids.tolist() == [102, 101, 0]
    assert found.differs.tolist() == [False, True, False]
    assert found.keys[2] == twin_keys(ints(5), ints(2))[0]


@given(st.lists(st.lists(st.integers(0, 5), max_size=12), max_size=6))
def test_count_per_identity_is_the_maximum_over_files(files: list[list[int]]) -> None:
    """Rule ID-01."""
    keys, digests, ids = ints(), ints(), ints()
    for rows in files:
        file_keys, file_digests = ints(*rows), ints(*rows) * 7
        found = identify(file_keys, file_digests, Stored.of(keys, digests, ids))
        assert not found.differs.any()
        used = found.ids[~found.is_new]
        assert len(set(used.tolist())) == len(used)
        keys = np.concatenate([keys, found.keys[found.is_new]])
        digests = np.concatenate([digests, file_digests[found.is_new]])
        ids = np.arange(1, len(keys) + 1)
    expected: Counter[int] = Counter()
    for rows in files:
        expected |= Counter(rows)
    assert Counter((digests // 7).tolist()) == expected
    assert len(set(keys.tolist())) == len(keys)


@given(st.lists(st.integers(0, 3), max_size=12), st.integers(5, 9), st.integers(0, 4))
def test_a_block_that_comes_again_is_found(before: list[int], count: int, between: int) -> None:
    block = [100 + number for number in range(count)]
    keys = [*before, *block, *range(200, 200 + between), *block, *range(300, 303)]
    start = len(before) + count + between
    found = repeated(ints(*keys), ints(*[7] * len(keys)))
    assert found == Repeated(start, len(before), count) or (found is not None and found.count > count)


@given(st.lists(st.integers(), unique=True, max_size=30))
def test_nothing_comes_again_where_all_rows_differ(values: list[int]) -> None:
    keys = ints(*(value % 2**62 for value in values))
    assert repeated(np.repeat(keys[:1], len(keys)), np.arange(len(keys))) is None


def test_equal_keys_with_other_values_are_no_repetition() -> None:
    assert repeated(ints(1, 2, 3, 1, 2, 3), ints(1, 2, 3, 4, 5, 6)) is None
    assert repeated(ints(1, 2, 3, 1, 2, 3), ints(1, 2, 3, 1, 2, 3)) == Repeated(3, 0, 3)
