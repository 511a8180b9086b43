"""Text tables cut into rows as a strict csv reader does it, with the line of each row and of each fault.

Most exports quote no cell or every one; such blocks of lines are split twice as fast as by the csv module.
Everything else goes through ``csv.reader(strict=True)``.
"""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TextIO

import numpy as np

from recon_app.models.problem import FileRejected, Problem
from recon_app.sources._cells import Table, plain_table

MAX_COLUMNS = 500
MAX_FIELD = 131_072  # characters
_BLOCK = 1 << 16  # characters
_LONGEST_LINE = MAX_COLUMNS * MAX_FIELD // 4  # characters; longer ones are no table
_MAX_SUSPECTS = 1_000
_FEWEST_SWALLOWED = 5  # delimiters in a line within a cell that make it look like a row

csv.field_size_limit(MAX_FIELD)

_BLANKS, _DELETE = b"\t\n\r", 127
#: Characters that no cell should hold: controls, zero-width ones, marks that turn the direction of reading.
SUSPECT = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff]"
)
_INVISIBLE = [
    chr(code)
    for start, end in ((0x80, 0xA0), (0x200B, 0x2010), (0x202A, 0x202F), (0x2060, 0x206A), (0xFEFF, 0xFF00))
    for code in range(start, end)
]
_INVISIBLE_STARTS = {char.encode()[:-1] for char in _INVISIBLE}


class Lines:
    """Where the rows of one reading of a file stand, and which cells hold characters that nobody sees.

    Attributes:
        suspects: Row index and column index, from 0, of cells with :data:`SUSPECT` characters.
    """

    def __init__(self) -> None:
        self.suspects: list[tuple[int, int]] = []
        self._rows = [0]
        self._first = [1]

    def mark(self, index: int, line: int) -> None:
        """Tell that the row with this index begins on this line, and the rows behind it one line each on."""
        if line - index != self._first[-1] - self._rows[-1]:
            self._rows.append(index)
            self._first.append(line)

    def of(self, index: int) -> int:
        """The line, from 1, on which the row with this index (from 0) begins."""
        place = bisect_right(self._rows, index) - 1
        return self._first[place] + index - self._rows[place]

    def suspects_before(self, index: int) -> bool:
        """Whether rows before one have suspects, which then are forgotten."""
        known = len(self.suspects)
        self.suspects = [place for place in self.suspects if place[0] >= index]
        return len(self.suspects) < known

    def inspect(self, text: str, rows: Sequence[Sequence[str]], first: int) -> None:
        """Look for suspect characters in rows, of which ``text`` holds at least all characters."""
        if len(self.suspects) >= _MAX_SUSPECTS or is_clean(text):
            return
        self.suspects += [
            (first + number, place)
            for number, row in enumerate(rows)
            for place, cell in enumerate(row)
            if SUSPECT.search(cell)
        ]


Block = list[list[str]] | Table


def rows_of(block: Block) -> list[list[str]]:
    """All rows of a block as texts."""
    return block.rows() if isinstance(block, Table) else block


def row_blocks(stream: TextIO, delimiter: str, lines: Lines, width: int = 0) -> Iterator[Block]:
    """Cut a text into rows, some hundred at a time.

    Args:
        stream: The text, opened with ``newline=""``.
        delimiter: What parts the cells.
        lines: Takes where the rows stand.
        width: Number of cells of rows that are to come as a :class:`Table` where they allow it, but for the
            first ones; 0 for none.

    Raises:
        FileRejected: the quoting is wrong, or a line or cell is too long; all rows before were yielded.
    """
    done, line = 0, 1
    while block := stream.read(_BLOCK) + stream.readline(_LONGEST_LINE):
        too_long = ""
        if len(block) >= _LONGEST_LINE:
            start = max(block.rfind("\n"), block.rfind("\r")) + 1
            block, too_long = block[:start], block[start:]
        if not block:
            raise FileRejected(_too_long(too_long, delimiter, done, line))
        if width and done and not too_long and is_clean(block):
            table = plain_table(block, delimiter, width, MAX_FIELD)
            if table is not None:
                lines.mark(done, line)
                yield table
                done, line = done + len(table), line + len(table)
                continue
        rows = plain_rows(block, delimiter)
        if rows is None:
            reader = _StrictReader(block, stream, delimiter, lines, done, line)
            rows = reader.rows()
            line = reader.line
        else:
            line = _mark_plain(block, rows, lines, done, line)
            reader = None
        lines.inspect(block if reader is None else "".join(map("".join, rows)), rows, done)
        yield rows
        done += len(rows)
        if reader is not None and reader.damage is not None:
            raise FileRejected(reader.damage)
        if too_long:
            raise FileRejected(_too_long(too_long, delimiter, done, line))


def is_clean(text: str) -> bool:
    """Whether a text has no character that no cell should hold."""
    encoded = text.encode(errors="surrogatepass")
    data = np.frombuffer(encoded, np.uint8)  # far faster than a pattern
    blank = sum(int(np.count_nonzero(data == code)) for code in _BLANKS)
    if np.count_nonzero(data < ord(" ")) != blank or (data == _DELETE).any():
        return False
    rare = not text.isascii() and any(start in encoded for start in _INVISIBLE_STARTS)
    return not (rare and any(char in text for char in _INVISIBLE))


def _too_long(text: str, delimiter: str, rows: int, line: int) -> Problem:
    place = damaged_field(text, delimiter, longest=MAX_FIELD)
    column = None if place is None else column_number(place)
    problem = f"the line is longer than {_LONGEST_LINE:,} characters"
    return Problem(rows, column, problem, "this is no table", "E_TOO_LARGE", line)


