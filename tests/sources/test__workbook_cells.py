"""What is cut from the bytes of a sheet must be what the library reads, or be left to the library."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.problem import FileRejected
from recon_app.sources import _workbook
from recon_app.sources._cells import Table
from recon_app.sources._text import rows_of
from recon_app.sources._workbook import Workbook
from recon_app.sources._workbook_strings import NO_STRINGS
from tests.sources.workbooks import MAIN, SHEET, STRINGS, pack, parts, row, sheet

HEADER = row(1, "order", "sku", "amount", "date")
CODES = (
    "yyyy\\-mm\\-dd",
    "dd/mm/yyyy h:mm;@",
    "#,##0.00\\ [$€-407]",
    '0 "days"',
    "[h]:mm",
    'd "of" mmm',
    "0_d",
)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(CODES)}">'
    + "".join(
        f'<numFmt numFmtId="{number}" formatCode="{code.replace(chr(34), "&quot;")}"/>'
        for number, code in enumerate(CODES, 164)
    )
    + '</numFmts><cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs><cellXfs>'
    + "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 2, 46, 22, 27, 49, 200, *range(164, 171)))
    + '</cellXfs><cellStyles><xf numFmtId="14"/></cellStyles></styleSheet>'
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def is_cut(workbook: Workbook) -> bool:
    """Whether the cells were cut from the bytes."""
    return workbook._checked.cells is not None


def by_library(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the library reads."""
    with monkeypatch.context() as patch:
        patch.setattr(_workbook, "_plain_cells", lambda *_: None)
        return list(Workbook(path).rows())


def strings(*items: str) -> str:
    return f'<?xml version="1.0"?><sst xmlns="{MAIN}" count="9">{"".join(items)}</sst>'


def shared(place: str, index: int) -> str:
    return f'<c r="{place}" t="s"><v>{index}</v></c>'


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n"), max_size=8)
NUMBERS = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.floats(-1e9, 1e9).map(repr),
    st.integers(-(10**9), 10**9).map(lambda cents: repr(cents / 100)),
    st.sampled_from(["0", "-0", "00", "1.50", ".5", "5.", "1E3", "1e-7", "+1", "007", "0.05", "1e400", "60"]),
    st.floats(61, 60_000).map(repr),
)
CELLS = st.one_of(
    st.tuples(st.just("inlineStr"), TEXTS),
    st.tuples(st.just("kept"), TEXTS),
    st.tuples(st.just("str"), TEXTS),
    st.tuples(st.just("s"), st.integers(0, 3).map(str)),
    st.tuples(st.just("b"), st.sampled_from(["0", "1", "2"])),
    st.tuples(st.sampled_from(["", "n"]), NUMBERS),
    st.tuples(st.sampled_from([f' s="{number}"' for number in range(17)]), NUMBERS),
    st.tuples(st.just("none"), st.just("")),
)


def written(place: str, kind: str, value: str) -> str:
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if kind in ("inlineStr", "kept"):
        space = ' xml:space="preserve"' if kind == "kept" else ""
        return f'<c r="{place}" t="inlineStr"><is><t{space}>{value}</t></is></c>'
    if kind == "none":
        return f'<c r="{place}" s="1"/>'
    named = kind if kind.startswith(" ") else f' t="{kind}"' if kind else ""
    return f'<c r="{place}"{named}><v>{value}</v></c>'


