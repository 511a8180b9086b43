"""Small tables about a result as a whole, one below the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from recon_app.models.column import Column, ColumnType
from recon_app.models.panel import Panel
from recon_app.ui import formats
from recon_app.ui.tables.page_model import Cell, right_aligned
from recon_app.ui.widgets.empty_state import EmptyState
from recon_app.ui.widgets.plain_table import PlainTable
from recon_app.ui.widgets.text import Text, Tone
from recon_app.ui.words import Family

_MOST_ROWS = 16  # of a table that does not scroll by itself
_WIDEST = 90  # characters of a column
_DIFFERENCE = "difference"  # a field of this name stands out where it is not 0


class PanelsView(QScrollArea):
    """The tables; a sentence where a run found none.

    Attributes:
        tables: The tables that are shown, by title.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tables: dict[str, PlainTable] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Tables of this result")
        self.show_panels(())

    def show_panels(self, panels: Sequence[Panel]) -> None:
        """Show other tables."""
        self.tables = {}
        ground = QWidget()
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 4, 8, 4)
        column.setSpacing(4)
        for panel in panels:
            column.addWidget(Text(panel.title, Tone.TITLE, parent=ground))
            if panel.about:
                column.addWidget(Text(formats.sentence(panel.about), Tone.MUTED, wrap=True, parent=ground))
            table = _table(panel, ground)
            self.tables[panel.title] = table
            column.addWidget(table)
            column.addSpacing(14)
        if panels:
            column.addStretch(1)
            self.setFocusProxy(next(iter(self.tables.values())))
        else:
            empty = EmptyState(ground)
            empty.show_text("info", "This result has no tables.")
            column.addWidget(empty, 1)
        self.setWidget(ground)


def _table(panel: Panel, parent: QWidget) -> PlainTable:
    titles = [column.title for column in panel.columns]
    table = PlainTable(titles, panel.title, -1, parent, widest=_WIDEST)
    table.set_rows([_cells(panel, place, row) for place, row in enumerate(panel.rows)])
    height = table.horizontalHeader().sizeHint().height() + 4
    height += min(len(panel.rows), _MOST_ROWS) * table.verticalHeader().defaultSectionSize()
    table.setFixedHeight(height)
    return table


def _cells(panel: Panel, place: int, row: Mapping[str, int | str]) -> list[Cell]:
    strong = place in panel.strong
    return [_cell(column, row, strong=strong) for column in panel.columns]


def _cell(column: Column, row: Mapping[str, int | str], *, strong: bool) -> Cell:
    value, currency = row.get(column.field), str(row.get("currency", ""))
    differs = _DIFFERENCE in column.field and isinstance(value, int)
    text = "" if value is None else _text(column, value, currency, sign=differs)
    family = Family.DIFFERS if differs and value else None
    spoken = f"{text} {currency}".strip() if column.type is ColumnType.MONEY and text else ""
    return Cell(text, right=right_aligned(column), bold=strong, band=strong, family=family, spoken=spoken)


def _text(column: Column, value: int | str, currency: str, *, sign: bool) -> str:
    if isinstance(value, str):
        return formats.one_line(value)
    if column.type is ColumnType.MONEY:
        return formats.money(value, currency, sign=sign)
    if column.type is ColumnType.QUANTITY:
        return formats.quantity(value, sign=sign)
    return formats.day(value) if column.type is ColumnType.DATE else formats.number(value)
