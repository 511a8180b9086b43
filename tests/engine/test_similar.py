from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.normalise import spans
from recon_app.engine.similar import nearly, nearly_pairs
from recon_app.models.rule import Transform


@pytest.mark.parametrize(
    ("left", "right", "similar", "cut"),
    [
        ("1001234", "1001234", False, False),
        ("1001234", "1001235", True, False),
        ("1001234", "1001243", True, False),
        ("1001234", "1041230", True, False),  # any two characters swapped
        ("1001234", "100134", True, False),
        ("1001234", "100123", True, True),  # the last one left out is both
        ("1001234", "10012", False, True),
        ("1001234", "1001", False, True),
        ("10012345", "1001", False, False),  # four are too many
        ("1001234", "1001256", False, False),
        ("1234", "1243", True, False),
        ("123", "124", False, False),  # too short to say anything
        ("", "1", False, False),
    ],
)
def test_what_nearly_agrees(left: str, right: str, *, similar: bool, cut: bool) -> None:
    for one, other in ((left, right), (right, left)):
        assert nearly(one, other, Transform.SIMILAR) is similar
        assert nearly(one, other, Transform.CUT) is cut


REFERENCES = st.lists(
    st.one_of(st.text(alphabet="0123ab", min_size=1, max_size=7), st.text(alphabet="01é", max_size=6)),
    min_size=1,
    max_size=12,
)


def pairs(left: list[str], right: list[str], transform: Transform) -> set[tuple[int, int]]:
    salt = np.zeros(max(len(left), len(right)), np.int64)
    one, other = spans(left, Transform.ORDER_REF), spans(right, Transform.ORDER_REF)
    found = nearly_pairs(one, salt[: len(left)], other, salt[: len(right)], transform)
    return {pair for i, j in found for pair in zip(i.tolist(), j.tolist(), strict=True)}


@given(REFERENCES, REFERENCES, st.sampled_from([Transform.SIMILAR, Transform.CUT]))
def test_all_pairs_are_found_and_no_others(left: list[str], right: list[str], transform: Transform) -> None:
    every = [(a, b) for a in range(len(left)) for b in range(len(right))]
    assert pairs(left, right, transform) == {(a, b) for a, b in every if nearly(left[a], right[b], transform)}


def test_many_pairs_come_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recon_app.engine.similar._AT_ONCE", 7)
    left, right = ["1234"] * 9, ["1243", "1243", "1235", "5678"]
    assert pairs(left, right, Transform.SIMILAR) == {(a, b) for a in range(9) for b in range(3)}


def test_other_money_is_no_pair() -> None:
    pieces = spans(["1001234"], Transform.ORDER_REF), spans(["1001243"], Transform.ORDER_REF)
    salts = np.array([1]), np.array([2])
    found = nearly_pairs(pieces[0], salts[0], pieces[1], salts[1], Transform.SIMILAR)
    assert sum(len(i) for i, _ in found) == 0
