"""What a source is: recognise a file by its content, read it into normalised batches, prove it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import ClassVar

from recon_app.models.problem import FileRejected, Problem
from recon_app.models.record import FIELDS, RecordType
from recon_app.sources._cells import Table
from recon_app.sources._chunk import AGAIN, NOT_SAVED, ROUNDED, Chunk, Numbered, Places, report_suspects
from recon_app.sources._cut import Cutter, Starts, after
from recon_app.sources._file import HEAD_ROWS, InputFile, clean_header
from recon_app.sources._reading import Ints, Mask, Reading, shown
from recon_app.sources._text import MAX_COLUMNS, SUSPECT, Block, Lines, named, plain_rows, rows_of
from recon_app.sources._totals import is_total

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
    "not_blank",
    "plain_rows",
    "refuse_rounded",
    "shown",
]

#: Normalised rows: text fields as lists of str, integer fields as int64 arrays, absent fields left out.
Batch = dict[str, "list[str] | Ints"]
CHUNK_ROWS = 1_000  # rows that stay in the processor's cache: 20,000 take twice the time
#: Fields of identifiers, as messages call them where the name of the column is not known.
_IDENTIFIERS = {
    "ident": "id",
    "ref": "reference",
    "ref2": "reference",
    "grp": "group",
    "sku": "SKU",
    "barcode": "barcode",
    "lot": "lot",
}
_FIELD_NAMES = frozenset(spec.name for spec in FIELDS)


class Source(ABC):
    """One input format.

    Attributes:
        id: Name of the plug-in: its file name.
        title: What the user calls such a file.
        record_type: What one record is.
        key: Fields that together identify a record; equal keys in one file are twins, both kept.
        progress: Fields that move on in later exports (pending to paid); other changes are conflicts.
        aside: What depends on the kind of export and not on the record: fields, and keys of ``extra`` written
            ``extra.key``. The latest one is kept and is no change; for a source that names such a key, a
            value that no record of a file has counts as not exported, too.
        snapshot: Field that names a place of which each file holds everything: records of that place which a
            later file lacks are gone. "" for events, which never go.
        covers: Field that names an account of which a file usually holds whole days: records of those days
            which a later file lacks are named. "" for none.
        divides: Whether each record is read without those before it, and the cells by ``chunks``. A big text
            file may then be read in two parts at once.
        fallback: Asked only when no other source claims the file.
        mapped: Whether a person names the columns of each table; offered when nobody claims a file.
        asks_overlap: Whether records of earlier files are asked about, not taken as known.
        beside: Id of the source whose files this one reads as well, for records of another type. It never
            claims a file alone: it reads what that source reads and it recognises.
        unproven: Whether it was written without a real file. Then each file must prove itself: one without a
            proof, or with a proof that fails, is refused.
        options: Answers that only this source asks for, with the values that each can have; those that many
            ask for are in ``_options.py``.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    record_type: ClassVar[RecordType]
    key: ClassVar[tuple[str, ...]]
    progress: ClassVar[tuple[str, ...]] = ()
    aside: ClassVar[tuple[str, ...]] = ()
    snapshot: ClassVar[str] = ""
    covers: ClassVar[str] = ""
    divides: ClassVar[bool] = False
    fallback: ClassVar[bool] = False
    mapped: ClassVar[bool] = False
    asks_overlap: ClassVar[bool] = False
    beside: ClassVar[str] = ""
    unproven: ClassVar[bool] = False
    options: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @abstractmethod
    def recognises(self, file: InputFile) -> bool:
        """Whether the content is of this format, whatever the file is called."""

    def is_sure(self, file: InputFile) -> bool:
        """Whether a file that is recognised cannot be of another kind; else a person is asked."""
        del file
        return True

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


def refuse_rounded(batch: Batch, reading: Reading) -> None:
    """Refuse identifiers that a spreadsheet program has rounded (``5.37518E+12``), whatever the format."""
    for name, word in _IDENTIFIERS.items():
        column = batch.get(name)
        if not isinstance(column, list):
            continue
        together = "".join(column)
        if "+" not in together or "E+" not in together.upper():
            continue
        told = {problem.row for problem in reading.problems if problem.code == "E_ID_DAMAGED"}
        for row, cell in zip(batch["row"], column, strict=True):
            if ROUNDED.fullmatch(cell) and int(row) not in told:
                reading.problem(int(row), word, f"{cell!r} has lost its digits", NOT_SAVED, "E_ID_DAMAGED")


not_blank = partial(filter, any)
Cuts = Iterator[tuple[Block, int]]  # rows, and the index of the row behind them


