"""Text tables are cut into rows as a strict csv reader does it, whichever way is taken."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recon_app.models.problem import FileRejected
from recon_app.sources import _text
from recon_app.sources._file import InputFile
from recon_app.sources._text import plain_rows

QUOTED = st.lists(st.lists(st.text('a,;\r\n"', max_size=3), min_size=1, max_size=3), max_size=4)


def written(rows: list[list[str]], **form: int | str) -> str:
    text = io.StringIO()
    csv.writer(text, **form).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue()


def strict_rows(text: str, delimiter: str) -> list[list[str]] | None:
    """The rows of a strict reader, None for a damaged text."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None


texts = (
    st.text('a,;\r\n"', max_size=20)
    | QUOTED.map(lambda rows: written(rows, quoting=csv.QUOTE_ALL))
    | QUOTED.map(lambda rows: written(rows, quoting=csv.QUOTE_ALL, lineterminator="\n"))
    | QUOTED.map(written)
)


@given(texts.filter(bool), st.sampled_from(",;"))
@example('"a"\n"\n"b"\n', ",")
@example('"a","\n","b"\r\n', ",")
@example("a\r\rb\n", ",")
@example('""\n', ",")
@example('"\n', ",")
def test_plain_rows_are_those_of_a_strict_reader(text: str, delimiter: str) -> None:
    rows = plain_rows(text, delimiter)
    assert rows is None or rows == strict_rows(text, delimiter)


@pytest.mark.parametrize("text", ["a,b\n\nc,d\n", "a,b\r\nc,d", '"a","b,\n"\r\n"","c"\r\n'])
def test_what_exports_write_is_plain(text: str) -> None:
    assert plain_rows(text, ",") == strict_rows(text, ",")


def test_a_cell_of_any_length_is_left_to_the_reader() -> None:
    assert plain_rows("a" * (csv.field_size_limit() + 1), ",") is None


def test_a_clean_text_has_no_suspect_character() -> None:
    for code in (*range(0x3000), *range(0xFE00, 0x10010)):
        assert _text.is_clean(f"a{chr(code)}b") is not bool(_text.SUSPECT.search(chr(code))), hex(code)


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[list[str]]]:
    """``read(text)``: the rows of a file, some characters at a time."""
    monkeypatch.setattr(_text, "_BLOCK", 8)

    def rows(text: str) -> list[list[str]]:
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode())
        file = InputFile(path)
        file.delimiter = ","
        return list(file.rows())

    return rows


def test_plain_and_other_blocks_take_turns(read: Callable[[str], list[list[str]]]) -> None:
    plain, odd = [["a", "b"]] * 9, [['say "x", he', "two\r\nlines\r\nand more lines"], ["", "c"]] * 3
    text = "".join(written(rows) for rows in (plain, odd, plain, odd, plain))
    assert read(text) == plain + odd + plain + odd + plain


@pytest.mark.parametrize(("before", "row"), [("", 0), ("a,b\n" * 10, 10), ('a,"b,"\n' * 10, 10)])
def test_damage_is_found_where_it_is(read: Callable[[str], list[list[str]]], before: str, row: int) -> None:
    with pytest.raises(FileRejected) as caught:
        read(f'{before}a,"b"c\nd,e\n')
    (problem,) = caught.value.problems
    assert (problem.row, problem.problem[:24]) == (row, "the text is damaged here")


@pytest.mark.parametrize("before", ["", "a,b\n", 'a,"b\nc"\n'])
def test_an_endless_line_is_refused_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    monkeypatch.setattr(_text, "_LONGEST_LINE", 300_000)
    path = tmp_path / "long.csv"
    path.write_text(f"{before}x,{'y' * 400_000}\n")
    rows, _ = InputFile(path).numbered_rows()
    with pytest.raises(FileRejected) as caught:
        list(rows)
    (problem,) = caught.value.problems
    assert (problem.code, problem.line, problem.column) == ("E_TOO_LARGE", 1 + before.count("\n"), "column 2")
