"""Read a file into rows, in this process (:func:`read_rows`) or in another one (:func:`read_to`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from recon_app import registry
from recon_app.models.money import format_minor
from recon_app.models.problem import FileRejected, Problem, ReconError
from recon_app.models.record import INT_FIELDS, NO_INT
from recon_app.services.paths import checked_path, unreadable
from recon_app.services.recognise import reader_failed
from recon_app.sources._base import Batch, InputFile, Reading, Source, checked, refuse_rounded
from recon_app.sources._file import MAX_BYTES
from recon_app.sources._privacy import without_personal
from recon_app.sources._workbook import other_workbook
from recon_app.store.format import Format
from recon_app.store.rows import Rows, Staged

Tell = Callable[[int, int], None]
_CUT_OFF = "the last line has no line end, as in a file that was cut off: look whether all of it is there"


def form(source: Source) -> Format:
    """What the store needs to know of a source."""
    return Format(
        source.id,
        source.record_type,
        source.key,
        source.progress,
        source.aside,
        source.snapshot,
        source.covers,
    )


class Taker(Protocol):
    """What takes rows."""

    def add(self, batch: Batch) -> None:
        """Take a batch."""


def read_rows(
    rows: Taker, file: InputFile, source: Source, options: Mapping[str, str], reading: Reading, tell: Tell
) -> None:
    """Read a whole file.

    Args:
        rows: Takes the records.
        file: The file.
        source: How it is read.
        options: Answers to the source's questions.
        reading: Takes what is found.
        tell: Told the rows read and about how many there are.

    Raises:
        FileRejected: the file has faults, or does not prove itself where it must.
        AnswerNeeded: the source must be told more.
    """
    _take_rows(rows, file, source, options, reading, tell)
    finish(reading, source, cut_off=file.cut_off)


def _take_rows(
    rows: Taker, file: InputFile, source: Source, options: Mapping[str, str], reading: Reading, tell: Tell
) -> None:
    lines = _line_count(file)
    for batch in batches(file, source, options, reading):
        rows.add(batch)
        reading.records += len(batch["row"])
        tell(reading.rows, max(lines, reading.rows))


def finish(reading: Reading, source: Source, *, cut_off: bool) -> None:
    """Judge a file when all of it was read.

    Args:
        reading: What was found.
        source: How it was read.
        cut_off: Whether its last line has no end.

    Raises:
        FileRejected: the file has faults, or does not prove itself where it must.
    """
    if cut_off:
        reading.notes.append(_CUT_OFF)
    reading.finish()
    if source.unproven:
        _must_prove(source, reading)


def _must_prove(source: Source, reading: Reading) -> None:
    """Let only a file pass that proves how an untried source has read it.

    Raises:
        FileRejected: it has no proof, or one that fails; the control totals are named.
    """
    failed = [
        f"{proof.name} (expected {proof.expected}, found {proof.found})"
        for proof in reading.proofs
        if not proof.ok
    ]
    if reading.proofs and not failed:
        return
    totals = ", ".join(
        f"{name} {format_minor(minor, currency)} {currency}" if currency else f"{name} {minor}"
        for (name, currency), minor in sorted(reading.totals.items())
    )
    raise FileRejected(
        Problem(
            None,
            None,
            f"the reader for {source.title} has never seen a real file, and this one does not prove that it "
            f"is read rightly: {'; '.join(failed) or 'it holds nothing to check the lines against'}. "
            f"Control totals (records: {reading.rows}): {totals or 'none'}",
            "compare them with the platform, send its header line to the makers of this program, or import "
            "the file with the mapping assistant",
        )
    )


def _line_count(file: InputFile) -> int:
    """About how many records a table has; of a text file judged by its beginning.

    Raises:
        FileRejected: it is a workbook that cannot be read.
        AnswerNeeded: it is one of several sheets.
    """
    if file.is_xlsx:
        return file.workbook.height
    return file.head.count(b"\n") * file.path.stat().st_size // max(len(file.head), 1)


def batches(file: InputFile, source: Source, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
    """Read a file; a fault of the source's code rejects the file instead of ending the program."""
    try:
        for each in file.warnings:
            reading.warn(each.code, each.row, each.column, each.problem, each.advice, each.line)
        for batch in source.read(file, options, reading):
            whole = checked(batch, len(batch["row"]))
            refuse_rounded(whole, reading)
            yield without_personal(whole, source.record_type, options, named=source.mapped)
    except ReconError:
        raise
    except OSError as error:
        raise FileRejected(unreadable(error)) from error
    except Exception as error:
        raise FileRejected(reader_failed(source, file, error)) from error


