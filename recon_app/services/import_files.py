"""Import files: recognise each by its content, read it, prove it, store it whole or not at all."""

from __future__ import annotations

import logging
import os
import shutil
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path

from recon_app import registry
from recon_app.models.problem import AnswerNeeded, FileRejected, Problem
from recon_app.models.proof import Proof
from recon_app.services import answers
from recon_app.services.overlaps import is_part, judge
from recon_app.services.parts import read_in_parts
from recon_app.services.paths import FILE_ENDINGS, is_folder, is_of_system, unreadable
from recon_app.services.reader import BIG_BYTES, Worker, ended_when_broken_off, worker_for
from recon_app.services.reading import Read, form, opened, read_rows, read_to
from recon_app.services.recognise import Question, kind_question, look, source_named
from recon_app.sources._base import InputFile, Reading, Source
from recon_app.sources._options import check as check_options
from recon_app.store.imports import (
    Findings,
    Import,
    ImportedFile,
    find_imports,
    importing,
    list_imports,
    missing_imports,
    note_again,
    restoring,
)
from recon_app.store.originals import unpacked
from recon_app.store.publish import Counts
from recon_app.store.workspace import Workspace

_log = logging.getLogger(__name__)
Progress = Callable[[str, int, int], None]
_AT_ONCE = 2  # more would wait for the one that stores, and for the disk
_SPACE_FACTOR = 3  # staging file, cache and original together need less than this times the file
_NEARLY_READ = 0.8  # of a divided file; its original is kept while the last rows are read and published
_REPLACED = (
    "A later list of this kind is in the workspace and stays in force where both name a place; to go back to "
    "this one, remove it and import it again"
)
_SPACE_RESERVE = 200 * 2**20  # bytes left for decisions


class Status(StrEnum):
    """How the import of a file ended."""

    IMPORTED = "imported"
    KNOWN = "known"  # the same bytes are in the workspace
    REJECTED = "rejected"
    AMBIGUOUS = "ambiguous"  # a person must answer a question first


