"""Sharing named columns and backing up, on real services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from recon_app.services.import_files import import_paths
from recon_app.services.workspace import open_workspace
from recon_app.store.workspace import Workspace
from recon_app.ui.backend import Backend
from recon_app.ui.shell import Shell

Wait = Callable[[], None]
TABLE = "Nr;When;Sum\n1001;03.10.2026;1.234,56\n1002;13.10.2026;19,90\n"
OPTIONS = {
    "mapping.order": "Nr",
    "mapping.date": "When",
    "mapping.amount": "Sum",
    "date_order": "dmy",
    "decimal_mark": "comma",
    "currency": "EUR",
}


@pytest.fixture
def ws(shell: Shell, tmp_path: Path, idle: Wait) -> Iterator[Workspace]:
    """An empty workspace, open in the window."""
    opened = open_workspace(tmp_path / "ws")
    shell.context.use(Backend(opened))
    idle()
    yield opened
    shell.context.backend = None
    opened.close()


def test_named_columns_are_shared_and_taken(ws: Workspace, shell: Shell, tmp_path: Path, idle: Wait) -> None:
    table = tmp_path / "table.csv"
    table.write_text(TABLE)
    (report,) = import_paths(ws, [table], source="mapped_orders", options=OPTIONS)
    assert report.status == "imported", report.problems or report.question
    profile = tmp_path / "columns.json"
    shell.workspace_menu.share_to(profile)
    idle()
    assert "1 mappings" in shell.context.toast.text()
    other = open_workspace(tmp_path / "other")
    shell.context.use(Backend(other))
    idle()
    shell.workspace_menu.take_from(profile)
    idle()
    assert "1 mappings were taken" in shell.context.toast.text()
    told = {"currency": "EUR"}  # of one file, never shared
    (report,) = import_paths(other, [table], source="mapped_orders", options=told)
    assert report.status == "imported", report.question
    other.close()


def test_a_file_that_is_no_profile_is_refused_in_words(
    ws: Workspace, shell: Shell, tmp_path: Path, idle: Wait
) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"schema":"something else"}')
    shell.workspace_menu.take_from(wrong)
    idle()
    box = shell.findChild(QMessageBox)
    assert box is not None
    assert "the field is missing" in box.text()
    box.close()


def test_a_backup_is_made_and_named(ws: Workspace, shell: Shell, idle: Wait) -> None:
    shell.workspace_menu.back_up()
    idle()
    assert shell.context.toast.text().startswith("Backed up and checked: ")
    assert list(ws.backups.iterdir())
