"""What of a result is shown: the pair of sides, states, grouping and a filter text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QWidget

from recon_app.models.case import State
from recon_app.models.record import Side
from recon_app.ui import words
from recon_app.ui.formats import one_line
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.flow import FlowLayout

_TYPING_MS = 250
_PAIR = 2
_ALL_PLACES = "All places"
_STATES: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("Every state", ()),
    ("Open", (State.OPEN, State.REOPENED)),
    ("In work", (State.PROPOSED, State.AWAITING_APPROVAL, State.APPROVED, State.POSTED)),
    ("Settled", (State.ACCEPTED, State.VERIFIED)),
)


class _FilterField(QLineEdit):
    """Esc clears the text first and leaves the field then.

    Signals:
        left: The user wants back to the table.
    """

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Esc, Enter and Down."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class FilterBar(QWidget):
    """The controls above the panes.

    Attributes:
        grp: The payout whose lines are shown, None for all.

    Signals:
        changed: Other rows are wanted.
        pair_changed: Other sides are wanted.
        place_changed: The goods of another place are wanted.
        left: The keyboard focus should go back to the table.
    """

    changed = Signal()
    pair_changed = Signal()
    place_changed = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pairs: list[tuple[Side, ...]] = []
        self.grp: str | None = None
        self.pair = QComboBox(self)
        self.pair.setAccessibleName("Sides beside each other")
        self.states = QComboBox(self)
        self.states.setAccessibleName("States")
        self.states.addItems([word for word, _ in _STATES])
        self.group = Button("By payout", "group", parent=self)
        self.group.setCheckable(True)
        self.group.setToolTip("Put a row with its own sums above the lines of each payout")
        self.field = _FilterField(self)
        self.field.setAccessibleName("Filter")
        self.field.setClearButtonEnabled(True)
        self.field.setMinimumWidth(22 * self.fontMetrics().averageCharWidth())
        for box in (self.pair, self.states):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._typing = QTimer(self, interval=_TYPING_MS, singleShot=True)
        self._typing.timeout.connect(self.changed)
        self.field.textChanged.connect(self._typing.start)
        self.field.left.connect(self.left)
        self.pair.activated.connect(self.pair_changed)
        self.states.activated.connect(self.changed)
        self.group.toggled.connect(self.changed)
        self.places = QComboBox(self)
        self.places.setAccessibleName("Place")
        self.places.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.places.activated.connect(self.place_changed)
        self.places.hide()
        self._line = FlowLayout(self)
        self._only = Button("", "close", parent=self)
        self._only.setToolTip("Show the lines of every payout again")
        self._only.clicked.connect(lambda: self.show_payout(None))
        self._only.hide()
        for widget in (self.places, self.pair, self.states, self.group, self._only):
            self._line.addWidget(widget)
        self._line.addWidget(self.field)

    def line_width(self) -> int:
        """Width that all controls need side by side."""
        return self._line.line_width()

    def ask_for(self, words: str, *, grouped: bool) -> None:
        """Say what can be filtered by, and whether rows can be grouped by payout."""
        self.field.setPlaceholderText(f"Filter: {words}   ( / )")
        self.group.setVisible(grouped)

    def set_pairs(self, pairs: Sequence[tuple[Side, ...]], titles: Mapping[Side, str]) -> None:
        """Offer these sides beside each other; one choice is none."""
        self._pairs = list(pairs)
        self.pair.clear()
        for sides in pairs:
            named = " ↔ ".join(titles.get(side, words.SIDE[side]) for side in sides)
            self.pair.addItem(named if len(sides) == _PAIR else f"All {len(sides)} sides")
        self.pair.setVisible(len(pairs) > 1)

    def sides(self) -> tuple[Side, ...]:
        """The chosen sides, from left to right."""
        return self._pairs[max(0, self.pair.currentIndex())]

    def show_places(self, names: Sequence[str], chosen: str) -> None:
        """Offer these places and all of them together; one that is not there counts as all."""
        self.places.clear()
        self.places.addItem(_ALL_PLACES, "")
        for name in names:
            self.places.addItem(one_line(name), name)
        self.places.setCurrentIndex(max(0, self.places.findData(chosen)))
        self.places.show()

    def place(self) -> str:
        """The chosen place, "" for all."""
        return str(self.places.currentData() or "")

    def wanted_states(self) -> tuple[State, ...]:
        """States to show; empty means all."""
        return _STATES[self.states.currentIndex()][1]

    def text(self) -> str:
        """The filter text."""
        return self.field.text().strip()

    def narrowed(self) -> bool:
        """Whether a text or states hide rows."""
        return bool(self.text() or self.wanted_states() or self.grp is not None)

    def show_payout(self, grp: str | None) -> None:
        """Show the lines of one payout only, or of all."""
        self.grp = grp
        self._only.setVisible(grp is not None)
        name = f"Payout {one_line(grp or '')}"
        self._only.setText(name.replace("&", "&&"))  # no mnemonic in foreign text
        self._only.setAccessibleName(name)
        self._only.updateGeometry()
        self.changed.emit()

    def reset(self) -> None:
        """Show every state and payout, and no text."""
        self.states.setCurrentIndex(0)
        self.field.clear()
        self._typing.stop()
        self.show_payout(None)

    def start_typing(self) -> None:
        """Go to the filter field."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
