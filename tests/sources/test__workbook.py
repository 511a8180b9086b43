"""Each workbook is what a program or a person has made wrong, or what somebody prepared."""

from __future__ import annotations

import pickle
import struct
import zipfile
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.problem import AnswerNeeded, FileRejected, Problem
from recon_app.sources._file import InputFile
from recon_app.sources._workbook import Workbook, other_workbook
from recon_app.sources._workbook_scan import scan_carefully, scan_plainly
from recon_app.sources._workbook_zip import is_workbook
from tests.sources.workbooks import BOOK, SHEET, STRINGS, book, cell, pack, parts, row, sheet

HEADER = row(1, "order", "sku", "amount", "date")
LINE = row(2, "1001", "00123", 10.5, cell("D2", 46349, ' s="1"'))
CELLS = ["1001", "00123", "10.5", "2026-11-23"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def refused(path: Path) -> list[tuple[str, int | None, str | None]]:
    """Code, row and column of each fault."""
    workbook = Workbook(path)
    with pytest.raises(FileRejected) as caught:
        list(workbook.rows())
    return [(each.code, each.line, each.column) for each in caught.value.problems]


def code(path: Path) -> str:
    return refused(path)[0][0]


def warned(workbook: Workbook) -> list[tuple[str, int | None, str | None]]:
    return [(each.code, each.line, each.column) for each in workbook.warnings]


def test_cells_are_what_a_csv_export_would_hold(path: Path) -> None:
    workbook = Workbook(pack(path, parts(HEADER, LINE)))
    assert list(workbook.rows()) == [["order", "sku", "amount", "date"], CELLS]
    assert workbook.warnings == ()
    assert workbook.head == list(workbook.rows())
    assert workbook.height == 2


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (12.340000000000001, "12.34"),
        (1e-7, "0.0000001"),
        (9007199254740992.0, "9007199254740990"),
        (1.0, "1"),
        (-0.5, "-0.5"),
    ],
)
def test_numbers_have_the_15_digits_that_a_workbook_keeps(path: Path, number: float, text: str) -> None:
    pack(path, parts(HEADER, row(2, "1", "2", number)))
    assert next(iter(list(Workbook(path).rows())[1:]))[2] == text


def test_numbers_are_told_from_texts(path: Path) -> None:
    workbook = Workbook(pack(path, parts(HEADER, row(2, "1001", 123.0, 10.5), row(4, 7.0, "007"))))
    assert list(workbook.numbers([0, 1])) == [(2, 1, 123.0), (4, 0, 7.0)]


def test_a_number_that_no_cell_can_hold_is_a_damaged_id(path: Path) -> None:
    pack(path, parts(HEADER, row(2, 12345678901234567.0, "a", 1.0)))
    assert refused(path) == [("E_ID_DAMAGED", 2, "order")]


def test_blank_rows_before_the_header_keep_their_number(path: Path) -> None:
    pack(path, parts(row(3, "order", "sku"), row(4, "1", "<c r='B4' t='e'><v>#N/A</v></c>")))
    assert refused(path) == [("E_XLSX_ERRCELL", 4, "sku")]


def test_days_count_from_1904_where_the_workbook_says_so(path: Path) -> None:
    old = row(2, "1", "a", 1.0, cell("D2", 44887, ' s="1"'))
    members = parts(HEADER, old) | {BOOK: book(extra='<workbookPr date1904="1"/>')}
    assert list(Workbook(pack(path, members)).rows())[1][3] == "2026-11-23"


@pytest.mark.parametrize(
    "top",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>',
        '<!DOCTYPE a [<!ENTITY x "lol">]>',
        "<!DOCTYPE a>",
    ],
)
@pytest.mark.parametrize("part", [SHEET, STRINGS, BOOK, "xl/styles.xml", "_rels/.rels"])
def test_a_document_type_is_refused_in_every_part(path: Path, top: str, part: str) -> None:
    members = parts(HEADER, LINE)
    members[part] = top + members[part].removeprefix('<?xml version="1.0" encoding="UTF-8"?>')
    assert code(pack(path, members)) == "E_XML_DTD"


