"""Cells of sheets as programs write them, cut on the bytes of the sheet without an object for each element.

In such a sheet a cell is its place, perhaps its style and type, and its value (ECMA-376 part 1, 18.3.1.4);
nothing stands between two cells or rows. The markup around a value is replaced by single characters that XML
forbids, so that few things are left to be looked at; those must be places, values and starts of rows, and the
sheet without its rows must be well-formed. Anything else raises :class:`NotPlain`: a library reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from math import floor
from xml.parsers.expat import ExpatError, ParserCreate

import numpy as np
from numpy.typing import NDArray

from recon_app.models.problem import FileRejected
from recon_app.sources._cells import end_to_end
from recon_app.sources._text import Block, is_clean
from recon_app.sources._workbook_scan import (
    MOST_COLUMNS,
    MOST_ROWS,
    NotPlain,
    Scan,
    check_numbers,
    columns_at,
    out_of_range,
    scan_carefully,
    whole_rows,
)
from recon_app.sources._workbook_strings import Strings, check_edges, check_encoding, check_text, plain_text
from recon_app.sources._workbook_styles import DAY, NUMBER, UNKNOWN, Styles

Bytes = NDArray[np.uint8]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: What stands before a value, and what stands behind one: the end of its cell with the start of the next, or
#: with the end of the row. Neither a tabulator nor a line feed, which texts may hold.
_INLINE, _KEPT, _SHARED, _NUMBER, _TEXT, _TRUTH, _NONE = 5, 6, 7, 8, 11, 12, 14
_TEXT_NEXT, _NEXT, _TEXT_LAST, _LAST = 1, 2, 3, 4
_MARKS = tuple(
    (markup, bytes(marks))
    for markup, *marks in (
        (b'</t></is></c><c r="', _TEXT_NEXT),
        (b'</v></c><c r="', _NEXT),
        (b"</t></is></c></row>", _TEXT_LAST),
        (b"</v></c></row>", _LAST),
        (b' t="inlineStr"><is><t>', _INLINE),
        (b' t="inlineStr"><is><t xml:space="preserve">', _KEPT),
        (b' t="s"><v>', _SHARED),
        (b' t="str"><v>', _TEXT),
        (b' t="b"><v>', _TRUTH),
        (b' t="n"><v>', _NUMBER),
        (b"><v>", _NUMBER),
        (b'"/><c r="', ord('"'), _NONE, _NEXT),
        (b'"/></row>', ord('"'), _NONE, _LAST),
    )
)
_MOST_MARK = 16
_FITS = np.zeros((_MOST_MARK, _MOST_MARK), np.bool_)
_FITS[np.ix_([_INLINE, _KEPT], [_TEXT_NEXT, _TEXT_LAST])] = True
_FITS[np.ix_([_SHARED, _NUMBER, _TEXT, _TRUTH, _NONE], [_NEXT, _LAST])] = True

_ROW = re.compile(
    rb'(?P<blank>(?:<row r="[1-9][0-9]{0,6}"(?: [A-Za-z0-9:]+="[^"<>&]*")*/>)*)'
    rb'<row r="(?P<number>[1-9][0-9]{0,6})"(?P<attributes>(?: [A-Za-z0-9:]+="[^"<>&]*")*)><c r="'
)
_ROW_END = b"</row>"
_DATA = b"<sheetData>"
_BEYOND = 64  # bytes behind rows, so that a window around any value lies within
_STYLE = b' s="'
_UNSTYLED = -1
_WIDEST_WHOLE = 9  # digits
_WIDEST_NUMBER = 17  # characters of a number with all the digits that count
_MOST_DIGITS = 15
_WRITTEN = re.compile(rb"-?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][-+]?[0-9]{1,3})?")
#: Of the whole numbers; larger ones lose their last digits in every cell.
LARGEST = 2**53
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - cells know no zones; of days behind February 1900, which has 29 days in workbooks
_FIRST_DAY, _LAST_DAY = 61, 2_958_465
_MS_PER_DAY = 86_400_000
_TRUTHS = {b"1": b"True", b"0": b"False"}
_MOST_PLACES = 64  # of the rectangle of some rows for each cell
_FREE_PLACES = 1 << 20
_SMALL = 1 << 16


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a sheet.

    Attributes:
        numbers: Their numbers in the sheet, from 1, rising.
        lengths: Bytes of each cell, by row and column; 0 where there is none.
        data: The cells one behind the other, UTF-8.
    """

    numbers: Whole
    lengths: NDArray[np.uint16] | NDArray[np.uint32]
    data: bytes


