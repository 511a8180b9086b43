"""A table of any origin: its header and rows, where each stands, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from math import inf
from operator import itemgetter

import numpy as np

from recon_app.models.problem import AnswerNeeded, FileRejected, Problem, UsageError
from recon_app.models.record import NO_INT
from recon_app.sources._bank_mapping import column_index
from recon_app.sources._base import CHUNK_ROWS, InputFile, Ints, Mask, Reading, clean_header, shown
from recon_app.sources._mapped_columns import (
    PREFIX,
    Kind,
    Target,
    header_score,
    propose,
    told_columns,
)
from recon_app.sources._text import MAX_COLUMNS, SUSPECT, Lines, named
from recon_app.sources._totals import names_total

DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_TEXT_ENDINGS = (".csv", ".txt", ".tsv")
_MOST_SAME = 50_000  # distinct cells of a column that are looked up
_MOST_WIDE = 99  # lines of a wrong width after which reading on is no use
_AGAIN = "export it again"


@dataclass
class Table:
    """The records of a table, column by column.

    Attributes:
        reading: Takes faults and warnings.
        targets: What the columns can be, by key.
        header: Header cells.
        names: Header cells of the mapped columns as messages call them, by key.
        places: Column indexes by key.
        rows: Numbers of the records below the header, from 1.
        lines: Their lines in the file.
        cells: Their cells by key, blanks around them included.
        questions: What a person must answer; asked when nothing else is wrong.
        numbers: Rows by key whose cell is a number of a workbook, not a text.
    """

    reading: Reading
    targets: dict[str, Target]
    header: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    cells: dict[str, list[str]] = field(default_factory=dict)
    questions: list[AnswerNeeded] = field(default_factory=list)
    numbers: dict[str, set[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def needed(self) -> Callable[[Sequence[str]], tuple[str, ...]]:
        """Picks the cells of a row that a record has and a total has not."""
        identify = (Kind.ID, Kind.CURRENCY)
        places = [
            place
            for key, place in self.places.items()
            if self.targets[key].filled or self.targets[key].kind in identify
        ]
        return itemgetter(*places, places[0])  # twice, so that it picks a tuple

    def fault(self, index: int, key: str, problem: str, advice: str, code: str) -> None:
        """Record a fault of a cell."""
        self.reading.problem(self.rows[index], self.names[key], problem, advice, code, self.lines[index])

    def warn(self, index: int, key: str, problem: str, code: str) -> None:
        """Record what should be looked at in a cell."""
        self.reading.warn(code, self.rows[index], self.names[key], problem, line=self.lines[index])

    def ask(
        self,
        question: str,
        option: str,
        choices: Sequence[str],
        index: int,
        key: str,
        problem: str,
        code: str,
    ) -> None:
        """Record what a cell leaves open."""
        place = Problem(
            self.rows[index], self.names[key], problem, "answer the question", code, self.lines[index]
        )
        self.questions.append(AnswerNeeded(option, tuple(choices), question, place))

    def faults(self, key: str, bad: Mask, problem: str, advice: str, code: str) -> None:
        """Record the same fault of many cells."""
        for index in np.flatnonzero(bad).tolist():
            cell = self.cells[key][index].strip()
            self.fault(index, key, f"{shown(cell)!r} {problem}" if cell else "is empty", advice, code)

    def none(self) -> Ints:
        """A column without values."""
        return np.full(len(self), NO_INT, np.int64)

    def settle(self) -> None:
        """End with the faults, or else with the first question.

        Raises:
            FileRejected: there are faults.
            AnswerNeeded: there are questions and no faults.
        """
        if self.reading.problems:
            raise FileRejected(*self.reading.problems)
        if self.questions:
            raise self.questions[0]


def read_table(
    file: InputFile, targets: Sequence[Target], options: Mapping[str, str], reading: Reading
) -> Table:
    """Find the header, bind the columns and take the records.

    Raises:
        FileRejected: this is no table, has no header or no records.
        AnswerNeeded: a column that is needed is not certain.
        UsageError: an option cannot be.
    """
    _refuse_others(file, options)
    file = _with_delimiter(file, options)
    told = told_columns(options, targets)
    table = Table(reading, {target.key: target for target in targets})
    rows, lines = file.numbered_rows()
    index = _header_index(file, told, options)
    above = list(islice(rows, index))
    table.header = next(rows, [])
    _check_width(table.header, lines.of(index))
    _bind(table, told, lines.of(index))
    _warn_header(table, file, above, index, lines)
    try:
        _take(table, rows, lines, index, until_blank=bool(options.get(PREFIX + "block")))
    except FileRejected as rejected:  # the text is damaged; what was read before is judged all the same
        reading.problems += named(rejected.problems, table.header)
    _report_suspects(table, lines, index)
    _find_numbers(table, file)
    reading.locate = dict(zip(table.rows, table.lines, strict=True)).get
    if not table.rows and not reading.problems:
        raise FileRejected(Problem(None, None, "the table has no records", "export it again", "E_EMPTY"))
    return table


def _refuse_others(file: InputFile, options: Mapping[str, str]) -> None:
    """Refuse what is no text and no workbook, or is not what its name says.

    Raises:
        FileRejected: it is.
        AnswerNeeded: its name does not say what it is.
    """
    ending = file.path.suffix.casefold()
    looks = file.not_text
    if looks and not (file.is_xlsx and ending not in _TEXT_ENDINGS):
        advice = "give it its right ending, or export it as CSV or Excel workbook"
        raise FileRejected(Problem(None, None, f"{file.name} is {looks}", advice, "E_NOT_TEXT"))
    if not file.is_xlsx and not file.head.removeprefix(b"\xef\xbb\xbf").strip():
        raise FileRejected(Problem(None, None, "the file is empty", _AGAIN, "E_EMPTY"))
    if not (ending or file.is_xlsx or options.get("ending") == "csv"):
        problem = Problem(None, None, f"{file.name} has no ending", "answer the question", "E_NOT_TEXT")
        question = "The name of the file has no ending. Is it a table of text (csv)?"
        raise AnswerNeeded("ending", ("csv",), question, problem)


def _with_delimiter(file: InputFile, options: Mapping[str, str]) -> InputFile:
    told = options.get(PREFIX + "delimiter") or options.get("delimiter", "")
    if not told or file.is_xlsx:
        return file
    mark = DELIMITERS.get(told, told)
    if len(mark) != 1:
        raise UsageError(f"{told!r} is not one character; use comma, semicolon, tab or pipe")
    other = InputFile(file.path, file.encoding)
    other.delimiter = mark
    return other


def _header_index(file: InputFile, told: Mapping[str, str], options: Mapping[str, str]) -> int:
    """Index of the header row.

    Raises:
        FileRejected: no row can be the header.
        UsageError: the row that was named does not exist.
    """
    row = options.get(PREFIX + "header_row", "")
    if row:
        if not (row.isascii() and row.isdigit() and len(row) < 10 and int(row)):
            raise UsageError(f"header_row is {row!r}; it must be a number from 1 on")
        return int(row) - 1
    block = options.get(PREFIX + "block", "").strip().casefold()
    if block:
        return _block_header(file, block)
    rows = file.head_rows
    scores = [header_score(cells, list(told.values())) for cells in rows] or [0]
    best = scores.index(max(scores))
    if scores[best]:
        return best
    if told and not all(name.startswith("#") for name in told.values()):
        first = next((number for number, cells in enumerate(rows, 1) if any(cells)), 1)
        _check_width(rows[first - 1] if rows else (), first)
        problem = Problem(
            None,
            None,
            "no row has the column names",
            "keep the header line in the file",
            "E_NO_HEADER",
            first,
        )
        raise FileRejected(problem)
    return next((index for index, cells in enumerate(rows) if _can_be_header(cells)), 0)


def _can_be_header(cells: Sequence[str]) -> bool:
    """Whether a row has several cells, all of them words."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) > 1 and not any(cell.strip()[0].isdigit() for cell in filled)


