"""A small table: figures are whole, texts give way, and an empty table says why."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from recon_app.models.case import Case, Kind, State
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.theme import Appearance
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.detail_strip import DetailStrip
from recon_app.ui.widgets.plain_table import PlainTable

RECORDS = [
    [
        Cell("Sales order line"),
        Cell("2026-10-30"),
        Cell("S00277 of the shop"),
        Cell("1,234,567.89 EUR", right=True),
        Cell("sale_order_lines_of_october.csv, row 277"),
    ]
] * 3
TITLES = ("Record", "Date", "Reference", "Amount", "File and row")
DATE, AMOUNT, FILE = 1, 3, 4


@pytest.fixture
def table(qtbot: QtBot, appearance: Appearance) -> PlainTable:
    made = PlainTable(TITLES, "Records", FILE)
    qtbot.addWidget(made)
    made.set_rows(RECORDS)
    made.resize(900, 200)
    with qtbot.waitExposed(made):
        made.show()
    return made


def room(table: PlainTable, column: int) -> int:
    return table.columnWidth(column) - 2 * table.delegate.padding()


def advance(table: PlainTable, text: str) -> int:
    return QFontMetrics(table.font()).horizontalAdvance(text)


def test_texts_give_way_in_a_narrow_table_and_figures_stay(table: PlainTable) -> None:
    table.resize(560, 200)
    assert table.horizontalHeader().length() <= table.viewport().width()
    assert room(table, AMOUNT) >= advance(table, RECORDS[0][AMOUNT].text)
    assert room(table, DATE) >= advance(table, RECORDS[0][DATE].text)
    assert room(table, FILE) >= advance(table, "sale_order_lin")


def test_a_wide_table_gives_the_rest_to_one_column(table: PlainTable) -> None:
    table.resize(1400, 200)
    assert table.horizontalHeader().length() == table.viewport().width()
    assert room(table, FILE) > advance(table, RECORDS[0][FILE].text)


def test_larger_text_gets_more_room(table: PlainTable, appearance: Appearance) -> None:
    appearance.apply(appearance.mode, 160)
    assert room(table, AMOUNT) >= advance(table, RECORDS[0][AMOUNT].text)


def test_a_case_without_records_says_what_to_look_at(qtbot: QtBot, appearance: Appearance) -> None:
    strip = DetailStrip([Button("Accept…")])
    qtbot.addWidget(strip)
    strip.no_records = "The bridge shows its figures."
    case = Case("cutoff-1", "cutoff", Kind.TIMING, State.OPEN, None, "2026-09: 0.00 EUR by shop time.")
    strip.show_case(case, None)
    assert strip.legs.accessibleDescription() == "The bridge shows its figures."
    strip.show_nothing("Choose a row.")
    assert strip.legs.accessibleDescription() == ""
