"""What a source is: recognise a file by its content, read it into normalised batches, prove it."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property, partial
from itertools import chain, islice
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from recon_app.models.money import format_minor
from recon_app.models.problem import AnswerNeeded, FileRejected, Problem
from recon_app.models.proof import Proof
from recon_app.models.record import FIELDS, NO_INT, RecordType
from recon_app.sources import _values

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
#: Normalised rows: text fields as lists of str, integer fields as int64 arrays, absent fields left out.
Batch = dict[str, "list[str] | Ints"]

CHUNK_ROWS = 1_000  # rows that stay in the processor's cache: 20,000 take twice the time
HEAD_ROWS = 40  # a header is looked for in this many first rows
_HEAD_BYTES = 65_536
_BLOCK_BYTES = 1 << 20
_BLOCK = 1 << 16  # characters
_MAX_PROBLEMS = 100
_MAX_COLUMNS = 500
_SHOWN = 60  # characters of a faulty cell in a message
_FIELD_NAMES = frozenset(spec.name for spec in FIELDS)
_ENCODINGS = ("cp1252", "cp1250", "utf-16")
_ZIP_MAGIC = b"PK\x03\x04"

csv.field_size_limit(131_072)


def clean_header(cell: str) -> str:
    """Fold what exports vary in a header cell: BOM, no-break spaces, doubled blanks."""
    return " ".join(cell.replace("\ufeff", "").replace("\u00a0", " ").split())


class InputFile:
    """A file to be imported, read once and looked at from several sides.

    Attributes:
        path: Where it lies.
        name: Base name, as shown and stored.
    """

    def __init__(self, path: Path, encoding: str = "") -> None:
        self.path = path
        self.name = path.name
        self._encoding = encoding

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB."""
        with self.path.open("rb") as stream:
            return stream.read(_HEAD_BYTES)

    @cached_property
    def sha256(self) -> str:
        """Hash of the bytes."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    @cached_property
    def is_xlsx(self) -> bool:
        """Whether the content is an Office Open XML workbook."""
        return self.head.startswith(_ZIP_MAGIC) and b"[Content_Types].xml" in self.head

    @cached_property
    def encoding(self) -> str:
        """Encoding of a text file: the byte order mark or UTF-8 decides, otherwise it is asked.

        Raises:
            AnswerNeeded: the bytes are not UTF-8 and nobody said what they are.
        """
        if self._encoding:
            return self._encoding
        if self.head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        if self._is_utf8():
            return "utf-8-sig"
        raise AnswerNeeded("encoding", _ENCODINGS, "The text is not UTF-8. Which encoding is it?")

    def _is_utf8(self) -> bool:
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            with self.path.open("rb") as stream:
                while block := stream.read(_BLOCK_BYTES):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        return True

    def text(self) -> str:
        """The whole text of a small file.

        Raises:
            FileRejected: the bytes do not fit the encoding.
        """
        try:
            return self.path.read_text(encoding=self.encoding)
        except UnicodeDecodeError as error:
            raise FileRejected(_undecodable(error)) from error

    @cached_property
    def delimiter(self) -> str:
        """The character that splits the most cells in the first lines of a text file."""
        lines = self._head_text.splitlines()[:HEAD_ROWS]
        counts = {mark: sum(len(_split(line, mark)) - 1 for line in lines) for mark in ",;\t|"}
        return max(counts, key=lambda mark: counts[mark])

    @cached_property
    def head_rows(self) -> list[list[str]]:
        """The first rows as text cells; empty for files that are not tables."""
        if self.is_xlsx:
            return [_texts(row) for row in islice(self._sheet_rows(), HEAD_ROWS)]
        if b"\0" in self.head and not self.encoding.startswith("utf-16"):
            return []
        lines = io.StringIO(self._head_text, newline="")
        try:
            return list(islice(csv.reader(lines, delimiter=self.delimiter), HEAD_ROWS))
        except csv.Error:
            return []

    def header_index(self, required: Sequence[str]) -> int | None:
        """Index of the first row that has all required header cells, None when there is none."""
        wanted = {name.casefold() for name in required}
        for index, row in enumerate(self.head_rows):
            if wanted <= {clean_header(cell).casefold() for cell in row}:
                return index
        return None

    @cached_property
    def _head_text(self) -> str:
        return self.head.decode(self.encoding, errors="ignore")

    def _sheet_rows(self) -> Iterator[list[object]]:
        import python_calamine  # heavy, and only workbooks need it

        try:
            book = python_calamine.load_workbook(str(self.path))
            sheet = book.get_sheet_by_index(0)
            return (list(row) for row in sheet.to_python(skip_empty_area=False))
        except python_calamine.CalamineError as error:
            raise FileRejected(
                Problem(None, None, f"the workbook cannot be read ({error})", "export it again")
            ) from error

    def rows(self) -> Iterator[list[str]]:
        """All rows as text cells, quoting checked strictly.

        Raises:
            FileRejected: the text is damaged.
        """
        if self.is_xlsx:
            yield from (_texts(row) for row in self._sheet_rows())
            return
        number = 0
        try:
            with self.path.open(encoding=self.encoding, newline="") as stream:
                while block := stream.read(_BLOCK) + stream.readline():
                    rows = plain_rows(block, self.delimiter)
                    if rows is not None:
                        yield from rows
                        number += len(rows)
                        continue
                    lines = io.StringIO(block, newline="")
                    for row in csv.reader(chain(lines, stream), delimiter=self.delimiter, strict=True):
                        number += 1
                        yield row
                        if lines.tell() == len(block):  # the last row may have taken more of the stream
                            break
        except UnicodeDecodeError as error:
            raise FileRejected(_undecodable(error)) from error
        except csv.Error as error:
            raise FileRejected(
                Problem(number, None, f"the text is damaged here ({error})", "export it again")
            ) from error


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


def _undecodable(error: UnicodeDecodeError) -> Problem:
    return Problem(None, None, f"byte {error.start} is not {error.encoding}", "save the file as UTF-8")


def _split(line: str, mark: str) -> list[str]:
    return next(csv.reader([line], delimiter=mark), [])


def _texts(cells: Sequence[object]) -> list[str]:
    """Cells of a workbook as the text a CSV export would hold."""
    return [cell if isinstance(cell, str) else _text(cell) for cell in cells]


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        # 15 significant digits are what a workbook stores exactly
        text = format(cell, ".15g")
        return format(cell, ".0f") if "e" in text and cell.is_integer() else text
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


@dataclass
class Reading:
    """What is learnt about a file while it is read: faults, control totals, proofs.

    Attributes:
        problems: Faults; any of them rejects the whole file.
        proofs: Control identities.
        totals: Control totals by (name, currency), minor units.
        notes: Things the user should know that are no faults.
        rows: Data records read so far.
    """

    problems: list[Problem] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    totals: dict[tuple[str, str], int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rows: int = 0
    _identities: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def problem(self, row: int | None, column: str | None, problem: str, advice: str) -> None:
        """Record a fault.

        Raises:
            FileRejected: there are too many to be worth reading on.
        """
        self.problems.append(Problem(row, column, problem, advice))
        if len(self.problems) >= _MAX_PROBLEMS:
            raise FileRejected(*self.problems)

    def total(self, name: str, currencies: Sequence[str] | str, minor: Ints) -> None:
        """Add a column to a control total, currency by currency."""
        self.add_totals(currencies, {name: minor})

    def add_totals(self, currencies: Sequence[str] | str, columns: Mapping[str, Ints]) -> None:
        """Add columns to the control totals of their names, currency by currency."""
        codes = [currencies] if isinstance(currencies, str) else list(dict.fromkeys(currencies))
        cells = np.asarray(currencies, dtype=object)
        rows = {code: cells == code if len(codes) > 1 else True for code in codes}
        for name, minor in columns.items():
            known = minor != NO_INT
            for code, here in rows.items():
                self._add_total(name, code, int(minor[known & here].sum()))

    def _add_total(self, name: str, currency: str, minor: int) -> None:
        key = (name, currency)
        self.totals[key] = self.totals.get(key, 0) + minor

    def identity(self, name: str, ok: Mask, rows: Ints) -> None:
        """Check an identity that must hold in every row; summed up over all chunks."""
        checked, held, first = self._identities.get(name, (0, 0, 0))
        broken = rows[~ok]
        if not first and len(broken):
            first = int(broken[0])
        self._identities[name] = (checked + len(ok), held + int(ok.sum()), first)

    def sum_proof(self, name: str, currency: str, expected: int, found: int) -> None:
        """Record that two sums must be equal."""
        self.proofs.append(
            Proof(
                name,
                f"{format_minor(expected, currency)} {currency}",
                f"{format_minor(found, currency)} {currency}",
                expected == found,
            )
        )

    def finish(self) -> None:
        """Turn the row identities into proofs and refuse a file with faults.

        Raises:
            FileRejected: with every fault found.
        """
        for name, (checked, held, first) in self._identities.items():
            if not checked:  # a proof over no rows proves nothing
                continue
            found = f"{held} rows" + (f", first broken: row {first}" if first else "")
            self.proofs.append(Proof(name, f"{checked} rows", found, held == checked))
        self._identities.clear()
        if self.problems:
            raise FileRejected(*self.problems)


class Chunk:
    """Some consecutive data records of a table, cells by header name.

    A missing column gives blanks; a cell that cannot be read is a problem of the file.

    Attributes:
        rows: int64 numbers of the data records, from 1.
    """

    def __init__(
        self, header: Sequence[str], columns: Sequence[Sequence[str]], first: int, reading: Reading
    ) -> None:
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
        name = self.name(*names)
        if name is None:
            return [""] * len(self)
        return list(self._columns[self._index[name.casefold()]])

    def money(
        self,
        name: str,
        currencies: str | Sequence[str],
        *,
        texts: Sequence[str] | None = None,
        required: bool = False,
    ) -> Ints:
        """Exact minor units of a column; ``texts`` replaces the cells when they were prepared before."""
        cells = self.text(name) if texts is None else texts
        values, bad = _values.minor_units(cells, currencies)
        self._report(name, cells, bad, "is not an exact amount", "correct the amount or its currency")
        if required:
            self._report(name, cells, values == NO_INT, "is empty", "every record needs an amount", bad)
        return values

    def quantities(self, name: str, *, texts: Sequence[str] | None = None, required: bool = False) -> Ints:
        """Exact millionths of a column; ``texts`` replaces the cells when they were prepared before."""
        cells = self.text(name) if texts is None else texts
        values, bad = _values.quantities(cells)
        self._report(name, cells, bad, "is not an exact quantity", "correct the quantity")
        if required:
            self._report(name, cells, values == NO_INT, "is empty", "every record needs a quantity", bad)
        return values

    def days(self, name: str, *, required: bool = False) -> Ints:
        """Days since 1970-01-01 of ISO dates."""
        cells = self.text(name)
        values, bad = _values.iso_days(cells)
        self._report(name, cells, bad, "is not a date YYYY-MM-DD", "export with ISO dates")
        if required:
            self._report(name, cells, values == NO_INT, "is empty", "every record needs a date", bad)
        return values

    def moments(self, name: str, zone: str = "", *, required: bool = False) -> tuple[Ints, Ints]:
        """Days as written and seconds in UTC of ISO timestamps."""
        cells = self.text(name)
        days, at, bad = _values.moments(cells, zone)
        self._report(name, cells, bad, "is not a time YYYY-MM-DD HH:MM:SS", "export it again")
        if required:
            self._report(name, cells, days == NO_INT, "is empty", "every record needs a time", bad)
        return days, at

    def problem(self, index: int, name: str | None, problem: str, advice: str) -> None:
        """Record a fault of one record of this chunk."""
        self._reading.problem(int(self.rows[index]), name, problem, advice)

    def _report(
        self,
        name: str,
        cells: Sequence[str],
        bad: Mask,
        problem: str,
        advice: str,
        already: Mask | None = None,
    ) -> None:
        for index in np.flatnonzero(bad if already is None else bad & ~already).tolist():
            cell = cells[index]
            shown = cell if len(cell) <= _SHOWN else f"{cell[:_SHOWN]}…"
            self.problem(index, name, f"{shown!r} {problem}" if cell else problem, advice)


class Source(ABC):
    """One input format.

    Attributes:
        id: Name of the plug-in: its file name.
        title: What the user calls such a file.
        record_type: What one record is.
        key: Fields that together identify a record; equal keys in one file are twins, both kept.
        progress: Fields that move on in later exports (pending to paid); other changes are conflicts.
        fallback: Asked only when no other source claims the file.
        unproven: Whether it was written without a real file. Then each file must prove itself: one without a
            proof, or with a proof that fails, is refused.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    record_type: ClassVar[RecordType]
    key: ClassVar[tuple[str, ...]]
    progress: ClassVar[tuple[str, ...]] = ()
    fallback: ClassVar[bool] = False
    unproven: ClassVar[bool] = False

    @abstractmethod
    def recognises(self, file: InputFile) -> bool:
        """Whether the content is of this format, whatever the file is called."""

    @abstractmethod
    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield normalised batches; report faults, totals and proofs to ``reading``.

        Raises:
            FileRejected: the file cannot be used.
            AnswerNeeded: the file fits more than one reading and ``options`` does not say which.
        """


class TableSource(Source):
    """A CSV or XLSX file with one header row, columns bound by name.

    Attributes:
        required: Header cells that recognise the format; unknown further columns are fine.
    """

    required: ClassVar[tuple[str, ...]]

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has all required header cells."""
        return file.header_index(self.required) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the table chunk by chunk."""
        for chunk in chunks(file, self.required, reading):
            batch = self.convert(chunk, options, reading)
            yield {"row": chunk.rows, **checked(batch, len(chunk))}

    @abstractmethod
    def convert(self, chunk: Chunk, options: Mapping[str, str], reading: Reading) -> Batch:
        """Turn a chunk into normalised fields (``row`` is added by the caller)."""


def checked(batch: Batch, length: int) -> Batch:
    """Refuse a batch that a faulty source made: unknown fields or columns of unequal length."""
    for name, column in batch.items():
        if name not in _FIELD_NAMES:
            raise ValueError(f"{name!r} is not a record field")
        if len(column) != length:
            raise ValueError(f"{name!r} has {len(column)} values for {length} records")
    return batch


_not_blank = partial(filter, any)


def chunks(
    file: InputFile,
    required: Sequence[str],
    reading: Reading,
    *,
    records: Callable[[Iterator[list[str]]], Iterator[list[str]]] = _not_blank,
    starts: Callable[[Sequence[str]], bool] | None = None,
) -> Iterator[Chunk]:
    """Cut a table into chunks of :data:`CHUNK_ROWS` records, each as wide as its header.

    Args:
        file: The file.
        required: Header cells by which the header row is found.
        reading: Counts the rows and takes the faults.
        records: Leaves out the rows that hold no data: the blank ones.
        starts: Rows for which this is false continue the row above and stay in its chunk.

    Raises:
        FileRejected: there is no such header, or it is too wide.
    """
    index = file.header_index(required)
    if index is None:
        wanted = ", ".join(required)
        raise FileRejected(Problem(None, None, f"no header row with the columns {wanted}", "export it again"))
    rows = file.rows()
    header = next(islice(rows, index, None))
    if len(header) > _MAX_COLUMNS:
        raise FileRejected(
            Problem(None, None, f"the header has {len(header)} columns", "export fewer columns")
        )
    width = len(header)
    for cut in _cut(records(rows), starts):
        first = reading.rows + 1
        reading.rows += len(cut)
        if set(map(len, cut)) != {width}:
            cut[:] = [_fitted(record, width, number, reading) for number, record in enumerate(cut, first)]
        yield Chunk(header, list(zip(*cut, strict=True)), first, reading)


def _cut(
    rows: Iterator[list[str]], starts: Callable[[Sequence[str]], bool] | None
) -> Iterator[list[list[str]]]:
    following: list[list[str]] = []
    while cut := following + list(islice(rows, CHUNK_ROWS)):
        following = []
        if starts is not None:
            for row in rows:
                if starts(row):
                    following = [row]
                    break
                cut.append(row)
        yield cut


def _fitted(record: list[str], width: int, number: int, reading: Reading) -> list[str]:
    """Drop empty cells beyond the header; any other difference in width is a fault."""
    if len(record) < width or any(record[width:]):
        reading.problem(
            number,
            None,
            f"the record has {len(record)} cells where the header has {width}",
            "export it again",
        )
    return record[:width] + [""] * (width - len(record))
