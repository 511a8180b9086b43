"""What every screen is given: the services, jobs, settings, actions, and ways to speak to the user."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from recon_app.models.changes import Changes
from recon_app.models.problem import Cancelled, ReconError
from recon_app.ui.actions import ActionBook
from recon_app.ui.backend import Backend
from recon_app.ui.crash import CrashReporter
from recon_app.ui.jobs_bridge import JobsBridge
from recon_app.ui.settings import WHO, Settings
from recon_app.ui.widgets.message import show_error
from recon_app.ui.widgets.toast import Toast

T = TypeVar("T")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user without a name, as in some containers
        return ""


class Context(QObject):
    """Handed to screens by the shell; there is no global application object.

    Attributes:
        backend: The services on the open workspace; None until it is open.

    Signals:
        opened: The workspace is open: ``backend`` is there.
        changed: A service wrote something: :class:`Changes` says what should be read again.
        go: Another screen is wanted, by its id.
    """

    opened = Signal()
    changed = Signal(object)
    go = Signal(str)

    def __init__(
        self,
        window: QWidget,
        jobs: JobsBridge,
        settings: Settings,
        actions: ActionBook,
        crashes: CrashReporter,
    ) -> None:
        super().__init__(window)
        self.window = window
        self.jobs = jobs
        self.settings = settings
        self.actions = actions
        self.crashes = crashes
        self.toast = Toast(window)
        self.backend: Backend | None = None
        jobs.failed.connect(self.fail)

    def use(self, backend: Backend) -> None:
        """Tell the screens that the workspace is open."""
        self.backend = backend
        backend.person = self.person
        self.opened.emit()

    @property
    def person(self) -> str:
        """Who decides at this computer: the name that was typed last, else that of the computer's user."""
        return self.settings.text(WHO) or _user()

    def name_person(self, name: str) -> None:
        """Keep who decides at this computer."""
        self.settings.put(WHO, name)
        if self.backend is not None:
            self.backend.person = name

    def read(
        self,
        owner: QObject,
        ask: Callable[[Backend], T],
        answer: Callable[[T], None],
        *,
        title: str = "",
    ) -> None:
        """Ask the services something beside the window; errors are shown."""
        backend = self.backend
        if backend is not None:
            self.jobs.read(owner, lambda _progress: ask(backend), answer, title=title)

    def write(
        self,
        owner: QObject,
        do: Callable[[Backend], Changes],
        title: str,
        done: Callable[[], object] | None = None,
    ) -> None:
        """Let a service write beside the window, then tell every screen what changed and call ``done``."""

        def written(changes: Changes) -> None:
            self.changed.emit(changes)
            if done is not None:
                done()

        backend = self.backend
        if backend is not None:
            self.jobs.write(owner, lambda _progress: do(backend), written, title=title)

    def fail(self, error: BaseException) -> None:
        """Show an error: the user's business as a message, a fault of the program as such."""
        if isinstance(error, Cancelled):
            return
        told = error if isinstance(error, ReconError) else self._of_the_disk(error)
        if told is not None:
            show_error(self.window, str(told))
        else:
            self.crashes.report(error)

    def _of_the_disk(self, error: BaseException) -> ReconError | None:
        """What a fault of the disk or of a database means; None for a fault of the program."""
        if self.backend is None:
            return None
        from recon_app.store.faults import explain

        return explain(error, self.backend.folder)
