"""Which folders are watched, and which files are expected when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QSpinBox, QWidget

from recon_app.models.changes import Changes
from recon_app.ui.backend import Backend
from recon_app.ui.formats import one_line
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.dialog import Dialog
from recon_app.ui.widgets.plain_table import PlainTable
from recon_app.ui.widgets.text import Text, Tone

if TYPE_CHECKING:
    from recon_app.services.watch import Expected, Folder

_EVERY = (("every month", "month"), ("every week", "week"))
_MOST_DAYS = 90
_USUAL_DAYS = 5


class WatchDialog(Dialog):
    """Changes are kept at once.

    Signals:
        asked: A change to be made: a function of the services.
    """

    asked = Signal(object)

    def __init__(self, titles: Mapping[str, str], kinds: Mapping[str, str], parent: QWidget) -> None:
        super().__init__("Watched folders and expected files", "Done", parent)
        self._titles = titles
        self._folders: Sequence[Folder] = ()
        self._expected: Sequence[Expected] = ()
        self.cancel.hide()
        self.ok.clicked.connect(self.accept)
        self.folders = PlainTable(("Folder", "Files from"), "Watched folders", 0, self)
        self.add_folder = Button("Watch a folder…", "folder", parent=self)
        self.drop_folder = Button("Watch no more", parent=self)
        self.expected = PlainTable(("File", "Comes", "At the latest"), "Expected files", 0, self)
        self.source = QComboBox(self)
        self.every = QComboBox(self)
        self.days = QSpinBox(self)
        self.add_expected = Button("Expect", parent=self)
        self.drop_expected = Button("Expect no more", parent=self)
        self._fill(kinds)
        self._lay_out()
        self._connect()
        self.resize(720, 560)

    def _fill(self, kinds: Mapping[str, str]) -> None:
        for source, title in sorted(kinds.items(), key=lambda item: item[1]):
            self.source.addItem(one_line(title), source)
        self.source.setAccessibleName("Kind of file")
        for word, every in _EVERY:
            self.every.addItem(word, every)
        self.every.setAccessibleName("How often it comes")
        self.days.setRange(0, _MOST_DAYS)
        self.days.setValue(_USUAL_DAYS)
        self.days.setSuffix(" days after its end")
        self.days.setAccessibleName("Days after the end of the month or week")

    def _lay_out(self) -> None:
        self.body.addWidget(Text("Watched folders", Tone.STRONG, parent=self))
        why = "New exports in these folders are offered for import. The folders are never changed."
        self.body.addWidget(Text(why, Tone.MUTED, wrap=True, parent=self))
        self.body.addWidget(self.folders, 1)
        self.body.addLayout(_row(self.add_folder, self.drop_folder))
        self.body.addWidget(Text("Expected files", Tone.STRONG, parent=self))
        why = "A file that is not there in time is named on the Import screen."
        self.body.addWidget(Text(why, Tone.MUTED, wrap=True, parent=self))
        self.body.addWidget(self.expected, 1)
        self.body.addLayout(_row(self.source, self.every, self.days, self.add_expected))
        self.body.addLayout(_row(self.drop_expected))

    def _connect(self) -> None:
        self.add_folder.clicked.connect(self._choose_folder)
        self.drop_folder.clicked.connect(self._drop_folder)
        self.add_expected.clicked.connect(self._expect)
        self.drop_expected.clicked.connect(self._drop_expected)

    def show_rules(self, folders: Sequence[Folder], expected: Sequence[Expected]) -> None:
        """Show what is kept."""
        self._folders, self._expected = folders, expected
        self.folders.set_rows([(Cell(one_line(str(one.path))), Cell(one.since)) for one in folders])
        self.expected.set_rows(
            [
                (
                    Cell(one_line(self._titles.get(one.source, one.source))),
                    Cell(f"every {one.every}"),
                    Cell(f"{one.days} days after its end"),
                )
                for one in expected
            ]
        )
        for table, button, kept in (
            (self.folders, self.drop_folder, folders),
            (self.expected, self.drop_expected, expected),
        ):
            button.setEnabled(bool(kept))
            if kept:
                table.selectRow(len(kept) - 1)

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, "Watch a folder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.watch)
        dialog.open()

    def watch(self, folder: str) -> None:
        """Ask for a folder to be watched."""
        path = Path(folder)
        self._ask(lambda backend: backend.watch(path))

    def _drop_folder(self) -> None:
        row = self.folders.currentIndex().row()
        if 0 <= row < len(self._folders):
            path = self._folders[row].path
            self._ask(lambda backend: backend.unwatch(path))

    def _expect(self) -> None:
        from recon_app.services.watch import Every  # the services come after the first paint

        source, every = str(self.source.currentData()), Every(self.every.currentData())
        days = self.days.value()
        self._ask(lambda backend: backend.expect(source, every, days))

    def _drop_expected(self) -> None:
        row = self.expected.currentIndex().row()
        if 0 <= row < len(self._expected):
            source = self._expected[row].source
            self._ask(lambda backend: backend.expect_no_more(source))

    def _ask(self, change: Callable[[Backend], Changes]) -> None:
        self.asked.emit(change)


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