def _block_header(file: InputFile, title: str) -> int:
    """Index of the row below the title of a block, of several tables in one file."""
    titled = False
    for index, row in enumerate(file.rows()):
        if titled and any(row):
            return index
        titled = titled or any(cell.strip().casefold() == title for cell in row)
    problem = Problem(
        None, None, f"there is no block {title!r}", "name the title above the table", "E_NO_HEADER"
    )
    raise FileRejected(problem)


def _check_width(header: Sequence[str], line: int) -> None:
    if len(header) > MAX_COLUMNS:
        problem = f"the header has {len(header)} columns"
        raise FileRejected(Problem(None, None, problem, "export fewer columns", "E_TOO_LARGE", line))


def _bind(table: Table, told: Mapping[str, str], line: int) -> None:
    """Say which column is what.

    Raises:
        FileRejected: a named column is missing or stands twice.
        AnswerNeeded: a needed column is not certain.
    """
    header = table.header
    proposed = propose(header, list(table.targets.values()))
    if told.keys() & {"amount", "debit", "credit"}:
        for key in ("amount", "debit", "credit", "direction"):
            proposed.pop(key, None)
    named_already = {column_index(header, name) for name in told.values()}
    proposed = {
        key: name for key, name in proposed.items() if column_index(header, name) not in named_already
    }
    names = [clean_header(cell).casefold() for cell in header]
    for key, name in {**proposed, **told}.items():
        place = column_index(header, name)
        if place is None:
            advice = "name another column, or export the table with it"
            table.reading.problem(None, name, "this column is missing", advice, "E_HEADER_MISSING", line)
        elif names.count(clean_header(name).casefold()) > 1:
            table.reading.problem(
                None,
                name,
                "this column stands twice",
                "rename one, or name it by its number (#3)",
                "E_HEADER_DUP",
                line,
            )
        else:
            table.places[key], table.names[key] = place, name
    if table.reading.problems:
        raise FileRejected(*table.reading.problems)
    _need_columns(table)


