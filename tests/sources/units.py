"""A second, simple reading of import files: the units of a file, each with its cells by name.

It shares nothing with the sources. A unit is what one record is read from: a row of a table, an entry of a
statement, an object of JSON.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

Unit = dict[str, str]


class Unreadable(Exception):
    """This reading cannot make sense of the bytes; a source that reads them anyway must not differ."""


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Attributes:
        units: Its units in their order.
        around: Everything else: header, preamble, balances.
        ragged: Whether a unit has another number of cells than the header.
    """

    units: list[Unit]
    around: str
    ragged: bool = False


def content(data: bytes, encoding: str = "", delimiter: str = "") -> Content:
    """Read a file.

    Raises:
        Unreadable: it is damaged.
    """
    if data.startswith(b"PK"):
        return _archive(data)
    text = _decoded(data, encoding)
    start = text.lstrip()[:1]
    if start == "<" or text.startswith("OFXHEADER"):
        return _markup(data, text)
    if start in ("{", "["):
        return _json(text)
    for sign, first, stop, fields in _MARKED:
        if re.match(sign, text):
            return _cut(text, first, stop, fields)
    return _table(text, delimiter)


#: BAI2, QIF, MT94x: how the text begins, its units, what ends them, and the fields in them.
_MARKED = (
    (r"01,", r"^16,", r"^(?:49|98|99|03|02),", ""),
    (r"\s*!", r"(?<=\^\n)|^(?=D)", r"^!", r"^([A-Z])(.*)$"),
    (r"(?s:.{0,2000}:20:.*:61:)", r"^:61:", r"^:(?:62|64|20|25|28|60)", ""),
)


def _decoded(data: bytes, encoding: str) -> str:
    utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return data.decode(encoding or ("utf-16" if utf16 else "utf-8-sig"))
    except (UnicodeDecodeError, LookupError) as error:
        if not re.match(rb"\s*(<|OFXHEADER|01,|\{1:)|(?s:.{0,200}:20:)", data):
            raise Unreadable(str(error)) from error
        return data.decode("cp1252", "replace")


def _table(text: str, delimiter: str) -> Content:
    lines = text.splitlines()
    mark = delimiter or max(",;\t|", key=lambda each: sum(line.count(each) for line in lines[:40]))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error as error:
        raise Unreadable(str(error)) from error
    return _rows(rows)


def _rows(rows: list[list[str]]) -> Content:
    """Units of a table: its header is the first of the widest of the first rows."""
    filled = [sum(map(bool, row)) for row in rows[:40]]
    if not filled:
        return Content([], "")
    at = filled.index(max(filled))
    header = _distinct(rows[at])
    below = [row for row in rows[at + 1 :] if any(row)]
    units = [dict(zip(header, row, strict=False)) for row in below]
    named = max(place for place, name in enumerate(rows[at], 1) if name.strip())
    ragged = any(len(row) < named or any(row[len(header) :]) for row in below)
    return Content(units, json.dumps(rows[: at + 1]), ragged)


def _distinct(names: list[str]) -> list[str]:
    return [
        f"{name}#{names[:place].count(name)}" if name in names[:place] else name
        for place, name in enumerate(names)
    ]


def _archive(data: bytes) -> Content:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if not any(name.startswith("xl/") for name in names):
                parts = [content(archive.read(name)) for name in names]
                return Content(
                    [unit for part in parts for unit in part.units], "".join(p.around for p in parts)
                )
            strings = (
                _strings(archive.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
            )
            sheet = next(name for name in sorted(names) if "worksheets/sheet" in name)
            return _rows(list(_sheet(archive.read(sheet), strings)))
    except (zipfile.BadZipFile, ET.ParseError, KeyError, IndexError, ValueError, OSError) as error:
        raise Unreadable(str(error)) from error
    except (NotImplementedError, RuntimeError, EOFError, StopIteration, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise Unreadable(str(error)) from error


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _strings(data: bytes) -> list[str]:
    return [
        "".join(t.text or "" for t in item.iter() if _local(t) == "t")
        for item in ET.fromstring(data)  # noqa: S314 - files that this test made
        if _local(item) == "si"
    ]


def _sheet(data: bytes, strings: list[str]) -> Iterator[list[str]]:
    for row in ET.fromstring(data).iter():  # noqa: S314
        if _local(row) != "row":
            continue
        cells: dict[int, str] = {}
        for cell in row:
            letters = re.match("[A-Z]+", cell.get("r", ""))
            place = len(cells)
            if letters:
                place = 0
                for letter in letters[0]:
                    place = place * 26 + ord(letter) - 64
                place -= 1
            text = "".join(e.text or "" for e in cell.iter() if _local(e) in ("v", "t"))
            cells[place] = strings[int(text)] if cell.get("t") == "s" and text else text
        yield [cells.get(place, "") for place in range(max(cells, default=-1) + 1)]


def _markup(data: bytes, text: str) -> Content:
    if "<OFX>" in text:
        parts = re.split(r"<STMTTRN>", text)
        units = [
            dict(re.findall(r"<(\w+(?:\.\w+)?)>(?:<!\[CDATA\[)?([^<\r\n]*)", part.split("</STMTTRN>")[0]))
            for part in parts[1:]
        ]
        return Content(units, parts[0] + "".join(part.partition("</STMTTRN>")[2] for part in parts[1:]))
    try:
        root = ET.fromstring(data)  # noqa: S314
    except ET.ParseError as error:
        raise Unreadable(str(error)) from error
    units = []
    for entry in [each for each in root.iter() if _local(each) == "Ntry"]:
        units.append(_distinct_paths(entry))
    for parent in list(root.iter()):
        for entry in [each for each in parent if _local(each) == "Ntry"]:
            parent.remove(entry)
    return Content(units, ET.tostring(root, encoding="unicode"))


def _distinct_paths(entry: ET.Element) -> Unit:
    unit: Unit = {}

    def walk(element: ET.Element, path: str) -> None:
        for place, child in enumerate(element):
            name = f"{path}/{_local(child)}"
            name = f"{name}#{place}" if name in unit else name
            unit[name] = (child.text or "").strip()
            unit.update({f"{name}@{key}": value for key, value in child.attrib.items()})
            walk(child, name)

    walk(entry, "")
    return unit


def _json(text: str) -> Content:
    try:
        values = [json.loads(text)]
    except ValueError:
        try:
            values = [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError as error:
            raise Unreadable(str(error)) from error
    objects = values if len(values) > 1 else list(_objects(values[0]))
    around = "" if len(values) > 1 else json.dumps(values)
    return Content([dict(_flat(each, "")) for each in objects], around)


def _objects(value: Any) -> Iterator[Any]:
    """The objects of the longest list in a document; the document itself without one."""
    found = [each for each in _lists(value) if len(each) > 0 and isinstance(each[0], dict)]
    yield from max(found, key=len, default=[value])


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    for each in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from _lists(each)


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _flat(each, f"{path}/{key}")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _flat(each, f"{path}/{place}")
    else:
        yield path, "" if value is None else str(value)


def _cut(text: str, start: str, stop: str, fields: str = "") -> Content:
    """Units of a text whose records begin with a mark."""
    around, *parts = re.split(start, text, flags=re.MULTILINE)
    units = []
    for part in parts:
        body, *rest = re.split(f"(?={stop})", part, maxsplit=1, flags=re.MULTILINE)
        around += "".join(rest)
        cells = re.split(r"[,\r\n]", body)
        found = re.findall(fields, body, re.MULTILINE) if fields else enumerate(cells)
        if body.strip():
            units.append({f"{name} of {len(cells)}": cell for name, cell in found})
    return Content(units, around)