def test_a_document_type_is_found_in_utf_16(path: Path) -> None:
    members: dict[str, str | bytes] = {**parts(HEADER, LINE)}
    hidden = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><sst/>'
    members[STRINGS] = hidden.encode("utf-16")
    assert code(pack(path, members)) == "E_XML_DTD"


def test_a_document_type_is_found_at_the_end_of_a_block(path: Path) -> None:
    members = parts(HEADER, LINE)
    for length in range((1 << 20) - 12, (1 << 20) + 2):
        members[STRINGS] = "<!--" + "".join(map(str, range(220_000)))[: length - 7] + "--><!DOCTYPE a><sst/>"
        assert code(pack(path, members)) == "E_XML_DTD"


@pytest.mark.parametrize(
    "blank", [{STRINGS: "<sst><si><t>" + "A" * 20_000_000 + "</t></si></sst>"}, {SHEET: " " * 20_000_000}]
)
def test_what_grows_two_hundred_times_is_refused(path: Path, blank: dict[str, str]) -> None:
    assert code(pack(path, parts(HEADER) | blank)) == "E_ZIP_BOMB"


def test_parts_that_are_no_xml_count_too(path: Path) -> None:
    pack(path, parts(HEADER) | {"xl/media/a.bin": b"\0" * 9_000_000})
    assert code(path) == "E_ZIP_BOMB"


@pytest.mark.parametrize(
    "row_of_cells",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',  # a rectangle that no memory holds
        '<row r="1048576"><c r="XFD1048576"><x/><v>1</v></c></row>',
        '<row r="99999999"><c r="A99999999"><v>1</v></c></row>',
        '<row r="0"><c r="A0"><v>1</v></c></row>',
        '<row r="99999999"/>',
        '<row r="2"><c r="XFE2"><v>1</v></c></row>',
        '<row><c r="A2000000"><v>1</v></c></row>',
    ],
)
def test_places_that_no_sheet_has_are_refused(path: Path, row_of_cells: str) -> None:
    assert code(pack(path, parts(HEADER, row_of_cells))) == "E_XLSX_RANGE"


def test_a_blank_formatted_cell_far_away_is_fine(path: Path) -> None:
    pack(path, parts(HEADER, LINE, '<row r="1048576"><c r="XFD1048576" s="1"/></row>'))
    assert list(Workbook(path).rows())[1][:4] == CELLS


def test_a_full_sheet_is_probably_cut_off(path: Path) -> None:
    rows = "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(2, 1_048_577))
    assert code(pack(path, parts(row(1, "order"), rows))) == "E_TRUNCATED"


def test_a_wrong_dimension_is_told_and_all_is_read(path: Path) -> None:
    wrong = sheet(HEADER, LINE, before='<dimension ref="A1:A1"/>')
    workbook = Workbook(pack(path, parts() | {SHEET: wrong}))
    assert warned(workbook) == [("W_DIMENSION", None, None)]
    assert len(list(workbook.rows())) == 2
    right = sheet(HEADER, LINE, before='<dimension ref="A1:D2"/>')
    assert Workbook(pack(path, parts() | {SHEET: right})).warnings == ()


def test_rows_out_of_order_are_all_read(path: Path) -> None:
    workbook = Workbook(pack(path, parts(HEADER, row(3, "1002"), row(2, "1001"))))
    assert [cells[0] for cells in workbook.rows()] == ["order", "1001", "1002"]


def test_a_cell_that_stands_twice_is_refused(path: Path) -> None:
    doubled = LINE.replace("</row>", cell("C2", 999.0) + "</row>")
    assert refused(pack(path, parts(HEADER, doubled))) == [("E_XLSX_DUPCELL", 2, "amount")]


def test_all_error_cells_are_named(path: Path) -> None:
    bad = [
        row(number, "1", "a", f'<c r="C{number}" t="e"><v>#DIV/0!</v></c>').replace("'", '"')
        for number in (2, 3)
    ]
    assert refused(pack(path, parts(HEADER, *bad))) == [
        ("E_XLSX_ERRCELL", 2, "amount"),
        ("E_XLSX_ERRCELL", 3, "amount"),
    ]


