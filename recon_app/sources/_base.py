"""What a source is: recognise a file by its content, read it into normalised batches, prove it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from recon_app.models.money import format_minor
from recon_app.models.problem import FileRejected, Problem
from recon_app.models.proof import Proof
from recon_app.models.record import FIELDS, NO_INT, RecordType
from recon_app.sources import _values
from recon_app.sources._file import HEAD_ROWS, InputFile, clean_header, plain_rows

__all__ = [
    "CHUNK_ROWS",
    "HEAD_ROWS",
    "Batch",
    "Chunk",
    "InputFile",
    "Ints",
    "Mask",
    "Reading",
    "Source",
    "TableSource",
    "checked",
    "chunks",
    "clean_header",
    "plain_rows",
]

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
#: Normalised rows: text fields as lists of str, integer fields as int64 arrays, absent fields left out.
Batch = dict[str, "list[str] | Ints"]

CHUNK_ROWS = 1_000  # rows that stay in the processor's cache: 20,000 take twice the time
_MAX_PROBLEMS = 100
_MAX_ALIKE = 20  # warnings of one kind about one column that are kept
_MAX_COLUMNS = 500
_SHOWN = 60  # characters of a faulty cell in a message
_FIELD_NAMES = frozenset(spec.name for spec in FIELDS)


@dataclass
class Reading:
    """What is learnt about a file while it is read: faults, control totals, proofs.

    Attributes:
        problems: Faults; any of them rejects the whole file.
        proofs: Control identities.
        totals: Control totals by (name, currency), minor units.
        notes: Things the user should know that are no faults.
        rows: Data records read so far.
        warnings: Cells that were read and that a person should look at, some of each kind.
    """

    problems: list[Problem] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    totals: dict[tuple[str, str], int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rows: int = 0
    warnings: list[Problem] = field(default_factory=list)
    _warned: dict[tuple[str, str | None], int] = field(default_factory=dict)
    _identities: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def problem(
        self,
        row: int | None,
        column: str | None,
        problem: str,
        advice: str,
        code: str = "",
        line: int | None = None,
    ) -> None:
        """Record a fault; see :class:`~recon_app.models.problem.Problem`.

        Raises:
            FileRejected: there are too many to be worth reading on.
        """
        self.problems.append(Problem(row, column, problem, advice, code, line))
        if len(self.problems) >= _MAX_PROBLEMS:
            raise FileRejected(*self.problems)

    def warn(
        self,
        code: str,
        row: int | None,
        column: str | None,
        problem: str,
        advice: str = "look at it",
        line: int | None = None,
    ) -> None:
        """Record what is read and should be looked at; of many of a kind in a column only the first."""
        kind = (code, column)
        self._warned[kind] = self._warned.get(kind, 0) + 1
        if self._warned[kind] <= _MAX_ALIKE:
            self.warnings.append(Problem(row, column, problem, advice, code, line))

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
        """Turn the row identities into proofs and the warnings into notes; refuse a file with faults.

        Raises:
            FileRejected: with every fault found.
        """
        for name, (checked, held, first) in self._identities.items():
            if not checked:  # a proof over no rows proves nothing
                continue
            found = f"{held} rows" + (f", first broken: row {first}" if first else "")
            self.proofs.append(Proof(name, f"{checked} rows", found, held == checked))
        self._identities.clear()
        self._note_warnings()
        if self.problems:
            raise FileRejected(*self.problems)

    def _note_warnings(self) -> None:
        """One note for each kind of warning and column: its first cell, and how many there are."""
        for (code, column), count in self._warned.items():
            first = next(each for each in self.warnings if (each.code, each.column) == (code, column))
            line = "" if first.line is None else f"line {first.line}"
            place = ", ".join(filter(None, (line, column)))
            more = f" (and {count - 1} more)" if count > 1 else ""
            self.notes.append(f"{place}: {first.problem}{more}" if place else f"{first.problem}{more}")
        self._warned.clear()


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
        beside: Id of the source whose files this one reads as well, for records of another type. It never
            claims a file alone: it reads what that source reads and it recognises.
        unproven: Whether it was written without a real file. Then each file must prove itself: one without a
            proof, or with a proof that fails, is refused.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    record_type: ClassVar[RecordType]
    key: ClassVar[tuple[str, ...]]
    progress: ClassVar[tuple[str, ...]] = ()
    fallback: ClassVar[bool] = False
    beside: ClassVar[str] = ""
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
