"""Processes that work on files for this one: they use another core, have limits, and can be ended at once.

A process takes one piece of work after another, so that only the first file waits for its start. Whatever
goes wrong in it, a crash of a library included, this process hears of it as a rejected file.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from functools import partial
from importlib import import_module
from logging.handlers import QueueHandler
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from recon_app.models.problem import FileRejected, Problem
from recon_app.services.limits import limit_memory
from recon_app.sources._base import InputFile

Tell = Callable[[int, int], None]
if TYPE_CHECKING:
    Line = Connection[Any, Any]

_log = logging.getLogger(__name__)
_PATIENCE = 0.05  # seconds between two looks whether the user cancelled
_PAUSE = 0.05  # seconds between two reports of a process
_IDLE = 60.0  # seconds after which a process without work ends itself
_KEPT = 50.0  # seconds for which it is given work again: less, so that it does not end at that moment
#: From here on the half second that a process takes to start pays.
BIG_BYTES = 8 * 2**20
#: What a workbook or an XML file may take beside the program itself.
MEMORY_MB = 700
_SECONDS, _SECONDS_PER_MB = 10.0, 10.0
#: ZIP archives and workbooks, old Office files, compressed files, and markup behind a mark of its encoding.
_GUARDED = (b"PK", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"<")
_BEFORE_MARKUP = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


T = TypeVar("T")


def _silent(done: int, total: int) -> None:
    """Progress that nobody watches."""
    del done, total


class _Again(Enum):
    """Stands for the file that the process was given last: a workbook is opened once."""

    FILE = 1


class _Sign(Enum):
    """What a process tells beside progress and outcomes."""

    BEGUN = 1


@dataclass(frozen=True)
class Limits:
    """What the work on one file may take.

    Attributes:
        what: What the file is, for the message when it takes more.
        memory_mb: Megabytes beside what the process needs for itself.
        seconds: Time from the moment when the process takes the work up: how long it takes to start says how
            busy the computer is, and nothing about the file.
    """

    what: str
    memory_mb: int
    seconds: float


def limits_of(file: InputFile) -> Limits | None:
    """The limits for a file that a library parses whole; None for plain text, which is read line by line.

    Raises:
        OSError: the file cannot be read.
    """
    start = file.head.lstrip(_BEFORE_MARKUP)
    if not start.startswith(_GUARDED):
        return None
    is_workbook = b"[Content_Types].xml" in file.head  # to be sure, the archive would have to be opened
    what = "workbook" if is_workbook else "XML file" if start.startswith(b"<") else "file"
    megabytes = file.path.stat().st_size / 2**20
    return Limits(what, MEMORY_MB, _SECONDS + _SECONDS_PER_MB * megabytes)


class Reader:
    """A process for work on files; to be closed, which ends it at once.

    It takes a third of a second to get ready, while this process finds out what the file is.
    """

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, other_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(other_end,), daemon=True)
        self._limits: Limits | None = None
        self._file: InputFile | None = None
        self._since = time.monotonic()
        self._busy = False
        self._begun = False
        self._told = (0, 0)
        self._outcome: _Outcome | None = None
        try:
            self._process.start()
        finally:
            other_end.close()  # so that the line ends with the process

    @property
    def fresh(self) -> bool:
        """Whether it can be given work: its last work has ended, and it has not."""
        return not self._busy and self._process.is_alive() and time.monotonic() - self._since < _KEPT

    def begin(self, work: Callable[..., Any], *args: Any, limits: Limits | None = None) -> None:
        """Start to work; :meth:`wait` for the outcome.

        Args:
            work: A function of a module, called with ``args`` and, at last, a function that tells progress.
            args: What it is given; must travel between processes, as must its outcome.
            limits: What it may take; None for any.
        """
        self._limits = limits
        self._since = time.monotonic()
        self._busy = True
        self._begun = False
        self._told = (0, 0)
        self._outcome = None
        sent = tuple(_Again.FILE if arg is self._file else arg for arg in args)
        self._file = next((arg for arg in args if isinstance(arg, InputFile)), self._file)
        with suppress(OSError):  # killed: this is found when it is waited for
            self._line.send((work, sent, limits))

    def rest(self) -> None:
        """Let go of the last file."""
        self._file = None
        with suppress(OSError):
            self._line.send(None)

    def wait(self, tell: Tell) -> Any:
        """Wait until the work is done.

        Args:
            tell: Told the progress of the work several times a second; what it raises ends the process.

        Returns:
            What the work returned; what it raised is raised here.

        Raises:
            FileRejected: it took more than its limits, or the process was killed.
        """
        while self._outcome is None:
            try:
                tell(*self._told)
            except BaseException:
                self.close()  # now: while it runs, its files cannot be deleted everywhere
                raise
            self._check_time()
            if self._line.poll(_PATIENCE):
                self._hear()
        outcome, self._outcome = self._outcome, None
        self._busy = False
        self._since = time.monotonic()
        if outcome.fault is not None:
            raise outcome.fault
        return outcome.result

    @property
    def told(self) -> tuple[int, int]:
        """The progress of the work as far as it was told by now."""
        while self._outcome is None and self._line.poll():
            self._hear()
        return self._told

    def _hear(self) -> None:
        match self._received():
            case logging.LogRecord() as record:
                logging.getLogger(record.name).handle(record)
            case _Sign.BEGUN:
                self._begun = True
                self._since = time.monotonic()
            case int(done), int(total):
                self._told = (done, total)
            case _Outcome() as outcome:
                self._outcome = outcome

    def _check_time(self) -> None:
        if self._limits and self._begun and time.monotonic() - self._since > self._limits.seconds:
            self.close()
            _log.error("reading took longer than %s", self._limits)
            problem = f"reading the {self._limits.what} takes longer than {self._limits.seconds:.0f} s"
            raise FileRejected(Problem(None, None, problem, "export less at once", "E_TIME"))

    def _received(self) -> Any:
        try:
            return self._line.recv()
        except (EOFError, OSError) as error:
            self._process.join()
            _log.error("the process that reads ended with %s", self._process.exitcode)
            raise FileRejected(_stopped(self._limits)) from error

    def kill(self) -> None:
        """Have the process end, which takes it a moment; to be closed nevertheless."""
        self._process.kill()

    def close(self) -> None:
        """End the process, if it still runs; its work may be unfinished."""
        self.kill()
        self._process.join()
        self._line.close()


@contextmanager
def ended_when_broken_off(reader: Reader) -> Iterator[None]:
    """End a process whose work is broken off, before what it has written is dropped: it would write on."""
    try:
        yield
    except BaseException:
        reader.close()
        raise


def _stopped(limits: Limits | None) -> Problem:
    """Why a process ended by itself."""
    if limits is None:
        problem = "the reader stopped: it was killed or ran out of memory"
        return Problem(None, None, problem, "close other programs and import the file again", "E_READER")
    problem = f"the reader stopped: the {limits.what} is damaged or needs more than {limits.memory_mb} MB"
    return Problem(None, None, problem, "export it again, less at once", "E_READER")


def _too_large(limits: Limits | None) -> FileRejected:
    if limits is None:
        return FileRejected(_stopped(limits))
    problem = f"the {limits.what} needs more than {limits.memory_mb} MB of memory"
    return FileRejected(Problem(None, None, problem, "export less at once", "E_MEMORY"))


@dataclass(frozen=True)
class Worker:
    """Does work on one file: here, or in a process when the file has limits.

    Attributes:
        reader: The process; also for files without limits that are big enough to be read in it.
        limits: What the file may take.
        may_divide: Whether another process may help with the file.
    """

    reader: Reader | None
    limits: Limits | None
    may_divide: bool = False

    def __call__(self, work: Callable[..., T], *args: Any, tell: Tell = _silent) -> T:
        """Call ``work`` with ``args`` and ``tell``."""
        if self.limits is None or self.reader is None:
            return self.patiently(partial(work, *args, _silent), tell)
        self.reader.begin(work, *args, limits=self.limits)
        result: T = self.reader.wait(tell)
        return result

    def patiently(self, work: Callable[[], T], tell: Tell = _silent) -> T:
        """Do here what takes a while for a big file; ``tell`` may end the wait for it."""
        if self.reader is None:
            return work()
        pool = ThreadPoolExecutor(1)
        try:
            done = pool.submit(work)
            while wait([done], _PATIENCE).not_done:
                tell(0, 0)
            return done.result()
        finally:
            pool.shutdown(wait=False)


@contextmanager
def worker_for(file: InputFile, big_bytes: int, *, alone: bool = False) -> Iterator[Worker]:
    """What works on a file.

    Args:
        file: The file.
        big_bytes: From this size on it is read in a process, whatever it is.
        alone: Whether no other file is read meanwhile, so that two processes may read a text.
    """
    limits = limits_of(file)
    if limits is None and file.path.stat().st_size < big_bytes:
        yield Worker(None, None)
        return
    with borrowed(keep=limits is not None) as reader:
        yield Worker(reader, limits, may_divide=alone and limits is None and (os.cpu_count() or 1) > 1)


_spares: list[Reader] = []
_lock = threading.Lock()


@contextmanager
def borrowed(*, keep: bool = True) -> Iterator[Reader]:
    """A process that may have worked before.

    Args:
        keep: Whether it waits for later work, unless this work is broken off. After a big file it would hold
            much memory while it waits.
    """
    with _lock:
        reader = _spares.pop() if _spares else None
    if reader is None or not reader.fresh:
        if reader is not None:
            reader.close()
        reader = Reader()
    try:
        yield reader
    finally:
        with _lock:
            kept = keep and reader.fresh and not _spares
            if kept:
                reader.rest()
                _spares.append(reader)
        if not kept:
            reader.close()


def dismiss() -> None:
    """End the process that waits for work."""
    with _lock:
        waiting = _spares[:]
        _spares.clear()
    for reader in waiting:
        reader.close()


@dataclass(frozen=True)
class _Outcome:
    """What work returned or raised."""

    result: Any = None
    fault: Exception | None = None


class _Mail(QueueHandler):
    """Sends log records to the process that started this one."""

    def __init__(self, line: Line) -> None:
        super().__init__(SimpleQueue())
        self._line = line

    def enqueue(self, record: logging.LogRecord) -> None:
        self._line.send(record)


def _serve(line: Line) -> None:
    """Get ready and work, until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C ends the program, and that ends this process
    gc.disable()  # rows have no cycles, and looking for them takes a sixth of the time
    logging.getLogger().addHandler(_Mail(line))
    for module in ("recon_app.services.reading", "pandas"):  # what every work needs, and takes long to load
        import_module(module)
    with suppress(BrokenPipeError, EOFError):  # the program needs the process no more, or was killed
        file: InputFile | None = None
        while line.poll(_IDLE):
            told = line.recv()
            if told is None:
                file = None
            else:
                work, args, limits = told
                if _Again.FILE not in args:  # the limit holds for all work on a file together
                    file = next((arg for arg in args if isinstance(arg, InputFile)), None)
                    _limit(limits)
                args = tuple(file if arg is _Again.FILE else arg for arg in args)
                if not _work(line, work, args, limits):
                    return
                del args
            gc.collect()


def _work(line: Line, work: Callable[..., Any], args: tuple[Any, ...], limits: Limits | None) -> bool:
    """Do one piece of work and send its outcome; false when the process is no longer fit for another."""
    line.send(_Sign.BEGUN)
    told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told > _PAUSE:
            told = time.monotonic()
            line.send((done, total))

    try:
        outcome = _Outcome(work(*args, tell))
    except BrokenPipeError:
        raise
    except MemoryError:
        limit_memory(None)  # so that there is enough to say it
        line.send(_Outcome(fault=_too_large(limits)))
        return False
    except Exception as error:  # noqa: BLE001 - raised again where the work is waited for
        outcome = _Outcome(fault=error)
    line.send(outcome)
    return True


def _limit(limits: Limits | None) -> None:
    try:
        limit_memory(limits.memory_mb if limits else None)
    except OSError:
        _log.warning("the system sets no limit on memory", exc_info=True)
