"""XLSX workbooks: the sheet that holds the table, as text cells, with all that is odd about it.

What programs that write workbooks do wrong, or what a person does to one in a spreadsheet program, is found
before the cells are read: see :mod:`~recon_app.sources._workbook_zip` for the file and
:mod:`~recon_app.sources._workbook_scan` for the cells. Then the cells are what a CSV export would hold; the
number of a row is that of the sheet.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial
from itertools import chain, islice
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recon_app.models.problem import AnswerNeeded, FileRejected, Problem
from recon_app.sources._text import Block, rows_of
from recon_app.sources._workbook_cells import LARGEST, Cells, moment_text, number_text, read_cells
from recon_app.sources._workbook_scan import MOST_ROWS, NotPlain, Scan, Spot, scan_carefully, scan_plainly
from recon_app.sources._workbook_strings import NO_STRINGS, read_strings
from recon_app.sources._workbook_styles import NO_STYLES, styles_of
from recon_app.sources._workbook_zip import (
    MAGIC,
    Container,
    Sheet,
    damaged,
    fault,
    has_cells,
    opened,
    parse,
)

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_HEAD_ROWS = 40
_BIG_PART = 8 << 20  # bytes of a sheet from which on its first rows are read alone
_HEAD_BYTES = 1 << 20
_ROWS = 1_000  # rows that are looked at together
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"  # where the library looks for them
_MOST_PROBLEMS = 100
_ENDINGS = (".xlsx", ".xlsm")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_CORRECT = "correct the cell and save the workbook again"
_WORDS = {  # of spots: what is wrong and what to do; {} is the text of the spot
    "E_XLSX_ERRCELL": ("{!r} is an error value", _CORRECT),
    "E_XLSX_NOCACHE": (
        "the formula has no stored value",
        "open the workbook in a spreadsheet program and save it",
    ),
    "E_XLSX_DUPCELL": ("the cell stands in the file twice", "copy the table into a new workbook"),
    "W_MERGED": ("the cells {} are merged, so only the first has a value", "undo the merge"),
}


class Workbook:
    """One sheet of a workbook.

    Attributes:
        path: Where the workbook lies.
    """

    def __init__(self, path: Path, sheet: str = "") -> None:
        """Name a workbook and, where it has several sheets with cells, one of them."""
        self.path = path
        self._wanted = sheet

    def __getstate__(self) -> dict[str, Any]:
        """Travel between processes without the cells."""
        return {name: value for name, value in vars(self).items() if name not in ("_cells", "_checked")}

    @cached_property
    def _checked(self) -> _Checked:
        """The workbook, safe to be read.

        Raises:
            FileRejected: the workbook is damaged or made to do harm.
            AnswerNeeded: several sheets have cells.
        """
        return _check(self.path, self._wanted)

    @cached_property
    def _cells(self) -> CalamineSheet:
        return _load(str(self.path), self._checked.sheet)

    @property
    def height(self) -> int:
        """The last row that holds something, from 1; 0 for an empty sheet.

        Raises:
            FileRejected: the workbook cannot be read.
            AnswerNeeded: several sheets have cells.
        """
        return self._checked.scan.rows

    @cached_property
    def head(self) -> list[list[str]]:
        """The first 40 rows of the sheet as text cells.

        Raises:
            FileRejected: the workbook cannot be read.
            AnswerNeeded: several sheets have cells.
        """
        if self._checked.cells is not None:
            return list(islice(chain.from_iterable(map(rows_of, self._checked.cells.blocks())), _HEAD_ROWS))
        sheet = self._checked.sheet
        with opened(self.path) as container:
            big = container.size(sheet.part) > _BIG_PART
            cells = _load(_beginning(container, sheet), sheet) if big else self._cells
        return [_texts(row) for row in islice(cells.iter_rows(), _HEAD_ROWS)]

    @cached_property
    def warnings(self) -> tuple[Problem, ...]:
        """What was read and should be looked at."""
        sheet, scan = self._checked.sheet, self._checked.scan
        found = [self._problem(spot) for spot in scan.spots if spot.code.startswith("W_")]
        if self._checked.has_macros:
            found.append(_warning("W_HIDDEN", "the workbook holds macros, which were not run"))
        if sheet.hidden:
            found.append(_warning("W_HIDDEN", f"the sheet {sheet.name!r} is hidden and was read"))
        if scan.dimension is not None and (scan.dimension[0] < scan.rows or scan.dimension[1] < scan.columns):
            rows, columns = scan.dimension
            found.append(
                _warning(
                    "W_DIMENSION",
                    f"the sheet says it has {rows} rows and {columns} columns; "
                    f"all {scan.rows} rows and {scan.columns} columns were read",
                )
            )
        return tuple(found)

    def rows(self) -> Iterator[list[str]]:
        """All rows of the sheet as text cells, blank ones included: the first one is row 1.

        Raises:
            FileRejected: a cell has no value that can be trusted; every such cell is named.
        """
        return chain.from_iterable(map(rows_of, self.blocks()))

    def blocks(self) -> Iterator[Block]:
        """The same, some thousand rows at a time."""
        scan = self._checked.scan
        faults = [self._problem(spot) for spot in scan.spots if spot.code.startswith("E_")]
        if faults:
            raise FileRejected(*faults)
        if scan.rows == MOST_ROWS:
            raise fault("E_TRUNCATED", "the sheet is full, so rows are probably missing", "export it as CSV")
        if self._checked.cells is not None:
            yield from self._checked.cells.blocks()
            return
        rows = self._loaded_rows()
        while block := list(islice(rows, _ROWS)):
            yield block

    def _loaded_rows(self) -> Iterator[list[str]]:
        """All rows as the library reads them."""
        faults = []
        too_long: list[float] = []
        kinds: _Kinds = {**_TEXTS, float: partial(_number_text, too_long=too_long)}
        for number, row in enumerate(self._cells.iter_rows(), 1):
            yield _texts(row, kinds)
            if too_long:
                faults += [self._too_long(number, row, cell) for cell in too_long]
                too_long.clear()
                if len(faults) >= _MOST_PROBLEMS:
                    break
        if faults:
            raise FileRejected(*faults)

    def numbers(self, columns: Sequence[int]) -> Iterator[tuple[int, int, float]]:
        """Sheet row, column from 0 and value of the cells in some columns that are numbers and no text."""
        for number, row in enumerate(self._cells.iter_rows(), 1):
            for column in columns:
                if column < len(row) and isinstance(row[column], float):
                    yield number, column, row[column]  # type: ignore[misc]

    def _too_long(self, number: int, row: Sequence[object], cell: float) -> Problem:
        return Problem(
            None,
            self._title(row.index(cell)),
            f"the number {cell:.0f} is too long for a cell: its last digits are lost",
            "export it as CSV, or with this column as text",
            "E_ID_DAMAGED",
            number,
        )

    def _problem(self, spot: Spot) -> Problem:
        column = None if spot.column is None else self._title(spot.column)
        if spot.code in _WORDS:
            problem, advice = _WORDS[spot.code]
            return Problem(None, column, problem.format(spot.text), advice, spot.code, spot.row)
        what = "column" if spot.row is None else "row"
        return _warning("W_HIDDEN", f"the {what} is hidden and was read", column, spot.row)

    def _title(self, column: int) -> str | None:
        """What the header says over a column: the first of the widest of the first rows."""
        header = max(self.head, key=lambda row: len([cell for cell in row if cell.strip()]), default=[])
        return (header[column].strip() if column < len(header) else "") or None


def _warning(code: str, problem: str, column: str | None = None, row: int | None = None) -> Problem:
    return Problem(None, column, problem, "look at it", code, row)


@dataclass(frozen=True)
class _Checked:
    """A workbook that is safe to be read.

    Attributes:
        sheet: The sheet that is meant.
        scan: What stands in its cells.
        has_macros: Whether the workbook holds a program.
        cells: The cells, where they are as programs write them; others are read by the library.
    """

    sheet: Sheet
    scan: Scan
    has_macros: bool
    cells: Cells | None


def _check(path: Path, wanted: str) -> _Checked:
    """Check a workbook, see :class:`Workbook`."""
    with opened(path) as container:
        sheet = _chosen(container, wanted)
        for part in container.parts():
            if part != sheet.part:
                container.check_part(part)
        cells = _plain_cells(container, sheet)
        scan = cells.scan if cells is not None else _scanned(container, sheet)
        scan.check()
        return _Checked(sheet, scan, container.has_macros, cells)


def _plain_cells(container: Container, sheet: Sheet) -> Cells | None:
    """The cells of a sheet, None where there is more in it than programs write as a rule."""
    if container.from_1904 or not (container.strings in ("", _STRINGS) and container.styles in ("", _STYLES)):
        return None
    styles = styles_of(container.elements(_STYLES)) if container.styles else NO_STYLES
    try:
        strings = read_strings(container.blocks(_STRINGS)) if container.strings else NO_STRINGS
        return read_cells(container.blocks(sheet.part), strings, styles)
    except NotPlain:
        return None


def _scanned(container: Container, sheet: Sheet) -> Scan:
    """What stands in the cells of a sheet, which is well-formed."""
    scan = scan_plainly(container.blocks(sheet.part))
    if scan is None:
        return scan_carefully(container.blocks(sheet.part))
    scan.check()
    parse(container.blocks(sheet.part))
    return scan


def _chosen(container: Container, wanted: str) -> Sheet:
    """The sheet that is meant.

    Raises:
        AnswerNeeded: several have cells.
    """
    sheets = container.sheets
    if len(sheets) > 1:
        sheets = tuple(sheet for sheet in sheets if has_cells(container.blocks(sheet.part))) or sheets[:1]
    named = [sheet for sheet in sheets if sheet.name == wanted]
    if len(sheets) == 1 or named:
        return named[0] if named else sheets[0]
    hidden = [sheet.name for sheet in sheets if sheet.hidden]
    names = tuple(dict.fromkeys(sheet.name for sheet in sorted(sheets, key=lambda sheet: sheet.hidden)))
    said = [_warning("W_HIDDEN", f"the sheet {name!r} is hidden") for name in hidden]
    aside = f" ({', '.join(hidden)}: hidden)" if hidden else ""
    raise AnswerNeeded("sheet", names, f"Which sheet of the workbook is meant?{aside}", *said)


def _load(book: str | io.BytesIO, sheet: Sheet) -> CalamineSheet:
    import python_calamine  # heavy, and only workbooks need it

    try:
        return python_calamine.load_workbook(book).get_sheet_by_name(sheet.name)
    except python_calamine.CalamineError as error:
        raise damaged(error) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # what a fault of the library itself raises
            raise damaged("its reader failed") from error
        raise


def _beginning(container: Container, sheet: Sheet) -> io.BytesIO:
    """The same workbook with the first rows of one sheet: the library reads all that there is."""
    short = io.BytesIO()
    with zipfile.ZipFile(short, "w") as archive:
        for part in container.parts():
            if part == sheet.part:
                archive.writestr(part, _first_rows(container.blocks(part)))
            elif "/worksheets/" not in part:
                archive.writestr(part, b"".join(container.blocks(part)))
    short.seek(0)
    return short


def _first_rows(blocks: Iterator[bytes]) -> bytes:
    start = b""
    for block in blocks:
        start += block
        end = start.rfind(b"</row>")
        if end >= 0 and len(start) >= _HEAD_BYTES:
            return start[:end] + b"</row></sheetData></worksheet>"
    return start


def _number_text(cell: float, too_long: list[float] | None = None) -> str:
    """A number as text; what no cell can hold goes to a list."""
    if too_long is not None and LARGEST < abs(cell) < inf:
        too_long.append(cell)
    return number_text(cell)


_Kinds = Mapping[type, Callable[[Any], str]]
_TEXTS: _Kinds = {
    float: _number_text,
    date: date.isoformat,
    datetime: moment_text,
}


def _texts(row: Sequence[Any], kinds: _Kinds = _TEXTS) -> list[str]:
    """Cells of a workbook as the text a CSV export would hold."""
    return [cell if cell.__class__ is str else kinds.get(cell.__class__, str)(cell) for cell in row]


def other_workbook(name: str, head: bytes) -> Problem | None:
    """What to say of a file that is a workbook of another kind, or is called one and is none.

    Args:
        name: Name of the file.
        head: Its first bytes.
    """
    called = Path(name).suffix.casefold() in _ENDINGS
    if head.startswith(_OLD_OFFICE):
        if called or _ENCRYPTED in head:
            return Problem(
                None,
                None,
                "the workbook is protected with a password",
                "save it without a password",
                "E_XLSX_ENCRYPTED",
            )
        return _not_text("this is a workbook of Excel 97 (.xls)")
    if head.startswith(MAGIC) and _OPEN_DOCUMENT in head[:200]:
        return _not_text("this is an OpenDocument workbook (.ods)")
    if called and not head.startswith(MAGIC):
        return Problem(
            None,
            None,
            f"the file is called {name} and is no workbook",
            "give it its right ending, such as .csv, or export it again",
            "E_NOT_TEXT",
        )
    return None


def _not_text(what: str) -> Problem:
    return Problem(None, None, what, "open it in a spreadsheet program and save it as .xlsx", "E_NOT_TEXT")
