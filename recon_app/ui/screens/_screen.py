"""What the shell knows of a screen."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from recon_app.models.changes import Changes
from recon_app.ui.context import Context


class Screen(QWidget):
    """One entry of the rail.

    Attributes:
        id: Stable name.
        title: Word on the rail.
        icon: Name of its drawing.
        help: Page of the help about it, "" for the one of its own name.
        group: Heading that it stands under on the rail, "" for none.
        context: What every screen is given.
        status: What the status bar shows while the screen is open.

    Signals:
        status_changed: Another status text.
        count_changed: How many things wait here, shown on the rail.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str]
    help: ClassVar[str] = ""
    group: ClassVar[str] = ""
    status_changed = Signal(str)
    count_changed = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.status = ""
        context.opened.connect(self.workspace_opened)
        context.changed.connect(self.services_changed)

    def set_status(self, text: str) -> None:
        """Change the status text."""
        self.status = text
        self.status_changed.emit(text)

    def workspace_opened(self) -> None:
        """The services can be asked now."""
        raise NotImplementedError

    def services_changed(self, changes: Changes) -> None:
        """Read again what ``changes`` says."""
        raise NotImplementedError

    def save_layout(self) -> None:
        """Remember sizes before the window closes."""
