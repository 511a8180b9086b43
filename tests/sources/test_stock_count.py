"""Filled count sheets: names and times filled in once, blanks that are not 0, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import AnswerNeeded, FileRejected
from recon_app.sources.stock_count import StockCount

HEADER = ["Sheet", "Line", "SKU", "Location", "Unit", "Counted", "Counted by", "Counted at"]
Reader = Callable[..., dict[str, Any]]
Writer = Callable[..., Path]


def sheet(*lines: tuple[str, str, str]) -> list[list[str]]:
    """Lines of (counted, by, at)."""
    return [HEADER, *(["S", str(n), f"SKU-{n}", "WH", "Units", *line] for n, line in enumerate(lines, 1))]


def test_a_filled_sheet(read_sample: Reader, check_expected: Callable[..., None]) -> None:
    check_expected(read_sample(StockCount(), "filled.csv"), "filled.csv")


def test_cnt_01_blank_is_not_zero(read_sample: Reader, write_csv: Writer) -> None:
    found = read_sample(StockCount(), write_csv(sheet(("", "", ""), ("0", "Mia", "2026-11-23T14:05:00Z"))))
    assert [record.get("counted") for record in found["records"]] == [None, 0]
    assert "Lines that nobody counted: 1; blank is not 0" in found["notes"]


def test_a_time_without_a_zone_is_told_and_answered(read_sample: Reader, write_csv: Writer) -> None:
    path = write_csv(sheet(("5", "Mia", "2026-11-23 14:05")))
    found = read_sample(StockCount(), path)
    assert "at" not in found["records"][0]
    assert any("no time in a known zone" in note for note in found["notes"])
    told = read_sample(StockCount(), path, {"zone": "Europe/Berlin"})
    assert told["records"][0]["at"] == "2026-11-23T13:05:00Z"
    with pytest.raises(FileRejected, match="not a time zone"):
        read_sample(StockCount(), path, {"zone": "Mars"})


def test_two_persons_on_one_sheet_keep_their_lines(read_sample: Reader, write_csv: Writer) -> None:
    at = "2026-11-23T14:05:00Z"
    found = read_sample(StockCount(), write_csv(sheet(("5", "Mia", at), ("6", "Tom", at), ("7", "", at))))
    assert [record.get("account") for record in found["records"]] == ["Mia", "Tom", None]
    assert any("nobody's name" in note for note in found["notes"])


@pytest.mark.parametrize("cell", ["-1", "EUR 5", "five", "1E+3"])
def test_what_is_no_count_refuses_the_sheet(read_sample: Reader, write_csv: Writer, cell: str) -> None:
    with pytest.raises(FileRejected, match="not a count"):
        read_sample(StockCount(), write_csv(sheet((cell, "Mia", "2026-11-23T14:05:00Z"))))


def test_a_time_in_another_form_refuses_the_sheet(read_sample: Reader, write_csv: Writer) -> None:
    with pytest.raises(FileRejected, match="is not a time"):
        read_sample(StockCount(), write_csv(sheet(("5", "Mia", "11/23/2026 2 pm"))))


def test_a_decimal_mark_in_doubt_is_asked(read_sample: Reader, write_csv: Writer) -> None:
    path = write_csv(sheet(("1,234", "Mia", "2026-11-23T14:05:00Z")))
    with pytest.raises(AnswerNeeded) as asked:
        read_sample(StockCount(), path)
    assert asked.value.option == "decimal_mark"
    told = read_sample(StockCount(), path, {"decimal_mark": "comma"})
    assert told["records"][0]["counted"] == 1_234_000
