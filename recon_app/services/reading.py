"""Read a file into rows: a small one here, a big one in a process of its own.

A process of its own uses another core, leaves the window its thread, and can be ended at once. It is told the
file and the place for the rows, and sends its progress, its log and at last what it found. Both ways run
:func:`read_rows`.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from logging.handlers import QueueHandler
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

from recon_app import registry
from recon_app.models.money import format_minor
from recon_app.models.problem import FileRejected, Problem, ReconError
from recon_app.services.recognise import reader_failed
from recon_app.sources._base import Batch, InputFile, Reading, Source, checked
from recon_app.store.staging import Rows, Staged

Tell = Callable[[int, int], None]
if TYPE_CHECKING:
    Line = Connection[Any, Any]

_log = logging.getLogger(__name__)
_PATIENCE = 0.1  # seconds between two looks whether the user cancelled
_PAUSE = 0.05  # seconds between two reports of a process


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
    lines = _line_count(file)
    for batch in batches(file, source, options, reading):
        rows.add(batch)
        tell(reading.rows, max(lines, reading.rows))
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
    """About how many records a text file has, judged by its beginning; 0 for workbooks."""
    if file.is_xlsx:
        return 0
    return file.head.count(b"\n") * file.path.stat().st_size // max(len(file.head), 1)


def batches(file: InputFile, source: Source, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
    """Read a file; a fault of the source's code rejects the file instead of ending the program."""
    try:
        for batch in source.read(file, options, reading):
            yield checked(batch, len(batch["row"]))
    except ReconError:
        raise
    except OSError as error:
        raise FileRejected(unreadable(error)) from error
    except Exception as error:
        raise FileRejected(reader_failed(source, file, error)) from error


def unreadable(error: OSError) -> Problem:
    """What is wrong with a file that the system does not let us read."""
    return Problem(
        None, None, f"the file cannot be read ({error.strerror or error})", "check its name and rights"
    )


class Reader:
    """A process that reads one file; to be closed, which ends it at once.

    It takes a third of a second to get ready, while this process finds out what the file is.
    """

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, other_end = context.Pipe()
        self._process = context.Process(target=_work, args=(other_end,), daemon=True)
        try:
            self._process.start()
        finally:
            other_end.close()  # so that the line ends with the process

    def begin(self, path: Path, file: InputFile, source: Source, options: Mapping[str, str]) -> None:
        """Read a file.

        Args:
            path: The new file that takes the rows, see :class:`~recon_app.store.staging.Rows`.
            file: The file.
            source: How it is read.
            options: Answers to the source's questions.
        """
        with suppress(OSError):  # killed: this is found when it is waited for
            self._line.send((path, file, source.id, dict(options)))

    def wait(self, reading: Reading, tell: Tell) -> Staged:
        """Wait until the file is read.

        Args:
            reading: Takes what was found.
            tell: Told the rows read and about how many there are, several times a second.

        Raises:
            FileRejected: the file has faults, or the process was killed.
            AnswerNeeded: the source must be told more.
        """
        total = 0
        while True:
            tell(reading.rows, total)
            if not self._line.poll(_PATIENCE):
                continue
            match self._heard():
                case logging.LogRecord() as record:
                    logging.getLogger(record.name).handle(record)
                case int(done), int(of):
                    reading.rows, total = done, of
                case Reading() as found, Staged() as staged:
                    vars(reading).update(vars(found))
                    return staged
                case Reading() as found, Exception() as fault:
                    vars(reading).update(vars(found))
                    raise fault

    def _heard(self) -> Any:
        try:
            return self._line.recv()
        except (EOFError, OSError) as error:
            self._process.join()
            _log.error("the process that reads ended with %s", self._process.exitcode)
            problem = "the reader stopped: it was killed or ran out of memory"
            raise FileRejected(
                Problem(None, None, problem, "close other programs and import the file again")
            ) from error

    def close(self) -> None:
        """End the process, if it still runs; its rows may be unfinished."""
        self._process.kill()
        self._process.join()
        self._line.close()


class _Mail(QueueHandler):
    """Sends log records to the process that started this one."""

    def __init__(self, line: Line) -> None:
        super().__init__(SimpleQueue())
        self._line = line

    def enqueue(self, record: logging.LogRecord) -> None:
        self._line.send(record)


def _work(line: Line) -> None:
    """Get ready, read the file that is told, and send what was found."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C ends the program, and that ends this process
    gc.disable()  # rows have no cycles, and looking for them takes a sixth of the time
    logging.getLogger().addHandler(_Mail(line))
    known = registry.sources()
    import_module("pandas")
    with suppress(BrokenPipeError, EOFError):  # the program needs the process no more, or was killed
        path, file, source_id, options = line.recv()
        _read_for(line, path, file, known[source_id], options)


def _read_for(line: Line, path: Path, file: InputFile, source: Source, options: Mapping[str, str]) -> None:
    told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told > _PAUSE:
            told = time.monotonic()
            line.send((done, total))

    reading = Reading()
    try:
        rows = Rows(path, source.id, source.key)
        read_rows(rows, file, source, options, reading, tell)
        line.send((reading, rows.done()))
    except (BrokenPipeError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - raised again where the file is waited for
        line.send((reading, error))