@settings(max_examples=300)
@given(
    cells=st.dictionaries(st.tuples(st.integers(1, 9), st.integers(0, 5)), CELLS, min_size=1, max_size=12),
    texts=st.lists(TEXTS, min_size=4, max_size=4),
)
def test_cells_are_those_of_the_library(
    tmp_path: Path, cells: dict[tuple[int, int], tuple[str, str]], texts: list[str]
) -> None:
    rows = [
        f'<row r="{number}">'
        + "".join(
            written(f"{'ABCDEF'[column]}{number}", *cells[number, column])
            for column in range(6)
            if (number, column) in cells
        )
        + "</row>"
        for number in sorted({number for number, _ in cells})
    ]
    items = [f'<si><t xml:space="preserve">{text.translate(ESCAPES)}</t></si>' for text in texts]
    members = parts(*rows, **{STRINGS: strings(*items), "xl/styles.xml": STYLES})
    path = pack(tmp_path / "book.xlsx", members)
    workbook = Workbook(path)
    if not is_cut(workbook):
        return
    found = list(workbook.rows())
    with pytest.MonkeyPatch.context() as patch:
        assert found == by_library(path, patch)


ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def test_sheets_of_programs_are_cut(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        f'<row r="{number}" spans="1:5" ht="{number}" hidden="false">'
        f"{shared(f'A{number}', 0)}{shared(f'B{number}', number % 3)}"
        f'<c r="C{number}"><v>{number / 100!r}</v></c><c r="D{number}" s="1"><v>{46_000 + number}</v></c>'
        f'<c r="E{number}" s="4"><v>{46_000 + number / 7!r}</v></c></row>'
        for number in range(2, 500)
    ]
    kept = strings("<si><t>a&amp;b</t></si>", "<si><t/></si>", '<si><t xml:space="preserve"> é </t></si>')
    members = parts(HEADER, *lines, **{STRINGS: kept, "xl/styles.xml": STYLES})
    workbook = Workbook(pack(path, members))
    assert is_cut(workbook)
    blocks = list(workbook.blocks())
    assert [type(block) for block in blocks] == [Table]
    assert rows_of(blocks[0])[1:3] == [
        ["a&b", " é ", "0.02", "2025-12-11", "2025-12-09 06:51:25.714000"],
        ["a&b", "a&b", "0.03", "2025-12-12", "2025-12-09 10:17:08.571000"],
    ]
    assert list(workbook.rows()) == by_library(path, monkeypatch)