@pytest.mark.parametrize("formula", ["<f>SUM(1,2)</f>", '<f t="shared" si="0"/>'])
def test_a_formula_needs_its_stored_value(path: Path, formula: str) -> None:
    without = row(2, "1", "a", f'<c r="C2">{formula}</c>')
    assert refused(pack(path, parts(HEADER, without))) == [("E_XLSX_NOCACHE", 2, "amount")]
    stored = row(2, "1", "a", f'<c r="C2">{formula}<v>3</v></c>')
    assert list(Workbook(pack(path, parts(HEADER, stored))).rows())[1][2] == "3"


def test_merged_and_hidden_cells_are_told(path: Path) -> None:
    odd = sheet(
        HEADER,
        LINE,
        row(3, "", "2", attributes=' hidden="1"'),
        before='<cols><col min="3" max="3" hidden="1"/></cols>',
        after='<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>',
    )
    workbook = Workbook(pack(path, parts() | {SHEET: odd}))
    assert warned(workbook) == [
        ("W_HIDDEN", None, "amount"),
        ("W_HIDDEN", 3, None),
        ("W_MERGED", 2, "order"),
    ]
    assert len(list(workbook.rows())) == 3


def test_macros_and_a_hidden_sheet_are_told(path: Path) -> None:
    members: dict[str, str | bytes] = {**parts(HEADER, LINE), "xl/vbaProject.bin": b"\xd0\xcf"}
    members[BOOK] = book(states={"Sheet1": "veryHidden"})
    workbook = Workbook(pack(path, members))
    assert warned(workbook) == [("W_HIDDEN", None, None)] * 2
    assert "macros" in workbook.warnings[0].problem


def test_links_to_other_workbooks_are_not_followed(path: Path) -> None:
    link = '<Relationship Id="r1" Target="http://127.0.0.1:9/x" TargetMode="External"/>'
    link = f"<Relationships>{link}</Relationships>"
    members = parts(HEADER, LINE) | {"xl/externalLinks/_rels/externalLink1.xml.rels": link}
    assert list(Workbook(pack(path, members)).rows())[1] == CELLS


def test_of_several_sheets_one_must_be_chosen(path: Path) -> None:
    members = parts(HEADER, LINE, sheets=[sheet(row(1, "other"))])
    members[BOOK] = book(["Sheet1", "Sheet2"], {"Sheet1": "hidden"})
    pack(path, members)
    with pytest.raises(AnswerNeeded) as asked:
        _ = Workbook(path).head
    assert (asked.value.option, asked.value.choices) == ("sheet", ("Sheet2", "Sheet1"))
    assert [each.code for each in asked.value.problems] == ["W_HIDDEN"]
    assert list(Workbook(path, "Sheet2").rows()) == [["other"]]
    with pytest.raises(AnswerNeeded):
        list(Workbook(path, "Sheet3").rows())


def test_sheets_without_cells_ask_nothing(path: Path) -> None:
    pack(path, parts(HEADER, LINE, sheets=[sheet()]))
    assert list(Workbook(path).rows())[1] == CELLS


def test_parts_with_a_prefix_are_read(path: Path) -> None:
    members = parts(HEADER, LINE)
    prefixed = members[SHEET].replace("xmlns=", "xmlns:x=").replace("<", "<x:").replace("<x:/", "</x:")
    members[SHEET] = prefixed.replace("<x:?xml", "<?xml")
    assert list(Workbook(pack(path, members)).rows())[1] == CELLS


def test_a_part_twice_is_refused(path: Path) -> None:
    with zipfile.ZipFile(pack(path, parts(HEADER)), "a") as archive:
        archive.writestr(SHEET.upper(), sheet(HEADER, LINE))
    assert code(path) == "E_XLSX_DUPPART"


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "C:/evil", "xl\\..\\..\\evil"])
def test_parts_outside_of_the_workbook_are_refused(path: Path, name: str) -> None:
    assert code(pack(path, parts(HEADER, LINE) | {name: "x"})) == "E_PATH"


