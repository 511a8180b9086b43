"""Take rows out of the window: to the clipboard for a spreadsheet, or to a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from recon_app.ui.context import Context
from recon_app.ui.formats import number
from recon_app.ui.screens.lines_view import LinesView
from recon_app.ui.tables.copying import MOST_ROWS, Extract, tab_separated, write_file

_FORMATS = {"Excel (*.xlsx)": "xlsx", "CSV (*.csv)": "csv"}


class RowsOut:
    """Copies and exports the rows and columns that are shown.

    Args:
        context: What screens are given.
        lines: The rows.
        file_name: Gives the name that is proposed for a file.
    """

    def __init__(self, context: Context, lines: LinesView, file_name: Callable[[], str]) -> None:
        self._context = context
        self._lines = lines
        self._file_name = file_name

    def _extract(self, ranges: list[range]) -> Extract:
        views = self._lines.panes.views
        return Extract([view.pane for view in views], [view.shown_columns() for view in views], ranges)

    def copy(self, *, headers: bool = False) -> None:
        """Copy the selected rows."""
        extract, source = self._extract(self._lines.panes.selected_ranges()), self._lines.rows.source
        if source is None or not extract.count:
            return
        if extract.count > MOST_ROWS:
            self._context.toast.say(
                f"{number(extract.count)} rows are too many to copy. Export them as a file.",
                "Export…",
                self.export,
            )
            return

        def copied(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            self._context.toast.say(f"{number(extract.count)} rows copied.")

        self._context.jobs.read(
            self._lines,
            lambda progress: tab_separated(extract, source, progress, headers=headers),
            copied,
            title="Copying",
        )

    def export(self) -> None:
        """Ask for a file and write what is shown to it."""
        if self._lines.rows.source is None:
            return
        dialog = QFileDialog(self._lines, "Export what is shown", self._file_name(), ";;".join(_FORMATS))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(_FORMATS[chosen]))
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write the rows and columns that are shown to a workbook or a CSV file, by the ending."""
        source = self._lines.rows.source
        if source is None:
            return
        extract = self._extract([range(source.count)])
        self._context.jobs.read(
            self._lines,
            lambda progress: write_file(extract, source, path, progress),
            lambda count: self._context.toast.say(f"{number(count)} rows written to {path.name}."),
            title="Exporting",
        )
