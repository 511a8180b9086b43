"""Pages that take turns in the strip, each with a small button above them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from recon_app.ui.widgets.button import Button


class StripPages(QWidget):
    """The first page is shown at first; a single page needs no button."""

    def __init__(self, pages: Sequence[tuple[str, QWidget]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = [page for _, page in pages]
        self._stack = QStackedWidget(self)
        self.buttons = QButtonGroup(self)
        line = QHBoxLayout()
        line.setSpacing(4)
        for place, (title, page) in enumerate(pages):
            button = Button(title, parent=self)
            button.setCheckable(True)
            button.setChecked(place == 0)
            button.setVisible(len(pages) > 1)
            self.buttons.addButton(button, place)
            line.addWidget(button)
            self._stack.addWidget(page)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if len(pages) > 1:
            column.addLayout(line)
        column.addWidget(self._stack, 1)
        self.buttons.idClicked.connect(self.show_page)

    def show_page(self, place: int) -> None:
        """Show a page."""
        self._stack.setCurrentIndex(place)
        self.buttons.button(place).setChecked(True)

    def next_page(self) -> None:
        """Show the page after this one."""
        self.show_page((self._stack.currentIndex() + 1) % self._stack.count())

    def count(self) -> int:
        """How many pages there are."""
        return len(self._pages)

    def current(self) -> QWidget:
        """The page that is shown."""
        return self._pages[self._stack.currentIndex()]
