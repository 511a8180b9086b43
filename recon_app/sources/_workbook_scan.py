"""What stands in the cells of a sheet, found before a library lays them out in memory.

A sheet is a list of cells that name their own place (ECMA-376 part 1, 18.3). Readers lay it out as a
rectangle up to the farthest place, take the last of two cells with one place, and show error values and
formulas without a stored value as blanks; all of that is found here. Sheets as programs write them are looked
through with numpy, far faster than element by element; only what is not plain there is read that way.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate

import numpy as np
from numpy.typing import NDArray

from recon_app.sources._workbook_zip import damaged, fault, refuse_doctype

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
_MOST_PLACES = 40_000_000  # cells of the rectangle; the reader needs 32 bytes for each
_FREE_PLACES = 2_000_000
_MOST_BLANK = 50  # places of the rectangle for each cell that is filled
_MOST_SPOTS = 100
_LONGEST_ROW = 64 << 20  # bytes
_DIMENSION = re.compile(rb'<dimension ref="[A-Z]{1,3}[0-9]{1,7}(?::([A-Z]{1,3})([0-9]{1,7}))?"')
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,9})")
_ROW_END = b"</row>"
_BEYOND = 24  # bytes that may be looked at behind a tag
_LETTERS = 26
_MOST_DIGITS = 8  # of a row that must be told from those that a sheet has
_POWERS = 10 ** np.arange(_MOST_DIGITS, dtype=np.int64)

Bytes = NDArray[np.uint8]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spot:
    """Something about one cell, row or column of a sheet.

    Attributes:
        code: Code of the problem or warning.
        row: Sheet row from 1, None for a whole column.
        column: Column from 0, None for a whole row.
        text: What stands there.
    """

    code: str
    row: int | None
    column: int | None
    text: str


@dataclass
class Scan:
    """What was found.

    Attributes:
        filled: Cells that hold something.
        rows: Last row with such a cell, from 1; 0 for an empty sheet.
        columns: Number of columns up to the last such cell.
        dimension: Rows and columns that the sheet says it has, None when it does not say.
        spots: Faults and warnings about cells, the first hundred.
    """

    filled: int = 0
    rows: int = 0
    columns: int = 0
    dimension: tuple[int, int] | None = None
    spots: list[Spot] = field(default_factory=list)

    def spot(self, code: str, row: int | None, column: int | None, text: str = "") -> None:
        """Note something about a place."""
        if len(self.spots) < _MOST_SPOTS:
            self.spots.append(Spot(code, row, column, text))

    def check(self) -> None:
        """Refuse a sheet whose rectangle would not fit into memory.

        Raises:
            FileRejected: its cells are too many or too far apart.
        """
        places = self.rows * self.columns
        if places > _FREE_PLACES and places > _MOST_BLANK * self.filled:
            raise out_of_range(f"its {self.filled} cells are spread over {self.rows} rows")
        if places > _MOST_PLACES:
            raise fault("E_TOO_LARGE", f"the sheet has {places} cells", "export it as CSV")


class NotPlain(Exception):
    """There is more in a part than what programs write as a rule."""


def scan_plainly(blocks: Iterable[bytes]) -> Scan | None:
    """Look through a sheet as programs write it; None when there is more in it than plain cells.

    Raises:
        FileRejected: a place does not exist in a sheet.
    """
    scan = Scan()
    last = 0
    try:
        for rows in whole_rows(blocks):
            if scan.dimension is None:
                scan.dimension = _dimension(rows)
            last = _look_through(scan, rows, last)
    except NotPlain:
        return None
    return scan


def whole_rows(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, cut behind rows; last comes what stands behind all of them.

    Raises:
        NotPlain: the sheet does not begin as in UTF-8.
        FileRejected: a row is far too long.
    """
    rest = b""
    for number, block in enumerate(blocks):
        if not number and b"<worksheet" not in block:
            raise NotPlain  # names with a prefix, or no UTF-8
        joined = rest + block
        end = joined.rfind(_ROW_END) + len(_ROW_END)
        if end < len(_ROW_END):
            if len(joined) > _LONGEST_ROW:
                raise fault("E_ZIP_BOMB", "a row of the sheet is far too long")
            rest = joined
            continue
        yield joined[:end]
        rest = joined[end:]
    yield rest


def _dimension(start: bytes) -> tuple[int, int] | None:
    match = _DIMENSION.search(start)
    if match is None:
        return None
    if match[1] is None:
        return 1, 1
    return int(match[2]), _column(match[1].decode()) + 1


