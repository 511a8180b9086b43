"""Reading from the bytes of plain lines gives what reading cell by cell gives, faults and lines included."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recon_app.models.problem import FileRejected
from recon_app.sources import _base, _cut, _text
from recon_app.sources._base import InputFile, Reading, chunks
from recon_app.sources._cells import Cells, Table, joined, plain_table
from recon_app.sources._values import without_float_noise

HEADER = ("word", "amount", "day", "moment", "quantity")
WORDS = st.sampled_from(["", "charge", "refund", "Zürich", "日本", "a" * 23, "b" * 70, "x y"])
AMOUNTS = st.sampled_from(
    ["", "1", "-12.50", "+3.1", "1.005", "x", " 1", "12345678901234.56", "1e3", "٣", "9" * 30]
)
DAYS = st.sampled_from(["", "2026-11-23", "2026-02-30", "2026-11-23 11:00", "23/11/26", "2026-11-2é"])
MOMENTS = st.sampled_from(
    [
        "",
        "2026-11-23 11:45:00 +0100",
        "2026-11-23T11:45:00Z",
        "2026-11-23 11:45:00",
        "2026-11-23 25:00:00",
        "soon",
    ]
)
ODD = st.text('a,;"\r\n\0\ufeff\u200bé', max_size=4)
ROWS = st.lists(
    st.tuples(WORDS, AMOUNTS, DAYS, MOMENTS, AMOUNTS).map(list)
    | st.tuples(WORDS | ODD, AMOUNTS, DAYS | ODD, MOMENTS, AMOUNTS).map(list)
    | st.lists(WORDS, max_size=6),
    max_size=8,
)
STYLES = st.fixed_dictionaries(
    {
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        "lineterminator": st.sampled_from(["\n", "\r\n"]),
    }
)


def written(rows: Sequence[Sequence[str]], style: dict[str, Any]) -> str:
    text = io.StringIO()
    csv.writer(text, **style).writerows(rows)
    return text.getvalue()


def strict_rows(text: str, delimiter: str = ",") -> list[list[str]] | None:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def plain(text: str, width: int) -> Table:
    table = plain_table(text, ",", width, 1000)
    assert table is not None
    return table


@given(st.text('a,;\r\n"é', max_size=20).filter(bool) | st.builds(written, ROWS, STYLES), st.integers(1, 5))
@example("a\r\rb\n", 1)
@example("a,b\r\nc,d", 2)
@example('"a,b"\n', 1)
@example('"a"\r,"b"\n', 2)
def test_a_table_has_the_rows_of_a_strict_reader(text: str, width: int) -> None:
    table = plain_table(text, ",", width, 1000)
    if table is not None:
        assert table.rows() == strict_rows(text)
        assert [table.row(index) for index in range(len(table))] == table.rows()
        assert table.width == width


@pytest.mark.parametrize(
    "text", ["a,b\nc,\n", "a,b\r\n,d\r\n", '"a","b,\u20ac"\r\n"","c"\r\n', '"a","b"\n"c","d"', "a,é\nb,c"]
)
def test_what_exports_write_is_a_table(text: str) -> None:
    assert plain(text, 2).rows() == strict_rows(text)


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n\n",
        ",\n",
        '"",""\n',
        "a,b,c\n",
        '"a","b\n"\n',
        '"a""","b"\n',
        'a,"b"\n',
        "a,b\r\nc,d\n",
        "a\r,b\n",
    ],
)
def test_what_is_less_plain_is_no_table(text: str) -> None:
    assert plain_table(text, ",", 2, 1000) is None


def test_a_long_row_is_no_table() -> None:
    assert plain_table("a" * 11 + "\n", ",", 1, 10) is None


@given(st.lists(st.lists(WORDS, min_size=2, max_size=2).filter(any), min_size=1, max_size=60))
def test_columns_are_decoded_whatever_words_they_have(rows: list[list[str]]) -> None:
    table = plain(written(rows, {}), 2)
    assert [cells.texts() for cells in table.columns()] == [
        list(column) for column in zip(*rows, strict=True)
    ]


def test_few_words_of_many_rows_are_the_same_objects() -> None:
    words = ["charge", "refund"] * 500
    texts = plain("".join(f"{word},{number}\n" for number, word in enumerate(words)), 2).columns()
    assert texts[0].texts() == words
    assert len({*map(id, texts[0].texts()[2:])}) == 2
    assert texts[1].texts() == [str(number) for number in range(1000)]