def opened(path: Path, options: Mapping[str, str]) -> InputFile:
    """A regular, readable file with content.

    Raises:
        FileRejected: it is none.
        OSError: it cannot be read.
    """
    real = checked_path(path)
    size = real.stat().st_size
    if size == 0:
        raise FileRejected(Problem(None, None, "the file is empty", "export it again", "E_EMPTY"))
    if size > MAX_BYTES:
        problem = f"the file has {size >> 20} MB, and {MAX_BYTES >> 20} MB are the most"
        raise FileRejected(Problem(None, None, problem, "export a shorter period", "E_TOO_LARGE"))
    file = InputFile(real, options.get("encoding", ""), options.get("sheet", ""))
    other = other_workbook(file.name, file.head)
    if other is not None:
        raise FileRejected(other)
    return file


@dataclass(frozen=True)
class Read:
    """What came of reading a file in another process.

    Attributes:
        reading: What was learnt about the file, also when it has faults.
        staged: Its rows, None when it has faults.
        fault: Why it cannot be used.
        cut_off: Whether its last line has no end.
    """

    reading: Reading
    staged: Staged | None = None
    fault: ReconError | None = None
    cut_off: bool = False

    def rows(self) -> Staged:
        """The rows.

        Raises:
            FileRejected: the file has faults.
            AnswerNeeded: the source must be told more.
        """
        if self.fault is not None or self.staged is None:
            raise self.fault or AssertionError("neither rows nor a fault")
        return self.staged


def read_to(
    path: Path, file: InputFile, source_id: str, options: Mapping[str, str], first: int, tell: Tell
) -> Read:
    """Read a whole file into a new file of rows at ``path``, of which ``first`` is the first id."""
    source = registry.source(source_id)
    reading = Reading()
    try:
        with closing(Rows(path, source.id, source.key, form(source).aside_fields, first)) as rows:
            read_rows(rows, file, source, options, reading, tell)
            return Read(reading, rows.done())
    except ReconError as fault:
        return Read(reading, fault=fault)


def read_part(
    path: Path, file: InputFile, source_id: str, options: Mapping[str, str], first: int, tell: Tell
) -> Read:
    """Read a part of a file into a new file of rows at ``path``; nothing is judged yet.

    Args:
        path: The file of rows.
        file: The part.
        source_id: How it is read.
        options: Answers to the source's questions.
        first: Id for the first row of the whole file.
        tell: Told the progress.
    """
    source = registry.source(source_id)
    reading = Reading()
    try:
        with closing(Rows(path, source.id, source.key, form(source).aside_fields, first)) as rows:
            _take_rows(_Behind(rows, first, reading), file, source, options, reading, tell)
            return Read(reading, rows.done(), cut_off=file.cut_off)
    except ReconError as fault:
        return Read(reading, fault=fault)


@dataclass(frozen=True)
class _Behind:
    """Rows whose ids follow those of the records before them, as soon as their number is known."""

    rows: Rows
    first: int
    reading: Reading

    def add(self, batch: Batch) -> None:
        """Take a batch."""
        self.rows.first = self.first + self.reading.before
        self.rows.add(batch)


Cells = tuple[dict[str, Any], ...]


def first_records(
    file: InputFile, source_id: str, options: Mapping[str, str], rows: int, tell: Tell
) -> tuple[Cells, tuple[Problem, ...]]:
    """The filled fields of the first records of a file, and the faults up to there.

    Raises:
        FileRejected: the file cannot be read.
        AnswerNeeded: the source must be told more.
    """
    del tell  # a few records are no work
    reading = Reading()
    records: list[dict[str, Any]] = []
    for batch in batches(file, registry.sources()[source_id], options, reading):
        for index in range(min(rows - len(records), len(batch["row"]))):
            values = {
                name: int(column[index]) if name in INT_FIELDS else column[index]
                for name, column in batch.items()
            }
            records.append({name: value for name, value in values.items() if value not in ("", NO_INT)})
        if len(records) >= rows:
            break
    return tuple(records), tuple(reading.problems)
