"""Ctrl+K: every action by a few letters of its name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from recon_app.ui.actions import Act, ActionBook

_LEAST_SCORE = 45.0


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
        self.list = QListWidget(self)
        self.list.setAccessibleName("Commands that fit")
        self.list.setUniformItemSizes(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self._run)
        self.list.itemActivated.connect(self._run)
        self.list.itemClicked.connect(self._run)
        self.field.installEventFilter(self)
        self._search("")
        self.resize(min(560, parent.width() - 40), min(420, parent.height() - 80))
        self.move(parent.mapToGlobal(parent.rect().center()) - self.rect().center())

    def _search(self, text: str) -> None:
        self._shown = best(self._acts, text)
        self.list.clear()
        for act in self._shown:
            keys = (
                QKeySequence(act.keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if act.keys else ""
            )
            item = QListWidgetItem(f"{act.title}    {keys}" if keys else act.title)
            item.setSizeHint(QSize(0, self.fontMetrics().height() + 10))
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        row = self.list.currentRow()
        self.accept()
        if 0 <= row < len(self._shown):
            self._book.run(self._shown[row].id)

    # Qt
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list while the letters go to the field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                row = self.list.currentRow() + step
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, row)))
                return True
        return super().eventFilter(watched, event)
