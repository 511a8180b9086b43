"""What runs in the background: nothing for quick work, then a thin bar, then named steps with Cancel."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from recon_app.jobs import Job
from recon_app.ui.formats import number
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.text import Text, Tone

QUIET_SECONDS = 0.3
NAMED_SECONDS = 1.5


class BusyBar(QWidget):
    """Shows the oldest titled job; jobs without a title (pages of a table) stay unseen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._since = 0.0
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(140)
        self._bar.setMaximumHeight(8)
        self._step = Text("", Tone.MUTED, parent=self)
        self.cancel = Button("Cancel", "close", quiet=True, parent=self)
        self.cancel.clicked.connect(self._cancel)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        for widget in (self._step, self._bar, self.cancel):
            line.addWidget(widget)
        self._show(None, 0)

    def update_jobs(self, jobs: Sequence[Job]) -> None:
        """Take the active jobs, ten times a second."""
        job = next((job for job in jobs if job.title), None)
        if job is not self._job:
            self._job, self._since = job, monotonic()
        self._show(job, monotonic() - self._since)

    def _show(self, job: Job | None, seconds: float) -> None:
        seen = job is not None and seconds >= QUIET_SECONDS
        named = job is not None and seconds >= NAMED_SECONDS
        self._bar.setVisible(seen)
        self._step.setVisible(named)
        self.cancel.setVisible(named)
        if job is None:
            return
        step = job.step
        total = step.total if step is not None else 0
        self._bar.setRange(0, total)
        self._bar.setValue(step.done if step is not None else 0)
        self._step.setText("Stopping…" if job.cancelled else _sentence(job, seconds))

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()


def _sentence(job: Job, seconds: float) -> str:
    """Step, count and, once it can be told, the time left."""
    step = job.step
    if step is None or not step.text:
        return job.title
    if not step.total:
        return f"{step.text}: {number(step.done)}" if step.done else step.text
    text = f"{step.text}: {number(step.done)} of {number(step.total)}"
    if seconds > 3 and 0 < step.done < step.total:
        left = round(seconds * (step.total - step.done) / step.done)
        text = f"{text}, about {left} s left" if left < 90 else f"{text}, about {round(left / 60)} min left"
    return text
