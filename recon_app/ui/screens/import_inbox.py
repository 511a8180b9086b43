"""What waits before an import: new files in watched folders, and expected files that did not come."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from recon_app.models.changes import Changes
from recon_app.ui.context import Context
from recon_app.ui.formats import number, one_line
from recon_app.ui.screens.watch_dialog import WatchDialog
from recon_app.ui.widgets.banner import Banner
from recon_app.ui.widgets.button import Button

if TYPE_CHECKING:
    from recon_app.services.watch import Awaited, Expected, Folder, Watched

_LOOK_MS = 15_000
_NAMED = 3  # files that a sentence names


class Inbox(QWidget):
    """Two lines over the list of files, each hidden while it has nothing to say.

    Signals:
        wanted: The user wants these files in the list.
        waiting: How many new and late files there are.
    """

    wanted = Signal(list)
    waiting = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._seen: Watched | None = None
        self._titles: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._listed: set[Path] = set()
        self.leave = Button("Leave out", parent=self)
        self.new = Banner("folder", "Add to the list", self, self.leave)
        self.late = Banner("state-snoozed", "Expected files…", self)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look_again)
        self.new.button.clicked.connect(self._take)
        self.leave.clicked.connect(self._leave_out)
        self.late.button.clicked.connect(self.configure)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.new)
        column.addWidget(self.late)
        self.hide()

    def start(self) -> None:
        """Look now, and every few seconds from now on."""
        self._timer.start()
        self.look()

    def set_titles(self, titles: dict[str, str], kinds: dict[str, str]) -> None:
        """Take what the user calls the files of each source, and which kinds of files there can be."""
        self._titles, self._kinds = titles, kinds

    def set_listed(self, paths: Sequence[Path]) -> None:
        """Say which files are in the list already."""
        self._listed = set(paths)
        self._show()

    def look(self) -> None:
        """Look at folders and calendar."""
        self._context.read(self, lambda backend: backend.watched(), self._take_look)

    def _look_again(self) -> None:
        if self.window().isActiveWindow() and self._context.jobs.idle():
            self.look()

    def _take_look(self, seen: Watched) -> None:
        self._seen = seen
        self._show()

    def _show(self) -> None:
        seen = self._seen
        if seen is None:
            return
        new = self._new()
        self.new.say(_new_sentence(new))
        self.late.say(_late_sentence(seen.late, seen.unreadable))
        self.setVisible(bool(new or seen.late or seen.unreadable))
        self.waiting.emit(len(new) + len(seen.late))

    def _new(self) -> list[Path]:
        seen = self._seen.new if self._seen is not None else ()
        return [found.path for found in seen if found.path not in self._listed]

    def _take(self) -> None:
        self.wanted.emit(self._new())

    def _leave_out(self) -> None:
        seen = self._seen.new if self._seen is not None else ()
        hashes = [found.sha256 for found in seen if found.path not in self._listed]
        self._context.write(self, lambda backend: backend.leave_out(hashes), "Leaving files out")

    def configure(self) -> None:
        """Open the dialog about folders and expected files."""
        self._context.read(self, lambda backend: backend.watch_rules(), self._open)

    def _open(self, rules: tuple[list[Folder], list[Expected]]) -> None:
        dialog = WatchDialog(self._titles, self._kinds, self.window())
        dialog.show_rules(*rules)
        dialog.asked.connect(lambda change: self._change(change, dialog))
        dialog.open()

    def _change(self, change: object, dialog: WatchDialog) -> None:
        """Write a change and show the rules anew in the open dialog."""
        backend = self._context.backend
        if backend is None or not callable(change):
            return

        def write(_: object) -> tuple[Changes, tuple[list[Folder], list[Expected]]]:
            return change(backend), backend.watch_rules()

        def written(found: tuple[Changes, tuple[list[Folder], list[Expected]]]) -> None:
            changes, rules = found
            dialog.show_rules(*rules)
            self._context.changed.emit(changes)

        self._context.jobs.write(dialog, write, written, title="Keeping what is watched")


def _new_sentence(paths: Sequence[Path]) -> str:
    if not paths:
        return ""
    names = ", ".join(one_line(path.name) for path in paths[:_NAMED])
    more = f" and {number(len(paths) - _NAMED)} more" if len(paths) > _NAMED else ""
    what = "1 new file" if len(paths) == 1 else f"{number(len(paths))} new files"
    return f"{what} in the watched folders: {names}{more}"


def _late_sentence(late: Sequence[Awaited], unreadable: Sequence[tuple[Path, str]]) -> str:
    parts = [
        f"{one_line(one.title)} for {_period(one)} "
        f"(due {one.due}, {number(one.late)} {'day' if one.late == 1 else 'days'} late)"
        for one in late[:_NAMED]
    ]
    if len(late) > _NAMED:
        parts.append(f"{number(len(late) - _NAMED)} more")
    said = [f"Did not come: {'; '.join(parts)}."] if parts else []
    said += [f"The watched folder {one_line(str(path))} cannot be read ({why})." for path, why in unreadable]
    return " ".join(said)


def _period(awaited: Awaited) -> str:
    """``2026-10`` for a month, ``2026-11-16 to 11-22`` for a week."""
    first, last = awaited.period
    month = first.day == 1 and (last - first).days > 7
    return f"{first:%Y-%m}" if month else f"{first} to {last:%m-%d}"