def _look_through(scan: Scan, rows: bytes, last: int) -> int:
    """Add some whole rows to a scan; returns the place of their last cell, the one before was ``last``."""
    text = np.frombuffer(rows + bytes(_BEYOND), np.uint8)
    single = bool((text == ord("'")).any())
    if b't="e"' in rows or b'hidden="' in rows or (single and b"='" in rows):
        raise NotPlain
    tags: Whole = np.flatnonzero(text == ord("<"))
    first = text[tags + 1]
    if ((first == ord("!")) | (first == ord("m"))).any():  # comments, CDATA, document types; merged cells
        raise NotPlain
    first = np.append(first, np.zeros(2, np.uint8))
    _check_formulas(text, tags, first)
    starts, numbers = _rows(text, tags[first[:-2] == ord("r")])
    which = np.flatnonzero(first == ord("c"))
    second = text[tags[which] + 2]
    if ((second == ord(">")) | (second == ord("/"))).any():
        raise NotPlain
    which = which[second == ord(" ")]
    if not len(which):
        return last
    cells = tags[which]
    row, column = _places(text, cells, starts, numbers)
    order = row * MOST_COLUMNS + column
    if order[0] <= last or (order[1:] <= order[:-1]).any():
        raise NotPlain
    behind = first[which + 1]
    filled = (behind != ord("/")) & (behind != ord("c"))  # neither its end nor the next cell
    if filled.any():
        scan.filled += int(filled.sum())
        scan.rows = int(row[filled].max())
        scan.columns = max(scan.columns, int(column[filled].max()) + 1)
    return int(order[-1])


def _check_formulas(text: Bytes, tags: Whole, first: Bytes) -> None:
    """Make sure that behind each formula stands its value."""
    formulas = np.flatnonzero(first == ord("f"))
    formulas = formulas[text[tags[formulas] + 2] < ord("a")]
    ended = first[formulas + 1] == ord("/")
    if (first[formulas + 1 + ended] != ord("v")).any():
        raise NotPlain


def _rows(text: Bytes, tags: Whole) -> tuple[Whole, Whole]:
    """Where rows begin, and their numbers, which they must say first."""
    starts = tags[text[tags + 2] == ord("o")]
    marks = text[starts[:, None] + np.arange(4, 8)]
    if (marks != np.frombuffer(b' r="', np.uint8)).any():
        raise NotPlain
    numbers = np.zeros(len(starts), np.int64)
    place, going = starts + 8, np.ones(len(starts), np.bool_)
    for _ in range(_MOST_DIGITS):
        digit = text[place] - np.uint8(ord("0"))
        going &= digit <= 9  # what is below 0 has become large
        numbers = np.where(going, numbers * 10 + digit, numbers)
        place += going
    if (text[place] != ord('"')).any():
        raise NotPlain
    if ((numbers < 1) | (numbers > MOST_ROWS)).any():
        raise out_of_range("it has rows that no sheet has")
    return starts, numbers


def _places(text: Bytes, cells: Whole, starts: Whole, numbers: Whole) -> tuple[Whole, Whole]:
    """Rows from 1 and columns from 0 of cell elements, which must say the row that they stand in."""
    inside = np.searchsorted(starts, cells) - 1
    if not len(starts) or inside[0] < 0:
        raise NotPlain
    for place, mark in enumerate(b'r="', 3):
        if (text[cells + place] != mark).any():
            raise NotPlain
    column, behind = columns_at(text, cells + 6)
    row = numbers[inside]
    check_numbers(text, behind, row)
    return row, column


def columns_at(text: Bytes, places: Whole) -> tuple[Whole, Whole]:
    """Columns from 0 whose letters stand at places, and the places behind the letters.

    Raises:
        NotPlain: no letters stand there.
        FileRejected: no sheet has such a column.
    """
    letters = [text[places + place] - np.uint8(ord("A")) for place in range(3)]  # below A becomes large
    two = letters[1] < _LETTERS
    three = two & (letters[2] < _LETTERS)
    if (letters[0] >= _LETTERS).any():
        raise NotPlain
    column = letters[0].astype(np.int64)
    column = np.where(two, (column + 1) * _LETTERS + letters[1], column)
    column = np.where(three, (column + 1) * _LETTERS + letters[2], column)
    if (column >= MOST_COLUMNS).any():
        raise out_of_range("it has cells in columns that no sheet has")
    return column, places + 1 + two + three


def check_numbers(text: Bytes, start: Whole, expected: Whole) -> Whole:
    """Make sure that numbers stand there, each with a quotation mark behind it.

    Returns:
        The places of the quotation marks.

    Raises:
        NotPlain: something else stands there.
    """
    digits: Whole = np.searchsorted(_POWERS, expected, side="right")
    for count in range(int(digits.min()), int(digits.max()) + 1):
        these = digits == count
        shown = text[start[these][:, None] + np.arange(count + 1)]
        value = (shown[:, :count] - np.uint8(ord("0"))).astype(np.int64) @ _POWERS[:count][::-1]
        if (shown[:, count] != ord('"')).any() or (shown[:, :count] > ord("9")).any():
            raise NotPlain
        if (value != expected[these]).any():
            raise NotPlain
    return start + digits