def test_a_sheet_outside_of_the_workbook_is_damage(path: Path) -> None:
    members = parts(HEADER, LINE)
    relations = members["xl/_rels/workbook.xml.rels"]
    members["xl/_rels/workbook.xml.rels"] = relations.replace("worksheets/sheet1.xml", "../../../etc/passwd")
    assert code(pack(path, members)) == "E_ZIP"


@pytest.mark.parametrize("part", ["xl/styles.xml", STRINGS, SHEET])
def test_a_part_that_is_needed_and_not_there_is_damage(path: Path, part: str) -> None:
    members = parts(HEADER, LINE)
    del members[part]
    assert code(pack(path, members)) == "E_ZIP"


@pytest.mark.parametrize(
    ("part", "whole", "broken"), [(SHEET, "</v></c>", "</w></c>"), (STRINGS, "</t></si>", "</u></si>")]
)
def test_a_part_with_a_broken_tag_is_damage(path: Path, part: str, whole: str, broken: str) -> None:
    members = parts(HEADER, LINE)
    assert whole in members[part]
    members[part] = members[part].replace(whole, broken, 1)
    assert code(pack(path, members)) == "E_ZIP"


@pytest.mark.parametrize(
    ("part", "counts"),
    [
        (STRINGS, 'uniqueCount="699999999994"'),  # ends a process that makes room for so many
        (STRINGS, "uniqueCount = '5000'"),
        (STRINGS, 'count="99999999999999999999999"'),
        ("xl/styles.xml", 'count="60000000"'),
    ],
)
def test_a_count_that_a_part_cannot_hold_is_damage(path: Path, part: str, counts: str) -> None:
    members = parts(HEADER, LINE)
    members[part] = members[part].replace(" xmlns", f" {counts} xmlns", 1)
    assert code(pack(path, members)) == "E_ZIP"


def test_honest_counts_are_fine(path: Path) -> None:
    members = parts(HEADER, LINE)
    members[STRINGS] = members[STRINGS].replace(" xmlns", ' count="1000000" uniqueCount="1" xmlns', 1)
    assert list(Workbook(pack(path, members)).rows())[1] == CELLS


def test_a_shared_text_that_is_not_there_is_damage(path: Path) -> None:
    pack(path, parts(HEADER, '<row r="2"><c r="A2" t="s"><v>99</v></c></row>'))
    assert code(path) == "E_ZIP"


def test_damaged_archives_are_refused_wherever_they_end(path: Path) -> None:
    content = pack(path, parts(HEADER, LINE)).read_bytes()
    for end in range(4, len(content), 97):
        path.write_bytes(content[:end])
        assert code(path) == "E_ZIP"


def test_a_changed_byte_is_found_or_changes_nothing(path: Path) -> None:
    content = pack(path, parts(HEADER, LINE)).read_bytes()
    whole = list(Workbook(path).rows())
    for place, bit in product(range(0, len(content), 11), (0x01, 0x20, 0x80)):
        path.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
        with suppress(FileRejected):
            assert list(Workbook(path).rows()) == whole


def test_a_directory_without_end_is_not_read(path: Path) -> None:
    content = bytearray(pack(path, parts(HEADER, LINE)).read_bytes())
    end = content.rindex(b"PK\x05\x06")
    struct.pack_into("<I", content, end + 12, 100_000_000)
    path.write_bytes(content)
    assert InputFile(path).is_xlsx
    assert code(path) == "E_ZIP_BOMB"


def test_too_many_parts_are_refused(path: Path) -> None:
    pack(path, parts(HEADER, LINE) | {f"xl/media/{number}": "" for number in range(10_001)})
    assert code(path) == "E_ZIP_BOMB"


