"""Files as they come: encodings, quoting, widths, lines of faults; and tables read back exactly."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recon_app.models.problem import AnswerNeeded, FileRejected, UsageError
from recon_app.models.record import RecordType
from recon_app.sources import _base
from recon_app.sources._base import Batch, Chunk, InputFile, Reading, TableSource
from tests.sources.mapped import HEADER, OPTIONS, places, read, table

ROW = "A1,mug,2,19.90,EUR,2026-03-31,x"
NAMED = "A1,mug,2,19.90,EUR,2026-03-31,Ren\u00e9e \u20ac"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


# encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(path: Path, encoding: str) -> None:
    path.write_bytes(f"{HEADER}\r\n{NAMED}\r\n".encode(encoding))
    told = {"encoding": "cp1252"} if encoding == "cp1252" else {}
    end = read(path, OPTIONS | told)
    assert (end.result, [record["text"] for record in end.records]) == ("ok", ["Ren\u00e9e \u20ac"])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_read_as_answered(path: Path, encoding: str) -> None:
    path.write_bytes(f"{HEADER}\r\n{NAMED}\r\n".encode(encoding))
    with pytest.raises(AnswerNeeded) as asked:
        _ = InputFile(path).encoding
    assert asked.value.choices == (encoding,)
    end = read(path, OPTIONS | {"encoding": encoding})
    assert (end.result, [record["text"] for record in end.records]) == ("ok", ["Ren\u00e9e \u20ac"])


def test_utf_16_can_be_told(path: Path) -> None:
    path.write_bytes(f"{HEADER}\r\n{NAMED}\r\n".encode("utf-16"))
    assert read(path, OPTIONS | {"encoding": "utf-16"}).result == "ok"


def test_big_endian_utf_16(path: Path) -> None:
    path.write_bytes(b"\xfe\xff" + f"{HEADER}\n{NAMED}\n".encode("utf-16-be"))
    assert read(path).result == "ok"


@pytest.mark.parametrize(
    ("content", "encoding", "result", "place"),
    [
        (f"{HEADER}\n{NAMED}\n".encode("cp1252"), "", "ask", ("E_ENCODING_ASK", 2, "note")),
        (f"{HEADER}\n{NAMED}\n".encode("mac_roman"), "", "ask", ("E_ENCODING_ASK", 2, "note")),
        (f"{HEADER}\n{NAMED}\n".encode("utf-16-le"), "", "ask", ("E_ENCODING_ASK", None, None)),
        (f"{HEADER}\n{NAMED}\n".encode("utf-32"), "", "reject", ("E_ENCODING", 1, None)),
        (f"{HEADER}\n{NAMED}\n".encode() + NAMED.encode("cp1252"), "", "reject", ("E_ENCODING", 3, None)),
        (f"{HEADER}\n{ROW}".encode() + b"\xc1\x81\n", "", "reject", ("E_ENCODING", 2, None)),
        (f"{HEADER}\n{ROW}".encode() + b"\xed\xb0\x80\n", "", "reject", ("E_ENCODING", 2, None)),
        (f"{HEADER}\r{ROW}".encode() + b"\x8d\r", "cp1252", "reject", ("E_ENCODING", 2, None)),
    ],
)
def test_bytes_without_a_certain_encoding(
    path: Path, content: bytes, encoding: str, result: str, place: tuple[str, int | None, str | None]
) -> None:
    path.write_bytes(content)
    end = read(path, OPTIONS | {"encoding": encoding})
    assert (end.result, end.places) == (result, {place})


def test_an_encoding_question_shows_the_readings(path: Path) -> None:
    path.write_bytes(f"{HEADER}\n{NAMED}\n".encode("cp1252"))
    with pytest.raises(AnswerNeeded, match=r"Line 2 can be 'Ren\u00e9e \u20ac' \(cp1252\) or") as asked:
        _ = InputFile(path).encoding
    assert "cp1252" in asked.value.choices


def test_an_encoding_must_exist(path: Path) -> None:
    path.write_bytes(f"{HEADER}\n{NAMED}\n".encode("cp1252"))
    with pytest.raises(UsageError, match="utf-99"):
        list(InputFile(path, "utf-99").rows())


def test_the_line_of_a_bad_byte_in_a_long_file(path: Path) -> None:
    path.write_bytes(f"{HEADER}\n".encode() + f"{ROW}\n".encode() * 60_000 + b"\xed\xb0\x80")
    assert read(path).places == {("E_ENCODING", 60_002, None)}


# what is no table


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "E_EMPTY"),
        (b"\xef\xbb\xbf", "E_EMPTY"),
        (b"\n\r\n\r", "E_EMPTY"),
        (f"{HEADER}\n".encode(), "E_EMPTY"),
        (b"%PDF-1.4\n", "E_NOT_TEXT"),
        (b"\x1f\x8b\x08\x00", "E_NOT_TEXT"),
        (b" <!doctype HTML><html>", "E_NOT_TEXT"),
        (b"PK\x03\x04rest", "E_NOT_TEXT"),
        (bytes(range(256)) * 20, "E_NOT_TEXT"),
        (b'{"error": 1}', "E_NO_HEADER"),
        (f"{ROW}\n".encode(), "E_NO_HEADER"),
    ],
)
def test_files_that_are_no_table(path: Path, content: bytes, code: str) -> None:
    path.write_bytes(content)
    end = read(path)
    assert (end.result, {place[0] for place in end.places}) == ("reject", {code})


# structure

LONG = "y" * 140_000


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (f"{HEADER}\n{ROW},z\n", {("E_FIELD_COUNT", 2, None)}),
        (f"{HEADER}\n{ROW},\n{ROW},\n", {("E_FIELD_COUNT", 2, None)}),
        (f"{HEADER}\n{ROW}\n\n\nA2,mug,2\n", {("E_FIELD_COUNT", 5, None)}),
        (f'{HEADER}\nA1,"mug,2,19.90,EUR,2026-03-31,x\n{ROW}\n', {("E_QUOTE", 2, "item")}),
        (f'{HEADER}\n{ROW}\nA2,"mug"s,2,19.90,EUR,2026-03-31,x\n', {("E_QUOTE", 3, "item")}),
        (
            f'{HEADER}\nA1,mug,2,19.90,EUR,2026-03-31,"x\nA2,mug,2,19.90,EUR,2026-03-31,y\nA3,mug,2,1.00,EUR,2026-03-31,z"\n',
            {("E_QUOTE", 2, None)},
        ),
        (f"{HEADER}\n{ROW}\n{','.join('7' * 900)}\n", {("E_TOO_LARGE", 3, None)}),
        (",".join(f"c{n}" for n in range(900)) + "\n", {("E_TOO_LARGE", 1, None)}),
        (f"{HEADER}\nA1,mug,2,19.90,EUR,2026-03-31,{LONG}\n", {("E_TOO_LARGE", 2, "note")}),
        (f"{HEADER},total\n{ROW},1.00\n", {("E_HEADER_DUP", 1, "total")}),
        (f"{HEADER.replace('total', 'sum')}\n{ROW}\n", {("E_HEADER_MISSING", 1, "total")}),
        (f"{HEADER}\n{ROW}\n\x1a", {("E_CONTROL", 3, "no"), ("E_FIELD_COUNT", 3, None)}),
        (f"{HEADER}\n{ROW}\n\ufeffA2,mug,2,19.90,EUR,2026-03-31,x\n", {("E_CONTROL", 3, "no")}),
        (
            f'{HEADER}\nA1,mug,2,19.90,EUR,2026-03-31,"a\nb"\nA2,mug,2,?,EUR,2026-03-31,x\n',
            {("W_CONTROL", 2, "note"), ("E_NUMBER", 4, "total")},
        ),
    ],
    ids=range(14),
)
def test_damaged_tables(path: Path, text: str, places: set[object]) -> None:
    path.write_bytes(text.encode())
    end = read(path)
    assert (end.result, end.places) == ("reject", places)


@pytest.mark.parametrize(
    ("text", "places", "rows"),
    [
        (f"{HEADER}\n{ROW}", set(), 1),
        (f"{HEADER}\r{ROW}\r{ROW.replace('A1', 'A2')}\r", set(), 2),
        (f"{HEADER}\r\n{ROW}\n{ROW.replace('A1', 'A2')}\r{ROW.replace('A1', 'A3')}\r\n", set(), 3),
        (f"{HEADER}\n{ROW}\n".replace(",", ";"), set(), 1),
        (f"{HEADER}\n{ROW}\n".replace(",", "\t"), set(), 1),
        (f"{HEADER}\n{ROW.replace('mug', '7' + chr(34) + ' pan')}\n", set(), 1),
        (f"sep=;\n{HEADER}\n{ROW}\n".replace(",", ";"), {("W_PREAMBLE", 1, None)}, 1),
        (f"{HEADER},\n{ROW},\n", {("W_EXTRA_COLUMN", 1, None)}, 1),
        (f"{HEADER},mood\n{ROW},good\n", {("W_EXTRA_COLUMN", 1, "mood")}, 1),
        (f"\ufeff{HEADER}\n{ROW}\n", set(), 1),
    ],
    ids=range(10),
)
def test_odd_tables_that_are_read(path: Path, text: str, places: set[object], rows: int) -> None:
    path.write_bytes(text.encode())
    end = read(path)
    assert (end.places, len(end.records)) == (places, rows)


def test_commas_in_a_text_are_no_delimiter(path: Path) -> None:
    path.write_text("Text;Sum\nplates, cups, bowls;1,50\nspoons;2,50\nforks, knives;3,50\n")
    assert InputFile(path).delimiter == ";"


def test_one_of_several_tables(path: Path) -> None:
    path.write_text(
        f"Summary\na,b\n1,2\n\nOrders\n{HEADER}\n{ROW}\n\nRefunds\n{HEADER}\nB1,mug,1,5.00,EUR,2026-03-31,x\n"
    )
    for title, number in (("orders", "A1"), ("Refunds", "B1")):
        assert [each["ident"] for each in read(path, OPTIONS | {"mapping.block": title}).records] == [number]
    assert read(path, OPTIONS | {"mapping.block": "Taxes"}).places == {("E_NO_HEADER", None, None)}


def test_the_header_row_and_columns_by_number(path: Path) -> None:
    path.write_text(f"x,y\nany,,,,,,\n{ROW}\n")
    numbered = {key: f"#{number}" for number, key in enumerate(OPTIONS, 1)}
    end = read(path, numbered | {"mapping.header_row": "2"})
    assert [(each["ident"], each["sku"]) for each in end.records] == [("A1", "mug")]


cells = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff") | st.sampled_from(',;"\n'),
    max_size=8,
)


@given(
    st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=6),
    st.sampled_from(",;\t"),
    st.booleans(),
    st.sampled_from(["\r\n", "\n"]),
)
def test_a_written_table_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], mark: str, quoted: bool, end: str
) -> None:
    text = io.StringIO()
    quoting: Literal[0, 1] = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=mark, quoting=quoting, lineterminator=end).writerows(rows)
    path = tmp_path_factory.mktemp("table") / "t.csv"
    path.write_bytes(text.getvalue().encode())
    file = InputFile(path)
    file.delimiter = mark
    found, lines = file.numbered_rows()
    swallowing = (len(cell.splitlines()) > 2 and cell.count(mark) > 4 for row in rows for cell in row)
    assume(not any(swallowing))
    assert list(found) == rows
    above = io.StringIO()
    for index, row in enumerate(rows):
        assert lines.of(index) == 1 + sum(1 for _ in io.StringIO(above.getvalue(), newline=""))
        csv.writer(above, delimiter=mark, quoting=quoting, lineterminator=end).writerow(row)


# known formats


class Sales(TableSource):
    """A format with an id, a text and an amount."""

    id = "sales"
    title = "Sales"
    record_type = RecordType.ORDER
    key = ("ident",)
    required: ClassVar[tuple[str, ...]] = ("Id", "Text", "Sum")

    def convert(self, chunk: Chunk, options: Mapping[str, str], reading: Reading) -> Batch:
        del options, reading
        return {
            "ident": chunk.ids("Id", required=True),
            "text": chunk.text("Text"),
            "amount": chunk.money("Sum", "EUR", required=True),
        }


def sold(path: Path, text: str) -> tuple[set[object], Reading]:
    path.write_bytes(f"Id,Text,Sum\n{text}".encode())
    reading = Reading()
    try:
        for _ in Sales().read(InputFile(path), {}, reading):
            pass
        reading.finish()
    except FileRejected as rejected:
        return {*places((*rejected.problems, *reading.warnings))}, reading
    return {*places(reading.warnings)}, reading


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,a,1.00\n", set()),
        ("1,a,x\n2,b,\n", {("E_NUMBER", 2, "Sum"), ("E_NUMBER", 3, "Sum")}),
        ("\n1,a,1.00\n\n\n2,b,x\n", {("E_NUMBER", 6, "Sum")}),
        ('1,"a\nb",1.00\n2,b,x\n', {("E_NUMBER", 4, "Sum")}),
        ("1,a,1.00\n2,b\n", {("E_FIELD_COUNT", 3, None), ("E_NUMBER", 3, "Sum")}),
        ("1,a,1.00,,\n", {("E_FIELD_COUNT", 2, None)}),  # the header may have lost a name
        ("1,a\u200d,1.00\n", set()),
        ("1,a\x0b,1.00\n", {("W_CONTROL", 2, "Text")}),
        ("1,a\u202eb,1.00\n", {("W_CONTROL", 2, "Text")}),
        ("1,a\x00,1.00\n", {("E_NUL", 2, "Text")}),
        ("1,a,1.00\n\ufeff2,b,1.00\n", {("E_CONTROL", 3, "Id")}),
        ("1\u200b,a,1.00\n", {("E_CONTROL", 2, "Id"), ("W_CONTROL", 2, "Id")}),
        ("1,a,100000000000000.01\n2,b,100000000000000.00\n", {("E_RANGE", 2, "Sum")}),
        ("1.23E+11,a,1.00\n3E5,a,1.00\n", {("E_ID_DAMAGED", 2, "Id")}),
        (",a,1.00\n", {("E_ID_EMPTY", 2, "Id")}),
        ('1,"a"b,1.00\n', {("E_QUOTE", 2, "Text")}),
    ],
    ids=range(16),
)
def test_a_known_format_names_its_faults(path: Path, text: str, found: set[object]) -> None:
    assert sold(path, text)[0] == found


def test_lines_of_later_chunks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_base, "CHUNK_ROWS", 2)
    text = "1,a,1.00\n\n2,a,1.00\n3,a,1.00\n4,a,x\n\n5,a,x\n"
    assert sold(path, text)[0] == {("E_NUMBER", 6, "Sum"), ("E_NUMBER", 8, "Sum")}


def test_warnings_become_notes(path: Path) -> None:
    _, reading = sold(path, "".join(f"{number},a\x0b,1.00\n" for number in range(30)))
    assert reading.notes == ["line 2, Text: 'a\\x0b' holds an invisible character (and 29 more)"]
    assert len(reading.warnings) == 20


def test_columns_that_are_not_used_share_a_note(path: Path) -> None:
    path.write_text(f"{HEADER},mood,,weather\n{ROW},good,,fine\n")
    notes = read(path).notes
    assert [note for note in notes if "not used" in note] == ["line 1, mood, weather: the column is not used"]


def test_a_table_of_the_module_is_what_it_says(path: Path) -> None:
    path.write_bytes(table({}, {"note": 'a, "b"'}).encode())
    assert [record["text"] for record in read(path).records] == ["x", 'a, "b"']


def test_a_column_name_with_an_invisible_character_is_refused(path: Path) -> None:
    path.write_bytes("Id,Text,Sum,No\u200bte\n1,a,1.00,b\n".encode())
    reading = Reading()
    list(Sales().read(InputFile(path), {}, reading))
    [problem] = reading.problems
    assert (problem.code, problem.line) == ("E_CONTROL", 1)


@pytest.mark.parametrize(
    ("data", "cut_off"),
    [
        (b"Id,Text,Sum\n1,a,1.00\n", False),
        (b"Id,Text,Sum\r\n1,a,1.00\r\n", False),
        (b"Id,Text,Sum\n1,a,1.0", True),
        ("Id,Text,Sum\n1,a,1.00\n".encode("utf-16"), False),
        ("Id,Text,Sum\n1,a,1.0".encode("utf-16"), True),
        (b"Id,Text,Sum", False),  # there is no other line end
    ],
)
def test_a_last_line_without_its_end_is_noticed(path: Path, data: bytes, cut_off: bool) -> None:
    path.write_bytes(data)
    file = InputFile(path)
    assert not file.cut_off
    list(file.rows())
    assert file.cut_off is cut_off