@dataclass
class Cells:
    """The cells of a sheet as texts.

    Attributes:
        scan: What stands in them.
        parts: The rows that have cells.
        first_column: First column with a cell that holds something; readers leave out those before.
    """

    scan: Scan
    parts: list[Rows] = field(default_factory=list)
    first_column: int = MOST_COLUMNS

    def blocks(self) -> Iterator[Block]:
        """All rows from the first one of the sheet to the last that holds something, equally wide."""
        width = max(self.scan.columns - self.first_column, 0)
        done = 0
        for part in self.parts:
            numbers = part.numbers[part.numbers <= self.scan.rows]
            if not len(numbers):
                return
            lengths = np.zeros((len(numbers), width), np.int64)
            shown = part.lengths[: len(numbers), self.first_column : self.scan.columns]
            lengths[:, : shown.shape[1]] = shown
            whole = (
                numbers[0] == done + 1 and numbers[-1] == done + len(numbers) and lengths.any(axis=1).all()
            )
            if whole and b"\n" not in part.data and is_clean(part.data.decode()):
                yield end_to_end(part.data, lengths)
            else:
                yield _spread(part.data, lengths, (numbers - done - 1).tolist())
            done = int(numbers[-1])


def _spread(data: bytes, lengths: Whole, places: list[int]) -> list[list[str]]:
    """Rows as texts, each at its place among blank ones."""
    rows = [[""] * lengths.shape[1] for _ in range(places[-1] + 1)]
    end = 0
    for place, widths in zip(places, lengths.tolist(), strict=True):
        cells = rows[place]
        for column, width in enumerate(widths):
            if width:
                cells[column] = data[end : end + width].decode()
                end += width
    return rows


def read_cells(blocks: Iterable[bytes], strings: Strings, styles: Styles) -> Cells:
    """Read a sheet.

    Args:
        blocks: Its bytes.
        strings: The texts that its cells share.
        styles: What the styles of its cells make of numbers.

    Raises:
        NotPlain: there is more in it than plain cells.
        FileRejected: a place does not exist in a sheet.
    """
    reader = _Reader(strings, styles)
    frame = b""
    for piece in whole_rows(blocks):
        rows = piece
        if not frame:
            end = piece.find(_DATA) + len(_DATA)
            if end < len(_DATA):
                raise NotPlain
            frame, rows = piece[:end], piece[end:]
        if rows.endswith(_ROW_END):
            reader.take(rows)
        else:
            frame += rows
    _take_frame(frame, reader.cells.scan)
    return reader.cells


def _take_frame(frame: bytes, scan: Scan) -> None:
    """Take what a sheet says around its rows.

    Raises:
        NotPlain: it is not well-formed, or has more rows.
    """
    check_encoding(frame)
    try:
        around = scan_carefully([frame])
    except FileRejected:
        raise NotPlain from None
    if around.rows:
        raise NotPlain
    scan.dimension, scan.spots = around.dimension, around.spots


