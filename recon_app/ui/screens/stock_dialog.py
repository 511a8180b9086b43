"""What a comparison of stock must be told, asked once: places, figures, safety stock, exclusions, units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QFrame, QGridLayout, QLineEdit, QScrollArea, QWidget

from recon_app.ui.formats import one_line
from recon_app.ui.widgets.dialog import Dialog
from recon_app.ui.widgets.text import Text, Tone

if TYPE_CHECKING:
    from recon_app.services.stock_answers import StockQuestions

#: What the services keep for "none of them".
_NONE = "-"
_FIGURES = (("Free to sell = Available", "free=available"), ("On hand = On hand", "on_hand=on_hand"))
_REASONS = (
    ("For sale", _NONE),
    ("Quarantine", "quarantine"),
    ("Damaged", "damaged"),
    ("In inspection", "inspection"),
    ("Consigned", "consigned"),
)
_PIECES = frozenset({"", "units", "unit", "unit(s)", "pcs", "pieces"})
_MOST_REMARKS = 4


class StockDialog(Dialog):
    """Every answer with what counts now; only those that a person confirms or changes are kept.

    Attributes:
        fields: The controls by the name of their answer.

    Signals:
        decided: Answers by name.
    """

    decided = Signal(dict)

    def __init__(self, asked: StockQuestions, parent: QWidget) -> None:
        super().__init__("How is stock compared?", "Keep these answers", parent)
        self._asked = asked
        self.fields: dict[str, QComboBox | QLineEdit] = {}
        self._shown: dict[str, str] = {}
        why = "Asked once and kept for every later run. What a run assumed is marked; check it."
        self.body.addWidget(Text(why, wrap=True, parent=self))
        for remark in asked.remarks[:_MOST_REMARKS]:
            self.body.addWidget(Text(f"•  {one_line(remark)}", Tone.MUTED, wrap=True, parent=self))
        holder = QWidget()
        self._grid = QGridLayout(holder)
        self._grid.setHorizontalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        self._ask_places()
        self._ask_exclusions()
        self._ask_units()
        self._ask_times()
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(holder)
        self.body.addWidget(area, 1)
        self.ok.clicked.connect(self._take)
        self.resize(860, 560)

    def _title(self, *words: str) -> None:
        row = self._grid.rowCount()
        for column, word in enumerate(words):
            self._grid.addWidget(Text(word, Tone.MUTED), row, column)

    def _ask_places(self) -> None:
        if not self._asked.shops:
            return
        self._title("Shopify location", "Odoo locations", "What must be equal", "Safety stock")
        for shop in self._asked.shops:
            row = self._grid.rowCount()
            self._grid.addWidget(self._label(shop, f"stock_location.{shop}"), row, 0)
            places = QComboBox()
            places.setEditable(True)
            places.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            places.addItems(["", *self._asked.places, _NONE])
            line = places.lineEdit()
            if line is not None:
                line.setPlaceholderText('one, or several with " | " between; - for none')
            self._grid.addWidget(self._keep(f"stock_location.{shop}", places), row, 1)
            self._grid.addWidget(self._keep(f"stock_figure.{shop}", _choice(_FIGURES)), row, 2)
            safety = QLineEdit()
            safety.setPlaceholderText("0")
            safety.setMaximumWidth(12 * self.fontMetrics().averageCharWidth())
            self._grid.addWidget(self._keep(f"safety_stock.{shop}", safety), row, 3)

    def _ask_exclusions(self) -> None:
        inside = [place for place in self._asked.places if "/" in place]
        if inside:
            self._title("Odoo location", "Is its stock for sale?")
        for place in inside:
            row = self._grid.rowCount()
            name = f"excluded.{place}"
            self._grid.addWidget(self._label(place, name), row, 0)
            self._grid.addWidget(self._keep(name, _choice(_REASONS)), row, 1)

    def _ask_units(self) -> None:
        units = [unit for unit in self._asked.units if unit.casefold() not in _PIECES]
        if units:
            self._title("Unit in Odoo", "One of it is")
        for unit in units:
            row = self._grid.rowCount()
            self._grid.addWidget(self._label(unit, f"unit.{unit}"), row, 0)
            field = QLineEdit()
            field.setPlaceholderText("12 Units")
            field.setCompleter(QCompleter(["12 Units", "1/12 Dozens"], field))
            self._grid.addWidget(self._keep(f"unit.{unit}", field), row, 1)

    def _ask_times(self) -> None:
        """When the files were exported: moves between the two exports are no difference."""
        self._title("Export of", "When, with its zone")
        for side in ("Shopify", "Odoo"):
            row = self._grid.rowCount()
            self._grid.addWidget(self._label(side, f"exported_at.{side}"), row, 0)
            field = QLineEdit()
            field.setPlaceholderText("2026-11-23T09:30+01:00")
            self._grid.addWidget(self._keep(f"exported_at.{side}", field), row, 1)

    def _label(self, about: str, name: str) -> Text:
        assumed = name in self._asked.assumed and name not in self._asked.given
        return Text(one_line(about) + ("  (assumed)" if assumed else ""), Tone.STRONG)

    def _keep(self, name: str, field: QComboBox | QLineEdit) -> QWidget:
        """Show what counts now in a control, and remember the control."""
        value = self._asked.answer(name)
        if isinstance(field, QLineEdit):
            field.setText(value)
        elif field.isEditable():
            field.setCurrentText(value)
        else:
            field.setCurrentIndex(max(0, field.findData(value)))
        word, _, about = name.partition(".")
        field.setAccessibleName(f"{word.replace('_', ' ').capitalize()} of {about}")
        self.fields[name] = field
        self._shown[name] = _value(field)
        return field

    def _take(self) -> None:
        """Tell what was assumed and is confirmed now, and what was changed; an emptied answer is "none"."""
        found = {}
        for name, field in self.fields.items():
            value = _value(field)
            assumed = name in self._asked.assumed and name not in self._asked.given
            if assumed or value != self._shown[name]:
                found[name] = value or _NONE
        self.decided.emit(found)
        self.accept()


def _value(field: QComboBox | QLineEdit) -> str:
    if isinstance(field, QLineEdit):
        return field.text().strip()
    return field.currentText().strip() if field.isEditable() else str(field.currentData())


def _choice(options: Sequence[tuple[str, str]]) -> QComboBox:
    box = QComboBox()
    for title, value in options:
        box.addItem(title, value)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box
