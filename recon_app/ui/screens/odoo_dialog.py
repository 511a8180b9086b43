"""Read lists from a live Odoo: choose or add a connection, test it, choose the lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from recon_app.models.changes import Changes
from recon_app.models.problem import Cancelled, ReconError
from recon_app.ui.backend import Backend
from recon_app.ui.context import Context
from recon_app.ui.formats import number, one_line
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.dialog import Dialog
from recon_app.ui.widgets.message import confirm
from recon_app.ui.widgets.text import Text, Tone
from recon_app.ui.words import Family

if TYPE_CHECKING:
    from recon_app.services.connections import Connection, Tested
    from recon_app.services.import_files import FileReport

T = TypeVar("T")
_NEW = "New connection…"
_FIELDS = (
    ("name", "Name", "what you call it"),
    ("address", "Address", "https://shop.example.com"),
    ("database", "Database", "name of the database"),
    ("login", "Login", "the user whose API key it is"),
    ("company", "Company", "only when the user has several"),
)
_KEY_HINT = "from Odoo: Preferences, Account Security, New API Key"
_KEPT = "The key is kept in this computer's password store, never in a file."


class OdooDialog(Dialog):
    """Nothing is written to Odoo from here.

    Signals:
        wanted: Read: name of the connection, key ("" for the kept one), lists, whether everything again.
    """

    wanted = Signal(str, str, list, bool)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__("Read from Odoo", "Read", parent)
        self._context = context
        self._connections: list[Connection] = []
        self._titles: dict[str, str] = {}
        self.choice = QComboBox(self)
        self.choice.setAccessibleName("Connection")
        self.fields = {name: QLineEdit(self) for name, _, _ in _FIELDS}
        self.key = QLineEdit(self)
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.test = Button("Test and save", parent=self)
        self.drop = Button("Remove", parent=self)
        self.state = Text("", wrap=True, parent=self)
        self.lists = QListWidget(self)
        self.lists.setAccessibleName("Lists to read")
        self.lists.setSpacing(2)
        self.everything = QCheckBox("Read all records again, not only what changed", self)
        self._lay_out()
        self.choice.currentIndexChanged.connect(self._chosen)
        self.test.clicked.connect(self._test)
        self.drop.clicked.connect(self._remove)
        self.lists.itemChanged.connect(self._count)
        self.ok.clicked.connect(self._read)
        self.resize(640, 620)
        self._count()
        self._reload("")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(Text("Connection", Tone.STRONG, parent=self))
        top.addWidget(self.choice, 1)
        top.addWidget(self.drop)
        self.body.addLayout(top)
        form = QFormLayout()
        for name, title, hint in _FIELDS:
            self.fields[name].setPlaceholderText(hint)
            self.fields[name].setAccessibleName(title)
            form.addRow(title, self.fields[name])
        self.key.setPlaceholderText(_KEY_HINT)
        self.key.setAccessibleName("API key")
        form.addRow("API key", self.key)
        self.body.addLayout(form)
        line = QHBoxLayout()
        line.addWidget(self.test)
        line.addWidget(Text(_KEPT, Tone.MUTED, parent=self), 1)
        self.body.addLayout(line)
        self.body.addWidget(self.state)
        self.body.addWidget(self.lists, 1)
        self.body.addWidget(self.everything)

    # Connections

    def _reload(self, chosen: str) -> None:
        def found(known: list[Connection]) -> None:
            self._connections = known
            self.choice.blockSignals(True)
            self.choice.clear()
            for one in known:
                self.choice.addItem(one_line(one.name))
            self.choice.addItem(_NEW)
            names = [one.name for one in known]
            self.choice.setCurrentIndex(names.index(chosen) if chosen in names else 0)
            self.choice.blockSignals(False)
            self._chosen()

        self._ask(lambda backend: backend.connections(), found, "")

    def _current(self) -> Connection | None:
        row = self.choice.currentIndex()
        return self._connections[row] if 0 <= row < len(self._connections) else None

    def _chosen(self) -> None:
        one = self._current()
        for name, _, _ in _FIELDS:
            self.fields[name].setText("" if one is None else str(getattr(one, name)))
        self.fields["name"].setReadOnly(one is not None)
        self.key.clear()
        self.key.setPlaceholderText(_KEY_HINT if one is None else "as it was kept")
        self.drop.setEnabled(one is not None)
        self._clear_lists("" if one is None else "Test the connection to see what it offers.")

    def _clear_lists(self, text: str) -> None:
        self.lists.clear()
        self._say(text, None)
        self._count()

    def _typed(self) -> Connection:
        from recon_app.services.connections import Connection

        name, address, database, login, company = (field.text().strip() for field in self.fields.values())
        return Connection(name, address, database, login, company)

    def _test(self) -> None:
        wanted, key = self._typed(), self.key.text().strip()
        self._clear_lists("Asking Odoo…")

        def done(found: tuple[Tested, dict[str, str], bool]) -> None:
            tested, titles, kept = found
            self._titles = titles
            self._show_tested(tested, kept=kept)
            if self._current() is None:
                self._reload_keeping(wanted.name)

        self._ask(lambda backend: backend.test_connection(wanted, key), done, "Asking Odoo")

    def _reload_keeping(self, name: str) -> None:
        """Show a new connection in the list without forgetting what the test showed."""

        def found(known: list[Connection]) -> None:
            self._connections = known
            names = [one.name for one in known]
            self.choice.blockSignals(True)
            self.choice.clear()
            self.choice.addItems([*map(one_line, names), _NEW])
            self.choice.setCurrentIndex(names.index(name))
            self.choice.blockSignals(False)
            self.fields["name"].setReadOnly(True)
            self.drop.setEnabled(True)

        self._ask(lambda backend: backend.connections(), found, "")

    def _show_tested(self, tested: Tested, *, kept: bool) -> None:
        where = f"Odoo {one_line(tested.version)}, {one_line(tested.company)}, times in {tested.zone}."
        warning = "" if kept else " This computer has no safe password store: the key is asked every time."
        self._say(where + warning, None)
        self.lists.blockSignals(True)
        for what, title in self._titles.items():
            problem = tested.problems.get(what, "")
            count = tested.counts.get(what)
            told = problem or ("" if count is None else f"{number(count)} records")
            item = QListWidgetItem(f"{title.capitalize()}: {one_line(told)}")
            item.setData(Qt.ItemDataRole.UserRole, what)
            usable = bool(count)
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            if usable:
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEnabled)
            item.setCheckState(Qt.CheckState.Checked if usable else Qt.CheckState.Unchecked)
            self.lists.addItem(item)
        self.lists.blockSignals(False)
        self._count()

    def _remove(self) -> None:
        one = self._current()
        if one is None:
            return

        def remove() -> None:
            def removed(_: Changes) -> None:
                self._reload("")

            self._ask(lambda backend: backend.remove_connection(one.name), removed, "Removing it")

        question = f"Remove the connection {one_line(one.name)} and its key? What was read from it stays."
        confirm(self, question, "Remove", remove)

    # Reading

    def chosen_lists(self) -> list[str]:
        """The lists that are ticked."""
        items = [self.lists.item(row) for row in range(self.lists.count())]
        return [
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        ]

    def _count(self) -> None:
        count = len(self.chosen_lists())
        self.ok.setText(f"Read {count} lists" if count != 1 else "Read 1 list")
        self.ok.setEnabled(count > 0)
        self.ok.updateGeometry()

    def _read(self) -> None:
        name, key = self.fields["name"].text().strip(), self.key.text().strip()
        self.wanted.emit(name, key, self.chosen_lists(), self.everything.isChecked())
        self.accept()

    # Asking the services

    def _ask(self, work: Callable[[Backend], T], done: Callable[[T], None], title: str) -> None:
        backend = self._context.backend
        if backend is not None:
            self._context.jobs.write(self, lambda _: work(backend), done, self._failed, title=title)

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, Cancelled):
            self._say("Stopped.", None)
        elif isinstance(error, ReconError):
            self._say(one_line(str(error)), Family.DIFFERS)
        else:
            self._context.fail(error)

    def _say(self, text: str, family: Family | None) -> None:
        self.state.setText(text)
        self.state.set_family(family)


def summary(reports: Sequence[FileReport]) -> str:
    """One sentence about what was read."""
    added = sum(report.added for report in reports)
    changed = sum(report.changed for report in reports)
    stuck = sum(report.needs_a_person for report in reports)
    parts = [f"{number(added)} new records", f"{number(changed)} changed"]
    if stuck:
        parts.append(f"{number(stuck)} lists need you")
    return "Read from Odoo: " + ", ".join(parts) + "."