def out_of_range(what: str) -> Exception:
    """A refusal of places that no sheet has."""
    return fault("E_XLSX_RANGE", f"the sheet cannot be read: {what}", "copy the table into a new workbook")


def _column(letters: str) -> int:
    """Column from 0 of ``A`` to ``XFD``."""
    value = 0
    for letter in letters:
        value = value * 26 + ord(letter) - ord("A") + 1
    return value - 1


class _Careful:
    """Reads a sheet element by element.

    Attributes:
        scan: What was found so far.
    """

    def __init__(self) -> None:
        self.scan = Scan()
        self._row = 0
        self._column = -1
        self._type = ""
        self._formula = self._value = self._in_value = False
        self._text = ""
        self._places = array("q")

    def start(self, tag: str, values: dict[str, str]) -> None:
        """Take the start of an element."""
        name = tag.rpartition(":")[2]
        if name == "c":
            self._start_cell(values)
        elif name == "row":
            self._start_row(values)
        elif name in ("v", "is"):
            self._value = True
            self._in_value = name == "v"
        elif name == "f":
            self._formula = True
        elif name == "mergeCell":
            for place in _ends(values.get("ref", ""))[:1]:
                self.scan.spot("W_MERGED", *place, values["ref"])
        elif name == "col" and values.get("hidden") in ("1", "true"):
            self.scan.spot("W_HIDDEN", None, _whole(values.get("min", "1")) - 1)
        elif name == "dimension":
            ends = _ends(values.get("ref", ""))
            self.scan.dimension = (ends[-1][0], ends[-1][1] + 1) if ends else None

    def _start_row(self, values: dict[str, str]) -> None:
        self._row = _whole(values["r"]) if "r" in values else self._row + 1
        self._column = -1
        if not 1 <= self._row <= MOST_ROWS:
            raise out_of_range(f"it has a row {self._row}")
        if values.get("hidden") in ("1", "true"):
            self.scan.spot("W_HIDDEN", self._row, None)

    def _start_cell(self, values: dict[str, str]) -> None:
        if "r" in values:
            match = _PLACE.fullmatch(values["r"])
            if match is None:
                raise damaged(f"a cell stands at {values['r']!r}")
            self._row, self._column = int(match[2]), _column(match[1])
        else:
            self._column += 1
        if not 1 <= self._row <= MOST_ROWS or self._column >= MOST_COLUMNS:
            raise out_of_range(f"it has a cell in row {self._row}, column {self._column + 1}")
        self._places.append(self._row * MOST_COLUMNS + self._column)
        self._type, self._text = values.get("t", ""), ""
        self._formula = self._value = False

    def text(self, text: str) -> None:
        """Take the text of an element."""
        if self._in_value and self._type == "e":
            self._text += text

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        self._in_value = False
        if tag.rpartition(":")[2] != "c":
            return
        if self._type == "e":
            self.scan.spot("E_XLSX_ERRCELL", self._row, self._column, self._text)
        elif self._formula and not self._value:
            self.scan.spot("E_XLSX_NOCACHE", self._row, self._column)
        if self._value or self._formula:
            self.scan.filled += 1
            self.scan.rows = max(self.scan.rows, self._row)
            self.scan.columns = max(self.scan.columns, self._column + 1)

    def find_doubled(self) -> None:
        """Note the places that stand more than once."""
        places = np.sort(np.frombuffer(self._places, np.int64)) if self._places else np.zeros(0, np.int64)
        for place in np.unique(places[1:][places[1:] == places[:-1]]).tolist():
            self.scan.spot("E_XLSX_DUPCELL", place // MOST_COLUMNS, place % MOST_COLUMNS)


def _ends(reference: str) -> list[tuple[int, int]]:
    """Row from 1 and column from 0 of the corners of ``A1:C3``; empty when it is none."""
    matches = [_PLACE.fullmatch(corner) for corner in reference.split(":")]
    return [(int(match[2]), _column(match[1])) for match in matches if match is not None]


def _whole(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text):
        raise damaged(f"a row or column is numbered {text[:20]!r}")
    return int(text)


def scan_carefully(blocks: Iterable[bytes]) -> Scan:
    """Look through any sheet.

    Raises:
        FileRejected: it is no XML, declares entities, or a place does not exist in a sheet.
    """
    careful = _Careful()
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = careful.start
    parser.EndElementHandler = careful.end
    parser.CharacterDataHandler = careful.text
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except (ExpatError, UnicodeError, LookupError) as error:
        raise damaged(error) from error
    careful.find_doubled()
    return careful.scan
