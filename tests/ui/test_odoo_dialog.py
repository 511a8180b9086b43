"""Reading lists from a live Odoo, as a clerk does it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMessageBox, QWidget

from recon_app.ui.screens.import_screen import ImportScreen
from recon_app.ui.screens.odoo_dialog import OdooDialog
from recon_app.ui.shell import Shell
from tests.ui.fake_backend import FakeBackend

Wait = Callable[[], None]
TYPED = {
    "name": "Shop",
    "address": "https://shop.example.com",
    "database": "shop",
    "login": "clerk@example.com",
}


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


@pytest.fixture
def dialog(importing: ImportScreen, shell: Shell, idle: Wait) -> OdooDialog:
    """The dialog, opened by its button."""
    click(importing.odoo)
    idle()
    found = shell.findChild(OdooDialog)
    assert found is not None
    return found


def fill(dialog: OdooDialog, key: str) -> None:
    for name, text in TYPED.items():
        QTest.keyClicks(dialog.fields[name], text)
    QTest.keyClicks(dialog.key, key)


def test_a_connection_is_tested_saved_and_read(
    dialog: OdooDialog, backend: FakeBackend, shell: Shell, importing: ImportScreen, idle: Wait
) -> None:
    fill(dialog, "secret")
    assert not dialog.ok.isEnabled()
    click(dialog.test)
    idle()
    texts = [dialog.lists.item(row).text() for row in range(dialog.lists.count())]
    assert texts == [
        "Journal items: 10,377 records",
        "Stock on hand: 0 records",
        "Bills: the user may not read bills",
    ]
    assert dialog.chosen_lists() == ["journal-items"]
    assert dialog.choice.currentText() == "Shop"
    assert dialog.state.text() == "Odoo 18.0, <img src=x>, times in Europe/Berlin."
    click(dialog.ok)
    idle()
    assert backend.did("pull") == [("Shop", "secret", ("journal-items",), False)]
    assert [item.name for item in importing.items] == ["Odoo journal-items.csv"]


def test_what_is_wrong_is_said_in_the_dialog(dialog: OdooDialog, backend: FakeBackend, idle: Wait) -> None:
    fill(dialog, "wrong")
    click(dialog.test)
    idle()
    assert "does not accept this login" in dialog.state.text()
    assert backend.known == []
    assert not dialog.ok.isEnabled()
    dialog.reject()


def test_a_key_that_cannot_be_kept_is_said(dialog: OdooDialog, idle: Wait) -> None:
    fill(dialog, "not kept")
    click(dialog.test)
    idle()
    assert "no safe password store" in dialog.state.text()
    dialog.reject()


def test_the_key_is_never_readable(dialog: OdooDialog) -> None:
    assert dialog.key.echoMode() is QLineEdit.EchoMode.Password
    dialog.reject()


def test_a_connection_is_removed_after_a_question(
    dialog: OdooDialog, backend: FakeBackend, idle: Wait
) -> None:
    fill(dialog, "secret")
    click(dialog.test)
    idle()
    click(dialog.drop)
    box = dialog.findChild(QMessageBox)
    assert box is not None
    click(next(button for button in box.buttons() if "Remove" in button.text()))
    idle()
    assert backend.known == []
    assert dialog.choice.currentText() == "New connection…"
    dialog.reject()