def _need_columns(table: Table) -> None:
    choices = [clean_header(cell) or f"#{place + 1}" for place, cell in enumerate(table.header)]
    both = {"debit", "credit"} <= table.places.keys()
    for target in table.targets.values():
        if target.required and target.key not in table.places and not (target.key == "amount" and both):
            question = f"Which column holds the {target.key.replace('_', ' ')}?"
            raise AnswerNeeded(PREFIX + target.key, tuple(choices), question)


def _warn_header(
    table: Table, file: InputFile, above: Sequence[Sequence[str]], index: int, lines: Lines
) -> None:
    reading = table.reading
    first = next((number for number, cells in enumerate(above) if any(cells)), None)
    if first is not None or file.names_delimiter:
        reading.warn(
            "W_PREAMBLE", None, None, "lines above the header were left out", line=lines.of(first or 0)
        )
    line = lines.of(index)
    mapped = {place: key for key, place in table.places.items()}
    for place, cell in enumerate(table.header):
        if place in mapped:
            if cell != cell.strip() or "\u00a0" in cell:
                name = table.names[mapped[place]]
                reading.warn("W_WHITESPACE", None, name, "blanks around the name of the column", line=line)
        else:
            reading.warn(
                "W_EXTRA_COLUMN", None, clean_header(cell) or None, "the column is not used", line=line
            )


def _take(table: Table, rows: Iterator[list[str]], lines: Lines, header: int, *, until_blank: bool) -> None:
    """Take the records below the header; blank rows and totals are left out."""
    width = len(table.header)
    kept = _Kept(table)
    number = 0
    wide: list[tuple[Sequence[str], int, int]] = []
    try:
        for index, row in enumerate(rows, header + 1):
            if not any(row):
                if until_blank:
                    break
                continue
            number += 1
            table.reading.rows = number
            if len(row) != width:
                wide.append((row[: MAX_COLUMNS + 1], number, lines.of(index)))
                if len(wide) >= _MOST_WIDE:
                    break
            elif _is_total(table, row):
                table.reading.warn(
                    "W_TOTAL_ROW", number, None, f"{shown(row[0])!r}: a total, left out", line=lines.of(index)
                )
            else:
                table.rows.append(number)
                table.lines.append(lines.of(index))
                kept.add(row)
    finally:
        all_alike = not table.rows and len({len(row) for row, _, _ in wide}) == 1
        for cells, record, line in wide[:1] if all_alike else wide:
            _refuse_width(table, cells, record, line)
        kept.flush()


