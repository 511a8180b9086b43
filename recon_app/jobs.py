"""Work beside the window: one serial writer, a small read pool, cancel and progress. No Qt.

Everything that writes goes through one thread, so two writes never meet. Outcomes are handed to a
``deliver`` function, which brings them to the thread that may touch widgets.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from recon_app.models.problem import Cancelled

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
Deliver = Callable[[Callable[[], None]], None]

READERS = 2


@dataclass(frozen=True, slots=True)
class Step:
    """How far a job is; ``total`` 0 means unknown."""

    text: str
    done: int
    total: int


class Job:
    """One piece of work in progress.

    Attributes:
        title: What a person sees while it runs.
        step: The newest progress, None before the first. Older ones are overwritten, never queued.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.step: Step | None = None
        self._stop = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask it to stop at its next progress report."""
        self._stop.set()

    def progress(self, text: str, done: int, total: int) -> None:
        """Keep the newest step; raises :class:`Cancelled` once the job was cancelled."""
        if self._stop.is_set():
            raise Cancelled("stopped by the user")
        self.step = Step(text, done, total)


Work = Callable[[Progress], T]


@dataclass(slots=True)
class _Task(Generic[T]):
    """A job with what happens after it."""

    job: Job
    work: Work[T]
    done: Callable[[T], None]
    failed: Callable[[BaseException], None]


class Lane:
    """Tasks of one kind that run one after another on a shared pool."""

    def __init__(self, jobs: Jobs, pool: ThreadPoolExecutor) -> None:
        self._jobs = jobs
        self._pool = pool
        self._lock = threading.Lock()
        self._waiting: deque[_Task[Any]] = deque()
        self._busy = False

    def start(
        self,
        work: Work[T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
        title: str = "",
    ) -> Job:
        """Queue work; ``done`` or ``failed`` is delivered once. A cancelled job delivers ``failed``.

        While everything is being closed nothing is started and nothing delivered.
        """
        job = Job(title)
        if self._jobs.closing:
            return job
        self._jobs.opened(job)
        with self._lock:
            self._waiting.append(_Task(job, work, done, failed))
            if self._busy:
                return job
            self._busy = True
        self._pool.submit(self._next)
        return job

    def _next(self) -> None:
        with self._lock:
            task = self._waiting.popleft()
        self._jobs.run(task)
        with self._lock:
            self._busy = bool(self._waiting)
            again = self._busy
        if again and not self._jobs.closing:
            self._pool.submit(self._next)


class Jobs:
    """Runs work on threads and says what is going on.

    ``deliver`` is called on worker threads, under the lock of this object: it may only hand on.

    Attributes:
        closing: No new work is started any more.
    """

    def __init__(self, deliver: Deliver) -> None:
        # A shorter switch interval halves the time a repaint waits for a busy Python thread.
        sys.setswitchinterval(0.0005)
        self._deliver = deliver
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._write_lane = Lane(self, self._writer)
        self._lock = threading.Lock()
        self._open: list[Job] = []
        self.closing = False

    def lane(self) -> Lane:
        """A new lane on the read pool: for a thing that only one thread may use at a time."""
        return Lane(self, self._readers)

    def read(
        self,
        work: Work[T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
        title: str = "",
    ) -> Job:
        """Run work that only reads, beside other readers."""
        return self.lane().start(work, done, failed, title)

    def write(
        self,
        work: Work[T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
        title: str = "",
    ) -> Job:
        """Run work that writes, after the writes before it."""
        return self._write_lane.start(work, done, failed, title)

    def active(self) -> list[Job]:
        """The jobs that wait or run, oldest first."""
        with self._lock:
            return list(self._open)

    def close(self) -> None:
        """Cancel what runs and wait until the threads have ended."""
        self.closing = True
        for job in self.active():
            job.cancel()
        self._writer.shutdown(wait=True, cancel_futures=True)
        self._readers.shutdown(wait=True, cancel_futures=True)

    def opened(self, job: Job) -> None:
        """Note a job that begins to wait (called by lanes)."""
        with self._lock:
            self._open.append(job)

    def run(self, task: _Task[Any]) -> None:
        """Run one task and deliver its outcome (called by lanes)."""
        try:
            task.job.progress(task.job.title, 0, 0)  # ends here when it was cancelled before it began
            result = task.work(task.job.progress)
        except BaseException as error:  # noqa: BLE001 - handed to the window, which shows it
            outcome = partial(task.failed, error)
        else:
            outcome = partial(task.done, result)
        with self._lock:  # nobody may see a job gone whose outcome is not delivered yet
            self._open.remove(task.job)
            self._deliver(outcome)
