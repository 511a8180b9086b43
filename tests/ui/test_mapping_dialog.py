"""Naming the columns of a table, on real services and a real file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from recon_app.services.workspace import open_workspace
from recon_app.ui.backend import Backend
from recon_app.ui.screens.import_items import FileState
from recon_app.ui.screens.import_screen import ImportScreen
from recon_app.ui.screens.mapping_dialog import MappingDialog
from recon_app.ui.shell import Shell

Wait = Callable[[], None]
TABLE = (
    "Export of 2026-11-01;;;;\n;;;;\nNr;When;Sum;Paid with;What\n"
    "1001;03.10.2026;1.234,56;Card;A-1\n1002;13.10.2026;19,90;Card;A-2\n1003;14.10.2026;5,00;Card;B-7\n"
)


@pytest.fixture
def screen(shell: Shell, tmp_path: Path, idle: Wait) -> Iterator[ImportScreen]:
    """The import screen on an empty workspace."""
    backend = Backend(open_workspace(tmp_path / "ws"))
    shell.context.use(backend)
    shell.go_to("import")
    idle()
    found = shell.screens[0]
    assert isinstance(found, ImportScreen)
    yield found
    shell.context.backend = None
    backend.close()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "shop.csv"
    path.write_text(TABLE)
    return path


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def opened(screen: ImportScreen, shell: Shell, table: Path, idle: Wait) -> MappingDialog:
    screen.add_paths([table])
    idle()
    assert screen.items[0].state is FileState.QUESTION
    click(screen.detail.map)
    idle()
    dialog = shell.findChild(MappingDialog)
    assert dialog is not None
    return dialog


def choose(dialog: MappingDialog, key: str, column: str) -> None:
    box = dialog.columns[key]
    box.setCurrentIndex(box.findData(column))


def test_a_table_of_any_origin_is_mapped_and_imported(
    screen: ImportScreen, shell: Shell, table: Path, idle: Wait
) -> None:
    dialog = opened(screen, shell, table, idle)
    dialog.kind.setCurrentIndex(dialog.kind.findData("mapped_orders"))
    idle()
    assert dialog.outcome.text().startswith("Name the column of: ")
    assert not dialog.ok.isEnabled()
    for key, column in (("order", "Nr"), ("date", "When"), ("amount", "Sum")):
        choose(dialog, key, column)
    order = dialog.answers["date_order"]
    assert isinstance(order, QComboBox)
    order.setCurrentIndex(order.findData("dmy"))
    currency = dialog.answers["currency"]
    assert isinstance(currency, QLineEdit)
    QTest.keyClicks(currency, "EUR")
    QTest.keyClick(currency, Qt.Key.Key_Tab)
    idle()
    assert dialog.outcome.text().startswith("The first rows are understood like this")
    rows = dialog.rows.model()
    titles = [rows.headerData(place, Qt.Orientation.Horizontal) for place in range(rows.columnCount())]
    first = dict(zip(titles, (rows.index(0, place).data() for place in range(len(titles))), strict=True))
    assert (first["Id"], first["Date"], first["Amount"]) == ("1001", "2026-10-03", "1,234.56")
    click(dialog.ok)
    idle()
    assert screen.start.text() == "Import 1 file"
    click(screen.start)
    idle()
    assert screen.items[0].state is FileState.IMPORTED
    assert screen.items[0].rows == 3


def test_what_cannot_be_read_is_said_while_it_is_tried(
    screen: ImportScreen, shell: Shell, table: Path, idle: Wait
) -> None:
    dialog = opened(screen, shell, table, idle)
    dialog.kind.setCurrentIndex(dialog.kind.findData("mapped_orders"))
    idle()
    for key, column in (("order", "Nr"), ("date", "When"), ("amount", "What")):
        choose(dialog, key, column)
    currency = dialog.answers["currency"]
    assert isinstance(currency, QLineEdit)
    QTest.keyClicks(currency, "EUR")
    QTest.keyClick(currency, Qt.Key.Key_Tab)
    idle()
    assert "'A-1'" in dialog.outcome.text()
    dialog.reject()


def test_samples_stand_beside_the_column(screen: ImportScreen, shell: Shell, table: Path, idle: Wait) -> None:
    dialog = opened(screen, shell, table, idle)
    dialog.kind.setCurrentIndex(dialog.kind.findData("mapped_orders"))
    idle()
    choose(dialog, "status", "Paid with")
    grid = dialog.columns["status"].parentWidget()
    assert grid is not None
    texts = [label.text() for label in grid.findChildren(QWidget) if hasattr(label, "text")]
    assert "Card · Card · Card" in texts
    assert dialog.rows.model().index(0, 0).data() == "Export of 2026-11-01"
    dialog.reject()


def test_a_mapping_is_kept_for_the_next_file(
    screen: ImportScreen, shell: Shell, table: Path, tmp_path: Path, idle: Wait
) -> None:
    dialog = opened(screen, shell, table, idle)
    dialog.kind.setCurrentIndex(dialog.kind.findData("mapped_orders"))
    idle()
    for key, column in (("order", "Nr"), ("date", "When"), ("amount", "Sum")):
        choose(dialog, key, column)
    currency = dialog.answers["currency"]
    assert isinstance(currency, QLineEdit)
    currency.setText("EUR")
    click(dialog.ok)
    idle()
    click(screen.start)
    idle()
    later = tmp_path / "later.csv"
    later.write_text(TABLE.replace("1001", "2001").replace("1002", "2002").replace("1003", "2003"))
    screen.add_paths([later])
    idle()
    item = screen.items[0]
    assert item.name == "later.csv"
    assert item.preview is not None
    assert item.preview.options.get("mapping.order", "Nr") == "Nr"