@dataclass(frozen=True)
class FileReport:
    """What became of one file.

    Attributes:
        path: The file.
        status: How it ended; only ``imported`` changed the workspace.
        sha256: Hash of its bytes, "" when it could not be read.
        source: Id of the source, "" when none or several claim it.
        rows: Data records in the file; ``added`` + ``known`` + ``changed`` when it is in the workspace.
        added: Records that were new.
        known: Records that were there already.
        changed: Records that are there with other values.
        gone: Records of earlier files that are no longer there.
        problems: Why it was rejected, or what raises the question.
        proofs: Control identities; an imported file may have failed ones.
        totals: Control totals by (name, currency), minor units.
        notes: Things the user should know.
        warnings: Cells that were read and should be looked at, some of each kind; the notes tell of all.
        period: First and last booking day (days since 1970-01-01).
        question: What must be answered.
        first_imported_at: When a known file was imported, ISO 8601 in UTC.
    """

    path: Path
    status: Status
    sha256: str = ""
    source: str = ""
    rows: int = 0
    added: int = 0
    known: int = 0
    changed: int = 0
    gone: int = 0
    problems: tuple[Problem, ...] = ()
    proofs: tuple[Proof, ...] = ()
    totals: Mapping[tuple[str, str], int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    period: tuple[int, int] | None = None
    question: Question | None = None
    first_imported_at: str = ""

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody has to look at it: rejected, a question, a failed proof, or changed records."""
        done = self.status in (Status.IMPORTED, Status.KNOWN)
        return not done or not all(proof.ok for proof in self.proofs)


Steps = Generator[None, None, list[FileReport]]


def quiet(step: str, done: int, total: int) -> None:
    """Progress that nobody watches."""
    del step, done, total


def import_paths(
    ws: Workspace,
    paths: Iterable[Path],
    *,
    source: str | None = None,
    options: Mapping[str, str] | None = None,
    progress: Progress = quiet,
) -> Iterator[FileReport]:
    """Import files and the files of folders, stored in their order.

    A file has one report for each source that reads it. Processes of their own read big files, two at a time,
    and those that a library parses: workbooks, XML and archives.

    Args:
        ws: The workspace.
        paths: Files or folders.
        source: Id of the source to read them with; None to recognise each by its content.
        options: Answers to questions of the sources.
        progress: Told the rows read; raises Cancelled to stop, and then what is not stored leaves nothing.

    Raises:
        UsageError: there is no such source or option, or an option has no such value.
        WorkspaceError: the workspace cannot be written.
    """
    check_options(options or {}, registry.sources().values())
    chosen = None if source is None else source_named(source)
    begun: deque[_Begun] = deque()
    try:
        for path, following in _with_following(walk(paths)):
            size = _big_size(path)
            while begun and not _fits_beside(ws, size, [each.size for each in begun]):
                yield from begun.popleft().finish()
            alone = not begun and not (following and _fits_beside(ws, _big_size(following), [size]))
            steps = _import_one(
                ws, path, chosen.id if chosen else "", dict(options or {}), progress, alone=alone
            )
            begun.append(_Begun(steps, size))
            begun[-1].advance()
        while begun:
            yield from begun.popleft().finish()
    finally:
        for each in begun:
            each.steps.close()


def _with_following(paths: Iterator[Path]) -> Iterator[tuple[Path, Path | None]]:
    """Each path with the next one, None for the last."""
    ahead = next(paths, None)
    while ahead is not None:
        path, ahead = ahead, next(paths, None)
        yield path, ahead


@dataclass
class _Begun:
    """The import of one file under way.

    Attributes:
        steps: Its steps; it pauses while another process reads.
        size: Bytes of a big file, 0 for a small one.
        reports: How it ended, None before.
    """

    steps: Steps
    size: int
    reports: list[FileReport] | None = None

    def advance(self) -> None:
        """Do the next step."""
        try:
            next(self.steps)
        except StopIteration as end:
            self.reports = end.value

    def finish(self) -> list[FileReport]:
        """Do all further steps."""
        while self.reports is None:
            self.advance()
        return self.reports


def _big_size(path: Path) -> int:
    """Bytes of a file that a process of its own is to read, 0 for others."""
    try:
        size = path.stat().st_size
    except OSError:
        return 0
    return size if size >= BIG_BYTES else 0


def _fits_beside(ws: Workspace, size: int, others: Sequence[int]) -> bool:
    """Whether a file can be read beside other big ones with the same result as after them."""
    return (
        size > 0
        and size not in others  # the same bytes would be known after the others
        and all(others)
        and len(others) < min(_AT_ONCE, os.cpu_count() or 1)
        and _lacking_space(ws, size + sum(others)) is None
    )


def walk(paths: Iterable[Path]) -> Iterator[Path]:
    """The given files, and all files below the given folders in the order of their names.

    What a system or an office program keeps for itself in a folder is left out.
    """
    for path in paths:
        if not is_folder(path) or path.suffix.casefold() in FILE_ENDINGS:
            yield path
            continue
        for folder, folders, files in os.walk(path):
            folders[:] = sorted(name for name in folders if not is_of_system(name))
            yield from (Path(folder) / name for name in sorted(files) if not is_of_system(name))


def _import_one(
    ws: Workspace, path: Path, chosen: str, options: dict[str, str], progress: Progress, *, alone: bool
) -> Steps:
    """Import a file with every source that reads it; pauses when another process has begun to read it."""
    file: InputFile | None = None
    try:
        file = opened(path, options)
        with worker_for(file, BIG_BYTES, alone=alone) as worker:
            return (yield from _import_by_all(ws, path, file, chosen, options, worker, progress))
    except AnswerNeeded as asked:
        saved = "" if asked.option in options else answers.encoding(ws, path, asked)
        if saved:
            more = {**options, asked.option: saved}
            return (yield from _import_one(ws, path, chosen, more, progress, alone=alone))
        question = Question(asked.option, asked.choices, str(asked))
        problems = asked.problems
        return [FileReport(path, Status.AMBIGUOUS, _hash(file), problems=problems, question=question)]
    except FileRejected as rejected:
        problems = rejected.problems
    except OSError as error:
        problems = (unreadable(error),)
    return [FileReport(path, Status.REJECTED, _hash(file), problems=problems)]


def _hash(file: InputFile | None) -> str:
    """The hash of a file as far as it was read, else ""."""
    return str(vars(file).get("sha256", "")) if file is not None else ""


def _import_by_all(
    ws: Workspace,
    path: Path,
    file: InputFile,
    chosen: str,
    options: dict[str, str],
    worker: Worker,
    progress: Progress,
) -> Steps:
    tell = partial(progress, f"Looking at {file.name}")
    sha256 = worker.patiently(lambda: file.sha256, tell)
    known = {entry.source: entry for entry in find_imports(ws, sha256)}
    for entry in known.values():
        note_again(ws, entry, path.name, path.stat().st_mtime)
    reports = [_known(ws, path, entry) for entry in known.values()]
    main = _main(known)
    if main and not _may_read_beside(main, known):
        return reports
    seen = worker(look, file, main or chosen, tell=tell)
    sources = (main or chosen,) if main or chosen else answers.readers(ws, seen.sources, seen.head)
    if len(sources) > 1:
        question = kind_question(sources)
        return [*reports, FileReport(path, Status.AMBIGUOUS, file.sha256, question=question)]
    for source_id in (*sources, *seen.beside):
        if source_id in known:
            continue
        source = source_named(source_id)
        try:
            report = yield from _import_as(
                ws, file, source, options, seen.head, worker, progress, may_be_empty=not seen.beside
            )
        except _NoRecords:  # another source finds some, or none does
            continue
        reports.append(report)
        if report.status is not Status.IMPORTED:
            return reports
    if not reports:
        source = source_named(sources[0])
        reports.append((yield from _import_as(ws, file, source, options, seen.head, worker, progress)))
    return reports


class _NoRecords(Exception):
    """A source that does not read a file alone finds nothing in it."""


def _main(known: Mapping[str, ImportedFile]) -> str:
    """The source of a known file that others may read beside, "" when none has read it."""
    sources = registry.sources()
    return next((name for name in known if name not in sources or not sources[name].beside), "")


def _may_read_beside(main: str, known: Mapping[str, ImportedFile]) -> bool:
    """Whether there is a source beside the main one that has not read the known file."""
    return any(source.beside == main and name not in known for name, source in registry.sources().items())


def _import_as(
    ws: Workspace,
    file: InputFile,
    source: Source,
    options: dict[str, str],
    head: list[list[str]],
    worker: Worker,
    progress: Progress,
    *,
    may_be_empty: bool = True,
) -> Generator[None, None, FileReport]:
    """Import a file with one source; pauses when another process has begun to read it.

    A question that was answered for a file with the same header is answered alike, where that fits.

    Raises:
        _NoRecords: there are none, and it may not be empty.
    """
    reading = Reading()
    try:
        steps = _store(ws, file, source, options, head, reading, worker, progress, may_be_empty=may_be_empty)
        return (yield from steps)
    except AnswerNeeded as asked:
        saved = "" if asked.option in options else answers.answer(ws, source.id, head, asked)
        if saved:
            more = {**options, asked.option: saved}
            again = _import_as(ws, file, source, more, head, worker, progress, may_be_empty=may_be_empty)
            return (yield from again)
        question = Question(asked.option, asked.choices, str(asked))
        return FileReport(
            file.path,
            Status.AMBIGUOUS,
            file.sha256,
            source.id,
            problems=asked.problems,
            warnings=tuple(reading.warnings),
            question=question,
        )
    except FileRejected as rejected:
        problems = rejected.problems
    except OSError as error:
        problems = (unreadable(error),)
    return FileReport(
        file.path,
        Status.REJECTED,
        file.sha256,
        source.id,
        reading.rows,
        problems=problems,
        proofs=tuple(reading.proofs),
        totals=reading.totals,
        notes=tuple(reading.notes),
        warnings=tuple(reading.warnings),
    )


def _known(ws: Workspace, path: Path, entry: ImportedFile) -> FileReport:
    """The report of a file that is there; a state that was replaced does not come back by itself."""
    source = registry.sources().get(entry.source)
    is_state = source is not None and bool(source.snapshot)
    replaced = is_state and any(one.id > entry.id for one in list_imports(ws, source=entry.source))
    return FileReport(
        path,
        Status.KNOWN,
        entry.sha256,
        entry.source,
        rows=entry.counts.rows,
        known=entry.counts.rows,
        proofs=entry.findings.proofs,
        totals=entry.findings.totals,
        notes=(*entry.findings.notes, _REPLACED) if replaced else entry.findings.notes,
        period=entry.period,
        first_imported_at=entry.imported_at,
    )


def _store(
    ws: Workspace,
    file: InputFile,
    source: Source,
    given: dict[str, str],
    head: list[list[str]],
    reading: Reading,
    worker: Worker,
    progress: Progress,
    *,
    may_be_empty: bool,
) -> Generator[None, None, FileReport]:
    lacking = _lacking_space(ws, file.path.stat().st_size)
    if lacking is not None:
        raise FileRejected(lacking)
    options = {**answers.remembered(ws, source.id, head), **given}
    with importing(ws, file.path, file.sha256, form(source), options) as current:
        counts = yield from _read_into(
            current, file, source, options, reading, worker, progress, may_be_empty=may_be_empty
        )
        period = current.staging.period
    answers.remember(ws, source.id, head, options)
    return FileReport(
        file.path,
        Status.IMPORTED,
        file.sha256,
        source.id,
        counts.rows,
        counts.added,
        counts.known,
        counts.changed,
        counts.gone,
        proofs=tuple(reading.proofs),
        totals=reading.totals,
        notes=(*reading.notes, *counts.notes),
        warnings=tuple(reading.warnings),
        period=period,
    )


def _lacking_space(ws: Workspace, size: int) -> Problem | None:
    """What is wrong when so many bytes would fill the disk (goal P4): decisions must stay writable."""
    needed = _SPACE_FACTOR * size + _SPACE_RESERVE
    free = shutil.disk_usage(ws.folder).free
    if free >= needed:
        return None
    problem = f"the import needs {needed >> 20} MB of disk space and {free >> 20} MB are free"
    return Problem(None, None, problem, "free some space and import it again")


def _read_into(
    current: Import,
    file: InputFile,
    source: Source,
    options: Mapping[str, str],
    reading: Reading,
    worker: Worker,
    progress: Progress,
    *,
    may_ask: bool = True,
    may_be_empty: bool = True,
) -> Generator[None, None, Counts]:
    """Read and publish a file; pauses when another process has begun to read it."""

    def tell(done: int, total: int) -> None:
        reading.rows = max(reading.rows, done)
        if done > total * _NEARLY_READ:
            current.begin_copy()
        try:
            progress(f"Reading {file.name}", done, total)
        except BaseException:
            current.stop_copy()
            raise

    if worker.reader is None:
        current.begin_copy()
        read_rows(current.staging, file, source, options, reading, tell)
    elif not (yield from read_in_parts(worker, current.staging, file, source, options, reading, tell)):
        current.begin_copy()
        path, first = current.staging.rows_path, current.staging.first_id
        with ended_when_broken_off(worker.reader):
            worker.reader.begin(read_to, path, file, source.id, options, first, limits=worker.limits)
            yield
            read: Read = worker.reader.wait(tell)
        vars(reading).update(vars(read.reading))
        current.staging.take(read.rows())
    if not (reading.records or may_be_empty):
        raise _NoRecords
    check = partial(progress, f"Storing {file.name}", 0, 0)
    check()
    findings = Findings(tuple(reading.proofs), reading.totals, tuple(reading.notes))
    asks = judge(source, options, reading) if may_ask else None
    return current.publish(findings, asks, check, is_part=is_part(options))


def restore(ws: Workspace, progress: Progress = quiet) -> list[FileReport]:
    """Read the files again whose records the cache does not have, from their stored originals.

    Returns:
        What could not be read any more, as rejected files; they are tried again the next time.

    Raises:
        WorkspaceError: an original is missing or damaged.
    """
    failed: list[FileReport] = []
    for entry in missing_imports(ws):
        try:
            _restore_one(ws, entry, progress)
        except (FileRejected, AnswerNeeded) as error:
            _log.warning("%s cannot be read again: %s", entry.file, error)
            problem = Problem(None, None, f"it cannot be read again: {error}", "remove it and import it anew")
            report = FileReport(
                Path(entry.file), Status.REJECTED, entry.sha256, entry.source, problems=(problem,)
            )
            failed.append(report)
    return failed


def _restore_one(ws: Workspace, entry: ImportedFile, progress: Progress) -> None:
    source = source_named(entry.source)
    with (
        restoring(ws, entry, form(source)) as current,
        unpacked(ws, entry.sha256, entry.file) as path,
    ):
        if current is not None:
            file = InputFile(path, entry.options.get("encoding", ""), entry.options.get("sheet", ""))
            with worker_for(file, BIG_BYTES, alone=True) as worker:
                for _ in _read_into(
                    current, file, source, entry.options, Reading(), worker, progress, may_ask=False
                ):
                    pass