class _Reader:
    """Reads some whole rows after the other.

    Attributes:
        cells: What was read.
    """

    def __init__(self, strings: Strings, styles: Styles) -> None:
        self.cells = Cells(Scan())
        self._strings = strings
        self._styles = styles
        self._last_row = 0
        self._attributes: set[bytes] = set()  # of rows; those that are well-formed

    def take(self, rows: bytes) -> None:
        """Read rows.

        Raises:
            NotPlain: there is more in them than plain cells.
        """
        if rows.count(b'hidden="') > rows.count(b'hidden="false"') + rows.count(b'hidden="0"'):
            raise NotPlain
        check_text(rows)
        marked = rows
        for markup, mark in _MARKS:
            marked = marked.replace(markup, mark)
        text = np.frombuffer(marked + bytes(_BEYOND), np.uint8)
        found = _Found.of(text, len(marked))
        numbers, counts = self._numbers(marked, found)
        row = np.repeat(numbers, counts)
        column, style = _places(text, found, row)
        order = row * MOST_COLUMNS + column
        if (order[1:] <= order[:-1]).any():
            raise NotPlain
        data, lengths = self._values(marked, text, found, style)
        self._note(row, column, found.kind != _NONE)
        self.cells.parts.append(_laid_out(numbers, counts, column, data, lengths))

    def _numbers(self, marked: bytes, found: _Found) -> tuple[Whole, Whole]:
        """The numbers of the rows, and how many cells each has; finds where the first cells of rows begin."""
        last = np.flatnonzero(found.end >= _TEXT_LAST)
        if not len(last) or last[-1] != len(found.end) - 1:
            raise NotPlain
        begins = [0, *(found.ends[last[:-1]] + 1).tolist()]
        numbers, places = [], []
        opened = 0
        for begin in begins:
            match = _ROW.match(marked, begin)
            if match is None:
                raise NotPlain
            blank, number, attributes = match.group("blank", "number", "attributes")
            if blank or attributes not in self._attributes:
                _check_attributes(attributes, blank)
                self._attributes.add(attributes)
                opened += blank.count(b"<")
            numbers.append(int(number))
            places.append(match.end())
        opened += 2 * len(begins)
        if marked.count(b"<") != opened or marked.count(b">") != opened - len(begins):
            raise NotPlain
        found.places[np.append(0, last[:-1] + 1)] = places
        found_numbers = np.array(numbers, np.int64)
        if max(numbers) > MOST_ROWS:
            raise out_of_range("it has rows that no sheet has")
        if numbers[0] <= self._last_row or (found_numbers[1:] <= found_numbers[:-1]).any():
            raise NotPlain
        self._last_row = numbers[-1]
        return found_numbers, np.diff(last, prepend=-1)

    def _note(self, row: Whole, column: Whole, filled: Mask) -> None:
        """Note where cells are that hold something."""
        row, column = row[filled], column[filled]
        if len(row):
            scan = self.cells.scan
            scan.filled += len(row)
            scan.rows = int(row[-1])
            scan.columns = max(scan.columns, int(column.max()) + 1)
            self.cells.first_column = min(self.cells.first_column, int(column.min()))

    def _values(self, marked: bytes, text: Bytes, found: _Found, style: Whole) -> tuple[bytes, Whole]:
        """The values as texts one behind the other, and how many bytes each has."""
        starts, lengths = found.kinds + 1, found.ends - found.kinds - 1
        loose = found.kind == _INLINE
        check_edges(marked, text, starts[loose], found.ends[loose])
        changed = self._changed(marked, text, found, style)
        odd = np.array(list(changed), np.int64)
        behind = np.cumsum([len(marked), *map(len, changed.values())])
        starts[odd], lengths[odd] = behind[:-1], np.diff(behind)
        data, first = self._strings.followed_by(marked, *changed.values())
        starts += first
        shared = np.flatnonzero(found.kind == _SHARED)
        if len(shared):
            index = _whole(text, found.kinds[shared] + 1, found.ends[shared])
            if (index >= len(self._strings)).any():
                raise NotPlain
            starts[shared], lengths[shared] = self._strings.starts[index], self._strings.lengths[index]
        behind = np.cumsum(lengths)
        return data[np.repeat(starts - behind + lengths, lengths) + np.arange(behind[-1])].tobytes(), lengths

    def _changed(self, marked: bytes, text: Bytes, found: _Found, style: Whole) -> dict[int, bytes]:
        """The values that are written otherwise in the sheet, by the index of the cell."""
        numbers = np.flatnonzero(found.kind == _NUMBER)
        kinds = np.append(self._styles, UNKNOWN)[np.minimum(style[numbers], len(self._styles))]
        kinds[style[numbers] == _UNSTYLED] = NUMBER
        if (kinds == UNKNOWN).any():
            raise NotPlain
        first, end = found.kinds + 1, found.ends
        odd = ~_are_plain(text, first[numbers], end[numbers])
        changed: dict[int, bytes] = {}
        for work, cells in (
            (_day, numbers[kinds == DAY]),
            (_number, numbers[odd & (kinds == NUMBER)]),
            (_truth, np.flatnonzero(found.kind == _TRUTH)),
        ):
            for index in cells.tolist():
                changed[index] = work(marked[first[index] : end[index]])
        if b"&" in marked:
            for index in np.unique(np.searchsorted(end, np.flatnonzero(text == ord("&")))).tolist():
                kept = bool(found.kind[index] != _INLINE)
                changed[index] = plain_text(marked[first[index] : end[index]], kept=kept)
        return changed


@dataclass(frozen=True, slots=True)
class _Found:
    """The marks of some rows, cell by cell.

    Attributes:
        places: Where the reference of the cell begins (that of the first cell of a row is set later).
        kinds: Where its place and style end.
        kind: The mark there, which says what the value is.
        ends: Where its value ends.
        end: The mark there.
    """

    places: Whole
    kinds: Whole
    kind: Bytes
    ends: Whole
    end: Bytes

    @classmethod
    def of(cls, text: Bytes, size: int) -> _Found:
        """Find the marks in the first bytes of a text.

        Raises:
            NotPlain: they do not follow each other as in cells.
        """
        marks = np.flatnonzero(text[:size] < _MOST_MARK)
        codes = text[marks]
        blank = (codes == ord("\t")) | (codes == ord("\n"))
        if blank.any():
            marks, codes = marks[~blank], codes[~blank]
        kind, end = codes[0::2], codes[1::2]
        if not len(kind) == len(end) > 0 or not _FITS[kind, end].all():
            raise NotPlain
        ends = marks[1::2]
        return cls(np.append(0, ends[:-1] + 1), marks[0::2], kind, ends, end)