class _Kept:
    """Puts the cells of rows into the columns of a table; those that repeat are kept once, to save memory."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._rows: list[list[str]] = []
        differs = (Kind.ID, Kind.MONEY)
        self._same: dict[str, dict[str, str]] = {
            key: {} for key in table.places if table.targets[key].kind not in differs
        }
        table.cells = {key: [] for key in table.places}

    def add(self, row: list[str]) -> None:
        """Take a row."""
        self._rows.append(row)
        if len(self._rows) >= CHUNK_ROWS:
            self.flush()

    def flush(self) -> None:
        """Put the rows into the columns."""
        columns = list(zip(*self._rows, strict=True))
        self._rows.clear()
        for key, place in self._table.places.items() if columns else ():
            cells: Iterable[str] = columns[place]
            same = self._same.get(key)
            if same is not None and len(same) < _MOST_SAME:
                cells = map(same.setdefault, columns[place], columns[place])
            self._table.cells[key].extend(cells)


def _refuse_width(table: Table, row: Sequence[str], number: int, line: int) -> None:
    code = "E_TOO_LARGE" if len(row) > MAX_COLUMNS else "E_FIELD_COUNT"
    problem = f"the line has {len(row)} cells and the header {len(table.header)}"
    advice = "a cell with the delimiter in it must be quoted; export it again"
    table.reading.problem(number, None, problem, advice, code, line)


def _is_total(table: Table, row: Sequence[str]) -> bool:
    """Whether a row is called a total and lacks a cell that every record needs."""
    if all(table.needed(row)):
        return False
    return names_total(next(cell for cell in row if cell))


def _report_suspects(table: Table, lines: Lines, header: int) -> None:
    """Refuse mapped cells, and any cell of a row that is not whole, with characters that nobody sees."""
    if not lines.suspects:
        return
    keys = {place: key for key, place in table.places.items()}
    index_of = {line: index for index, line in enumerate(table.lines)}
    for row, place in lines.suspects:
        line = lines.of(row)
        if row > header and line not in index_of and place < len(table.header):
            name = clean_header(table.header[place])
            table.reading.problem(None, name, "an invisible character stands here", _AGAIN, "E_CONTROL", line)
        elif row > header and line in index_of and place in keys:
            _suspect(table, index_of[line], keys[place])


def _suspect(table: Table, index: int, key: str) -> None:
    cell = table.cells[key][index]
    if "\0" in cell:
        table.fault(index, key, f"{shown(cell)!r} holds a NUL character", _AGAIN, "E_NUL")
    elif SUSPECT.search(cell):
        advice = "take the character out, or export it again"
        table.fault(index, key, f"{shown(cell)!r} holds an invisible character", advice, "E_CONTROL")


def _find_numbers(table: Table, file: InputFile) -> None:
    """Note which cells are numbers of a workbook, and tell of those with more digits than it keeps."""
    if not file.is_xlsx:
        return
    looked = (Kind.ID, Kind.DATE, Kind.MONEY, Kind.QUANTITY)
    keys = {place: key for key, place in table.places.items() if table.targets[key].kind in looked}
    index_of = {line: index for index, line in enumerate(table.lines)}
    for row, place, value in file.workbook.numbers(sorted(keys)):
        if row not in index_of:
            continue
        index, key = index_of[row], keys[place]
        table.numbers.setdefault(key, set()).add(index)
        text = format(value, ".15g")
        if table.targets[key].kind in (Kind.MONEY, Kind.QUANTITY) and value not in (float(text), inf):
            table.warn(index, key, f"{value!r} is read as {text}", "W_FLOAT_NOISE")
