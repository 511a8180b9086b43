"""Brings outcomes of jobs to the thread that may touch widgets."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from recon_app.jobs import Job, Jobs, Lane, Work
from recon_app.models.problem import Cancelled
from recon_app.ui.garbage import Garbage

T = TypeVar("T")
_PERIOD_MS = 100  # progress is shown ten times a second, whatever a worker reports


class JobsBridge(QObject):
    """Starts jobs for widgets; nothing reaches a widget that was deleted meanwhile.

    Signals:
        progressed: The active jobs, ten times a second while there are any, and once when none is left.
        failed: A job ended with an error that nobody took care of.
    """

    progressed = Signal(list)
    failed = Signal(object)
    _wake = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._outcomes: deque[Callable[[], None]] = deque()
        self._wake.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._garbage = Garbage(self)
        self._jobs = Jobs(self._deliver)
        self._timer = QTimer(self, interval=_PERIOD_MS)
        self._timer.timeout.connect(self._report)

    def lane(self) -> Lane:
        """A lane on the read pool for :meth:`read`."""
        return self._jobs.lane()

    def read(
        self,
        owner: QObject,
        work: Work[T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
        *,
        title: str = "",
        lane: Lane | None = None,
    ) -> Job:
        """Run reading work; ``done`` or ``failed`` is called here unless ``owner`` is gone.

        Without ``failed`` the error goes to the signal of the same name; cancelling is never an error.
        """
        begin: Any = self._jobs.read if lane is None else lane.start
        job: Job = begin(work, self._for(owner, done), self._for(owner, failed or self._unhandled), title)
        self._timer.start()
        return job

    def write(
        self,
        owner: QObject,
        work: Work[T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None] | None = None,
        *,
        title: str = "",
    ) -> Job:
        """Run writing work after the writes before it; see :meth:`read`."""
        job = self._jobs.write(
            work, self._for(owner, done), self._for(owner, failed or self._unhandled), title
        )
        self._timer.start()
        return job

    def idle(self) -> bool:
        """Whether nothing runs and every outcome was delivered."""
        return not self._jobs.active() and not self._outcomes  # in this order: a job ends in an outcome

    def close(self) -> None:
        """Cancel everything and wait for the threads."""
        self._timer.stop()
        self._jobs.close()
        self._outcomes.clear()
        self._garbage.close()

    def _for(self, owner: QObject, call: Callable[[T], None]) -> Callable[[T], None]:
        def guarded(result: T) -> None:
            if shiboken6.isValid(owner):
                call(result)

        return guarded

    def _unhandled(self, error: BaseException) -> None:
        if not isinstance(error, Cancelled):
            self.failed.emit(error)

    def _deliver(self, outcome: Callable[[], None]) -> None:
        """Called on worker threads."""
        self._outcomes.append(outcome)
        self._wake.emit()

    def _drain(self) -> None:
        while self._outcomes:
            self._outcomes.popleft()()

    def _report(self) -> None:
        active = self._jobs.active()
        if not active:
            self._timer.stop()
        self.progressed.emit(active)
