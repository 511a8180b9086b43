"""Texts come back from their lines as they were, whatever characters they have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.lines import LINE_BREAK, as_lines


@pytest.mark.parametrize(
    "texts", [[], [""], ["", ""], ["a"], ["a\nb", "c"], ["\n"], ["\r\n", "\u2028", "\x85"], ["\ud800", "ä"]]
)
def test_texts_on_lines_stay_what_they_were(texts: list[str]) -> None:
    lines = as_lines(texts)
    assert (len(lines), lines.texts()) == (len(texts), texts)
    assert lines.data.count(b"\n") == len(texts)


@given(st.lists(st.text(st.characters(exclude_characters=LINE_BREAK), max_size=5), max_size=6))
def test_any_texts_do(texts: list[str]) -> None:
    assert as_lines(texts).texts() == texts