def chunks(
    file: InputFile,
    required: Sequence[str],
    reading: Reading,
    *,
    records: Callable[[Iterator[list[str]]], Iterator[list[str]]] = not_blank,
    starts: Starts = None,
) -> Iterator[Chunk]:
    """Cut a table into chunks of some thousand records, each as wide as its header.

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
        raise FileRejected(
            Problem(None, None, f"no header row with the columns {wanted}", AGAIN, "E_HEADER_MISSING")
        )
    if records is not_blank:
        header, cuts, lines = _all_rows(file, index, starts, reading)
    else:
        header, cuts, lines = _chosen_rows(file, index, records, starts, reading)
    if len(header) > MAX_COLUMNS:
        problem = f"the header has {len(header)} columns"
        raise FileRejected(Problem(None, None, problem, "export fewer columns", "E_TOO_LARGE", index + 1))
    _check_header(header, index + 1, reading)
    try:
        for cut, end in cuts:
            yield _chunk(cut, header, reading, suspect=lines.suspects_before(end))
    except FileRejected as rejected:
        raise FileRejected(*named(rejected.problems, header)) from rejected


def _all_rows(file: InputFile, index: int, starts: Starts, reading: Reading) -> tuple[list[str], Cuts, Lines]:
    """The header, the rows of a text below it but for the blank ones, and where they stand."""
    header = file.head_rows[index]
    blocks, lines = file.blocks(len(header))
    if file.start:
        reading.before = file.lines_before - index - 1
    else:
        header, blocks = after(blocks, index)
    places = Numbered(lines)
    reading.locate = places.line

    def cuts() -> Cuts:
        cutter = Cutter(starts, CHUNK_ROWS)
        for cut in cutter.chunks(blocks, index + 1):
            places.first, places.rows = reading.before + reading.rows + 1, cutter.numbers
            whole = isinstance(cut, list) or cut.width == len(header)
            yield cut if whole else rows_of(cut), cutter.numbers[-1] + 1

    return header, cuts(), lines


def _chosen_rows(
    file: InputFile,
    index: int,
    records: Callable[[Iterator[list[str]]], Iterator[list[str]]],
    starts: Starts,
    reading: Reading,
) -> tuple[list[str], Cuts, Lines]:
    """The header, the rows below it that hold data, and where they stand.

    Raises:
        FileRejected: only a part of the file is to be read.
    """
    if file.start or file.end is not None:
        raise FileRejected(Problem(None, None, "which rows hold data shows only the whole file", AGAIN))
    rows, lines = file.numbered_rows()
    header = next(islice(rows, index, None))
    places = Places(file, lines, index + 1)
    reading.locate = places.line

    def cuts() -> Cuts:
        for cut, ahead in _cut(records(places.counted(rows)), starts):
            yield cut, places.enter(reading.rows + 1, cut, ahead)

    return header, cuts(), lines


def _chunk(cut: Block, header: Sequence[str], reading: Reading, *, suspect: bool) -> Chunk:
    """A chunk of rows; reports those of another width and cells with characters that nobody sees."""
    first = reading.before + reading.rows + 1
    reading.rows += len(cut)
    if isinstance(cut, Table):
        columns = cut.columns()
        _refuse_total((column[-1] for column in columns), first + len(cut) - 1, reading)
        return Chunk(header, columns, first, reading)
    _refuse_total(cut[-1], first + len(cut) - 1, reading)
    width = len(header)
    if set(map(len, cut)) != {width}:
        cut[:] = [_fitted(record, width, number, reading) for number, record in enumerate(cut, first)]
    chunk = Chunk(header, list(zip(*cut, strict=True)), first, reading)
    if suspect:
        chunk.suspect = True
        report_suspects(cut, header, first, reading)
    return chunk


def _refuse_total(last: Iterable[str], number: int, reading: Reading) -> None:
    """Refuse a row of totals below the records: only people add one, and it would be taken for a record."""
    if is_total(last):
        problem = "the row is called a total and holds nothing but figures: it is no record"
        reading.problem(number, None, problem, "leave the row out and import the file again", "E_RULE")


def _check_header(header: Sequence[str], line: int, reading: Reading) -> None:
    """Refuse names with characters that nobody sees: the columns would be taken for missing."""
    for name in header:
        if SUSPECT.search(clean_header(name)):
            problem = f"the column name {shown(name)!r} holds an invisible character"
            reading.problem(None, None, problem, AGAIN, "E_CONTROL", line)


def _cut(rows: Iterator[list[str]], starts: Starts) -> Iterator[tuple[list[list[str]], int]]:
    """Rows of a chunk, and how many rows behind them were taken to see where it ends."""
    following: list[list[str]] = []
    while cut := following + list(islice(rows, CHUNK_ROWS)):
        following = []
        if starts is not None:
            for row in rows:
                if starts(row):
                    following = [row]
                    break
                cut.append(row)
        yield cut, len(following)


def _fitted(record: list[str], width: int, number: int, reading: Reading) -> list[str]:
    """Report a record that is shorter or longer than the header: its cells may stand under wrong names."""
    if len(record) != width:
        problem = f"the record has {len(record)} cells where the header has {width}"
        code = "E_FIELD_COUNT" if len(record) <= MAX_COLUMNS else "E_TOO_LARGE"
        reading.problem(number, None, problem, AGAIN, code)
    return record[:width] + [""] * (width - len(record))
