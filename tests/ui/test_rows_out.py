"""Rows taken out of the window as a workbook: figures as numbers, all else as text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from python_calamine import CalamineWorkbook

from recon_app.ui.screens.settlements_screen import SettlementsScreen

Wait = Callable[[], None]


def test_a_workbook_has_numbers_and_no_formulas(
    settlements: SettlementsScreen, idle: Wait, tmp_path: Path
) -> None:
    path = tmp_path / "out.xlsx"
    settlements.rows_out.export_to(path)
    idle()
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    head = [str(cell) for cell in rows[0]]
    assert len(rows) == settlements.lines.rows.count + 1
    gross = head.index("Gross")
    assert rows[1][gross] == 1000.01
    assert rows[1][head.index("Order ref")] == "#0001"
    assert not list(tmp_path.glob("*.part"))


def test_other_endings_are_csv(settlements: SettlementsScreen, idle: Wait, tmp_path: Path) -> None:
    settlements.rows_out.export_to(tmp_path / "out.csv")
    idle()
    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig").startswith("Payout,")
