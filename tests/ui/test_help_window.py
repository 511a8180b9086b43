"""The help pages are there, lead to each other, and open nothing outside."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest

from recon_app.ui.help_window import FOLDER, HelpWindow, page_names
from recon_app.ui.screens.import_screen import ImportScreen
from recon_app.ui.shell import Shell


def test_f1_opens_the_page_of_the_screen(importing: ImportScreen, shell: Shell) -> None:
    QTest.keyClick(importing, Qt.Key.Key_F1)
    window = shell.findChild(HelpWindow)
    assert window is not None
    assert window.page.toPlainText().startswith("Import\n")
    QTest.keyClick(importing, Qt.Key.Key_F1)
    assert len(shell.findChildren(HelpWindow)) == 1
    window.close()


def test_every_page_is_listed_and_shown(shell: Shell) -> None:
    window = HelpWindow(shell)
    assert window.pages.count() == len(list(FOLDER.glob("*.md")))
    for name in page_names():
        window.show_page(name)
        assert len(window.page.toPlainText()) > 200
    window.close()


def test_a_link_leads_to_another_page_and_never_outside(shell: Shell) -> None:
    window = HelpWindow(shell)
    window.show_page("getting-started")
    before = window.page.toPlainText()
    window.page.anchorClicked.emit(QUrl("https://example.com/anywhere.html"))
    assert window.page.toPlainText() == before
    window.page.anchorClicked.emit(QUrl("import.md"))
    assert window.page.toPlainText().startswith("Import\n")
    window.close()