def _places(text: Bytes, found: _Found, row: Whole) -> tuple[Whole, Whole]:
    """Columns and styles of cells, which must say the row that they stand in."""
    column, behind = columns_at(text, found.places)
    behind = check_numbers(text, behind, row) + 1
    style = np.full(len(row), _UNSTYLED, np.int64)
    styled = np.flatnonzero(behind != found.kinds)
    if len(styled):
        start, end = behind[styled], found.kinds[styled] - 1
        for place, mark in enumerate(_STYLE):
            if (text[start + place] != mark).any():
                raise NotPlain
        if (text[end] != ord('"')).any():
            raise NotPlain
        style[styled] = _whole(text, start + len(_STYLE), end)
    return column, style


def _whole(text: Bytes, starts: Whole, ends: Whole) -> Whole:
    """Whole numbers that stand there and are not negative."""
    lengths = ends - starts
    most = int(lengths.max())
    if lengths.min() < 1 or most > _WIDEST_WHOLE:
        raise NotPlain
    value = np.zeros(len(starts), np.int64)
    for place in range(most):
        inside = place < lengths
        digit = text[starts + place] - np.uint8(ord("0"))
        if (inside & (digit > 9)).any():  # what is below 0 has become large
            raise NotPlain
        value = np.where(inside, value * 10 + digit, value)
    return value


def _are_plain(text: Bytes, starts: Whole, ends: Whole) -> Mask:
    """Whether numbers are written as they are to be shown: 12.5, and neither 12.50 nor 1.25E1."""
    lengths = ends - starts
    window = text[starts[:, None] + np.arange(_WIDEST_NUMBER + 1)]
    window[np.arange(_WIDEST_NUMBER + 1) >= lengths[:, None]] = 0
    digit = (window >= ord("0")) & (window <= ord("9"))
    minus = window[:, 0] == ord("-")
    dots = (window == ord(".")).sum(axis=1)
    digits = digit.sum(axis=1)
    each = np.arange(len(starts))
    first = minus.astype(np.int64)
    last = text[ends - 1]
    padded = (window[each, first] == ord("0")) & digit[each, first + 1]
    plain: Mask = (
        (digits + dots + minus == lengths)
        & (digits <= _MOST_DIGITS)
        & (dots <= 1)
        & digit[each, first]
        & ~padded
        & ((dots == 0) | ((last > ord("0")) & (last <= ord("9"))))
    )
    return plain


def _number(written: bytes) -> bytes:
    value = _value(written)
    if abs(value) > LARGEST:
        raise NotPlain
    return number_text(value).encode()


def _day(written: bytes) -> bytes:
    value = _value(written)
    if not _FIRST_DAY <= value <= _LAST_DAY:
        raise NotPlain
    return moment_text(_EPOCH + timedelta(milliseconds=floor(value * _MS_PER_DAY + 0.5))).encode()


def _truth(written: bytes) -> bytes:
    if written not in _TRUTHS:
        raise NotPlain
    return _TRUTHS[written]


def _value(written: bytes) -> float:
    if not _WRITTEN.fullmatch(written):
        raise NotPlain
    return float(written)


def number_text(value: float) -> str:
    """A number with the 15 digits that a workbook keeps exactly."""
    text = f"{value:.15g}"
    return format(Decimal(text), "f") if "e" in text else text


def moment_text(moment: datetime) -> str:
    """A moment, or its day where it is midnight."""
    return moment.isoformat(" ") if moment.time() != time() else moment.date().isoformat()


def _check_attributes(attributes: bytes, blank_rows: bytes) -> None:
    """Make sure that the attributes of rows are well-formed: none stands twice."""
    parser = ParserCreate()
    try:
        parser.Parse(b'<rows><row r="1"' + attributes + b"/>" + blank_rows + b"</rows>", True)
    except ExpatError:
        raise NotPlain from None


def _laid_out(numbers: Whole, counts: Whole, column: Whole, data: bytes, lengths: Whole) -> Rows:
    width = int(column.max()) + 1
    if len(numbers) * width > max(_FREE_PLACES, _MOST_PLACES * len(column)):
        raise NotPlain
    small = np.uint16 if lengths.max() < _SMALL else np.uint32
    table = np.zeros((len(numbers), width), small)
    table[np.repeat(np.arange(len(numbers)), counts), column] = lengths
    return Rows(numbers, table, data)