def plain_rows(block: str, delimiter: str) -> list[list[str]] | None:
    """Split whole lines of which no cell is quoted, or every one; twice as fast as the csv module.

    Returns:
        The rows that a strict csv reader gives; None when only that can read the block.
    """
    if len(block) > csv.field_size_limit():
        return None
    end = "\r\n" if "\r" in block else "\n"
    lines = block.removesuffix(end)
    if '"' not in block:
        plain = block.count("\r") + block.count("\n") == len(end) * block.count(end)
        return [line.split(delimiter) if line else [] for line in lines.split(end)] if plain else None
    rows = [line.split(f'"{delimiter}"') for line in lines[1:-1].split(f'"{end}"')]
    # every quote is the first or last character of a cell
    whole = lines[0] == lines[-1] == '"' and block.count('"') == 2 * sum(map(len, rows))
    return rows if whole else None


def _mark_plain(block: str, rows: Sequence[Sequence[str]], lines: Lines, done: int, line: int) -> int:
    """Mark the lines of a block of plain rows; returns the line behind it."""
    lines.mark(done, line)
    taken = block.count("\n") + (not block.endswith("\n"))
    if taken != len(rows):  # a quoted cell holds line breaks
        for index, row in enumerate(rows, done):
            lines.mark(index, line)
            line += 1 + sum(_breaks(cell) for cell in row)
        return line
    return line + taken


def _breaks(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


class _StrictReader:
    """Reads a block, and what its last row takes of the stream, with the csv module.

    Attributes:
        line: The line behind the rows.
        damage: Why it ended early, None when it did not.
    """

    def __init__(
        self, block: str, stream: Iterable[str], delimiter: str, lines: Lines, done: int, line: int
    ) -> None:
        self.line = line
        self.damage: Problem | None = None
        self._block = io.StringIO(block, newline="")
        self._end = len(block)
        self._rest = stream
        self._delimiter = delimiter
        self._lines = lines
        self._done = done
        self._record: list[str] = []

    def rows(self) -> list[list[str]]:
        """The rows up to the end of the block or to the first that is damaged."""
        rows: list[list[str]] = []
        reader = csv.reader(self._tape(), delimiter=self._delimiter, strict=True)
        try:
            for row in reader:
                self._lines.mark(self._done + len(rows), self.line)
                if len(self._record) > 1 and self._swallows(row):
                    self._refuse(len(rows), "E_QUOTE", "a quote takes further rows into one cell", None)
                    break
                rows.append(row)
                self.line += len(self._record)
                self._record.clear()
                if self._block.tell() == self._end:  # the last row may have taken more of the stream
                    break
        except csv.Error as error:
            self._explain(len(rows), str(error))
        return rows

    def _tape(self) -> Iterator[str]:
        """The lines, of which those of the current row are kept."""
        for line in chain(self._block, self._rest):
            self._record.append(line)
            yield line

    def _swallows(self, row: Sequence[str]) -> bool:
        """Whether a line within a cell has the delimiters of a whole row: a quote was closed too late."""
        fewest = max(len(row) - 1, _FEWEST_SWALLOWED)
        return any(
            line.count(self._delimiter) >= fewest
            for cell in row
            if "\n" in cell or "\r" in cell
            for line in cell.splitlines()[1:-1]
        )

    def _explain(self, rows: int, error: str) -> None:
        text = "".join(self._record)
        if "field limit" in error:
            place = damaged_field(text, self._delimiter, longest=MAX_FIELD)
            self._refuse(rows, "E_TOO_LARGE", f"a cell is longer than {MAX_FIELD:,} characters", place)
        elif "end of data" in error:
            place = damaged_field(text, self._delimiter)
            self._refuse(rows, "E_QUOTE", "the text is damaged here: a quote does not close", place)
        else:
            place = damaged_field(text, self._delimiter)
            self._refuse(rows, "E_QUOTE", f"the text is damaged here ({error})", place)

    def _refuse(self, rows: int, code: str, problem: str, place: int | None) -> None:
        column = None if place is None else column_number(place)
        self.damage = Problem(self._done + rows, column, problem, "export it again", code, self.line)


def column_number(place: int) -> str:
    """What a column is called before the header is known; see :func:`named`."""
    return f"column {place + 1}"


def named(problems: Iterable[Problem], header: Sequence[str]) -> list[Problem]:
    """Faults of damaged rows with the names of their columns."""
    names = {column_number(place): name for place, name in enumerate(header)}
    return [Problem(each.row, names.get(each.column or "", each.column), *_rest(each)) for each in problems]


def _rest(problem: Problem) -> tuple[str, str, str, int | None]:
    return problem.problem, problem.advice, problem.code, problem.line


_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def damaged_field(text: str, delimiter: str, longest: int = 0) -> int | None:
    """Index of the first cell of a row that is quoted wrongly, or longer than ``longest``."""
    place = start = 0
    while start <= len(text):
        if text.startswith('"', start):
            quoted = _QUOTED.match(text, start)
            end = len(text) if quoted is None else quoted.end()
            closed = quoted is not None and text[end : end + 1] in (delimiter, "\r", "\n", "")
        else:
            end = text.find(delimiter, start)
            end = len(text) if end < 0 else end
            closed = True
        if (end - start > longest) if longest else not closed:
            return place
        place, start = place + 1, end + 1
    return None
