"""Chips: how many rows of each kind there are, and which kinds are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from recon_app.models.case import CALM, Kind
from recon_app.ui import icons, words
from recon_app.ui.formats import number
from recon_app.ui.theme import theme_of
from recon_app.ui.widgets.flow import FlowLayout
from recon_app.ui.words import Family

_PAD = 7
_GAP = 4


class Chip(QAbstractButton):
    """A check box in the form of a chip: tick and accent border when on, so that it shows in any theme."""

    def __init__(self, word: str, icon: str, family: Family, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word = word
        self._icon = icon
        self._family = family
        self._count = 0
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_count(0)

    def set_word(self, word: str) -> None:
        """Call the kind something else."""
        self._word = word
        self.set_count(self._count)

    def set_count(self, count: int) -> None:
        """Show how many rows it stands for."""
        self._count = count
        self.setText(f"{self._word} {number(count)}")
        self.setAccessibleName(self.text())
        self.updateGeometry()
        self.update()

    # Qt
    def sizeHint(self) -> QSize:
        """Tick, icon, word and count; the tick's room is kept so that nothing moves."""
        metrics = self.fontMetrics()
        icons_width = 2 * (metrics.height() - 2 + _GAP) if self._icon else metrics.height() - 2 + _GAP
        return QSize(
            2 * _PAD + icons_width + metrics.horizontalAdvance(self.text()) + 2, metrics.height() + 10
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chip."""
        del event
        theme = theme_of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        on = self.isChecked()
        painter.setBrush(theme.page if on else (theme.band if self.underMouse() else theme.window))
        painter.setPen(QPen(theme.accent, 1.6) if on else QPen(theme.line, 1))
        painter.drawRoundedRect(frame, 4, 4)
        edge = self.fontMetrics().height() - 2
        ratio = self.devicePixelRatioF()
        top = (self.height() - edge) // 2
        left = _PAD
        if on:
            painter.drawPixmap(left, top, icons.pixmap("tick", theme.accent, edge, ratio))
        left += edge + _GAP
        color = theme.families[self._family].text if self._count else theme.muted
        if self._icon:
            painter.drawPixmap(left, top, icons.pixmap(self._icon, color, edge, ratio))
            left += edge + _GAP
        painter.setPen(theme.text if self._count else theme.muted)
        inside = self.rect().adjusted(left, 0, -2, 0)
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.text())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.accent, 2))
            painter.drawRoundedRect(frame, 4, 4)


class KindChips(QWidget):
    """A row of chips, one per kind, and one for all.

    Signals:
        changed: Other kinds are wanted.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        line = FlowLayout(self, 4)
        self.all = Chip("All", "", Family.CALM, self)
        self.all.clicked.connect(self._all_clicked)
        line.addWidget(self.all)
        self.chips: dict[Kind, Chip] = {}
        for kind in words.KIND_ORDER:
            chip = Chip(words.KIND_SHORT[kind], words.kind_icon(kind), words.FAMILY[kind], self)
            chip.setToolTip(words.KIND[kind])
            chip.setChecked(kind not in CALM)
            chip.clicked.connect(self._chip_clicked)
            line.addWidget(chip)
            self.chips[kind] = chip

    def speak(self, wording: words.Wording) -> None:
        """Use the words for what is compared."""
        for kind, chip in self.chips.items():
            chip.set_word(words.kind_short(kind, wording))
            chip.setToolTip(words.kind_word(kind, wording=wording))

    def kinds(self) -> frozenset[Kind]:
        """The kinds that are shown."""
        return frozenset(kind for kind, chip in self.chips.items() if chip.isChecked())

    def set_kinds(self, kinds: Iterable[Kind]) -> None:
        """Show exactly these kinds."""
        wanted = frozenset(kinds)
        for kind, chip in self.chips.items():
            chip.setChecked(kind in wanted)
        self.all.setChecked(len(wanted) == len(self.chips))

    def set_counts(self, counts: Mapping[Kind, int], keep: Iterable[Kind] = ()) -> None:
        """Show how many rows of each kind there are; kinds without any keep out of the way.

        Args:
            counts: How many.
            keep: Kinds that stay where they are, because another filter took their rows away.
        """
        self.all.set_count(sum(counts.values()))
        stay = frozenset(keep)
        for kind, chip in self.chips.items():
            chip.set_count(counts.get(kind, 0))
            chip.setVisible(bool(counts.get(kind, 0)) or (kind in stay and not chip.isHidden()))

    def _all_clicked(self) -> None:
        self.set_kinds(self.chips if self.all.isChecked() else [k for k in self.chips if k not in CALM])
        self.changed.emit()

    def _chip_clicked(self) -> None:
        self.all.setChecked(len(self.kinds()) == len(self.chips))
        self.changed.emit()


class AgeChips(QWidget):
    """A row of chips, one per age; while none is chosen, every age is shown.

    Signals:
        changed: Other ages are wanted.
    """

    changed = Signal()

    def __init__(self, ages: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        line = FlowLayout(self, 4)
        self.chips: dict[str, Chip] = {}
        for age in ages:
            chip = Chip(age, "", Family.CALM, self)
            chip.setToolTip(f"Only what is {age} old; no age chosen shows all")
            chip.clicked.connect(self.changed)
            line.addWidget(chip)
            self.chips[age] = chip
        self.setAccessibleName("Age")

    def chosen(self) -> tuple[str, ...]:
        """The ages that are shown, none for all."""
        return tuple(age for age, chip in self.chips.items() if chip.isChecked())

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Show how many rows of each age there are."""
        for age, chip in self.chips.items():
            chip.set_count(counts.get(age, 0))

    def clear(self) -> None:
        """Show every age."""
        for chip in self.chips.values():
            chip.setChecked(False)
