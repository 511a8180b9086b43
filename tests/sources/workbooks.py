"""Workbooks made part by part, also such as no program would write."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
STRINGS = "xl/sharedStrings.xml"


def cell(place: str, value: str | float, attributes: str = "") -> str:
    """A cell with a text or a number."""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{place}"{attributes}><v>{value!r}</v></c>'


def row(number: int, *values: str | float, attributes: str = "") -> str:
    """A row; a value that begins with ``<`` is a cell of its own."""
    cells = [
        value if isinstance(value, str) and value.startswith("<") else cell(f"{column}{number}", value)
        for column, value in zip("ABCDEFGH", values, strict=False)
    ]
    return f'<row r="{number}"{attributes}>{"".join(cells)}</row>'


def sheet(*rows: str, before: str = "", after: str = "", top: str = "") -> str:
    """A sheet of some rows."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{top}<worksheet xmlns="{MAIN}">{before}'
        f"<sheetData>{''.join(rows)}</sheetData>{after}</worksheet>"
    )


def book(names: Sequence[str] = ("Sheet1",), states: Mapping[str, str] | None = None, extra: str = "") -> str:
    """The part that lists the sheets."""
    shown = states or {}
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" state="{shown.get(name, "visible")}" r:id="r{number}"/>'
        for number, name in enumerate(names, 1)
    )
    return f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}">{extra}<sheets>{listed}</sheets></workbook>'


def parts(*rows: str, sheets: Sequence[str] = (), **changed: str) -> dict[str, str]:
    """All parts of a workbook by name; ``sheets`` are further sheets."""
    every = [sheet(*rows), *sheets]
    targets = [f"worksheets/sheet{number}.xml" for number in range(1, len(every) + 1)]
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{RELATED}/worksheet" Target="{target}"/>'
        for number, target in enumerate(targets, 1)
    )
    styles = (
        f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
        "</styleSheet>"
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{RELATED}/officeDocument" Target="{BOOK}"/></Relationships>',
        BOOK: book([f"Sheet{number}" for number in range(1, len(every) + 1)]),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}'
        f'<Relationship Id="s" Type="{RELATED}/styles" Target="styles.xml"/>'
        f'<Relationship Id="t" Type="{RELATED}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": styles,
        STRINGS: f'<sst xmlns="{MAIN}"><si><t>shared</t></si></sst>',
        **{f"xl/{target}": content for target, content in zip(targets, every, strict=True)},
        **changed,
    }


def pack(path: Path, members: Mapping[str, str | bytes]) -> Path:
    """Write the parts into an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path
