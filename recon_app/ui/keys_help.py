"""The keys of what can be done, as a list."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from recon_app.ui.actions import ActionBook
from recon_app.ui.command_palette import native


def show_keys(parent: QWidget, book: ActionBook) -> QDialog:
    """Show every action of this screen that has a key."""
    acts = [act for act in book.available() if act.keys]
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Keys")
    table = QTableWidget(len(acts), 2, dialog)
    table.setAccessibleName("Keys of this screen")
    table.setHorizontalHeaderLabels(["Keys", "Does"])
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.verticalHeader().hide()
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setStretchLastSection(True)
    for row, act in enumerate(acts):
        table.setItem(row, 0, QTableWidgetItem(", ".join(native(key) for key in act.keys)))
        table.setItem(row, 1, QTableWidgetItem(act.title))
    column = QVBoxLayout(dialog)
    column.addWidget(table)
    dialog.resize(520, 560)
    dialog.open()
    return dialog
