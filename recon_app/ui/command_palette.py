"""Ctrl+K: every action by a few letters of its name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from recon_app.ui.actions import Act, ActionBook
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.widgets.plain_table import PlainTable

_LEAST_SCORE = 62.0


def best(acts: Sequence[Act], wanted: str) -> list[Act]:
    """The actions that fit some typed letters, the best first; all of them in order for no letters."""
    from rapidfuzz import fuzz, process

    if not wanted.strip():
        return list(acts)
    found = process.extract(
        wanted.casefold(),
        [act.title.casefold() for act in acts],
        scorer=fuzz.WRatio,
        score_cutoff=_LEAST_SCORE,
        limit=None,
    )
    return [acts[place] for _, _, place in found]


def native(key: str) -> str:
    """A key as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


class CommandPalette(QDialog):
    """A field and the actions that fit; Enter runs the chosen one."""

    def __init__(self, book: ActionBook, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._book = book
        self._acts = sorted(book.available(), key=lambda act: act.title.casefold())
        self._shown: list[Act] = []
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("What do you want to do?")
        self.field.setAccessibleName("Command")
        self.list = PlainTable(("Command", "Keys"), "Commands that fit", 0, self)
        self.list.horizontalHeader().hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self._run)
        self.list.clicked.connect(self._run)
        self.field.installEventFilter(self)
        self._search("")
        self.resize(min(560, parent.width() - 40), min(420, parent.height() - 80))
        self.move(parent.mapToGlobal(parent.rect().center()) - self.rect().center())

    def _search(self, text: str) -> None:
        self._shown = best(self._acts, text)
        rows = []
        for act in self._shown:
            keys = native(act.keys[0]) if act.keys else ""
            rows.append((Cell(act.title), Cell(keys, right=True, muted=True)))
        self.list.set_rows(rows)
        self._choose(0)

    def _choose(self, row: int) -> None:
        if self._shown:
            self.list.selectRow(max(0, min(len(self._shown) - 1, row)))

    def _run(self) -> None:
        row = self.list.currentIndex().row()
        self.accept()
        if 0 <= row < len(self._shown):
            self._book.run(self._shown[row].id)

    # Qt
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while the letters go to the field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self._choose(self.list.currentIndex().row() + step)
                return True
        return super().eventFilter(watched, event)
