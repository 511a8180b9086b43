"""The examples of property tests are the same on every worker."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def test_examples_do_not_depend_on_what_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not settings().derandomize:
        pytest.skip("other examples are asked for each time")
    drawn: list[int] = []

    @given(st.integers())
    def draw(number: int) -> None:
        drawn.append(number)

    draw()
    before = drawn[:]
    drawn.clear()
    (tmp_path / "full_of_numbers.py").write_text(f"NUMBERS = {list(range(7_000_000, 7_000_100))}\n")
    monkeypatch.syspath_prepend(tmp_path)
    __import__("full_of_numbers")
    draw()
    assert drawn == before