def test_an_encrypted_archive_is_refused(path: Path) -> None:
    content = bytearray(pack(path, parts(HEADER, LINE)).read_bytes())
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<H", content, directory + 8, 1)
    path.write_bytes(content)
    assert code(path) == "E_XLSX_ENCRYPTED"


def test_a_binary_workbook_is_named(path: Path) -> None:
    members = parts(HEADER)
    members["_rels/.rels"] = members["_rels/.rels"].replace("workbook.xml", "workbook.bin")
    assert code(pack(path, members)) == "E_NOT_TEXT"


@pytest.mark.parametrize(
    ("name", "head", "code", "words"),
    [
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "E_XLSX_ENCRYPTED", "password"),
        (
            "a.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "E_XLSX_ENCRYPTED",
            "password",
        ),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "E_NOT_TEXT", "Excel 97"),
        (
            "a.ods",
            b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            "E_NOT_TEXT",
            "OpenDocument",
        ),
        ("a.XLSX", b"order,sku\n1,2\n", "E_NOT_TEXT", "no workbook"),
    ],
)
def test_other_workbooks_are_named(name: str, head: bytes, code: str, words: str) -> None:
    problem = other_workbook(name, head)
    assert isinstance(problem, Problem)
    assert (problem.code, words in problem.problem) == (code, True)


@pytest.mark.parametrize(
    ("name", "head"), [("a.csv", b"a,b\n"), ("a.xls", b"a\tb\n"), ("a.zip", b"PK\x03\x04")]
)
def test_other_files_are_left_to_their_readers(name: str, head: bytes) -> None:
    assert other_workbook(name, head) is None


def test_a_workbook_is_known_by_its_list_of_contents(path: Path) -> None:
    members = parts(HEADER, LINE)
    last = {name: members[name] for name in [*[*members][1:], "[Content_Types].xml"]}
    pack(path, {"xl/media/picture.png": b"x" * 70_000, **last})
    assert InputFile(path).is_xlsx
    archive = pack(path.with_name("statements.zip"), {"a.csv": "a,b"})
    assert not is_workbook(archive, archive.read_bytes())


def test_a_big_sheet_shows_its_beginning_without_the_rest(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row(number, f"order {number}", "sku", float(number)) for number in range(2, 300)]
    pack(path, parts(HEADER, *rows))
    whole = Workbook(path).head
    monkeypatch.setattr("recon_app.sources._workbook._BIG_PART", 1)
    monkeypatch.setattr("recon_app.sources._workbook._HEAD_BYTES", 8_000)
    short = Workbook(path)
    assert short.head == whole
    assert "_cells" not in vars(short)


def test_a_workbook_travels_to_another_process(path: Path) -> None:
    file = InputFile(pack(path, parts(HEADER, LINE)))
    assert file.head_rows[1] == CELLS
    assert list(pickle.loads(pickle.dumps(file)).rows()) == file.head_rows  # noqa: S301


PLACES = st.lists(
    st.tuples(st.integers(1, 400), st.integers(0, 800), st.sampled_from(["v", "is", "f", ""])),
    unique_by=lambda place: place[:2],
    max_size=60,
)


def column(index: int) -> str:
    letters = ""
    while index >= 0:
        letters = chr(ord("A") + index % 26) + letters
        index = index // 26 - 1
    return letters


@given(places=PLACES)
def test_the_fast_look_finds_what_the_careful_one_finds(places: list[tuple[int, int, str]]) -> None:
    held = {"v": "<v>1</v>", "is": "<is><t>x</t></is>", "f": "<f>1+1</f><v>2</v>", "": ""}
    text = "".join(
        f'<row r="{number}"><c r="{column(place)}{number}">{held[kind]}</c></row>'
        for number, place, kind in sorted(places)
    )
    content = sheet(text).encode()
    blocks = [content[start : start + 200] for start in range(0, len(content), 200)]
    fast = scan_plainly(blocks)
    careful = scan_carefully(blocks)
    assert fast is not None
    assert (fast.filled, fast.rows, fast.columns) == (careful.filled, careful.rows, careful.columns)
    assert (fast.spots, careful.spots) == ([], [])
