"""Consecutive records of a table: their cells column by column as exact values, and their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count, islice
from operator import itemgetter

import numpy as np

from recon_app.models.record import NO_INT
from recon_app.sources import _values
from recon_app.sources._cells import Cells
from recon_app.sources._file import InputFile, clean_header
from recon_app.sources._reading import Ints, Mask, Reading, shown
from recon_app.sources._text import SUSPECT, Lines

AGAIN = "export it again"
NOT_SAVED = "export it again and import that file, not one saved by a spreadsheet program"
#: Minor units: no line of a merchant has more, an id in the column of amounts does; sums fit into int64.
LARGEST = 10**16
_MOST_SEARCHES = 5  # times that a file is read again to find the line of a record
# 5375180000000 saved by a spreadsheet program is 5.37518E+12: the digits behind are lost. It writes the sign;
# without one, 3E5 can be a code, and 5.37518E12 cannot
ROUNDED = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]{1,3}|[0-9][.,][0-9]+E[0-9]{1,3}", re.IGNORECASE)
_TURNED = re.compile(r"[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{2,4}\b")  # 2026-04-03 saved as 03/04/2026
_JOINERS = re.compile("[\u200c-\u200f]")  # emoji and scripts from right to left need them


class Chunk:
    """Some consecutive data records of a table, cells by header name.

    A missing column gives blanks; a cell that cannot be read is a problem of the file.

    Attributes:
        rows: int64 numbers of the data records, from 1.
        suspect: Whether some of its cells hold characters that nobody sees.
    """

    def __init__(
        self, header: Sequence[str], columns: Sequence[Sequence[str]], first: int, reading: Reading
    ) -> None:
        self.suspect = False
        self.rows: Ints = np.arange(first, first + len(columns[0]), dtype=np.int64)
        self._reading = reading
        self._index: dict[str, int] = {}
        for position, name in enumerate(header):
            self._index.setdefault(clean_header(name).casefold(), position)
        self._header = list(header)
        self._columns = columns

    def __len__(self) -> int:
        return len(self.rows)

    def name(self, *names: str) -> str | None:
        """The first of the names that the file has."""
        return next((name for name in names if name.casefold() in self._index), None)

    def has(self, *names: str) -> bool:
        """Whether the file has one of the columns."""
        return self.name(*names) is not None

    def text(self, *names: str) -> list[str]:
        """Cells byte for byte; blanks when the file has none of the columns."""
        return list(self.cells(*names))

    def cells(self, *names: str) -> Sequence[str]:
        """The same to be looked at, which need not make texts of them."""
        name = self.name(*names)
        if name is None:
            return [""] * len(self)
        return self._columns[self._index[name.casefold()]]

    def filled(self, *names: str) -> Mask:
        """Which cells are not blank."""
        cells = self.cells(*names)
        if isinstance(cells, Cells):
            there: Mask = cells.lengths != 0
            return there
        return np.fromiter(map(bool, cells), np.bool_, len(self))

    def ids(self, *names: str, required: bool = False) -> list[str]:
        """Cells of a column of identifiers byte for byte; one that a spreadsheet has rounded is a fault."""
        cells = self.text(*names)
        name = self.name(*names)
        together = "".join(cells)
        if "E" in together or "e" in together:
            for index, cell in enumerate(cells):
                if ROUNDED.fullmatch(cell):
                    self.problem(index, name, f"{cell!r} has lost its digits", NOT_SAVED, "E_ID_DAMAGED")
        if self.suspect:
            for index, cell in enumerate(cells):
                if SUSPECT.search(cell):
                    self.problem(index, name, f"{cell!r} holds an invisible character", AGAIN, "E_CONTROL")
        if required and not all(cells):
            for index, cell in enumerate(cells):
                if not cell:
                    self.problem(index, name, "is empty", "every record needs it", "E_ID_EMPTY")
        return cells

    def money(
        self,
        name: str,
        currencies: str | Sequence[str],
        *,
        texts: Sequence[str] | None = None,
        required: bool = False,
    ) -> Ints:
        """Exact minor units of a column; ``texts`` replaces the cells when they were prepared before."""
        cells = self.cells(name) if texts is None else texts
        values, bad = _values.minor_units(cells, currencies)
        self._report(
            name, cells, bad, "is not an exact amount", "correct the amount or its currency", "E_NUMBER"
        )
        huge = (np.abs(values) > LARGEST) & (values != NO_INT)
        if huge.any():
            self._report(name, cells, huge, "is no amount of money", "look for a cell that moved", "E_RANGE")
        if required:
            missing = (values == NO_INT) & ~bad
            self._report(name, cells, missing, "is empty", "every record needs an amount", "E_NUMBER")
        return values

    def quantities(self, name: str, *, texts: Sequence[str] | None = None, required: bool = False) -> Ints:
        """Exact millionths of a column; ``texts`` replaces the cells when they were prepared before."""
        cells = self.cells(name) if texts is None else texts
        values, bad = _values.quantities(cells)
        self._report(name, cells, bad, "is not an exact quantity", "correct the quantity", "E_NUMBER")
        if required:
            missing = (values == NO_INT) & ~bad
            self._report(name, cells, missing, "is empty", "every record needs a quantity", "E_NUMBER")
        return values

    def days(self, name: str, *, required: bool = False) -> Ints:
        """Days since 1970-01-01 of ISO dates."""
        cells = self.cells(name)
        values, bad = _values.iso_days(cells)
        self._report_dates(name, cells, bad, "is not a date YYYY-MM-DD", "export with ISO dates")
        if required:
            missing = (values == NO_INT) & ~bad
            self._report(name, cells, missing, "is empty", "every record needs a date", "E_DATE")
        return values

    def moments(self, name: str, zone: str = "", *, required: bool = False) -> tuple[Ints, Ints]:
        """Days as written and seconds in UTC of ISO timestamps."""
        cells = self.cells(name)
        days, at, bad = _values.moments(cells, zone)
        self._report_dates(name, cells, bad, "is not a time YYYY-MM-DD HH:MM:SS", "export it again")
        if required:
            missing = (days == NO_INT) & ~bad
            self._report(name, cells, missing, "is empty", "every record needs a time", "E_DATE")
        return days, at

    def _report_dates(self, name: str, cells: Sequence[str], bad: Mask, problem: str, advice: str) -> None:
        if not bad.any():
            return
        turned = np.array(
            [bool(fault and _TURNED.match(cell)) for fault, cell in zip(bad, cells, strict=True)]
        )
        told = f"{problem}: a spreadsheet program has rewritten it"
        self._report(name, cells, bad & turned, told, NOT_SAVED, "E_DATE")
        self._report(name, cells, bad & ~turned, problem, advice, "E_DATE")

    def problem(self, index: int, name: str | None, problem: str, advice: str, code: str = "") -> None:
        """Record a fault of one record of this chunk."""
        self._reading.problem(int(self.rows[index]), name, problem, advice, code)

    def _report(
        self,
        name: str,
        cells: Sequence[str],
        bad: Mask,
        problem: str,
        advice: str,
        code: str,
    ) -> None:
        for index in np.flatnonzero(bad).tolist():
            cell = cells[index]
            self.problem(index, name, f"{shown(cell)!r} {problem}" if cell else problem, advice, code)


class Numbered:
    """Lines of the records of the current chunk, of which the rows are known.

    Attributes:
        first: Number of its first record.
        rows: Index of each of its rows in the file.
    """

    def __init__(self, lines: Lines) -> None:
        self.first = 0
        self.rows: Sequence[int] = ()
        self._lines = lines

    def line(self, record: int) -> int | None:
        """The line of a record."""
        place = record - self.first
        return self._lines.of(self.rows[place]) if 0 <= place < len(self.rows) else None


class Places:
    """Which rows of a file its records are, to find their lines.

    Rows that hold no data are left out on the way, so where some were, the file is read again.
    """

    def __init__(self, file: InputFile, lines: Lines, first: int) -> None:
        self._file = file
        self._lines = lines
        self._counter = count(first)
        self._looks = 0  # each look at the counter counts, too
        self._first = self._start = 0  # record number and row index of the first row of the chunk
        self._taken = first
        self._cut: list[list[str]] = []
        self._found: dict[int, list[int]] = {}
        self._searches = 0

    def counted(self, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        """Count rows while they are taken, at the speed of the interpreter's own loops."""
        return map(itemgetter(0), zip(rows, self._counter, strict=False))

    def enter(self, first: int, cut: list[list[str]], ahead: int) -> int:
        """Tell which records are read now, and how many rows behind them were taken.

        Returns:
            Index of the row behind the records.
        """
        self._first, self._start = first, self._taken
        self._taken = next(self._counter) - self._looks - ahead
        self._looks += 1
        self._cut = list(cut)
        return self._taken

    def line(self, record: int) -> int | None:
        """The line of a record of the current chunk."""
        place = record - self._first
        if not 0 <= place < len(self._cut):
            return None
        if self._taken - self._start == len(self._cut):
            return self._lines.of(self._start + place)
        if self._first not in self._found:
            self._found[self._first] = self._search()
        found = self._found[self._first]
        return self._lines.of(found[place]) if len(found) == len(self._cut) else None

    def _search(self) -> list[int]:
        """Row indexes of the records of the chunk."""
        self._searches += 1
        if self._searches > _MOST_SEARCHES:
            return []
        wanted = iter(self._cut)
        record = next(wanted)
        found = []
        for index, row in enumerate(islice(self._file.rows(), self._start, self._taken), self._start):
            if row == record:
                found.append(index)
                record = next(wanted, [])
        return found


def report_suspects(
    cut: Sequence[Sequence[str]], header: Sequence[str], first: int, reading: Reading
) -> None:
    """Refuse NUL and a byte order mark within the text, which are damage; warn of other controls."""
    for row, record in enumerate(cut, first):
        for name, cell in zip(header, record, strict=True):
            if not SUSPECT.search(cell):
                continue
            quoted = f"{shown(cell)!r} holds"
            if "\0" in cell:
                reading.problem(row, name, f"{quoted} a NUL character", AGAIN, "E_NUL")
            elif "\ufeff" in cell:
                reading.problem(row, name, f"{quoted} a byte order mark", AGAIN, "E_CONTROL")
            elif SUSPECT.search(_JOINERS.sub("", cell)):
                reading.warn("W_CONTROL", row, name, f"{quoted} an invisible character")
