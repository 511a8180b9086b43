"""Import: drop files, see what they are, answer what they do not say, bring them in."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QSplitter, QVBoxLayout, QWidget

from recon_app.jobs import Job, Progress
from recon_app.models.changes import Changes
from recon_app.models.problem import Cancelled
from recon_app.ui.actions import Act
from recon_app.ui.context import Context
from recon_app.ui.formats import number
from recon_app.ui.screens._screen import Screen
from recon_app.ui.screens.import_detail import FileDetail
from recon_app.ui.screens.import_inbox import Inbox
from recon_app.ui.screens.import_items import FILE, IN_WORKSPACE, TITLES, FileState, Item, stored_item
from recon_app.ui.screens.import_mapping import name_columns
from recon_app.ui.screens.import_next import next_steps, step_title
from recon_app.ui.screens.odoo_dialog import OdooDialog
from recon_app.ui.screens.odoo_dialog import summary as pulled_sentence
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.drop_zone import DropZone, local_paths
from recon_app.ui.widgets.message import confirm
from recon_app.ui.widgets.plain_table import PlainTable
from recon_app.ui.widgets.text import Text, Tone

if TYPE_CHECKING:
    from recon_app.services.corrections import Verdict
    from recon_app.services.import_files import FileReport
    from recon_app.services.preview import Preview
    from recon_app.store.imports import ImportedFile

PREVIEW_ROWS = 200
_SOON_MS = 40  # many files that are looked at one after the other refresh the list together
_ENDINGS = "*.csv *.xlsx *.xml *.txt *.sta *.mt940 *.ofx *.qfx"


class ImportScreen(Screen):
    """The files of the workspace and those on their way in."""

    id = "import"
    title = "Import"
    icon = "screen-import"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.items: list[Item] = []
        self._titles: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._jobs: list[Job] = []
        self._left = 0
        self._new_files = False
        self._stuck = 0
        self._outside = 0  # new and late files that are not in the list
        self._shown: tuple[object, ...] = ()
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._soon.timeout.connect(lambda: self._refresh(self._current()))
        self.drop = DropZone("Drop files or folders here, or press to choose (Ctrl+O)", self)
        self.folders = Button("Watched folders…", "folder", parent=self)
        self.odoo = Button("Read from Odoo…", "side-odoo", parent=self)
        self.inbox = Inbox(context, self)
        self.table = PlainTable(TITLES, "Files", FILE, self, widest=40)
        self.detail = FileDetail(self)
        self.start = Button("Import", "screen-import", primary=True, parent=self)
        self.cancel = Button("Cancel", "close", parent=self)
        self._steps: list[str] = next_steps(())
        self.compare = Button(step_title(self._steps[0]), "next", parent=self)
        self.others = Button("Other comparisons…", parent=self)
        self.remove = Button("Remove", parent=self)
        self._summary = Text("", Tone.MUTED, parent=self)
        self.setAcceptDrops(True)
        self._lay_out()
        self._connect()
        self._declare()
        self._refresh()

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.addWidget(self.table)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        split.setSizes([500, 500])
        foot = QHBoxLayout()
        foot.setSpacing(6)
        foot.addWidget(self.remove)
        foot.addWidget(self._summary, 1)
        for button in (self.cancel, self.others, self.compare, self.start):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(Text(self.title, Tone.TITLE, parent=self), 1)
        head.addWidget(self.odoo)
        head.addWidget(self.folders)
        column.addLayout(head)
        column.addWidget(self.drop)
        column.addWidget(self.inbox)
        column.addWidget(split, 1)
        column.addLayout(foot)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self.drop.clicked.connect(self.choose)
        self.drop.dropped.connect(self.add_paths)
        self.folders.clicked.connect(self.inbox.configure)
        self.odoo.clicked.connect(self.read_odoo)
        self.inbox.wanted.connect(self.add_paths)
        self.inbox.waiting.connect(self._waiting)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.detail.answered.connect(self._answered)
        self.detail.mapping_wanted.connect(self._map)
        self.start.clicked.connect(self.import_ready)
        self.cancel.clicked.connect(self._cancel)
        self.compare.clicked.connect(lambda: self._compare(self._steps[0]))
        self.others.clicked.connect(self._offer_others)
        self.remove.clicked.connect(self._remove)

    def _declare(self) -> None:
        add = self.context.actions.add
        add(Act("import.open", "Import files…", self.choose, ("Ctrl+O",), "&File"))
        add(Act("import.watch", "Watched folders and expected files…", self.inbox.configure, (), "&File"))
        add(Act("import.odoo", "Read from Odoo…", self.read_odoo, (), "&File"))
        add(Act("import.start", "Import what is ready", self.import_ready, ("Ctrl+Return",), "&File"), self)
        add(Act("import.remove", "Remove this file", self._remove, ("Del",), "&File"), self.table)

    # What the services say

    def workspace_opened(self) -> None:
        """Show the files of the workspace, and what is new around it."""
        self._reload()
        self.inbox.start()

    def services_changed(self, changes: Changes) -> None:
        """Read the list of files again when it changed."""
        if changes.files:
            self._reload()
        if changes.files or changes.settings:
            self.inbox.look()

    def _reload(self) -> None:
        self.context.read(
            self,
            lambda backend: (backend.source_titles(), backend.kinds_of_files(), backend.imports()),
            self._take_list,
        )

    def _take_list(self, found: tuple[dict[str, str], dict[str, str], list[ImportedFile]]) -> None:
        titles, kinds, stored = found
        if titles != self._titles:
            self._titles, self._kinds = titles, kinds
            self.inbox.set_titles(titles, kinds)
        self._steps = next_steps([file.record_type for file in stored])
        chosen = self._current()
        by_hash = {file.sha256: file for file in stored}
        mine = [item for item in self.items if item.path is not None]
        for item in mine:
            if item.report is not None:
                item.stored = by_hash.pop(item.report.sha256, None)
            elif item.stored is not None:
                item.stored = by_hash.pop(item.stored.sha256, None)
        mine = [item for item in mine if item.stored is not None or item.state not in IN_WORKSPACE]
        self.items = [*mine, *(stored_item(file) for file in reversed(stored) if file.sha256 in by_hash)]
        self._refresh(chosen)

    # What the user does

    def choose(self) -> None:
        """Ask for files."""
        self.context.go.emit(self.id)
        dialog = QFileDialog(self, "Import files")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(
            ["Exports (*.csv *.xlsx *.xml *.txt *.sta *.mt940 *.ofx *.qfx)", "All files (*)"]
        )
        dialog.filesSelected.connect(lambda paths: self.add_paths([Path(path) for path in paths]))
        dialog.open()

    def read_odoo(self) -> None:
        """Open the dialog that reads lists from a live Odoo."""
        if self.context.backend is None:
            return
        self.context.go.emit(self.id)
        dialog = OdooDialog(self.context, self.window())
        dialog.wanted.connect(self._pull)
        dialog.open()

    def _pull(self, name: str, key: str, what: list[str], everything: bool) -> None:
        backend = self.context.backend
        if backend is not None:
            self.context.jobs.write(
                self,
                lambda progress: backend.pull(name, key, what, progress, everything=everything),
                self._pulled,
                self._pull_failed,
                title=f"Reading from {name}",
            )

    def _pull_failed(self, error: BaseException) -> None:
        """Lists that were read before the fault are there."""
        self.context.changed.emit(Changes(files=True))
        self.context.fail(error)

    def _pulled(self, reports: list[FileReport]) -> None:
        self.context.changed.emit(Changes(files=True))
        self.context.toast.say(pulled_sentence(reports))
        self._verify()

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Take files and folders to the list and look at each."""
        self.context.read(
            self, lambda backend: backend.files(paths), self._add_files, title="Looking for files"
        )

    def _add_files(self, paths: Sequence[Path]) -> None:
        there = {item.path for item in self.items}
        fresh = [Item(path.name, path) for path in paths if path not in there]
        if not fresh:
            self.context.toast.say("These files are in the list already.")
            return
        self.items = [*fresh, *self.items]
        self._refresh(fresh[0])
        for item in fresh:
            self._look(item)

    def _look(self, item: Item) -> None:
        backend, path, source, options = self.context.backend, item.path, item.source, dict(item.options)
        if path is None or backend is None:
            return

        def look(_: Progress) -> tuple[Preview, ImportedFile | None]:
            return backend.preview(path, source, options, PREVIEW_ROWS), backend.imported_as(path)

        def seen(found: tuple[Preview, ImportedFile | None]) -> None:
            item.looked_at(*found)
            self._soon.start()

        def failed(error: BaseException) -> None:
            """An answer cannot be used: ask again."""
            item.state = FileState.REFUSED if item.question is None else FileState.QUESTION
            item.options.clear()
            item.source = None
            self._soon.start()
            self.context.fail(error)

        item.state = FileState.LOOKING
        self.context.jobs.read(self, look, seen, failed, title=f"Looking at {item.name}")

    def _answered(self, option: str, value: str) -> None:
        item = self._current()
        if item is None:
            return
        if option == "as":
            item.source = value
        else:
            item.options[option] = value
        self._look(item)
        self._refresh(item)

    def _map(self) -> None:
        item = self._current()
        if item is None:
            return

        def decided(source: str, options: dict[str, str]) -> None:
            item.source, item.options = source, options
            self._look(item)
            self._refresh(item)

        name_columns(self.context, item, decided, self)

    def import_ready(self) -> None:
        """Import every file that is ready, one after the other."""
        ready = [item for item in self.items if item.state is FileState.READY]
        self._left = len(ready)
        self._new_files = False
        for item in ready:
            item.state = FileState.WAITING
            self._jobs.append(self._import(item))
        self._refresh(ready[0] if ready else None)

    def _import(self, item: Item) -> Job:
        backend, path, source = self.context.backend, item.path, item.source
        options = dict(item.options)
        if backend is None or path is None:
            raise ValueError("a file without a path or a workspace cannot be ready")

        def work(progress: Progress) -> FileReport:
            return backend.import_file(path, source, options, progress)

        return self.context.jobs.write(
            self,
            work,
            partial(self._imported, item),
            partial(self._import_failed, item),
            title=f"Importing {item.name}",
        )

    def _imported(self, item: Item, report: FileReport) -> None:
        item.imported(report)
        self._new_files = self._new_files or report.status.value == "imported"
        self._one_less(item)

    def _import_failed(self, item: Item, error: BaseException) -> None:
        item.state = FileState.READY
        if not isinstance(error, Cancelled):
            self.context.fail(error)
        self._one_less(item)

    def _one_less(self, item: Item) -> None:
        self._left -= 1
        self._refresh(item)
        if self._left:
            return
        self._jobs.clear()
        if self._new_files:
            self._verify()

    def _verify(self) -> None:
        """Look in the new files for corrections that were written before."""
        backend = self.context.backend
        if backend is not None:
            self.context.jobs.write(
                self, lambda _: backend.verify(), self._verified, title="Looking for corrections"
            )

    def _verified(self, found: tuple[list[Verdict], Changes]) -> None:
        verdicts, changes = found
        self.context.changed.emit(changes | Changes(files=True))
        news = [verdict for verdict in verdicts if verdict.state in ("verified", "reopened")]
        if news:
            self.context.toast.say(
                news[0].text if len(news) == 1 else f"{number(len(news))} corrections moved on."
            )

    def _cancel(self) -> None:
        for job in self._jobs:
            job.cancel()

    def _compare(self, name: str) -> None:
        self.context.go.emit(name)
        self.context.actions.run(f"{name}.run")

    def _offer_others(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in self._steps[1:]:
            menu.addAction(step_title(name), partial(self._compare, name))
        menu.popup(self.others.mapToGlobal(self.others.rect().topLeft()))

    def _remove(self) -> None:
        item = self._current()
        if item is None or item.state is FileState.WAITING:
            return
        if item.state not in IN_WORKSPACE or item.stored is None or item.state is FileState.KNOWN:
            self.items.remove(item)
            self._refresh()
            return
        question = f"Take {item.name} and its {number(item.rows)} records out of the workspace?"
        confirm(self, question, "Remove", partial(self._take_out, item, item.stored.id))

    def _take_out(self, item: Item, import_id: int) -> None:
        backend = self.context.backend
        if backend is None:
            return
        self.items.remove(item)
        self.context.jobs.write(
            self,
            lambda progress: backend.remove_file(import_id, progress),
            self.context.changed.emit,
            title=f"Removing {item.name}",
        )

    def _current(self) -> Item | None:
        row = self.table.currentIndex().row()
        return self.items[row] if 0 <= row < len(self.items) else None

    def _chosen(self, current: QModelIndex) -> None:
        row = current.row()
        item = self.items[row] if 0 <= row < len(self.items) else None
        self._show_detail(item)
        self.remove.setEnabled(item is not None and item.state is not FileState.WAITING)

    def _show_detail(self, item: Item | None) -> None:
        """Show a file, unless nothing of it changed: an answer that is being typed stays."""
        state = (item.state, item.preview, item.report, item.stored) if item is not None else ()
        new = (item, self._titles, *state)
        same = len(new) == len(self._shown) and all(map(operator.is_, new, self._shown))
        if not same:
            self._shown = new
            self.detail.show_item(item, self._titles, self._kinds)

    def _refresh(self, keep: Item | None = None) -> None:
        """Show the list anew with the same file chosen, and offer the next step."""
        self.table.set_rows([item.cells(self._titles) for item in self.items])
        row = self.items.index(keep) if keep in self.items else 0
        if self.items:
            self.table.selectRow(row)
        else:
            self._show_detail(None)
        ready = sum(item.state is FileState.READY for item in self.items)
        stored = sum(item.state in IN_WORKSPACE for item in self.items)
        stuck = sum(item.state in (FileState.QUESTION, FileState.REFUSED) for item in self.items)
        running = self._left > 0
        self.start.setText(f"Import {number(ready)} files" if ready != 1 else "Import 1 file")
        self.start.updateGeometry()
        self.start.setVisible(ready > 0 and not running)
        self.cancel.setVisible(running)
        self.compare.setVisible(stored > 0 and not running)
        self.compare.set_primary(ready == 0)
        self.compare.setText(step_title(self._steps[0]))
        self.compare.updateGeometry()
        self.others.setVisible(stored > 0 and not running and len(self._steps) > 1)
        self.remove.setEnabled(bool(self.items))
        parts = [f"{number(stored)} files in the workspace"]
        if stuck:
            parts.append(f"{number(stuck)} need you")
        self._summary.setText(" · ".join(parts))
        self.set_status(" · ".join(parts))
        self._stuck = stuck
        self.inbox.set_listed([item.path for item in self.items if item.path is not None])
        self._count()

    def _waiting(self, outside: int) -> None:
        self._outside = outside
        self._count()

    def _count(self) -> None:
        self.count_changed.emit(self._stuck + self._outside)

    # Qt
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files anywhere on the screen."""
        if local_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add them to the list."""
        event.acceptProposedAction()
        self.add_paths(local_paths(event))