def test_blank_rows_and_columns_keep_their_place(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (
        '<row r="3"><c r="B3" s="1"/><c r="C3"><v>1</v></c></row>',
        '<row r="4"/><row r="5"><c r="A5" s="2"/></row>',
        '<row r="7"><c r="C7" t="inlineStr"><is><t></t></is></c><c r="E7"><v>2</v></c></row>',
        '<row r="9"><c r="A9" s="1"/></row>',
    )
    workbook = Workbook(pack(path, parts(*rows)))
    assert is_cut(workbook)
    assert list(workbook.rows()) == by_library(path, monkeypatch)
    assert workbook.height == 7


@pytest.mark.parametrize(
    "line",
    [
        row(2, '<c r="A2" t="inlineStr"><is><r><t>x</t></r></is></c>'),
        row(2, '<c r="A2"><f>1+1</f><v>2</v></c>'),
        row(2, '<c r="A2" t="inlineStr"><is><t> x</t></is></c>'),
        row(2, '<c r="A2" t="inlineStr"><is><t>x\u00a0</t></is></c>'),
        row(2, '<c r="A2" t="inlineStr"><is><t>x&#32;</t></is></c>'),
        row(2, '<c r="A2" t="inlineStr"><is><t>a_x0041_</t></is></c>'),
        row(2, '<c r="A2" t="str"><v>a\r\nb</v></c>'),
        row(2, '<c r="A2"><!-- 7 --><v>1</v></c>'),
        row(2, '<c r="A2"><v><![CDATA[7]]></v></c>'),
        row(2, '<c r="A2" t="d"><v>2026-01-02</v></c>'),
        row(2, '<c r="A2" t="s" s="1"><v>0</v></c>'),
        row(2, '<c r="A2" s="9"><v>1</v></c>'),
        row(2, '<c r="A2" s="1"><v>60</v></c>'),
        row(2, '<c r="A2" s="1"><v>2958466</v></c>'),
        row(2, '<c r="A2" t="b"><v>2</v></c>'),
        row(2, "<c r='A2'><v>1</v></c>"),
        row(2, '<c r="A2"><v>12345678901234567</v></c>'),
        row(2, '<c r="A2"><v>nan</v></c>'),
        row(2, '<c r="A2"><v></v></c>'),
        row(2, '<c r="A3"><v>1</v></c>'),
        row(2, '<c r="B2"><v>1</v></c><c r="A2"><v>1</v></c>'),
        row(2, '<c r="A2"><v>1</v></c>\n<c r="B2"><v>1</v></c>'),
        row(2, '<c r="A2"><v>1</v></c>') + row(2, '<c r="B2"><v>1</v></c>'),
        row(2, "1", attributes=' hidden="1"'),
        row(2, "1") + '<row r="3"></row>',
        row(2, "1", "2").replace('<c r="B2"', 'loose<c r="B2"'),
    ],
)
def test_what_programs_do_not_write_is_left_to_the_library(
    path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    workbook = Workbook(pack(path, parts(HEADER, line, row(4, "end"))))
    assert not is_cut(workbook)
    assert outcome(path) == outcome(path, monkeypatch)


def outcome(path: Path, monkeypatch: pytest.MonkeyPatch | None = None) -> str:
    """The rows or the refusal, by the library where it is patched."""
    try:
        return str(by_library(path, monkeypatch) if monkeypatch else list(Workbook(path).rows()))
    except FileRejected as rejected:
        return f"refused: {rejected.problems}"


@pytest.mark.parametrize(
    "broken",
    [
        HEADER.replace('r="1"', 'r="1" ht="1" ht="2"', 1),
        HEADER.replace("</t></is></c></row>", "</v></c></row>"),
        HEADER.replace("<is><t>sku", "<v>sku"),
        HEADER.replace("</row>", "</row></row>"),
        HEADER.replace("sku", "s\x03ku"),
        HEADER.replace("sku", "s&nbsp;ku"),
        HEADER.replace("sku", "s]]>ku"),
        HEADER + "loose<",
    ],
)
def test_broken_markup_is_refused_as_before(path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    pack(path, parts(broken, row(2, "1001")))
    told = outcome(path)
    assert told.startswith("refused")
    assert told == outcome(path, monkeypatch)


@pytest.mark.parametrize(
    "items",
    [
        ["<si><r><t>x</t></r></si>"],
        ["<si><t>x</t><rPh><t>y</t></rPh></si>"],
        ["<si><t> x</t></si>"],
        ["<si><t>x</t></si>", "\n", "<si><t>y</t></si>"],
        ["<!-- <si> -->", "<si><t>x</t></si>"],
    ],
)
def test_formatted_texts_are_left_to_the_library(
    path: Path, monkeypatch: pytest.MonkeyPatch, items: list[str]
) -> None:
    rows = (HEADER, row(2, shared("A2", 0)))
    workbook = Workbook(pack(path, parts(*rows, **{STRINGS: strings(*items)})))
    assert not is_cut(workbook)
    assert list(workbook.rows()) == by_library(path, monkeypatch)


def test_texts_in_another_encoding_are_left_to_the_library(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members: dict[str, str | bytes] = {**parts(HEADER, row(2, shared("A2", 0)))}
    members[STRINGS] = strings("<si><t>Zoë</t></si>").replace("?>", ' encoding="latin-1"?>').encode("latin-1")
    workbook = Workbook(pack(path, members))
    assert not is_cut(workbook)
    assert outcome(path) == outcome(path, monkeypatch)


def test_merged_cells_and_hidden_columns_are_told(path: Path) -> None:
    members = parts()
    members[SHEET] = sheet(
        HEADER,
        row(2, "1", "a"),
        before='<dimension ref="A1:B1"/><cols><col min="2" max="2" hidden="1"/></cols>',
        after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>',
    )
    workbook = Workbook(pack(path, members))
    assert is_cut(workbook)
    assert [(each.code, each.line) for each in workbook.warnings] == [
        ("W_HIDDEN", None),
        ("W_MERGED", 2),
        ("W_DIMENSION", None),
    ]


def test_bytes_behind_the_shared_texts_do_not_stay() -> None:
    data, first = NO_STRINGS.followed_by(b"abc", b"d")
    assert data[first : first + 4].tobytes() == b"abcd"
    data, first = NO_STRINGS.followed_by(struct.pack("q", 1))
    assert data[first : first + 8].tobytes() == struct.pack("q", 1)
