"""What can be done with the workspace as a whole: share named columns, rules from decisions, back up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QFileDialog, QWidget

from recon_app.models.changes import Changes
from recon_app.ui.actions import Act
from recon_app.ui.backend import Backend
from recon_app.ui.backend_rules import RuleServices, ShownRule
from recon_app.ui.context import Context
from recon_app.ui.formats import number, one_line
from recon_app.ui.screens.rules_dialog import RulesDialog

T = TypeVar("T")
_FILTER = "Profiles (*.json)"


class WorkspaceMenu:
    """Declares the actions; they work as soon as a workspace is open."""

    def __init__(self, context: Context, window: QWidget) -> None:
        self._context = context
        self._window = window
        add = context.actions.add
        add(Act("workspace.share", "Share named columns…", self.share, (), "&File", self._open))
        add(Act("workspace.take", "Take named columns from a file…", self.take, (), "&File", self._open))
        add(Act("workspace.rules", "Rules from decisions…", self.rules, (), "&File", self._open))
        add(Act("workspace.backup", "Back up now", self.back_up, (), "&File", self._open))

    def _open(self) -> bool:
        return self._context.backend is not None

    def share(self) -> None:
        """Ask for a file and write the named columns to it."""
        dialog = QFileDialog(self._window, "Share named columns", "columns.json", _FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.fileSelected.connect(lambda path: self.share_to(Path(path)))
        dialog.open()

    def share_to(self, path: Path) -> None:
        """Write the named columns to a file."""
        self._do(
            lambda backend: backend.export_profiles(path),
            lambda count: f"{number(count)} mappings are in {one_line(path.name)}.",
        )

    def take(self) -> None:
        """Ask for a file and take the named columns in it."""
        dialog = QFileDialog(self._window, "Take named columns", "", _FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.take_from(Path(path)))
        dialog.open()

    def take_from(self, path: Path) -> None:
        """Take the named columns of a file."""
        self._do(
            lambda backend: backend.import_profiles(path),
            lambda count: f"{number(count)} mappings were taken from {one_line(path.name)}.",
        )

    def rules(self) -> None:
        """Show the rules that the decisions teach, to be switched on or off."""
        dialog = RulesDialog(self._context.person, self._window)

        def look(_: object = None) -> None:
            self._context.read(dialog, lambda backend: backend.rules.look(), shown, title="Looking for rules")

        def shown(found: tuple[list[ShownRule], tuple[str, ...]]) -> None:
            dialog.show_rules(*found)

        def change(do: Callable[[RuleServices], Changes]) -> None:
            self._context.name_person(dialog.who.text().strip())
            self._context.write(dialog, lambda backend: do(backend.rules), "Keeping the decision")

        dialog.asked.connect(change)
        self._context.changed.connect(look)
        dialog.finished.connect(lambda _: self._context.changed.disconnect(look))
        dialog.open()
        look()

    def back_up(self) -> None:
        """Copy what cannot be made again."""
        self._do(
            lambda backend: backend.back_up(),
            lambda path: f"Backed up and checked: {one_line(path.name)}",
        )

    def _do(self, work: Callable[[Backend], T], told: Callable[[T], str]) -> None:
        backend = self._context.backend
        if backend is not None:
            self._context.jobs.write(
                self._window,
                lambda _: work(backend),
                lambda result: self._context.toast.say(told(result)),
                title="Working on the workspace",
            )