def test_joined_tables_hold_the_rows_of_all() -> None:
    parts = [plain(text, 2) for text in ("a,bc\nd,e\n", "é,f\n", '"g","h"\n')]
    assert joined(parts).rows() == [["a", "bc"], ["d", "e"], ["é", "f"], ["g", "h"]]
    assert joined(parts).part(1, 3).rows() == [["d", "e"], ["é", "f"]]


@given(
    st.lists(
        st.sampled_from(["30.380000000000003", "1e-7", "9.99", "1.2345678", "12.345678", ""]), min_size=1
    )
)
def test_noise_of_floats_is_undone_alike(cells: list[str]) -> None:
    (column, _) = plain("".join(f"{cell},a\n" for cell in cells), 2).columns()
    assert isinstance(column, Cells)
    assert list(without_float_noise(column)) == without_float_noise(cells)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cells") / "table.csv"


Outcome = tuple[object, ...]


def outcome(path: Path, starts: Callable[[Sequence[str]], bool] | None) -> Outcome:
    """Everything that chunks say of a file."""
    reading = Reading()
    columns: list[list[object]] = [[] for _ in range(8)]
    try:
        for chunk in chunks(InputFile(path), HEADER, reading, starts=starts):
            assert (
                starts is None
                or chunk.rows[0] == 1
                or starts([cells[0] for cells in map(chunk.text, HEADER)])
            )
            values = (
                chunk.rows.tolist(),
                chunk.ids("word"),
                chunk.text("amount"),
                chunk.money("amount", "EUR").tolist(),
                chunk.days("day").tolist(),
                *(array.tolist() for array in chunk.moments("moment", "UTC")),
                chunk.quantities("quantity", required=True).tolist(),
            )
            for column, cells in zip(columns, values, strict=True):
                column.extend(cells)
    except FileRejected as rejected:
        return ("rejected", rejected.problems)
    places = (sorted(map(repr, found)) for found in (reading.problems, reading.warnings))
    return (reading.rows, columns, *places)


def both_ways(path: Path, starts: Callable[[Sequence[str]], bool] | None = None) -> tuple[Outcome, Outcome]:
    """What is found with tables and without, some characters and rows at a time."""
    with (
        patch.object(_text, "_BLOCK", 150),
        patch.object(_base, "CHUNK_ROWS", 2),
        patch.object(_cut, "TABLE_ROWS", 3),
    ):
        quickly = outcome(path, starts)
        with patch.object(_text, "plain_table", lambda *_: None):
            return quickly, outcome(path, starts)


@given(ROWS, STYLES, st.sampled_from(["", "\ufeff"]), st.sampled_from(["", "\n", "a\rb\n", "x", '"']))
def test_tables_and_rows_give_the_same(
    path: Path, rows: list[list[str]], style: dict[str, Any], mark: str, end: str
) -> None:
    path.write_bytes((mark + written([HEADER, *rows, *rows], style) + end).encode())
    quickly, strictly = both_ways(path)
    assert quickly == strictly


@given(ROWS, STYLES)
def test_chunks_end_where_records_end(path: Path, rows: list[list[str]], style: dict[str, Any]) -> None:
    """Rows without a word continue the row above."""
    path.write_bytes(written([HEADER, *rows, *rows], style).encode())
    quickly, strictly = both_ways(path, lambda row: bool(row and row[0]))
    assert quickly == strictly


def test_plain_lines_are_cut_as_tables(path: Path) -> None:
    row = ["charge", "1.00", "2026-11-23", "2026-11-23 11:45:00 +0100", "2"]
    path.write_bytes(written([HEADER, *[row] * 5000], {}).encode())
    blocks, _ = InputFile(path).blocks(len(HEADER))
    assert sum(len(block) for block in blocks if isinstance(block, Table)) > 3000


def test_an_invisible_character_is_found_in_any_chunk(path: Path) -> None:
    lines = [f"word{number},1.00,,,1" for number in range(3000)]
    lines[1005] = "wo\u200brd,1.00,,,1"
    path.write_text("\n".join([",".join(HEADER), *lines]), encoding="utf-8")
    quickly, strictly = outcome(path, None), both_ways(path)[1]
    assert quickly == strictly
    assert "1006" in str(quickly[2])
    assert "holds an invisible character" in str(quickly[2])
